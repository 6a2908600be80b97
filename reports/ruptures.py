"""« Ruptures »: contracts that were broken, why, by whom, in which trade, how soon (DESIGN §4).

Source: AP1-261, « outil de repérage CFA » (motive, chosen or suffered, sector, solution found since); AP1-485, phase 2
(11 contracts signed, 3 broken, 2 of them in the trial). Contracts are counted, not youths: who broke two counts twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.db.models import F, QuerySet

from partaj.formats import counted, french_integer
from partaj.lists import Order
from reports.breaks import Part, Rows, read_apprenticeships, read_contracts
from reports.checks import declared_against_computed, declared_nowhere, gravest_first
from reports.declaring import Declared, declared_in, with_declared
from reports.figures import Figure, place_of
from reports.issuing import report_of
from reports.perimeter import Perimeter
from reports.snapshot import one_moment
from reports.splits import MOTIVE, SHARE, SOLVED, TYPE, WHY, Line, Split, apprenticeship_splits, work_splits
from reports.suppression import AtMost, Sum, Together, hide_shares, hide_small_counts, shares
from reports.tables import Finding, Report, Severity

CODE = "ruptures"
TITLE = "Ruptures – apprentissage et contrats de travail"
SPARED = frozenset({f"{TYPE}-total"})  # how many contracts were signed is known of others as well


def build_ruptures(perimeter: Perimeter) -> Report:
    """The broken contracts for one reader, from one consistent moment. Who reads no names gets neither small counts
    nor the words that few share."""
    return _built(perimeter)[0]


def _built(perimeter: Perimeter) -> tuple[Report, Ruptures]:
    with one_moment():
        found = Ruptures(perimeter, read_apprenticeships(perimeter), read_contracts(perimeter))
        declared = declared_in(perimeter, CODE)
    report = with_declared(found.report(), declared)
    if perimeter.names:
        report = replace(report, findings=found.findings(report, declared), told_of=found.told_of)
    else:
        report = found.for_counts(report)
    return found.in_order(report), found


class Ruptures:
    """The report of one perimeter, laid out once for the tables, the lists and the sums.

    `broken`: what `read_apprenticeships` gives; `signed`: what `read_contracts` does.
    """

    def __init__(self, perimeter: Perimeter, broken: Rows, signed: Rows) -> None:
        self.perimeter = perimeter
        self.least = 1 if perimeter.names else settings.SMALL_CELL_THRESHOLD
        self.broken, self.signed = broken, signed

    @cached_property
    def splits(self) -> dict[str, Split]:
        found = [*apprenticeship_splits(self.broken, self.least), *work_splits(self.signed)]
        return {split.key: split for split in found}

    def report(self) -> Report:
        tables = [split.table() for split in self.splits.values()]
        return report_of(self.perimeter, code=CODE, title=TITLE, tables=tables)

    def for_counts(self, report: Report) -> Report:
        """As who reads no names gets it."""
        bounds = [AtMost(few, (whole,)) for split in self.splits.values() for few, whole in split.bounds()]
        report = hide_small_counts(report, tuple(self.sums()), together=Together(bounds, SPARED))
        for split in self.splits.values():
            report = hide_shares(report, split.key, SHARE, split.bases())
        return report

    def in_order(self, report: Report) -> Report:
        """What was typed, by the numbers that the reader gets: an order made of others would tell them."""
        tables = (self.splits[table.key].in_order(table) for table in report.tables)
        return replace(report, tables=tuple(tables))

    @property
    def told_of(self) -> tuple[int, ...]:
        """The files of those whose own words are printed: who reads them has read of these youths."""
        lines = [(split, line) for split in self.splits.values() for line in split.lines if line.own]
        found = {file for split, line in lines for file in self.files_of(split, line)}
        return tuple(sorted(found))

    def files_of(self, split: Split, line: Line) -> set[int]:
        return {row["enrolment"] for row in self.broken if row[split.field] in line.codes}

    def sums(self) -> Iterator[Sum]:
        """What could be found by subtraction, besides the rows and columns of each table: from the total of a table to
        that of the next, from a row to those of its contracts that it does not speak of, from a share to its figure."""
        for split in self.splits.values():
            yield from shares(split.table(), split.figure, SHARE)
            yield from split.left_out()
        for one, other in pairwise(self.splits.values()):
            for column in {one.figure, SOLVED} & {other.figure, SOLVED} & one.keys & other.keys:
                yield Sum(((one.key, one.total_key, column),), whole=(other.key, other.total_key, column))

    def findings(self, report: Report, declared: Declared) -> tuple[Finding, ...]:
        found = [*declared_against_computed(report), *declared_nowhere(report, declared)]
        for key, one, several in (
            (MOTIVE, "rupture d’apprentissage", "ruptures d’apprentissage"),
            (WHY, "contrat rompu", "contrats rompus"),
        ):
            if (split := self.splits.get(key)) and (unsaid := split.unknown):
                total = split.number(None, split.figure)
                found.append(Finding(
                    "no-motive", Severity.INFO, CODE, split.title,
                    f"Motif non connu : {counted(unsaid, one, several)} sur {french_integer(total)}.",
                    total - unsaid, total, -unsaid,
                ))  # fmt: skip
        return gravest_first(found)


@dataclass(frozen=True, slots=True)
class BreakFigure(Figure):
    """The contracts that a cell counts, one by one. `line`: None for the total of the table."""

    found: Ruptures
    split: Split
    line: Line | None

    @property
    def rule(self) -> str:
        row = "toutes les lignes" if self.line is None else f"« {self.line.label} »"
        said = (f"{self.table.title} : {row}.", self.split.of(self.column.key).says, "Chaque contrat compte une fois.")
        return " ".join(filter(None, said))

    @property
    def is_counted(self) -> bool:
        return True

    @property
    def day(self) -> str:
        return self.split.family.day

    @property
    def order(self) -> Order:
        return Order("date", self.day, descending=True, nullable=True)

    @property
    def words(self) -> tuple[str, str]:
        return self.split.family.words

    @property
    def told_of(self) -> tuple[int, ...]:
        """The files of those whose own words are the label of the row, to be named where the label is read."""
        own = self.line is not None and self.line.own and self.perimeter.names
        return tuple(sorted(self.found.files_of(self.split, self.line))) if own and self.line else ()

    def people(self, user: Any) -> QuerySet[Any]:
        row = Part(self.split.field, self.line.codes) if self.line else Part()
        condition = row.condition() & self.split.of(self.column.key).part.condition()
        return self.split.family.find(self.perimeter).filter(condition).visible_to(user)  # type: ignore[attr-defined]

    def rows(self, listed: QuerySet[Any]) -> QuerySet[Any]:
        return listed.values(
            "pk", self.day, file=F("enrolment"), last_name=F("enrolment__beneficiary__last_name"),
            usage_name=F("enrolment__beneficiary__usage_name"), first_name=F("enrolment__beneficiary__first_name"),
            territory_name=F("enrolment__territory__name"), day=F(self.day),
        )  # fmt: skip


def figure_of_ruptures(perimeter: Perimeter, row_key: str, column_key: str) -> BreakFigure:
    """Raises KeyError, as `place_of`."""
    report, found = _built(perimeter)
    place = place_of(report, row_key, column_key)
    split = found.splits[place[0].key]
    return BreakFigure(*place, perimeter, found, split, split.line_of(row_key))
