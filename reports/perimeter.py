"""Whom a figure counts for its reader, and what the reader may open behind it (DESIGN §1).

Administrators, managers, funders and evaluators read the whole programme; a caseworker reads their territories,
and nothing outside them influences what they receive: neither people, nor planned, nor declared figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from beneficiaries.models import Enrolment
from funding.models import Headcount
from partaj.programmes.models import Programme
from partaj.territories.models import Territory


@dataclass(frozen=True, slots=True)
class Perimeter:
    """`territories`: None for the whole programme. `names`: whether the reader may see who is counted."""

    programme: Programme
    territories: frozenset[int] | None
    names: bool
    label: str

    @property
    def whole(self) -> bool:
        return self.territories is None

    def enrolments(self) -> Any:
        counted = Enrolment.objects.filter(programme=self.programme)
        return counted if self.whole else counted.filter(territory__in=self.territories)

    def headcounts(self) -> Any:
        counted = Headcount.objects.filter(project__programme=self.programme)
        return counted if self.whole else counted.filter(project__territory__in=self.territories)


def whole_programme(programme: Programme) -> Perimeter:
    """For commands, run by whoever holds the machine."""
    return Perimeter(programme=programme, territories=None, names=True, label="Ensemble du programme")


def perimeter_of(user: Any, programme: Programme) -> Perimeter:
    """Raises nothing: a reader without a role in the programme gets an empty perimeter."""
    names = user.reach.sees_names_in(programme.pk)
    if user.reach.answers_for(programme.pk):
        # Who evaluates or funds and works on one territory as well reads of the others what evaluators read.
        everywhere = user.reach.everything or programme.pk in user.reach.managed
        return Perimeter(programme=programme, territories=None, names=everywhere, label="Ensemble du programme")
    territories = user.reach.territories_in(programme.pk)
    labels = Territory.objects.filter(pk__in=territories).values_list("name", flat=True)
    return Perimeter(
        programme=programme,
        territories=territories,
        names=names,
        label=f"Territoire : {', '.join(labels)}" if territories else "Aucun territoire",
    )
