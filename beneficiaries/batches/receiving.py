"""Taking a file in: through the gate, then into the base, to be read at once or by the worker where it is large."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from django.db import transaction
from django.utils import timezone

from beneficiaries.batches import tasks
from beneficiaries.batches.reading import packed, read_batch
from beneficiaries.lists.receiving import receive
from beneficiaries.lists.second import receive_second
from beneficiaries.models import ImportBatch
from partaj.programmes.models import Programme
from partaj.programmes.services import refuse_closed
from partaj.territories.models import Organisation, Territory
from partaj.uploads.gate import clean_name
from partaj.uploads.refusal import UploadRefused
from partaj.versions import StaleVersion

AT_ONCE = 400_000  # bytes, about 3 000 lines: what is larger is read and written by the worker, with its progress


def receive_list(
    *,
    programme: Programme,
    territory: Territory,
    organisation: Organisation | None,
    filename: str,
    content: bytes,
    kind: str = ImportBatch.Kind.STUDENTS,
    second: bytes | None = None,
    rule: str = "",
    reference_date: dt.date,
    contacted_on: dt.date,
    by: Any,
    at_once: bool = False,
) -> ImportBatch:
    """Raises UploadRefused, with nothing kept, where a file may not enter (SecondRefused: the second of two), and
    ClosedProgramme.

    A file that enters and cannot be read as a list is a batch « refusée », which may be read otherwise. `at_once`: here
    and now, however large; else what is large is left to the worker.
    """
    refuse_closed(programme)
    if (second is not None) != (kind == ImportBatch.Kind.DIFFERENCE):
        raise ValueError("two files make a difference, and nothing else")
    receive(content)
    if second is not None:
        receive_second(second)
    batch = ImportBatch(
        programme=programme,
        territory=territory,
        organisation=organisation,
        kind=kind,
        filename=clean_name(filename),
        content=packed(content),
        second=packed(second) if second is not None else None,
        digest=hashlib.sha256(content).hexdigest(),
        rule=rule,
        reference_date=reference_date,
        contacted_on=contacted_on,
        size=len(content) + len(second or b""),
        received_by=by,
    )
    here = at_once or _is_small(batch)
    with transaction.atomic():
        batch.save()
        if not here:
            tasks.read.enqueue(batch.pk)
    if here:
        read_batch(batch=batch)
    return batch


def receive_readable(**given: Any) -> ImportBatch:
    """As `receive_list`, and nothing is kept either of a file that enters and is no list: raises UploadRefused with its
    sentence. What is left to the worker is not known yet."""
    batch = receive_list(**given)
    if batch.state == ImportBatch.State.REFUSED:
        forget_list(batch=batch)
        raise UploadRefused.again(batch.told["refusal"])
    return batch


def read_otherwise(*, batch: ImportBatch, version: int, choices: dict[str, Any], **changes: Any) -> None:
    """Read the same file again with other choices, or other `changes` (rule, dates). Raises StaleVersion where somebody
    else did, or confirmed it, since `version` was read, and ClosedProgramme."""
    refuse_closed(batch.programme)
    with transaction.atomic():
        locked = ImportBatch.objects.held(batch)
        if locked.version != version or not locked.can_be_read_again:
            raise StaleVersion
        for name, value in changes.items():
            setattr(locked, name, value)
        locked.choices = choices
        locked.state, locked.percent = ImportBatch.State.READING, 0
        locked.sign_of_life = timezone.now()
        locked.version += 1
        locked.save()
        if not _is_small(locked):
            tasks.read.enqueue(locked.pk)
    if _is_small(locked):
        read_batch(batch=locked)


def start_again(*, batch: ImportBatch) -> None:
    """A work that has been silent for too long is begun anew. StaleVersion where it is not so, or no longer."""
    refuse_closed(batch.programme)
    with transaction.atomic():
        locked = ImportBatch.objects.held(batch)
        if not locked.is_stale:
            raise StaleVersion
        locked.sign_of_life = timezone.now()
        locked.save(update_fields=["sign_of_life"])
        work = tasks.read if locked.state == ImportBatch.State.READING else tasks.write
        work.enqueue(locked.pk)


def _is_small(batch: ImportBatch) -> bool:
    return batch.size <= AT_ONCE


@transaction.atomic
def forget_list(*, batch: ImportBatch) -> None:
    """A list received by mistake: the file and its lines are gone; the history keeps that it came. StaleVersion where
    it is being written, or was confirmed."""
    locked = ImportBatch.objects.held(batch)
    if locked.state in {ImportBatch.State.WRITING, ImportBatch.State.CONFIRMED}:
        raise StaleVersion
    locked.delete()
