"""The forms of the door (allauth's), in our words and with what browsers need to fill them in."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ResetPasswordKeyForm,
    UserTokenForm,
    default_token_generator,
)
from allauth.account.utils import user_pk_to_url_str
from django import forms
from django.core.validators import MaxLengthValidator, validate_email
from django.http import HttpRequest
from django.urls import reverse

from partaj.accounts.addresses import LONGEST as LONGEST_ADDRESS
from partaj.accounts.addresses import address_key
from partaj.accounts.letters import post_later
from partaj.accounts.models import JournalEntry, User
from partaj.accounts.passwords import LONGEST, SHORTEST
from partaj.links import absolute

EMAIL = "Adresse électronique"
PHRASE_HINT = (
    f"{SHORTEST} caractères au moins, {LONGEST} au plus : une phrase que personne d’autre ne connaît convient bien. "
    "Espaces et accents sont acceptés ; ni chiffre ni majuscule ne sont exigés. Sont refusés votre nom, votre adresse, "
    "le nom de ce site, les mots de passe courants et les caractères qui se répètent ou se suivent."
)


def _plain(field: forms.Field, label: str, autocomplete: str, help_text: str = "") -> None:
    """A label and no placeholder: what is asked stays readable once one has begun to type."""
    field.label, field.help_text = label, help_text
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs["autocomplete"] = autocomplete


def _bounded(field: forms.Field) -> None:
    """A password too long is refused before anything is computed from it; the browser would cut it without a word."""
    sentence = "%(limit_value)d caractères au plus : vous en avez donné %(show_value)d."
    field.validators.append(MaxLengthValidator(LONGEST, message=sentence))


def _address_field() -> forms.CharField:
    """Read with whatever accents and spaces were typed or pasted along."""
    return forms.CharField(max_length=LONGEST_ADDRESS, widget=forms.EmailInput())


def _named(typed: str) -> str:
    """The address as its account has it; one that nobody has stays as typed, folded."""
    account = User.objects.with_address(typed).only("email").first()
    return account.email if account else address_key(typed)


class SignInForm(LoginForm):
    error_title = "Connexion impossible."

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = _address_field()
        self.order_fields(["login", "password"])
        _plain(self.fields["login"], EMAIL, "username")
        _plain(self.fields["password"], "Mot de passe", "current-password")
        _bounded(self.fields["password"])

    def clean_login(self) -> str:
        return _named(self.cleaned_data["login"])


class ForgottenPasswordForm(forms.Form):
    """Sends a link to the account of this address, where its holder has once chosen a password; tells nobody which."""

    error_title = "Aucun lien n’est parti."

    email = _address_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["email"], EMAIL, "username")

    def clean_email(self) -> str:
        folded = address_key(self.cleaned_data["email"])
        validate_email(folded)
        return folded

    def save(self, request: HttpRequest) -> None:
        """The same work for a known and an unknown address: one search, one key, one letter, one line of the journal.

        The letter goes to the address of the account, never to the one typed, and after the answer has left.
        """
        email = self.cleaned_data["email"]
        account = User.objects.with_password().with_address(email).first()
        reader = account or User(pk=0, email=email, password="-")  # noqa: S106 nobody's
        key = {"uidb36": user_pk_to_url_str(reader), "key": default_token_generator.make_token(reader)}
        path = reverse("account_reset_password_from_key", kwargs=key)
        letter = get_adapter().render_mail(
            "account/email/password_reset_key", reader.email, {"password_reset_url": absolute(request, path)}
        )
        post_later(letter if account else None)
        request.trace.now(
            JournalEntry.Kind.SECURITY,
            subject=f"accounts.user:{account.pk}" if account else "",
            detail="mot de passe oublié : lien demandé",
        )


class ResetKeyForm(UserTokenForm):
    """The key of a reset link: of an account that is open now, and has a password."""

    def _get_user(self, uidb36: str) -> User | None:
        user = super()._get_user(uidb36)
        return user if user and user.is_active and user.has_usable_password() else None


class NewPasswordForm(ResetPasswordKeyForm):
    """A password chosen twice, whose rules stand beside it: by a reset link or an invitation."""

    error_title = "Le mot de passe n’est pas enregistré."

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["password1"], "Nouveau mot de passe", "new-password", PHRASE_HINT)
        _plain(self.fields["password2"], "Le même, une seconde fois", "new-password")
        _bounded(self.fields["password1"])
        _bounded(self.fields["password2"])


class PasswordChangeForm(ChangePasswordForm):
    error_title = "Le mot de passe n’est pas changé."

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["oldpassword"], "Mot de passe actuel", "current-password")
        for field in self.fields.values():
            _bounded(field)
        _plain(self.fields["password1"], "Nouveau mot de passe", "new-password", PHRASE_HINT)
        _plain(self.fields["password2"], "Le même, une seconde fois", "new-password")
