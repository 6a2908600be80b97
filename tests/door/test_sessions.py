"""How long a session lasts, on how many devices, and what ends it at once on all of them."""

import datetime as dt
import re

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from partaj.accounts import services
from partaj.accounts.drafts import AUTHOR_FIELD, author_field
from partaj.accounts.models import Draft, Role
from partaj.accounts.sessions.devices import in_words
from partaj.accounts.sessions.limits import POLLING
from tests.door.hands import code_of, confirm, enter, give_application, give_password, journal
from tests.test_consistency import TEMPLATES
from tests.world import PASSWORD

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:142.0) Gecko/20100101 Firefox/142.0"
TELEPHONE = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36"
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def clock():
    with time_machine.travel(dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC), tick=False) as clock:
        yield clock


@pytest.fixture
def holder(world):
    return give_password(world.caseworker)


# -- Time -----------------------------------------------------------------------------------------------
def test_thirty_minutes_without_anybody_end_it(clock, world, sign_in):
    browser = sign_in(world.caseworker)
    page = reverse("beneficiaries:list", args=[world.programme.number])
    clock.shift(29 * MINUTE)
    assert browser.get(page).status_code == 200
    clock.shift(29 * MINUTE)
    assert browser.get(page).status_code == 200
    clock.shift(30 * MINUTE)
    assert browser.get(page).url == f"{reverse('account_login')}?next={page}"
    assert settings.SESSION_COOKIE_NAME not in browser.session
    assert journal("signed_out") == [(f"accounts.user:{world.caseworker.pk}", "restée sans activité")]
    assert browser.get(page).status_code == 302


def test_ten_hours_end_it_however_busy(clock, world, sign_in):
    browser = sign_in(world.caseworker)
    for _ in range(29):
        clock.shift(20 * MINUTE)
        assert browser.get("/").status_code == 200
    clock.shift(20 * MINUTE)
    assert browser.get("/").status_code == 302
    assert journal("signed_out") == [(f"accounts.user:{world.caseworker.pk}", "durée maximale atteinte")]


def test_what_a_page_asks_by_itself_does_not_prolong_it(clock, world, sign_in):
    browser = sign_in(world.caseworker)
    for _ in range(6):
        clock.shift(5 * MINUTE)
        last = browser.get("/", headers={"HX-Request": "true", POLLING: "true"})
    assert last.status_code == 204
    assert last.headers["HX-Redirect"].startswith(reverse("account_login"))


def test_whatever_polls_says_so():
    repeated = re.compile(r"<[^>]*hx-trigger=\"[^\"]*every [^>]*>", re.DOTALL)
    silent = [name for name, text in TEMPLATES.items() for tag in repeated.findall(text) if POLLING not in tag]
    assert silent == []


def test_the_last_visit_is_written_once_a_minute(clock, world, sign_in):
    browser = sign_in(world.stranger)
    browser.get("/")

    def written() -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            browser.get("/")
        return [each["sql"] for each in queries if "UPDATE" in each["sql"] and "django_session" in each["sql"]]

    clock.shift(dt.timedelta(seconds=59))
    assert written() == []
    clock.shift(dt.timedelta(seconds=1))
    assert len(written()) == 1
    assert written() == []


def test_a_form_sent_too_late_is_kept(clock, world, sign_in):
    browser = sign_in(world.caseworker)
    clock.shift(31 * MINUTE)
    page = reverse("territories:organisation_create")
    late = browser.post(page, {AUTHOR_FIELD: author_field(world.caseworker)["value"], "name": "Mission locale"})
    draft = Draft.objects.get()
    assert late.url == f"{reverse('account_login')}?next={page.replace('/', '%2F')}%3Freprise%3D{draft.pk}"


def test_a_session_that_says_nothing_of_its_age_is_over(world, sign_in):
    browser = sign_in(world.caseworker)
    session = browser.session
    del session["began_at"]
    session.save()
    assert browser.get("/").status_code == 302


# -- At the next request, on all sessions -----------------------------------------------------------------
@pytest.fixture
def two(holder):
    """The same person on two computers."""
    return enter(holder)[0], enter(holder)[0]


def test_a_password_that_changes_closes_the_other_sessions(two):
    here, there = two
    new = "une-autre-phrase-de-passe-bien-longue"
    changed = here.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    assert changed.status_code == 302
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 302


def test_an_account_that_is_suspended_closes_all(two, holder):
    services.suspend_account(user=holder)
    assert [browser.get("/").status_code for browser in two] == [302, 302]


def test_a_role_that_ends_closes_its_pages(two, world):
    youths = reverse("beneficiaries:list", args=[world.programme.number])
    assert [browser.get(youths).status_code for browser in two] == [200, 200]
    Role.objects.filter(user=world.caseworker).update(ends_on=timezone.localdate() - dt.timedelta(days=1))
    assert [browser.get(youths).status_code for browser in two] == [404, 404]


# -- Devices ------------------------------------------------------------------------------------------------
def test_ones_sessions_are_listed_and_closed_one_by_one(holder):
    here, _ = enter(holder, headers={"User-Agent": FIREFOX}, REMOTE_ADDR="192.0.2.10")
    there, _ = enter(holder, headers={"User-Agent": TELEPHONE}, REMOTE_ADDR="2001:db8::7")
    page = here.get(reverse("mfa_index")).text
    assert "Firefox sur Windows <span" in page
    assert "Chrome sur un appareil Android" in page
    assert "192.0.2.10" in page
    assert "2001:db8::7" in page
    assert page.count("celle-ci") == 1
    other = UserSession.objects.get(ip="2001:db8::7")
    confirm(here, reverse("close_session", args=[other.pk]), password=PASSWORD)
    closed = here.post(reverse("close_session", args=[other.pk]))
    assert closed.url == reverse("mfa_index")
    assert there.get("/").status_code == 302
    assert here.get("/").status_code == 200
    assert "Chrome" not in here.get(reverse("mfa_index")).text
    assert journal("security")[-1] == (f"accounts.user:{holder.pk}", "session fermée")


