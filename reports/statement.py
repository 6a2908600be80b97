"""The one SQL statement that counts the people followed by name for a whole table (SPEED, way 2).

The characteristics come from their packed profile (beneficiaries.profile), the periods from their dates.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, Count, F, QuerySet, Value, When

from beneficiaries.profile import PLACES
from reports.spans import FIRST_ENTRIES, TOTAL, Span

LOST = "lost"
# The profiles are summed in two halves first: far fewer sums to go through for each field.
_WIDEST = ("age_band", "situation", "school_level")
_SHARED = PLACES["public"].mask | PLACES["reviewed"].mask
HALVES = {
    "wide": _SHARED | sum(PLACES[field].mask for field in _WIDEST),
    "rest": _SHARED
    | sum(place.mask for field, place in PLACES.items() if field not in (*_WIDEST, "public", "reviewed")),
}


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
