"""What the home page says of one's day: what is due, who is without news, who waits for a referent, who came last."""

import datetime as dt
from collections import Counter
from typing import Any

from django.db.models import Case, Count, DateField, OuterRef, Value, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from beneficiaries.columns import TOLD, read
from beneficiaries.deadlines import deadlines_of
from beneficiaries.following import promised_by
from beneficiaries.models import NEW_FOR, Enrolment, Handover, ImportBatch, ImportLine
from beneficiaries.views.following import ACTION_COLUMNS, actions_in_words
from beneficiaries.views.handovers import offers_of
from beneficiaries.views.listing import prepared
from beneficiaries.waiting import ALONE, NEW, OUTCOME, PRESENT, SILENT, CappedCount, in_words
from partaj.acts import Act, may
from partaj.lists import COUNT_CAP
from partaj.programmes.models import Programme

LATEST = 6
DUE_SHOWN = 8
# What is counted in each programme: among all whom the reader may see, or (True) among those whom they follow.
FIGURES = {
    "new": (NEW, False),
    "all_silent": (SILENT, False),
    "alone": (ALONE, False),
    "followed": (PRESENT, True),
    "silent": (SILENT, True),
    "outcomes": (OUTCOME, True),
}


def silent_days(running: list[Any], today: dt.date, programme: str) -> Case:
    """In a query: the day since which one is without news, by the programme that the column `programme` names."""
    days = (When(**{programme: each.pk}, then=Value(each.silent_before(today))) for each in running)
    return Case(*days, output_field=DateField())


def youths_panel(request: HttpRequest, programmes: list[Any]) -> dict[str, Any] | None:
    """For those who log youths, in the programmes that run."""
    running = [each for each in programmes if not each.is_closed and may(request.user, Act.LOG_YOUTHS, each)]
    if not running:
        return None
    mine, today = Enrolment.objects.visible_to(request.user), timezone.localdate()
    here = mine.filter(programme=OuterRef("pk")).order_by().values("pk")
    theirs = {False: here, True: here.filter(referent=request.user.pk)}
    counted = {"total": here} | {
        name: figure.among(theirs[own], today, OuterRef("silent_day")) for name, (figure, own) in FIGURES.items()
    }
    counts = (
        Programme.objects.filter(pk__in=[each.pk for each in running])
        .annotate(silent_day=silent_days(running, today, "pk"))
        .values("pk", **{name: CappedCount(rows) for name, rows in counted.items()})
    )
    by_programme = {row["pk"]: row for row in counts}
    lists = {each.pk: reverse("beneficiaries:list", args=[each.number]) for each in running}
    newest = read(mine.filter(programme__in=lists), TOLD, "programme_id")
    latest = list(newest.order_by("-contacted_on", "pk")[:LATEST])
    request.trace.listed(row["pk"] for row in latest)  # type: ignore[attr-defined]
    return {
        "programmes": [_line(each, lists[each.pk], by_programme[each.pk]) for each in running],
        "latest": [prepared([row], lists[row["programme_id"]])[0] for row in latest],
    }


def lists_panel(request: HttpRequest, programmes: list[Any]) -> dict[str, Any] | None:
    """For those who receive lists, in the programmes that run: those to confirm, and lines that wait for somebody."""
    running = {each.pk: each for each in programmes if not each.is_closed and may(request.user, Act.IMPORT_LISTS, each)}
    if not running:
        return None
    ready, confirmed = ImportBatch.State.READY, ImportBatch.State.CONFIRMED
    mine = ImportBatch.objects.visible_to(request.user).filter(programme__in=running)
    lines = ImportLine.objects.visible_to(request.user).waiting().filter(batch__state=confirmed)
    to_confirm = Counter(mine.filter(state=ready).order_by().values_list("programme", flat=True))
    waiting = lines.filter(batch__programme__in=running).order_by().values_list("batch__programme")
    by_programme = dict(waiting.annotate(number=Count("pk")))
    found = [
        {
            "label": str(programme),
            "url": reverse("beneficiaries:batches", args=[programme.number]),
            "to_confirm": to_confirm[pk],
            "waiting": by_programme.get(pk, 0),
        }
        for pk, programme in running.items()
        if to_confirm[pk] or by_programme.get(pk)
    ]
    return {"programmes": found} if found else None


