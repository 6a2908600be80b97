"""Who comes in by ProConnect: an existing, active account.

The first time it is found by the address that the provider vouches for; once its holder is in, second factor included,
the identity (issuer and `sub`) is kept, and from then on it alone opens the account. An address given to somebody else
opens nothing.
"""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import constant_time_compare
from requests import RequestException

from partaj.accounts.journal.events import note_refused
from partaj.accounts.models import User
from partaj.accounts.proconnect.leaving import remember
from partaj.accounts.proconnect.models import ProConnectIdentity
from partaj.accounts.proconnect.provider import ProConnectProvider, application

ANOTHER = "autre identité que celle reliée au compte"


def connect() -> None:
    user_logged_in.connect(_keep_identity, dispatch_uid="proconnect identity")


def refused(request: HttpRequest, why: str, *, user: User | None = None, status: int = 403) -> HttpResponse:
    """The same page whatever the reason, which is in the journal; but who may be the holder is told what to ask for."""
    note_refused(user, f"ProConnect : {why}")
    context = {"unreachable": status >= 500, "another": why == ANOTHER}
    return render(request, "account/proconnect_refused.html", context, status=status)


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    def get_provider(self, request: HttpRequest, provider: Any, client_id: str | None = None) -> ProConnectProvider:
        return ProConnectProvider(request, app=application())

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def on_authentication_error(self, request: HttpRequest, provider: Any, **kwargs: Any) -> None:
        error = kwargs.get("exception")
        why = type(error).__name__ if error else "abandon ou état inconnu"
        status = 503 if isinstance(error, RequestException) else 403
        raise ImmediateHttpResponse(refused(request, why, status=status))

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Everything is verified but that the answer is to our question, and that the address is an account's."""
        data = sociallogin.account.extra_data
        if not constant_time_compare(data["id_token"]["nonce"], sociallogin.state.get("nonce") or ""):
            raise ImmediateHttpResponse(refused(request, "nonce"))
        known = ProConnectIdentity.objects.of(settings.PROCONNECT["issuer"], data["userinfo"]["sub"]).first()
        user = known.account if known else account_of(data["userinfo"])
        if user is None:
            raise ImmediateHttpResponse(refused(request, "aucun compte à cette adresse"))
        if known is None and user.proconnect_identities.filter(issuer=settings.PROCONNECT["issuer"]).exists():
            raise ImmediateHttpResponse(refused(request, ANOTHER, user=user))
        if not user.is_active:
            raise ImmediateHttpResponse(refused(request, "compte suspendu", user=user))
        # Told so, allauth neither writes a link between the two nor wipes the password of the account.
        sociallogin.user = user
        if request.user.is_authenticated:  # here rather than in allauth, which would then forget what follows
            logout(request)
        remember(request, sociallogin)


def _keep_identity(user: User, request: HttpRequest, **kwargs: Any) -> None:
    """Who is in, whatever was asked of them after ProConnect, is known by their identity from now on."""
    subs = [each["uid"] for each in get_authentication_records(request, user) if each["method"] == "socialaccount"]
    if not subs:
        return
    try:
        with transaction.atomic():
            identity, _ = user.proconnect_identities.get_or_create(
                issuer=settings.PROCONNECT["issuer"], defaults={"sub": subs[-1]}
            )
    except IntegrityError:  # at the same moment it became another account's
        identity = None
    if identity is None or identity.sub != subs[-1]:
        logout(request)
        raise ImmediateHttpResponse(refused(request, ANOTHER, user=user))


def account_of(claims: dict[str, Any]) -> User | None:
    """The account of a verified address. A provider that says nothing of it is believed where the settings say so."""
    if claims.get("email_verified", settings.PROCONNECT["email_verified"]) is not True:
        return None
    return User.objects.filter(email=claims["email"].strip().lower()).first()
