"""The same person twice in one list: what is written twice is ignored, what contradicts itself goes to a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from beneficiaries.lists.outcomes import Finding, Outcome, review
from partaj.folding import fold

if TYPE_CHECKING:
    from beneficiaries.lists.judging import Judged

Identity = tuple[str, str, dt.date | None]


def find_duplicates(lines: Iterable[Judged]) -> None:
    """Writes on each line what it repeats or contradicts. Twins (one name, one day, two first names) are two people.

    The first of two lines of the same person stays as it is; of two that contradict each other, neither does.
    """
    written: dict[tuple[str, ...], Judged] = {}
    by_ine: dict[str, list[Judged]] = {}
    by_name: dict[Identity, list[Judged]] = {}
    for each in lines:
        first = written.setdefault(tuple(map(str.strip, each.record.cells)), each)
        if first is not each:
            each.findings = [Finding(Outcome.IGNORE, f"Ligne identique à la ligne {first.record.line}.")]
            continue
        student = each.student
        if student.ine:
            by_ine.setdefault(student.ine, []).append(each)
        if student.last_name and student.first_name:
            by_name.setdefault((*_name(each), student.birth_date), []).append(each)
    for same in by_ine.values():
        if len(same) > 1:
            _same_ine(same)
    for same in by_name.values():
        if len(same) > 1:
            _same_name(same)


def _name(each: Judged) -> tuple[str, str]:
    return fold(each.student.last_name), fold(each.student.first_name)


def _same_ine(lines: list[Judged]) -> None:
    if len({_name(each) for each in lines}) > 1:
        for each in lines:
            others = [other for other in lines if _name(other) != _name(each)]
            each.findings.append(review(f"Même INE que {_lines(others)}, sous un autre nom."))
    elif len({each.student.birth_date for each in lines}) > 1:
        for each in lines:
            others = [other for other in lines if other.student.birth_date != each.student.birth_date]
            each.findings.append(review(f"Même INE et même nom que {_lines(others)}, autre date de naissance."))
    else:
        for each in lines[1:]:
            each.findings.append(review(f"Même INE et même nom que {_lines(lines[:1])} : la même personne ?"))


def _same_name(lines: list[Judged]) -> None:
    """Without a date, a name alone tells little; a person is asked all the same."""
    same = "Même nom et même date de naissance que" if lines[0].student.birth_date else "Même nom, sans date, que"
    keys = {each.student.ine for each in lines if each.student.ine}
    if len(keys) > 1:
        for each in lines:
            others = [other for other in lines if other is not each and other.student.ine != each.student.ine]
            each.findings.append(review(f"{same} {_lines(others)}, autre INE."))
        return
    for each in lines[1:]:
        if not each.student.ine or each.student.ine != lines[0].student.ine:
            each.findings.append(review(f"{same} {_lines(lines[:1])} : la même personne ?"))


def _lines(others: list[Judged]) -> str:
    numbers = [str(each.record.line) for each in others[:5]]
    return f"la ligne {numbers[0]}" if len(numbers) == 1 else f"les lignes {', '.join(numbers)}"
