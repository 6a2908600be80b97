"""One hand-made report in every format: what a machine, a spreadsheet, a printer and a word processor receive."""

import csv
import datetime as dt
import importlib.abc
import io
import json
import sys
from decimal import Decimal
from zoneinfo import ZoneInfo

import openpyxl
import pypdf
import pytest
from docx import Document
from docx.oxml.ns import qn

from reports.renderers import FORMATS, PdfUnavailable, file_name
from reports.renderers.csv import neutralised
from reports.renderers.json import findings_json
from reports.renderers.pdf import FONTS, memory_only, render_html
from reports.renderers.print_sheet import page_runs
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
    perimeter="Ensemble du programme",
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
    return Report("AP1-261", "Plan", "annexe-1", "Annexe 1", REPORT.issued_at, "Ensemble du programme", tables)


def test_files_are_named_for_the_programme_the_report_and_the_day():
    assert file_name(REPORT, "pdf") == "AP1-261_annexe-1_2026-11-21.pdf"
    assert list(FORMATS) == ["pdf", "xlsx", "docx", "csv", "json"]


# -- JSON -------------------------------------------------------------------------------------------


def test_json_is_the_contract_to_the_letter():
    data = json.loads(FORMATS["json"].render(REPORT, issued_by="Nadia Benali"))
    signed = {"reason": DECLARATION.reason, "author": "Nadia Benali", "declared_at": "2011-03-12T09:00:00+01:00"}

    def cell(text, value, unit="persons", source="computed", computed=None, records=None):
        keys = ("text", "value", "unit", "source", "computed", "records")
        return dict(zip(keys, (text, value, unit, source, computed, records), strict=True))

    empty = cell("", None, source="empty")
    assert list(data) == ["programme", "report", "title", "issued_at", "perimeter", "tables", "notes", "findings"]
    assert data == {
        "programme": "AP1-261",
        "report": "annexe-1",
        "title": "Annexe 1 – Public visé",
        "issued_at": "2026-11-21T14:05:00+01:00",
        "perimeter": "Ensemble du programme",
        "tables": [
            {
                "key": "reached",
                "title": "Nombre de bénéficiaires",
                "note": "« Toute la durée » : personnes entrées.",
                "columns": [
                    {"key": "planned", "label": "Prévus"},
                    {"key": "y1", "label": "Année 1"},
                    {"key": "total", "label": "Total"},
                ],
                "rows": [
                    {
                        "key": "young",
                        "label": "Jeunes",
                        "level": 0,
                        "kind": "row",
                        "cells": [
                            {
                                **cell("17 à 20", None, source="declared", computed=18, records=18),
                                "declaration": signed,
                            },
                            cell("40", 40, computed=40, records=40),
                            cell("1\u00a0912", 1912, computed=1912, records=1912),
                        ],
                    },
                    {
                        "key": "adults",
                        "label": "Adultes",
                        "level": 0,
                        "kind": "row",
                        "cells": [empty, empty, cell("2", 2, computed=2, records=2)],
                    },
                    {
                        "key": "all",
                        "label": "Nombre total",
                        "level": 0,
                        "kind": "total",
                        "cells": [
                            {**cell("30", 30, source="declared"), "declaration": signed},
                            cell("40", 40, computed=40, records=40),
                            cell("1\u00a0914", 1914, computed=1914, records=1914),
                        ],
                    },
                    {
                        "key": "wrong",
                        "label": "Total déclaré",
                        "level": 0,
                        "kind": "row",
                        "cells": [empty, {**cell("41", 41, source="declared"), "declaration": signed}, empty],
                    },
                ],
            },
            {
                "key": "details",
                "title": "Caractéristiques",
                "note": "",
                "columns": [{"key": "planned", "label": "Prévus"}, {"key": "total", "label": "Total"}],
                "rows": [
                    {"key": "section", "label": "Sexe", "level": 0, "kind": "section", "cells": []},
                    {
                        "key": "girls",
                        "label": "Filles",
                        "level": 1,
                        "kind": "row",
                        "cells": [
                            cell("non concerné", None, unit="text", source="empty"),
                            cell("75,34\u00a0%", 75.34, unit="percent", computed=75.34, records=30),
                        ],
                    },
                    {
                        "key": "few",
                        "label": "=2+5+cmd|' /C calc'!A0",
                        "level": 1,
                        "kind": "row",
                        "cells": [cell("=1+1", None, unit="text", source="empty"), cell("moins de 5", None)],
                    },
                    {
                        "key": "cost",
                        "label": HOSTILE,
                        "level": 0,
                        "kind": "row",
                        "cells": [
                            cell("http://192.0.2.1/", None, unit="text", source="empty"),
                            cell("1\u00a0115,60\u00a0€", "1115.60", unit="euros", computed="1115.60", records=4),
                        ],
                    },
                ],
            },
        ],
        "notes": ["Les colonnes suivent les années."],
        "findings": [
            {
                "code": "planned-totals",
                "severity": "warning",
                "report": "annexe-1",
                "where": "Jeunes – Âge",
                "declared": 42,
                "computed": 40.5,
                "gap": 1.5,
                "message": "Les prévisions ne font pas le même total.",
            }
        ],
    }


