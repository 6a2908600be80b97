"""On PostgreSQL, a question asked again on the same connection is planned no more, and answers as it did."""

import pytest
from django.db import DatabaseError, connection, transaction

from beneficiaries.models import Enrolment
from partaj import statements
from partaj.prepared import Reader, answers, instances
from tests.world import make_youth

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite plans in no time")


def mine(reader):
    return Enrolment.objects.visible_to(reader).order_by("pk").values("pk")


def one(reader, number):
    return Enrolment.objects.visible_to(reader).filter(beneficiary__enrolments__pk=number)


def planned():
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements WHERE name LIKE 'partaj%'")
        return [row[0] for row in cursor.fetchall()]


@pytest.fixture
def reader(world):
    reader = Reader.of(world.caseworker)
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    connection.statements = statements.Statements(connection.connection)
    return reader


def test_from_the_second_time_it_has_a_statement_which_sees_what_changes(world, reader):
    expected = [{"pk": world.lea.pk}, {"pk": world.helene.pk}]
    assert (answers(mine, reader), planned()) == (expected, [])
    assert answers(mine, reader) == expected and len(planned()) == 1
    newcomer = make_youth(world.programme, world.bethune)
    before = len(planned())
    assert answers(mine, reader) == [*expected, {"pk": newcomer.pk}] and len(planned()) == before


def test_that_of_a_row_serves_all_rows(world, reader):
    for _ in range(8):  # beyond five times, PostgreSQL may keep one plan for all numbers
        assert instances(one, reader, of=world.lea.pk) == [world.lea]
        assert instances(one, reader, of=world.helene.pk) == [world.helene]
        assert instances(one, reader, of=world.karim.pk) == []  # next door
    assert len(planned()) == 1 and "$1" in planned()[0]


def test_another_reader_has_another(world, reader):
    near = Reader.of(world.neighbour)
    for _ in range(3):
        assert world.karim.pk not in [row["pk"] for row in answers(mine, reader)]
        assert world.lea.pk not in [row["pk"] for row in answers(mine, near)]
    assert len(planned()) == 2


def test_the_oldest_go_and_may_come_back(world, reader, monkeypatch):
    monkeypatch.setattr(statements, "MOST", 1)
    readers = [reader, Reader.of(world.neighbour)]
    for each in [*readers, *readers]:
        first = answers(mine, each)
        assert answers(mine, each) == first == answers(mine, each)
        assert len(planned()) == 1


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_begins_anew(world, reader):
    answers(mine, reader), answers(mine, reader)
    assert len(planned()) == 1
    connection.close()
    assert planned() == [] and len(answers(mine, reader)) == 2 == len(answers(mine, reader))


@pytest.mark.django_db(transaction=True)
def test_a_statement_that_is_dead_is_asked_as_it_stands_then_made_again(world, reader):
    expected = answers(mine, reader)
    assert answers(mine, reader) == expected and len(planned()) == 1
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    assert (answers(mine, reader), planned()) == (expected, [])
    assert answers(mine, reader) == expected == answers(mine, reader) and len(planned()) == 1
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    with pytest.raises(DatabaseError), transaction.atomic():  # which is lost: whoever asks again is answered
        answers(mine, reader)
    assert answers(mine, reader) == expected


def test_behind_a_pooler_there_is_none(world, reader, settings):
    settings.PREPARED_STATEMENTS = False
    for _ in range(3):
        assert len(answers(mine, reader)) == 2
    assert planned() == []
