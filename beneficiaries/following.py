"""The decisions of a caseworker's day: what was tried to reach a youth, what is to be done next. Keyword-only, atomic;
those of `services` in every other way (ClosedProgramme, ValidationError in French sentences).

The file is held while one writes: of a double click, the second finds what the first has written and writes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import capfirst

from beneficiaries.models import Contact, Enrolment, LogEntry, NextAction
from beneficiaries.services import held_row, hold, write_log
from partaj.formats import counted, french_date, in_days
from partaj.prepared import answers
from partaj.programmes.services import refuse_closed
from partaj.scoping import answered_for

AT_ONCE = dt.timedelta(minutes=2)  # the same words of the same author in the same file: a double click
LATELY = 10  # lines of one file among which they are looked for: nobody writes more in that time
FURTHEST = dt.timedelta(days=2 * 366)
TAKEN_BACK = "Ce contact vient d’être retiré : rien d’autre n’a changé."
SETTLED = "Cette action vient d’être close : rien d’autre n’a changé."


@dataclass(frozen=True, slots=True)
class Said:
    """What is noted at one go. `channel`: None for a mere note. `words` of a private one are read by their author
    alone: of a contact, everybody who reads the file still sees that it took place, and its result."""

    happened_on: dt.date
    words: str = ""
    is_private: bool = False
    channel: str | None = None
    result: str = ""
    minutes: int | None = None
    next_what: str = ""
    next_on: dt.date | None = None


def promised_by(user: Any) -> Any:
    """What `user` has promised and may still settle: not in a closed programme, nor where they are a guest by now."""
    mine = NextAction.objects.visible_to(user).still_open().of(user).filter(enrolment__programme__closed_on=None)
    return mine if user.reach.everything else mine.filter(answered_for(user.reach, "enrolment__"))


@transaction.atomic
def note(*, enrolment: Enrolment, said: Said, by: Any) -> Contact | LogEntry | NextAction | None:
    """A contact or a note, and what is to be done next. None where it has just been noted, word for word."""
    refuse_closed(enrolment.programme)
    hold(enrolment)
    if said.channel:
        first: Contact | LogEntry | None = _contact(enrolment, said, by)
    else:
        first = _line(enrolment, LogEntry.Kind.NOTE, said, said.words, by, is_private=said.is_private)
    if first is None:
        return None
    if said.channel and said.words and said.is_private:
        _line(enrolment, LogEntry.Kind.NOTE, said, said.words, by, is_private=True)
    if said.next_what and said.next_on:
        plan(enrolment=enrolment, what=said.next_what, due_on=said.next_on, assignee=by)
    return first


def _contact(enrolment: Enrolment, said: Said, by: Any) -> Contact | None:
    contact = Contact(enrolment=enrolment, channel=said.channel, result=said.result, happened_on=said.happened_on,
                      minutes=said.minutes, author=by)  # fmt: skip
    contact.clean_fields(exclude=["line", "enrolment", "author"])  # which are there: the page found them
    sentence = sentence_of(contact, "" if said.is_private else said.words)
    told = _line(enrolment, LogEntry.Kind.CONTACT, said, sentence, by)
    if told is None:
        return None
    contact.line = told
    contact.save()
    return contact


def sentence_of(contact: Contact, words: str) -> str:
    """« Appel : rendez-vous pris (4 min). Elle rappelle jeudi. »"""
    begun = capfirst(contact.get_channel_display())
    result = f" : {contact.get_result_display()}" if contact.result else ""
    lasted = f" ({contact.minutes}\u00a0min)" if contact.minutes else ""
    return f"{begun}{result}{lasted}.{words and ' '}{words}"


def _line(
    enrolment: Enrolment, kind: LogEntry.Kind, said: Said, sentence: str, by: Any, *, is_private: bool = False
) -> LogEntry | None:
    same = {"kind": kind, "happened_on": said.happened_on, "sentence": sentence, "is_private": is_private}
    lately, since = answers(_latest_lines, of=enrolment.pk), timezone.now() - AT_ONCE
    if by is not None and any(
        line["author"] == by.pk and line["noted_at"] >= since and same.items() <= line.items() for line in lately
    ):
        return None
    return write_log(enrolment=enrolment, kind=kind, happened_on=said.happened_on, sentence=sentence, author=by,
                     is_private=is_private)  # fmt: skip


def _latest_lines(number: int) -> QuerySet:
    lines = LogEntry.objects.filter(enrolment=number).order_by("-pk")
    return lines.values("kind", "happened_on", "sentence", "is_private", "author", "noted_at")[:LATELY]


def words_of(contact: Contact) -> str:
    """What was said, as the timeline tells it; nothing where it is private, or where nothing was."""
    return contact.line.sentence.removeprefix(sentence_of(contact, "")).strip() if contact.line else ""


@transaction.atomic
def withdraw_contact(*, contact: Contact, reason: str, by: Any) -> None:
    """Noted by mistake: the timeline keeps that it was there, and why it is no more. Raises ValidationError where
    somebody took it back meanwhile."""
    held = held_row(contact, TAKEN_BACK)
    write_log(enrolment=held.enrolment, kind=LogEntry.Kind.CONTACT, happened_on=timezone.localdate(),
              sentence=f"{capfirst(str(held))} retiré : {reason}", author=by)  # fmt: skip
    held.delete()


# -- What is to be done next -----------------------------------------------------------------------------
def plan(*, enrolment: Enrolment, what: str, due_on: dt.date, assignee: Any) -> NextAction:
    """Raises ValidationError (key due_on) for a day that is over, or so far that nobody would mean it."""
    refuse_closed(enrolment.programme)
    if sentence := impossible_day(due_on):
        raise ValidationError({"due_on": sentence})
    action = NextAction(enrolment=enrolment, what=what, due_on=due_on, assignee=assignee)
    action.full_clean()
    action.save()
    return action


def impossible_day(due_on: dt.date) -> str:
    """Why nothing can be planned for that day, or ""."""
    today = timezone.localdate()
    if due_on < today:
        return "Cette date est passée : une action se prévoit pour aujourd’hui ou plus tard."
    if due_on > today + FURTHEST:
        return "Cette date est à plus de deux ans : vérifiez l’année."
    return ""


@transaction.atomic
def settle(*, action: NextAction, by: Any) -> None:
    """It is done: the timeline says so. Nothing where it was closed already: two clicks are one."""
    refuse_closed(action.enrolment.programme)
    held = _still_open(action)
    if held is None:
        return
    _close(held, f"Fait : {held.what}", by)


@transaction.atomic
def give_up(*, action: NextAction, reason: str, by: Any) -> None:
    """It will not be done, and why. Raises ValidationError where it was closed meanwhile."""
    refuse_closed(action.enrolment.programme)
    held = _still_open(action)
    if held is None:
        raise ValidationError(SETTLED)
    held.given_up = reason
    _close(held, f"Abandonné : {held.what}. {capfirst(reason)}", by)


@transaction.atomic
def give_up_left(*, enrolment: Enrolment, numbers: Collection[int], reason: str, by: Any) -> None:
    """Of a path that ends, in the transaction that ends it: those of its open actions that whoever ended it gave up."""
    hold(enrolment)
    for action in enrolment.actions.still_open():
        if action.pk in numbers:
            give_up(action=action, reason=reason, by=by)


@transaction.atomic
def put_off(*, action: NextAction, due_on: dt.date, assignee: Any) -> NextAction:
    """Another day, or somebody else. Raises ValidationError where it was closed meanwhile, or as `plan` does."""
    refuse_closed(action.enrolment.programme)
    held = _still_open(action)
    if held is None:
        raise ValidationError(SETTLED)
    if sentence := impossible_day(due_on):
        raise ValidationError({"due_on": sentence})
    held.due_on, held.assignee = due_on, assignee
    held.save()
    return held


@transaction.atomic
def reopen(*, action: NextAction) -> None:
    """Closed by mistake: it is to be done again, and the line that told of it goes. Nothing where it is open."""
    refuse_closed(action.enrolment.programme)
    hold(action.enrolment)
    held = NextAction.objects.select_for_update(of=("self",)).get(pk=action.pk)
    if held.is_open:
        return
    line, held.line = held.line, None
    held.done_on, held.given_up = None, ""
    held.save()
    if line is not None:
        line.delete()


def _still_open(action: NextAction) -> NextAction | None:
    hold(action.enrolment)
    return NextAction.objects.select_for_update(of=("self",)).still_open().filter(pk=action.pk).first()


def _close(action: NextAction, sentence: str, by: Any) -> None:
    today = timezone.localdate()
    action.done_on = today
    action.line = write_log(enrolment=action.enrolment, kind=LogEntry.Kind.ACTION, happened_on=today, author=by,
                            sentence=f"{sentence.removesuffix('.')}.")  # fmt: skip
    action.save()


def due_in_words(due_on: dt.date, today: dt.date) -> tuple[str, str]:
    """« aujourd’hui », « en retard de 3 jours », and the tone of it."""
    days = (due_on - today).days
    if days < 0:
        return f"en retard de {counted(-days, 'jour')}", "late"
    if days < 2:
        return in_days(due_on, today), "waiting"
    return f"le {french_date(due_on)}", "there"
