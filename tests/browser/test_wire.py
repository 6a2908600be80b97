"""In a real browser: every page keeps to our host and its policy, keeps nothing, and shows what was typed as text."""

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse
from playwright.sync_api import expect

from beneficiaries.models import Beneficiary, LogEntry
from partaj.accounts.second_factor.gate import SHOWN
from tests.browser.test_door import KEPT
from tests.browser.test_story import pages_of
from tests.door.payloads import PAYLOADS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HTMX = """() => window.htmx
    ? [htmx.config.historyCacheSize, htmx.config.allowEval, htmx.config.selfRequestsOnly] : []"""
EMPTY = dict.fromkeys(("local", "session", "bases", "caches"), 0)


def test_a_walk_asks_nothing_of_elsewhere_and_leaves_nothing_in_the_browser(house, open_page):
    """`open_page` judges each request, answer, console message and error of the walk."""
    page = open_page(user=house.administrator)
    violations = []
    page.expose_function("broken", lambda said: violations.append(said))
    page.add_init_script(
        "document.addEventListener('securitypolicyviolation',"
        " event => window.broken(event.violatedDirective + ' ' + event.blockedURI))"
    )
    for address in pages_of(house):
        page.goto(address)
        kept = page.evaluate(KEPT)
        assert {name: kept[name] for name in EMPTY} == EMPTY, address
        htmx = page.evaluate(HTMX)
        assert htmx in ([], [0, False, True]), address
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert set(cookies) <= {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
    assert violations == []


def test_what_was_typed_is_shown_and_never_run(house, open_page):
    typed = [text for text in PAYLOADS if "\x00" not in text and "\ud800" not in text]
    for text in typed:
        LogEntry.objects.create(enrolment=house.lea, kind="note", sentence=text[:900], author=house.caseworker)
    Beneficiary.objects.filter(pk=house.lea.beneficiary_id).update(
        last_name=typed[2], first_name=typed[4], city=typed[5]
    )
    house.programme.title = typed[1]
    house.programme.save()
    page = open_page(user=house.caseworker)
    opened = []
    page.on("dialog", lambda dialog: (opened.append(dialog.message), dialog.dismiss()))
    number = house.programme.number
    for address in (
        reverse("beneficiaries:detail", args=[number, house.lea.pk]), reverse("beneficiaries:list", args=[number]),
        reverse("beneficiaries:change", args=[number, house.lea.pk]),
        reverse("beneficiaries:history", args=[number, house.lea.pk]),
        reverse("programmes:detail", args=[number]), reverse("reports:index", args=[number]), "/",
    ):  # fmt: skip
        page.goto(address)
        page.wait_for_load_state("networkidle")
    assert opened == []


def test_the_technical_administration_keeps_to_the_policy_too(house, open_page):
    page = open_page(user=house.administrator)
    key = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == settings.SESSION_COOKIE_NAME)
    session = SessionStore(key)
    session[SHOWN] = house.administrator.pk
    session.save()
    lists = [f"beneficiaries_importbatch_{each}" for each in ("changelist", "import")]
    for name in ("index", "mfa_authenticator_changelist", "usersessions_usersession_changelist", *lists):
        page.goto(reverse(f"admin:{name}"))
        expect(page.locator("h1").last).to_be_visible()
        kept = page.evaluate(KEPT)
        assert {name: kept[name] for name in EMPTY} == EMPTY
