"""Annexe 1: figures, their lists, their perimeter; a person counted once, an empty programme, a narrow base."""

import datetime as dt

import pytest

from beneficiaries.models import Situation
from partaj.programmes.models import ExtraRow, Period, Programme, SectionRule
from reports import annexe1, counting
from reports.assembly import build_annexe_1
from reports.perimeter import perimeter_of, whole_programme
from tests.world import make_headcount, make_programme, make_youth


def values(report, table="people"):
    return {row.key: [cell.value for cell in row.cells] for row in report.table(table).rows}


def build(programme):
    return build_annexe_1(whole_programme(Programme.objects.get(pk=programme.pk)))


def test_named_youths_and_collective_headcounts_add_up(world):
    make_youth(world.programme, world.bethune, public="adult", adult_quality="teacher", birth_date=None)
    report = build(world.programme)
    assert values(report) == {
        "youths": [None, 13, 0, 13],
        "adults": [None, 3, 0, 3],
        "total": [None, 16, 0, 16],
        "abandons": [None, 0, 0, 0],
    }
    assert values(report, "age")["age:16-18"] == [None, 8]
    assert values(report, "age")["age:18-26"] == [None, 5]
    assert values(report, "sex") == {"sex:F": [None, 9], "sex:M": [None, 4]}
    assert values(report, "quality")["quality:parent"] == [None, 2]
    assert values(report, "quality")["quality:teacher"] == [None, 1]
    assert "Sans réponse : 10 personnes" in report.table("situation").note.replace("\u00a0", " ")


def test_who_has_not_entered_is_not_counted(world):
    make_youth(world.programme, world.bethune, entered_on=None)
    assert values(build(world.programme))["youths"] == [None, 13, 0, 13]


def test_somebody_who_comes_back_is_one_person(world):
    make_youth(
        world.programme, world.bethune, beneficiary=world.lea.beneficiary,
        contacted_on=dt.date(2026, 1, 5), entered_on=dt.date(2026, 1, 10),
    )  # fmt: skip
    report = build(world.programme)
    assert values(report)["youths"] == [None, 13, 1, 13]  # once in each year, once over the whole duration


def test_twice_in_the_same_year_is_once_in_its_column(world):
    make_youth(
        world.programme, world.bethune, beneficiary=world.lea.beneficiary,
        contacted_on=dt.date(2025, 9, 1), entered_on=dt.date(2025, 9, 10),
    )  # fmt: skip
    assert values(build(world.programme))["youths"] == [None, 13, 0, 13]


@pytest.fixture
def phases(world):
    """The same programme with columns that are entries into steps, as in AP1-485."""
    Period.objects.filter(programme=world.programme).delete()
    for position, code in enumerate(["bilan", "contrat"]):
        Period.objects.create(
            programme=world.programme, position=position, label=f"Phase {position + 1}",
            column_label=f"Bénéficiaires entrés Phase {position + 1}", step=world.steps[code],
        )  # fmt: skip
    world.programme.last_column = Programme.LastColumn.STILL_THERE
    world.programme.save()
    world.headcount.parts.all().delete()
    world.headcount.delete()
    return world


def enter(enrolment, step, day=dt.date(2025, 3, 1)):
    enrolment.step_entries.create(step=step, entered_on=day)


def leave(enrolment, reason, step, day=dt.date(2025, 4, 1)):
    enrolment.lost_on, enrolment.loss_reason, enrolment.lost_at = day, reason, step
    enrolment.save()


def test_phases_count_entries_into_steps_and_the_last_column_who_is_still_there(phases):
    world = phases
    for each in (world.lea, world.helene, world.karim):
        enter(each, world.steps["bilan"])
    enter(world.helene, world.steps["contrat"])
    leave(world.lea, world.reasons["abandon"], world.steps["bilan"])
    leave(world.karim, world.reasons["demenage"], world.steps["bilan"])
    report = build(world.programme)
    assert values(report)["youths"] == [None, 3, 1, 1]
    assert values(report)["abandons"] == [None, 1, 0, 1]
    assert "encore présentes à la fin" in report.table("people").note
    assert {finding.code for finding in report.findings} >= {"period-exceeds-total"}


def test_each_figure_is_as_long_as_its_list(phases):
    world = phases
    make_youth(world.programme, world.bethune, public="adult", adult_quality="parent", birth_date=None)
    enter(world.lea, world.steps["bilan"])
    enter(world.karim, world.steps["bilan"])
    leave(world.karim, world.reasons["abandon"], world.steps["bilan"])
    make_headcount(world.project, youths=4, parts=[("age", "10-16", 3)])
    SectionRule.objects.create(programme=world.programme, section="situation", population="everyone")
    ExtraRow.objects.create(
        programme=world.programme, section="age", code="adultes", label="Autres publics : Adultes", counts="adults"
    )
    for perimeter in (whole_programme(world.programme), perimeter_of(world.caseworker, world.programme)):
        assert_lists_match(perimeter)


