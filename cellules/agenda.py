"""What a coming session of a cell is to study: put on its agenda, taken off. Keyword-only, atomic; ClosedProgramme, and
ValidationError in French sentences. No query per youth."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from beneficiaries import bulk
from beneficiaries.bulk import Change, Outcome
from beneficiaries.models import BulkAct, Enrolment, LogEntry, Objection
from cellules.models import AgendaItem, Review, Session
from cellules.services import SESSION_GONE
from partaj.formats import counted, french_date
from partaj.programmes.models import Programme
from partaj.programmes.services import refuse_closed

HELD = "Cette séance a déjà eu lieu : ce qu’elle a étudié se note sur sa page. Choisissez-en une à venir."


def named(session: Session) -> str:
    """« la cellule « Béthune » du 12/01/2026 »."""
    return f"la cellule « {session.cell.name} » du {french_date(session.held_on)}"


@transaction.atomic
def put_on_agenda(*, programme: Programme, numbers: Collection[int], session: Session, by: Any) -> Outcome:
    """Those that are there already, of another territory than the cell's, or of a youth who objects to the sharing of
    their file are skipped. Raises ValidationError (key
    session) where it is over, or gone."""
    refuse_closed(programme)
    files = bulk.held_files(programme=programme, numbers=numbers, by=by)
    held = Session.objects.select_for_update(of=("self",)).select_related("cell").filter(pk=session.pk).first()
    if held is None or held.cell.programme_id != programme.pk:
        raise ValidationError({"session": SESSION_GONE})
    if held.held_on < timezone.localdate():
        raise ValidationError({"session": HELD})
    there = set(AgendaItem.objects.filter(session=held, enrolment__in=files).values_list("enrolment", flat=True))
    opposed = Objection.objects.in_force().filter(enrolment__in=files)
    out = there | set(opposed.values_list("enrolment", flat=True))
    chosen = [file for file in files if file.pk not in out and file.territory_id == held.cell.territory_id]
    skipped = [file for file in files if file not in chosen]
    if not chosen:
        return Outcome(None, skipped)
    items = AgendaItem.objects.bulk_create([AgendaItem(session=held, enrolment=file, put_by=by) for file in chosen])
    # No link: the line is also read by guests of the file, who may not open the session.
    sentence = f"Mis à l’ordre du jour de {named(held)}."
    changes = [Change(item.enrolment, sentence, after={"item": item.pk}) for item in items]
    told = f"{counted(len(items), 'situation')} à l’ordre du jour de {named(held)}"
    act = bulk.record(
        kind=BulkAct.Kind.AGENDA, programme=programme, told=told, changes=changes, log=LogEntry.Kind.SESSION, by=by
    )
    return Outcome(act, skipped)


@transaction.atomic
def take_off_agenda(*, item: AgendaItem, by: Any) -> bool:
    """The timeline says so. False, and nothing is written, where somebody took it off meanwhile."""
    programme = item.session.cell.programme
    refuse_closed(programme)
    bulk.held_files(programme=programme, numbers=[item.enrolment_id], by=by)
    if not AgendaItem.objects.filter(pk=item.pk).delete()[0]:
        return False
    LogEntry.objects.create(
        enrolment_id=item.enrolment_id, kind=LogEntry.Kind.SESSION, author=by,
        sentence=f"Retiré de l’ordre du jour de {named(item.session)}.",
    )  # fmt: skip
    return True


def leave_former_cells(enrolment: Enrolment, by: Any) -> None:
    """A file that has changed territory is no longer for the cells that it leaves: the partners around their table
    would study somebody whom nobody there accompanies. What was studied, or is over, stays."""
    items = AgendaItem.objects.filter(enrolment=enrolment, session__held_on__gte=timezone.localdate())
    items = items.exclude(session__cell__territory=enrolment.territory_id)
    studied = Review.objects.filter(enrolment=enrolment).order_by().values("session")
    for item in items.exclude(session__in=studied).select_related("session__cell"):
        item.delete()
        LogEntry.objects.create(
            enrolment=enrolment, kind=LogEntry.Kind.SESSION, author=by,
            sentence=f"Retiré de l’ordre du jour de {named(item.session)} : le dossier a changé de territoire.",
        )  # fmt: skip


def _not_studied(pairs: bulk.Pairs) -> dict[int, AgendaItem]:
    """By file, what the act has put there and that is still to be studied."""
    items = AgendaItem.objects.filter(pk__in=[row.after["item"] for _, row in pairs])
    found = {item.enrolment_id: item for item in items.select_related("session__cell")}
    studied = Review.objects.filter(session__in={item.session_id for item in found.values()}, enrolment__in=found)
    for file in studied.values_list("enrolment", flat=True):
        found.pop(file, None)
    return found


def _put_back(pairs: bulk.Pairs, by: Any) -> dict[int, str]:
    items = _not_studied(pairs)
    AgendaItem.objects.filter(pk__in=[item.pk for item in items.values()]).delete()
    return {file: f"Retiré de l’ordre du jour de {named(item.session)}." for file, item in items.items()}


bulk.UNDO[BulkAct.Kind.AGENDA] = bulk.Undoing(
    as_left=lambda pairs: set(_not_studied(pairs)),
    put_back=_put_back,
    log=LogEntry.Kind.SESSION,
    goes_back=("situation quitte l’ordre du jour", "situations quittent l’ordre du jour"),
    since=(
        "situation a été étudiée ou retirée depuis et ne bouge pas",
        "situations ont été étudiées ou retirées depuis et ne bougent pas",
    ),
)
