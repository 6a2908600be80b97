"""One hand-made report, in which every kind of cell that a renderer meets stands once."""

import datetime as dt
import io
from decimal import Decimal
from zoneinfo import ZoneInfo

import pypdf

from reports.renderers import FORMATS
from reports.tables import Cell, Column, Declaration, Finding, Report, Row, RowKind, Severity, Source, Table, Unit

PARIS = ZoneInfo("Europe/Paris")
DECLARATION = Declaration(
    "La convention l’annonce ainsi.", "Nadia Benali", dt.datetime(2011, 3, 12, 9, 0, tzinfo=PARIS)
)
HOSTILE = '<img src="file:///etc/passwd"> <link rel="attachment" href="http://192.0.2.1/a.css">'


def whole(number: int, text: str = "") -> Cell:
    return Cell(text or str(number), number, Unit.PERSONS, Source.COMPUTED, number, text or str(number), number)


def declared(text: str, value=None, unit=Unit.PERSONS, computed=None) -> Cell:
    return Cell(
        text, value, unit, Source.DECLARED, computed, "" if computed is None else str(computed), computed, DECLARATION
    )


HIDDEN = Cell("moins de 5", 3, Unit.PERSONS, Source.COMPUTED, 3, "3", 3, hidden=True)
SHARE = Cell("75,34\u00a0%", Decimal("75.34"), Unit.PERCENT, Source.COMPUTED, Decimal("75.34"), "75,34\u00a0%", 30)
MONEY = Cell("1\u00a0115,60\u00a0€", Decimal("1115.60"), Unit.EUROS, Source.COMPUTED, Decimal("1115.60"), "", 4)

REACHED = Table(
    key="reached",
    title="Nombre de bénéficiaires",
    note="« Toute la durée » : personnes entrées.",
    columns=(Column("planned", "Prévus", "planned"), Column("y1", "Année 1"), Column("total", "Total", "total")),
    rows=(
        Row("young", "Jeunes", (declared("17 à 20", computed=18), whole(40), whole(1912, "1\u00a0912"))),
        Row("adults", "Adultes", (Cell(), Cell(), whole(2))),
        Row(
            "all",
            "Nombre total",
            (declared("30", 30), whole(40), whole(1914, "1\u00a0914")),
            kind=RowKind.TOTAL,
            sum_of=("young", "adults"),
        ),
        Row("wrong", "Total déclaré", (Cell(), declared("41", 41), Cell()), sum_of=("young", "adults")),
    ),
)
DETAILS = Table(
    key="details",
    title="Caractéristiques",
    columns=(Column("planned", "Prévus", "planned"), Column("total", "Total", "total")),
    rows=(
        Row("section", "Sexe", kind=RowKind.SECTION),
        Row("girls", "Filles", (Cell("non concerné", unit=Unit.TEXT), SHARE), level=1),
        Row("few", "=2+5+cmd|' /C calc'!A0", (Cell("=1+1", unit=Unit.TEXT), HIDDEN), level=1),
        Row("cost", HOSTILE, (Cell("http://192.0.2.1/", unit=Unit.TEXT), MONEY)),
    ),
)
FINDING = Finding(
    code="planned-totals",
    severity=Severity.WARNING,
    report="annexe-1",
    where="Jeunes – Âge",
    message="Les prévisions ne font pas le même total.",
    declared=42,
    computed=Decimal("40.5"),
    gap=Decimal("1.50"),
)
REPORT = Report(
    programme="AP1-261",
    programme_title="Plan d’accompagnement",
    code="annexe-1",
    title="Annexe 1 – Public visé",
    issued_at=dt.datetime(2026, 11, 21, 14, 5, tzinfo=PARIS),
    perimeter="ensemble du programme",
    period="du 01/01/2010 au 31/12/2011",
    filters=("sexe : tous",),
    tables=(REACHED, DETAILS),
    notes=("Les colonnes suivent les années.",),
    findings=(FINDING,),
)
WIDE = Table(
    "wide", "Cinq colonnes", tuple(Column(f"y{i}", f"Année {i}") for i in range(5)),
    tuple(Row(f"r{line}", f"Ligne {line}", tuple(whole(line) for _ in range(5))) for line in range(60)),
)  # fmt: skip


def report_of(*tables: Table) -> Report:
    return Report("AP1-261", "Plan", "annexe-1", "Annexe 1", REPORT.issued_at, "ensemble du programme", tables)


def pdf_of(report: Report, issued_by: str = "") -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(FORMATS["pdf"].render(report, issued_by=issued_by)))
