"""What the pages of cells show, prepared as rows: the templates compute nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, DateField, Exists, Max, Min, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from beneficiaries.models import Enrolment, Objection
from cellules.models import AgendaItem, Cell, Review, Session
from partaj.acts import Act, may
from partaj.formats import counted, french_date
from partaj.lists import count_of
from partaj.prepared import Reader, answers


def _day_of(sessions: QuerySet[Session], day: Any) -> Subquery:
    theirs = sessions.filter(cell=OuterRef("pk")).order_by().values("cell").annotate(day=day)
    return Subquery(theirs.values("day"), output_field=DateField())


def with_activity(cells: QuerySet[Cell]) -> QuerySet[Cell]:
    """Each cell with its sessions held, the situations studied, its last session and the next one."""
    today = timezone.localdate()
    held, coming = Session.objects.filter(held_on__lte=today), Session.objects.filter(held_on__gt=today)
    return cells.annotate(
        session_count=count_of(held, "cell"),
        review_count=count_of(Review.objects.all(), "session__cell"),
        last_on=_day_of(held, Max("held_on")),
        next_on=_day_of(coming, Min("held_on")),
    )


def with_reviews(sessions: QuerySet[Session]) -> QuerySet[Session]:
    return sessions.annotate(review_count=count_of(Review.objects.all(), "session"))


def studied_in(sessions: QuerySet[Session]) -> list[str]:
    """« 18 situations étudiées, en 4 séances »: why these sessions stay; empty where they study nobody."""
    numbers = sessions.order_by().values("pk")
    said = []
    for rows, words in (
        (Review.objects.filter(session__in=numbers), ("situation étudiée", "situations étudiées")),
        (
            AgendaItem.objects.filter(session__in=numbers),
            ("situation à l’ordre du jour", "situations à l’ordre du jour"),
        ),
    ):
        found = rows.aggregate(rows=Count("pk"), sessions=Count("session", distinct=True))
        if found["rows"]:
            said.append(f"{counted(found['rows'], *words)}, en {counted(found['sessions'], 'séance')}")
    return said


@dataclass(frozen=True, slots=True)
class Situation:
    """One line of a session: a name and its file for who may see it, a number and initials for the others. `row`: the
    study, or the item of the agenda; `file`: None where it may not be seen."""

    number: int
    row: Review | AgendaItem
    name: str
    url: str
    is_opposed: bool = False  # on an agenda: the youth objects to the sharing of the file, since it was put there

    @property
    def left(self) -> str:
        """« parti le 12/01/2026 », of who has left, for who may see the file."""
        return self.row.enrolment.gone_in_words if self.url else ""

    @property
    def file(self) -> int | None:
        return self.row.enrolment_id if self.url else None


def situations_of(session: Session, reader: Any) -> list[Situation]:
    """Those that it studied."""
    return _told(session.reviews.all(), session, reader)


def agenda_of(session: Session, reader: Any) -> list[Situation]:
    """Those that it is to study; once it is held, those that it has not."""
    studied = Review.objects.filter(session=session).values("enrolment")
    opposed = Objection.objects.in_force().filter(enrolment__in=session.agenda.order_by().values("enrolment"))
    told = _told(session.agenda.exclude(enrolment__in=studied), session, reader)
    numbers = set(opposed.values_list("enrolment", flat=True)) if told else set()
    return [replace(each, is_opposed=each.row.enrolment_id in numbers) for each in told]


def _told(rows: QuerySet, session: Session, reader: Any) -> list[Situation]:
    """In the order in which they were noted, which tells nothing about the names that the reader may not see."""
    # Not visible_to: a situation whose file is elsewhere stays on the list, without its name.
    found = list(rows.select_related("enrolment__beneficiary").order_by("pk"))
    seen = set(
        Enrolment.objects.visible_to(reader)
        .filter(pk__in=[row.enrolment_id for row in found])
        .values_list("pk", flat=True)
    )
    return [_situation(number, row, row.enrolment_id in seen, session) for number, row in enumerate(found, 1)]


def _situation(number: int, row: Review | AgendaItem, named: bool, session: Session) -> Situation:
    person = row.enrolment.beneficiary
    if not named:
        return Situation(number, row, person.initials, "")
    url = reverse("beneficiaries:detail", args=[session.cell.programme.number, row.enrolment_id])
    return Situation(number, row, person.full_name, url)


UNNOTED_FOR = dt.timedelta(days=90)  # an agenda that nobody has put in order since is no news any more
SHOWN = 8


def waiting_panel(request: HttpRequest, programmes: list[Any]) -> dict[str, Any] | None:
    """On the home page of those who see sessions: the youths whom they see and whose situation waits for one, by
    session, the oldest first. A session that is over stays until what it has studied is noted."""
    running = {each.pk: each for each in programmes if not each.is_closed}
    today = timezone.localdate()
    rows = answers(_waiting, Reader.of(request.user), today, tuple(running))
    if not rows:
        return None
    return {
        "sessions": [
            {
                "url": reverse(
                    "cellules:session", args=[running[row["session__cell__programme"]].number, row["session"]]
                ),
                "count": counted(row["situations"], "situation"),
                "held_on": french_date(row["session__held_on"]),
                "cell": row["session__cell__name"],
                "where": running[row["session__cell__programme"]].number if len(running) > 1 else "",
                "is_over": row["session__held_on"] < today,
            }
            for row in rows[:SHOWN]
        ],
        "more_url": reverse("cellules:list", args=[running[rows[-1]["session__cell__programme"]].number])
        if len(rows) > SHOWN
        else "",
    }


def _waiting(reader: Reader, today: dt.date, programmes: tuple[int, ...]) -> QuerySet:
    studied = Review.objects.filter(session=OuterRef("session"), enrolment=OuterRef("enrolment"))
    sessions = Session.objects.visible_to(reader).filter(
        cell__programme__in=programmes, held_on__gte=today - UNNOTED_FOR
    )
    items = AgendaItem.objects.visible_to(reader).filter(~Exists(studied), session__in=sessions.order_by().values("pk"))
    told = items.order_by().values("session", "session__held_on", "session__cell__name", "session__cell__programme")
    return told.annotate(situations=Count("pk")).order_by("session__held_on", "session")[: SHOWN + 1]


def sessions_panel(request: HttpRequest, enrolment: Enrolment) -> dict[str, Any] | None:
    """On the file of a youth: the sessions that studied the situation, and those that are to, with a link for who may
    open them; for who answers for the youth, the way to the agenda of the next one."""
    columns = ("session", "session__held_on", "session__cell__name")
    held, ahead = [], []
    if enrolment.may_have(Review):
        reviews = Review.objects.of_file(enrolment, request.user).order_by("-session__held_on", "-pk")
        held = list(reviews.values_list(*columns))
    if enrolment.may_have(AgendaItem):
        coming = AgendaItem.objects.of_file(enrolment, request.user).filter(session__held_on__gte=timezone.localdate())
        ahead = list(coming.order_by("session__held_on", "pk").values_list(*columns))
    add_url = ""
    may_log = may(request.user, Act.LOG_YOUTHS, enrolment.programme) and enrolment.may_be_changed_by(request.user)
    if may_log and not enrolment.programme.is_closed:
        add_url = (
            f"{reverse('cellules:agenda_many', args=[enrolment.programme.number])}?dossier={enrolment.pk}&de=dossier"
        )
    if not held and not ahead and not add_url:
        return None
    open_to_reader: set[int] = set()
    if (held or ahead) and may(request.user, Act.READ_CELLS, enrolment.programme):
        seen = Session.objects.visible_to(request.user).filter(pk__in=[session for session, _, _ in [*held, *ahead]])
        open_to_reader = set(seen.values_list("pk", flat=True))
    number = enrolment.programme.number

    def told(rows: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
        return [
            {
                "held_on": held_on,
                "cell": cell,
                "url": reverse("cellules:session", args=[number, session]) if session in open_to_reader else "",
            }
            for session, held_on, cell in rows
        ]

    return {"sessions": told(held), "ahead": told(ahead), "add_url": add_url}
