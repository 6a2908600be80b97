"""How many attempts are let through, from one place and upon one account; counters live in the cache (the database).

Three counters watch the sign-in, and an attempt that succeeds is given back to all three:

- one place, whatever the accounts: somebody who tries everybody's;
- one account from one place: somebody who tries one account, and is stopped there without its holder being so;
- one account from everywhere: many places at once. It is larger and waits a minute at most, and the places where
  this account has signed in lately do not count in it nor wait for it: its holder goes on working.

An attempt that is refused is not counted: waiting as long as the page says always suffices.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from datetime import timedelta

from allauth.core.internal.ratelimit import Rate, apply_rate, cache_lock, truncate_ip
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac

from partaj.accounts.addresses import address_key
from partaj.accounts.journal.events import note_refused
from partaj.accounts.journal.trace import address_of
from partaj.accounts.models import User

PLACE, ACCOUNT, BOTH = "place", "account", "account and place"
MINUTE = 60
LIMITS: dict[str, tuple[Rate, ...]] = {
    "sign_in": (Rate(30, 10 * MINUTE, PLACE), Rate(5, 5 * MINUTE, BOTH), Rate(20, MINUTE, ACCOUNT)),
    # Each request sends a letter: whoever is prevented from asking has just received links that work.
    "reset": (Rate(20, 10 * MINUTE, PLACE), Rate(3, 15 * MINUTE, ACCOUNT)),
    "invitation": (Rate(5, 60 * MINUTE, ACCOUNT),),
    "invitation_link": (Rate(30, 10 * MINUTE, PLACE),),
    # Agendas, which come by themselves every few minutes, several from one office; then each address by itself.
    "calendar": (Rate(120, 10 * MINUTE, PLACE),),
    "calendar_of": (Rate(30, 10 * MINUTE, ACCOUNT),),
    # Files that leave: more than anybody reads, less than a stolen account would take. Reading is in the journal.
    "export": (Rate(30, 10 * MINUTE, ACCOUNT),),
    # Papers of files, put in or handed out one by one.
    "document": (Rate(60, 10 * MINUTE, ACCOUNT),),
    # Lists received: each takes some seconds of work.
    "list": (Rate(30, 10 * MINUTE, ACCOUNT),),
}
KNOWN_PLACE = 90 * 24 * 60 * MINUTE  # seconds
BUSY = 1  # seconds to wait where another request holds the same counter


class TooMany(Exception):
    """Too many attempts: `seconds` to wait before the next one is accepted; `account`: the address aimed at."""

    def __init__(self, seconds: int, account: str = "") -> None:
        super().__init__(seconds)
        self.seconds, self.account = seconds, account


@dataclass
class Taken:
    """What one attempt took from each counter (key, rate, moment)."""

    counters: list[tuple[str, Rate, float]] = field(default_factory=list)

    def give_back(self) -> None:
        for key, rate, moment in self.counters:
            with cache_lock(key):
                history = cache.get(key, [])
                if moment in history:  # it may have fallen out since
                    history.remove(moment)
                cache.set(key, history, rate.duration)


def take(action: str, request: HttpRequest, *, account: str = "") -> Taken:
    """Count one attempt at `action`, upon the account of this address where there is one. Raises TooMany.

    The same for an address that nobody has: its waiting tells nothing.
    """
    place, who, taken = place_of(request), address_key(account), Taken()
    for rate in LIMITS[action]:
        if rate.per == ACCOUNT and action == "sign_in" and cache.get(_key("known", BOTH, who, place)):
            continue
        try:
            taken.counters.append(_count(_key(action, rate.per, who, place), rate))
        except TooMany as stopped:
            taken.give_back()
            raise TooMany(stopped.seconds, account) from None
    return taken


def _count(key: str, rate: Rate) -> tuple[str, Rate, float]:
    with cache_lock(key) as locked:
        now = time.time()
        if not locked:
            raise TooMany(BUSY)
        allowed, history = apply_rate(cache.get(key, []), now, rate)
        if not allowed:
            raise TooMany(max(1, math.ceil(history[rate.amount - 1] + rate.duration - now)))
        cache.set(key, history, rate.duration)
    return key, rate, now


def know_place(request: HttpRequest, *, account: str) -> None:
    """This account has signed in from here: those who attack it from elsewhere do not make it wait."""
    cache.set(_key("known", BOTH, address_key(account), place_of(request)), True, KNOWN_PLACE)


def free(request: HttpRequest, *, account: str) -> None:
    """A password chosen anew by its letter: what was tried before, from here, is forgotten."""
    place, who = place_of(request), address_key(account)
    cache.delete_many([_key("sign_in", rate.per, who, place) for rate in LIMITS["sign_in"] if rate.per != PLACE])


def place_of(request: HttpRequest) -> str:
    """The address of the trace; of an IPv6 one, the network that one subscriber holds."""
    return truncate_ip(address_of(request))


def _key(action: str, per: str, account: str, place: str) -> str:
    """Nobody who reads the cache learns an address from it."""
    parts = {PLACE: [place], ACCOUNT: [account], BOTH: [account, place]}[per]
    return f"throttling:{action}:{salted_hmac(f'partaj {per}', chr(0).join(parts), algorithm='sha256').hexdigest()}"


def tell_journal(request: HttpRequest, typed: str) -> None:
    """Somebody who is not signed in was stopped: the account aimed at, where there is one, never what was typed.

    One line a minute from one place upon one account: who goes on all the same does not fill the journal.
    """
    aimed = User.objects.with_address(typed).only("pk").first() if typed else None
    if cache.add(_key("told", BOTH, str(aimed.pk) if aimed else "", place_of(request)), True, MINUTE):
        note_refused(aimed, "trop d’essais")


def too_many(request: HttpRequest, seconds: int = MINUTE, account: str = "") -> HttpResponse:
    """The page that says when to try again; allauth's own limits, which are by the minute, come here too."""
    if not request.user.is_authenticated:  # of who is, the trace tells it
        tell_journal(request, account)
    minutes = math.ceil(seconds / 60)
    context = {
        "wait": "une minute" if minutes == 1 else f"{minutes} minutes",
        "again_at": timezone.localtime() + timedelta(minutes=minutes),
    }
    response = render(request, "429.html", context, status=429)
    response["Retry-After"] = str(seconds)
    return response
