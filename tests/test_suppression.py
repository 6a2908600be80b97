"""What a reader of counts (evaluator, funder) could find by subtraction, from one figure of annexe 1 to another."""

import datetime as dt

import pytest

from beneficiaries.models import AdultQuality, SchoolLevel, Situation
from partaj.programmes.models import ExtraRow, Section, SectionRule
from partaj.territories.models import Territory
from reports.assembly import build_annexe_1
from reports.models import DeclaredFigure
from reports.percentages import share_of
from reports.perimeter import perimeter_of
from reports.renderers import json as as_json
from tests.world import make_programme, make_role, make_user, make_youth


@pytest.fixture
def ground(db):
    programme, territory = make_programme("SECRET-1"), Territory.objects.create(name="Ici")
    programme.territories.add(territory)
    return programme, territory


def people(ground, number, **fields):
    return [make_youth(*ground, **fields) for _ in range(number)]


def adults(ground, number, **fields):
    return people(ground, number, public="adult", adult_quality=AdultQuality.PARENT, **fields)


def report_for(programme, kind="evaluator"):
    reader = make_user("Eva")
    make_role(reader, kind, programme)
    return build_annexe_1(perimeter_of(reader, programme))


def shown(report, row, column="total", table=None):
    table = table or row.split(":")[0]
    table = "people" if row in ("youths", "adults", "total") else table
    return report.table(table).cell(row, column)


def hidden_rows(report, table):
    return sorted(row.key for row in report.table(table).rows if row.cells[-1].hidden)


def test_a_common_report_is_shown_whole(ground):
    people(ground, 20, sex="F")
    people(ground, 10, sex="M")
    report = report_for(ground[0])
    assert [cell.text for *_, cell in report.cells() if cell.hidden] == []
    assert shown(report, "sex:M").value == 10


def test_a_total_hidden_in_the_first_table_is_not_told_by_a_section_of_everyone(ground):
    SectionRule.objects.create(programme=ground[0], section=Section.LEVEL, population="everyone")
    people(ground, 3, school_level=SchoolLevel.V)
    adults(ground, 10, school_level=SchoolLevel.V)
    report = report_for(ground[0])
    assert shown(report, "youths").hidden and shown(report, "total").hidden
    assert shown(report, "level:V").hidden
    assert "13" not in report.table("level").note


def test_the_few_who_did_not_answer_are_neither_said_nor_found(ground):
    people(ground, 20, sex="F")
    people(ground, 10, sex="M")
    people(ground, 2, sex="")
    report = report_for(ground[0])
    assert shown(report, "youths").value == 32
    assert "Sans réponse" not in report.table("sex").note
    assert hidden_rows(report, "sex") == ["sex:F", "sex:M"]


def test_two_people_in_two_rows_are_not_told_by_their_sum(ground):
    people(ground, 1, situation=Situation.STUDENT)
    people(ground, 1, situation=Situation.EMPLOYED)
    people(ground, 30)
    report = report_for(ground[0])
    assert hidden_rows(report, "situation") == ["situation:employed", "situation:jobseeker", "situation:student"]


def test_the_word_that_hides_does_not_tell_which_figure_is_small(ground):
    """1 and 5 hidden out of 6: « < 5 » on one of them would tell both."""
    people(ground, 1, sex="F")
    people(ground, 5, sex="M")
    report = report_for(ground[0])
    assert {row.cells[-1].text for row in report.table("sex").rows} == {"masqué"}


def test_all_but_a_few_are_not_told_by_a_row_that_overlaps_the_others(ground):
    ExtraRow.objects.create(
        programme=ground[0], section=Section.SITUATION, label="Handicap", code="handicap", counts="disability"
    )
    people(ground, 20, has_disability=True)
    people(ground, 2, has_disability=False)
    assert shown(report_for(ground[0]), "situation:handicap").hidden


def test_a_row_of_adults_goes_with_the_adults(ground):
    ExtraRow.objects.create(programme=ground[0], section=Section.AGE, label="Adultes", code="adultes", counts="adults")
    people(ground, 20)
    adults(ground, 3)
    report = report_for(ground[0])
    assert shown(report, "adults").hidden and shown(report, "age:adultes").hidden and shown(report, "total").hidden


def test_those_whom_a_precision_leaves_out_are_not_found(ground):
    ExtraRow.objects.create(
        programme=ground[0], section=Section.SITUATION, label="Voyage", code="voyage", counts="other"
    )
    people(ground, 10, situation=Situation.OTHER, situation_other="Voyage")
    people(ground, 1, situation=Situation.OTHER, situation_other="Théâtre")
    people(ground, 30)
    report = report_for(ground[0])
    assert shown(report, "situation:voyage").hidden or shown(report, "situation:other").hidden


