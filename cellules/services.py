"""The decisions about cells and their sessions. Keyword-only, atomic.

All raise ClosedProgramme on a closed programme and ValidationError (French sentences) where the parts disagree.
"""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Min

from beneficiaries.models import Enrolment
from beneficiaries.services import note_session, refuse_closed, withdraw_session
from cellules.models import Cell, Review, Session
from partaj.formats import french_date

NOT_HELD = "Cette séance n’a pas encore eu lieu : les situations étudiées s’y notent à partir de ce jour-là."
OF_ELSEWHERE = "Une de ces situations n’est pas du territoire de la cellule : rien n’a été ajouté."
TWICE = "Une de ces situations est déjà notée à cette séance : rien n’a été ajouté."
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
    session.full_clean()
    session._history_user = by
    session.save()
    return session


@transaction.atomic
def study_situations(*, session: Session, enrolments: Iterable[Enrolment], by: Any) -> list[Review]:
    """The cell studied these youths: a line in the timeline of each, and the day of their first study."""
    cell, chosen = session.cell, sorted(enrolments, key=lambda each: each.pk)
    refuse_closed(cell.programme)
    if not session.is_held:
        raise ValidationError(NOT_HELD)
    if not chosen:
        raise ValidationError(NOBODY)
    if any((each.programme_id, each.territory_id) != (cell.programme_id, cell.territory_id) for each in chosen):
        raise ValidationError(OF_ELSEWHERE)
    # Held until the end: two people who fill in the same session wait for each other.
    Session.objects.select_for_update().get(pk=session.pk)
    if Review.objects.filter(session=session, enrolment__in=chosen).exists():
        raise ValidationError(TWICE)
    reviews = []
    for enrolment in chosen:
        review = Review(session=session, enrolment=enrolment)
        review._history_user = by
        review.save()
        reviews.append(review)
    # No link: the line is also read by guests of the file, who may not open the session.
    sentence = f"Situation étudiée en cellule « {cell.name} » le {french_date(session.held_on)}."
    note_session(enrolments=chosen, held_on=session.held_on, sentence=sentence, by=by)
    return reviews


@transaction.atomic
def withdraw_review(*, review: Review, reason: str, by: Any) -> None:
    """A situation noted by mistake at a session; the reason stays in the history and in the youth's timeline."""
    refuse_closed(review.session.cell.programme)
    session, enrolment = review.session, review.enrolment
    review._history_user, review._change_reason = by, reason
    review.delete()
    earliest = Review.objects.filter(enrolment=enrolment).aggregate(day=Min("session__held_on"))["day"]
    withdraw_session(enrolment=enrolment, held_on=session.held_on, earliest=earliest, reason=reason, by=by)
