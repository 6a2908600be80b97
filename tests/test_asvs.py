"""What docs/securite.md claims and no other test says: mostly what the framework gives, held against our settings."""

import ast
import datetime as dt
import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core import mail
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from beneficiaries.models import LogEntry
from partaj.accounts.invitations import services as invitations
from partaj.accounts.letters import wait_until_posted
from partaj.accounts.models import JournalEntry, User
from partaj.accounts.second_factor import codes
from partaj.territories.models import Organisation
from tests.door.hands import code_of, enter, give_application, give_password
from tests.test_consistency import CODE
from tests.world import PASSWORD

ROOT = Path(settings.BASE_DIR)


# -- The code ---------------------------------------------------------------------------------------
RUNS = {
    "eval", "exec", "compile", "__import__", "os.system", "os.popen", "pickle.loads", "pickle.load", "marshal.loads",
    "yaml.load", "yaml.unsafe_load", "engines.from_string", "template.Template", "Template", "RawSQL", "shelve.open",
}  # fmt: skip
MODULES = {"subprocess", "marshal", "shelve", "yaml", "ldap", "telnetlib", "ftplib", "jinja2", "lxml"}
UNSAFE_METHODS = re.compile(r"\.(raw|extra)$")  # of a queryset


def calls():
    """(file, call, its name as written) of all that our code calls, but for migrations, which no visitor reaches."""
    for path, text in CODE.items():
        if "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call):
                yield path.relative_to(ROOT).as_posix(), node, ast.unparse(node.func)


def test_nothing_that_was_typed_is_run():
    """Neither as code, nor as a command, nor as SQL, nor as a template, nor by reading objects back."""
    run = [(path, name) for path, _, name in calls() if name in RUNS or UNSAFE_METHODS.search(name)]
    assert run == []
    imported = [
        (path.name, name)
        for path, text in CODE.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names])
        if name.split(".")[0] in MODULES
    ]
    assert imported == []


def test_sql_written_by_hand_is_made_of_our_own_names():
    """A statement put together from pieces says where it is; what was typed goes beside it, never inside."""
    made = {
        path
        for path, node, name in calls()
        if name.endswith(".execute") and node.args and not isinstance(node.args[0], ast.Constant)
    }
    assert made <= {
        "partaj/cache.py",  # the name of its table
        "partaj/accounts/journal/models.py",  # the columns of the journal
        "partaj/accounts/management/commands/journal_rights.py",  # a role whose name is checked, by who holds the base
        "partaj/accounts/journal/rights.py",
        "beneficiaries/batches/bulk.py",  # tables and columns of our models
        "beneficiaries/hanging.py",
        "partaj/prepared.py",  # statements that the ORM itself wrote, with their parameters
        "partaj/statements.py",  # the same, by the name of their statement
        "reports/statement.py",  # the same
    }


def test_no_pattern_is_made_from_what_was_typed():
    def is_ours(pattern: ast.expr) -> bool:
        names = [node.id for node in ast.walk(pattern) if isinstance(node, ast.Name)]
        return isinstance(pattern, ast.Constant | ast.JoinedStr | ast.Name) and all(name.isupper() for name in names)

    functions = {f"re.{each}" for each in ("compile", "match", "search", "fullmatch", "sub", "split", "findall")}
    assert [
        (path, ast.unparse(node)) for path, node, name in calls() if name in functions and not is_ours(node.args[0])
    ] == []
    looked_up = re.compile(r"__i?regex\b")
    assert [path.name for path, text in CODE.items() if looked_up.search(text)] == []


