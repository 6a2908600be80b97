"""Somebody known is proposed before they are written twice, and comes back."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from beneficiaries.models import Beneficiary, Enrolment
from partaj.accounts.models import JournalEntry
from tests.world import make_youth
from tests.youths.paper import errors, everything, gone, new_url, paper


def lea_again(world, **changes):
    return paper(world, last_name="MOREAU", first_name="lea", birth_date="2008-05-17", phone="0700000000", **changes)


def test_somebody_known_is_proposed_and_comes_back(world, sign_in):
    gone(world, world.lea)
    client, before = sign_in(world.caseworker), everything()
    asked = client.post(new_url(world), lea_again(world))
    assert asked.status_code == 409
    assert [each["person"] for each in asked.context["candidates"]] == [world.lea.beneficiary]
    assert 'value="MOREAU"' in asked.content.decode()
    assert everything() == before
    client.post(new_url(world), lea_again(world, decision=world.lea.beneficiary_id))
    paths = world.lea.beneficiary.enrolments.order_by("pk")
    assert [(path.entry_rank, path.sort_name) for path in paths] == [(1, "moreau lea"), (2, "moreau lea")]
    person = Beneficiary.objects.get(pk=world.lea.beneficiary_id)
    assert (person.last_name, person.first_name, person.phone) == ("Moreau", "Léa", "0700000000")


def test_a_namesake_is_somebody_else(world, sign_in):
    gone(world, world.lea)
    sign_in(world.caseworker).post(new_url(world), lea_again(world, decision="new"))
    assert list(Enrolment.objects.filter(sort_name="moreau lea").values_list("entry_rank", flat=True)) == [1, 1]
    assert Beneficiary.objects.filter(sort_name="moreau lea").count() == 2


def test_who_has_not_left_cannot_come_back(world, sign_in):
    response = sign_in(world.caseworker).post(new_url(world), lea_again(world, decision=world.lea.beneficiary_id))
    assert "a déjà un parcours en cours" in errors(response)["__all__"][0]
    assert "Ouvrir son dossier" in sign_in(world.caseworker).post(new_url(world), lea_again(world)).content.decode()


def test_the_same_ine_is_recognised_under_another_name(world, sign_in):
    person = world.lea.beneficiary
    person.ine = "1234567890G"
    person.save()
    asked = sign_in(world.caseworker).post(new_url(world), paper(world, ine="1234567890g"))
    assert [each["person"] for each in asked.context["candidates"]] == [person]


def test_nothing_is_told_of_people_whom_the_reader_may_not_see(world, sign_in):
    data = paper(world, last_name="Benali", first_name="Karim", birth_date="2001-03-02")
    response = sign_in(world.caseworker).post(new_url(world), data)
    assert response.status_code == 302
    assert Beneficiary.objects.filter(sort_name="benali karim").count() == 2
    karim = f"{new_url(world)}?personne={world.karim.beneficiary_id}"
    assert sign_in(world.caseworker).get(karim).status_code == 404


def test_the_file_of_who_left_leads_to_their_return(world, sign_in):
    gone(world, world.lea)
    client = sign_in(world.caseworker)
    link = f"{new_url(world)}?personne={world.lea.beneficiary_id}"
    assert link in client.get(world.lea.get_absolute_url()).content.decode()
    form = client.get(link).context["form"]
    assert (form["last_name"].value(), str(form["known"].value())) == ("Moreau", str(world.lea.beneficiary_id))
    client.post(link, lea_again(world, known=world.lea.beneficiary_id))
    assert world.lea.beneficiary.enrolments.count() == 2


def test_somebody_known_whom_the_form_shows_is_in_the_journal(world, sign_in):
    client, link = sign_in(world.caseworker), f"{new_url(world)}?personne={world.lea.beneficiary_id}"
    assert 'value="Moreau"' in client.get(link).content.decode()
    assert "Léa" in client.post(new_url(world), lea_again(world)).content.decode()
    asked = client.post(new_url(world), lea_again(world, decision=world.lea.beneficiary_id))
    assert "a déjà un parcours en cours" in errors(asked)["__all__"][0]
    lines = JournalEntry.objects.order_by("number").values_list("kind", "page", "shown")
    lea = f" {world.lea.pk} "
    assert list(lines) == [(kind, "beneficiaries:new", lea) for kind in ("listed", "searched", "listed")]


def test_somebody_known_is_shown_with_the_paths_that_the_reader_may_see_alone(world, sign_in):
    gone(world, world.lea)
    make_youth(world.other_programme, world.valenciennes, beneficiary=world.lea.beneficiary)
    asked = sign_in(world.caseworker).post(new_url(world), lea_again(world))
    assert [each["paths"] for each in asked.context["candidates"]] == [[world.lea]]
    assert "TEST-2" not in asked.content.decode()


# -- The same person in another writing -----------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"last_name": "Morcau"}, "une lettre d’écart dans le nom, même prénom"),
        ({"last_name": "Maureau"}, "nom qui se prononce de même, même prénom, même date de naissance"),
        ({"last_name": "Léa", "first_name": "Moreau"}, "nom et prénom échangés, même date de naissance"),
        ({"birth_date": "2008-05-18"}, "même nom, un chiffre de la date de naissance diffère"),
        ({"birth_date": ""}, "même nom, date de naissance d’un seul côté"),
        ({"last_name": "Petit", "usage_name": "Moreau"}, "nom de naissance de l’un et nom d’usage de l’autre"),
        ({"birth_date": "1999-01-01", "email": "Lea.Moreau@exemple.fr"}, "même nom et même courriel"),
        ({"birth_date": "1999-01-01", "phone": "06 11 22 33 44"}, "même nom et même téléphone"),
    ],
)
def test_a_slip_of_the_pen_does_not_open_a_second_file(world, sign_in, typed, reason):
    person = world.lea.beneficiary
    person.email, person.phone = "lea.moreau@exemple.fr", "+33 6 11 22 33 44"
    person.save()
    client, before = sign_in(world.caseworker), everything()
    data = paper(world, last_name="Moreau", first_name="Léa", birth_date="2008-05-17", sex="") | typed
    asked = client.post(new_url(world), data)
    assert asked.status_code == 409, errors(asked)
    (candidate,) = asked.context["candidates"]
    assert candidate["person"] == person and reason in candidate["reason"]
    assert f"{candidate['reason'][0].upper()}{candidate['reason'][1:]}." in asked.text
    assert everything() == before


@pytest.mark.parametrize(
    "typed",
    [
        {"first_name": "Lola"},  # her twin
        {"birth_date": "1999-01-01"},  # a namesake
        {"last_name": "Moreaud", "birth_date": ""},
        {"last_name": "Petit", "first_name": "Marc", "phone": "06 11 22 33 44"},  # the telephone of the family
    ],
)
def test_nobody_is_asked_of_who_is_clearly_somebody_else(world, sign_in, typed):
    person = world.lea.beneficiary
    person.phone = "06 11 22 33 44"
    person.save()
    data = paper(world, last_name="Moreau", first_name="Léa", birth_date="2008-05-17", sex="") | typed
    assert sign_in(world.caseworker).post(new_url(world), data).status_code == 302


def test_the_question_costs_the_same_however_many_were_born_that_day(world, sign_in):
    client = sign_in(world.caseworker)
    data = paper(world, last_name="Moreaux", first_name="Léa", birth_date="2008-05-17")

    def cost():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert len(client.post(new_url(world), data).context["candidates"]) == 1
        return len(asked)

    first = cost()
    for name in ("Dubois", "Lambert", "Roussel"):
        make_youth(world.programme, world.bethune, last_name=name, first_name="Zoé", birth_date=dt.date(2008, 5, 17))
    assert cost() == first


def test_the_surest_comes_first(world, sign_in):
    sure = make_youth(world.programme, world.bethune, last_name="Moreau", first_name="Lea",
                      birth_date=dt.date(2008, 5, 17))  # fmt: skip
    doubtful = make_youth(world.programme, world.bethune, last_name="Moreaud", first_name="Léa",
                          birth_date=dt.date(2008, 5, 17))  # fmt: skip
    asked = sign_in(world.caseworker).post(new_url(world), lea_again(world))
    assert [each["person"] for each in asked.context["candidates"]] == [
        world.lea.beneficiary, sure.beneficiary, doubtful.beneficiary
    ]  # fmt: skip
