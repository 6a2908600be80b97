"""Lines of the journal as a CSV, for the officer: streamed, with who exported what, when, at its end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone

from partaj.accounts.journal.words import lines_of
from partaj.accounts.models import JournalEntry
from partaj.formats import french_date
from partaj.spreadsheets import csv_lines

HEADERS = ["Ligne", "Quand (UTC)", "Quand (heure de Paris)", "Qui", "Compte", "En tant que", "Acte", "Fait", "Page",
           "Programme", "Dossier", "Dossiers montrés", "Adresse IP"]  # fmt: skip
CHUNK = 2000


def csv_response(
    rows: QuerySet, name: str, colophon: list[tuple[str, str]], user: Any, *, of_file: int | None = None
) -> StreamingHttpResponse:
    """`rows`: narrowed to what `user` may see. `of_file`: one file, hence nothing of the others shown beside it."""
    now = timezone.localtime()
    said = [*colophon, ("Exporté par", str(user)), ("Le", f"{french_date(now)} à {now:%H:%M} (heure de Paris)")]
    lines = csv_lines(HEADERS, _rows(rows.order_by("number"), of_file), said)
    return StreamingHttpResponse(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}-{now:%Y-%m-%d}.csv"',
            "Cache-Control": "no-store, private",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _rows(rows: QuerySet, of_file: int | None) -> Iterator[list[Any]]:
    entries: Iterator[JournalEntry] = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(entries, CHUNK)):
        for entry, line in zip(chunk, lines_of(chunk, of_file=of_file), strict=True):
            yield [
                str(entry.number), f"{entry.at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S.%fZ}", line.when, line.who,
                entry.actor_id or "", line.roles, entry.get_kind_display(), line.act, line.page, line.programme,
                of_file or entry.enrolment_id or "", "" if of_file else entry.shown.strip(), line.address,
            ]  # fmt: skip
