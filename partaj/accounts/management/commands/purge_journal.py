"""`manage.py purge_journal [--months 12] [--dry-run]`, once a month: see partaj.accounts.journal.sealing."""

import calendar
import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from partaj.accounts.journal.sealing import Purge, purge_journal
from partaj.accounts.models import JournalEntry
from partaj.formats import counted, french_date

SHORTEST, LONGEST = 12, 120  # months
NAME = "purge_journal"


def months_before(now: dt.datetime, months: int) -> dt.datetime:
    """The same day of the month, or the last one where that month is shorter; as PostgreSQL counts."""
    years, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    return now.replace(year=years, month=month + 1, day=min(now.day, calendar.monthrange(years, month + 1)[1]))


class Command(BaseCommand):
    help = "Retire du journal des accès les lignes de plus de douze mois, par lots scellés ; les sceaux restent."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--months", type=int, default=SHORTEST, help="ce qui est gardé, en mois : 12 au moins")
        parser.add_argument("--dry-run", action="store_true", help="dit ce qui serait retiré, sans rien retirer")

    def handle(self, *args: Any, months: int, dry_run: bool, **options: Any) -> None:
        if not SHORTEST <= months <= LONGEST:
            raise CommandError(
                f"Le journal est gardé {SHORTEST} mois au moins : {months} n’est pas possible ({LONGEST} au plus).",
                returncode=2,
            )
        now = timezone.now()
        before = months_before(now, months)
        done = purge_journal(before, now, dry_run=dry_run)
        if done.rows and not dry_run:
            write(done)
        self.say(done, before, dry_run)
        if done.refused:
            raise CommandError(
                f"La base a refusé d’aller plus loin ({done.refused}). Lancez la commande sous le rôle propriétaire des"
                " tables ; ce qui est dit retiré l’est."
            )
        if done.suspect:
            ranks = ", ".join(map(str, done.suspect))
            raise CommandError(f"Gardés, car leur sceau a été modifié : lots {ranks}. Lancez verify_journal.")

    def say(self, done: Purge, before: dt.datetime, dry_run: bool) -> None:
        limit, kept = french_date(timezone.localtime(before)), JournalEntry.objects.count()
        if not done.batches:
            self.stdout.write(f"Aucun lot scellé n’est tout entier d’avant le {limit} : rien n’est à retirer.")
        else:
            said = f"{in_words(done)}, d’avant le {limit}"
            self.stdout.write(f"Essai, rien n’est retiré. Le serait : {said}." if dry_run else f"Retiré : {said}.")
        self.stdout.write(f"Le journal garde {counted(kept, 'ligne')}. Les sceaux restent tous.")


def in_words(done: Purge) -> str:
    return f"{counted(done.rows, 'ligne')} en {counted(done.batches, 'lot')}"


def write(done: Purge) -> None:
    """Its own line: nobody's request, hence neither actor nor address."""
    until = f", jusqu’au {french_date(timezone.localtime(done.until))}" if done.until else ""
    entry = JournalEntry(
        kind=JournalEntry.Kind.REMOVED, page=NAME, subject="accounts.journalentry", detail=f"{in_words(done)}{until}"
    )
    JournalEntry.objects.write([entry])
