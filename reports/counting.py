"""Counting people once for a whole table, and finding again the people behind each figure.

A `Slice` (who a row counts) and a `Span` (when a column counts) are each written once: the same object
gives the condition of the list and the key of the sum, so that a figure and its list cannot part ways.

All sums of a table come from one GROUP BY over the stored columns of Enrolment, summed again inside the
database (SPEED, way 2), one query on the headcounts and one on their parts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Sum, Value, When

from beneficiaries.models import Enrolment, Public, StepEntry
from funding.models import HeadcountPart
from partaj.programmes.models import FunnelStep, Period, Programme, Section
from reports.perimeter import Perimeter

YOUTHS = (Public.YOUTH.value,)
ADULTS = (Public.ADULT.value,)
EVERYONE = YOUTHS + ADULTS
TOTAL = "total"

SECTION_FIELDS = {
    Section.AGE: "age_band",
    Section.SITUATION: "situation",
    Section.LEVEL: "school_level",
    Section.SEX: "sex",
    Section.QUALITY: "adult_quality",
}
FIELD_SECTIONS = {field: section for section, field in SECTION_FIELDS.items()}
FLAGS = ("followed_by_mission_locale", "has_disability", "in_priority_district")


@dataclass(frozen=True, slots=True)
class Slice:
    """Whom a row counts: those of `publics` whose `field` holds one of `codes`.

    `reviewed_only`: only the situations studied in a cell (headcounts have none).
    """

    field: str
    codes: tuple[Any, ...]
    publics: tuple[str, ...] = YOUTHS
    reviewed_only: bool = False

    def condition(self) -> Q:
        condition = Q(**{f"{self.field}__in": self.codes}) & Q(public__in=self.publics)
        return condition & Q(first_reviewed_on__isnull=False) if self.reviewed_only else condition

    def headcount_parts(self) -> Q | None:
        """The parts of headcounts that this slice counts; None where headcounts say nothing about it."""
        section = FIELD_SECTIONS.get(self.field)
        publics = ADULTS if section == Section.QUALITY else YOUTHS
        if section is None or self.reviewed_only or not set(publics) <= set(self.publics):
            return None
        return Q(section=section, code__in=self.codes)


@dataclass(frozen=True, slots=True)
class Span:
    """When a column counts. `entered`: who is in it; `lost`: who left it by abandonment or exclusion;
    `headcounts`: which headcounts are in it (None: none of them); `rule` in words, for the reader."""

    key: str
    entered: Q
    lost: Q
    headcounts: Q | None
    rule: str


def spans_of(programme: Programme) -> list[Span]:
    """One for each period of the programme, then the whole duration."""
    steps = list(programme.steps.all())
    reasons = [reason.pk for reason in programme.loss_reasons.all() if reason.counts_as_abandonment]
    periods = list(programme.periods.all())
    spans = [_of_period(period, f"period-{index}", periods, steps, reasons) for index, period in enumerate(periods)]
    return [*spans, whole_duration(programme, reasons)]


def _of_period(
    period: Period, key: str, periods: Sequence[Period], steps: Sequence[FunnelStep], reasons: list[int]
) -> Span:
    abandoned = Q(loss_reason__in=reasons)
    if period.step_id is None:
        days = (period.starts_on, period.ends_on)
        return Span(
            key=key,
            entered=first_among(Q(entered_on__range=days)),
            lost=abandoned & Q(lost_on__range=days),
            headcounts=Q(counted_on__range=days),
            rule=f"entrées du {days[0]:%d/%m/%Y} au {days[1]:%d/%m/%Y}",
        )
    order = [step.pk for step in steps]
    start = order.index(period.step_id)
    later = sorted(
        order.index(other.step_id) for other in periods if other.step_id and order.index(other.step_id) > start
    )
    here = order[start : later[0] if later else None]
    return Span(
        key=key,
        entered=first_among(Q(pk__in=StepEntry.objects.filter(step=period.step_id).values("enrolment"))),
        lost=abandoned & Q(lost_at__in=here),
        headcounts=None,
        rule=f"passées par l’étape « {next(step.label for step in steps if step.pk == period.step_id)} »",
    )


def whole_duration(programme: Programme, reasons: list[int]) -> Span:
    abandoned = Q(loss_reason__in=reasons)
    if programme.last_column == Programme.LastColumn.STILL_THERE:
        returned = Enrolment.objects.filter(
            beneficiary=OuterRef("beneficiary"), programme=OuterRef("programme"),
            entry_rank__gt=OuterRef("entry_rank"), lost_on=None,
        )  # fmt: skip
        # Somebody who came back is there once: by the last of the paths that did not break.
        present = Q(lost_on=None) & ~Q(Exists(returned))
        return Span(TOTAL, present, abandoned, Q(), "entrées, et encore présentes à la fin")
    return Span(TOTAL, Q(entry_rank=1), abandoned, Q(), "entrées pendant toute la durée")


def first_among(condition: Q) -> Q:
    """`condition`, each person once: by the first of their paths that meets it."""
    earlier = Enrolment.objects.filter(
        condition,
        beneficiary=OuterRef("beneficiary"),
        programme=OuterRef("programme"),
        entry_rank__lt=OuterRef("entry_rank"),
    )
    return condition & (Q(entry_rank=1) | ~Q(Exists(earlier)))


class Counts:
    """What was counted: `of(span, slice)` people, named and collective; `lost(span)` among the named."""

    def __init__(self) -> None:
        self._named: dict[tuple[str, str, str, bool, str], int] = defaultdict(int)
        self._lost: dict[str, int] = defaultdict(int)
        self._collective: dict[tuple[str, str], int] = defaultdict(int)  # (span, public)
        self._parts: dict[tuple[str, str], int] = defaultdict(int)  # (section, code), whole duration

    def named(self, span: Span, part: Slice) -> int:
        reviewed = (True,) if part.reviewed_only else (True, False)
        return sum(
            self._named.get((span.key, part.field, public, seen, _code(code)), 0)
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

    def of(self, span: Span, part: Slice) -> int:
        return self.named(span, part) + self.collective(span, part)

    def lost(self, span: Span) -> int:
        return self._lost.get(span.key, 0)

    def add_named(self, rows: Iterable[tuple[str, str, str, int, str, int]]) -> None:
        for span, field, public, reviewed, code, number in rows:
            if field == "lost":
                self._lost[span] += int(number)
            else:
                self._named[span, field, public, bool(reviewed), code] += int(number)

    def add_collective(self, totals: dict[str, int | None], parts: Iterable[tuple[str, str, int]]) -> None:
        for name, number in totals.items():
            span, public = name.split("__")
            self._collective[span.replace("_", "-"), public] += number or 0
        for section, code, number in parts:
            self._parts[section, code] += number


def _code(code: Any) -> str:
    return str(int(code)) if isinstance(code, bool) else str(code)


def count(perimeter: Perimeter, spans: Sequence[Span], fields: Sequence[str]) -> Counts:
    """Everything that a table needs, in three queries. `fields`: the columns of Enrolment that its rows read."""
    counts = Counts()
    counts.add_named(named_sums(perimeter.enrolments().entered(), spans, fields))
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


def named_sums(enrolments: QuerySet, spans: Sequence[Span], fields: Sequence[str]) -> list[tuple[Any, ...]]:
    """Rows (span, field, public, reviewed, code, number): one GROUP BY, summed again along each field."""
    grouped, names = _grouped(enrolments, spans, fields)
    sql, params = grouped.query.get_compiler(connection=connection).as_sql()
    selects = []
    for index, span in enumerate(spans):
        selects.append(_sum_along("public", span.key, f"in_{index}"))
        selects.append(f"SELECT '{span.key}', 'lost', '', 0, '', SUM(n) FROM g WHERE lost_{index} = 1")  # noqa: S608
        if span.key == TOTAL:
            selects += [_sum_along(field, TOTAL, f"in_{index}") for field in fields]
    statement = f"WITH g ({', '.join(names)}) AS MATERIALIZED ({sql}) {' UNION ALL '.join(selects)}"
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return [row for row in cursor.fetchall() if row[-1]]


def _sum_along(field: str, span: str, mark: str) -> str:
    # Names and keys come from this module, never from a reader; values travel as parameters (hence S608).
    columns = f"'{span}', '{field}', public, reviewed, CAST({field} AS varchar(200))"
    return f"SELECT {columns}, SUM(n) FROM g WHERE {mark} = 1 GROUP BY public, reviewed, {field}"  # noqa: S608


def _grouped(enrolments: QuerySet, spans: Sequence[Span], fields: Sequence[str]) -> tuple[QuerySet, list[str]]:
    marks = {"reviewed": _mark(Q(first_reviewed_on__isnull=False))}
    for index, span in enumerate(spans):
        marks[f"in_{index}"] = _mark(span.entered)
        marks[f"lost_{index}"] = _mark(span.lost)
    for flag in FLAGS:
        if flag in fields:
            marks[f"{flag}_code"] = Case(
                When(**{flag: True}, then=Value(1)), When(**{flag: False}, then=Value(0)), default=Value(-1),
                output_field=IntegerField(),
            )  # fmt: skip
    plain = ["public", *(field for field in fields if field not in FLAGS)]
    keys = [*plain, *marks]
    grouped = enrolments.order_by().annotate(**marks).values(*keys).annotate(n=Count("*"))
    return grouped, [*(key.removesuffix("_code") for key in keys), "n"]


def _mark(condition: Q) -> Case:
    return Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())


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
