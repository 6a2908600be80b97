"""What the rows that stayed had been before a merger, and which of these values can be given back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.apps import apps

from beneficiaries.merging.moving import plain
from beneficiaries.models import Beneficiary, Enrolment, Merge, StepEntry
from beneficiaries.models.paths import PATH_DATES
from beneficiaries.telling import NOUNS


@dataclass
class Values:
    """What the rows that stay had been. `restored`, `kept`: in words; kept where somebody changed them since."""

    rows: list[Any] = field(default_factory=list)
    former: list[tuple[Any, dict[str, list[Any]]]] = field(default_factory=list)
    restored: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    def set(self) -> None:
        """On the rows, which the caller saves. Days that would contradict what was noted since are kept instead."""
        for row, values in self.former:
            _set(row, {name: before for name, (before, _) in values.items()})
        for row, values in self.former:
            if values.keys() & set(PATH_DATES) and row.date_errors():
                _set(row, {name: after for name, (_, after) in values.items()})
                self.restored.remove(_noun(row, values))
                self.kept.append(_noun(row, values))


def values_to_restore(merge: Merge) -> Values:
    """Read from the rows as they are; nothing is changed yet."""
    found: dict[tuple[str, int], Any] = {}
    values = Values()
    person = Beneficiary.objects.get(pk=merge.enrolment.beneficiary_id)
    for row in [person, *Enrolment.objects.filter(pk__in=merge.paths.values()).order_by("pk")]:
        found[row._meta.label_lower, row.pk] = row
    for change in merge.changed:
        key = change["model"], change["pk"]
        row = found[key] = found.get(key) or apps.get_model(key[0])._base_manager.filter(pk=key[1]).first()
        if row is None:  # a step taken back since
            continue
        noun = _noun(row, change["values"])
        if all(plain(row, name) == after for name, (_, after) in change["values"].items()):
            values.former.append((row, change["values"]))
            values.restored += filter(None, [noun])
        else:
            values.kept += filter(None, [noun])
    values.rows = [row for row in found.values() if row is not None]
    return values


def _set(row: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, row._meta.get_field(name).to_python(value))


def _noun(row: Any, values: dict[str, Any]) -> str:
    """« le téléphone », « la date de l’étape « Bilan » »; nothing for what nobody types."""
    if isinstance(row, StepEntry):
        return f"la date de l’étape «\u00a0{row.step.label}\u00a0»"
    return NOUNS.get(row._meta.get_field(next(iter(values))).name, "")
