"""The decisions about handing a file over: offered, accepted, declined, taken back. Keyword-only, atomic, as those of
`services`; all raise ClosedProgramme, and ValidationError (French sentences) where the parts disagree.

Until somebody accepts, the file stays where it is. The accesses opened to tutors and cell members stay with it;
figures follow the territory that is stored on the path, and need nothing; what else follows is in `moved`.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from beneficiaries.models import Enrolment, Handover, LogEntry, NextAction
from beneficiaries.moved import follow_the_territory
from beneficiaries.referents import NOT_THERE, carried_in_words, carry_actions, may_follow, working_on
from beneficiaries.services import hold, read_again, save_by, save_read_again, write_log
from partaj.accounts.models import Role
from partaj.programmes.services import refuse_closed
from partaj.territories.models import Territory

MOVED = (
    "Ce dossier a changé de territoire depuis cette proposition : elle ne vaut plus, et rien n’a changé. "
    "L’équipe qui en répond peut le proposer de nouveau."
)
NOBODY_THERE = "Personne ne travaille sur {} aujourd’hui : la proposition resterait sans réponse. Choisissez ailleurs."
NOT_OF_PROGRAMME = "Ce territoire n’est pas de ce programme."
ALREADY_THEIRS = "Ce dossier est déjà celui de {}."
SETTLED = {
    Handover.State.ACCEPTED: "Ce transfert vient d’être accepté : rien d’autre n’a changé.",
    Handover.State.DECLINED: "Ce transfert vient d’être refusé : rien d’autre n’a changé.",
    Handover.State.WITHDRAWN: "Ce transfert vient d’être retiré par ceux qui le proposaient : rien d’autre n’a changé.",
}


@transaction.atomic
def offer(*, enrolment: Enrolment, to: Any, message: str, by: Any) -> Handover:
    """`to`: a colleague of the file's territory, or another Territory of the programme. One at a time for a file."""
    refuse_closed(enrolment.programme)
    hold(enrolment)
    read_again(enrolment)
    somewhere = to if isinstance(to, Territory) else None
    if sentence := _impossible_place(enrolment, somewhere) if somewhere else _impossible_colleague(enrolment, to):
        raise ValidationError({"to": sentence})
    handover = Handover(
        enrolment=enrolment, from_territory=enrolment.territory, from_referent=enrolment.referent,
        territory=somewhere or enrolment.territory, recipient=None if somewhere else to, message=message, author=by,
    )  # fmt: skip
    handover.full_clean()
    save_by(handover, by)
    _tell(enrolment, f"Transfert proposé à {handover.to}.", by)
    return handover


def _impossible_place(enrolment: Enrolment, territory: Territory) -> str:
    if not enrolment.programme.territories.filter(pk=territory.pk).exists():
        return NOT_OF_PROGRAMME
    if territory.pk == enrolment.territory_id:
        return ALREADY_THEIRS.format(territory)
    return "" if teams_on(enrolment.programme, territory) else NOBODY_THERE.format(territory)


def _impossible_colleague(enrolment: Enrolment, colleague: Any) -> str:
    if colleague.pk == enrolment.referent_id:
        return ALREADY_THEIRS.format(colleague)
    there = may_follow(colleague, enrolment.programme, enrolment.territory_id)
    return "" if there else NOT_THERE.format(colleague, enrolment.territory)


def teams_on(programme: Any, territory: Territory) -> bool:
    """Whether a caseworker works there today: those who answer for the whole programme are not asked."""
    roles = Role.objects.in_force().filter(programme=programme, kind=Role.Kind.CASEWORKER, territory=territory)
    return roles.exists()


