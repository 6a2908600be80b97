"""Steps and departures, noted and taken back; a closed programme takes none."""

import datetime as dt

from django.urls import reverse

from beneficiaries.models import StepEntry
from tests.youths.paper import errors, everything, new_url, page, paper


def test_steps_are_noted_and_taken_back_with_a_reason(world, sign_in):
    client, url = sign_in(world.caseworker), page("enter_step", world.lea)
    given = {"step": world.steps["bilan"].pk, "entered_on": "2025-03-01"}
    assert client.post(url, given).status_code == 302
    assert client.post(url, given).status_code == 422  # once only
    assert errors(client.post(url, given | {"step": world.steps["contrat"].pk, "entered_on": "2024-01-01"})) == {
        "entered_on": ["Cette étape précède le premier contact : vérifiez la date."]
    }
    entry = StepEntry.objects.get(enrolment=world.lea)
    withdraw = page("withdraw_step", world.lea, entry.pk)
    assert client.post(withdraw, {"why": ""}).status_code == 422
    assert client.post(page("withdraw_step", world.helene, entry.pk), {"why": "autre"}).status_code == 404
    assert StepEntry.objects.filter(pk=entry.pk).exists()
    client.post(withdraw, {"why": "notée pour une autre."})
    assert list(StepEntry.objects.filter(enrolment=world.lea)) == []
    assert world.lea.log.first().sentence == "Étape « Bilan » du 01/03/2025 retirée : notée pour une autre."


def test_a_departure_is_noted_and_undone(world, sign_in):
    client = sign_in(world.caseworker)
    late = {"reason": world.reasons["abandon"].pk, "lost_on": "2024-01-01"}
    assert errors(client.post(page("record_loss", world.lea), late)) == {
        "lost_on": ["Le départ précède le premier contact : vérifiez les deux dates."]
    }
    client.post(page("record_loss", world.lea), late | {"lost_on": "2025-05-02", "lost_at": world.steps["bilan"].pk})
    world.lea.refresh_from_db()
    assert (world.lea.lost_on, world.lea.loss_reason.code, world.lea.lost_at.code) == (
        dt.date(2025, 5, 2), "abandon", "bilan",
    )  # fmt: skip
    client.post(page("undo_loss", world.lea), {"why": "elle est revenue le lendemain."})
    world.lea.refresh_from_db()
    assert (world.lea.lost_on, world.lea.loss_reason, world.lea.lost_at) == (None, None, None)
    assert world.lea.log.first().sentence == "Départ du 02/05/2025 annulé : elle est revenue le lendemain."
    assert client.post(page("undo_loss", world.lea), {"why": "encore"}).status_code == 422


def test_a_closed_programme_is_read_and_not_changed(world, sign_in):
    world.programme.closed_on = dt.date(2025, 12, 31)
    world.programme.save()
    client, before = sign_in(world.manager), everything()
    text = client.get(page("detail", world.lea)).content.decode()
    assert "Modifier" not in text and "Noter une étape" not in text and "Ajouter une note" not in text
    assert "Noter un premier contact" not in client.get(reverse("beneficiaries:list", args=["TEST-1"])).content.decode()
    for name in ("change", "enter_step", "record_loss", "undo_loss", "note"):
        response = client.post(page(name, world.lea), {"kind": "note", "words": "x", "happened_on": "2025-05-01"})
        assert response.status_code == 409
    assert client.post(new_url(world), paper(world)).status_code == 409
    assert client.get(page("history", world.lea)).status_code == 200
    assert everything() == before


def test_a_departure_is_proposed_at_the_step_that_this_youth_reached(world, sign_in):
    for youth, step in [(world.lea, "contact"), (world.karim, "contrat"), (world.foreigner, None)]:
        if step:
            StepEntry.objects.create(enrolment=youth, step=world.steps[step], entered_on=dt.date(2025, 2, 3))
    form = sign_in(world.caseworker).get(page("record_loss", world.lea)).context["form"]
    assert form.initial["lost_at"] == world.steps["contact"].pk
    assert sign_in(world.caseworker).get(page("record_loss", world.helene)).context["form"].initial["lost_at"] is None
