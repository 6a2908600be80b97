"""What somebody finds by calculation from figures that add up: those that all the sums together leave one value only.

The sums are solved together, exactly, since a figure may follow from several of them; then each unknown is narrowed by
what the others may be. Nothing is tried out: it takes no longer than the table is large.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from math import gcd

Place = tuple[str, str, str]  # keys of the table, the row, the column
SWEEPS = 40  # bounds that are not still by then have nothing to tell
ENDLESS = 10**9  # more people than there are


@dataclass(frozen=True, slots=True)
class Tie:
    """`few`, and a rest of whom no figure speaks, make `many`. `rest` 0: the reader knows that there is none; None:
    the reader does not know how many they are."""

    few: tuple[Place, ...]
    many: tuple[Place, ...]
    rest: int | None = None

    @property
    def places(self) -> tuple[Place, ...]:
        return (*self.few, *self.many)


@dataclass(frozen=True, slots=True)
class Equation:
    """The sum of factor × unknown is `number`; all whole."""

    terms: Mapping[Hashable, int]
    number: int


class Reader:
    """Who gets the figures of `records` but for the `hidden` ones, and knows the ties between them: that what is hidden
    is never 0, that nobody is counted less than once."""

    def __init__(self, ties: Sequence[Tie], records: Mapping[Place, int], hidden: Set[Place]) -> None:
        self.ties, self.records, self.hidden = ties, records, hidden
        self.equations = {rank: self._equation(rank, tie) for rank, tie in enumerate(ties)}

    def finds(self, secret: Callable[[int], bool]) -> list[Hashable]:
        """What is found of what should not be: hidden places, and ties whose rest is, by their rank."""
        least = {name: int(name in self.hidden) for each in self.equations.values() for name in each.terms}
        found = deduced(self.equations.values(), least)
        return sorted((name for name in found if secret(self._number(name))), key=str)

    def ties_around(self, name: Hashable) -> Iterator[Tie]:
        """Those that speak of it, then those that share an unknown with them, and so on."""
        reached, passed = {name}, set[int]()
        while near := [
            rank for rank, each in self.equations.items() if rank not in passed and reached & each.terms.keys()
        ]:
            yield from (self.ties[rank] for rank in near)
            passed.update(near)
            reached.update(*(self.equations[rank].terms for rank in near))

    def _number(self, name: Hashable) -> int:
        if isinstance(name, int):
            return self._sum(self.ties[name].many) - self._sum(self.ties[name].few)
        return self.records[name]  # type: ignore[index]

    def _sum(self, places: Iterable[Place]) -> int:
        return sum(self.records.get(place, 0) for place in places)

    def _equation(self, rank: int, tie: Tie) -> Equation:
        terms: dict[Hashable, int] = {place: 1 for place in tie.few if place in self.hidden}
        terms |= {place: -1 for place in tie.many if place in self.hidden}
        terms |= {} if tie.rest == 0 else {rank: 1}
        told = [[place for place in side if place not in self.hidden] for side in (tie.many, tie.few)]
        return Equation(terms, self._sum(told[0]) - self._sum(told[1]))


def deduced(equations: Iterable[Equation], least: Mapping[Hashable, int]) -> set[Hashable]:
    """The unknowns that can be but one whole number. `least`: what each cannot be under."""
    known = list(equations)
    bounds = _narrowed([*known, *solved(known)], least)
    return {name for name, (low, high) in bounds.items() if low == high}


def solved(equations: Iterable[Equation]) -> list[Equation]:
    """The same, each with one unknown that no other has."""
    rows: dict[Hashable, Equation] = {}
    for each in equations:
        for pivot in [name for name in each.terms if name in rows]:
            each = _without(each, pivot, rows[pivot])
        if not each.terms:
            continue
        # Figures are told by what is left out rather than the contrary: of that, it is known that it is 0 at least.
        pivot = min(each.terms, key=lambda name: isinstance(name, int))
        rows = {name: _without(other, pivot, each) for name, other in rows.items()} | {pivot: each}
    return list(rows.values())


def _without(each: Equation, pivot: Hashable, row: Equation) -> Equation:
    """`each` times a whole number, less `row` times another, so that it does not speak of `pivot`."""
    if pivot not in each.terms:
        return each
    mine, theirs = row.terms[pivot], each.terms[pivot]
    terms = {name: mine * factor for name, factor in each.terms.items()}
    for name, factor in row.terms.items():
        terms[name] = terms.get(name, 0) - theirs * factor
    number = mine * each.number - theirs * row.number
    common = gcd(number, *terms.values()) or 1
    return Equation({name: factor // common for name, factor in terms.items() if factor}, number // common)


Bounds = dict[Hashable, tuple[int, int]]


def _narrowed(equations: list[Equation], least: Mapping[Hashable, int]) -> Bounds:
    bounds: Bounds = {name: (least[name], ENDLESS) for each in equations for name in each.terms}
    for _ in range(SWEEPS):
        before = dict(bounds)
        for each in equations:
            _narrow(each, bounds)
        if bounds == before:
            break
    return bounds


def _narrow(each: Equation, bounds: Bounds) -> None:
    ends = {name: _ends(factor, *bounds[name]) for name, factor in each.terms.items()}
    low, high = sum(end[0] for end in ends.values()), sum(end[1] for end in ends.values())
    for name, factor in each.terms.items():
        least, most = ends[name]
        # What is left to this one where the others are as many, or as few, as they may be.
        left = (each.number - high + most, each.number - low + least)
        room = (-(-left[0] // factor), left[1] // factor) if factor > 0 else (-(-left[1] // factor), left[0] // factor)
        bounds[name] = (max(bounds[name][0], room[0]), min(bounds[name][1], room[1]))


def _ends(factor: int, low: int, high: int) -> tuple[int, int]:
    return (factor * low, factor * high) if factor > 0 else (factor * high, factor * low)
