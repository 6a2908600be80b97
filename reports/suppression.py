"""Live aggregates shown to readers of counts only (evaluator, funder): too small counts are hidden (DESIGN §1).

A count from 1 to k-1 is hidden. Where one alone of the rows that add up to a known total would be hidden, it could
be found by subtraction: the smallest other one is hidden with it. A sealed submission is shown as submitted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.conf import settings

from reports.tables import Cell, Report, Row, RowKind, Table, Unit


def hide_small_counts(report: Report, threshold: int | None = None) -> Report:
    k = threshold or settings.SMALL_CELL_THRESHOLD
    return replace(report, tables=tuple(_hide_in_table(table, k) for table in report.tables))


def _hide_in_table(table: Table, k: int) -> Table:
    hidden: set[tuple[int, int]] = {
        (r, c) for r, row in enumerate(table.rows) for c, cell in enumerate(row.cells) if _small(cell, k)
    }
    groups = [*_columns(table), *_periods(table)]
    changed = True
    while changed:
        changed = False
        for group in groups:
            alone = [place for place in group if place in hidden]
            if len(alone) == 1 and (other := _smallest_other(table, group, alone[0])):
                hidden.add(other)
                changed = True
    rows = tuple(
        replace(row, cells=tuple(_hide(cell, k) if (r, c) in hidden else cell for c, cell in enumerate(row.cells)))
        for r, row in enumerate(table.rows)
    )
    note = table.note if not hidden else f"Les effectifs de 1 à {k - 1}, et ceux qui les révéleraient, sont masqués."
    return replace(table, rows=rows, note=note)


def _small(cell: Cell, k: int) -> bool:
    return cell.records is not None and 0 < cell.records < k


def _columns(table: Table) -> Iterable[list[tuple[int, int]]]:
    """Down each column: the rows that add up to a known number (their total, or the population of the section)."""
    rows = [r for r, row in enumerate(table.rows) if _adds(row)]
    return [[(r, c) for r in rows] for c in range(len(table.columns))]


def _periods(table: Table) -> Iterable[list[tuple[int, int]]]:
    """Along each row: the periods and the whole duration."""
    counted = [c for c, column in enumerate(table.columns) if column.kind != "planned"]
    return [[(r, c) for c in counted] for r in range(len(table.rows))] if len(counted) > 1 else []


def _adds(row: Row) -> bool:
    return row.kind in (RowKind.ROW, RowKind.TOTAL) and row.adds_up


def _smallest_other(table: Table, group: list[tuple[int, int]], alone: tuple[int, int]) -> tuple[int, int] | None:
    """A total goes first: the other rows are told again by the sections below it."""
    others = [
        (table.rows[place[0]].kind is not RowKind.TOTAL, cell.records, place)
        for place in group
        if place != alone and (cell := table.rows[place[0]].cells[place[1]]).records
    ]
    return min(others)[2] if others else None


def _hide(cell: Cell, k: int) -> Cell:
    if cell.declaration is not None:  # what was declared is printed; what was computed under it is not told
        return replace(cell, computed=None, computed_text="", records=None, drill=False)
    text = f"< {k}" if _small(cell, k) and cell.unit is Unit.PERSONS else "masqué"
    return Cell(text=text, unit=cell.unit, source=cell.source, hidden=True)
