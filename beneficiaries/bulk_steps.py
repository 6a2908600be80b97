"""A step of the funnel noted in several files at one go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import transaction

from beneficiaries import bulk
from beneficiaries.bulk import Change, Outcome
from beneficiaries.models import BulkAct, LogEntry, StepEntry
from beneficiaries.services import refuse_step, told_of_step, told_of_step_withdrawn
from partaj.formats import counted, french_date
from partaj.programmes.models import FunnelStep, Programme
from partaj.programmes.services import refuse_closed


@transaction.atomic
def enter_step_many(
    *, programme: Programme, numbers: Collection[int], step: FunnelStep, entered_on: dt.date, by: Any
) -> Outcome:
    """Those who have the step already, or whom nobody had met on that day, are skipped. Raises ClosedProgramme;
    ValidationError (keys step, entered_on)."""
    refuse_closed(programme)
    refuse_step(programme, step, entered_on)
    files = bulk.held_files(programme=programme, numbers=numbers, by=by)
    have = set(StepEntry.objects.filter(step=step, enrolment__in=files).values_list("enrolment", flat=True))
    able = [file for file in files if file.pk not in have and file.contacted_on <= entered_on]
    skipped = [file for file in files if file not in able]
    if not able:
        return Outcome(None, skipped)
    entries = StepEntry.objects.bulk_create(
        [StepEntry(enrolment=file, step=step, entered_on=entered_on) for file in able]
    )
    StepEntry.history.bulk_history_create(entries, default_user=by)
    changes = [Change(entry.enrolment, told_of_step(step), after={"entry": entry.pk}) for entry in entries]
    told = f"étape « {step.label} » du {french_date(entered_on)}, dans {counted(len(able), 'dossier')}"
    act = bulk.record(
        kind=BulkAct.Kind.STEP, programme=programme, told=told, changes=changes, log=LogEntry.Kind.STEP, by=by,
        happened_on=entered_on,
    )  # fmt: skip
    return Outcome(act, skipped)


def _entries(pairs: bulk.Pairs) -> dict[int, StepEntry]:
    """By file, what the act noted, where it is still there; a step that is put right is taken away and noted anew."""
    noted = StepEntry.objects.filter(pk__in=[row.after["entry"] for _, row in pairs]).select_related("step")
    return {entry.enrolment_id: entry for entry in noted}


def _put_back(pairs: bulk.Pairs, by: Any) -> dict[int, str]:
    entries = _entries(pairs)
    bulk.remove_rows(list(entries.values()), by=by)
    return {file: told_of_step_withdrawn(entry, "notée par erreur.") for file, entry in entries.items()}


bulk.UNDO[BulkAct.Kind.STEP] = bulk.Undoing(
    as_left=lambda pairs: set(_entries(pairs)),
    put_back=_put_back,
    log=LogEntry.Kind.STEP,
    goes_back=("dossier perd cette étape", "dossiers perdent cette étape"),
    since=("dossier n’a déjà plus cette étape", "dossiers n’ont déjà plus cette étape"),
)
