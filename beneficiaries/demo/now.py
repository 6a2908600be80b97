"""DEMO: about 120 youths and a few adults whose paths are under way today, at every stage."""

import datetime as dt
from itertools import chain
from random import Random

from beneficiaries.demo import way
from beneficiaries.demo.calendar import CELLS_NOW, days_around
from beneficiaries.demo.people import Paths, People, noted
from beneficiaries.models import AccessGrant, Beneficiary, Enrolment, Handover, LogEntry
from partaj.demonstration import NOW, Demonstration
from partaj.territories.demo import BETHUNE, VALENCIENNES, local

# Days since the first contact: some of today and of this week, then over fourteen months.
FIRST_CONTACTS = [0, 0, 0, 1, 2, 2, 3, 4, 6, *range(7, 31, 1), *range(33, 420, 5)]
RETURNS = 6
SITUATIONS = {"jobseeker": 52, "lp": 14, "legt": 8, "apprentice": 10, "employed": 4, "college": 4, "other": 4, "": 4}
LEVELS = {"VI": 12, "Vbis": 38, "V": 26, "IV": 14, "III": 2, "NC": 4, "": 4}
DIPLOMAS = {"VI": (None, 1, 2), "Vbis": (None, 2), "V": (3,), "IV": (4,), "III": (5,)}
REFERENTS = {BETHUNE: "conseiller.bethune", VALENCIENNES: "conseiller.valenciennes"}
ADULTS = [("parent", "F", 44), ("parent", "M", 51), ("teacher", "F", 38), ("cip", "F", 33), ("animator", "M", 29)]

# By what means, with what result, what was said; a mere note has no means.
NOTES = [
    ("call", "", "Contact repris avec l’ancien employeur."),
    ("interview", "", "Passage à la permanence avec sa mère : CV relu ensemble."),
    ("sms", "no_answer", "Nouvel essai la semaine prochaine."),
    ("", "", "A visité le CFA, le métier de couvreur l’intéresse toujours."),
    ("", "", "Dossier de logement déposé au foyer de jeunes travailleurs."),
    ("call", "", "Le code de la route est obtenu, reste la conduite."),
    ("call", "contract", "Premier jour de stage : l’entreprise est contente."),
    ("call", "appointment", "À la mission locale, mardi matin."),
    ("email", "", "Ne peut pas venir le mercredi : garde sa petite sœur."),
    ("visit", "", "Chez lui, avec ses parents : d’accord pour essayer."),
]
NEXT = [
    "Rappeler après son entretien",
    "Appeler le CFA pour une place",
    "Relire sa lettre de motivation",
    "Envoyer l’adresse de la mission locale",
    "Prendre des nouvelles du stage",
    "Confirmer le rendez-vous de jeudi",
]
DUE = [-6, -3, -1, 0, 0, 0, 1, 2, 4, 7, 12]  # days from today
PRIVATE_NOTES = [
    "À voir avec prudence : la situation familiale est tendue.",
    "Découragement visible : rappeler moi-même vendredi.",
]
PROPOSALS = [
    "Proposition : stage de deux semaines chez un artisan.",
    "Proposition : entrée à l’école de la deuxième chance.",
    "Proposition : contrat d’apprentissage en cuisine.",
    "Proposition : service civique à la médiathèque.",
    "Proposition : retour en terminale professionnelle.",
]
OUTCOMES = [
    ("cdd", "magasin d’alimentation, 26 heures"), ("cdi", "menuiserie"), ("interim", "logistique"),
    ("apprentice", "CAP cuisine"), ("apprentice", "CAP maçon"), ("resumed", "terminale professionnelle"),
    ("training", "titre d’agent de propreté"), ("civic", "médiathèque"), ("none", ""),
]  # fmt: skip
# From where to where, with which message, and the reason of the refusal where there is one.
HANDOVERS = [
    (BETHUNE, VALENCIENNES, "Emménage chez sa tante à Anzin le mois prochain. Stage en cuisine prévu, à confirmer avec "
     "l’employeur ; le CV est prêt.", ""),
    (VALENCIENNES, BETHUNE, "Cherche un apprentissage dans le Béthunois.",
     "garde son logement à Denain : à voir là-bas."),
]  # fmt: skip
SILENT = 0.3  # share of the paths under way that nobody has heard of for more than a month


