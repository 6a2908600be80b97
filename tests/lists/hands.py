"""What the tests of lists share: a file out of lines, judged, and what became of each of its lines."""

import datetime as dt

from beneficiaries.lists.choices import Choices
from beneficiaries.lists.judging import Judgement, judge
from beneficiaries.lists.reading import Table, read
from beneficiaries.lists.receiving import receive
from beneficiaries.lists.rules import Rule

DAY = dt.date(2026, 1, 30)
TITLES = "Nom;Prénom;Date de naissance;Téléphone;Courriel"
LEA = "Moreau;Léa;14/03/2006;06 39 98 00 11;lea.moreau@example.org"


def table(content: bytes | str, **choices) -> Table:
    content = content.encode() if isinstance(content, str) else content
    return read(receive(content), Choices(**choices))


def judged(content: bytes | str, *, rule: Rule | None = None, day: dt.date = DAY, **choices) -> Judgement:
    content = content.encode() if isinstance(content, str) else content
    return judge(receive(content), reference_date=day, rule=rule, choices=Choices(**choices))


def outcomes(judgement: Judgement) -> dict[int, str]:
    return {each.record.line: each.outcome.value for each in judgement.lines}


def told(*lines: str, titles: str = TITLES, **choices) -> list[tuple[str, list[str]]]:
    """Outcome and reasons of each line under the titles."""
    found = judged("\n".join([titles, *lines]), **choices)
    return [(each.outcome.value, each.reasons) for each in found.lines]


def told_of(titles: str, line: str, **choices) -> tuple[str, list[str]]:
    return told(line, titles=titles, **choices)[0]
