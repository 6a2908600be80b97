"""An import undone as a whole, as long as nobody has worked on its files; what says which ones were."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models, transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from beneficiaries import services
from beneficiaries.batches import bulk, journal
from beneficiaries.batches.besides import besides
from beneficiaries.batches.keeping import as_text, typed
from beneficiaries.models import Beneficiary, Enrolment, ImportBatch, ImportLine, LogEntry
from partaj.accounts.journal.models import JournalEntry
from partaj.programmes.services import refuse_closed
from partaj.versions import StaleVersion, claim_version


class WorkedOn(Exception):
    """Somebody has worked on files of this list since it was confirmed; `files`: their numbers."""

    def __init__(self, files: set[int]) -> None:
        super().__init__(f"{len(files)} files worked on")
        self.files = files


@transaction.atomic
def undo(*, batch: ImportBatch, version: int, by: Any) -> int:
    """Take back all the files that the list opened, and what it completed; it waits again to be confirmed. How many.

    Raises WorkedOn, StaleVersion, ClosedProgramme; nothing has changed then.
    """
    locked = ImportBatch.objects.held(batch)
    if locked.state != ImportBatch.State.CONFIRMED or locked.version != version:
        raise StaleVersion
    refuse_closed(locked.programme)
    bulk.take_the_time_it_takes()
    # People first, then their paths, as every change of a file does.
    list(people_told_by(locked).select_for_update().order_by("pk").values_list("pk", flat=True))
    files = list(opened_by(locked).select_for_update().order_by("pk").values_list("pk", flat=True))
    if found := worked_on(locked):
        raise WorkedOn(found)
    journal.note(locked, JournalEntry.Kind.REMOVED, files, by=by)
    _give_back_what_was_completed(locked)
    besides(locked).take_back(files, by)
    _take_back(locked)
    locked.state, locked.confirmed_at, locked.confirmed_by = ImportBatch.State.READY, None, None
    locked.version += 1
    locked.save()
    return len(files)


def opened_by(batch: ImportBatch) -> QuerySet[Enrolment]:
    """The paths that the list opened."""
    lines = ImportLine.objects.filter(batch=batch, opened_path=True, enrolment__isnull=False)
    return Enrolment.objects.filter(pk__in=lines.order_by().values("enrolment"))


def people_opened_by(batch: ImportBatch) -> QuerySet[Beneficiary]:
    lines = ImportLine.objects.filter(batch=batch, opened_person=True, person__isnull=False)
    return Beneficiary.objects.filter(pk__in=lines.order_by().values("person"))


def people_told_by(batch: ImportBatch) -> QuerySet[Beneficiary]:
    """Those whom the list opened, and those who were there before and whom it completed."""
    lines = ImportLine.objects.filter(batch=batch, enrolment__isnull=False, person__isnull=False)
    return Beneficiary.objects.filter(pk__in=lines.order_by().values("person"))


def worked_on(batch: ImportBatch) -> set[int]:
    """The files of the list on which somebody has worked: something hangs on them, or they were changed."""
    return {file for files in _traces_of_work(batch) for file in files}


def _traces_of_work(batch: ImportBatch) -> Iterator[QuerySet]:
    files, people = opened_by(batch), people_opened_by(batch)
    yield files.filter(Q(version__gt=1) | Q(lost_on__isnull=False)).values_list("pk", flat=True)
    by_the_list = 1 + Coalesce(Subquery(_completions(batch)), 0)
    yield files.filter(beneficiary__in=people, beneficiary__version__gt=by_the_list).values_list("pk", flat=True)
    for rows in _hanging_on(Enrolment):
        rows = rows.exclude(besides(batch).own(rows.model))
        if rows.model is not ImportLine:
            yield rows.filter(enrolment__in=files.values("pk")).order_by().values_list("enrolment", flat=True)
    # Another list may have completed the file, or found the person in it.
    others = ImportLine.objects.exclude(batch=batch)
    yield others.filter(enrolment__in=files.values("pk")).order_by().values_list("enrolment", flat=True)
    told = others.filter(person__in=people.values("pk")).order_by().values("person")
    yield files.filter(beneficiary__in=told).values_list("pk", flat=True)
    elsewhere = Enrolment.objects.filter(beneficiary__in=people).exclude(pk__in=files.values("pk"))
    yield files.filter(beneficiary__in=elsewhere.values("beneficiary")).values_list("pk", flat=True)


def _completions(batch: ImportBatch) -> QuerySet:
    """How many times other lines of the list have completed the person of a path: those are no work of anybody's."""
    lines = ImportLine.objects.filter(batch=batch, person=OuterRef("beneficiary"), opened_person=False)
    return lines.exclude(completed={}).order_by().values("person").annotate(number=Count("pk")).values("number")


def _hanging_on(model: type[models.Model]) -> Iterator[QuerySet]:
    """The rows of every table, of upper floors too, that refer to a path as `enrolment`."""
    for relation in model._meta.related_objects:
        if relation.field.name == "enrolment":
            yield relation.related_model._base_manager.all()


def _give_back_what_was_completed(batch: ImportBatch) -> None:
    """What the list wrote in files that were there before it goes, but where somebody has changed it since; the line
    written last first, for two of them may have completed one person."""
    opened = set(people_opened_by(batch).values_list("pk", flat=True))
    lines = list(batch.lines.filter(opened_person=False, person__isnull=False).exclude(completed={}))
    # Those that complete another line were written after all others (`StudentResource.write`).
    lines.sort(key=lambda line: (line.same_as_id is not None, line.number), reverse=True)
    people = Beneficiary.objects.in_bulk({line.person_id for line in lines} - opened)
    for line in lines:
        if line.person_id not in opened:
            person = people[line.person_id]
            for name, before in line.completed.items():
                if as_text(getattr(person, name)) == line.student.get(name, ""):
                    setattr(person, name, typed(name, before))
        line.completed = {}
        line.save(update_fields=["completed"])
    for person in people.values():
        claim_version(person, person.version)
        person.save()
        services.keep_copies_in_step(person)


def _take_back(batch: ImportBatch) -> None:
    """The rows go with their histories: nothing of somebody who should not have come in stays behind."""
    files, people = list(opened_by(batch).values_list("pk", flat=True)), people_opened_by(batch)
    people_gone = list(people.values_list("pk", flat=True))
    batch.lines.filter(Q(opened_person=True) | Q(same_as__isnull=False)).update(person=None)
    batch.lines.update(enrolment=None, opened_person=False, opened_path=False)
    for each in bulk.chunks(files):
        bulk.erase(LogEntry.objects.filter(enrolment__in=each))
        bulk.erase(Enrolment.history.filter(id__in=each))
        bulk.erase(Enrolment.objects.filter(pk__in=each))
    for each in bulk.chunks(people_gone):
        bulk.erase(Beneficiary.history.filter(id__in=each))
        bulk.erase(Beneficiary.objects.filter(pk__in=each))
