"""AP1-261 « PARTAJ »: Nord-Pas-de-Calais, 2010-2011. Figures and labels: the final note of the holder."""

import datetime as dt

from partaj.demonstration import PARTAJ, Demonstration
from partaj.programmes.demo.parts import make_funnel, make_partnerships, make_programme
from partaj.programmes.models import Partnership, Period, Programme, Section, SectionRule
from partaj.territories.demo import ARRAS, BASINS, C2RP, COPAS, DUNKERQUE, FEJ, OUTSIDE, REGION

STEPS = [
    ("repere", "Repéré"),
    ("contacte", "Contacté"),
    ("cellule", "Situation étudiée en cellule"),
    ("proposee", "Solution proposée"),
    ("trouvee", "Solution trouvée"),
]
REASONS = [
    ("refus", "Ne veut pas d’accompagnement", True),
    ("injoignable", "Injoignable après relances", True),
    ("abandon", "A quitté la solution en cours de route", True),
    ("exclusion", "Exclu de la solution", True),
    ("demenagement", "A quitté la région", False),
    ("relais", "Déjà accompagné par une autre structure", False),
]

# Years of the convention; the third is in the form, and nobody entered then. Column labels have the form's apostrophe.
YEARS = [(1, 2010), (2, 2011), (3, 2012)]

FICHE = {
    "acronym": "PARTAJ",
    "title": "Plan d’Accompagnement Régional et Territorial pour l’Avenir des Jeunes",
    "theme": "Décrochage scolaire",
    "call": "n°1, 2009",
    "objectives": "Qu’aucun jeune sorti de l’école ou d’une formation sans qualification ni solution ne reste sans "
    "réponse : lui en proposer une, et affermir son parcours.",
    "target_public": "Les jeunes repérés comme proches de quitter leur formation ou de rompre leur contrat en "
    "alternance, et ceux qui sont déjà sortis, quel que soit leur statut : collégiens, lycéens, apprentis, stagiaires, "
    "étudiants. Plus de 5 000 personnes ont été touchées.",
    "summary": "Cinq plateformes territoriales, au plus près des jeunes et de ceux qui les accompagnent, avec trois "
    "modes d’action : la cellule technique locale, où les partenaires étudient chaque situation et en assurent le "
    "suivi ; le référent tuteur, garant de la construction du parcours ; le projet d’initiative locale, qui apporte "
    "une réponse de terrain.",
    "area": "Région Nord-Pas-de-Calais : cinq bassins d’emploi expérimentaux, deux communautés urbaines associées.",
    "added_value": "Un partenariat élargi, où chaque institution garde sa place et travaille avec les autres, et qui "
    "multiplie les solutions que l’on peut proposer.",
    "planned_partners": "MGI, CIO, missions locales, Pôle emploi, maisons de l’emploi, CFA et acteurs de "
    "l’apprentissage, éducation populaire, travail social, centres sociaux et maisons de quartier, communautés "
    "urbaines d’Arras et de Dunkerque, parents d’élèves, CRIJ, OPCA et chambres consulaires, universités, syndicats, "
    "partenaires sociaux, communautés d’agglomération et collectivités.",
    "actual_partners": "MGI, CIO, centres sociaux, clubs de prévention, missions locales, Pôle emploi, organismes de "
    "formation, associations, chambres consulaires et employeurs, quelques CFA, universités, collectivités, CRIJ, "
    "centres communaux d’action sociale.",
    "funding_partners": "FEJ : 940 000 € ; Conseil régional Nord-Pas-de-Calais : 600 000 €",
    "actual_months": 22,
    "convention_start": dt.date(2010, 1, 1),
    "convention_end": dt.date(2011, 12, 31),
    "closed_on": dt.date(2012, 1, 31),
    "outcomes_base": Programme.OutcomesBase.REINFORCED,
}

OPERATIONAL = [
    ("Mission Générale d’Insertion / CIO", "Repérage en cellule technique locale", None),
    ("Missions locales de la région", "Repérage en cellule technique locale", None),
    ("Structures d’accompagnement (centres sociaux, clubs de prévention…)",
     "Repérage en cellule technique locale, force de proposition, référents tuteurs", None),
    ("Milieu associatif", "Repérage, référents tuteurs, porteurs de projets d’initiative locale", None),
    ("Organismes de formation", "Propositions de solutions, référents tuteurs", None),
    ("CFA de la région", "Repérage par l’outil destiné aux CFA", None),
    ("Collectivités", "Repérage, porteurs de projets, référents tuteurs", None),
]  # fmt: skip
# The amounts are those of the fiche; the financial statement has others.
FINANCIAL = [(FEJ, "Subvention", 940_000), (REGION, "Cofinancement extérieur", 600_000)]

RULES = [
    (Section.LEVEL, {
        "base": SectionRule.Base.REVIEWED,
        "note": "Base : les jeunes dont la situation a été étudiée en cellule technique locale, "
        "seuls suivis par leur nom.",
    }),
    (Section.SEX, {"unit": SectionRule.Unit.PERCENT, "note": "En pourcentage des jeunes dont le sexe est connu."}),
]  # fmt: skip


def load(box: Demonstration) -> None:
    programme = make_programme(
        box, PARTAJ, territories=[*BASINS, ARRAS, DUNKERQUE, OUTSIDE], holder=C2RP, evaluator=COPAS, **FICHE
    )
    make_funnel(box, programme, STEPS, REASONS)
    for position, year in YEARS:
        Period.objects.create(
            programme=programme, position=position, label=f"année {position}",
            column_label=f"Bénéficiaires entrés l'année {position}",
            starts_on=dt.date(year, 1, 1), ends_on=dt.date(year, 12, 31),
        )  # fmt: skip
    for position, (section, rule) in enumerate(RULES, start=1):
        SectionRule.objects.create(programme=programme, position=position, section=section, **rule)
    make_partnerships(box, programme, Partnership.Kind.OPERATIONAL, OPERATIONAL)
    make_partnerships(box, programme, Partnership.Kind.FINANCIAL, FINANCIAL)
