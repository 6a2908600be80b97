"""Whom a figure counts for its reader, and what the reader may open behind it (DESIGN §1).

Administrators, managers, funders and evaluators read the whole programme; a caseworker reads their territories,
and nothing outside them influences what they receive: neither people, nor planned, nor declared figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from beneficiaries.models import Enrolment
from funding.models import Headcount
from partaj.programmes.models import Programme
from partaj.seeing import ONE_PROGRAMME
from partaj.territories.models import Territory

WHOLE = "ensemble du programme"
SEEN_BY = (
    "Responsables : leurs programmes. Chargés de mission : leurs territoires, dans leurs programmes. Évaluateurs, "
    "financeurs : leurs programmes, en nombres et sans noms, les petits nombres masqués."
)


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
    return Perimeter(programme=programme, territories=None, names=True, label=WHOLE)


def counted_for(holder: Any) -> Any:
    """Whom the figures count for who holds the roles of `holder`, in the programme that the page « qui peut voir
    quoi » asks about."""
    programme = Programme(pk=ONE_PROGRAMME)
    return Perimeter(programme, territories_counted(holder, programme), names=False, label="").enrolments()


def held_back(holder: Any) -> str:
    """What live figures keep from who may not open the list behind them."""
    reach = holder.reach
    if not reach.answers_for(ONE_PROGRAMME) or reach.sees_names_in(ONE_PROGRAMME):
        return ""
    return f"sans noms ; masqués de 1 à {settings.SMALL_CELL_THRESHOLD - 1}"


def in_words(territories: list[str]) -> str:
    """After « Périmètre : »: « territoire Béthune-Bruay », « territoires Béthune-Bruay et Valenciennes »."""
    if len(territories) < 2:
        return f"territoire {territories[0]}" if territories else "aucun territoire"
    return f"territoires {', '.join(territories[:-1])} et {territories[-1]}"


def territories_counted(user: Any, programme: Programme) -> frozenset[int] | None:
    """None for the whole programme."""
    return None if user.reach.answers_for(programme.pk) else user.reach.territories_in(programme.pk)


def perimeter_of(user: Any, programme: Programme) -> Perimeter:
    """Raises nothing: a reader without a role in the programme gets an empty perimeter."""
    names = user.reach.sees_names_in(programme.pk)
    territories = territories_counted(user, programme)
    if territories is None:
        # Who evaluates or funds and works on one territory as well reads of the others what evaluators read.
        everywhere = user.reach.everything or programme.pk in user.reach.managed
        return Perimeter(programme=programme, territories=None, names=everywhere, label=WHOLE)
    there = list(Territory.objects.filter(pk__in=territories).values_list("name", flat=True))
    return Perimeter(
        programme=programme,
        territories=territories,
        names=names,
        label=in_words(there),
    )
