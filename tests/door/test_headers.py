"""What the walk over the table does not meet: static files, errors, forged hosts, tokens, and production itself.

Every answer of every page is judged by the walk (tests/access/test_walk.py) with the same rules.
"""

import json
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.core import mail
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse

from beneficiaries.models import LogEntry
from partaj.accounts.letters import wait_until_posted
from tests.access.headers import header_faults

FORGED = ["evil.example", "evil.example:80", "testserver.evil.example", "[", "a b", "127.0.0.1@evil.example", "\u2025"]
LOST = "n’a pas pu être lue"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/static/partaj/css/partaj.css", 200), ("/static/partaj/img/partaj.svg", 200), ("/static/nothing.css", 404),
        ("/compte/connexion/", 200), ("/sante/", 200), ("/nulle-part/", 404), ("/compte/connexion", 301), ("/", 302),
    ],
)  # fmt: skip
def test_a_visitor_gets_every_header_whatever_they_ask_for(db, address, status):
    answer = Client().get(address)
    assert answer.status_code == status
    assert header_faults(answer.headers, static=address.startswith("/static/partaj/")) == []


def test_files_errors_and_refusals_bear_them_too(world, sign_in, monkeypatch):
    reader = sign_in(world.caseworker)
    youths = reverse("beneficiaries:list", args=["TEST-1"])
    answers = [
        reader.get(reverse("beneficiaries:export", args=["TEST-1", "xlsx"])),
        reader.get("/static/../partaj/settings.py"),
        reader.post(reverse("beneficiaries:new", args=["TEST-1"]), {f"f{i}": "x" for i in range(1001)}),
        Client(enforce_csrf_checks=True).post(reverse("account_login"), {"login": "x"}),
    ]
    reader.raise_request_exception = False
    monkeypatch.setattr("beneficiaries.views.listing.YouthList.get", lambda *args, **kwargs: 1 / 0)
    answers.append(reader.get(youths))
    assert [answer.status_code for answer in answers] == [200, 404, 400, 403, 500]
    assert [header_faults(answer.headers) for answer in answers] == [[], [], [], [], []]


# -- The name of the site ---------------------------------------------------------------------------
@pytest.mark.parametrize("host", FORGED)
def test_a_host_that_is_not_ours_gets_a_sentence_and_nothing_else(world, sign_in, host):
    answer = sign_in(world.caseworker).get("/", HTTP_HOST=host)
    text = answer.content.decode()
    assert answer.status_code == 400
    assert LOST in text and host not in text and "ALLOWED_HOSTS" not in text and "Moreau" not in text
    assert header_faults(answer.headers) == []


@pytest.mark.parametrize(
    "forged",
    [
        {"HTTP_HOST": "evil.example"},
        {"HTTP_X_FORWARDED_HOST": "evil.example"},
        {"HTTP_X_HOST": "evil.example", "HTTP_FORWARDED": "host=evil.example"},
        {"HTTP_X_FORWARDED_SERVER": "evil.example", "HTTP_X_ORIGINAL_URL": "//evil.example"},
    ],
)
def test_no_letter_leads_to_a_host_that_the_visitor_named(world, forged):
    user = world.caseworker
    user.set_password("une-phrase-de-passe-assez-longue")
    user.save()
    answer = Client().post(reverse("account_reset_password"), {"email": user.email}, **forged)
    wait_until_posted()
    assert answer.status_code == (400 if "HTTP_HOST" in forged else 302)
    addresses = re.findall(r"https?://[^/\s]+", "".join(letter.body for letter in mail.outbox))
    assert set(addresses) == (set() if "HTTP_HOST" in forged else {"http://testserver"})


def test_a_letter_leads_to_the_address_of_the_settings(world, settings):
    """Another port of our own host is not ours either."""
    settings.SITE_URL = "https://partaj.example"
    user = world.caseworker
    user.set_password("une longue phrase de passe")
    user.save()
    asked = {"HTTP_HOST": "testserver:6666"}
    assert Client().post(reverse("account_reset_password"), {"email": user.email}, **asked).status_code == 302
    wait_until_posted()
    assert set(re.findall(r"https?://[^/\s]+", mail.outbox[0].body)) == {"https://partaj.example"}


@pytest.mark.parametrize("name", ["HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PREFIX", "HTTP_X_REWRITE_URL"])
def test_no_page_nor_redirection_repeats_a_forwarded_host(world, sign_in, name):
    reader = sign_in(world.caseworker)
    for page in ("/", reverse("beneficiaries:list", args=["TEST-1"]), "/p/TEST-1"):
        answer = reader.get(page, **{name: "evil.example"})
        assert "evil.example" not in answer.content.decode() + str(dict(answer.headers))


