import pytest
from django.template import engines
from django.test import Client

from tests.undefined import Undefined
from tests.world import World, build_world


@pytest.fixture(autouse=True)
def fast_and_quiet(settings, monkeypatch):
    """Cheap hashes, the plain e-mail box, and templates that shout at undefined variables stay out of production."""
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", Undefined("%s"))
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def world(db) -> World:
    return build_world()


@pytest.fixture
def sign_in():
    """`sign_in(user)` returns a client signed in as that person, without going through the form."""

    def make(user) -> Client:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return make
