"""Dates as lists write them: ISO, day/month/year, two-digit years, Apogée's and Oracle's, and those that Excel lost."""

from __future__ import annotations

import datetime as dt
import re
from enum import Enum
from typing import Literal, NamedTuple

from partaj.folding import fold

Order = Literal["dmy", "mdy"]


class Doubt(Enum):
    """Why a date may not be what was meant."""

    TWO_DIGITS = "two_digits"
    SERIAL = "serial"  # a day counted by Excel, which lost its format
    IMPOSSIBLE = "impossible"  # 31 February, year 206
    OTHER_ORDER = "other_order"  # possible only as month/day/year
    UNREADABLE = "unreadable"


class ReadDate(NamedTuple):
    day: dt.date | None
    doubt: Doubt | None = None


_HOUR = r"(?:[ T]+\d{1,2}[:h]\d{2}.*)?"
_NUMERIC = re.compile(rf"(\d{{1,2}})\s?[/.\-\s]\s?(\d{{1,2}})\s?[/.\-\s]\s?(\d{{2,4}}){_HOUR}", re.A)
_ISO = re.compile(rf"(\d{{4}})[/.\-](\d{{1,2}})[/.\-](\d{{1,2}}){_HOUR}", re.A)
_WORDS = re.compile(rf"(\d{{1,2}})(?:er)?[\s.\-/]+([^\W\d_]{{3,9}})\.?[\s.\-/]+(\d{{4}}|\d{{2}}){_HOUR}")
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})|(\d{8})", re.A)
_SERIAL = re.compile(r"[1-7]\d{4}(?:[.,]\d+)?", re.A)
_MONTHS = {
    "jan": 1, "fev": 2, "feb": 2, "mar": 3, "avr": 4, "apr": 4, "mai": 5, "may": 5, "juin": 6, "jun": 6, "juil": 7,
    "jul": 7, "aou": 8, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
EARLIEST_YEAR = 1900


def looks_like_a_date(text: str) -> bool:
    return text[:1].isdecimal() and bool(_NUMERIC.fullmatch(text) or _ISO.fullmatch(text))


def read_date(text: str, today: dt.date, order: Order = "dmy") -> ReadDate:
    """Two digits of a year mean the last such year that is not after `today`."""
    if found := _NUMERIC.fullmatch(text):
        first, second, year = found.groups()
        day, month = (first, second) if order == "dmy" else (second, first)
        read = _date(year, int(month), int(day), today)
        if read.day is None and len(year) != 3 and 12 < int(month) <= 31 and 1 <= int(day) <= 12:
            return ReadDate(None, Doubt.OTHER_ORDER)
        return read
    if found := _ISO.fullmatch(text):
        return _date(found[1], int(found[2]), int(found[3]), today)
    if _PACKED.fullmatch(text):
        return _packed(text, today)
    if _SERIAL.fullmatch(text):
        return ReadDate(None, Doubt.SERIAL)
    if (found := _WORDS.fullmatch(text)) and (month := _month(found[2])):
        return _date(found[3], month, int(found[1]), today)
    return ReadDate(None, Doubt.UNREADABLE)


def _packed(text: str, today: dt.date) -> ReadDate:
    """« 20060314 », else « 14032006 »."""
    read = _date(text[:4], int(text[4:6]), int(text[6:]), today)
    return read if read.day else _date(text[4:], int(text[2:4]), int(text[:2]), today)


def _month(word: str) -> int:
    folded = fold(word)
    return next((number for start, number in _MONTHS.items() if folded.startswith(start)), 0)


def _date(year: str, month: int, day: int, today: dt.date) -> ReadDate:
    number, short = int(year), len(year) == 2
    if short:
        number += 2000 if 2000 + number <= today.year else 1900
    if number < EARLIEST_YEAR:
        return ReadDate(None, Doubt.IMPOSSIBLE)
    try:
        return ReadDate(dt.date(number, month, day), Doubt.TWO_DIGITS if short else None)
    except ValueError:
        return ReadDate(None, Doubt.IMPOSSIBLE)
