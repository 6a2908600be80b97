"""Counting people once for a whole table, and finding again the people behind each figure.

A `Slice` (who a row counts) and a `Span` (when a column counts) are each written once: the same object
gives the condition of the list and the key of the sum, so that a figure and its list cannot part ways.

All sums of a table come from one statement over the enrolments (the characteristics by their packed profile, the
periods by their dates), one on the headcounts and one on their parts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value, When

from beneficiaries.models import Enrolment, Public, StepEntry
from beneficiaries.profile import PLACES
from funding.models import HeadcountPart
from partaj.formats import french_date
from partaj.programmes.models import FunnelStep, Period, Programme, Section
from reports.perimeter import Perimeter

YOUTHS = (Public.YOUTH.value,)
ADULTS = (Public.ADULT.value,)
EVERYONE = YOUTHS + ADULTS
TOTAL = "total"
LOST = "lost"

SECTION_FIELDS = {
    Section.AGE: "age_band",
    Section.SITUATION: "situation",
    Section.LEVEL: "school_level",
    Section.SEX: "sex",
    Section.QUALITY: "adult_quality",
}
FIELD_SECTIONS = {field: section for section, field in SECTION_FIELDS.items()}
FIRST_ENTRIES = Q(entry_rank=1)
# The profiles are summed in two halves first: far fewer sums to go through for each field.
_WIDEST = ("age_band", "situation", "school_level")
_SHARED = PLACES["public"].mask | PLACES["reviewed"].mask
HALVES = {
    "wide": _SHARED | sum(PLACES[field].mask for field in _WIDEST),
    "rest": _SHARED
    | sum(place.mask for field, place in PLACES.items() if field not in (*_WIDEST, "public", "reviewed")),
}


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
    """When a column counts. `within`: the paths that belong to it; `entered`: the same, each person once; `lost`:
    who left it by abandonment or exclusion; `headcounts`: which headcounts are in it (None: none of them);
    `rule` and `lost_rule` in words, for the reader: « personnes entrées… », « départs du… »."""

    key: str
    within: Q
    entered: Q
    lost: Q
    headcounts: Q | None
    rule: str
    lost_rule: str


def column_key(period: Period) -> str:
    """The key of a period's column: its own for ever, for declared figures and machines hold on to it."""
    return f"period-{period.pk}"


def spans_of(programme: Programme, territories: frozenset[int] | None = None) -> list[Span]:
    """One for each period of the programme, then the whole duration, within `territories` (None: everywhere)."""
    reasons = [reason.pk for reason in programme.loss_reasons.all() if reason.counts_as_abandonment]
    abandoned, others = Q(loss_reason__in=reasons), _other_paths(territories)
    steps, periods = list(programme.steps.all()), list(programme.periods.all())
    spans = [
        _of_dates(period, abandoned, others) if period.step_id is None
        else _of_step(period, periods, steps, abandoned, others)
        for period in periods
    ]  # fmt: skip
    return [*spans, whole_duration(programme, reasons, territories)]


def _other_paths(territories: frozenset[int] | None) -> QuerySet:
    """The paths of the same person in the same programme. Those outside the reader's territories are not looked at:
    they influence nothing that the reader receives (DESIGN §1)."""
    paths = Enrolment.objects.filter(beneficiary=OuterRef("beneficiary"), programme=OuterRef("programme"))
    return paths if territories is None else paths.filter(territory__in=territories)


def _of_dates(period: Period, abandoned: Q, others: QuerySet) -> Span:
    days = (period.starts_on, period.ends_on)
    words = f"du {french_date(period.starts_on)} au {french_date(period.ends_on)}"
    return Span(
        key=column_key(period),
        within=Q(entered_on__range=days),
        entered=first_among(Q(entered_on__range=days), others),
        lost=abandoned & Q(lost_on__range=days),
        headcounts=Q(counted_on__range=days),
        rule=f"entrées {words}",
        lost_rule=words,
    )


def _of_step(
    period: Period, periods: Sequence[Period], steps: Sequence[FunnelStep], abandoned: Q, others: QuerySet
) -> Span:
    """A loss belongs to the phase whose step, or one of the steps before the next phase, it is noted at."""
    place = {step.pk: index for index, step in enumerate(steps)}
    start = place[period.step_id]  # type: ignore[index]  # dated periods go to _of_dates
    later = sorted(place[other.step_id] for other in periods if other.step_id and place[other.step_id] > start)
    here = steps[start : later[0] if later else None]
    passed = Q(pk__in=StepEntry.objects.filter(step=period.step_id).values("enrolment"))
    return Span(
        key=column_key(period),
        within=passed,
        entered=first_among(passed, others),
        lost=abandoned & Q(lost_at__in=[step.pk for step in here]),
        headcounts=None,
        rule=f"entrées, et passées par l’étape « {steps[start].label} »",
        lost_rule="à l’étape " + " ou ".join(f"« {step.label} »" for step in here),
    )


def whole_duration(programme: Programme, reasons: list[int], territories: frozenset[int] | None = None) -> Span:
    abandoned, others, always = Q(loss_reason__in=reasons), _other_paths(territories), "de toute la durée"
    if programme.last_column == Programme.LastColumn.STILL_THERE:
        # Somebody who came back is there where the last of their paths did not break.
        present = Q(lost_on=None) & ~Q(Exists(others.filter(entry_rank__gt=OuterRef("entry_rank"))))
        return Span(TOTAL, present, present, abandoned, Q(), "entrées, et encore présentes à la fin", always)
    first = FIRST_ENTRIES if territories is None else first_among(Q(), others)
    return Span(TOTAL, FIRST_ENTRIES, first, abandoned, Q(), "entrées pendant toute la durée", always)


