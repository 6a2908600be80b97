"""What production refuses to start with, what the health page says, and what the logs keep silent."""

import io
import json
import logging
import re

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.urls import reverse
from structlog.processors import JSONRenderer
from structlog.stdlib import ProcessorFormatter

from partaj.logs import RouteLogMiddleware, stack_without_values
from partaj.safety import refuse_unsafe_production

SAFE = {
    "production": True,
    "secret_key": "un-secret-au-hasard-0123456789-0123456789-0123456789-abcdef",
    "debug": False,
    "hosts": ["partaj.example"],
    "on_sqlite": False,
    "sqlite_accepted": False,
}
UNSAFE = [
    ({"secret_key": ""}, "SECRET_KEY manque"),
    ({"secret_key": "a" * 80}, "trop faible"),
    ({"secret_key": "court-mais-varie"}, "trop faible"),
    ({"debug": True}, "DEBUG est actif"),
    ({"debug": True, "production": False}, "hôte public"),
    ({"hosts": []}, "ALLOWED_HOSTS"),
    ({"hosts": ["*"]}, "ALLOWED_HOSTS"),
    ({"on_sqlite": True}, "SQLite en production"),
]


def test_production_starts_when_it_is_safe():
    refuse_unsafe_production(**SAFE)
    refuse_unsafe_production(**SAFE | {"on_sqlite": True, "sqlite_accepted": True})


def test_the_demonstration_starts_with_debug_on_this_machine_only():
    refuse_unsafe_production(**SAFE | {"production": False, "debug": True, "hosts": ["127.0.0.1"], "secret_key": ""})


@pytest.mark.parametrize(("change", "sentence"), UNSAFE)
def test_production_refuses_to_start(change, sentence):
    with pytest.raises(ImproperlyConfigured, match=sentence):
        refuse_unsafe_production(**SAFE | change)


def test_the_settings_themselves_ask_for_the_refusal(monkeypatch):
    """Read as a server would, with production asked and nothing else given."""
    monkeypatch.setenv("PARTAJ_ENV", "production")
    for name in ("SECRET_KEY", "DEBUG", "ALLOWED_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    source = (settings.BASE_DIR / "partaj" / "settings.py").read_text()
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY manque"):
        exec(compile(source, "settings", "exec"), {"__file__": str(settings.BASE_DIR / "partaj" / "settings.py")})  # noqa: S102


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
