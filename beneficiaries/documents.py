"""The decisions about the papers of a file. Keyword-only, atomic; those of `services` in every other way
(ClosedProgramme, ValidationError in French sentences).

The bytes lie in the vault (partaj.uploads.vault), the row says whose they are. They are written before the row and
destroyed after it: whatever stops half-way leaves a file that no row names, and `discard_orphans` takes it away.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from beneficiaries.models import Document, Enrolment, LogEntry
from beneficiaries.services import held_row, hold, write_log
from partaj.formats import french_date
from partaj.programmes.services import refuse_closed
from partaj.uploads import vault
from partaj.uploads.gate import Accepted

MOST = 50  # in one file
TAKEN_OUT = "Ce document vient d’être retiré : rien d’autre n’a changé."
TOO_MANY = f"Ce dossier a déjà {MOST} documents : retirez ceux qui ne servent plus, puis renvoyez celui-ci."


@dataclass(frozen=True, slots=True)
class Sent:
    """What is sent at one go. A private paper is read by its author alone, and so is what the timeline tells of it."""

    file: Accepted
    kind: str
    about: str = ""
    dated_on: dt.date | None = None
    is_private: bool = False


@transaction.atomic
def put_in(*, enrolment: Enrolment, sent: Sent, by: Any) -> Document | None:
    """The paper joins the file. None where the very same one is there already, as far as `by` may see: two clicks are
    one. Raises ValidationError where the file holds too many, or where the parts disagree."""
    refuse_closed(enrolment.programme)
    hold(enrolment)
    digest = hashlib.sha256(sent.file.content).hexdigest()
    known = list(Document.objects.of_file(enrolment, by).order_by().values_list("digest", "is_private"))
    if (digest, sent.is_private) in known:
        return None
    if len(known) >= MOST:
        raise ValidationError(TOO_MANY)
    row = Document(
        enrolment=enrolment, kind=sent.kind, about=sent.about, dated_on=sent.dated_on, is_private=sent.is_private,
        filename=sent.file.filename, mime=sent.file.kind.mime, size=len(sent.file.content), digest=digest, author=by,
    )  # fmt: skip
    row.full_clean(exclude=["stored"])
    row.stored = vault.keep(sent.file)
    try:
        row.save()
        day = f", daté du {french_date(sent.dated_on)}" if sent.dated_on else ""
        _tell(row, f"Document ajouté : {row}{day}.", by)
    except BaseException:
        vault.discard(row.stored)
        raise
    return row


@transaction.atomic
def take_out(*, document: Document, reason: str, by: Any) -> None:
    """Its content is destroyed; the timeline keeps that it was there, and why it is no more. Raises ValidationError
    where somebody took it out meanwhile."""
    held = held_row(document, TAKEN_OUT)
    _tell(held, f"Document retiré : {held}. {reason}", by)
    held.delete()


def _tell(row: Document, sentence: str, by: Any) -> None:
    """Neither the name of the file nor its size: whoever named it may have written there what has no place here."""
    write_log(enrolment=row.enrolment, kind=LogEntry.Kind.DOCUMENT, happened_on=timezone.localdate(),
              sentence=sentence, author=by, is_private=row.is_private)  # fmt: skip


def destroy_content(instance: Document, **kwargs: Any) -> None:
    """Whatever removes a row removes its bytes, once nothing can bring the row back (signal post_delete)."""
    name = instance.stored
    transaction.on_commit(lambda: vault.discard(name))
