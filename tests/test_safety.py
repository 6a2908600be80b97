"""What production refuses to start with, what the health page says, and what the logs keep silent."""

import datetime as dt
import io
import json
import logging
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.urls import reverse
from structlog.processors import JSONRenderer
from structlog.stdlib import ProcessorFormatter

from partaj.logs import RouteLogMiddleware, stack_without_values
from partaj.safety import EVERYWHERE, IN_PRODUCTION, Given, dated_keys, refuse_unsafe_production

SAFE = {
    "production": True,
    "secret_key": "un-secret-au-hasard-0123456789-0123456789-0123456789-abcdef",
    "journal_key": "une-autre-clef-au-hasard-9876543210-9876543210",
    "debug": False,
    "hosts": ["partaj.example"],
    "on_sqlite": False,
    "sqlite_accepted": False,
    "second_factor": True,
    "one_factor_accepted": False,
    "email_backend": "django.core.mail.backends.smtp.EmailBackend",
    "https_only": True,
    "origins": ["https://partaj.example"],
    "site_url": "https://partaj.example",
    "antivirus": "",
    "session_idle": 30 * 60,
    "session_longest": 10 * 3600,
    "small_cells": 5,
    "private_root": Path("/var/lib/partaj/documents"),
    "public_roots": [settings.BASE_DIR, settings.STATIC_ROOT],
}
ENDED, LATER = dt.datetime(2027, 1, 1, tzinfo=dt.UTC), dt.datetime(2028, 1, 1, tzinfo=dt.UTC)
UNSAFE = [
    ({"site_url": "http://partaj.example"}, "SITE_URL"),
    ({"session_idle": 100_000 * 60}, "SESSION_IDLE_MINUTES"),
    ({"session_idle": 0}, "SESSION_IDLE_MINUTES"),
    ({"session_longest": 24 * 3600}, "SESSION_LONGEST_MINUTES"),
    ({"small_cells": 0}, "SMALL_CELL_THRESHOLD"),
    ({"journal_key": ""}, "JOURNAL_KEY manque"),
    ({"journal_key": "un-secret-au-hasard-0123456789-0123456789-0123456789-abcdef"}, "autres que SECRET_KEY"),
    ({"journal_keys_before": [(ENDED, "courte")]}, "JOURNAL_KEYS_BEFORE est trop faible"),
    ({"journal_keys_before": [(ENDED, SAFE["journal_key"])]}, "JOURNAL_KEYS_BEFORE est trop faible"),
    ({"journal_keys_before": [(ENDED, SAFE["secret_key"])]}, "JOURNAL_KEYS_BEFORE est trop faible"),
    ({"journal_keys_before": [(ENDED, "b" * 32), (LATER, "b" * 32)]}, "ni deux fois la même"),
    ({"journal_keys_before": [(ENDED, "b" * 32), (ENDED, "c" * 32)]}, "à son propre moment"),
    ({"secret_key": ""}, "SECRET_KEY manque"),
    ({"secret_key": "a" * 80}, "trop faible"),
    ({"secret_key": "court-mais-varie"}, "trop faible"),
    ({"debug": True}, "hôte public"),
    ({"debug": True, "hosts": ["localhost"]}, "DEBUG est actif en production"),
    ({"debug": True, "production": False}, "hôte public"),
    ({"hosts": []}, "ALLOWED_HOSTS"),
    ({"hosts": ["*"]}, "ALLOWED_HOSTS"),
    ({"hosts": [".partaj.example"]}, "sans joker"),
    ({"on_sqlite": True}, "SQLite en production"),
    ({"second_factor": False}, "ALLOW_ONE_FACTOR=1"),
    ({"email_backend": "django.core.mail.backends.console.EmailBackend"}, "EMAIL_URL manque"),
    ({"email_backend": "django.core.mail.backends.dummy.EmailBackend"}, "EMAIL_URL manque"),
    ({"https_only": False}, "en clair"),
    ({"origins": ["http://partaj.example"]}, "CSRF_TRUSTED_ORIGINS"),
    ({"origins": ["https://*.partaj.example"]}, "CSRF_TRUSTED_ORIGINS"),
    ({"antivirus": "clamd://127.0.0.1"}, "ANTIVIRUS est illisible"),
    ({"antivirus": "http://127.0.0.1:3310", "production": False}, "ANTIVIRUS est illisible"),
    ({"antivirus": "clamd://127.0.0.1:beaucoup"}, "ANTIVIRUS est illisible"),
    ({"private_root": settings.BASE_DIR / "var" / "documents"}, "PRIVATE_MEDIA_ROOT"),
    ({"private_root": settings.BASE_DIR / ".." / settings.BASE_DIR.name / "static-collected"}, "PRIVATE_MEDIA_ROOT"),
    ({"private_root": settings.BASE_DIR.parent}, "PRIVATE_MEDIA_ROOT"),
    ({"private_root": Path("documents")}, "PRIVATE_MEDIA_ROOT"),
    ({"proconnect_issuer": "http://proconnect.example/api/v2"}, "PROCONNECT_ISSUER"),
]


