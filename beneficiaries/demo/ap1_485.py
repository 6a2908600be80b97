"""AP1-485: 319 youths contacted, 40 orientation reviews, 21 projects, 11 contracts, 8 to the end; and 2 adults."""

import datetime as dt
from random import Random

from beneficiaries.demo.people import Paths, People
from beneficiaries.models import Beneficiary, Contract, Enrolment, Exam, Outcome
from partaj.demonstration import CNAM, Demonstration
from partaj.territories.demo import CNAM_LR, MLJAM, MONTPELLIER, UM3

CONTACTED = 319
FROM_UNIVERSITY = 148  # the university expected 170; the mission locale completed the list
PHASE_1 = [dt.date(2010, 3, 1), dt.date(2010, 3, 2), dt.date(2010, 3, 3)]  # three groups
REVIEW_ENDS, TRAINING_STARTS = dt.date(2010, 3, 19), dt.date(2010, 5, 26)
CONTRACT_DEADLINE, LAST_DAY = dt.date(2010, 7, 15), dt.date(2011, 4, 30)

# How each of the 40 reviews ended: sex, found by the university or not, and why it stopped (empty: went to the end).
ENTERED = [
    *[("F", MLJAM, "")] * 4, *[("F", UM3, "")] * 2, ("M", MLJAM, ""), ("M", UM3, ""),
    ("F", MLJAM, "periode-essai"), ("M", UM3, "periode-essai"), ("F", UM3, "probleme-personnel"),
    *[("F", MLJAM, "sans-contrat")] * 5, *[("F", UM3, "sans-contrat")] * 3, *[("M", MLJAM, "sans-contrat")] * 2,
    *[("F", MLJAM, "autre-orientation")] * 8, *[("F", UM3, "autre-orientation")] * 3,
    *[("M", MLJAM, "autre-orientation")] * 3,
    *[("F", UM3, "absence")] * 4, ("M", MLJAM, "absence"),
]  # fmt: skip
IN_PHASE_1 = {"autre-orientation", "absence"}
# What the eight who stayed became at the end of their contract, and the five who went on with evening classes.
BECAME = [*["cdi"] * 3, *["cdd"] * 4, "unreachable"]
EVENING_CLASSES = "poursuite au Cnam, hors temps de travail"
BROKEN = {
    "periode-essai": [dt.date(2010, 6, 30), dt.date(2010, 8, 13)],
    "probleme-personnel": [dt.date(2010, 10, 22)],
}
# Who took the eleven on, under which contract (« contrats de professionnalisation, CUI CAE »), which OPCA paid the
# training: those that the document names. Invented, but for these.
PROFESSIONAL, AIDED = Contract.Type.PROFESSIONAL, Contract.Type.AIDED
EMPLOYERS = [
    ("Comptoir du Lez", PROFESSIONAL, "AGEFOS"), ("Hôtel des Arceaux", PROFESSIONAL, "FAFIH"),
    ("Cabinet Vidal et associés", PROFESSIONAL, "OPCAPL"), ("Étanchéité du Languedoc", PROFESSIONAL, "FAFSAB"),
    ("Ateliers Méric", PROFESSIONAL, "OPCALIA"), ("Les Halles de Celleneuve", PROFESSIONAL, "FORCO"),
    ("Association Le Passe-Muraille", AIDED, "UNIFAF"), ("Garage Cazalis", PROFESSIONAL, "AGEFOS"),
    ("Pépinières de Grammont", PROFESSIONAL, "AGEFOS"), ("Transports Bousquet", PROFESSIONAL, "OPCALIA"),
    ("Maison de quartier Mion", AIDED, "UNIFAF"),
]  # fmt: skip
# Two during the trial, one « pour cause de problème personnel du jeune »: nothing more is said of them.
MOTIVES = {"periode-essai": (Contract.Motive.UNKNOWN, True), "probleme-personnel": (Contract.Motive.PERSONAL, False)}
# « 5 jeunes sur 8 ont entièrement validé leur certificat, 3 ont validé + de 50 % des UE », the adult 50 %:
# how many units there were is not said.
CERTIFICATE, SESSION, UNITS = "Certificat professionnel Assistant de gestion PME/PMI (CP06)", dt.date(2011, 4, 1), 8
VALIDATED = [8, 5, 8, 8, 6, 8, 5, 8]  # of those who went to the end, in turn
# By what means, with what coded result, what was said.
SILENCES = [
    ("call", "no_answer", "Courrier et courriel envoyés, trois appels."),
    ("letter", "wrong", "Le courrier revient."),
    ("letter", "no_answer", "Invitation à la réunion d’information collective, restée sans suite."),
    ("interview", "refuses", "Présence à la réunion d’information ; préfère chercher un emploi par soi-même."),
    ("call", "no_more", "A repris des études ailleurs."),
    ("call", "supported", "Déjà accompagné par une autre structure."),
]


