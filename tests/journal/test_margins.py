"""Whatever leaves the house, as a file or on paper, says in its margin who made it leave, and when."""

import csv
import io
import json
import zipfile

import openpyxl
import pypdf
import pytest
import time_machine
from django.urls import reverse
from docx import Document

from partaj.accounts.models import JournalEntry

WHEN = "2026-11-21T13:05:00Z"  # 14:05 in Paris
NBSP = "\u00a0"


@pytest.fixture(autouse=True)
def that_day():
    with time_machine.travel(WHEN, tick=False):
        yield


@pytest.fixture
def fetch(world, sign_in):
    """The bytes of a file, as Bruno Martin, manager, gets it."""
    world.manager.last_name = "Martin & fils"
    world.manager.save()
    client = sign_in(world.manager)

    def get(page: str, *args: str) -> bytes:
        answer = client.get(reverse(page, args=["TEST-1", *args]))
        assert answer.status_code == 200
        return b"".join(answer.streaming_content) if answer.streaming else answer.content

    return get


WHO = "Bruno Martin & fils"
OF_A_REPORT = f"21/11/2026 à 14{NBSP}h{NBSP}05, par {WHO}"


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def footers(content: bytes) -> list[tuple[str, str]]:
    """What is printed at the foot of each sheet: left and right."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [(sheet.oddFooter.left.text, sheet.oddFooter.right.text) for sheet in book]


class TestYouths:
    def test_csv(self, fetch):
        assert rows_of(fetch("beneficiaries:export", "csv"))[-2:] == [
            ["Exporté par", WHO],
            ["Le", "21/11/2026 à 14:05"],
        ]

    def test_xlsx_on_screen_and_on_each_printed_page(self, fetch):
        content = fetch("beneficiaries:export", "xlsx")
        about = openpyxl.load_workbook(io.BytesIO(content))["À propos de ce fichier"]
        said = dict(about.values)
        assert (said["Exporté par"], said["Le"]) == (WHO, "21/11/2026 à 14:05")
        margin = "TEST-1 · PARTAJ — exporté par Bruno Martin && fils le 21/11/2026 à 14:05"
        assert footers(content) == [(margin, "Page &P / &N")] * 2


class TestReports:
    def test_pdf_on_each_page(self, fetch):
        pages = pypdf.PdfReader(io.BytesIO(fetch("reports:export", "annexe-1", "pdf"))).pages
        assert len(pages) > 1
        for page in pages:
            text = page.extract_text().replace(NBSP, " ")
            assert f"Édité le {OF_A_REPORT}".replace(NBSP, " ") in text

    def test_docx_at_the_foot_of_the_page(self, fetch):
        foot = Document(io.BytesIO(fetch("reports:export", "annexe-1", "docx"))).sections[0].footer
        assert foot.paragraphs[0].text.startswith(f"Édité le {OF_A_REPORT} — page")

    def test_xlsx_at_the_head_of_each_sheet(self, fetch):
        content = fetch("reports:export", "annexe-1", "xlsx")
        with zipfile.ZipFile(io.BytesIO(content)) as inside:
            sheets = [name for name in inside.namelist() if name.startswith("xl/worksheets/sheet")]
            heads = [inside.read(name).decode().partition("<oddHeader>")[2].partition("</")[0] for name in sheets]
        said = OF_A_REPORT.replace("&", "&amp;&amp;")
        assert heads
        assert [head for head in heads if f"Édité le {said}" not in head] == []

    def test_csv(self, fetch):
        assert ["Édité le", OF_A_REPORT] in rows_of(fetch("reports:export", "annexe-1", "csv"))

    def test_json_keeps_to_its_contract_and_the_journal_says_who(self, world, fetch):
        said = json.loads(fetch("reports:export", "annexe-1", "json"))
        assert said["issued_at"] == "2026-11-21T14:05:00+01:00"
        assert WHO not in json.dumps(said, ensure_ascii=False)
        (line,) = JournalEntry.objects.filter(kind="printed")
        assert (line.actor, line.detail) == (world.manager, "annexe-1.json")


@pytest.mark.parametrize("page", ["beneficiaries:list", "reports:report", "beneficiaries:detail"])
def test_a_page_printed_by_the_browser_says_who_when_and_of_which_programme(world, sign_in, page):
    args = {"reports:report": ["annexe-1"], "beneficiaries:detail": [world.lea.pk]}.get(page, [])
    answer = sign_in(world.caseworker).get(reverse(page, args=["TEST-1", *args]))
    foot = answer.text.partition('<p class="print-only print-foot">')[2].partition("</p>")[0]
    assert foot == f"{world.programme} · imprimé de PARTAJ le 21/11/2026 à 14:05 par {world.caseworker}"
