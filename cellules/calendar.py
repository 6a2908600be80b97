"""The sessions to come, in the agenda of those who run their cells."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils import timezone

from beneficiaries.calendar import MOST, Entry
from cellules.models import Session
from partaj.scoping import answered_for


def coming_sessions(owner: Any, first: dt.date, last: dt.date) -> list[Entry]:
    """On the territories or in the programmes of which they answer; an administrator, who sees all, runs none. Told by
    its territory: the name of a cell and its place are words that somebody typed."""
    theirs = Session.objects.visible_to(owner).filter(answered_for(owner.reach, "cell__"))
    theirs = theirs.filter(cell__programme__closed_on=None, held_on__gte=timezone.localdate(), held_on__lte=last)
    rows = theirs.order_by("held_on", "pk").values_list(
        "pk", "held_on", "cell__territory__name", "cell__programme__number"
    )
    return [
        Entry(f"session {pk}", day, f"Séance de cellule · {territory}", reverse("cellules:session", args=[number, pk]))
        for pk, day, territory, number in rows[:MOST]
    ]
