"""What is doubtful in one line, each in a sentence: it warns, sends to a person, or rejects; it corrects nothing."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from operator import itemgetter
from typing import TYPE_CHECKING

from beneficiaries.ages import age_on
from beneficiaries.lists.columns import Columns, Field
from beneficiaries.lists.contacts import e164, lost_zero, several_phones
from beneficiaries.lists.dates import Doubt, ReadDate, looks_like_a_date
from beneficiaries.lists.names import FORMULA, LOST, ORDINARY, STRANGE, TWICE
from beneficiaries.lists.outcomes import Finding, Outcome, reject, review, warning
from beneficiaries.lists.sensitive import holds_forbidden_number, tells_of_health
from beneficiaries.models import Beneficiary
from partaj.formats import french_date
from partaj.keys import email_warning, ine_warning

if TYPE_CHECKING:
    from beneficiaries.lists.students import Student

YOUNGEST, OLDEST = 16, 25  # years: under the first a person decides, over the second the line comes in with a warning
CUT_AT = {"last_name": 30, "first_name": 20}  # characters: where Apogée cuts names
SHOWN = 60  # characters of what was typed, in a sentence
LABELS = {"last_name": "nom", "usage_name": "nom d’usage", "first_name": "prénom"}
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?E[+-]?\d{1,3}", re.I | re.A)
_LOST_INSIDE = re.compile(r"\?\w|\ufffd")
_BASE36 = re.compile(r"[0-9A-Z]{10}\d")

NO_NAME = reject("Aucun nom : cette ligne ne dit pas de qui il s’agit.")
NO_LAST_NAME = review("Le nom de naissance manque.")
NO_FIRST_NAME = review("Le prénom manque.")
UNSPLIT = review("Le nom et le prénom sont dans une seule case, et rien ne les distingue.")
NO_BIRTH = warning("Pas de date de naissance : l’âge n’a pas été vérifié.")
NO_INE = warning("Pas d’INE.")
BASE36 = warning("La clé de cet INE (ancienne base 36) ne se vérifie pas.")
NO_CONTACT = warning("Aucun moyen de contact : ni téléphone, ni courriel, ni adresse.")
SEVERAL_EMAILS = review("Plusieurs courriels dans une case : choisissez celui à garder.")
SEVERAL_PHONES = review("Plusieurs téléphones dans une case : choisissez celui à garder.")
LOST_ZERO = warning("Le téléphone avait perdu son premier zéro.")
SCIENTIFIC = review("Un numéro a été changé par un tableur en notation scientifique : ses chiffres sont perdus.")
SHIFTED = review("Les cases de cette ligne semblent décalées : vérifiez ce que contient chacune.")
SOCIAL_SECURITY = review("Un numéro de sécurité sociale figure sur cette ligne : il n’est pas repris.")
HEALTH_LEFT = warning("Un texte libre parle de santé : il n’est pas repris.")
HEALTH_ASKED = review("Le commentaire parle de santé : il n’est pas repris.")
UNDER_AGE = f"ans : moins de {YOUNGEST}\u00a0ans à la date de référence."
DATE_SERIAL = review("La date de naissance est devenue un nombre dans un tableur.")


def _cut(typed: str) -> str:
    return typed if len(typed) <= SHOWN else f"{typed[:SHOWN]}…"


def names(student: Student, findings: list[Finding], *, unsplit: bool, of_apogee: bool) -> None:
    if not student.last_name and not student.first_name:
        findings.append(NO_NAME)
        return
    if unsplit:
        findings.append(UNSPLIT)
    elif not student.last_name:
        findings.append(NO_LAST_NAME)
    elif not student.first_name:
        findings.append(NO_FIRST_NAME)
    for name, label in LABELS.items():
        typed = getattr(student, name)
        if typed and (damage := _damage(typed, label)):
            findings.append(damage)
        if of_apogee and len(typed) == CUT_AT.get(name):
            findings.append(
                warning(f"Le {label} a exactement {len(typed)}\u00a0caractères : Apogée l’a peut-être coupé.")
            )


def _damage(typed: str, label: str) -> Finding | None:
    if ORDINARY.fullmatch(typed):
        return None
    if LOST.search(typed):
        return review(f"Un caractère a été perdu dans le {label} « {_cut(typed)} ».")
    if TWICE.search(typed):
        return review(f"Le {label} « {_cut(typed)} » a été encodé deux fois : lisez le fichier avec la réparation.")
    if FORMULA.match(typed):
        return review(f"Le {label} « {_cut(typed)} » est une formule de tableur.")
    if STRANGE.search(typed):
        return review(f"Le {label} « {_cut(typed)} » contient des signes qu’aucun nom ne porte.")
    return None


def birth(typed: str, read: ReadDate, today: dt.date) -> list[Finding]:
    """What is doubtful in the date, and in the age on the day of reference."""
    if not typed:
        return [NO_BIRTH]
    if read.day is None:
        return [_no_day(_cut(typed), read.doubt)]
    if read.day > today:
        return [reject(f"La date de naissance « {_cut(typed)} » est à venir.")]
    found = []
    if read.doubt is Doubt.TWO_DIGITS:
        found.append(warning(f"Année sur deux chiffres : « {typed} » lu {french_date(read.day)}."))
    age = age_on(read.day, today)
    if age < YOUNGEST:
        found.append(review(f"{age}\u00a0{UNDER_AGE}"))
    elif age > OLDEST:
        found.append(warning(f"{age}\u00a0ans : plus de {OLDEST}\u00a0ans à la date de référence."))
    return found


def _no_day(typed: str, doubt: Doubt | None) -> Finding:
    if doubt is Doubt.SERIAL:
        return DATE_SERIAL
    if doubt is Doubt.IMPOSSIBLE:
        return reject(f"La date de naissance « {typed} » est impossible.")
    if doubt is Doubt.OTHER_ORDER:
        return reject(f"La date de naissance « {typed} » est impossible : le mois serait écrit avant le jour.")
    return review(f"La date de naissance « {typed} » ne se lit pas.")


def unknown_sex(typed: str) -> Finding:
    return warning(f"Le sexe « {_cut(typed)} » n’est pas compris : il n’est pas repris.")


def wrong_postcode(typed: str) -> Finding:
    return warning(f"Le code postal « {_cut(typed)} » n’a pas 5 chiffres : il n’est pas repris.")


def ine(student: Student, findings: list[Finding]) -> None:
    """A letter that does not match warns; what cannot be an INE goes to a person."""
    if not student.ine:
        findings.append(NO_INE)
    elif said := ine_warning(student.ine):
        findings.append(warning(said) if len(student.ine) == 11 and student.ine[:10].isdecimal() else review(said))
    elif _BASE36.fullmatch(student.ine):
        findings.append(BASE36)


def scientific(numbers: list[str], findings: list[Finding]) -> None:
    if not "".join(numbers).isdecimal() and any(map(is_scientific, numbers)):
        findings.append(SCIENTIFIC)


def is_scientific(number: str) -> bool:
    return bool(_SCIENTIFIC.fullmatch(number))


def phones(student: Student, typed: list[str], findings: list[Finding]) -> None:
    if any(map(several_phones, typed)):
        findings.append(SEVERAL_PHONES)
    elif student.phone and not student.phone_e164:
        findings.append(warning(f"Le téléphone « {_cut(student.phone)} » ne peut être appelé : gardé tel quel."))
    elif student.phone and lost_zero(student.phone):
        findings.append(LOST_ZERO)


def emails(student: Student, typed: list[str], found: list[list[str]], findings: list[Finding]) -> None:
    """`found`: the addresses in each of those `typed`."""
    if any(len(each) > 1 for each in found):
        findings.append(SEVERAL_EMAILS)
    elif typed:
        _email(student, typed[0], findings)


def address(student: Student, findings: list[Finding]) -> None:
    where = f"{student.address} {student.city}"
    if ("?" in where or "\ufffd" in where) and _LOST_INSIDE.search(where):
        findings.append(warning("Un caractère a été perdu dans l’adresse."))


def _email(student: Student, typed: str, findings: list[Finding]) -> None:
    said = email_warning(student.email) if student.email else "Ce courriel n’est pas une adresse complète."
    if said.startswith("Ce courriel n’est pas"):
        student.email = ""
        findings.append(warning(f"Le courriel « {_cut(typed)} » n’est pas une adresse : il n’est pas repris."))
    elif said:
        findings.append(warning(said))


_KINDS = {  # what a cell cannot hold without being somebody else's
    Field.PHONE: lambda text: "@" in text or looks_like_a_date(text),
    Field.EMAIL: lambda text: looks_like_a_date(text) or bool(e164(text)),
    Field.SEX: lambda text: "@" in text or looks_like_a_date(text) or bool(e164(text)),
    Field.BIRTH_DATE: lambda text: "@" in text or bool(e164(text)) or text in ("F", "M", "H"),
    Field.POSTCODE: lambda text: "@" in text or looks_like_a_date(text),
    Field.CITY: lambda text: "@" in text or looks_like_a_date(text) or bool(e164(text)),
    Field.LAST_NAME: looks_like_a_date,
    Field.FIRST_NAME: looks_like_a_date,
}


def misplaced(columns: Columns) -> list[tuple[int, Callable[[str], bool]]]:
    """For each column where it can be told: its place, and whether a text in it is somebody else's."""
    return [(index, test) for field, test in _KINDS.items() for index in columns.places.get(field, ())]