def test_the_one_whom_the_mission_locale_does_not_follow_is_not_found(ground):
    people(ground, 20, followed_by_mission_locale=True)
    people(ground, 1, followed_by_mission_locale=False)
    report = report_for(ground[0])
    assert shown(report, "mission_locale").hidden and shown(report, "mission_locale:some").hidden
    data = as_json.report_data(report)
    assert 20 not in [cell["records"] for table in data["tables"] for row in table["rows"] for cell in row["cells"]]


def test_the_few_whom_no_cell_studied_are_not_found(ground):
    SectionRule.objects.create(programme=ground[0], section=Section.SEX, base="reviewed")
    people(ground, 10, sex="F", first_reviewed_on=dt.date(2025, 3, 1))
    people(ground, 20, sex="M", first_reviewed_on=dt.date(2025, 3, 1))
    people(ground, 2, sex="M")
    report = report_for(ground[0])
    assert shown(report, "youths").value == 32
    assert hidden_rows(report, "sex") == ["sex:F", "sex:M"]
    assert "30" not in report.table("sex").note


def test_a_declared_figure_protects_nobody(ground):
    """Printed by who declared it, it would give away what is hidden beside it."""
    people(ground, 3)
    adults(ground, 10)
    DeclaredFigure.objects.create(programme=ground[0], report="annexe-1", row="total", column="total", text="13")
    report = report_for(ground[0], "funder")
    assert shown(report, "total").text == "13"
    assert shown(report, "youths").hidden and shown(report, "adults").hidden


def test_what_stands_under_a_declared_figure_is_not_told(ground):
    """A funder reads what was declared; the three people counted under it are not theirs to know."""
    people(ground, 3)
    adults(ground, 10)
    DeclaredFigure.objects.create(
        programme=ground[0], report="annexe-1", row="youths", column="total", text="18", reason="deux listes papier"
    )
    for_manager, for_funder = report_for(ground[0], "manager"), report_for(ground[0], "funder")
    told = shown(for_manager, "youths")
    assert (told.text, told.computed, told.records, told.drill) == ("18", 3, 3, True)
    told = shown(for_funder, "youths")
    assert (told.text, told.computed, told.computed_text, told.records, told.drill) == ("18", None, "", None, False)
    rows = for_funder.table("people").rows
    assert {len(row.cells) for row in rows} == {len(for_funder.table("people").columns)}


def test_who_works_on_one_territory_reads_the_whole_programme_as_an_evaluator_does(world):
    """A caseworker who evaluates as well: the whole programme, without the small counts of their neighbours."""
    make_role(world.caseworker, "evaluator", world.programme)
    perimeter = perimeter_of(world.caseworker, world.programme)
    report = build_annexe_1(perimeter)
    assert perimeter.whole and not perimeter.names
    assert [cell.records for *_, cell in report.cells() if cell.records and cell.records < 5] == []


def test_the_few_who_did_not_answer_are_not_found_by_how_shares_are_rounded(ground):
    """14 shown as 58 % can only be 14 of 24: of 26 people, 2 would not have answered."""
    SectionRule.objects.create(programme=ground[0], section=Section.SITUATION, unit="percent")
    people(ground, 14)
    people(ground, 6, situation=Situation.STUDENT)
    people(ground, 2, situation=Situation.EMPLOYED)
    people(ground, 2, situation=Situation.APPRENTICE)
    people(ground, 2, situation="")
    report = report_for(ground[0])
    assert shown(report, "youths").value == 26
    assert shown(report, "situation:student").hidden
    left = shown(report, "situation:jobseeker")
    assert left.hidden or sum(share_of(14, base) == left.value for base in range(17, 27)) > 1


def test_the_few_adults_studied_are_not_found_between_two_sections(ground):
    """One section splits the situations studied of everyone, another those of the youths: two would be adults."""
    for section, population in [(Section.LEVEL, "everyone"), (Section.SEX, "youths")]:
        SectionRule.objects.create(programme=ground[0], section=section, population=population, base="reviewed")
    studied = {"first_reviewed_on": dt.date(2025, 3, 1), "school_level": SchoolLevel.V}
    people(ground, 20, sex="F", **studied)
    people(ground, 10, sex="M", **studied)
    adults(ground, 2, sex="M", **studied)
    adults(ground, 10)
    report = report_for(ground[0])
    assert "(32)" in report.table("level").note
    assert "(30)" not in report.table("sex").note


def test_the_few_studied_who_did_not_answer_are_neither_said_nor_found(ground):
    """A section told of the situations studied says how many they are: 22, of whom 20 have a level."""
    SectionRule.objects.create(programme=ground[0], section=Section.LEVEL, base="reviewed")
    studied = {"first_reviewed_on": dt.date(2025, 3, 1)}
    people(ground, 20, school_level=SchoolLevel.V, **studied)
    people(ground, 2, school_level="", **studied)
    people(ground, 30, school_level=SchoolLevel.IV)
    assert "22" in report_for(ground[0], "manager").table("level").note
    told = report_for(ground[0]).table("level")
    assert "22" not in told.note and "20" not in told.note
