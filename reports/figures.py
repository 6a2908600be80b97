"""One figure of a report for one reader: its value, its rule in words, the people and the projects behind it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import F, QuerySet

from beneficiaries.models import Enrolment
from partaj.lists import Order
from reports.annexe1 import PLANNED, QUESTIONS, Annexe1, Block, Line, Question
from reports.assembly import build_annexe_1
from reports.counting import headcount_lines, people, people_lost
from reports.perimeter import Perimeter
from reports.spans import FIELD_SECTIONS, Slice, Span
from reports.tables import Cell, Column, Report, Row, Table

BY_NAME = Order("nom", "sort_name")
UNCOUNTED = "Chiffre prévu ou déclaré : PARTAJ ne le compte pas."
MISSING = ("",)  # what an enrolment stores where nobody answered


@dataclass(frozen=True, slots=True)
class Figure:
    """One cell of a report, and what is behind it; each report says how its own are counted."""

    table: Table
    row: Row
    column: Column
    cell: Cell
    perimeter: Perimeter

    @property
    def label(self) -> str:
        return f"{self.row.label} – {self.column.label}"

    @property
    def rule(self) -> str:
        """Whom the figure counts, in words."""
        return UNCOUNTED

    @property
    def is_counted(self) -> bool:
        return False

    @property
    def day(self) -> str:
        """The day that tells the rows of the list apart: a field of theirs."""
        return "entered_on"

    @property
    def order(self) -> Order:
        return BY_NAME

    @property
    def words(self) -> tuple[str, str]:
        """What the rows of the list are, one and several."""
        return "personne suivie par son nom", "personnes suivies par leur nom"

    @property
    def told_of(self) -> tuple[int, ...]:
        """As `Report.told_of`, of its label."""
        return ()

    def people(self, user: Any) -> QuerySet[Any]:
        """The people counted by name that `user` may see, or what hangs on their files: nobody for a reader of counts
        only."""
        return Enrolment.objects.none()

    def rows(self, listed: QuerySet[Any]) -> QuerySet[Any]:
        """`listed` as the page prints it, each row with its `file`."""
        return listed.values(
            "pk", "sort_name", file=F("pk"), last_name=F("beneficiary__last_name"),
            usage_name=F("beneficiary__usage_name"), first_name=F("beneficiary__first_name"),
            territory_name=F("territory__name"), day=F(self.day),
        )  # fmt: skip

    def people_missing(self, user: Any) -> QuerySet[Enrolment]:
        """Those of the section's population about whom the information is missing."""
        return Enrolment.objects.none()

    @property
    def asks_who_is_missing(self) -> bool:
        return False

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What may be declared, where the form offers a list: what prints, and its label."""
        return []

    def projects(self) -> list[dict[str, Any]]:
        """The people counted collectively, project by project."""
        return []


@dataclass(frozen=True, slots=True)
class AnnexeFigure(Figure):
    """`part` and `span` are None where nothing is counted (planned figures, choices)."""

    span: Span | None = None
    line: Line | None = None
    block: Block | None = None
    question: Question | None = None

    @property
    def is_counted(self) -> bool:
        return self.span is not None

    @property
    def asks_who_is_missing(self) -> bool:
        return self.missing_part is not None

    @property
    def choices(self) -> list[tuple[str, str]]:
        if self.question and self.row.key == self.question.key:
            return [(short, label) for _, short, label in self.question.options]
        return []

    @property
    def part(self) -> Slice | None:
        return self.line.part if self.line else (self.question.part if self.question else None)

    @property
    def rule(self) -> str:
        """Whom the figure counts, in words."""
        if self.span is None:
            return "Chiffre prévu ou déclaré : PARTAJ ne le compte pas."
        if self.line and self.line.counts_losses:
            return (
                f"Départs {self.span.lost_rule}, de personnes entrées dans le dispositif, pour un motif qui compte "
                "comme abandon ou exclusion. Qui est parti deux fois compte deux fois."
            )
        whom = self.block.base_label if self.block and self.block.base else ""
        said = f"{self.table.title} : {self.row.label}" + (f" ({whom})" if whom else "")
        return f"{said}. Personnes {self.span.rule}."

    def people(self, user: Any) -> QuerySet[Enrolment]:
        return self._listed(self.part).visible_to(user)

    def people_missing(self, user: Any) -> QuerySet[Enrolment]:
        return self._listed(self.missing_part).visible_to(user) if self.missing_part else Enrolment.objects.none()

    def _listed(self, part: Slice | None) -> QuerySet[Enrolment]:
        if self.span is None:
            return Enrolment.objects.none()
        if self.line and self.line.counts_losses:
            return people_lost(self.perimeter, self.span)
        return people(self.perimeter, self.span, part) if part else Enrolment.objects.none()

    @property
    def missing_part(self) -> Slice | None:
        if self.block is None or self.block.base is None or self.part is None or not self.line:
            return None
        field = self.part.field if self.part.field in FIELD_SECTIONS else None
        return replace(self.part, codes=MISSING) if field and self.line.adds_up else None

    def projects(self) -> list[dict[str, Any]]:
        if self.span is None or self.part is None or (self.line and self.line.counts_losses):
            return []
        return headcount_lines(self.perimeter, self.span, self.part)


Place = tuple[Table, Row, Column, Cell]


def place_of(report: Report, row_key: str, column_key: str) -> Place:
    """Raises KeyError where the report has no such cell for this reader."""
    for found in report.cells():
        if (found[1].key, found[2].key) == (row_key, column_key):
            return found
    raise KeyError((row_key, column_key))


def figure_of_annexe_1(perimeter: Perimeter, row_key: str, column_key: str) -> AnnexeFigure:
    """Raises KeyError, as `place_of`."""
    table, row, column, cell = place_of(build_annexe_1(perimeter), row_key, column_key)
    annexe = Annexe1(perimeter.programme, perimeter.territories)
    span = None if column_key == PLANNED else annexe.spans[column_key]
    found = annexe.block_of(row_key)
    if found:
        return AnnexeFigure(table, row, column, cell, perimeter, span, found[1], found[0])
    question = next(each for each in QUESTIONS if row_key.split(":")[0] == each.key)
    return AnnexeFigure(table, row, column, cell, perimeter, span if cell.drill else None, question=question)
