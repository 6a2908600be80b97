"""Students as django-import-export knows them: the one place by which judged lines become files.

A list is judged as a whole, before the library takes it line by line: who looks like whom cannot be told of one line
alone. So what this Resource shares with the pages and with the command is everything but the way in:

- the judgement is theirs (`lists.judging`, then `reading.compare`); a row of the library only says what was judged, and
  costs one function: no form, no statement, no instance cleaned;
- the writing is theirs: a confirmation, from a page, the administration site or the command, calls `write`, which opens
  the files set by set (`writing.open_files`) without a RowResult for each line;
- `import_data` keeps the library's own promise: a Result with a row for every line, the file of nobody written in a dry
  run, and the same `write` otherwise. Only the confirmation of a list may ask for that: it alone sees to it that a list
  is written once, with its lines of the journal, and can be undone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import tablib
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from import_export.fields import Field
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import Resource
from import_export.results import Result, RowResult

from beneficiaries.batches.attaching import attach
from beneficiaries.batches.format import ListFile
from beneficiaries.batches.reading import compare
from beneficiaries.batches.writing import Line, open_files
from beneficiaries.lists.judging import Judgement, judge_table
from beneficiaries.lists.outcomes import Outcome
from beneficiaries.lists.rules import Rule
from beneficiaries.models import ImportBatch, ImportLine

PIECE = 5000  # lines written at once: the memory that a list takes does not grow with its length
IMPORT_TYPES = {
    Outcome.IMPORT: RowResult.IMPORT_TYPE_NEW,
    Outcome.IMPORT_WARNING: RowResult.IMPORT_TYPE_NEW,
    Outcome.REVIEW: RowResult.IMPORT_TYPE_SKIP,
    Outcome.REJECT: RowResult.IMPORT_TYPE_INVALID,
    Outcome.IGNORE: RowResult.IMPORT_TYPE_SKIP,
}


class Written(NamedTuple):
    """The files that a writing opened, and those, there before, that it completed."""

    opened: list[int]
    completed: list[int]


class Told(NamedTuple):
    """What became of one line. `known`: it completes the file of somebody who was there; `file`: the one it has."""

    number: int
    name: str
    outcome: Outcome
    reasons: list[str]
    known: bool = False
    file: int | None = None

    @property
    def import_type(self) -> str:
        """In the library's words; what has its file already is not written again."""
        if self.file:
            return RowResult.IMPORT_TYPE_SKIP
        found = IMPORT_TYPES[self.outcome]
        return RowResult.IMPORT_TYPE_UPDATE if self.known and found == RowResult.IMPORT_TYPE_NEW else found


class LineResult(RowResult):
    """A line in the library's words and in ours; of a rejected one, the reasons are its `validation_error`."""

    def __init__(self, told: Told) -> None:
        super().__init__()
        self.told, self.import_type = told, told.import_type
        if self.is_invalid():
            self.validation_error = ValidationError(told.reasons)


