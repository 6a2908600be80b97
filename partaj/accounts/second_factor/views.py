"""« Ma sécurité » and the pages of one's own factors. Changing any of them asks first who one is."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import ReauthenticateView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import ReauthenticateView as ReauthenticateByCodeView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    EditWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse_lazy
from django.views.generic import TemplateView

from partaj.accounts.entrance_views import RefusedForm
from partaj.accounts.second_factor import codes
from partaj.accounts.second_factor.gate import FACTORS, is_held, mark_shown
from partaj.accounts.sessions.devices import open_sessions, renumber
from partaj.acts import Act, may
from partaj.pages import Titled

SECURITY = ("Ma sécurité", reverse_lazy("mfa_index"))


def factors_of(user: Any) -> dict[str, Any]:
    """`application` and `codes`: a row or None; `keys`: rows. One query."""
    rows = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    only = {row.type: row for row in rows if row.type != Authenticator.Type.WEBAUTHN}
    return {
        "application": only.get(Authenticator.Type.TOTP),
        "keys": [row for row in rows if row.type == Authenticator.Type.WEBAUTHN],
        "codes": only.get(Authenticator.Type.RECOVERY_CODES),
        "any": any(row.type in FACTORS for row in rows),
    }


class Security(Titled, TemplateView):
    """Anybody signed in, for themselves: password, second factors, open sessions.

    To who must first show a factor, only that.
    """

    template_name = "mfa/index.html"
    title = "Ma sécurité"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        request, held = self.request, self.request.held  # type: ignore[attr-defined]
        factors = factors_of(request.user)
        # Who has one shows it; who has none adds one.
        ways = get_account_adapter().get_reauthentication_methods(request.user) if held and factors["any"] else []
        return super().get_context_data(
            factors=factors,
            unused_codes=codes.left(factors["codes"]),
            held=held,
            ways=[way for way in ways if way["id"] != "reauthenticate"],
            next_url=get_next_redirect_url(request) or "/",
            may_have_agenda=not held and may(request.user, Act.LOG_YOUTHS),
            sessions=[] if held else open_sessions(request.user, request.session.session_key),
            idle_minutes=settings.SESSION_IDLE // 60,
            longest_hours=settings.SESSION_LONGEST // 3600,
            **kwargs,
        )


class OwnSecurity(RefusedForm):
    """Pages below « Ma sécurité », for anybody signed in; a refused form answers 422."""

    title = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # Laid over what the view gives: several of allauth's forget what they are handed.
        return super().get_context_data(**kwargs) | {"title": self.title, "crumbs": [SECURITY]}  # type: ignore[misc]


class SecondStep(RefusedForm, AuthenticateView):
    """Whoever has just given the right password of an account with a second factor."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        # Without a key, a browser would wait for one that does not exist.
        return context | {"has_key": bool(context["js_data"]["request_options"]["publicKey"].get("allowCredentials"))}


class Confirms(OwnSecurity):
    """Whoever confirms who they are goes on under another number: the former one, if it was seen, opens nothing."""

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)  # type: ignore[misc]
        renumber(self.request)  # type: ignore[attr-defined]
        return response


class ConfirmByPassword(Confirms, ReauthenticateView):
    title = "Confirmez que c’est bien vous"


class ConfirmByCode(Confirms, ReauthenticateByCodeView):
    title = "Confirmez que c’est bien vous"


class ConfirmByKey(Confirms, ReauthenticateWebAuthnView):
    title = "Confirmez que c’est bien vous"

    def form_invalid(self, form: Any) -> HttpResponse:
        """allauth's leads to the sign-in page, from which one who is signed in falls on the home page."""
        return self.render_to_response(self.get_context_data() | {"form": form}, status=422)


def show_once(request: HttpRequest, drawn: list[str]) -> HttpResponse:
    """In the answer that has made them, and nowhere else: nothing that could show them again is kept."""
    context = {"codes": drawn, "title": "Mes codes de secours", "crumbs": [SECURITY]}
    return render(request, "mfa/recovery_codes/index.html", context)


class AddsFactor(OwnSecurity):
    """The factor, its recovery codes and their lines of the journal are one transaction: allauth's keys open none."""

    def form_valid(self, form: Any) -> HttpResponse:
        request: Any = self.request  # type: ignore[attr-defined]
        drawn = [] if codes.are_kept(request.user) else codes.draw()
        hashes = codes.hashed(drawn)
        with transaction.atomic():
            response = super().form_valid(form)  # type: ignore[misc]
            if drawn:
                codes.keep(request.user, hashes)
        mark_shown(request, request.user)
        request.held = is_held(request)  # the page of the codes already has its menu
        return show_once(request, drawn) if drawn else response


class AddApplication(AddsFactor, ActivateTOTPView):
    title = "Ajouter une application de codes"


class ChangesFactor(OwnSecurity):
    """The change and its line of the journal are one transaction."""

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            return super().form_valid(form)  # type: ignore[misc]


class RemoveApplication(ChangesFactor, DeactivateTOTPView):
    title = "Retirer l’application de codes"


class AddPasskey(AddsFactor, AddWebAuthnView):
    title = "Ajouter une clé d’accès"


class OwnPasskey(ChangesFactor):
    """Keys of others do not exist: that is said before one is asked who one is."""

    success_url = reverse_lazy("mfa_index")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        get_object_or_404(Authenticator, user=request.user, type=Authenticator.Type.WEBAUTHN, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class RemovePasskey(OwnPasskey, RemoveWebAuthnView):
    title = "Retirer une clé d’accès"


class RenamePasskey(OwnPasskey, EditWebAuthnView):
    title = "Renommer une clé d’accès"


class RenewRecoveryCodes(OwnSecurity, GenerateRecoveryCodesView):
    """Where a factor is there that they replace."""

    title = "Renouveler mes codes de secours"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        factors = factors_of(self.request.user)
        return super().get_context_data(**kwargs) | {"unused_code_count": codes.left(factors["codes"])}

    def form_valid(self, form: Any) -> HttpResponse:
        drawn = codes.draw()
        codes.keep(self.request.user, codes.hashed(drawn))
        get_account_adapter().send_notification_mail("mfa/email/recovery_codes_generated", self.request.user)
        return show_once(self.request, drawn)
