"""The choices of how a list is read, as a page sends them and as the base keeps them; and those that are remembered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from beneficiaries.lists.choices import NO_HEADER, Choices
from beneficiaries.lists.columns import Columns, Field, fields_of, title_key
from beneficiaries.lists.kinds import ListKind
from beneficiaries.lists.sensitive import without_number
from beneficiaries.models import ImportBatch, Sender


def choices_of(batch: ImportBatch) -> Choices:
    """What somebody chose for this list, and, for columns that they left alone, what was chosen for the last one."""
    kept: dict[str, Any] = dict(batch.choices)
    mapping = kept.pop("mapping", None)
    return Choices(
        **kept,
        mapping={int(index): Field(field) if field else None for index, field in mapping.items()} if mapping else None,
        remembered=remembered(batch),
    )


def remembered(batch: ImportBatch) -> dict[str, Field | None]:
    """By title, what this structure's columns were said to hold, where a list of this kind may hold it."""
    sender = Sender.objects.filter(programme=batch.programme_id, organisation=batch.organisation_id).first()
    columns, may_hold = sender.columns if sender else {}, fields_of(ListKind(batch.kind))
    return {
        title: Field(field) if field else None for title, field in columns.items() if not field or field in may_hold
    }


def remember(batch: ImportBatch, columns: Iterable[Mapping[str, Any]]) -> None:
    """The next list of this structure is read as this one was. `columns`: those of `batch.told`."""
    if batch.organisation_id is None or batch.told.get("header_line") == NO_HEADER:
        return
    chosen = {
        title_key(each["title"]): each["field"] for each in columns if each["chosen"] and title_key(each["title"])
    }
    if not chosen:
        return
    sender, _ = Sender.objects.get_or_create(programme_id=batch.programme_id, organisation_id=batch.organisation_id)
    if sender.columns != sender.columns | chosen:
        sender.columns = sender.columns | chosen
        sender.save()


def told_of(columns: Columns, chosen: Mapping[int, Field | None]) -> list[dict[str, Any]]:
    """Each column with what it holds or why it is left out, for the page; `chosen`: by hand."""
    field_of = {index: field for field, places in columns.places.items() for index in places}
    reasons = {each.index: each.reason for each in columns.left_out}
    return [
        {
            "index": index,
            "title": without_number(title),
            "field": str(field_of.get(index, "")),
            "label": field_of[index].label if index in field_of else "",
            "reason": reasons.get(index, ""),
            "chosen": index in chosen,
        }
        for index, title in enumerate(columns.titles)
    ]
