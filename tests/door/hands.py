"""What people do at the door: type a password, read a code on their telephone."""

import time

from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client
from django.urls import reverse

from partaj.accounts.models import JournalEntry, User
from partaj.accounts.second_factor import codes
from tests.world import PASSWORD


def give_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    return user


def enter(user: User, browser: Client | None = None, **extra):
    """The browser and the answer to its password."""
    browser = browser or Client()
    answer = browser.post(reverse("account_login"), {"login": user.email, "password": PASSWORD}, **extra)
    return browser, answer


def confirm(browser, page, **typed):
    """Follow the page that asks who one is; returns the answer of the page that was wanted."""
    asked = browser.get(page)
    assert asked.status_code == 302, page
    confirmed = browser.post(asked.url, typed)
    assert confirmed.url == page
    return browser.get(page)


def give_application(user: User) -> str:
    """An application of codes, with recovery codes; returns its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    give_codes(user)
    return secret


def code_of(secret: str, steps: int = 0) -> str:
    """What the application shows now, or some steps of 30 seconds later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def give_codes(user: User) -> list[str]:
    """A new set of recovery codes, as their holder once saw it."""
    drawn = codes.draw()
    codes.keep(user, codes.hashed(drawn))
    return drawn


def journal(*kinds: str) -> list[tuple[str, str]]:
    """(subject, detail) of the rows of these kinds, oldest first."""
    rows = JournalEntry.objects.filter(kind__in=kinds).order_by("number")
    return [(row.subject, row.detail) for row in rows]
