"""The decisions about meetings of several youths: planned, put right, called off; who is asked to come, who came.
Keyword-only, atomic; ClosedProgramme, and ValidationError in French sentences.

Of each youth who is asked, the timeline has one line, which always tells where they stand; of one who came, it is a
contact as well: nobody has then been without news of them. No query per youth.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from beneficiaries import bulk
from beneficiaries.models import Attendance, Contact, Enrolment, Gathering, LogEntry
from beneficiaries.services import save_by, save_next
from partaj.programmes.models import Programme
from partaj.programmes.services import refuse_closed

TWICE = "Cette réunion est déjà prévue, le même jour à la même heure : ouvrez-la plutôt."
GONE = "Cette réunion vient d’être supprimée : rien d’autre n’a changé."
OFF = "Cette réunion est annulée : rétablissez-la d’abord, ou choisissez-en une autre."
NOT_YET = "Cette réunion n’a pas encore eu lieu : qui est présent ou absent se note le jour même, ou après."
CAME = "Des présences y sont notées : elle s’est donc tenue. Remettez-les à « invité » si c’est une erreur."
HELD_AHEAD = "Des présences y sont notées : donnez le jour, passé, où elle s’est tenue."

State = Attendance.State


@dataclass(frozen=True, slots=True)
class Noted:
    """`meanwhile`: left as somebody else has noted them since they were read."""

    changed: list[Attendance]
    meanwhile: list[Attendance]


@transaction.atomic
def plan_gathering(*, gathering: Gathering, by: Any) -> Gathering:
    """Raises ValidationError where the same one is there: of two clicks, the second."""
    refuse_closed(gathering.programme)
    Programme.objects.select_for_update(no_key=True).get(pk=gathering.programme_id)
    same = Gathering.objects.filter(
        programme=gathering.programme_id, territory=gathering.territory_id, title=gathering.title,
        held_on=gathering.held_on, starts_at=gathering.starts_at,
    )  # fmt: skip
    if same.exists():
        raise ValidationError(TWICE)
    gathering.full_clean()
    save_by(gathering, by)
    return gathering


@transaction.atomic
def revise_gathering(*, gathering: Gathering, version: int, by: Any) -> Gathering:
    """The lines of those who were asked follow. Raises StaleVersion; ValidationError (key held_on)."""
    refuse_closed(gathering.programme)
    held = _held(gathering)
    rows = _rows(held)
    if not gathering.has_come and any(row.state in (State.PRESENT, State.ABSENT) for row in rows):
        raise ValidationError({"held_on": HELD_AHEAD})
    gathering.version, gathering.called_off = version, held.called_off
    save_next(gathering, by)
    _retell(gathering, rows)
    Contact.objects.filter(line__attendance__gathering=gathering).update(happened_on=gathering.held_on)
    return gathering


@transaction.atomic
def call_off(*, gathering: Gathering, reason: str, by: Any) -> Gathering:
    """It is not held: everybody's timeline says why. Raises ValidationError where somebody came."""
    refuse_closed(gathering.programme)
    held = _held(gathering)
    rows = _rows(held)
    if any(row.state in (State.PRESENT, State.ABSENT) for row in rows):
        raise ValidationError(CAME)
    held.called_off = reason
    save_next(held, by)
    _retell(held, rows)
    return held


@transaction.atomic
def reinstate(*, gathering: Gathering, by: Any) -> Gathering:
    """It is held after all. Nothing where it is not called off: two clicks are one."""
    refuse_closed(gathering.programme)
    held = _held(gathering)
    if held.called_off:
        held.called_off = ""
        save_next(held, by)
        _retell(held, _rows(held))
    return held


@transaction.atomic
def invite(*, gathering: Gathering, numbers: Iterable[int], by: Any) -> list[Attendance]:
    """Those of these files that `by` may change, on the territory of the meeting, and that are not asked yet. Raises
    ValidationError once it is off."""
    files = bulk.held_files(programme=gathering.programme, numbers=numbers, by=by)
    return invite_held(gathering=gathering, files=files, by=by)


