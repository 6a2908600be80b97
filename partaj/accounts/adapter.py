from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse

from partaj.accounts import throttling
from partaj.accounts.journal.trace import address_of
from partaj.next_page import leads_to_us


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator: nobody signs up."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "Adresse ou mot de passe incorrect. Vérifiez l’un et l’autre, puis réessayez.",
        "enter_current_password": "Ce n’est pas votre mot de passe actuel.",
        "incorrect_password": "Ce n’est pas votre mot de passe actuel.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str) -> bool:
        return leads_to_us(url)

    def get_client_ip(self, request: HttpRequest) -> str:
        """The same as in the journal: a forged X-Forwarded-For changes neither."""
        return address_of(request) or "::"

    # -- Sign-in: our counters instead of allauth's (see throttling) -----------------------------------
    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        self._tried = credentials.get("email", "")
        self._taken = throttling.take("sign_in", request, account=self._tried)

    def _rollback_login_failed_rl_usage(self) -> None:
        """Called by allauth where the attempt succeeds."""
        self._taken.give_back()
        throttling.know_place(self.request, account=self._tried)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("home")

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Of allauth's messages, only the one that tells the user what they do not see is kept."""
        if message_template == "account/messages/password_changed.txt":
            messages.success(request, "Votre mot de passe est changé.")
