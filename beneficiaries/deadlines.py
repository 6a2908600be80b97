"""What of the work contracts comes due: the end of a trial or of a contract, for who follows the youth."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from beneficiaries import file_lines
from beneficiaries.models import Contract
from beneficiaries.models.contracts import SOON
from partaj.formats import in_days
from partaj.prepared import Reader, answers

PRESSING = 7  # days, from which a deadline waits for somebody


def coming_to(user: Any, first: dt.date, last: dt.date) -> QuerySet[Contract]:
    """The contracts with a deadline between these days, of the youths under way whom `user` follows; not those of a
    closed programme, where nothing more is to be done."""
    mine = Contract.objects.visible_to(user).with_deadline_between(first, last)
    return mine.filter(
        enrolment__referent=user.pk, enrolment__lost_on=None, enrolment__exited_on=None,
        enrolment__programme__closed_on=None,
    )  # fmt: skip


COLUMNS = ("contract_type", "employer", "ends_on", "trial_ends_on", *file_lines.COLUMNS)


def deadlines_of(user: Any) -> list[dict[str, Any]]:
    """In words, those within thirty days, the nearest first; a contract whose trial and end are both near is there
    twice. In one query."""
    today, types = timezone.localdate(), dict(Contract.Type.choices)
    found = []
    for row in answers(_coming, Reader.of(user), today):
        told = file_lines.file_line(row) | {"contract": f"{types[row['contract_type']]}, {row['employer']}"}
        for what, day in (("fin de l’essai", row["trial_ends_on"]), ("fin de contrat", row["ends_on"])):
            if day and today <= day <= today + SOON:
                pressing = (day - today).days <= PRESSING
                when = f"{what} {in_days(day, today)}"
                found.append(told | {"day": day, "when": when, "tone": "waiting" if pressing else "there"})
    return sorted(found, key=lambda each: (each["day"], each["name"]))


def _coming(reader: Reader, today: dt.date) -> QuerySet:
    return coming_to(reader, today, today + SOON).values(*COLUMNS)
