"""Recovery codes: each replaces once the telephone or the key that is missing.

Only salted hashes of them are kept, by the hasher of passwords; their holder sees them once, in the answer that makes
them. A code begins with its rank among the ten, which says the one hash to compare it with: a right, a wrong or a used
one, and one of an account that has none, cost the same.
"""

from __future__ import annotations

import secrets
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from partaj.accounts.models import User

COUNT = 10  # their rank is one digit
CHANCE = 8  # digits drawn by chance after it: 26 bits
KIND = Authenticator.Type.RECOVERY_CODES


def draw() -> list[str]:
    return [f"{rank}{secrets.randbelow(10**CHANCE):0{CHANCE}}" for rank in range(COUNT)]


def hashed(codes: list[str]) -> list[str]:
    """Slow on purpose, one after the other: before a transaction, never inside."""
    return [make_password(code) for code in codes]


@transaction.atomic
def keep(user: Any, hashes: list[str]) -> None:
    """Those of before open nothing any more."""
    User.objects.select_for_update().get(pk=user.pk)  # two renewals at once would leave two sets
    for former in Authenticator.objects.filter(user=user, type=KIND):
        former.delete()
    # allauth would look for its own seed: it finds a list of codes of its own, with none in it.
    data = {"hashes": hashes, "used": [], "migrated_codes": []}
    Authenticator.objects.create(user=user, type=KIND, data=data)


def are_kept(user: Any) -> bool:
    return Authenticator.objects.filter(user=user, type=KIND).exists()


def left(row: Authenticator | None) -> int:
    """How many of this set still open."""
    return len(row.data["hashes"]) - len(row.data["used"]) if row else 0


def is_one(typed: str) -> bool:
    """Whether it is written as a recovery code, rather than as that of an application."""
    return len(typed) == 1 + CHANCE and typed.isascii() and typed.isdecimal()


def use(user: Any, code: str) -> Authenticator | None:
    """The set that holds this code, which from now on opens nothing; None where it opens nothing already."""
    row, rank = Authenticator.objects.filter(user=user, type=KIND).first(), int(code[0])
    if row is None:
        make_password(code)
        return None
    known = row.data["hashes"][rank]
    return _used_up(row, rank, known) if check_password(code, known) else None


@transaction.atomic
def _used_up(row: Authenticator, rank: int, known: str) -> Authenticator | None:
    """Read again under a lock: of two who give the same code at once, one comes in."""
    held = Authenticator.objects.select_for_update().filter(pk=row.pk).first()
    if held is None or held.data["hashes"][rank] != known or rank in held.data["used"]:
        return None
    held.data["used"].append(rank)
    held.save(update_fields=["data"])
    return held
