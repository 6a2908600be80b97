"""Everybody knocks at every door: each row of the table × each role × each object × GET, POST and htmx.

What is refused or read changes nothing, and a stranger cannot tell what exists from what does not.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.access.door import Door
from tests.access.house import House, build_house
from tests.access.pages import named_pages
from tests.access.table import TABLE
from tests.access.watch import fingerprint, written

HTMX = {"HX-Request": "true"}
TRIES = [("GET", {}), ("GET", HTMX), ("POST", {}), ("POST", HTMX)]
# What differs between two answers that say the same thing: the nonce of the policy, the tokens of the forms.
ONCE = re.compile(rb'nonce="[^"]*"|name="(?:csrfmiddlewaretoken|saisie_de)" value="[^"]*"|"X-CSRFToken": ?"[^"]*"')


@pytest.fixture(scope="class")
def standing_house(django_db_setup: None, django_db_blocker: Any) -> Iterator[House]:
    """The cast, built once for a class: each request is undone after it has been judged."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_house()
        transaction.set_rollback(True)


def client_of(house: House, role: str) -> Client:
    client = Client(raise_request_exception=False)
    if role != "anonymous":
        client.force_login(house.cast[role], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def knock(client: Client, address: str, method: str, data: dict[str, Any], headers: dict[str, str]) -> tuple[Any, ...]:
    """Status, address to go to, body without what changes each time, statements that wrote; all undone."""
    with transaction.atomic(), written() as statements:
        send = client.post if method == "POST" else client.get
        response = send(address, data, headers=headers)
        body = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[arg-type]
        transaction.set_rollback(True)
    return response.status_code, response.headers.get("Location", ""), ONCE.sub(b"", body), statements


def walk(house: House, role: str, client: Client) -> list[str]:
    """What went otherwise than the table says, a line each."""
    return [fault for door in TABLE for fault in _faults(client, house, role, door)]


def _faults(client: Client, house: House, role: str, door: Door) -> Iterator[str]:
    for method, headers in TRIES:
        nothing_there: dict[str, bytes] = {}
        for place, twin in sorted(door.places.items(), key=lambda each: each[0] != each[1]):
            address = door.address(place, house)
            data = door.data(house) if method == "POST" else {}
            status, location, body, statements = knock(client, address, method, data, headers)
            said = f"{role} {method}{' htmx' if headers else ''} {address} ({door.page}, {place})"
            expected = door.expected(role, place, method)
            if status != expected:
                yield f"{said}: {status}, not {expected}"
                continue
            if role == "anonymous" and not door.public and not location.startswith(reverse("account_login")):
                yield f"{said}: sent to {location}, not to the sign-in page"
            if statements and (method == "GET" or status in {302, 403, 404, 405} - {door.post}):
                yield f"{said}: {status}, and yet wrote: {statements[0][:120]}"
            if status == 404 and body != nothing_there.setdefault(twin, body):
                yield f"{said}: its 404 is not that of what does not exist"


class Walk:
    def test_every_door_answers_as_the_table_says_and_keeps_what_it_holds(self, standing_house, role):
        client = client_of(standing_house, role)
        before = fingerprint()
        assert walk(standing_house, role, client) == []
        assert fingerprint() == before


@pytest.mark.parametrize("role", ["administrator", "manager", "stranger"])
class TestThoseWhoAnswerForAll(Walk):
    pass


@pytest.mark.parametrize("role", ["caseworker", "neighbour", "other_manager"])
class TestThoseOfAPlace(Walk):
    pass


@pytest.mark.parametrize("role", ["tutor", "member", "evaluator", "funder", "anonymous"])
class TestGuestsAndReaders(Walk):
    pass


def test_every_page_of_the_site_is_in_the_table():
    assert sorted({door.page for door in TABLE}) == sorted(named_pages())
