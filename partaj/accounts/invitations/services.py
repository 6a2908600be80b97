"""Decisions on invitations. Keyword-only, atomic; each raises Refused with the sentence to show."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import Any

from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from partaj.accounts import throttling
from partaj.accounts.invitations.models import Invitation
from partaj.accounts.models import User
from partaj.confirming import Refused
from partaj.links import absolute

LIFE = dt.timedelta(hours=24)
# The same for a link that was used, cancelled, replaced, too old, cut or forged: it tells nothing of any account.
LINK_OVER = (
    "Il a déjà servi, il a plus de 24 heures, il a été remplacé par un autre, ou la messagerie l’a coupé. "
    "Demandez une nouvelle invitation à l’administrateur de votre structure."
)


def digest_of(key: str) -> str:
    """A key has 256 bits of chance: a plain digest hides it from whoever reads the database."""
    return hashlib.sha256(key.encode()).hexdigest()


def invite(*, account: User, by: Any, request: HttpRequest) -> Invitation:
    """Send a link to the account's address; it replaces the one before.

    Raises Refused, TooMany (letters upon one account), and OSError where the mail cannot leave: the former invitation
    then stays as it was.
    """
    throttling.take("invitation", request, account=account.email)
    key = secrets.token_urlsafe(32)
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=account.pk)
        if not locked.is_active:
            raise Refused("Ce compte est suspendu : réactivez-le avant d’envoyer une invitation.")
        if locked.has_usable_password():
            raise Refused(
                "Cette personne a déjà choisi son mot de passe. Si elle l’a oublié, « Mot de passe oublié » "
                "sur la page de connexion lui envoie un lien."
            )
        _cancel_pending(locked)
        invitation = Invitation.objects.create(
            account=locked, address=locked.email, digest=digest_of(key), made_by=by, expires_at=timezone.now() + LIFE
        )
        _letter(invitation, key, request).send()
    return invitation


def _letter(invitation: Invitation, key: str, request: HttpRequest) -> EmailMessage:
    context = {
        "account": invitation.account,
        "expires_at": invitation.expires_at,
        "choose_url": absolute(request, reverse("invitation_link", args=[key])),
        "site_url": absolute(request, "/"),
    }
    text = render_to_string("accounts/invitation_mail.txt", context)
    return EmailMessage("Votre accès à PARTAJ", text, None, [invitation.address])


@transaction.atomic
def cancel(*, account: User) -> None:
    """The link that was sent opens nothing any more."""
    User.objects.select_for_update().get(pk=account.pk)
    if not _cancel_pending(account):
        raise Refused("Aucune invitation n’attend de réponse : elle a servi, ou quelqu’un l’a retirée.")


def _cancel_pending(account: User) -> bool:
    """The account's row is locked by the caller."""
    pending = Invitation.objects.pending().filter(account=account).first()
    if pending is None:
        return False
    pending.cancelled_at = timezone.now()
    pending.save(update_fields=["cancelled_at"])
    return True


@transaction.atomic
def accept(*, digest: str, password: str) -> User:
    """The holder's password is chosen, once. Raises Refused where the link opens nothing any more."""
    found = Invitation.objects.good().filter(digest=digest).first()
    if found is None:
        raise Refused(LINK_OVER)
    account = User.objects.select_for_update().get(pk=found.account_id)
    invitation = Invitation.objects.good().filter(pk=found.pk).first()
    if invitation is None:  # used, cancelled or replaced while we waited for the account's row
        raise Refused(LINK_OVER)
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    account.set_password(password)
    account.save(update_fields=["password"])
    return account
