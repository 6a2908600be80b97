"""Seals: batches of rows bound to one another, so that no row can be changed, removed, added or moved unseen.

A seal covers every row whose number lies after the seal before, up to its own last one. Only rows older than SETTLED
are sealed: a transaction that is still open would otherwise add a row behind a seal. Sealing locks nothing that readers
write; two sealings at once are stopped by the rank. What follows the last seal is held by the rows' own digests
alone: seal often, and keep the digest that `seal_journal` prints somewhere else.
"""

from __future__ import annotations

import datetime as dt
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db import DatabaseError, transaction
from django.utils import timezone

from partaj.accounts.journal.digests import batch_digest, moment_of, number_at, seal_digest
from partaj.accounts.journal.models import SIGNED_ATTNAMES, JournalEntry, JournalSeal, digest_of

SETTLED = dt.timedelta(minutes=5)
LARGEST = 10_000
BEGINNING = "-" * 32
COLUMNS = (*SIGNED_ATTNAMES, "digest")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was written, in words; `number` where a row can be named, `at` where it is there."""

    words: str
    number: int | None = None
    at: dt.datetime | None = None

    def __str__(self) -> str:
        return self.words if self.number is None else f"ligne {self.number} : {self.words}"


def packed(numbers: list[int]) -> bytes:
    return zlib.compress(struct.pack(f">{len(numbers)}q", *numbers))


def unpacked(members: bytes | memoryview) -> list[int]:
    raw = zlib.decompress(bytes(members))
    return list(struct.unpack(f">{len(raw) // 8}q", raw))


def bound(seal: JournalSeal) -> str:
    """The digest that a seal must bear: all that it says, and the seal before."""
    return seal_digest(seal.last, (seal.rank, seal.last, seal.count, bytes(seal.members).hex(), seal.rows,
                                   seal.previous, seal.sealed_at.astimezone(dt.UTC).isoformat()))  # fmt: skip


def purge_mark(seal: JournalSeal, purged_at: dt.datetime) -> str:
    return seal_digest(number_at(purged_at), ("purge", seal.digest, purged_at.astimezone(dt.UTC).isoformat()))


def seal_journal(now: dt.datetime | None = None) -> list[JournalSeal]:
    """Seal all that has settled, in batches of at most LARGEST rows. Raises IntegrityError where another one does."""
    now = now or timezone.now()
    made: list[JournalSeal] = []
    last = JournalSeal.objects.order_by("-rank").first()
    while True:
        rows = JournalEntry.objects.filter(number__lt=number_at(now - SETTLED)).order_by("number")
        rows = rows.filter(number__gt=last.last) if last else rows
        batch = list(rows.values_list("number", "digest")[:LARGEST])
        if not batch:
            return made
        numbers = [number for number, _ in batch]
        seal = JournalSeal(
            rank=last.rank + 1 if last else 1, last=numbers[-1], count=len(batch), members=packed(numbers),
            rows=batch_digest(numbers[-1], (digest for _, digest in batch)),
            previous=last.digest if last else BEGINNING, sealed_at=now, purge="",
        )  # fmt: skip
        seal.digest = bound(seal)
        with transaction.atomic():
            seal.save(force_insert=True)
        made.append(seal)
        last = seal


def verify_journal(anchors: dict[int, str] | None = None) -> Iterator[Fault]:
    """Everything that is not as it was written, row by row. `anchors`: digests of seals noted elsewhere, by rank."""
    rows = JournalEntry.objects.order_by("number").values_list(*COLUMNS).iterator(chunk_size=5000)
    rank, previous, noted, waiting = 0, BEGINNING, dict(anchors or {}), next(rows, None)
    for seal in JournalSeal.objects.order_by("rank").iterator(chunk_size=50):
        yield from _faults_of_seal(seal, rank + 1, previous, noted.pop(seal.rank, None))
        rank, previous = seal.rank, seal.digest
        batch: list[tuple] = []
        if waiting is not None and waiting[0] <= seal.last:
            batch, last = [waiting], seal.last
            for waiting in rows:
                if waiting[0] > last:
                    break
                batch.append(waiting)
            else:
                waiting = None
        yield from _faults_of_rows(batch)
        yield from _faults_of_batch(seal, [(row[0], row[1], row[-1]) for row in batch])
    yield from (Fault(f"le sceau {missing} a disparu") for missing in noted)
    if waiting is not None:
        yield from _faults_of_rows([waiting])
        yield from _faults_of_rows(rows)


def _faults_of_rows(rows: Iterable[tuple]) -> Iterator[Fault]:
    """SQLite keeps any text as a moment, and gives it back as None: such a row is named like the others."""
    wrong = (row for row in rows if row[1] is None or digest_of(row) != row[-1])
    return (Fault("modifiée, ajoutée ou déplacée", row[0], row[1]) for row in wrong)


def _faults_of_seal(seal: JournalSeal, rank: int, previous: str, anchor: str | None) -> Iterator[Fault]:
    if seal.rank != rank:
        yield Fault(f"il manque un sceau avant le sceau {seal.rank}")
    if bound(seal) != seal.digest:
        yield Fault(f"le sceau {seal.rank} a été modifié")
    if seal.previous != previous and seal.rank == rank:
        yield Fault(f"le sceau {seal.rank} ne suit pas le précédent")
    if anchor is not None and anchor != seal.digest:
        yield Fault(f"le sceau {seal.rank} n’est pas celui qui avait été noté")
    if seal.purged_at and purge_mark(seal, seal.purged_at) != seal.purge:
        yield Fault(f"le sceau {seal.rank} se dit purgé et ne l’a pas été par PARTAJ")


def _faults_of_batch(seal: JournalSeal, found: list[tuple[int, dt.datetime, str]]) -> Iterator[Fault]:
    if seal.purged_at:
        yield from (Fault("ajoutée dans un lot purgé", number, at) for number, at, _ in found)
        return
    if len(found) == seal.count and batch_digest(seal.last, (digest for _, _, digest in found)) == seal.rows:
        return
    try:
        members = unpacked(seal.members)
    except (zlib.error, struct.error):
        yield Fault(f"le lot du sceau {seal.rank} n’est plus celui qui a été scellé")
        return
    present = {number: at for number, at, _ in found}
    yield from (Fault("supprimée", number) for number in members if number not in present)
    added = sorted(present.keys() - set(members))
    yield from (Fault("ajoutée après le sceau", number, present[number]) for number in added)
    if present.keys() == set(members):
        yield Fault(f"des lignes du lot {seal.rank} ont une autre empreinte que le jour du sceau")


@dataclass(frozen=True, slots=True)
class Waiting:
    """The rows that no seal covers yet, and the moment of the first of them (UTC)."""

    count: int
    since: dt.datetime | None


def unsealed() -> Waiting:
    last = JournalSeal.objects.order_by("-rank").first()
    rows = JournalEntry.objects.filter(number__gt=last.last) if last else JournalEntry.objects.all()
    first = rows.order_by("number").values_list("number", flat=True).first()
    return Waiting(rows.count(), moment_of(first) if first is not None else None)


@dataclass(slots=True)
class Purge:
    """What a purge did: batches and rows gone, up to which moment; the seals that it did not dare to follow.

    `refused`: why the database stopped it on the way, "" where it did not.
    """

    batches: int = 0
    rows: int = 0
    until: dt.datetime | None = None
    suspect: list[int] = field(default_factory=list)
    refused: str = ""


def purge_journal(before: dt.datetime, now: dt.datetime | None = None, *, dry_run: bool = False) -> Purge:
    """Remove the rows of the batches that end before `before`, a batch at a time; their seals stay and say so.

    A seal that was altered could name rows of today: its batch is left, and its rank is told.
    """
    now, done = now or timezone.now(), Purge()
    for seal in list(JournalSeal.objects.filter(purged_at=None, last__lt=number_at(before)).order_by("rank")):
        if bound(seal) != seal.digest:
            done.suspect.append(seal.rank)
            continue
        try:
            done.rows += _forgotten(seal, now, dry_run=dry_run)
        except DatabaseError as refusal:
            done.refused = str(refusal).splitlines()[0]
            break
        done.batches, done.until = done.batches + 1, moment_of(seal.last)
    return done


def _forgotten(seal: JournalSeal, now: dt.datetime, *, dry_run: bool) -> int:
    members = JournalEntry.objects.filter(number__in=unpacked(seal.members))
    if dry_run:
        return members.count()
    with transaction.atomic():
        gone = members.forget()
        seal.purged_at, seal.purge = now, purge_mark(seal, now)
        seal.save(update_fields=["purged_at", "purge"])
    return gone