def load(box: Demonstration, people: People) -> None:
    chance = box.chance("AP1-485 youths")
    paths = Paths(box.programmes[CNAM])
    for rank, (sex, source, ending) in enumerate(ENTERED):
        enrolment = _contact(box, chance, people, paths, sex=sex, source=source, enters_on=PHASE_1[rank % 3])
        _phase_1(box, chance, paths, enrolment, ending)
    from_university = FROM_UNIVERSITY - sum(source == UM3 for _, source, _ in ENTERED)
    for rank in range(CONTACTED - len(ENTERED)):
        source = UM3 if rank < from_university else MLJAM
        sex = chance.choices("FM", [62, 38])[0]
        enrolment = _contact(box, chance, people, paths, sex=sex, source=source, enters_on=None)
        note_on = enrolment.contacted_on + dt.timedelta(days=chance.randint(3, 15))
        paths.contact(enrolment, note_on, *chance.choice(SILENCES))
    _adults(box, people, paths)
    paths.save()


def _contact(
    box: Demonstration,
    chance: Random,
    people: People,
    paths: Paths,
    *,
    sex: str,
    source: str,
    enters_on: dt.date | None,
) -> Enrolment:
    """A name of one of the two lists; characteristics are asked at entry only."""
    contacted_on = dt.date(2010, 1, 18) + dt.timedelta(days=chance.randint(0, 30))
    age = chance.randint(18, 20) if source == UM3 else chance.randint(19, 23)
    person = people.draw(
        sex=sex, born_on=people.born(age=age, day=enters_on or contacted_on), place=MONTPELLIER, with_ine=source == UM3
    )
    fields = {}
    if enters_on:
        fields = {
            "entered_on": enters_on,
            "situation": "jobseeker",
            "school_level": "IV",
            "diploma_level": 4,
            "has_disability": False,
            "in_priority_district": chance.random() < 0.3,
        }
    enrolment = paths.enrol(
        person, territory=box.territories[MONTPELLIER], referent=box.users["conseiller.cnam"] if enters_on else None,
        found_by=box.organisations[source], contacted_on=contacted_on, **fields,
    )  # fmt: skip
    paths.enter(enrolment, box.steps[CNAM]["contacte"], contacted_on)
    return enrolment


def _phase_1(box: Demonstration, chance: Random, paths: Paths, enrolment: Enrolment, ending: str) -> None:
    steps, reasons = box.steps[CNAM], box.reasons[CNAM]
    paths.enter(enrolment, steps["bilan"], enrolment.entered_on)
    # Whoever comes from the mission locale is followed by it; so are all those who went to the end.
    enrolment.followed_by_mission_locale = enrolment.found_by.name == MLJAM or not ending
    if ending in IN_PHASE_1:
        return _leave(paths, enrolment, reasons[ending], REVIEW_ENDS, steps["bilan"])
    paths.enter(enrolment, steps["projet"], REVIEW_ENDS + dt.timedelta(days=chance.randint(3, 12)))
    paths.note(enrolment, TRAINING_STARTS, "Premier jour de la formation, en attendant un contrat.")
    if ending == "sans-contrat":
        return _leave(paths, enrolment, reasons[ending], CONTRACT_DEADLINE, steps["projet"])
    signed_on = dt.date(2010, 4, 12) + dt.timedelta(days=chance.randint(0, 60))
    _phase_2(box, paths, enrolment, signed_on, ending)
    return None


