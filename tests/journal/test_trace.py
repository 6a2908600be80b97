"""Who reads, searches, changes, exports or is refused leaves a line; nothing that was typed is in it."""

import pytest
from django.urls import reverse

from partaj.accounts.journal.sealing import verify_journal
from partaj.accounts.models import JournalEntry


@pytest.fixture
def lines(db):
    def read(**asked) -> list[JournalEntry]:
        return list(JournalEntry.objects.filter(**asked).order_by("number"))

    return read


def file_url(enrolment) -> str:
    return reverse("beneficiaries:detail", args=[enrolment.programme.number, enrolment.pk])


def test_opening_a_file_is_written_with_who_as_what_and_from_where(world, sign_in, lines):
    sign_in(world.caseworker).get(file_url(world.lea), REMOTE_ADDR="192.0.2.7")
    (line,) = lines(kind="read")
    assert (line.actor, line.roles, line.enrolment_id) == (world.caseworker, "caseworker", world.lea.pk)
    assert (line.page, line.programme, line.address) == ("beneficiaries:detail", world.programme, "192.0.2.7")


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE"])
def test_a_question_about_a_page_reads_nobody(world, sign_in, lines, method):
    sign_in(world.caseworker).generic(method, file_url(world.lea))
    assert lines(kind="read") == []


def test_a_list_says_whom_it_showed_and_a_search_does_not_say_what_was_typed(world, sign_in, lines):
    client, address = sign_in(world.caseworker), reverse("beneficiaries:list", args=["TEST-1"])
    client.get(address)
    client.get(address, {"f-name": "le goff"})
    client.get(reverse("beneficiaries:search"), {"q": "introuvable"})
    listed, searched, nothing = lines(kind__in=["listed", "searched"])
    assert set(listed.shown.split()) == {str(world.lea.pk), str(world.helene.pk)}
    assert (searched.kind, searched.shown) == ("searched", f" {world.helene.pk} ")
    assert (nothing.detail, nothing.shown) == ("0 dossier", "")
    values = " ".join(str(value) for row in JournalEntry.objects.values_list() for value in row).lower()
    assert "goff" not in values
    assert "introuvable" not in values


@pytest.mark.parametrize(("who", "shown"), [("caseworker", ["lea", "helene"]), ("tutor", ["helene"]), ("funder", [])])
def test_the_home_page_says_whom_it_showed(world, sign_in, lines, who, shown):
    sign_in(world.cast[who]).get("/")
    told = [number for line in lines(kind="listed", page="home") for number in line.shown.split()]
    assert sorted(told) == sorted(str(getattr(world, name).pk) for name in shown)


def test_a_refusal_says_which_door_and_no_more(world, sign_in, lines):
    sign_in(world.neighbour).get(file_url(world.lea))
    sign_in(world.neighbour).get("/nulle-part/")
    (line,) = lines()
    assert (line.kind, line.detail, line.enrolment_id) == ("refused", f"404 pk {world.lea.pk}", world.lea.pk)
    assert line.actor == world.neighbour


def test_a_refusal_of_a_file_says_which_file_even_from_another_programme(world, sign_in, lines):
    sign_in(world.other_manager).get(file_url(world.lea))
    sign_in(world.other_manager).get(file_url(world.lea).replace(f"/{world.lea.pk}/", f"/{10**30}/"))
    sign_in(world.tutor).get(f"{file_url(world.helene)}modifier/")
    assert [(line.enrolment_id, line.detail[:3]) for line in lines(kind="refused")] == [
        (world.lea.pk, "404"), (None, "404"), (world.helene.pk, "403"),
    ]  # fmt: skip