def shifted(strangers: int, findings: list[Finding], *, beyond: bool, lost: bool) -> None:
    """Cells `beyond` the last title, or two cells that hold what belongs elsewhere (`strangers`): one alone is a
    mistake in typing, unless the line is short of cells, or its date is `lost`."""
    if beyond or strangers > 1 or (strangers and lost):
        # What is read in the wrong place is no reason to refuse anybody.
        findings[:] = [review(each.sentence) if each.outcome == Outcome.REJECT else each for each in findings]
        findings.append(SHIFTED)


def limits() -> list[tuple[str, str, int]]:
    """What the base can hold: name, label and length of each text, the shortest first."""
    stored = ("last_name", "usage_name", "first_name", "phone", "email", "address", "city")
    fields = [Beneficiary._meta.get_field(name) for name in stored]
    return sorted(((each.name, str(each.verbose_name), each.max_length or 0) for each in fields), key=itemgetter(2))


def too_long(stored: tuple[str, ...], limits: list[tuple[str, str, int]], findings: list[Finding]) -> None:
    """`stored`: the texts that `limits` are set to, in their order."""
    for typed, (_, label, longest) in zip(stored, limits, strict=True):
        if len(typed) > longest:
            findings.append(reject(f"Champ trop long ({label}) : {len(typed)}\u00a0caractères, {longest} au plus."))


def comment(typed: str, findings: list[Finding], *, asked: bool) -> bool:
    """Whether a free text may be taken. What tells of health is not, and only warns where nobody asked for it."""
    if tells_of_health(typed):
        findings.append(HEALTH_ASKED if asked else HEALTH_LEFT)
        return False
    return asked and not holds_forbidden_number([typed])
