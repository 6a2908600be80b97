"""DEMO: an invented programme that runs today, for home pages, coming sessions and files under way."""

import datetime as dt

from partaj.demonstration import NOW, Demonstration
from partaj.programmes.demo.parts import make_funnel, make_partnerships, make_programme
from partaj.programmes.models import ExtraRow, Partnership, Period, Section
from partaj.territories.demo import BETHUNE, C2RP, COPAS, FEJ, VALENCIENNES

STEPS = [
    ("repere", "Repéré"),
    ("contacte", "Contacté"),
    ("accueil", "Entretien d’accueil"),
    ("cellule", "Situation étudiée en cellule"),
    ("proposee", "Solution proposée"),
    ("trouvee", "Solution trouvée"),
]
REASONS = [
    ("refus", "Ne souhaite pas être recontacté", True),
    ("injoignable", "Injoignable après relances", True),
    ("abandon", "A quitté la solution en cours de route", True),
    ("demenagement", "A déménagé", False),
    ("relais", "Déjà accompagné par une autre structure", False),
]
FICHE = {
    "acronym": "Plateforme",
    "title": "Plateforme du Bassin minier et du Hainaut",
    "theme": "Décrochage scolaire",
    "call": "Programme inventé pour la démonstration",
    "objectives": "Retrouver chaque jeune sorti sans solution du lycée ou du CFA dans les deux bassins, lui proposer "
    "un entretien dans les quinze jours et une solution dans les trois mois.",
    "target_public": "Jeunes de 16 à 25 ans sans emploi ni formation, ou sur le point d’y arriver ; leurs parents et "
    "leurs enseignants, dans les projets d’initiative locale.",
    "summary": "Deux cellules se réunissent chaque mois, à Béthune et à Valenciennes. Des référents tuteurs "
    "accompagnent les jeunes les plus éloignés. Des projets d’initiative locale redonnent envie d’apprendre.",
    "area": "Béthune-Bruay et Valenciennes",
    "added_value": "Un seul fil par jeune, partagé entre ceux qui l’accompagnent, et rien de plus.",
    "planned_partners": "Missions locales, CIO, CFA, centres sociaux, clubs de prévention",
    "actual_partners": "Les mêmes, et les régies de quartier",
    "funding_partners": "FEJ : 480 000 €",
    "planned_months": 36,
}
OPERATIONAL = [
    ("Mission locale de l’Artois", "Repérage, accompagnement vers l’emploi", None),
    ("Mission locale du Valenciennois", "Repérage, accompagnement vers l’emploi", None),
    ("Club de prévention La Passerelle", "Repérage de rue, référents tuteurs", None),
    ("Association Second Souffle, Denain", "Projets d’initiative locale", None),
]


def load(box: Demonstration) -> None:
    year = box.today.year
    programme = make_programme(
        box, NOW, territories=[BETHUNE, VALENCIENNES], holder=C2RP, evaluator=COPAS,
        convention_start=dt.date(year - 1, 1, 1), convention_end=dt.date(year + 1, 12, 31), **FICHE,
    )  # fmt: skip
    make_funnel(box, programme, STEPS, REASONS)
    for position in (1, 2, 3):
        Period.objects.create(
            programme=programme, position=position, label=f"année {position}",
            column_label=f"Bénéficiaires entrés l'année {position}",
            starts_on=dt.date(year - 2 + position, 1, 1), ends_on=dt.date(year - 2 + position, 12, 31),
        )  # fmt: skip
    ExtraRow.objects.create(
        programme=programme, position=1, section=Section.AGE, code="qpv",
        label="dont habitants d’un quartier prioritaire (QPV)", counts=ExtraRow.Counts.PRIORITY_DISTRICT,
    )  # fmt: skip
    make_partnerships(box, programme, Partnership.Kind.OPERATIONAL, OPERATIONAL)
    make_partnerships(box, programme, Partnership.Kind.FINANCIAL, [(FEJ, "Subvention", 480_000)])
