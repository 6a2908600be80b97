"""Questions that a page asks each time it is opened, composed once (docs/performance.md).

The ORM takes longer to compose a query of many parts than the base takes to answer it. What depends on the reader's
roles and on the day alone is composed once for these facts, and asked again as it stands. No answer is kept: a youth
who comes, leaves or changes hands is there, or is not, at the next reading; so are roles, which are among the facts.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

QUESTIONS = 512  # kept by each process, of some 10 kB at most


@dataclass(frozen=True, slots=True)
class Reader:
    """All that a question may know of who asks, by value: it stands for the account in `visible_to`. Whatever else a
    rule looked at would fail, rather than be answered from what was true of another day."""

    pk: int
    is_active: bool
    reach: Any

    @classmethod
    def of(cls, user: Any) -> Reader:
        return cls(user.pk, user.is_active, user.reach)


def answers(ask: Callable[..., QuerySet], *facts: Hashable) -> list[dict[str, Any]]:
    """The rows of `ask(*facts)`, as the base gives them now.

    `ask`: a function of a module, which returns a queryset of `values` made of `facts` and of today's date, and of
    nothing else: what it reads of the base belongs in the query. `facts`: values, a Reader for who asks.
    """
    question = _composed(ask, timezone.localdate(), *facts)
    return question.asked() if question else []


@dataclass(frozen=True, slots=True)
class _Question:
    sql: str
    params: tuple[Any, ...]
    names: tuple[str, ...]
    converters: tuple[tuple[str, tuple[Callable[..., Any], ...], Any], ...]

    def asked(self) -> list[dict[str, Any]]:
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.params)
            rows = [dict(zip(self.names, row, strict=True)) for row in cursor.fetchall()]
        for name, converters, expression in self.converters:
            for row in rows:
                for convert in converters:
                    row[name] = convert(row[name], expression, connection)
        return rows


@lru_cache(maxsize=QUESTIONS)
def _composed(ask: Callable[..., QuerySet], today: Any, *facts: Hashable) -> _Question | None:
    """None where nothing can answer: a reader to whom nothing is open. `today`: what the rules ask of the clock."""
    query = ask(*facts).query
    compiler = query.get_compiler(connection=connection)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    names = tuple(query.selected or (*query.values_select, *query.annotation_select))
    converters = compiler.get_converters([column for column, *_ in compiler.select])
    by_name = ((names[at], tuple(found), expression) for at, (found, expression) in converters.items())
    return _Question(sql, tuple(params), names, tuple(by_name))
