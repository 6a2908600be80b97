"""A report is data before it is a page: one Report object feeds the screen, the PDF, the XLSX, the CSV and the JSON.

`Cell.text` is exactly what the page prints. A cell keeps the computed value beside the declared one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

CENT = Decimal("0.01")


class Unit(StrEnum):
    PERSONS = "persons"
    EUROS = "euros"
    PERCENT = "percent"
    CHOICE = "choice"
    TEXT = "text"


class Source(StrEnum):
    COMPUTED = "computed"
    DECLARED = "declared"
    EMPTY = "empty"


class RowKind(StrEnum):
    ROW = "row"
    SUBTOTAL = "subtotal"
    TOTAL = "total"
    SECTION = "section"


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Declaration:
    """Who declared a figure by hand, when, and why."""

    reason: str
    author: str
    declared_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Cell:
    """`value`: int for persons, Decimal for euros and percents, None for a text (« 17 à 20 ») or an empty cell.

    `computed` is what the records say, in the unit of the cell; `records` how many records stand behind it
    (None where nothing is computed). `hidden` cells hold neither: too few people for a reader of counts only.
    `drill` says that the list behind the cell can be opened.
    """

    text: str = ""
    value: int | Decimal | None = None
    unit: Unit = Unit.PERSONS
    source: Source = Source.EMPTY
    computed: int | Decimal | None = None
    computed_text: str = ""
    records: int | None = None
    declaration: Declaration | None = None
    hidden: bool = False
    drill: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """`kind`: planned (declared beforehand), period, total (the whole duration, or everybody), share (of a base that
    the note of the table says), moment (as many as there are, none of which adds up with another), part (some of those
    of the total)."""

    key: str
    label: str
    kind: str = "period"


@dataclass(frozen=True, slots=True)
class Row:
    """`adds_up` is False for rows that overlap others by nature (disability). `sum_of`: keys that a total adds."""

    key: str
    label: str
    cells: tuple[Cell, ...] = ()
    level: int = 0
    kind: RowKind = RowKind.ROW
    adds_up: bool = True
    sum_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bar:
    """One row drawn. `width`: in percent of the longest, as a drawing writes it (« 12.5 »), empty where nothing may or
    can be drawn; `text` as the table prints it."""

    label: str
    text: str
    width: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """The rows that are drawn, by key, each as long as its `figure` is large; marked with it, and with its `share`."""

    rows: tuple[str, ...]
    figure: str
    share: str


@dataclass(frozen=True, slots=True)
class Table:
    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""
    drawing: Drawing | None = None

    def cell(self, row_key: str, column_key: str) -> Cell:
        """Raises KeyError where the table has no such cell."""
        index = next((i for i, column in enumerate(self.columns) if column.key == column_key), None)
        row = next((row for row in self.rows if row.key == row_key), None)
        if index is None or row is None or not row.cells:
            raise KeyError((row_key, column_key))
        return row.cells[index]

    @property
    def bars(self) -> tuple[Bar, ...]:
        """Drawn from the cells that the reader gets: what is hidden or declared is so in the drawing as well."""
        if self.drawing is None:
            return ()
        drawn = self.drawing
        rows = [
            (row.label, self.cell(row.key, drawn.figure), self.cell(row.key, drawn.share))
            for row in self.rows
            if row.key in drawn.rows
        ]
        longest = max((_number(figure) for _, figure, _ in rows), default=0)
        return tuple(_bar(label, figure, share, longest) for label, figure, share in rows)


def _number(figure: Cell) -> int:
    return figure.value if isinstance(figure.value, int) and not figure.hidden else 0


def _bar(label: str, figure: Cell, share: Cell, longest: int) -> Bar:
    text = figure.text if share.hidden or not share.text else f"{figure.text} · {share.text}"
    width = Decimal(100 * _number(figure)) / longest if longest else Decimal(0)
    return Bar(label, text, f"{round(width, 1):f}" if width else "")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not add up, said before the funder finds it. Numbers plain, the message in French.

    `euros`: the three figures are amounts, kept to the cent (« 531,80 »), each rounded once from its exact value.
    """

    code: str
    severity: Severity
    report: str
    where: str
    message: str
    declared: int | Decimal | None = None
    computed: int | Decimal | None = None
    gap: int | Decimal | None = None
    euros: bool = False

    def __post_init__(self) -> None:
        if self.euros:
            for name in ("declared", "computed", "gap"):
                if (amount := getattr(self, name)) is not None:
                    cents = Decimal(amount).quantize(CENT, rounding=ROUND_HALF_UP)
                    object.__setattr__(self, name, cents + 0)  # « -0,00 » is no amount


@dataclass(frozen=True, slots=True)
class Report:
    """`issued_at` is aware; `perimeter` says whom the figures count for this reader; `filters` in words; `told_of`: the
    enrolments of whom a row prints words that few share, so that the journal says who read them."""

    programme: str
    programme_title: str
    code: str
    title: str
    issued_at: dt.datetime
    perimeter: str
    tables: tuple[Table, ...]
    period: str = ""
    filters: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = field(default=())
    told_of: tuple[int, ...] = ()

    def table(self, key: str) -> Table:
        return next(table for table in self.tables if table.key == key)

    def cells(self) -> Iterator[tuple[Table, Row, Column, Cell]]:
        for table in self.tables:
            for row in table.rows:
                for column, cell in zip(table.columns, row.cells, strict=False):
                    yield table, row, column, cell
