"""The characteristics that annexe 1 counts, packed into one integer per enrolment.

Counting a million rows by eight columns costs ten times `count(*)`; by one stored integer, in the order of its
index, about twice (docs/performance.md). The columns themselves stay what lists and forms read and write: the
profile is derived from them, in `Enrolment.derive()`, and holds nothing that they do not.

A code keeps its place for ever: add at the end of a list, never in its middle. Zero is « no answer ».
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ANSWERS = (False, True)


@dataclass(frozen=True, slots=True)
class Place:
    """Where one characteristic lies: `codes` in order, the first one stored as 1."""

    field: str
    codes: tuple[Any, ...]
    shift: int
    width: int

    def number(self, value: Any) -> int:
        """0 where nobody answered. Raises ValueError for a code that has no place."""
        return self.codes.index(value) + 1 if value not in (None, "") else 0

    @property
    def mask(self) -> int:
        return ((1 << self.width) - 1) << self.shift

    @property
    def sql(self) -> str:
        """The number of the characteristic, from a column named `profile`, on SQLite and PostgreSQL alike."""
        return f"((profile >> {self.shift}) & {(1 << self.width) - 1})"


LAYOUT = (
    ("first_entry", (True,), 1),
    ("reviewed", (True,), 1),
    ("public", ("youth", "adult"), 2),
    ("age_band", ("0-6", "6-10", "10-16", "16-18", "18-26", "26+"), 3),
    (
        "situation",
        (
            "pre_elementary",
            "elementary",
            "college",
            "legt",
            "lp",
            "apprentice",
            "student",
            "jobseeker",
            "employed",
            "other",
        ),
        4,
    ),
    ("school_level", ("VI", "Vbis", "V", "IV", "III", "II", "I", "NC"), 4),
    ("sex", ("F", "M"), 2),
    ("adult_quality", ("parent", "teacher", "cpe", "cop", "cip", "animator", "educator", "other"), 4),
    ("followed_by_mission_locale", ANSWERS, 2),
    ("has_disability", ANSWERS, 2),
    ("in_priority_district", ANSWERS, 2),
)


def _places() -> dict[str, Place]:
    places, shift = {}, 0
    for field, codes, width in LAYOUT:
        places[field] = Place(field, codes, shift, width)
        shift += width
    return places


PLACES = _places()


def pack(enrolment: Any) -> int:
    """The profile of one enrolment, from its own columns."""
    values = {
        "first_entry": True if enrolment.entry_rank == 1 else None,
        "reviewed": True if enrolment.first_reviewed_on else None,
    }
    return sum(
        place.number(values[field] if field in values else getattr(enrolment, field)) << place.shift
        for field, place in PLACES.items()
    )
