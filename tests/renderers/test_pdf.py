"""What a printer receives, and what the print may not fetch."""

import importlib.abc
import sys

import pypdf
import pytest

from reports.renderers import FORMATS, PdfUnavailable
from reports.renderers.pdf import FONTS, memory_only, render_html
from reports.renderers.print_sheet import page_runs
from reports.tables import Cell, Column, Row, Table
from tests.renderers.sample import DECLARATION, DETAILS, FINDING, REACHED, REPORT, WIDE, pdf_of, report_of


@pytest.fixture(scope="module")
def printed() -> pypdf.PdfReader:
    return pdf_of(REPORT, "Nadia Benali")


def text_of(document: pypdf.PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in document.pages).split())


def test_the_print_says_what_it_is_whom_it_counts_and_when(printed):
    text = text_of(printed)
    for said in (
        "Annexe 1 – Public visé", "AP1-261", "ensemble du programme", "Édité le 21/11/2026 à 14 h 05, par Nadia Benali",
        "17 à 20", "1 912", "75,34 %", "non concerné", "moins de 5", "1 115,60 €", "Les colonnes suivent les années.",
        "Chiffres déclarés", DECLARATION.reason, "12/03/2011", "Contrôles", FINDING.message, "page 1 / 1",
    ):  # fmt: skip
        assert said in text


def test_every_page_repeats_what_it_belongs_to():
    last = pdf_of(report_of(WIDE), "Nadia Benali").pages[-1].extract_text()
    for said in ("Annexe 1 — AP1-261", "ensemble du programme", "Édité le 21/11/2026 à 14"):
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
