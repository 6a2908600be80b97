"""How much a list may hold, so that no file takes a worker with it: past that, one sentence says what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from beneficiaries.lists.records import Record
from partaj.formats import french_integer
from partaj.uploads.kinds import MEGABYTE
from partaj.uploads.refusal import UploadRefused

MOST_RECORDS = 50_000
MOST_COLUMNS = 200
MOST_CELLS = 1_200_000
MOST_EMPTY = (
    200_000  # of an ODS, rows and cells beyond as many as are filled: a spreadsheet tells those of a row at once
)
LONGEST_LINE = 64_000  # characters between two line ends
LONGEST_RECORD = 200  # physical lines
MOST_UNFOLDED = 48 * MEGABYTE  # a workbook of MOST_RECORDS students


def within_bounds(records: Iterable[Record]) -> Iterator[Record]:
    """The same records without their empty ends. Raises UploadRefused as soon as there is too much."""
    cells = 0
    for count, record in enumerate(records, 1):
        found = record.cells
        while found and not found[-1]:
            found.pop()
        cells += len(found)
        if len(found) > MOST_COLUMNS:
            raise too_many_columns()
        if count > MOST_RECORDS or cells > MOST_CELLS:
            raise too_many_lines()
        yield record


def too_many_columns() -> UploadRefused:
    return UploadRefused(
        f"Ce fichier a plus de {MOST_COLUMNS} colonnes : gardez seulement celles de la liste.", "columns"
    )


def too_many_lines() -> UploadRefused:
    return UploadRefused(
        f"Cette liste est trop longue : {french_integer(MOST_RECORDS)} lignes et {french_integer(MOST_CELLS)} cases "
        "au plus. Coupez-la en plusieurs, et effacez ce qui reste loin sous le tableau.",
        "lines",
    )


def line_too_long(line: int) -> UploadRefused:
    return UploadRefused(
        f"La ligne {french_integer(line)} compte plus de {french_integer(LONGEST_LINE)} caractères : ce fichier n’est "
        "pas une liste, ou ses fins de ligne ont été perdues.",
        "line",
    )


def quote_left_open(line: int) -> UploadRefused:
    return UploadRefused(
        f"Un guillemet ouvert à la ligne {french_integer(line)} n’est pas refermé, et la suite s’y perd : "
        "corrigez cette ligne, puis renvoyez le fichier.",
        "quote",
    )
