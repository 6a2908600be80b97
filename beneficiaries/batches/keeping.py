"""A judged line → what is kept of it, as plain values that the database and a page can hold."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from beneficiaries.lists.breaks import in_words
from beneficiaries.lists.columns import Columns
from beneficiaries.lists.judging import Judged
from beneficiaries.lists.layout import Kind
from beneficiaries.lists.sensitive import holds_forbidden_number, tells_of_health
from beneficiaries.lists.students import Student
from beneficiaries.phones import displayed_phone

# What stays with the line; the rest (`PERSON_FIELDS`) becomes the person’s file, and a break goes beside it.
BESIDE = {
    "student_number": "n° d’étudiant",
    "step_label": "formation",
    "step_code": "code de la formation",
    "year": "année",
    "diploma": "diplôme",
    "phone_e164": "téléphone (E.164)",
    "nationality": "nationalité",
    "scholarship": "bourse",
    "comment": "commentaire",
}


def beside(said: Mapping[str, str]) -> list[tuple[str, str]]:
    """What a line says that no file of a person holds, each with its label, in words."""
    return [(label, said[name]) for name, label in BESIDE.items() if said.get(name)] + in_words(said)


def values_of(student: Student) -> dict[str, str]:
    """The values fit to be written, names in their displayed form; those that are empty are left out."""
    values = {
        "last_name": student.displayed_last_name,
        "usage_name": student.displayed_usage_name,
        "first_name": student.displayed_first_name,
        "birth_date": student.birth_date.isoformat() if student.birth_date else "",
        "sex": str(student.sex),
        "ine": student.ine,
        "phone": displayed_phone(student.phone_e164) or student.phone,
        "phone_e164": student.phone_e164,
        "email": student.email,
        "address": student.address,
        "postcode": student.postcode,
        "city": student.city,
        "student_number": student.student_number,
        "step_code": student.step_code,
        "step_label": student.step_label,
        "year": student.year,
        "diploma": student.diploma,
    } | {str(field): text for field, text in student.extras.items()}
    return {name: value for name, value in values.items() if value}


def typed(name: str, text: str) -> Any:
    """A value kept of a person, as their model has it."""
    if name == "birth_date":
        return dt.date.fromisoformat(text) if text else None
    return text


def as_text(value: Any) -> str:
    """A value of a person, as lines keep it."""
    return value.isoformat() if isinstance(value, dt.date) else str(value or "")


def digest_of(values: dict[str, Any]) -> str:
    """The same for what says the same of the same person, whatever the layout of the list."""
    said = json.dumps(values, sort_keys=True, ensure_ascii=False)
    return hashlib.blake2s(said.encode(), digest_size=16).hexdigest()


class Cells:
    """The raw cells that are kept: those of the columns that are taken, and those beyond the last title, which a person
    must see to put a shifted line right; never one that holds what may not come in."""

    def __init__(self, columns: Columns) -> None:
        self.width = len(columns.titles)
        self.taken = {index for places in columns.places.values() for index in places}
        self.free = set(columns.free_text)
        self.all_taken = len(self.taken) == self.width

    def of(self, each: Judged) -> list[str]:
        if each.nature.kind is not Kind.PERSON:
            return []
        cells = each.record.cells
        if self.all_taken and len(cells) <= self.width and not each.findings:
            return cells
        return [cell if self._is_kept(index, cell) else "" for index, cell in enumerate(cells)]

    def _is_kept(self, index: int, cell: str) -> bool:
        if not cell or (index < self.width and index not in self.taken):
            return False
        written_freely = index in self.free or index >= self.width
        return not (holds_forbidden_number([cell]) or (written_freely and tells_of_health(cell)))
