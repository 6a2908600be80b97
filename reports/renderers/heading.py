"""What every print says of itself, and the lists at its end: declared figures, checks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from partaj.formats import french_date, french_decimal, french_integer, french_time
from reports.tables import Cell, Column, Declaration, Report, Row, Severity, Source, Table

SEVERITIES = {Severity.ERROR: "Contradiction", Severity.WARNING: "À expliquer", Severity.INFO: "Information"}
WIDE = 4  # columns of figures beyond which a table asks for a landscape page


@dataclass(frozen=True, slots=True)
class DeclaredFigure:
    """One cell that prints what somebody declared and signed; `number` is its mark on the page."""

    number: int
    table: Table
    row: Row
    column: Column
    cell: Cell

    @property
    def place(self) -> str:
        return " — ".join(part for part in (self.table.title, self.row.label, self.column.label) if part)

    @property
    def computed(self) -> str:
        return "" if self.cell.hidden else self.cell.computed_text

    @property
    def declaration(self) -> Declaration:
        assert self.cell.declaration is not None  # noqa: S101  (declared_figures takes no other)
        return self.cell.declaration

    @property
    def reason(self) -> str:
        return self.declaration.reason

    @property
    def author(self) -> str:
        return self.declaration.author

    @property
    def date(self) -> str:
        return french_date(timezone.localtime(self.declaration.declared_at))


def declared_figures(report: Report) -> tuple[DeclaredFigure, ...]:
    """In the order of the page, numbered from 1. A cell that only repeats a declared one (the ticked option of a
    question) is violet as well, but bears no declaration of its own."""
    declared = (found for found in report.cells() if found[3].source is Source.DECLARED and found[3].declaration)
    return tuple(DeclaredFigure(number, *found) for number, found in enumerate(declared, start=1))


def issued(report: Report, issued_by: str = "") -> str:
    """« 21/11/2026 à 14 h 05, par Nadia Benali », at the time of Paris."""
    moment: dt.datetime = timezone.localtime(report.issued_at)
    said = f"{french_date(moment)} à {french_time(moment)}"
    return f"{said}, par {issued_by}" if issued_by else said


def facts(report: Report, issued_by: str = "") -> tuple[tuple[str, str], ...]:
    """The lines under the title: programme, period, perimeter, filters, time of issue; empty ones left out."""
    lines = (
        ("Programme", report.programme_title),
        ("Période", report.period),
        ("Périmètre", report.perimeter),
        ("Filtres", " ; ".join(report.filters)),
        ("Édité le", issued(report, issued_by)),
    )
    return tuple((label, text) for label, text in lines if text)


def plain_figure(value: int | Decimal | None) -> str:
    """A figure of a finding in French, with the decimals that it came with."""
    if value is None:
        return ""
    if isinstance(value, int):
        return french_integer(value)
    return french_decimal(value, max(0, -int(value.as_tuple().exponent)))


def is_wide(table: Table) -> bool:
    return len(table.columns) > WIDE
