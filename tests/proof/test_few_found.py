"""Nobody finds by calculation a number that « parcours », « devenir » or « ruptures » hides from them.

The attacker (tests/proof/tables.py) reads one report once, as the evaluator gets it, whole: counts, totals, shares and
drawings of all its tables.
"""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from partaj.programmes.models import Period
from reports.beside import ROWS
from reports.devenir import Devenir
from reports.parcours import EVERYONE, PATHS, STEPS, Parcours
from reports.renderers import json as as_json
from reports.ruptures import Ruptures
from reports.spans import TOTAL, column_key
from reports.suppression import HIDDEN, hide_small_counts
from reports.tables import Cell, Report, Source, Unit
from tests.proof.attacker import Budget, Equations, Unknown, another_value
from tests.proof.broken import annexe_of, becoming, becomings, breakings, funnels
from tests.proof.tables import K, read_beside, read_devenir, read_parcours, read_ruptures
from tests.proof.thorough import looking

BLANKS = {Cell(text=HIDDEN, unit=unit, source=Source.COMPUTED, hidden=True) for unit in Unit}


def truths(whole: Report) -> dict[Unknown, int]:
    """What each figure is."""
    return {
        (table.key, row.key, column.key): cell.records
        for table, row, column, cell in whole.cells()
        if cell.records is not None
    }


def isolated(equations: Equations, truth: dict[Unknown, int]) -> list[str]:
    """The numbers that this reader does not get, and finds."""
    wholes = {name[1:]: truth[(*name[1:3], _whole(name))] for name in equations.low if name[0] == "rest"}
    truth = truth | {("rest", *name): whole - truth[name] for name, whole in wholes.items()}
    assert equations.broken_by(truth) == [], "the attacker believes something false"
    found = []
    for name in equations.low:
        if equations.low[name] == equations.high[name] or not 0 < truth[name] < K:
            continue
        try:
            if not another_value(equations, name, truth):
                found.append(f"{' '.join(name)} = {truth[name]}")
        except Budget:
            pass  # nothing said of this one: a search too long for an attacker of this size
    return found


def _whole(rest: Unknown) -> str:
    return "all" if rest[-1] == "solved" else "signed"


def as_read(found: Any) -> tuple[Report, Report]:
    """The whole report, and what a reader of counts gets of it: where a cell is hidden, its bar is."""
    whole = found.report()
    report = found.for_counts(whole)
    assert {cell for *_, cell in report.cells() if cell.hidden} <= BLANKS, "every format prints from these cells"
    for table in report.tables:
        hidden = {row.label for row in table.rows if table.drawing and table.cell(row.key, table.drawing.figure).hidden}
        assert {(bar.text, bar.width) for bar in table.bars if bar.label in hidden} <= {(HIDDEN, "")}
    return whole, report


@looking(60)
@given(funnels(straight=False))
def test_no_path_is_found_where_steps_may_be_passed_over(paths: Parcours):
    whole, report = as_read(paths)
    assert isolated(read_parcours(as_json.report_data(report), straight=False), truths(whole)) == []


@looking(60)
@given(funnels(straight=True))
def test_no_path_is_found_where_everybody_takes_every_step(paths: Parcours):
    whole, report = as_read(paths)
    assert isolated(read_parcours(as_json.report_data(report), straight=True), truths(whole)) == []


@looking(60)
@given(becomings())
def test_no_outcome_is_found(found: Devenir):
    whole, report = as_read(found)
    assert isolated(read_devenir(as_json.report_data(report)), truths(whole)) == []


def test_a_base_printed_at_two_dates_is_hidden_at_none_to_hide_the_third():
    """Seven, of whom one in a CDI and one apprentice at the exit: the base was hidden there, and read beside it."""
    found = becoming([(("cdi",) * 3, 1), (("cdd", "cdi", "cdi"), 5), (("apprentice", "cdi", "cdi"), 1)])
    whole, report = as_read(found)
    assert isolated(read_devenir(as_json.report_data(report)), truths(whole)) == []
    assert [cell.text for cell in report.tables[0].rows[-1].cells if cell.text] == ["7", "7", "7"]


@looking(60)
@given(breakings())
def test_no_broken_contract_is_found(found: Ruptures):
    whole, report = as_read(found)
    assert isolated(read_ruptures(as_json.report_data(found.in_order(report))), truths(whole)) == []


def ties(paths: Parcours, phases: list[Period], truth: dict[Unknown, int]) -> list[tuple[list[Unknown], Unknown]]:
    """What anybody would think the same in annexe 1 and in the funnel of a programme where it is."""
    found: list[tuple[list[Unknown], Unknown]] = []
    rows = {column_key(period): f"step-{period.step_id}" for period in phases} | {TOTAL: PATHS}
    for column, row in rows.items():
        found += [([(STEPS, row, their)], ("people", mine, column)) for mine, their in ROWS.items()]
    ends = [*(period.step_id for period in phases), len(paths.funnel.steps) + 1]
    spans = [(column_key(period), *ends[rank : rank + 2]) for rank, period in enumerate(phases)]
    for column, start, end in [*spans, (TOTAL, 1, ends[-1])]:
        here = [(STEPS, f"step-{step}-lost-1", EVERYONE) for step in range(start, end)]
        found.append(([place for place in here if place in truth], ("people", "abandons", column)))
    for row in (*ROWS, "abandons"):
        found.append(([("people", row, column_key(period)) for period in phases], ("people", row, TOTAL)))
    return [(parts, whole) for parts, whole in found if parts and sum(truth[each] for each in parts) == truth[whole]]


@looking(60)
@given(funnels(straight=True), st.booleans())
def test_no_path_is_found_by_who_reads_annexe_1_as_well(paths: Parcours, phased: bool):
    steps = [step.pk for step in paths.funnel.steps]
    phases = [Period(pk=rank, step_id=pk) for rank, pk in enumerate(steps[-2:], start=1)] if phased else []
    annexe, whole = annexe_of(paths.funnel, phases), paths.report()
    told = hide_small_counts(annexe)
    report = paths.for_counts(whole, paths.beside(whole, phases, (annexe, told)))
    truth = truths(whole) | truths(annexe)
    same = ties(paths, phases, truth)
    found, anyhow = (
        isolated(read_beside(as_json.report_data(each), as_json.report_data(told), same), truth)
        for each in (report, hide_small_counts(whole, threshold=1000))
    )
    assert set(found) - set(anyhow) == set(), "more than annexe 1 tells to who knows what the steps are"
