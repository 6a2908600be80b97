"""The forms of the second factor, in our words. A code serves once, even while the next one is already accepted."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ReauthenticateForm as ReauthenticateByPasswordForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.conf import settings
from django.core.cache import cache

from partaj.accounts.second_factor import codes

NAME_HINT = "Pour la reconnaître : « clé du bureau », « téléphone »…"


def say(field: forms.Field, label: str, help_text: str = "", **attrs: str) -> None:
    """A label and no placeholder: what is asked stays readable once one has begun to type."""
    field.label, field.help_text = label, help_text
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs |= attrs


def _used(user: Any, code: str) -> str:
    digits = "".join(sign for sign in code if sign in "0123456789")  # what a cache key may hold
    return f"partaj.second_factor.used:{user.pk}:{digits[:12]}"


def serve_once(user: Any, code: str) -> None:
    """This code is right, and no form takes it again. Raises ValidationError where another was as quick."""
    if not cache.add(_used(user, code), True, timeout=30 * (2 * settings.MFA_TOTP_TOLERANCE + 1)):
        raise get_adapter().validation_error("incorrect_code")


class CodeForm:
    """A code of six digits, or a recovery code of nine."""

    error_title = "Ce code n’ouvre pas."

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say(
            self.fields["code"],  # type: ignore[attr-defined]
            "Code",
            "Les six chiffres que montre votre application, ou un de vos codes de secours.",
            autocomplete="one-time-code",
            inputmode="numeric",
        )

    def clean_code(self) -> str:
        """allauth forgets a used code after one period; with the tolerance it would be accepted for three."""
        typed = "".join(self.cleaned_data["code"].split())  # type: ignore[attr-defined]
        self.cleaned_data["code"] = typed  # type: ignore[attr-defined]
        if cache.get(_used(self.user, typed)):  # type: ignore[attr-defined]
            raise get_adapter().validation_error("incorrect_code")
        code = self._recovery_code(typed) if codes.is_one(typed) else super().clean_code()  # type: ignore[misc]
        serve_once(self.user, code)  # type: ignore[attr-defined]
        return code

    def _recovery_code(self, typed: str) -> str:
        """As allauth does for an application: counted first, a wrong one told to the journal."""
        forget_attempts = check_rate_limit(self.user)  # type: ignore[attr-defined]
        held = codes.use(self.user, typed)  # type: ignore[attr-defined]
        if held is None:
            self._emit_authentication_failed(None)  # type: ignore[attr-defined]
            raise get_adapter().validation_error("incorrect_code")
        held.user, self.authenticator = self.user, held  # type: ignore[attr-defined]
        forget_attempts()
        return typed


class SignInCodeForm(CodeForm, AuthenticateForm):
    pass


class ConfirmCodeForm(CodeForm, ReauthenticateForm):
    pass


class ConfirmPasswordForm(ReauthenticateByPasswordForm):
    error_title = "Ce n’est pas confirmé."

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say(self.fields["password"], "Mot de passe", autocomplete="current-password")


class ApplicationForm(ActivateTOTPForm):
    error_title = "L’application n’est pas encore reconnue."

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say(
            self.fields["code"],
            "Code affiché par l’application",
            "Six chiffres, qui changent toutes les 30 secondes.",
            autocomplete="one-time-code",
            inputmode="numeric",
        )

    def clean_code(self) -> str:
        """The code that adds the application is one of its codes: whoever saw it typed does not sign in with it."""
        code = super().clean_code()
        serve_once(self.user, code)
        return code


class PasskeyForm(AddWebAuthnForm):
    error_title = "La clé n’est pas encore enregistrée."

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].max_length = 60
        say(self.fields["name"], "Nom de la clé", NAME_HINT, autocomplete="off", maxlength="60")


class PasskeyNameForm(EditWebAuthnForm):
    error_title = "Le nom n’est pas changé."

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say(self.fields["name"], "Nom de la clé", NAME_HINT, autocomplete="off", maxlength="60")

    def clean_name(self) -> str:
        return self.cleaned_data["name"][:60]
