"""Decisions on accounts and roles. Keyword-only, atomic; each raises Refused with the sentence to show.

PARTAJ always keeps an administrator: the decisions that take one away look at all of them under one lock.
"""

import datetime as dt
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from partaj.accounts.invitations.models import Invitation
from partaj.accounts.models import CalendarKey, Role, User
from partaj.confirming import Refused

LAST_ADMINISTRATOR = (
    "C’est le dernier administrateur en activité : PARTAJ n’aurait plus personne pour ouvrir des accès. "
    "Donnez d’abord ce rôle, sans date de fin, à quelqu’un d’autre, et attendez que cette personne ait choisi son mot "
    "de passe."
)


def _lock_administrators() -> None:
    """Every decision that may take one away locks the same rows in the same order: two never pass side by side."""
    list(Role.objects.select_for_update().filter(kind=Role.Kind.ADMINISTRATOR).order_by("pk"))


def _keep_an_administrator(*, without: Role | User) -> None:
    """Refused unless, `without` this role or this account, somebody who can sign in is still one, without an end."""
    left = Role.objects.lasting().filter(kind=Role.Kind.ADMINISTRATOR)
    left = left.exclude(pk=without.pk) if isinstance(without, Role) else left.exclude(user=without)
    if not left.exists():
        raise Refused(LAST_ADMINISTRATOR)


def _cancel_invitations(user: User) -> None:
    """Where the account is closed or has another address; its row is locked by the caller."""
    for invitation in Invitation.objects.pending().filter(account=user):
        invitation.cancelled_at = timezone.now()
        invitation.save(update_fields=["cancelled_at"])


@transaction.atomic
def open_account(*, user: User) -> User:
    """A new account, validated by the caller; it has no password until its holder chooses one (invitations)."""
    user.set_unusable_password()
    user.save()
    return user


@transaction.atomic
def rename_account(*, user: User) -> User:
    """Save a changed name or e-mail; the former e-mail, what was sent there and who came by it open nothing."""
    former = User.objects.select_for_update().get(pk=user.pk).email
    # Nothing else of the row: a suspension or a password chosen meanwhile stays.
    user.save(update_fields=["first_name", "last_name", "email", "address_key", "folded_name"])
    if user.email != former:
        _cancel_invitations(user)
        for identity in user.proconnect_identities.all():
            identity.delete()
    EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
    return user


@transaction.atomic
def suspend_account(*, user: User) -> None:
    """From the next request nothing opens any more; roles and history are kept."""
    _lock_administrators()
    if Role.objects.in_force().filter(user=user, kind=Role.Kind.ADMINISTRATOR).exists():
        _keep_an_administrator(without=user)
    locked = User.objects.select_for_update().get(pk=user.pk)
    locked.is_active = False
    locked.save(update_fields=["is_active"])
    _cancel_invitations(locked)
    CalendarKey.objects.filter(account=locked).delete()  # opened again, the account makes another


@transaction.atomic
def restore_account(*, user: User) -> None:
    """Opens it again; the months without use are counted from now on."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    locked.is_active, locked.reopened_at = True, timezone.now()
    locked.save(update_fields=["is_active", "reopened_at"])


@transaction.atomic
def give_role(*, role: Role, by: Any) -> Role:
    """A role validated by the caller, who confirms it by giving it; it is not given twice over the same days."""
    User.objects.select_for_update().get(pk=role.user_id)
    twins = Role.objects.filter(
        user=role.user_id, kind=role.kind, programme=role.programme_id, territory=role.territory_id,
        organisation=role.organisation_id,
    )  # fmt: skip
    if any(_overlap(role, twin) for twin in twins):
        raise Refused("Cette personne a déjà ce rôle à ces dates : mettez-y fin d’abord, ou changez les dates.")
    role.confirmed_at, role.confirmed_by = timezone.now(), by
    role.save()
    return role


def _overlap(one: Role, other: Role) -> bool:
    last = dt.date.max
    return one.starts_on <= (other.ends_on or last) and other.starts_on <= (one.ends_on or last)


@transaction.atomic
def end_role(*, role: Role) -> None:
    """Its last day is today. A role that has not begun is taken away; one that has ended stays as it is."""
    _lock_administrators()
    today = timezone.localdate()
    locked = Role.objects.select_for_update().get(pk=role.pk)
    if locked.ends_on is not None and locked.ends_on <= today:
        raise Refused("Ce rôle a déjà pris fin.")
    if locked.starts_on > today:
        locked.delete()
        return
    if locked.kind == Role.Kind.ADMINISTRATOR and locked.user.is_active:
        _keep_an_administrator(without=locked)
    locked.ends_on = today
    locked.save()


@transaction.atomic
def confirm_role(*, role: Role, by: Any) -> None:
    """Somebody who answers for it says that it is still needed; it is asked again in a year."""
    locked = Role.objects.select_for_update().get(pk=role.pk)
    if locked.is_over:
        raise Refused("Ce rôle a pris fin entre-temps : il n’y a plus rien à confirmer.")
    locked.confirmed_at, locked.confirmed_by = timezone.now(), by
    locked.save()
