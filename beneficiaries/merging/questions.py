"""What two rows say otherwise: asked of somebody, never settled by the machine, which only proposes.

Nothing is typed in answer: each answer names a side, so that what is kept was always read in one of the two files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from beneficiaries.models import MEANS_OF_CONTACT, PERSON_FIELDS
from partaj.formats import french_value

# What is answered together means something together only: a precision with its choice, a departure with its reason.
OF_A_PERSON = [(name,) for name in PERSON_FIELDS]
OF_A_PATH = [
    ("territory",), ("referent",), ("found_by",), ("public", "adult_quality", "adult_quality_other"),
    ("entered_on",), ("exited_on",), ("lost_on", "loss_reason", "lost_at"),
    ("situation", "situation_other"), ("school_level",), ("diploma_level",),
    ("followed_by_mission_locale",), ("in_priority_district",), ("has_disability",), ("is_reinforced",),
]  # fmt: skip
# The only ones that answer themselves: the first day is the first of the two.
EARLIEST = ("contacted_on", "first_reviewed_on")
# Where both files know something, what was known first is proposed; but of these, what was told last.
TOLD_LAST = {*MEANS_OF_CONTACT, "territory", "referent"}

LABELS = {"lost_on": "départ"}
NOTHING_SAID = {
    "usage_name": "aucun", "referent": "sans référent", "entered_on": "pas encore entré", "exited_on": "pas sorti",
    "lost_on": "pas parti",
}  # fmt: skip


class Side(StrEnum):
    KEPT = "kept"  # the file that stays
    ABSORBED = "absorbed"  # the one that comes into it


@dataclass(frozen=True, slots=True)
class Question:
    """One difference. `names`: the fields that are answered together; `proposed`: the side that is ticked at first."""

    key: str
    label: str
    names: tuple[str, ...]
    kept: Any
    absorbed: Any
    proposed: Side
    answer: Side | None

    @property
    def ticked(self) -> Side:
        return self.answer or self.proposed

    @property
    def kept_words(self) -> str:
        return in_words(self.kept, self.names)

    @property
    def absorbed_words(self) -> str:
        return in_words(self.absorbed, self.names)


def in_words(row: Any, names: Iterable[str]) -> str:
    """« 02/03/2026, Abandon, Bilan »; what its absence means where nothing is known."""
    first, *_ = names = tuple(names)
    words = [french_value(row._meta.get_field(name), getattr(row, name)) for name in names]
    return ", ".join(filter(None, words)) or NOTHING_SAID.get(first, "non renseigné")


def values_of(row: Any, names: Iterable[str]) -> dict[str, Any]:
    """By column, as they are stored."""
    columns = [row._meta.get_field(name).attname for name in names]
    return {column: getattr(row, column) for column in columns}


def asked(
    groups: Iterable[tuple[str, ...]],
    kept: Any,
    absorbed: Any,
    *,
    prefix: str,
    kept_first: bool,
    answers: Mapping[str, str],
) -> Iterator[Question]:
    """A question for each group on which the two rows differ. `kept_first`: who stays was met before the other."""
    for names in groups:
        mine, theirs = values_of(kept, names), values_of(absorbed, names)
        if mine != theirs:
            key = f"{prefix}{names[0]}"
            label = LABELS.get(names[0]) or str(kept._meta.get_field(names[0]).verbose_name)
            proposed = _proposed(names[0], mine, theirs, kept_first=kept_first)
            yield Question(key, label, names, kept, absorbed, proposed, answer_to(answers, key))


def _proposed(name: str, mine: Mapping[str, Any], theirs: Mapping[str, Any], *, kept_first: bool) -> Side:
    """What is filled; else the earlier entry; else what was known first, or told last where it changes in a life."""
    filled = [any(value not in (None, "") for value in values.values()) for values in (mine, theirs)]
    if filled[0] != filled[1]:
        return Side.KEPT if filled[0] else Side.ABSORBED
    if name == "entered_on":
        return Side.KEPT if mine[name] < theirs[name] else Side.ABSORBED
    return Side.KEPT if kept_first != (name in TOLD_LAST) else Side.ABSORBED


def answer_to(answers: Mapping[str, str], key: str) -> Side | None:
    said = answers.get(key)
    return Side(said) if said in set(Side) else None
