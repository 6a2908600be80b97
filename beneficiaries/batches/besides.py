"""What a kind of list writes in a file besides the person and their path, and takes back where the list is undone.

`writing`, `attaching` and `undoing` ask `besides(batch)` and know no kind themselves; most lists write nothing more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import models
from django.db.models import Q

from beneficiaries import services
from beneficiaries.batches import bulk, known
from beneficiaries.batches.words import broken, tells_of_a_break
from beneficiaries.lists.breaks import as_stored
from beneficiaries.models import ApprenticeshipBreak, Enrolment, ImportBatch, ImportLine, LogEntry
from partaj.scoping import NOTHING

if TYPE_CHECKING:
    from beneficiaries.batches.writing import Opened, Opening

Kind = LogEntry.Kind


class Rows(NamedTuple):
    """Of one table, complete and valid; `same`: the columns that all have alike; `numbers`: of those that have a
    history, which begins with them."""

    model: type[models.Model]
    rows: list[bulk.Row]
    same: bulk.Row
    numbers: bulk.Numbers | None = None


class Besides:
    """Of a list that writes nothing more."""

    def __init__(self, batch: ImportBatch) -> None:
        self.batch = batch

    def rows(self, opened: Sequence[Opened], opening: Opening) -> Iterator[Rows]:
        """For files opened in bulk."""
        yield from ()

    def attach(self, path: Enrolment, line: ImportLine, by: Any) -> None:
        """In the file of somebody known already."""

    def own(self, model: type[models.Model]) -> Q:
        """Which rows of `model`, in its files, are the list's and not the work of somebody since."""
        return Q(kind=Kind.INTAKE) if model is LogEntry else NOTHING

    def take_back(self, opened: Sequence[int], by: Any) -> None:
        """`opened`: the paths that the list opened, which are about to be erased."""


class Breaks(Besides):
    """One break in each file, told in its timeline on the day it happened, or else of the first contact."""

    def rows(self, opened: Sequence[Opened], opening: Opening) -> Iterator[Rows]:
        said = [as_stored(each.line.student) for each in opened]
        numbers = bulk.new_numbers(ApprenticeshipBreak, len(opened))
        breaks = [
            values | {"id": number, "enrolment_id": each.path}
            for number, each, values in zip(numbers, opened, said, strict=True)
        ]
        yield Rows(ApprenticeshipBreak, breaks, {"batch_id": self.batch.pk, "version": 1}, numbers)
        told = [
            {
                "enrolment_id": each.path,
                "happened_on": self._day(values),
                "sentence": broken(self.batch, each.line.number),
            }
            for each, values in zip(opened, said, strict=True)
        ]
        yield Rows(LogEntry, told, opening.log(Kind.BREAK))

    def attach(self, path: Enrolment, line: ImportLine, by: Any) -> None:
        """Unless that break is there already."""
        told = known.break_told(line.value("broken_on"), line.value("company"))
        if (path.pk, told) in known.breaks_noted([path.pk]):
            return
        values = as_stored(line.student)
        row = ApprenticeshipBreak(enrolment=path, batch=self.batch, **values)
        row._history_user = by
        row.save()
        sentence = broken(self.batch, line.number)
        services.write_log(enrolment=path, kind=Kind.BREAK, happened_on=self._day(values), sentence=sentence, author=by)

    def own(self, model: type[models.Model]) -> Q:
        if model is ApprenticeshipBreak:
            return Q(batch=self.batch, version=1)
        if model is LogEntry:
            return super().own(model) | Q(kind=Kind.BREAK, sentence__startswith=tells_of_a_break(self.batch))
        return super().own(model)

    def take_back(self, opened: Sequence[int], by: Any) -> None:
        """In files that were there before, what somebody has changed since stays, as all that the list completed."""
        for each in bulk.chunks(opened):
            bulk.erase(ApprenticeshipBreak.history.filter(enrolment__in=each))
            bulk.erase(ApprenticeshipBreak.objects.filter(enrolment__in=each))
        for row in self.batch.breaks.filter(version=1).select_related("enrolment"):
            day = self._day({"broken_on": row.broken_on})
            row.enrolment.log.filter(self.own(LogEntry), kind=Kind.BREAK, happened_on=day).delete()
            row._history_user = by
            row.delete()

    def _day(self, values: dict[str, Any]) -> dt.date:
        return values["broken_on"] or self.batch.contacted_on


def besides(batch: ImportBatch) -> Besides:
    return Breaks(batch) if batch.kind == ImportBatch.Kind.BREAKS else Besides(batch)
