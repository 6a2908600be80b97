"""What the second factor adds to the house's answers to allauth: how one confirms, and what its holder is told."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from partaj.accounts.adapter import AccountAdapter
from partaj.accounts.journal.trace import address_of
from partaj.accounts.letters import post_later
from partaj.accounts.models import User
from partaj.accounts.sessions.devices import in_words

CONFIRMED_BY = {
    "reauthenticate": "Confirmer par mon mot de passe",
    "mfa_reauthenticate": "Confirmer par un code",
    "mfa_reauthenticate:webauthn": "Confirmer par une clé d’accès",
}
# On the page that follows.
SAID = {
    "mfa/messages/totp_activated.txt": "Votre application est reconnue : elle vous sera demandée à la connexion.",
    "mfa/messages/totp_deactivated.txt": "L’application est retirée : ses codes n’ouvrent plus rien.",
    "mfa/messages/webauthn_added.txt": "La clé est enregistrée : elle vous sera demandée à la connexion.",
    "mfa/messages/webauthn_removed.txt": "La clé est retirée : elle n’ouvre plus rien.",
}
# By mail, so that nobody changes it behind its holder's back.
WRITTEN = {
    "mfa/email/totp_activated": "une application de codes a été ajoutée à votre compte",
    "mfa/email/totp_deactivated": "l’application de codes a été retirée de votre compte",
    "mfa/email/webauthn_added": "une clé d’accès a été ajoutée à votre compte",
    "mfa/email/webauthn_removed": "une clé d’accès a été retirée de votre compte",
    "mfa/email/recovery_codes_generated": "les codes de secours de votre compte ont été renouvelés",
    "account/email/password_changed": "le mot de passe de votre compte a été changé",
    "account/email/password_reset": "le mot de passe de votre compte a été choisi à nouveau",
}


def tell_holder(request: HttpRequest, user: User, what: str, *, by_other: bool = False) -> None:
    """A letter to the holder of the account, sent after the answer. `by_other`: an administrator did it."""
    context = {
        "account": user,
        "what": what,
        "at": timezone.localtime(),
        "place": "" if by_other else address_of(request),
        "device": "" if by_other else in_words(request.headers.get("User-Agent", "")),
    }
    text = render_to_string("accounts/security_mail.txt", context)
    post_later(EmailMessage("PARTAJ · Sécurité de votre compte", text, None, [user.email]))


class SecuredAccountAdapter(AccountAdapter):
    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Who has a second factor confirms by it: a stolen password alone changes nothing."""
        ways = [way | {"description": CONFIRMED_BY[way["id"]]} for way in super().get_reauthentication_methods(user)]
        return [way for way in ways if way["id"] != "reauthenticate"] or ways

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        if message_template in SAID:
            messages.success(request, SAID[message_template])
        elif kwargs.get("message"):  # what a form of one button cannot show beside a field
            messages.add_message(request, level, kwargs["message"])
        else:
            super().add_message(request, level, message_template, *args, **kwargs)

    def send_notification_mail(self, template_prefix: str, user: User, *args: Any, **kwargs: Any) -> None:
        if template_prefix in WRITTEN:
            tell_holder(self.request, user, WRITTEN[template_prefix])
