"""Who, among people already known, may be the same person: proposed with a reason and a strength, never merged.

Nobody is compared with everybody: people are filed under what two likenesses share at the least (`identities.keys`),
and only those of one file are compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from beneficiaries.lists.comparing import Compared, Strength, compare
from beneficiaries.lists.identities import Identity, Key, Names, Person, contact_keys, keys
from beneficiaries.lists.ties import Resemblance

__all__ = ["Identity", "Likeness", "People", "Resemblance", "Strength"]

MOST_TOLD = 5
# A list of 50 000 lines may have one name, or one birthday: of each file, only so many people are looked at, the first
# ones. The files of real people are ten times smaller.
MOST_COMPARED = 16
MOST_SHARING = 8  # a telephone of more people is that of a hostel or of a school: it brings nobody together

_RANK = {strength: rank for rank, strength in enumerate(Strength)}


class Likeness(NamedTuple):
    """`key`: of the other one. `reason`: a part of a French sentence, without names."""

    key: int
    strength: Strength
    reason: str
    kind: Resemblance


class Files:
    """People by key. Most keys have one person, and a list for each of those would cost more than all the rest."""

    def __init__(self) -> None:
        self._first: dict[Key, Person] = {}
        self._others: defaultdict[Key, list[Person]] = defaultdict(list)

    def add(self, key: Key, person: Person) -> None:
        if self._first.setdefault(key, person) is not person:
            self._others[key].append(person)

    def under(self, key: Key, most: int) -> list[Person]:
        """The first ones, `most` at most."""
        if (first := self._first.get(key)) is None:
            return []
        return [first, *self._others[key][: most - 1]] if key in self._others else [first]


class People:
    """People who are known, ready to be searched; `compared` counts the pairs that were looked at."""

    def __init__(self, known: Iterable[Identity]) -> None:
        self.compared = 0
        self._names = Names()
        self._files, self._contacts = Files(), Files()
        for identity in known:
            person = self._names.person(identity)
            for key in keys(person):
                self._files.add(key, person)
            for key in contact_keys(person):
                self._contacts.add(key, person)

    def alike(self, identity: Identity) -> list[Likeness]:
        """The strongest first, MOST_TOLD at most. The very object `identity` is not like itself, but another one that
        says the same is, whatever its key: lines and people are not numbered together."""
        asked = self._names.person(identity)
        found: list[Likeness] = []
        strong = 0
        for other in self._candidates(asked):
            self.compared += 1
            if compared := compare(asked, other):
                found.append(_likeness(other, compared))
                strong += compared.strength is Strength.STRONG
                if strong == MOST_TOLD:
                    break
        found.sort(key=lambda each: (_RANK[each.strength], each.key))
        return found[:MOST_TOLD]

    def _candidates(self, asked: Person) -> Iterator[Person]:
        """Each once."""
        seen = {id(asked.identity)}
        for file in self._shared_files(asked):
            for other in file:
                if id(other.identity) not in seen:
                    seen.add(id(other.identity))
                    yield other

    def _shared_files(self, asked: Person) -> Iterator[list[Person]]:
        for key in keys(asked):
            yield self._files.under(key, MOST_COMPARED)
        for key in contact_keys(asked):
            sharing = self._contacts.under(key, MOST_SHARING + 1)
            if len(sharing) <= MOST_SHARING:
                yield sharing


def _likeness(other: Person, compared: Compared) -> Likeness:
    return Likeness(other.identity.key, compared.strength, compared.reason, compared.kind)
