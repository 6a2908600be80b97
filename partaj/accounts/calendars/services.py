"""The decisions on one's agenda address. Keyword-only, atomic; each is a line « sécurité du compte » of the journal."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from partaj.accounts.calendars.models import CalendarKey
from partaj.accounts.invitations.services import digest_of
from partaj.accounts.journal.events import note_security
from partaj.accounts.models import User
from partaj.acts import Act, may

AN_HOUR = dt.timedelta(hours=1)


@transaction.atomic
def renew(*, account: User) -> str:
    """A new secret, told once: the former address, if there was one, opens nothing any more."""
    User.objects.select_for_update().get(pk=account.pk)
    secret = secrets.token_urlsafe(32)
    CalendarKey.objects.filter(account=account).delete()
    CalendarKey.objects.create(account=account, digest=digest_of(secret))
    note_security(account, "adresse d’agenda : nouvelle")
    return secret


@transaction.atomic
def withdraw(*, account: User) -> bool:
    """The address opens nothing any more. False where there was none."""
    removed, _ = CalendarKey.objects.filter(account=account).delete()
    if removed:
        note_security(account, "adresse d’agenda : retirée")
    return bool(removed)


def opened_by(secret: str) -> CalendarKey | None:
    """The key of this secret, if its holder may still log youths today: an open account, a role in force.

    Looked up by its digest: how long that takes tells nothing of the secrets that exist.
    """
    key = CalendarKey.objects.filter(digest=digest_of(secret)).select_related("account").first()
    return key if key and may(key.account, Act.LOG_YOUTHS) else None


def note_reading(*, key: CalendarKey) -> None:
    """That it was read, once an hour at most: an agenda comes by itself many times a day."""
    now = timezone.now()
    if key.last_read_at is None or key.last_read_at <= now - AN_HOUR:
        stale = Q(last_read_at=None) | Q(last_read_at__lte=now - AN_HOUR)
        CalendarKey.objects.filter(stale, pk=key.pk).update(last_read_at=now)
