"""`manage.py report PROGRAMME CODE [--format …] [--output PATH]`: one report, of the whole programme."""

import sys
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from partaj.programmes.commands import programme_named
from reports.perimeter import whole_programme
from reports.registry import REPORTS
from reports.renderers import FORMATS
from reports.renderers.pdf import PdfUnavailable, render_html
from reports.tables import Report


class Command(BaseCommand):
    help = "Écrit un rapport d’un programme, sur la sortie standard ou dans un fichier."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("programme", help="numéro du programme (AP1-261)")
        parser.add_argument("code", help=f"rapport : {', '.join(REPORTS)}")
        parser.add_argument("--format", default="json", help=f"html, {', '.join(FORMATS)}")
        parser.add_argument("--output", type=Path, default=None, metavar="FICHIER")

    def handle(self, *args: Any, **options: Any) -> None:
        programme = programme_named(options["programme"])
        definition = REPORTS.get(options["code"])
        if definition is None:
            raise CommandError(f"Aucun rapport « {options['code']} ». Rapports : {', '.join(REPORTS)}.", returncode=2)
        if options["format"] not in ("html", *FORMATS):
            raise CommandError(
                f"Format « {options['format']} » inconnu. Formats : html, {', '.join(FORMATS)}.", returncode=2
            )
        content = self.content(definition.build(whole_programme(programme)), options["format"])
        self.write(content, options["output"])

    def content(self, report: Report, wanted: str) -> bytes:
        if wanted == "html":
            return render_html(report).encode()
        try:
            return FORMATS[wanted].render(report)
        except PdfUnavailable as missing:
            raise CommandError(str(missing), returncode=2) from missing

    def write(self, content: bytes, output: Path | None) -> None:
        if output is None:
            sys.stdout.buffer.write(content)
            return
        # Written beside, then moved: a disk that fills up leaves no half document.
        partial = output.with_name(f".{output.name}.partiel")
        try:
            partial.write_bytes(content)
            partial.replace(output)
        except (OSError, ValueError) as refusal:
            with suppress(OSError, ValueError):  # it may never have come to be
                partial.unlink()
            reason = getattr(refusal, "strerror", None) or str(refusal)
            raise CommandError(f"Le fichier « {output} » ne peut être écrit : {reason}.", returncode=2) from refusal
        self.stderr.write(f"Écrit : {output}")
