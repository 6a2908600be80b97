"""Who of a list is known already: in the base, among the people whom the importer may see, and in former lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q

from beneficiaries.alike import IDENTITY
from beneficiaries.lists.likeness import Identity
from beneficiaries.lists.outcomes import Outcome
from beneficiaries.models import ApprenticeshipBreak, Beneficiary, Enrolment, ImportBatch, ImportLine
from partaj.folding import fold

CHUNK = 5000


def identities(reader: Any, *, programme: int | None = None, after: int = 0) -> Iterator[Identity]:
    """The people whom `reader` may see, numbered over `after`.

    Without anybody (a command, a closed account), those of `programme`: a list is received there by nobody who may not
    see them all. Without either, everybody.
    """
    people = Beneficiary.objects.all()
    if reader is not None and reader.is_active:
        people = people.visible_to(reader)
    elif programme is not None:
        people = people.filter(pk__in=Enrolment.objects.filter(programme=programme).order_by().values("beneficiary"))
    rows = people.filter(pk__gt=after).order_by().values_list(*IDENTITY)
    return (Identity(*row) for row in rows.iterator(chunk_size=CHUNK))


def identity_of(line: ImportLine) -> Identity:
    """Of a line kept, by its number in the list."""
    said = line.student
    born = said.get("birth_date")
    return Identity(
        line.number,
        said.get("last_name", ""),
        said.get("usage_name", ""),
        said.get("first_name", ""),
        dt.date.fromisoformat(born) if born else None,
        said.get("ine", ""),
        said.get("email", ""),
        said.get("phone_e164", ""),
        said.get("sex", ""),
    )


def last_person() -> int:
    """The number of the person written last: whoever comes later was not there when a list was read."""
    return Beneficiary.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def under_way(people: set[int], programme: int) -> dict[int, int]:
    """Of these people, those with a path under way in the programme, each with its number."""
    paths = Enrolment.objects.under_way().filter(programme=programme, beneficiary__in=people)
    return dict(paths.order_by("-pk").values_list("beneficiary", "pk"))


def breaks_noted(paths: Iterable[int]) -> set[tuple[int, str]]:
    """The breaks that these paths have: the path, and what tells one of its breaks from another (`break_told`)."""
    rows = ApprenticeshipBreak.objects.filter(enrolment__in=list(paths)).order_by()
    found = rows.values_list("enrolment", "broken_on", "company")
    return {(path, break_told(day.isoformat() if day else "", company)) for path, day, company in found}


def break_told(day: str, company: str) -> str:
    """Its day, in ISO; where nobody knows it, the company: somebody may have broken two contracts."""
    return day or fold(company)


def already_received(digests: set[str], *, programme: int, but: int | None) -> dict[str, str]:
    """What says the same of the same person in a list confirmed before, in this programme: digest → sentence."""
    found: dict[str, str] = {}
    confirmed = ImportLine.objects.filter(batch__programme=programme, batch__state=ImportBatch.State.CONFIRMED)
    lines = confirmed.exclude(batch=but) if but else confirmed
    if not lines.exists():
        return found
    rows = lines.filter(Q(enrolment__isnull=False) | Q(outcome=Outcome.REVIEW)).order_by("pk")
    for digest, outcome, enrolment, number, filename in rows.values_list(
        "digest", "outcome", "enrolment", "number", "batch__filename"
    ).iterator(chunk_size=CHUNK):
        if digest not in digests:
            continue
        where = f"la liste « {filename} », ligne {number}"
        if enrolment:
            found[digest] = f"Déjà reçue dans {where} : rien à créer."
        elif outcome == Outcome.REVIEW:
            found.setdefault(digest, f"Attend déjà une décision dans {where}.")
    return found
