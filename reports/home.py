"""For evaluators and funders, who read counts and no names: their programmes' tables, and how far they have come."""

from __future__ import annotations

from typing import Any

from django.db.models import Max
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from partaj.acts import Act, may
from reports.models import DeclaredFigure
from reports.registry import REPORTS


def reports_panel(request: HttpRequest, programmes: list[Any]) -> dict[str, Any] | None:
    """In the programmes of which the reader sees no names. Not one figure here: the tables hide the small ones, a
    panel would have to do so again. `declared_on`: when somebody last declared a figure, None where nobody has."""
    reach = request.user.reach  # type: ignore[union-attr]
    read = [
        each for each in programmes if may(request.user, Act.READ_REPORTS, each) and not reach.sees_names_in(each.pk)
    ]
    if not read:
        return None
    declared = DeclaredFigure.objects.visible_to(request.user).current().filter(programme__in=read).order_by()
    latest = dict(declared.values_list("programme").annotate(latest=Max("declared_at")))
    return {
        "programmes": [
            {
                "label": str(each),
                "closed_on": each.closed_on,
                "declared_on": timezone.localtime(latest[each.pk]) if each.pk in latest else None,
                "url": reverse("reports:index", args=[each.number]),
                "reports": [
                    {"title": report.title, "url": reverse("reports:report", args=[each.number, report.code])}
                    for report in REPORTS.values()
                ],
            }
            for each in read
        ]
    }
