"""The decisions about exam results. Keyword-only, atomic; those of `services` in every other way.

All raise ClosedProgramme on a closed programme and ValidationError (French sentences) where the parts disagree; the
timeline tells what was noted, what became of it, and what was taken back.
"""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from beneficiaries.models import Exam, LogEntry
from beneficiaries.services import held_row, hold, remove_by, save_by, write_log
from partaj.programmes.services import refuse_closed
from partaj.versions import claim_version

GONE = "Ce résultat vient d’être retiré : rien d’autre n’a changé."
ALREADY = "Un résultat est déjà noté pour ce diplôme à cette session : modifiez-le plutôt."


@transaction.atomic
def note_exam(*, row: Exam, by: Any) -> Exam | None:
    """A result, or one that is awaited. None where it is noted already, field by field: two clicks are one."""
    refuse_closed(row.enrolment.programme)
    hold(row.enrolment)
    same = _same_session(row).first()
    said = ("day_known", "result", "units_validated", "units_total")
    if same is not None and all(getattr(same, name) == getattr(row, name) for name in said):
        return None
    if same is not None:
        raise ValidationError(ALREADY)
    row.full_clean()
    save_by(row, by)
    _tell(row, f"Examen : {row} : {row.outcome}.", day_of(row), by=by)
    return row


@transaction.atomic
def revise_exam(*, row: Exam, version: int, by: Any) -> Exam:
    """What was noted is put right, or the result has come: another one is told. `version` is the one that the editor
    had read: raises StaleVersion where somebody else saved it, or took it back, since."""
    refuse_closed(row.enrolment.programme)
    hold(row.enrolment)
    claim_version(row, version)
    former = Exam.objects.get(pk=row.pk)
    if _same_session(row).exclude(pk=row.pk).exists():
        raise ValidationError(ALREADY)
    row.full_clean()
    save_by(row, by)
    if former.outcome != row.outcome:
        _tell(row, f"Examen : {row} : {row.outcome}.", timezone.localdate(), by=by)
    return row


@transaction.atomic
def withdraw_exam(*, exam: Exam, reason: str, by: Any) -> None:
    """Noted by mistake: the timeline keeps that it was there, and why it is no more. Raises ValidationError where
    somebody took it back meanwhile."""
    held = held_row(exam, GONE)
    _tell(held, f"Résultat d’examen retiré ({held}) : {reason}", timezone.localdate(), by=by)
    remove_by(held, by)


def day_of(row: Exam) -> dt.date:
    """When the timeline tells it: the day of the session or the end of its month, never a day to come."""
    day = row.session_on
    if not row.day_known:
        day = day.replace(day=calendar.monthrange(day.year, day.month)[1])
    return min(day, timezone.localdate())


def _same_session(row: Exam) -> Any:
    return row.enrolment.exams.filter(certificate__iexact=row.certificate, session_on=row.session_on)


def _tell(row: Exam, sentence: str, day: dt.date, *, by: Any) -> None:
    write_log(enrolment=row.enrolment, kind=LogEntry.Kind.EXAM, happened_on=day, sentence=sentence, author=by)