SCRIPTS = {path.name: path.read_text() for path in (ROOT / "partaj" / "static" / "partaj" / "js").glob("*.js")}
UNSAFE_SCRIPT = {
    "writes markup": r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser",
    "runs a text": r"\beval\s*\(|new Function|setTimeout\(\s*[\"']|setInterval\(\s*[\"']|javascript:",
    "listens to other windows": r"postMessage|addEventListener\(\s*[\"']message",
    "keeps something": r"localStorage|indexedDB|document\.cookie|sessionStorage\.setItem|caches\.open",
    "speaks to elsewhere": r"\bfetch\(|XMLHttpRequest|WebSocket|EventSource|RTCPeerConnection|sendBeacon|https?://",
    "writes under a name that it read": r"\]\s*=(?!=)|__proto__|Object\.assign|prototype",
}


@pytest.mark.parametrize("what", UNSAFE_SCRIPT)
def test_none_of_our_scripts(what):
    assert SCRIPTS
    assert [name for name, text in SCRIPTS.items() if re.search(UNSAFE_SCRIPT[what], text)] == []


# -- What must not be guessed -------------------------------------------------------------------------
def test_secrets_are_not_drawn_from_the_ordinary_chance(world, rf, monkeypatch):
    """Whoever knew the state of `random` would guess nothing; each has 128 bits of chance at least, codes 26."""
    keys = []
    monkeypatch.setattr(
        invitations, "_letter", lambda invitation, key, request: keys.append(key) or mail.EmailMessage()
    )
    monkeypatch.setattr(mail.EmailMessage, "send", lambda self: None)
    drawn = []
    for account in (world.tutor, world.member):
        random.seed(1)
        session = SessionStore()
        session.create()
        invitations.invite(account=account, by=world.administrator, request=rf.get("/"))
        drawn.append([session.session_key, keys[-1], generate_totp_secret(), *codes.draw()])
    one, other = drawn
    assert not set(one) & set(other)
    assert re.fullmatch(r"[a-z0-9]{32}", one[0])  # 165 bits
    assert re.fullmatch(r"[\w-]{43}", one[1])  # 256 bits
    assert re.fullmatch(r"[A-Z2-7]{32}", one[2])  # 160 bits
    assert all(re.fullmatch(rf"{rank}\d{{8}}", code) for rank, code in enumerate(one[3:]))  # 26 bits after the rank


def test_signing_in_changes_the_number_of_the_session(world):
    browser = Client()
    browser.get(reverse("invitation_link", args=["une-clef"]))  # a visitor already has a session
    before = browser.session.session_key
    enter(give_password(world.caseworker), browser)
    assert before and browser.session.session_key != before
    stolen = Client()
    stolen.cookies[settings.SESSION_COOKIE_NAME] = before
    assert stolen.get("/").status_code == 302


# -- Passwords ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("typed", [f" {PASSWORD}", f"{PASSWORD} ", PASSWORD.upper(), PASSWORD[:-1], f"{PASSWORD}x"])
def test_a_password_is_compared_to_the_letter(world, typed):
    account = give_password(world.caseworker)
    answer = Client().post(reverse("account_login"), {"login": account.email, "password": typed})
    assert answer.status_code == 422


def test_a_password_is_typed_masked_and_may_be_pasted_or_filled_in(world, sign_in):
    pages = [
        Client().get(reverse("account_login")).text,
        sign_in(give_password(world.caseworker)).get(reverse("account_change_password")).text,
    ]
    boxes = [box for page in pages for box in re.findall(r"<input[^>]*name=\"\w*password\w*\"[^>]*>", page)]
    assert len(boxes) == 4
    for box in boxes:
        assert 'type="password"' in box
        assert re.search(r'autocomplete="(current|new)-password"', box)
        assert "maxlength" not in box  # a browser would cut what is pasted, without a word
    assert "onpaste" not in "".join([*pages, *SCRIPTS.values()])


def test_a_password_does_not_grow_old(world):
    account = give_password(world.caseworker)
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=3 * 365)):
        browser, _ = enter(account)
        assert browser.get("/").status_code == 200


