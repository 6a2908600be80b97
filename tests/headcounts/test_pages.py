"""People counted collectively, page by page: the list, two editors, withdrawing, and who may."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from funding import services
from funding.models import Headcount, Project
from tests.headcounts.typed import address, stored, text, typed
from tests.world import make_headcount


def test_a_caseworker_sees_the_projects_of_their_territory_with_what_they_reached(world, sign_in):
    make_headcount(world.project, youths=1200)
    make_headcount(world.foreign_project, youths=77_777)
    page = sign_in(world.caseworker).get(address(world, "headcounts"))
    assert [(row.title, row.youths, row.adults) for row in page.context["page"].rows] == [
        ("Le jeu des métiers", 1210, 2)
    ]
    assert page.context["totals"] == {"youths": 1210, "adults": 2}
    assert "1 210" in text(page) and "Ailleurs aussi" not in text(page) and "77 777" not in text(page)


def test_the_manager_sees_every_territory_and_narrows_to_one_or_to_a_word_without_its_accents(world, sign_in):
    make_headcount(world.foreign_project, youths=77)
    client = sign_in(world.manager)
    assert client.get(address(world, "headcounts")).context["totals"] == {"youths": 87, "adults": 2}
    narrowed = client.get(address(world, "headcounts"), {"territory": world.valenciennes.pk})
    assert narrowed.context["totals"] == {"youths": 77, "adults": 0}
    found = client.get(address(world, "headcounts"), {"q": "METIERS"})
    assert [row.title for row in found.context["page"].rows] == ["Le jeu des métiers"]
    assert client.get(address(world, "headcounts"), {"status": "refused"}).context["page"].rows == []


def test_a_filter_that_means_nothing_is_said_and_opens_nothing(world, sign_in):
    page = sign_in(world.caseworker).get(address(world, "headcounts"), {"territory": world.valenciennes.pk})
    assert "n’est pas de ceux que vous suivez" in text(page)
    assert [row.title for row in page.context["page"].rows] == ["Le jeu des métiers"]


def test_an_empty_list_says_what_to_do_first(world, sign_in):
    Headcount.objects.all().delete()
    Project.objects.all().delete()
    assert "Enregistrez d’abord un projet" in text(sign_in(world.manager).get(address(world, "headcounts")))


def test_the_list_costs_the_same_whatever_its_length(world, sign_in):
    client = sign_in(world.manager)

    def queries():
        with CaptureQueriesContext(connection) as counted:
            client.get(address(world, "headcounts"))
        return len(counted)

    few = queries()
    for number in range(30):
        project = Project.objects.create(
            programme=world.programme, territory=world.bethune, organisation=world.holder, title=f"Projet {number}",
            status="retained",
        )  # fmt: skip
        make_headcount(project, youths=number + 1)
    assert queries() == few


# -- Two editors ----------------------------------------------------------------------------------
def test_the_second_editor_is_shown_both_versions_and_loses_nothing(world, sign_in):
    url = address(world, "headcount_change", world.headcount.pk)
    first = typed(world.project, youths="11", adults="2", version="1", **{"age_16-18": "6", "age_18-26": "5"})
    assert sign_in(world.manager).post(url, first).status_code == 302
    mine = typed(world.project, youths="15", adults="2", version="1", **{"age_16-18": "8", "age_18-26": "4"})
    client = sign_in(world.caseworker)
    conflict = client.post(url, mine)
    assert conflict.status_code == 409
    assert [(each.label, each.mine, each.theirs) for each in conflict.context["differences"]] == [
        ("Jeunes, en tout", "15", "11"),
        ("Âge, 16-18 ans", "8", "6"),
        ("Âge, 18-25 ans", "4", "5"),
    ]
    assert "Bruno" in text(conflict) and 'value="15"' in text(conflict)
    assert Headcount.objects.get(pk=world.headcount.pk).youths == 11
    again = client.post(url, mine | {"version": conflict.context["form"]["version"].value()})
    assert again.status_code == 302
    assert Headcount.objects.get(pk=world.headcount.pk).youths == 15
    assert stored(world.headcount) == {("age", "16-18"): 8, ("age", "18-26"): 4}


def test_the_history_says_who_changed_what(world, sign_in):
    client = sign_in(world.caseworker)
    client.post(
        address(world, "headcount_change", world.headcount.pk),
        typed(world.project, youths="11", adults="2", version="1", sex_F="7", sex_M="4", quality_parent="2",
              **{"age_16-18": "6"}),
    )  # fmt: skip
    page = text(client.get(world.headcount.get_absolute_url()))
    assert (
        "Inès : Entrés le" not in page
        and "Inès : Jeunes : 10 → 11 ; Âge, 18-25 ans : 4 → vide ; Sexe, Garçons : 3 → 4." in page
    )


def test_the_history_of_the_time_in_a_project_of_another_territory_stays_there(world, sign_in):
    secret = make_headcount(world.foreign_project, youths=999, note="secret de Valenciennes")
    sign_in(world.manager).post(
        address(world, "headcount_change", secret.pk), typed(world.project, youths="5", version="1")
    )
    page = text(sign_in(world.caseworker).get(address(world, "headcount", secret.pk)))
    shown = page.split("Historique")[1]
    assert "Rattaché à un autre projet" in shown
    assert "Ailleurs aussi" not in page


# -- Withdrawing ----------------------------------------------------------------------------------
def test_a_headcount_is_withdrawn_with_a_reason_that_is_kept(world, sign_in):
    client = sign_in(world.caseworker)
    url = address(world, "headcount_withdraw", world.headcount.pk)
    assert client.post(url, {"reason": "  ", "version": "1"}).status_code == 422
    assert client.post(url, {"reason": "Compté deux fois.", "version": "9"}).status_code == 409
    assert Headcount.objects.filter(pk=world.headcount.pk).exists()
    done = client.post(url, {"reason": "Compté deux fois.", "version": "1"}, follow=True)
    assert not Headcount.objects.filter(pk=world.headcount.pk).exists()
    page = text(done)
    assert "Effectifs retirés" in page and "Compté deux fois." in page and "Âge, 16-18 ans : 6" in page
    assert client.get(address(world, "headcount", world.headcount.pk)).status_code == 404


# -- Who, and when --------------------------------------------------------------------------------
PAGES = ["headcount", "headcount_change", "headcount_withdraw"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("who", ["neighbour", "other_manager", "tutor", "member", "evaluator", "funder", "stranger"])
def test_whoever_does_not_see_it_gets_the_404_of_what_does_not_exist(world, sign_in, page, who):
    client = sign_in(world.cast[who])
    for pk in (world.headcount.pk, 424242):
        assert client.get(address(world, page, pk)).status_code == 404
        assert client.post(address(world, page, pk), typed(world.project, version="1")).status_code == 404
    assert Headcount.objects.get(pk=world.headcount.pk).version == 1


@pytest.mark.parametrize("page", ["headcount_add", "project_add", "headcount_change", "headcount_withdraw"])
def test_a_closed_programme_keeps_its_numbers(world, sign_in, page):
    world.programme.closed_on = dt.date(2026, 1, 1)
    world.programme.save()
    args = [world.headcount.pk] if page in PAGES else []
    client = sign_in(world.manager)
    answer = client.post(address(world, page, *args), typed(world.project, version="1", reason="non", title="x"))
    assert answer.status_code == 409
    assert (Headcount.objects.count(), Project.objects.count()) == (1, 2)
    assert client.get(world.headcount.get_absolute_url()).status_code == 200
    assert "Saisir un effectif" not in text(client.get(address(world, "headcounts")))


def test_reading_a_headcount_costs_the_same_whatever_its_history(world, sign_in):
    client = sign_in(world.manager)

    def queries():
        with CaptureQueriesContext(connection) as counted:
            assert client.get(world.headcount.get_absolute_url()).status_code == 200
        return len(counted)

    few = queries()
    for version in range(1, 6):
        headcount = Headcount.objects.get(pk=world.headcount.pk)
        headcount.youths += 1
        services.revise_headcount(
            headcount=headcount, parts={("age", "16-18"): version}, version=version, by=world.manager
        )
    assert queries() == few