def test_production_starts_when_it_is_safe():
    refuse_unsafe_production(Given(**SAFE))
    refuse_unsafe_production(Given(**SAFE | {"on_sqlite": True, "sqlite_accepted": True}))
    refuse_unsafe_production(Given(**SAFE | {"second_factor": False, "one_factor_accepted": True}))
    refuse_unsafe_production(Given(**SAFE | {"antivirus": "clamd://127.0.0.1:3310"}))
    refuse_unsafe_production(Given(**SAFE | {"journal_keys_before": [(ENDED, "b" * 32), (LATER, "c" * 32)]}))


def test_keys_of_before_are_read_with_the_moment_at_which_each_ended():
    assert dated_keys([]) == ()
    assert dated_keys([" 2028-01-01T01:00:00+01:00=c=c", "2027-01-01T00:00:00Z=b"]) == ((ENDED, "b"), (LATER, "c=c"))


@pytest.mark.parametrize(
    "listed", ["clef", "=clef", "2027-01-01T00:00:00Z=", "2027-01-01T00:00:00=clef", "hier=clef", ""]
)
def test_a_key_of_before_without_its_moment_is_refused(listed):
    for before in ([listed], ["2027-01-01T00:00:00Z=b", listed]):
        with pytest.raises(ImproperlyConfigured, match="JOURNAL_KEYS_BEFORE est illisible"):
            dated_keys(before)


def test_the_demonstration_starts_with_debug_on_this_machine_only():
    refuse_unsafe_production(
        Given(**SAFE | {"production": False, "debug": True, "hosts": ["127.0.0.1"], "secret_key": ""})
    )


@pytest.mark.parametrize(("change", "sentence"), UNSAFE)
def test_production_refuses_to_start(change, sentence):
    with pytest.raises(ImproperlyConfigured, match=sentence):
        refuse_unsafe_production(Given(**SAFE | change))


def test_every_rule_is_tried():
    refused = set()
    for change, _ in UNSAFE:
        with pytest.raises(ImproperlyConfigured) as refusal:
            refuse_unsafe_production(Given(**SAFE | change))
        refused.add(str(refusal.value))
    assert [rule.name for rule in EVERYWHERE + IN_PRODUCTION if rule.sentence not in refused] == []


