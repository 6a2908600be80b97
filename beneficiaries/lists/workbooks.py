"""Workbooks, by what they hold: their sheets, and the records of one, read in a stream and never as a whole.

What the gate let in has no DOCTYPE, hence no entity: nothing grows here that was not written in the file.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any, Protocol
from xml.parsers import expat

from beneficiaries.lists import ods, xlsx
from beneficiaries.lists.records import Record
from beneficiaries.lists.sheets import Sheet
from partaj.uploads.archives import BROKEN
from partaj.uploads.kinds import XLSX, Kind
from partaj.uploads.refusal import UploadRefused, damaged


class _Format(Protocol):
    def sheets(self, archive: zipfile.ZipFile) -> Iterator[Sheet]: ...

    def rows(self, archive: zipfile.ZipFile, sheet: Sheet) -> Iterator[Record]: ...


class Opened:
    """One sheet, the one that is asked for, else the first one shown; and the names of all, found once they are asked
    for: a sheet without end is refused while it is read, before the file is walked once more for those behind it.

    Raises UploadRefused, as its records and its sheets do.
    """

    def __init__(self, form: Any, archive: zipfile.ZipFile, wanted: str) -> None:
        self._walk = _told(form.sheets(archive))
        self._seen: list[Sheet] = []
        sheet = next((each for each in self._sheets() if (each.name == wanted if wanted else not each.hidden)), None)
        if sheet is None:
            lacking = f"pas de feuille « {wanted} »" if wanted else "aucune feuille visible"
            raise UploadRefused(f"Ce classeur n’a {lacking}.", "sheet")
        self.sheet = sheet.name
        self.records = _records(form, archive, sheet)

    def _sheets(self) -> Iterator[Sheet]:
        for each in self._walk:
            self._seen.append(each)
            yield each

    def sheets(self) -> tuple[str, ...]:
        self._seen += self._walk
        return tuple(each.name for each in self._seen)


def open_workbook(content: bytes, kind: Kind, wanted: str = "") -> Opened:
    form: Any = xlsx if kind is XLSX else ods
    return Opened(form, zipfile.ZipFile(io.BytesIO(content)), wanted)


def _told(sheets: Iterator[Sheet]) -> Iterator[Sheet]:
    try:
        yield from sheets
    except (*BROKEN, expat.ExpatError):
        raise damaged() from None


def _records(form: _Format, archive: zipfile.ZipFile, sheet: Sheet) -> Iterator[Record]:
    """Rows left empty between two written ones are lines too; those under the last one are not."""
    last = 0
    try:
        for record in form.rows(archive, sheet):
            for line in range(last + 1, record.line):
                yield Record(line, [])
            last = record.line
            yield record
    except (*BROKEN, expat.ExpatError):
        raise damaged() from None
