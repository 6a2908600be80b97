"""Where the setting is on, nobody who sees names goes further than the second factor: no page, no fragment, no form."""

import os
import subprocess
import sys

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partaj.accounts.drafts import AUTHOR_FIELD, author_field
from partaj.accounts.models import Draft
from partaj.accounts.second_factor.gate import OPEN
from partaj.territories.models import Organisation
from tests.access.door import OWN
from tests.access.house import build_house
from tests.access.table import TABLE
from tests.door.hands import code_of, enter, give_application, give_password
from tests.world import PASSWORD

SEEING_NAMES = ["administrator", "manager", "caseworker", "tutor", "member"]
INDEX = "mfa_index"
UNDER_TRIAL = ("SecondFactorMiddleware", "SessionLimitsMiddleware")


@pytest.fixture(autouse=True)
def required(settings):
    settings.SECOND_FACTOR_REQUIRED = True


@pytest.mark.parametrize("role", SEEING_NAMES)
def test_no_door_of_the_table_answers_in_between(db, sign_in, role):
    house = build_house()
    browser = sign_in(house.cast[role])
    held = reverse(INDEX)
    faults = []
    for door in TABLE:
        if door.page in OPEN:
            continue
        address = door.address(OWN, house)
        for method in (browser.get, browser.post):
            whole, fragment = method(address), method(address, headers={"HX-Request": "true"})
            if whole.status_code != 302 or not whole.url.startswith(held):
                faults.append(f"{door.page}: {whole.status_code}")
            if fragment.status_code != 204 or not fragment.headers["HX-Redirect"].startswith(held):
                faults.append(f"{door.page}, a fragment: {fragment.status_code}")
    assert faults == []
    assert browser.get("/nulle-part/").url.startswith(held)


@pytest.mark.parametrize("role", ["evaluator", "funder", "stranger"])
def test_who_sees_no_names_comes_in_without(world, sign_in, role):
    assert sign_in(world.cast[role]).get("/").status_code == 200


def test_with_the_setting_off_everybody_comes_in(world, sign_in, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    assert sign_in(world.caseworker).get("/").status_code == 200


def test_the_page_in_between_says_what_to_do_and_shows_nothing_else(world, sign_in):
    page = sign_in(world.caseworker).get(reverse(INDEX)).text
    assert "ajoutez un second facteur" in page
    assert reverse("mfa_activate_totp") in page
    for hidden in ("TEST-1", "Jeunes", "Sessions ouvertes", 'id="recherche"'):
        assert hidden not in page


def test_from_the_password_to_the_youths_by_way_of_the_factor(world):
    holder = give_password(world.caseworker)
    browser, _ = enter(holder)
    youths = reverse("beneficiaries:list", args=[world.programme.number])
    assert browser.get(youths).url == f"{reverse(INDEX)}?next={youths.replace('/', '%2F')}"
    asked = browser.get(reverse("mfa_activate_totp"))
    assert browser.post(asked.url, {"password": PASSWORD}).url == reverse("mfa_activate_totp")
    browser.get(reverse("mfa_activate_totp"))
    browser.post(reverse("mfa_activate_totp"), {"code": code_of(browser.session["mfa.totp.secret"])})
    return_to_work = browser.get(youths)
    assert return_to_work.status_code == 200
    assert "Moreau" in return_to_work.text


def test_what_was_typed_meanwhile_is_kept(world, sign_in):
    page = reverse("territories:organisation_create")
    typed = {AUTHOR_FIELD: author_field(world.caseworker)["value"], "name": "Mission locale d’Artois"}
    assert sign_in(world.caseworker).post(page, typed).status_code == 302
    assert Organisation.objects.filter(name=typed["name"]).count() == 0
    assert Draft.objects.get().author == world.caseworker


def test_removing_the_last_one_holds_even_this_session(world):
    secret = give_application(give_password(world.caseworker))
    browser, answer = enter(world.caseworker)
    browser.post(answer.url, {"code": code_of(secret)})
    page = reverse("mfa_deactivate_totp")
    # Held or not, this page is not one of those in between: here it is the holder's own.
    browser.post(browser.get(page).url, {"code": code_of(secret, 1)})
    assert browser.post(page).url == reverse(INDEX)
    assert browser.get("/").url.startswith(reverse(INDEX))


def test_a_session_opened_before_the_factor_must_show_it(world):
    holder = give_password(world.caseworker)
    before, _ = enter(holder)
    secret = give_application(holder)
    page = before.get(before.get("/").url).text
    assert "confirmez que c’est bien vous" in page
    assert reverse("mfa_activate_totp") not in page
    way = f"{reverse('mfa_reauthenticate')}?next=/"
    assert way in page
    assert before.post(way, {"code": code_of(secret)}).url == "/"
    assert before.get("/").status_code == 200


def test_a_role_given_meanwhile_holds_its_holder_at_the_next_request(world, sign_in):
    browser = sign_in(world.stranger)
    assert browser.get("/").status_code == 200
    world.stranger.roles.create(kind="manager", programme=world.programme, starts_on="2020-01-01")
    assert browser.get("/").url.startswith(reverse(INDEX))


def test_leaving_and_static_files_still_answer(world, sign_in):
    browser = sign_in(world.caseworker)
    assert browser.get("/static/partaj/css/partaj.css").status_code == 200
    assert browser.post(reverse("account_logout")).url == reverse("account_login")
    assert Client().get("/").url.startswith(reverse("account_login"))


def test_production_requires_it_and_the_demonstration_does_not():
    ask = "from django.conf import settings; print(settings.SECOND_FACTOR_REQUIRED)"
    production = {
        "PARTAJ_ENV": "production", "ALLOWED_HOSTS": "partaj.example", "SECRET_KEY": "abcdefghij" * 6,
        "JOURNAL_KEY": "0123456789" * 4, "DATABASE_URL": "postgres://partaj@127.0.0.1:5432/partaj",
        "EMAIL_URL": "smtp://127.0.0.1:25", "ALLOW_ONE_FACTOR": "1",
    }  # fmt: skip
    bare = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "partaj.settings"}

    def said(**more: str) -> str:
        run = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, env=bare | more, check=True)  # noqa: S603 our own words
        return run.stdout.strip()

    assert [said(**production), said(), said(**production, SECOND_FACTOR_REQUIRED="0")] == ["True", "False", "False"]


def test_an_ordinary_page_pays_no_query_for_it(world, settings):
    secret = give_application(give_password(world.caseworker))
    browser, answer = enter(world.caseworker)
    browser.post(answer.url, {"code": code_of(secret)})
    page = reverse("beneficiaries:list", args=[world.programme.number])
    browser.get(page)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(page).status_code == 200
        return len(queries)

    required = cost()
    settings.SECOND_FACTOR_REQUIRED = False
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if not each.endswith(UNDER_TRIAL)]
    browser.handler.load_middleware()
    assert required == cost()