def test_the_settings_themselves_ask_for_the_refusal(monkeypatch):
    """Read as a server would, with production asked and nothing else given."""
    monkeypatch.setenv("PARTAJ_ENV", "production")
    for name in ("SECRET_KEY", "DEBUG", "ALLOWED_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    source = (settings.BASE_DIR / "partaj" / "settings.py").read_text()
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY manque"):
        exec(compile(source, "settings", "exec"), {"__file__": str(settings.BASE_DIR / "partaj" / "settings.py")})  # noqa: S102


@pytest.mark.parametrize(
    ("given", "trusted"),
    [({}, 1), ({"BEHIND_PROXY": "0"}, 0), ({"BEHIND_PROXY": "0", "TRUSTED_PROXIES": "1"}, 1), ({"PARTAJ_ENV": ""}, 0)],
)
def test_without_a_proxy_no_visitor_chooses_the_address_that_is_written(monkeypatch, given, trusted):
    """The first lines of the settings, up to the database."""
    for name in ("BEHIND_PROXY", "TRUSTED_PROXIES"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"PARTAJ_ENV": "production", **given}.items():
        monkeypatch.setenv(name, value)
    path = settings.BASE_DIR / "partaj" / "settings.py"
    read = {"__file__": str(path)}
    exec(compile(path.read_text().split("# -- Database")[0], "settings", "exec"), read)  # noqa: S102
    assert read["TRUSTED_PROXIES"] == trusted


def test_what_production_serves_is_collected_under_names_that_hold_their_content(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    storages = settings.STORAGES | {"staticfiles": {"BACKEND": "partaj.staticfiles.HashedStaticFilesStorage"}}
    settings.STORAGES = storages
    call_command("collectstatic", interactive=False, verbosity=0)
    name = staticfiles_storage.url("vendor/tabler/css/tabler.min.css").removeprefix(settings.STATIC_URL)
    assert re.fullmatch(r"vendor/tabler/css/tabler\.min\.[0-9a-f]{12}\.css", name)
    assert (tmp_path / f"{name}.gz").exists()
    assert not list(tmp_path.rglob("*.map"))


@pytest.mark.django_db(transaction=True)
def test_health_answers_anybody_in_json_without_any_data(client, django_assert_num_queries):
    answer = client.get(reverse("health"), headers={"accept": "text/html"})
    assert (answer.status_code, answer.json()) == (200, {"database": "OK"})
    assert client.post(reverse("health")).status_code == 405


@pytest.fixture
def journal(settings):
    """The lines that production would write, as dictionaries."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(ProcessorFormatter(processor=JSONRenderer(), foreign_pre_chain=[stack_without_values]))
    loggers = [logging.getLogger("django_structlog"), logging.getLogger("django.request")]
    before = [each.level for each in loggers]
    for each in loggers:
        each.addHandler(handler)
    loggers[0].setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    for each, level in zip(loggers, before, strict=True):
        each.removeHandler(handler)
        each.setLevel(level)


def test_a_search_leaves_no_name_in_the_logs(world, sign_in, journal):
    reader = sign_in(world.caseworker)
    reader.get(reverse("home"), {"q": "Moreau"}, headers={"user-agent": "Navigateur d’Inès"})
    reader.get("/jeunes-du-nom-de-moreau/")
    lines = journal()
    assert [(line["request"], line["code"]) for line in lines] == [("GET /", 200), ("GET /(adresse inconnue)", 404)]
    assert {line["user_id"] for line in lines} == {world.caseworker.pk}
    assert "oreau" not in json.dumps(lines) and "Inès" not in json.dumps(lines) and "127.0.0.1" not in json.dumps(lines)


def test_the_key_of_a_new_password_stays_out_of_the_logs(rf):
    request = rf.get(reverse("account_reset_password_from_key", args=["3", "clef-secrete"]))
    line = RouteLogMiddleware.format_request(request)
    assert line.startswith("GET /compte/mot-de-passe/nouveau/")
    assert "clef-secrete" not in line


def test_an_exception_is_logged_by_its_type_and_place_only():
    typed = "Moreau"
    try:
        raise ValueError(f"{typed} existe déjà")
    except ValueError as error:
        event = stack_without_values(None, "error", {"event": "échec", "exc_info": error})
    assert typed not in event["exception"]
    assert event["exception"].endswith("ValueError")
    assert "test_safety.py" in event["exception"]
