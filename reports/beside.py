"""What annexe 1 and « devenir » tell a reader of counts, for « parcours » to hide what they would tell together.

Annexe 1 and « devenir » are hidden for themselves. Where the same people are counted in two of them (the eleven who
signed a contract, in a phase and at a step), the funnel takes what the others print as known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product

from partaj.programmes.models import FunnelStep, LossReason, Period
from reports import annexe1, devenir
from reports.deduction import Place, Tie
from reports.spans import TOTAL, column_key
from reports.tables import Report

PEOPLE, ABANDONS = "people", "abandons"
ROWS = {"youths": "youths", "adults": "adults", TOTAL: "everyone"}  # of annexe 1 → column of the funnel


class Beside:
    """The figures of the other reports, which of them are hidden, and how they are tied to those of the funnel.

    `funnel`: the records of the funnel, by place. Two figures are the same where they are as large: it is what anybody
    who reads both would believe.
    """

    def __init__(self, funnel: Mapping[Place, int]) -> None:
        self.funnel = funnel
        self.records: dict[Place, int] = {}
        self.hidden: set[Place] = set()
        self.ties: list[Tie] = []

    def read(self, whole: Report, told: Report) -> None:
        """`whole` as it is, `told` as the reader gets it."""
        for table, row, column, cell in whole.cells():
            if cell.records is not None:
                place = (f"{whole.code} {table.key}", row.key, column.key)
                self.records[place] = cell.records
                if told.table(table.key).cell(row.key, column.key).records is None:
                    self.hidden.add(place)

    def tie(self, few: Iterable[Place], many: Place) -> None:
        """Nothing where they are not as large, or where one of them is nowhere."""
        parts, records = tuple(few), {**self.records, **self.funnel}
        known = parts and all(place in records for place in (*parts, many))
        if known and sum(records[place] for place in parts) == records[many] > 0:
            self.ties.append(Tie(parts, (many,), 0))

    def same_people(self, table: str, totals: Sequence[str]) -> None:
        """`totals`: the rows of the funnel that count all the paths, and those of a step. Of annexe 1, every column;
        of « devenir », its base."""
        for place in list(self.records):
            name, row, _ = place
            if name == _annexe(PEOPLE) and row in ROWS:
                for total in totals:
                    self.tie([(table, total, ROWS[row])], place)
            elif name == _outcomes() and row == devenir.BASE:
                for total in totals:
                    self.tie([(table, total, "youths")], place)

    def within_annexe(self) -> None:
        columns = dict.fromkeys(column for name, _, column in self.records if name == _annexe(PEOPLE))
        for column in columns:
            self.tie([(_annexe(PEOPLE), row, column) for row in ("youths", "adults")], (_annexe(PEOPLE), TOTAL, column))
        for row in (*ROWS, ABANDONS):
            parts = [(_annexe(PEOPLE), row, column) for column in columns if column != TOTAL]
            self.tie(parts, (_annexe(PEOPLE), row, TOTAL))

    def departures(
        self, table: str, periods: Sequence[Period], steps: Sequence[FunnelStep], reasons: Sequence[LossReason]
    ) -> None:
        """The abandonments of annexe 1, and the rows of the funnel that tell them by step and reason."""
        abandons = [reason for reason in reasons if reason.counts_as_abandonment]
        starts = [period.step_id for period in periods]
        for period in (*periods, None):
            here = list(steps) if period is None else _from(period, steps, starts)
            rows = [f"step-{step.pk}-lost-{reason.pk}" for step, reason in product(here, abandons)]
            places = [(table, row, "everyone") for row in rows if (table, row, "everyone") in self.funnel]
            self.tie(places, (_annexe(PEOPLE), ABANDONS, column_key(period) if period else TOTAL))

    def gone(self, table: str, rows: Iterable[str]) -> None:
        """`rows`: those of the youths who left, one way or another, whom « devenir » may have for a base."""
        self.tie([(table, row, "youths") for row in rows], (_outcomes(), devenir.BASE, "exit"))


def _annexe(table: str) -> str:
    return f"{annexe1.CODE} {table}"


def _outcomes() -> str:
    return f"{devenir.CODE} {devenir.OUTCOMES}"


def _from(period: Period, steps: Sequence[FunnelStep], starts: Sequence[int | None]) -> list[FunnelStep]:
    """The step of a phase and those before that of the next; none where it is a period of dates."""
    keys = [step.pk for step in steps]
    if period.step_id not in keys:
        return []
    start = keys.index(period.step_id)
    end = next((rank for rank in range(start + 1, len(keys)) if keys[rank] in starts), len(keys))
    return list(steps[start:end])
