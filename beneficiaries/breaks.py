"""The decisions about broken apprenticeships. Keyword-only, atomic; those of `services` in every other way.

All raise ClosedProgramme on a closed programme and ValidationError (French sentences) where the parts disagree; the
timeline of the youth tells what was noted and what was taken back.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from beneficiaries.models import ApprenticeshipBreak, LogEntry
from beneficiaries.services import held_row, hold, remove_by, save_by, write_log
from partaj.formats import french_date
from partaj.programmes.services import refuse_closed
from partaj.versions import claim_version

BROKEN = "Rupture du contrat d’apprentissage"
GONE = "Cette rupture vient d’être retirée : rien d’autre n’a changé."


@transaction.atomic
def note_break(*, row: ApprenticeshipBreak, by: Any) -> ApprenticeshipBreak:
    """A youth's contract was broken; they may have broken others."""
    refuse_closed(row.enrolment.programme)
    row.full_clean()
    save_by(row, by)
    _tell(row, f"{BROKEN}{_where(row)}{'' if row.broken_on else ', à une date inconnue'}.", row.broken_on, by=by)
    return row


@transaction.atomic
def revise_break(*, row: ApprenticeshipBreak, version: int, by: Any) -> ApprenticeshipBreak:
    """What was noted of it is put right; another day is told. `version` is the one that the editor had read: raises
    StaleVersion where somebody else saved it, or took it back, since."""
    refuse_closed(row.enrolment.programme)
    hold(row.enrolment)
    claim_version(row, version)
    former = ApprenticeshipBreak.objects.get(pk=row.pk)
    row.full_clean()
    save_by(row, by)
    if former.broken_on != row.broken_on:
        day = french_date(row.broken_on)
        _tell(row, f"La {former} {f'est du {day}' if day else 'n’a plus de date connue'}.", row.broken_on, by=by)
    return row


@transaction.atomic
def withdraw_break(*, row: ApprenticeshipBreak, reason: str, by: Any) -> None:
    """Noted by mistake: the timeline keeps that it was there, and why it is no more. Raises ValidationError where
    somebody took it back meanwhile."""
    held = held_row(row, GONE)
    _tell(held, f"{str(held).capitalize()} retirée : {reason}", timezone.localdate(), by=by)
    remove_by(held, by)


def _where(row: ApprenticeshipBreak) -> str:
    return f" ({row.company})" if row.company else ""


def _tell(row: ApprenticeshipBreak, sentence: str, day: dt.date | None, *, by: Any) -> None:
    write_log(enrolment=row.enrolment, kind=LogEntry.Kind.BREAK, happened_on=day or timezone.localdate(),
              sentence=sentence, author=by)  # fmt: skip
