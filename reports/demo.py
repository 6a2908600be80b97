"""What the documents planned, and what they declare that no count can produce: a range, a text, a choice."""

import datetime as dt

from django.utils import timezone

from partaj.demonstration import CNAM, NOW, PARTAJ, Demonstration
from reports.models import DeclaredFigure

REPORT = "annexe-1"
PLANNED, TOTAL = "planned", "total"
IN_PART = "Oui, une partie"

# programme → rows planned at the beginning, as printed
PLANS = {
    PARTAJ: {
        "age:0-6": "non concerné", "mission_locale": IN_PART, "scale": "Régionale", "priority_district": IN_PART,
    },
    CNAM: {
        "youths": "17 à 20", "adults": "5 à 10", "total": "30 max",
        "age:18-26": "40", "age:handicap": "5", "age:adultes": "5",
        "situation:jobseeker": "41", "situation:employed": "1", "level:IV": "41", "level:III": "1",
        "sex:F": "34", "sex:M": "9",
        "mission_locale:some": "20", "scale": "Régionale", "priority_district": IN_PART,
    },
    NOW: {
        "youths": "250 à 300", "adults": "20", "total": "320 max", "age:16-18": "120", "age:18-26": "160",
        "situation:lp": "60", "situation:legt": "30", "situation:apprentice": "40", "situation:jobseeker": "150",
        "sex:F": "130", "sex:M": "150",
        "mission_locale": IN_PART, "scale": "Départementale", "priority_district": IN_PART,
    },
}  # fmt: skip

# programme → row, text, reason
DECLARED = {
    PARTAJ: [
        ("age:0-6", "non concerné", "Le plan s’adresse aux jeunes sortis du collège ou sur le point d’en sortir."),
        ("scale", "Régionale", "Cinq bassins d’emploi et deux communautés urbaines d’une seule région."),
        ("priority_district", IN_PART, "Les bassins ont de ces quartiers, et des communes rurales."),
    ],
    CNAM: [
        ("scale", "Départementale", "Prévue pour la région, l’action s’est faite dans le seul Hérault."),
        ("priority_district", IN_PART, "Une partie des jeunes orientés par la mission locale habitent ces quartiers."),
    ],
    NOW: [
        ("scale", "Départementale", "Un bassin dans le Pas-de-Calais, un dans le Nord."),
        ("priority_district", IN_PART, "Les deux bassins ont des quartiers prioritaires, pas toutes leurs communes."),
    ],
}  # fmt: skip
AUTHORS = {PARTAJ: "responsable", CNAM: "responsable.cnam", NOW: "responsable"}


def load(box: Demonstration) -> None:
    figures = []
    for number, plan in PLANS.items():
        programme, author = box.programmes[number], box.users[AUTHORS[number]]
        common = {"programme": programme, "report": REPORT, "author": author}
        begun, done = (_morning(day) for day in (programme.convention_start, programme.closed_on or box.days_ago(45)))
        figures += [
            DeclaredFigure(row=row, column=PLANNED, text=text, declared_at=begun, **common)
            for row, text in plan.items()
        ]
        figures += [
            DeclaredFigure(row=row, column=TOTAL, text=text, reason=reason, declared_at=done, **common)
            for row, text, reason in DECLARED[number]
        ]
    DeclaredFigure.objects.bulk_create(figures)


def _morning(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(9, 30)))
