"""The tables of « Ruptures »: how contracts are split, row by row, and what each column counts of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.utils.text import capfirst

from beneficiaries.models import ApprenticeshipBreak, Contract
from beneficiaries.sections import FORM_ROWS
from partaj.folding import fold
from partaj.formats import french_integer
from partaj.programmes.models import Section
from reports.breaks import (
    LONGER,
    UNKNOWN,
    Part,
    Rows,
    Words,
    apprenticeships,
    contracts,
    numbers_of,
    told_apart,
    words_in,
)
from reports.cells import computed_cell, percent_cell
from reports.suppression import Place, Sum
from reports.tables import Cell, Column, Drawing, Row, RowKind, Table

MOTIVE, SECTOR, LEVEL, DELAY = "motive", "sector", "level", "delay"  # the tables
TYPE, WHY, WHOSE, TRIAL = "type", "why", "whose", "trial"
ALL, SHARE, SOLVED, SIGNED, BROKEN = "all", "share", "solved", "signed", "broken"  # columns
REST = "rest"  # a row; those of a code bear its name, those of typed words a print of them
DRAWN = 12  # bars of a table of typed words: the long tail is in the table
NOT_KNOWN = "Non connu"


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of contracts: how they are found, dated and named in a list."""

    find: Callable[[Any], Any]
    day: str
    words: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One row: those that hold one of `codes`. `own`: its label was typed, and so few share it that it is theirs;
    `last`: after the others, however many it counts."""

    key: str
    label: str
    codes: tuple[Any, ...]
    own: bool = False
    last: bool = False
    always: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """A column and whom it counts, `says` so in words; `within`: the column that holds these and others, where the
    table does not tell the others."""

    column: Column
    part: Part
    says: str = ""
    within: str = ""


@dataclass(frozen=True)
class Split:
    """One table: `rows` split by `field` into `lines`. `figure`: the column that the share is of; `base`: the column
    that it is a share of, in the same row (empty: `figure`, in the total)."""

    key: str
    title: str
    field: str
    lines: tuple[Line, ...]
    counted: tuple[Counted, ...]
    family: Family
    rows: Rows
    figure: str
    total: str
    note: str
    base: str = ""
    typed: bool = False

    @property
    def keys(self) -> set[str]:
        return {each.column.key for each in self.counted}

    @property
    def total_key(self) -> str:
        return f"{self.key}-total"

    def row_key(self, line: Line) -> str:
        return f"{self.key}-{line.key}"

    def line_of(self, row_key: str) -> Line | None:
        """None for the total."""
        return next((line for line in self.lines if self.row_key(line) == row_key), None)

    def of(self, column: str) -> Counted:
        """A share is made from its figure."""
        key = self.figure if column == SHARE else column
        return next(each for each in self.counted if each.column.key == key)

    def number(self, line: Line | None, column: str) -> int:
        """`line`: None for the total."""
        counts = self._counts[column]
        return sum(counts[code] for code in line.codes) if line else counts.total()

    @property
    def unknown(self) -> int:
        return sum(self.number(line, self.figure) for line in self.lines if line.key == UNKNOWN)

    @cached_property
    def _counts(self) -> dict[str, Counter[Any]]:
        return {each.column.key: numbers_of(self.rows, self.field, each.part) for each in self.counted}

    # -- Table ------------------------------------------------------------------------------------------
    @property
    def columns(self) -> tuple[Column, ...]:
        columns = [each.column for each in self.counted]
        place = next(rank for rank, column in enumerate(columns, start=1) if column.key == self.figure)
        return (*columns[:place], Column(SHARE, "Part", "share"), *columns[place:])

    def table(self) -> Table:
        rows = [self._row(line) for line in self.printed]
        shown = tuple(row.key for row in rows)
        drawing = Drawing(shown, self.figure, SHARE) if len(shown) > 1 else None
        return Table(self.key, self.title, self.columns, (*rows, self._row(None)), self.note, drawing)

    @property
    def printed(self) -> list[Line]:
        return [line for line in self.lines if line.always or self.number(line, self.base or self.figure)]

    def _row(self, line: Line | None) -> Row:
        cells = [self._cell(line, column.key) for column in self.columns]
        if line is None:
            parts = tuple(self.row_key(each) for each in self.printed)
            return Row(self.total_key, self.total, tuple(cells), kind=RowKind.TOTAL, sum_of=parts)
        return Row(self.row_key(line), line.label, tuple(cells))

    def _cell(self, line: Line | None, column: str) -> Cell:
        number = self.number(line, self.of(column).column.key)
        if column != SHARE:
            return computed_cell(number, french_integer(number), records=number)
        whole = self.number(line, self.base) if self.base else self.number(None, self.figure)
        return percent_cell(number, whole) if whole and (line or self.base) else Cell()

    def in_order(self, table: Table) -> Table:
        """Typed words by the number that is printed, what is hidden after it; the first of them are drawn."""
        if not self.typed:
            return table
        shown = {row.key: row for row in table.rows}
        lines = sorted(self.printed, key=lambda line: (line.last, -self._told(table, line), fold(line.label)))
        keys = [self.row_key(line) for line in lines]
        drawing = replace(table.drawing, rows=tuple(keys[:DRAWN])) if table.drawing else None
        return replace(table, rows=tuple(shown[key] for key in (*keys, self.total_key)), drawing=drawing)

    def _told(self, table: Table, line: Line) -> int:
        """The number of a row as its reader gets it; less than any where they do not."""
        value = table.cell(self.row_key(line), self.figure).value
        return value if isinstance(value, int) else -1

    # -- What could be found by subtraction ----------------------------------------------------------------
    def bases(self) -> dict[str, tuple[str, str]]:
        """Of which figure each row gives the share."""
        if self.base:
            return {key: (key, self.base) for key in (*map(self.row_key, self.printed), self.total_key)}
        return {self.row_key(line): (self.total_key, self.figure) for line in self.printed}

    def left_out(self) -> Iterator[Sum]:
        """Along each row, of a column that counts some of another: those whom it leaves out."""
        for few, whole in self.bounds():
            line = self.line_of(few[1])
            rest = self.number(line, whole[2]) - self.number(line, few[2])
            if rest:
                yield Sum((few,), rest, whole)

    def bounds(self) -> Iterator[tuple[Place, Place]]:
        """Along each row, a column that counts some of another, and that other."""
        for row in (*map(self.row_key, self.printed), self.total_key):
            for each in self.counted:
                if each.within:
                    yield (self.key, row, each.column.key), (self.key, row, each.within)


# -- Apprenticeships ----------------------------------------------------------------------------------------
APPRENTICESHIPS = Family(apprenticeships, "broken_on", ("rupture d’apprentissage", "ruptures d’apprentissage"))
EVERY_BREAK = Counted(Column(ALL, "Ruptures", "total"), Part())
FOUND = Counted(
    Column(SOLVED, "Solution trouvée", "part"), Part("solution_found", (True,)),
    "Celles où une solution a été trouvée depuis.", ALL,
)  # fmt: skip
Choice = ApprenticeshipBreak.Choice
BY_CHOICE = (
    Counted(Column("chosen", "Choisies"), Part("chosen", (Choice.CHOSEN.value,)), "Celles que le jeune a choisies."),
    Counted(Column("suffered", "Subies"), Part("chosen", (Choice.SUFFERED.value,)), "Celles qu’il a subies."),
    Counted(Column("unsaid", NOT_KNOWN), Part("chosen", (Choice.UNKNOWN.value,)),
            "Celles dont on ne sait si elles ont été choisies ou subies."),
)  # fmt: skip
NO_BREAK = (
    "Aucune rupture d’apprentissage n’est notée. Elle se note dans le dossier du jeune (« Noter une rupture "
    "d’apprentissage »), ou vient de la liste d’un CFA, déposée dans les listes reçues."
)
PER_BREAK = "Qui a rompu deux contrats compte deux fois. Part : de toutes les ruptures."
AS_TYPED = f"Comme écrit dans les dossiers, sans égard aux accents ni aux majuscules. {PER_BREAK}"
DELAY_LINES = (
    Line("trial", "Moins de 2 mois (l’essai : 45 jours en entreprise)", ("trial",), always=True),
    Line("half-year", "De 2 à 6 mois", ("half-year",), always=True),
    Line("year", "De 6 mois à 1 an", ("year",), always=True),
    Line(LONGER, "1 an et plus", (LONGER,), always=True),
    Line(UNKNOWN, "Non connu (une date manque)", (UNKNOWN,)),
)
LEVEL_LINES = tuple(
    Line(UNKNOWN, NOT_KNOWN, (*row.codes, "")) if row.code == "NC" else Line(row.code, row.label, row.codes)
    for row in FORM_ROWS[Section.LEVEL]
)


def apprenticeship_splits(rows: Rows, least: int) -> list[Split]:
    """By motive always; by sector, level and delay where at least `least` are known. `least` above 1: for who reads no
    names, and no words that fewer share."""
    common: dict[str, Any] = {
        "family": APPRENTICESHIPS, "rows": rows, "figure": ALL, "total": "Ensemble des ruptures d’apprentissage",
    }  # fmt: skip
    counted, title = (EVERY_BREAK, FOUND), "Ruptures d’apprentissage, par"
    motives = _typed_lines(words_in(rows, "motive"), "Autres motifs", least)
    sectors = _typed_lines(words_in(rows, "sector"), "Autres secteurs", least)
    splits = [
        Split(MOTIVE, f"{title} motif", "motive", motives, (*BY_CHOICE, *counted), typed=True,
              note=AS_TYPED if rows else NO_BREAK, **common),
        Split(SECTOR, f"{title} secteur d’activité", "sector", sectors, counted, typed=True, note=AS_TYPED, **common),
        Split(LEVEL, f"{title} niveau de formation à l’entrée", "level", LEVEL_LINES, counted, note=PER_BREAK,
              **common),
        Split(DELAY, f"{title} délai depuis le début du contrat", "delay", DELAY_LINES, counted,
              note=f"Délais : moins de 61 jours, de 61 à 182, de 183 à 364, 365 et plus. {PER_BREAK}", **common),
    ]  # fmt: skip
    return [split for split in splits if split.key == MOTIVE or _known(split) >= least]


def _known(split: Split) -> int:
    """Of how many the table tells something."""
    return sum(split.number(line, ALL) for line in split.lines if line.key not in (UNKNOWN, REST))


def _typed_lines(found: list[Words], others: str, least: int) -> tuple[Line, ...]:
    apart, together = told_apart(found, least)
    lines = [_typed_line(each) for each in apart]
    if together:
        label = f"{others}, ou non connus" if any(not each.key for each in together) else others
        lines.append(Line(REST, label, tuple(typed for each in together for typed in each.spellings), last=True))
    return tuple(sorted(lines, key=lambda line: (line.last, line.key == UNKNOWN)))


def _typed_line(words: Words) -> Line:
    if not words.key:
        return Line(UNKNOWN, NOT_KNOWN, words.spellings, last=True)
    few = words.number < settings.SMALL_CELL_THRESHOLD
    return Line(blake2b(words.key.encode(), digest_size=8).hexdigest(), capfirst(words.label), words.spellings, own=few)


# -- Work contracts ----------------------------------------------------------------------------------------------
CONTRACTS = Family(contracts, "starts_on", ("contrat de travail", "contrats de travail"))
BREAKS = Family(contracts, "broken_on", ("contrat rompu", "contrats rompus"))
EVERY_CONTRACT = Counted(Column(SIGNED, "Signés", "total"), Part())
BROKEN_ONES = Counted(
    Column(BROKEN, "Dont rompus", "part"), Part("is_over", ("broken",)), "Ceux qui ont été rompus.", SIGNED
)
ALL_BROKEN = Counted(Column(BROKEN, "Rompus", "total"), BROKEN_ONES.part)
NO_CONTRACT = (
    "Aucun contrat de travail n’est noté. Il se note dans le dossier du jeune, sur la carte « Aujourd’hui », et sa "
    "rupture de même."
)
SIGNED_ONES = "Base : les contrats signés et notés ; qui en a signé deux compte deux fois. Part : des contrats signés."
OF_BROKEN = "Base : les contrats rompus. Part : des contrats rompus."
TRIAL_LINES = (
    Line("yes", "Pendant la période d’essai", (True,), always=True),
    Line("no", "Après la période d’essai, ou sans essai", (False,), always=True),
    Line(UNKNOWN, NOT_KNOWN, (None,)),
)


def work_splits(rows: Rows) -> list[Split]:
    """By type, over those that were signed; then those that were broken, where there are."""
    by_type = Split(
        TYPE, "Contrats de travail signés et rompus, par type", "contract_type", _coded(Contract.Type.choices),
        (EVERY_CONTRACT, BROKEN_ONES), CONTRACTS, rows, BROKEN, "Ensemble des contrats",
        SIGNED_ONES if rows else NO_CONTRACT, base=SIGNED,
    )  # fmt: skip
    if not by_type.number(None, BROKEN):
        return [by_type]
    return [by_type, *(
        Split(key, title, name, lines, (ALL_BROKEN,), BREAKS, rows, BROKEN, "Ensemble des contrats rompus", OF_BROKEN)
        for key, title, name, lines in (
            (WHY, "Contrats de travail rompus, par motif", "break_motive", _coded(Contract.Motive.choices)),
            (WHOSE, "Contrats de travail rompus, à l’initiative de", "initiative",
             _coded(Contract.Initiative.choices)),
            (TRIAL, "Contrats de travail rompus pendant l’essai, ou après", "in_trial", TRIAL_LINES),
        )
    )]  # fmt: skip


def _coded(choices: Iterable[tuple[str, str]]) -> tuple[Line, ...]:
    lines = (Line(str(code), label if label.isupper() else capfirst(label), (str(code),)) for code, label in choices)
    return tuple(lines)
