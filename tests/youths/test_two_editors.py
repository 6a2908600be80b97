"""A file changed by one person, then by two at once: nothing is lost, and the history tells it."""

import datetime as dt

from beneficiaries import services
from beneficiaries.models import Beneficiary, Enrolment, Outcome
from tests.world import make_youth
from tests.youths.paper import chosen, errors, form_of, gone, page


def test_a_change_is_saved_and_its_history_told(world, sign_in):
    client = sign_in(world.caseworker)
    data = form_of(client, world.lea)
    response = client.post(page("change", world.lea), data | {"phone": "0601", "situation": "college"}, follow=True)
    assert response.redirect_chain == [(page("detail", world.lea), 302)]
    history = client.get(page("history", world.lea)).content.decode()
    assert "<del>Demandeurs d&#x27;emploi</del>" in history and "<ins>Collégiens</ins>" in history
    assert "<ins>0601</ins>" in history and "Inès" in history
    assert "version" not in history


def test_the_first_change_of_a_file_written_in_bulk_is_told(world, sign_in):
    Enrolment.history.all().delete()
    Beneficiary.history.all().delete()
    client = sign_in(world.caseworker)
    client.post(page("change", world.lea), form_of(client, world.lea) | {"city": "Lens", "situation": "college"})
    text = client.get(page("history", world.lea)).content.decode()
    assert "<ins>Lens</ins>" in text and "<del>Demandeurs d&#x27;emploi</del>" in text and "Le système" not in text


def test_the_second_editor_is_shown_both_versions_and_loses_nothing(world, sign_in):
    ines, bruno = sign_in(world.caseworker), sign_in(world.manager)
    at_ines, at_bruno = form_of(ines, world.lea), form_of(bruno, world.lea)
    bruno.post(page("change", world.lea), at_bruno | {"phone": "0611111111", "city": "Béthune"})
    response = ines.post(page("change", world.lea), at_ines | {"phone": "0622222222", "situation": "college"})
    text = response.content.decode()
    assert response.status_code == 409
    assert "Enregistré par Bruno" in text and "Votre saisie" in text
    assert "0611111111" in text and "0622222222" in text and "Collégiens" in text
    assert [(each["name"], each["take_stored"], each["both_changed"]) for each in response.context["choices"]] == [
        ("phone", False, True), ("city", True, False), ("situation", False, False),
    ]  # fmt: skip
    world.lea.beneficiary.refresh_from_db()
    assert world.lea.beneficiary.phone == "0611111111"
    assert ines.post(page("change", world.lea), chosen(text)).status_code == 302
    path = Enrolment.objects.select_related("beneficiary").get(pk=world.lea.pk)
    assert (path.beneficiary.phone, path.beneficiary.city, path.situation) == ("0622222222", "Béthune", "college")


def test_two_tabs_of_one_person_are_two_editors(world, sign_in):
    client = sign_in(world.caseworker)
    first, second = form_of(client, world.lea), form_of(client, world.lea)
    client.post(page("change", world.lea), first | {"city": "Lens"})
    assert client.post(page("change", world.lea), second | {"city": "Arras"}).status_code == 409
    other_file = form_of(client, world.helene)["read"]
    for forged in ("", "1.1", "a:b:c", other_file):
        assert client.post(page("change", world.lea), second | {"read": forged}).status_code == 409
    world.lea.beneficiary.refresh_from_db()
    assert world.lea.beneficiary.city == "Lens"


def test_a_departure_noted_meanwhile_is_not_overwritten(world, sign_in):
    client = sign_in(world.caseworker)
    data = form_of(client, world.lea)
    gone(world, world.lea)
    assert client.post(page("change", world.lea), data | {"city": "Lens"}).status_code == 409
    world.lea.refresh_from_db()
    assert world.lea.lost_on == dt.date(2025, 6, 1)


def test_the_dates_typed_agree_with_what_is_noted_elsewhere(world, sign_in):
    client = sign_in(world.caseworker)
    services.enter_step(enrolment=world.lea, step=world.steps["contact"], entered_on=dt.date(2025, 1, 11), by=None)
    gone(world, world.lea)
    data = form_of(client, world.lea) | {"entered_on": ""}
    response = client.post(page("change", world.lea), data | {"contacted_on": "2025-05-05"})
    assert list(errors(response)) == ["contacted_on"]
    response = client.post(page("change", world.lea), data | {"contacted_on": "2025-07-05"})
    assert "Le départ précède le premier contact : vérifiez les deux dates." in errors(response)["__all__"]
    response = client.post(page("change", world.lea), data | {"entered_on": "2025-02-03", "exited_on": "2025-02-01"})
    assert errors(response) == {"exited_on": ["La sortie précède l’entrée : vérifiez les deux dates."]}


def test_an_exit_that_outcomes_hang_on_is_not_erased_by_the_form(world, sign_in):
    world.lea.exited_on = dt.date(2025, 6, 30)
    world.lea.save()
    Outcome.objects.create(enrolment=world.lea, moment="exit", seen_on=dt.date(2025, 7, 1), kind="cdd")
    client = sign_in(world.caseworker)
    refused = client.post(page("change", world.lea), form_of(client, world.lea) | {"exited_on": ""})
    (sentence,) = errors(refused)["exited_on"]
    assert sentence.startswith("Ce qu’il est devenu est noté depuis cette sortie\u00a0: retirez d’abord ces devenirs")
    later = client.post(page("change", world.lea), form_of(client, world.lea) | {"exited_on": "2025-07-01"})
    assert later.status_code == 302


def test_another_path_keeps_its_copies_in_step(world, sign_in):
    other = make_youth(world.programme, world.valenciennes, beneficiary=world.lea.beneficiary)
    versions = Enrolment.objects.get(pk=other.pk).version
    client = sign_in(world.caseworker)
    client.post(
        page("change", world.lea), form_of(client, world.lea) | {"last_name": "Martin", "birth_date": "1990-01-01"}
    )
    other.refresh_from_db()
    assert (other.sort_name, other.age_band, other.version) == ("martin lea", "26+", versions)
    assert other.history.count() == 1


def test_the_history_names_nobody_from_another_programme(world, sign_in):
    elsewhere = make_youth(world.other_programme, world.valenciennes, beneficiary=world.lea.beneficiary)
    client = sign_in(world.other_manager)
    client.post(page("change", elsewhere), form_of(client, elsewhere) | {"city": "Douai"})
    text = sign_in(world.caseworker).get(page("history", world.lea)).content.decode()
    assert "Douai" in text and "Quelqu’un d’une autre équipe" in text and "Carole" not in text
