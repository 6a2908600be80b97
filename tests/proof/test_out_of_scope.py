"""Adding youths out of scope changes no byte of what a scoped person receives.

The house of the access table, frozen in time; anything that may happen out of somebody's scope happens, at random; what
they are answered at the doors of their own objects, files included, is the same to the byte before and after.
"""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tests.access.house import House, build_house
from tests.access.table import TABLE
from tests.access.test_walk import ONCE, Visitor
from tests.proof.strangers import PLACES, Event, events
from tests.proof.thorough import THOROUGH, looking

pytestmark = pytest.mark.django_db
SCOPED = sorted(PLACES)
# A printed page takes seconds to lay out: tried where time is no matter.
FORMATS = ("csv", "json", "xlsx", "docx", *(["pdf"] if THOROUGH else []))
# Of administrators, and for everybody: what these show is not bounded by a programme.
SAID_ONCE = ("Set-Cookie", "Content-Security-Policy", "X-Request-ID")
# Two files of one person are united by who answers for all their paths: the page of each is refused, and says no more,
# where one of them is elsewhere (docs/decisions.md, « Deux dossiers réunis »).
TELLS_OF_ELSEWHERE = {"beneficiaries:merge_compare", "beneficiaries:merge_undo"}
# An export of the journal holds the line of its own reading, whose number is drawn as it is written.
OWN_LINE = re.compile(rb"(?m)^\d{16,20};")


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: Any) -> Iterator[House]:
    now = dt.datetime.now(dt.UTC)
    with django_db_blocker.unblock(), transaction.atomic(), time_machine.travel(now, tick=False):
        yield build_house()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def visitors(house: House) -> dict[str, Visitor]:
    return {role: Visitor(house, role) for role in SCOPED}


def addresses_of(house: House, role: str) -> list[str]:
    """Every page that answers this role, at their own objects, and what a search and an export add to them."""
    found = []
    for door in TABLE:
        if door.page in TELLS_OF_ELSEWHERE:
            continue
        for place in door.objects:
            if door.expected(role, place, "GET") == 200:
                found.append(door.address(place, house))
    number = house.programme.number
    found += [f"{reverse('beneficiaries:search')}?q={typed}" for typed in ("goff", "Mor", "helene", "ailleurs")]
    if role in ("caseworker", "manager"):
        youths = reverse("beneficiaries:export", args=[number, "xlsx"])
        found += [youths, f"{youths}?q=goff"]
        found += [reverse("reports:export", args=[number, "annexe-1", extension]) for extension in FORMATS]
        figure = reverse("reports:figure", args=[number, "annexe-1"])
        found += [f"{figure}?ligne={row}&colonne=total" for row in ("total", "sex:F", "situation:student", "abandons")]
    return found


def received(visitor: Visitor, address: str) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    """An answer as its reader gets it, but for what is drawn anew at each request."""
    with transaction.atomic():
        response: Any = visitor.get(address)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        transaction.set_rollback(True)
    headers = tuple(sorted((name, value) for name, value in response.headers.items() if name not in SAID_ONCE))
    return response.status_code, headers, OWN_LINE.sub(b"", ONCE.sub(b"", body))


BEFORE: dict[tuple[str, str], Any] = {}


@pytest.mark.parametrize("role", SCOPED)
def test_the_same_page_asked_for_twice_is_the_same(house, visitors, role):
    """Or the property below would find what changes by itself."""
    for address in addresses_of(house, role):
        assert received(visitors[role], address) == received(visitors[role], address), address


@looking(25)
@given(st.data())
def test_what_happens_out_of_scope_changes_no_byte(house, visitors, data):
    role = data.draw(st.sampled_from(SCOPED))
    addresses = data.draw(st.lists(st.sampled_from(addresses_of(house, role)), min_size=4, max_size=8, unique=True))
    for address in addresses:
        if (role, address) not in BEFORE:
            BEFORE[role, address] = received(visitors[role], address)
    happening: list[Event] = data.draw(st.lists(events, min_size=1, max_size=5))
    with transaction.atomic():
        for event in happening:
            event.befall(house, role)
        after = {address: received(visitors[role], address) for address in addresses}
        transaction.set_rollback(True)
    for address in addresses:
        assert BEFORE[role, address][0] == 200
        assert after[address] == BEFORE[role, address], f"{role} at {address}"


def test_the_property_would_see_somebody_in_scope(house, visitors):
    """What it compares does change when a youth comes where one works."""
    page = reverse("beneficiaries:list", args=["TEST-1"])
    with transaction.atomic():
        before = received(visitors["caseworker"], page)
        Event("arrives", 0, 3, "youth", True, 1, 30).befall(house, "tutor")  # at Béthune, out of a tutor's scope
        assert received(visitors["caseworker"], page) != before
        transaction.set_rollback(True)
