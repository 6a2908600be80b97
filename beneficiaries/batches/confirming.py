"""A list confirmed: the files are opened, all or none, once, however many times one asks."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from beneficiaries import services
from beneficiaries.batches import bulk, journal, known, tasks
from beneficiaries.batches.choosing import remember
from beneficiaries.batches.resource import StudentResource
from beneficiaries.lists.likeness import People, Resemblance
from beneficiaries.lists.outcomes import Outcome
from beneficiaries.models import ImportBatch, ImportLine
from partaj.accounts.journal.models import JournalEntry
from partaj.programmes.services import refuse_closed
from partaj.versions import StaleVersion

QUOTES = {"above", "repairs", "stopped"}  # pieces of the file, which go with it, and what went wrong before
AT_ONCE = 3000  # lines: more are written by the worker
CAME_SINCE = "Une personne qui lui ressemble est arrivée depuis la lecture de la liste : vérifiez."
FOLLOWED_SINCE = "Entrée dans le programme depuis la lecture de la liste : rien à créer."


def confirm(*, batch: ImportBatch, version: int, by: Any, at_once: bool = False) -> ImportBatch:
    """Open the files of the lines to be imported. Raises StaleVersion where the list is no longer as it was when
    `version` was read (decided, read otherwise, confirmed by somebody else or by a second click), ClosedProgramme."""
    refuse_closed(batch.programme)
    with transaction.atomic():
        locked = ImportBatch.objects.held(batch)
        if locked.state != ImportBatch.State.READY or locked.version != version:
            raise StaleVersion
        waiting = locked.lines.to_import().count()
        locked.state = ImportBatch.State.WRITING
        locked.confirmed_by, locked.sign_of_life = by, timezone.now()
        locked.percent = 0
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
        bulk.take_the_time_it_takes()
        locked = ImportBatch.objects.held(batch)
        if locked.state != ImportBatch.State.WRITING:
            return
        refuse_closed(locked.programme)
        by = locked.confirmed_by
        hold_back_received(locked)
        hold_back_known(locked, by=by)
        write_lines(batch=locked, by=by)
        remember(locked, locked.told.get("columns", []))
        forget_registered(locked)
        locked.state = ImportBatch.State.CONFIRMED
        locked.content = locked.second = None
        locked.told = {key: said for key, said in locked.told.items() if key not in QUOTES}
        locked.confirmed_at = locked.sign_of_life = timezone.now()
        locked.version += 1
        locked.save()
    batch.refresh_from_db()


def write_lines(*, batch: ImportBatch, by: Any) -> None:
    """The files of all its lines that are to be imported and have none yet, with their words in the journal."""
    written = StudentResource(batch, by=by).write(batch.lines.all())
    if written.opened or not written.completed:
        journal.note(batch, JournalEntry.Kind.CREATED, written.opened, by=by)
    if written.completed:
        journal.note(batch, JournalEntry.Kind.CHANGED, written.completed, by=by)


def forget_registered(batch: ImportBatch) -> None:
    """Who is registered for courses concerns nobody here: once their list is confirmed, their lines keep their numbers
    and their reasons, which the statement counts, and nothing of them; those that somebody set aside no more than the
    others."""
    lines = batch.lines.filter(second_line__isnull=False, outcome__in=[Outcome.IGNORE, Outcome.REJECT])
    lines.update(cells=[], student={}, name="", digest="", alike=[], taken={})


def hold_back_received(batch: ImportBatch) -> None:
    """What another list, confirmed since this one was read, has brought in or holds already. A line that was kept
    although the reading had found it received stays kept."""
    lines = batch.lines.to_import().filter(person=None, same_as=None).exclude(judged=Outcome.IGNORE)
    digests = set(lines.order_by().values_list("digest", flat=True))
    received = known.already_received(digests, programme=batch.programme_id, but=batch.pk)
    held = [line for line in lines.iterator() if line.digest in received] if received else []
    for line in held:
        line.outcome, line.reasons = Outcome.IGNORE, [*line.reasons, received[line.digest]]
    ImportLine.objects.bulk_update(held, ["outcome", "reasons"], batch_size=500)


def hold_back_known(batch: ImportBatch, *, by: Any) -> None:
    """Whoever came into the base since the list was read may be somebody of the list: never opened twice unseen. `by`
    confirms, hence is who will be told."""
    seen = known.identities(by, programme=batch.programme_id, after=batch.told.get("known_up_to", 0))
    mine = set(batch.lines.filter(opened_person=True).values_list("person", flat=True))  # lines compared when read
    newcomers = [each for each in seen if each.key not in mine]
    if not newcomers:
        return
    people = People(newcomers)
    held = []
    lines = batch.lines.to_import().filter(person=None, same_as=None)
    followed = known.under_way({each.key for each in newcomers}, batch.programme_id)
    for line in lines.iterator():
        shown = {each["person"] for each in line.alike if "person" in each}
        if alike := [each for each in people.alike(known.identity_of(line)) if each.key not in shown]:
            certain = any(each.kind is Resemblance.SAME and each.key in followed for each in alike)
            certain = certain and batch.kind != ImportBatch.Kind.BREAKS  # whose break is to be added to their file
            line.outcome = Outcome.IGNORE if certain else Outcome.REVIEW
            line.reasons = [*line.reasons, FOLLOWED_SINCE if certain else CAME_SINCE]
            line.alike = [*line.alike, *({"person": each.key, "strength": str(each.strength), "reason": each.reason}
                                         for each in alike)]  # fmt: skip
            held.append(line)
    ImportLine.objects.bulk_update(held, ["outcome", "reasons", "alike"], batch_size=500)
