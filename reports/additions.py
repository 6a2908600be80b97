"""Which figures of annexe 1 add up to which, from one table to another: what could be found by subtraction.

The rows of a section and those who did not answer make the population told by the first table; a row that overlaps
the others (disability), the precision of an « autre » and an answer about the mission locale leave a rest as well.
"""

from __future__ import annotations

from collections.abc import Iterator

from reports.annexe1 import PEOPLE_ROWS, QUESTIONS, Annexe1, Block
from reports.counting import Counts
from reports.spans import EVERYONE, TOTAL, Slice
from reports.suppression import Place, Sum

PEOPLE = "people"


def sums_of(annexe: Annexe1, counts: Counts) -> tuple[Sum, ...]:
    sums = Additions(annexe, counts)
    blocks = [block for block in annexe.blocks if block.base is not None]
    everyone = any(block.base.reviewed_only and block.base.publics == EVERYONE for block in blocks if block.base)
    return (
        *(each for block in blocks for each in sums.of_section(block)),
        *(each for block in blocks if everyone for each in sums.of_studied(block)),
        *sums.of_questions(),
    )


class Additions:
    def __init__(self, annexe: Annexe1, counts: Counts) -> None:
        self.span = annexe.spans[TOTAL]
        self.counts = counts

    def of_section(self, block: Block) -> Iterator[Sum]:
        assert block.base is not None  # noqa: S101  (sums_of leaves the others out)
        adding = [line for line in block.lines if line.part and line.adds_up]
        rows = tuple((block.key, line.key, TOTAL) for line in adding)
        informed = sum(self.counts.of(self.span, line.part) for line in adding if line.part)
        yield from self.within(rows, informed, block.base)
        precisions: list[tuple[Place, int]] = []
        for line in block.lines:
            if line.part is None or line.adds_up:
                continue
            place, number = (block.key, line.key, TOTAL), self.counts.of(self.span, line.part)
            yield from self.within((place,), number, _base_of(line.part))
            if line.part.field.endswith("_other"):
                precisions.append((place, number))
        other = block.line(f"{block.key}:other")
        if precisions and other and other.part:
            rest = self.counts.of(self.span, other.part) - sum(number for _, number in precisions)
            yield Sum(tuple(place for place, _ in precisions), rest, (block.key, other.key, TOTAL))

    def of_studied(self, block: Block) -> Iterator[Sum]:
        """Where the situations studied of everyone are told by another section: those of the others than these."""
        assert block.base is not None  # noqa: S101  (idem)
        if not block.base.reviewed_only or block.base.publics == EVERYONE:
            return
        rows = tuple((block.key, line.key, TOTAL) for line in block.lines if line.part and line.adds_up)
        everybody = self.counts.of(self.span, Slice("public", EVERYONE, EVERYONE, reviewed_only=True))
        yield Sum(rows, everybody - self.counts.of(self.span, block.base))

    def within(self, rows: tuple[Place, ...], number: int, base: Slice) -> Iterator[Sum]:
        """`rows` hold `number` of the people of `base`, and of all those of the first table."""
        if base.reviewed_only:
            yield Sum(rows, self.counts.of(self.span, base) - number)
        everybody = self.counts.of(self.span, Slice("public", base.publics, base.publics))
        yield Sum(rows, everybody - number, (PEOPLE, PEOPLE_ROWS[base.publics], TOTAL))

    def of_questions(self) -> Iterator[Sum]:
        for question in QUESTIONS:
            if question.part is None:
                continue
            number = self.counts.of(self.span, question.part)
            answer = (question.key, question.key, TOTAL)
            yield from self.within((answer,), number, _base_of(question.part))
            for code, _, _ in question.options:
                yield Sum((answer,), 0, (question.key, f"{question.key}:{code}", TOTAL))


def _base_of(part: Slice) -> Slice:
    return Slice("public", part.publics, part.publics, part.reviewed_only)