def guests_panel(request: HttpRequest, programmes: list[Any]) -> dict[str, Any] | None:
    """For tutors and cell members: the files open to them today, one click away."""
    reach = request.user.reach  # type: ignore[union-attr]
    numbers = {each.pk: each.number for each in programmes if each.pk in reach.tutored | reach.convened}
    if reach.everything or reach.managed or reach.ground or not numbers:
        return None
    open_to = Enrolment.objects.visible_to(request.user).filter(programme__in=numbers)
    rows = list(read(open_to, TOLD, "programme_id").order_by("sort_name", "pk")[: COUNT_CAP + 1])
    request.trace.listed(row["pk"] for row in rows)  # type: ignore[attr-defined]
    lists = {pk: reverse("beneficiaries:list", args=[number]) for pk, number in numbers.items()}
    return {"youths": [prepared([row], lists[row["programme_id"]])[0] for row in rows]}


def day_panel(request: HttpRequest, programmes: list[Any]) -> dict[str, Any] | None:
    """What one has promised to do, overdue or today, in the programmes that run."""
    if not any(not each.is_closed and may(request.user, Act.LOG_YOUTHS, each) for each in programmes):
        return None
    today = timezone.localdate()
    # All of them, for their days: one query, and nobody has promised more than a list counts.
    mine = list(promised_by(request.user).values(*ACTION_COLUMNS).order_by("due_on", "pk")[:COUNT_CAP])
    overdue = sum(row["due_on"] < today for row in mine)
    due = sum(row["due_on"] <= today for row in mine)
    rows = mine[: min(due, DUE_SHOWN)]
    deadlines = deadlines_of(request.user)
    shown = deadlines[:DUE_SHOWN]
    request.trace.listed(row["enrolment"] for row in [*rows, *shown])  # type: ignore[attr-defined]
    return {
        "overdue": overdue,
        "today": due - overdue,
        "later": len(mine) - due,
        "actions": actions_in_words(rows),
        "deadlines": shown,
        "more_deadlines": len(deadlines) - len(shown),
        "more": due - len(rows),
        "url": reverse("beneficiaries:actions"),
    }


def offers_panel(request: HttpRequest, programmes: list[Any]) -> dict[str, Any] | None:
    """Files that somebody proposes to hand over, told without their names; and what became of those one proposed."""
    if not may(request.user, Act.LOG_YOUTHS) or not Handover.objects.concerns(request.user):
        return None
    offers = offers_of(request.user)
    request.trace.listed(row["number"] for rows in offers.values() for row in rows)  # type: ignore[attr-defined]
    return {**offers, "url": reverse("beneficiaries:handovers")}


def _line(programme: Any, url: str, counts: Any) -> dict[str, Any]:
    """Each figure in words, "" where nobody is counted, and the address of its list."""
    line = {
        "label": str(programme),
        "total": in_words(counts["total"]),
        "unit": "jeune" if counts["total"] < 2 else "jeunes",
        "silent_days": programme.silent_after_days,
        "new_days": NEW_FOR.days,
        "new_unit": "premier contact" if counts["new"] < 2 else "premiers contacts",
        "outcomes_unit": "devenir à noter" if counts["outcomes"] < 2 else "devenirs à noter",
        "url": url,
        "intake_url": f"{url}nouveau/",
    }
    for name, (figure, own) in FIGURES.items():
        line[name] = in_words(counts[name]) if counts[name] else ""
        line[f"{name}_url"] = f"{url}?{figure.query}{'&f-referent=me' if own else ''}"
    return line