@transaction.atomic
def accept(*, handover: Handover, follows: bool, by: Any) -> bool:
    """The file is theirs: territory and referent at one go. `follows`: who accepts for a territory follows it.

    Open actions of those who no longer answer for the file, or whom the new referent replaces, go to that referent,
    or wait for somebody. False where `by` had accepted it already.
    """
    refuse_closed(handover.enrolment.programme)
    held = _held(handover)
    if held.state == Handover.State.ACCEPTED and held.settled_by_id == by.pk:
        return False
    _refuse_settled(held)
    enrolment = held.enrolment
    read_again(enrolment)
    if enrolment.territory_id != held.from_territory_id:
        raise ValidationError(MOVED)
    referent = by if held.leaves_territory and follows else held.recipient
    if referent and not may_follow(referent, enrolment.programme, held.territory_id):
        raise ValidationError(NOT_THERE.format(referent, held.territory))
    leaving = _leaving(enrolment, held)
    enrolment.territory, enrolment.referent = held.territory, referent
    save_read_again(enrolment, by=by)
    carried = carry_actions(enrolment, to=referent, of=leaving)
    _settle(held, Handover.State.ACCEPTED, by)
    follow_the_territory(enrolment, by=by)
    _tell(enrolment, _accepted_in_words(held, referent) + carried_in_words(carried, referent), by)
    return True


def _leaving(enrolment: Enrolment, handover: Handover) -> list[int]:
    """Whose open actions go along: of those who no longer see the file, or of the referent who is replaced."""
    if not handover.leaves_territory:
        return [enrolment.referent_id] if enrolment.referent_id else []
    stay = working_on(enrolment.programme, [handover.territory_id]).values("user")
    theirs = NextAction.objects.still_open().filter(enrolment=enrolment, assignee__isnull=False)
    return list(theirs.exclude(assignee__in=stay).order_by().values_list("assignee", flat=True).distinct())


def _accepted_in_words(handover: Handover, referent: Any | None) -> str:
    if not handover.leaves_territory:
        return f"Transfert accepté : dossier confié à {referent}."
    followed = f"suivi par {referent}" if referent else "sans référent pour l’instant"
    return f"Transfert accepté : le dossier passe de {handover.from_territory} à {handover.territory}, {followed}."


@transaction.atomic
def decline(*, handover: Handover, reason: str, by: Any) -> None:
    """Nothing changes; who offered it reads why on their home page, and the timeline says it."""
    refuse_closed(handover.enrolment.programme)
    held = _held(handover)
    _refuse_settled(held)
    held.reason = reason
    _settle(held, Handover.State.DECLINED, by)
    _tell(held.enrolment, f"Transfert à {held.to} refusé : {reason}", by)


@transaction.atomic
def take_back(*, handover: Handover, by: Any) -> bool:
    """Those who answer for the file offer it no more. False where it was taken back already."""
    refuse_closed(handover.enrolment.programme)
    held = _held(handover)
    if held.state == Handover.State.WITHDRAWN:
        return False
    _refuse_settled(held)
    _settle(held, Handover.State.WITHDRAWN, by)
    _tell(held.enrolment, f"Transfert à {held.to} retiré.", by)
    return True


@transaction.atomic
def answer_read(*, handover: Handover) -> None:
    """Who offered it has read what became of it: their home page says it no more."""
    held = Handover.objects.select_for_update(of=("self",)).get(pk=handover.pk)
    if held.answer_read_at is None:
        held.answer_read_at = timezone.now()
        held.save()


def _held(handover: Handover) -> Handover:
    hold(handover.enrolment)
    rows = Handover.objects.select_for_update(of=("self",))
    return rows.select_related("territory", "from_territory", "recipient", "enrolment__programme").get(pk=handover.pk)


def _refuse_settled(handover: Handover) -> None:
    if not handover.is_pending:
        raise ValidationError(SETTLED[Handover.State(handover.state)])


def _settle(handover: Handover, state: Handover.State, by: Any) -> None:
    handover.state, handover.settled_by, handover.settled_at = state, by, timezone.now()
    save_by(handover, by)


def _tell(enrolment: Enrolment, sentence: str, by: Any) -> None:
    write_log(enrolment=enrolment, kind=LogEntry.Kind.HANDOVER, happened_on=timezone.localdate(), sentence=sentence,
              author=by)  # fmt: skip
