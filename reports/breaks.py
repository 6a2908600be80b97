"""Broken contracts, one by one: apprenticeships, as the CFA told of them, and the work contracts signed on the way.

Each kind is read once for all its tables, and found again figure by figure through the same fields. What somebody typed
is grouped by its folded form, and printed as it was first typed.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Value, When

from beneficiaries.models import ApprenticeshipBreak, Contract
from partaj.folding import fold
from reports.perimeter import Perimeter

UNKNOWN = "unknown"
UNSAID = {"", "?", "nc", "non connu", "non connue", "inconnu", "inconnue", "non renseigne", "non precise"}  # folded
# From the first day to the break: the code of a delay, and the days that it does not reach.
DELAYS = (("trial", 61), ("half-year", 183), ("year", 365))
LONGER = "longer"

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Part:
    """Those whose `field` holds one of `codes`; all of them where there is no field. A `spelling` is a code."""

    field: str = ""
    codes: tuple[Any, ...] = ()

    def holds(self, row: Mapping[str, Any]) -> bool:
        return not self.field or row[self.field] in self.codes

    def condition(self) -> Q:
        if not self.field:
            return Q()
        told = Q(**{f"{self.field}__in": [code for code in self.codes if code is not None]})
        return told | Q(**{self.field: None}) if None in self.codes else told


def apprenticeships(perimeter: Perimeter) -> QuerySet[ApprenticeshipBreak]:
    """`level`: the schooling that the youth had left at entry; `delay`: how long the contract had held."""
    held = ExpressionWrapper(F("broken_on") - F("contract_starts_on"), output_field=DurationField())
    bands = [When(held__lt=dt.timedelta(days=days), then=Value(code)) for code, days in DELAYS]
    unknown = When(held=None, then=Value(UNKNOWN))
    rows: Any = ApprenticeshipBreak.objects.filter(enrolment__in=perimeter.enrolments()).annotate(
        held=held, level=F("enrolment__school_level")
    )
    return rows.annotate(delay=Case(unknown, *bands, default=Value(LONGER), output_field=CharField()))


def read_apprenticeships(perimeter: Perimeter) -> Rows:
    """In the order in which they were noted: the first spelling of a word is the one that prints."""
    fields = ("enrolment", "motive", "sector", "level", "delay", "chosen", "solution_found")
    return [row | {"number": 1} for row in apprenticeships(perimeter).order_by("pk").values(*fields)]


def contracts(perimeter: Perimeter) -> QuerySet[Contract]:
    rows: Any = Contract.objects.filter(enrolment__in=perimeter.enrolments())
    return rows.annotate(is_over=Case(When(broken_on=None, then=Value("")), default=Value("broken")))


def read_contracts(perimeter: Perimeter) -> Rows:
    fields = ("contract_type", "is_over", "break_motive", "initiative", "in_trial")
    return list(contracts(perimeter).order_by().values(*fields).annotate(number=Count("*")))


def numbers_of(rows: Iterable[Mapping[str, Any]], field: str, part: Part) -> Counter[Any]:
    """Value of `field` → how many of `part` hold it."""
    found: Counter[Any] = Counter()
    for row in rows:
        if part.holds(row):
            found[row[field]] += row["number"]
    return found


@dataclass(frozen=True, slots=True)
class Words:
    """Spellings of the same words: `key` folded (empty: nothing was said), `label` as first typed."""

    key: str
    label: str
    spellings: tuple[str, ...]
    number: int


def words_in(rows: Iterable[Mapping[str, Any]], field: str) -> list[Words]:
    """What was typed in `field`, grouped, the most frequent first; what says nothing comes last."""
    spelt: dict[str, dict[str, None]] = {}
    numbers: Counter[str] = Counter()
    for row in rows:
        folded = fold(row[field])
        key = "" if folded in UNSAID else folded
        spelt.setdefault(key, {})[row[field]] = None
        numbers[key] += row["number"]
    found = [Words(key, next(iter(typed)).strip(), tuple(typed), numbers[key]) for key, typed in spelt.items()]
    return sorted(found, key=lambda each: (not each.key, -each.number, each.key))


def told_apart(found: list[Words], k: int) -> tuple[list[Words], list[Words]]:
    """Those whose words may be printed to who reads no names, and the others, counted together: words that fewer than
    `k` share are theirs, and tell of them. The others are none, or `k` at least, so that no other row has to be hidden
    for their sake: of a row with its own words, everybody knows that it holds `k`."""
    apart = [each for each in found if each.number >= k]
    together = [each for each in found if each.number < k]
    while apart and together and sum(each.number for each in together) < k:
        together.append(apart.pop(apart.index(min(apart, key=lambda each: (each.number, each.key)))))
    return apart, together