def test_a_reset_does_not_go_round_the_second_factor(world):
    account = give_password(world.caseworker)
    secret = give_application(account)
    Client().post(reverse("account_reset_password"), {"email": account.email})
    wait_until_posted()
    link = re.findall(r"http://testserver(\S+)", mail.outbox[-1].body)[0]
    browser, new = Client(), "une longue phrase toute neuve"
    form = browser.get(link, follow=True)
    assert browser.post(form.request["PATH_INFO"], {"password1": new, "password2": new}).status_code == 302
    assert browser.get("/").status_code == 302  # choosing it does not open
    answer = browser.post(reverse("account_login"), {"login": account.email, "password": new})
    assert answer.url == reverse("mfa_authenticate")
    assert browser.get("/").status_code == 302
    assert browser.post(answer.url, {"code": code_of(secret)}).url == "/"


# -- What comes in and what goes out -----------------------------------------------------------------------
def test_no_letter_takes_a_header_from_what_was_typed(world):
    account = give_password(world.caseworker)
    for added in ("\nBcc: voleur@evil.example", "\r\nTo: voleur@evil.example", "%0aBcc:voleur@evil.example"):
        Client().post(reverse("account_reset_password"), {"email": f"{account.email}{added}"})
    account.first_name = "Inès\nBcc: voleur@evil.example"
    account.save()
    Client().post(reverse("account_reset_password"), {"email": account.email})
    wait_until_posted()
    assert [letter.to for letter in mail.outbox] == [[account.email]]
    assert "evil" not in str(mail.outbox[0].message()).split("\n\n")[0]


def test_what_was_typed_is_shown_as_text(world, sign_in):
    browser = sign_in(world.caseworker)
    attack = "<img src=x onerror=alert(1)>\"'{{ 7*7 }}{% load x %}"
    page = reverse("beneficiaries:note", args=["TEST-1", world.lea.pk])
    assert browser.post(page, {"kind": "note", "words": attack, "happened_on": "2025-03-01"}).status_code == 302
    text = browser.get(reverse("beneficiaries:detail", args=["TEST-1", world.lea.pk])).text
    assert "&lt;img src=x onerror=alert(1)&gt;" in text
    assert "<img src=x" not in text
    assert "{{ 7*7 }}" in text
    assert LogEntry.objects.filter(enrolment=world.lea, sentence=attack).count() == 1  # kept as it was typed


TYPES = {
    "/": "text/html; charset=utf-8",
    "/sante/": "application/json",
    "/nulle-part/": "text/html; charset=utf-8",
    "/p/TEST-1/jeunes/export/csv/": "text/csv; charset=utf-8",
    "/static/partaj/js/partaj.js": 'text/javascript; charset="utf-8"',
    "/static/partaj/css/partaj.css": 'text/css; charset="utf-8"',
}


@pytest.mark.parametrize("address", TYPES)
def test_every_body_says_its_type_and_its_alphabet(world, sign_in, address):
    answer = sign_in(world.manager).get(address, headers={"Origin": "https://evil.example"})
    assert answer.headers["Content-Type"] == TYPES[address]
    assert [name for name in answer.headers if name.startswith("Access-Control-")] == []


@pytest.mark.parametrize("address", ["/.git/config", "/.env", "/manage.py", "/partaj/settings.py", "/static/",
                                     "/static/../.env", "/static/%2e%2e/manage.py", "/var/partaj.sqlite3"])  # fmt: skip
def test_neither_the_code_nor_a_folder_is_served(world, sign_in, address):
    answer = sign_in(world.administrator).get(address)
    assert answer.status_code == 404
    assert "SECRET_KEY" not in answer.text and "[core]" not in answer.text


def test_no_page_answers_to_trace(world, sign_in):
    browser = sign_in(world.caseworker)
    for page in ("/", reverse("beneficiaries:list", args=["TEST-1"]), reverse("account_login"), "/sante/"):
        visitor = Client() if page == reverse("account_login") else browser
        answer = visitor.generic("TRACE", page, headers={"X-Marque": "repeat-after-me"})
        assert answer.status_code in {403, 405}, page
        assert "repeat-after-me" not in answer.text


