"""The report as a CSV that French Excel and LibreOffice open by a double click: BOM, `;`, CRLF, texts as printed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from reports.renderers.heading import SEVERITIES, declared_figures, facts, plain_figure
from reports.tables import Report, Table

# What a spreadsheet takes for the beginning of a formula, full-width signs included.
_FORMULA = re.compile(r"[ \u00a0\u202f]*[=+\-@\t\r\n＝＋－＠]")
_NEGATIVE = re.compile(r"-[\d \u00a0\u202f]+(,\d+)?[ \u00a0\u202f]?[€%]?")


class FrenchDialect(csv.excel):
    delimiter = ";"
    lineterminator = "\r\n"


def render(report: Report, *, issued_by: str = "") -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, FrenchDialect)
    for line in _lines(report, issued_by):
        writer.writerow([neutralised(text) for text in line])
    return "\ufeff".encode() + out.getvalue().encode()


def neutralised(text: str) -> str:
    """A leading `'` before what would be read as a formula; a negative number is none."""
    return f"'{text}" if _FORMULA.match(text) and not _NEGATIVE.fullmatch(text) else text


def _lines(report: Report, issued_by: str) -> Iterator[list[str]]:
    yield [report.title]
    yield ["Numéro du projet", report.programme]
    yield from ([label, text] for label, text in facts(report, issued_by))
    for table in report.tables:
        yield from _table(table)
    if report.notes:
        yield from ([], ["Remarques"], *([note] for note in report.notes))
    yield from _declared(report)
    yield from _findings(report)


def _table(table: Table) -> Iterator[list[str]]:
    yield []
    yield [table.title, *(column.label for column in table.columns)]
    for row in table.rows:
        yield [row.label, *(cell.text for cell in row.cells)]
    if table.note:
        yield [table.note]


def _declared(report: Report) -> Iterator[list[str]]:
    figures = declared_figures(report)
    if not figures:
        return
    yield []
    yield ["Chiffres déclarés", "Déclaré", "Calculé", "Motif", "Par", "Le"]
    for figure in figures:
        yield [figure.place, figure.cell.text, figure.computed, figure.reason, figure.author, figure.date]


def _findings(report: Report) -> Iterator[list[str]]:
    if not report.findings:
        return
    yield []
    yield ["Contrôles", "Où", "Constat", "Déclaré", "Calculé", "Écart"]
    for finding in report.findings:
        figures = (plain_figure(value) for value in (finding.declared, finding.computed, finding.gap))
        yield [SEVERITIES[finding.severity], finding.where, finding.message, *figures]
