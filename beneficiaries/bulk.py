"""One act upon many files: held together, written in bulk, told to each, undone as a whole. Keyword-only, atomic.

A kind of act says what changes (`Change`) and writes it by sets; how it is put back is in UNDO, by kind. Everything
else is here: who may be touched, the lock, the timeline, the journal, the record. No query per file.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from beneficiaries.models import Beneficiary, BulkAct, BulkRow, Enrolment, LogEntry
from partaj.accounts.journal.models import JournalEntry, spaced
from partaj.accounts.journal.trace import current
from partaj.navigation import address
from partaj.programmes.models import Programme
from partaj.programmes.services import refuse_closed

MOST = 500  # files of one act: what somebody can read before they confirm


@dataclass
class Change:
    """One file: what it was, what the act puts there (plain values), and the sentence of its timeline."""

    file: Enrolment
    sentence: str
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


Pairs = list[tuple[Enrolment, BulkRow]]


@dataclass
class Outcome:
    """`act`: None where nothing was left to do; `already`: the one of the same author that had done it. `skipped`: left
    alone, because of what they have become since the page was read, or of what they are."""

    act: BulkAct | None
    skipped: list[Enrolment] = field(default_factory=list)
    already: BulkAct | None = None


@dataclass(frozen=True, slots=True)
class Undoing:
    """How acts of one kind are put back. `as_left`: the numbers of the files that are still what the act made of them;
    `put_back`: restores those, all held, and returns the sentence of each ("" where there is nothing more to tell).

    `log`: the kind of their lines. `goes_back`, `since`: what is said of those that are put back, and of those that
    stay as they are, each for one file and for several.
    """

    as_left: Callable[[Pairs], set[int]]
    put_back: Callable[[Pairs, Any], dict[int, str]]
    log: str
    goes_back: tuple[str, str]
    since: tuple[str, str]


UNDO: dict[str, Undoing] = {}  # by kind of act


@dataclass(frozen=True, slots=True)
class Offered:
    """An act that the list of youths offers, by the name of its page (of one programme, and a `SeveralFiles`)."""

    order: int
    label: str
    page: str


OFFERED = [
    Offered(10, "Confier", "beneficiaries:assign_many"),
    Offered(20, "Noter une étape", "beneficiaries:step_many"),
    Offered(30, "Inviter", "beneficiaries:invite_many"),
    Offered(40, "Écrire", "beneficiaries:letters"),
]  # upper floors add theirs


def offered_in(number: str) -> list[dict[str, str]]:
    """`number`: of the programme."""
    shown = sorted(OFFERED, key=lambda each: each.order)
    return [{"label": each.label, "url": address(each.page, number)} for each in shown]


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undoing does, or would do. `unseen`: how many files `by` may no longer change, and that stay."""

    pairs: Pairs
    changed: list[Enrolment]
    unseen: int


def held_files(*, programme: Programme, numbers: Iterable[int], by: Any) -> list[Enrolment]:
    """Those of these numbers that `by` may change, people first, until the end of the transaction. Three queries."""
    mine = Enrolment.objects.changeable_by(by).filter(programme=programme, pk__in=list(numbers))
    people = Beneficiary.objects.filter(pk__in=mine.order_by().values("beneficiary"))
    list(people.select_for_update().order_by("pk").values_list("pk", flat=True))
    held = mine.select_related("beneficiary", "territory").select_for_update(of=("self",))
    return list(held.order_by("pk"))


def remove_rows(rows: list[Any], *, by: Any) -> None:
    """Rows of one model that has a history, which says who removed them, and upon which nothing hangs. Two queries,
    whatever their number: a deletion row by row would write its history row by row."""
    if not rows:
        return
    model, past = type(rows[0]), type(rows[0]).history.model
    past.objects.bulk_create(
        [
            past(
                **{column.attname: getattr(row, column.attname) for column in past.tracked_fields},
                history_date=timezone.now(), history_type="-", history_user=by,
            )
            for row in rows
        ]
    )  # fmt: skip
    gone = model._default_manager.filter(pk__in=[row.pk for row in rows]).order_by()
    gone._raw_delete(gone.db)


