"""Who follows a file, and what they had promised to do for it. Keyword-only, atomic, as those of `services`.

An action stays with who promised it, until somebody takes their place: then it goes with the file.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from beneficiaries.models import Enrolment, LogEntry, NextAction
from beneficiaries.services import hold, read_again, save_read_again, write_log
from partaj.accounts.models import Role
from partaj.formats import counted
from partaj.programmes.models import Programme
from partaj.programmes.services import refuse_closed

NOT_THERE = "{} ne travaille pas, ou plus, sur {} : choisissez quelqu’un d’autre. Rien n’a changé."
MEANWHILE = "Entre-temps, {} : rien d’autre n’a changé. Relisez le dossier, puis recommencez s’il le faut."


def working_on(programme: Programme, territories: Any) -> QuerySet:
    """Those who may follow a youth of these territories today."""
    return Role.objects.in_force().filter(follows_there(territory__in=territories), programme=programme)


def follows_there(**territory: Any) -> Q:
    """Of the roles of one programme: its managers, and the caseworkers there (`territory`: a look-up)."""
    return Q(kind=Role.Kind.MANAGER) | Q(kind=Role.Kind.CASEWORKER, **territory)


def may_follow(user: Any, programme: Programme, territory: int) -> bool:
    return user.is_active and working_on(programme, [territory]).filter(user=user).exists()


@transaction.atomic
def assign(*, enrolment: Enrolment, referent: Any | None, read: int | None, by: Any) -> bool:
    """Give the file to `referent`, or to nobody. `read`: the number of the referent whom the page showed.

    False where it was so already: two clicks are one. Raises ClosedProgramme; ValidationError (key referent) where
    somebody else was given the file meanwhile, or where `referent` does not work there.
    """
    refuse_closed(enrolment.programme)
    hold(enrolment)
    read_again(enrolment)
    wanted = referent.pk if referent else None
    if enrolment.referent_id == wanted:
        return False
    if enrolment.referent_id != read:
        raise ValidationError({"referent": MEANWHILE.format(_now_of(enrolment))})
    if referent and not may_follow(referent, enrolment.programme, enrolment.territory_id):
        raise ValidationError({"referent": NOT_THERE.format(referent, enrolment.territory)})
    former = enrolment.referent
    enrolment.referent = referent
    save_read_again(enrolment, by=by)
    carried = carry_actions(enrolment, to=referent, of=[former.pk] if former else []) if referent else 0
    write_log(enrolment=enrolment, kind=LogEntry.Kind.REFERENT, happened_on=timezone.localdate(), author=by,
              sentence=given_in_words(former, referent) + carried_in_words(carried, referent))  # fmt: skip
    return True


def _now_of(enrolment: Enrolment) -> str:
    if enrolment.referent is None:
        return "le référent a été retiré de ce dossier"
    return f"ce dossier a été confié à {enrolment.referent}"


def carry_actions(enrolment: Enrolment, *, to: Any | None, of: list[int]) -> int:
    """The open actions of these accounts go to `to`, or to nobody; how many."""
    actions = NextAction.objects.select_for_update(of=("self",)).still_open()
    carried = list(actions.filter(enrolment=enrolment, assignee__in=of).order_by("pk"))
    for action in carried:
        action.assignee = to
        action.save()
    return len(carried)


def given_in_words(former: Any | None, referent: Any | None) -> str:
    if referent is None:
        return f"{former} n’est plus référent : le dossier n’a plus de référent."
    return f"Dossier confié à {referent}{f', après {former}' if former else ''}."


def carried_in_words(count: int, to: Any | None) -> str:
    if not count:
        return ""
    actions = counted(count, "action à faire", "actions à faire")
    verb = "passe" if count == 1 else "passent"
    return f" {actions} {verb} à {to}." if to else f" {actions} {'attend' if count == 1 else 'attendent'} quelqu’un."
