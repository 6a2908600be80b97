"""Random programmes and random people for annexe 1, counted without a database row for each of them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from partaj.programmes.models import ExtraRow, Period, Programme, Section, SectionRule
from reports.annexe1 import Annexe1
from reports.counting import Counts
from reports.spans import TOTAL, column_key
from reports.statement import LOST, NamedSum
from tests.world import make_programme

# Few answers to each question: small figures, and sums of small figures, come often.
ANSWERS: dict[str, tuple[Any, ...]] = {
    "age_band": ("16-18", "18-26", "10-16", ""),
    "situation": ("jobseeker", "student", "other", "employed", ""),
    "school_level": ("VI", "V_bis", "V", "IV", ""),
    "sex": ("F", "M", ""),
    "adult_quality": ("parent", "teacher", ""),
    "situation_other": ("Voyage", "Théâtre", ""),
    "followed_by_mission_locale": (True, False, None),
    "has_disability": (True, False, None),
    "in_priority_district": (True, False, None),
}
HEADCOUNT_CODES = {"age": ("16-18", "18-26"), "sex": ("F", "M"), "situation": ("jobseeker", "student")}


@dataclass(frozen=True)
class Person:
    public: str
    reviewed: bool
    period: int
    lost: int | None  # the period in which they left by abandonment
    answers: dict[str, Any]


@dataclass(frozen=True)
class Shape:
    """The settings of a programme: one tuple a section rule, one an added row."""

    periods: int
    rules: tuple[tuple[Section, str, str, str], ...] = ()
    extras: tuple[tuple[Section, str], ...] = ()


@dataclass(frozen=True)
class Crowd:
    people: tuple[Person, ...]
    collective: tuple[int, int] = (0, 0)  # youths and adults counted by a project, in the first period
    parts: tuple[tuple[str, str, int], ...] = field(default=())


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    sections = draw(st.sets(st.sampled_from([Section.SITUATION, Section.LEVEL, Section.SEX, Section.AGE]), max_size=3))
    rules = tuple(
        (section, draw(st.sampled_from(["youths", "everyone"])), draw(st.sampled_from(["all", "all", "reviewed"])),
         draw(st.sampled_from(["persons", "persons", "percent"])))
        for section in sorted(sections)
    )  # fmt: skip
    added = [(Section.SITUATION, "disability"), (Section.SITUATION, "other"), (Section.AGE, "adults"),
             (Section.LEVEL, "disability"), (Section.SEX, "priority_district")]  # fmt: skip
    return Shape(draw(st.integers(0, 3)), rules, tuple(sorted(draw(st.sets(st.sampled_from(added), max_size=2)))))


@st.composite
def people(draw: st.DrawFn, periods: int) -> Person:
    """The first answer of each question is the common one; the last, no answer, the rare one."""
    public = draw(st.sampled_from(["youth", "youth", "youth", "adult"]))
    answers = {}
    for name, choices in ANSWERS.items():
        place = draw(st.integers(0, 2 * len(choices)))
        answers[name] = choices[place if place < len(choices) else 0]
    if answers["situation"] != "other":
        answers["situation_other"] = ""
    if public == "youth":
        answers["adult_quality"] = ""
    last = max(periods - 1, 0)
    lost = draw(st.integers(0, last)) if draw(st.integers(0, 7)) == 0 else None
    return Person(public, draw(st.booleans()), draw(st.integers(0, last)), lost, answers)


@st.composite
def crowds(draw: st.DrawFn, periods: int) -> Crowd:
    """6 to 40 people: kinds of people, each with how many there are of it."""
    kinds = draw(st.lists(st.tuples(people(periods), st.integers(1, 8)), min_size=2, max_size=10))
    everybody = [person for person, number in kinds for _ in range(number)][:40]
    while len(everybody) < 6:
        everybody.append(everybody[0])
    youths = draw(st.sampled_from([0, 0, 0, 6, 11]))
    parts = []
    for section, codes in HEADCOUNT_CODES.items() if youths else ():
        first = draw(st.integers(0, youths))
        second = draw(st.integers(0, youths - first))
        parts += [(section, code, n) for code, n in zip(codes, (first, second), strict=True) if n]
    return Crowd(tuple(everybody), (youths, draw(st.sampled_from([0, 0, 2])) if youths else 0), tuple(parts))


def set_up(shape: Shape) -> Programme:
    programme = make_programme("ISOLE-1")
    for position in range(shape.periods):
        Period.objects.create(
            programme=programme, position=position, label=f"année {position}", column_label=f"Année {position}",
            starts_on=dt.date(2020 + position, 1, 1), ends_on=dt.date(2020 + position, 12, 31),
        )  # fmt: skip
    for section, population, base, unit in shape.rules:
        SectionRule.objects.create(programme=programme, section=section, population=population, base=base, unit=unit)
    for section, counts in shape.extras:
        ExtraRow.objects.create(programme=programme, section=section, label="Voyage", code=f"voyage-{counts}",
                                counts=counts)  # fmt: skip
    return programme


def counts_of(annexe: Annexe1, crowd: Crowd) -> Counts:
    """What `reports.counting.count` would find in the database, had each person one path."""
    periods = [column_key(period) for period in annexe.programme.periods.all()]
    named: Counter[tuple[str, str, str, bool, Any]] = Counter()
    lost: Counter[str] = Counter()
    for person in crowd.people:
        for span in [TOTAL, *periods[person.period : person.period + 1]]:
            named[span, "public", person.public, person.reviewed, person.public] += 1
        for name in annexe.fields:
            named[TOTAL, name, person.public, person.reviewed, person.answers.get(name, "")] += 1
        if person.lost is not None:
            lost.update([TOTAL, *periods[person.lost : person.lost + 1]])
    counts = Counts()
    counts.add_named(NamedSum(*key, number) for key, number in named.items())
    counts.add_named(NamedSum(span, LOST, "", False, "", number) for span, number in lost.items())
    totals = {f"{span.replace('-', '_')}__{public}": number
              for span in (TOTAL, *periods[:1])
              for public, number in zip(("youth", "adult"), crowd.collective, strict=True)}  # fmt: skip
    counts.add_collective(totals, crowd.parts)
    return counts
