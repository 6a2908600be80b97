"""Where accepted files lie: under names of our own, outside the web root; they leave as attachments, never as pages."""

from __future__ import annotations

import datetime as dt
import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404

from partaj.uploads.gate import Accepted, clean_name

NAME = re.compile(r"[0-9a-f]{32}")
PARTIAL = ".partial"
# A file opened in spite of all runs nothing, shows nothing of ours and asks for nothing.
POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


def keep(accepted: Accepted) -> str:
    """Writes the bytes whole or not at all; gives the name under which to ask for them again."""
    name = secrets.token_hex(16)
    path = _path(name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_suffix(PARTIAL)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(accepted.content)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)
    return name


def discard(name: str) -> None:
    """The file is gone; no error where it was already."""
    _path(name).unlink(missing_ok=True)


def stored(before: dt.datetime) -> Iterator[str]:
    """The names of the files that lie here since before that moment; what a killed process left half written too."""
    for path in sorted(Path(settings.PRIVATE_MEDIA_ROOT).glob("??/*")):
        if NAME.fullmatch(path.name.removesuffix(PARTIAL)) and path.stat().st_mtime < before.timestamp():
            yield path.name


# Which files the tables still name: each application adds its own in its `AppConfig.ready()`.
NAMED_BY: list[Callable[[], Iterable[str]]] = []


def discard_orphans(*, before: dt.datetime, dry_run: bool = False) -> tuple[int, int]:
    """Removes the files that no table names, left by what was undone half-way. How many; and how many are named and
    missing. A file that has just come in is not named yet, hence `before`."""
    named = {name for names in NAMED_BY for name in names()}
    orphans = [name for name in stored(before) if name not in named]
    for name in [] if dry_run else orphans:
        _path(name.removesuffix(PARTIAL)).with_name(name).unlink(missing_ok=True)
    return len(orphans), sum(not _path(name).exists() for name in named)


def hand_out(name: str, *, filename: str, mime: str) -> FileResponse:
    """The file as an attachment. Raises Http404 where there is none. Who may read it is for the page to say first."""
    try:
        file = _path(name).open("rb")
    except (FileNotFoundError, ValueError):
        raise Http404 from None
    response = FileResponse(file, as_attachment=True, filename=clean_name(filename), content_type=mime)
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    return response


def _path(name: str) -> Path:
    """Raises ValueError for a name that we did not make: no address leads out of the vault."""
    if not NAME.fullmatch(name):
        raise ValueError("not a name of the vault")
    return Path(settings.PRIVATE_MEDIA_ROOT) / name[:2] / name
