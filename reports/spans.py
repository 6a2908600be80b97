"""Whom a row counts (Slice) and when a column counts (Span), each written once.

The same object gives the condition of the list and the key of the sum, so that a figure and its list cannot part
ways.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from beneficiaries import sections
from beneficiaries.models import Enrolment, Public, StepEntry
from partaj.formats import french_date
from partaj.programmes.models import FunnelStep, Period, Programme, Section

YOUTHS = (Public.YOUTH.value,)
ADULTS = (Public.ADULT.value,)
EVERYONE = YOUTHS + ADULTS
PUBLICS = {sections.YOUTHS: YOUTHS, sections.ADULTS: ADULTS, sections.EVERYONE: EVERYONE}
TOTAL = "total"

SECTION_FIELDS = {
    Section.AGE: "age_band",
    Section.SITUATION: "situation",
    Section.LEVEL: "school_level",
    Section.SEX: "sex",
    Section.QUALITY: "adult_quality",
}
FIELD_SECTIONS = {field: section for section, field in SECTION_FIELDS.items()}
FIRST_ENTRIES = Q(entry_rank=1)


@dataclass(frozen=True, slots=True)
class Slice:
    """Whom a row counts: those of `publics` whose `field` holds one of `codes`.

    `reviewed_only`: only the situations studied in a cell (headcounts have none).
    """

    field: str
    codes: tuple[Any, ...]
    publics: tuple[str, ...] = YOUTHS
    reviewed_only: bool = False

    def condition(self) -> Q:
        condition = Q(**{f"{self.field}__in": self.codes}) & Q(public__in=self.publics)
        return condition & Q(first_reviewed_on__isnull=False) if self.reviewed_only else condition

    def headcount_parts(self) -> Q | None:
        """The parts of headcounts that this slice counts; None where headcounts say nothing about it."""
        section = FIELD_SECTIONS.get(self.field)
        if section is None or self.reviewed_only:
            return None
        asked = set(PUBLICS[sections.population_of(section)])
        return Q(section=section, code__in=self.codes) if asked <= set(self.publics) else None


@dataclass(frozen=True, slots=True)
class Span:
    """When a column counts. `within`: the paths that belong to it; `entered`: the same, each person once; `lost`:
    who left it by abandonment or exclusion; `headcounts`: which headcounts are in it (None: none of them);
    `rule` and `lost_rule` in words, for the reader: « personnes entrées… », « départs du… »."""

    key: str
    within: Q
    entered: Q
    lost: Q
    headcounts: Q | None
    rule: str
    lost_rule: str


def column_key(period: Period) -> str:
    """The key of a period's column: its own for ever, for declared figures and machines hold on to it."""
    return f"period-{period.pk}"


def spans_of(programme: Programme, territories: frozenset[int] | None = None) -> list[Span]:
    """One for each period of the programme, then the whole duration, within `territories` (None: everywhere)."""
    reasons = [reason.pk for reason in programme.loss_reasons.all() if reason.counts_as_abandonment]
    abandoned, others = Q(loss_reason__in=reasons), _other_paths(territories)
    steps, periods = list(programme.steps.all()), list(programme.periods.all())
    spans = [
        _of_dates(period, abandoned, others) if period.step_id is None
        else _of_step(period, periods, steps, abandoned, others)
        for period in periods
    ]  # fmt: skip
    return [*spans, whole_duration(programme, reasons, territories)]


def _other_paths(territories: frozenset[int] | None) -> QuerySet:
    """The paths of the same person in the same programme. Those outside the reader's territories are not looked at:
    they influence nothing that the reader receives (DESIGN §1)."""
    paths = Enrolment.objects.filter(beneficiary=OuterRef("beneficiary"), programme=OuterRef("programme"))
    return paths if territories is None else paths.filter(territory__in=territories)


def _of_dates(period: Period, abandoned: Q, others: QuerySet) -> Span:
    days = (period.starts_on, period.ends_on)
    words = f"du {french_date(period.starts_on)} au {french_date(period.ends_on)}"
    return Span(
        key=column_key(period),
        within=Q(entered_on__range=days),
        entered=first_among(Q(entered_on__range=days), others),
        lost=abandoned & Q(lost_on__range=days),
        headcounts=Q(counted_on__range=days),
        rule=f"entrées {words}",
        lost_rule=words,
    )


def _of_step(
    period: Period, periods: Sequence[Period], steps: Sequence[FunnelStep], abandoned: Q, others: QuerySet
) -> Span:
    """A loss belongs to the phase whose step, or one of the steps before the next phase, it is noted at."""
    place = {step.pk: index for index, step in enumerate(steps)}
    start = place[period.step_id]  # type: ignore[index]  # dated periods go to _of_dates
    later = sorted(place[other.step_id] for other in periods if other.step_id and place[other.step_id] > start)
    here = steps[start : later[0] if later else None]
    passed = Q(pk__in=StepEntry.objects.filter(step=period.step_id).values("enrolment"))
    return Span(
        key=column_key(period),
        within=passed,
        entered=first_among(passed, others),
        lost=abandoned & Q(lost_at__in=[step.pk for step in here]),
        headcounts=None,
        rule=f"entrées, et passées par l’étape « {steps[start].label} »",
        lost_rule="à l’étape " + " ou ".join(f"« {step.label} »" for step in here),
    )


def whole_duration(programme: Programme, reasons: list[int], territories: frozenset[int] | None = None) -> Span:
    abandoned, others, always = Q(loss_reason__in=reasons), _other_paths(territories), "de toute la durée"
    if programme.last_column == Programme.LastColumn.STILL_THERE:
        # Somebody who came back is there where the last of their paths did not break.
        present = Q(lost_on=None) & ~Q(Exists(others.filter(entry_rank__gt=OuterRef("entry_rank"))))
        return Span(TOTAL, present, present, abandoned, Q(), "entrées, et encore présentes à la fin", always)
    first = FIRST_ENTRIES if territories is None else first_among(Q(), others)
    return Span(TOTAL, FIRST_ENTRIES, first, abandoned, Q(), "entrées pendant toute la durée", always)


def first_among(condition: Q, others: QuerySet) -> Q:
    """`condition`, each person once: by the first of their paths that meets it."""
    earlier = others.filter(condition, entry_rank__lt=OuterRef("entry_rank"))
    return condition & (Q(entry_rank=1) | ~Q(Exists(earlier)))
