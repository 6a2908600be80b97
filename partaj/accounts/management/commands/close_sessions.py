"""`manage.py close_sessions NUMÉRO …` or `--everybody`: after a theft, or before a restored base opens again."""

from typing import Any

from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from partaj.accounts.models import JournalEntry, User
from partaj.accounts.sessions.devices import close_all
from partaj.formats import counted

NAME = "close_sessions"


class Command(BaseCommand):
    help = "Ferme toutes les sessions des comptes nommés par leur numéro, ou celles de tout le monde."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("accounts", nargs="*", type=int, metavar="NUMÉRO", help="le numéro d’un compte")
        parser.add_argument("--everybody", action="store_true", help="ferme celles de tous les comptes")

    def handle(self, *args: Any, accounts: list[int], everybody: bool, **options: Any) -> None:
        if bool(accounts) == everybody:
            raise CommandError("Donnez des numéros de compte, ou --everybody : l’un ou l’autre.", returncode=2)
        found = list(User.objects.all() if everybody else User.objects.filter(pk__in=accounts))
        if absent := sorted(set(accounts) - {account.pk for account in found}):
            raise CommandError(f"Aucun compte ne porte ces numéros : {absent}. Rien n’a été fermé.", returncode=2)
        with transaction.atomic():
            closed = [account for account in found if close_all(account)]
            if everybody:  # those too that no list of devices knows
                Session.objects.all().delete()
            JournalEntry.objects.write([line(account) for account in closed])
        self.stdout.write(f"C’est fait : {counted(len(closed), 'compte')} avec des sessions, toutes fermées.")


def line(account: User) -> JournalEntry:
    """Nobody's request, hence neither actor nor address."""
    detail = "toutes les sessions fermées par une commande"
    return JournalEntry(
        kind=JournalEntry.Kind.SECURITY, page=NAME, subject=f"accounts.user:{account.pk}", detail=detail
    )
