"""What a planned task says and returns: sealed, verified, purged."""

import datetime as dt

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError

from partaj.accounts.journal.sealing import seal_journal
from partaj.accounts.management.commands.purge_journal import months_before
from partaj.accounts.models import JournalEntry, JournalSeal
from tests.journal.test_seals import tamper, write

__all__ = ["tamper"]  # a fixture
NBSP = "\u00a0"
NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def run(capsys):
    """What the command says; its errors go through as CommandError."""

    def call(*arguments: str) -> str:
        capsys.readouterr()
        call_command(*arguments)
        said = capsys.readouterr()
        return (said.out + said.err).replace(NBSP, " ")

    return call


def hours_ago(hours: float) -> dt.datetime:
    return NOW - dt.timedelta(hours=hours)


class TestSeal:
    def test_it_gives_the_mark_to_keep_elsewhere(self, run):
        write(3, at=hours_ago(1))
        said = run("seal_journal")
        seal = JournalSeal.objects.get()
        assert said == f"3 lignes scellées en 1 lot. Repère à garder ailleurs : 1:{seal.digest}\n"
        assert run("seal_journal") == f"Rien à sceller. Repère à garder ailleurs : 1:{seal.digest}\n"

    def test_an_empty_journal_has_nothing_to_seal(self, run):
        assert run("seal_journal") == "Rien à sceller. Aucun sceau encore.\n"

    def test_two_at_once_do_not_fail(self, run, monkeypatch):
        write(1, at=hours_ago(2))
        seal_journal(hours_ago(1))
        write(1, at=hours_ago(0.5))
        # As if the other had sealed between the reading of the last seal and the writing of ours.
        save = JournalSeal.save
        monkeypatch.setattr(JournalSeal, "save", lambda seal, **how: (setattr(seal, "rank", 1), save(seal, **how)))
        assert "Un autre scellement" in run("seal_journal")
        assert JournalSeal.objects.count() == 1


class TestVerify:
    def test_all_holds(self, run):
        write(3, at=hours_ago(1))
        mark = run("seal_journal").rpartition(" ")[2].strip()
        assert run("verify_journal", "--anchor", mark) == (
            "Le journal des accès est tel qu’il a été écrit : 3 lignes et 1 sceau vérifiés, 1 repère compris.\n"
        )

    def test_each_fault_is_named_with_the_date_of_its_row(self, capsys, tamper):
        changed, removed, _ = write(3, at=hours_ago(1))
        seal_journal()
        tamper("UPDATE accounts_journalentry SET page = 'home' WHERE number = %s", changed)
        tamper("DELETE FROM accounts_journalentry WHERE number = %s", removed)
        with pytest.raises(CommandError, match=f"2{NBSP}défauts") as told:
            call_command("verify_journal")
        assert told.value.returncode == 1
        assert capsys.readouterr().out.splitlines() == [
            f"Ligne {changed} du 21/11/2026 à 09:00:00 (heure de Paris) : modifiée, ajoutée ou déplacée.",
            f"Ligne {removed} (écrite le 21/11/2026 à 09:00:00 (heure de Paris)) : supprimée.",
        ]

    def test_what_waits_is_told_and_for_more_than_a_day_it_warns(self, run):
        write(2, at=hours_ago(3))
        assert run("verify_journal").startswith("2 lignes attendent d’être scellées depuis le 21/11/2026 à 07:00:00")
        write(1, at=hours_ago(30))
        assert "Attention : 3 lignes attendent d’être scellées depuis le 20/11/2026 à 04:00:00" in run("verify_journal")

    def test_another_key_is_guessed(self, settings):
        write(2, at=hours_ago(1))
        settings.JOURNAL_KEY = "une autre clef"
        with pytest.raises(CommandError, match="JOURNAL_KEY"):
            call_command("verify_journal")

    @pytest.mark.parametrize("anchor", ["12", "0:" + "a" * 32, "1:xyz", "1:" + "a" * 31, "", f"{'9' * 40}:{'a' * 32}"])
    def test_what_is_no_mark_is_refused(self, anchor):
        with pytest.raises(CommandError, match="n’est pas un repère") as told:
            call_command("verify_journal", "--anchor", anchor)
        assert told.value.returncode == 2

    def test_a_mark_whose_seal_has_gone_is_a_fault(self):
        with pytest.raises(CommandError) as told:
            call_command("verify_journal", "--anchor", f"4:{'a' * 32}")
        assert told.value.returncode == 1


class TestPurge:
    @pytest.fixture
    def old(self):
        write(3, at=dt.datetime(2025, 1, 5, tzinfo=dt.UTC))
        seal_journal(dt.datetime(2025, 1, 6, tzinfo=dt.UTC))
        write(2, at=hours_ago(2))
        seal_journal()

    def test_it_says_what_went_and_what_stays_and_writes_its_own_line(self, run, old):
        assert run("purge_journal") == (
            "Retiré : 3 lignes en 1 lot, d’avant le 21/11/2025.\nLe journal garde 3 lignes. Les sceaux restent tous.\n"
        )
        own = JournalEntry.objects.get(page="purge_journal")
        assert (own.kind, own.actor, own.detail.replace(NBSP, " ")) == (
            "removed", None, "3 lignes en 1 lot, jusqu’au 05/01/2025"
        )  # fmt: skip
        assert "vérifiés" in run("verify_journal")
        assert run("purge_journal").startswith("Aucun lot scellé n’est tout entier d’avant le 21/11/2025")

    def test_a_trial_removes_nothing(self, run, old):
        assert run("purge_journal", "--dry-run").startswith("Essai, rien n’est retiré. Le serait : 3 lignes en 1 lot")
        assert JournalEntry.objects.count() == 5

    def test_a_longer_time_keeps_more(self, run, old):
        assert run("purge_journal", "--months", "24").startswith("Aucun lot")
        assert JournalEntry.objects.count() == 5

    @pytest.mark.parametrize("months", ["11", "0", "-3", "121"])
    def test_never_under_twelve_months(self, months, old):
        with pytest.raises(CommandError, match="12 mois au moins") as told:
            call_command("purge_journal", f"--months={months}")
        assert told.value.returncode == 2
        assert JournalEntry.objects.count() == 5

    def test_a_seal_made_to_name_rows_of_today_removes_none(self, old, tamper):
        members = JournalSeal.objects.get(rank=2).members
        tamper("UPDATE accounts_journalseal SET members = %s WHERE rank = 1", bytes(members))
        with pytest.raises(CommandError, match="lots 1") as told:
            call_command("purge_journal")
        assert told.value.returncode == 1
        assert JournalEntry.objects.count() == 5

    def test_months_end_where_they_end(self):
        leap = dt.datetime(2028, 2, 29, tzinfo=dt.UTC)
        assert months_before(leap, 12) == dt.datetime(2027, 2, 28, tzinfo=dt.UTC)
        assert months_before(NOW, 12) == NOW.replace(year=2025)
        assert months_before(NOW.replace(month=12, day=31), 13) == NOW.replace(year=2025, month=11, day=30)
