"""The kinds of cell of the FEJ form: what somebody typed, read as a value where it is one.

Empty · 0 · « non concerné » · an integer · a range (« 17 à 20 », « 30 max ») · a percentage · a choice in a list ·
a short sentence. Empty, 0 and « non concerné » are three different things (DESIGN §4).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from partaj.formats import french_decimal, french_integer, french_percent
from reports.percentages import share_of
from reports.tables import Cell, Declaration, Source, Unit

_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_COUNT = r"(\d{1,3}(?: \d{3})+|\d+)"  # « 5078 » or « 5 078 »; « 12 34 » is no number
_INTEGER = re.compile(_COUNT)
_PERCENT = re.compile(r"(\d{1,15}(?:[.,]\d{1,6})?) ?%")
_RANGE = re.compile(rf"{_COUNT} ?(?:à|a|-|–) ?{_COUNT}", re.IGNORECASE)
_WORD = r"(max|maximum|min|minimum|au ?moins|au ?plus)"
_BOUND = re.compile(rf"(?:{_COUNT} ?{_WORD}|{_WORD}\.? ?{_COUNT})\.?", re.IGNORECASE)
NOT_CONCERNED = "non concerné"


@dataclass(frozen=True, slots=True)
class Typed:
    """What a typed text means. `low`/`high`: the whole numbers that it allows, None where it does not say."""

    text: str
    value: int | Decimal | None = None
    unit: Unit = Unit.TEXT
    low: int | None = None
    high: int | None = None


def read_typed(text: str, choices: tuple[str, ...] = ()) -> Typed:
    """Reads one cell as typed; a text that is nothing else is a sentence."""
    text = _SPACES.sub(" ", text).strip()
    if text in choices:
        return Typed(text, unit=Unit.CHOICE)
    if not text or text.casefold() == NOT_CONCERNED:
        return Typed(NOT_CONCERNED if text else "")
    if _INTEGER.fullmatch(text):
        number = _whole(text)
        return Typed(french_integer(number), number, Unit.PERSONS, number, number)
    if match := _PERCENT.fullmatch(text):
        share = Decimal(match[1].replace(",", "."))
        decimals = max(0, -int(share.as_tuple().exponent))
        return Typed(f"{french_decimal(share, decimals)}\u00a0%", share, Unit.PERCENT)
    if match := _RANGE.fullmatch(text):
        low, high = sorted((_whole(match[1]), _whole(match[2])))
        return Typed(text, unit=Unit.PERSONS, low=low, high=high)
    if match := _BOUND.fullmatch(text):
        number, word = _whole(match[1] or match[4]), (match[2] or match[3]).casefold()
        upper = word.startswith("max") or word.endswith("plus")
        return Typed(text, unit=Unit.PERSONS, low=None if upper else number, high=number if upper else None)
    return Typed(text)


def _whole(typed: str) -> int:
    return int(typed.replace(" ", ""))


def computed_cell(
    value: int | Decimal, text: str, *, records: int, unit: Unit = Unit.PERSONS, drill: bool = True
) -> Cell:
    return Cell(
        text=text, value=value, unit=unit, source=Source.COMPUTED, computed=value, computed_text=text, records=records,
        drill=drill,
    )  # fmt: skip


def percent_cell(number: int, informed: int) -> Cell:
    """A share of those who answered; its list is the people counted. Rounded for print, half up."""
    if not informed:
        return Cell(unit=Unit.PERCENT, source=Source.COMPUTED, records=0)
    share = share_of(number, informed)
    return computed_cell(share, french_percent(share), records=number, unit=Unit.PERCENT)


def declared_cell(typed: Typed, declaration: Declaration, under: Cell) -> Cell:
    """Prints what was declared; keeps what `under` had computed, and its list."""
    return Cell(
        text=typed.text, value=typed.value, unit=typed.unit, source=Source.DECLARED, computed=under.computed,
        computed_text=under.computed_text, records=under.records, declaration=declaration, drill=under.drill,
    )  # fmt: skip
