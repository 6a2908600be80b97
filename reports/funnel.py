"""Where each path went along the steps of its programme, and where it stopped: counted once for a whole table, and
found again path by path, from the same annotations.

A funnel counts paths: who left and came back went through it twice, and both are in the list behind the figure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Case, CharField, Count, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from beneficiaries.models import Contact, Enrolment, StepEntry
from partaj.programmes.models import FunnelStep, LossReason
from reports.perimeter import Perimeter

LOST, LEFT, THERE = "lost", "left", "there"  # how a path stopped at its last step
ENDINGS = Case(
    When(lost_on__isnull=False, then=Value(LOST)), When(exited_on__isnull=False, then=Value(LEFT)),
    default=Value(THERE), output_field=CharField(),
)  # fmt: skip
UNSAID, NOBODY = "unsaid", "nobody"  # a last contact without coded result; no contact noted at all


@dataclass(frozen=True, slots=True)
class Stop:
    """Paths that stopped at `step` (None: no step is noted), in one way; `reason`: of those that were lost."""

    step: int | None
    ending: str
    reason: int | None = None

    def condition(self) -> Q:
        return Q(stop=self.step, ending=self.ending, loss_reason=self.reason)


class Funnel:
    """The paths of one perimeter along the steps of their programme. Numbers are of paths, by public."""

    def __init__(self, perimeter: Perimeter) -> None:
        self.perimeter = perimeter
        self.steps: list[FunnelStep] = list(perimeter.programme.steps.all())
        self.reasons: list[LossReason] = list(perimeter.programme.loss_reasons.all())

    # -- The paths themselves: what each figure lists ---------------------------------------------------
    def paths(self) -> QuerySet[Enrolment]:
        return self.perimeter.enrolments()

    def stopped(self) -> QuerySet[Enrolment]:
        """`stop`: the step at which a path stopped, or is now: the one that its departure names where it went through
        it, else the furthest; `ending`: how."""
        entries = StepEntry.objects.filter(enrolment=OuterRef("pk"))
        left_at = entries.filter(step=OuterRef("lost_at")).values("step")[:1]
        furthest = entries.order_by("-step__position", "-step").values("step")[:1]
        return self.paths().annotate(stop=Coalesce(Subquery(left_at), Subquery(furthest)), ending=ENDINGS)

    def through(self, step: int) -> QuerySet[Enrolment]:
        return self.paths().filter(pk__in=StepEntry.objects.filter(step=step).values("enrolment"))

    def gone_on(self, step: int) -> QuerySet[Enrolment]:
        """Through the step, and on to a later one."""
        return self.stopped().filter(pk__in=StepEntry.objects.filter(step=step).values("enrolment")).exclude(stop=step)

    def at_first(self) -> QuerySet[Enrolment]:
        """Paths that went no further than the first step. `heard`: the coded result of their last contact."""
        first = self.steps[0].pk if self.steps else None
        contacts = Contact.objects.filter(enrolment=OuterRef("pk")).order_by("-happened_on", "-pk")
        said = Case(When(result="", then=Value(UNSAID)), default="result", output_field=CharField())
        heard = Coalesce(Subquery(contacts.annotate(said=said).values("said")[:1]), Value(NOBODY))
        return self.stopped().filter(stop=first).annotate(heard=heard)

    # -- All that a table needs, in three queries ----------------------------------------------------------
    @cached_property
    def passed(self) -> Counter[tuple[int, str]]:
        """(step, public) → paths."""
        entries = StepEntry.objects.filter(enrolment__in=self.paths()).order_by()
        return _counter(entries.values_list("step", "enrolment__public").annotate(number=Count("*")))

    @cached_property
    def stops(self) -> Counter[tuple[Stop, str]]:
        rows = self.stopped().order_by().values_list("stop", "ending", "loss_reason", "public")
        return Counter({
            (Stop(step, ending, reason), public): number
            for step, ending, reason, public, number in rows.annotate(number=Count("*"))
        })  # fmt: skip

    @cached_property
    def heard(self) -> Counter[tuple[str, str]]:
        """(result, public) → paths that went no further than the first step."""
        return _counter(self.at_first().order_by().values_list("heard", "public").annotate(number=Count("*")))

    def stops_at(self, step: int | None) -> Iterator[Stop]:
        """The ways in which somebody stopped there: departures in the order of the programme's reasons, then the
        rest."""
        found = {stop for stop, _ in self.stops if stop.step == step}
        for reason in self.reasons:
            yield from (stop for stop in found if stop == Stop(step, LOST, reason.pk))
        yield from (stop for ending in (LEFT, THERE) for stop in found if stop == Stop(step, ending))

    def stopped_at(self, step: int | None, public: str) -> int:
        return sum(number for (stop, of), number in self.stops.items() if stop.step == step and of == public)


def _counter(rows: Any) -> Counter[Any]:
    return Counter({tuple(keys): number for *keys, number in rows})
