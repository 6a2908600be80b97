"""Lists that stay fast at a million rows: keyset pages, a capped count, search on folded names.

A page is asked for by the sort key of its neighbour, never by OFFSET; its address can be sent to a colleague.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import OrderBy
from django.db.models.functions import Coalesce
from django.http import QueryDict

from partaj.folding import fold
from partaj.formats import french_integer

PAGE_SIZE = 50
COUNT_CAP = 1000
LONGEST_QUERY = 100
AFTER_EVERYTHING = "\U0010ffff"


def search_names(queryset: QuerySet, typed: str, field: str = "sort_name") -> QuerySet:
    """Rows whose folded name holds every word typed; one or two letters look at the beginning of the name."""
    folded = fold(typed[:LONGEST_QUERY].replace("\x00", ""))
    if not folded:
        return queryset
    if len(folded) < 3:
        return queryset.filter(**{f"{field}__gte": folded, f"{field}__lt": folded + AFTER_EVERYTHING})
    for word in folded.split():
        queryset = queryset.filter(**{f"{field}__contains": word})
    return queryset


def capped_count(queryset: QuerySet) -> tuple[int, bool]:
    """The exact count up to COUNT_CAP, and whether there are more: counting a million rows costs 170 pages."""
    seen = queryset.order_by().values("pk")[: COUNT_CAP + 1].count()
    return min(seen, COUNT_CAP), seen > COUNT_CAP


def few_or_many(queryset: QuerySet, everybody: QuerySet, order: Order) -> tuple[QuerySet, int, bool]:
    """The same rows, quick to show in this order; with their capped count, and whether there are more.

    Asked for the first few of a filtered list in its order, a base walks everybody in that order, soon done where many
    are found, endless where few are; or finds them all and sorts them, the other way round. It guesses which, badly
    where filters go together. Few are therefore found first, out of order, and asked for by their numbers; where the
    beginning of the list already fills a page, the list is walked. `everybody`: the list without its filters.
    """
    found = list(queryset.order_by().values_list("pk", flat=True)[: COUNT_CAP + 1])
    if len(found) <= COUNT_CAP:
        return everybody.filter(pk__in=found), len(found), False
    beginning = everybody.order_by(order.order_by(), "pk").values("pk")[:COUNT_CAP]
    fills_a_page = queryset.order_by().filter(pk__in=beginning).values("pk")[: PAGE_SIZE + 1].count() > PAGE_SIZE
    return (one_by_one(queryset, everybody) if fills_a_page else queryset), COUNT_CAP, True


def one_by_one(queryset: QuerySet, everybody: QuerySet) -> QuerySet:
    """The same rows, each asked whether it is one of them once the order has brought it: a base may not begin by
    looking for them all."""
    itself = queryset.order_by().filter(pk=OuterRef("pk")).values("pk")
    return everybody.filter(pk=Subquery(itself[:1]))


def count_of(rows: QuerySet, link: str) -> Coalesce:
    """In a query: how many of `rows` refer to each of its own by `link`, a column of theirs; 0 where none does."""
    theirs = rows.filter(**{link: OuterRef("pk")}).order_by().values(link).annotate(number=Count("pk"))
    return Coalesce(Subquery(theirs.values("number"), output_field=IntegerField()), 0)


def count_label(queryset: QuerySet, singular: str, plural: str) -> str:
    return count_in_words(*capped_count(queryset), singular, plural)


def count_in_words(count: int, more: bool, singular: str, plural: str) -> str:
    if more:
        return f"plus de {french_integer(COUNT_CAP)} {plural}"
    return f"{french_integer(count)} {singular if count < 2 else plural}"


@dataclass(frozen=True, slots=True)
class Order:
    """One sort of a list: its key in the address, its column (NULL sorts last), and its sense."""

    key: str
    field: str
    descending: bool = False
    nullable: bool = False

    def order_by(self, backwards: bool = False) -> OrderBy:
        column = F(self.field)
        ends = {"nulls_first" if backwards else "nulls_last": True} if self.nullable else {}
        return column.desc(**ends) if self.descending != backwards else column.asc(**ends)


def encode_place(values: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values, default=str).encode()).decode().rstrip("=")


def _decode_place(token: str) -> list[Any] | None:
    try:
        values = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (ValueError, binascii.Error, UnicodeDecodeError, RecursionError):
        return None
    valid = isinstance(values, list) and len(values) == 2 and isinstance(values[1], int)
    return values if valid and isinstance(values[0], str | int | None) else None


def _understood(token: list[Any] | None, queryset: QuerySet, order: Order) -> list[Any] | None:
    """The token, its value as the column's own type; None where it was made for another sort, or by hand."""
    if token is None or (token[0] is None and not order.nullable) or not 0 <= token[1] < 2**63:
        return None
    field = queryset.model._meta.get_field(order.field)
    try:
        value = field.to_python(token[0])
        # Neither a NUL nor half a character (which JSON can write) can be compared by a database.
        if isinstance(value, str) and b"\x00" in value.encode():
            return None
    except (ValidationError, TypeError, ValueError):
        return None
    return [value, token[1]]


@dataclass(frozen=True, slots=True)
class KeysetPage:
    """The rows of one page, and the addresses of its neighbours (None at the ends)."""

    rows: list[Any]
    next_query: str | None
    previous_query: str | None


def keyset_page(queryset: QuerySet, order: Order, params: QueryDict, size: int = PAGE_SIZE) -> KeysetPage:
    """One page of `queryset` (a values() queryset or instances), after or before the token of the address.

    A token that means nothing (typed by hand, or of another sort) shows the first page.
    """
    backwards = "avant" in params
    token = _understood(_decode_place(params.get("avant") or params.get("apres") or ""), queryset, order)
    rows = list(_side(queryset, order, token, backwards)[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    has_previous = (more if backwards else token is not None) and bool(rows)
    has_next = (token is not None if backwards else more) and bool(rows)
    return KeysetPage(
        rows=rows,
        next_query=_address(params, "apres", rows[-1], order) if has_next else None,
        previous_query=_address(params, "avant", rows[0], order) if has_previous else None,
    )


def _side(queryset: QuerySet, order: Order, token: list[Any] | None, backwards: bool) -> QuerySet:
    if token is not None:
        queryset = queryset.filter(_beyond(order, token, backwards))
    first = order.order_by(backwards)
    return queryset.order_by(first, F("pk").desc() if backwards else F("pk").asc())


def _beyond(order: Order, token: list[Any], backwards: bool) -> Q:
    value, pk = token
    later_pk = Q(pk__lt=pk) if backwards else Q(pk__gt=pk)
    if value is None:  # among the rows without a value, which come last
        inside = Q(**{f"{order.field}__isnull": True}) & later_pk
        return inside | Q(**{f"{order.field}__isnull": False}) if backwards else inside
    sense = "lt" if order.descending != backwards else "gt"
    # The redundant first bound lets the index be walked from the right place.
    rule = Q(**{f"{order.field}__{sense}e": value}) & (Q(**{f"{order.field}__{sense}": value}) | later_pk)
    if order.nullable and not backwards:
        rule |= Q(**{f"{order.field}__isnull": True})
    return rule


def _address(params: QueryDict, side: str, row: Any, order: Order) -> str:
    def read(name: str) -> Any:
        return row[name] if isinstance(row, dict) else getattr(row, name)

    query = params.copy()
    for name in ("avant", "apres"):
        query.pop(name, None)
    query[side] = encode_place([read(order.field), read("pk")])
    return query.urlencode()
