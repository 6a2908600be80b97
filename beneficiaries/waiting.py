"""What of some youths waits for somebody: the figures of the home page, each with the filters that list the same rows.

Both are made of the same functions (`filters.YouthFilter`): a figure is the number of rows of its list.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery

from beneficiaries.models import NEW_FOR, overdue_among, silent_since, without_outcome
from partaj.formats import french_integer
from partaj.lists import COUNT_CAP


class CappedCount(Subquery):
    """How many rows the subquery gives, counted no further than it is sliced."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) capped)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet) -> None:
        super().__init__(rows[: COUNT_CAP + 1])

    def get_db_converters(self, connection: Any) -> list[Any]:
        return []  # a count is a number on every base: nothing of the subquery need be kept with the question


def in_words(count: int) -> str:
    return f"plus de {french_integer(COUNT_CAP)}" if count > COUNT_CAP else french_integer(count)


@dataclass(frozen=True, slots=True)
class Waiting:
    """`query`: the parameters of the list of youths. `among(youths, today, silent_day)`: the rows; the last may be an
    OuterRef, where the youths are a subquery."""

    query: str
    among: Callable[[QuerySet, dt.date, Any], QuerySet]


PRESENT = Waiting("f-presence=present", lambda youths, today, silent_day: youths.under_way())
ALONE = Waiting(
    "f-referent=nobody&f-presence=present",
    lambda youths, today, silent_day: youths.under_way().filter(referent=None),
)
SILENT = Waiting("f-silence=silent", lambda youths, today, silent_day: silent_since(youths, silent_day))
OVERDUE = Waiting("f-action=overdue", lambda youths, today, silent_day: overdue_among(youths, today))
NEW = Waiting("f-arrival=new", lambda youths, today, silent_day: youths.arrived_since(today - NEW_FOR))
OUTCOME = Waiting("f-outcome=exit", lambda youths, today, silent_day: without_outcome(youths, "exit", today))
