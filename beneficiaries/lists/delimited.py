"""CSV: its separator, its quotes, and its records with the physical line on which each begins."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from beneficiaries.lists.bounds import LONGEST_LINE, LONGEST_RECORD, MOST_COLUMNS, line_too_long, quote_left_open
from beneficiaries.lists.columns import recognised
from beneficiaries.lists.records import Record
from partaj.uploads.refusal import UploadRefused

DELIMITERS = {";": "point-virgule", ",": "virgule", "\t": "tabulation"}
LOOKED_AT = 60  # records, to find the separator
_SAID = re.compile(r'"?sep=(.)"?\s*', re.I | re.S)
_END = "\ue000"  # a line of our own after the last: swallowed by a quote that nobody closed


class Dialect(NamedTuple):
    delimiter: str
    quote: str
    announced: bool  # by a first line « sep=; »


def dialect_of(content: bytes, encoding: str, *, delimiter: str = "", quote: str = "") -> Dialect:
    """What is asked for, else what a `sep=` line says, else the separator under which most column titles are known."""
    said = _SAID.fullmatch(_first_line(content, encoding))
    if delimiter and (len(delimiter) > 1 or delimiter in "\"'\r\n\ufeff"):
        raise UploadRefused(f"« {delimiter} » ne peut séparer des colonnes : choisissez un autre signe.", "delimiter")
    if not delimiter and said and said[1] not in "\"'\r\n":
        delimiter = said[1]
    if not delimiter:
        delimiter = max(DELIMITERS, key=lambda each: _likelihood(content, encoding, each))
    return Dialect(delimiter, quote or _quote_of(content, encoding, delimiter), bool(said))


def _first_line(content: bytes, encoding: str) -> str:
    return io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="").readline(20)


def _beginning(content: bytes, encoding: str, delimiter: str) -> list[list[str]]:
    """The first records; none where this separator makes nothing readable of them."""
    try:
        found = islice(records(content, encoding, delimiter, '"'), LOOKED_AT)
        return [each.cells[:MOST_COLUMNS] for each in found]
    except UploadRefused:
        return []


def _likelihood(content: bytes, encoding: str, delimiter: str) -> tuple[int, int]:
    found = _beginning(content, encoding, delimiter)
    titles = max((len(recognised(cells)) for cells in found), default=0)
    widths = Counter(len(cells) for cells in found if len(cells) > 1)
    return titles, max(widths.values(), default=0)


def _quote_of(content: bytes, encoding: str, delimiter: str) -> str:
    """Single quotes where they surround every title; else the usual ones."""
    for cells in _beginning(content, encoding, delimiter):
        filled = [cell.strip() for cell in cells if cell.strip()]
        if len(recognised(cells)) > 1:
            single = all(len(cell) > 1 and cell[0] == cell[-1] == "'" for cell in filled)
            return "'" if single else '"'
    return '"'


class _Lines:
    """Physical lines one at a time, ended by CR, LF or both, never one longer than the bound."""

    def __init__(self, content: bytes, encoding: str) -> None:
        self.text = io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="")
        self.number = 0
        self.begins = 1  # the line on which the record under way begins
        self.ended = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if self.ended:
            raise StopIteration
        self.number += 1
        line = self.text.readline(LONGEST_LINE + 1)
        if len(line) > LONGEST_LINE:
            raise line_too_long(self.number)
        if self.number - self.begins >= LONGEST_RECORD:
            raise quote_left_open(self.begins)
        self.ended = not line
        return line or _END


def records(content: bytes, encoding: str, delimiter: str, quote: str) -> Iterator[Record]:
    """Raises UploadRefused on a line without end and on a quote left open."""
    lines = _Lines(content, encoding)
    width = 0
    try:
        for cells in csv.reader(lines, delimiter=delimiter, quotechar=quote):
            if lines.ended:
                if cells == [_END]:
                    return
                raise quote_left_open(lines.begins)
            if lines.number > lines.begins and _swallowed(cells, delimiter, width):
                raise quote_left_open(lines.begins)
            width = max(width, len(cells))
            yield Record(lines.begins, cells, len(cells))
            lines.begins = lines.number + 1
    except csv.Error:
        raise quote_left_open(lines.begins) from None


def _swallowed(cells: list[str], delimiter: str, width: int) -> bool:
    """Whether a quoted text holds whole records: a quote was opened in one line and closed by another's."""
    most = max(width - 1, 4)
    return any(part.count(delimiter) >= most for cell in cells for part in cell.splitlines()[1:])
