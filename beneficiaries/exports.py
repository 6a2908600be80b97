"""The list of youths as a file: CSV for machines, XLSX with typed dates. Streamed; a million rows stay out of memory.

A cell that a spreadsheet would run as a formula is neutralised: an apostrophe in CSV, a cell typed as text in XLSX.
The last lines (CSV) or the second sheet (XLSX) say the programme, the perimeter, the filters, who and when; once
printed, the foot of each page says who and when as well.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

import xlsxwriter
from django.db.models import QuerySet

from beneficiaries.columns import Column, annotated
from partaj.formats import french_date

CHUNK = 2000
DAY_0 = dt.date(1899, 12, 30)  # of spreadsheets, for every day after February 1900


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
    """A temporary file, open at its beginning; it disappears when closed."""
    target = tempfile.TemporaryFile()  # noqa: SIM115  # the response that streams it closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet = book.add_worksheet("Jeunes")
        sheet.freeze_panes(1, 4)
        sheet.set_column(0, len(headings) - 1, 18)
        sheet.set_landscape()
        sheet.repeat_rows(0)
        sheet.set_footer(colophon.margin)
        for place, heading in enumerate(headings):
            sheet.write_string(0, place, heading, bold)
        write_string, write_number = sheet.write_string, sheet.write_number
        for line, row in enumerate(rows, start=1):
            for place, value in enumerate(row):
                if isinstance(value, str):
                    if value:
                        write_string(line, place, value)
                elif isinstance(value, dt.date):
                    write_number(line, place, (value - DAY_0).days, day)  # as write_datetime, at a third of its cost
                else:
                    write_number(line, place, value)
        about = book.add_worksheet("À propos de ce fichier")
        about.set_column(0, 1, 40)
        about.set_footer(colophon.margin)
        for line, (label, words) in enumerate(colophon.lines()):
            about.write_string(line, 0, label, bold)
            about.write_string(line, 1, words)
    target.seek(0)
    return target
