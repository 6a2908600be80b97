"""Many rows at once, as fast as each database takes them: COPY on PostgreSQL, executemany on SQLite.

Rows are dictionaries by the names of the columns, complete and valid already: nothing here validates, no signal is
sent, and what must be told of it (history, journal) is told by who calls.
"""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db import connection, models

Row = dict[str, Any]
CHUNK = 2000  # rows joined into one piece of a COPY


def new_numbers(model: type[models.Model], count: int) -> range | list[int]:
    """Primary keys that no row has, nor ever had: the journal speaks of rows by their number."""
    table, key = model._meta.db_table, model._meta.pk.column  # type: ignore[union-attr]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)", [table, key, count]
            )
            return [number for (number,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
        first = (found[0] if found else 0) + 1
        return range(first, first + count)


def insert(model: type[models.Model], rows: Iterable[Row]) -> None:
    """Write `rows`, which all have the same columns."""
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    _write(model._meta.db_table, _columns(model, first), _chained(first, rows))


def update(model: type[models.Model], rows: Sequence[Row]) -> None:
    """Change the columns given of the rows known by their `id`."""
    if not rows:
        return
    table, columns = model._meta.db_table, _columns(model, rows[0])
    changed = [name for name in columns if name != "id"]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            staged = f"{table}_changes"
            listed = ", ".join(columns)
            like = f"SELECT {listed} FROM {table} LIMIT 0"  # noqa: S608 our own names
            cursor.execute(f"CREATE TEMPORARY TABLE {staged} ON COMMIT DROP AS {like}")
            _copy(cursor, staged, columns, rows)
            cursor.execute(
                f"UPDATE {table} SET {', '.join(f'{name} = s.{name}' for name in changed)}"  # noqa: S608 our own names
                f" FROM {staged} s WHERE {table}.id = s.id"
            )
            cursor.execute(f"DROP TABLE {staged}")
        else:
            sets = ", ".join(f"{name}=?" for name in changed)
            order = {name: columns[name] for name in (*changed, "id")}
            cursor.connection.executemany(
                f"UPDATE {table} SET {sets} WHERE id=?", _tuples(order, rows)  # noqa: S608 our own names
            )  # fmt: skip


def chunks(numbers: Sequence[int], size: int = 500) -> Iterator[Sequence[int]]:
    return (numbers[place : place + size] for place in range(0, len(numbers), size))


def erase(rows: models.QuerySet) -> None:
    """The rows alone: what refers to them is erased before, and no signal is sent."""
    rows._raw_delete(rows.db)


def _chained(first: Row, rows: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rows


Converters = dict[str, Callable[[Any], Any] | None]


def _columns(model: type[models.Model], row: Row) -> Converters:
    """The columns that the rows give, each with what makes its values fit for the database."""
    convert = _for_copy if connection.vendor == "postgresql" else _for_sqlite
    fields = {field.column: field for field in model._meta.concrete_fields}
    return {name: convert(fields[name]) for name in row}


def _write(table: str, columns: Converters, rows: Iterable[Row]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _copy(cursor, table, columns, rows)
        else:
            marks = ", ".join("?" * len(columns))
            statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 our own names
            cursor.connection.executemany(statement, _tuples(columns, rows))


# -- SQLite -------------------------------------------------------------------------------------------
def _for_sqlite(field: models.Field) -> Callable[[Any], Any] | None:
    if isinstance(field, models.JSONField):
        return _json
    if isinstance(field, models.DateTimeField):
        return connection.ops.adapt_datetimefield_value
    if isinstance(field, models.DateField):
        return lambda value: None if value is None else value.isoformat()
    return None


def _tuples(columns: Converters, rows: Iterable[Row]) -> Iterator[tuple[Any, ...]]:
    names, converters = list(columns), list(columns.items())
    if not any(columns.values()):
        return (tuple([row[name] for name in names]) for row in rows)
    return (tuple([convert(row[name]) if convert else row[name] for name, convert in converters]) for row in rows)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


# -- PostgreSQL ---------------------------------------------------------------------------------------
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
    return value if value.isalnum() else value.translate(_ESCAPED)


def _copy(cursor: Any, table: str, columns: Converters, rows: Iterable[Row]) -> None:
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    cursor.copy_expert(statement, _Lines(columns, rows))


class _Lines(io.RawIOBase):
    """The text of a COPY, made as it is read."""

    def __init__(self, columns: Converters, rows: Iterable[Row]) -> None:
        self.pieces = _pieces(columns, rows)
        self.left = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while len(self.left) < size:
            piece = next(self.pieces, b"")
            if not piece:
                break
            self.left += piece
        piece, self.left = self.left[:size], self.left[size:]
        return piece


def _pieces(columns: Converters, rows: Iterable[Row]) -> Iterator[bytes]:
    converters: list[tuple[str, Any]] = list(columns.items())
    lines: list[str] = []
    for row in rows:
        lines.append("\t".join([convert(row[name]) for name, convert in converters]))
        if len(lines) == CHUNK:
            yield ("\n".join(lines) + "\n").encode()
            lines.clear()
    if lines:
        yield ("\n".join(lines) + "\n").encode()
