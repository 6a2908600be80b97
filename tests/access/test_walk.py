"""Everybody knocks at every door: each row of the table × each role × each object × GET, POST and htmx.

What is refused or read changes nothing, and a stranger cannot tell what exists from what does not. Each answer is
searched for the canaries of those whom its reader may not see (tests/access/canaries.py), bears the headers of
tests/access/headers.py, and leads only where its reader may go (tests/access/links.py).
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client, RequestFactory
from django.test.client import ClientHandler
from django.urls import reverse

from tests.access.canaries import Heard, heard, overheard, planted_models
from tests.access.door import Door
from tests.access.headers import header_faults
from tests.access.house import House
from tests.access.pages import named_pages
from tests.access.table import TABLE
from tests.access.watch import fingerprint, written

# Without the mark, pytest-django would not make the test database on which the class's own transaction opens.
pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
TRIES = [("GET", {}), ("GET", HTMX), ("POST", {}), ("POST", HTMX)]
# What differs between two answers that say the same thing: the nonce of the policy, the tokens of the forms.
ONCE = re.compile(
    rb'nonce="[^"]*"|name="(?:csrfmiddlewaretoken|saisie_de)" value="[^"]*"|"X-CSRFToken": "[^"]*"'
    rb'|name="csrf-token" content="[^"]*"'
)
REFUSALS = {403, 404, 405, 409, 422}


class Visitor(RequestFactory):
    """A browser that forgets each answer: no cookie is kept from it, and none of the test client's records is made."""

    def __init__(self, house: House, role: str) -> None:
        super().__init__()
        self.handler = ClientHandler(enforce_csrf_checks=False)
        if role != "anonymous":
            client = Client()
            client.force_login(house.cast[role], backend="allauth.account.auth_backends.AuthenticationBackend")
            self.cookies = client.cookies

    def request(self, **request: Any) -> Any:
        return self.handler(self._base_environ(**request))


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    body: bytes
    statements: list[str]
    heard: Heard
    headers: list[str]


def knock(visitor: Visitor, address: str, method: str, data: dict[str, Any], headers: dict[str, str]) -> Answer:
    """One request, undone once it has been answered."""
    with transaction.atomic(), written() as statements, overheard() as logs:
        send = visitor.post if method == "POST" else visitor.get
        response: Any = send(address, data, headers=headers)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        told = heard(body, response.headers.get("Content-Type", ""), response.headers.items(), logs)
        mail.outbox = []
        transaction.set_rollback(True)
    status, location = response.status_code, response.headers.get("Location", "")
    if headers and "HX-Redirect" in response.headers:  # a redirection of the whole page, told to a fragment
        status, location = {204: 302}.get(status, status), response.headers["HX-Redirect"]
    return Answer(status, location, ONCE.sub(b"", body), statements, told, header_faults(response.headers))


def faults_of(visitor: Visitor, house: House, role: str, door: Door) -> Iterator[str]:
    """What goes otherwise than the table says at one door, a line each."""
    for method, headers in TRIES:
        nothing_there: dict[str, bytes] = {}
        for place, twin in door.places.items():
            address = door.address(place, house)
            data = door.data(house) if method == "POST" else {}
            answer = knock(visitor, address, method, data, headers)
            said = f"{role} {method}{' htmx' if headers else ''} {address} ({door.page}, {place})"
            expected = door.expected(role, place, method)
            yield from (f"{said}: {fault}" for fault in house.canaries.faults(role, answer.heard, data))
            yield from (f"{said}: {fault}" for fault in answer.headers)
            if answer.status != expected:
                yield f"{said}: {answer.status}, not {expected}"
            elif role == "anonymous" and not door.public:
                if not answer.location.startswith(reverse("account_login")):
                    yield f"{said}: sent to {answer.location}, not to the sign-in page"
            elif answer.statements and (method == "GET" or expected in REFUSALS):
                yield f"{said}: {expected}, and yet wrote: {answer.statements[0][:120]}"
            elif method == "GET" and expected == 200 and role != "anonymous":
                yield from (f"{said}: {fault}" for fault in house.links.dead_ends(role, answer.body))
            elif expected == 404 and answer.body != nothing_there.setdefault(twin, answer.body):
                yield f"{said}: its 404 tells itself apart: {difference(nothing_there[twin], answer.body)}"


def difference(one: bytes, other: bytes) -> str:
    lines = zip(one.decode().splitlines(), other.decode().splitlines(), strict=False)
    return next((f"{here!r} / {there!r}" for here, there in lines if here != there), "one goes on longer")


def knocked_at() -> list[Door]:
    """All doors; those of one application where asked: DOORS="cellules:*" (and `-k caseworker` for one role)."""
    return [door for door in TABLE if fnmatch(door.page, os.environ.get("DOORS", "*"))]


class Walk:
    def test_every_door_answers_as_the_table_says_and_keeps_what_it_holds(self, standing_house, role):
        visitor = Visitor(standing_house, role)
        before = fingerprint()
        faults = [fault for door in knocked_at() for fault in faults_of(visitor, standing_house, role, door)]
        assert not faults, "\n".join([f"{len(faults)} otherwise than the table says", *faults[:60]])
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


def test_canaries_are_planted_wherever_one_may_type_about_a_youth():
    assert planted_models() == {
        "beneficiaries.ApprenticeshipBreak", "beneficiaries.Beneficiary", "beneficiaries.Contract",
        "beneficiaries.Document", "beneficiaries.Enrolment", "beneficiaries.Exam", "beneficiaries.Handover",
        "beneficiaries.ImportLine", "beneficiaries.LogEntry", "beneficiaries.NextAction", "beneficiaries.Objection",
        "beneficiaries.Obstacle", "beneficiaries.Outcome",
    }  # fmt: skip
