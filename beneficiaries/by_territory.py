"""For who answers for programmes: territory by territory, how many are followed and what waits for somebody."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from beneficiaries.home import Silences, silences, silent_days
from beneficiaries.models import NEW_FOR, Enrolment
from beneficiaries.waiting import ALONE, NEW, OUTCOME, OVERDUE, PRESENT, SILENT, CappedCount, in_words
from partaj.acts import Act, may
from partaj.prepared import Reader, answers
from partaj.programmes.models import Programme

COLUMNS = {
    "present": ("En cours", PRESENT),
    "new": ("Nouveaux", NEW),
    "alone": ("Sans référent", ALONE),
    "silent": ("Sans nouvelles", SILENT),
    "overdue": ("Une action en retard", OVERDUE),
    "outcomes": ("Devenir à noter", OUTCOME),
}


def territories_panel(request: HttpRequest, programmes: list[Any]) -> dict[str, Any] | None:
    """The programmes that run and of which the reader answers whole. One query, however many territories."""
    led = {each.pk: each for each in programmes if not each.is_closed and may(request.user, Act.REVIEW_ACCESS, each)}
    if not led:
        return None
    today = timezone.localdate()
    found: dict[int, list[dict[str, Any]]] = {}
    for row in answers(_places, Reader.of(request.user), today, silences(list(led.values()), today)):
        url = reverse("beneficiaries:list", args=[led[row["programme"]].number])
        found.setdefault(row["programme"], []).append(_row(row, f"{url}?f-territory={row['territory']}"))
    return {
        "headings": [label for label, _ in COLUMNS.values()],
        "new_days": NEW_FOR.days,
        "programmes": [
            {"label": str(each), "silent_days": each.silent_after_days, "rows": found[pk]}
            for pk, each in led.items()
            if pk in found
        ],
    } if found else None  # fmt: skip


def _places(reader: Reader, today: dt.date, since: Silences) -> QuerySet:
    mine = Enrolment.objects.visible_to(reader)
    here = mine.filter(programme=OuterRef("programme"), territory=OuterRef("territory")).order_by().values("pk")
    counts = {
        name: CappedCount(figure.among(here, today, OuterRef("silent_day"))) for name, (_, figure) in COLUMNS.items()
    }
    return (
        Programme.territories.through.objects.filter(programme__in=[pk for pk, _ in since])
        .annotate(silent_day=silent_days(since, "programme"))
        .order_by("territory__folded_name", "pk")
        .values("programme", "territory", "territory__name", **counts)
    )


def _row(row: Any, url: str) -> dict[str, Any]:
    """Each figure with the address of the list that it counts."""
    figures = [
        {"label": label, "count": row[name], "words": in_words(row[name]), "url": f"{url}&{figure.query}"}
        for name, (label, figure) in COLUMNS.items()
    ]
    return {"name": row["territory__name"], "url": url, "figures": figures}
