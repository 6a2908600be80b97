"""Keyed digests: whoever writes in the database without the key cannot make a row that holds."""

import datetime as dt
import secrets
import time
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from threading import Lock
from typing import Any

from django.conf import settings

ORIGIN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
EPOCH = int(ORIGIN.timestamp() * 1_000_000)
CHANCE = 12  # bits of a number that come from chance: two rows of the same microsecond differ
SIZE = 16  # bytes


def number_at(moment: dt.datetime) -> int:
    """The lowest number that a row of this moment may bear: numbers follow time, hence periods are ranges."""
    return (int(moment.timestamp()) * 1_000_000 + moment.microsecond - EPOCH) << CHANCE


def moment_of(number: int) -> dt.datetime:
    """When the row of this number was written (UTC): its number tells it, even once the row has gone."""
    return dt.datetime.fromtimestamp(0, dt.UTC) + dt.timedelta(microseconds=(number >> CHANCE) + EPOCH)


_drawing = Lock()
_last = 0


def next_number() -> tuple[int, dt.datetime]:
    """A number that no other row bears, drawn without asking the database, and the moment that it tells (UTC)."""
    global _last
    microseconds = time.time_ns() // 1000
    number = (microseconds - EPOCH) << CHANCE | secrets.randbits(CHANCE)
    with _drawing:
        if number >> CHANCE == _last >> CHANCE:
            number = _last + 1
        _last = number
    moment = dt.datetime.fromtimestamp(microseconds // 1_000_000, dt.UTC).replace(microsecond=microseconds % 1_000_000)
    return number, moment


@lru_cache(maxsize=8)
def _keyed(secret: str, purpose: str) -> Any:
    """The digest of nothing under our key, from which each digest goes on: half the price of beginning anew."""
    key = blake2b(secret.encode(), digest_size=32, person=purpose.encode()[:16]).digest()
    return blake2b(key=key, digest_size=SIZE)


def _digest(purpose: str, values: Any) -> str:
    digest = _keyed(settings.JOURNAL_KEY, purpose).copy()
    digest.update(repr(values).encode())
    return digest.hexdigest()


def row_digest(number: int, at: dt.datetime, others: Sequence[Any]) -> str:
    """Of one row: its number, its moment (UTC), and its other columns but this one, in their order."""
    since = at - ORIGIN
    return _digest("partaj.row", (number, since.days, since.seconds, since.microseconds, others))


def seal_digest(values: Sequence[Any]) -> str:
    return _digest("partaj.seal", values)


def batch_digest(digests: Iterable[str]) -> str:
    """Of the digests of a batch, in the order of their numbers."""
    return _digest("partaj.batch", "".join(digests))
