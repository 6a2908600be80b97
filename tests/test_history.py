"""The history of a file, told as a caseworker would: who did what, with old and new values, down to its opening."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from beneficiaries import services
from beneficiaries.changes import changes_of, noun_of, told
from beneficiaries.models import (
    ApprenticeshipBreak,
    Beneficiary,
    Contract,
    Enrolment,
    Exam,
    Obstacle,
    Outcome,
    StepEntry,
)
from beneficiaries.telling import NOUNS, Difference, acts_and_rest, fields_told
from partaj.territories.models import Territory
from tests.world import make_role, make_user, make_youth
from tests.youths.paper import form_of, new_url, page, paper


def sentences(enrolment):
    return [f"{change.who} {change.sentence}".strip() for change in changes_of(Enrolment.objects.get(pk=enrolment.pk))]


def values(change):
    return [(each.label, each.old, each.new) for each in change.details]


def test_each_act_is_a_sentence_and_the_opening_comes_first(world, sign_in):
    client = sign_in(world.caseworker)
    client.post(new_url(world), paper(world, first_step=world.steps["contact"].pk, first_step_on="2025-09-01"))
    chloe = Enrolment.objects.get(sort_name="lefevre chloe")
    client.post(page("change", chloe), form_of(client, chloe) | {"phone": "06 12 34 56 78", "address": "3 rue Basse"})
    client.post(
        page("change", chloe), form_of(client, chloe) | {"phone": "06 12 34 56 79", "address": "", "city": "Lens"}
    )
    client.post(page("change", chloe), form_of(client, chloe) | {"referent": world.caseworker.pk})
    client.post(
        page("record_loss", chloe),
        {"reason": world.reasons["abandon"].pk, "lost_on": "2025-10-02", "lost_at": world.steps["contact"].pk},
    )
    client.post(page("undo_loss", chloe), {"why": "elle est là."})
    client.post(page("withdraw_step", chloe, StepEntry.objects.get(enrolment=chloe).pk), {"why": "erreur."})
    client.post(page("change", chloe), form_of(client, chloe) | {"exited_on": "2025-11-03"})
    by = str(world.caseworker)
    assert list(reversed(sentences(chloe))) == [
        f"{by} {act}"
        for act in (
            "a inscrit Chloé dans le programme",
            "a ajouté l’étape « Contacté » (01/09/2025)",
            "a renseigné le téléphone et l’adresse",
            "a changé le téléphone, a renseigné la commune, a effacé l’adresse",
            f"a confié le dossier à {by}",
            "a noté le départ du 02/10/2025 : Abandon (étape « Contacté »)",
            "a annulé le départ du 02/10/2025",
            "a retiré l’étape « Contacté » (01/09/2025)",
            "a noté la sortie au 03/11/2025",
        )
    ]


def test_a_person_and_their_path_saved_together_are_one_line(world, sign_in):
    lens = Territory.objects.create(name="Lens")
    world.programme.territories.add(lens)
    make_role(world.caseworker, "caseworker", world.programme, territory=lens)
    client = sign_in(world.caseworker)
    client.post(page("change", world.lea), form_of(client, world.lea) | {"phone": "0321000000", "territory": lens.pk})
    latest, first = changes_of(Enrolment.objects.get(pk=world.lea.pk))
    assert (latest.who, latest.sentence) == (
        str(world.caseworker),
        "a changé le territoire, a renseigné le téléphone",
    )
    assert values(latest) == [("téléphone", "", "0321000000"), ("territoire", "Béthune-Bruay", "Lens")]
    assert first.when == Enrolment.objects.get(pk=world.lea.pk).created_at
    text = client.get(page("history", world.lea)).content.decode()
    assert re.search(r"territoire : <del>Béthune-Bruay</del>.*<ins>Lens</ins>", text)


def test_a_long_text_is_folded(world, sign_in):
    client = sign_in(world.caseworker)
    long = "Escalier B, " * 8
    client.post(page("change", world.lea), form_of(client, world.lea) | {"address": long.strip()})
    text = client.get(page("history", world.lea)).content.decode()
    assert "<details><summary>adresse : lire le texte</summary>" in text and long.strip() in text


@pytest.mark.parametrize(
    ("demonstration", "said"),
    [(True, "Dossier créé (jeu de démonstration)"), (False, "Dossier créé (repris, sans auteur connu)")],
)
def test_a_file_written_in_bulk_says_where_it_comes_from(world, sign_in, demonstration, said):
    world.programme.is_demonstration = demonstration
    world.programme.save()
    for model in (Beneficiary, Enrolment, StepEntry):
        model.history.all().delete()
    Enrolment.objects.filter(pk=world.lea.pk).update(created_at=timezone.make_aware(dt.datetime(2025, 1, 10, 9, 30)))
    client = sign_in(world.caseworker)
    text = client.get(page("history", world.lea)).content.decode()
    assert said in text and "10/01/2025 09:30" in text
    client.post(page("change", world.lea), form_of(client, world.lea) | {"city": "Lens"})
    assert sentences(world.lea) == [f"{world.caseworker} a renseigné la commune", said]


def test_those_who_may_only_read_the_file_read_no_history(world, sign_in):
    services.enter_step(
        enrolment=world.helene, step=world.steps["bilan"], entered_on=dt.date(2025, 4, 1), by=world.caseworker
    )
    assert sign_in(world.tutor).get(page("history", world.helene)).status_code == 403
    assert sign_in(world.neighbour).get(page("history", world.helene)).status_code == 404


def test_queries_do_not_grow_with_the_changes(world, django_assert_num_queries):
    for turn in range(2):
        for number in range(8):
            person = Beneficiary.objects.get(pk=world.lea.beneficiary_id)
            person.phone, person._history_user = f"032100000{number}", make_user("Auteur")
            person.save()
            path = Enrolment.objects.get(pk=world.lea.pk)
            path.referent = make_user("Référent")
            path.save()
        enrolment = Enrolment.objects.select_related("programme", "beneficiary").get(pk=world.lea.pk)
        with django_assert_num_queries(12):
            assert len(changes_of(enrolment)) > 8 * turn


def test_every_field_of_the_histories_has_its_words(world):
    path = make_youth(world.programme, world.bethune)
    ApprenticeshipBreak.objects.create(enrolment=path)
    Outcome.objects.create(enrolment=path)
    Contract.objects.create(enrolment=path, contract_type="cdd", employer="Roux", starts_on=dt.date(2025, 3, 1))
    Exam.objects.create(enrolment=path, certificate="CAP", session_on=dt.date(2025, 6, 1), result="obtained")
    Obstacle.objects.create(enrolment=path, kind="mobility", opened_on=dt.date(2025, 3, 1))
    models = (Beneficiary.history, path.beneficiary_id), (Enrolment.history, path.pk)
    records = [history.get(id=pk) for history, pk in models]
    records += [model.history.get(enrolment=path) for model in (ApprenticeshipBreak, Contract, Exam, Obstacle, Outcome)]
    assert {noun_of(record, field.name) for record in records for field in told(record)} == NOUNS.keys()


def test_a_departure_corrected_is_a_change_of_its_fields():
    moved = [Difference("lost_on", "02/10/2025", "03/10/2025"), Difference("loss_reason", "Abandon", "Déménagement")]
    acts, rest = acts_and_rest(moved)
    assert (acts, fields_told(rest)) == ([], ["a changé la date du départ et le motif du départ"])
