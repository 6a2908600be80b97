"""The report as a Word document that a holder can finish by hand: real tables, headers repeated, French throughout."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from partaj.formats import in_xml
from reports.renderers.heading import SEVERITIES, declared_figures, facts, is_wide, issued, plain_figure
from reports.tables import Report, Row, RowKind, Source, Table, Unit

SHORT_SIDE, LONG_SIDE, MARGIN = Mm(210), Mm(297), Mm(16)
FIGURE_WIDTH = Mm(30)
VIOLET, GREY = RGBColor(0x6D, 0x28, 0xD9), RGBColor(0x52, 0x60, 0x6D)


def render(report: Report, *, issued_by: str = "") -> bytes:
    out = io.BytesIO()
    WordReport(report, issued_by).document().save(out)
    return out.getvalue()


class WordReport:
    def __init__(self, report: Report, issued_by: str) -> None:
        self.report, self.issued_by = report, issued_by
        self.doc: Any = Document()
        self.marks = {
            (figure.table.key, figure.row.key, figure.column.key): figure.number for figure in declared_figures(report)
        }

    def document(self) -> Any:
        self.set_up()
        self.write_title()
        for table in self.report.tables:
            self.write_table(table)
        if self.report.notes:
            self.doc.add_heading("Remarques", level=2)
            for note in self.report.notes:
                self.doc.add_paragraph(in_xml(note))
        self.write_declared()
        self.write_findings()
        return self.doc

    def set_up(self) -> None:
        """Page, language, type, properties, header and footer."""
        section = self.doc.sections[0]
        wide = any(is_wide(table) for table in self.report.tables)
        section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = (LONG_SIDE, SHORT_SIDE) if wide else (SHORT_SIDE, LONG_SIDE)
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = MARGIN
        self.room = section.page_width - 2 * MARGIN
        _set_styles(self.doc.styles)
        said = self.doc.core_properties
        said.title, said.subject = in_xml(self.report.title)[:255], in_xml(self.report.programme_title)[:255]
        said.author, said.comments, said.language = in_xml(self.issued_by)[:255], "", "fr-FR"
        said.created = said.modified = timezone.localtime(self.report.issued_at).replace(tzinfo=None)
        head = section.header.paragraphs[0]
        head.text = in_xml(f"{self.report.title} — {self.report.programme} — {self.report.perimeter}")
        foot = section.footer.paragraphs[0]
        foot.add_run(in_xml(f"Édité le {issued(self.report, self.issued_by)} — page\u00a0"))
        _add_field(foot, "PAGE")
        foot.add_run("\u00a0/\u00a0")
        _add_field(foot, "NUMPAGES")

    def write_title(self) -> None:
        self.doc.add_heading(in_xml(self.report.title), level=1)
        box = self.doc.add_table(rows=1, cols=2, style="Table Grid")
        box.autofit = False
        for cell, text, width in zip(
            box.rows[0].cells, ("Numéro du projet", self.report.programme), (Mm(45), Mm(40)), strict=True
        ):
            cell.width = width
            _fill(cell, text, bold=text == self.report.programme)
        self.doc.add_paragraph()
        for label, text in facts(self.report, self.issued_by):
            line = self.doc.add_paragraph(style="No Spacing")
            line.add_run(f"{label} : ").bold = True
            line.add_run(in_xml(text))

    def write_table(self, table: Table) -> None:
        self.doc.add_heading(in_xml(table.title), level=2)
        figure = min(FIGURE_WIDTH, int(self.room * 0.65 / max(1, len(table.columns))))
        widths = [self.room - figure * len(table.columns), *([figure] * len(table.columns))]
        grid = self.add_grid(["", *(column.label for column in table.columns)], widths, figures_from=1)
        for row in table.rows:
            self.write_row(_keep_whole(grid.add_row()).cells, table, row, widths)
        if table.note:
            self.doc.add_paragraph(in_xml(table.note), style="Caption")

    def write_row(self, cells: Any, table: Table, row: Row, widths: list[int]) -> None:
        strong = row.kind is not RowKind.ROW
        for cell, width in zip(cells, widths, strict=True):
            cell.width = width
        _fill(cells[0], row.label, bold=strong).paragraph_format.left_indent = Mm(4 * row.level)
        if row.kind is RowKind.SECTION:
            for cell in cells:
                _shade(cell, "E8EDF3")
        for index, (column, cell) in enumerate(zip(table.columns, row.cells, strict=False), start=1):
            prose = cell.unit in (Unit.TEXT, Unit.CHOICE)
            paragraph = _fill(cells[index], cell.text, bold=strong, right=not prose)
            if cell.source is Source.DECLARED:
                for run in paragraph.runs:
                    run.font.color.rgb = VIOLET
            if number := self.marks.get((table.key, row.key, column.key)):
                mark = paragraph.add_run(f"\u00a0•{number}")
                mark.font.color.rgb, mark.font.superscript = VIOLET, True

    def write_declared(self) -> None:
        figures = declared_figures(self.report)
        if not figures:
            return
        self.doc.add_heading("Chiffres déclarés", level=2)
        heads = ("N°", "Chiffre", "Déclaré", "Calculé", "Motif", "Par, le")
        rows = ((f"•{f.number}", f.place, f.cell.text, f.computed, f.reason, f"{f.author}, {f.date}") for f in figures)
        self.write_list(heads, rows, (5, 30, 12, 12, 25, 16))

    def write_findings(self) -> None:
        if not self.report.findings:
            return
        self.doc.add_heading("Contrôles", level=2)
        heads = ("Gravité", "Où", "Constat", "Déclaré", "Calculé", "Écart")
        rows = (
            (SEVERITIES[f.severity], f.where, f.message, *map(plain_figure, (f.declared, f.computed, f.gap)))
            for f in self.report.findings
        )
        self.write_list(heads, rows, (13, 24, 33, 10, 10, 10))

    def write_list(self, heads: Iterable[str], rows: Iterable[tuple[str, ...]], shares: tuple[int, ...]) -> None:
        widths = [int(self.room * share / 100) for share in shares]
        grid = self.add_grid(list(heads), widths, figures_from=len(shares))
        for texts in rows:
            for cell, text, width in zip(_keep_whole(grid.add_row()).cells, texts, widths, strict=True):
                cell.width = width
                _fill(cell, text)

    def add_grid(self, heads: list[str], widths: list[int], figures_from: int) -> Any:
        """A table with its first row repeated on every page and rows that do not break."""
        grid = self.doc.add_table(rows=1, cols=len(heads), style="Table Grid")
        grid.autofit = False
        _thin_rules(grid)
        for index, (cell, head, width) in enumerate(zip(grid.rows[0].cells, heads, widths, strict=True)):
            cell.width = width
            _fill(cell, head, bold=True, right=index >= figures_from)
        _keep_whole(grid.rows[0])._tr.trPr.append(OxmlElement("w:tblHeader"))
        return grid


def _fill(cell: Any, text: str, *, bold: bool = False, right: bool = False) -> Any:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = paragraph.paragraph_format.space_before = Pt(1)
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    run = paragraph.add_run(in_xml(text))
    run.bold, run.font.size = bold, Pt(9.5)
    return paragraph


def _keep_whole(row: Any) -> Any:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    return row


def _set_styles(styles: Any) -> None:
    """One typeface, one ink, and the language in which Word checks the spelling."""
    normal = styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(10)
    properties = styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    language = properties.find(qn("w:lang"))
    if language is None:
        language = OxmlElement("w:lang")
        properties.append(language)
    for name in ("w:val", "w:eastAsia"):
        language.set(qn(name), "fr-FR")
    for name, size in (("Heading 1", 18), ("Heading 2", 13)):
        style = styles[name]
        style.font.name, style.font.size, style.font.color.rgb = "Calibri", Pt(size), RGBColor(0x1F, 0x29, 0x33)
        style.element.rPr.rFonts.attrib.clear()
        for kind in ("w:ascii", "w:hAnsi"):
            style.element.rPr.rFonts.set(qn(kind), "Calibri")
    caption = styles["Caption"]
    caption.font.size, caption.font.bold, caption.font.italic, caption.font.color.rgb = Pt(9), False, True, GREY


def _thin_rules(grid: Any) -> None:
    """Thin grey rules between lines, none between columns."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        rule = OxmlElement(f"w:{side}")
        rule.set(qn("w:val"), "nil" if side in ("left", "right", "insideV") else "single")
        rule.set(qn("w:sz"), "4")
        rule.set(qn("w:color"), "C5CDD6")
        borders.append(rule)
    properties = grid._tbl.tblPr
    # The schema wants the borders before the layout.
    properties.find(qn("w:tblLayout")).addprevious(borders)


def _shade(cell: Any, colour: str) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", colour)):
        shade.set(qn(name), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _add_field(paragraph: Any, instruction: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)
