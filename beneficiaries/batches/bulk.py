"""Many rows at once, as fast as each database takes them: COPY on PostgreSQL, executemany on SQLite.

Rows are dictionaries by the names of the columns, complete and valid already: nothing here validates, no signal is
sent, and what must be told of it (history, journal) is told by who calls. `same`: the columns that all of the rows have
alike, which are made fit for the database once.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from django.db import connection, models

Row = dict[str, Any]
Numbers = range | list[int]
CHUNK = 2000  # rows joined into one piece of a COPY


def new_numbers(model: type[models.Model], count: int) -> Numbers:
    """Primary keys that no row has, nor ever had: the journal speaks of rows by their number."""
    table, key = model._meta.db_table, model._meta.pk.column  # type: ignore[union-attr]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [table, key])  # once: it reads the catalogue
            cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [*cursor.fetchone(), count])
            return [number for (number,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
        first = (found[0] if found else 0) + 1
        return range(first, first + count)


def take_the_time_it_takes() -> None:
    """For the rest of the transaction: fifty thousand rows are longer than any page may be."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")


def insert(model: type[models.Model], rows: Iterable[Row], *, same: Row | None = None) -> None:
    """Write `rows`, which all have the same columns."""
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    table, columns = model._meta.db_table, _Columns(model, first, same or {})
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _copy(cursor, table, columns, chain([first], rows))
        else:
            marks = ", ".join("?" * len(columns.names))
            statement = f"INSERT INTO {table} ({', '.join(columns.names)}) VALUES ({marks})"  # noqa: S608 our own names
            cursor.connection.executemany(statement, columns.tuples(chain([first], rows)))


def remember(model: type[models.Model], numbers: Numbers, *, at: dt.datetime, by: int | None) -> None:
    """The « + » of each of these rows, just written: what `HistoricalRecords` would have saved one by one."""
    history, own = model.history.model._meta, {field.column for field in model._meta.concrete_fields}  # type: ignore[attr-defined]
    columns = ", ".join(field.column for field in history.concrete_fields if field.column in own)
    # In SQLite numbers follow each other, and nobody else writes meanwhile.
    among = "id BETWEEN %s AND %s" if isinstance(numbers, range) else "id = ANY(%s)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {history.db_table} ({columns}, history_type, history_date, history_user_id)"  # noqa: S608 our own names
            f" SELECT {columns}, '+', %s, %s FROM {model._meta.db_table} WHERE {among}",
            [connection.ops.adapt_datetimefield_value(at), by,
             *([numbers[0], numbers[-1]] if isinstance(numbers, range) else [numbers])],
        )  # fmt: skip


def update(model: type[models.Model], rows: Sequence[Row], *, same: Row | None = None) -> None:
    """Change the columns given of the rows known by their `id`."""
    if not rows:
        return
    table, columns = model._meta.db_table, _Columns(model, rows[0], same or {})
    changed = [name for name in columns.names if name != "id"]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            staged = f"{table}_changes"
            like = f"SELECT {', '.join(columns.names)} FROM {table} LIMIT 0"  # noqa: S608 our own names
            cursor.execute(f"CREATE TEMPORARY TABLE {staged} ON COMMIT DROP AS {like}")
            _copy(cursor, staged, columns, rows)
            cursor.execute(
                f"UPDATE {table} SET {', '.join(f'{name} = s.{name}' for name in changed)}"  # noqa: S608 our own names
                f" FROM {staged} s WHERE {table}.id = s.id"
            )
            cursor.execute(f"DROP TABLE {staged}")
        else:
            sets = ", ".join(f"{name}=?" for name in changed)
            cursor.connection.executemany(f"UPDATE {table} SET {sets} WHERE id=?", columns.tuples(rows))  # noqa: S608 our own names


def chunks(numbers: Sequence[int], size: int = 500) -> Iterator[Sequence[int]]:
    return (numbers[place : place + size] for place in range(0, len(numbers), size))


def erase(rows: models.QuerySet) -> None:
    """The rows alone: what refers to them is erased before, and no signal is sent."""
    rows._raw_delete(rows.db)


class _Columns:
    """The columns that rows share, then those that each gives, its number the last, where an UPDATE wants it; with what
    makes their values fit for the database."""

    def __init__(self, model: type[models.Model], row: Row, same: Row) -> None:
        convert: Callable[[models.Field], Any] = _for_copy if connection.vendor == "postgresql" else _for_sqlite
        fields = {field.column: convert(field) for field in model._meta.concrete_fields}
        self.own = [(name, fields[name]) for name in sorted(row, key="id".__eq__)]
        self.names = [*same, *(name for name, _ in self.own)]
        self.shared = [fit(value) if (fit := fields[name]) else value for name, value in same.items()]

    def tuples(self, rows: Iterable[Row]) -> Iterator[tuple[Any, ...]]:
        shared, own = self.shared, self.own
        return ((*shared, *[fit(row[name]) if fit else row[name] for name, fit in own]) for row in rows)

    def lines(self, rows: Iterable[Row]) -> Iterator[str]:
        beginning, own = "".join(f"{text}\t" for text in self.shared), self.own
        return (beginning + "\t".join([fit(row[name]) for name, fit in own]) + "\n" for row in rows)


# -- SQLite -------------------------------------------------------------------------------------------
def _for_sqlite(field: models.Field) -> Callable[[Any], Any] | None:
    if isinstance(field, models.JSONField):
        return _json
    if isinstance(field, models.DateTimeField):
        return connection.ops.adapt_datetimefield_value
    if isinstance(field, models.DateField):
        return lambda value: None if value is None else value.isoformat()
    return None


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


# -- PostgreSQL ---------------------------------------------------------------------------------------
_ODD = re.compile(r"[\\\t\n\r]")
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _for_copy(field: models.Field) -> Callable[[Any], str]:
    if isinstance(field, models.JSONField):
        return lambda value: _json(value).translate(_ESCAPED)
    if isinstance(field, models.BooleanField):
        return lambda value: "\\N" if value is None else "t" if value else "f"
    if isinstance(field, models.DateField):  # and moments
        return _moment
    if isinstance(field, models.CharField | models.TextField):
        return _text
    return lambda value: "\\N" if value is None else str(value)


def _moment(value: dt.date | None) -> str:
    return "\\N" if value is None else value.isoformat()


def _text(value: str) -> str:
    # A backslash, a tab or an end of line, which names seldom hold, would be read as something else.
    return value.translate(_ESCAPED) if _ODD.search(value) else value


def _copy(cursor: Any, table: str, columns: _Columns, rows: Iterable[Row]) -> None:
    statement = f"COPY {table} ({', '.join(columns.names)}) FROM STDIN"
    cursor.copy_expert(statement, _Text(columns.lines(rows)))


class _Text(io.RawIOBase):
    """The text of a COPY, made as it is read."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines = lines
        self.left = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while len(self.left) < size and (text := "".join(islice(self.lines, CHUNK))):
            self.left += text.encode()
        piece, self.left = self.left[:size], self.left[size:]
        return piece