def load(box: Demonstration, people: People) -> None:
    chance = box.chance("DEMO youths")
    paths = Paths(box.programmes[NOW])
    for rank, days in enumerate(FIRST_CONTACTS):
        place = BETHUNE if rank % 9 < 5 else VALENCIENNES
        person = _person(chance, people, place, box.days_ago(days))
        if rank % 9 == 1:
            person.usage_name = chance.choice(["Lemaire", "Dubois", "Le Corre"]) if person.sex == "F" else ""
        _follow(box, chance, paths, _contact(box, chance, paths, person, place, box.days_ago(days)))
    for rank in range(RETURNS):
        place = (BETHUNE, VALENCIENNES)[rank % 2]
        person = _person(chance, people, place, box.days_ago(330))
        _leave_once(box, chance, paths, _contact(box, chance, paths, person, place, box.days_ago(330 - 9 * rank)))
        again = _contact(box, chance, paths, person, place, box.days_ago(12 + 8 * rank))
        paths.note(again, again.contacted_on, "De retour : veut reprendre là où l’on s’était arrêté.")
        _follow(box, chance, paths, again)
    _adults(box, chance, people, paths)
    _become(box, paths)
    _mentor(box, paths)
    _plan(box, paths)
    way.load(box, paths)
    _hand_over(box, paths)
    paths.save()


def _become(box: Demonstration, paths: Paths) -> None:
    """Those for whom a solution was found a while ago have left; some were called again six months later."""
    chance = box.chance("DEMO outcomes")
    for entry in [each for each in paths.steps if each.step == box.steps[NOW]["trouvee"]]:
        enrolment, gone_on = entry.enrolment, entry.entered_on + dt.timedelta(days=14)
        if gone_on > box.today or not enrolment.is_under_way:
            continue
        enrolment.exited_on, enrolment.is_reinforced = gone_on, chance.random() < 0.4
        code, precision = chance.choice(OUTCOMES)
        paths.become(enrolment, code, gone_on, precision=precision)
        later = gone_on + dt.timedelta(days=183)
        if later <= box.today and chance.random() < 0.7:
            paths.become(enrolment, chance.choice(OUTCOMES)[0], later, moment="six")


def _plan(box: Demonstration, paths: Paths) -> None:
    """What referents have promised to do: late, today, and in the days to come."""
    chance = box.chance("DEMO actions")
    for enrolment in paths.enrolments:
        if enrolment.referent and enrolment.is_under_way and chance.random() < 0.3:
            paths.plan(enrolment, chance.choice(NEXT), box.today + dt.timedelta(days=chance.choice(DUE)))


def _hand_over(box: Demonstration, paths: Paths) -> None:
    """Béthune offers a file to Valenciennes, which has not answered yet; Valenciennes offered one that was declined."""
    for place, elsewhere, message, reason in HANDOVERS:
        file = next(path for path in paths.enrolments[12:] if path.territory.name == place and path.is_under_way
                    and path.referent and path.public == "youth")  # fmt: skip
        asked = box.users[REFERENTS[elsewhere]]
        given = {"settled_by": asked, "settled_at": noted(box.days_ago(1), 3), "reason": reason,
                 "state": Handover.State.DECLINED} if reason else {}  # fmt: skip
        offered_on = box.days_ago(4)
        paths.handovers.append(
            Handover(
                enrolment=file, from_territory=file.territory, from_referent=file.referent, author=file.referent,
                territory=box.territories[elsewhere], message=message, offered_at=noted(offered_on, 2), **given,
            )
        )  # fmt: skip
        paths.write(file, LogEntry.Kind.HANDOVER, offered_on, f"Transfert proposé à {elsewhere}.")
        if reason:
            told = f"Transfert à {elsewhere} refusé : {reason}"
            paths.write(file, LogEntry.Kind.HANDOVER, box.days_ago(1), told, author=asked)


