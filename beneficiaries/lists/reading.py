"""An accepted file → a table: how it was written, where its titles lie, and each record with its line."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import NamedTuple

from beneficiaries.lists import delimited
from beneficiaries.lists.bounds import within_bounds
from beneficiaries.lists.choices import NO_HEADER, Choices
from beneficiaries.lists.columns import NAMES, Field
from beneficiaries.lists.encodings import encoding_of, may_be_encoded_twice, repaired
from beneficiaries.lists.layout import SEARCHED, find_titles
from beneficiaries.lists.records import Record
from beneficiaries.lists.workbooks import open_workbook
from partaj.uploads.gate import Accepted
from partaj.uploads.kinds import CSV
from partaj.uploads.refusal import UploadRefused

SHOWN = 5  # texts encoded twice, before and after


class Repair(NamedTuple):
    """One text that was encoded twice: how it reads, and how it would once repaired."""

    line: int
    before: str
    after: str


class Source(NamedTuple):
    """How the file was written: a text has an encoding, a delimiter and a quote; a workbook has sheets."""

    label: str
    encoding: str = ""
    delimiter: str = ""
    quote: str = ""
    says_delimiter: bool = False  # by a first line « sep=; », which is neither a title nor a record
    sheet: str = ""
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """`above`: the records before the titles. `encoded_twice`: how many cells were; `repairs`: the first of them,
    put right already where `repaired`."""

    source: Source
    titles: Record
    above: tuple[Record, ...]
    records: tuple[Record, ...]
    encoded_twice: int
    repairs: tuple[Repair, ...]
    repaired: bool

    @property
    def header_line(self) -> int:
        """NO_HEADER where columns have no titles."""
        return self.titles.line


def read(accepted: Accepted, choices: Choices | None = None, known_by: Collection[Field] = NAMES) -> Table:
    """`known_by`: what may stand alone in a list, and tell its people. Raises UploadRefused, with the sentence for
    whoever sent the file, where there is no list to be read in it."""
    choices = choices or Choices()
    tell, found = _opened(accepted, choices)
    mender = _Mender(repair=choices.repair)
    records = mender.through(within_bounds(found))
    beginning = list(islice(records, SEARCHED))
    titles = _titles(beginning, choices, known_by)
    below = (each for each in beginning if each.line > titles.line)
    lines = _somebody(chain(below, records))
    source = tell()
    first = 2 if source.says_delimiter else 1
    above = tuple(each for each in beginning if first <= each.line < titles.line)
    return Table(source, titles, above, lines, mender.count, tuple(mender.shown), choices.repair)


def beginning(accepted: Accepted, choices: Choices | None = None, most: int = 12) -> list[Record]:
    """The first records as they come, for somebody to say which one holds the titles. Raises UploadRefused."""
    _, found = _opened(accepted, choices or Choices())
    return list(islice(within_bounds(found), most))


def source_of(accepted: Accepted, choices: Choices | None = None) -> Source:
    """How the file is written, be there a list in it or not. Raises UploadRefused."""
    return _opened(accepted, choices or Choices())[0]()


def _opened(accepted: Accepted, choices: Choices) -> tuple[Callable[[], Source], Iterator[Record]]:
    """How the file is written, to be asked for once its records are read; and those."""
    if accepted.kind is not CSV:
        book = open_workbook(accepted.content, accepted.kind, choices.sheet)
        return lambda: Source(accepted.kind.label, sheet=book.sheet, sheets=book.sheets()), book.records
    content = accepted.content
    encoding = encoding_of(content, choices.encoding)
    dialect = delimited.dialect_of(content, encoding, delimiter=choices.delimiter, quote=choices.quote)
    found = delimited.records(content, encoding, dialect.delimiter, dialect.quote)
    return lambda: Source(CSV.label, encoding, *dialect), found


class _Mender:
    """Finds the cells that were encoded twice; puts them right only where somebody asked for it."""

    def __init__(self, *, repair: bool) -> None:
        self.repair = repair
        self.count = 0
        self.shown: list[Repair] = []

    def through(self, records: Iterable[Record]) -> Iterator[Record]:
        for record in records:
            if may_be_encoded_twice("".join(record.cells)):
                self._look_at(record)
            yield record

    def _look_at(self, record: Record) -> None:
        for index, cell in enumerate(record.cells):
            if (after := repaired(cell)) != cell:
                self.count += 1
                if len(self.shown) < SHOWN:
                    self.shown.append(Repair(record.line, cell, after))
                if self.repair:
                    record.cells[index] = after


def _titles(beginning: list[Record], choices: Choices, known_by: Collection[Field]) -> Record:
    if not any(not each.is_blank for each in beginning):
        raise UploadRefused("Ce fichier ne contient que des lignes vides : vérifiez que c’est le bon.", "empty")
    wanted = choices.header_line
    if wanted == NO_HEADER:
        width = max(len(each.cells) for each in beginning)
        return Record(NO_HEADER, [f"Colonne {number}" for number in range(1, width + 1)])
    if wanted is not None:
        found = next((each for each in beginning if each.line == wanted), None)
        if found is None:
            raise UploadRefused(f"Aucune ligne de titres ne commence à la ligne {wanted}.", "no_titles")
        return found
    found = find_titles(beginning, known_by)
    if found is None:
        raise UploadRefused(
            "Aucune ligne de titres n’a été reconnue : au-dessus des personnes, nommez les colonnes (Nom, Prénom, "
            "Date de naissance…).",
            "no_titles",
        )
    return found


def _somebody(records: Iterable[Record]) -> tuple[Record, ...]:
    found = tuple(records)
    if all(each.is_blank for each in found):
        raise UploadRefused("Ce fichier n’a que ses titres : il ne contient personne.", "header_only")
    return found
