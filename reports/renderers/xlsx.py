"""The report as a workbook laid out like the FEJ form: typed cells, totals as formulas, ready to print.

Texts are always written as strings: what somebody typed never becomes a formula nor a link.
"""

from __future__ import annotations

import io
import re
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils import timezone
from xlsxwriter.utility import xl_rowcol_to_cell

from reports.renderers.heading import SEVERITIES, DeclaredFigure, declared_figures, facts, issued
from reports.renderers.xlsx_formats import Formats, number_format
from reports.tables import Cell, Report, Row, RowKind, Source, Table, Unit

LABEL_WIDTH, FIGURE_WIDTH = 58, 18
HEADER_LIMIT = 255  # what Excel accepts in a page header or footer


def render(report: Report, *, issued_by: str = "") -> bytes:
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as workbook:
        workbook.set_properties(
            {
                "title": f"{report.title} — {report.programme}",
                "subject": report.programme_title,
                "author": issued_by,
                "created": timezone.localtime(report.issued_at).replace(tzinfo=None),
            }
        )
        formats = Formats(workbook)
        Form(workbook.add_worksheet(_sheet_name(report.title)), formats, report, issued_by).write()
        if report.findings:
            _write_findings(workbook.add_worksheet("Contrôles"), formats, report, issued_by)
    return out.getvalue()


class Form:
    """The sheet of the form, written from top to bottom; `line` is the next free row."""

    def __init__(self, sheet: Any, formats: Formats, report: Report, issued_by: str) -> None:
        self.sheet, self.formats, self.report, self.issued_by = sheet, formats, report, issued_by
        self.last_column = max([1, *(len(table.columns) for table in report.tables)])
        self.declared = {
            (figure.table.key, figure.row.key, figure.column.key): figure for figure in declared_figures(report)
        }
        self.line = 0

    def write(self) -> None:
        self.write_title()
        for table in self.report.tables:
            self.write_table(table)
        for note in ("Remarques", *self.report.notes) if self.report.notes else ():
            self.write_across(note, self.formats.get("band" if note == "Remarques" else "note"))
        _set_up_page(self.sheet, self.report, self.issued_by)
        self.sheet.set_column(0, 0, LABEL_WIDTH)
        self.sheet.set_column(1, self.last_column, FIGURE_WIDTH)
        self.sheet.repeat_rows(0, 1)
        self.sheet.freeze_panes(2, 1)

    def write_title(self) -> None:
        """Title, then the box « Numéro du projet » of the form, then what the print says of itself."""
        self.sheet.write_string(0, 0, self.report.title, self.formats.get("title"))
        self.sheet.set_row(0, 26)
        self.sheet.write_string(1, 0, "Numéro du projet", self.formats.get("box_label"))
        self.sheet.write_string(1, 1, self.report.programme, self.formats.get("box"))
        self.sheet.set_row(1, 21)
        self.line = 3
        for label, text in facts(self.report, self.issued_by):
            self.write_across(f"{label} : {text}", self.formats.get("fact"))
        if self.declared:
            self.write_across(
                "En violet : chiffre déclaré à la main. Sa note dit le calcul, le motif, l’auteur et la date.",
                self.formats.get("legend"),
            )

    def write_table(self, table: Table) -> None:
        self.line += 1
        self.write_across(table.title, self.formats.get("table_title"))
        self.sheet.set_row(self.line - 1, 21)
        self.sheet.write_blank(self.line, 0, None, self.formats.get("header_label"))
        for index, column in enumerate(table.columns, start=1):
            self.sheet.write_string(self.line, index, column.label, self.formats.get("header"))
        self.sheet.set_row(
            self.line, _height(max([2, *(_lines(column.label, FIGURE_WIDTH) for column in table.columns)]))
        )
        self.line += 1
        lines = {row.key: self.line + offset for offset, row in enumerate(table.rows)}
        for row in table.rows:
            self.write_row(table, row, lines)
        if table.note:
            self.write_across(table.note, self.formats.get("note"))

    def write_row(self, table: Table, row: Row, lines: dict[str, int]) -> None:
        if row.kind is RowKind.SECTION:
            for index in range(len(table.columns) + 1):
                self.sheet.write_blank(self.line, index, None, self.formats.get("band"))
        self.sheet.write_string(self.line, 0, row.label, self.formats.label(row.kind, row.level))
        texts = [(row.label, LABEL_WIDTH - 2 * row.level)]
        for index, cell in enumerate(row.cells):
            figure = self.declared.get((table.key, row.key, table.columns[index].key))
            self.write_cell(index + 1, cell, row, _sum(table, row, index, lines))
            if figure:
                self.write_comment(index + 1, figure)
            texts.append((cell.text, FIGURE_WIDTH))
        tallest = max(_lines(text, width) for text, width in texts)
        if tallest > 1:
            self.sheet.set_row(self.line, _height(tallest))
        self.line += 1

    def write_cell(self, column: int, cell: Cell, row: Row, formula: str) -> None:
        value = None if cell.hidden else _typed(cell)
        pattern = number_format(cell.unit, cell.text) if value is not None else ""
        form = self.formats.cell(
            row.kind, pattern, declared=cell.source is Source.DECLARED, prose=cell.unit in (Unit.TEXT, Unit.CHOICE)
        )
        if value is None and not cell.text:
            self.sheet.write_blank(self.line, column, None, form)
        elif value is None:
            self.sheet.write_string(self.line, column, cell.text, form)
        elif formula:
            self.sheet.write_formula(self.line, column, formula, form, value)
        else:
            self.sheet.write_number(self.line, column, value, form)

    def write_comment(self, column: int, figure: DeclaredFigure) -> None:
        computed = figure.computed or "rien à calculer"
        text = f"Déclaré : {figure.cell.text}\nCalculé : {computed}\nMotif : {figure.reason}"
        signed = f"{text}\nPar {figure.author}, le {figure.date}"
        size = {"author": figure.author, "x_scale": 2, "y_scale": max(1.2, _lines(signed, 40) * 0.22)}
        self.sheet.write_comment(self.line, column, signed, size)

    def write_across(self, text: str, form: Any) -> None:
        """A text over the width of the form, high enough for its lines."""
        self.sheet.merge_range(self.line, 0, self.line, self.last_column, "", form)
        self.sheet.write_string(self.line, 0, text, form)
        tall = _lines(text, LABEL_WIDTH + FIGURE_WIDTH * self.last_column)
        if tall > 1:
            self.sheet.set_row(self.line, _height(tall))
        self.line += 1


