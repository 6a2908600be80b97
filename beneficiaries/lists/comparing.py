"""Two identities → whether they may be one person, how surely, and why. Never that they are: a person decides."""

from __future__ import annotations

from itertools import takewhile
from typing import NamedTuple

from django.db import models

from beneficiaries.lists import ties
from beneficiaries.lists.identities import Person, of_two_sexes
from beneficiaries.lists.namesakes import between_last_names, between_names
from beneficiaries.lists.ties import SAME_FOLDED, Resemblance, Tie
from partaj.keys import ine_warning


class Strength(models.TextChoices):
    """STRONG: the same in another writing, to which one says yes at sight. MEDIUM: one thing differs. WEAK: two do, or
    little is known."""

    STRONG = "strong", "fort"
    MEDIUM = "medium", "moyen"
    WEAK = "weak", "faible"


BY_DOUBTS = (Strength.STRONG, Strength.MEDIUM, Strength.WEAK)

# What contradicts itself: neither of the two can be believed before somebody has looked.
CONFLICTS = frozenset(
    {Resemblance.SAME_INE_OTHER_NAME, Resemblance.SAME_INE_OTHER_DATE, Resemblance.SAME_NAME_OTHER_INE}
)
OTHER_DAY = "autre date de naissance"


class Compared(NamedTuple):
    """`reason`: a part of a French sentence, without names (« même INE et même nom »)."""

    strength: Strength
    kind: Resemblance
    reason: str


def compare(one: Person, other: Person) -> Compared | None:
    """The same whichever of the two comes first. None: nothing says that they are one person."""
    names = between_names(one, other)
    day = ties.between_days(one.identity.birth_date, other.identity.birth_date)
    if one.ine and one.ine == other.ine:
        return _same_ine(names, day)
    if one.ine and other.ine and (found := _other_ine(one, other, names, day)):
        return found
    if one.ine and other.ine and not (ine_warning(one.ine) or ine_warning(other.ine)):
        return None  # two numbers that are both well made, and something else that differs: two people
    contact = _shared_contact(one, other)
    found = _alike(names, day, contact, certain=not (one.ine and other.ine)) if names and day else None
    if found or not contact:
        return found
    return _names_by_contact(names, day, contact) if names else _by_contact(one, other, day, contact)


def _same_ine(names: Tie | None, day: Tie | None) -> Compared:
    if names is None:
        return Compared(Strength.MEDIUM, Resemblance.SAME_INE_OTHER_NAME, "même INE, sous un autre nom")
    parts = ["même INE", names.words]
    if day is ties.SAME_DAY:
        kind = Resemblance.SAME if names.kind in SAME_FOLDED else names.kind
        return Compared(Strength.STRONG, kind, said(parts))
    if day and day.kind is Resemblance.NO_DATE:
        return Compared(Strength.STRONG, names.kind, said([*parts, day.words]))
    reason = said([*parts, day.words if day else OTHER_DAY])
    return Compared(Strength.STRONG, Resemblance.SAME_INE_OTHER_DATE, reason)


def _other_ine(one: Person, other: Person, names: Tie | None, day: Tie | None) -> Compared | None:
    """One name, one day and two numbers: a person may have been given two, or two people have been taken for one."""
    if names is None or names.doubts or day is not ties.SAME_DAY:
        return None
    words = ties.SAME.words if names.kind in SAME_FOLDED else names.words
    return Compared(Strength.MEDIUM, Resemblance.SAME_NAME_OTHER_INE, said([words, day.words, "autre INE"]))


def _alike(names: Tie, day: Tie, contact: str, *, certain: bool) -> Compared | None:
    """By the names and the day. Without a day, names that nearly agree are not enough: homonyms are many."""
    if names.doubts and day.kind is Resemblance.NO_DATE:
        return None
    doubts = names.doubts + day.doubts
    if doubts >= len(BY_DOUBTS):
        return None
    if contact and certain and not doubts and names.kind in SAME_FOLDED:
        return Compared(Strength.STRONG, Resemblance.SAME, said([names.words, day.words, contact]))
    kind = day.kind if day.doubts >= names.doubts and day.doubts else names.kind
    return Compared(BY_DOUBTS[doubts], kind, said([names.words, day.words]))


# -- Means of contact ------------------------------------------------------------------------------------
def _shared_contact(one: Person, other: Person) -> str:
    if one.identity.email and one.identity.email == other.identity.email:
        return "même courriel"
    return "même téléphone" if one.phone and one.phone == other.phone else ""


def _names_by_contact(names: Tie, day: Tie | None, contact: str) -> Compared:
    """Names that agree, or nearly, where the dates do not say enough."""
    strength = Strength.WEAK if names.doubts else Strength.MEDIUM
    words = day.words if day else OTHER_DAY
    return Compared(strength, Resemblance.SAME_CONTACT, said([names.words, contact, words]))


def _by_contact(one: Person, other: Person, day: Tie | None, contact: str) -> Compared | None:
    """Brothers, sisters and parents share telephones: the first name must be the same, or the day; and twins share
    the day."""
    same_first = one.first.compact and one.first.compact == other.first.compact
    same_day = day is ties.SAME_DAY
    if not same_first and (not same_day or _may_be_twins(one, other)):
        return None
    parts = [contact, ties.SAME_FIRST.words if same_first else "", ties.SAME_DAY.words if same_day else ""]
    return Compared(Strength.WEAK, Resemblance.SAME_CONTACT, said([part for part in parts if part]))


def _may_be_twins(one: Person, other: Person) -> bool:
    """Of one day and two first names: one family, or a boy and a girl."""
    if between_last_names(one, other) or of_two_sexes(one, other):
        return True
    return one.last.compact == other.first.compact or one.first.compact == other.last.compact


def said(parts: list[str]) -> str:
    """« même nom et même date de naissance, autre INE »: what is the same first, then the rest."""
    parts = ", ".join(parts).split(", ")
    same = list(takewhile(lambda part: part.startswith("même "), parts))
    if len(same) > 1:
        parts = [*same[:-2], " et ".join(same[-2:]), *parts[len(same) :]]
    return ", ".join(parts)
