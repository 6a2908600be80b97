"""The sessions that somebody has open, in plain words, and their closing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from partaj.accounts.sessions.limits import SEEN, why_over

# The first that the browser names itself by: Edge and Opera also say Chrome, and Chrome says Safari.
BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"),
            ("Chrome/", "Chrome"), ("Safari/", "Safari"))  # fmt: skip
SYSTEMS = (("iPhone", "un iPhone"), ("iPad", "un iPad"), ("Android", "un appareil Android"), ("Windows", "Windows"),
           ("CrOS", "un Chromebook"), ("Macintosh", "un Mac"), ("Linux", "Linux"))  # fmt: skip


def in_words(user_agent: str) -> str:
    """« Firefox sur Windows »: what the browser says of itself, which it may disguise."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "Navigateur inconnu")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return f"{browser} sur {system}" if system else browser


@dataclass(frozen=True, slots=True)
class Device:
    """One open session. `seen_at` is exact to a minute."""

    pk: int
    name: str
    address: str
    began_at: dt.datetime
    seen_at: dt.datetime
    is_current: bool


def open_sessions(user: Any, current_key: str | None = None) -> list[Device]:
    """Those which a request could still use, the current one first, then the latest seen. Two queries."""
    return sorted(_open(user, current_key), key=lambda each: (not each.is_current, -each.seen_at.timestamp()))


def _open(user: Any, current_key: str | None) -> Iterator[Device]:
    rows = {row.session_key: row for row in UserSession.objects.filter(user=user)}
    for session in Session.objects.filter(session_key__in=rows, expire_date__gt=timezone.now()):
        data, row = session.get_decoded(), rows[session.session_key]
        if why_over(data) or not _still_of(user, data):
            continue
        seen = dt.datetime.fromtimestamp(data[SEEN], dt.UTC)
        current = session.session_key == current_key
        yield Device(row.pk, in_words(row.user_agent), row.ip, row.created_at, seen, current)


def _still_of(user: Any, data: dict[str, Any]) -> bool:
    """A password that changed leaves sessions behind that open nothing any more."""
    return constant_time_compare(data.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())


@transaction.atomic
def close(rows: Iterable[UserSession]) -> int:
    """From the next request these sessions open nothing. Returns how many rows there were."""
    ended = list(rows)
    Session.objects.filter(session_key__in=[row.session_key for row in ended]).delete()
    UserSession.objects.filter(pk__in=[row.pk for row in ended]).delete()
    return len(ended)


@transaction.atomic
def renumber(request: HttpRequest) -> None:
    """The same session under a new number, in the list of one's devices too."""
    former = request.session.session_key
    request.session.cycle_key()
    UserSession.objects.filter(session_key=former).update(session_key=request.session.session_key)


def close_all(user: Any, *, except_key: str | None = None) -> int:
    return close(UserSession.objects.filter(user=user).exclude(session_key=except_key or ""))