def _typed(cell: Cell) -> int | float | None:
    """What Excel stores: a share is 0.4 under the format « 40 % »."""
    if cell.value is None or cell.unit in (Unit.TEXT, Unit.CHOICE):
        return None
    if cell.unit is Unit.PERCENT:
        return float(Decimal(cell.value) / 100)
    return cell.value if isinstance(cell.value, int) else float(cell.value)


def _sum(table: Table, row: Row, index: int, lines: dict[str, int]) -> str:
    """« =B5+B6 » where the parts do make the printed total; empty where they do not: the printed figure stands."""
    total = row.cells[index]
    parts = [part.cells[index] for part in table.rows if part.key in row.sum_of and len(part.cells) > index]
    if not parts or len(parts) < len(row.sum_of) or total.value is None or total.hidden:
        return ""
    if not all(_can_be_added(part, total.unit) for part in parts):
        return ""
    if sum(Decimal(part.value or 0) for part in parts) != total.value:
        return ""
    return "=" + "+".join(xl_rowcol_to_cell(lines[key], index + 1) for key in row.sum_of)


def _can_be_added(part: Cell, unit: Unit) -> bool:
    """A number of the total's unit, or nothing; a range or a sentence cannot be added."""
    if part.hidden or (part.text and part.value is None):
        return False
    return part.value is None or part.unit is unit


def _write_findings(sheet: Any, formats: Formats, report: Report, issued_by: str) -> None:
    heads = (
        ("Gravité", 16),
        ("Où", 44),
        ("Constat", 70),
        ("Déclaré", 14),
        ("Calculé", 14),
        ("Écart", 14),
        ("Code", 24),
    )
    for column, (head, width) in enumerate(heads):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, head, formats.get("header" if 3 <= column <= 5 else "header_text"))
    for line, finding in enumerate(report.findings, start=1):
        prose = formats.get("prose")
        for column, text in (
            (0, SEVERITIES[finding.severity]),
            (1, finding.where),
            (2, finding.message),
            (6, finding.code),
        ):
            sheet.write_string(line, column, text, prose)
        for column, value in enumerate((finding.declared, finding.computed, finding.gap), start=3):
            if value is not None:
                sheet.write_number(line, column, value, formats.finding(value))
        sheet.set_row(line, _height(max(_lines(finding.message, 70), _lines(finding.where, 44))))
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    _set_up_page(sheet, report, issued_by)


def _set_up_page(sheet: Any, report: Report, issued_by: str) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.7)
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
    room = HEADER_LIMIT - 30
    left = f"{report.programme} — {report.perimeter}"[: room // 2].replace("&", "&&")
    right = f"Édité le {issued(report, issued_by)}"[: room // 2].replace("&", "&&")
    sheet.set_header(f"&L{left}&R{right}"[:HEADER_LIMIT])
    title = report.title[:150].replace("&", "&&")
    sheet.set_footer(f"&L{title}&RPage &P / &N"[:HEADER_LIMIT])


def _lines(text: str, width: int) -> int:
    """How many lines a text takes in a column of that many characters."""
    return sum(-(-max(1, len(line)) // max(1, width - 1)) for line in text.split("\n"))


def _height(lines: int) -> float:
    """In points; Excel knows no row higher than 409."""
    return min(409, 15 * lines)


def _sheet_name(title: str) -> str:
    """Excel's rules: 31 characters, none of []:*?/\\, no quote at the ends, not the name of the other sheet."""
    name = re.sub(r"[\[\]:*?/\\]", "-", title)[:31].strip("' ")
    return name if name and name.casefold() != "contrôles" else "Tableaux"
