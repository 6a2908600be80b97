"""« Parcours »: the funnel of a programme, step by step, and why paths stopped where they did (DESIGN §5).

Source: AP1-485, « sélection des candidats » and phases 1 and 2 (319 contacted, 40 reviews, 21 projects, 11 contracts of
which 3 were broken). Whatever went through a step went on, was lost for a coded reason, left, or is there still: the
rows under a step make its figure, and the steps make all the paths.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from beneficiaries.models import Contact, Enrolment, Public, StepEntry
from partaj.formats import counted, french_integer
from partaj.programmes.models import Period
from reports.assembly import assembled
from reports.beside import Beside
from reports.cells import computed_cell, percent_cell
from reports.checks import declared_against_computed, declared_nowhere, gravest_first
from reports.declaring import Declared, declared_in, with_declared
from reports.devenir import Devenir
from reports.figures import Figure, place_of
from reports.funnel import LEFT, LOST, NOBODY, THERE, UNSAID, Funnel, Stop
from reports.issuing import report_of
from reports.perimeter import Perimeter
from reports.snapshot import one_moment
from reports.suppression import AtMost, Sum, Together, hide_shares, hide_small_counts, shares
from reports.tables import Cell, Column, Drawing, Finding, Report, Row, RowKind, Severity, Table

CODE = "parcours"
TITLE = "Parcours – étapes et départs"
STEPS, FIRST = "steps", "first"  # the tables
PATHS, NO_STEP, AT_FIRST = "paths", "no-step", "at-first"  # rows; those of a step and of a result bear their own key
EVERYONE, SHARE = "everyone", "share"
PUBLICS = {"youths": Public.YOUTH.value, "adults": Public.ADULT.value}
COLUMNS = (
    Column("youths", "Jeunes"), Column("adults", "Adultes"), Column(EVERYONE, "Ensemble", "total"),
    Column(SHARE, "Part", "share"),
)  # fmt: skip
RESULTS = {
    **{str(code): label[0].upper() + label[1:] for code, label in Contact.Result.choices},
    UNSAID: "Contact sans résultat noté", NOBODY: "Aucun contact noté",
}  # fmt: skip
COUNTS_PATHS = "Un parcours commence au premier contact ; qui est parti puis revenu compte pour chacun des siens."


def build_parcours(perimeter: Perimeter) -> Report:
    """The funnel for one reader, from one consistent moment; small counts hidden from who reads no names."""
    return _built(perimeter)[0]


def _built(perimeter: Perimeter) -> tuple[Report, Parcours]:
    with one_moment():
        paths = Parcours(Funnel(perimeter))
        report = paths.report()
        declared = declared_in(perimeter, CODE)
        elsewhere = paths.lost_elsewhere().count() if perimeter.names else 0
        beside = (
            None
            if perimeter.names
            else paths.beside(report, list(perimeter.programme.periods.all()), *_told_beside(perimeter))
        )
    report = with_declared(report, declared)
    if perimeter.names:
        return replace(report, findings=paths.findings(report, declared, elsewhere)), paths
    return paths.for_counts(report, beside), paths


def _told_beside(perimeter: Perimeter) -> list[tuple[Report, Report]]:
    """Annexe 1 and « devenir », as they are and as this reader of counts gets them."""
    assembly, found = assembled(perimeter), Devenir(perimeter)
    return [
        (whole, each.for_counts(whole))
        for each, whole in ((assembly, assembly.report(perimeter)), (found, found.report()))
    ]


@dataclass(frozen=True, slots=True)
class Line:
    """One row: how many paths of each public, their list, and of how many they are a share (None: of none)."""

    key: str
    label: str
    number: Callable[[str], int]
    listed: Callable[[], QuerySet[Enrolment]]
    rule: str
    whole: Callable[[str], int] | None = None
    level: int = 1
    kind: RowKind = RowKind.ROW
    adds_up: bool = False  # to the total of the table, in one column; the sums of the steps are told by `sums`

    def total(self) -> int:
        return sum(map(self.number, PUBLICS.values()))

    def row(self) -> Row:
        numbers = [*map(self.number, PUBLICS.values()), self.total()]
        cells = [computed_cell(number, french_integer(number), records=number) for number in numbers]
        whole = sum(map(self.whole, PUBLICS.values())) if self.whole else 0
        share = percent_cell(self.total(), whole) if whole else Cell()
        return Row(self.key, self.label, (*cells, share), self.level, self.kind, self.adds_up)


class Parcours:
    """The report of one perimeter: its lines, laid out once for the table, the lists and the sums."""

    def __init__(self, funnel: Funnel) -> None:
        self.funnel = funnel
        self.programme = funnel.perimeter.programme

    # -- Lines ------------------------------------------------------------------------------------
    def opened(self) -> Line:
        return Line(
            PATHS, "Parcours ouverts",
            lambda public: sum(number for (_, of), number in self.funnel.stops.items() if of == public),
            self.funnel.paths, "Tous les parcours ouverts dans le programme.", level=0, kind=RowKind.TOTAL,
        )  # fmt: skip

    def of_step(self, step: Any) -> Iterator[Line]:
        """The step, who went on, and one line for each way of stopping there that happened."""
        key, funnel = f"step-{step.pk}", self.funnel

        def passed(public: str) -> int:
            return funnel.passed[step.pk, public]

        yield Line(
            key, step.label, passed, lambda: funnel.through(step.pk), f"Parcours passés par l’étape « {step.label} ».",
            self.opened().number, level=0, kind=RowKind.SUBTOTAL,
        )  # fmt: skip
        gone_on = Line(
            f"{key}-on", "Allés plus loin", lambda public: passed(public) - funnel.stopped_at(step.pk, public),
            lambda: funnel.gone_on(step.pk), f"Parcours passés par l’étape « {step.label} », puis par une suivante.",
            passed,
        )  # fmt: skip
        if gone_on.total():
            yield gone_on
        yield from (self.of_stop(stop, key, step.label, passed) for stop in funnel.stops_at(step.pk))

    def of_stop(self, stop: Stop, key: str, step: str, passed: Callable[[str], int]) -> Line:
        end, label, said = self.words_of(stop)
        return Line(
            f"{key}-{end}", label, lambda public: self.funnel.stops[stop, public],
            lambda: self.funnel.stopped().filter(stop.condition()), f"Parcours arrêtés à l’étape « {step} » : {said}.",
            passed,
        )  # fmt: skip

    def words_of(self, stop: Stop) -> tuple[str, str, str]:
        """The end of the key, the label of the row, and the rule."""
        if stop.ending == LOST:
            reason = next(each for each in self.funnel.reasons if each.pk == stop.reason)
            return f"lost-{reason.pk}", f"Départ : {reason.label}", f"départ noté, motif « {reason.label} »"
        if stop.ending == LEFT:
            return LEFT, "Sortis du dispositif", "sortie notée, sans départ"
        if self.programme.is_closed:
            return THERE, "Sans suite notée", "ni étape suivante, ni départ, ni sortie"
        return THERE, "En cours à cette étape", "ni étape suivante, ni départ, ni sortie à ce jour"

    def without_step(self) -> Line:
        return Line(
            NO_STEP, "Aucune étape notée", lambda public: self.funnel.stopped_at(None, public),
            lambda: self.funnel.stopped().filter(stop=None), "Parcours dont aucune étape n’est notée.",
            self.opened().number, level=0,
        )  # fmt: skip

    def of_steps(self) -> Iterator[Line]:
        yield self.opened()
        if (alone := self.without_step()).total():
            yield alone
        for step in self.funnel.steps:
            yield from self.of_step(step)

    def of_results(self) -> Iterator[Line]:
        """Those who went no further than the first step, by what their last contact gave."""
        first = self.funnel.steps[0]
        base = Line(
            AT_FIRST, "Arrêtés à la première étape", lambda public: self.funnel.stopped_at(first.pk, public),
            self.funnel.at_first, f"Parcours qui ne sont pas allés plus loin que l’étape « {first.label} ».",
            level=0, kind=RowKind.TOTAL, adds_up=True,
        )  # fmt: skip
        for code, label in RESULTS.items():
            line = Line(
                f"heard-{code}", label, lambda public, code=code: self.funnel.heard[code, public],  # type: ignore[misc]
                lambda code=code: self.funnel.at_first().filter(heard=code),  # type: ignore[misc]
                f"{base.rule} Dernier contact : {label.lower()}.", base.number, level=0, adds_up=True,
            )  # fmt: skip
            if line.total():
                yield line
        yield base

    @cached_property
    def tables(self) -> dict[str, list[Line]]:
        tables = {STEPS: list(self.of_steps())}
        if self.funnel.steps and sum(self.funnel.heard.values()):
            tables[FIRST] = list(self.of_results())
        return tables

    # -- Table, sums, checks ------------------------------------------------------------------------
    def report(self) -> Report:
        titles = {STEPS: "Étapes du parcours", FIRST: "Arrêtés à la première étape : ce qu’a donné le dernier contact"}
        notes = {
            STEPS: f"{COUNTS_PATHS} Part : d’une étape, dans les parcours ouverts ; d’une ligne, dans son étape.",
            FIRST: "Part : des parcours arrêtés à la première étape.",
        }
        drawn = {STEPS: [f"step-{step.pk}" for step in self.funnel.steps], FIRST: []}
        tables = [
            Table(key, titles[key], COLUMNS, tuple(line.row() for line in lines), notes[key],
                  Drawing(tuple(drawn[key]), EVERYONE, SHARE) if drawn[key] else None)
            for key, lines in self.tables.items()
        ]  # fmt: skip
        return report_of(self.funnel.perimeter, code=CODE, title=TITLE, tables=tables)

    def for_counts(self, report: Report, beside: Beside | None = None) -> Report:
        """As who reads no names gets it; `beside`: what the other reports tell them."""
        told = beside or Beside({})
        # The column of everybody goes before those of the publics: annexe 1 tells the larger of these.
        together = Together(tuple(self.bounds()), frozenset(PUBLICS), told.records, told.hidden, told.ties)
        report = hide_small_counts(report, tuple(self.sums()), together=together)
        return reduce(lambda told, key: hide_shares(told, key, SHARE, self.bases(key)), self.tables, report)

    def beside(self, report: Report, periods: list[Period], *others: tuple[Report, Report]) -> Beside:
        """`periods` of the programme; `others`: annexe 1 and « devenir », each whole and as the reader gets it."""
        beside = Beside({
            (table.key, row.key, column.key): cell.records
            for table, row, column, cell in report.cells() if cell.records is not None
        })  # fmt: skip
        for whole, told in others:
            beside.read(whole, told)
        beside.within_annexe()
        beside.same_people(STEPS, [PATHS, *(f"step-{step.pk}" for step in self.funnel.steps)])
        beside.departures(STEPS, periods, self.funnel.steps, self.funnel.reasons)
        beside.gone(
            STEPS, [line.key for line in self.tables[STEPS] if "-lost-" in line.key or line.key.endswith(f"-{LEFT}")]
        )
        return beside

    def sums(self) -> Iterator[Sum]:
        """What could be found by subtraction: within a step, from a step to the next, over all steps, from a table to
        the other, and between a share and its figure."""
        tables = self.tables
        for key, lines in tables.items():
            yield from shares(Table(key, "", COLUMNS, tuple(line.row() for line in lines)), EVERYONE, SHARE)
        stops = [line.key for line in tables[STEPS] if line.level and not line.key.endswith("-on")]
        alone = [line.key for line in tables[STEPS] if line.key == NO_STEP]
        for column in (*PUBLICS, EVERYONE):
            yield Sum(tuple((STEPS, key, column) for key in (*stops, *alone)), whole=(STEPS, PATHS, column))
            for step, following in zip(self.funnel.steps, [*self.funnel.steps[1:], None], strict=True):
                inner = [line.key for line in tables[STEPS] if line.level and line.key.startswith(f"step-{step.pk}-")]
                yield Sum(tuple((STEPS, key, column) for key in inner), whole=(STEPS, f"step-{step.pk}", column))
                if following and self._all_go_from(step, following, column):
                    yield Sum(((STEPS, f"step-{step.pk}-on", column),), whole=(STEPS, f"step-{following.pk}", column))
            if FIRST in tables:
                inner = [key for key in stops if key.startswith(f"step-{self.funnel.steps[0].pk}-")]
                yield Sum(tuple((STEPS, key, column) for key in inner), whole=(FIRST, AT_FIRST, column))

    def bounds(self) -> Iterator[AtMost]:
        """Whoever went on from a step stopped at another: a later one, or an earlier one where they were lost."""
        lines = [line.key for line in self.tables[STEPS]]
        stops = [[key for key in lines if _stops_at(key, step.pk)] for step in self.funnel.steps]
        for rank, step in enumerate(self.funnel.steps):
            others = [key for there in stops[rank + 1 :] for key in there]
            others += [key for there in stops[:rank] for key in there if "-lost-" in key]
            for column in (*PUBLICS, EVERYONE) if (on := f"step-{step.pk}-on") in lines else ():
                yield AtMost((STEPS, on, column), tuple((STEPS, key, column) for key in others))

    def bases(self, table: str) -> dict[str, tuple[str, str]]:
        """Of which figure each row gives the share."""
        bases, step = {}, ""
        for line in self.tables[table]:
            if table == FIRST:
                bases[line.key] = (AT_FIRST, EVERYONE)
            else:
                bases[line.key] = (step if line.level else PATHS, EVERYONE)
                step = step if line.level else line.key
        return bases

    def _all_go_from(self, step: Any, following: Any, column: str) -> bool:
        """Whether as many went on as entered the next step: each then tells the other."""
        publics = PUBLICS.values() if column == EVERYONE else [PUBLICS[column]]
        on = sum(self.funnel.passed[step.pk, each] - self.funnel.stopped_at(step.pk, each) for each in publics)
        return bool(on) and on == sum(self.funnel.passed[following.pk, each] for each in publics)

    def findings(self, report: Report, declared: Declared, elsewhere: int) -> tuple[Finding, ...]:
        """`elsewhere`: how many `lost_elsewhere` lists."""
        found = [*declared_against_computed(report), *declared_nowhere(report, declared)]
        if elsewhere:
            found.append(Finding(
                "lost-elsewhere", Severity.WARNING, CODE, report.table(STEPS).title,
                f"{counted(elsewhere, 'départ noté', 'départs notés')} sans étape, ou à une étape par laquelle le "
                "parcours n’est pas passé : ils comptent à la dernière étape notée.", computed=elsewhere,
            ))  # fmt: skip
        if alone := self.without_step().total():
            found.append(Finding(
                "no-step", Severity.INFO, CODE, report.table(STEPS).title,
                f"{counted(alone, 'parcours', 'parcours')} sans aucune étape notée.", computed=alone,
            ))  # fmt: skip
        return gravest_first(found)

    def lost_elsewhere(self) -> QuerySet[Enrolment]:
        there = StepEntry.objects.filter(enrolment=OuterRef("pk"), step=OuterRef("lost_at"))
        return self.funnel.paths().filter(~Exists(there), lost_on__isnull=False)


def _stops_at(row: str, step: int) -> bool:
    return row.startswith(f"step-{step}-") and not row.endswith("-on")


@dataclass(frozen=True, slots=True)
class PathsFigure(Figure):
    line: Line

    @property
    def rule(self) -> str:
        if self.column.key in PUBLICS:
            return f"{self.line.rule} {self.column.label}."
        return self.line.rule

    @property
    def is_counted(self) -> bool:
        return True

    @property
    def day(self) -> str:
        return "contacted_on"

    def people(self, user: Any) -> QuerySet[Enrolment]:
        listed = self.line.listed()
        if self.column.key in PUBLICS:
            listed = listed.filter(public=PUBLICS[self.column.key])
        return listed.visible_to(user)  # type: ignore[attr-defined]


def figure_of_parcours(perimeter: Perimeter, row_key: str, column_key: str) -> PathsFigure:
    """Raises KeyError, as `place_of`."""
    report, paths = _built(perimeter)
    place = place_of(report, row_key, column_key)
    line = next(line for line in paths.tables[place[0].key] if line.key == row_key)
    return PathsFigure(*place, perimeter, line)