def _phase_2(box: Demonstration, paths: Paths, enrolment: Enrolment, signed_on: dt.date, ending: str) -> None:
    steps, reasons = box.steps[CNAM], box.reasons[CNAM]
    paths.enter(enrolment, steps["contrat"], signed_on)
    employer, contract_type, opca = EMPLOYERS[len(paths.contracts)]
    contract = Contract(enrolment=enrolment, contract_type=contract_type, employer=employer, opca=opca,
                        starts_on=signed_on, ends_on=LAST_DAY)  # fmt: skip
    if ending:
        rank = sum(other.loss_reason == reasons[ending] for other in paths.enrolments)
        contract.broken_on, contract.initiative = BROKEN[ending][rank], Contract.Initiative.UNKNOWN
        contract.break_motive, contract.in_trial = MOTIVES[ending]
        paths.sign(contract)
        return _leave(paths, enrolment, reasons[ending], BROKEN[ending][rank], steps["contrat"])
    paths.sign(contract)
    _sit(paths, enrolment, VALIDATED[len(paths.exams)])
    paths.enter(enrolment, steps["termine"], LAST_DAY)
    enrolment.exited_on = LAST_DAY
    rank = len({id(each.enrolment) for each in paths.outcomes})
    paths.become(enrolment, BECAME[rank], LAST_DAY)
    if rank < 5:
        state = Outcome.State.ENDED if rank == 4 else Outcome.State.UNDER_WAY  # one gave them up
        paths.become(enrolment, Outcome.Kind.STAYED, LAST_DAY, precision=EVENING_CLASSES, state=state)
    return None


def _sit(paths: Paths, enrolment: Enrolment, validated: int) -> None:
    result = Exam.Result.OBTAINED if validated == UNITS else Exam.Result.PARTIAL
    paths.sit(Exam(enrolment=enrolment, certificate=CERTIFICATE, session_on=SESSION, day_known=False, result=result,
                   units_validated=validated, units_total=UNITS))  # fmt: skip


def _leave(paths: Paths, enrolment: Enrolment, reason: object, day: dt.date, step: object) -> None:
    paths.lose(enrolment, reason, day, step)
    enrolment.exited_on = day


def _adults(box: Demonstration, people: People, paths: Paths) -> None:
    """Two trainees who came straight into phase 2. The one with a disability left after three months: the
    document counts nobody in that row among those who stayed."""
    steps, reasons = box.steps[CNAM], box.reasons[CNAM]
    for sex, age, situation, has_disability in [("F", 34, "employed", False), ("M", 41, "jobseeker", True)]:
        person: Beneficiary = people.draw(sex=sex, born_on=people.born(age=age, day=TRAINING_STARTS), place=MONTPELLIER)
        enrolment = paths.enrol(
            person, territory=box.territories[MONTPELLIER], referent=box.users["conseiller.cnam"],
            found_by=box.organisations[CNAM_LR], public="adult", contacted_on=dt.date(2010, 5, 3),
            entered_on=TRAINING_STARTS, situation=situation, school_level="IV", diploma_level=4,
            has_disability=has_disability, followed_by_mission_locale=False, in_priority_district=False,
        )  # fmt: skip
        paths.enter(enrolment, steps["contrat"], TRAINING_STARTS)
        if has_disability:
            _leave(paths, enrolment, reasons["abandon-formation"], dt.date(2010, 8, 27), steps["contrat"])
        else:
            _sit(paths, enrolment, UNITS // 2)
            paths.enter(enrolment, steps["termine"], LAST_DAY)
            enrolment.exited_on = LAST_DAY
