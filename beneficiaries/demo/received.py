"""DEMO: a list that the mission locale handed over this morning, read and waiting to be confirmed.

It holds what lists hold: people as they should be, one who is already followed, one written twice, one too young, a
name damaged on its way, a telephone without its zero, a footer. It opens no file, and no figure counts it.
"""

from __future__ import annotations

import csv
import datetime as dt
import io

from beneficiaries.batches.receiving import receive_list
from beneficiaries.demo.people import People
from beneficiaries.models import Beneficiary, Enrolment
from partaj.demonstration import NOW, Demonstration
from partaj.territories.demo import BETHUNE, local

TITLES = ["Nom de naissance", "Prénom", "Date de naissance", "Sexe", "Téléphone", "Courriel", "Commune", "Formation"]
SCHOOLS = ["1re année CAP cuisine", "Terminale bac pro commerce", "L1 AES", "BTS gestion de la PME", "2de bac pro"]
PEOPLE = 24


def load(box: Demonstration, people: People) -> None:
    chance, today = box.chance("DEMO list"), box.today
    rows = []
    for rank in range(PEOPLE):
        sex = chance.choice("FM")
        person = people.draw(sex=sex, born_on=people.born(age=chance.randint(17, 22), day=today), place=BETHUNE)
        rows.append(_row(person, SCHOOLS[rank % len(SCHOOLS)]))
    rows[5][2] = f"{people.born(age=15, day=today):%d/%m/%Y}"
    rows[9][0] = f"{rows[9][0][:3]}?{rows[9][0][4:]}"
    rows[13][4] = "639980147"
    rows[17][2] = "31/02/2007"
    rows.append([rows[2][0].upper(), rows[2][1].upper(), *rows[2][2:4], "", *rows[2][5:]])
    rows.append(_row(_known(box), SCHOOLS[0]))
    receive_list(
        programme=box.programmes[NOW],
        territory=box.territories[BETHUNE],
        organisation=local(box, BETHUNE)[0],
        filename=f"sorties-sans-solution-{today:%Y-%m}.csv",
        content=_as_file(rows),
        reference_date=today,
        contacted_on=today,
        by=box.users["responsable"],
        at_once=True,
    )


def _known(box: Demonstration) -> Beneficiary:
    """Somebody whom Béthune follows already, with another telephone and no e-mail."""
    followed = Enrolment.objects.under_way().filter(programme=box.programmes[NOW], territory__name=BETHUNE)
    person = followed.select_related("beneficiary").order_by("pk")[10].beneficiary
    return Beneficiary(
        last_name=person.last_name, first_name=person.first_name, birth_date=person.birth_date, sex=person.sex,
        phone="06 39 98 01 99", city=person.city,
    )  # fmt: skip


def _row(person: Beneficiary, school: str) -> list[str]:
    born = f"{person.birth_date:%d/%m/%Y}" if isinstance(person.birth_date, dt.date) else ""
    return [person.last_name, person.first_name, born, person.sex, person.phone, person.email, person.city, school]


def _as_file(rows: list[list[str]]) -> bytes:
    written = io.StringIO()
    lines = csv.writer(written, delimiter=";")
    lines.writerows([TITLES, *rows])
    written.write(f"Total : {len(rows)} jeunes\n")
    return written.getvalue().encode("cp1252", "replace")
