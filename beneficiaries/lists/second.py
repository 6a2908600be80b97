"""The second of two lists: who is registered for courses, hence no dropout. It is read, compared, and forgotten: of its
people, nothing but the numbers of their lines goes any further.

Whoever is certainly there is not of the list; who only resembles somebody goes to a person. Nobody is compared with
everybody: the certain are found under their keys, the others as everywhere (`likeness.People`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import NamedTuple

from beneficiaries.lists.checks import is_scientific
from beneficiaries.lists.choices import Choices
from beneficiaries.lists.columns import NAMES, NUMBERS, Field
from beneficiaries.lists.duplicates import identity_of
from beneficiaries.lists.identities import INE_LENGTH, Names
from beneficiaries.lists.judging import Judged, Judgement, judge, read_people
from beneficiaries.lists.kinds import ListKind
from beneficiaries.lists.likeness import Likeness, People, Strength
from beneficiaries.lists.namesakes import between_names
from beneficiaries.lists.outcomes import Finding, Outcome, review, warning
from beneficiaries.lists.reading import read
from beneficiaries.lists.receiving import receive
from beneficiaries.lists.students import Student
from partaj.collector import collector_waiting
from partaj.folding import fold
from partaj.keys import normalise_key
from partaj.uploads.gate import Accepted
from partaj.uploads.refusal import UploadRefused

FIRST, SECOND = "Première liste (tous les inscrits)", "Seconde liste (les inscrits pédagogiques)"


class SecondRefused(UploadRefused):
    """It is the second file that is wrong, and not the first."""


@contextmanager
def which(name: str, kind: type[UploadRefused] = UploadRefused) -> Iterator[None]:
    """A refusal says of which of the two files it speaks."""
    try:
        yield
    except UploadRefused as refusal:
        said = str(refusal.message)
        raise kind.again(f"{name} : {said[:1].lower()}{said[1:]}", refusal.code or "refused") from refusal


def receive_second(content: bytes) -> Accepted:
    """Through the gate; raises SecondRefused."""
    with which(SECOND, SecondRefused):
        return receive(content)


def judge_difference(
    first: bytes, second: bytes, *, reference_date: dt.date, choices: Choices | None = None
) -> Judgement:
    """The first list, judged as any other, less the people of the second. `choices`: how the first is read; for the
    second, the order of the dates and what is remembered of titles alone are heard: both come from one office. Raises
    UploadRefused, whose sentence says which of the two."""
    choices = choices or Choices()
    with which(FIRST):
        judgement = judge(receive(first), reference_date=reference_date, kind=ListKind.DIFFERENCE, choices=choices)
    registered = read_second(receive_second(second), reference_date=reference_date, choices=choices)
    subtract(judgement, registered)
    return replace(judgement, second=registered)


def read_second(accepted: Accepted, *, reference_date: dt.date, choices: Choices) -> Judgement:
    """Its people may be known by a number alone. Text that was encoded twice is repaired unasked: it would hide them,
    and it is kept nowhere. Raises SecondRefused."""
    known_by = NAMES | NUMBERS
    its_own = Choices(repair=True, remembered=choices.remembered, date_order=choices.date_order)
    with which(SECOND, SecondRefused), collector_waiting():
        return read_people(
            read(accepted, its_own, known_by),
            reference_date=reference_date,
            kind=ListKind.DIFFERENCE,
            choices=its_own,
            known_by=known_by,
        )


def subtract(judgement: Judgement, second: Judgement) -> None:
    """Writes on each line of the first list what the second says of it."""
    registered = Registered(second)
    for each in judgement.people:
        registered.judge(each)


def notices_of(judgement: Judgement) -> list[str]:
    """What is doubtful in the second list, or between the two, without a word of what it holds."""
    second = judgement.second
    if second is None:
        return []
    found = [second.miscounted, second.other_sheets]
    if second.columns.places.keys().isdisjoint(NUMBERS | {Field.BIRTH_DATE}):
        found.append("Sans INE, numéro d’étudiant ni date de naissance, personne n’y est reconnu à coup sûr.")
    there = sum(each.second_line is not None for each in judgement.people)
    if not there:
        found.append("Personne de la première n’y est reconnu à coup sûr : sont-ce les bonnes listes ?")
    elif there == len(judgement.people):
        found.append("Elle contient toute la première : les fichiers ont peut-être été pris l’un pour l’autre.")
    return [f"Seconde liste. {each}" for each in found if each]


# -- Who is there ----------------------------------------------------------------------------------------
Key = tuple[object, ...]
SAME = {
    "ine": "Même INE",
    "number": "Même numéro d’étudiant",
    "name": "Même nom et même date de naissance",
}


def keys_of(student: Student) -> Iterator[Key]:
    """Any of these is enough to say that two lines tell of one person, where nothing contradicts it."""
    if len(student.ine) == INE_LENGTH:
        yield "ine", student.ine
    number = normalise_key(student.student_number).lstrip("0")
    if number and not is_scientific(student.student_number):  # its digits are lost: it would be that of many
        yield "number", number
    if is_named(student) and student.birth_date:
        yield "name", *folded_name(student), student.birth_date


def is_named(student: Student) -> bool:
    return bool(student.last_name and student.first_name)


def folded_name(student: Student) -> tuple[str, str]:
    return fold(student.last_name), fold(student.first_name)


class Found(NamedTuple):
    """`line`: of the second list. `against`: what forbids to say that it is the same person; "" where it is certain."""

    line: int
    same: str
    against: str

    @property
    def sentence(self) -> str:
        return f"{self.same} que la ligne {self.line} de la seconde liste, {self.against}."


class Registered:
    """The people of the second list, ready to be searched."""

    def __init__(self, second: Judgement) -> None:
        self.names = Names()
        self.people = People(identity_of(each) for each in second.people)
        self.under: dict[Key, Judged] = {}
        for each in second.people:
            for key in keys_of(each.student):
                self.under.setdefault(key, each)

    def judge(self, each: Judged) -> None:
        found = list(self.found(each))
        certain = next((one.line for one in found if not one.against), None)
        if certain is not None:
            each.second_line = certain
            said = f"Inscrite pédagogiquement : ligne {certain} de la seconde liste."
            each.findings = [Finding(Outcome.IGNORE, said)]
            return
        if each.outcome is Outcome.IGNORE:  # written twice: the first of the two waits for a person
            return
        each.findings += [review(one.sentence) for one in found]
        told = {one.line for one in found}
        each.findings += _resemblances(like for like in self.people.alike(identity_of(each)) if like.key not in told)

    def found(self, each: Judged) -> Iterator[Found]:
        """Under each of its keys, up to the first that is certain."""
        for key in keys_of(each.student):
            other = self.under.get(key)
            if other is not None:
                against = self._against(each, other)
                yield Found(other.record.line, SAME[str(key[0])], against)
                if not against:
                    return

    def _against(self, one: Judged, other: Judged) -> str:
        mine, theirs = one.student, other.student
        if mine.ine != theirs.ine and len(mine.ine) == len(theirs.ine) == INE_LENGTH:
            return "autre INE"
        if is_named(mine) and is_named(theirs):
            return "" if self._share_a_name(one, other) else "sous un autre nom"
        differ = mine.birth_date and theirs.birth_date and mine.birth_date != theirs.birth_date
        return "autre date de naissance" if differ else ""

    def _share_a_name(self, one: Judged, other: Judged) -> bool:
        if folded_name(one.student) == folded_name(other.student):
            return True  # nearly always: the rest is long
        mine, theirs = (self.names.person(identity_of(each)) for each in (one, other))
        return between_names(mine, theirs) is not None


def _resemblances(likes: Iterable[Likeness]) -> Iterator[Finding]:
    """One sentence per reason, with all the lines that have it: somebody is there once for each of their courses."""
    told: dict[tuple[Strength, str], list[str]] = {}
    for like in likes:
        told.setdefault((like.strength, like.reason), []).append(str(like.key))
    for (strength, reason), lines in told.items():
        where = f"{'aux lignes' if len(lines) > 1 else 'à la ligne'} {', '.join(lines)} de la seconde liste"
        sentence = f"Ressemble {where} ({strength.label}) : {reason}."
        yield warning(sentence) if strength is Strength.WEAK else review(sentence)
