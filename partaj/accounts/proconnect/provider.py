"""Our side of the conversation with the provider: what is asked, with which precautions."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import get_random_string

from partaj.accounts.proconnect.models import LONGEST_SUB
from partaj.accounts.proconnect.tokens import NotBelieved, verified
from partaj.links import absolute

NAME = "proconnect"


def is_configured() -> bool:
    return bool(settings.PROCONNECT["issuer"] and settings.PROCONNECT["client_id"])


def application() -> SocialApp:
    """From the settings, never from the database. Raises SocialApp.DoesNotExist where nothing is configured."""
    if not is_configured():
        raise SocialApp.DoesNotExist
    return SocialApp(
        provider="openid_connect",
        provider_id=NAME,
        name="ProConnect",
        client_id=settings.PROCONNECT["client_id"],
        secret=settings.PROCONNECT["client_secret"],
        settings={"server_url": settings.PROCONNECT["issuer"], "oauth_pkce_enabled": True},
    )


class Conversation(OpenIDConnectOAuth2Adapter):
    """allauth's, but that every answer must be signed: it would take the id_token on trust and the userinfo as JSON."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request, NAME)

    @property
    def openid_config(self) -> dict[str, Any]:
        config = super().openid_config
        if config.get("issuer") != settings.PROCONNECT["issuer"]:
            raise NotBelieved("autre émetteur")
        return config

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return absolute(request, reverse("proconnect_back"))

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        raw, keys = kwargs["response"].get("id_token", ""), self._keys()
        identity = self._claims(raw, keys, ["exp", "iat", "nonce"])
        person = self._claims(self._userinfo(token.token), keys, [])
        if person["sub"] != identity["sub"]:
            raise NotBelieved("sub")
        if not (person["sub"].isascii() and person["sub"].isprintable() and 0 < len(person["sub"]) <= LONGEST_SUB):
            raise NotBelieved("sub illisible")
        if not (isinstance(person.get("email"), str) and person["email"]):
            raise NotBelieved("sans adresse")
        login = self.get_provider().sociallogin_from_response(request, {"userinfo": person, "id_token": identity})
        login.id_token, login.end_session_url = raw, self.openid_config.get("end_session_endpoint", "")
        return login

    def _claims(self, token: str, keys: list[dict[str, Any]], required: list[str]) -> dict[str, Any]:
        issuer, audience = settings.PROCONNECT["issuer"], settings.PROCONNECT["client_id"]
        return verified(token, keys=keys, issuer=issuer, audience=audience, required=required)

    def _keys(self) -> list[dict[str, Any]]:
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"], allow_redirects=False)
            answer.raise_for_status()
            return answer.json()["keys"]

    def _userinfo(self, access_token: str) -> str:
        """A signed JWT, and nothing else."""
        with get_adapter().get_requests_session() as session:
            answer = session.get(
                self.profile_url, headers={"Authorization": f"Bearer {access_token}"}, allow_redirects=False
            )
            answer.raise_for_status()
        if answer.headers.get("Content-Type", "").split(";")[0].strip().lower() != "application/jwt":
            raise NotBelieved("userinfo non signé")
        return answer.text.strip()


class ProConnectProvider(OpenIDConnectProvider):
    """The parameters of the request are ours: the visitor chooses nothing but where to arrive."""

    def get_oauth2_adapter(self, request: HttpRequest) -> Conversation:
        return Conversation(request)

    def get_scope(self) -> list[str]:
        return ["openid", "email"]  # no more than what is needed to know the account

    def ask(self, request: HttpRequest, next_url: str | None) -> HttpResponse:
        nonce = get_random_string(32)
        return self.redirect(request, AuthProcess.LOGIN, next_url, auth_params={"nonce": nonce}, nonce=nonce)
