"""DEMO: what stands in the way of those who are followed today, what they signed, what they sat for."""

import datetime as dt

from beneficiaries.demo.people import Paths
from beneficiaries.models import ApprenticeshipBreak, Contract, Enrolment, Exam, LogEntry, Obstacle
from partaj.demonstration import Demonstration

Kind = Obstacle.Kind
# Nature, precision, what is said of it, how it was solved by those who got over it.
OBSTACLES = [
    (Kind.MOBILITY, "", "Un seul bus le matin, pas de permis.", "Scooter prêté par la plateforme mobilité."),
    (Kind.MOBILITY, "", "Le stage est à trente kilomètres.", "Covoiturage trouvé avec un collègue."),
    (Kind.HOUSING, "", "Hébergé chez un ami jusqu’à la fin du mois.", "Une chambre au foyer de jeunes travailleurs."),
    (Kind.MONEY, "", "N’a pas de quoi avancer les frais de dossier.", "Aide d’urgence accordée."),
    (Kind.PAPERS, "", "Carte d’identité périmée, rendez-vous pris en mairie.", "Carte reçue."),
    (Kind.SOCIAL, "", "Garde son petit frère le soir.", "Une place à l’étude du soir."),
    (Kind.REORIENTATION, "", "La filière ne lui plaît plus.", "Immersion faite, choix confirmé."),
    (Kind.JOB_SEARCH, "", "Pas de CV, n’ose pas téléphoner.", "CV refait, trois entretiens obtenus."),
    (Kind.HEALTH, "", "", ""),
    (Kind.OTHER, "Pas d’ordinateur", "Tout se fait au téléphone.", "Un poste reconditionné, par une association."),
]

# Type, OPCA, days since it began, days until it ends (None: it does not), days until its trial ends; two employers.
CONTRACTS = [
    (Contract.Type.CDD, "", 78, 12, None, ("Brasserie du Beffroi", "Blanchisserie Lys")),
    (Contract.Type.APPRENTICESHIP, "Constructys", 20, 700, 25, ("Menuiserie Caron", "Couverture Delbecq")),
    (Contract.Type.INTERIM, "AKTO", 25, 3, None, ("Intérim Artois", "Nord Missions")),
    (Contract.Type.CDI, "", 40, None, 20, ("Transports Delattre", "Pharmacie du Marché")),
    (Contract.Type.INTERNSHIP, "", 8, 6, None, ("Atelier vélo La Rustine", "Studio Minuit")),
    (Contract.Type.CIVIC, "", 150, 94, None, ("Médiathèque Jean-Macé", "Sport pour tous")),
    (Contract.Type.AIDED, "Uniformation", 60, 305, None, ("Régie de quartier Horizon", "Ressourcerie du Canal")),
    (Contract.Type.PROFESSIONAL, "L’Opcommerce", 110, 250, None, ("Supermarché des Tilleuls", "Jardinerie Lemoine")),
    (Contract.Type.CDD, "", 95, -5, None, ("Crèche Les Petits Pas", "Garage Vasseur")),
    (Contract.Type.CDD, "", 130, -40, None, ("Boulangerie Wattel", "Imprimerie Carlier")),
]
# How some came to an end before their time: days ago, why, whose doing, in the trial or not.
BREAKS = [
    (30, Contract.Motive.MISMATCH, Contract.Initiative.YOUTH, True),
    (9, Contract.Motive.ECONOMIC, Contract.Initiative.EMPLOYER, False),
    (4, Contract.Motive.CONFLICT, Contract.Initiative.BOTH, None),
]

# What CFA said of apprentices, each in their own spelling: why, chosen or suffered.
Choice = ApprenticeshipBreak.Choice
TOLD = [
    ("Mésentente avec l’employeur", Choice.SUFFERED), ("Le métier ne plaît pas", Choice.CHOSEN),
    ("mesentente avec l’employeur", Choice.SUFFERED), ("Trop d’absences", Choice.SUFFERED), ("", Choice.UNKNOWN),
    ("Trajet trop long", Choice.CHOSEN), ("Le metier ne plait pas", Choice.CHOSEN),
    ("Fermeture de l’entreprise", Choice.SUFFERED), ("MESENTENTE AVEC L’EMPLOYEUR", Choice.UNKNOWN),
    ("Niveau trop difficile au CFA", Choice.SUFFERED), ("Trop d’absences", Choice.SUFFERED),
]  # fmt: skip
# Sector, company, CFA; days that the contract had lasted (None: its first day is not known).
TRADES = [
    ("Boulangerie", "Fournil des Halles", "CFA de Béthune"), ("Coiffure", "Salon Mèche", "CFA de Béthune"),
    ("Bâtiment", "Maçonnerie Hennebelle", "CFA du bâtiment, Marly"), ("boulangerie", "Le Pain doré", "CFA de Béthune"),
    ("Restauration", "Brasserie du Nord", "CFA hôtelier"), ("", "", ""), ("bâtiment", "Toitures Dassonville", ""),
]  # fmt: skip
LASTED = [12, 35, 150, None, 48, 200, 90, 400]

