"""What a spreadsheet receives: typed cells, formulas where the parts make the total."""

import io

import openpyxl
import pytest

from reports.renderers import FORMATS
from tests.renderers.sample import FINDING, HOSTILE, REACHED, REPORT, report_of


@pytest.fixture(scope="module")
def workbook_bytes() -> bytes:
    return FORMATS["xlsx"].render(REPORT, issued_by="Nadia Benali")


def row_of(sheet, label):
    return next(row for row in sheet.iter_rows() if row[0].value == label)


def test_the_sheet_is_the_form_with_typed_cells(workbook_bytes):
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes))
    sheet = book.worksheets[0]
    assert book.sheetnames == ["Annexe 1 – Public visé", "Contrôles"]
    assert (sheet["A1"].value, sheet["A2"].value, sheet["B2"].value) == (REPORT.title, "Numéro du projet", "AP1-261")
    young, girls, cost = row_of(sheet, "Jeunes"), row_of(sheet, "Filles"), row_of(sheet, HOSTILE)
    assert [(cell.value, cell.data_type) for cell in young[1:4]] == [("17 à 20", "s"), (40, "n"), (1912, "n")]
    assert young[3].number_format == "#,##0"
    assert (girls[2].value, girls[2].number_format) == (pytest.approx(0.7534), "0.00\u00a0%")
    assert (cost[2].value, cost[2].number_format) == (1115.6, '#,##0.00\u00a0"€"')
    assert row_of(sheet, "Adultes")[1].value is None


def test_totals_are_formulas_where_the_parts_make_them(workbook_bytes):
    formulas = openpyxl.load_workbook(io.BytesIO(workbook_bytes)).worksheets[0]
    values = openpyxl.load_workbook(io.BytesIO(workbook_bytes), data_only=True).worksheets[0]
    total, line = row_of(formulas, "Nombre total"), row_of(formulas, "Nombre total")[0].row
    assert [cell.value for cell in total[1:4]] == [30, f"=C{line - 2}+C{line - 1}", f"=D{line - 2}+D{line - 1}"]
    assert [cell.value for cell in row_of(values, "Nombre total")[1:4]] == [30, 40, 1914]
    assert row_of(formulas, "Total déclaré")[2].value == 41  # the parts make 40: the declared figure stands


def test_no_typed_text_becomes_a_formula_or_a_link(workbook_bytes):
    sheet = openpyxl.load_workbook(io.BytesIO(workbook_bytes)).worksheets[0]
    few = row_of(sheet, "=2+5+cmd|' /C calc'!A0")
    assert [cell.data_type for cell in few[:3]] == ["s", "s", "s"]
    assert few[2].value == "moins de 5"
    assert [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.hyperlink] == []


def test_a_declared_cell_says_what_was_computed_why_who_and_when(workbook_bytes):
    sheet = openpyxl.load_workbook(io.BytesIO(workbook_bytes)).worksheets[0]
    cell = row_of(sheet, "Jeunes")[1]
    assert cell.font.color.rgb == "FF6D28D9"
    assert cell.comment.text == (
        "Déclaré\u00a0: 17 à 20\nCalculé\u00a0: 18\nMotif\u00a0: La convention l’annonce ainsi.\n"
        "Par Nadia Benali, le 12/03/2011"
    )
    assert row_of(sheet, "Jeunes")[2].comment is None


def test_the_workbook_prints_on_a4_landscape_with_its_origin(workbook_bytes):
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes))
    sheet = book.worksheets[0]
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)
    assert (sheet.print_title_rows, sheet.freeze_panes) == ("$1:$2", "B3")
    assert sheet.oddHeader.left.text == "AP1-261 — ensemble du programme"
    assert sheet.oddHeader.right.text == "Édité le 21/11/2026 à 14\u00a0h\u00a005, par Nadia Benali"
    assert book.properties.title == "Annexe 1 – Public visé — AP1-261"
    assert [cell.value for cell in book["Contrôles"][2]] == [
        "À expliquer", "Jeunes – Âge", FINDING.message, 42, 40.5, 1.5, "planned-totals"
    ]  # fmt: skip


def test_without_findings_there_is_one_sheet():
    raw = FORMATS["xlsx"].render(report_of(REACHED))
    assert openpyxl.load_workbook(io.BytesIO(raw)).sheetnames == ["Annexe 1"]
