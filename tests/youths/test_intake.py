"""A first contact opens a file: who may, with which choices, and what each mistake is told."""

import pytest

from beneficiaries.models import Beneficiary, Enrolment
from tests.days import today
from tests.youths.paper import errors, everything, new_url, paper


def test_a_first_contact_opens_a_file(world, sign_in):
    data = paper(
        world, referent=world.caseworker.pk, first_step=world.steps["contact"].pk, first_step_on="2025-09-01",
        found_by=world.holder.pk, phone="06 12 34 56 78",
    )  # fmt: skip
    response = sign_in(world.caseworker).post(new_url(world), data)
    chloe = Enrolment.objects.get(sort_name="lefevre chloe")
    assert response.headers["Location"] == chloe.get_absolute_url()
    assert (chloe.age_band, chloe.entry_rank, chloe.referent, chloe.beneficiary.phone_digits) == (
        "16-18", 1, world.caseworker, "0612345678",
    )  # fmt: skip
    assert [entry.step.code for entry in chloe.step_entries.all()] == ["contact"]
    assert {line.author for line in chloe.log.all()} == {world.caseworker}


def test_the_choices_are_those_of_the_reader(world, sign_in):
    def choices(who, field):
        form = sign_in(world.cast[who]).get(new_url(world)).context["form"]
        return {str(label) for value, label in form.fields[field].choices if value}

    assert choices("caseworker", "territory") == {"Béthune-Bruay"}
    assert choices("caseworker", "referent") == {"Inès", "Bruno"}
    assert choices("manager", "territory") == {"Béthune-Bruay", "Valenciennes"}
    assert choices("manager", "referent") == {"Inès", "Bruno", "Paul"}
    assert choices("administrator", "first_step") == {"Contacté", "Bilan", "Contrat"}


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"contacted_on": "2025-02-31"}, "contacted_on", "Saisissez une date valide."),
        ({"birth_date": "TOMORROW"}, "birth_date", "La date de naissance est dans le futur"),
        ({"birth_date": "0208-04-09"}, "birth_date", "Cette date est impossible"),
        ({"birth_date": "2025-09-10"}, "birth_date", "La naissance suivrait"),
        ({"entered_on": "2025-08-01"}, "entered_on", "L’entrée précède le premier contact"),
        ({"entered_on": "TOMORROW"}, "entered_on", "Cette date est à venir"),
        ({"contacted_on": "TOMORROW", "entered_on": ""}, "contacted_on", "Cette date est à venir"),
        ({"contacted_on": "1025-09-01"}, "contacted_on", "Cette date est impossible"),
        ({"last_name": "x" * 5000}, "last_name", "Assurez-vous que cette valeur comporte au plus 100"),
        ({"last_name": "Le\x00fevre"}, "last_name", "Le caractère nul n’est pas autorisé."),
        ({"last_name": "  "}, "last_name", "Ce champ est obligatoire."),
        ({"postcode": "6240"}, "postcode", "Un code postal a 5 chiffres."),
        ({"address": "voir 1 84 12 62 123 456 72"}, "address", "numéro de sécurité sociale"),
        ({"situation": "other"}, "situation_other", "Vous avez choisi « Autres »"),
        ({"situation_other": "au pair"}, "situation_other", "Une précision ne se donne qu’avec « Autres »"),
        ({"public": "adult"}, "adult_quality", "Dites en quelle qualité"),
        ({"adult_quality": "parent"}, "adult_quality", "Seul un adulte a une qualité"),
        ({"first_step": "STEP"}, "first_step_on", "Donnez la date"),
        ({"first_step": "STEP", "first_step_on": "2025-08-01"}, "first_step_on", "précède le premier contact"),
        ({"first_step_on": "2025-09-01"}, "first_step", "Dites quelle étape"),
        ({"territory": "FOREIGN"}, "territory", "Sélectionnez un choix valide"),
        ({"referent": "FOREIGN"}, "referent", "Sélectionnez un choix valide"),
        ({"first_step": "999999", "first_step_on": "2025-09-01"}, "first_step", "Sélectionnez un choix valide"),
        ({"decision": "KARIM"}, "__all__", "n’est pas dans vos dossiers"),
        ({"known": "KARIM"}, "__all__", "n’est pas dans vos dossiers"),
    ],
)
def test_each_mistake_gets_one_sentence_and_writes_nothing(world, sign_in, changes, field, words):
    meant = {
        ("territory", "FOREIGN"): world.valenciennes.pk, ("referent", "FOREIGN"): world.neighbour.pk,
        ("first_step", "STEP"): world.steps["contact"].pk, ("decision", "KARIM"): world.karim.beneficiary_id,
        ("known", "KARIM"): world.karim.beneficiary_id,
    }  # fmt: skip
    meant |= {(name, "TOMORROW"): today(1).isoformat() for name in changes}
    before = everything()
    data = paper(world, **{name: meant.get((name, value), value) for name, value in changes.items()})
    response = sign_in(world.caseworker).post(new_url(world), data)
    assert response.status_code == 422
    sentences = errors(response)
    assert list(sentences) == [field]
    assert len(sentences[field]) == 1
    assert words in sentences[field][0].replace("'", "’")
    assert everything() == before


def test_a_referent_works_on_the_territory(world, sign_in):
    response = sign_in(world.manager).post(new_url(world), paper(world, referent=world.neighbour.pk))
    assert errors(response) == {"referent": ["Paul ne travaille pas sur Béthune-Bruay : choisissez quelqu’un d’autre."]}


def test_a_wrong_ine_warns_and_is_kept(world, sign_in):
    response = sign_in(world.caseworker).post(new_url(world), paper(world, ine="1234567890a"), follow=True)
    assert Beneficiary.objects.get(first_name="Chloé").ine == "1234567890A"
    assert "La lettre de cet INE ne correspond pas à ses chiffres." in response.content.decode()


def test_who_may_not_log_opens_no_file(world, sign_in):
    before = everything()
    for who, status in [("tutor", 403), ("member", 403), ("evaluator", 404), ("funder", 404), ("stranger", 404)]:
        client = sign_in(world.cast[who])
        assert client.get(new_url(world)).status_code == status
        assert client.post(new_url(world), paper(world)).status_code == status
    assert everything() == before
