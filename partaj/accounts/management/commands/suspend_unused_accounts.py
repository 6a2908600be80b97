"""`manage.py suspend_unused_accounts [--dry-run]`, once a day: see partaj.accounts.unused."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from partaj.accounts.unused import go_through


class Command(BaseCommand):
    help = "Prévient, puis suspend, les comptes sans usage depuis six mois ; jamais le dernier administrateur."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="dit ce qui serait fait, sans rien faire")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        """Says each account by its number: the output of a planned task is often kept, and sent, elsewhere."""
        failed = count = 0
        for outcome in go_through(dry_run=dry_run):
            count, failed = count + 1, failed + outcome.failed
            self.stdout.write(f"compte {outcome.account.pk} : {outcome.sentence}")
        if not count:
            self.stdout.write("Aucun compte à prévenir ni à suspendre.")
        elif dry_run:
            self.stdout.write("Essai : rien n’a été fait, aucun courriel n’est parti.")
        if failed:
            raise CommandError(f"{failed} courriel(s) non partis : vérifiez la messagerie.")