# What, how many days ago, whether its day is known, the result, units validated and units.
EXAMS = [
    ("CAP Cuisine", 150, False, Exam.Result.OBTAINED, 7, 7),
    ("Certificat CléA", 35, True, Exam.Result.PARTIAL, 5, 7),
    ("Titre professionnel Agent de propreté", -45, False, Exam.Result.PENDING, None, None),
    ("Diplôme national du brevet", 155, False, Exam.Result.FAILED, None, None),
    ("CAP Électricien", 148, False, Exam.Result.ABSENT, None, None),
]


def load(box: Demonstration, paths: Paths) -> None:
    _stand_in_the_way(box, paths)
    _sign(box, paths)
    _sit(box, paths)
    _break_off(box, paths)


def _break_off(box: Demonstration, paths: Paths) -> None:
    """Every third youth had broken an apprenticeship some weeks before somebody called."""
    for rank, enrolment in enumerate([each for each in paths.enrolments if each.public == "youth"][::3]):
        (motive, chosen), (sector, company, place) = TOLD[rank % len(TOLD)], TRADES[rank % len(TRADES)]
        row = ApprenticeshipBreak(enrolment=enrolment, motive=motive, chosen=chosen, sector=sector, company=company,
                                  training_place=place, solution_found=(None, False, True)[rank % 3])  # fmt: skip
        row.broken_on = enrolment.contacted_on - dt.timedelta(days=10 + rank % 25)
        if lasted := LASTED[rank % len(LASTED)]:
            row.contract_starts_on = row.broken_on - dt.timedelta(days=lasted)
            row.contract_ends_on = row.contract_starts_on + dt.timedelta(days=730)
        paths.tell_break(row)


def _sit(box: Demonstration, paths: Paths) -> None:
    """Some of those who have entered, the exams in turn."""
    entered = [each for each in paths.enrolments if each.entered_on and each.public == "youth"]
    for rank, enrolment in enumerate(entered[2::4]):
        certificate, days, day_known, result, validated, total = EXAMS[rank % len(EXAMS)]
        session_on = box.days_ago(days) if day_known else box.days_ago(days).replace(day=1)
        if session_on < enrolment.contacted_on:
            continue
        paths.sit(Exam(enrolment=enrolment, certificate=certificate, session_on=session_on, day_known=day_known,
                       result=result, units_validated=validated, units_total=total))  # fmt: skip


def _sign(box: Demonstration, paths: Paths) -> None:
    """Every other one of those to whom a solution was proposed, the contracts in turn."""
    proposed = [step.enrolment for step in paths.steps if step.step.code == "proposee"]
    for rank, enrolment in enumerate([each for each in proposed if each.is_under_way][::2]):
        turn, which = divmod(rank, len(CONTRACTS))
        contract_type, opca, since, until, trial, employers = CONTRACTS[which]
        later = 4 * turn  # days, so that no two of the same kind go hand in hand
        starts_on = max(box.days_ago(since - later), enrolment.entered_on or enrolment.contacted_on)
        contract = Contract(enrolment=enrolment, contract_type=contract_type, employer=employers[turn % 2], opca=opca,
                            starts_on=starts_on)  # fmt: skip
        if until is not None:
            contract.ends_on = max(box.days_ago(-until - later), starts_on + dt.timedelta(days=10))
        if trial is not None:
            contract.trial_ends_on = max(box.days_ago(-trial - later), starts_on)
        if (which in (5, 7) and turn) or (which == 6 and not turn):
            days, contract.break_motive, contract.initiative, contract.in_trial = BREAKS[which - 5]
            contract.broken_on = max(box.days_ago(days), contract.starts_on)
        paths.sign(contract)


def _stand_in_the_way(box: Demonstration, paths: Paths) -> None:
    chance = box.chance("DEMO obstacles")
    for enrolment in paths.enrolments:
        if enrolment.entered_on and enrolment.public == "youth" and enrolment.is_under_way and chance.random() < 0.55:
            for kind, precision, words, how in chance.sample(OBSTACLES, chance.choice([1, 1, 1, 2])):
                if any((each.enrolment, each.kind) == (enrolment, kind) for each in paths.obstacles):
                    continue
                opened_on = min(enrolment.entered_on + dt.timedelta(days=chance.randint(0, 20)), box.today)
                lasts = dt.timedelta(days=chance.randint(12, 70))
                solved_on = opened_on + lasts if chance.random() < 0.5 and opened_on + lasts <= box.today else None
                row = Obstacle(enrolment=enrolment, kind=kind, precision=precision, words=words, opened_on=opened_on)
                _stand(paths, row, solved_on, how)


def _stand(paths: Paths, row: Obstacle, solved_on: dt.date | None, how: str) -> None:
    paths.obstacles.append(row)
    tell(paths, row.enrolment, row.opened_on, f"Frein ouvert : {row}.")
    if solved_on:
        row.solved_on, row.how = solved_on, how
        tell(paths, row.enrolment, solved_on, f"Frein levé : {row}.")


def tell(paths: Paths, enrolment: Enrolment, day: dt.date, sentence: str) -> None:
    paths.write(enrolment, LogEntry.Kind.OBSTACLE, day, sentence)