def test_a_form_takes_its_own_fields_and_no_other(world, sign_in):
    holder = world.caseworker
    forged = {
        "first_name": "Autre", "last_name": "Nom", "email": "ines@partaj.example", "is_active": "", "is_staff": "on",
        "is_superuser": "on", "password": "x", "roles": "1", "last_login": "2020-01-01", "pk": "1",
    }  # fmt: skip
    before = User.objects.values("pk", "password", "is_active", "last_login", "date_joined").get(pk=holder.pk)
    roles = list(holder.roles.values())
    page = reverse("accounts:change", args=[holder.pk])
    assert sign_in(world.administrator).post(page, forged).status_code == 302
    assert User.objects.get(pk=holder.pk).first_name == "Autre"
    assert User.objects.values("pk", "password", "is_active", "last_login", "date_joined").get(pk=holder.pk) == before
    assert list(holder.roles.values()) == roles


def test_files_leave_at_the_pace_of_somebody_who_reads_them(world, sign_in):
    """Thirty in ten minutes, of youths or of figures alike, for one account wherever it is; its pages still open."""
    browser, other = sign_in(world.manager), sign_in(world.administrator)
    youths = reverse("beneficiaries:export", args=["TEST-1", "csv"])
    figures = reverse("reports:export", args=["TEST-1", "annexe-1", "json"])
    with time_machine.travel(timezone.now(), tick=False) as clock:
        statuses = [
            browser.get(each, REMOTE_ADDR=f"192.0.2.{n}").status_code for n in range(15) for each in (youths, figures)
        ]
        assert statuses == [200] * 30
        stopped = [browser.get(each) for each in (youths, figures)]
        assert [(answer.status_code, answer.headers["Retry-After"]) for answer in stopped] == [(429, "600")] * 2
        assert (browser.get("/").status_code, other.get(youths).status_code) == (200, 200)
        clock.shift(dt.timedelta(minutes=10, seconds=1))
        assert browser.get(youths).status_code == 200
    assert JournalEntry.objects.filter(kind="refused", actor=world.manager).count() == 2


def test_fields_come_from_the_body_of_a_form_not_from_its_address(world, sign_in):
    page = reverse("territories:organisation_create")
    answer = sign_in(world.manager).post(f"{page}?name=Par+l’adresse&kind=association", {})
    assert answer.status_code == 422
    assert not Organisation.objects.filter(name="Par l’adresse").exists()


def test_a_reading_that_cannot_be_written_down_does_not_leave(world, sign_in, monkeypatch):
    browser = sign_in(world.caseworker)
    browser.raise_request_exception = False
    page = reverse("beneficiaries:detail", args=["TEST-1", world.lea.pk])
    assert "Léa" in browser.get(page).text

    def full(self, *args, **kwargs):
        raise DatabaseError("no room left")

    monkeypatch.setattr(type(JournalEntry.objects.all()), "write", full)
    answer = browser.get(page)
    assert answer.status_code == 500
    assert "Léa" not in answer.text


# -- Settings ---------------------------------------------------------------------------------------------
def test_the_address_of_the_base_keeps_its_own_options():
    """`sslmode` says that the way to the base is encrypted: dropped, it would not be, without a word."""
    ask = "import json; from django.conf import settings; print(json.dumps(settings.DATABASES['default']['OPTIONS']))"
    address = "postgres://partaj:x@base.example:5432/partaj?sslmode=verify-full&sslrootcert=/etc/ssl/ca.pem"
    bare = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "partaj.settings", "DATABASE_URL": address}
    run = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, env=bare, cwd=ROOT, check=True)  # noqa: S603 our own words
    options = json.loads(run.stdout)
    assert (options["sslmode"], options["sslrootcert"]) == ("verify-full", "/etc/ssl/ca.pem")
    assert "statement_timeout" in options["options"]
