"""The decisions about what stands in a youth's way. Keyword-only, atomic; those of `services` in every other way.

All raise ClosedProgramme on a closed programme and ValidationError (French sentences) where the parts disagree. The
timeline tells the kind and the day: what was said of it stays with the obstacle, where it can be put right.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from beneficiaries.models import LogEntry, Obstacle, impossible
from beneficiaries.services import held_row, hold, remove_by, save_by, save_next, write_log
from partaj.formats import french_date
from partaj.programmes.services import refuse_closed
from partaj.versions import claim_version

GONE = "Ce frein vient d’être retiré : rien d’autre n’a changé."
SOLVED = "Ce frein est déjà levé depuis le {} : rouvrez-le, ou modifiez-le."
OPEN = "Ce frein est déjà ouvert : rien n’a changé."
REOPENED_EARLY = "Le frein ne peut être rouvert avant le {}, jour où il a été levé."


@transaction.atomic
def note_obstacle(*, row: Obstacle, by: Any) -> Obstacle | None:
    """Something stands in the way. None where it is noted already, word for word: two clicks are one."""
    refuse_closed(row.enrolment.programme)
    hold(row.enrolment)
    same = {name: getattr(row, name) for name in ("kind", "precision", "words", "opened_on")}
    if row.enrolment.obstacles.still_open().filter(**same).exists():
        return None
    row.full_clean()
    save_by(row, by)
    _tell(row, f"Frein ouvert : {row}.", row.opened_on, by=by)
    return row


@transaction.atomic
def revise_obstacle(*, row: Obstacle, version: int, by: Any) -> Obstacle:
    """What was noted of it is put right; another kind or another day is told. `version` is the one that the editor had
    read: raises StaleVersion where somebody else saved it, or took it back, since."""
    refuse_closed(row.enrolment.programme)
    hold(row.enrolment)
    claim_version(row, version)
    former = Obstacle.objects.get(pk=row.pk)
    row.full_clean()
    save_by(row, by)
    today = timezone.localdate()
    if str(former) != str(row):
        _tell(row, f"Le frein « {former} » devient « {row} ».", today, by=by)
    if former.opened_on != row.opened_on:
        _tell(row, f"Le frein « {row} » est ouvert depuis le {french_date(row.opened_on)}.", row.opened_on, by=by)
    if former.solved_on and row.solved_on and former.solved_on != row.solved_on:
        _tell(row, f"Le frein « {row} » est levé depuis le {french_date(row.solved_on)}.", row.solved_on, by=by)
    return row


@transaction.atomic
def solve_obstacle(*, obstacle: Obstacle, solved_on: dt.date, how: str, by: Any) -> None:
    """It stands in the way no more. Nothing where the same was said already; ValidationError where somebody else solved
    it, or took it back, meanwhile."""
    held = held_row(obstacle, GONE)
    if not held.is_open:
        if (held.solved_on, held.how) == (solved_on, how):
            return
        raise ValidationError(SOLVED.format(french_date(held.solved_on)))
    held.solved_on, held.how = solved_on, how
    held.full_clean()
    save_next(held, by)
    _tell(held, f"Frein levé : {held}.", solved_on, by=by)


@transaction.atomic
def reopen_obstacle(*, obstacle: Obstacle, reopened_on: dt.date, by: Any) -> None:
    """It is back, or was never gone: its words are as they were, how it had been solved is in the history. Nothing
    where the same was said already; ValidationError as in `solve_obstacle`, or where another of its kind is open."""
    held = held_row(obstacle, GONE)
    if held.is_open:
        if held.reopened_on == reopened_on:
            return
        raise ValidationError(OPEN)
    if sentence := impossible(reopened_on):
        raise ValidationError({"reopened_on": sentence})
    if held.solved_on and reopened_on < held.solved_on:
        raise ValidationError({"reopened_on": REOPENED_EARLY.format(french_date(held.solved_on))})
    held.reopened_on, held.solved_on, held.how = reopened_on, None, ""
    held.full_clean()
    save_next(held, by)
    _tell(held, f"Frein rouvert : {held}.", reopened_on, by=by)


@transaction.atomic
def withdraw_obstacle(*, obstacle: Obstacle, reason: str, by: Any) -> None:
    """Noted by mistake: the timeline keeps that it was there, and why it is no more. Raises ValidationError where
    somebody took it back meanwhile."""
    held = held_row(obstacle, GONE)
    _tell(held, f"Frein « {held} » du {french_date(held.opened_on)} retiré : {reason}", timezone.localdate(), by=by)
    remove_by(held, by)


def _tell(row: Obstacle, sentence: str, day: dt.date, *, by: Any) -> None:
    write_log(enrolment=row.enrolment, kind=LogEntry.Kind.OBSTACLE, happened_on=day, sentence=sentence, author=by)
