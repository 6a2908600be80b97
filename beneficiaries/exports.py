"""The list of youths as a file: CSV for machines, XLSX with typed dates. Streamed; a million rows stay out of memory.

A cell that a spreadsheet would run as a formula is neutralised: an apostrophe in CSV, a cell typed as text in XLSX.
The last lines (CSV) or the second sheet (XLSX) say the programme, the perimeter, the filters, who and when; once
printed, the foot of each page says who and when as well.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import IO, Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

import xlsxwriter
from django.db.models import QuerySet

from beneficiaries.columns import Column, annotated
from partaj.formats import french_date, in_xml

CHUNK = 2000
DAY_0 = dt.date(1899, 12, 30)  # of spreadsheets, for every day after February 1900
LONGEST_CELL = 32_767  # characters
LETTERS = [*ascii_uppercase, *(f"{first}{second}" for first in "ABCD" for second in ascii_uppercase)]  # of columns
SHEET = "xl/worksheets/sheet1.xml"
SAMPLE = re.compile(r'<row r="2".*?<c r="A2" s="(?P<style>\d+)">.*?</row>')
DIMENSION = re.compile(r"<dimension [^>]*/>")  # of a sheet with one row; nothing asks for it
ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


@dataclass(frozen=True, slots=True)
class Colophon:
    """What the file says of itself."""

    programme: str
    perimeter: str
    filters: str
    author: str
    issued_at: dt.datetime

    @property
    def when(self) -> str:
        return f"{french_date(self.issued_at)} à {self.issued_at:%H:%M}"

    @property
    def margin(self) -> str:
        """The foot of each printed page, in the language of Excel: a « & » of ours is doubled."""
        said = f"{self.programme[:60]} — exporté par {self.author[:60]} le {self.when}".replace("&", "&&")
        return f"&L{said}&RPage &P / &N"

    def lines(self) -> list[tuple[str, str]]:
        return [
            ("Programme", self.programme),
            ("Périmètre", self.perimeter),
            ("Filtres", self.filters),
            ("Exporté par", self.author),
            ("Le", self.when),
        ]


def headings_of(chosen: Sequence[Column]) -> list[str]:
    return [cell.heading for column in chosen for cell in column.cells]


def rows_of(youths: QuerySet, chosen: Sequence[Column]) -> Iterator[list[Any]]:
    """`youths` in the order of the page; the first cell of each row is the number of the file."""
    cells = [cell for column in chosen for cell in column.cells]
    converters = [cell.convert for cell in cells]
    for row in annotated(youths, chosen).values_list(*[cell.path for cell in cells]).iterator(chunk_size=CHUNK):
        yield [convert(value) for convert, value in zip(converters, row, strict=True)]


def xlsx_file(headings: list[str], rows: Iterable[list[Any]], colophon: Colophon) -> IO[bytes]:
    """A temporary file, open at its beginning; it disappears when closed.

    xlsxwriter makes the workbook, but for its rows, which are poured into its sheet: cell by cell, it takes three times
    as long as all the rest.
    """
    target = tempfile.TemporaryFile()  # noqa: SIM115  # the response that streams it closes it
    with ZipFile(_without_rows(headings, colophon)) as empty, ZipFile(target, "w", ZIP_DEFLATED) as book:
        for name in empty.namelist():
            if name != SHEET:
                book.writestr(name, empty.read(name))
                continue
            before, after = empty.read(name).decode().split("</sheetData>")
            (sample,) = SAMPLE.finditer(before)
            with book.open(name, "w", force_zip64=True) as sheet:
                sheet.write(DIMENSION.sub("", before.replace(sample[0], "")).encode())
                for line, row in enumerate(rows, start=2):
                    sheet.write(_row(line, row, sample["style"]).encode())
                sheet.write(f"</sheetData>{after}".encode())
    target.seek(0)
    return target


def _without_rows(headings: list[str], colophon: Colophon) -> IO[bytes]:
    """The whole workbook, with one date in its first row: the number of its style is read there."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet = book.add_worksheet("Jeunes")
        sheet.freeze_panes(1, 4)
        sheet.set_column(0, len(headings) - 1, 18)
        sheet.set_landscape()
        sheet.repeat_rows(0)
        sheet.set_footer(colophon.margin)
        for place, heading in enumerate(headings):
            sheet.write_string(0, place, heading, bold)
        sheet.write_number(1, 0, 1, day)
        about = book.add_worksheet("À propos de ce fichier")
        about.set_column(0, 1, 40)
        about.set_footer(colophon.margin)
        for line, (label, words) in enumerate(colophon.lines()):
            about.write_string(line, 0, label, bold)
            about.write_string(line, 1, words)
    return made


def _row(line: int, row: list[Any], style: str) -> str:
    """A text is a text, whatever it begins with: no cell is a formula."""
    cells = []
    for letters, value in zip(LETTERS, row, strict=False):
        if value == "":
            continue
        if isinstance(value, str):
            said = f't="inlineStr"><is><t xml:space="preserve">{_text(value)}</t></is>'
        elif isinstance(value, dt.date):
            said = f's="{style}"><v>{(value - DAY_0).days}</v>'
        else:
            said = f"><v>{value}</v>"
        cells.append(f'<c r="{letters}{line}" {said}</c>')
    return f'<row r="{line}">{"".join(cells)}</row>'


def _text(value: str) -> str:
    """As the format takes it: without what XML has no way to write; « _x0041_ » would be read as « A »."""
    if not value.isprintable():
        value = in_xml(value)
    if "_x" in value:
        value = ESCAPED.sub("_x005F_", value)
    return escape(value[:LONGEST_CELL])