def test_closing_all_others_leaves_this_one(holder):
    here, *others = [enter(holder)[0] for _ in range(4)]
    confirm(here, reverse("close_other_sessions"), password=PASSWORD)
    assert here.post(reverse("close_other_sessions")).status_code == 302
    assert [browser.get("/").status_code for browser in others] == [302, 302, 302]
    assert here.get("/").status_code == 200
    assert journal("security")[-1] == (f"accounts.user:{holder.pk}", "autres sessions fermées")


@pytest.mark.parametrize("all_others", [False, True])
def test_closing_asks_who_one_is_and_comes_back_to_the_act(clock, holder, all_others):
    """A session found open by somebody else closes nothing; its holder finds the act where they left it."""
    secret = give_application(holder)

    def come_in(steps: int):
        device = {"User-Agent": TELEPHONE if steps else FIREFOX}
        browser, answer = enter(holder, headers=device)
        browser.post(answer.url, {"code": code_of(secret, steps)}, headers=device)
        return browser

    here, there = come_in(0), come_in(1)
    other = UserSession.objects.get(session_key=there.session.session_key)
    page = reverse("close_other_sessions") if all_others else reverse("close_session", args=[other.pk])
    assert here.post(page).url == page  # nothing of what was posted is kept meanwhile
    assert "account_reauthentication_state" not in here.session
    assert there.get("/").status_code == 200
    asked = here.get(page).url
    assert asked == f"{reverse('mfa_reauthenticate')}?next={page.replace('/', '%2F')}"
    assert here.post(asked, {"code": "000000"}).status_code == 422
    assert here.post(reverse("account_reauthenticate"), {"password": PASSWORD}).url == reverse("mfa_reauthenticate")
    assert there.get("/").status_code == 200
    clock.shift(2 * MINUTE)
    back = here.post(asked, {"code": code_of(secret)})
    assert back.url == page
    shown = here.get(page).text
    assert "Fermer toutes les autres" in shown if all_others else "Chrome sur un appareil Android" in shown
    assert here.post(page).url == reverse("mfa_index")
    assert there.get("/").status_code == 302
    assert here.get("/").status_code == 200
    third = come_in(1)
    again = UserSession.objects.get(session_key=third.session.session_key)
    assert here.post(reverse("close_session", args=[again.pk])).url == reverse("mfa_index")  # confirmed a moment ago
    clock.shift(6 * MINUTE)
    assert here.get(reverse("close_other_sessions")).url.startswith(reverse("mfa_reauthenticate"))


@pytest.mark.parametrize("all_others", [False, True])
def test_a_closing_that_cannot_be_written_down_closes_nothing(holder, monkeypatch, all_others):
    here, there = enter(holder)[0], enter(holder)[0]
    other = UserSession.objects.get(session_key=there.session.session_key)
    page = reverse("close_other_sessions") if all_others else reverse("close_session", args=[other.pk])

    confirm(here, page, password=PASSWORD)

    def fail(*args):
        raise RuntimeError("the journal is full")

    monkeypatch.setattr("partaj.accounts.sessions.views.note_security", fail)
    with pytest.raises(RuntimeError, match="the journal is full"):
        here.post(page)
    assert there.get("/").status_code == 200


def test_sessions_of_others_and_ones_own_are_not_closed_that_way(world, holder, sign_in):
    here, _ = enter(holder)
    own = UserSession.objects.get()
    assert here.post(reverse("close_session", args=[own.pk])).status_code == 404
    assert sign_in(world.neighbour).post(reverse("close_session", args=[own.pk])).status_code == 404
    assert here.get("/").status_code == 200


def test_dead_sessions_are_not_listed_and_their_number_costs_no_query(clock, holder):
    enter(holder)
    clock.shift(31 * MINUTE)
    here, _ = enter(holder)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            here.get(reverse("mfa_index"))
        return len(queries)

    few = cost()
    assert here.get(reverse("mfa_index")).text.count('data-label="Vue le"') == 1
    for _ in range(3):
        enter(holder)
    assert cost() == few


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (FIREFOX, "Firefox sur Windows"),
        (TELEPHONE, "Chrome sur un appareil Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1",
         "Safari sur un iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge sur Windows"),
        ("", "Navigateur inconnu"),
        ("<script>", "Navigateur inconnu"),
    ],
)  # fmt: skip
def test_a_browser_is_named_in_plain_words(said, words):
    assert in_words(said) == words


# -- Leaving ---------------------------------------------------------------------------------------------------
def test_signing_out_leaves_nothing(holder):
    browser, _ = enter(holder)
    key = browser.session.session_key
    answer = browser.post(reverse("account_logout"))
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert answer.cookies[settings.SESSION_COOKIE_NAME].value == ""
    kept = Client()
    kept.cookies[settings.SESSION_COOKIE_NAME] = key
    assert kept.get("/").status_code == 302


@pytest.mark.parametrize("signed_in", [True, False])
def test_no_answer_is_kept_by_any_cache(world, sign_in, signed_in):
    browser = sign_in(world.administrator) if signed_in else Client()
    for page in ("/", reverse("accounts:list"), reverse("account_login"), reverse("mfa_index"), "/nulle-part/",
                 reverse("mfa_authenticate"), "/sante/"):  # fmt: skip
        assert "no-store" in browser.get(page).headers["Cache-Control"], page
