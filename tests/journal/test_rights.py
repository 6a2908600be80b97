"""On PostgreSQL the role of the application reads and adds to the journal, and can do nothing else to it."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import ProgrammingError, connection, transaction

from partaj.accounts.journal.sealing import seal_journal
from partaj.accounts.models import JournalEntry, JournalSeal, User
from tests.journal.test_seals import SOON, write

pytestmark = pytest.mark.django_db
on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no rights")


@pytest.mark.parametrize("name", ['x"; DROP TABLE a; --', "Partaj", "pg_monitor", "public", "", "é", "a" * 64, "1a"])
def test_what_is_no_name_of_a_role_is_refused(name):
    with pytest.raises(CommandError, match="n’est pas un nom de rôle") as told:
        call_command("journal_rights", "--apply", "--", name)
    assert told.value.returncode == 2


@pytest.mark.skipif("connection.vendor == 'postgresql'", reason="PostgreSQL has rights")
def test_sqlite_has_no_rights_and_says_so(capsys):
    call_command("journal_rights", "partaj_site", "--apply")
    assert "SQLite ne connaît ni rôles ni droits" in capsys.readouterr().out


@pytest.fixture
def role(request):
    """A role of this test alone: roles belong to the whole cluster."""
    name = f"partaj_site_{getattr(request.config, 'workerinput', {}).get('workerid', 'one')}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP ROLE IF EXISTS {name}")
        cursor.execute(f"CREATE ROLE {name} NOLOGIN")
        yield name
        cursor.execute("RESET ROLE")
        cursor.execute(f"DROP OWNED BY {name}")
        cursor.execute(f"DROP ROLE {name}")


@on_postgresql
class TestRole:
    REFUSED = [
        "UPDATE {} SET digest = ''", "DELETE FROM {}", "TRUNCATE {}", "ALTER TABLE {} DISABLE TRIGGER ALL",
        "DROP TABLE {}", "CREATE INDEX ON {} (digest)",
    ]  # fmt: skip

    @pytest.fixture
    def site(self, role):
        """From here on, the connection acts as the application."""
        write(2)
        seal_journal(SOON)
        call_command("journal_rights", role, "--apply")
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {role}")

    def test_it_reads_and_adds(self, site):
        write(3, at=SOON)
        assert JournalEntry.objects.count() == 5
        assert JournalSeal.objects.count() == 1

    @pytest.mark.parametrize("table", ["accounts_journalentry", "accounts_journalseal"])
    @pytest.mark.parametrize("statement", REFUSED)
    def test_it_changes_and_removes_nothing(self, site, table, statement):
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), transaction.atomic():
            connection.cursor().execute(statement.format(table))
        assert JournalEntry.objects.count() == 2

    def test_it_does_its_own_work_all_the_same(self, site):
        user = User.objects.create_user("nouveau@partaj.example", "une longue phrase de passe")
        user.first_name = "Nouveau"
        user.save()
        user.delete()

    def test_printed_it_does_nothing(self, role, capsys):
        call_command("journal_rights", role)
        statements = capsys.readouterr().out.splitlines()
        assert statements[-1] == (
            f'GRANT SELECT, INSERT ON public.accounts_journalentry, public.accounts_journalseal TO "{role}";'
        )
        with connection.cursor() as cursor:
            cursor.execute("SELECT has_table_privilege(%s, 'accounts_journalentry', 'SELECT')", [role])
            assert cursor.fetchone() == (False,)

    @pytest.mark.parametrize(
        ("how", "why"),
        [
            ("ALTER ROLE {role} SUPERUSER", "superutilisateur"),
            ("GRANT {owner} TO {role}", "il faut deux rôles"),
            ("GRANT DELETE ON accounts_journalseal TO {other}; GRANT {other} TO {role}", "garde le droit DELETE"),
        ],
    )
    def test_a_role_that_could_all_the_same_is_refused(self, role, how, why):
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            (owner,) = cursor.fetchone()
            cursor.execute(f"CREATE ROLE {role}_other NOLOGIN")
            cursor.execute(how.format(role=role, owner=owner, other=f"{role}_other"))
            try:
                with pytest.raises(CommandError, match=why) as told:
                    call_command("journal_rights", role, "--apply")
                assert told.value.returncode == 1
                cursor.execute("SELECT has_schema_privilege(%s, 'public', 'USAGE')", [role])
            finally:
                cursor.execute(f"ALTER ROLE {role} NOSUPERUSER")
                cursor.execute(f"DROP OWNED BY {role}_other")
                cursor.execute(f"DROP ROLE {role}_other")


@on_postgresql
def test_a_role_that_does_not_exist_is_said():
    with pytest.raises(CommandError, match="n’existe pas"):
        call_command("journal_rights", "partaj_personne", "--apply")
