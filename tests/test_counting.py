"""Who is counted, and who is not, where it is easy to go wrong: returns, perimeters, phases, columns that move."""

import datetime as dt
from importlib import import_module

import pytest
from django.apps import apps

from beneficiaries.models import Enrolment
from partaj.programmes.models import Period, Programme
from partaj.programmes.services import move
from reports.annexe1 import Annexe1
from reports.assembly import build_annexe_1
from reports.counting import people, people_lost
from reports.figures import figure_of_annexe_1
from reports.models import DeclaredFigure
from reports.perimeter import Perimeter, perimeter_of, whole_programme
from tests.world import make_role, make_youth


def build(programme):
    return build_annexe_1(whole_programme(Programme.objects.get(pk=programme.pk)))


def youths(report):
    return [cell.value for cell in next(row for row in report.table("people").rows if row.key == "youths").cells]


def come_back(world, territory, day=dt.date(2026, 1, 10)):
    return make_youth(world.programme, territory, beneficiary=world.lea.beneficiary, contacted_on=day, entered_on=day)


def exit_path(enrolment, day=dt.date(2025, 6, 1)):
    enrolment.exited_on = day
    enrolment.save()


def leave(enrolment, reason, day):
    enrolment.lost_on, enrolment.loss_reason = day, reason
    enrolment.save()


@pytest.mark.parametrize("last_column", Programme.LastColumn.values)
def test_a_path_elsewhere_hides_nobody_from_the_caseworker(world, last_column):
    """Léa left Béthune and came to Valenciennes: one person for the programme, and one for each caseworker."""
    world.programme.last_column = last_column
    world.programme.save()
    alone = build_annexe_1(perimeter_of(world.caseworker, world.programme)).tables
    exit_path(world.lea)
    back = come_back(world, world.valenciennes)
    assert youths(build(world.programme)) == [None, 13, 1, 13]
    neighbours = perimeter_of(world.neighbour, world.programme)
    assert youths(build_annexe_1(neighbours)) == [None, 1, 1, 2]
    annexe = Annexe1(world.programme, neighbours.territories)
    _, line = annexe.block_of("youths")
    assert set(people(neighbours, annexe.spans["total"], line.part)) == {world.karim, back}
    # What Béthune reads does not tell that Léa was seen elsewhere.
    assert build_annexe_1(perimeter_of(world.caseworker, world.programme)).tables == alone


def test_a_perimeter_without_territory_counts_nobody(world):
    nowhere = Perimeter(programme=world.programme, territories=frozenset(), names=True, label="aucun territoire")
    assert youths(build_annexe_1(nowhere)) == [None, 0, 0, 0]


def test_who_came_back_and_left_again_is_not_still_there(world):
    world.programme.last_column = Programme.LastColumn.STILL_THERE
    world.programme.save()
    exit_path(world.lea)
    back = come_back(world, world.bethune)
    assert youths(build(world.programme))[-1] == 13
    leave(back, world.reasons["demenage"], dt.date(2026, 3, 1))
    assert youths(build(world.programme))[-1] == 12


def test_a_figure_of_abandonments_says_what_it_counts(world):
    leave(world.lea, world.reasons["abandon"], dt.date(2026, 2, 1))
    annexe = Annexe1(world.programme)
    second = annexe.columns[2].key
    figure = figure_of_annexe_1(whole_programme(world.programme), "abandons", second)
    assert (figure.cell.value, list(figure.people(world.manager))) == (1, [world.lea])  # she entered the year before
    assert figure.rule.startswith("Départs du 01/01/2026 au 31/12/2026, de personnes entrées dans le dispositif")
    assert list(people_lost(whole_programme(world.programme), annexe.spans[second])) == [world.lea]


class TestColumnsThatMove:
    @pytest.fixture
    def declared(self, world):
        """« 99 » is declared for the second year."""
        self.years = list(Period.objects.filter(programme=world.programme))
        column = Annexe1(world.programme).columns[2]
        assert column.label == "Bénéficiaires entrés l’année 2"
        return DeclaredFigure.objects.create(
            programme=world.programme, report="annexe-1", row="youths", column=column.key, text="99", author=None
        )

    def headings(self, report):
        table = report.table("people")
        return {column.label: cell.text for column, cell in zip(table.columns, table.rows[0].cells, strict=True)}

    def test_a_declared_figure_follows_its_period(self, world, declared):
        move(item=self.years[1], up=True)
        texts = self.headings(build(world.programme))
        assert (texts["Bénéficiaires entrés l’année 1"], texts["Bénéficiaires entrés l’année 2"]) == ("13", "99")

    def test_where_its_period_is_removed_it_moves_to_no_other_column_and_a_check_says_so(self, world, declared):
        self.years[1].delete()
        Period.objects.create(
            programme=world.programme, position=9, label="année 3", column_label="Année 3",
            starts_on=dt.date(2027, 1, 1), ends_on=dt.date(2027, 12, 31),
        )  # fmt: skip
        report = build(world.programme)
        assert self.headings(report)["Année 3"] == "0"
        assert [each.message[:10] for each in report.findings if each.code == "declared-nowhere"] == ["« 99 » est"]

    def test_figures_declared_by_place_are_renamed_for_their_period(self, world, declared):
        moved = import_module("reports.migrations.0002_columns_named_for_their_period")
        wanted = declared.column
        DeclaredFigure.objects.update(column="period-1")
        gone = DeclaredFigure.objects.create(
            programme=world.programme, report="annexe-1", row="adults", column="period-7", text="3", author=None
        )
        moved.name_for_period(apps, None)
        declared.refresh_from_db()
        gone.refresh_from_db()
        assert (declared.column, declared.withdrawn_at) == (wanted, None)
        assert gone.withdrawn_at is not None


def test_enrolments_older_than_the_profile_are_counted_after_the_migration(world):
    Enrolment.objects.update(profile=0)
    assert youths(build(world.programme))[-1] == 10
    import_module("beneficiaries.migrations.0006_fill_profiles").fill(apps, None)
    assert youths(build(world.programme))[-1] == 13


def test_a_departure_is_proposed_at_the_furthest_step(world, sign_in):
    for code in ("contact", "bilan"):
        world.lea.step_entries.create(step=world.steps[code], entered_on=dt.date(2025, 3, 1))
    page = sign_in(world.caseworker).get(f"/p/TEST-1/jeunes/{world.lea.pk}/depart/")
    assert page.context["form"]["lost_at"].value() == world.steps["bilan"].pk


def test_a_perimeter_reads_as_a_sentence(world):
    make_role(world.caseworker, "caseworker", world.programme, territory=world.valenciennes)
    labels = [
        perimeter_of(reader, world.programme).label for reader in (world.neighbour, world.caseworker, world.funder)
    ]
    assert labels == ["territoire Valenciennes", "territoires Béthune-Bruay et Valenciennes", "ensemble du programme"]
    assert perimeter_of(world.stranger, world.programme).label == "aucun territoire"
