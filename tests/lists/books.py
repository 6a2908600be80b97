"""Workbooks out of rows: those of Excel by openpyxl, those of LibreOffice by hand."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import openpyxl

SHEET = "xl/worksheets/sheet1.xml"  # of what openpyxl writes
OFFICE = "urn:oasis:names:tc:opendocument:xmlns"


def xlsx(rows: Sequence[Sequence[Any]]) -> bytes:
    book, written = openpyxl.Workbook(), io.BytesIO()
    book.active.title = "Liste"
    for row in rows:
        book.active.append(list(row))
    book.save(written)
    return written.getvalue()


def ods(rows: str, before: str = "", **entries: bytes) -> bytes:
    """`rows`: of the first table; `before`: styles."""
    written = io.BytesIO()
    body = (
        f'<office:document-content xmlns:office="{OFFICE}:office:1.0" xmlns:table="{OFFICE}:table:1.0" '
        f'xmlns:text="{OFFICE}:text:1.0" xmlns:style="{OFFICE}:style:1.0" xmlns:calcext="urn:x">'
        f'{before}<office:body><office:spreadsheet><table:table table:name="Feuille1" table:style-name="ta1">{rows}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("content.xml", body)
        for name, added in entries.items():
            archive.writestr(name, added)
    return written.getvalue()


def repacked(content: bytes, change: dict[str, bytes | None]) -> bytes:
    """The same archive with some entries replaced, added, or taken away (None)."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename not in change:
                new.writestr(entry.filename, old.read(entry))
        for name, content_of_entry in change.items():
            if content_of_entry is not None:
                new.writestr(name, content_of_entry)
    return written.getvalue()
