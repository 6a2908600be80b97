"""People counted collectively, as a project holder's numbers are typed, and what is refused."""

import datetime as dt

import pytest

from funding.models import Headcount, Project
from partaj.formats import NBSP
from partaj.programmes.models import SectionRule
from tests.headcounts.typed import address, stored, text, typed
from tests.world import make_headcount


def test_a_headcount_is_kept_with_its_breakdowns_and_says_what_is_not_known(world, sign_in):
    client = sign_in(world.caseworker)
    form = client.get(address(world, "headcount_add"), {"projet": world.project.pk})
    assert "Un effectif ne compte jamais quelqu’un qui est déjà inscrit par son nom" in text(form)
    done = client.post(
        address(world, "headcount_add"),
        typed(world.project, adults="1", **{"age_16-18": "6", "age_18-26": "4", "level_VI": "5", "level_Vbis": "7",
                                            "sex_F": "0", "sex_M": "12"}),
        follow=True,
    )  # fmt: skip
    assert "L’effectif est enregistré. 2 jeunes sans âge connu." in text(done)
    headcount = Headcount.objects.latest("pk")
    assert (headcount.youths, headcount.adults, headcount.counted_on) == (12, 1, dt.date(2025, 6, 1))
    assert stored(headcount) == {
        ("age", "16-18"): 6, ("age", "18-26"): 4, ("level", "VI"): 5, ("level", "Vbis"): 7, ("sex", "F"): 0,
        ("sex", "M"): 12,
    }  # fmt: skip
    assert headcount.history.get().history_user == world.caseworker
    page = text(client.get(headcount.get_absolute_url()))
    assert "Sans réponse" in page and "10 sur 12 : 2 sans réponse" in page and "Infra V" in page
    assert "Colonne de l’annexe 1 : année 1" in page


def test_a_breakdown_larger_than_the_total_is_refused_by_its_name_and_by_how_much(world, sign_in):
    before = Headcount.objects.count()
    refused = sign_in(world.caseworker).post(
        address(world, "headcount_add"), typed(world.project, **{"age_16-18": "9", "age_18-26": "4"})
    )
    assert refused.status_code == 422
    assert "Âge : la répartition compte 13 jeunes pour 12, soit 1 de trop." in text(refused)
    assert "13 pour 12 : 1 de trop" in text(refused)
    assert Headcount.objects.count() == before


def test_a_programme_that_counts_everyone_by_sex_lets_adults_in_that_breakdown(world, sign_in):
    SectionRule.objects.create(programme=world.programme, section="sex", population="everyone")
    client = sign_in(world.caseworker)
    accepted = client.post(
        address(world, "headcount_add"), typed(world.project, adults="2", sex_F="8", sex_M="6"), follow=True
    )
    assert "L’effectif est enregistré." in text(accepted)
    refused = client.post(address(world, "headcount_add"), typed(world.project, adults="2", sex_F="15"))
    assert "Sexe : la répartition compte 15 personnes pour 14, soit 1 de trop." in text(refused)


WRONG = [
    ({"youths": "-3"}, "Saisissez un nombre entier de 0 à 100 000."),
    ({"youths": "douze"}, "Saisissez un nombre entier de 0 à 100 000."),
    ({"youths": "100001"}, "Saisissez un nombre entier de 0 à 100 000."),
    ({"age_16-18": "9" * 400}, "Saisissez un nombre entier de 0 à 100 000."),
    ({"age_16-18": "1,5"}, "Saisissez un nombre entier de 0 à 100 000."),
    ({"counted_on": "2025-02-30"}, "Cette date n’existe pas."),
    ({"counted_on": "2999-01-01"}, "Cette date est à venir"),
    ({"counted_on": "0025-01-01"}, "Cette date est impossible"),
    ({"youths": "", "adults": "0"}, "Indiquez combien de jeunes ou d’adultes ont été comptés."),
    ({"project": "999999999999999999999"}, "Ce projet n’est pas de ceux que vous suivez"),
    ({"project": "abc"}, "Ce projet n’est pas de ceux que vous suivez"),
    ({"note": "x" * 5000}, "500 caractères"),
    ({"note": "a\0b"}, "caractère nul"),
]


@pytest.mark.parametrize(("fields", "sentence"), WRONG)
def test_what_cannot_be_a_number_or_a_date_gets_one_sentence(world, sign_in, fields, sentence):
    before = Headcount.objects.count()
    refused = sign_in(world.caseworker).post(address(world, "headcount_add"), typed(world.project) | fields)
    assert refused.status_code == 422
    assert len([error for errors in refused.context["form"].errors.values() for error in errors]) == 1
    assert sentence in text(refused).replace("&#x27;", "’")
    assert Headcount.objects.count() == before


def test_thousands_may_be_typed_with_their_spaces(world, sign_in):
    sign_in(world.caseworker).post(address(world, "headcount_add"), typed(world.project, youths=f"1{NBSP}500"))
    assert Headcount.objects.latest("pk").youths == 1500


def test_a_neighbours_project_is_neither_offered_nor_accepted(world, sign_in):
    client = sign_in(world.caseworker)
    assert "Ailleurs aussi" not in text(client.get(address(world, "headcount_add")))
    refused = client.post(address(world, "headcount_add"), typed(world.foreign_project))
    assert refused.status_code == 422 and "n’est pas de ceux que vous suivez" in text(refused)
    assert not world.foreign_project.headcounts.exists()


def test_a_manager_of_two_programmes_cannot_mix_them(world, sign_in):
    elsewhere = Project.objects.create(
        programme=world.other_programme, territory=world.valenciennes, organisation=world.holder, title="D’ailleurs",
        status="retained",
    )  # fmt: skip
    refused = sign_in(world.administrator).post(address(world, "headcount_add"), typed(elsewhere))
    assert refused.status_code == 422
    assert not elsewhere.headcounts.exists()
    hidden = make_headcount(elsewhere, youths=5)
    assert sign_in(world.administrator).get(address(world, "headcount", hidden.pk)).status_code == 404


def test_only_a_retained_project_counts_people(world, sign_in):
    world.project.headcounts.all().delete()
    Project.objects.filter(pk=world.project.pk).update(status="received")
    assert sign_in(world.caseworker).post(
        address(world, "headcount_add"), typed(world.project)
    ).status_code == 422  # fmt: skip
