"""A line beside whom it looks like: another line of the list, or somebody of the base, as far as the reader may see."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from beneficiaries.models import PERSON_FIELDS, Beneficiary, Enrolment, ImportLine
from beneficiaries.views.lists.base import paths_seen, people_seen
from beneficiaries.views.lists.words import birth_of, strength_in_words
from partaj.formats import french_value


@dataclass(frozen=True, slots=True)
class Row:
    """One field on both sides, in words. `differs`: both are filled, otherwise; `name`: what choosing it is called."""

    name: str
    label: str
    mine: str
    theirs: str

    @property
    def differs(self) -> bool:
        return bool(self.mine and self.theirs) and self.mine != self.theirs

    @property
    def completes(self) -> bool:
        return bool(self.mine) and not self.theirs


@dataclass(frozen=True, slots=True)
class Compared:
    """`who` is empty where the reader may not see them: that somebody is there is all that is said."""

    key: int
    strength: str
    reason: str
    who: str = ""
    rows: list[Row] = field(default_factory=list)
    paths: list[Enrolment] = field(default_factory=list)


def compared_people(line: ImportLine, reader: Any) -> tuple[list[Compared], list[int]]:
    """The people whom the line looks like, and the numbers of the files that this shows to the reader."""
    proposed = {each["person"]: each for each in line.alike if "person" in each}
    if line.person_id and line.person_id not in proposed and not line.opened_person:
        proposed[line.person_id] = {"strength": "", "reason": "choisie pour cette ligne"}
    seen, paths = people_seen(reader, set(proposed)), paths_seen(reader, set(proposed))
    there = set(Beneficiary.objects.filter(pk__in=proposed).values_list("pk", flat=True))
    found = [
        Compared(
            key=key,
            strength=strength_in_words(said["strength"]),
            reason=said["reason"],
            who=seen[key].full_name if key in seen else "",
            rows=_rows(line, seen[key]) if key in seen else [],
            paths=paths.get(key, []),
        )
        for key, said in proposed.items()
        if key in there
    ]
    return found, [path.pk for each in found for path in each.paths]


def _rows(line: ImportLine, person: Beneficiary) -> list[Row]:
    rows = []
    for name in PERSON_FIELDS:
        column = Beneficiary._meta.get_field(name)
        said = birth_of(line) if name == "birth_date" else french_value(column, line.value(name))
        known = french_value(column, getattr(person, name))
        if said or known:
            rows.append(Row(name, str(column.verbose_name), said, known))
    return rows


def compared_lines(line: ImportLine, lines: QuerySet[ImportLine]) -> list[Compared]:
    """The other lines of the same list that it looks like, and of which something is left to compare."""
    proposed = {each["line"]: each for each in line.alike if "line" in each}
    others = {other.number: other for other in lines.filter(number__in=proposed) if not other.is_forgotten}
    return [
        Compared(
            key=number,
            strength=strength_in_words(said["strength"]),
            reason=said["reason"],
            who=others[number].name,
            rows=_rows_of_lines(line, others[number]),
        )
        for number, said in proposed.items()
        if number in others
    ]


def _rows_of_lines(line: ImportLine, other: ImportLine) -> list[Row]:
    labels = {name: str(Beneficiary._meta.get_field(name).verbose_name) for name in PERSON_FIELDS}
    rows = []
    for name, label in labels.items():
        mine, theirs = ((birth_of(each) if name == "birth_date" else each.value(name)) for each in (line, other))
        if mine or theirs:
            rows.append(Row(name, label, mine, theirs))
    return rows
