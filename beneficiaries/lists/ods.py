"""Workbooks of LibreOffice: values rather than what was shown of them, each row under its own number."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator

from beneficiaries.lists.bounds import (
    LONGEST_LINE,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_EMPTY,
    MOST_RECORDS,
    line_too_long,
    too_many_columns,
    too_many_lines,
)
from beneficiaries.lists.records import Record
from beneficiaries.lists.sheets import MOST_SHEETS, Sheet, Walker, number_text, put
from partaj.uploads.refusal import damaged

CONTENT = "content.xml"
CELLS = ("table-cell", "covered-table-cell")
# What comes by the million, under the names that every spreadsheet gives: passed over first when sheets are looked for.
MANY = frozenset(("table:table-cell", "table:table-row", "table:covered-table-cell", "text:p", "text:span", "text:s"))


class _Names(Walker):
    """The sheets, and whether their style hides them."""

    def __init__(self) -> None:
        super().__init__()
        self.style = ""
        self.hidden: set[str] = set()
        self.count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in MANY:
            return
        name = name.rpartition(":")[2]
        if name == "style":
            self.style = attributes.get("style:name", "")
        elif name == "table-properties" and attributes.get("table:display") == "false":
            self.hidden.add(self.style)
        elif name == "table":
            hidden = attributes.get("table:style-name", "") in self.hidden
            self.found.append(Sheet(attributes.get("table:name", ""), str(self.count), hidden))
            self.count += 1
            if self.count > MOST_SHEETS:
                raise damaged()


def sheets(archive: zipfile.ZipFile) -> Iterator[Sheet]:
    """In their order, each as soon as it begins."""
    return _Names().walk(archive, CONTENT)


class _Rows(Walker):
    """Rows and cells are told once with how often they are repeated: written ones count so many times, and empty ones
    once, for the time that they take."""

    def __init__(self, wanted: int) -> None:
        super().__init__()
        self.wanted, self.count = wanted, 0
        self.tables: list[int] = []  # those that are open: a cell may hold another one
        self.line = 0  # the last one that is over
        self.written = self.filled = 0  # rows and cells that come out
        self.empty = 0  # rows and cells that do not, as the file tells them
        self.row_times = self.cell_times = 1
        self.column = 0
        self.cells: list[str] = []
        self.value = ""
        self.pieces: list[str] = []  # of what the cell shows
        self.length = self.paragraphs = 0  # of those: characters, paragraphs
        self.in_cell = self.in_text = False
        self.aside = 0  # within a note pinned to the cell

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "table":
            self.tables.append(self.count)
            self.count += 1
        if not self.tables or self.tables[-1] != self.wanted:
            return
        if name == "annotation":
            self.aside += 1
        elif name in CELLS:
            self.in_cell, self.pieces = True, []
            self.length = self.paragraphs = 0
            self.cell_times = _times(attributes, "table:number-columns-repeated")
            self.value = _value(attributes) if attributes else ""
        elif name == "table-row":
            self.cells, self.column = [], 0
            self.row_times = _times(attributes, "table:number-rows-repeated")
        elif self.in_cell and not self.aside:
            self._inside(name, attributes)

    def _inside(self, name: str, attributes: dict[str, str]) -> None:
        if name == "p":
            if self.paragraphs:
                self._write("\n")
            self.paragraphs += 1
            self.in_text = True
        elif self.in_text and name == "s":
            self._write(" " * min(_times(attributes, "text:c"), 100))
        elif self.in_text and name in ("tab", "line-break"):
            self._write(" " if name == "tab" else "\n")

    def text(self, text: str) -> None:
        if self.in_text and not self.aside:
            self._write(text)

    def _write(self, text: str) -> None:
        self.pieces.append(text)
        self.length += len(text)
        if self.length > LONGEST_LINE:
            raise line_too_long(self.line + 1)

    def end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        if name == "table":
            self.tables.pop()
        if not self.tables or self.tables[-1] != self.wanted:
            return
        if name == "annotation":
            self.aside -= 1
        elif name == "p" and not self.aside:
            self.in_text = False
        elif name in CELLS:
            self._cell()
        elif name == "table-row":
            self._row()

    def _cell(self) -> None:
        self.in_cell = self.in_text = False
        text = self.value or "".join(self.pieces)
        if not text:
            self._skip()
        elif self.cell_times > MOST_COLUMNS:
            raise too_many_columns()
        for index in range(self.cell_times if text else 0):
            put(self.cells, self.column + index, text)
        self.column += self.cell_times

    def _row(self) -> None:
        if not self.cells:
            self._skip()
        else:
            self.written += self.row_times
            self.filled += self.row_times * len(self.cells)
            if self.written > MOST_RECORDS or self.filled > MOST_CELLS:
                raise too_many_lines()
            self.found += [Record(self.line + each + 1, list(self.cells)) for each in range(self.row_times)]
        self.line += self.row_times

    def _skip(self) -> None:
        self.empty += 1
        if self.empty > MOST_EMPTY + self.filled:
            raise too_many_lines()


def _times(attributes: dict[str, str], name: str) -> int:
    times = int(attributes.get(name, 1))
    if times < 1:
        raise damaged()
    return times


def _value(attributes: dict[str, str]) -> str:
    """What the cell holds where that says more than what it shows: 1122990011 and not « 1,12E+09 »."""
    match attributes.get("office:value-type", attributes.get("calcext:value-type")):
        case "date":
            return attributes.get("office:date-value", "")[:10]
        case "float":
            return number_text(attributes.get("office:value", ""))
        case "boolean":
            return "VRAI" if attributes.get("office:boolean-value") == "true" else "FAUX"
    return ""


def rows(archive: zipfile.ZipFile, sheet: Sheet) -> Iterator[Record]:
    return _Rows(int(sheet.place)).walk(archive, CONTENT)
