"""Nobody who sees names goes further than the pages of the second factor without having shown one in this session.

Whether it was shown is kept in the session: an ordinary page costs no query for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_removed, authenticator_used
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils.http import urlencode

from partaj.accounts.drafts import AUTHOR_FIELD, keep_draft, standing_page

SHOWN = "second_factor_of"  # in the session: the number of the account whose factor was shown in it
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# The only addresses that answer in between: adding or showing a factor, confirming who one is, leaving.
OPEN = frozenset({
    "mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_activate_totp",
    "mfa_add_webauthn", "account_reauthenticate", "account_logout",
})  # fmt: skip


def connect() -> None:
    authenticator_used.connect(mark_shown, dispatch_uid="second factor shown")
    authenticator_removed.connect(_removed, dispatch_uid="second factor removed")


def mark_shown(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """This session has seen a factor of `user`: one that was used, or has just been added."""
    request.session[SHOWN] = user.pk


def _removed(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """After the last one, even this session must show another."""
    if not Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).exists():
        request.session.pop(SHOWN, None)


def second_factor_passed(request: HttpRequest) -> bool:
    """Whether a second factor of this very account was shown in this very session."""
    return request.user.is_authenticated and request.session.get(SHOWN) == request.user.pk


def is_held(request: HttpRequest) -> bool:
    """Whether this person must show a second factor before anything else."""
    if not settings.SECOND_FACTOR_REQUIRED or not request.user.is_authenticated:
        return False
    return not second_factor_passed(request) and request.user.reach.sees_names


class SecondFactorMiddleware:
    """After that of the drafts, which knows what comes back; before every view, even that of what does not exist."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.held = is_held(request)  # type: ignore[attr-defined]  # the shell then shows no menu
        if request.held and not _is_open(request.path_info):  # type: ignore[attr-defined]
            return _to_the_second_factor(request)
        return self.get_response(request)


def _is_open(path: str) -> bool:
    try:
        return resolve(path).view_name in OPEN
    except Resolver404:
        return False


def _to_the_second_factor(request: HttpRequest) -> HttpResponse:
    """What was typed is kept for its author, and offered on the home page afterwards."""
    if request.method == "POST" and AUTHOR_FIELD in request.POST:
        keep_draft(request)
    page = standing_page(request).path if request.headers.get("HX-Request") else request.get_full_path()
    back = page if page and (request.method == "GET" or request.headers.get("HX-Request")) else "/"
    target = f"{reverse('mfa_index')}?{urlencode({'next': back})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return redirect(target)
