"""Files that hold no list: one French sentence each, the gate's own refusal, and never anything else."""

import io
import random
import zipfile

import openpyxl
import pytest
from PIL import Image

from beneficiaries.lists import bounds
from partaj.uploads.kinds import MEGABYTE
from partaj.uploads.refusal import NOTHING_KEPT, UploadRefused
from tests.lists.books import ods, repacked, xlsx
from tests.lists.hands import LEA, TITLES, judged


def picture() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (40, 20), "teal").save(written, "PNG")
    return written.getvalue()


def nested() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("liste.xlsx", xlsx([TITLES.split(";")]))
    return written.getvalue()


def far_away() -> bytes:
    book, written = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["Nom", "Prénom"])
    book.active["XFD1048576"] = "x"
    book.save(written)
    return written.getvalue()


def encrypted() -> bytes:
    content = bytearray(xlsx([["Nom"]]))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
    b"<worksheet><sheetData><row><c><v>&c;</v></c></row></sheetData></worksheet>"
)
ROW = '<table:table-row table:number-rows-repeated="3000000"><table:table-cell><text:p>x</text:p></table:table-cell>'
BOOK = xlsx([TITLES.split(";"), LEA.split(";")])
SHEET = "xl/worksheets/sheet1.xml"
REFUSED = {
    "nothing": (b"", "empty"),
    "blank lines": (b"\n \n\n;;\n", "empty"),
    "titles only": (f"{TITLES}\n;;;;\n\n".encode(), "header_only"),
    "binary": (random.Random(7).randbytes(5000), "kind"),
    "a picture under another name": (picture(), "kind"),
    "a PDF": (b"%PDF-1.7\n%%EOF\n", "kind"),
    "truncated": (BOOK[: len(BOOK) // 2], "damaged"),
    "encrypted": (encrypted(), "encrypted"),
    "encrypted by Excel, or an old .xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "encrypted"),
    "encrypted by LibreOffice": (
        ods(ROW, **{"META-INF/manifest.xml": b"<m xmlns='x'><encryption-data/></m>"}), "encrypted"
    ),
    "an archive of workbooks": (nested(), "archive"),
    "a cell at XFD1048576": (far_away(), "columns"),
    "3 million repeated rows": (ods(f"{ROW}</table:table-row>"), "lines"),
    "many rows repeated": (ods(f"{ROW}</table:table-row>".replace("3000000", "40000") * 300), "lines"),
    "cells repeated": (ods(f"{ROW}</table:table-row>".replace("rows-repeated", "x").replace(
        "<table:table-cell>", '<table:table-cell table:number-columns-repeated="9000">')), "columns"),
    "rows repeated less than once": (ods(f"{ROW}</table:table-row>".replace("3000000", "-5")), "damaged"),
    "billion laughs": (repacked(BOOK, {SHEET: LAUGHS}), "damaged"),
    "a sheet that is no XML": (repacked(BOOK, {SHEET: b"<worksheet><row>"}), "damaged"),
    "a sheet that is not there": (repacked(BOOK, {SHEET: None}), "damaged"),
    "rows in disorder": (
        repacked(BOOK, {SHEET: b"<w><row r='2'><c><v>1</v></c></row><row r='1'><c><v>1</v></c></row></w>"}), "damaged"
    ),
    "a shared text that is not there": (
        repacked(BOOK, {SHEET: b"<w><row r='1'><c t='s'><v>999999</v></c></row></w>"}), "damaged"
    ),
    "a bomb": (repacked(BOOK, {SHEET: b"\0" * 30_000_000}), "bomb"),
    "unfolded past any list": (repacked(BOOK, {SHEET: b" " * (bounds.MOST_UNFOLDED + 1)}), "lines"),
    "NUL bytes": (f"{TITLES}\nMor\0eau;Léa;;;\n".encode(), "kind"),
    "NUL bytes further down": ((f"{TITLES}\n" + f"{LEA}\n" * 300 + "Mor\0eau;Léa;;;\n").encode(), "not_text"),
    "one line of 10 MB": (b"a;" * (5 * MEGABYTE), "line"),
    "one quoted text of 10 MB": (f"{TITLES}\n\"".encode() + b"a\n" * (5 * MEGABYTE), "quote"),
    "5 000 columns": (";".join(f"c{number}" for number in range(5000)).encode() + b"\nx;y\n", "columns"),
    "two columns of one name": (f"Nom;{TITLES}\nx;{LEA}\n".encode(), "duplicate_titles"),
    "a quote left open": (f'{TITLES}\n{LEA}\n"Le Goff;Anne;;;\n'.encode(), "quote"),
    "a quote closed by another's": (f'{TITLES}\n"Le Goff;Anne;;;\n{LEA}\n{LEA}\n"x";;;;\n'.encode(), "quote"),
    "a page": (b"<!DOCTYPE html><html><body><table><tr><td>Nom</td></tr></table></body></html>", "markup"),
    "no titles": (b"Moreau;05/05/2006\nLe Goff;06/05/2006\n", "no_titles"),
    "nobody's name": (b"INE;Date de naissance\n1122990011S;05/05/2006\n", "no_name"),
    "too large": (b"a;b\n" * (5 * MEGABYTE + 1), "size"),
    "too many lines": (f"{TITLES}\n".encode() + b"a;b\n" * bounds.MOST_RECORDS, "lines"),
    "too many cells": (f"{TITLES}\n".encode() + (b"a;" * 150 + b"a\n") * 9000, "lines"),
    "formulas everywhere": (xlsx([["=A9", "=B9"], ["=A8", "=B8"]]), "no_titles"),
    "no sheet shown": (repacked(BOOK, {"xl/workbook.xml": b"<workbook/>"}), "sheet"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_holds_no_list_is_refused_in_one_sentence(case):
    content, code = REFUSED[case]
    with pytest.raises(UploadRefused) as refusal:
        judged(content)
    assert refusal.value.code == code, refusal.value.message
    assert refusal.value.message.endswith(NOTHING_KEPT) and "\n" not in refusal.value.message


def test_the_refusal_says_which_line():
    with pytest.raises(UploadRefused) as refusal:
        judged(f'{TITLES}\n{LEA}\n"Le Goff;Anne;;;\n{LEA}\n')
    assert refusal.value.message.startswith("Un guillemet ouvert à la ligne 3 n’est pas refermé")


def test_formulas_in_a_list_are_data():
    found = judged(f"{TITLES}\n=cmd|' /C calc'!A0;Léa;05/05/2006;;lea@example.org\nMoreau;Léa;05/05/2006;;=1+1\n")
    assert [each.outcome.value for each in found.lines] == ["review", "import_warning"]
    assert found.lines[0].student.last_name == "=cmd|' /C calc'!A0"
    assert found.lines[1].student.email == ""