def assert_lists_match(perimeter):
    report = build_annexe_1(perimeter)
    definition = annexe1.Annexe1(perimeter.programme)
    checked = 0
    for _, row, column, cell in report.cells():
        found = definition.block_of(row.key)
        if found is None or column.key == annexe1.PLANNED:
            continue
        span, line = definition.spans[column.key], found[1]
        if line.counts_losses:
            listed = counting.people_lost(perimeter, span).count()
        else:
            listed = counting.people(perimeter, span, line.part).count() + sum(
                each["number"] for each in counting.headcount_lines(perimeter, span, line.part)
            )
        assert (row.key, column.key, cell.records) == (row.key, column.key, listed)
        checked += 1
    assert checked > 40


def test_a_caseworker_counts_their_territory_and_reads_no_declared_figure(world):
    world.programme.declared_figures.create(
        report="annexe-1", row="youths", column="total", text="999", reason="essai", author=world.manager
    )
    report = build_annexe_1(perimeter_of(world.caseworker, world.programme))
    assert report.perimeter == "territoire Béthune-Bruay"
    assert values(report)["youths"] == [None, 12, 0, 12]
    neighbour = build_annexe_1(perimeter_of(world.neighbour, world.programme))
    assert values(neighbour)["youths"] == [None, 1, 0, 1]


def test_adding_youths_elsewhere_changes_nothing_for_the_neighbour(world):
    before = build_annexe_1(perimeter_of(world.neighbour, world.programme)).tables
    make_youth(world.programme, world.bethune)
    make_youth(world.other_programme, world.valenciennes)
    make_headcount(world.project, youths=40)
    assert build_annexe_1(perimeter_of(world.neighbour, world.programme)).tables == before


def test_a_declared_figure_is_printed_and_the_computed_one_kept(world):
    world.programme.declared_figures.create(
        report="annexe-1", row="youths", column="total", text="15", reason="deux fiches papier", author=world.manager
    )
    cell = build(world.programme).table("people").cell("youths", "total")
    assert (cell.text, cell.value, cell.source, cell.computed, cell.records) == ("15", 15, "declared", 13, 13)
    assert (cell.declaration.reason, cell.declaration.author) == ("deux fiches papier", "Bruno")


def test_a_share_is_printed_in_percent_and_lists_people(world):
    SectionRule.objects.create(programme=world.programme, section="sex", unit="percent")
    girls = build(world.programme).table("sex").cell("sex:F", "total")
    assert (girls.text.replace("\u00a0", " "), girls.value, girls.unit, girls.records) == ("69 %", 69, "percent", 9)


def test_levels_may_count_only_the_situations_studied_in_a_cell(world):
    SectionRule.objects.create(programme=world.programme, section="level", base="reviewed")
    world.lea.first_reviewed_on = dt.date(2025, 3, 3)
    world.lea.save()
    report = build(world.programme)
    assert values(report, "level")["level:infra-V"] == [None, 1]
    assert "narrower-base" in {finding.code for finding in report.findings}


def test_an_extra_row_counts_people_whose_other_situation_bears_its_label(world):
    ExtraRow.objects.create(
        programme=world.programme, section="situation", code="voyage", label="Gens du voyage", counts="other"
    )
    make_youth(
        world.programme, world.bethune, situation=Situation.OTHER, situation_other="Gens du voyage", last_name="Reyes"
    )
    report = build(world.programme)
    assert values(report, "situation")["situation:voyage"] == [None, 1]
    assert values(report, "situation")["situation:other"] == [None, 1]


def test_the_mission_locale_question_is_answered_from_the_records(world):
    report = build(world.programme)
    assert report.table("mission_locale").cell("mission_locale", "total").text == ""
    world.lea.followed_by_mission_locale = True
    world.lea.save()
    table = build(world.programme).table("mission_locale")
    assert table.cell("mission_locale", "total").text == "Oui, une partie"
    assert table.cell("mission_locale:some", "total").value == 1
    assert table.cell("mission_locale:all", "total").text == ""


def test_an_empty_programme_has_a_table_of_zeros(db):
    report = build(make_programme("VIDE"))
    assert values(report) == {"youths": [None, 0], "adults": [None, 0], "total": [None, 0], "abandons": [None, 0]}
    assert report.findings == ()


@pytest.mark.parametrize("who", ["evaluator", "funder"])
def test_readers_of_counts_only_get_no_count_below_five(world, who):
    report = build_annexe_1(perimeter_of(getattr(world, who), world.programme))
    small = [cell.records for _, _, _, cell in report.cells() if cell.records and cell.records < 5]
    assert small == []
    assert report.table("people").cell("youths", "total").value == 13
    assert report.table("people").cell("adults", "total").hidden


def test_counting_takes_three_queries_however_many_youths(world, django_assert_num_queries):
    definition = annexe1.Annexe1(world.programme)
    spans, fields = list(definition.spans.values()), definition.fields
    perimeter = whole_programme(world.programme)
    with django_assert_num_queries(3):
        counting.count(perimeter, spans, fields)
    for _ in range(5):
        make_youth(world.programme, world.bethune)
    with django_assert_num_queries(3):
        counting.count(perimeter, spans, fields)