def test_every_line_that_the_product_writes_is_verified(world, sign_in, client, lines):
    world.manager.set_password(TestAtTheDoor.PASSWORD)
    world.manager.save()
    for password in ("pas le bon", TestAtTheDoor.PASSWORD):
        client.post(reverse("account_login"), {"login": world.manager.email, "password": password})
    client.get(file_url(world.lea))
    client.get(reverse("beneficiaries:list", args=["TEST-1"]), {"f-name": "moreau"})
    b"".join(client.get(reverse("beneficiaries:export", args=["TEST-1", "csv"])).streaming_content)
    client.get(reverse("reports:export", args=["TEST-1", "annexe-1", "csv"]))
    client.get(file_url(world.foreigner))
    client.get(reverse("beneficiaries:consultations", args=["TEST-1", world.lea.pk]))
    step = {"step": world.steps["contact"].pk, "entered_on": "2025-02-01"}
    client.post(reverse("beneficiaries:enter_step", args=["TEST-1", world.lea.pk]), step)
    client.post(reverse("account_logout"))
    kinds = {"failed", "signed_in", "read", "searched", "exported", "printed", "refused", "journal", "created"}
    assert {line.kind for line in lines()} == kinds | {"signed_out"}
    assert list(verify_journal()) == []


def test_a_change_is_written_in_the_transaction_that_makes_it(world, sign_in, lines):
    sign_in(world.caseworker).post(
        reverse("beneficiaries:enter_step", args=["TEST-1", world.lea.pk]),
        {"step": world.steps["contact"].pk, "entered_on": "2025-02-01"},
    )
    created = [line for line in lines(enrolment_id=world.lea.pk) if line.kind == "created"]
    assert {line.subject.split(":")[0] for line in created} == {"beneficiaries.stepentry", "beneficiaries.logentry"}
    assert {line.actor for line in created} == {world.caseworker}


def test_who_is_not_signed_in_leaves_no_line_by_reading(world, client, lines):
    client.get(file_url(world.lea))
    assert lines() == []


def test_forwarded_addresses_are_believed_as_far_as_the_settings_say(world, sign_in, lines, settings):
    client = sign_in(world.caseworker)
    for trusted in (0, 1, 2):
        settings.TRUSTED_PROXIES = trusted
        client.get(
            file_url(world.lea), REMOTE_ADDR="192.0.2.1", headers={"x-forwarded-for": "203.0.113.9, 198.51.100.2"}
        )
    client.get(file_url(world.lea), REMOTE_ADDR="192.0.2.1", headers={"x-forwarded-for": "<script>"})
    assert [line.address for line in lines()] == ["192.0.2.1", "198.51.100.2", "203.0.113.9", "192.0.2.1"]


class TestAtTheDoor:
    PASSWORD = "une longue phrase de passe"

    @pytest.fixture
    def account(self, world):
        world.manager.set_password(self.PASSWORD)
        world.manager.save()
        return world.manager

    def test_signing_in_and_out_and_failing_are_written(self, account, client, lines):
        for password in ("pas le bon mot de passe", self.PASSWORD):
            client.post(reverse("account_login"), {"login": account.email, "password": password})
        client.post(reverse("account_logout"))
        failed, signed_in, signed_out = lines()
        assert [line.kind for line in (failed, signed_in, signed_out)] == ["failed", "signed_in", "signed_out"]
        assert (failed.actor, failed.subject) == (None, f"accounts.user:{account.pk}")
        assert signed_in.actor == signed_out.actor == account

    def test_an_attempt_on_no_account_is_written_without_what_was_typed(self, client, lines, db):
        client.post(reverse("account_login"), {"login": "rien@partaj.example", "password": "secret-tape"})
        (failed,) = lines()
        assert (failed.kind, failed.subject, failed.detail, failed.page) == ("failed", "", "", "account_login")

    def test_a_changed_password_is_written(self, account, sign_in, lines):
        new = "une autre phrase de passe"
        sign_in(account).post(
            reverse("account_change_password"),
            {"oldpassword": self.PASSWORD, "password1": new, "password2": new},
        )
        assert "mot de passe changé" in [line.detail for line in lines(kind="security", actor=account)]
