"""Live aggregates shown to readers of counts only (evaluator, funder): too small counts are hidden (DESIGN §1).

A count from 1 to k-1 is hidden. Wherever what is hidden could be found by subtraction, within a table or from one
to another, the smallest other figure of the same sum is hidden with it; the same word stands for both, since a sum
of two with one known to be small often tells the other. A sealed submission is shown as submitted.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import islice

from django.conf import settings

from reports.deduction import Place, Reader, Tie
from reports.percentages import share_of
from reports.tables import Cell, Report, Row, RowKind, Table, Unit

HIDDEN = "masqué"
TRIES = 24  # cells tried in turn for one that keeps a secret, before the nearest is hidden and all begins again


@dataclass(frozen=True, slots=True)
class Sum:
    """`parts`, and `rest` people of whom no cell speaks, make `whole` (None: a number that the reader knows)."""

    parts: tuple[Place, ...]
    rest: int = 0
    whole: Place | None = None

    @property
    def places(self) -> tuple[Place, ...]:
        return (*self.parts, self.whole) if self.whole else self.parts


@dataclass(frozen=True, slots=True)
class AtMost:
    """`few` are some of those that `wholes` count together, or all of them."""

    few: Place
    wholes: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Together:
    """What is known besides the sums of a report: `bounds`; figures of other reports (`records`, of which `hidden` are
    not told) and how they are tied to its own (`ties`). `spared`: rows and columns that are hidden for the sake of
    others where nothing else can be."""

    bounds: Sequence[AtMost] = ()
    spared: frozenset[str] = frozenset()
    records: Mapping[Place, int] = field(default_factory=dict)
    hidden: Set[Place] = frozenset()
    ties: Sequence[Tie] = ()


def hide_small_counts(
    report: Report, sums: Sequence[Sum] = (), threshold: int | None = None, *, together: Together | None = None
) -> Report:
    """`sums`: those that go from one table to another; those within a table are found here. `together`, where given:
    the reader is told every whole, and what all sums tell together, with that, is hidden too."""
    k = threshold or settings.SMALL_CELL_THRESHOLD
    mask = Mask(report, k, together)
    inside = (each for table in report.tables for each in (*_columns(table), *_periods(table)))
    mask.close([*inside, *sums])
    return replace(report, tables=tuple(mask.over(table) for table in report.tables))


class Mask:
    """The cells of one report that a reader of counts does not get."""

    def __init__(self, report: Report, k: int, together: Together | None = None) -> None:
        self.k, self.together = k, together
        self.kinds = {(table.key, row.key): row.kind for table in report.tables for row in table.rows}
        self.cells: dict[Place, Cell] = {
            (table.key, row.key, column.key): cell
            for table, row, column, cell in report.cells()
            if cell.records is not None
        }
        self.hidden = {place for place, cell in self.cells.items() if self.small(cell.records) and not _is_told(cell)}
        self.unsaid: set[str] = set()  # tables whose note would tell a hidden population, or the few without answer

    def small(self, number: int | None) -> bool:
        return number is not None and 0 < number < self.k

    def close(self, sums: Sequence[Sum]) -> None:
        """Hide more until no sum gives away what it hides, nor all of them together."""
        sums = [each for each in sums if each.parts]
        self._close_one_by_one(sums)
        while self.together is not None and self._protect_together(sums, self.together):
            pass
        self.unsaid = {each.parts[0][0] for each in sums if self.small(each.rest) or each.whole in self.hidden}

    def _close_one_by_one(self, sums: Sequence[Sum]) -> None:
        found = True
        while found:
            found = any([self._protect(each) for each in sums])  # noqa: C419  (each of them, not up to the first)

    def _protect(self, each: Sum) -> bool:
        """Whether one more cell of this sum had to be hidden."""
        safe = self._keeps_its_secret(each) and not self._shares_tell(each)
        other = None if safe else self._smallest_other(each.places)
        if other is not None:
            self.hidden.add(other)
        return other is not None

    def _protect_together(self, sums: Sequence[Sum], beside: Together) -> bool:
        """Whether one more cell had to be hidden, because together they tell a small one, or a small rest: of the
        nearest, the one that costs the fewest others. What would be found of a blank report is not for it to hide."""
        reader = self._reader(sums, beside)
        found = reader.finds(self.small)
        blank = {place for place, cell in self.cells.items() if cell.records and not _is_told(cell)}
        lost = set(self._reader(sums, beside, blank).finds(self.small)) if found else set()
        for name in found:
            others = [] if name in lost else list(islice(self._others_around(name, reader), TRIES))
            if others:
                before = set(self.hidden)
                kept = [hidden for place in others if (hidden := self._hidden_with(place, before, name, sums, beside))]
                self.hidden = min(kept, key=len) if kept else before | {others[0]}
                self._close_one_by_one(sums)
                return True
        return False

    def _hidden_with(
        self, place: Place, before: set[Place], name: Hashable, sums: Sequence[Sum], beside: Together
    ) -> set[Place] | None:
        """All that is hidden once `place` is, if `name` is found no more."""
        self.hidden = before | {place}
        self._close_one_by_one(sums)
        return None if name in self._reader(sums, beside).finds(self.small) else self.hidden

    def _reader(self, sums: Sequence[Sum], beside: Together, hidden: Set[Place] | None = None) -> Reader:
        """Who gets this report, but for what is `hidden`; a share says what its figure says."""
        figures = {place: cell.records or 0 for place, cell in self.cells.items() if cell.unit is not Unit.PERCENT}
        ties = [
            *(Tie(each.parts, (each.whole,), each.rest) for each in sums if each.whole in figures),
            *(Tie((each.few,), each.wholes) for each in beside.bounds),
            *beside.ties,
        ]
        return Reader(ties, figures | dict(beside.records), (hidden or self.hidden) | beside.hidden)

    def _others_around(self, name: Hashable, reader: Reader) -> Iterator[Place]:
        """What may be hidden for the sake of `name`, the nearest and smallest first."""
        seen: set[Place] = set()
        for tie in reader.ties_around(name):
            for place in self._others(tie.places):
                if place not in seen:
                    seen.add(place)
                    yield place

    def _keeps_its_secret(self, each: Sum) -> bool:
        """Nothing is hidden, or too much for a subtraction to tell anything: an unknown whole of which a part is
        unknown too, or several figures, with k people at least between them and not one person in each."""
        numbers = [self.cells[place].records or 0 for place in each.parts if place in self.hidden]
        # A larger rest is no longer said, in the note, once something of the table is hidden.
        if self.small(each.rest) or (numbers and each.rest > 0):
            numbers.append(each.rest)
        if each.whole in self.hidden:
            return bool(numbers) or each.rest != 0
        return not numbers or (len(numbers) > 1 and sum(numbers) >= self.k and sum(numbers) > len(numbers))

    def _shares_tell(self, each: Sum) -> bool:
        """Whether the shares still shown leave their base one value only: with the population, it tells the few of
        whom no cell speaks. A base is at least what is shown and one person in each figure hidden."""
        cells = [self.cells[place] for place in each.parts if place in self.cells]
        shown = [self.cells[place] for place in each.parts if place in self.cells and place not in self.hidden]
        shares = [cell for cell in shown if cell.unit is Unit.PERCENT]
        if not shares or not self.small(each.rest) or each.whole in self.hidden:
            return False
        least = sum(cell.records or 0 for cell in shown) + len(cells) - len(shown)
        most = sum(cell.records or 0 for cell in cells) + each.rest
        bases = (
            base
            for base in range(max(least, 1), most + 1)
            if all(share_of(cell.records or 0, base) == cell.computed for cell in shares)
        )
        return len(list(islice(bases, 2))) < 2

    def _smallest_other(self, places: Sequence[Place]) -> Place | None:
        return next(iter(self._others(places)), None)

    def _others(self, places: Sequence[Place]) -> list[Place]:
        """A total of the same table goes first, unless spared: its other rows are told again by the sections below."""
        here = places[0][0]
        spared = self.together.spared if self.together else frozenset()
        others = [
            (
                bool(spared & {*place[1:]}),
                place[0] != here,
                self.kinds[place[:2]] is not RowKind.TOTAL,
                cell.records,
                place,
            )
            for place in places
            if place not in self.hidden and (cell := self.cells.get(place)) and cell.records and not _is_told(cell)
        ]
        return [place for *_, place in sorted(others)]

    def over(self, table: Table) -> Table:
        rows = tuple(replace(row, cells=tuple(self._cells(table, row))) for row in table.rows)
        masked = table.key in self.unsaid or any(place[0] == table.key for place in self.hidden)
        note = f"Les effectifs de 1 à {self.k - 1}, et ceux qui les révéleraient, sont masqués."
        return replace(table, rows=rows, note=note if masked else table.note)

    def _cells(self, table: Table, row: Row) -> Iterator[Cell]:
        for column, cell in zip(table.columns, row.cells, strict=False):
            if cell.declaration is not None and (
                self.small(cell.records) or (table.key, row.key, column.key) in self.hidden
            ):
                # What was declared is printed; what was computed under it is not told.
                yield replace(cell, computed=None, computed_text="", records=None, drill=False)
            elif (table.key, row.key, column.key) in self.hidden:
                yield Cell(text=HIDDEN, unit=cell.unit, source=cell.source, hidden=True)
            else:
                yield cell


def _is_told(cell: Cell) -> bool:
    """A declared figure equal to the computed one is printed whatever is hidden around it."""
    return cell.declaration is not None and cell.value == cell.computed


def _columns(table: Table) -> Iterable[Sum]:
    """Down each column: the rows that add up to a known number (their total, or the population of the section)."""
    rows = [row for row in table.rows if row.adds_up and row.kind is RowKind.ROW]
    total = next((row for row in table.rows if row.adds_up and row.kind is RowKind.TOTAL), None)
    for column in table.columns if rows else ():
        parts = tuple((table.key, row.key, column.key) for row in rows)
        yield Sum(parts, whole=(table.key, total.key, column.key) if total else None)


def _periods(table: Table) -> Iterable[Sum]:
    """Along each row: the periods and the whole duration, the publics and everybody."""
    periods = [column.key for column in table.columns if column.kind == "period"]
    total = next((column.key for column in table.columns if column.kind == "total"), "")
    for row in table.rows if periods and total else ():
        yield Sum(tuple((table.key, row.key, key) for key in periods), whole=(table.key, row.key, total))


def hide_shares(report: Report, table: str, share: str, bases: Mapping[str, tuple[str, str]]) -> Report:
    """`bases`: of which figure (row, column) each row of `table` gives the share. Where it is hidden, its shares would
    tell it, or nearly."""
    told = report.table(table)
    rows = tuple(
        replace(row, cells=tuple(
            Cell(HIDDEN, unit=cell.unit, source=cell.source, hidden=True)
            if column.key == share and cell.text and row.key in bases and told.cell(*bases[row.key]).hidden else cell
            for column, cell in zip(told.columns, row.cells, strict=True)
        ))
        for row in told.rows
    )  # fmt: skip
    tables = (replace(each, rows=rows) if each.key == table else each for each in report.tables)
    return replace(report, tables=tuple(tables))


def shares(table: Table, figure: str, share: str) -> Iterable[Sum]:
    """A share tells the figure that it is made from: both are hidden, or neither."""
    for row in table.rows:
        yield Sum(((table.key, row.key, figure),), whole=(table.key, row.key, share))