class StudentResource(Resource):
    """Of one list: `batch` says where its files are opened, by which rule and on what day, be it kept already or made
    only to say so; `by` whose list it is, and who is compared with it: the people whom they may see."""

    number, name, outcome, reasons = Field(), Field(), Field(), Field()

    class Meta:
        use_bulk = True
        use_transactions = True  # whatever the settings say
        skip_diff = True  # a line has no former self to be compared with
        report_skipped = True  # every line has its row, hence the counts add up
        instance_loader_class = BaseInstanceLoader  # it loads nothing: who is known was found for all lines at once

    def __init__(self, batch: ImportBatch, *, by: Any = None) -> None:
        super().__init__()
        self.batch, self.by = batch, by

    # -- Judged ---------------------------------------------------------------------------------------
    def judged(self, file: ListFile) -> Judgement:
        """Every line of `file` with its outcome, those who are known already looked for. Raises UploadRefused where its
        columns name nobody."""
        judgement = judge_table(
            file.table,
            reference_date=self.batch.reference_date,
            rule=Rule(self.batch.rule) if self.batch.rule else None,
            choices=file.choices,
        )
        compare(judgement, programme=self.batch.programme_id, by=self.by)
        return judgement

    def import_data(self, dataset: tablib.Dataset, dry_run: bool = False, **kwargs: Any) -> Result:
        """Of a file (`ListFormat`) or of the lines kept (`kept_lines`). Raises UploadRefused as `judged` does, and
        ValueError where it would write what no confirmation asks for."""
        if not dry_run and self.batch.state != ImportBatch.State.WRITING:
            raise ValueError("only the confirmation of a list opens files: beneficiaries.batches.confirming")
        if isinstance(dataset, ListFile):
            dataset = _lines(Told(each.record.line, each.student.name, each.outcome, each.reasons)
                             for each in self.judged(dataset).lines)  # fmt: skip
        return super().import_data(dataset, dry_run=dry_run, **kwargs)

    def import_row(self, row: dict[str, Any], instance_loader: Any, **kwargs: Any) -> LineResult:
        return LineResult(Told(**row))

    # -- Written --------------------------------------------------------------------------------------
    def bulk_create(
        self, using_transactions: bool, dry_run: bool, raise_errors: bool, batch_size: Any = None, result: Any = None
    ) -> None:
        """Where the library would save the instances of its rows: all the lines of the list, set by set."""
        if not dry_run:
            self.write(self.batch.lines.all())

    def write(self, lines: QuerySet[ImportLine]) -> Written:
        """The files of those that are to be imported and have none yet: of new people by pieces, then of those known
        already, one by one. In the caller's transaction."""
        coming, written = lines.to_import().order_by("number"), Written([], [])
        nobody = {"person": None, "same_as": None}
        for line in coming.filter(decision=ImportLine.Decision.SAME, **nobody):
            _wait(line, "La personne choisie n’est plus dans PARTAJ : décidez de nouveau.")
        for piece in _pieces(coming.filter(**nobody)):
            written.opened.extend(open_files(batch=self.batch, lines=piece, by=self.by))
        for line in coming.filter(person__isnull=False):
            self._attach(line, written)
        for line in coming.filter(same_as__isnull=False).select_related("same_as"):
            self._complete_another(line, written)
        return written

    def _complete_another(self, line: ImportLine, written: Written) -> None:
        """A line that tells of whoever another line of the list has brought in; it waits where that one has not."""
        line.person_id = line.same_as.person_id
        if line.person_id is not None:
            self._attach(line, written)
        else:
            _wait(line, f"La ligne {line.same_as.number} n’a pas ouvert de dossier.")

    def _attach(self, line: ImportLine, written: Written) -> None:
        path = attach(line=line, batch=self.batch, by=self.by)
        (written.opened if line.opened_path else written.completed).append(path.pk)


def _wait(line: ImportLine, sentence: str) -> None:
    line.outcome, line.decision = Outcome.REVIEW, ""
    line.reasons = [*line.reasons, sentence]
    line.save()


def kept_lines(batch: ImportBatch) -> tablib.Dataset:
    """The lines of a list received, as the library imports them: decisions taken since it was read are among them."""
    rows = batch.lines.order_by("number").values_list("number", "name", "outcome", "reasons", "person", "enrolment")
    return _lines(
        Told(number, name, Outcome(outcome), reasons, known=person is not None, file=file)
        for number, name, outcome, reasons, person, file in rows
    )


def _lines(told: Iterator[Told]) -> tablib.Dataset:
    return tablib.Dataset(*told, headers=Told._fields)


def _pieces(lines: QuerySet[ImportLine]) -> Iterator[list[Line]]:
    last = 0
    while piece := [Line(*row) for row in lines.filter(number__gt=last).values_list("pk", "number", "student")[:PIECE]]:
        yield piece
        last = piece[-1].number
