"""The five breakdowns of a headcount: their lines, in the order and with the words of annexe 1, and what they make
of their whole. Source: FEJ, annexe 1 « Public visé ».

A breakdown may be smaller than its whole (some did not answer), never larger. Without any number it is not known,
which is not 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from beneficiaries.models import SchoolLevel
from beneficiaries.sections import ADULTS, EVERYONE, FORM_ROWS, YOUTHS, FormRow, population_of
from partaj.formats import counted, french_integer
from partaj.programmes.models import Programme, Section, SectionRule

Parts = Mapping[tuple[str, str], int]  # (section, code) → persons


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the form; `group` is the line of annexe 1 into which several codes go (« Infra V »)."""

    section: str
    code: str
    label: str
    group: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.section, self.code

    @property
    def field(self) -> str:
        return f"{self.section}_{self.code}"


@dataclass(frozen=True, slots=True)
class Breakdown:
    """`unknown` ends the sentence « 2 jeunes … » about those who did not answer."""

    section: str
    legend: str
    unknown: str
    lines: tuple[Line, ...]

    def qualified(self, line: Line) -> str:
        """The line's name where it stands alone: « Situation, Autres »."""
        return f"{self.legend}, {line.label}"


DETAILS = {SchoolLevel.VI.value: "Niveau VI", SchoolLevel.V_BIS.value: "Niveau V bis"}  # typed apart, printed together
UNKNOWN = {
    Section.AGE: "sans âge connu",
    Section.SITUATION: "sans situation connue",
    Section.LEVEL: "sans niveau connu",
    Section.SEX: "de sexe non précisé",
    Section.QUALITY: "sans qualité connue",
}


def _lines(section: str, row: FormRow) -> list[Line]:
    if len(row.codes) == 1:
        return [Line(section, row.codes[0], row.label)]
    return [Line(section, code, DETAILS[code], group=row.label) for code in row.codes]


ALL: tuple[Breakdown, ...] = tuple(
    Breakdown(
        section, section.label, unknown, tuple(line for row in FORM_ROWS[section] for line in _lines(section, row))
    )
    for section, unknown in UNKNOWN.items()
)
LINES: dict[tuple[str, str], Line] = {line.key: line for breakdown in ALL for line in breakdown.lines}
OF: dict[str, Breakdown] = {breakdown.section: breakdown for breakdown in ALL}

_WORDS = {YOUTHS: ("jeune", "jeunes"), ADULTS: ("adulte", "adultes"), EVERYONE: ("personne", "personnes")}


def wholes(programme: Programme) -> dict[str, str]:
    """Whom each breakdown splits, in this programme."""
    chosen = dict(SectionRule.objects.filter(programme=programme).values_list("section", "population"))
    return {each.section: population_of(each.section, chosen.get(each.section)) for each in ALL}


@dataclass(frozen=True, slots=True)
class Tally:
    """One breakdown's numbers (by code) against the whole that it splits, and the sentences about it."""

    SENTENCES = {
        "unknown": "Non renseigné",
        "complete": "{counted} sur {whole} : le compte y est",
        "missing": "{counted} sur {whole} : {gap} sans réponse",
        "over": "{counted} pour {whole} : {gap} de trop",
        "unreadable": "Un nombre ne se lit pas : le compte attend",
    }

    breakdown: Breakdown
    numbers: Mapping[str, int]
    whole: int
    population: str
    unreadable: bool = False

    @property
    def counted(self) -> int:
        return sum(self.numbers.values())

    @property
    def gap(self) -> int:
        return abs(self.whole - self.counted)

    @property
    def state(self) -> str:
        if self.unreadable:
            return "unreadable"
        if not self.numbers:
            return "unknown"
        if self.counted == self.whole:
            return "complete"
        return "missing" if self.counted < self.whole else "over"

    @property
    def sentence(self) -> str:
        """« 10 sur 12 : 2 sans réponse »."""
        numbers = {"counted": self.counted, "whole": self.whole, "gap": self.gap}
        return self.SENTENCES[self.state].format(**{name: french_integer(value) for name, value in numbers.items()})

    @property
    def without_answer(self) -> int | None:
        """How many did not answer; None where nobody was asked."""
        return self.whole - self.counted if self.numbers else None

    @property
    def statement(self) -> str:
        """« 2 jeunes sans âge connu », for what was accepted; empty where nothing is missing."""
        return f"{counted(self.gap, *_WORDS[self.population])} {self.breakdown.unknown}" if (
            self.state == "missing"
        ) else ""  # fmt: skip

    @property
    def refusal(self) -> str:
        """Why the numbers cannot be kept; empty where they can."""
        if self.state != "over":
            return ""
        return (
            f"{self.breakdown.legend} : la répartition compte {counted(self.counted, *_WORDS[self.population])} "
            f"pour {french_integer(self.whole)}, soit {french_integer(self.gap)} de trop. "
            "Corrigez une de ses lignes, ou le total."
        )


def tallies(
    *, youths: int, adults: int, parts: Parts, populations: Mapping[str, str], unreadable: frozenset[str] = frozenset()
) -> dict[str, Tally]:
    """One tally per section. `populations` comes from wholes(); `unreadable` names sections typed wrongly."""
    sizes = {YOUTHS: youths, ADULTS: adults, EVERYONE: youths + adults}
    return {
        each.section: Tally(
            breakdown=each,
            numbers={line.code: parts[line.key] for line in each.lines if line.key in parts},
            whole=sizes[populations[each.section]],
            population=populations[each.section],
            unreadable=each.section in unreadable,
        )
        for each in ALL
    }
