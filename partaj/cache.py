"""The cache in the database, whose rows may hold plain values only.

Django reads them by `pickle`, which runs whatever a row says: who could write in the base, by a restored copy or
another program, would hold the server too, and the keys that the base is not to know (SECRET_KEY, JOURNAL_KEY).
"""

import base64
import io
import pickle
from collections.abc import Iterable
from typing import Any

from django.core.cache.backends.db import DatabaseCache
from django.db import connections, router
from django.utils import timezone


class PlainUnpickler(pickle.Unpickler):
    """Numbers, texts, lists, mappings: nothing that has to be looked for in the code, hence nothing that runs."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"a row of the cache asks for {module}.{name}")


def read_plain(value: str) -> Any:
    """Raises UnpicklingError where the row holds anything but plain values."""
    return PlainUnpickler(io.BytesIO(base64.b64decode(value.encode()))).load()


class PlainDatabaseCache(DatabaseCache):
    """Reading removes nothing: what has expired waits to be written over, or for the next culling."""

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        asked = {self.make_and_validate_key(key, version=version): key for key in keys}
        if not asked:
            return {}
        connection = connections[router.db_for_read(self.cache_model_class)]
        now = connection.ops.adapt_datetimefield_value(timezone.now().replace(microsecond=0))
        places = ", ".join(["%s"] * len(asked))
        table = connection.ops.quote_name(self._table)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT cache_key, value FROM {table} WHERE expires >= %s AND cache_key IN ({places})",  # noqa: S608 our own names
                [now, *asked],
            )
            return {asked[key]: read_plain(value) for key, value in cursor.fetchall()}