def _person(chance: Random, people: People, place: str, day: dt.date) -> Beneficiary:
    """`day`: of the first contact, or before it."""
    age = chance.choices(range(16, 27), [9, 11, 14, 13, 12, 10, 8, 6, 5, 4, 2])[0]
    sex = chance.choices("FM", [44, 56])[0]
    return people.draw(sex=sex, born_on=people.born(age=age, day=day), place=place)


def _contact(
    box: Demonstration, chance: Random, paths: Paths, person: Beneficiary, place: str, day: dt.date
) -> Enrolment:
    """The programme found nobody before its convention began."""
    return paths.enrol(
        person,
        territory=box.territories[place],
        referent=box.users[REFERENTS[place]] if chance.random() < 0.9 else None,
        found_by=chance.choice(local(box, place)[:5]),
        contacted_on=max(day, paths.programme.convention_start),
    )


def _enter(chance: Random, enrolment: Enrolment, day: dt.date) -> None:
    """Characteristics are asked on the day of entry; some remain unknown."""
    enrolment.entered_on = day
    enrolment.situation = _pick(chance, SITUATIONS)
    if enrolment.situation == "other":
        enrolment.situation_other = "Service civique interrompu"
    enrolment.school_level = _pick(chance, LEVELS)
    enrolment.diploma_level = chance.choice(DIPLOMAS.get(enrolment.school_level, (None,)))
    enrolment.followed_by_mission_locale = chance.choices([True, False, None], [62, 30, 8])[0]
    enrolment.in_priority_district = chance.choices([True, False, None], [38, 50, 12])[0]
    enrolment.has_disability = chance.choices([True, False, None], [5, 80, 15])[0]


def _pick(chance: Random, weights: dict[str, int]) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]


def _follow(box: Demonstration, chance: Random, paths: Paths, enrolment: Enrolment) -> None:
    """As far along the funnel as the days since the first contact allow."""
    steps, today = box.steps[NOW], box.today
    day, reached = enrolment.contacted_on, "repere"
    paths.enter(enrolment, steps["repere"], day)
    for code, wait, luck in [("contacte", (0, 4), 0.93), ("accueil", (2, 12), 0.9)]:
        day += dt.timedelta(days=chance.randint(*wait))
        if day > today or chance.random() > luck:
            return _stay_in_touch(box, chance, paths, enrolment, reached)
        reached = code
        paths.enter(enrolment, steps[code], day)
    _enter(chance, enrolment, day)
    return _study(box, chance, paths, enrolment)


def _study(box: Demonstration, chance: Random, paths: Paths, enrolment: Enrolment) -> None:
    """At the first meeting of the cell after the entry: studied there, or on the agenda of the coming one."""
    steps, place = box.steps[NOW], enrolment.territory.name
    days = days_around(box.today, place, paths.programme.convention_start)
    held_on = next(day for day in days if day > enrolment.entered_on)
    if chance.random() > 0.85:
        return _stay_in_touch(box, chance, paths, enrolment, "accueil")
    box.agenda.append((enrolment, CELLS_NOW[place], held_on))
    if held_on > box.today:
        return _stay_in_touch(box, chance, paths, enrolment, "accueil")
    enrolment.first_reviewed_on = held_on
    paths.enter(enrolment, steps["cellule"], held_on)
    paths.note(enrolment, held_on, chance.choice(PROPOSALS))
    return _conclude(box, chance, paths, enrolment, held_on)


def _conclude(box: Demonstration, chance: Random, paths: Paths, enrolment: Enrolment, day: dt.date) -> None:
    steps, reached = box.steps[NOW], "cellule"
    for code, wait, luck in [("proposee", (1, 15), 0.85), ("trouvee", (20, 90), 0.6)]:
        day += dt.timedelta(days=chance.randint(*wait))
        if day > box.today or chance.random() > luck:
            return _stay_in_touch(box, chance, paths, enrolment, reached)
        reached = code
        paths.enter(enrolment, steps[code], day)
    return None


