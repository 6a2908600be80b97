"""What every CSV of the site shares: opened by a double click in French spreadsheets, streamed, run as no formula."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from partaj.formats import french_date

BOM = "\ufeff"
RUNS_AS_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def neutral(value: Any) -> Any:
    """A date in French, a text that no spreadsheet takes for a formula."""
    if isinstance(value, dt.date):
        return french_date(value)
    return f"'{value}" if isinstance(value, str) and value.startswith(RUNS_AS_FORMULA) else value


class _Echo:
    """A file that gives back each line written, so that csv may stream."""

    def write(self, line: str) -> str:
        return line


def csv_lines(headers: list[str], rows: Iterable[list[Any]], colophon: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The lines of the file; `colophon`: what the file says of itself, after the rows."""
    write = csv.writer(_Echo(), delimiter=";").writerow
    yield BOM + write([neutral(header) for header in headers])
    for row in rows:
        yield write([neutral(value) for value in row])
    yield write([])
    for label, words in colophon:
        yield write([neutral(label), neutral(words)])
