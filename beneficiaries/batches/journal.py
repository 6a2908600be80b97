"""What a list does to many files at once, in one line of the access journal: rows written in bulk say nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from beneficiaries.models import ImportBatch
from partaj.accounts.journal.models import JournalEntry, spaced
from partaj.accounts.journal.trace import current
from partaj.acts import kinds_in
from partaj.formats import counted

WORKER = "list_worker"  # the page of what nobody's request does


def note(batch: ImportBatch, kind: JournalEntry.Kind, files: Iterable[int], *, by: Any) -> None:
    """In the transaction of what it tells; `by` asked for it, be it the worker that does it."""
    numbers = list(files)
    told: dict[str, Any] = {
        "kind": kind,
        "subject": f"beneficiaries.importbatch:{batch.pk}",
        "programme": batch.programme_id,
        "shown": spaced(numbers),
        "detail": f"{counted(len(numbers), 'dossier')} de la liste reçue",
    }
    if (trace := current.get()) is not None:
        trace.now(**told)
        return
    programme = told.pop("programme")
    roles = ", ".join(sorted(kinds_in(by.reach, programme))) if by is not None else ""
    JournalEntry.objects.write(
        [JournalEntry(page=WORKER, actor_id=by.pk if by else None, roles=roles, programme_id=programme, **told)]
    )
