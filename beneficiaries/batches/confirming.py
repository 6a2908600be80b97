"""A list confirmed: the files are opened, all or none, once, however many times one asks."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from beneficiaries import services
from beneficiaries.batches import journal, known, tasks
from beneficiaries.batches.attaching import attach
from beneficiaries.batches.choosing import remember
from beneficiaries.batches.writing import Line, open_files
from beneficiaries.lists.likeness import People, Resemblance
from beneficiaries.lists.outcomes import Outcome
from beneficiaries.models import ImportBatch, ImportLine
from partaj.accounts.journal.models import JournalEntry
from partaj.programmes.services import refuse_closed
from partaj.versions import StaleVersion

AT_ONCE = 3000  # lines: more are written by the worker
CAME_SINCE = "Une personne qui lui ressemble est arrivée depuis la lecture de la liste : vérifiez."
FOLLOWED_SINCE = "Entrée dans le programme depuis la lecture de la liste : rien à créer."


def confirm(*, batch: ImportBatch, version: int, by: Any, at_once: bool = False) -> ImportBatch:
    """Open the files of the lines to be imported. Raises StaleVersion where the list is no longer as it was when
    `version` was read (decided, read otherwise, confirmed by somebody else or by a second click), ClosedProgramme."""
    refuse_closed(batch.programme)
    with transaction.atomic():
        locked = (
            ImportBatch.objects.select_for_update(of=("self",))
            .select_related("programme", "organisation")
            .get(pk=batch.pk)
        )
        if locked.state != ImportBatch.State.READY or locked.version != version:
            raise StaleVersion
        waiting = locked.lines.to_import().count()
        locked.state = ImportBatch.State.WRITING
        locked.confirmed_by, locked.sign_of_life = by, timezone.now()
        locked.percent, locked.opened = 0, 0
        locked.version += 1
        locked.save()
        if at_once or waiting <= AT_ONCE:
            write_batch(batch=locked)
        else:
            tasks.write.enqueue(locked.pk)
    return locked


@transaction.atomic
def write_batch(*, batch: ImportBatch) -> None:
    """The writing itself; nothing where it has been done already."""
    with services.one_intake_at_a_time(programme=batch.programme):
        locked = (
            ImportBatch.objects.select_for_update(of=("self",))
            .select_related("programme", "organisation")
            .get(pk=batch.pk)
        )
        if locked.state != ImportBatch.State.WRITING:
            return
        refuse_closed(locked.programme)
        by = locked.confirmed_by
        hold_back_known(locked)
        files = write_lines(batch=locked, by=by)
        remember(locked, locked.told.get("columns", []))
        forget_registered(locked)
        locked.state = ImportBatch.State.CONFIRMED
        locked.content = locked.second = None
        locked.confirmed_at = locked.sign_of_life = timezone.now()
        locked.opened = len(files)
        locked.version += 1
        locked.save()
        journal.note(locked, JournalEntry.Kind.CREATED, files, by=by)
    batch.refresh_from_db()


def write_lines(*, batch: ImportBatch, by: Any) -> list[int]:
    """Files opened for new people in bulk, then those of people known already, one by one."""
    lines = batch.lines.to_import().order_by("number")
    new = [Line(*row) for row in lines.filter(person=None).values_list("pk", "number", "student")]
    files = open_files(batch=batch, lines=new, by=by)
    for line in lines.filter(person__isnull=False).select_related("person"):
        files.append(attach(line=line, batch=batch, by=by).pk)
    return files


def forget_registered(batch: ImportBatch) -> None:
    """Who is registered for courses concerns nobody here: once their list is confirmed, their lines keep their numbers
    and their reasons, which the statement counts, and nothing of them."""
    lines = batch.lines.filter(second_line__isnull=False, outcome=Outcome.IGNORE)
    lines.update(cells=[], student={}, name="", digest="")


def hold_back_known(batch: ImportBatch) -> None:
    """Whoever came into the base since the list was read may be somebody of the list: never opened twice unseen."""
    newcomers = list(known.identities(batch.received_by, after=batch.told.get("known_up_to", 0)))
    if not newcomers:
        return
    people = People(newcomers)
    held = []
    lines = batch.lines.to_import().filter(person=None).exclude(decision=ImportLine.Decision.KEEP)
    followed = known.under_way({each.key for each in newcomers}, batch.programme_id)
    for line in lines.iterator():
        if alike := people.alike(known.identity_of(line)):
            certain = any(each.kind is Resemblance.SAME and each.key in followed for each in alike)
            certain = certain and batch.kind != ImportBatch.Kind.BREAKS  # whose break is to be added to their file
            line.outcome = Outcome.IGNORE if certain else Outcome.REVIEW
            line.reasons = [*line.reasons, FOLLOWED_SINCE if certain else CAME_SINCE]
            line.alike = [*line.alike, *({"person": each.key, "strength": str(each.strength), "reason": each.reason}
                                         for each in alike)]  # fmt: skip
            held.append(line)
    ImportLine.objects.bulk_update(held, ["outcome", "reasons", "alike"], batch_size=500)
