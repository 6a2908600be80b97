"""AP1-261: the 1 059 youths whose situation was studied in the cells of the five basins, by name.

The other 4 019 youths and the 82 adults were counted collectively by the local projects: see funding.demo.
"""

import datetime as dt
from itertools import chain, repeat
from random import Random
from typing import Any

from beneficiaries.demo.calendar import CELLS, days_of
from beneficiaries.demo.people import Paths, People
from beneficiaries.models import AccessGrant, Enrolment
from partaj.demonstration import PARTAJ, Demonstration
from partaj.territories.demo import BASINS, BETHUNE, VALENCIENNES, local

MINORS, ADULTS = (16, 17), (18, 25)  # youngest and oldest age at entry

# level, situation, ages, how many. Levels: the 1 059 of annexe 1 (Infra V 667, IV 233, III 32, not known 127).
PROFILES = [
    ("VI", "college", MINORS, 180), ("VI", "", MINORS, 24), ("VI", "", ADULTS, 36),
    ("Vbis", "apprentice", MINORS, 11), ("Vbis", "apprentice", ADULTS, 20), ("Vbis", "employed", ADULTS, 12),
    ("Vbis", "", MINORS, 75), ("Vbis", "", ADULTS, 309),
    ("IV", "legt", MINORS, 50), ("IV", "legt", ADULTS, 100), ("IV", "student", ADULTS, 20), ("IV", "", ADULTS, 63),
    ("III", "", (20, 25), 32), ("NC", "", MINORS, 20), ("NC", "", ADULTS, 107),
]  # fmt: skip
BY_SEX = {"F": 424, "M": 635}
BY_YEAR = {2010: 450, 2011: 609}  # the 450 of the first year were studied again in the second
BY_PLACE = dict(zip(BASINS, (231, 246, 214, 187, 181), strict=True))
LAST_DAY = dt.date(2011, 12, 31)
# What became of the 450 who were followed more closely: 29, 34, 31 and 6 % of them.
BECAME = {
    "cdi": 24, "cdd": 61, "interim": 27, "aided": 19, "apprentice": 92, "pro": 61, "stayed": 55, "resumed": 84,
    "training": 27,
}  # fmt: skip
LOST = 0.055
REASONS = ["refus", "injoignable", "injoignable", "abandon", "abandon", "exclusion", "demenagement", "relais"]
PROPOSALS = [
    "Proposition : bilan d’orientation avec la mission locale.",
    "Proposition : visite du CFA, puis recherche d’un employeur.",
    "Proposition : action de remobilisation, deux jours par semaine.",
    "Proposition : retour en lycée, avec un aménagement d’emploi du temps.",
    "Proposition : évaluation en milieu de travail.",
    "Proposition : un projet d’initiative locale du quartier.",
]


def load(box: Demonstration, people: People) -> None:
    chance = box.chance("AP1-261 youths")
    paths = Paths(box.programmes[PARTAJ])
    referents = {BETHUNE: box.users["conseiller.bethune"], VALENCIENNES: box.users["conseiller.valenciennes"]}
    for (level, situation, ages), sex, year, place in zip(*_draws(chance), strict=True):
        cell = chance.choice(CELLS[place])
        studied_on = chance.choice([day for day in days_of(cell) if day.year == year])
        entered_on = max(studied_on - dt.timedelta(days=chance.randint(0, 12)), dt.date(year, 1, 3))
        age = _age(chance, ages)
        enrolment = paths.enrol(
            people.draw(
                sex=sex, born_on=people.born(age=age, day=entered_on), place=place, with_ine=chance.random() < 0.05
            ),
            territory=box.territories[place],
            referent=referents.get(place),
            found_by=chance.choice(local(box, place)[:3]),
            contacted_on=entered_on - dt.timedelta(days=chance.randint(3, 25)),
            entered_on=entered_on,
            first_reviewed_on=studied_on,
            situation=situation,
            school_level=level,
            followed_by_mission_locale=chance.choices([True, False, None], [55, 35, 10])[0],
            in_priority_district=chance.choices([True, False, None], [30, 50, 20])[0],
        )
        _follow(box, chance, paths, enrolment)
        box.agenda.append((enrolment, cell, studied_on))
        if year == 2010:
            again_on = chance.choice([day for day in days_of(cell) if day.year == 2011][:3])
            box.agenda.append((enrolment, cell, again_on))
    _become(chance, paths)
    _mentor(box, paths)
    paths.save()


def _draws(chance: Random) -> list[list[Any]]:
    """Each characteristic, dealt at random to the 1 059, in the exact numbers of the document."""
    profiles = [(level, situation, ages) for level, situation, ages, number in PROFILES for _ in range(number)]
    columns = [profiles, *(list(chain(*map(repeat, by, by.values()))) for by in (BY_SEX, BY_YEAR, BY_PLACE))]
    for column in columns:
        chance.shuffle(column)
    return columns


def _age(chance: Random, ages: tuple[int, int]) -> int:
    """Most of the situations studied are of youths of 18 to 21."""
    youngest, oldest = ages
    years = range(youngest, oldest + 1)
    return chance.choices(years, [4 if 18 <= age <= 21 else 1 + (age == 17) for age in years])[0]


def _follow(box: Demonstration, chance: Random, paths: Paths, enrolment: Enrolment) -> None:
    """Repéré, contacté, étudié; then a solution is proposed, and found, or the youth leaves."""
    steps, reasons = box.steps[PARTAJ], box.reasons[PARTAJ]
    studied_on = enrolment.first_reviewed_on
    paths.enter(enrolment, steps["repere"], enrolment.contacted_on)
    paths.enter(enrolment, steps["contacte"], enrolment.contacted_on + dt.timedelta(days=chance.randint(0, 3)))
    paths.enter(enrolment, steps["cellule"], studied_on)
    last, proposed = "cellule", chance.random() < 0.86
    if proposed:
        paths.note(enrolment, studied_on, chance.choice(PROPOSALS))
        last, studied_on = "proposee", studied_on + dt.timedelta(days=chance.randint(0, 14))
        paths.enter(enrolment, steps["proposee"], studied_on)
    ends_on = min(studied_on + dt.timedelta(days=chance.randint(15, 160)), LAST_DAY)
    if chance.random() < LOST:
        paths.lose(enrolment, reasons[chance.choice(REASONS)], ends_on, steps[last])
        enrolment.exited_on = ends_on
    elif proposed and chance.random() < 0.62:
        paths.enter(enrolment, steps["trouvee"], ends_on)
        enrolment.exited_on = ends_on


def _become(chance: Random, paths: Paths) -> None:
    """Those for whom a solution was found, as many as the document counts."""
    codes = [code for code, number in BECAME.items() for _ in range(number)]
    chance.shuffle(codes)
    found = [path for path in paths.enrolments if path.exited_on and not path.lost_on]
    for enrolment, code in zip(found[: len(codes)], codes, strict=True):
        enrolment.is_reinforced = True
        paths.become(enrolment, code, enrolment.exited_on)


def _mentor(box: Demonstration, paths: Paths) -> None:
    """Three youths whom the tutor accompanied then: the programme is closed, and so are their files to him."""
    youths = [enrolment for enrolment in paths.enrolments if enrolment.territory.name == BETHUNE][:3]
    for youth in youths:
        starts_on = youth.first_reviewed_on
        paths.grants.append(
            AccessGrant(
                enrolment=youth, user=box.users["tuteur"], reason=AccessGrant.Reason.MENTORING,
                starts_on=starts_on, ends_on=min(starts_on + dt.timedelta(days=182), LAST_DAY),
            )
        )  # fmt: skip
