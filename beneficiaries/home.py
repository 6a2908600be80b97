"""What the home page says of one's day: what is due, who is without news, who waits for a referent, who came last."""

from collections import Counter
from typing import Any

from django.db.models import Case, Count, DateField, IntegerField, OuterRef, Q, Subquery, Value, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from beneficiaries.columns import TOLD, read
from beneficiaries.deadlines import deadlines_of
from beneficiaries.models import Enrolment, ImportBatch, ImportLine, NextAction, silent_since
from beneficiaries.views.following import ACTION_COLUMNS, actions_in_words
from beneficiaries.views.handovers import offers_of
from beneficiaries.views.listing import prepared
from partaj.acts import Act, may
from partaj.formats import french_integer
from partaj.lists import COUNT_CAP
from partaj.programmes.models import Programme

LATEST = 6
DUE_SHOWN = 8


class CappedCount(Subquery):
    """How many rows the subquery gives, counted no further than it is sliced."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) capped)"
    output_field = IntegerField()


def in_words(count: int) -> str:
    return f"plus de {french_integer(COUNT_CAP)}" if count > COUNT_CAP else french_integer(count)


def youths_panel(request: HttpRequest, programmes: list[Any]) -> dict[str, Any] | None:
    """For those who log youths, in the programmes that run."""
    running = [each for each in programmes if not each.is_closed and may(request.user, Act.LOG_YOUTHS, each)]
    if not running:
        return None
    mine, today = Enrolment.objects.visible_to(request.user), timezone.localdate()
    here = mine.filter(programme=OuterRef("pk")).order_by().values("pk")
    silent = silent_since(here, OuterRef("silent_day"))
    days = Case(
        *(When(pk=each.pk, then=Value(each.silent_before(today))) for each in running), output_field=DateField()
    )
    counts = (
        Programme.objects.filter(pk__in=[each.pk for each in running])
        .annotate(silent_day=days)
        .values_list(
            "pk",
            CappedCount(here[: COUNT_CAP + 1]),
            CappedCount(here.under_way().filter(referent=None)[: COUNT_CAP + 1]),
            CappedCount(here.under_way().filter(referent=request.user.pk)[: COUNT_CAP + 1]),
            CappedCount(silent.filter(referent=request.user.pk)[: COUNT_CAP + 1]),
            CappedCount(silent[: COUNT_CAP + 1]),
        )
    )
    by_programme = {pk: numbers for pk, *numbers in counts}
    lists = {each.pk: reverse("beneficiaries:list", args=[each.number]) for each in running}
    newest = read(mine.filter(programme__in=lists), TOLD, "programme_id")
    latest = list(newest.order_by("-contacted_on", "pk")[:LATEST])
    request.trace.listed(row["pk"] for row in latest)  # type: ignore[attr-defined]
    return {
        "programmes": [_line(each, lists[each.pk], *by_programme[each.pk]) for each in running],
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
    running = {each.pk: each for each in programmes if not each.is_closed and may(request.user, Act.LOG_YOUTHS, each)}
    if not running:
        return None
    today = timezone.localdate()
    mine = NextAction.objects.visible_to(request.user).still_open().of(request.user)
    mine = mine.filter(enrolment__programme__in=running)
    due = mine.filter(due_on__lte=today)
    counts = mine.aggregate(
        overdue=Count("pk", filter=Q(due_on__lt=today)),
        today=Count("pk", filter=Q(due_on=today)),
        later=Count("pk", filter=Q(due_on__gt=today)),
    )
    rows = list(due.values(*ACTION_COLUMNS).order_by("due_on", "pk")[:DUE_SHOWN])
    deadlines = deadlines_of(request.user)
    shown = deadlines[:DUE_SHOWN]
    request.trace.listed(row["enrolment"] for row in [*rows, *shown])  # type: ignore[attr-defined]
    return counts | {
        "actions": actions_in_words(rows),
        "deadlines": shown,
        "more_deadlines": len(deadlines) - len(shown),
        "more": counts["overdue"] + counts["today"] - len(rows),
        "url": reverse("beneficiaries:actions"),
    }


def offers_panel(request: HttpRequest, programmes: list[Any]) -> dict[str, Any] | None:
    """Files that somebody proposes to hand over, told without their names; and what became of those one proposed."""
    if not may(request.user, Act.LOG_YOUTHS):
        return None
    offers = offers_of(request.user)
    if not any(offers.values()):
        return None
    request.trace.listed(row["number"] for rows in offers.values() for row in rows)  # type: ignore[attr-defined]
    return {**offers, "url": reverse("beneficiaries:handovers")}


def _line(programme: Any, url: str, total: int, alone: int, followed: int, mute: int, all_mute: int) -> dict[str, Any]:
    """`followed`: by the reader; `mute`: of those, without news; `all_mute`: of all whom the reader may see."""
    gone = f"{url}?f-silence=silent"
    return {
        "label": str(programme),
        "total": in_words(total),
        "unit": "jeune" if total < 2 else "jeunes",
        "alone": in_words(alone) if alone else "",
        "alone_url": f"{url}?f-referent=nobody&f-presence=present",
        "followed": in_words(followed) if followed else "",
        "followed_url": f"{url}?f-referent=me&f-presence=present",
        "silent": in_words(mute) if mute else "",
        "silent_url": f"{gone}&f-referent=me",
        "all_silent": in_words(all_mute) if all_mute else "",
        "all_silent_url": gone,
        "silent_days": programme.silent_after_days,
        "url": url,
        "new_url": f"{url}nouveau/",
    }
