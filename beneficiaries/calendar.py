"""What of somebody's work has a day, for their agenda outside of the site, where anybody might look over a shoulder.

No name, and nothing that somebody typed: what it is, initials, the number of the file, and its page, which asks to sign
in. Upper floors append theirs to SOURCES. Each asks `visible_to` anew: what its reader does not see any more is gone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst

from beneficiaries import file_lines
from beneficiaries.deadlines import coming_to
from beneficiaries.following import promised_by
from beneficiaries.models import Gathering
from beneficiaries.models.people import initials_of
from partaj.formats import NBSP, french_time

PAST, AHEAD = dt.timedelta(days=30), dt.timedelta(days=400)
MOST = 1000  # entries; nobody has as many within fourteen months


@dataclass(frozen=True, slots=True)
class Entry:
    """`key`: what it is and its number, the same at each reading. `file`: the number of the youth's file, if there is
    one. `path`: the page that tells more, for who signs in."""

    key: str
    day: dt.date
    label: str
    path: str
    file: int | None = None


def entries_of(owner: Any) -> list[Entry]:
    """From thirty days past to four hundred ahead, by day; a fixed number of queries."""
    today = timezone.localdate()
    found = [entry for source in SOURCES for entry in source(owner, today - PAST, today + AHEAD)]
    return sorted(found, key=lambda each: (each.day, each.key))[:MOST]


def _of_file(row: dict[str, Any], key: str, day: dt.date, label: str) -> Entry:
    """`row`: `file_lines.COLUMNS` of what hangs on the file."""
    number, names = row["enrolment"], "enrolment__beneficiary__"
    initials = initials_of(row[f"{names}first_name"], row[f"{names}usage_name"] or row[f"{names}last_name"])
    told = " · ".join([label, initials, f"dossier n°{NBSP}{number}"])
    return Entry(key, day, told, file_lines.file_line(row)["file_url"], number)


def own_actions(owner: Any, first: dt.date, last: dt.date) -> list[Entry]:
    """What they have promised and not done yet; what it is stays here: somebody may be named in it."""
    mine = promised_by(owner).due_between(first, last).order_by("due_on", "pk")
    rows = mine.values("pk", "due_on", *file_lines.COLUMNS)[:MOST]
    return [_of_file(row, f"action {row['pk']}", row["due_on"], "Action à faire") for row in rows]


def own_deadlines(owner: Any, first: dt.date, last: dt.date) -> list[Entry]:
    """Of the contracts of those whom they follow: the end of the trial, the end of the contract."""
    found = []
    for row in coming_to(owner, first, last).values("pk", "trial_ends_on", "ends_on", *file_lines.COLUMNS)[:MOST]:
        for what, label in (("trial_ends_on", "Fin de période d’essai"), ("ends_on", "Fin de contrat")):
            if row[what] and first <= row[what] <= last:
                found.append(_of_file(row, f"contract {row['pk']} {what}", row[what], label))
    return found


def own_gatherings(owner: Any, first: dt.date, last: dt.date) -> list[Entry]:
    """Meetings and workshops of the territories and programmes where they work, by what they are: titles and places are
    words that somebody typed. An administrator, who sees all, runs none."""
    everything = Gathering.objects.all()
    theirs = everything.visible_to(owner).filter(everything.visibility(owner.reach), programme__closed_on=None)
    rows = theirs.coming(first).filter(held_on__lte=last).select_related("programme", "territory")
    return [
        Entry(f"gathering {row.pk}", row.held_on, _of_gathering(row), row.get_absolute_url())
        for row in rows.order_by("held_on", "pk")[:MOST]
    ]


def _of_gathering(row: Gathering) -> str:
    hour = f" à {french_time(row.starts_at)}" if row.starts_at else ""
    return f"{capfirst(row.get_kind_display())}{hour} · {row.territory or 'tout le programme'}"


SOURCES: list[Callable[[Any, dt.date, dt.date], list[Entry]]] = [own_actions, own_deadlines, own_gatherings]
