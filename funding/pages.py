"""What the pages of projects and headcounts show, prepared as rows: the templates compute nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from funding.breakdowns import ALL, Parts, Tally
from funding.models import Headcount, Project
from funding.services import read_parts
from partaj.formats import french_date, french_integer
from partaj.programmes.models import Period
from partaj.revisions import Difference

HISTORY_SHOWN = 50
HEADCOUNTS_SHOWN = 200


def with_totals(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Each project with the youths and adults that it reports."""

    def total(name: str) -> Coalesce:
        counted = Headcount.objects.filter(project=OuterRef("pk")).order_by().values("project")
        return Coalesce(Subquery(counted.annotate(total=Sum(name)).values("total"), output_field=IntegerField()), 0)

    return projects.annotate(youths=total("youths"), adults=total("adults"))


def totals_of(headcounts: QuerySet[Headcount]) -> dict[str, int]:
    sums = headcounts.order_by().aggregate(youths=Sum("youths"), adults=Sum("adults"))
    return {name: value or 0 for name, value in sums.items()}


def column_of(headcount: Headcount) -> str:
    """The column of annexe 1 in which the day of entry falls; empty where it falls in none."""
    day = headcount.counted_on
    periods = Period.objects.filter(
        programme=headcount.project.programme_id, starts_on__lte=day, ends_on__gte=day
    ).values_list("label", flat=True)
    return ", ".join(periods)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a breakdown as printed: « — » where nothing was said, which is not 0."""

    label: str
    count: int | None
    kind: str = "line"  # group, detail, missing, total


def table_rows(tally: Tally) -> list[Row]:
    """The lines of the form, then those who did not answer, then the whole."""
    rows: list[Row] = []
    group = ""
    for line in tally.breakdown.lines:
        if line.group and line.group != group:
            held = [tally.numbers[each.code] for each in tally.breakdown.lines
                    if each.group == line.group and each.code in tally.numbers]  # fmt: skip
            rows.append(Row(line.group, sum(held) if held else None, "group"))
        group = line.group
        rows.append(Row(line.label, tally.numbers.get(line.code), "detail" if group else "line"))
    if tally.numbers:
        rows.append(Row("Sans réponse", tally.without_answer, "missing"))
    return [*rows, Row("Total", tally.whole, "total")]


def differences(mine: Headcount, my_parts: Parts, theirs: Headcount) -> list[Difference]:
    """The lines on which two editors disagree, each with both values."""
    their_parts = read_parts(theirs)

    def shown(count: int | None) -> str:
        return "vide" if count is None else french_integer(count)

    pairs = [
        ("Projet", str(mine.project), str(theirs.project)),
        ("Entrés le", french_date(mine.counted_on), french_date(theirs.counted_on)),
        ("Jeunes, en tout", shown(mine.youths), shown(theirs.youths)),
        ("Adultes, en tout", shown(mine.adults), shown(theirs.adults)),
    ]
    for breakdown in ALL:
        for line in breakdown.lines:
            pairs.append((breakdown.qualified(line), shown(my_parts.get(line.key)), shown(their_parts.get(line.key))))
    pairs.append(("Remarque", mine.note or "vide", theirs.note or "vide"))
    return [Difference(*pair) for pair in pairs if pair[1] != pair[2]]


def story_of(headcount: Headcount, reader: Any) -> list[Any]:
    """Who changed what, the latest first; only while it belonged to a project that the reader may see."""
    seen = Project.objects.visible_to(reader).filter(programme=headcount.project.programme_id)
    return list(
        headcount.history.filter(project__in=seen.values("pk"))
        .select_related("history_user")
        .order_by("-history_date", "-history_id")[:HISTORY_SHOWN]
    )


def withdrawn_from(project: Project) -> list[Any]:
    """The headcounts taken back from a project that the reader sees, with the reason."""
    return list(
        Headcount.history.filter(history_type="-", project=project.pk)
        .select_related("history_user")
        .order_by("-history_date", "-history_id")[:HISTORY_SHOWN]
    )
