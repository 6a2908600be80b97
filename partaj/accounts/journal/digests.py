"""Keyed digests: whoever writes in the database without the key cannot make a row that holds.

A key is in force until its moment (settings.JOURNAL_KEYS_BEFORE), and the number of a row tells its moment: each row,
batch and seal has one key, and none is tried after another. A key of before, once known, makes no row of after; and
what was sealed under it is held by the first seal made under the next one.
"""

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
SET_BACK = 1_000_000  # microseconds
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
    """A number that no other row bears, drawn without asking the database, and the moment that it tells (UTC).

    While the clock stands still, or is set back by less than a second, one goes on from the last: a draw among those of
    a moment that has been could fall on one of its rows.
    """
    global _last
    number = (time.time_ns() // 1000 - EPOCH) << CHANCE | secrets.randbits(CHANCE)
    with _drawing:
        if 0 <= (_last >> CHANCE) - (number >> CHANCE) < SET_BACK:
            number = _last + 1
        _last = number
    return number, moment_of(number)


@lru_cache(maxsize=64)  # three purposes for each key
def _keyed(secret: str, purpose: str) -> Any:
    """The digest of nothing under our key, from which each digest goes on: half the price of beginning anew."""
    key = blake2b(secret.encode(), digest_size=32, person=purpose.encode()[:16]).digest()
    return blake2b(key=key, digest_size=SIZE)


@lru_cache(maxsize=8)
def _ends(before: tuple[tuple[dt.datetime, str], ...]) -> list[tuple[int, str]]:
    """Keys of before, the oldest first, each with the first number that is no more its own."""
    return [(number_at(until), key) for until, key in sorted(before)]


def _key_at(number: int) -> str:
    for end, key in _ends(settings.JOURNAL_KEYS_BEFORE):
        if number < end:
            return key
    return settings.JOURNAL_KEY


def _digest(purpose: str, number: int, values: Any) -> str:
    """Under the key in force when this number was drawn."""
    digest = _keyed(_key_at(number), purpose).copy()
    digest.update(repr(values).encode())
    return digest.hexdigest()


def row_digest(number: int, at: dt.datetime, others: Sequence[Any]) -> str:
    """Of one row: its number, its moment (UTC), and its other columns but this one, in their order."""
    since = at - ORIGIN
    return _digest("partaj.row", number, (number, since.days, since.seconds, since.microseconds, others))


def seal_digest(number: int, values: Sequence[Any]) -> str:
    """Of a seal whose last row has this number, hence under the key of that row, whenever it was sealed."""
    return _digest("partaj.seal", number, values)


def batch_digest(number: int, digests: Iterable[str]) -> str:
    """Of the digests of a batch, in the order of their numbers, of which this is the last."""
    return _digest("partaj.batch", number, "".join(digests))
