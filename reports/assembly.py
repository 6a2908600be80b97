"""From the definition of annexe 1 to its cells: computed where records exist, declared where somebody said so."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import prefetch_related_objects

from partaj.formats import counted, french_integer
from reports.additions import sums_of
from reports.annexe1 import CODE, PLANNED, QUESTIONS, SETTINGS, TITLE, TOTAL_LABEL, Annexe1, Block, Line, Question
from reports.cells import Typed, computed_cell, percent_cell, read_typed
from reports.checks import check_annexe_1
from reports.counting import Counts, count
from reports.declaring import Declared, declared_in, laid_over
from reports.issuing import report_of
from reports.perimeter import Perimeter
from reports.snapshot import one_moment
from reports.spans import TOTAL, Slice
from reports.suppression import hide_small_counts
from reports.tables import Cell, Column, Report, Row, Source, Table, Unit


def build_annexe_1(perimeter: Perimeter) -> Report:
    """Annexe 1 for one reader, from one consistent moment; small counts hidden from who reads no names."""
    assembly = assembled(perimeter)
    report = assembly.report(perimeter)
    if not perimeter.names:
        return assembly.for_counts(report)
    return replace(report, findings=check_annexe_1(report, assembly.annexe, assembly.counts, assembly.declared))


def assembled(perimeter: Perimeter) -> Assembly:
    """All that annexe 1 is made of."""
    with one_moment():
        prefetch_related_objects([perimeter.programme], *SETTINGS)
        annexe = Annexe1(perimeter.programme, perimeter.territories)
        counts = count(perimeter, list(annexe.spans.values()), annexe.fields)
        return Assembly(annexe, counts, declared_in(perimeter, CODE))


class Assembly:
    """The cells of one annexe 1."""

    def __init__(self, annexe: Annexe1, counts: Counts, declared: Declared) -> None:
        self.annexe = annexe
        self.counts = counts
        self.declared = declared

    def report(self, perimeter: Perimeter) -> Report:
        remarks = self.annexe.programme.annexe_1_remarks
        blocks = [self.block_table(block) for block in self.annexe.blocks]
        questions = [self.question_table(question) for question in QUESTIONS]
        notes = (remarks,) if remarks else ()
        return report_of(perimeter, code=CODE, title=TITLE, tables=[*blocks, *questions], notes=notes)

    def for_counts(self, report: Report) -> Report:
        """As who reads no names gets it."""
        return hide_small_counts(report, sums_of(self.annexe, self.counts))

    # -- Blocks of counts -----------------------------------------------------------------------

    def block_table(self, block: Block) -> Table:
        columns = self.annexe.columns if block.by_period else self.annexe.ends
        rows = tuple(self.row(block, line, columns) for line in block.lines)
        return Table(block.key, block.title, columns, rows, self.note(block))

    def row(self, block: Block, line: Line, columns: tuple[Column, ...]) -> Row:
        cells = tuple(self.cell(block, line, column) for column in columns)
        return Row(line.key, line.label, cells, line.level, line.kind, line.adds_up, line.sum_of)

    def cell(self, block: Block, line: Line, column: Column) -> Cell:
        under = self.planned_cell(line) if column.key == PLANNED else self.computed(block, line, column)
        return self.over(under, line.key, column.key)

    def over(self, under: Cell, row: str, column: str, choices: tuple[str, ...] = ()) -> Cell:
        return laid_over(under, self.declared.get((row, column)), choices)

    def computed(self, block: Block, line: Line, column: Column) -> Cell:
        span = self.annexe.spans[column.key]
        if line.counts_losses:
            lost = self.counts.lost(span)
            return computed_cell(lost, french_integer(lost), records=lost)
        if line.part is None:
            return Cell()
        number = self.counts.of(span, line.part)
        if block.unit is Unit.PERCENT and line.adds_up:
            return percent_cell(number, self.annexe.informed(block, self.counts))
        return computed_cell(number, french_integer(number), records=number)

    def planned_cell(self, line: Line) -> Cell:
        """A planned total that nobody declared is the sum of its planned parts, where all are whole numbers."""
        parts = [self.planned_value(key) for key in line.sum_of]
        if not parts or any(part is None for part in parts):
            return Cell()
        total = sum(part for part in parts if part is not None)
        return Cell(french_integer(total), total, Unit.PERSONS, Source.COMPUTED, total, french_integer(total))

    def planned_value(self, row: str) -> int | None:
        figure = self.declared.get((row, PLANNED))
        typed = read_typed(figure.text) if figure else Typed("")
        return typed.value if typed.unit is Unit.PERSONS and isinstance(typed.value, int) else None

    def note(self, block: Block) -> str:
        if block.by_period:
            rule = f"« {TOTAL_LABEL} » : personnes {self.annexe.spans[TOTAL].rule}."
            if any(span.headcounts is None for span in self.annexe.spans.values()) and self.counts.has_headcounts:
                return f"{rule} Les effectifs collectifs ne passent par aucune étape : ils n’y sont que là."
            return rule
        assert block.base is not None  # noqa: S101  (only the block by period splits nothing)
        population = self.counts.of(self.annexe.spans[TOTAL], block.base)
        missing = population - self.annexe.informed(block, self.counts)
        sentences = [block.note] if block.note else []
        sentences.append(f"Population : {block.base_label} ({french_integer(population)}).")
        if missing > 0:
            sentences.append(f"Sans réponse : {counted(missing, 'personne')}.")
        return " ".join(sentences)

    # -- Questions ------------------------------------------------------------------------------

    def question_table(self, question: Question) -> Table:
        columns = self.annexe.question_columns
        answers = [self.answer(question, column) for column in columns]
        rows = [Row(question.key, question.label, tuple(answers), adds_up=False)]
        for code, short, label in question.options:
            key = f"{question.key}:{code}"
            cells = (
                self.over(self.option(question, short, column, answer), key, column.key)
                for column, answer in zip(columns, answers, strict=True)
            )
            rows.append(Row(key, label, tuple(cells), level=1, adds_up=False))
        return Table(question.key, question.title, columns, tuple(rows))

    def answer(self, question: Question, column: Column) -> Cell:
        choices = tuple(short for _, short, _ in question.options)
        under = Cell(unit=Unit.CHOICE)
        if question.part and column.key == TOTAL:
            yes, known, everybody = self.mission_locale(question.part)
            if known:
                short = choices[0] if yes == everybody else (choices[1] if yes else choices[2])
                under = Cell(
                    text=short, unit=Unit.CHOICE, source=Source.COMPUTED, computed_text=short, records=yes, drill=True
                )
        return self.over(under, question.key, column.key, choices)

    def mission_locale(self, part: Slice) -> tuple[int, int, int]:
        """(followed, known, all) among the people of the last column."""
        span = self.annexe.spans[TOTAL]
        yes = self.counts.of(span, part)
        no = self.counts.of(span, replace(part, codes=(False,)))
        return yes, yes + no, self.counts.of(span, Slice("public", part.publics, part.publics))

    def option(self, question: Question, short: str, column: Column, answer: Cell) -> Cell:
        """The row of the option chosen holds how many people it is about, or a tick where nothing is counted."""
        if answer.text != short:
            return Cell(unit=Unit.PERSONS if question.part else Unit.CHOICE)
        if answer.records is not None and answer.source is Source.COMPUTED and short != question.options[-1][1]:
            return computed_cell(answer.records, french_integer(answer.records), records=answer.records)
        return replace(answer, text="✓", value=None, drill=False, records=None, computed_text="", declaration=None)
