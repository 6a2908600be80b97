"""Accounts without use for six months: a letter, two weeks, then suspended; never the last administrator."""

import datetime as dt
import io

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from partaj.accounts import services
from partaj.accounts.models import JournalEntry, User
from tests.world import PASSWORD, make_role, make_user

START = dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def run(day: int, **options) -> list[str]:
    """What the command says on the given day after START."""
    said = io.StringIO()
    with time_machine.travel(START + day * DAY, tick=False):
        call_command("suspend_unused_accounts", stdout=said, **options)
    return said.getvalue().splitlines()


@pytest.fixture
def cast(db):
    """An administrator who comes every month, Louis who came once, Nora who never did."""
    with time_machine.travel(START, tick=False):
        chief, louis, nora = make_user("Alice"), make_user("Louis"), make_user("Nora")
        for user in (chief, louis):
            user.set_password(PASSWORD)
            user.save()
        make_role(chief, "administrator")
    User.objects.filter(pk=chief.pk).update(last_login=START + 180 * DAY)
    User.objects.filter(pk=louis.pk).update(last_login=START + 10 * DAY)
    return chief, louis, nora


NOTHING = ["Aucun compte à prévenir ni à suspendre."]


def test_one_is_warned_two_weeks_before_then_suspended_and_told(cast):
    _, louis, nora = cast
    assert run(168) == NOTHING
    assert run(169) == [f"compte {nora.pk} : prévenu, suspension prévue le 07/07/2026"]
    assert run(169) == NOTHING, "run twice, it does nothing more"
    assert run(182) == [f"compte {louis.pk} : prévenu, suspension prévue le 20/07/2026"]
    assert run(183) == [f"compte {nora.pk} : suspendu"]
    assert run(184) == NOTHING
    assert run(196) == [f"compte {louis.pk} : suspendu"]
    letters = [(letter.to, letter.subject) for letter in mail.outbox]
    assert letters == [
        ([nora.email], "Votre compte PARTAJ va être suspendu"), ([louis.email], "Votre compte PARTAJ va être suspendu"),
        ([nora.email], "Votre compte PARTAJ est suspendu"), ([louis.email], "Votre compte PARTAJ est suspendu"),
    ]  # fmt: skip
    assert "07/07/2026" in mail.outbox[0].body and "Connectez-vous une fois" in mail.outbox[0].body
    assert set(User.objects.filter(is_active=False)) == {louis, nora}


def test_nobody_is_suspended_without_a_letter_two_weeks_before_however_late(cast):
    _, louis, nora = cast
    User.objects.filter(pk=cast[0].pk).update(last_login=START + 395 * DAY)
    assert [line.split(" : ")[1][:7] for line in run(400)] == ["prévenu", "prévenu"]
    assert run(413) == NOTHING
    assert run(414) == [f"compte {louis.pk} : suspendu", f"compte {nora.pk} : suspendu"]


def test_signing_in_or_being_reopened_begins_the_months_again(cast):
    _, louis, nora = cast
    run(182)
    User.objects.filter(pk=louis.pk).update(last_login=START + 183 * DAY)
    assert run(200) == [f"compte {nora.pk} : suspendu"]
    with time_machine.travel(START + 210 * DAY, tick=False):
        services.restore_account(user=nora)
    assert run(211) == NOTHING
    said = run(352, dry_run=True)
    assert [line for line in said if line.startswith(f"compte {louis.pk} ")] == [
        f"compte {louis.pk} : serait prévenu, suspension prévue le 06/01/2027"
    ], "the first letter does not count any more"


def test_a_trial_says_the_same_and_does_nothing(cast):
    _, _, nora = cast
    before = list(User.objects.values()), list(JournalEntry.objects.values())
    trial = "Essai : rien n’a été fait, aucun courriel n’est parti."
    assert run(169, dry_run=True) == [f"compte {nora.pk} : serait prévenu, suspension prévue le 07/07/2026", trial]
    assert (list(User.objects.values()), list(JournalEntry.objects.values())) == before and mail.outbox == []
    run(169)
    assert f"compte {nora.pk} : serait suspendu" in run(183, dry_run=True)
    nora.refresh_from_db()
    assert nora.is_active and len(mail.outbox) == 1


def test_the_last_administrator_is_kept_even_asleep(cast):
    chief, louis, _ = cast
    make_role(louis, "administrator")
    User.objects.filter(pk=chief.pk).update(last_login=START)
    run(190)
    said = run(210)
    kept = [line for line in said if "gardé : C’est le dernier administrateur" in line]
    assert len(kept) == 1
    assert User.objects.filter(roles__kind="administrator", is_active=True).count() == 1


def test_a_letter_that_does_not_leave_is_said_and_tried_again(cast, settings):
    _, _, nora = cast
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with pytest.raises(CommandError, match="vérifiez la messagerie"):
        run(169)
    nora.refresh_from_db()
    assert nora.unused_notice_at is None and not JournalEntry.objects.exists()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert run(170) == [f"compte {nora.pk} : prévenu, suspension prévue le 08/07/2026"]


def test_what_was_done_is_in_the_journal_without_a_name(cast):
    _, _, nora = cast
    run(169)
    run(183)
    lines = JournalEntry.objects.filter(subject=f"accounts.user:{nora.pk}").order_by("number")
    assert [(line.actor_id, line.page, line.detail) for line in lines] == [
        (None, "suspend_unused_accounts", "compte inutilisé : titulaire prévenu"),
        (None, "suspend_unused_accounts", "compte inutilisé depuis six mois : suspendu"),
    ]
    assert timezone.is_aware(lines[0].at)
