"""From a file dropped on a page to the youths' files, and back: what an administrator does of a list."""

import datetime as dt

import pytest
from django.urls import reverse

from beneficiaries.models import Beneficiary, Enrolment, ImportBatch, LogEntry
from tests.received.hands import (
    CHLOE,
    LEA,
    NOBODY,
    SAMPLES,
    YOUNG,
    confirmed,
    content_of,
    line_of,
    only_batch,
    outcomes,
    send,
    url,
)  # fmt: skip


def test_a_list_is_read_shown_and_confirmed(world, sign_in):
    client = sign_in(world.administrator)
    people, paths = Beneficiary.objects.count(), Enrolment.objects.count()
    response = send(client, world, content_of(LEA, CHLOE, YOUNG, NOBODY))
    batch = only_batch()
    assert response.url == url("batch", batch)
    assert outcomes(batch) == {2: "import", 3: "import", 4: "review", 5: "reject"}
    text = client.get(url("batch", batch)).content.decode()
    assert "Confirmer 2\u00a0dossiers" in text and "Petit" in text and "moins de 16" in text
    assert (Beneficiary.objects.count(), Enrolment.objects.count()) == (people, paths)

    response = client.post(url("batch_confirm", batch), {"version": batch.version}, follow=True)
    assert "2\u00a0dossiers ouverts" in response.content.decode()
    assert (Beneficiary.objects.count(), Enrolment.objects.count()) == (people + 2, paths + 2)
    batch.refresh_from_db()
    assert (batch.state, batch.content) == (ImportBatch.State.CONFIRMED, None)
    file = line_of(batch, 3).enrolment
    person = file.beneficiary
    assert (person.last_name, person.first_name, person.birth_date) == ("Lefèvre", "Chloé", dt.date(2007, 4, 9))
    assert (person.phone, person.phone_digits, person.email) == (
        "06 39 98 00 12", "0639980012", "chloe.lefevre@example.org")  # fmt: skip
    assert (file.territory, file.found_by, file.contacted_on) == (world.bethune, world.holder, dt.date(2026, 2, 1))
    sentence = "Premier contact\u00a0: liste «\u00a0AES-2025.csv\u00a0» reçue de Centre social de Béthune, ligne 3."
    assert LogEntry.objects.get(enrolment=file).sentence == sentence
    provenance = client.get(reverse("beneficiaries:provenance", args=["TEST-1", file.pk])).content.decode()
    assert "09/04/2007" in provenance and "AES-2025.csv" in provenance


def test_what_bulk_writing_stores_is_what_one_by_one_would(world):
    batch = confirmed(world, LEA, CHLOE)
    for line in batch.lines.select_related("enrolment__beneficiary"):
        for row in (line.enrolment, line.enrolment.beneficiary):
            stored = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
            row.derive()
            assert {name: getattr(row, name) for name in stored} == stored
            history = row.history.get()
            assert (history.history_type, history.history_user) == ("+", world.administrator)
            kept = {field.attname for field in type(history)._meta.concrete_fields} & stored.keys()
            assert {name: getattr(history, name) for name in kept} == {name: stored[name] for name in kept}
            row.full_clean()


def test_the_same_file_again_creates_nothing(world, sign_in):
    confirmed(world, LEA, CHLOE)
    before = Beneficiary.objects.count(), Enrolment.objects.count()
    again = confirmed(world, LEA, CHLOE)
    assert outcomes(again) == {2: "ignore", 3: "ignore"}
    assert (Beneficiary.objects.count(), Enrolment.objects.count()) == before


@pytest.mark.parametrize(
    "name", ["01_apogee_cp1252_pointvirgule.csv", "03_utf8_bom_guillemets_multilignes_preambule.csv"]
)
def test_the_real_looking_lists_come_in_and_go_out(world, sign_in, name):
    if not SAMPLES.exists():
        pytest.skip("no samples here")
    client = sign_in(world.administrator)
    before = everything()
    send(client, world, (SAMPLES / name).read_bytes(), name=name)
    batch = only_batch()
    client.post(url("batch_confirm", batch), {"version": batch.version})
    assert Enrolment.objects.count() > before[Enrolment][0]
    batch.refresh_from_db()
    assert client.get(url("batch_undo", batch)).status_code == 200
    assert client.post(url("batch_undo", batch)).status_code == 302
    assert everything() == before


def everything():
    return {model: (model.objects.count(), sorted(model.objects.values_list("pk", flat=True)))
            for model in (Beneficiary, Enrolment, LogEntry)} | {
        "histories": (Beneficiary.history.count(), Enrolment.history.count())}  # fmt: skip
