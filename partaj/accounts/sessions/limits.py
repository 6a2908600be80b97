"""A session ends after some time without anybody, and in any case after some hours (settings).

Both moments are kept inside the session itself, which every page reads anyway: no other query. The last visit is
written at most once a minute.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse

BEGAN, SEEN = "began_at", "seen_at"  # in the session, in seconds since 1970
NOTED_EVERY = 60  # seconds
# What a page asks for by itself, without anybody before it, says so: `hx-headers='{"X-Polling": "true"}'`.
POLLING = "X-Polling"


def connect() -> None:
    user_logged_in.connect(_begin, dispatch_uid="session begins")


def _begin(request: HttpRequest, **kwargs: Any) -> None:
    request.session[BEGAN] = request.session[SEEN] = time.time()


def why_over(session: SessionBase | dict[str, Any]) -> str:
    """In words for the journal, why this session is over; "" while it goes on. One without its moments is over."""
    now = time.time()
    if now - session.get(BEGAN, 0) >= settings.SESSION_LONGEST:
        return "durée maximale atteinte"
    if now - session.get(SEEN, 0) >= settings.SESSION_IDLE:
        return "restée sans activité"
    return ""


class SessionLimitsMiddleware:
    """After the journal, which writes why a session ended; before what keeps a form that comes too late."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        session = request.session
        if SESSION_KEY in session:
            request.session_over = why_over(session)  # type: ignore[attr-defined]  # read by the journal
            if request.session_over:  # type: ignore[attr-defined]
                logout(request)
            elif POLLING not in request.headers and time.time() - session[SEEN] >= NOTED_EVERY:
                session[SEEN] = time.time()
        return self.get_response(request)
