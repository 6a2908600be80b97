"""A row of the journal changed, removed, added, moved; a seal taken away: each is named."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test import override_settings

from partaj.accounts.journal.digests import batch_digest, number_at
from partaj.accounts.journal.models import SIGNED_ATTNAMES, JournalEntry, JournalSeal, digest_of
from partaj.accounts.journal.sealing import bound, purge_journal, seal_journal, unpacked, verify_journal

THEN = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
SOON = THEN + dt.timedelta(minutes=10)


def write(count: int, at: dt.datetime = THEN) -> list[int]:
    entries = [
        JournalEntry(kind="read", page="beneficiaries:file", enrolment_id=each, address="192.0.2.1")
        for each in range(count)
    ]
    with time_machine.travel(at, tick=False):
        JournalEntry.objects.write(entries)
    return [entry.number for entry in entries]


@pytest.fixture
def tamper(db):
    """Statements sent past the product, as somebody who holds the base would."""

    def send(sql: str, *params) -> None:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(sql, params)

    return send


def faults(**asked) -> list[str]:
    return [str(fault) for fault in verify_journal(**asked)]


@pytest.mark.django_db
class TestSealed:
    @pytest.fixture(autouse=True)
    def batches(self, monkeypatch):
        monkeypatch.setattr("partaj.accounts.journal.sealing.LARGEST", 4)
        self.numbers = write(10)
        self.seals = seal_journal(SOON)

    def test_what_was_written_holds(self):
        assert [seal.count for seal in self.seals] == [4, 4, 2]
        assert [number for seal in self.seals for number in unpacked(seal.members)] == sorted(self.numbers)
        assert faults() == []
        assert seal_journal(SOON) == []

    def test_what_has_not_settled_waits_for_the_next_seal(self):
        write(3, at=SOON)
        assert seal_journal(SOON) == []
        (seal,) = seal_journal(SOON + dt.timedelta(minutes=6))
        assert (seal.rank, seal.count, faults()) == (4, 3, [])

    @pytest.mark.parametrize("column", ["page", "roles", "shown", "detail", "address", "subject"])
    def test_a_row_changed_is_named(self, tamper, column):
        change = "UPDATE accounts_journalentry SET {} = 'autre' WHERE number = %s"
        tamper(change.format(column), self.numbers[2])
        assert faults() == [f"ligne {self.numbers[2]} : modifiée, ajoutée ou déplacée"]

    def test_the_moment_and_the_person_are_held_too(self, tamper):
        tamper("UPDATE accounts_journalentry SET at = %s WHERE number = %s", SOON, self.numbers[0])
        tamper("UPDATE accounts_journalentry SET actor_id = 999 WHERE number = %s", self.numbers[1])
        assert faults() == [f"ligne {number} : modifiée, ajoutée ou déplacée" for number in self.numbers[:2]]

    @pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps moments only")
    def test_a_moment_that_is_none_is_named_and_hides_nothing_of_what_follows(self, tamper):
        tamper("UPDATE accounts_journalentry SET at = 'autre' WHERE number = %s", self.numbers[0])
        tamper("UPDATE accounts_journalentry SET page = 'autre' WHERE number = %s", self.numbers[1])
        assert faults() == [f"ligne {number} : modifiée, ajoutée ou déplacée" for number in self.numbers[:2]]

    def test_a_row_removed_is_named(self, tamper):
        tamper("DELETE FROM accounts_journalentry WHERE number = %s", self.numbers[5])
        assert faults() == [f"ligne {self.numbers[5]} : supprimée"]

    def test_all_the_rows_of_a_batch_removed_are_named(self, tamper):
        tamper("DELETE FROM accounts_journalentry")
        assert faults() == [f"ligne {number} : supprimée" for number in self.numbers]

    def test_a_copy_put_in_between_is_named(self, tamper):
        tamper(
            "INSERT INTO accounts_journalentry SELECT number - 1, at, roles, kind, page, enrolment_id, subject, shown,"
            " detail, address, digest, actor_id, programme_id FROM accounts_journalentry WHERE number = %s",
            self.numbers[0],
        )
        added = self.numbers[0] - 1
        assert faults() == [f"ligne {added} : modifiée, ajoutée ou déplacée", f"ligne {added} : ajoutée après le sceau"]

    def test_a_row_made_with_the_key_behind_a_seal_is_named(self):
        (late,) = write(1, at=THEN - dt.timedelta(hours=1))
        assert faults() == [f"ligne {late} : ajoutée après le sceau"]

    def test_two_rows_exchanged_are_named(self, tamper):
        one, other = self.numbers[0], self.numbers[9]
        for number, to in [(one, 0), (other, one), (0, other)]:
            tamper("UPDATE accounts_journalentry SET number = %s WHERE number = %s", to, number)
        assert faults() == [
            f"ligne {one} : modifiée, ajoutée ou déplacée",
            "des lignes du lot 1 ont une autre empreinte que le jour du sceau",
            f"ligne {other} : modifiée, ajoutée ou déplacée",
            "des lignes du lot 3 ont une autre empreinte que le jour du sceau",
        ]

    def test_a_seal_removed_is_told(self, tamper):
        tamper("DELETE FROM accounts_journalseal WHERE rank = 2")
        assert "il manque un sceau avant le sceau 3" in faults()

    def test_a_seal_changed_is_told(self, tamper):
        tamper("UPDATE accounts_journalseal SET count = 3 WHERE rank = 2")
        assert "le sceau 2 a été modifié" in faults()

    def test_the_end_cut_off_with_its_seal_is_told_by_the_digest_noted_elsewhere(self, tamper):
        noted = {3: self.seals[-1].digest}
        assert faults(anchors=noted) == []
        tamper("DELETE FROM accounts_journalentry WHERE number > %s", self.seals[1].last)
        tamper("DELETE FROM accounts_journalseal WHERE rank = 3")
        assert faults() == []
        assert faults(anchors=noted) == ["le sceau 3 a disparu"]

    def test_an_unsealed_row_is_held_by_its_own_digest(self, tamper):
        (number,) = write(1, at=SOON)
        tamper("UPDATE accounts_journalentry SET page = 'home' WHERE number = %s", number)
        assert faults() == [f"ligne {number} : modifiée, ajoutée ou déplacée"]


@pytest.mark.django_db
class TestPurge:
    def test_rows_of_more_than_a_year_go_and_their_seals_stay(self):
        old = write(3, at=dt.datetime(2025, 1, 5, tzinfo=dt.UTC))
        seal_journal(dt.datetime(2025, 1, 6, tzinfo=dt.UTC))
        kept = write(2)
        seal_journal(SOON)
        done = purge_journal(before=SOON - dt.timedelta(days=365), now=SOON)
        assert (done.rows, done.batches, done.suspect) == (len(old), 1, [])
        assert set(JournalEntry.objects.values_list("number", flat=True)) == set(kept)
        assert JournalSeal.objects.get(rank=1).purged_at == SOON
        assert faults() == []

    def test_a_removal_that_passes_for_a_purge_is_told(self, tamper):
        write(3)
        seal_journal(SOON)
        tamper("DELETE FROM accounts_journalentry")
        tamper("UPDATE accounts_journalseal SET purged_at = %s, purge = 'x'", SOON)
        assert faults() == ["le sceau 1 se dit purgé et ne l’a pas été par PARTAJ"]

    def test_a_row_slipped_into_a_purged_batch_is_told(self):
        write(2, at=dt.datetime(2025, 1, 5, tzinfo=dt.UTC))
        seal_journal(dt.datetime(2025, 1, 6, tzinfo=dt.UTC))
        purge_journal(before=SOON - dt.timedelta(days=365), now=SOON)
        (number,) = write(1, at=dt.datetime(2025, 1, 4, tzinfo=dt.UTC))
        assert faults() == [f"ligne {number} : ajoutée dans un lot purgé"]


@pytest.mark.django_db
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no rights")
class TestPostgresqlRefuses:
    @pytest.mark.parametrize("sql", ["UPDATE accounts_journalentry SET page = ''", "DELETE FROM accounts_journalentry"])
    def test_to_change_or_remove_a_row_of_this_year(self, sql):
        from django.db import ProgrammingError, transaction

        write(1, at=dt.datetime.now(dt.UTC))
        with pytest.raises(ProgrammingError, match="ne se modifie pas"), transaction.atomic(), connection.cursor() as c:
            c.execute(sql)
        assert JournalEntry.objects.count() == 1


@pytest.mark.django_db
def test_numbers_follow_time_and_differ_within_a_microsecond():
    first, second = write(2)
    (later,) = write(1, at=SOON)
    assert number_at(THEN) <= first < second < number_at(SOON) <= later
    row = JournalEntry.objects.get(pk=first)
    assert row.at == THEN
    assert row.digest == digest_of([row.number, row.at, None, "", "read", "beneficiaries:file", None, 0, "", "", "",
                                    "192.0.2.1"])  # fmt: skip


@pytest.mark.django_db
def test_another_key_makes_another_digest(settings):
    write(1)
    assert faults() == []
    settings.JOURNAL_KEY = "une autre clef"
    assert len(faults()) == 1


class TestAnotherKeyFromNow:
    """Rows of either side of the moment at which the key changed, old enough for PostgreSQL to let them be purged."""

    first_day = THEN - dt.timedelta(days=500)

    @pytest.fixture(autouse=True)
    def keys(self, db, settings, monkeypatch):
        monkeypatch.setattr("partaj.accounts.journal.sealing.LARGEST", 4)
        self.former, settings.JOURNAL_KEY = settings.JOURNAL_KEY, "la clef de demain"
        self.changed_at = self.first_day + dt.timedelta(days=1)
        settings.JOURNAL_KEYS_BEFORE = ((self.changed_at, self.former),)
        self.before = write(5, at=self.first_day)
        self.after = write(5, at=self.changed_at)
        self.settings = settings

    def under_the_former_alone(self):
        return override_settings(JOURNAL_KEY=self.former, JOURNAL_KEYS_BEFORE=())

    def under_the_new_alone(self):
        return override_settings(JOURNAL_KEYS_BEFORE=())

    def test_each_row_holds_by_the_key_of_its_moment_and_by_no_other(self):
        assert faults() == []
        with self.under_the_former_alone():
            assert [int(fault.split()[1]) for fault in faults()] == self.after
        with self.under_the_new_alone():
            assert [int(fault.split()[1]) for fault in faults()] == self.before

    def test_what_was_written_before_anybody_thought_of_it_still_holds(self):
        earlier = self.first_day - dt.timedelta(days=1)
        with self.under_the_former_alone():
            write(5, at=earlier)
            assert len(seal_journal(self.first_day)) == 2
        assert len(seal_journal(self.changed_at + dt.timedelta(days=1))) == 3
        assert faults() == []
        older = (earlier - dt.timedelta(days=1), "plus ancienne")
        self.settings.JOURNAL_KEYS_BEFORE = (older, (self.changed_at, self.former))
        assert faults() == []

    def test_a_batch_with_rows_of_both_is_sealed_and_purged(self):
        end = self.changed_at + dt.timedelta(days=1)
        assert [seal.count for seal in seal_journal(end)] == [4, 4, 2]
        assert faults() == []
        assert purge_journal(end, end).rows == 10
        assert faults() == []

    def test_a_former_key_that_is_known_makes_no_row_of_today(self, tamper):
        row = JournalEntry.objects.get(pk=self.after[0])
        with self.under_the_former_alone():
            forged = digest_of([getattr(row, name) for name in SIGNED_ATTNAMES])
        tamper("UPDATE accounts_journalentry SET digest = %s WHERE number = %s", forged, row.number)
        assert faults() == [f"ligne {row.number} : modifiée, ajoutée ou déplacée"]

    def test_a_former_key_that_is_known_changes_nothing_that_a_seal_of_the_new_one_follows(self, tamper):
        """Whoever has it and the base makes the first row, its batch and its seal anew: the next seal says so."""
        first, *_ = seal_journal(self.changed_at + dt.timedelta(days=1))
        with self.under_the_former_alone():
            tamper("UPDATE accounts_journalentry SET page = 'autre' WHERE number = %s", self.before[0])
            row = JournalEntry.objects.get(pk=self.before[0])
            forged = digest_of([getattr(row, name) for name in SIGNED_ATTNAMES])
            tamper("UPDATE accounts_journalentry SET digest = %s WHERE number = %s", forged, row.number)
            digests = (
                JournalEntry.objects.filter(number__lte=first.last).order_by("number").values_list("digest", flat=True)
            )
            first.rows = batch_digest(first.last, digests)
            first.digest = bound(first)
            tamper("UPDATE accounts_journalseal SET rows = %s, digest = %s WHERE rank = 1", first.rows, first.digest)
        assert faults() == ["le sceau 2 ne suit pas le précédent"]


@pytest.mark.django_db(transaction=True)
def test_a_read_does_not_wait_for_the_disk_and_what_follows_does():
    JournalEntry.objects.write([JournalEntry(kind="read", page="beneficiaries:detail")], by_itself=True)
    assert JournalEntry.objects.count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit" if connection.vendor == "postgresql" else "PRAGMA synchronous")
        assert cursor.fetchone() in [("on",), (2,)]
