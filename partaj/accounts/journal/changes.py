"""Every row that PARTAJ saves or removes for somebody is written in the journal, in the same transaction.

Rows written in bulk say nothing by themselves: services that do so save, beside them, a row that does.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Model
from django.db.models.signals import post_delete, post_save

from partaj.accounts.journal.models import JournalEntry, spaced
from partaj.accounts.journal.trace import current

OURS = ("territories", "programmes", "accounts", "beneficiaries", "cellules", "funding", "reports")
# What somebody was typing is theirs alone, the journal does not write about itself, and an agenda's address is told as
# « sécurité du compte », with the account.
SILENT = {"accounts.draft", "accounts.journalentry", "accounts.journalseal", "accounts.calendarkey"}
UNREMARKABLE = frozenset({"last_login"})
Kind = JournalEntry.Kind


def in_transaction() -> bool:
    return transaction.get_connection().in_atomic_block


def connect() -> None:
    for label in OURS:
        for model in apps.get_app_config(label).get_models():
            if model._meta.label_lower not in SILENT and not hasattr(model, "instance_type"):  # nor history rows
                post_save.connect(_saved, sender=model, dispatch_uid=f"journal {model._meta.label}")
                post_delete.connect(_removed, sender=model, dispatch_uid=f"journal {model._meta.label}")


def _saved(instance: Model, created: bool, raw: bool, update_fields: frozenset[str] | None, **kwargs: Any) -> None:
    if not raw and (update_fields is None or not update_fields <= UNREMARKABLE):
        _write(instance, Kind.CREATED if created else Kind.CHANGED)


def _removed(instance: Model, **kwargs: Any) -> None:
    _write(instance, Kind.REMOVED)


def _write(instance: Model, kind: str) -> None:
    trace = current.get()
    if trace is None:  # a command or a test: nobody's request
        return
    if not in_transaction():
        raise RuntimeError(f"{instance._meta.label} is saved outside a transaction: its trace could be lost")
    own = instance._meta.label_lower == "beneficiaries.enrolment"
    # What belongs to a person rather than to a path says which paths it touches, where it knows.
    files = instance.files_touched() if kind == Kind.CHANGED and hasattr(instance, "files_touched") else ()
    trace.now(
        kind,
        subject=f"{instance._meta.label_lower}:{instance.pk}",
        enrolment_id=instance.pk if own else getattr(instance, "enrolment_id", None),
        programme=getattr(instance, "programme_id", None),
        shown=spaced(files),
        detail=str(instance._meta.verbose_name),
    )
