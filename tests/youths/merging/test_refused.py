"""Where two files are not made one: what is closed, read too long ago, or would contradict itself."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from beneficiaries import services
from beneficiaries.merging.parting import undo_merge
from beneficiaries.models import Beneficiary, Enrolment, Merge
from tests.world import make_youth
from tests.youths.merging.hands import JANUARY, MARCH, comparison_of, everything_stored, proposed, step, unite, words
from tests.youths.paper import chosen, form_of, page


def test_a_closed_programme_keeps_its_files(world, sign_in, double):
    client, sent = sign_in(world.manager), proposed(sign_in(world.manager), world.lea, double)
    merge = unite(world, world.helene, make_youth(world.programme, world.bethune))
    world.programme.closed_on = dt.date(2026, 1, 31)
    world.programme.save()
    before = everything_stored()
    for address in (page("merge_undo", world.helene, merge.pk), comparison_of(world.lea, double)):
        assert client.get(address).status_code == client.post(address, sent).status_code == 409
    assert "Réunir avec" not in client.get(page("detail", world.lea)).content.decode()
    with pytest.raises(ValidationError, match="est clos"):
        undo_merge(merge=Merge.objects.get(pk=merge.pk), by=world.manager)
    assert everything_stored() == before


def test_what_a_closed_programme_counted_is_not_counted_otherwise(world, sign_in):
    """Both were in TEST-2, which is closed; where one alone was, nothing is counted otherwise and the name follows."""
    lea, other = world.lea.beneficiary, make_youth(world.programme, world.bethune, first_name="Lea")
    old = make_youth(world.other_programme, world.valenciennes, beneficiary=other.beneficiary)
    world.other_programme.closed_on = dt.date(2026, 1, 31)
    world.other_programme.save()
    counted = Enrolment.objects.filter(pk=old.pk).values("sex", "age_band", "profile", "entry_rank").get()
    merge = unite(
        world, world.lea, other, {"person-last_name": "kept", "person-first_name": "kept"}, world.administrator
    )
    old.refresh_from_db()
    assert (old.beneficiary, old.sort_name) == (lea, "moreau lea")
    assert Enrolment.objects.filter(pk=old.pk).values("sex", "age_band", "profile", "entry_rank").get() == counted
    undo_merge(merge=merge, by=world.administrator)
    assert Enrolment.objects.get(pk=old.pk).beneficiary == other.beneficiary
    Enrolment.objects.filter(pk=world.foreigner.pk).update(beneficiary=lea)
    refused = sign_in(world.administrator).get(comparison_of(world.lea, other))
    assert refused.status_code == 409 and "Le programme TEST-2 est clos" in words(refused)


def test_two_files_of_one_person_are_not_united_again(world, sign_in, namesake):
    unite(world, world.lea, namesake)
    client = sign_in(world.manager)
    for answered in (client.get(comparison_of(world.lea, namesake)), client.post(comparison_of(world.lea, namesake))):
        assert answered.status_code == 409 and "déjà ceux d’une même personne" in words(answered)


def test_a_second_tab_finds_nothing_left_to_unite(world, sign_in, double):
    client = sign_in(world.manager)
    sent = proposed(client, world.lea, double)
    assert client.post(comparison_of(world.lea, double), sent).status_code == 302
    assert client.post(comparison_of(world.lea, double), sent).status_code == 404
    assert Merge.objects.count() == 1


def test_what_changed_since_it_was_read_is_shown_again_with_the_answers(world, sign_in, double):
    client = sign_in(world.manager)
    sent = proposed(client, world.lea, double) | {"person-last_name": "kept"}
    ines = sign_in(world.caseworker)
    ines.post(page("change", double), form_of(ines, double) | {"email": "lea@partaj.example", "sex": "M"})
    before = everything_stored()
    shown = client.post(comparison_of(world.lea, double), sent)
    assert shown.status_code == 409 and "a changé depuis" in words(shown) and "lea@partaj.example" in words(shown)
    assert everything_stored() == before
    again = chosen(shown.content.decode())
    assert (again["person-last_name"], again["person-phone"]) == ("kept", "absorbed")
    assert client.post(comparison_of(world.lea, double), again).status_code == 302
    world.lea.beneficiary.refresh_from_db()
    assert (world.lea.beneficiary.last_name, world.lea.beneficiary.email) == ("Moreau", "lea@partaj.example")


def test_what_was_not_asked_is_not_decided(world, sign_in, double):
    """A step noted twice meanwhile, an answer taken away, versions made by hand."""
    client = sign_in(world.manager)
    sent, before = proposed(client, world.lea, double), everything_stored()
    for forged in ({"versions": ""}, {"versions": "x:y"}, {"person-phone": "both"}, {"person-phone": ""}):
        assert client.post(comparison_of(world.lea, double), sent | forged).status_code == 409, forged
    assert everything_stored() == before
    step(world, world.lea, "bilan", MARCH)
    step(world, double, "bilan", JANUARY)
    shown = client.post(comparison_of(world.lea, double), sent)
    assert shown.status_code == 409 and "étape « Bilan », franchie le" in words(shown)


def test_who_was_editing_one_of_the_two_overwrites_nothing(world, sign_in, double, namesake):
    ines = sign_in(world.caseworker)
    at_lea, at_double, at_other = (form_of(ines, path) for path in (world.lea, double, namesake))
    unite(world, world.lea, double)
    unite(world, world.lea, namesake)
    before = everything_stored()
    assert ines.post(page("change", world.lea), at_lea | {"city": "Arras"}).status_code == 409
    assert ines.post(page("change", namesake), at_other | {"city": "Arras"}).status_code == 409
    assert ines.post(page("change", double), at_double | {"city": "Arras"}).status_code == 404
    assert everything_stored() == before


def test_who_had_a_path_open_under_another_identity_overwrites_nothing(world, sign_in, namesake):
    """It came as it was: only its person is another, of whom the version may happen to bear the same number."""
    Beneficiary.objects.filter(pk=namesake.beneficiary_id).update(version=2)
    ines = sign_in(world.caseworker)
    before_it = form_of(ines, namesake)
    merge = unite(world, world.lea, namesake)
    meanwhile = form_of(ines, namesake)
    assert Beneficiary.objects.get(pk=world.lea.beneficiary_id).version == 2
    assert ines.post(page("change", namesake), before_it | {"city": "Arras"}).status_code == 409
    undo_merge(merge=merge, by=world.manager)
    assert ines.post(page("change", namesake), meanwhile | {"city": "Arras"}).status_code == 409
    assert not Beneficiary.objects.filter(city="Arras").exists()


def test_days_taken_from_one_and_the_other_must_agree(world, sign_in, double):
    Enrolment.objects.filter(pk=double.pk).update(exited_on=dt.date(2025, 2, 12))
    Enrolment.objects.filter(pk=world.lea.pk).update(entered_on=dt.date(2025, 2, 20))
    client, before = sign_in(world.manager), everything_stored()
    sent = proposed(client, world.lea, double) | {f"path-{double.pk}": str(world.lea.pk)}
    pair = f"path-{double.pk}-{world.lea.pk}"
    refused = client.post(comparison_of(world.lea, double), sent | {f"{pair}-entered_on": "kept"})
    assert refused.status_code == 422 and "La sortie précède l’entrée" in words(refused)
    assert chosen(refused.content.decode())[f"{pair}-entered_on"] == "kept"
    born = Beneficiary.objects.filter(pk=double.beneficiary_id)
    born.update(birth_date=dt.date(2025, 1, 15))
    wrong = client.post(comparison_of(world.lea, double), proposed(client, world.lea, double) | {
        "person-birth_date": "absorbed",
    })  # fmt: skip
    assert wrong.status_code == 422 and "suivrait" in words(wrong)
    born.update(birth_date=None)
    assert everything_stored() == before


def test_two_paths_under_way_are_never_left_to_one_person(world, sign_in, double):
    """Two on each side: each of those that come in is one of those that stay, and not both the same."""
    make_youth(world.programme, world.valenciennes, beneficiary=world.lea.beneficiary)
    second = make_youth(world.programme, world.valenciennes, beneficiary=double.beneficiary)
    client = sign_in(world.manager)
    sent = proposed(client, world.lea, double)
    assert "apart" not in sent.values()
    both = dict.fromkeys((f"path-{double.pk}", f"path-{second.pk}"), str(world.lea.pk))
    refused = client.post(comparison_of(world.lea, double), sent | both)
    assert refused.status_code == 422 and "le même que deux autres" in words(refused)
    assert client.post(comparison_of(world.lea, double), sent | both | {
        f"path-{second.pk}": str(world.lea.beneficiary.enrolments.latest("pk").pk)
    }).status_code == 302  # fmt: skip
    assert Enrolment.objects.filter(beneficiary=world.lea.beneficiary_id).under_way().count() == 2


def test_one_of_several_under_way_must_be_the_one_that_stays(world, double):
    make_youth(world.programme, world.valenciennes, beneficiary=double.beneficiary)
    with pytest.raises(ValidationError, match="Deux parcours restent en cours"):
        unite(world, world.lea, double)


def test_somebody_who_was_united_meanwhile_does_not_come_back(world, sign_in, namesake, monkeypatch):
    """Between the moment at which they were proposed and the saving."""
    known = Beneficiary.objects.get(pk=namesake.beneficiary_id)
    unite(world, world.lea, namesake)
    with pytest.raises(ValidationError, match="vient d’être réuni"):
        services.take_in(
            typed=Beneficiary(last_name="Moreau", first_name="Léa"), known=known, step=None, step_on=None,
            enrolment=Enrolment(programme=world.programme, territory=world.bethune, contacted_on=MARCH), by=None,
        )  # fmt: skip
