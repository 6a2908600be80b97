"""A list that comes in by the technical administration: the same as by the pages, for an administrator with a second
factor (who may not enter is told in tests/door/test_technical.py)."""

import tempfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from beneficiaries.batches import receiving
from beneficiaries.models import Beneficiary, Enrolment, ImportBatch, ImportLine, LogEntry
from partaj.accounts.models import JournalEntry
from tests.access.watch import fingerprint
from tests.door.test_technical import show_factor
from tests.lists.test_refusals import REFUSED
from tests.received.hands import (
    CHLOE,
    DAY,
    LEA,
    NOBODY,
    YOUNG,
    content_of,
    line_of,
    only_batch,
    outcomes,
    received,
    send,
    url,
)
from tests.received.test_resource import many

IMPORT = "admin:beneficiaries_importbatch_import"


@pytest.fixture
def technician(world, sign_in):
    browser = sign_in(world.administrator)
    show_factor(browser, world.administrator)
    return browser


def post(technician, world, content, name="AES-2025.csv", **changes):
    typed = {
        "file": SimpleUploadedFile(name, content),
        "programme": world.programme.pk,
        "territory": world.bethune.pk,
        "organisation": world.holder.pk,
        "rule": "",
        "reference_date": "2026-01-30",
        "contacted_on": "2026-02-01",
    }
    return technician.post(reverse(IMPORT), typed | changes)


def preview(batch):
    return reverse("admin:beneficiaries_importbatch_preview", args=[batch.pk])


def written():
    """People, paths and lines of the timeline, but for their numbers and their moments."""
    people = Beneficiary.objects.order_by("pk").values_list("sort_name", "birth_date", "phone", "email", "version")
    paths = Enrolment.objects.order_by("pk").values_list("sort_name", "territory", "found_by", "contacted_on")
    return list(people), list(paths), list(LogEntry.objects.order_by("pk").values_list("kind", "sentence"))


def test_a_list_is_imported_confirmed_and_undone(world, technician):
    before = written()
    sent = post(technician, world, content_of(LEA, CHLOE, YOUNG, NOBODY))
    batch = only_batch()
    assert sent.url == preview(batch)
    assert (batch.state, batch.content is not None, written()) == (ImportBatch.State.READY, True, before)
    page = technician.get(sent.url)
    text = page.content.decode()
    assert "4\u00a0lignes\u00a0: 2 à importer, 1 à examiner, 1 rejetée." in text
    assert all(name in text for name in ("Léa Moreau", "Chloé Lefèvre", "Jules Petit", "moins de 16", "Aucun nom"))
    assert "Confirmer 2\u00a0dossiers</button>" in text

    done = technician.post(sent.url, {"version": batch.version}, follow=True).content.decode()
    assert "C’est fait\u00a0: 2\u00a0dossiers ouverts." in done and "Confirmer" not in done
    batch.refresh_from_db()
    assert (batch.state, batch.content, batch.opened) == (ImportBatch.State.CONFIRMED, None, 2)
    assert "2 à importer" in technician.get(reverse("admin:beneficiaries_importbatch_changelist")).content.decode()
    technician.post(url("batch_undo", batch))
    assert written() == before


@pytest.mark.parametrize("page", ["changelist", "preview", "batches", "batch", "line"])
def test_no_page_fetches_the_files_themselves(world, technician, page):
    batch = received(world, LEA, kind=ImportBatch.Kind.DIFFERENCE, second=content_of(CHLOE))
    address = {
        "changelist": reverse("admin:beneficiaries_importbatch_changelist"),
        "preview": preview(batch),
        "batches": reverse("beneficiaries:batches", args=["TEST-1"]),
        "batch": url("batch", batch),
        "line": url("line", batch, line_of(batch, 2).pk),
    }[page]
    with CaptureQueriesContext(connection) as queries:
        assert technician.get(address).status_code == 200
    fetched = [each["sql"].partition(" FROM ")[0] for each in queries]
    assert not [sql for sql in fetched if '"beneficiaries_importbatch"."content"' in sql or '."second"' in sql]


