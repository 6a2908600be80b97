"""Lines of a list in words, ready for a page: what they say, why they wait, whom they look like."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from beneficiaries.lists.likeness import Strength
from beneficiaries.lists.outcomes import Outcome
from beneficiaries.models import ImportBatch, ImportLine
from partaj.formats import french_date

NOT_SEEN = "une personne hors de votre périmètre"


def birth_of(line: ImportLine) -> str:
    born = line.value("birth_date")
    return french_date(dt.date.fromisoformat(born)) if born else ""


def lines_in_words(lines: Iterable[ImportLine], batch: ImportBatch, reader: Any) -> list[dict[str, Any]]:
    number = batch.programme.number
    return [
        {
            "pk": line.pk,
            "number": line.number,
            "last_name": line.value("last_name") or "—",
            "first_name": line.value("first_name") or "—",
            "born": birth_of(line) or "—",
            "about": about(line),
            "reasons": line.reasons or [NO_REASON if line.outcome == Outcome.IMPORT else ""],
            "decision": line.get_decision_display() if line.decision else "",
            "compare": bool(line.alike),
            "is_person": line.kind == "person",
            "can_be_decided": line.can_be_decided,
            "url": reverse("beneficiaries:line", args=[number, batch.pk, line.pk]),
            "file_url": reverse("beneficiaries:detail", args=[number, line.enrolment_id]) if line.enrolment_id else "",
        }
        for line in lines
    ]


NO_REASON = "Rien à signaler."


def about(line: ImportLine) -> str:
    """What they followed, or the contract that was broken: « 15/01/2026, Garage Roux »."""
    day = line.value("broken_on")
    broken = [french_date(dt.date.fromisoformat(day)) if day else "", line.value("company")]
    return ", ".join(filter(None, broken)) or line.value("step_label") or line.value("step_code")


def strength_in_words(strength: str) -> str:
    return Strength(strength).label if strength in Strength.values else ""
