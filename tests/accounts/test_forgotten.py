"""A forgotten password: what one sees, waits for and may count is the same whether the account exists or not."""

import datetime as dt
import re

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partaj.accounts.letters import wait_until_posted
from partaj.accounts.models import JournalEntry
from tests.world import PASSWORD

ASK = "/compte/mot-de-passe/oublie/"
NEW = {"password1": "une longue phrase toute neuve", "password2": "une longue phrase toute neuve"}


@pytest.fixture
def bruno(world):
    world.manager.set_password(PASSWORD)
    world.manager.save()
    return world.manager


def asked(address, **headers):
    answer = Client().post(ASK, {"email": address}, **headers)
    wait_until_posted()
    return answer


def link_to(address) -> str:
    assert asked(address).status_code == 302
    return re.findall(r"http://testserver(\S+)", mail.outbox[-1].body)[0]


def test_the_letter_goes_to_the_account_s_address_not_to_the_one_typed(bruno):
    """A look-alike (« ｂruno », a Cyrillic « а ») must not receive somebody else's link."""
    typed = bruno.email.replace("o", "ο", 1).upper()  # a Greek omicron
    assert typed != bruno.email
    asked(f"  {typed} ")
    (letter,) = mail.outbox
    assert letter.to == [bruno.email]
    assert "24 heures" in letter.body


def test_what_is_answered_is_the_same_for_all(bruno, world):
    world.caseworker.set_password(PASSWORD)
    world.caseworker.is_active = False
    world.caseworker.save()
    once = re.compile(r'nonce="[^"]*"')
    answers, queries = {}, {}
    asked("pour-rien@partaj.example")  # the first one makes the session table's plans
    for name, address in {
        "known": bruno.email, "unknown": "personne@partaj.example", "suspended": world.caseworker.email,
        "never signed in": world.funder.email,
    }.items():  # fmt: skip
        with CaptureQueriesContext(
            connection,
        ) as captured:
            answer = Client().post(ASK, {"email": address})
        queries[name] = [re.sub(r"'[^']*'|\d+", "?", query["sql"])[:60] for query in captured]
        wait_until_posted()
        page = Client().get(answer.url)
        answers[name] = (
            answer.status_code,
            answer.url,
            sorted(answer.headers),
            sorted(answer.cookies),
            once.sub("", page.text),
        )
    assert len({str(each) for each in answers.values()}) == 1
    assert len({str(each) for each in queries.values()}) == 1, queries
    assert [letter.to for letter in mail.outbox] == [[bruno.email]]


def test_the_letter_leaves_after_the_answer(bruno, settings):
    """A mail server that answers late makes nobody wait, and its failure shows nothing."""
    settings.EMAIL_BACKEND = "tests.accounts.slow_mail.SlowBackend"
    begun = timezone.now()
    assert Client().post(ASK, {"email": bruno.email}).status_code == 302
    assert (timezone.now() - begun).total_seconds() < 1
    wait_until_posted()
    assert (timezone.now() - begun).total_seconds() >= 1


def test_the_link_serves_once_within_a_day(bruno):
    link, browser = link_to(bruno.email), Client()
    late = link_to(bruno.email)
    opened = browser.get(link)
    assert opened.url.endswith("-set-password/") and link != opened.url
    answer = browser.post(opened.url, NEW, follow=True)
    assert "Votre mot de passe est changé" in answer.text
    bruno.refresh_from_db()
    assert bruno.check_password(NEW["password1"])
    for used in (link, late):
        again = Client().get(used, follow=True)
        assert again.status_code == 410 and "Ce lien ne sert plus" in again.text
    other = link_to(bruno.email)
    with time_machine.travel(timezone.localtime() + dt.timedelta(hours=24, minutes=1)):
        assert Client().get(other, follow=True).status_code == 410


def test_the_link_of_an_account_suspended_since_opens_nothing(bruno):
    link = link_to(bruno.email)
    bruno.is_active = False
    bruno.save()
    assert Client().get(link, follow=True).status_code == 410


def test_looking_at_the_link_writes_no_address(bruno):
    """allauth's own key generator put an address in its tables at each look."""
    link, before = link_to(bruno.email), list(JournalEntry.objects.values())
    assert Client().get(link, follow=True).status_code == 200
    assert not EmailAddress.objects.exists()
    assert list(JournalEntry.objects.values()) == before


def test_a_new_password_ends_every_session_and_says_so_in_the_journal(bruno, sign_in):
    session, link, browser = sign_in(bruno), link_to(bruno.email), Client()
    browser.post(browser.get(link).url, NEW)
    assert session.get("/").status_code == 302
    details = list(JournalEntry.objects.filter(kind="security").order_by("number").values_list("subject", "detail"))
    assert details == [
        (f"accounts.user:{bruno.pk}", "mot de passe oublié : lien demandé"),
        (f"accounts.user:{bruno.pk}", "mot de passe oublié, changé"),
    ]


def test_letters_are_counted_by_account_and_by_place(bruno):
    typed = [bruno.email, bruno.email.upper(), f" {bruno.email}", bruno.email.replace("b", "ｂ")]
    assert [asked(each, REMOTE_ADDR=f"198.51.100.{n}").status_code for n, each in enumerate(typed)] == [302] * 3 + [429]
    assert len(mail.outbox) == 3
    unknown = [asked(f"inconnu{number}@partaj.example").status_code for number in range(21)]
    assert unknown == [302] * 20 + [429]


def test_an_address_that_is_none_is_told_in_french(db):
    answer = asked("pas une adresse")
    assert answer.status_code == 422 and "adresse" in answer.text and "Enter a valid" not in answer.text