# -- The token of the forms -------------------------------------------------------------------------
def test_a_fragment_writes_with_the_token_of_its_page_only(world):
    """As htmx sends it: in a header, taken from the page. The list of situations is changed by nobody else."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.caseworker, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = reverse("beneficiaries:note", args=["TEST-1", world.lea.pk])
    text = browser.get(page).content.decode()
    [headers] = re.findall(r"hx-headers='([^']+)'", text)
    token = json.loads(headers)["X-CSRFToken"]
    typed, htmx = {"kind": "note", "words": "Une note par htmx", "happened_on": "2026-01-10"}, {"HX-Request": "true"}
    other = Client(enforce_csrf_checks=True)
    for wrong in ({}, {"X-CSRFToken": "0" * 64}, {"X-CSRFToken": ""}, {"X-CSRFToken": other_token(other)}):
        assert browser.post(page, typed, headers=htmx | wrong).status_code == 403
    written = LogEntry.objects.filter(enrolment=world.lea, sentence__contains="par htmx")
    assert not written.exists()
    assert browser.post(page, typed, headers=htmx | {"X-CSRFToken": token}).status_code in {200, 204, 302}
    assert written.count() == 1


def other_token(client: Client) -> str:
    return re.findall(
        r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get(reverse("account_login")).content.decode()
    )[0]


def test_what_a_page_says_once_stays_on_the_server(world, sign_in):
    client = sign_in(world.caseworker)
    client.post(
        reverse("beneficiaries:note", args=["TEST-1", world.lea.pk]),
        {"kind": "note", "words": "Vu ce matin", "happened_on": "2026-01-10"},
    )
    assert set(client.cookies) <= {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
    assert settings.SESSION_COOKIE_HTTPONLY and settings.CSRF_COOKIE_HTTPONLY


# -- Production -------------------------------------------------------------------------------------
# Asked in a process of its own, since settings are read once.
ASK = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client, override_settings
plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
override_settings(STORAGES=settings.STORAGES | plain).enable()  # nothing is collected here
def told(**more):
    answer = Client().get("/compte/connexion", **more)
    return {"status": answer.status_code, "headers": dict(answer.headers),
            "cookies": {name: dict(cookie) for name, cookie in answer.cookies.items()}}
host = {"HTTP_HOST": "partaj.example"}
behind = host | {"HTTP_X_FORWARDED_PROTO": "https"}
print(json.dumps({"clear": told(**host), "https": told(**behind), "forged": told(HTTP_HOST="evil.example"),
    "names": [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME],
    "flags": [settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY,
              settings.CSRF_COOKIE_HTTPONLY, settings.SESSION_COOKIE_DOMAIN, settings.SESSION_COOKIE_PATH,
              settings.SESSION_COOKIE_SAMESITE, settings.USE_X_FORWARDED_HOST, settings.DEBUG]}))
"""
PRODUCTION = {
    "PARTAJ_ENV": "production", "ALLOWED_HOSTS": "partaj.example", "SECRET_KEY": "abcdefghij0123456789" * 3,
    "JOURNAL_KEY": "0123456789" * 4, "DATABASE_URL": "postgres://partaj@127.0.0.1:9/partaj",
    "EMAIL_URL": "smtp://127.0.0.1:25", "DJANGO_SETTINGS_MODULE": "partaj.settings", "PATH": os.environ["PATH"],
    "PRIVATE_MEDIA_ROOT": "/var/lib/partaj/documents",
}  # fmt: skip


def run(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 our own words
        [sys.executable, *words], capture_output=True, text=True, env=PRODUCTION | more, cwd=settings.BASE_DIR
    )


def test_production_speaks_https_only_and_holds_to_its_own_host():
    told = json.loads(run("-W", "ignore", "-c", ASK).stdout)
    clear, https = told["clear"], told["https"]
    assert (clear["status"], clear["headers"]["Location"]) == (301, "https://partaj.example/compte/connexion")
    assert told["forged"]["status"] == 400
    assert https["status"] == 301
    for answer in (clear, https, told["forged"]):
        assert header_faults(answer["headers"], static=answer is not https) == []
    assert https["headers"]["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert told["names"] == ["__Host-session", "__Host-csrf"]
    assert told["flags"] == [True, True, True, True, None, "/", "Lax", False, False]


def test_production_passes_djangos_own_review():
    review = run("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert (review.returncode, review.stdout.strip()) == (
        0, "System check identified no issues (0 silenced).",
    ), review.stderr  # fmt: skip


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"EMAIL_URL": "consolemail://"}, "EMAIL_URL manque"),
        ({"SECURE_SSL_REDIRECT": "0", "BEHIND_PROXY": "0"}, "en clair"),
        ({"SECOND_FACTOR_REQUIRED": "0"}, "ALLOW_ONE_FACTOR=1"),
        ({"PRIVATE_MEDIA_ROOT": str(settings.BASE_DIR / "var")}, "PRIVATE_MEDIA_ROOT"),
    ],
)
def test_production_does_not_start_otherwise(change, sentence):
    start = run("-c", "from django.conf import settings; settings.DEBUG", **change)
    assert start.returncode == 1
    assert sentence in start.stderr


def test_no_page_is_made_with_a_request_that_believes_the_proxy_about_the_host():
    request = HttpRequest()
    request.META = {"HTTP_HOST": "testserver", "HTTP_X_FORWARDED_HOST": "evil.example", "SERVER_PORT": "80"}
    assert request.build_absolute_uri("/") == "http://testserver/"


def test_what_comes_in_clear_is_sent_to_the_same_address_in_cipher(db, settings):
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 60
    answer = Client().get("/sante/?x=1")
    assert (answer.status_code, answer.headers["Location"]) == (301, "https://testserver/sante/?x=1")
    answer = Client().get("/sante/", secure=True)
    assert (answer.status_code, answer.headers["Strict-Transport-Security"][:10]) == (200, "max-age=60")


def test_an_address_longer_than_any_form_is_not_read(world, sign_in):
    reader = sign_in(world.caseworker)
    assert reader.get(f"/territoires/?q={'x' * 7000}").status_code == 200
    assert reader.get(f"/territoires/?q={'x' * 8000}").status_code == 400
