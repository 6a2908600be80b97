"""Signing out of ProConnect as well: on a shared computer its own session would let the next person in."""

from __future__ import annotations

from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.http import urlencode

from partaj.links import absolute

CAME_BY = "proconnect"  # in the session: what signing out there asks for


def remember(request: HttpRequest, login: SocialLogin) -> None:
    request.session[CAME_BY] = {"id_token": login.id_token, "url": login.end_session_url}


def farewell_url(request: HttpRequest) -> str | None:
    """Where signing out leads who came in by ProConnect; None for the others."""
    came = request.session.get(CAME_BY)
    if not came or not came["url"]:
        return None
    parameters = {
        "id_token_hint": came["id_token"],
        "state": get_random_string(32),
        "post_logout_redirect_uri": absolute(request, reverse("account_login")),
    }
    return f"{came['url']}?{urlencode(parameters)}"
