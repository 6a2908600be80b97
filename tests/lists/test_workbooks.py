"""Workbooks: known by what they hold, read as values, each row under the number that its margin shows."""

import datetime as dt
import io

import openpyxl
import pytest

from partaj.uploads.refusal import UploadRefused
from tests.lists.books import ods, repacked, xlsx
from tests.lists.hands import TITLES, judged, outcomes, table

ROWS = [
    ["Liste du 30/01/2026"],
    [],
    ["Nom", "Prénom", "Date de naissance", "Téléphone", "N° étudiant"],
    ["Moreau", "Léa", dt.date(2006, 3, 14), 639980011, 22501001],
    ["Le Goff", "Hélène", dt.datetime(2005, 11, 2, 8, 30), "06 39 98 00 12", 1.1229900121e10],
    [],
    ["Total", 2],
]


def test_a_workbook_of_excel_is_read_whatever_its_name():
    found = judged(xlsx(ROWS))
    source = found.table.source
    assert (source.label, source.encoding, source.delimiter, source.sheet) == ("classeur Excel", "", "", "Liste")
    assert (found.table.header_line, found.announced, found.notices) == (3, 2, [])
    assert outcomes(found) == {4: "import_warning", 5: "import", 6: "ignore", 7: "ignore"}
    lea, helene = (each.student for each in found.people)
    assert (lea.birth_date, lea.phone_e164) == (dt.date(2006, 3, 14), "+33639980011")
    assert (helene.birth_date, helene.student_number) == (dt.date(2005, 11, 2), "11229900121")


def test_the_first_sheet_shown_is_read_unless_another_is_asked_for():
    book, written = openpyxl.Workbook(), io.BytesIO()
    book.active.title, book.active.sheet_state = "Réglages", "hidden"
    for name in ("Mars", "Avril"):
        for row in ROWS[2:4]:
            book.create_sheet(name) if name not in book.sheetnames else None
            book[name].append(row)
    book["Avril"]["A2"] = "Roux"
    book.save(written)
    found = judged(written.getvalue())
    assert (found.table.source.sheet, found.table.source.sheets) == ("Mars", ("Réglages", "Mars", "Avril"))
    assert found.notices == ["Ce classeur a 3 feuilles\u00a0: seule «\u00a0Mars\u00a0» a été lue."]
    assert table(written.getvalue(), sheet="Avril").records[0].cells[0] == "Roux"
    with pytest.raises(UploadRefused, match="pas de feuille"):
        table(written.getvalue(), sheet="Mai")


STYLES = b"""<styleSheet xmlns="x"><numFmts><numFmt numFmtId="164" formatCode="[$-40C]dd\\/mm\\/yyyy;@"/>
<numFmt numFmtId="165" formatCode="0&quot; ans dy&quot;"/></numFmts>
<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>"""
SHEET = b"""<x:worksheet xmlns:x="x"><x:sheetData><x:row>
<x:c t="inlineStr"><x:is><x:r><x:t>No</x:t></x:r><x:r><x:t>m</x:t></x:r><x:rPh><x:t>aside</x:t></x:rPh></x:is></x:c>
<x:c t="s"><x:v>0</x:v></x:c><x:c t="str"><x:f>A1</x:f><x:v>Sexe</x:v></x:c></x:row>
<x:row r="4"><x:c r="A4"><x:f>B9</x:f></x:c><x:c r="B4" s="1"><x:v>38790</x:v></x:c>
<x:c r="D4" s="2"><x:v>17.0</x:v></x:c><x:c r="E4" t="b"><x:v>1</x:v></x:c>
<x:c r="F4" t="e"><x:v>#REF!</x:v></x:c><x:c r="G4" s="1"><x:v>1E300</x:v></x:c>
<x:c r="H4"><x:v>6.39980016E8</x:v></x:c><x:c r="J4"/></x:row></x:sheetData></x:worksheet>"""
TEXTS = b'<sst xmlns="x"><si><r><t>Pr\xc3\xa9</t></r><r><t>nom_x000D__x0000_</t></r><rPh><t>aside</t></rPh></si></sst>'


def test_each_kind_of_cell_gives_its_value():
    book, written = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["shared"])
    book.save(written)
    content = repacked(
        written.getvalue(),
        {"xl/styles.xml": STYLES, "xl/worksheets/sheet1.xml": SHEET, "xl/sharedStrings.xml": TEXTS},
    )
    found = table(content)
    assert (found.titles.line, found.titles.cells) == (1, ["Nom", "Prénom\r", "Sexe"])
    assert [each.line for each in found.records] == [2, 3, 4]
    assert found.records[2].cells == ["=B9", "2006-03-14", "", "17", "VRAI", "#REF!", "1E300", "639980016"]


def test_days_counted_from_1904():
    book, written = openpyxl.Workbook(), io.BytesIO()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for row in ROWS[2:4]:
        book.active.append(row)
    book.save(written)
    assert judged(written.getvalue()).people[0].student.birth_date == dt.date(2006, 3, 14)


def cell(text: str = "", **attributes: str) -> str:
    said = "".join(f' {name.replace("_", ":", 1).replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f"<table:table-cell{said}>{f'<text:p>{text}</text:p>' if text else ''}</table:table-cell>"


def row(*cells: str, times: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{times}">{"".join(cells)}</table:table-row>'


def test_a_workbook_of_libreoffice_gives_values_and_repeats_what_is_repeated():
    titles = row(*map(cell, TITLES.split(";")))
    lea = row(
        cell("Mo<text:s text:c='2'/>reau"),
        "<table:table-cell><office:annotation><text:p>vue hier</text:p></office:annotation>"
        "<text:p>Lé<text:a>a</text:a></text:p><text:p>Marie</text:p></table:table-cell>",
        cell("14 mars", office_value_type="date", office_date_value="2006-03-14T00:00:00"),
        cell("6,4E+08", office_value_type="float", office_value="639980011"),
        cell("x", office_value_type="boolean", office_boolean_value="true"),
        cell(table_number_columns_repeated="16000"),
    )
    blank = row(cell(table_number_columns_repeated="1024"), times=2)
    roux = row(cell("Roux", table_number_columns_repeated="2"), times=2)
    end = row(cell(table_number_columns_repeated="1024"), times=1_048_500)
    hidden = (
        '<office:automatic-styles><style:style style:name="ta9"><style:table-properties table:display="false"/>'
        "</style:style></office:automatic-styles>"
    )
    found = table(ods(f"<table:table-header-rows>{titles}</table:table-header-rows>{lea}{blank}{roux}{end}", hidden))
    assert (found.source.label, found.source.sheet, found.header_line) == ("classeur LibreOffice", "Feuille1", 1)
    assert [(each.line, each.cells) for each in found.records] == [
        (2, ["Mo  reau", "Léa\nMarie", "2006-03-14", "639980011", "VRAI"]),
        (3, []), (4, []), (5, ["Roux", "Roux"]), (6, ["Roux", "Roux"]),
    ]  # fmt: skip


def test_a_hidden_sheet_of_libreoffice_is_left_aside():
    styles = (
        '<office:automatic-styles><style:style style:name="ta1"><style:table-properties table:display="false"/>'
        "</style:style></office:automatic-styles>"
    )
    shown = '</table:table><table:table table:name="Vue">' + row(cell("Nom"), cell("Prénom")) + row(cell("Roux"))
    found = table(ods(row(cell("Nom"), cell("Autre")) + shown, styles))
    assert (found.source.sheet, found.source.sheets) == ("Vue", ("Feuille1", "Vue"))
    assert found.records[0].cells == ["Roux"]
