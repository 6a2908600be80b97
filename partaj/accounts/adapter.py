from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator: nobody signs up."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "Adresse ou mot de passe incorrect. Vérifiez l’un et l’autre, puis réessayez.",
        "enter_current_password": "Ce n’est pas votre mot de passe actuel.",
        "incorrect_password": "Ce n’est pas votre mot de passe actuel.",
        "too_many_login_attempts": "Trop de tentatives : patientez quelques minutes avant de réessayer.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("home")

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Of allauth's messages, only the one that tells the user what they do not see is kept."""
        if message_template == "account/messages/password_changed.txt":
            messages.success(request, "Votre mot de passe est changé.")
