"""Workbooks, by what they hold: their sheets, and the records of one, read in a stream and never as a whole.

What the gate let in has no DOCTYPE, hence no entity: nothing grows here that was not written in the file.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol
from xml.parsers import expat

from beneficiaries.lists import ods, xlsx
from beneficiaries.lists.records import Record
from beneficiaries.lists.sheets import Sheet
from partaj.uploads.archives import BROKEN
from partaj.uploads.kinds import XLSX, Kind
from partaj.uploads.refusal import UploadRefused, damaged


class _Format(Protocol):
    def sheets(self, archive: zipfile.ZipFile) -> list[Sheet]: ...

    def rows(self, archive: zipfile.ZipFile, sheet: Sheet) -> Iterator[Record]: ...


class Opened(NamedTuple):
    sheet: str
    sheets: tuple[str, ...]
    records: Iterator[Record]


def open_workbook(content: bytes, kind: Kind, wanted: str = "") -> Opened:
    """The sheet that is asked for, else the first one shown. Raises UploadRefused, as its records do."""
    form: Any = xlsx if kind is XLSX else ods
    archive = zipfile.ZipFile(io.BytesIO(content))
    try:
        found = form.sheets(archive)
    except (*BROKEN, expat.ExpatError):
        raise damaged() from None
    sheet = next((each for each in found if (each.name == wanted if wanted else not each.hidden)), None)
    if sheet is None:
        raise UploadRefused(
            f"Ce classeur n’a pas de feuille « {wanted} »." if wanted else "Ce classeur n’a aucune feuille visible.",
            "sheet",
        )
    return Opened(sheet.name, tuple(each.name for each in found), _records(form, archive, sheet))


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
