"""What all formats share: their names, the longest text, an empty report."""

import io

import openpyxl

from reports.renderers import FORMATS, file_name
from reports.tables import Cell, Column, Row, Table, Unit
from tests.renderers.sample import REPORT, pdf_of, report_of


def test_files_are_named_for_the_programme_the_report_and_the_day():
    assert file_name(REPORT, "pdf") == "AP1-261_annexe-1_2026-11-21.pdf"
    assert list(FORMATS) == ["pdf", "xlsx", "docx", "csv", "json"]


def test_a_text_of_five_thousand_characters_stays_in_its_cell():
    endless = Table("t", "T", (Column("c", "C"),), (Row("r", "R", (Cell("é" * 5000, unit=Unit.TEXT),)),))
    for renderer in FORMATS.values():
        assert renderer.render(report_of(endless))
    pages = pdf_of(report_of(endless)).pages
    assert sum(page.extract_text().count("é") for page in pages) >= 5000
    sheet = openpyxl.load_workbook(io.BytesIO(FORMATS["xlsx"].render(report_of(endless)))).worksheets[0]
    assert max(line.height or 0 for line in sheet.row_dimensions.values()) <= 409


def test_an_empty_report_renders_in_every_format():
    for renderer in FORMATS.values():
        assert renderer.render(report_of())
