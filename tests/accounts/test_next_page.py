"""`next` leads to a page of ours or nowhere: forty payloads, wherever it is read."""

import pytest
from django.test import Client
from django.urls import reverse

from partaj.next_page import leads_to_us
from tests.world import PASSWORD

OURS = [
    "/",
    "/p/TEST-1/jeunes/",
    "/p/TEST-1/jeunes/?f-name=le%20goff&reprise=3",
    "/comptes/?q=%C3%A9t%C3%A9&page=2#fin",
]
ELSEWHERE = [
    "https://evil.example/", "http://evil.example", "HTTPS://EVIL.EXAMPLE/", "//evil.example", "///evil.example",
    "////evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example", "/\\/evil.example", "\\evil.example",
    "/\t/evil.example", "\t//evil.example", "/\n/evil.example", "/\r\n//evil.example", " //evil.example",
    "\x00//evil.example", "/%0d%0aLocation:%20https://evil.example", "/%0aSet-Cookie:a=b", "/%5cevil.example",
    "/%2f/evil.example", "/%2Fevil.example", "//evil.example@testserver/", "https://testserver@evil.example/",
    "https://testserver:443@evil.example/", "https://testserver.evil.example/", "https:evil.example",
    "https:/evil.example",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)", "ftp://evil.example/", "／／evil.example", "/／evil.example", "\u2028//evil.example",
    "//evil。example", "//[::1]/", "//[evil", "evil.example", "?next=//evil.example", "/" + "a" * 3000,
    "http://testserver.", "/\u200b//evil.example", "/℀/../evil.example",
]  # fmt: skip


@pytest.mark.parametrize("address", OURS)
def test_our_own_pages_are_led_to(address):
    assert leads_to_us(address)


@pytest.mark.parametrize("address", ELSEWHERE)
def test_nothing_else_is(address):
    assert not leads_to_us(address)


@pytest.fixture
def bruno(world):
    world.manager.set_password(PASSWORD)
    world.manager.save()
    return world.manager


def destinations(bruno, sign_in, address):
    """Where each page that reads `next` leads with it."""
    credentials = {"login": bruno.email, "password": PASSWORD}
    login, change = reverse("account_login"), reverse("account_change_password")
    passwords = {"oldpassword": PASSWORD, "password1": PASSWORD, "password2": PASSWORD}
    return [
        Client().post(login, credentials | {"next": address}),
        Client().post(login, credentials, query_params={"next": address}),
        sign_in(bruno).get(login, {"next": address}),
        sign_in(bruno).post(reverse("account_logout"), {"next": address}),
        sign_in(bruno).post(change, passwords | {"next": address}),
    ]


def test_signing_in_leads_back_to_the_page_that_was_asked_for(bruno, sign_in):
    answers = destinations(bruno, sign_in, "/p/TEST-1/jeunes/")
    assert [(answer.status_code, answer.url) for answer in answers] == [(302, "/p/TEST-1/jeunes/")] * 5


@pytest.mark.parametrize("address", ELSEWHERE)
def test_no_door_leads_elsewhere(bruno, sign_in, address):
    home, entrance = reverse("home"), reverse("account_login")
    answers = destinations(bruno, sign_in, address)
    assert [(answer.status_code, answer.url) for answer in answers] == [
        (302, home), (302, home), (302, home), (302, entrance), (302, home),
    ]  # fmt: skip
    shown = Client().get(entrance, {"next": address})
    assert shown.status_code == 200 and f'href="{address}' not in shown.text
