"""Who somebody is said to be, by a line of a list or by the base, and the forms under which that is compared."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import NamedTuple

from beneficiaries.lists.phonetics import sound
from partaj.folding import fold

INE_LENGTH = 11  # characters; what is shorter or longer names nobody
PHONE_LENGTH = 9  # last digits: « +33639980011 » is « 0639980011 »
SOUNDED = 10  # first sounds of a name, by which it is looked for: it may have been cut after
PARTICLES = frozenset({
    "de", "du", "des", "d", "la", "le", "les", "l", "el", "al", "ben", "bin", "ibn", "ould", "ait", "van", "von", "der",
    "den", "ter", "da", "do", "dos", "das", "di", "del", "della", "m", "n", "o", "y",
})  # fmt: skip
ALTERNATIVES = "|".join(sorted(PARTICLES))
_LEADING = re.compile(f"(?:(?:{ALTERNATIVES}) )+")


class Identity(NamedTuple):
    """`key`: the physical line, or the pk of the person. `ine` and `email` normalised, as the base keeps them;
    `phone` in E.164 or in French digits; `sex`: F, M or nothing."""

    key: int
    last_name: str
    usage_name: str
    first_name: str
    birth_date: dt.date | None = None
    ine: str = ""
    email: str = ""
    phone: str = ""
    sex: str = ""


class Name:
    """One name as written, and the forms that it is compared by: folded, without its spaces, without the particles
    that begin it either, and as it sounds."""

    __slots__ = ("compact", "core", "folded", "is_compound", "sound", "written")

    def __init__(self, written: str) -> None:
        self.written = written
        self.folded = folded = fold(written)
        self.compact = self.core = folded
        self.is_compound = " " in folded
        if self.is_compound:
            self.compact = folded.replace(" ", "")
            self.core = _LEADING.sub("", folded, count=1).replace(" ", "")
        self.sound = sound(self.compact)

    @property
    def words(self) -> list[str]:
        return self.folded.split()


@dataclass(slots=True, eq=False)
class Person:
    """An identity with its names. `usage` is None where it says nothing more than `last`; `ine` and `phone` are empty
    where they cannot tell anybody from anybody else."""

    identity: Identity
    last: Name
    usage: Name | None
    first: Name
    ine: str
    phone: str

    @property
    def is_named(self) -> bool:
        return bool(self.last.compact and self.first.compact)

    @property
    def is_compound(self) -> bool:
        return self.last.is_compound or self.first.is_compound

    @property
    def all_words(self) -> list[str]:
        """Of the birth name and the first name together, in alphabetical order."""
        return sorted(self.last.words + self.first.words)


@dataclass(slots=True)
class Names:
    """Makes people of identities, each name worked out once: first names come back by the thousand. It holds names of
    real people, so it lives as long as the search that needs it, and no longer."""

    known: dict[str, Name] = field(default_factory=dict)

    def person(self, identity: Identity) -> Person:
        last = self._named(identity.last_name)
        usage = self._named(identity.usage_name) if identity.usage_name else None
        if usage and (not usage.compact or usage.compact == last.compact):
            usage = None
        ine = identity.ine if len(identity.ine) == INE_LENGTH else ""
        phone = identity.phone[-PHONE_LENGTH:] if len(identity.phone) >= PHONE_LENGTH else ""
        return Person(identity, last, usage, self._named(identity.first_name), ine, phone)

    def _named(self, written: str) -> Name:
        found = self.known.get(written)
        if found is None:
            found = self.known[written] = Name(written)
        return found


def of_two_sexes(one: Person, other: Person) -> bool:
    """Both known, and different."""
    return {one.identity.sex, other.identity.sex} == {"F", "M"}


Key = str | tuple[object, str]


def keys(person: Person) -> list[Key]:
    """What two likenesses have in common at the least, the most telling first: people who share none of these, nor a
    means of contact, are never compared. Names are told by their first sounds, whichever of the two they are: they may
    have been swapped, or cut."""
    found: list[Key] = [person.ine] if person.ine else []
    if not person.is_named:
        return found
    day, first = person.identity.birth_date, person.first.sound[:SOUNDED]
    for name in (person.last, person.usage):
        if name:
            last = name.sound[:SOUNDED]
            if day:
                found.append((day, last))
            found.append((last, first) if last < first else (first, last))
    if day:
        found.append((day, first))
        if person.is_compound:
            found.append((day, " ".join(person.all_words)))
    return found


def contact_keys(person: Person) -> list[Key]:
    return [key for key in (person.identity.email, person.phone) if key]
