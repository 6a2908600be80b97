"""AP1-485, Cnam LR: Languedoc-Roussillon, 2009-2011. Figures and labels: the final note of the holder."""

import datetime as dt

from partaj.demonstration import CNAM, Demonstration
from partaj.programmes.demo.parts import make_funnel, make_partnerships, make_programme
from partaj.programmes.models import ExtraRow, Partnership, Period, Programme, Section, SectionRule
from partaj.territories.demo import CEREQ, CNAM_LR, FEJ, MLJAM, MONTPELLIER, OPCA_ALL, UM3

STEPS = [
    ("contacte", "Contacté"),
    ("bilan", "Bilan d’orientation"),
    ("projet", "Projet validé"),
    ("contrat", "Contrat de travail signé"),
    ("termine", "Resté jusqu’au bout"),
]
REASONS = [
    ("autre-orientation", "Autre orientation, suivie par la mission locale", True),
    ("absence", "Ne vient plus au bilan d’orientation", True),
    ("sans-contrat", "Pas de contrat trouvé", False),
    ("periode-essai", "Contrat rompu pendant la période d’essai", True),
    ("probleme-personnel", "Contrat rompu pour un problème personnel", True),
    ("abandon-formation", "A abandonné la formation", True),
]
PHASES = [("bilan", "Phase 1"), ("contrat", "Phase 2")]

FICHE = {
    "title": "Alternance et accompagnement individualisé des jeunes décrocheurs de l’enseignement supérieur",
    "theme": "Programme 7 : Accompagnement et insertion professionnelle des étudiants qui décrochent",
    "call": "n°1, 2009",
    "objectives": "Moins de sorties prématurées de la formation initiale ; une autre voie que la poursuite d’études, "
    "par l’alternance, surtout pour les bacheliers professionnels et technologiques ; un accompagnement plus proche "
    "des étudiants qui décrochent, pour que leur parcours de formation et d’insertion tienne.",
    "target_public": "Les jeunes inscrits à l’université Paul-Valéry (UM3) en AES, LEA ou psychologie et absents des "
    "partiels du premier trimestre.",
    "summary": "319 jeunes contactés, d’après le fichier de l’université et les conseillers de la MLJAM. Phase 1 : un "
    "bilan d’orientation pour 40 d’entre eux, dont 21 valident un projet d’assistant de gestion PME/PMI. Phase 2 : "
    "préparation, placement en entreprise et formation en alternance ; 11 signent un contrat de travail, 3 contrats "
    "sont rompus, 8 jeunes vont au bout.",
    "area": "Région Languedoc-Roussillon",
    "added_value": "La qualité de l’accompagnement, des jeunes comme des entreprises qui les accueillent, et "
    "l’alliance de plusieurs partenaires.",
    "planned_partners": "UM3, MLJAM, Pôle emploi, AGEFOS",
    "actual_partners": "Les mêmes",
    "funding_partners": "OPCA : 32 095 € (AGEFOS, FAFIH, OPCAPL, OPCALIA, FAFSAB, FORCO, UNIFAF)",
    "planned_months": 18,
    "actual_months": 18,
    "convention_start": dt.date(2009, 10, 1),
    "convention_end": dt.date(2011, 9, 30),
    "closed_on": dt.date(2011, 9, 30),
    "last_column": Programme.LastColumn.STILL_THERE,
    "annexe_1_remarks": "L’expérimentation s’est faite en deux phases sur dix-huit mois : les colonnes suivent les "
    "phases, et non les années. La dernière compte les personnes restées jusqu’au bout.",
}

OPERATIONAL = [
    (MLJAM, "Orientation des jeunes, bilan d’orientation, gestion des freins", None),
    ("Pôle emploi", "Métiers qui recrutent, mise en relation", None),
    ("AGEFOS", "Information des entreprises, aide administrative aux contrats", None),
    (CEREQ, "Évaluateur", None),
    (UM3, "Transmission des fichiers de décrocheurs", None),
]
FINANCIAL = [(FEJ, "Subvention", 90_000), (OPCA_ALL, "Autofinancement : contrats de professionnalisation", 32_095)]

EVERYONE = "Jeunes et adultes ensemble."
EXTRA_ROWS = [
    ("handicap", "Autres publics : Personnes en situation de Handicap", ExtraRow.Counts.DISABILITY),
    ("adultes", "Autres publics : Adultes", ExtraRow.Counts.ADULTS),
]


def load(box: Demonstration) -> None:
    programme = make_programme(box, CNAM, territories=[MONTPELLIER], holder=CNAM_LR, evaluator=CEREQ, **FICHE)
    make_funnel(box, programme, STEPS, REASONS)
    programme.outcomes_base, programme.outcomes_step = Programme.OutcomesBase.STEP, box.steps[CNAM]["termine"]
    programme.save()
    for position, (step, label) in enumerate(PHASES, start=1):
        Period.objects.create(
            programme=programme, position=position, label=label, column_label=f"Bénéficiaires entrés {label}",
            step=box.steps[CNAM][step],
        )  # fmt: skip
    for position, section in enumerate([Section.SITUATION, Section.LEVEL, Section.SEX], start=1):
        SectionRule.objects.create(
            programme=programme, position=position, section=section, population=SectionRule.Population.EVERYONE,
            note=EVERYONE,
        )  # fmt: skip
    for position, (code, label, counts) in enumerate(EXTRA_ROWS, start=1):
        ExtraRow.objects.create(
            programme=programme, position=position, section=Section.AGE, code=code, label=label, counts=counts,
            adds_up=False,
        )  # fmt: skip
    make_partnerships(box, programme, Partnership.Kind.OPERATIONAL, OPERATIONAL)
    make_partnerships(box, programme, Partnership.Kind.FINANCIAL, FINANCIAL)
