"""Questions that a page asks each time it is opened, composed once (docs/decisions.md).

The ORM takes longer to compose a query of many parts than the base takes to answer it. What depends on the reader's
roles and on the day alone is composed once for these facts, and asked again as it stands. No answer is kept: a youth
who comes, leaves or changes hands is there, or is not, at the next reading; so are roles, which are among the facts.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NoReturn

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import BigIntegerField, QuerySet
from django.db.models.query import ModelIterable, RelatedPopulator, ValuesIterable, get_related_populators
from django.utils import timezone

from partaj import statements

QUESTIONS = 1024  # kept by each process, of some tens of kB for who works on many territories


@dataclass(frozen=True, slots=True)
class Reader:
    """All that a question may know of who asks, by value: it stands for the account in `visible_to`. A rule that looked
    at anything else of the account would fail, rather than be answered from what was true of another day."""

    pk: int
    is_active: bool
    reach: Any

    @classmethod
    def of(cls, user: Any) -> Reader:
        return cls(user.pk, user.is_active, user.reach)


def answers(ask: Callable[..., QuerySet], *facts: Hashable, of: int | None = None) -> list[dict[str, Any]]:
    """The rows of `ask(*facts)`, as the base gives them now.

    `ask`: a function of a module, which returns a queryset of `values` made of `facts` and of today's date, and of
    nothing else: what it reads of the base belongs in the query. `facts`: values, a Reader for who asks. `of`: the
    number of the row that is asked about, which `ask` is given last: one question of each reader for all the rows.
    """
    question, rows = _asked(ask, facts, of, ValuesIterable)
    return [dict(zip(question.names, row, strict=True)) for row in rows] if question else []


def instances(ask: Callable[..., QuerySet], *facts: Hashable, of: int | None = None) -> list[Any]:
    """The same, of a queryset of rows of a model, which may select those to which they refer and nothing more."""
    question, rows = _asked(ask, facts, of, ModelIterable)
    return [question.instance(row) for row in rows] if question else []


@dataclass(frozen=True, slots=True)
class _Question:
    """`numbers`: where the number of the row stands among `params`. `converted`: what the base gives back in its own
    way, by its place. `referred`: how the rows to which an instance refers are made."""

    kind: type
    sql: str
    params: tuple[Any, ...]
    numbers: tuple[int, ...]
    names: tuple[str, ...]
    converted: tuple[tuple[int, Any], ...]
    model: Any
    referred: tuple[RelatedPopulator, ...]

    def asked(self, of: int | None) -> list[Any]:
        params = list(self.params)
        for place in self.numbers:
            params[place] = of
        with connection.cursor() as cursor:
            if not statements.execute(cursor, self, of):
                cursor.execute(self.sql, params)
            rows = cursor.fetchall()
        if not self.converted:
            return rows
        rows = list(map(list, rows))
        for at, expression in self.converted:
            # Asked of the connection of this thread: those of the one that composed may be gone.
            converters = connection.ops.get_db_converters(expression) + expression.get_db_converters(connection)
            for row in rows:
                for convert in converters:
                    row[at] = convert(row[at], expression, connection)
        return rows

    def instance(self, row: Sequence[Any]) -> Any:
        """As the ORM makes it (ModelIterable): the columns of the row come first, then those of what it refers to."""
        made = self.model.from_db(DEFAULT_DB_ALIAS, self.names, row[: len(self.names)])
        for each in self.referred:
            each.populate(row, made)
        return made


# Two numbers that no row bears, for which a question of any row is composed: what differs is where the number stands.
# Within what the smallest column of numbers holds: beyond, the ORM leaves a condition out.
ANY, ANY_OTHER = 2**31 - 19, 2**31 - 61


def _asked(
    ask: Callable[..., QuerySet], facts: tuple[Hashable, ...], of: int | None, kind: type
) -> tuple[_Question | None, list[Any]]:
    if of is not None and not 0 < of <= BigIntegerField.MAX_BIGINT:  # typed in an address: no row has it
        return None, []
    question = _composed(ask, timezone.localdate(), of is not None, *facts)
    if question is None:
        return None, []
    if question.kind is not kind:
        raise TypeError(f"{ask.__name__} gives other rows than {kind.__name__} does")
    return question, question.asked(of)


@lru_cache(maxsize=QUESTIONS)
def _composed(ask: Callable[..., QuerySet], today: Any, of_any_row: bool, *facts: Hashable) -> _Question | None:
    """None where nothing can answer: a reader to whom nothing is open. `today` is part of the key alone: the rules read
    the clock by themselves. Raises RuntimeError where the number of the row is not simply a parameter."""
    if not of_any_row:
        return _compiled(ask, *facts)
    one, other = _compiled(ask, *facts, ANY), _compiled(ask, *facts, ANY_OTHER)
    if one is None and other is None:
        return None
    if one is None or other is None or one.sql != other.sql:
        raise RuntimeError(f"{ask.__name__} asks differently of two rows")
    pairs = list(zip(one.params, other.params, strict=True))
    numbers = tuple(place for place, pair in enumerate(pairs) if pair[0] != pair[1])
    if not numbers or any(pairs[place] != (ANY, ANY_OTHER) for place in numbers):
        raise RuntimeError(f"{ask.__name__} asks of no row by its number, or by more than its number")
    return replace(one, numbers=numbers)


def _compiled(ask: Callable[..., QuerySet], *facts: Hashable) -> _Question | None:
    with connection.execute_wrapper(_refuse):
        rows = ask(*facts)
    query, kind = rows.query, rows._iterable_class
    if kind is ModelIterable and (query.annotations or rows._prefetch_related_lookups):
        raise TypeError(f"{ask.__name__} asks for more than rows of a model: ask for `values`")
    compiler = query.get_compiler(connection=connection)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    names: Any = query.selected
    referred: list[RelatedPopulator] = []
    if kind is ModelIterable:
        columns = compiler.select[: len(compiler.klass_info["select_fields"])]
        names = [column.target.attname for column, *_ in columns]
        referred = get_related_populators(compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]  # of Django 6
    converters = compiler.get_converters([column for column, *_ in compiler.select])
    converted = tuple((at, expression) for at, (_, expression) in converters.items())
    return _Question(kind, sql, tuple(params), (), tuple(names), converted, query.model, tuple(referred))


def _refuse(*given: Any) -> NoReturn:
    """What the base says while a question is composed would be kept with it: an access closed since would stay open."""
    raise RuntimeError("A question that is kept reads nothing of the base to be composed")
