"""What was done to a file, told as one would in the office: « a changé le téléphone et l’adresse ».

Nothing here reads the database: `beneficiaries.changes` finds what differs, with its values already in words.
"""

from __future__ import annotations

from dataclasses import dataclass

LONG = 60  # characters beyond which a value is folded away

# Every field of the histories that is told, with its article; a test holds this list to the models.
NOUNS = {
    "last_name": "le nom de naissance",
    "usage_name": "le nom d’usage",
    "first_name": "le prénom",
    "birth_date": "la date de naissance",
    "sex": "le sexe",
    "ine": "l’INE",
    "phone": "le téléphone",
    "email": "le courriel",
    "address": "l’adresse",
    "postcode": "le code postal",
    "city": "la commune",
    "territory": "le territoire",
    "referent": "le référent",
    "found_by": "la structure qui a repéré",
    "public": "le public",
    "adult_quality": "la qualité de l’adulte",
    "adult_quality_other": "la précision sur la qualité",
    "contacted_on": "la date du premier contact",
    "entered_on": "la date d’entrée",
    "exited_on": "la date de sortie",
    "lost_on": "la date du départ",
    "lost_at": "l’étape du départ",
    "loss_reason": "le motif du départ",
    "situation": "la situation à l’entrée",
    "situation_other": "la précision sur la situation",
    "school_level": "le niveau de formation",
    "diploma_level": "le diplôme détenu",
    "followed_by_mission_locale": "le suivi par la mission locale",
    "in_priority_district": "la réponse sur le quartier prioritaire",
    "has_disability": "la réponse sur le handicap",
    "is_reinforced": "le suivi renforcé",
    "moment": "le moment du devenir",
    "seen_on": "la date du devenir",
    "kind": "le devenir",
    "precision": "la précision sur le devenir",
    "state": "l’état du devenir",
    "is_principal": "le choix du devenir principal",
    "training_place": "le dernier lieu de formation",
    "sector": "le secteur d’activité",
    "company": "l’entreprise",
    "contract_starts_on": "le début du contrat",
    "contract_ends_on": "la fin prévue du contrat",
    "broken_on": "la date de la rupture",
    "motive": "le motif de la rupture",
    "chosen": "la réponse sur la rupture choisie ou subie",
    "followed_elsewhere": "la réponse sur le suivi ailleurs",
    "followed_by": "la structure qui suit ailleurs",
    "solution_found": "la réponse sur la solution trouvée depuis",
    "solution": "la solution trouvée depuis",
    "obstacle_kind": "la nature du frein",
    "obstacle_precision": "la précision sur le frein",
    "opened_on": "la date du frein",
    "words": "les mots sur le frein",
    "reopened_on": "la date de réouverture du frein",
    "solved_on": "la date où le frein a été levé",
    "how": "la manière dont le frein a été levé",
    "contract_type": "le type du contrat",
    "employer": "l’employeur",
    "organisation": "la structure de l’employeur",
    "opca": "l’OPCA",
    "starts_on": "le début du contrat de travail",
    "ends_on": "la fin prévue du contrat de travail",
    "trial_ends_on": "la fin de l’essai",
    "break_motive": "le motif de la rupture du contrat",
    "break_precision": "la précision sur la rupture du contrat",
    "initiative": "la réponse sur l’initiative de la rupture",
    "in_trial": "la réponse sur la rupture pendant l’essai",
    "certificate": "le diplôme visé",
    "session_on": "la session de l’examen",
    "day_known": "la précision du jour de la session",
    "result": "le résultat de l’examen",
    "units_validated": "le nombre d’unités validées",
    "units_total": "le nombre d’unités",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field before and after, in words; an empty value is an empty text."""

    name: str
    old: str
    new: str

    @property
    def label(self) -> str:
        """« territoire », of « le territoire »."""
        noun = NOUNS[self.name]
        return noun[2:] if noun.startswith("l’") else noun.partition(" ")[2]

    @property
    def is_long(self) -> bool:
        return max(len(self.old), len(self.new)) > LONG


def enumerated(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} et {words[-1]}" if len(words) > 1 else "".join(words)


def opened(first_name: str) -> str:
    return f"a inscrit {first_name} dans le programme"


def opened_by_nobody(*, is_demonstration: bool) -> str:
    """A file written in bulk has no author, and says so."""
    return f"Dossier créé ({'jeu de démonstration' if is_demonstration else 'repris, sans auteur connu'})"


def joined(files: list[str]) -> str:
    """`files`: those that were one with this one; none where only two persons were."""
    if not files:
        return "a réuni deux personnes qui n’en étaient qu’une"
    return f"a réuni ce dossier avec le {enumerated(files)}"


def parted(files: list[str]) -> str:
    return f"a défait la réunion avec le {enumerated(files)}" if files else "a défait la réunion de deux personnes"


def took_in(file: str) -> str:
    """A file that is one with this one since was opened by itself."""
    return f"a ouvert le {file}, réuni depuis à celui-ci"


def taken_in(file: str) -> str:
    """As took_in, where nobody known opened it."""
    return f"{file[0].upper()}{file[1:]} créé, réuni depuis à celui-ci"


def step_told(kind: str, step: str, day: str, former_day: str = "") -> str:
    """`kind` is that of the histories: + noted, ~ changed, - taken back."""
    if kind == "~":
        return f"a changé la date de l’étape « {step} » : {former_day} → {day}"
    return f"a {'ajouté' if kind == '+' else 'retiré'} l’étape « {step} » ({day})"


def break_told(kind: str, day: str) -> str:
    """`kind` as in `step_told`; `day` is empty where it is not known."""
    when = f"du {day}" if day else "à une date inconnue"
    return f"a {'noté' if kind == '+' else 'retiré'} la rupture d’apprentissage {when}"


def outcome_told(kind: str, words: str) -> str:
    """`kind` as in `step_told`; `words`: « CDI à la sortie »."""
    return f"a {'noté' if kind == '+' else 'retiré'} le devenir « {words} »"


def obstacle_told(kind: str, obstacle: str, solved: tuple[object, object]) -> list[str]:
    """`kind` as in `step_told`; `solved`: the days before and after. Nothing where only its fields were put right."""
    if kind == "~":
        before, after = map(bool, solved)
        verb = "" if before == after else "levé" if after else "rouvert"
    else:
        verb = "noté" if kind == "+" else "retiré"
    return [f"a {verb} le frein « {obstacle} »"] if verb else []


def contract_told(kind: str, contract: str, broken: tuple[object, object]) -> list[str]:
    """`kind` as in `step_told`; `broken`: the days before and after. Nothing where only its fields were put right."""
    if kind != "~":
        return [f"a {'noté' if kind == '+' else 'retiré'} le contrat « {contract} »"]
    before, after = map(bool, broken)
    if before == after:
        return []
    return [f"a {'noté' if after else 'annulé'} la rupture du contrat « {contract} »"]


def exam_told(kind: str, certificate: str, result: str) -> str:
    """`kind` as in `step_told`."""
    if kind == "-":
        return f"a retiré le résultat d’examen « {certificate} »"
    return f"a noté le résultat d’examen « {certificate} » ({result})"


def acts_and_rest(differences: list[Difference]) -> tuple[list[str], list[Difference]]:
    """What is an act of its own, in a sentence each, and the differences that are not told yet."""
    left = {each.name: each for each in differences}
    acts = []
    lost = left.get("lost_on")
    if lost and not lost.old:
        reason, step = left.get("loss_reason"), left.get("lost_at")
        acts.append(
            f"a noté le départ du {lost.new}"
            + (f" : {reason.new}" if reason else "")
            + (f" (étape « {step.new} »)" if step else "")
        )
    elif lost and not lost.new:
        acts.append(f"a annulé le départ du {lost.old}")
    if acts:
        for name in ("lost_on", "loss_reason", "lost_at"):
            left.pop(name, None)
    for name, noun in (("entered_on", "l’entrée dans le dispositif"), ("exited_on", "la sortie")):
        if name in left and not left[name].old:
            acts.append(f"a noté {noun} au {left.pop(name).new}")
    if "referent" in left and not left["referent"].old:
        acts.append(f"a confié le dossier à {left.pop('referent').new}")
    return acts, list(left.values())


def fields_told(differences: list[Difference]) -> list[str]:
    """« a changé le téléphone et l’adresse », « a renseigné la commune », « a effacé l’INE »."""
    told = []
    for verb, wanted in (("changé", (True, True)), ("renseigné", (False, True)), ("effacé", (True, False))):
        nouns = [NOUNS[each.name] for each in differences if (bool(each.old), bool(each.new)) == wanted]
        if nouns:
            told.append(f"a {verb} {enumerated(nouns)}")
    return told
