"""What somebody declared by hand, laid over what PARTAJ computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reports.cells import declared_cell, read_typed
from reports.models import DeclaredFigure
from reports.perimeter import Perimeter
from reports.tables import Cell, Declaration, Report

Declared = Mapping[tuple[str, str], DeclaredFigure]  # by row and column


def declared_in(perimeter: Perimeter, code: str) -> Declared:
    """Declared figures speak of the whole programme: a reader of one territory gets none."""
    if not perimeter.whole:
        return {}
    figures = DeclaredFigure.objects.current().filter(programme=perimeter.programme, report=code)
    return {(figure.row, figure.column): figure for figure in figures.select_related("author")}


def laid_over(under: Cell, figure: DeclaredFigure | None, choices: tuple[str, ...] = ()) -> Cell:
    if figure is None:
        return under
    author = str(figure.author) if figure.author else "compte supprimé"
    signed = Declaration(figure.reason, author, figure.declared_at)
    return declared_cell(read_typed(figure.text, choices), signed, under)


def with_declared(report: Report, declared: Declared) -> Report:
    """The report as it prints: each cell declared by hand where somebody did."""
    tables = [
        replace(table, rows=tuple(
            replace(row, cells=tuple(
                laid_over(cell, declared.get((row.key, column.key)))
                for column, cell in zip(table.columns, row.cells, strict=False)
            ))
            for row in table.rows
        ))
        for table in report.tables
    ]  # fmt: skip
    return replace(report, tables=tuple(tables))
