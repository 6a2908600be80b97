"""Nobody isolates a small figure from annexe 1: whatever is hidden below k may always be two numbers at least.

The attacker (tests/proof/attacker.py) reads one report once; what lies outside its reach is written in
docs/decisions.md.
"""

from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from reports.additions import sums_of
from reports.annexe1 import Annexe1
from reports.assembly import Assembly
from reports.perimeter import Perimeter
from reports.renderers import json as as_json
from reports.spans import ADULTS, EVERYONE, TOTAL, YOUTHS, Slice
from reports.suppression import HIDDEN, hide_small_counts
from reports.tables import Cell, Report, Source, Unit
from tests.proof.attacker import Budget, Unknown, another_value, asked, equations_of
from tests.proof.thorough import looking
from tests.proof.worlds import Crowd, Shape, counts_of, crowds, set_up, shapes

pytestmark = pytest.mark.django_db
K = 5
BLANKS = {Cell(text=HIDDEN, unit=unit, source=Source.COMPUTED, hidden=True) for unit in Unit}


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Shape, Crowd]:
    shape = draw(shapes())
    return shape, draw(crowds(shape.periods))


def truths(annexe: Annexe1, whole: Report, counts: Any) -> dict[Unknown, int]:
    """What each unknown of the attacker is."""
    found: dict[Unknown, int] = {}
    for table, row, column, cell in whole.cells():
        if cell.records is None:
            continue
        if table.key == "people":
            found["people", row.key, column.key] = cell.records
        elif table.key == "mission_locale":
            found["mission_locale",] = cell.records
        else:
            found[table.key, row.key] = cell.records
    span = annexe.spans[TOTAL]
    for publics in (YOUTHS, ADULTS, EVERYONE):
        found["studied", *publics] = counts.of(span, Slice("public", publics, publics, reviewed_only=True))
    for block in annexe.blocks:
        if block.base is None:
            continue
        found["silent", block.key] = counts.of(span, block.base) - annexe.informed(block, counts)
        for line in block.lines:
            if line.part and not line.adds_up:
                found[asked(line.part)] = counts.of(span, line.part)
    return found


def isolated(shape: Shape, crowd: Crowd) -> list[str]:
    """The figures below k that this report hides, and that its reader finds all the same."""
    programme = set_up(shape)
    annexe = Annexe1(programme)
    counts = counts_of(annexe, crowd)
    perimeter = Perimeter(programme, None, names=False, label="ensemble du programme")
    whole = Assembly(annexe, counts, {}).report(perimeter)
    report = hide_small_counts(whole, sums_of(annexe, counts))
    assert {cell for *_, cell in report.cells() if cell.hidden} <= BLANKS, "every format prints from these cells"
    equations = equations_of(as_json.report_data(report), annexe)
    truth = truths(annexe, whole, counts)
    assert equations.broken_by(truth) == [], "the attacker believes something false"
    found = []
    for name in equations.low:  # figures, and people without answer
        number = truth[name]
        if not 0 < number < K:
            continue
        try:
            if not another_value(equations, name, truth):
                found.append(f"{' '.join(name)} = {number}")
        except Budget:
            pass  # nothing said of this one: a search too long for an attacker of this size
    return found


@looking(60)
@given(worlds())
def test_no_small_figure_is_found_by_arithmetic(world):
    with transaction.atomic():
        assert isolated(*world) == []
        transaction.set_rollback(True)
