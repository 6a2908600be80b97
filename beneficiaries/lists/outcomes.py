"""What becomes of a line, and why."""

from __future__ import annotations

from typing import NamedTuple

from django.db import models


class Outcome(models.TextChoices):
    """From the lightest to the gravest, save IGNORE, which no person has."""

    IMPORT = "import", "à importer"
    IMPORT_WARNING = "import_warning", "à importer avec réserve"
    REVIEW = "review", "à examiner"
    REJECT = "reject", "rejetée"
    IGNORE = "ignore", "ignorée"


COMING = (Outcome.IMPORT, Outcome.IMPORT_WARNING)  # a file is opened, or completed
GRAVITY = {outcome: rank for rank, outcome in enumerate(Outcome)}


class Finding(NamedTuple):
    """One reason: what it asks for, and its sentence."""

    outcome: Outcome
    sentence: str


def warning(sentence: str) -> Finding:
    return Finding(Outcome.IMPORT_WARNING, sentence)


def review(sentence: str) -> Finding:
    return Finding(Outcome.REVIEW, sentence)


def reject(sentence: str) -> Finding:
    return Finding(Outcome.REJECT, sentence)


def gravest(findings: list[Finding]) -> Outcome:
    return max((each.outcome for each in findings), key=GRAVITY.__getitem__, default=Outcome.IMPORT)
