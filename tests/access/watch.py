"""What a request changes: the statements it writes with, and a fingerprint of everything that is kept."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection

# A visit may touch its own session and the counters of the cache (sign-in limits), and leaves its line in the access
# journal; nothing else.
NOT_CONTENT = ("django_session", "partaj_cache", "accounts_journalentry")
WRITES = ("INSERT", "UPDATE", "DELETE", "COPY", "MERGE", "TRUNCATE")


@contextmanager
def written() -> Iterator[list[str]]:
    """The writing statements sent to the database meanwhile, but for sessions and cache."""
    seen: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if sql.lstrip(" (").upper().startswith(WRITES) and not any(name in sql for name in NOT_CONTENT):
            seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield seen


def fingerprint() -> str:
    """One hash of every row of every table that holds content."""
    digest = hashlib.sha256()
    for model in sorted(apps.get_models(include_auto_created=True), key=lambda each: each._meta.db_table):
        if model._meta.db_table not in NOT_CONTENT and model._meta.managed and not model._meta.proxy:
            digest.update(model._meta.db_table.encode())
            for row in model._base_manager.order_by("pk").values_list():
                # PostgreSQL gives binary content as a view, which prints its place in memory.
                digest.update(repr([bytes(each) if isinstance(each, memoryview) else each for each in row]).encode())
    return digest.hexdigest()
