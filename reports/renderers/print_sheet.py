"""A Report prepared for the print template: the page of each table, what is read as words, what is marked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from reports.cells import NOT_CONCERNED
from reports.renderers.heading import SEVERITIES, DeclaredFigure, declared_figures, facts, is_wide, plain_figure
from reports.tables import Bar, Cell, Report, Row, RowKind, Source, Table, Unit

# A run of tables shorter than that does not turn the page by itself: it shares its neighbours' orientation.
ROWS_WORTH_A_PAGE = 24
ROWS_KEPT_TOGETHER = 16
COLUMNS_OF_HALF_A_PAGE = 2
# The facts that the style repeats on every page.
REPEATED = {"Périmètre": "perimeter", "Édité le": "issued"}
SHORT_WORDS = 40  # characters: beyond, the cells need more room than the labels

Marks = dict[tuple[str, str, str], int]  # (table, row, column) → number of the declared figure


@dataclass(frozen=True, slots=True)
class PrintCell:
    text: str
    css: str
    mark: int | None = None


@dataclass(frozen=True, slots=True)
class PrintRow:
    label: str
    css: str
    cells: tuple[PrintCell, ...]
    section: bool
    span: int


@dataclass(frozen=True, slots=True)
class PrintColumn:
    label: str
    css: str


@dataclass(frozen=True, slots=True)
class PrintTable:
    title: str
    note: str
    css: str
    columns: tuple[PrintColumn, ...]
    rows: tuple[PrintRow, ...]
    half: bool
    bars: tuple[Bar, ...] = ()


def print_sheet(report: Report, issued_by: str = "") -> dict[str, Any]:
    declared = declared_figures(report)
    marks = {(figure.table.key, figure.row.key, figure.column.key): figure.number for figure in declared}
    return {
        "title": report.title,
        "programme": report.programme,
        "perimeter": report.perimeter,
        "author": issued_by,
        "created": report.issued_at.isoformat(timespec="seconds"),
        "facts": [
            {"label": label, "text": text, "css": REPEATED.get(label, "")} for label, text in facts(report, issued_by)
        ],
        "pages": [
            {
                "css": "landscape" if wide else "portrait",
                "strips": list(_strips([_table(table, marks, landscape=wide) for table in tables])),
            }
            for wide, tables in page_runs(report.tables)
        ]
        or [{"css": "portrait", "strips": []}],
        "notes": report.notes,
        "declared": _by_declaration(declared),
        "findings": [_finding(finding) for finding in report.findings],
    }


def page_runs(tables: tuple[Table, ...]) -> list[tuple[bool, list[Table]]]:
    """Tables in their order, by runs of one orientation: (landscape?, tables).

    A run too short to fill a page joins the one beside it; together they are landscape as soon as one table is wide.
    """
    runs: list[tuple[bool, list[Table]]] = []
    for wide, group in groupby(tables, key=is_wide):
        run = list(group)
        if runs and runs[-1][0] == wide:
            runs[-1][1].extend(run)
        elif runs and (_is_short(run) or _is_short(runs[-1][1])):
            runs[-1] = (True, runs[-1][1] + run)
        else:
            runs.append((wide, run))
    return runs


def _strips(tables: list[PrintTable]) -> Iterator[list[PrintTable]]:
    """What stands side by side: tables of half a page go by two, in their order."""
    waiting: list[PrintTable] = []
    for table in tables:
        if waiting and (not table.half or len(waiting) == 2):
            yield waiting
            waiting = []
        if table.half:
            waiting.append(table)
        else:
            yield [table]
    if waiting:
        yield waiting


def _is_short(run: list[Table]) -> bool:
    return sum(len(table.rows) for table in run) < ROWS_WORTH_A_PAGE


def _table(table: Table, marks: Marks, *, landscape: bool) -> PrintTable:
    words = [_in_words(table, index) for index in range(len(table.columns))]
    small = len(table.rows) <= ROWS_KEPT_TOGETHER
    half = landscape and small and len(table.columns) <= COLUMNS_OF_HALF_A_PAGE
    css = {
        f"columns-{min(len(table.columns), 9)}": True,
        "prose": any(words) and _longest(table) > SHORT_WORDS,
        "together": small and not half,
        "half": half,
    }
    columns = zip(table.columns, words, strict=True)
    return PrintTable(
        title=table.title,
        note=table.note,
        css=" ".join(name for name, worn in css.items() if worn),
        columns=tuple(PrintColumn(column.label, "words" if prose else "") for column, prose in columns),
        rows=tuple(_rows(table, words, marks)),
        half=half,
        bars=table.bars,
    )


def _in_words(table: Table, index: int) -> bool:
    """Whether a column holds sentences and choices, to be read from the left, rather than figures."""
    cells = [row.cells[index] for row in table.rows if len(row.cells) > index]
    cells = [cell for cell in cells if cell.text not in ("", NOT_CONCERNED)]
    return sum(cell.unit in (Unit.TEXT, Unit.CHOICE) for cell in cells) * 2 > len(cells)


def _longest(table: Table) -> int:
    return max((len(cell.text) for row in table.rows for cell in row.cells), default=0)


def _rows(table: Table, words: list[bool], marks: Marks) -> Iterator[PrintRow]:
    for row in table.rows:
        css = [row.kind.value] if row.kind is not RowKind.ROW else []
        css += [f"level-{min(row.level, 3)}"] if row.level else []
        section = row.kind is RowKind.SECTION and not any(cell.text for cell in row.cells)
        yield PrintRow(row.label, " ".join(css), _cells(table, row, words, marks), section, len(table.columns) + 1)


def _cells(table: Table, row: Row, words: list[bool], marks: Marks) -> tuple[PrintCell, ...]:
    """As many cells as columns, whatever the row holds."""
    cells = [*row.cells, *([Cell()] * (len(table.columns) - len(row.cells)))]
    return tuple(
        PrintCell(cell.text, _css(cell, prose), marks.get((table.key, row.key, column.key)))
        for column, prose, cell in zip(table.columns, words, cells, strict=False)
    )


def _css(cell: Cell, prose: bool) -> str:
    return " ".join([*(["words"] if prose else []), *(["declared"] if cell.source is Source.DECLARED else [])])


def _by_declaration(figures: tuple[DeclaredFigure, ...]) -> list[dict[str, Any]]:
    """The declared figures under the reason, author and date that they share, in the order of the page."""
    groups: dict[tuple[str, str, str], list[DeclaredFigure]] = {}
    for figure in figures:
        groups.setdefault((figure.reason, figure.author, figure.date), []).append(figure)
    return [
        {"reason": reason, "signed": ", le ".join(part for part in (author, date) if part), "figures": group}
        for (reason, author, date), group in groups.items()
    ]


def _finding(finding: Any) -> dict[str, str]:
    return {
        "css": finding.severity.value,
        "severity": SEVERITIES[finding.severity],
        "where": finding.where,
        "message": finding.message,
        "declared": plain_figure(finding.declared),
        "computed": plain_figure(finding.computed),
        "gap": plain_figure(finding.gap),
    }
