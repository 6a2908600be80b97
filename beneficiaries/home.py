"""What the home page says of one's day: what is due, who is without news, who waits for a referent, who came last."""

import datetime as dt
from collections import Counter
from typing import Any

from django.db.models import Case, Count, DateField, OuterRef, QuerySet, Value, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from beneficiaries.columns import TOLD, read
from beneficiaries.deadlines import deadlines_of
from beneficiaries.following import promised_by
from beneficiaries.models import NEW_FOR, Enrolment, Handover, ImportBatch, ImportLine
from beneficiaries.views.following import ACTION_COLUMNS, actions_in_words
from beneficiaries.views.handovers import offers_of
from beneficiaries.views.listing import as_lines
from beneficiaries.waiting import ALONE, NEW, OUTCOME, PRESENT, SILENT, CappedCount, in_words
from partaj.acts import Act, may
from partaj.lists import COUNT_CAP
from partaj.prepared import Reader, answers
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
Silences = tuple[tuple[int, dt.date], ...]  # by programme, the day since which one is without news


def silences(running: list[Any], today: dt.date) -> Silences:
    return tuple((each.pk, each.silent_before(today)) for each in running)


def silent_days(since: Silences, programme: str) -> Case:
    """In a query: that day, by the programme that the column `programme` names."""
    days = (When(**{programme: pk}, then=Value(day)) for pk, day in since)
    return Case(*days, output_field=DateField())


def youths_panel(request: HttpRequest, programmes: list[Any]) -> dict[str, Any] | None:
    """For those who log youths, in the programmes that run."""
    running = [each for each in programmes if not each.is_closed and may(request.user, Act.LOG_YOUTHS, each)]
    if not running:
        return None
    reader, today = Reader.of(request.user), timezone.localdate()
    by_programme = {row["pk"]: row for row in answers(_counts, reader, today, silences(running, today))}
    lists = {each.pk: reverse("beneficiaries:list", args=[each.number]) for each in running}
    latest = answers(_latest, reader, tuple(lists))
    request.trace.listed(row["pk"] for row in latest)  # type: ignore[attr-defined]
    return {
        "programmes": [_line(each, lists[each.pk], by_programme[each.pk]) for each in running],
        "latest": [as_lines([row], lists[row["programme_id"]])[0] for row in latest],
    }


def _counts(reader: Reader, today: dt.date, since: Silences) -> QuerySet:
    here = Enrolment.objects.visible_to(reader).filter(programme=OuterRef("pk")).order_by().values("pk")
    theirs = {False: here, True: here.filter(referent=reader.pk)}
    counted = {"total": here} | {
        name: figure.among(theirs[own], today, OuterRef("silent_day")) for name, (figure, own) in FIGURES.items()
    }
    running = Programme.objects.filter(pk__in=[pk for pk, _ in since]).annotate(silent_day=silent_days(since, "pk"))
    return running.values("pk", **{name: CappedCount(rows) for name, rows in counted.items()})


def _latest(reader: Reader, programmes: tuple[int, ...]) -> QuerySet:
    mine = Enrolment.objects.visible_to(reader).filter(programme__in=programmes)
    return read(mine, TOLD, "programme_id").order_by("-contacted_on", "pk")[:LATEST]


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
    return {"youths": [as_lines([row], lists[row["programme_id"]])[0] for row in rows]}


def day_panel(request: HttpRequest, programmes: list[Any]) -> dict[str, Any] | None:
    """What one has promised to do, overdue or today, in the programmes that run."""
    if not any(not each.is_closed and may(request.user, Act.LOG_YOUTHS, each) for each in programmes):
        return None
    today = timezone.localdate()
    # All of them, for their days: one query, and nobody has promised more than a list counts.
    mine = answers(_promised, Reader.of(request.user))
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


def _promised(reader: Reader) -> QuerySet:
    return promised_by(reader).values(*ACTION_COLUMNS).order_by("due_on", "pk")[:COUNT_CAP]


def offers_panel(request: HttpRequest, programmes: list[Any]) -> dict[str, Any] | None:
    """Files that somebody proposes to hand over, told without their names; and what became of those one proposed."""
    if not may(request.user, Act.LOG_YOUTHS) or not answers(_concerning, Reader.of(request.user)):
        return None  # as on most mornings
    offers = offers_of(request.user)
    request.trace.listed(row["number"] for rows in offers.values() for row in rows)  # type: ignore[attr-defined]
    return {**offers, "url": reverse("beneficiaries:handovers")}


def _concerning(reader: Reader) -> QuerySet:
    return Handover.objects.concerning(reader).values("pk")[:1]


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
