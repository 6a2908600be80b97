"""What a change of territory brings with it, whoever decided it: an accepted transfer, or the form of the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from beneficiaries.models import Enrolment, Handover, LogEntry

# Of upper floors: each is told of the file, which has its new territory and is held, and of who moved it if anybody
# says. Each does what is left to do and nothing twice: it is asked whenever the form of a file is saved.
WHEN_MOVED: list[Callable[[Enrolment, Any], None]] = []


def follow_the_territory(enrolment: Enrolment, *, by: Any = None) -> None:
    """In the transaction that moves the file, once it is saved."""
    _take_back_offers(enrolment)
    for follow in WHEN_MOVED:
        follow(enrolment, by)


def _take_back_offers(enrolment: Enrolment) -> None:
    """A file that has changed territory is no longer for those who had offered it to hand over."""
    moved = Handover.objects.pending().filter(enrolment=enrolment).exclude(from_territory=enrolment.territory_id)
    for handover in moved.select_related("territory", "recipient"):
        handover.state, handover.settled_at = Handover.State.WITHDRAWN, timezone.now()
        handover.save()
        LogEntry.objects.create(
            enrolment=enrolment, kind=LogEntry.Kind.HANDOVER,
            sentence=f"Transfert à {handover.to} retiré : le dossier a changé de territoire.",
        )  # fmt: skip
