"""The forms of the door (allauth's), in our words and with what browsers need to fill them in."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ResetPasswordForm, ResetPasswordKeyForm
from django import forms

EMAIL = "Adresse électronique"
PHRASE_HINT = (
    "15 caractères au moins : une phrase que vous seul·e connaissez convient très bien. "
    "Ni votre nom, ni votre adresse, ni un mot de passe courant."
)


def _plain(field: forms.Field, label: str, autocomplete: str, help_text: str = "") -> None:
    """A label and no placeholder: what is asked stays readable once one has begun to type."""
    field.label, field.help_text = label, help_text
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs["autocomplete"] = autocomplete


class SignInForm(LoginForm):
    error_title = "Connexion impossible."

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["login"], EMAIL, "username")
        _plain(self.fields["password"], "Mot de passe", "current-password")


class ForgottenPasswordForm(ResetPasswordForm):
    error_title = "Aucun lien n’est parti."

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["email"], EMAIL, "username")


class NewPasswordForm(ResetPasswordKeyForm):
    error_title = "Le mot de passe n’est pas changé."

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["password1"], "Nouveau mot de passe", "new-password", PHRASE_HINT)
        _plain(self.fields["password2"], "Le même, une seconde fois", "new-password")


class PasswordChangeForm(ChangePasswordForm):
    error_title = "Le mot de passe n’est pas changé."

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["oldpassword"], "Mot de passe actuel", "current-password")
        _plain(self.fields["password1"], "Nouveau mot de passe", "new-password", PHRASE_HINT)
        _plain(self.fields["password2"], "Le même, une seconde fois", "new-password")