@transaction.atomic
def invite_held(*, gathering: Gathering, files: Sequence[Enrolment], by: Any) -> list[Attendance]:
    """As `invite`, for files that are held already, and that `by` may change."""
    refuse_closed(gathering.programme)
    held = _held(gathering)
    if held.called_off:
        raise ValidationError(OFF)
    there = set(Attendance.objects.filter(gathering=held, enrolment__in=files).values_list("enrolment", flat=True))
    asked = [file for file in files if file.pk not in there and held.territory_id in (None, file.territory_id)]
    rows = [Attendance(gathering=held, enrolment=file) for file in asked]
    today = timezone.localdate()
    lines = [
        LogEntry(enrolment=row.enrolment, kind=LogEntry.Kind.GROUP, happened_on=today, sentence=row.sentence, author=by)
        for row in rows
    ]
    for row, line in zip(rows, LogEntry.objects.bulk_create(lines), strict=True):
        row.line = line
    Attendance.objects.bulk_create(rows)
    bulk.note_in_journal(held, held.programme_id, [row.enrolment_id for row in rows])
    return rows


@transaction.atomic
def uninvite(*, gathering: Gathering, numbers: Iterable[int], by: Any) -> list[int]:
    """Those of these files that `by` may change leave the list, and their line the timeline; who has come, or has said
    why not, stays. Returns the numbers of those that left."""
    refuse_closed(gathering.programme)
    files = bulk.held_files(programme=gathering.programme, numbers=numbers, by=by)
    held = _held(gathering)
    return take_back(gathering=held, rows=[row for row in _rows(held, files) if row.state == State.INVITED])


def take_back(*, gathering: Gathering, rows: Sequence[Attendance]) -> list[int]:
    """Invitations of files that are held: each goes with its line. Returns the numbers of the files."""
    LogEntry.objects.filter(pk__in=[row.line_id for row in rows]).delete()
    left = [row.enrolment_id for row in rows]
    bulk.note_in_journal(gathering, gathering.programme_id, left)
    return left


@transaction.atomic
def note_states(
    *, gathering: Gathering, states: Mapping[int, str], by: Any, read: Mapping[int, str] | None = None
) -> Noted:
    """`states`: by number of file, what became of the invitation; `read`: what the page showed, where it did. Those of
    files that `by` may not change are left alone, and so are those of which somebody noted something else meanwhile.
    Raises ValidationError before its day, or once it is off."""
    refuse_closed(gathering.programme)
    files = bulk.held_files(programme=gathering.programme, numbers=states, by=by)
    held = _held(gathering)
    if held.called_off:
        raise ValidationError(OFF)
    differing = [row for row in _rows(held, files) if row.state != states[row.enrolment_id]]
    rows = [row for row in differing if read is None or row.state == read.get(row.enrolment_id)]
    if not held.has_come and any(states[row.enrolment_id] in (State.PRESENT, State.ABSENT) for row in rows):
        raise ValidationError(NOT_YET)
    for row in rows:
        row.state = State(states[row.enrolment_id])
    Attendance.objects.bulk_update(rows, ["state"], batch_size=200)
    _retell(held, rows, by=by)
    came = [row for row in rows if row.state == State.PRESENT]
    Contact.objects.filter(line__in=[row.line_id for row in rows if row.state != State.PRESENT]).delete()
    Contact.objects.bulk_create(
        [
            Contact(
                enrolment_id=row.enrolment_id, channel=Contact.Channel.GROUP, happened_on=held.held_on,
                minutes=held.minutes, line=row.line, author=by,
            )
            for row in came
        ]
    )  # fmt: skip
    bulk.note_in_journal(held, held.programme_id, [row.enrolment_id for row in rows])
    return Noted(rows, [row for row in differing if row not in rows])


def _held(gathering: Gathering) -> Gathering:
    """As it is now, until the end of the transaction."""
    held = Gathering.objects.select_for_update(of=("self",)).filter(pk=gathering.pk).first()
    if held is None:
        raise ValidationError(GONE)
    held.programme = gathering.programme
    return held


def _rows(gathering: Gathering, files: Iterable[Enrolment] | None = None) -> list[Attendance]:
    rows = Attendance.objects.filter(gathering=gathering).select_related("line").order_by("pk")
    if files is not None:
        rows = rows.filter(enrolment__in=list(files))
    found = list(rows)
    for row in found:
        row.gathering = gathering
    return found


def _retell(gathering: Gathering, rows: list[Attendance], by: Any = None) -> None:
    """Each line says where its youth stands: an invitation on the day that it was made, the rest on that of the
    meeting; `by`: who says so now."""
    lines = []
    for row in rows:
        row.gathering = gathering
        line = row.line
        line.sentence = row.sentence
        if row.state in (State.PRESENT, State.ABSENT):
            line.happened_on = gathering.held_on
        else:
            line.happened_on = timezone.localdate(line.noted_at)
        if by is not None:
            line.author = by
        lines.append(line)
    LogEntry.objects.bulk_update(lines, ["sentence", "happened_on", "author"], batch_size=200)