def test_it_leaves_what_a_list_that_came_by_the_pages_leaves(world, technician, sign_in):
    """The same rows, the same lines of the journal but for the name of the page."""
    content, client, kinds = content_of(LEA, CHLOE, YOUNG), sign_in(world.administrator), []
    for browser, sending, confirming in [
        (technician, post, preview),
        (client, lambda *args: send(*args), lambda batch: url("batch_confirm", batch)),
    ]:
        sending(browser, world, content)
        batch = only_batch()
        browser.post(confirming(batch), {"version": batch.version})
        batch.refresh_from_db()
        lines = list(batch.lines.order_by("number").values_list("number", "outcome", "reasons", "student", "digest"))
        told = {name: value for name, value in batch.told.items() if name != "known_up_to"}
        entries = JournalEntry.objects.filter(subject=f"beneficiaries.importbatch:{batch.pk}").exclude(kind="listed")
        kinds.append((written(), lines, told, [*entries.order_by("number").values_list("kind", "programme")]))
        client.post(url("batch_undo", batch))
        batch.refresh_from_db()
        client.post(url("batch_forget", batch))
    assert kinds[0] == kinds[1]


def test_a_second_click_writes_nothing(world, technician):
    post(technician, world, content_of(LEA, CHLOE))
    batch = only_batch()
    technician.post(preview(batch), {"version": batch.version})
    before = written()
    again = technician.post(preview(batch), {"version": batch.version}, follow=True)
    assert "Cette liste a changé" in again.content.decode()
    assert written() == before


def test_the_form_sent_twice_opens_no_file_twice(world, technician):
    people = Beneficiary.objects.count()
    post(technician, world, content_of(LEA, CHLOE))
    second = post(technician, world, content_of(LEA, CHLOE))
    assert "Ce même fichier a déjà été reçu" in technician.get(second.url).content.decode()
    for batch in ImportBatch.objects.order_by("pk"):
        technician.post(preview(batch), {"version": batch.version})
    assert Beneficiary.objects.count() == people + 2


# What is longer is read by the worker, or stopped on its way (partaj.uploads.handlers).
READ_AT_ONCE = [name for name, (content, _) in REFUSED.items() if len(content) <= receiving.AT_ONCE]


@pytest.mark.parametrize("wrong", READ_AT_ONCE)
def test_a_wrong_file_is_one_sentence_and_leaves_nothing(world, technician, wrong):
    content, _ = REFUSED[wrong]
    answer = post(technician, world, content)
    assert answer.status_code == 422
    (sentence,) = answer.context["form"].errors["file"]
    assert sentence.endswith("Rien n’a été gardé de ce fichier.")
    assert not ImportBatch.objects.exists() and not ImportLine.objects.exists()


def test_a_list_that_names_nobody_leaves_nothing_either(world, technician):
    answer = post(technician, world, b"Ville;Date de naissance\nLens;01/01/2006\n")
    assert answer.status_code == 422 and "Aucune colonne ne donne le nom" in answer.content.decode()
    assert not ImportBatch.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("territory", "99"), ("programme", "99"), ("programme", ""), ("organisation", ""), ("contacted_on", "2099-01-01"),
     ("reference_date", "1900-01-01"), ("rule", "autre")],
)  # fmt: skip
def test_what_is_typed_is_checked_as_on_the_page(world, technician, field, value):
    before = fingerprint()
    answer = post(technician, world, content_of(LEA), **{field: value})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert fingerprint() == before


def test_files_are_opened_on_a_territory_of_the_programme(world, technician):
    world.programme.territories.remove(world.valenciennes)
    answer = post(technician, world, content_of(LEA), territory=world.valenciennes.pk)
    assert answer.context["form"].errors["territory"] == [
        "Ce programme n’agit pas sur ce territoire\u00a0: choisissez l’un des siens."
    ]


