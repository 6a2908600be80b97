"""What the pages of mergers say, ready for their templates: two files side by side, and what undoing will do."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.urls import reverse

from beneficiaries.merging.comparing import Comparison, Whole
from beneficiaries.merging.former import Values, values_to_restore
from beneficiaries.merging.moving import row_of, still_there
from beneficiaries.models import AccessGrant, Beneficiary, Enrolment, Merge
from partaj.formats import counted, french_date
from partaj.removal import referring
from partaj.scoping import ScopedQuerySet


@dataclass(frozen=True, slots=True)
class PathShown:
    number: int
    url: str
    title: str  # « TEST-1 · Béthune-Bruay »
    days: str  # « premier contact le 10/01/2025, entrée le 03/02/2025 »
    holds: str  # « 3 passages d’étape, 12 lignes du fil »


@dataclass(frozen=True, slots=True)
class SideShown:
    number: int
    name: str
    born: str
    stays: bool
    paths: list[PathShown]


def both_sides(comparison: Comparison, kept: Enrolment, absorbed: Enrolment, reader: Any) -> list[SideShown]:
    """`kept`, `absorbed`: the files from which the two persons were reached, whose numbers name them."""
    return [
        _side(comparison.kept, kept, reader, stays=True),
        _side(comparison.absorbed, absorbed, reader, stays=False),
    ]


def _side(whole: Whole, file: Enrolment, reader: Any, *, stays: bool) -> SideShown:
    person = whole.person
    paths = [_path(path, reader) for path in whole.paths]
    born = f"né(e) le {french_date(person.birth_date)}" if person.birth_date else "date de naissance inconnue"
    return SideShown(file.pk, person.full_name, born, stays, paths)


def _path(path: Enrolment, reader: Any) -> PathShown:
    days = [("premier contact", path.contacted_on), ("entrée", path.entered_on), ("sortie", path.exited_on),
            ("départ", path.lost_on)]  # fmt: skip
    return PathShown(
        number=path.pk,
        url=reverse("beneficiaries:detail", args=[path.programme.number, path.pk]),
        title=f"{path.programme.number} · {path.territory}",
        days=", ".join(f"{words} le {french_date(day)}" for words, day in days if day),
        holds=", ".join(_holds(path, reader)),
    )


def _holds(path: Enrolment, reader: Any) -> list[str]:
    """What hangs on a path, of every floor, as far as the reader sees it: notes that are others’ own go uncounted."""
    told = []
    for rows in referring(path):
        seen: Any = rows.visible_to(reader) if isinstance(rows, ScopedQuerySet) else rows
        if count := seen.count():
            meta = rows.model._meta
            told.append(counted(count, str(meta.verbose_name), str(meta.verbose_name_plural)))
    return told


def guests_of(comparison: Comparison, reader: Any) -> list[str]:
    """To whom a file that may become one with another is open today: they will read all of it."""
    paths = {path.pk for each in comparison.pairings for one in each.candidates for path in (one.kept, one.absorbed)}
    grants = AccessGrant.objects.visible_to(reader).in_force().filter(enrolment__in=paths).select_related("user")
    return sorted({str(grant.user) for grant in grants})


# -- Before it is undone ----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Forecast:
    """What undoing a merger will do, as far as its reader may know: private notes of others go back uncounted."""

    name: str
    back: list[str]
    gone: bool
    values: Values


def forecast(merge: Merge, reader: Any) -> Forecast:
    counts: dict[type[Model], int] = defaultdict(int, {Enrolment: 0})  # paths are told first
    gone = False
    for move in merge.moved:
        rows = still_there(move)
        gone = gone or rows.count() < len(move["rows"])
        model = apps.get_model(move["model"])
        seen: Any = model._default_manager.filter(pk__in=rows.values("pk"))
        counts[model] += (seen.visible_to(reader) if isinstance(seen, ScopedQuerySet) else seen).count()
    for image in merge.removed:
        counts[apps.get_model(image["model"])] += 1
    counts.pop(Beneficiary, None)
    back = [counted(count, str(model._meta.verbose_name), str(model._meta.verbose_name_plural))
            for model, count in counts.items() if count]  # fmt: skip
    person = next(row_of(image) for image in merge.removed if image["model"] == Beneficiary._meta.label_lower)
    return Forecast(person.full_name, back, gone, values_to_restore(merge))