def test_json_is_utf_8_and_not_escaped():
    assert "Nombre de bénéficiaires" in FORMATS["json"].render(REPORT).decode()


def test_findings_alone_name_their_programme():
    data = json.loads(findings_json("AP1-261", [FINDING]))
    assert (data["programme"], [each["code"] for each in data["findings"]]) == ("AP1-261", ["planned-totals"])


# -- CSV --------------------------------------------------------------------------------------------


def test_csv_reads_in_a_french_spreadsheet_and_carries_no_formula():
    raw = FORMATS["csv"].render(REPORT, issued_by="Nadia Benali")
    signed = [DECLARATION.reason, "Nadia Benali", "12/03/2011"]
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\r\n") == raw.count(b"\n")
    assert list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=";")) == [
        ["Annexe 1 – Public visé"],
        ["Numéro du projet", "AP1-261"],
        ["Programme", "Plan d’accompagnement"],
        ["Période", "du 01/01/2010 au 31/12/2011"],
        ["Périmètre", "Ensemble du programme"],
        ["Filtres", "sexe : tous"],
        ["Édité le", "21/11/2026 à 14\u00a0h\u00a005, par Nadia Benali"],
        [],
        ["Nombre de bénéficiaires", "Prévus", "Année 1", "Total"],
        ["Jeunes", "17 à 20", "40", "1\u00a0912"],
        ["Adultes", "", "", "2"],
        ["Nombre total", "30", "40", "1\u00a0914"],
        ["Total déclaré", "", "41", ""],
        ["« Toute la durée » : personnes entrées."],
        [],
        ["Caractéristiques", "Prévus", "Total"],
        ["Sexe"],
        ["Filles", "non concerné", "75,34\u00a0%"],
        ["'=2+5+cmd|' /C calc'!A0", "'=1+1", "moins de 5"],
        [HOSTILE, "http://192.0.2.1/", "1\u00a0115,60\u00a0€"],
        [],
        ["Remarques"],
        ["Les colonnes suivent les années."],
        [],
        ["Chiffres déclarés", "Déclaré", "Calculé", "Motif", "Par", "Le"],
        ["Nombre de bénéficiaires — Jeunes — Prévus", "17 à 20", "18", *signed],
        ["Nombre de bénéficiaires — Nombre total — Prévus", "30", "", *signed],
        ["Nombre de bénéficiaires — Total déclaré — Année 1", "41", "", *signed],
        [],
        ["Contrôles", "Où", "Constat", "Déclaré", "Calculé", "Écart"],
        ["À expliquer", "Jeunes – Âge", "Les prévisions ne font pas le même total.", "42", "40,5", "1,50"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠a", " =1"]
)
def test_what_looks_like_a_formula_is_neutralised(text):
    assert neutralised(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-12", "-1\u00a0200,50\u00a0€", "-3,5\u00a0%", "17 à 20", "l’an 1", ""])
def test_what_is_no_formula_is_left_alone(text):
    assert neutralised(text) == text


def test_the_csv_dialect_of_everybody_else_is_untouched():
    FORMATS["csv"].render(REPORT)
    assert (csv.excel.delimiter, csv.excel.lineterminator) == (",", "\r\n")


# -- XLSX -------------------------------------------------------------------------------------------


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
    assert sheet.oddHeader.left.text == "AP1-261 — Ensemble du programme"
    assert sheet.oddHeader.right.text == "Édité le 21/11/2026 à 14\u00a0h\u00a005, par Nadia Benali"
    assert book.properties.title == "Annexe 1 – Public visé — AP1-261"
    assert [cell.value for cell in book["Contrôles"][2]] == [
        "À expliquer", "Jeunes – Âge", FINDING.message, 42, 40.5, 1.5, "planned-totals"
    ]  # fmt: skip


def test_without_findings_there_is_one_sheet():
    raw = FORMATS["xlsx"].render(report_of(REACHED))
    assert openpyxl.load_workbook(io.BytesIO(raw)).sheetnames == ["Annexe 1"]


# -- PDF --------------------------------------------------------------------------------------------


def pdf_of(report: Report, issued_by: str = "") -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(FORMATS["pdf"].render(report, issued_by=issued_by)))


@pytest.fixture(scope="module")
def printed() -> pypdf.PdfReader:
    return pdf_of(REPORT, "Nadia Benali")


def text_of(document: pypdf.PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in document.pages).split())


