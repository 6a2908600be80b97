"""Requests of every shape at every door: other methods, other contents, numbers and parameters made by hand.

None is an error of ours, none changes anything, none is answered with somebody else's words.
"""

import os
import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from beneficiaries.models import Beneficiary
from tests.access.door import OWN, Door
from tests.access.headers import header_faults
from tests.access.house import House, build_house
from tests.access.table import TABLE
from tests.access.watch import written
from tests.door.paper import inert_faults, papers

pytestmark = pytest.mark.django_db

METHODS = ["TRACE", "PUT", "DELETE", "PATCH", "PROPFIND", "CONNECT", "get", "X", "OPTIONS", "HEAD"]
XXE = b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"
MADE_BY_HAND = [
    ("application/json", b'{"last_name": "x"}'),
    ("application/xml", XXE),
    ("text/plain", b"last_name=x"),
    ("multipart/form-data", b"no boundary"), ("", b"\xff\xfe\x00"),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name="),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"; filename="../a"\r\n\r\nb'),
    ("multipart/form-data; boundary=" + "x" * 300, b"--x"),
    ("application/x-www-form-urlencoded; charset=utf-7", b"+ADw-script"),
    ("application/x-www-form-urlencoded", b"%"), ("application/x-www-form-urlencoded", b"a=%ff%fe&\x00=\x00"),
]  # fmt: skip
NUMBERS = [
    "0", "10000000000", "9223372036854775807", "9223372036854775808", "9" * 30, "9" * 4400, "-1", "1e3", "x", "%00",
]  # fmt: skip
PARAMETERS = [
    "page=1000000000", "page=-1", "page=x", "page=&page=2", "a[]=1&a[]=2", "a[b]=1", "%00=%00", "apres=%ff",
    "avant=%00", "&".join(f"f{i}=x" for i in range(5000)), "=", "?&&;;", "reprise=999999999999999999999",
    "reprise=%00",
]  # fmt: skip
VALUES = [
    "-1", "0", "1e400", "9" * 30, "9" * 4400, "%00", "%ff", "%ed%a0%80", "x" * 20_000, "2026-99-99", "0000-00-00",
    "99999-01-01", "%7B%7B7*7%7D%7D", "'; DROP TABLE x; --", "<script>alert(1)</script>",
]  # fmt: skip


