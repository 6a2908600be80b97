import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.template import engines
from django.test import Client, override_settings

from partaj import prepared
from partaj.accounts.journal import changes
from partaj.accounts.letters import wait_until_posted
from tests.access.canaries import Canaries
from tests.access.house import House, build_house
from tests.access.links import Links
from tests.access.table import TABLE
from tests.undefined import Undefined
from tests.world import World, build_world


@pytest.fixture(autouse=True)
def fast_and_quiet(settings, monkeypatch):
    """Cheap hashes, the plain e-mail box, and templates that shout at undefined variables stay out of production."""
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", Undefined("%s"))
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture(autouse=True)
def kept_questions_are_true(monkeypatch):
    """A question asked again is the one that would be composed now: a rule that looked at more than its facts (the
    hour, a setting, a row) fails wherever a test opens a page twice."""
    kept = prepared._composed
    kept.cache_clear()

    def told(question):
        return question and (len(question.sql), sorted(map(repr, question.params)), question.names)

    def composed(*facts):
        asked_before = kept.cache_info().hits
        question = kept(*facts)
        if kept.cache_info().hits > asked_before:
            assert told(question) == told(kept.__wrapped__(*facts)), facts[0]
        return question

    composed.cache_info, composed.__wrapped__ = kept.cache_info, kept.__wrapped__
    monkeypatch.setattr(prepared, "_composed", composed)


@pytest.fixture(autouse=True, scope="session")
def vault_of_the_tests(tmp_path_factory) -> Iterator[None]:
    """No file sent in a test lies among those of somebody's own demonstration."""
    with override_settings(PRIVATE_MEDIA_ROOT=tmp_path_factory.mktemp("vault")):
        yield


@pytest.fixture(autouse=True)
def letters_leave() -> Iterator[None]:
    """What one test posts does not arrive in the box of the next."""
    yield
    wait_until_posted()


@pytest.fixture(autouse=True)
def transactions_are_the_products(monkeypatch):
    """The one around each test does not count: a change saved outside one of ours fails, as it would live."""
    monkeypatch.setattr(
        changes, "in_transaction", lambda: any(not each._from_testcase for each in connection.atomic_blocks)
    )


@pytest.fixture
def world(db) -> World:
    return build_world()


@pytest.fixture
def sign_in():
    """`sign_in(user)` returns a client signed in as that person, without going through the form."""

    def make(user) -> Client:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return make


@pytest.fixture(scope="class")
def standing_house(django_db_setup: None, django_db_blocker: Any) -> Iterator[House]:
    """The cast, built once for a class: each request is undone after it has been judged."""
    now = dt.datetime.now(dt.UTC)  # held still: pages print the minute at which they were made
    with django_db_blocker.unblock(), transaction.atomic(), time_machine.travel(now, tick=False):
        house = build_house()
        house.canaries = Canaries(house.cast)
        house.links = Links(TABLE, house)
        yield house
        transaction.set_rollback(True)
