"""Workbooks of Excel: values as they were last computed, days as days, each row under its own number."""

from __future__ import annotations

import datetime as dt
import posixpath
import re
import zipfile
from collections.abc import Iterator

from beneficiaries.lists.bounds import MOST_CELLS, too_many_lines
from beneficiaries.lists.records import Record
from beneficiaries.lists.sheets import MOST_SHEETS, Sheet, Walker, day_text, number_text, put
from partaj.uploads.refusal import damaged

WORKBOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
TEXTS, STYLES = "xl/sharedStrings.xml", "xl/styles.xml"
FIRST_DAY, FIRST_DAY_1904 = dt.date(1899, 12, 30), dt.date(1904, 1, 1)
DAYS = {
    str(each) for each in (*range(14, 18), 22, *range(27, 32), 36, *range(50, 59))
}  # formats of days that every Excel knows by number
MOST_STYLES = 65_536  # as Excel has it
MOST_ROWS = 1_048_576  # idem
LONGEST_FORMAT = 255  # idem
_LITERAL = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.')
_CODE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_PLACE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")


class _Elements(Walker):
    """Each element as it opens: its name and attributes."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.found.append((name.rpartition(":")[2], attributes))


def _elements(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, dict[str, str]]]:
    return _Elements().walk(archive, part) if part in archive.NameToInfo else iter(())


def _local(attributes: dict[str, str]) -> dict[str, str]:
    return {name.rpartition(":")[2]: value for name, value in attributes.items()}


def sheets(archive: zipfile.ZipFile) -> Iterator[Sheet]:
    places = _places(archive)
    count = 0
    for name, attributes in _elements(archive, WORKBOOK):
        said = _local(attributes) if name == "sheet" else {}
        if said.get("id") in places:
            count += 1
            if count > MOST_SHEETS:
                raise damaged()
            yield Sheet(said.get("name", ""), places[said["id"]], said.get("state", "visible") != "visible")


def _places(archive: zipfile.ZipFile) -> dict[str, str]:
    """Where each sheet lies in the archive, by the name of its relation."""
    found: dict[str, str] = {}
    for name, attributes in _elements(archive, RELATIONS):
        if name == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            place = posixpath.join("xl", attributes.get("Target", ""))
            found[attributes.get("Id", "")] = posixpath.normpath(place).lstrip("/")
        if len(found) > MOST_SHEETS:
            raise damaged()
    return found


def _first_day(archive: zipfile.ZipFile) -> dt.date:
    """Workbooks born on an old Macintosh count their days from 1904."""
    for name, attributes in _elements(archive, WORKBOOK):
        if name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            return FIRST_DAY_1904
    return FIRST_DAY


def _day_styles(archive: zipfile.ZipFile) -> set[str]:
    """The styles, by their rank, under which a number is shown as a day."""
    own, found, rank, inside = set(DAYS), set(), 0, False
    for name, attributes in _elements(archive, STYLES):
        if name == "numFmt":
            code = _LITERAL.sub("", attributes.get("formatCode", "")[:LONGEST_FORMAT]).lower()
            (own.add if "y" in code or "d" in code else own.discard)(attributes.get("numFmtId", ""))
        if name in ("cellXfs", "cellStyles"):
            inside = name == "cellXfs"
        if name == "xf" and inside:
            if attributes.get("numFmtId", "0") in own:
                found.add(str(rank))
            rank += 1
        if rank > MOST_STYLES or len(own) > MOST_STYLES:
            raise damaged()
    return found


class _Texts(Walker):
    """The texts that cells share; the reading aids of Asian scripts are no part of them."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.open = self.aside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if ":" in name:
            name = name.rpartition(":")[2]
        if name == "si":
            self.pieces = []
        self.aside = name == "rPh" or (self.aside and name != "r")
        self.open = name == "t" and not self.aside

    def text(self, text: str) -> None:
        if self.open:
            self.pieces.append(text)

    def end(self, name: str) -> None:
        if ":" in name:
            name = name.rpartition(":")[2]
        self.open = False
        if name == "rPh":
            self.aside = False
        elif name == "si":
            self.found.append(_decoded("".join(self.pieces)))


def _decoded(text: str) -> str:
    """Excel writes a control character as its code: « _x000D_ »."""
    return _CODE.sub(_character, text) if "_x" in text else text


def _character(code: re.Match[str]) -> str:
    number = int(code[1], 16)
    if number in (9, 10, 13):
        return chr(number)
    return "" if number < 32 or 0xD800 <= number < 0xE000 else chr(number)


def _texts(archive: zipfile.ZipFile) -> list[str]:
    found: list[str] = []
    if TEXTS in archive.NameToInfo:
        for text in _Texts().walk(archive, TEXTS):
            found.append(text)
            if len(found) > MOST_CELLS:
                raise too_many_lines()
    return found


class _Rows(Walker):
    """Only rows where something is written come out; cells left empty cost time, and count."""

    def __init__(self, texts: list[str], days: set[str], first_day: dt.date) -> None:
        super().__init__()
        self.texts, self.days, self.first_day = texts, days, first_day
        self.line = self.column = self.count = 0
        self.cells: list[str] = []
        self.kind = self.style = self.inside = ""
        self.aside = False  # within a reading aid
        self.value: list[str] = []
        self.formula: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if ":" in name:
            name = name.rpartition(":")[2]
        if name == "c":
            self.count += 1
            if self.count > MOST_CELLS:
                raise too_many_lines()
            self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "")
            place = _PLACE.fullmatch(attributes.get("r", ""))
            self.column = _column(place[1]) if place else self.column + 1
            self.value, self.formula = [], []
        elif name in ("v", "t", "f"):
            self.inside = "" if self.aside else name
        elif name == "row":
            line = int(attributes.get("r", self.line + 1))
            if line <= self.line:
                raise damaged()
            if line > MOST_ROWS:
                raise too_many_lines()
            self.line, self.column, self.cells = line, 0, []
        elif name == "rPh":
            self.aside = True

    def text(self, text: str) -> None:
        if self.inside:
            (self.formula if self.inside == "f" else self.value).append(text)

    def end(self, name: str) -> None:
        if ":" in name:
            name = name.rpartition(":")[2]
        self.inside = ""
        if name == "rPh":
            self.aside = False
        elif name == "c" and (self.value or self.formula):
            put(self.cells, self.column - 1, self._shown())
        elif name == "row" and self.cells:
            self.found.append(Record(self.line, self.cells))

    def _shown(self) -> str:
        """A formula that nobody has computed yet is shown as it was typed."""
        value = "".join(self.value)
        if not value:
            return "=" + "".join(self.formula) if self.formula else ""
        if self.kind == "s":
            return self.texts[int(value)]
        if self.kind == "n":
            return day_text(value, self.first_day) if self.style in self.days else number_text(value)
        if self.kind == "b":
            return "VRAI" if value == "1" else "FAUX"
        return _decoded(value)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def rows(archive: zipfile.ZipFile, sheet: Sheet) -> Iterator[Record]:
    return _Rows(_texts(archive), _day_styles(archive), _first_day(archive)).walk(archive, sheet.place)
