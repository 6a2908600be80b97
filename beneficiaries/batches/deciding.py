"""What a person decides of a line: to keep it, as it is or put right, to set it aside, or that it is somebody known.

Before the list is confirmed a decision waits with it; afterwards it is carried out at once, and can no longer be taken
back here: a file that is open is changed, or closed, as any other.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.text import capfirst

from beneficiaries import services
from beneficiaries.batches.confirming import forget_registered, hold_back_known, write_lines
from beneficiaries.batches.keeping import as_text, digest_of, typed
from beneficiaries.lists.outcomes import COMING, Outcome
from beneficiaries.models import PERSON_FIELDS, Beneficiary, Enrolment, ImportBatch, ImportLine
from partaj.programmes.services import refuse_closed
from partaj.versions import StaleVersion

Decision = ImportLine.Decision
OPEN_TO_DECISIONS = {ImportBatch.State.READY, ImportBatch.State.CONFIRMED}
REQUIRED = ("last_name", "first_name")
UNREADABLE = "Sans nom ni prénom, aucun dossier ne peut être ouvert : complétez-les."


@transaction.atomic
def keep(*, line: ImportLine, values: dict[str, str] | None = None, by: Any) -> ImportLine:
    """The line is imported, with the `values` put right by a form. Raises ValidationError where it still cannot be.

    Where it is written at once and somebody who looks alike has come since, the line waits again (`outcome`).
    """
    locked = _open(line)
    if values is not None:
        locked.student = values | {name: text for name, text in locked.student.items() if name not in FORM_VALUES}
        locked.digest = digest_of(locked.student)
        locked.name = f"{values.get('first_name', '')} {values.get('last_name', '')}".strip()[:210]
    if not (locked.student.get("last_name") and locked.student.get("first_name")):
        raise ValidationError(UNREADABLE)
    _refuse_unfit(locked)
    locked.person, locked.same_as, locked.taken = None, None, {}
    return _decided(locked, Decision.KEEP, Outcome.IMPORT_WARNING, by)


@transaction.atomic
def join(*, line: ImportLine, person: Beneficiary, taken: Iterable[str], by: Any) -> ImportLine:
    """The line tells of `person`, whom the caller found among those that `by` may see: their file is completed.

    `taken`: the fields in which the list is right, and replaces what is known. Raises ValidationError where the line
    says what nobody's file may hold.
    """
    locked = _open(line)
    _refuse_unfit(locked)
    locked.taken = {name: as_text(getattr(person, name)) for name in taken}
    _refuse_impossible_days(locked, person, locked.taken)
    locked.person, locked.same_as = person, None
    return _decided(locked, Decision.SAME, Outcome.IMPORT_WARNING, by)


@transaction.atomic
def join_line(*, line: ImportLine, other: ImportLine, taken: Iterable[str], by: Any) -> ImportLine:
    """The line tells of the same person as `other`, of the same list: it completes the file that this one opens.

    Raises ValidationError where that line is not to be imported, or itself completes another.
    """
    locked = _open(line)
    _refuse_unfit(locked)
    if ImportLine.objects.filter(same_as=locked).exists():
        raise ValidationError("Une autre ligne complète celle-ci : revenez d’abord sur cette autre ligne.")
    if other.batch_id != locked.batch_id or other.pk == locked.pk or other.same_as_id is not None:
        raise ValidationError("Cette ligne en complète déjà une autre : choisissez celle qui ouvre le dossier.")
    if other.outcome not in COMING:
        raise ValidationError(f"La ligne {other.number} n’est pas à importer : gardez-la d’abord.")
    locked.person, locked.same_as = None, other
    locked.taken = {name: other.value(name) for name in taken}
    return _decided(locked, Decision.SAME, Outcome.IMPORT_WARNING, by)


@transaction.atomic
def discard(*, line: ImportLine, by: Any) -> ImportLine:
    locked = _open(line)
    locked.person = locked.same_as = None
    return _decided(locked, Decision.DISCARD, Outcome.REJECT, by)


@transaction.atomic
def take_back(*, line: ImportLine, by: Any) -> ImportLine:
    """The line stands again as the reading judged it; once the list is confirmed, it waits for a new decision.
    StaleVersion where its file is open."""
    locked = _open(line)
    locked.person, locked.same_as, locked.taken = None, None, {}
    would_come = locked.judged in COMING
    waits = would_come and locked.batch.state == ImportBatch.State.CONFIRMED
    return _decided(locked, "", Outcome.REVIEW if waits else Outcome(locked.judged), by)


@transaction.atomic
def decide_all(*, lines: Iterable[ImportLine], decision: str, by: Any) -> int:
    """Keep or discard several lines that wait; those that cannot be kept as they are go on waiting. How many were."""
    done = 0
    for line in lines:
        try:
            keep(line=line, by=by) if decision == Decision.KEEP else discard(line=line, by=by)
        except (ValidationError, StaleVersion):
            continue
        done += 1
    return done


# What the form of a line holds: the other values of the list are left as they are.
FORM_VALUES = {*PERSON_FIELDS, "phone_e164"}


def _refuse_unfit(line: ImportLine) -> None:
    """Raises ValidationError, in sentences, for values that the model of a person, or the first contact, refuses."""
    person = Beneficiary(**{name: typed(name, text) for name, text in line.student.items() if name in PERSON_FIELDS})
    sentences = []
    try:
        # A line to be joined may leave out what is known already.
        person.full_clean(exclude={name for name in (*REQUIRED, "sort_name") if not getattr(person, name)})
    except ValidationError as refusal:
        for name, said in refusal.message_dict.items():
            label = "" if name == NON_FIELD_ERRORS else f"{capfirst(Beneficiary._meta.get_field(name).verbose_name)} : "
            sentences.append(label + " ".join(said))
    if sentences or (sentences := _impossible_days(person, Enrolment(contacted_on=line.batch.contacted_on))):
        raise ValidationError(sentences)


def _refuse_impossible_days(line: ImportLine, person: Beneficiary, taken: Iterable[str]) -> None:
    """Raises ValidationError where the birth date of `person` cannot go with the first contact of the list, or the
    one that they would take from the line with the paths that they have already."""
    paths = [Enrolment(contacted_on=line.batch.contacted_on)]
    if line.value("birth_date") and ("birth_date" in taken or not person.birth_date):
        paths += Enrolment.objects.filter(beneficiary=person)
        person = copy(person)
        person.birth_date = typed("birth_date", line.value("birth_date"))
    if sentences := _impossible_days(person, *paths):
        raise ValidationError(sentences)


def _impossible_days(person: Beneficiary, *paths: Enrolment) -> list[str]:
    found: list[str] = []
    for path in paths:
        path.beneficiary = person
        found += [said for name, said in path.date_errors().items() if name == "birth_date"]
    return list(dict.fromkeys(found))


def _open(line: ImportLine) -> ImportLine:
    """The line, held, with its list; StaleVersion where it is settled or forgotten, or its list at work."""
    batch = ImportBatch.objects.held(line.batch)
    refuse_closed(batch.programme)
    locked = ImportLine.objects.select_for_update().get(pk=line.pk)
    locked.batch = batch
    if batch.state not in OPEN_TO_DECISIONS or not locked.can_be_decided:
        raise StaleVersion
    return locked


def _decided(line: ImportLine, decision: str, outcome: Outcome, by: Any) -> ImportLine:
    line.decision, line.outcome = decision, outcome
    line.decided_by, line.decided_at = (by, timezone.now()) if decision else (None, None)
    line.save()
    batch = line.batch
    ImportBatch.objects.filter(pk=batch.pk).update(version=F("version") + 1)
    if batch.state == ImportBatch.State.CONFIRMED:
        if outcome == Outcome.IMPORT_WARNING:
            _write_at_once(batch, by)
        if line.second_line is not None:
            forget_registered(batch)
        line.refresh_from_db()
    return line


def _write_at_once(batch: ImportBatch, by: Any) -> None:
    with services.one_intake_at_a_time(programme=batch.programme):
        hold_back_known(batch, by=by)
        write_lines(batch=batch, by=by)
