"""`manage.py import_students FILE --programme CODE …`: what a list would become, line by line. It writes nothing."""

import datetime as dt
import json
import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from beneficiaries.lists.judging import judge
from beneficiaries.lists.receiving import receive
from beneficiaries.lists.rules import Rule
from beneficiaries.lists.telling import as_data, as_text, refused_as_data
from partaj.programmes.commands import programme_named
from partaj.uploads.kinds import Purpose
from partaj.uploads.refusal import UploadRefused

FORMATS = ("text", "json")


class Command(BaseCommand):
    help = "Lit une liste de jeunes (CSV, XLSX, ODS) et dit ce que deviendrait chaque ligne. N’écrit rien."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FICHIER", help="la liste, en CSV, XLSX ou ODS")
        parser.add_argument("--programme", required=True, metavar="NUMÉRO", help="numéro du programme (AP1-485)")
        parser.add_argument("--rule", default=None, help=f"{' ou '.join(Rule)} ; d’après les colonnes si elle manque")
        parser.add_argument("--reference-date", default=None, metavar="AAAA-MM-JJ", help="jour où l’on compte les âges")
        parser.add_argument("--format", default="text", help="text ou json")

    def handle(self, *args: Any, **options: Any) -> None:
        """A file refused as a whole is told in JSON too where JSON is asked for; the exit code is 2 all the same."""
        wanted = options["format"]
        if wanted not in FORMATS:
            raise CommandError(f"Format « {wanted} » inconnu. Formats : {', '.join(FORMATS)}.", returncode=2)
        programme_named(options["programme"])
        rule, day = _rule(options["rule"]), _reference_date(options["reference_date"])
        content = _content(options["file"])
        try:
            judgement = judge(receive(content), reference_date=day, rule=rule)
        except UploadRefused as refusal:
            if wanted == "json":
                self.stdout.write(_json(refused_as_data(refusal)))
            raise CommandError(refusal.message, returncode=2) from refusal
        self.stdout.write(_json(as_data(judgement)) if wanted == "json" else as_text(judgement))


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1)


def _rule(typed: str | None) -> Rule | None:
    if typed is not None and typed not in Rule.values:
        raise CommandError(f"Règle « {typed} » inconnue. Règles : {', '.join(Rule.values)}.", returncode=2)
    return Rule(typed) if typed else None


def _reference_date(typed: str | None) -> dt.date:
    if typed is None:
        return timezone.localdate()
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", typed):
            return dt.date.fromisoformat(typed)
    except ValueError:
        pass
    raise CommandError(f"La date « {typed} » est impossible : écrivez-la AAAA-MM-JJ (2026-01-30).", returncode=2)


def _content(path: str) -> bytes:
    """Never more than the gate would look at."""
    try:
        if not Path(path).is_file():
            raise FileNotFoundError("ce n’est pas un fichier")
        with Path(path).open("rb") as file:
            return file.read(Purpose.LIST.value.largest + 1)
    except (OSError, ValueError) as refusal:
        reason = getattr(refusal, "strerror", None) or str(refusal)
        raise CommandError(f"Le fichier « {path} » ne peut être lu : {reason}.", returncode=2) from refusal