def test_the_print_says_what_it_is_whom_it_counts_and_when(printed):
    text = text_of(printed)
    for said in (
        "Annexe 1 – Public visé", "AP1-261", "Ensemble du programme", "Édité le 21/11/2026 à 14 h 05, par Nadia Benali",
        "17 à 20", "1 912", "75,34 %", "non concerné", "moins de 5", "1 115,60 €", "Les colonnes suivent les années.",
        "Chiffres déclarés", DECLARATION.reason, "12/03/2011", "Contrôles", FINDING.message, "page 1 / 1",
    ):  # fmt: skip
        assert said in text


def test_every_page_repeats_what_it_belongs_to():
    last = pdf_of(report_of(WIDE), "Nadia Benali").pages[-1].extract_text()
    for said in ("Annexe 1 — AP1-261", "Ensemble du programme", "Édité le 21/11/2026 à 14"):
        assert said in last


def test_the_print_is_tagged_french_and_titled(printed):
    root = printed.trailer["/Root"]
    assert "/StructTreeRoot" in root
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("fr", True)
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712 (pypdf's own boolean)
    assert printed.metadata.title == "Annexe 1 – Public visé — AP1-261"


def test_narrow_tables_stand_upright_and_wide_ones_turn_the_page(printed):
    assert [page.mediabox.width < page.mediabox.height for page in printed.pages] == [True]
    wide = pdf_of(report_of(WIDE))
    assert [page.mediabox.width > page.mediabox.height for page in wide.pages] == [True, True, True]
    assert ["Année 4" in page.extract_text() for page in wide.pages] == [True, True, True]  # headers repeated
    assert "page 3 / 3" in text_of(wide)


def test_both_orientations_live_in_one_document_but_a_few_rows_do_not_turn_the_page():
    long = Table("long", "Longue", REACHED.columns, tuple(Row(f"r{i}", f"Ligne {i}") for i in range(30)))
    assert page_runs((long, WIDE, long)) == [(False, [long]), (True, [WIDE]), (False, [long])]
    assert page_runs((REACHED, WIDE, DETAILS)) == [(True, [REACHED, WIDE, DETAILS])]
    both = pdf_of(report_of(long, WIDE))
    assert [page.mediabox.width > page.mediabox.height for page in both.pages] == [False, True, True]


def test_a_hidden_count_is_nowhere_in_the_print():
    table = Table("t", "T", (Column("c", "C"),), (Row("r", "R", (Cell("—", 3331, computed=3331, hidden=True),)),))
    html = render_html(report_of(table))
    assert "—" in html
    assert "3331" not in html


def test_markup_prints_as_text_and_embeds_nothing(printed):
    assert '<img src="file:///etc/passwd">' in text_of(printed)
    assert "http://192.0.2.1/a.css" in text_of(printed).replace(" ", "")
    assert "/EmbeddedFiles" not in printed.trailer["/Root"].get("/Names", {})


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://192.0.2.1/a.css",
        "https://static.invalid/../../etc/passwd",
        "https://static.invalid/partaj/css/partaj.css",
        "data:text/css,p{}",
    ],
)
def test_no_address_but_the_fonts_of_the_sheet_is_served(address):
    fetch = memory_only()
    with pytest.raises(PermissionError):
        fetch(address)
    assert fetch(f"https://static.invalid/{FONTS[0]}").read().startswith(b"\x00\x01\x00\x00")