def _stay_in_touch(box: Demonstration, chance: Random, paths: Paths, enrolment: Enrolment, reached: str) -> None:
    """Still under way: heard of lately, silent for too long, or gone."""
    since = (box.today - enrolment.contacted_on).days
    if since > 75 and chance.random() < 0.25:
        reason = box.reasons[NOW][chance.choice(["refus", "injoignable", "injoignable", "demenagement", "relais"])]
        return _go(paths, enrolment, reason, box.days_ago(chance.randint(1, 20)), reached, box)
    if chance.random() < SILENT:
        return None
    for days in sorted({chance.randint(0, min(since, 27)) for _ in range(chance.randint(1, 3))}, reverse=True):
        channel, result, words = chance.choice(NOTES)
        day = box.days_ago(days)
        paths.contact(enrolment, day, channel, result, words) if channel else paths.note(enrolment, day, words)
    if chance.random() < 0.08:
        paths.note(enrolment, box.days_ago(min(since, 2)), chance.choice(PRIVATE_NOTES), private=True)
    return None


def _go(paths: Paths, enrolment: Enrolment, reason: object, day: dt.date, reached: str, box: Demonstration) -> None:
    paths.lose(enrolment, reason, day, box.steps[NOW][reached])
    enrolment.exited_on = day if enrolment.entered_on else None


def _leave_once(box: Demonstration, chance: Random, paths: Paths, enrolment: Enrolment) -> None:
    """The first path of somebody who will come back."""
    steps = box.steps[NOW]
    for code, days in [("repere", 0), ("contacte", 2), ("accueil", 9)]:
        paths.enter(enrolment, steps[code], enrolment.contacted_on + dt.timedelta(days=days))
    _enter(chance, enrolment, enrolment.contacted_on + dt.timedelta(days=9))
    gone_on = enrolment.contacted_on + dt.timedelta(days=chance.randint(40, 90))
    _go(paths, enrolment, box.reasons[NOW][chance.choice(["abandon", "demenagement"])], gone_on, "accueil", box)


def _adults(box: Demonstration, chance: Random, people: People, paths: Paths) -> None:
    for rank, (quality, sex, age) in enumerate(ADULTS):
        place = (BETHUNE, VALENCIENNES)[rank % 2]
        day = max(box.days_ago(40 + 50 * rank), paths.programme.convention_start)
        person = people.draw(sex=sex, born_on=people.born(age=age, day=day), place=place)
        enrolment = paths.enrol(
            person, territory=box.territories[place], referent=box.users[REFERENTS[place]],
            found_by=chance.choice(local(box, place)), contacted_on=day, entered_on=day, public="adult",
            adult_quality=quality, situation="employed", school_level="IV",
        )  # fmt: skip
        paths.enter(enrolment, box.steps[NOW]["accueil"], day)


def _mentor(box: Demonstration, paths: Paths) -> None:
    """The tutor accompanies seven youths, and no longer an eighth: that file is closed to him."""
    tutor = box.users["tuteur"]
    entered = [path for path in paths.enrolments if path.entered_on and path.public == "youth" and not path.lost_on]
    old = [path for path in entered if (box.today - path.entered_on).days > 60]
    youths = chain(*([path for path in old if path.territory.name == place][:4] for place in REFERENTS))
    for rank, youth in enumerate(youths):
        ended = rank == 0
        starts_on = youth.entered_on + dt.timedelta(days=7)
        paths.grants.append(
            AccessGrant(
                enrolment=youth, user=tutor, reason=AccessGrant.Reason.MENTORING, starts_on=starts_on,
                ends_on=box.days_ago(10) if ended else None,
            )
        )  # fmt: skip
        paths.note(youth, starts_on, f"{tutor} devient son référent tuteur.")
        if ended:
            paths.note(youth, box.days_ago(10), "L’accompagnement par le référent tuteur est terminé.")
