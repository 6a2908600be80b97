"""`manage.py import_students FILE --programme CODE …`: what a list would become, line by line; nothing is written
unless `--confirm` is given."""

import datetime as dt
import json
import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from beneficiaries.batches.confirming import confirm
from beneficiaries.batches.format import ListFormat
from beneficiaries.batches.reading import compare
from beneficiaries.batches.receiving import receive_readable
from beneficiaries.batches.resource import StudentResource
from beneficiaries.batches.telling import batch_as_data, batch_as_text
from beneficiaries.lists.judging import Judgement
from beneficiaries.lists.kinds import ListKind
from beneficiaries.lists.rules import Rule
from beneficiaries.lists.second import judge_difference
from beneficiaries.lists.telling import as_data, as_text, refused_as_data
from beneficiaries.models import ImportBatch
from partaj.programmes.commands import programme_named
from partaj.programmes.models import Programme
from partaj.programmes.services import ClosedProgramme
from partaj.territories.models import Organisation, Territory
from partaj.uploads.kinds import Purpose
from partaj.uploads.refusal import UploadRefused

FORMATS = ("text", "json")


class Command(BaseCommand):
    help = "Lit une liste de jeunes et dit ce que deviendrait chaque ligne ; --confirm ouvre les dossiers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FICHIER", help="la liste, en CSV, XLSX ou ODS")
        parser.add_argument("--programme", required=True, metavar="NUMÉRO", help="numéro du programme (AP1-485)")
        parser.add_argument("--rule", default=None, help=f"{' ou '.join(Rule)} ; d’après les colonnes si elle manque")
        parser.add_argument(
            "--second", default=None, metavar="FICHIER",
            help="la liste des inscrits pédagogiques : qui y figure n’est pas de la première",
        )  # fmt: skip
        parser.add_argument("--reference-date", default=None, metavar="AAAA-MM-JJ", help="jour où l’on compte les âges")
        parser.add_argument("--format", default="text", help="text ou json")
        parser.add_argument("--confirm", action="store_true", help="ouvre les dossiers ; sans cela, rien n’est écrit")
        parser.add_argument(
            "--territory", default=None, metavar="NOM", help="où les ouvrir ; le premier du programme s’il manque"
        )
        parser.add_argument("--organisation", default=None, metavar="NOM", help="la structure qui a remis la liste")

    def handle(self, *args: Any, **options: Any) -> None:
        """A file refused as a whole is told in JSON too where JSON is asked for; the exit code is 2 all the same."""
        wanted = options["format"]
        if wanted not in FORMATS:
            raise CommandError(f"Format « {wanted} » inconnu. Formats : {', '.join(FORMATS)}.", returncode=2)
        programme = programme_named(options["programme"])
        rule, day = _rule(options["rule"]), _reference_date(options["reference_date"])
        content, second = _content(options["file"]), _second(options["second"], rule)
        try:
            if options["confirm"]:
                said = self._confirmed(programme, content, second, rule, day, options)
            else:
                judgement = _judged(programme, content, second, rule, day)
                said = _json(as_data(judgement)) if wanted == "json" else as_text(judgement)
        except UploadRefused as refusal:
            if wanted == "json":
                self.stdout.write(_json(refused_as_data(refusal)))
            raise CommandError(refusal.message, returncode=2) from refusal
        except ClosedProgramme as closed:
            raise CommandError(str(closed), returncode=2) from closed
        self.stdout.write(said)

    def _confirmed(
        self,
        programme: Programme,
        content: bytes,
        second: bytes | None,
        rule: Rule | None,
        day: dt.date,
        options: dict[str, Any],
    ) -> str:
        batch = receive_readable(
            programme=programme,
            territory=_territory(programme, options["territory"]),
            organisation=_organisation(options["organisation"]),
            filename=Path(options["file"]).name,
            content=content,
            kind=ListKind.STUDENTS if second is None else ListKind.DIFFERENCE,
            second=second,
            rule=rule or "",
            reference_date=day,
            contacted_on=timezone.localdate(),
            by=None,
            at_once=True,
        )
        batch = confirm(batch=batch, version=batch.version, by=None, at_once=True)
        return _json(batch_as_data(batch)) if options["format"] == "json" else batch_as_text(batch)


def _judged(programme: Programme, content: bytes, second: bytes | None, rule: Rule | None, day: dt.date) -> Judgement:
    if second is None:
        batch = ImportBatch(programme=programme, rule=rule or "", reference_date=day)
        return StudentResource(batch).judged(ListFormat().create_dataset(content))
    judgement = judge_difference(content, second, reference_date=day)
    compare(judgement, programme=programme.pk)
    return judgement


def _second(path: str | None, rule: Rule | None) -> bytes | None:
    if path is not None and rule:
        raise CommandError(
            "Avec --second, la différence des deux listes est la règle : n’en donnez pas d’autre.", returncode=2
        )
    return None if path is None else _content(path)


def _territory(programme: Programme, name: str | None) -> Territory:
    places = programme.territories.all()
    found = places.filter(name=name).first() if name else places.first()
    if found is None:
        known = ", ".join(places.values_list("name", flat=True)) or "aucun"
        raise CommandError(f"Ce programme n’a pas ce territoire. Territoires : {known}.", returncode=2)
    return found


def _organisation(name: str | None) -> Organisation | None:
    found = Organisation.objects.filter(name=name).first() if name else None
    if name and found is None:
        raise CommandError(f"Aucune structure ne s’appelle « {name} ».", returncode=2)
    return found


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
