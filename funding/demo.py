"""Local initiative projects of the demonstration, and the people whom they counted collectively.

AP1-261: 125 projects received, of which 65 retained (the document declares 66 of 126; its own lines make 65).
With the 1 059 youths followed by name, their headcounts make the totals of annexe 1, to the unit.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from random import Random

from funding.models import Headcount, HeadcountPart, Project
from partaj.demonstration import NOW, PARTAJ, Demonstration, apportion
from partaj.programmes.models import Section
from partaj.territories.demo import (
    ARRAS,
    BETHUNE,
    DUNKERQUE,
    LENS,
    OUTSIDE,
    ROUBAIX,
    SAMBRE,
    VALENCIENNES,
    local,
)

# territory → projects retained, projects refused, people whom the projects announced at least
CALL = {
    ROUBAIX: (10, 9, 364), VALENCIENNES: (7, 8, 1110), SAMBRE: (12, 9, 647), BETHUNE: (8, 9, 688),
    LENS: (11, 10, 642), ARRAS: (3, 3, 45), DUNKERQUE: (2, 4, 230), OUTSIDE: (12, 8, 668),
}  # fmt: skip
BY_YEAR = {2010: 1462, 2011: 2557}  # with the named: 1 912 and 3 166
ADULTS = {"parent": 12, "teacher": 70}
BREAKDOWNS = {
    Section.AGE: {"16-18": 1925, "18-26": 1840, "26+": 254},
    Section.SEX: {"F": 1607, "M": 2412},
    # The holders informed less than half of them; the 44 pupils of elementary school are theirs too.
    Section.SITUATION: {
        "college": 632, "legt": 662, "apprentice": 20, "student": 183, "employed": 39, "elementary": 44,
    },
}  # fmt: skip
CONTRADICTION = "Le porteur compte des élèves d’élémentaire, et personne de moins de 16 ans : déclaré tel quel."

THEMES = [
    "Le jeu des métiers porteurs", "Un pas vers l’atelier", "Raccrocher par le théâtre", "Parrainage vers l’entreprise",
    "Alternative à l’exclusion", "Cuisine et savoirs de base", "L’espace personnalisé", "Parents, école et quartier",
    "Chantier jeunes du printemps", "La radio des remobilisés", "Permis de réussir",
    "Découverte des métiers du bâtiment",
    "Tutorat de l’étudiant au collégien", "Le sport pour se relever", "Ateliers d’orientation du mercredi",
    "Bus de l’apprentissage", "Coup de pouce au CFA", "Les rendez-vous des employeurs", "Mots et chiffres",
]  # fmt: skip


def load(box: Demonstration) -> None:
    _load_partaj(box)
    _load_now(box)


def _load_partaj(box: Demonstration) -> None:
    chance = box.chance("AP1-261 projects")
    projects = [
        project
        for place, (retained, refused, _) in CALL.items()
        for project in _received(box, place, retained, refused)
    ]
    _create_projects(projects)
    retained = [project for project in projects if project.status == Project.Status.RETAINED]
    headcounts = _headcounts(retained, chance)
    _share_adults(headcounts)
    Headcount.objects.bulk_create(headcounts)
    HeadcountPart.objects.bulk_create(_parts(headcounts, chance))
    Headcount.objects.bulk_update([headcount for headcount in headcounts if headcount.note], ["note"])


def _received(box: Demonstration, place: str, retained: int, refused: int) -> list[Project]:
    """The projects of one territory, each theme once, carried by its structures in turn."""
    structures = local(box, place)
    shift = list(CALL).index(place) * 3
    return [
        Project(
            programme=box.programmes[PARTAJ],
            territory=box.territories[place],
            organisation=structures[rank % len(structures)],
            title=f"{THEMES[(shift + rank) % len(THEMES)]} – {place}" if place != OUTSIDE
            else THEMES[rank % len(THEMES)],
            status=Project.Status.RETAINED if rank < retained else Project.Status.REFUSED,
        )
        for rank in range(retained + refused)
    ]  # fmt: skip


def _create_projects(projects: list[Project]) -> None:
    for project in projects:
        project.derive()
    Project.objects.bulk_create(projects)


def _headcounts(projects: list[Project], chance: Random) -> list[Headcount]:
    """One for each project and year in which it received youths; two projects in three began in 2010."""
    announced = [CALL[project.territory.name][2] / CALL[project.territory.name][0] for project in projects]
    youths = apportion(sum(BY_YEAR.values()), [size * chance.uniform(0.7, 1.3) for size in announced])
    first = apportion(BY_YEAR[2010], [size if rank % 3 else 0 for rank, size in enumerate(youths)])
    shares = [(2010, first), (2011, [whole - part for whole, part in zip(youths, first, strict=True)])]
    return [
        Headcount(project=project, counted_on=_day(year, chance), youths=size)
        for year, sizes in shares
        for project, size in zip(projects, sizes, strict=True)
        if size
    ]


def _day(year: int, chance: Random) -> dt.date:
    first, last = (dt.date(2010, 9, 15), dt.date(2010, 12, 17)) if year == 2010 else (
        dt.date(2011, 1, 10), dt.date(2011, 11, 25)
    )  # fmt: skip
    return first + dt.timedelta(days=chance.randint(0, (last - first).days))


def _share_adults(headcounts: list[Headcount]) -> None:
    """Seven projects worked with parents and teachers."""
    for headcount, adults in zip(
        headcounts[::16], apportion(sum(ADULTS.values()), [4, 3, 3, 2, 2, 1, 1]), strict=False
    ):
        headcount.adults = adults


def _parts(headcounts: list[Headcount], chance: Random) -> list[HeadcountPart]:
    """Each breakdown dealt at random among the headcounts, in its exact numbers; the situation in the first ones
    only, the others left it blank."""
    parts = []
    for section, numbers in BREAKDOWNS.items():
        codes = list(Counter(numbers).elements())
        if section != Section.SITUATION:
            chance.shuffle(codes)
        parts += _deal(headcounts, section, codes, "youths")
    adults = list(Counter(ADULTS).elements())
    chance.shuffle(adults)
    return parts + _deal(headcounts, Section.QUALITY, adults, "adults")


def _deal(headcounts: list[Headcount], section: Section, codes: Iterable[str], people: str) -> list[HeadcountPart]:
    """`people`: the field that says how many each headcount takes, until there is none left."""
    left, parts = list(codes), []
    for headcount in headcounts:
        size = getattr(headcount, people)
        hand, left = Counter(left[:size]), left[size:]
        if hand["elementary"]:
            headcount.note = CONTRADICTION
        parts += [
            HeadcountPart(headcount=headcount, section=section, code=code, count=number)
            for code, number in hand.items()
        ]
    return parts


# DEMO: title, territory, structure's rank, status, days since, youths, adults, parts
PROJECTS_NOW = [
    ("Raccrocher par la cuisine", BETHUNE, 2, "retained", 320, 34, 2, {
        Section.AGE: {"16-18": 20, "18-26": 14}, Section.SEX: {"F": 15, "M": 19},
        Section.SITUATION: {"lp": 18, "jobseeker": 16}, Section.QUALITY: {"parent": 2},
    }),
    ("Les rendez-vous des employeurs", BETHUNE, 5, "retained", 95, 41, 6, {
        # Three youths of unknown age, and a sex that nobody noted: the checks will say so.
        Section.AGE: {"16-18": 9, "18-26": 29}, Section.SITUATION: {"jobseeker": 38, "employed": 3},
        Section.LEVEL: {"Vbis": 22, "V": 14, "IV": 5}, Section.QUALITY: {"teacher": 4, "animator": 2},
    }),
    ("Second souffle au lycée", VALENCIENNES, 3, "retained", 210, 58, 9, {
        Section.AGE: {"16-18": 47, "18-26": 11}, Section.SEX: {"F": 26, "M": 32},
        Section.SITUATION: {"lp": 40, "legt": 18}, Section.QUALITY: {"teacher": 7, "cpe": 2},
    }),
    ("Coup de pouce à l’apprentissage", VALENCIENNES, 4, "retained", 30, 17, 0, {
        Section.AGE: {"16-18": 6, "18-26": 11}, Section.SEX: {"F": 4, "M": 13}, Section.SITUATION: {"apprentice": 17},
    }),
    ("Radio de quartier", BETHUNE, 3, "received", 0, 0, 0, {}),
    ("Permis à un euro", VALENCIENNES, 5, "refused", 0, 0, 0, {}),
]  # fmt: skip


def _load_now(box: Demonstration) -> None:
    for title, place, rank, status, days, youths, adults, breakdowns in PROJECTS_NOW:
        project = Project.objects.create(
            programme=box.programmes[NOW], territory=box.territories[place], organisation=local(box, place)[rank],
            title=title, status=status,
        )  # fmt: skip
        if not youths:
            continue
        headcount = Headcount.objects.create(
            project=project, counted_on=box.days_ago(days), youths=youths, adults=adults
        )
        HeadcountPart.objects.bulk_create(
            HeadcountPart(headcount=headcount, section=section, code=code, count=number)
            for section, numbers in breakdowns.items()
            for code, number in numbers.items()
        )
