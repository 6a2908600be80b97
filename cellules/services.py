"""The decisions about cells and their sessions. Keyword-only, atomic.

All raise ClosedProgramme on a closed programme and ValidationError (French sentences) where the parts disagree;
those that change a row raise StaleVersion where somebody else changed it since it was read, those that remove one
raise InUse where a situation was studied there. Who removes and who adds wait for each other on the row.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Min, OuterRef, QuerySet, Subquery

from beneficiaries.models import Enrolment, LogEntry
from beneficiaries.services import note_session, redate_session, store_first_study, withdraw_session
from cellules.models import AgendaItem, Cell, Review, Session
from partaj.formats import french_date
from partaj.programmes.services import refuse_closed
from partaj.removal import remove
from partaj.versions import claim_version

NOT_HELD = "Cette séance n’a pas encore eu lieu : les situations étudiées s’y notent à partir de ce jour-là."
OF_ELSEWHERE = "Une de ces situations n’est pas du territoire de la cellule : rien n’a été ajouté."
TWICE = "Une de ces situations est déjà notée à cette séance : rien n’a été ajouté."
CELL_GONE = "Cette cellule vient d’être supprimée : rien n’a été enregistré."
SESSION_GONE = "Cette séance vient d’être supprimée : rien n’a été ajouté."
NOBODY = "Choisissez au moins une situation."


@transaction.atomic
def open_cell(*, cell: Cell, by: Any) -> Cell:
    """A territory gets a cell; a wide one may have several."""
    refuse_closed(cell.programme)
    cell.full_clean()
    cell._history_user = by
    cell.save()
    return cell


@transaction.atomic
def plan_session(*, session: Session, by: Any) -> Session:
    """A meeting of the cell, to come or already held; one a day at most."""
    refuse_closed(session.cell.programme)
    if not Cell.objects.select_for_update(no_key=True).filter(pk=session.cell_id):
        raise ValidationError(CELL_GONE)
    session.full_clean()
    session._history_user = by
    session.save()
    return session


@transaction.atomic
def revise_cell(*, cell: Cell, version: int, by: Any) -> Cell:
    """Its name, or its territory while no situation was studied there. `version`: the one that the editor had read."""
    refuse_closed(cell.programme)
    claim_version(cell, version)
    cell.full_clean()
    cell._history_user = by
    cell.save()
    return cell


@transaction.atomic
def revise_session(*, session: Session, version: int, by: Any) -> Session:
    """Its place or its day. A changed day is told in the file of each youth studied there, and counts from then on."""
    refuse_closed(session.cell.programme)
    claim_version(session, version)
    former = Session.objects.get(pk=session.pk).held_on
    session.full_clean()
    session._history_user = by
    session.save()
    if former != session.held_on:
        reviewed = Enrolment.objects.filter(reviews__session=session).order_by("pk")
        studied = [(each, each.earliest) for each in reviewed.annotate(earliest=Subquery(_first_study().values("day")))]
        redate_session(studied=studied, former=former, held_on=session.held_on, by=by)
        _tell_another_day(session, former, by)
    return session


def _tell_another_day(session: Session, former: dt.date, by: Any) -> None:
    """To those whom a session that is put off is to study."""
    sentence = f"La séance prévue le {french_date(former)} se tiendra le {french_date(session.held_on)}."
    LogEntry.objects.bulk_create(
        [
            LogEntry(enrolment_id=file, kind=LogEntry.Kind.SESSION, sentence=sentence, author=by)
            for file in AgendaItem.objects.filter(session=session).values_list("enrolment", flat=True)
        ]
    )


def _first_study() -> QuerySet:
    """The day of the first session that studied the outer enrolment."""
    reviews = Review.objects.filter(enrolment=OuterRef("pk")).order_by().values("enrolment")
    return reviews.annotate(day=Min("session__held_on"))


def work_out_first_study(path: int) -> None:
    """The day that a path stores (its number), from the sessions that studied it: for who moved these in bulk."""
    earliest = Review.objects.filter(enrolment=path).aggregate(day=Min("session__held_on"))["day"]
    store_first_study(path=path, day=earliest)


@transaction.atomic
def remove_cell(*, cell: Cell, by: Any) -> None:
    """A cell made by mistake goes with its sessions, as long as none studied anybody."""
    refuse_closed(cell.programme)
    Cell.objects.select_for_update().filter(pk=cell.pk).first()
    for session in Session.objects.select_related("cell__programme").filter(cell=cell).order_by("pk"):
        remove_session(session=session, by=by)
    cell._history_user = by
    remove(instance=cell)


@transaction.atomic
def remove_session(*, session: Session, by: Any) -> None:
    """A session that was not held, or planned by mistake."""
    refuse_closed(session.cell.programme)
    session._history_user = by
    remove(instance=session)


@transaction.atomic
def study_situations(*, session: Session, enrolments: Iterable[Enrolment], by: Any) -> list[Review]:
    """The cell studied these youths: a line in the timeline of each, and the day of their first study."""
    cell, chosen = session.cell, sorted(enrolments, key=lambda each: each.pk)
    refuse_closed(cell.programme)
    # Held until the end, and read as it is now: two people who fill in the same session wait for each other.
    held = Session.objects.select_for_update(of=("self",)).select_related("cell").filter(pk=session.pk).first()
    if held is None:
        raise ValidationError(SESSION_GONE)
    session, cell = held, held.cell
    if not session.is_held:
        raise ValidationError(NOT_HELD)
    if not chosen:
        raise ValidationError(NOBODY)
    if any((each.programme_id, each.territory_id) != (cell.programme_id, cell.territory_id) for each in chosen):
        raise ValidationError(OF_ELSEWHERE)
    if Review.objects.filter(session=session, enrolment__in=chosen).exists():
        raise ValidationError(TWICE)
    reviews = []
    for enrolment in chosen:
        review = Review(session=session, enrolment=enrolment)
        review._history_user = by
        review.save()
        reviews.append(review)
    # No link: the line is also read by guests of the file, who may not open the session.
    sentence = f"Situation étudiée en cellule « {cell.name} » le {french_date(session.held_on)}."
    note_session(enrolments=chosen, held_on=session.held_on, sentence=sentence, by=by)
    return reviews


@transaction.atomic
def withdraw_review(*, review: Review, reason: str, by: Any) -> bool:
    """A situation noted by mistake at a session; the reason stays in the history and in the youth's timeline.

    False, and nothing is written, where somebody withdrew it already.
    """
    refuse_closed(review.session.cell.programme)
    session, enrolment = review.session, review.enrolment
    # Whoever withdraws a study of this youth waits: the first that remains is then the same for all.
    Enrolment.objects.select_for_update(no_key=True).get(pk=enrolment.pk)
    if not Review.objects.filter(pk=review.pk).exists():
        return False
    review._history_user, review._change_reason = by, reason
    review.delete()
    earliest = Review.objects.filter(enrolment=enrolment).aggregate(day=Min("session__held_on"))["day"]
    withdraw_session(enrolment=enrolment, held_on=session.held_on, earliest=earliest, reason=reason, by=by)
    return True
