"""Decisions on accounts and roles. Keyword-only, atomic; each raises Refused with the sentence to show.

PARTAJ always keeps an administrator: the decisions that take one away look at all of them under one lock.
"""

import datetime as dt

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.core.mail import send_mail
from django.db import transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from partaj.accounts.models import Role, User
from partaj.confirming import Refused

LAST_ADMINISTRATOR = (
    "C’est le dernier administrateur en activité : PARTAJ n’aurait plus personne pour ouvrir des accès. "
    "Donnez d’abord ce rôle à quelqu’un d’autre."
)


def _lock_administrators() -> None:
    """Every decision that may take one away locks the same rows in the same order: two never pass side by side."""
    list(Role.objects.select_for_update().filter(kind=Role.Kind.ADMINISTRATOR).order_by("pk"))


def _keep_an_administrator(*, without: Role | User) -> None:
    """Refused unless somebody is still an administrator tomorrow `without` this role, or this account."""
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    others = Role.objects.in_force().filter(kind=Role.Kind.ADMINISTRATOR) & Role.objects.in_force(tomorrow)
    left = others.exclude(pk=without.pk) if isinstance(without, Role) else others.exclude(user=without)
    if not left.exists():
        raise Refused(LAST_ADMINISTRATOR)


@transaction.atomic
def open_account(*, user: User) -> User:
    """A new account, validated by the caller; it has no password until its holder chooses one (welcome)."""
    user.set_unusable_password()
    user.save()
    return user


def welcome(*, user: User, request: HttpRequest) -> None:
    """Send the mail by which the holder chooses a password. Raises OSError where the mail cannot leave."""
    if not user.is_active:
        raise Refused("Ce compte est suspendu : réactivez-le avant d’envoyer le courriel.")
    path = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)},
    )
    context = {
        "account": user,
        "choose_url": request.build_absolute_uri(path),
        "site_url": request.build_absolute_uri("/"),
    }
    text = render_to_string("accounts/welcome_mail.txt", context)
    send_mail("Votre accès à PARTAJ", text, None, [user.email])


@transaction.atomic
def rename_account(*, user: User) -> User:
    """Save a changed name or e-mail; the former e-mail opens nothing any more."""
    # Nothing else of the row: a suspension or a password chosen meanwhile stays.
    user.save(update_fields=["first_name", "last_name", "email", "folded_name"])
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
    locked.save()


@transaction.atomic
def restore_account(*, user: User) -> None:
    locked = User.objects.select_for_update().get(pk=user.pk)
    locked.is_active = True
    locked.save()


@transaction.atomic
def give_role(*, role: Role) -> Role:
    """A role validated by the caller; the same one is not given twice over the same days."""
    User.objects.select_for_update().get(pk=role.user_id)
    twins = Role.objects.filter(
        user=role.user_id, kind=role.kind, programme=role.programme_id, territory=role.territory_id,
        organisation=role.organisation_id,
    )  # fmt: skip
    if any(_overlap(role, twin) for twin in twins):
        raise Refused("Cette personne a déjà ce rôle à ces dates : mettez-y fin d’abord, ou changez les dates.")
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
