"""The decisions about what a youth was told of their data, and what they object to. Keyword-only, atomic; those of
`services` in every other way (ClosedProgramme, ValidationError in French sentences).

While an objection is in force the file is open to nobody but those who answer for it: the accesses of guests end the
day before, none opens, and lists that leave as files leave it out. Those who follow the youth still do: to object to
sharing is not to ask to be left alone; what is to be erased is another decision.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from beneficiaries.models import AccessGrant, Enrolment, LogEntry, Notice, Objection
from beneficiaries.services import held_row, hold, write_log
from partaj.formats import french_date
from partaj.programmes.services import refuse_closed

BEFORE = "La réponse précède l’opposition : vérifiez la date."
ALREADY = "Une opposition est déjà notée : répondez-y, ou levez-la d’abord."
GONE = "Cette ligne vient d’être retirée : rien d’autre n’a changé."
LIFTED = "Cette opposition vient d’être levée : rien d’autre n’a changé."


@transaction.atomic
def note_notice(*, notice: Notice, by: Any) -> Notice:
    """Two clicks are one: the same notice of the same day is there already."""
    refuse_closed(notice.enrolment.programme)
    hold(notice.enrolment)
    same = {name: getattr(notice, name) for name in ("given_on", "how", "given_to", "accepts_charter")}
    known = Notice.objects.filter(enrolment=notice.enrolment, **same).first()
    if known is not None:
        return known
    notice.author = by
    notice.full_clean()
    notice.save()
    charter = " Charte d’utilisation des données acceptée." if notice.accepts_charter else ""
    _tell(notice.enrolment, f"Information sur les données {notice}.{charter}", notice.given_on, by)
    return notice


@transaction.atomic
def withdraw_notice(*, notice: Notice, reason: str, by: Any) -> None:
    """Noted by mistake; the timeline keeps why. Raises ValidationError where somebody took it back meanwhile."""
    held = held_row(notice, GONE)
    _tell(held.enrolment, f"Information sur les données ({held}) retirée : {reason}", timezone.localdate(), by)
    held.delete()


@transaction.atomic
def note_objection(*, objection: Objection, by: Any) -> Objection:
    """The file closes to its guests at once. Raises ValidationError where one is in force already."""
    refuse_closed(objection.enrolment.programme)
    hold(objection.enrolment)
    if Objection.objects.in_force().filter(enrolment=objection.enrolment).exists():
        raise ValidationError(ALREADY)
    objection.author = by
    objection.full_clean()
    objection.save()
    said = f" {objection.words}" if objection.words else ""
    _tell(objection.enrolment, f"Le jeune s’oppose {objection.get_scope_display()}.{said}", objection.made_on, by)
    close_to_guests(path=objection.enrolment_id)
    return objection


@transaction.atomic
def answer_objection(*, objection: Objection, answer: str, answered_on: dt.date, by: Any) -> None:
    """The law gives a month: the day counts. Raises ValidationError (key day) where it precedes the objection."""
    held = _still_in_force(objection)
    if answered_on < held.made_on:
        raise ValidationError({"day": BEFORE})
    held.answer, held.answered_on = answer, answered_on
    held.save()
    _tell(objection.enrolment, f"Réponse à son opposition : {answer}", answered_on, by)


@transaction.atomic
def lift_objection(*, objection: Objection, reason: str, by: Any) -> None:
    """They changed their mind: accesses may open again; those that were ended stay so."""
    held = _still_in_force(objection)
    held.lifted_on = timezone.localdate()
    held.save()
    _tell(objection.enrolment, f"Opposition levée : {reason}", timezone.localdate(), by)


def close_to_guests(*, path: int) -> None:
    """If an objection is in force there (`path`: the number of the enrolment), whatever opened it meanwhile ends."""
    if not Objection.objects.in_force().filter(enrolment=path).exists():
        return
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    for grant in AccessGrant.objects.in_force().filter(enrolment=path):
        if grant.starts_on > yesterday:
            grant.delete()
        else:
            grant.ends_on = yesterday
            grant.save()


def _still_in_force(objection: Objection) -> Objection:
    held: Objection = held_row(objection, LIFTED)
    if held.lifted_on:
        raise ValidationError(LIFTED)
    return held


def _tell(enrolment: Enrolment, sentence: str, day: dt.date, by: Any) -> None:
    write_log(enrolment=enrolment, kind=LogEntry.Kind.RIGHTS, happened_on=day, sentence=sentence, author=by)


def in_words(objection: Objection) -> str:
    """The alert at the head of the file."""
    said = f" « {objection.words} »" if objection.words else ""
    on = f", le {french_date(objection.answered_on)}" if objection.answered_on else ""  # not asked until lately
    answered = f" Réponse{on} : {objection.answer}" if objection.answer else ""
    day = french_date(objection.made_on)
    return f"S’oppose {objection.get_scope_display()}, le {day}.{said}{answered}"