def save_files(files: list[Enrolment], columns: Iterable[str], *, by: Any) -> None:
    """Write these columns of files that are held, with their history: as `Enrolment.save` would, and its version."""
    names = list(columns)
    known = set(Enrolment.history.filter(id__in=[file.pk for file in files]).values_list("id", flat=True))
    # What a file without history was, so that its first change can be told.
    stored = Enrolment.objects.filter(pk__in=[file.pk for file in files if file.pk not in known])
    first = list(stored)
    for file in first:
        file._history_date = file.created_at
    Enrolment.history.bulk_history_create(first)
    Enrolment.objects.bulk_update(files, names, batch_size=200)
    Enrolment.objects.filter(pk__in=[file.pk for file in files]).update(version=F("version") + 1)
    Enrolment.history.bulk_history_create(files, update=True, default_user=by)


def record(
    *, kind: str, programme: Programme, told: str, changes: list[Change], log: str, by: Any,
    happened_on: dt.date | None = None,
) -> BulkAct:  # fmt: skip
    """What has just been written, in the transaction that writes it. `happened_on`: today unless it is said."""
    act = BulkAct.objects.create(programme=programme, kind=kind, told=told, author=by)
    BulkRow.objects.bulk_create(
        [BulkRow(act=act, enrolment=each.file, before=each.before, after=each.after) for each in changes]
    )
    sentences = {each.file.pk: each.sentence for each in changes}
    _tell(act, sentences, log, happened_on or timezone.localdate(), by)
    return act


def what_undoing_does(act: BulkAct, files: list[Enrolment], rows: dict[int, BulkRow]) -> Undone:
    """`files`: those of `rows` (by number of file) that whoever undoes may change."""
    pairs = [(file, rows[file.pk]) for file in files]
    as_left = UNDO[act.kind].as_left(pairs)
    return Undone(
        [(file, row) for file, row in pairs if file.pk in as_left],
        [file for file, _ in pairs if file.pk not in as_left],
        len(rows) - len(files),
    )


def rows_of(act: BulkAct) -> dict[int, BulkRow]:
    return {row.enrolment_id: row for row in BulkRow.objects.filter(act=act)}


@transaction.atomic
def undo(*, act: BulkAct, by: Any) -> Undone | None:
    """Put back every file that nobody has changed since, among those that `by` may change; the others stay as they are.
    None where it was undone already. Raises ClosedProgramme."""
    refuse_closed(act.programme)
    locked = BulkAct.objects.select_for_update(of=("self",)).get(pk=act.pk)
    if locked.is_undone:
        return None
    rows = rows_of(locked)
    done = what_undoing_does(locked, held_files(programme=act.programme, numbers=rows, by=by), rows)
    undoing = UNDO[locked.kind]
    _tell(locked, undoing.put_back(done.pairs, by), undoing.log, timezone.localdate(), by)
    locked.undone_at, locked.undone_by = timezone.now(), by
    locked.save()
    return done


def _tell(act: BulkAct, sentences: dict[int, str], log: str, happened_on: dt.date, by: Any) -> None:
    LogEntry.objects.bulk_create(
        [
            LogEntry(enrolment_id=file, kind=log, happened_on=happened_on, sentence=sentence, author=by)
            for file, sentence in sentences.items()
            if sentence  # the act has told those by itself
        ]
    )
    note_in_journal(act, act.programme_id, list(sentences))


def note_in_journal(row: Any, programme: int, files: list[int]) -> None:
    """What was written by sets, which no signal tells: one line of the journal for `row`, with the numbers of files."""
    if files and (trace := current.get()) is not None:
        trace.now(
            JournalEntry.Kind.CHANGED, subject=f"{row._meta.label_lower}:{row.pk}", programme=programme,
            shown=spaced(files), detail=str(row._meta.verbose_name),
        )  # fmt: skip
