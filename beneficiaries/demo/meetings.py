"""DEMO: on each territory an information meeting that was held, a workshop to come, and a visit that was called off."""

from __future__ import annotations

import datetime as dt

from beneficiaries.demo.people import People
from beneficiaries.gatherings import call_off, invite, note_states, plan_gathering
from beneficiaries.models import Attendance, Enrolment, Gathering
from partaj.accounts.models import User
from partaj.demonstration import NOW, Demonstration
from partaj.territories.demo import BETHUNE, VALENCIENNES

RUN_BY = {BETHUNE: "conseiller.bethune", VALENCIENNES: "conseiller.valenciennes"}
PLACES = {BETHUNE: "Mission locale de l’Artois, salle 2", VALENCIENNES: "CIO de Valenciennes"}
ASKED = 14
# Of those who were asked, in turn: most came.
STATES = [Attendance.State.PRESENT, Attendance.State.PRESENT, Attendance.State.ABSENT, Attendance.State.PRESENT,
          Attendance.State.EXCUSED]  # fmt: skip


def load(box: Demonstration, people: People) -> None:
    for place, account in RUN_BY.items():
        _meet(box, place, box.users[account])


def _meet(box: Demonstration, place: str, by: User) -> None:
    programme, territory = box.programmes[NOW], box.territories[place]
    youths = Enrolment.objects.under_way().filter(programme=programme, territory=territory)
    numbers = list(youths.filter(contacted_on__lte=box.days_ago(12)).order_by("pk").values_list("pk", flat=True))

    def planned(kind: Gathering.Kind, title: str, held_on: dt.date, hour: int, minutes: int) -> Gathering:
        row = Gathering(
            programme=programme, territory=territory, kind=kind, title=title, held_on=held_on,
            starts_at=dt.time(hour), minutes=minutes, place=PLACES[place], led_by=str(by),
        )  # fmt: skip
        return plan_gathering(gathering=row, by=by)

    about_us = "Reprendre pied : ce que nous pouvons faire ensemble"
    held = planned(Gathering.Kind.INFORMATION, about_us, box.days_ago(12), 14, 90)
    rows = invite(gathering=held, numbers=numbers[:ASKED], by=by)
    states = {row.enrolment_id: STATES[rank % len(STATES)] for rank, row in enumerate(rows)}
    note_states(gathering=held, states=states, by=by)
    in_six_days = box.today + dt.timedelta(days=6)
    coming = planned(Gathering.Kind.WORKSHOP, "CV et lettre de motivation", in_six_days, 9, 180)
    invite(gathering=coming, numbers=numbers[ASKED : 2 * ASKED], by=by)
    off = planned(Gathering.Kind.VISIT, "Visite du forum des métiers", box.days_ago(3), 10, 240)
    invite(gathering=off, numbers=numbers[:4], by=by)
    call_off(gathering=off, reason="Les bus ne circulaient pas ce jour-là.", by=by)
