"""What happens out of somebody's scope: youths, paths, sessions, headcounts, accesses of others, at random."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st

from beneficiaries import services as paths
from beneficiaries.models import AccessGrant, Enrolment, LogEntry, Situation
from cellules.models import Cell, Session
from cellules.services import study_situations
from funding.models import Project
from partaj.programmes.models import FunnelStep, LossReason
from tests.access.house import House
from tests.world import make_headcount, make_user, make_youth

# Places out of each role's scope, as (programme, territory) of the house.
PLACES = {
    "caseworker": (("programme", "valenciennes"), ("other_programme", "valenciennes"), ("other_programme", "bethune")),
    "manager": (("other_programme", "valenciennes"), ("other_programme", "bethune")),
    # Nobody but Hélène is theirs, wherever the others are.
    "tutor": (("programme", "bethune"), ("programme", "valenciennes"), ("other_programme", "bethune")),
    "member": (("programme", "bethune"), ("programme", "valenciennes"), ("other_programme", "bethune")),
}  # fmt: skip
# The names of those whom they do see, among others: a namesake must not show either.
NAMES = (("Le Goff", "Hélène"), ("Moreau", "Léa"), ("Ailleurs", "Zoé"), ("Nouveau", "Noé"), ("Aa", "Aa"))
OUTSIDERS = {"caseworker": "neighbour", "manager": "other_manager", "tutor": "other_manager", "member": "other_manager"}


@dataclass(frozen=True)
class Event:
    """`place` among those out of scope; `what` befalls a new youth there, or somebody of the house elsewhere."""

    what: str
    place: int
    name: int
    public: str
    entered: bool
    number: int
    day: int

    def befall(self, house: House, role: str) -> None:
        names = PLACES[role]
        programme, territory = names[self.place % len(names)]
        HAPPENINGS[self.what](self, house, role, getattr(house, programme), getattr(house, territory))

    @property
    def on(self) -> dt.date:
        return dt.date(2025, 1, 1) + dt.timedelta(days=self.day)


def youth(event: Event, programme, territory) -> Enrolment:
    last, first = NAMES[event.name]
    return make_youth(
        programme, territory, last_name=last, first_name=first, public=event.public, contacted_on=event.on,
        entered_on=event.on if event.entered else None, situation=Situation.STUDENT, sex="M",
        birth_date=dt.date(2008, 5, 17),
    )  # fmt: skip


def _arrives(event, house, role, programme, territory) -> None:
    for _ in range(event.number):
        youth(event, programme, territory)


def _goes_on(event, house, role, programme, territory) -> None:
    """A step, a note, a private note, a departure."""
    enrolment = youth(event, programme, territory)
    step = FunnelStep.objects.filter(programme=programme).first()
    if step and event.entered:
        paths.enter_step(enrolment=enrolment, step=step, entered_on=event.on, by=getattr(house, OUTSIDERS[role]))
    for private in (True, False):
        paths.write_log(enrolment=enrolment, kind=LogEntry.Kind.NOTE, happened_on=event.on, sentence="ailleurs",
                        author=getattr(house, OUTSIDERS[role]), is_private=private)  # fmt: skip
    reason = LossReason.objects.filter(programme=programme).first()
    if reason:
        paths.record_loss(enrolment=enrolment, reason=reason, lost_on=event.on, step=None, by=None)


def _comes_back(event, house, role, programme, territory) -> None:
    """Another path of somebody in scope, in the programme that one does not work in; their identity unchanged."""
    for person in (house.lea.beneficiary, house.helene.beneficiary)[: event.number]:
        Enrolment.objects.create(
            beneficiary=person, programme=house.other_programme, territory=territory, contacted_on=event.on,
            entered_on=event.on if event.entered else None, public=event.public,
        )  # fmt: skip


def _is_studied(event, house, role, programme, territory) -> None:
    """Whether the cell met already or not: two draws may well fall on the same day."""
    cell, _ = Cell.objects.get_or_create(programme=programme, territory=territory, name="Ailleurs")
    session, _ = Session.objects.get_or_create(cell=cell, held_on=event.on)
    study_situations(session=session, enrolments=[youth(event, programme, territory)], by=None)


def _is_counted(event, house, role, programme, territory) -> None:
    project = Project.objects.create(
        programme=programme, territory=territory, organisation=house.holder, title="Ailleurs", status="retained"
    )
    parts = [("sex", "F", event.number)] if event.public == "youth" else []
    make_headcount(project, youths=event.number, adults=event.number, counted_on=event.on, parts=parts)


def _is_opened(event, house, role, programme, territory) -> None:
    """A file out of scope opened to somebody else."""
    paths.open_access(enrolment=youth(event, programme, territory), user=make_user("Ailleurs"),
                      reason=AccessGrant.Reason.MENTORING, starts_on=event.on)  # fmt: skip


HAPPENINGS: dict[str, Callable[..., None]] = {
    "arrives": _arrives, "goes on": _goes_on, "comes back": _comes_back, "is studied": _is_studied,
    "is counted": _is_counted, "is opened": _is_opened,
}  # fmt: skip
events = st.builds(
    Event, st.sampled_from(sorted(HAPPENINGS)), st.integers(0, 2), st.integers(0, len(NAMES) - 1),
    st.sampled_from(["youth", "adult"]), st.booleans(), st.integers(1, 3), st.integers(0, 500),
)  # fmt: skip
