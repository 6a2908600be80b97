"""Accounts that nobody uses: a letter after five months and a half, suspended after six, kept with their roles.

The months are counted from the last sign-in, else from the opening or the reopening of the account. Nobody is suspended
without a letter at least two weeks before, however late the command runs; the last administrator never is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone

from partaj.accounts.models import JournalEntry, User
from partaj.accounts.services import suspend_account
from partaj.confirming import Refused

SIX_MONTHS = dt.timedelta(days=183)
NOTICE = dt.timedelta(days=14)
COMMAND = "suspend_unused_accounts"


@dataclass(frozen=True)
class Outcome:
    """What was done with one account, or would be; `failed`: what could not."""

    account: User
    sentence: str
    failed: bool = False


def go_through(*, dry_run: bool) -> Iterator[Outcome]:
    """Each account that has had no use for long: warned, suspended, or left for the reason said."""
    now = timezone.now()
    for account in _idle_since(now - SIX_MONTHS + NOTICE):
        if not _was_warned(account):
            yield _warn(account, now, dry_run=dry_run)
        elif _is_due(account, now):
            yield _suspend(account, now, dry_run=dry_run)


def _idle_since(moment: dt.datetime) -> Iterator[User]:
    """The query narrows; `used_at` decides."""
    early = Q(last_login=None) | Q(last_login__lte=moment)
    accounts = User.objects.filter(early, is_active=True, date_joined__lte=moment).order_by("pk")
    return (account for account in accounts.iterator() if account.used_at <= moment)


def _was_warned(account: User) -> bool:
    """Since its last use: a former letter counts no more."""
    return account.unused_notice_at is not None and account.unused_notice_at > account.used_at


def _is_due(account: User, now: dt.datetime) -> bool:
    warned_at = account.unused_notice_at if _was_warned(account) else None
    return warned_at is not None and warned_at <= now - NOTICE and account.used_at <= now - SIX_MONTHS


def _ends_at(account: User, now: dt.datetime) -> dt.datetime:
    return max(account.used_at + SIX_MONTHS, now + NOTICE)


def _warn(account: User, now: dt.datetime, *, dry_run: bool) -> Outcome:
    ends_at = _ends_at(account, now)
    said = f"suspension prévue le {timezone.localtime(ends_at):%d/%m/%Y}"
    if dry_run:
        return Outcome(account, f"serait prévenu, {said}")
    try:
        with transaction.atomic():
            account.unused_notice_at = now
            account.save(update_fields=["unused_notice_at"])
            _write(account, "compte inutilisé : titulaire prévenu")
            _letter(account, "accounts/unused_notice_mail.txt", "Votre compte PARTAJ va être suspendu", ends_at).send()
    except OSError:
        return Outcome(account, "n’a pas pu être prévenu : le courriel n’est pas parti, il sera retenté", failed=True)
    return Outcome(account, f"prévenu, {said}")


def _suspend(account: User, now: dt.datetime, *, dry_run: bool) -> Outcome:
    try:
        with transaction.atomic():
            suspend_account(user=account)
            fresh = User.objects.get(pk=account.pk)
            if not _is_due(fresh, now):
                raise Refused("s’est connecté entre-temps")
            _write(account, "compte inutilisé depuis six mois : suspendu")
            if dry_run:
                transaction.set_rollback(True)
    except Refused as refusal:
        return Outcome(account, f"gardé : {refusal}")
    if dry_run:
        return Outcome(account, "serait suspendu")
    try:
        _letter(account, "accounts/unused_suspended_mail.txt", "Votre compte PARTAJ est suspendu", now).send()
    except OSError:
        return Outcome(account, "suspendu ; le courriel qui le dit n’est pas parti", failed=True)
    return Outcome(account, "suspendu")


def _letter(account: User, template: str, subject: str, day: dt.datetime) -> EmailMessage:
    text = render_to_string(template, {"account": account, "used_at": account.used_at, "day": day})
    return EmailMessage(subject, text, None, [account.email])


def _write(account: User, detail: str) -> None:
    """A line of the journal, in the transaction; nobody's request, hence neither actor nor address."""
    JournalEntry.objects.write(
        [
            JournalEntry(
                kind=JournalEntry.Kind.CHANGED, page=COMMAND, subject=f"accounts.user:{account.pk}", detail=detail
            )
        ]
    )
