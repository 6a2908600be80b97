"""The decisions about work contracts, and what of them comes due. Keyword-only, atomic; those of `services` in every
other way.

All raise ClosedProgramme on a closed programme and ValidationError (French sentences) where the parts disagree. Those
that set the days of a contract raise Overlap where it would run beside another of the same youth, unless `both`: two
part-time contracts at once are legitimate, and rare enough to be asked about.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from beneficiaries.models import Contract, LogEntry
from beneficiaries.services import held_row, hold, remove_by, save_by, save_next, write_log
from partaj.formats import french_date
from partaj.programmes.services import refuse_closed
from partaj.versions import claim_version

GONE = "Ce contrat vient d’être retiré : rien d’autre n’a changé."
BROKEN = "Ce contrat est déjà rompu depuis le {} : modifiez-le, ou annulez sa rupture."
NOT_BROKEN = "Ce contrat n’est pas rompu : rien n’a changé."
BESIDE = (
    "Un autre contrat a lieu en même temps : {}. Vérifiez les dates ; si les deux tiennent vraiment ensemble (deux "
    "temps partiels), cochez « Garder les deux contrats ». Rien n’est perdu."
)
SAID_TWICE = ("contract_type", "employer", "organisation_id", "opca", "starts_on", "ends_on", "trial_ends_on")
BREAK = ("broken_on", "break_motive", "break_precision", "initiative", "in_trial")


class Overlap(ValidationError):
    """Another contract of the same youth, which its sentence names, runs on the same days."""


@transaction.atomic
def note_contract(*, row: Contract, both: bool, by: Any) -> Contract | None:
    """A contract was signed. None where it is noted already, field by field: two clicks are one."""
    refuse_closed(row.enrolment.programme)
    hold(row.enrolment)
    if row.enrolment.contracts.filter(**{name: getattr(row, name) for name in SAID_TWICE}).exists():
        return None
    row.full_clean()
    _refuse_beside(row, both, by)
    save_by(row, by)
    _tell(row, f"Contrat signé : {row}, {row.period()}.", row.starts_on, by=by)
    return row


@transaction.atomic
def revise_contract(*, row: Contract, version: int, both: bool, by: Any) -> Contract:
    """What was noted of it is put right; other days are told. `version` is the one that the editor had read: raises
    StaleVersion where somebody else saved it, broke it, or took it back, since."""
    refuse_closed(row.enrolment.programme)
    hold(row.enrolment)
    claim_version(row, version)
    former = Contract.objects.get(pk=row.pk)
    row.full_clean()
    if (former.starts_on, former.last_day) != (row.starts_on, row.last_day):
        _refuse_beside(row, both, by)
    save_by(row, by)
    if (former.starts_on, former.ends_on) != (row.starts_on, row.ends_on):
        _tell(row, f"Le contrat ({row}) court {row.period()}.", timezone.localdate(), by=by)
    if former.broken_on != row.broken_on:
        _tell(row, f"Le contrat ({row}) est rompu depuis le {french_date(row.broken_on)}.", row.broken_on, by=by)
    return row


@transaction.atomic
def break_contract(
    *, contract: Contract, broken_on: dt.date, break_motive: str, break_precision: str, initiative: str,
    in_trial: bool | None, by: Any,
) -> None:  # fmt: skip
    """It came to an end before its time. `in_trial`: None where nobody said; the end of the trial answers, if known.

    Nothing where the same was said already; ValidationError where somebody else broke it, or took it back, meanwhile.
    """
    held = held_row(contract, GONE)
    if in_trial is None and held.trial_ends_on:
        in_trial = broken_on <= held.trial_ends_on
    said = (broken_on, break_motive, break_precision, initiative, in_trial)
    if held.is_broken:
        if tuple(getattr(held, name) for name in BREAK) == said:
            return
        raise ValidationError(BROKEN.format(french_date(held.broken_on)))
    for name, value in zip(BREAK, said, strict=True):
        setattr(held, name, value)
    held.full_clean()
    save_next(held, by)
    when = ", pendant l’essai" if held.in_trial else ""
    _tell(held, f"Contrat rompu : {held}{when} ({held.get_break_motive_display()}).", broken_on, by=by)


@transaction.atomic
def restore_contract(*, contract: Contract, reason: str, both: bool, by: Any) -> None:
    """A break noted by mistake: the contract runs as it was agreed. ValidationError where it is not broken."""
    held = held_row(contract, GONE)
    if not held.is_broken:
        raise ValidationError(NOT_BROKEN)
    former = french_date(held.broken_on)
    for name in BREAK:
        setattr(held, name, None if name in ("broken_on", "in_trial") else "")
    held.full_clean()
    _refuse_beside(held, both, by)
    save_next(held, by)
    _tell(held, f"Rupture du {former} annulée ({held}) : {reason}", timezone.localdate(), by=by)


@transaction.atomic
def withdraw_contract(*, contract: Contract, reason: str, by: Any) -> None:
    """Noted by mistake: the timeline keeps that it was there, and why it is no more. Raises ValidationError where
    somebody took it back meanwhile."""
    held = held_row(contract, GONE)
    _tell(held, f"Contrat retiré ({held}, {held.period()}) : {reason}", timezone.localdate(), by=by)
    remove_by(held, by)


def _refuse_beside(row: Contract, both: bool, by: Any) -> None:
    """Among those that `by` may see: what lies beyond their sight is not told by a refusal."""
    if both:
        return
    theirs = Contract.objects.visible_to(by).filter(enrolment__beneficiary=row.enrolment.beneficiary_id)
    for other in theirs.exclude(pk=row.pk).order_by("starts_on", "pk"):
        if row.overlaps(other):
            rest = f", rompu le {french_date(other.broken_on)}" if other.is_broken else ""
            raise Overlap(BESIDE.format(f"{other}, {other.period()}{rest}"))


def _tell(row: Contract, sentence: str, day: dt.date | None, *, by: Any) -> None:
    """Never a day to come: the timeline tells what was done."""
    today = timezone.localdate()
    write_log(enrolment=row.enrolment, kind=LogEntry.Kind.CONTRACT, happened_on=min(day or today, today),
              sentence=sentence, author=by)  # fmt: skip
