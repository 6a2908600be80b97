"""Several youths asked to a meeting at one go."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction

from beneficiaries import bulk, gatherings
from beneficiaries.bulk import Change, Outcome
from beneficiaries.models import Attendance, BulkAct, Gathering, LogEntry
from partaj.formats import counted
from partaj.programmes.models import Programme

INVITED = Attendance.State.INVITED


@transaction.atomic
def invite_many(*, programme: Programme, numbers: Collection[int], gathering: Gathering, by: Any) -> Outcome:
    """Those who are asked already, or of another territory than that of the meeting, are skipped. Raises as
    `gatherings.invite` does."""
    files = bulk.held_files(programme=programme, numbers=numbers, by=by)
    rows = gatherings.invite_held(gathering=gathering, files=files, by=by)
    asked = {row.enrolment_id for row in rows}
    skipped = [file for file in files if file.pk not in asked]
    if not rows:
        return Outcome(None, skipped)
    # Their lines are written with the invitation, which goes with them.
    changes = [Change(row.enrolment, "", after={"attendance": row.pk}) for row in rows]
    told = f"{counted(len(rows), 'jeune invité', 'jeunes invités')} : {gathering}"
    act = bulk.record(
        kind=BulkAct.Kind.INVITE, programme=programme, told=told, changes=changes, log=LogEntry.Kind.GROUP, by=by
    )
    return Outcome(act, skipped)


def _unanswered(pairs: bulk.Pairs) -> dict[int, Attendance]:
    rows = Attendance.objects.filter(pk__in=[row.after["attendance"] for _, row in pairs], state=INVITED)
    return {row.enrolment_id: row for row in rows.select_related("gathering__programme")}


def _put_back(pairs: bulk.Pairs, by: Any) -> dict[int, str]:
    rows = _unanswered(pairs)
    if rows:
        gathering = next(iter(rows.values())).gathering
        gatherings.take_back(gathering=gathering, rows=list(rows.values()))
    return dict.fromkeys(rows, "")


bulk.UNDO[BulkAct.Kind.INVITE] = bulk.Undoing(
    as_left=lambda pairs: set(_unanswered(pairs)),
    put_back=_put_back,
    log=LogEntry.Kind.GROUP,
    goes_back=("jeune n’est plus invité", "jeunes ne sont plus invités"),
    since=("jeune a répondu depuis et reste sur la liste", "jeunes ont répondu depuis et restent sur la liste"),
)
