"""What the applications hand to each other while they load the demonstration, floor after floor.

Each application may have a module `demo` with `load(box)`; `manage.py demo` calls them in the order of
INSTALLED_APPS, in one transaction. A lower floor leaves in the box what the upper ones will need, by the names
that the demonstration itself gives to things. The two optional functions that the command also asks for:
`is_loaded()`, whether the demonstration is already there, and `holds_data()`, whether there is anything at all.
"""

import datetime as dt
import os
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

ADDRESS = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
PASSWORD = "demonstration-partaj"  # noqa: S105 — printed on the terminal: it protects invented people only
PARTAJ, CNAM, NOW = "AP1-261", "AP1-485", "DEMO"
PROGRAMMES = (PARTAJ, CNAM, NOW)
_SEED = "partaj"


@dataclass
class Demonstration:
    """The box. Values are rows of upper floors, which this floor cannot name."""

    today: dt.date = field(default_factory=timezone.localdate)
    territories: dict[str, Any] = field(default_factory=dict)  # by name
    organisations: dict[str, Any] = field(default_factory=dict)  # by name
    programmes: dict[str, Any] = field(default_factory=dict)  # by number
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)  # by number, then by code
    reasons: dict[str, dict[str, Any]] = field(default_factory=dict)  # by number, then by code
    users: dict[str, Any] = field(default_factory=dict)  # by the part of the address before @
    accounts: list[tuple[str, str, str]] = field(default_factory=list)  # address, roles, where
    agenda: list[tuple[Any, str, dt.date]] = field(default_factory=list)  # enrolment, name of the cell, day

    def chance(self, topic: str) -> random.Random:
        """The same draws each time, and for each topic whatever the others drew."""
        return random.Random(f"{_SEED} {topic}")  # noqa: S311 — invented people, not secrets

    def days_ago(self, days: int) -> dt.date:
        return self.today - dt.timedelta(days=days)


def apportion(total: int, weights: Sequence[float]) -> list[int]:
    """`total` shared in whole numbers in proportion to `weights` (largest remainders)."""
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    shares = [int(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda index: shares[index] - exact[index])
    for index in by_remainder[: total - sum(shares)]:
        shares[index] += 1
    return shares
