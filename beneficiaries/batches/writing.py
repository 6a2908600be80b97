"""Lines to be imported → the files that they open: people, paths, histories and first lines of the timeline, in bulk.

Values are valid already: judged (`beneficiaries.lists`), or put right by a form that validates as the intake does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from django.utils import timezone

from beneficiaries.batches import bulk
from beneficiaries.batches.besides import besides
from beneficiaries.batches.words import first_contact
from beneficiaries.models import Beneficiary, Enrolment, ImportBatch, ImportLine, LogEntry
from beneficiaries.models.people import sort_name_of
from beneficiaries.phones import phone_digits


class Line(NamedTuple):
    """What is needed of an ImportLine to open a file."""

    pk: int
    number: int
    student: dict[str, str]


class Opened(NamedTuple):
    """One line with the numbers given to its person and to their path."""

    line: Line
    person: int
    path: int


@dataclass(frozen=True, slots=True)
class Opening:
    """One writing: of which list, by whom, when."""

    batch: ImportBatch
    by: Any
    at: dt.datetime

    @property
    def author(self) -> int | None:
        return self.by.pk if self.by is not None else None

    def log(self, kind: LogEntry.Kind) -> bulk.Row:
        """What the lines that it writes in timelines have alike."""
        return {
            "kind": kind.value,
            "link": "",
            "author_id": self.author,
            "is_private": False,
            "noted_at": self.at,
        }


def open_files(*, batch: ImportBatch, lines: Sequence[Line], by: Any) -> list[int]:
    """Open one file per line, for somebody new each time; the numbers of the paths. In the caller's transaction."""
    if not lines:
        return []
    opening = Opening(batch, by, timezone.now())
    people, paths = bulk.new_numbers(Beneficiary, len(lines)), bulk.new_numbers(Enrolment, len(lines))
    opened = [Opened(*each) for each in zip(lines, people, paths, strict=True)]
    persons = [_person(each) for each in opened]
    bulk.insert(Beneficiary, persons, same={"version": 1})
    bulk.remember(Beneficiary, people, at=opening.at, by=opening.author)
    bulk.insert(Enrolment, map(_path, opened, persons), same=_every_path(opening))
    bulk.remember(Enrolment, paths, at=opening.at, by=opening.author)
    told = opening.log(LogEntry.Kind.INTAKE) | {"happened_on": batch.contacted_on}
    bulk.insert(LogEntry, (_log(each, batch) for each in opened), same=told)
    for more in besides(batch).rows(opened, opening):
        bulk.insert(more.model, more.rows, same=more.same)
        if more.numbers:
            bulk.remember(more.model, more.numbers, at=opening.at, by=opening.author)
    rows = [{"enrolment_id": each.path, "person_id": each.person, "id": each.line.pk} for each in opened]
    bulk.update(ImportLine, rows, same={"opened_person": True, "opened_path": True})
    return list(paths)


def _person(each: Opened) -> bulk.Row:
    said = each.line.student
    last, usage, first = said.get("last_name", ""), said.get("usage_name", ""), said.get("first_name", "")
    phone = said.get("phone", "")
    return {
        "id": each.person,
        "last_name": last,
        "usage_name": usage,
        "first_name": first,
        "birth_date": dt.date.fromisoformat(said["birth_date"]) if "birth_date" in said else None,
        "sex": said.get("sex", ""),
        "ine": said.get("ine", ""),
        "phone": phone,
        "email": said.get("email", ""),
        "address": said.get("address", ""),
        "postcode": said.get("postcode", ""),
        "city": said.get("city", ""),
        "sort_name": sort_name_of(last, usage, first),
        "phone_digits": phone_digits(phone) if phone else "",
    }


def _path(each: Opened, person: bulk.Row) -> bulk.Row:
    return {
        "id": each.path,
        "beneficiary_id": each.person,
        "sort_name": person["sort_name"],
        "sex": person["sex"],
        "profile": _profile(person["sex"]),
    }


@cache
def _profile(sex: str) -> int:
    return _not_entered(sex).profile


def _not_entered(sex: str) -> Enrolment:
    """The path of somebody of this sex who has entered nothing yet, as the model derives it."""
    path = Enrolment(beneficiary=Beneficiary(sex=sex))
    path.derive()
    return path


def _every_path(opening: Opening) -> bulk.Row:
    """What the paths have alike: what the model says of one that nobody has entered, and what the list says of all."""
    batch, path = opening.batch, _not_entered("")
    each_its_own = {"id", "beneficiary_id", "sort_name", "sex", "profile"}
    said: bulk.Row = {field.column: getattr(path, field.attname) for field in Enrolment._meta.concrete_fields}
    given = {name: value for name, value in said.items() if name not in each_its_own and value is not None}
    return given | {
        "programme_id": batch.programme_id,
        "territory_id": batch.territory_id,
        "found_by_id": batch.organisation_id,
        "contacted_on": batch.contacted_on,
        "created_at": opening.at,
    }


def _log(each: Opened, batch: ImportBatch) -> bulk.Row:
    return {"enrolment_id": each.path, "sentence": first_contact(batch, each.line.number)}
