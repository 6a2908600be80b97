"""Lines to be imported → the files that they open: people, paths, histories and first lines of the timeline, in bulk.

Values are valid already: judged (`beneficiaries.lists`), or put right by a form that validates as the intake does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import models
from django.utils import timezone

from beneficiaries.batches import bulk
from beneficiaries.batches.besides import besides
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

    def sentence(self, number: int) -> str:
        return f"Premier contact : {self.origin(number)}"

    def origin(self, number: int) -> str:
        source = f" de {self.batch.organisation}" if self.batch.organisation else ""
        return f"liste « {self.batch.filename} » reçue{source}, ligne {number}."

    def log(self, path: int, kind: LogEntry.Kind, happened_on: dt.date, sentence: str) -> bulk.Row:
        """A line of a timeline."""
        return {
            "enrolment_id": path,
            "kind": kind.value,
            "happened_on": happened_on,
            "sentence": sentence,
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
    bulk.insert(Beneficiary, persons)
    bulk.insert(Beneficiary.history.model, _histories(Beneficiary, persons, opening))
    rows = [_path(each, person, opening) for each, person in zip(opened, persons, strict=True)]
    bulk.insert(Enrolment, rows)
    bulk.insert(Enrolment.history.model, _histories(Enrolment, rows, opening))
    bulk.insert(LogEntry, (_log(each, opening) for each in opened))
    for model, more in besides(batch).rows(opened, opening):
        bulk.insert(model, more)
        if hasattr(model, "history"):
            bulk.insert(model.history.model, _histories(model, more, opening))
    bulk.update(
        ImportLine,
        [{"id": each.line.pk, "enrolment_id": each.path, "person_id": each.person, "opened_person": True,
          "opened_path": True} for each in opened],
    )  # fmt: skip
    return [each.path for each in opened]


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
        "version": 1,
    }


_EMPTY_PATHS: dict[str, bulk.Row] = {}


def _empty_path(sex: str) -> bulk.Row:
    """The columns of a path that nobody has entered, as the model derives them: they depend on the sex alone."""
    if sex not in _EMPTY_PATHS:
        path = Enrolment(beneficiary=Beneficiary(sex=sex))
        path.derive()
        columns = [field for field in Enrolment._meta.concrete_fields if field.name not in ("id", "created_at")]
        _EMPTY_PATHS[sex] = {
            field.column: getattr(path, field.attname) for field in columns if getattr(path, field.attname) is not None
        }
    return _EMPTY_PATHS[sex]


def _path(each: Opened, person: bulk.Row, opening: Opening) -> bulk.Row:
    batch = opening.batch
    return _empty_path(person["sex"]) | {
        "id": each.path,
        "beneficiary_id": each.person,
        "programme_id": batch.programme_id,
        "territory_id": batch.territory_id,
        "found_by_id": batch.organisation_id,
        "contacted_on": batch.contacted_on,
        "sort_name": person["sort_name"],
        "created_at": opening.at,
    }


def _histories(model: type[models.Model], rows: Iterable[bulk.Row], opening: Opening) -> Iterator[bulk.Row]:
    """« + » of each row: what `HistoricalRecords` would have written one by one."""
    kept = {field.column for field in model.history.model._meta.concrete_fields}  # type: ignore[attr-defined]
    about = {
        "history_date": opening.at,
        "history_type": "+",
        "history_user_id": opening.author,
    }
    return ({name: value for name, value in row.items() if name in kept} | about for row in rows)


def _log(each: Opened, opening: Opening) -> bulk.Row:
    sentence = opening.sentence(each.line.number)
    return opening.log(each.path, LogEntry.Kind.INTAKE, opening.batch.contacted_on, sentence)
