"""Somebody known is proposed before they are written twice, and comes back."""

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
