"""Which tables have something of one file: asked in one query, so that a page that shows them all asks the others of
nothing. Most files have rows in a third of them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Model

from beneficiaries.models import Enrolment


def know_what_hangs_on(file: Enrolment) -> None:
    """From now on `of_file` asks nothing of the tables in which `file` has no row. For a page that only reads: what is
    written later in the same request would not be seen."""
    models, statement = _statement()
    with connection.cursor() as cursor:
        cursor.execute(statement, [file.pk] * len(models))
        found = cursor.fetchone()
    file.hanging = frozenset(model for model, there in zip(models, found, strict=True) if there)


@lru_cache(maxsize=1)
def _statement() -> tuple[tuple[type[Model], ...], str]:
    """Every table that refers to a file, those of upper floors too."""
    links: list[Any] = [link for link in Enrolment._meta.related_objects if link.field.name == "enrolment"]
    quoted = connection.ops.quote_name
    parts = [
        f"EXISTS (SELECT 1 FROM {quoted(link.related_model._meta.db_table)} WHERE {quoted(link.field.column)} = %s)"  # noqa: S608  (names of our own tables)
        for link in links
    ]
    return tuple(link.related_model for link in links), f"SELECT {', '.join(parts)}"
