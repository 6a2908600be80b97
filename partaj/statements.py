"""Questions that PostgreSQL plans once per connection: it takes longer to plan one of many parts than to answer it.

What a question holds of its reader stands in the statement as it is, hence a plan as good as the one made each time;
the number of the row alone is left to be given. PostgreSQL plans again by itself where a table or its statistics
change. Off (PREPARED_STATEMENTS) where connections are shared by a pooler that keeps no statement.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from itertools import count
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from psycopg2.extensions import AsIs

MOST = 100  # of one connection, of some tens of kB each
NUMBER = AsIs("$1")
DEAD = {"0A000", "26000"}  # feature_not_supported (« cached plan must not change result type »), no such statement


class Statements:
    """Of one connection, the last ones asked: what was asked once only is not worth a statement."""

    def __init__(self, raw: Any) -> None:
        self.raw, self.names = raw, count(1)
        self.kept: OrderedDict[int, tuple[Any, str]] = OrderedDict()  # by identity of what is held beside

    def name(self, question: Any) -> str:
        """That of its statement, made at its second time; "" at the first."""
        asked_before = self.kept.get(id(question))
        if asked_before is None:
            self._keep(question, "")
            return ""
        self.kept.move_to_end(id(question))
        return asked_before[1] or self._keep(question, self._prepared(question))

    def _keep(self, question: Any, name: str) -> str:
        self.kept[id(question)] = (question, name)
        if len(self.kept) > MOST:
            _, (_, oldest) = self.kept.popitem(last=False)
            if oldest:
                self._say(f"DEALLOCATE {oldest}")
        return name

    def _prepared(self, question: Any) -> str:
        name, params = f"partaj_{next(self.names)}", list(question.params)
        for place in question.numbers:
            params[place] = NUMBER
        self._say(f"PREPARE {name}{' (bigint)' if question.numbers else ''} AS {question.sql}", params)
        return name

    def forget(self, question: Any) -> None:
        """Its name is given to no other: whatever the base still holds under it goes with the connection."""
        self.kept.pop(id(question), None)

    def _say(self, sql: str, params: Sequence[Any] | None = None) -> None:
        """To the base itself: it is no question of the page."""
        with connection.wrap_database_errors, self.raw.cursor() as cursor:
            cursor.execute(sql, params)


def execute(cursor: Any, question: Any, of: int | None) -> bool:
    """Ask it by its statement; False where it has none. `question`: its `sql`, `params`, and where among these the
    number of the row stands (`numbers`)."""
    if connection.vendor != "postgresql" or not settings.PREPARED_STATEMENTS:
        return False
    kept: Any = getattr(connection, "statements", None)
    if kept is None or kept.raw is not connection.connection:
        kept = connection.statements = Statements(connection.connection)  # type: ignore[attr-defined]
    name = kept.name(question)
    if not name:
        return False
    try:
        cursor.execute(f"EXECUTE {name}({of:d})" if question.numbers else f"EXECUTE {name}")
    except DatabaseError as error:
        kept.forget(question)
        # A migration changed the type of a column, or a pooler dropped the statement: it is asked as it stands.
        if connection.in_atomic_block or getattr(error.__cause__, "pgcode", "") not in DEAD:
            raise
        return False
    return True
