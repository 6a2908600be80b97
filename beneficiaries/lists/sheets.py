"""What both kinds of workbook share: a part of the archive read in a stream, and a row that fills up."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple
from xml.parsers import expat

from beneficiaries.lists.bounds import MOST_COLUMNS, too_many_columns
from partaj.uploads.refusal import damaged

CHUNK = 64 * 1024
MOST_SHEETS = 200


class Sheet(NamedTuple):
    name: str
    place: str  # where it lies in the archive, or which one it is
    hidden: bool


class Walker:
    """Walks one part. `start` and `end` take names with their prefix, if any; what is put in `found` comes out.
    Those that a kind of walker leaves out are not called, which is twice as fast."""

    start: Callable[[str, dict[str, str]], None] | None = None
    end: Callable[[str], None] | None = None
    text: Callable[[str], None] | None = None

    def __init__(self) -> None:
        self.found: list[Any] = []

    def walk(self, archive: zipfile.ZipFile, part: str) -> Iterator[Any]:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self.start, self.end
        parser.CharacterDataHandler = self.text
        with archive.open(part) as opened:
            while piece := opened.read(CHUNK):
                parser.Parse(piece, False)
                yield from self.found
                self.found.clear()
        parser.Parse(b"", True)
        yield from self.found


def put(cells: list[str], index: int, text: str) -> None:
    """Raises UploadRefused where a written cell lies too far to the right, or where another one lies already."""
    if not text:
        return
    if index >= MOST_COLUMNS:
        raise too_many_columns()
    if index < len(cells):
        raise damaged()
    cells.extend([""] * (index - len(cells)))
    cells.append(text)


def number_text(typed: str) -> str:
    """As somebody would have typed it: « 6.39980016E8 » is 639980016."""
    if typed.isdecimal():
        return typed
    try:
        number = Decimal(typed)
    except InvalidOperation:
        return typed
    if not number.is_finite() or abs(number.adjusted()) > 20:
        return typed
    return f"{number.normalize():f}"


def day_text(serial: str, first: dt.date) -> str:
    """The day that a spreadsheet counts from `first`; the number itself where it is none."""
    try:
        return (first + dt.timedelta(days=int(float(serial)))).isoformat()
    except (ValueError, OverflowError):
        return serial
