"""What the checks of annexe 1 say of declared figures: ranges, shares, totals, and texts that are no number."""

import datetime as dt
from decimal import Decimal

import pytest

from partaj.programmes.models import Programme, SectionRule
from reports.assembly import build_annexe_1
from reports.cells import read_typed
from reports.perimeter import whole_programme
from reports.renderers import FORMATS
from reports.tables import Unit


def declare(world, row, text, column="total"):
    world.programme.declared_figures.create(report="annexe-1", row=row, column=column, text=text, author=world.manager)


def report_of(world):
    return build_annexe_1(whole_programme(Programme.objects.get(pk=world.programme.pk)))


def findings(world, code):
    return [each for each in report_of(world).findings if each.code == code]


def numbers(finding):
    return finding.declared, finding.computed, finding.gap


@pytest.mark.parametrize(
    ("typed", "value", "unit", "low", "high"),
    [
        ("5 078", 5078, Unit.PERSONS, 5078, 5078),
        ("5\u202f078", 5078, Unit.PERSONS, 5078, 5078),
        ("0", 0, Unit.PERSONS, 0, 0),
        ("12 34", None, Unit.TEXT, None, None),  # two numbers, not one thousand
        ("09/2010", None, Unit.TEXT, None, None),  # a month, not a range
        ("17 à 20", None, Unit.PERSONS, 17, 20),
        ("20 à 17", None, Unit.PERSONS, 17, 20),
        ("1 000 – 1 200", None, Unit.PERSONS, 1000, 1200),
        ("30 max", None, Unit.PERSONS, None, 30),
        ("Max. 30", None, Unit.PERSONS, None, 30),
        ("au plus 30", None, Unit.PERSONS, None, 30),
        ("au moins 8", None, Unit.PERSONS, 8, None),
        ("8 minimum", None, Unit.PERSONS, 8, None),
        ("12,5 %", Decimal("12.5"), Unit.PERCENT, None, None),
        ("12,5", None, Unit.TEXT, None, None),
        ("1 et ½", None, Unit.TEXT, None, None),
        ("une dizaine", None, Unit.TEXT, None, None),
    ],
)
def test_a_cell_is_read_as_people_mean_it(typed, value, unit, low, high):
    read = read_typed(typed)
    assert (read.value, read.unit, read.low, read.high) == (value, unit, low, high)


@pytest.mark.parametrize("typed", ["9" * 40 + " %", "9" * 200, "0,1234567890123 %"])
def test_no_figure_however_long_breaks_the_report(world, typed):
    declare(world, "youths", typed)
    report = report_of(world)
    assert report.table("people").cell("youths", "total").text.replace("\u00a0", "")[:5] == typed[:5]
    for name in ("json", "csv", "xlsx", "docx"):
        assert FORMATS[name].render(report)


def test_a_range_that_holds_the_count_does_not_contradict_it(world):
    declare(world, "youths", "10 à 20")
    assert findings(world, "declared-computed") == []


def test_a_range_beside_the_count_contradicts_it(world):
    declare(world, "youths", "30 à 40")
    found = findings(world, "declared-computed")
    assert [(each.severity, *numbers(each)) for each in found] == [("warning", None, 13, None)]


def test_a_share_and_a_count_are_never_subtracted(world):
    declare(world, "sex:F", "69 %")
    assert [numbers(each) for each in findings(world, "declared-computed")] == [(69, 9, None)]


def test_rows_are_held_against_the_total_that_is_printed(world):
    declare(world, "youths", "20")
    declare(world, "sex:F", "12")
    declare(world, "sex:M", "8")
    assert [each for each in findings(world, "rows-exceed-total") if "Sexe" in each.where] == []
    assert [each for each in findings(world, "coverage") if "Sexe" in each.where] == []
    declare(world, "age:0-6", "9")
    assert [numbers(each) for each in findings(world, "rows-exceed-total")] == [(22, 20, 2)]


def test_a_row_that_is_a_range_leaves_room(world):
    declare(world, "sex:F", "7 à 9")
    assert [each for each in findings(world, "coverage") if "Sexe" in each.where] == []
    declare(world, "sex:M", "3 max")
    assert [numbers(each) for each in findings(world, "coverage") if "Sexe" in each.where] == [(12, 13, -1)]


def test_a_printed_total_and_its_rows_are_compared(world):
    declare(world, "youths", "20")
    assert [numbers(each) for each in findings(world, "total-differs")] == [(15, 22, -7)]
    declare(world, "total", "22")
    assert findings(world, "total-differs") == []


def test_a_percentage_of_those_who_answered_is_possible(world):
    SectionRule.objects.create(programme=world.programme, section="situation", unit="percent")
    declare(world, "situation:jobseeker", "33 %")  # one of the three who answered, of thirteen
    assert findings(world, "impossible-percentage") == []
    declare(world, "situation:employed", "34 %")
    assert [each.declared for each in findings(world, "impossible-percentage")] == [34]


def test_planned_rows_are_held_against_the_planned_total_of_their_own_public(world):
    for row, text in [("youths", "17 à 20"), ("total", "30 max"), ("age:16-18", "25")]:
        declare(world, row, text, column="planned")
    assert [numbers(each) for each in findings(world, "planned-outside-total")] == [(25, 20, 5)]
    world.programme.declared_figures.filter(row="age:16-18").update(text="12")
    assert [numbers(each) for each in findings(world, "planned-outside-total")] == [(12, 17, -5)]


def test_abandonments_that_no_column_counts_are_told(world):
    world.lea.lost_on, world.lea.loss_reason = dt.date(2024, 12, 31), world.reasons["abandon"]
    world.lea.contacted_on, world.lea.entered_on = dt.date(2024, 10, 1), dt.date(2024, 11, 1)
    world.lea.save()
    assert [numbers(each) for each in findings(world, "losses-outside-periods")] == [(0, 1, -1)]
    world.lea.lost_on = dt.date(2025, 1, 1)
    world.lea.save()
    assert findings(world, "losses-outside-periods") == []
