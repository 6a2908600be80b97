"""Who changed what in a file, and when: old and new values in words, from the histories of its rows."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q

from beneficiaries.models import Beneficiary, Enrolment, StepEntry
from partaj.accounts.models import Role, User
from partaj.formats import french_date

SOMEBODY = "quelqu’un d’une autre équipe"
NOBODY = "le système"
IDENTITY, PATH, STEP = "identité et coordonnées", "parcours", "étape"
VERBS = {"+": "première saisie", "~": "modification", "-": "retrait"}
# What sessions store without a history of its own (`first_reviewed_on`) is told by them, not by who saves next.
UNTOLD = {"id", "created_at", "programme", "beneficiary", "enrolment", "first_reviewed_on"}


@dataclass(frozen=True, slots=True)
class Change:
    """One saving: `details` are triples (what, old value, new value), all in words."""

    when: dt.datetime
    who: str
    sentence: str
    details: list[tuple[str, str, str]]


class Words:
    """Values as readers know them; the rows that foreign keys point to are read once per table."""

    def __init__(self, records: Iterable[Any]) -> None:
        wanted: dict[type[models.Model], set[int]] = defaultdict(set)
        for record in records:
            for field in told(record):
                if field.is_relation and (pk := getattr(record, field.attname)):
                    wanted[field.related_model].add(pk)
        self.labels = {model: {row.pk: str(row) for row in model._base_manager.filter(pk__in=pks)}
                       for model, pks in wanted.items()}  # fmt: skip

    def of(self, field: Any, value: Any) -> str:
        if value in (None, ""):
            return "—"
        if field.is_relation:
            return self.labels[field.related_model].get(value, "—")
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        if isinstance(value, bool):
            return "oui" if value else "non"
        return french_date(value) if isinstance(value, dt.date) else str(value)


def told(record: Any) -> list[Any]:
    """The fields of a historical record that mean something to its reader."""
    return [field for field in record.tracked_fields if field.name not in UNTOLD and not field.primary_key]


def author_names(programme: Any, records: Iterable[Any]) -> dict[int, str]:
    """Names of the authors who hold or held a role here; who works elsewhere stays « another team »."""
    authors = {record.history_user_id for record in records if record.history_user_id}
    here = Role.objects.filter(Q(programme=programme) | Q(kind=Role.Kind.ADMINISTRATOR), user__in=authors)
    names = dict.fromkeys(authors, SOMEBODY)
    return names | {user.pk: str(user) for user in User.objects.filter(pk__in=here.values("user"))}


def changes_of(enrolment: Enrolment) -> list[Change]:
    """Every change of the file, the newest first."""
    rows = {
        IDENTITY: Beneficiary.history.filter(id=enrolment.beneficiary_id),
        PATH: Enrolment.history.filter(id=enrolment.pk),
        STEP: StepEntry.history.filter(enrolment_id=enrolment.pk),
    }
    histories = {what: list(history.order_by("id", "history_date", "history_id")) for what, history in rows.items()}
    records = [record for history in histories.values() for record in history]
    words, names = Words(records), author_names(enrolment.programme, records)
    changes = []
    for what, history in histories.items():
        before = None
        for record in history:
            before = before if before is not None and before.id == record.id else None
            changes.append(_change(what, before, record, words, names))
            before = record
    return sorted((each for each in changes if each), key=lambda each: each.when, reverse=True)


def _change(what: str, before: Any, record: Any, words: Words, names: dict[int, str]) -> Change | None:
    verb = VERBS[record.history_type]
    details = []
    if record.history_type == "~" and before is not None:
        details = [
            (str(field.verbose_name), words.of(field, old), words.of(field, new))
            for field in told(record)
            if (old := getattr(before, field.attname)) != (new := getattr(record, field.attname))
        ]
        if not details:
            return None
    elif what == STEP:
        details = [(words.of(field, getattr(record, field.attname)), "", french_date(record.entered_on))
                   for field in told(record) if field.name == "step"]  # fmt: skip
    who = names.get(record.history_user_id, NOBODY) if record.history_user_id else NOBODY
    return Change(record.history_date, who, f"{what} : {verb}", details)


def last_change(enrolment: Enrolment) -> Change | None:
    """Who saved the file last, for those who come second."""
    records = [
        record
        for model, pk in ((Beneficiary, enrolment.beneficiary_id), (Enrolment, enrolment.pk))
        if (record := model.history.filter(id=pk).order_by("-history_date", "-history_id").first())
    ]
    if not records:
        return None
    record = max(records, key=lambda each: each.history_date)
    names = author_names(enrolment.programme, [record])
    return Change(record.history_date, names.get(record.history_user_id, NOBODY), "", [])
