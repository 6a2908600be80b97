"""`manage.py relock_second_factors`: after SECRET_KEY changed, so that the one before may be forgotten."""

from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from partaj.accounts.second_factor.adapter import locked_again
from partaj.formats import NBSP, counted


class Command(BaseCommand):
    help = "Verrouille les secrets des applications de codes sous la SECRET_KEY d’aujourd’hui."

    def handle(self, *args: Any, **options: Any) -> None:
        """Accounts are named by their number; done twice, it does no harm."""
        applications = Authenticator.objects.filter(type=Authenticator.Type.TOTP).order_by("pk")
        done, lost = 0, []
        for pk, account in list(applications.values_list("pk", "user_id")):
            try:
                done += _relock(pk)
            except InvalidToken:
                lost.append(account)
        self.stdout.write(f"{counted(done, 'secret est verrouillé', 'secrets sont verrouillés')} sous SECRET_KEY.")
        if lost:
            numbers = ", ".join(map(str, lost))
            raise CommandError(
                f"Aucune clef connue n’ouvre ceux des comptes {numbers}{NBSP}: remettez l’ancienne dans "
                "SECRET_KEY_FALLBACKS, ou réinitialisez leur second facteur."
            )
        self.stdout.write("Les clefs d’avant peuvent quitter SECRET_KEY_FALLBACKS.")


@transaction.atomic
def _relock(pk: int) -> int:
    """1 where the row is still there: its holder may have removed it meanwhile."""
    row = Authenticator.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        return 0
    row.data["secret"] = locked_again(row.data["secret"])
    row.save(update_fields=["data"])
    return 1
