"""The cells of the demonstration, their meetings and the situations studied there, as the paths left them."""

import datetime as dt

from beneficiaries.demo.calendar import CELLS, CELLS_NOW, days_around
from beneficiaries.demo.people import noted
from beneficiaries.models import AccessGrant, LogEntry
from cellules.models import AgendaItem, Cell, Review, Session
from partaj.demonstration import NOW, PARTAJ, Demonstration
from partaj.formats import french_date
from partaj.territories.demo import BETHUNE

PLACES = {
    "CTL de Béthune": "Mission locale de l’Artois, Béthune",
    "CTL de Bruay-la-Buissière": "Maison de quartier du Mont-Liébaut",
    "CTL de Valenciennes": "CIO de Valenciennes",
    "Cellule de Béthune": "Mission locale de l’Artois, salle 2",
    "Cellule de Valenciennes": "CIO de Valenciennes, salle de réunion",
}
OPEN_AFTER = dt.timedelta(days=30)  # the files of a session stay open to its members for so long


def load(box: Demonstration) -> None:
    cells = {}
    for number, names in ((PARTAJ, CELLS), (NOW, {place: [name] for place, name in CELLS_NOW.items()})):
        for place, of_place in names.items():
            for name in of_place:
                cells[name] = Cell.objects.create(
                    programme=box.programmes[number], territory=box.territories[place], name=name
                )
    sessions = _sessions(box, cells)
    Review.objects.bulk_create(
        Review(session=sessions[cell, day], enrolment=enrolment)
        for enrolment, cell, day in box.agenda
        if day <= box.today
    )
    AgendaItem.objects.bulk_create(
        AgendaItem(session=sessions[cell, day], enrolment=enrolment, put_on=box.today)
        for enrolment, cell, day in box.agenda
        if day > box.today
    )
    _write_log(box, sessions)
    _open_files_to_member(box)


def _sessions(box: Demonstration, cells: dict[str, Cell]) -> dict[tuple[str, dt.date], Session]:
    days = {(cell, day) for _, cell, day in box.agenda}
    for place, cell in CELLS_NOW.items():
        days |= {(cell, day) for day in days_around(box.today, place, first=box.today)}
    sessions = {
        (cell, day): Session(cell=cells[cell], held_on=day, place=PLACES.get(cell, ""))
        for cell, day in sorted(days)
    }  # fmt: skip
    Session.objects.bulk_create(sessions.values())
    return sessions


def _write_log(box: Demonstration, sessions: dict[tuple[str, dt.date], Session]) -> None:
    """A line in the thread of each youth whose situation has been studied."""
    held = [(enrolment, sessions[cell, day]) for enrolment, cell, day in box.agenda if day <= box.today]
    LogEntry.objects.bulk_create(
        LogEntry(
            enrolment=enrolment, kind=LogEntry.Kind.SESSION, happened_on=session.held_on,
            sentence=f"Situation étudiée en cellule le {french_date(session.held_on)}.",
            noted_at=noted(session.held_on, session.pk),
        )
        for enrolment, session in held
    )  # fmt: skip


def _open_files_to_member(box: Demonstration) -> None:
    """To the member: the youths of the last and of the coming session of Béthune. The new member has none yet."""
    cell = CELLS_NOW[BETHUNE]
    days = sorted({day for _, name, day in box.agenda if name == cell})
    near = [day for day in days if day <= box.today][-1:] + [day for day in days if day > box.today]
    AccessGrant.objects.bulk_create(
        AccessGrant(
            enrolment=enrolment, user=box.users["membre"], reason=AccessGrant.Reason.SESSION,
            starts_on=min(day, box.today) - dt.timedelta(days=7), ends_on=day + OPEN_AFTER,
        )
        for enrolment, name, day in box.agenda if name == cell and day in near
    )  # fmt: skip
