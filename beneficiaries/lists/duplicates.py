"""The same person twice, in one list or in the list and the base: what is written twice is ignored, what contradicts
itself or looks alike goes to a person. Nothing is merged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from beneficiaries.lists.comparing import CONFLICTS
from beneficiaries.lists.likeness import Identity, Likeness, People, Strength
from beneficiaries.lists.outcomes import Finding, Outcome, review, warning

if TYPE_CHECKING:
    from beneficiaries.lists.judging import Judged

# Reasons that read better as a sentence of their own, the lines in the middle.
SENTENCES = {
    "même INE et même nom": "Même INE et même nom que {} : la même personne ?",
    "même nom et même date de naissance": "Même nom et même date de naissance que {} : la même personne ?",
    "même nom, sans date de naissance": "Même nom, sans date, que {} : la même personne ?",
    "même INE, sous un autre nom": "Même INE que {}, sous un autre nom.",
    "même INE et même nom, autre date de naissance": "Même INE et même nom que {}, autre date de naissance.",
    "même nom et même date de naissance, autre INE": "Même nom et même date de naissance que {}, autre INE.",
}
# Neither who nor how: whoever reads the list later may see others than whoever handed it over. The page of the line
# says more to those who may see them.
KNOWN = "Ressemble à une personne déjà connue : comparez."


def find_duplicates(lines: Iterable[Judged]) -> None:
    """Writes on each line what it repeats, contradicts or resembles. Twins (one name, one day, two first names) are
    two people.

    The first of two lines that may tell of one person stays as it is; of two that contradict each other, neither does.
    """
    written: dict[tuple[str, ...], Judged] = {}
    identities: list[tuple[Judged, Identity]] = []
    for each in lines:
        first = written.setdefault(tuple(map(str.strip, each.record.cells)), each)
        if first is each:
            identities.append((each, identity_of(each)))
        else:
            each.findings = [Finding(Outcome.IGNORE, f"Ligne identique à la ligne {first.record.line}.")]
    people = People(identity for _, identity in identities)
    for each, identity in identities:
        each.alike = people.alike(identity)
        each.findings += _in_the_list(each)


def find_known(lines: Iterable[Judged], known: Iterable[Identity]) -> None:
    """Writes on each line which people of the base it may tell of (`known`, keyed by their pk), and sends it to a
    person. The sentences name nobody: whoever hands over a list may not see those people. Lines that are ignored are
    not looked for."""
    people = People(known)
    for each in lines:
        if each.outcome is not Outcome.IGNORE:
            each.known = people.alike(identity_of(each))
            if each.known:
                weak = all(like.strength is Strength.WEAK for like in each.known)
                each.findings.append(warning(KNOWN) if weak else review(KNOWN))


def identity_of(each: Judged) -> Identity:
    """Of a line, known by its number in the file."""
    student = each.student
    return Identity(
        each.record.line,
        student.last_name,
        student.usage_name,
        student.first_name,
        student.birth_date,
        student.ine,
        student.email,
        student.phone_e164,
        student.sex,
    )


def _in_the_list(each: Judged) -> list[Finding]:
    """One sentence per reason, with the lines above that have it, or all of them where they contradict this one."""
    told: dict[tuple[Strength, str], list[Likeness]] = {}
    for like in each.alike:
        if like.kind in CONFLICTS or like.key < each.record.line:
            told.setdefault((like.strength, like.reason), []).append(like)
    return [_asks_for(likes[0], _lines_alike(likes)) for likes in told.values()]


def _asks_for(like: Likeness, sentence: str) -> Finding:
    return warning(sentence) if like.strength is Strength.WEAK else review(sentence)


def _lines_alike(likes: list[Likeness]) -> str:
    like, lines = likes[0], ", ".join(str(each.key) for each in likes)
    several = len(likes) > 1
    if like.reason in SENTENCES:
        return SENTENCES[like.reason].format(f"les lignes {lines}" if several else f"la ligne {lines}")
    return f"Ressemble {'aux lignes' if several else 'à la ligne'} {lines} ({like.strength.label}) : {like.reason}."
