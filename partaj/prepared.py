"""Questions that a page asks each time it is opened, composed once (docs/performance.md).

The ORM takes longer to compose a query of many parts than the base takes to answer it. What depends on the reader's
roles and on the day alone is composed once for these facts, and asked again as it stands. No answer is kept: a youth
who comes, leaves or changes hands is there, or is not, at the next reading; so are roles, which are among the facts.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import BigIntegerField, QuerySet
from django.db.models.query import RelatedPopulator, get_related_populators
from django.utils import timezone

QUESTIONS = 1024  # kept by each process, of 10 kB at most


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


# The number of a row in a question composed for any: no row has it, and no limit or date is written so.
ANY = -7_230_519_846


def answers(ask: Callable[..., QuerySet], *facts: Hashable, of: int | None = None) -> list[dict[str, Any]]:
    """The rows of `ask(*facts)`, as the base gives them now.

    `ask`: a function of a module, which returns a queryset of `values` made of `facts` and of today's date, and of
    nothing else: what it reads of the base belongs in the query. `facts`: values, a Reader for who asks. `of`: the
    number of the row that is asked about, which `ask` is given last, as ANY: one question for all of them.
    """
    question, rows = _asked(ask, facts, of)
    return [dict(zip(question.names, row, strict=True)) for row in rows] if question else []


def instances(ask: Callable[..., QuerySet], *facts: Hashable, of: int | None = None) -> list[Any]:
    """The same, of a queryset of rows of a model, which may select those to which they refer."""
    question, rows = _asked(ask, facts, of)
    return [question.instance(row) for row in rows] if question else []


@dataclass(frozen=True, slots=True)
class _Question:
    sql: str
    params: tuple[Any, ...]
    names: tuple[str, ...]
    converters: tuple[tuple[int, list[Callable[..., Any]], Any], ...]
    model: Any
    referred: tuple[RelatedPopulator, ...]

    def instance(self, row: Sequence[Any]) -> Any:
        """As the ORM makes it (ModelIterable): the columns of the row come first, then those of what it refers to."""
        made = self.model.from_db(DEFAULT_DB_ALIAS, self.names, row[: len(self.names)])
        for each in self.referred:
            each.populate(row, made)
        return made


def _asked(
    ask: Callable[..., QuerySet], facts: tuple[Hashable, ...], of: int | None
) -> tuple[_Question | None, list[Any]]:
    if of is not None and not 0 < of <= BigIntegerField.MAX_BIGINT:  # typed in an address: no row has it
        return None, []
    question = _composed(ask, timezone.localdate(), *facts, *([] if of is None else [ANY]))
    if question is None:
        return None, []
    with connection.cursor() as cursor:
        cursor.execute(question.sql, [of if each == ANY else each for each in question.params])
        rows = cursor.fetchall()
    if question.converters:
        rows = list(map(list, rows))
        for at, converters, expression in question.converters:
            for row in rows:
                for convert in converters:
                    row[at] = convert(row[at], expression, connection)
    return question, rows


@lru_cache(maxsize=QUESTIONS)
def _composed(ask: Callable[..., QuerySet], today: Any, *facts: Hashable) -> _Question | None:
    """None where nothing can answer: a reader to whom nothing is open. `today`: what the rules ask of the clock."""
    query = ask(*facts).query
    compiler = query.get_compiler(connection=connection)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    if ANY in facts and ANY not in params:  # it would answer the same of every row
        raise RuntimeError(f"{ask.__name__} asks of no row by its number")
    names: Any = query.selected
    referred: list[RelatedPopulator] = []
    if names is None:  # rows of a model
        kind = compiler.klass_info
        names = [column.target.attname for column, *_ in compiler.select[: len(kind["select_fields"])]]
        referred = get_related_populators(kind, compiler.select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]  # of Django 6
    converters = compiler.get_converters([column for column, *_ in compiler.select])
    by_place = tuple((at, *found) for at, found in converters.items())
    return _Question(sql, tuple(params), tuple(names), by_place, query.model, tuple(referred))
