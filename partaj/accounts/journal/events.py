"""What happens at the door: signing in and out, attempts that fail, and what protects an account."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa import signals as second_factor
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest

from partaj.accounts.journal import changes
from partaj.accounts.journal.models import JournalEntry
from partaj.accounts.journal.trace import current

Kind = JournalEntry.Kind
SECURITY = {
    account.password_set: "mot de passe choisi",
    account.password_changed: "mot de passe changé",
    account.password_reset: "mot de passe oublié, changé",
}
FACTORS = {"totp": "application de codes", "webauthn": "clé d’accès", "recovery_codes": "codes de secours"}
WAYS = {"password": "mot de passe", "socialaccount": "ProConnect", "password_reset": "mot de passe oublié"}


def connect() -> None:
    user_logged_in.connect(_signed_in, dispatch_uid="journal signed in")
    user_logged_out.connect(_signed_out, dispatch_uid="journal signed out")
    user_login_failed.connect(_failed, dispatch_uid="journal failed")
    for signal in SECURITY:
        signal.connect(_protected, dispatch_uid="journal security")
    # Rather than allauth's own signals, which come once the transaction is over.
    post_save.connect(_factor_saved, sender=Authenticator, dispatch_uid="journal second factor")
    post_delete.connect(_factor_removed, sender=Authenticator, dispatch_uid="journal second factor")
    second_factor.authentication_failed.connect(_factor_failed, dispatch_uid="journal second factor failed")


def note_security(subject: Any, detail: str) -> None:
    """Something that protects the account `subject`, done by who is signed in, be it another.

    In the transaction of what it tells, as every change is.
    """
    trace = current.get()
    if trace is not None:
        _be_in_transaction(detail)
        trace.now(Kind.SECURITY, subject=_subject(subject), detail=detail)


def _be_in_transaction(detail: str) -> None:
    if not changes.in_transaction():
        raise RuntimeError(f"« {detail} » is written outside a transaction: the change could be kept without it")


def note_refused(aimed: Any, detail: str) -> None:
    """Somebody who did not come in; `aimed` is the account, None where there is none."""
    trace = current.get()
    if trace is not None:
        trace.now(Kind.SIGN_IN_FAILED, subject=_subject(aimed), detail=detail)


def _note(kind: str, user: Any, detail: str = "") -> None:
    trace = current.get()
    if trace is not None:
        trace.now(kind, actor=getattr(user, "pk", None), subject=_subject(user), detail=detail)


def _subject(user: Any) -> str:
    return f"accounts.user:{user.pk}" if user is not None else ""


def _signed_in(user: Any, request: HttpRequest, **kwargs: Any) -> None:
    """By which ways, in their order: « mot de passe, application de codes »."""
    shown = [_way(record) for record in get_authentication_records(request, user)]
    _note(Kind.SIGNED_IN, user, ", ".join(filter(None, shown)))


def _way(record: dict[str, Any]) -> str:
    return FACTORS.get(record.get("type", ""), "") or WAYS.get(record["method"], "")


def _signed_out(user: Any, request: HttpRequest, **kwargs: Any) -> None:
    if user is not None:
        _note(Kind.SIGNED_OUT, user, getattr(request, "session_over", ""))


def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    """The account aimed at, where there is one; what was typed is not kept."""
    trace = current.get()
    if trace is not None:
        aimed = get_user_model().objects.with_address(str(credentials.get("email") or "")).only("pk").first()
        trace.now(Kind.SIGN_IN_FAILED, subject=_subject(aimed))


def _protected(signal: Any, user: Any, **kwargs: Any) -> None:
    if current.get() is not None:
        _be_in_transaction(SECURITY[signal])
    _note(Kind.SECURITY, user, SECURITY[signal])


def _factor_saved(
    instance: Authenticator, created: bool, update_fields: frozenset[str] | None = None, **kwargs: Any
) -> None:
    """A use saves some columns by their name; a whole row that was there already is a key given another name."""
    if created:
        note_security(instance.user, f"{FACTORS[instance.type]} : ajout")
    elif update_fields is None:
        note_security(instance.user, f"{FACTORS[instance.type]} : nouveau nom")


def _factor_removed(instance: Authenticator, **kwargs: Any) -> None:
    note_security(instance.user, f"{FACTORS[instance.type]} : retrait")


def _factor_failed(user: Any, reauthentication: bool = False, **kwargs: Any) -> None:
    note_refused(user, "second facteur à confirmer" if reauthentication else "second facteur")
