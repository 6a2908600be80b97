"""What the access journal and the scoping cost a page, and what it costs to verify a journal."""

import datetime as dt
import gc
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from unittest import mock

from django.db import connection, transaction

from partaj import prepared
from partaj.accounts.journal.digests import number_at
from partaj.accounts.journal.models import SIGNED, JournalEntry, JournalSeal, digest_of
from partaj.accounts.journal.sealing import COLUMNS, seal_journal, verify_journal
from partaj.accounts.journal.trace import Trace
from partaj.scoping import ScopedQuerySet
from tests.bench.timing import Ratio, against

# Questions composed without scoping are not those that are composed with it.
UNSCOPED = lru_cache(maxsize=prepared.QUESTIONS)(prepared._composed.__wrapped__)
BEGINNING = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@contextmanager
def neither() -> Iterator[None]:
    """Pages as they would be if nothing were written down and everybody saw everything."""
    silent = {name: lambda *args, **kwargs: None for name in ("close", "opened", "listed")}
    everything = mock.patch.object(ScopedQuerySet, "visible_to", lambda rows, user: rows.all())
    composed = mock.patch.object(prepared, "_composed", UNSCOPED)
    with mock.patch.multiple(Trace, **silent), everything, composed:
        yield


def cost(job: str, get: Callable[[], None], runs: int = 41) -> Ratio:
    """The processor time of a page with the journal and the scoping, against the same page without, in turn."""

    def spent() -> float:
        start = time.process_time()
        for _ in range(5):
            get()
        return time.process_time() - start

    gc.collect()
    pairs = []
    for _ in range(runs):
        mine = spent()
        with neither():
            pairs.append((mine, spent()))
    ratio = statistics.median(mine / bare for mine, bare in pairs)
    detail = " / ".join(f"{statistics.median(side) * 200:.1f}" for side in zip(*pairs, strict=True))
    return Ratio(f"{job}, journal et cloisonnement", "processeur sans eux", ratio, 1.15, detail=f"{detail} ms")


def verifying(size: int) -> list[Ratio]:
    """Rows of a whole year, sealed, verified against reading them; taken away again."""
    with transaction.atomic():
        _fill(size)
        seal_journal(BEGINNING + dt.timedelta(days=400))

        def read() -> None:
            rows = JournalEntry.objects.order_by("number").values_list(*COLUMNS)
            assert sum(1 for _ in rows.iterator(chunk_size=5000)) == size

        def verify() -> None:
            assert list(verify_journal()) == []

        mine, plain, ratio = against(verify, read, runs=3)
        transaction.set_rollback(True)
    label = f"{size:,} lignes de journal vérifiées".replace(",", " ")
    return [Ratio(label, "les lire", ratio, 3, detail=f"{mine:.1f} / {plain:.1f} s")]


def _fill(size: int) -> None:
    """Ours go first: what the bench's own visits wrote would stand after the last seal."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")  # the journal may not be emptied otherwise
        for model in (JournalEntry, JournalSeal):
            cursor.execute(f"DELETE FROM {model._meta.db_table}")
        names = [JournalEntry._meta.get_field(name).column for name in (*SIGNED, "digest")]
        insert = f"INSERT INTO accounts_journalentry ({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))})"
        step = dt.timedelta(days=360) / size
        for start in range(0, size, 10_000):
            cursor.executemany(insert, [_row(n, step) for n in range(start, min(start + 10_000, size))])


def _row(n: int, step: dt.timedelta) -> list[Any]:
    at = BEGINNING + step * n
    shown = " " + " ".join(str(n + each) for each in range(50)) + " " if n % 4 == 0 else ""
    values: list[Any] = [number_at(at), at, None, "caseworker", "read", "beneficiaries:detail", None, n, "", shown, "",
                         "192.0.2.1"]  # fmt: skip
    return [values[0], connection.ops.adapt_datetimefield_value(at), *values[2:], digest_of(values)]
