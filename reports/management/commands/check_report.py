"""`manage.py check_report PROGRAMME [--format text,json]`: what does not add up. Exit 0: a finding never blocks."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from partaj.programmes.commands import programme_named
from reports.perimeter import whole_programme
from reports.registry import REPORTS
from reports.renderers.json import findings_json
from reports.tables import Finding, Severity

LABELS = {Severity.ERROR: "erreur", Severity.WARNING: "à expliquer", Severity.INFO: "à savoir"}


class Command(BaseCommand):
    help = "Dit ce qui ne s’additionne pas dans les rapports d’un programme."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("programme", help="numéro du programme (AP1-261)")
        parser.add_argument("--format", default="text", help="text ou json")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["format"] not in ("text", "json"):
            raise CommandError(f"Format « {options['format']} » inconnu. Formats : text, json.", returncode=2)
        programme = programme_named(options["programme"])
        perimeter = whole_programme(programme)
        findings = [finding for each in REPORTS.values() for finding in each.build(perimeter).findings]
        if options["format"] == "json":
            self.stdout.write(findings_json(programme.number, findings))
        else:
            self.stdout.write(_text(programme.number, findings))


def _text(number: str, findings: list[Finding]) -> str:
    if not findings:
        return f"{number} : tout s’additionne."
    lines = [f"[{LABELS[each.severity]}] {each.report} · {each.code} : {each.message}" for each in findings]
    return "\n".join([f"{number} : {len(findings)} contrôle(s) à relire.", *lines])
