"""A Report prepared for the print template: which page each table stands on, which words are numbers, which are marked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from reports.renderers.heading import SEVERITIES, DeclaredFigure, declared_figures, facts, is_wide, issued, plain_figure
from reports.tables import Cell, Report, Row, RowKind, Source, Table, Unit

# A run of tables shorter than that does not turn the page by itself: it shares its neighbours' orientation.
ROWS_WORTH_A_PAGE = 24
ROWS_KEPT_TOGETHER = 16


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
class PrintTable:
    title: str
    note: str
    css: str
    columns: tuple[str, ...]
    rows: tuple[PrintRow, ...]


def print_sheet(report: Report, issued_by: str = "") -> dict[str, Any]:
    declared = declared_figures(report)
    marks = {(figure.table.key, figure.row.key, figure.column.key): figure.number for figure in declared}
    return {
        "title": report.title,
        "programme": report.programme,
        "perimeter": report.perimeter,
        "issued": issued(report, issued_by),
        "author": issued_by,
        "created": report.issued_at.isoformat(timespec="seconds"),
        "facts": facts(report, issued_by),
        "pages": [
            {"css": "landscape" if wide else "portrait", "tables": [_table(table, marks) for table in tables]}
            for wide, tables in page_runs(report.tables)
        ]
        or [{"css": "portrait", "tables": []}],
        "notes": report.notes,
        "declared": [_declared(figure) for figure in declared],
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


def _is_short(run: list[Table]) -> bool:
    return sum(len(table.rows) for table in run) < ROWS_WORTH_A_PAGE


def _table(table: Table, marks: dict[tuple[str, str, str], int]) -> PrintTable:
    cells = [cell for row in table.rows for cell in row.cells if cell.text]
    prose = bool(cells) and sum(_is_prose(cell) for cell in cells) * 2 > len(cells)
    css = [f"columns-{min(len(table.columns), 9)}"]
    css += ["prose"] if prose else []
    css += ["together"] if len(table.rows) <= ROWS_KEPT_TOGETHER else []
    return PrintTable(
        title=table.title,
        note=table.note,
        css=" ".join(css),
        columns=tuple(column.label for column in table.columns),
        rows=tuple(_rows(table, marks)),
    )


def _rows(table: Table, marks: dict[tuple[str, str, str], int]) -> Iterator[PrintRow]:
    for row in table.rows:
        css = [row.kind.value] if row.kind is not RowKind.ROW else []
        css += [f"level-{min(row.level, 3)}"] if row.level else []
        section = row.kind is RowKind.SECTION and not any(cell.text for cell in row.cells)
        yield PrintRow(row.label, " ".join(css), _cells(table, row, marks), section, len(table.columns) + 1)


def _cells(table: Table, row: Row, marks: dict[tuple[str, str, str], int]) -> tuple[PrintCell, ...]:
    """As many cells as columns, whatever the row holds."""
    cells = [*row.cells, *([Cell()] * (len(table.columns) - len(row.cells)))]
    return tuple(
        PrintCell(cell.text, _css(cell), marks.get((table.key, row.key, column.key)))
        for column, cell in zip(table.columns, cells, strict=False)
    )


def _css(cell: Cell) -> str:
    return " ".join(
        [*(["words"] if _is_prose(cell) else []), *(["declared"] if cell.source is Source.DECLARED else [])]
    )


def _is_prose(cell: Cell) -> bool:
    return cell.unit in (Unit.TEXT, Unit.CHOICE) and bool(cell.text)


def _declared(figure: DeclaredFigure) -> dict[str, Any]:
    signed = ", le ".join(part for part in (figure.author, figure.date) if part)
    return {
        "number": figure.number,
        "place": figure.place,
        "declared": figure.cell.text,
        "computed": figure.computed,
        "reason": figure.reason,
        "signed": signed,
    }


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