def test_a_closed_programme_takes_and_confirms_no_list(world, technician):
    post(technician, world, content_of(LEA))
    batch, before = only_batch(), written()
    world.programme.closed_on = DAY
    world.programme.save()
    assert "clos\u00a0: cette liste ne peut plus" in technician.get(preview(batch)).content.decode()
    answer = technician.post(preview(batch), {"version": batch.version}, follow=True).content.decode()
    assert "Le programme TEST-1 est clos\u00a0: rien n’y change plus." in answer
    again = post(technician, world, content_of(CHLOE))
    assert again.context["form"].errors["programme"] == ["Le programme TEST-1 est clos\u00a0: rien n’y change plus."]
    assert (ImportBatch.objects.count(), written()) == (1, before)


def test_between_the_reading_and_the_confirmation_the_file_is_in_the_base_alone(world, technician, settings, tmp_path):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0  # as if it were long: it goes through a file without a name
    settings.PRIVATE_MEDIA_ROOT, settings.MEDIA_ROOT = tmp_path / "documents", tmp_path / "media"
    before = set(Path(tempfile.gettempdir()).iterdir())
    post(technician, world, content_of(LEA))
    batch = only_batch()
    assert batch.content is not None
    technician.post(preview(batch), {"version": batch.version})
    assert ImportBatch.objects.get().content is None
    ours = [path for path in set(Path(tempfile.gettempdir()).iterdir()) - before if b"Moreau" in _read(path)]
    assert (ours, list(tmp_path.iterdir())) == ([], [])


def _read(path):
    return path.read_bytes() if path.is_file() else b""


def test_what_is_shown_of_it_is_in_the_journal(world, technician):
    post(technician, world, content_of(LEA, CHLOE))
    batch = only_batch()
    technician.get(preview(batch))
    technician.post(preview(batch), {"version": batch.version})
    technician.get(preview(batch))
    files = list(batch.lines.order_by("number").values_list("enrolment", flat=True))
    listed = JournalEntry.objects.filter(kind="listed", subject=f"beneficiaries.importbatch:{batch.pk}")
    assert list(listed.order_by("number").values_list("programme", "shown")) == [
        (world.programme.pk, ""), (world.programme.pk, f" {files[0]} {files[1]} ")]  # fmt: skip


def test_a_large_list_is_left_to_the_worker_and_read_by_pages(world, technician, monkeypatch):
    monkeypatch.setattr(receiving, "AT_ONCE", 0)
    monkeypatch.setattr("beneficiaries.technical.ON_A_PAGE", 4)
    post(technician, world, many(10))
    batch = only_batch()
    waiting = technician.get(preview(batch)).content.decode()
    assert "Le travail est en cours" in waiting and "Confirmer" not in waiting
    receiving.read_batch(batch=batch)
    first, last = (technician.get(f"{preview(batch)}?p={p}").content.decode() for p in (1, 3))
    names = [line_of(batch, number).name for number in (2, 11)]
    assert (names[0] in first, names[1] in first, names[0] in last, names[1] in last) == (True, False, False, True)
    assert "10\u00a0lignes" in first and "page 3 sur 3" in last


def test_a_list_refused_by_the_worker_says_why(world, technician, monkeypatch):
    monkeypatch.setattr(receiving, "AT_ONCE", 0)
    post(technician, world, b"Ville;Date de naissance\nLens;01/01/2006\n")
    batch = only_batch()
    receiving.read_batch(batch=batch)
    assert "Aucune colonne ne donne le nom" in technician.get(preview(batch)).content.decode()
    assert outcomes(batch) == {}


def test_what_a_list_holds_is_shown_as_text(world, technician):
    post(technician, world, content_of("Moreau <i>x</i>;=HYPERLINK(1);05/03/2007;;"), name="<b>.csv")
    text = technician.get(preview(only_batch())).content.decode()
    assert "<i>" not in text and "&lt;i&gt;" in text and "<b>.csv" not in text