def test_the_print_takes_its_type_from_our_own_files(printed):
    fonts = {
        font.get_object()["/BaseFont"].split("+")[-1]
        for page in printed.pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert {name.startswith("Source-Sans") for name in fonts} == {True}


class NoPango(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return None


def test_without_pango_a_sentence_says_what_to_install(monkeypatch):
    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setattr(sys, "meta_path", [NoPango(), *sys.meta_path])
    with pytest.raises(PdfUnavailable) as missing:
        FORMATS["pdf"].render(REPORT)
    assert "sudo apt-get install -y libpango-1.0-0 libpangoft2-1.0-0" in str(missing.value)


# -- DOCX -------------------------------------------------------------------------------------------


def test_the_word_document_holds_real_tables_in_french():
    document = Document(io.BytesIO(FORMATS["docx"].render(REPORT, issued_by="Nadia Benali")))
    box, reached, details, declarations, findings = document.tables
    assert [cell.text for cell in box.rows[0].cells] == ["Numéro du projet", "AP1-261"]
    assert [[cell.text for cell in row.cells] for row in reached.rows] == [
        ["", "Prévus", "Année 1", "Total"],
        ["Jeunes", "17 à 20\u00a0•1", "40", "1\u00a0912"],
        ["Adultes", "", "", "2"],
        ["Nombre total", "30\u00a0•2", "40", "1\u00a0914"],
        ["Total déclaré", "", "41\u00a0•3", ""],
    ]
    assert details.rows[4].cells[0].text == HOSTILE
    assert declarations.rows[1].cells[4].text == DECLARATION.reason
    assert findings.rows[1].cells[2].text == FINDING.message
    assert [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in reached.rows] == [
        True,
        False,
        False,
        False,
        False,
    ]
    assert document.styles.element.find(".//" + qn("w:lang")).get(qn("w:val")) == "fr-FR"
    assert document.core_properties.title == "Annexe 1 – Public visé"
    said = [paragraph.text for paragraph in document.paragraphs]
    assert "Périmètre\u00a0: Ensemble du programme" in said
    assert "Les colonnes suivent les années." in said


def test_the_word_document_turns_for_a_wide_table_and_drops_control_characters():
    section = Document(io.BytesIO(FORMATS["docx"].render(report_of(WIDE)))).sections[0]
    assert section.page_width > section.page_height
    odd = Table("t", "Titre\x0b", (Column("c", "C"),), (Row("r", "A\x07B"),))
    table = Document(io.BytesIO(FORMATS["docx"].render(report_of(odd)))).tables[1]
    assert table.rows[1].cells[0].text == "AB"


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
