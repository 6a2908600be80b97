"""What an ill-meaning or unlucky reader sends: tokens made by hand, headers that are no address, two at once."""

import base64
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse

from beneficiaries import services as paths
from beneficiaries.models import AccessGrant, Beneficiary, Enrolment, LogEntry, StepEntry
from partaj.accounts import services as accounts
from partaj.accounts.models import User
from tests.world import make_role

ON_POSTGRESQL = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite lets one writer in at a time by itself"
)


def token(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize("text", ["[" * 3000, '["\\ud800", 1]', '{"a":' * 1100, '["a", 1e400]', "[[], 1]"])
@pytest.mark.parametrize("side", ["apres", "avant"])
def test_a_place_made_by_hand_shows_the_first_page(world, sign_in, side, text):
    page = reverse("beneficiaries:list", args=["TEST-1"])
    response = sign_in(world.caseworker).get(page, {side: token(text)})
    assert response.status_code == 200
    assert "Moreau" in response.content.decode()


@pytest.mark.parametrize("address", ["http://[", "http://[::1", "http://x]/"])
def test_a_fragment_that_says_it_stands_nowhere_is_sent_to_the_door(world, address):
    page, headers = reverse("beneficiaries:list", args=["TEST-1"]), {"HX-Request": "true", "HX-Current-URL": address}
    asked = Client().get(page, headers=headers)
    assert (asked.status_code, asked["HX-Redirect"]) == (204, "/compte/connexion/?next=%2F")
    sent = Client().post(reverse("beneficiaries:new", args=["TEST-1"]), {"saisie_de": "x"}, headers=headers)
    assert sent.status_code == 204


def at_once(*calls):
    """What each call answered, all of them begun together; only where the database keeps several connections."""
    start, answers = threading.Barrier(len(calls)), []

    def run(call):
        start.wait()
        try:
            answers.append(call().status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


def intake(world, **typed):
    return {
        "last_name": "Nouvelle", "first_name": "Jeanne", "public": "youth", "territory": world.bethune.pk,
        "contacted_on": "2026-01-10", "followed_by_mission_locale": "unknown", "in_priority_district": "unknown",
        "has_disability": "unknown",
    } | typed  # fmt: skip


@ON_POSTGRESQL
@pytest.mark.django_db(transaction=True)
def test_two_who_take_in_the_same_person_at_once_open_one_file(world, sign_in):
    page, readers = reverse("beneficiaries:new", args=["TEST-1"]), (world.caseworker, world.manager)
    clients = [sign_in(reader) for reader in readers]
    assert at_once(*(lambda c=c: c.post(page, intake(world)) for c in clients)) == [302, 409]
    assert Beneficiary.objects.filter(last_name="Nouvelle").count() == 1


@ON_POSTGRESQL
@pytest.mark.django_db(transaction=True)
def test_two_who_welcome_the_same_person_back_at_once_open_one_path(world, sign_in):
    paths.record_loss(
        enrolment=world.lea, reason=world.reasons["abandon"], lost_on=world.lea.entered_on, step=None, by=None
    )
    page, person = reverse("beneficiaries:new", args=["TEST-1"]), world.lea.beneficiary
    typed = intake(world, last_name="Moreau", first_name="Léa", birth_date="2008-05-17", decision=person.pk)
    clients = [sign_in(world.caseworker), sign_in(world.manager)]
    assert at_once(*(lambda c=c: c.post(page, typed) for c in clients)) == [302, 422]
    assert Enrolment.objects.filter(beneficiary=person).under_way().count() == 1


@ON_POSTGRESQL
@pytest.mark.django_db(transaction=True)
def test_two_who_note_the_same_step_at_once_note_it_once_and_read_why(world, sign_in):
    page = reverse("beneficiaries:enter_step", args=["TEST-1", world.lea.pk])
    clients = [sign_in(world.caseworker), sign_in(world.manager)]
    for step in world.steps.values():
        typed = {"step": step.pk, "entered_on": "2025-03-01"}
        assert at_once(*(lambda c=c, t=typed: c.post(page, t) for c in clients)) == [302, 422]
    assert StepEntry.objects.filter(enrolment=world.lea).count() == len(world.steps)


def test_a_departure_noted_twice_is_told_once(world, sign_in):
    client, page = sign_in(world.caseworker), reverse("beneficiaries:record_loss", args=["TEST-1", world.lea.pk])
    first, second = world.reasons["abandon"], world.reasons["demenage"]
    assert client.post(page, {"reason": first.pk, "lost_on": "2025-04-01"}).status_code == 302
    again = client.post(page, {"reason": second.pk, "lost_on": "2025-05-01"})
    assert again.status_code == 422
    assert "annulez-le d’abord" in again.content.decode()
    world.lea.refresh_from_db()
    assert world.lea.loss_reason == first
    assert LogEntry.objects.filter(enrolment=world.lea, kind=LogEntry.Kind.LOSS).count() == 1


def test_a_step_that_somebody_has_just_taken_back_is_not_taken_back_again(world):
    entry = paths.enter_step(
        enrolment=world.lea, step=world.steps["bilan"], entered_on=world.lea.entered_on, by=world.caseworker
    )
    same = StepEntry.objects.select_related("enrolment__programme", "step").get(pk=entry.pk)
    paths.withdraw_step(entry=entry, reason="erreur", by=world.caseworker)
    with pytest.raises(ValidationError, match="vient d’être retirée"):
        paths.withdraw_step(entry=same, reason="erreur", by=world.manager)
    assert LogEntry.objects.filter(enrolment=world.lea, sentence__contains="retirée").count() == 1


def test_renaming_an_account_does_not_reopen_it(world):
    """Two administrators: one had opened the form when the other suspended the account."""
    typed = User.objects.get(pk=world.tutor.pk)
    accounts.suspend_account(user=world.tutor)
    typed.first_name = "Thomas"
    accounts.rename_account(user=typed)
    stored = User.objects.get(pk=world.tutor.pk)
    assert (stored.first_name, stored.is_active) == ("Thomas", False)


@pytest.mark.parametrize("read", ["9" * 5000, "9" * 30, "-1", "x", "\x00"])
def test_a_declaration_that_nobody_made_is_not_withdrawn(world, sign_in, read):
    page = reverse("reports:withdraw", args=["TEST-1", "annexe-1"])
    response = sign_in(world.manager).post(f"{page}?ligne=youths&colonne=total", {"replaces": read})
    assert response.status_code == 302


def test_a_guest_who_works_next_door_reads_no_more_of_who_else_may_open_the_file(world):
    """Tom accompanies Hélène in Béthune; that he works on Valenciennes tells him nothing of Mina's access."""
    make_role(world.tutor, "caseworker", world.programme, territory=world.valenciennes)
    grants = AccessGrant.objects.filter(enrolment=world.helene)
    assert [grant.user for grant in grants.visible_to(world.tutor)] == [world.tutor]
    assert {grant.user for grant in grants.visible_to(world.caseworker)} == {world.tutor, world.member}
