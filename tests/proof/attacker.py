"""What an arithmetician draws from one annexe 1 with hidden figures: the whole numbers that each may still be.

They hold the JSON of the report (every other format prints a part of it) and know what anybody may know: the settings
of the programme, that rows, people without answer and populations add up, that a figure hidden is never 0, how a share
is rounded, and that the same question has the same answer wherever it is printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from reports.annexe1 import PEOPLE_ROWS, QUESTIONS, Annexe1, Block, Line
from reports.spans import ADULTS, EVERYONE, TOTAL, YOUTHS, Slice

Unknown = tuple[str, ...]
NOTE = re.compile(r"Population : .*?\((\d[\d\s\u202f\u00a0]*)\)\.(?: Sans réponse : (\d[\d\s\u202f\u00a0]*))?")
CEILING = 150  # more people than the worlds of the property hold


@dataclass
class Equations:
    """`rules`: low ≤ sum of factor × unknown ≤ high, whole numbers; `low`, `high`: what each unknown may be."""

    rules: list[tuple[dict[Unknown, int], int, int]] = field(default_factory=list)
    low: dict[Unknown, int] = field(default_factory=dict)
    high: dict[Unknown, int] = field(default_factory=dict)

    def unknown(self, name: Unknown, low: int = 0, high: int = CEILING) -> Unknown:
        self.low[name] = max(low, self.low.get(name, 0))
        self.high[name] = min(high, self.high.get(name, CEILING))
        return name

    def rule(self, terms: dict[Unknown, int], low: int | None, high: int | None) -> None:
        wide = CEILING * 1000
        self.rules.append((terms, -wide if low is None else low, wide if high is None else high))

    def add_up(self, parts: list[Unknown], whole: Unknown) -> None:
        terms = dict.fromkeys(parts, 1)
        self.rule(terms | {whole: -1}, 0, 0)

    def at_most(self, part: Unknown, whole: Unknown) -> None:
        self.rule({part: 1, whole: -1}, None, 0)

    def broken_by(self, truth: dict[Unknown, int]) -> list[str]:
        """What does not hold of the truth: an attacker who errs proves nothing."""
        bounds = [f"{name}" for name in self.low if not self.low[name] <= truth[name] <= self.high[name]]
        return bounds + [
            f"{low} ≤ {terms} ≤ {high}"
            for terms, low, high in self.rules
            if not low <= sum(factor * truth[name] for name, factor in terms.items()) <= high
        ]


def equations_of(data: dict[str, Any], annexe: Annexe1) -> Equations:
    return _Reading(data, annexe).equations()


class _Reading:
    def __init__(self, data: dict[str, Any], annexe: Annexe1) -> None:
        self.annexe = annexe
        self.tables = {table["key"]: table for table in data["tables"]}
        self.found = Equations()

    def equations(self) -> Equations:
        for block in self.annexe.blocks:
            if block.base is None:
                self._people(block)
        for block in self.annexe.blocks:
            if block.base is not None:
                self._section(block)
        self._mission_locale()
        return self.found

    def _cell(self, table: str, row: str, column: str) -> dict[str, Any]:
        place = next(i for i, each in enumerate(self.tables[table]["columns"]) if each["key"] == column)
        return next(each for each in self.tables[table]["rows"] if each["key"] == row)["cells"][place]

    def _read(self, name: Unknown, cell: dict[str, Any]) -> Unknown:
        if cell["text"] == "masqué":
            return self.found.unknown(name, 1)
        number = cell["records"]
        return self.found.unknown(name, number, number) if number is not None else self.found.unknown(name)

    def _people(self, block: Block) -> None:
        columns = [column["key"] for column in self.tables[block.key]["columns"] if column["key"] != "planned"]
        for line in block.lines:
            for column in columns:
                self._read(("people", line.key, column), self._cell(block.key, line.key, column))
            if len(columns) > 1:  # the periods of these worlds follow one another: nobody is in two
                periods: list[Unknown] = [("people", line.key, column) for column in columns[:-1]]
                self.found.add_up(periods, ("people", line.key, TOTAL))
        for column in columns:
            self.found.add_up([("people", "youths", column), ("people", "adults", column)], ("people", TOTAL, column))
        self.found.at_most(("people", "abandons", TOTAL), ("people", TOTAL, TOTAL))

    def _population(self, publics: tuple[str, ...], reviewed: bool) -> Unknown:
        everybody: Unknown = ("people", PEOPLE_ROWS[publics], TOTAL)
        if not reviewed:
            return everybody
        studied = {each: self.found.unknown(("studied", *each)) for each in (YOUTHS, ADULTS, EVERYONE)}
        self.found.add_up([studied[YOUTHS], studied[ADULTS]], studied[EVERYONE])
        for each, name in studied.items():
            self.found.at_most(name, ("people", PEOPLE_ROWS[each], TOTAL))
        return studied[publics]

    def _section(self, block: Block) -> None:
        assert block.base is not None
        whole = self._population(block.base.publics, block.base.reviewed_only)
        adding = [line for line in block.lines if line.part and line.adds_up]
        rows = [self._read((block.key, line.key), self._cell(block.key, line.key, TOTAL)) for line in adding]
        silent = self.found.unknown(("silent", block.key))
        self.found.add_up([*rows, silent], whole)
        if told := NOTE.search(self.tables[block.key]["note"]):
            people, missing = (int(re.sub(r"\D", "", each or "0")) for each in told.groups())
            self.found.unknown(whole, people, people)
            self.found.unknown(silent, missing, missing)
        for line, row in zip(adding, rows, strict=True):
            cell = self._cell(block.key, line.key, TOTAL)
            if cell["unit"] == "percent" and cell["value"] is not None:
                self._rounded(row, rows, int(cell["value"]))
        self._overlapping(block)

    def _rounded(self, row: Unknown, rows: list[Unknown], share: int) -> None:
        """(share - ½) % ≤ row / rows < (share + ½) %."""
        for factor, low, high in ((2 * share - 1, 0, None), (2 * share + 1, None, -1)):
            terms = dict.fromkeys(rows, -factor)
            terms[row] += 200
            self.found.rule(terms, low, high)

    def _overlapping(self, block: Block) -> None:
        precisions = []
        for line in block.lines:
            if line.part is None or line.adds_up:
                continue
            name = self._read(asked(line.part), self._cell(block.key, line.key, TOTAL))
            if line.part.field == "public":
                self.found.add_up([name], self._population(line.part.publics, line.part.reviewed_only))
            else:
                self.found.at_most(name, self._population(line.part.publics, line.part.reviewed_only))
            if line.part.field.endswith("_other"):
                precisions.append(name)
        other: Line | None = block.line(f"{block.key}:other")
        if precisions and other:
            self.found.rule(dict.fromkeys(precisions, 1) | {(block.key, other.key): -1}, None, 0)

    def _mission_locale(self) -> None:
        question = next(each for each in QUESTIONS if each.part)
        yes: Unknown = ("mission_locale",)
        everybody: Unknown = ("people", TOTAL, TOTAL)
        answer = self._cell(question.key, question.key, TOTAL)
        chosen = next((code for code, *_ in question.options if self._option(question.key, code)["text"]), None)
        if chosen is None:
            return
        self._read(yes, answer)
        self.found.at_most(yes, everybody)
        if chosen == "none":
            self.found.unknown(yes, 0, 0)
            return
        self._read(yes, self._option(question.key, chosen))
        if chosen == "all":
            self.found.add_up([yes], everybody)
        else:
            self.found.rule({yes: 1, everybody: -1}, None, -1)
            self.found.unknown(yes, 1)

    def _option(self, question: str, code: str) -> dict[str, Any]:
        return self._cell(question, f"{question}:{code}", TOTAL)


def asked(part: Slice) -> Unknown:
    """The same question over the same people has one answer, whichever section prints it."""
    return ("asked", part.field, *map(str, part.codes), *part.publics, str(part.reviewed_only))


class Budget(Exception):
    """The search went on too long to say anything."""


def another_value(equations: Equations, name: Unknown, truth: dict[Unknown, int], *, steps: int = 4000) -> bool:
    """Whether `name` may be something else than it is, all rules kept. Raises Budget past `steps` tries.

    Whole numbers, exactly: bounds are narrowed rule by rule, then each unknown is tried from what it is outwards.
    """
    left = [steps]
    for value in sorted(range(equations.low[name], equations.high[name] + 1), key=lambda each: abs(each - truth[name])):
        if value == truth[name]:
            continue
        bounds = {each: (equations.low[each], equations.high[each]) for each in equations.low} | {name: (value, value)}
        if _holds(equations.rules, bounds, truth, left):
            return True
    return False


def _holds(rules: Any, bounds: dict[Unknown, tuple[int, int]], truth: dict[Unknown, int], left: list[int]) -> bool:
    left[0] -= 1
    if left[0] < 0:
        raise Budget
    narrowed = _narrowed(rules, dict(bounds))
    if narrowed is None:
        return False
    open_ones = [name for name, (low, high) in narrowed.items() if low < high]
    if not open_ones:
        return True
    name = min(open_ones, key=lambda each: narrowed[each][1] - narrowed[each][0])
    low, high = narrowed[name]
    return any(
        _holds(rules, narrowed | {name: (value, value)}, truth, left)
        for value in sorted(range(low, high + 1), key=lambda each: abs(each - truth.get(name, 0)))
    )


def _narrowed(
    rules: list[tuple[dict[Unknown, int], int, int]], bounds: dict[Unknown, tuple[int, int]]
) -> dict[Unknown, tuple[int, int]] | None:
    """`bounds` as far as the rules narrow them one by one; None where nothing is left."""
    moved = True
    while moved:
        moved = False
        for terms, low, high in rules:
            ends = {name: _ends(factor, *bounds[name]) for name, factor in terms.items()}
            least, most = sum(end[0] for end in ends.values()), sum(end[1] for end in ends.values())
            if least > high or most < low:
                return None
            for name, factor in terms.items():
                room_low, room_high = low - (most - ends[name][1]), high - (least - ends[name][0])
                new = tuple(_divided(room_low, room_high, factor))
                here = (max(bounds[name][0], new[0]), min(bounds[name][1], new[1]))
                if here[0] > here[1]:
                    return None
                if here != bounds[name]:
                    bounds[name], moved = here, True
                    break  # the ends of this rule have changed
    return bounds


def _ends(factor: int, low: int, high: int) -> tuple[int, int]:
    return (factor * low, factor * high) if factor > 0 else (factor * high, factor * low)


def _divided(low: int, high: int, factor: int) -> Iterator[int]:
    """The whole numbers n with low ≤ factor × n ≤ high: the least, the greatest."""
    if factor < 0:
        low, high, factor = -high, -low, -factor
    yield -(-low // factor)
    yield high // factor
