"""Whoever runs the site closes the sessions of an account, or of everybody, without suspending anybody."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.door.hands import enter, give_password, journal


def told(*args: str) -> str:
    out = StringIO()
    call_command("close_sessions", *args, stdout=out)
    return out.getvalue()


@pytest.fixture
def browsers(world):
    """Two of the caseworker's, one of the manager's."""
    caseworker, manager = give_password(world.caseworker), give_password(world.manager)
    return [enter(caseworker)[0], enter(caseworker)[0], enter(manager)[0]]


def statuses(browsers) -> list[int]:
    return [browser.get("/").status_code for browser in browsers]


def test_those_of_one_account(world, browsers):
    assert statuses(browsers) == [200, 200, 200]
    assert told(str(world.caseworker.pk)) == "C’est fait : 1\u00a0compte avec des sessions, toutes fermées.\n"
    assert statuses(browsers) == [302, 302, 200]
    assert journal("security") == [
        (f"accounts.user:{world.caseworker.pk}", "toutes les sessions fermées par une commande")
    ]


def test_those_of_everybody_even_unlisted(world, browsers, sign_in):
    unlisted = sign_in(world.tutor)
    assert told("--everybody").startswith("C’est fait : 2\u00a0comptes")
    assert statuses([*browsers, unlisted]) == [302, 302, 302, 302]
    assert len(journal("security")) == 2


@pytest.mark.parametrize("args", [[], ["--everybody", "1"], ["999999999"]])
def test_what_is_not_clear_closes_nothing(world, browsers, args):
    with pytest.raises(CommandError):
        told(*args)
    assert statuses(browsers) == [200, 200, 200]
