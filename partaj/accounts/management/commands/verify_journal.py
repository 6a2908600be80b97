"""`manage.py verify_journal [--anchor RANG:EMPREINTE …]`: names what is not as it was written; exit code 1 if so."""

import datetime as dt
import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from partaj.accounts.journal.digests import moment_of
from partaj.accounts.journal.sealing import Fault, unsealed, verify_journal
from partaj.accounts.models import JournalEntry, JournalSeal
from partaj.formats import counted, french_date

ANCHOR = re.compile(r"([1-9]\d{0,17}):([0-9a-f]{32})")
LATE = dt.timedelta(days=1)


class Command(BaseCommand):
    help = "Vérifie le journal des accès : chaque ligne, chaque sceau. Code de sortie 1 si quelque chose a été touché."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anchor", action="append", default=[], metavar="RANG:EMPREINTE",
            help="un repère écrit par seal_journal et gardé ailleurs ; autant de fois qu’il y en a",
        )  # fmt: skip

    def handle(self, *args: Any, anchor: list[str], **options: Any) -> None:
        anchors = dict(map(read_anchor, anchor))
        faults = 0
        for fault in verify_journal(anchors):
            faults += 1
            self.stdout.write(in_words(fault))
        self.say_what_waits()
        if faults:
            hint = ""
            if faults >= JournalEntry.objects.count():
                hint = " Tout ou presque est en défaut : JOURNAL_KEY est-elle celle sous laquelle il a été écrit ?"
            raise CommandError(f"{counted(faults, 'défaut')} dans le journal des accès.{hint}")
        rows, seals = JournalEntry.objects.count(), JournalSeal.objects.count()
        said = f"{counted(rows, 'ligne')} et {counted(seals, 'sceau', 'sceaux')} vérifiés"
        kept = f", {counted(len(anchors), 'repère')} compris" if anchors else ""
        self.stdout.write(f"Le journal des accès est tel qu’il a été écrit : {said}{kept}.")

    def say_what_waits(self) -> None:
        waiting = unsealed()
        if waiting.since is None:
            return
        late = timezone.now() - waiting.since > LATE
        said = f"{counted(waiting.count, 'ligne attend', 'lignes attendent')} d’être scellées depuis le"
        said = f"{said.replace('scellées', 'scellée') if waiting.count == 1 else said} {at_paris(waiting.since)}"
        if late:
            self.stderr.write(self.style.WARNING(f"Attention : {said}. seal_journal est-elle lancée ?"))
        else:
            self.stdout.write(f"{said}.")


def read_anchor(typed: str) -> tuple[int, str]:
    """Raises CommandError (exit code 2) on what is no anchor."""
    found = ANCHOR.fullmatch(typed.strip().lower())
    if found is None:
        raise CommandError(
            f"« {typed} » n’est pas un repère : recopiez celui de seal_journal, par exemple 12:{'0a' * 16}.",
            returncode=2,
        )
    return int(found[1]), found[2]


def at_paris(moment: dt.datetime) -> str:
    local = timezone.localtime(moment)
    return f"{french_date(local)} à {local:%H:%M:%S} (heure de Paris)"


def in_words(fault: Fault) -> str:
    """« ligne 42 du 02/03/2026 à 10:00:00 (heure de Paris) : modifiée… »; of a row that has gone, its number's date."""
    if fault.number is None:
        return f"{fault.words[:1].upper()}{fault.words[1:]}."
    when = f"du {at_paris(fault.at)}" if fault.at else f"(écrite le {at_paris(moment_of(fault.number))})"
    return f"Ligne {fault.number} {when} : {fault.words}."