def browser_of(house: House, role: str = "administrator") -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(house.cast[role], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def judged(said: str, ask) -> list[str]:
    """What goes wrong with one request, undone afterwards."""
    with transaction.atomic(), written() as statements:
        answer = ask()
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        transaction.set_rollback(True)
    faults = [f"{said}: {answer.status_code}"] * (answer.status_code >= 500)
    faults += [f"{said}: wrote {statement[:90]}" for statement in statements[:1]]
    faults += [f"{said}: {fault}" for fault in header_faults(answer.headers)]
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        faults += [f"{said}: {fault}" for fault in inert_faults(body.decode())]
    return faults


INSIDE = [door for door in TABLE if door.page != "account_logout"]
READ = [door for door in INSIDE if door.get == 200]
WRITING = [door for door in INSIDE if door.post == 422]


def dealt(doors: list[Door], hands: list[Any], each: int) -> Iterator[tuple[Door, list[Any]]]:
    """Every door with `each` of the hands, every hand at many doors; all of them at all with THOROUGH=1."""
    for place, door in enumerate(doors):
        some = [hands[(place * each + step) % len(hands)] for step in range(each)]
        yield door, hands if os.environ.get("THOROUGH") else some


class TestEveryDoor:
    """One house for all: each request is undone."""

    def test_gives_way_to_no_other_method(self, standing_house):
        client, faults = browser_of(standing_house), []
        for door, methods in dealt(INSIDE, METHODS, 4):
            address = door.address(OWN, standing_house)
            for method in methods:
                faults += judged(f"{method} {door.page}", lambda m=method, a=address: client.generic(m, a))
        assert faults == []

    def test_changes_nothing_for_a_body_of_another_kind(self, standing_house):
        client, faults = browser_of(standing_house), []
        for door, bodies in dealt(WRITING, MADE_BY_HAND, 4):
            address = door.address(OWN, standing_house)
            for kind, body in bodies:
                said = f"{door.page} {kind[:40]} {body[:30]!r}"
                faults += judged(said, lambda a=address, b=body, k=kind: client.post(a, b, k))
        assert faults == []

    def test_reads_or_leaves_parameters_made_by_hand(self, standing_house):
        client, faults = browser_of(standing_house), []
        for door, (*queries, value) in dealt_with_values():
            address = door.address(OWN, standing_house)
            page = client.get(address)
            if not page.streaming and page["Content-Type"].startswith("text/"):
                text = page.content.decode()
                names = {name for paper in papers(text, "get") for name in [*paper.fields, *paper.choices]}
                names |= set(re.findall(r"[?&;]([a-z_-]+)=", text))
                queries.append("&".join(f"{name}={value}" for name in sorted(names)))
                queries.append("&".join(f"{name}=a&{name}=b&{name}[]=c" for name in sorted(names)))
            joint = "&" if "?" in address else "?"
            for query in queries:
                faults += judged(f"{door.page}?{query[:60]}", lambda a=address, j=joint, q=query: client.get(a + j + q))
        assert faults == []

    def test_finds_nothing_under_a_number_that_is_nobodys(self, standing_house):
        """Each number of the address in turn, and the number of the programme."""
        client, faults = browser_of(standing_house), []
        for door, numbers in dealt(INSIDE, NUMBERS, 3):
            kwargs = door.kwargs(OWN, standing_house)
            for name, value in kwargs.items():
                if isinstance(value, int) or name == "number":
                    address = reverse(door.page, kwargs=kwargs)
                    for number in numbers:
                        other = re.sub(rf"(?<=/){value}(?=/)", number, address, count=1)
                        faults += found_there(client, other, f"{door.page} {name}={number[:25]}")
        assert faults == []


def dealt_with_values() -> Iterator[tuple[Door, list[str]]]:
    """Each door: some of the parameters made by hand, then one value for the names that it knows."""
    for (door, queries), (_, values) in zip(dealt(READ, PARAMETERS, 4), dealt(READ, VALUES, 1), strict=True):
        for value in values:
            yield door, [*queries, value]


def found_there(client: Client, address: str, said: str) -> list[str]:
    faults = []
    for method in ("GET", "POST"):
        with transaction.atomic(), written() as statements:
            status = client.generic(method, address).status_code
            transaction.set_rollback(True)
        if status not in {301, 302, 400, 404, 405} or statements:
            faults.append(f"{method} {said}: {status} {statements[:1]}")
    return faults


@pytest.fixture
def house(db: None) -> House:
    return build_house()


def test_a_form_of_five_thousand_fields_or_three_megabytes_is_refused(house):
    client, form = browser_of(house), "application/x-www-form-urlencoded"
    address = next(door for door in WRITING if door.page == "beneficiaries:new").address(OWN, house)
    for body in ("&".join(f"f{i}=x" for i in range(5000)), f"a={'x' * 3_000_000}"):
        assert judged("too much", lambda body=body: client.post(address, body, form)) == []
        assert client.post(address, body, form).status_code == 400


def test_a_search_of_a_megabyte_is_refused(house, django_assert_max_num_queries):
    client = browser_of(house, "caseworker")
    for page, name in (
        (reverse("beneficiaries:search"), "q"),
        (reverse("beneficiaries:list", args=["TEST-1"]), "f-name"),
    ):
        with django_assert_max_num_queries(30):
            answer = client.get(f"{page}?{name}={'a b ' * 250_000}".replace(" ", "+"))
        assert answer.status_code == 400
        assert len(answer.content) < 10_000  # the megabyte is not sent back


FORMULAS = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1+1", "＝1+1"]


def test_what_is_typed_leaves_inert_in_every_file(house):
    """A name that begins as a formula is a text in each export; markup is one too."""
    client = browser_of(house, "caseworker")
    for text in [*FORMULAS, "<script>alert(1)</script>"]:
        Beneficiary.objects.filter(pk=house.lea.beneficiary_id).update(last_name=text)
        lines = b"".join(client.get(reverse("beneficiaries:export", args=["TEST-1", "csv"])).streaming_content)
        cells = [cell.strip('"') for line in lines.decode("utf-8-sig").splitlines() for cell in line.split(";")]
        assert not [cell for cell in cells if cell[:1] in tuple("=+@\t＝") or re.match(r"-\D|-\d+\D", cell)], text
        sheet = client.get(reverse("beneficiaries:export", args=["TEST-1", "xlsx"]))
        with zipfile.ZipFile(BytesIO(b"".join(sheet.streaming_content))) as book:
            pages = b"".join(book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/"))
        assert b"<f>" not in pages and b"<f " not in pages and b"<script" not in pages