def first_among(condition: Q, others: QuerySet) -> Q:
    """`condition`, each person once: by the first of their paths that meets it."""
    earlier = others.filter(condition, entry_rank__lt=OuterRef("entry_rank"))
    return condition & (Q(entry_rank=1) | ~Q(Exists(earlier)))


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


class NamedSum(NamedTuple):
    """How many people followed by name: one line of what the database answers."""

    span: str
    field: str
    public: str
    reviewed: bool
    code: Any
    number: int


def named_sums(enrolments: QuerySet, spans: Sequence[Span], fields: Sequence[str]) -> list[NamedSum]:
    """One statement: the profiles of the whole duration summed along each field, then each period by its dates.

    `enrolments`: those of the perimeter. Fields outside the profile (the precision of an « autre » row) are
    grouped by themselves.
    """
    total = next(span for span in spans if span.key == TOTAL)
    try:
        statement = Statement(enrolments, total)
    except EmptyResultSet:  # a perimeter without any territory
        return []
    for field in ("public", *fields):
        statement.sum_along(field)
    for span in spans:
        if span is not total:
            statement.sum_entries(span)
        statement.sum_losses(span)
    return statement.rows()


class Statement:
    """One SQL statement of several sums. Its names come from this module and from `beneficiaries.profile`, never
    from a reader; every value travels as a parameter (hence the S608 below)."""

    def __init__(self, enrolments: QuerySet, total: Span) -> None:
        self.entered = enrolments.entered()
        self.total = total
        # Who counts by their first entry bears it in the profile: the index alone answers, and those whose earlier
        # entry lies outside the perimeter are added, who are few.
        in_profile = total.within == FIRST_ENTRIES
        counted = [enrolments] if in_profile else [self.entered.filter(total.entered)]
        if in_profile and total.entered != FIRST_ENTRIES:
            counted.append(self.entered.filter(total.entered, entry_rank__gt=1))
        grouped = [_sql(each.order_by().values("profile").annotate(n=Count("*"))) for each in counted]
        self.params = [param for _, params in grouped for param in params]
        first, *others = (sql for sql, _ in grouped)
        kept = f" WHERE {PLACES['first_entry'].sql} = 1" if in_profile else ""
        added = " UNION ALL ".join([f"SELECT profile, n FROM f{kept}", *others])  # noqa: S608
        halves = (
            f"{name} (profile, n) AS MATERIALIZED (SELECT profile & {mask}, SUM(n) FROM g GROUP BY 1)"  # noqa: S608
            for name, mask in HALVES.items()
        )
        self.prefix = (
            f"WITH f (profile, n) AS ({first}), g (profile, n) AS MATERIALIZED ({added}), {', '.join(halves)} "
        )
        self.selects: list[str] = []

    def sum_along(self, field: str) -> None:
        if field in PLACES:
            public, reviewed, code = (PLACES[name].sql for name in ("public", "reviewed", field))
            columns = f"'{TOTAL}', '{field}', {public}, {reviewed}, {code}, SUM(n), ''"
            half = next(name for name, mask in HALVES.items() if mask & PLACES[field].mask)
            self._add(f"SELECT {columns} FROM {half} GROUP BY 3, 4, 5", [])  # noqa: S608
        else:
            marked = self.entered.filter(self.total.entered).exclude(**{field: ""})
            self._group(marked.annotate(text=F(field)), TOTAL, field)

    def sum_entries(self, span: Span) -> None:
        # Two disjoint halves, so that the index alone answers the first; the second is rare.
        self._group(self.entered.filter(span.within, entry_rank=1), span.key, "public")
        self._group(self.entered.filter(span.entered, entry_rank__gt=1), span.key, "public")

    def sum_losses(self, span: Span) -> None:
        try:
            self._group(self.entered.filter(span.lost), span.key, LOST)
        except EmptyResultSet:  # the programme has no reason that counts as an abandonment
            return

    def _group(self, queryset: QuerySet, span: str, field: str) -> None:
        reviewed = Case(When(first_reviewed_on__isnull=False, then=Value(1)), default=Value(0))
        number = _public_number() if field != LOST else Value(0)
        marks = {"k": number, "seen": reviewed if field not in ("public", LOST) else Value(0)}
        texts = {"word": F("text") if field not in ("public", LOST) else Value("")}
        grouped = queryset.order_by().annotate(**marks, **texts).values("k", "seen", "word").annotate(n=Count("*"))
        inner, params = _sql(grouped)
        columns = f"'{span}', '{field}', k, seen, 0, n, word"
        self._add(f"SELECT {columns} FROM ({inner}) AS s{len(self.selects)}", params)  # noqa: S608

    def _add(self, select: str, params: Sequence[Any]) -> None:
        self.selects.append(select)
        self.params = [*self.params, *params]

    def rows(self) -> list[NamedSum]:
        with connection.cursor() as cursor:
            cursor.execute(self.prefix + " UNION ALL ".join(self.selects), self.params)
            return [_read(*row) for row in cursor.fetchall() if row[5]]


def _public_number() -> Case:
    place = PLACES["public"]
    return Case(*(When(public=code, then=Value(place.number(code))) for code in place.codes), default=Value(0))


def _read(span: str, field: str, public: int, reviewed: int, code: int, number: int, text: str) -> NamedSum:
    who = PLACES["public"].codes[public - 1] if public else ""
    if field == "public":
        meaning: Any = who
    elif field in PLACES:
        meaning = PLACES[field].codes[code - 1] if code else ""
    else:
        meaning = text
    return NamedSum(span, field, who, bool(reviewed), meaning, int(number))


def _sql(queryset: QuerySet) -> tuple[str, list[Any]]:
    sql, params = queryset.query.get_compiler(connection=connection).as_sql()
    return sql, list(params)


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
