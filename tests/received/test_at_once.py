"""Two people at once, a process that dies, a worker: all of a list or nothing of it, and once."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from beneficiaries.batches import confirming, journal, receiving
from beneficiaries.batches.confirming import confirm
from beneficiaries.batches.undoing import undo
from beneficiaries.models import ApprenticeshipBreak, Enrolment, ImportBatch
from tests.received.hands import CHLOE, LEA, YOUNG, content_of, outcomes, received, send, url
from tests.test_attacks import ON_POSTGRESQL, at_once


@ON_POSTGRESQL
@pytest.mark.django_db(transaction=True)
def test_two_confirmations_at_once_open_each_file_once(world, sign_in):
    batch, before = received(world, LEA, CHLOE), Enrolment.objects.count()
    clients = [sign_in(world.administrator), sign_in(world.manager)]
    page, typed = url("batch_confirm", batch), {"version": batch.version}
    assert at_once(*(lambda c=c: c.post(page, typed) for c in clients)) == [302, 302]
    assert Enrolment.objects.count() == before + 2
    assert batch.lines.exclude(enrolment=None).count() == 2


@ON_POSTGRESQL
@pytest.mark.django_db(transaction=True)
def test_the_same_file_confirmed_in_two_tabs_at_once_opens_each_file_once(world, sign_in):
    batches, before = [received(world, LEA, CHLOE) for _ in range(2)], Enrolment.objects.count()
    tabs = [(sign_in(world.administrator), url("batch_confirm", each), {"version": each.version}) for each in batches]
    assert at_once(*(lambda c=c, u=u, t=t: c.post(u, t) for c, u, t in tabs)) == [302, 302]
    assert Enrolment.objects.count() == before + 2


@ON_POSTGRESQL
@pytest.mark.django_db(transaction=True)
def test_a_break_that_is_put_right_while_its_list_is_undone_is_never_lost_unseen(world, sign_in, monkeypatch):
    titles = "Nom;Prénom;Date de naissance;Courriel;Entreprise;Date de rupture"
    line = "Martin;Léa;14/03/2006;lea@example.org;Garage Roux;12/01/2026"
    batch = received(world, line, titles=titles, kind=ImportBatch.Kind.BREAKS)
    batch = confirm(batch=batch, version=batch.version, by=world.administrator)
    row, client, answers = ApprenticeshipBreak.objects.get(), sign_in(world.caseworker), []
    page = reverse("beneficiaries:change_break", args=["TEST-1", row.enrolment_id, row.pk])
    typed = {"company": "Garage Roux", "broken_on": "2026-01-12", "chosen": "chosen", "version": "1"}
    saving = threading.Thread(target=lambda: (answers.append(client.post(page, typed).status_code), connection.close()))
    note = journal.note

    def noted(*args, **kwargs):  # once it is known that nobody has worked on its files
        saving.start()
        saving.join(2)
        note(*args, **kwargs)

    monkeypatch.setattr(journal, "note", noted)
    undo(batch=batch, version=batch.version, by=world.administrator)
    saving.join()
    assert (answers, ApprenticeshipBreak.objects.count()) == ([404], 0)


# -- A process that dies ----------------------------------------------------------------------------------
@pytest.fixture
def elsewhere(tmp_path):
    """`elsewhere(act, batch, moment)`: what another process finds or does in the same base."""
    if connection.vendor == "sqlite":
        path = tmp_path / "copy.sqlite3"
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(path)])
        address = f"sqlite:///{path}"
    else:
        said = connection.settings_dict
        address = f"postgres://{said['USER']}@{said['HOST']}:{said['PORT']}/{said['NAME']}"

    def run(act, batch, moment=0, code=0):
        done = subprocess.run(  # noqa: S603  (ourselves)
            [sys.executable, "-m", "tests.received.killed", act, str(batch.pk), str(moment)],
            cwd=settings.BASE_DIR, env=os.environ | {"DATABASE_URL": address}, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        return json.loads(done.stdout.splitlines()[-1]) if code == 0 else {}

    return run


@pytest.mark.django_db(transaction=True)
class TestKilled:
    """kill -9, between two of the writings of one transaction."""

    @pytest.mark.parametrize("moment", [1, 2, 3])
    def test_a_confirmation_leaves_nothing_and_is_taken_up(self, world, request, moment):
        batch = received(world, LEA, CHLOE, YOUNG)
        elsewhere = request.getfixturevalue("elsewhere")  # a copy of the base as it is now
        before = elsewhere("look", batch)
        elsewhere("confirm", batch, moment, code=-signal.SIGKILL)
        assert elsewhere("look", batch) == before
        after = elsewhere("confirm", batch)
        assert (after["state"], after["opened"], after["Enrolment"]) == ("confirmed", 2, before["Enrolment"] + 2)

    def test_a_reading_leaves_nothing_and_is_taken_up(self, world, request, monkeypatch):
        monkeypatch.setattr(receiving, "AT_ONCE", 0)
        batch = received(world, LEA, CHLOE, YOUNG)
        elsewhere = request.getfixturevalue("elsewhere")
        elsewhere("read", batch, 1, code=-signal.SIGKILL)
        left = elsewhere("look", batch)
        assert (left["state"], left["lines"]) == ("reading", 0)
        assert elsewhere("work", batch)["lines"] == 3


# -- The worker -------------------------------------------------------------------------------------------
def work():
    call_command("db_worker", batch=True, startup_delay=False, verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_a_large_list_is_read_and_written_by_the_worker_while_its_page_waits(world, sign_in, monkeypatch):
    monkeypatch.setattr(receiving, "AT_ONCE", 0)
    monkeypatch.setattr(confirming, "AT_ONCE", 0)
    client = sign_in(world.administrator)
    send(client, world, content_of(LEA, CHLOE, YOUNG))
    batch = ImportBatch.objects.get()
    assert "en cours de lecture" in client.get(url("batch", batch)).content.decode()
    assert "hx-trigger" in client.get(url("batch_progress", batch)).content.decode()
    work()
    assert client.get(url("batch_progress", batch)).headers["HX-Refresh"] == "true"
    assert outcomes(batch) == {2: "import", 3: "import", 4: "review"}
    batch.refresh_from_db()
    client.post(url("batch_confirm", batch), {"version": batch.version})
    assert "en cours d’ouverture" in client.get(url("batch", batch)).content.decode()
    # A second click while it works does nothing.
    client.post(url("batch_confirm", batch), {"version": batch.version})
    work()
    batch.refresh_from_db()
    assert (batch.state, batch.opened) == ("confirmed", 2)


@pytest.mark.django_db(transaction=True)
def test_a_work_that_gives_no_sign_of_life_is_taken_up(world, sign_in, monkeypatch):
    monkeypatch.setattr(receiving, "AT_ONCE", 0)
    client = sign_in(world.administrator)
    send(client, world, content_of(LEA))
    batch = ImportBatch.objects.get()
    assert "Cette liste a changé" in client.post(url("batch_again", batch), follow=True).content.decode()
    ImportBatch.objects.update(sign_of_life="2026-01-01T00:00Z")
    assert "ne donne plus signe de vie" in client.get(url("batch", batch)).content.decode()
    client.post(url("batch_again", batch))
    work()
    assert outcomes(batch) == {2: "import"}


# -- What was sent ----------------------------------------------------------------------------------------
def test_no_file_that_was_sent_has_a_name_on_the_disk(world, sign_in, monkeypatch, tmp_path):
    """Larger than what Django keeps in memory: whatever happens to the process, nothing stays behind."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    seen, receive = [], receiving.receive

    def looking(content):
        seen.append((len(content), list(tmp_path.iterdir())))
        return receive(content)

    monkeypatch.setattr(receiving, "receive", looking)
    large = content_of(*(f"Nom{n};Prénom;14/03/2006;;a{n}@example.org" for n in range(70_000)))
    response = send(sign_in(world.administrator), world, large)
    assert seen == [(len(large), [])] and len(large) > 2_621_440
    assert response.status_code == 302 and reverse("beneficiaries:batches", args=["TEST-1"]) in response.url
