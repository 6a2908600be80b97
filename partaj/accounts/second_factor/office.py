"""An administrator takes away the second factors of somebody who lost them; never their own."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.http import HttpRequest

from partaj.accounts.calendars import services as calendars
from partaj.accounts.journal.events import note_security
from partaj.accounts.models import User
from partaj.accounts.second_factor.account import tell_holder
from partaj.accounts.sessions.devices import close_all
from partaj.accounts.views import OfAccount
from partaj.confirming import ConfirmPage, Refused

NOT_ONES_OWN = "Ce sont vos propres facteurs : ils se retirent depuis « Ma sécurité », ou par un autre administrateur."


@transaction.atomic
def reset_second_factor(*, user: User, by: Any, request: HttpRequest) -> None:
    """Nothing is left but the password; every session of the account ends, and its holder is told by mail."""
    if user == by:
        raise Refused(NOT_ONES_OWN)
    factors, _ = Authenticator.objects.filter(user=user).delete()
    if not factors:
        raise Refused("Ce compte n’a aucun second facteur : il n’y a rien à réinitialiser.")
    close_all(user)
    calendars.withdraw(account=user)  # the telephone that was lost may hold it
    note_security(user, "second facteur réinitialisé par un administrateur")
    transaction.on_commit(
        lambda: tell_holder(request, user, "le second facteur de votre compte a été réinitialisé", by_other=True)
    )


class SecondFactorReset(OfAccount, ConfirmPage):
    submit_label = "Réinitialiser le second facteur"
    dangerous = True
    done = "Le second facteur est réinitialisé. La personne en est prévenue par courriel."

    def get_title(self) -> str:
        return f"Réinitialiser le second facteur de {self.account}"

    def get_sentences(self) -> list[str]:
        return [
            "Son application, ses clés, ses codes de secours et son adresse d’agenda n’ouvriront plus rien, et toutes "
            "ses sessions se ferment. Elle se connectera par son mot de passe, puis ajoutera un nouveau facteur.",
            "Assurez-vous d’abord que c’est bien elle qui vous le demande : "
            "appelez-la à un numéro que vous connaissez.",
        ]

    def carry_out(self) -> None:
        reset_second_factor(user=self.account, by=self.request.user, request=self.request)
