"""What a line of a list says of a broken apprenticeship, in words fit for `models.ApprenticeshipBreak`, and what is
doubtful in it. Nobody is turned away for the date of a contract: a person looks, and the youth is called.

Days are ISO, answers « oui » and « non », chosen or suffered is the code of `ApprenticeshipBreak.Choice`. What
contradicts itself or tells of somebody's health is left out, and said.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils import timezone

from beneficiaries.lists.columns import OF_BREAKS, WRITTEN_FREELY, Columns, Field
from beneficiaries.lists.dates import Doubt, Order, ReadDate, read_date
from beneficiaries.lists.outcomes import Finding, review, warning
from beneficiaries.lists.rules import NO, YES
from beneficiaries.lists.sensitive import holds_forbidden_number, tells_of_health
from beneficiaries.models.breaks import LONGEST_AHEAD, ApprenticeshipBreak
from beneficiaries.models.paths import EARLIEST_CONTACT
from partaj.folding import fold
from partaj.formats import french_date, french_value

TEXTS = (Field.TRAINING_PLACE, Field.SECTOR, Field.COMPANY, Field.MOTIVE)
DAYS = (Field.CONTRACT_STARTS_ON, Field.CONTRACT_ENDS_ON, Field.BROKEN_ON)
ANSWERS = ((Field.FOLLOWED_ELSEWHERE, Field.FOLLOWED_BY), (Field.SOLUTION_FOUND, Field.SOLUTION))
SHOWN = 60  # characters of what was typed, in a sentence
YES_SAID, NO_SAID = "oui", "non"

Choice = ApprenticeshipBreak.Choice
CHOICES = {
    **dict.fromkeys(
        ("choisie", "choisi", "choix", "volontaire", "voulue", "initiative jeune", "initiative du jeune",
         "a l initiative du jeune", "initiative apprenti", "initiative de l apprenti", "a l initiative de l apprenti"),
        Choice.CHOSEN,
    ),
    **dict.fromkeys(
        ("subie", "subi", "involontaire", "imposee", "initiative employeur", "initiative de l employeur",
         "a l initiative de l employeur", "initiative de l entreprise", "a l initiative de l entreprise"),
        Choice.SUFFERED,
    ),
}  # fmt: skip
UNKNOWN = {
    "", "-", "?", "nc", "n c", "nsp", "ne sait pas", "inconnu", "inconnue", "non connu", "non connue", "non renseigne",
    "non renseignee",
}  # fmt: skip
NONE = NO | {"aucun", "aucune", "neant", "rien", "sans", "sans solution", "pas encore", "en recherche", "en attente"}
_YES_AND_MORE = re.compile(r"oui\b[\s:,;.(\-–—]*(.*?)[\s)]*", re.I | re.S)
_NO_AND_MORE = re.compile(r"non\b.*", re.I | re.S)
NO_DAY = warning("Pas de date de rupture.")


class Answer(NamedTuple):
    """`yes`: None where it is not known. `words`: what was said besides."""

    yes: bool | None
    words: str = ""


def answer(typed: str) -> Answer:
    """« oui », « non », « oui : un CDD »; whoever names somebody or something says yes."""
    folded = fold(typed)
    if folded in UNKNOWN:
        return Answer(None)
    if folded in YES:
        return Answer(True)
    if folded in NONE or _NO_AND_MORE.fullmatch(typed):
        return Answer(False)
    said = _YES_AND_MORE.fullmatch(typed)
    return Answer(True, said[1] if said else typed)


def as_stored(said: Mapping[str, str]) -> dict[str, Any]:
    """What a line says (`BreakReader.read`), by the fields of the model; what it does not say is empty."""
    texts = {name.value: said.get(name, "") for name in (*TEXTS, *(which for _, which in ANSWERS))}
    days = {name.value: dt.date.fromisoformat(said[name]) if name in said else None for name in DAYS}
    answers = {name.value: said[name] == YES_SAID if name in said else None for name, _ in ANSWERS}
    return texts | days | answers | {"chosen": said.get("chosen", Choice.UNKNOWN.value)}


def in_words(said: Mapping[str, str]) -> list[tuple[str, str]]:
    """What a line says, each with its label."""
    row, told = ApprenticeshipBreak(**as_stored(said)), [field for field in Field if field in OF_BREAKS & said.keys()]
    return [(field.label, french_value(row._meta.get_field(field.value), getattr(row, field.value))) for field in told]


def reader_of_breaks(columns: Columns, order: Order) -> BreakReader | None:
    """None where nothing is taken of breaks: in a list of another kind (`columns.not_needed`), or of bare names."""
    return None if OF_BREAKS.isdisjoint(columns.places) else BreakReader(columns, order)


class BreakReader:
    """Reads the lines of one list, cleaned as `StudentReader` does, as complete as the titles."""

    def __init__(self, columns: Columns, order: Order) -> None:
        self.places = {field: columns.places[field][0] for field in OF_BREAKS if field in columns}
        self.order, self.today = order, timezone.localdate()

    def read(self, cells: list[str], findings: list[Finding]) -> dict[Field, str]:
        typed = {field: cells[place] for field, place in self.places.items() if cells[place]}
        said = {field: _fit(field, typed[field], findings) for field in TEXTS if field in typed}
        said |= {field: day.isoformat() for field, day in self._days(typed, findings).items()}
        said[Field.CHOSEN] = _chosen(typed.get(Field.CHOSEN, ""), findings)
        for answered, which in ANSWERS:
            said |= _answered(answered, which, typed, findings)
        return {field: text for field, text in said.items() if text}

    def _days(self, typed: dict[Field, str], findings: list[Finding]) -> dict[Field, dt.date]:
        """Those of a contract that contradict the rest are left out: nobody knows which of the three is wrong."""
        days = {field: day for field in DAYS if field in typed and (day := self._day(field, typed[field], findings))}
        if Field.BROKEN_ON in self.places and Field.BROKEN_ON not in typed:
            findings.append(NO_DAY)
        row = ApprenticeshipBreak(**{field.value: day for field, day in days.items()})
        wrong = list(row.date_errors().values())
        findings.extend(review(f"{sentence} Les dates du contrat ne sont pas reprises.") for sentence in wrong)
        return {field: day for field, day in days.items() if not wrong or field is Field.BROKEN_ON}

    def _day(self, field: Field, typed: str, findings: list[Finding]) -> dt.date | None:
        """A contract may end years from now; what is broken is broken already."""
        latest = self.today if field is Field.BROKEN_ON else self.today + LONGEST_AHEAD
        read = read_date(typed.lstrip("'"), latest, self.order)
        if read.day is None or not EARLIEST_CONTACT <= read.day <= latest:
            findings.append(_wrong_day(field, typed, read, self.today))
            return None
        if read.doubt is Doubt.TWO_DIGITS:
            findings.append(warning(f"Année sur deux chiffres : « {typed} » lu {french_date(read.day)}."))
        return read.day


def _wrong_day(field: Field, typed: str, read: ReadDate, today: dt.date) -> Finding:
    what = f"{field.label.capitalize()} « {_shown(typed)} »"
    if read.doubt is Doubt.SERIAL:
        return review(f"{what} : un nombre, que le tableur a mis à la place d’une date.")
    if read.doubt is Doubt.UNREADABLE:
        return review(f"{what} : cette date ne se lit pas.")
    if field is Field.BROKEN_ON and read.day and read.day > today:
        return review(f"{what} : cette date est à venir.")
    return review(f"{what} : cette date est impossible.")


def _chosen(typed: str, findings: list[Finding]) -> str:
    folded = fold(typed)
    if folded in UNKNOWN:
        return ""
    if folded not in CHOICES:
        findings.append(warning(f"« {_shown(typed)} » ne dit ni choisie, ni subie : ce n’est pas repris."))
        return ""
    return CHOICES[folded].value


def _answered(answered: Field, which: Field, typed: dict[Field, str], findings: list[Finding]) -> dict[Field, str]:
    """One question asked in one column or in two."""
    first, second = answer(typed.get(answered, "")), answer(typed.get(which, ""))
    if None not in (first.yes, second.yes) and first.yes is not second.yes:
        findings.append(
            review(f"« {answered.label} » : « {_shown(typed[answered])} », et pourtant « {_shown(typed[which])} ».")
        )
        return {}
    yes = second.yes if first.yes is None else first.yes
    if yes is None:
        return {}
    return {answered: YES_SAID if yes else NO_SAID, which: _fit(which, second.words or first.words, findings)}


def _fit(field: Field, text: str, findings: list[Finding]) -> str:
    """As it may be stored. What may not come in is said already, with every other free text (`checks.free_text`)."""
    if holds_forbidden_number([text]) or (field in WRITTEN_FREELY and tells_of_health(text)):
        return ""
    longest = ApprenticeshipBreak._meta.get_field(field.value).max_length or 0
    if len(text) > longest:
        findings.append(
            warning(f"Champ trop long ({field.label}) : les {longest}\u00a0premiers caractères sont repris.")
        )
    return text[:longest]


def _shown(typed: str) -> str:
    """In a sentence that is kept: nothing that may not come in."""
    if holds_forbidden_number([typed]) or tells_of_health(typed):
        return "…"
    return typed if len(typed) <= SHOWN else f"{typed[:SHOWN]}…"
