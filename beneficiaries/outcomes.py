"""The decisions about what became of a youth. Keyword-only, atomic; those of `services` in every other way.

All raise ClosedProgramme on a closed programme and ValidationError (French sentences) where the parts disagree; the
timeline of the youth tells what was noted and what was taken back. At each moment where something is noted, exactly one
outcome is the principal one.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import capfirst

from beneficiaries.models import Enrolment, LogEntry, Outcome
from beneficiaries.models.paths import NEVER_ENTERED
from beneficiaries.services import held_row, hold, read_again, remove_by, save_by, save_next, save_read_again, write_log
from partaj.formats import french_date
from partaj.programmes.services import refuse_closed
from partaj.versions import claim_version

HELD = "Un autre devenir vient d’être noté : il tient à cette sortie, qui ne s’efface donc pas. Rien n’a changé."
GONE = "Ce devenir vient d’être retiré : rien d’autre n’a changé."


@transaction.atomic
def note_outcome(*, row: Outcome, exited_on: dt.date | None = None, by: Any) -> Outcome | None:
    """`exited_on`: the day on which they left the scheme, for a path whose end nobody noted yet. None where it is noted
    already, field by field: two clicks are one."""
    refuse_closed(row.enrolment.programme)
    hold(row.enrolment)
    same = ("moment", "seen_on", "kind", "precision", "state")
    if row.enrolment.outcomes.filter(**{name: getattr(row, name) for name in same}).exists():
        return None
    _leave(row.enrolment, exited_on, by)
    row.author = by
    _save(row, by)
    _tell(row, f"{capfirst(told(row))}.", row.seen_on, by=by)
    return row


@transaction.atomic
def revise_outcome(*, row: Outcome, version: int, exited_on: dt.date | None = None, by: Any) -> Outcome:
    """`exited_on`: as in `note_outcome`, where the exit was taken back since. `version` is the one that the editor had
    read: raises StaleVersion where somebody else saved it, or took it back, since."""
    refuse_closed(row.enrolment.programme)
    hold(row.enrolment)
    claim_version(row, version)
    former = Outcome.objects.get(pk=row.pk)
    _leave(row.enrolment, exited_on, by)
    _save(row, by)
    if former.moment != row.moment:
        _let_one_be_principal(row.enrolment, former.moment, by)
    if told(former) != told(row):
        _tell(row, f"{capfirst(told(former))} devient : {told(row)}.", row.seen_on, by=by)
    return row


@transaction.atomic
def withdraw_outcome(*, row: Outcome, reason: str, reopens: bool = False, by: Any) -> None:
    """Noted by mistake: the timeline keeps that it was there, and why it is no more. `reopens`: the exit was a mistake
    as well. Raises ValidationError where somebody took it back meanwhile, or noted another that holds the exit."""
    held = held_row(row, GONE)
    _tell(held, f"{capfirst(told(held))}, retiré : {reason}", timezone.localdate(), by=by)
    remove_by(held, by)
    if reopens:
        _come_back(held.enrolment, reason, by)
    _let_one_be_principal(held.enrolment, held.moment, by)


def _leave(enrolment: Enrolment, day: dt.date | None, by: Any) -> None:
    """The path as it is now, held; it ends that day, unless its end is noted."""
    read_again(enrolment)
    if day is None or not enrolment.is_under_way:
        return
    if enrolment.entered_on is None:
        raise ValidationError({"exited_on": NEVER_ENTERED})
    enrolment.exited_on = day
    if sentence := enrolment.date_errors().get("exited_on"):
        raise ValidationError({"exited_on": sentence})
    save_read_again(enrolment, by=by)
    write_log(enrolment=enrolment, kind=LogEntry.Kind.OUTCOME, happened_on=day, sentence="Sortie du dispositif.",
              author=by)  # fmt: skip


def _come_back(enrolment: Enrolment, reason: str, by: Any) -> None:
    read_again(enrolment)
    if enrolment.outcomes.exists():
        raise ValidationError({"reopens": HELD})
    if enrolment.exited_on is None:
        return
    day, enrolment.exited_on = enrolment.exited_on, None
    save_read_again(enrolment, by=by)
    write_log(enrolment=enrolment, kind=LogEntry.Kind.OUTCOME, happened_on=timezone.localdate(),
              sentence=f"Sortie du {french_date(day)} effacée : {reason}", author=by)  # fmt: skip


def _save(row: Outcome, by: Any) -> None:
    """The former principal one steps back first: there is never more than one."""
    row.clean_fields(exclude=["enrolment"])
    row.clean()
    others = row.enrolment.outcomes.filter(moment=row.moment).exclude(pk=row.pk)
    principal = others.filter(is_principal=True).first()
    if principal is None:
        row.is_principal = True
    elif row.is_principal:
        principal.is_principal = False
        save_next(principal, by)
    save_by(row, by)


def _let_one_be_principal(enrolment: Enrolment, moment: str, by: Any) -> None:
    """Among those left at a moment, the last one seen."""
    left = enrolment.outcomes.filter(moment=moment)
    if left.filter(is_principal=True).exists():
        return
    following = left.order_by("-seen_on", "-pk").first()
    if following is not None:
        following.is_principal = True
        save_next(following, by)


def told(row: Outcome) -> str:
    """« devenir à la sortie : CDI (Boulangerie Roux), en cours »."""
    precision = f" ({row.precision})" if row.precision else ""
    state = f", {row.get_state_display()}" if row.state != Outcome.State.UNDER_WAY else ""
    what = f"{row.get_kind_display()}{precision}{state}"
    return f"devenir {row.get_moment_display()}, vu le {french_date(row.seen_on)} : {what}"


def _tell(row: Outcome, sentence: str, day: dt.date, *, by: Any) -> None:
    write_log(enrolment=row.enrolment, kind=LogEntry.Kind.OUTCOME, happened_on=day, sentence=sentence, author=by)
