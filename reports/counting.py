"""Counting people once for a whole table, and finding again the people behind each figure.

All sums of a table come from one statement over the enrolments (reports.statement), one on the headcounts and one on
their parts; each list comes from the same Slice and Span as its figure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet, Sum

from funding.models import HeadcountPart
from reports.perimeter import Perimeter
from reports.spans import FIELD_SECTIONS, Slice, Span
from reports.statement import LOST, NamedSum, named_sums


class Counts:
    """What was counted: `of(span, slice)` people, named and collective; `lost(span)` among the named."""

    def __init__(self) -> None:
        self._named: dict[tuple[str, str, str, bool, Any], int] = defaultdict(int)
        self._lost: dict[str, int] = defaultdict(int)
        self._collective: dict[tuple[str, str], int] = defaultdict(int)  # (span, public)
        self._parts: dict[tuple[str, str], int] = defaultdict(int)  # (section, code), whole duration

    def named(self, span: Span, part: Slice) -> int:
        reviewed = (True,) if part.reviewed_only else (True, False)
        return sum(
            self._named.get((span.key, part.field, public, seen, code), 0)
            for public in part.publics for seen in reviewed for code in part.codes
        )  # fmt: skip

    def collective(self, span: Span, part: Slice) -> int:
        if span.headcounts is None or part.reviewed_only:
            return 0
        if part.field == "public":
            return sum(self._collective.get((span.key, code), 0) for code in part.codes if code in part.publics)
        if part.headcount_parts() is None:
            return 0
        return sum(self._parts.get((FIELD_SECTIONS[part.field], code), 0) for code in part.codes)

    @property
    def has_headcounts(self) -> bool:
        return any(self._collective.values())

    def of(self, span: Span, part: Slice) -> int:
        return self.named(span, part) + self.collective(span, part)

    def lost(self, span: Span) -> int:
        return self._lost.get(span.key, 0)

    def add_named(self, sums: Iterable[NamedSum]) -> None:
        for each in sums:
            if each.field == LOST:
                self._lost[each.span] += each.number
            else:
                self._named[each.span, each.field, each.public, each.reviewed, each.code] += each.number

    def add_collective(self, totals: dict[str, int | None], parts: Iterable[tuple[str, str, int]]) -> None:
        for name, number in totals.items():
            span, public = name.split("__")
            self._collective[span.replace("_", "-"), public] += number or 0
        for section, code, number in parts:
            self._parts[section, code] += number


def count(perimeter: Perimeter, spans: Sequence[Span], fields: Sequence[str]) -> Counts:
    """Everything that a table needs, in three queries. `fields`: the columns of Enrolment that its rows read."""
    counts = Counts()
    counts.add_named(named_sums(perimeter.enrolments(), spans, fields))
    headcounts = perimeter.headcounts()
    dated = [span for span in spans if span.headcounts is not None]
    sums = {
        f"{span.key.replace('-', '_')}__{public}": Sum(column, filter=span.headcounts or None)
        for span in dated
        for public, column in (("youth", "youths"), ("adult", "adults"))
    }
    parts = HeadcountPart.objects.filter(headcount__in=headcounts.values("pk")).values_list("section", "code")
    counts.add_collective(headcounts.order_by().aggregate(**sums), parts.order_by().annotate(n=Sum("count")))
    return counts


def people(perimeter: Perimeter, span: Span, part: Slice) -> QuerySet:
    """The enrolments that a figure counts: as many as `Counts.named` says."""
    return perimeter.enrolments().entered().filter(span.entered).filter(part.condition())


def people_lost(perimeter: Perimeter, span: Span) -> QuerySet:
    """The enrolments that a figure of « abandons ou exclusions » counts."""
    return perimeter.enrolments().entered().filter(span.lost)


def headcount_lines(perimeter: Perimeter, span: Span, part: Slice) -> list[dict[str, Any]]:
    """The collective share of a figure, project by project: as many as `Counts.collective` says."""
    if span.headcounts is None or part.reviewed_only:
        return []
    headcounts = perimeter.headcounts().filter(span.headcounts)
    keys = ("project__title", "project__territory__name", "project__organisation__name", "project")
    if part.field == "public":
        columns = [column for code, column in (("youth", "youths"), ("adult", "adults")) if code in part.codes]
        lines = headcounts.order_by().values(*keys).annotate(**{column: Sum(column) for column in columns})
        summed = [line | {"number": sum(line[column] for column in columns)} for line in lines]
    else:
        condition = part.headcount_parts()
        if condition is None:
            return []
        through = {f"headcount__{key}": key for key in keys}
        parts = HeadcountPart.objects.filter(condition, headcount__in=headcounts.values("pk"))
        grouped = parts.order_by().values(*through).annotate(number=Sum("count"))
        summed = [{through.get(key, key): value for key, value in line.items()} for line in grouped]
    return sorted(
        (line for line in summed if line["number"]), key=lambda line: (-line["number"], line["project__title"])
    )
