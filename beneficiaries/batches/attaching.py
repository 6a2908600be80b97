"""A line that tells of somebody known: their file is completed, and a path opened where they have none under way."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from beneficiaries import services
from beneficiaries.batches.besides import besides
from beneficiaries.batches.keeping import OF_THE_PERSON
from beneficiaries.batches.writing import Opening
from beneficiaries.models import Beneficiary, Enrolment, ImportBatch, ImportLine
from partaj.versions import claim_version


def attach(*, line: ImportLine, batch: ImportBatch, by: Any) -> Enrolment:
    """Complete what is blank in the file of `line.person`, take from the list what was chosen in its place, and give
    the line the path under way in this programme, or a new one."""
    person = Beneficiary.objects.select_for_update().get(pk=line.person_id)
    complete(person, line)
    path = person.enrolments.under_way().filter(programme=batch.programme_id).order_by("-pk").first()
    opening = Opening(batch, by, timezone.now())
    if path is None:
        path = Enrolment(
            programme=batch.programme,
            territory_id=batch.territory_id,
            found_by_id=batch.organisation_id,
            contacted_on=batch.contacted_on,
        )
        services.enrol(beneficiary=person, enrolment=path, by=by, sentence=opening.sentence(line.number))
        line.opened_path = True
    line.enrolment = path
    line.save()
    besides(batch).attach(path, line, opening)
    return path


def complete(person: Beneficiary, line: ImportLine) -> None:
    """What was blank and what is taken from the list by choice; `line.completed` keeps what stood there before."""
    values = {name: _typed(name, text) for name, text in line.student.items() if name in OF_THE_PERSON}
    changed = {
        name: value for name, value in values.items()
        if value and value != getattr(person, name) and (not getattr(person, name) or name in line.taken)
    }  # fmt: skip
    if not changed:
        return
    services.remember_first_state(Beneficiary, person.pk)
    claim_version(person, person.version)
    line.completed = {name: _as_text(getattr(person, name)) for name in changed}
    for name, value in changed.items():
        setattr(person, name, value)
    person.save()
    services.keep_copies_in_step(person, but=Enrolment())


def _typed(name: str, text: str) -> Any:
    return dt.date.fromisoformat(text) if name == "birth_date" and text else text


def _as_text(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value or "")
