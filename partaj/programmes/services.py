"""Decisions on a programme and on its ordered settings. Keyword-only, atomic."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.text import slugify

from partaj.folding import fold
from partaj.programmes.models import OfProgramme, Programme
from partaj.removal import referring, remove
from partaj.territories.models import Territory
from partaj.versions import StaleVersion, claim_version


class ClosedProgramme(Exception):
    """The programme is closed: its youths, its headcounts and what its tables are made of are read-only."""


def refuse_closed(programme: Programme) -> None:
    if programme.is_closed:
        raise ClosedProgramme(f"Le programme {programme.number} est clos : rien n’y change plus.")


@transaction.atomic
def revise_programme(*, programme: Programme, territories: Iterable[Territory], version: int) -> None:
    """Save a changed fiche. `version` is the one that its editor had read: StaleVersion where it is no longer so.

    Closing is a decision of its own: made meanwhile, it stays, and what the closed tables count stays with it.
    """
    claim_version(programme, version)
    stored = Programme.objects.get(pk=programme.pk)
    if stored.is_closed and stored.last_column != programme.last_column:
        raise StaleVersion
    programme.closed_on = stored.closed_on
    programme.save()
    programme.territories.set(territories)


@transaction.atomic
def close_programme(*, programme: Programme, on: dt.date) -> None:
    """From then on its youths and headcounts are read-only."""
    locked = Programme.objects.select_for_update().get(pk=programme.pk)
    locked.closed_on = on
    locked.save()


@transaction.atomic
def reopen_programme(*, programme: Programme) -> None:
    locked = Programme.objects.select_for_update().get(pk=programme.pk)
    locked.closed_on = None
    locked.save()


def _one_change_at_a_time(item: OfProgramme) -> QuerySet[OfProgramme]:
    """The settings of its kind, once nobody else is changing those of the programme; ClosedProgramme where it is."""
    programme = Programme.objects.select_for_update(no_key=True).get(pk=item.programme_id)
    if item.changes_figures:
        refuse_closed(programme)
    return type(item).objects.filter(programme=programme)


@transaction.atomic
def add_setting(*, item: OfProgramme) -> None:
    """Save a new setting behind those that its programme has.

    Raises ClosedProgramme, and ValidationError where somebody has just added one with the same name or code.
    """
    last = _one_change_at_a_time(item).aggregate(last=Max("position"))["last"]
    item.position = 0 if last is None else last + 1
    item.full_clean()
    item.save()


@transaction.atomic
def revise_setting(*, item: OfProgramme) -> None:
    """Save a changed setting. Raises ClosedProgramme, and ValidationError as add_setting does."""
    _one_change_at_a_time(item)
    item.full_clean()
    item.save()


@transaction.atomic
def remove_setting(*, item: OfProgramme) -> None:
    """Raises ClosedProgramme, and InUse where something refers to it."""
    _one_change_at_a_time(item)
    remove(instance=item)


@transaction.atomic
def move(*, item: OfProgramme, up: bool) -> None:
    """Exchange `item` with its neighbour; at the end of the list nothing changes. Raises ClosedProgramme."""
    items = list(_one_change_at_a_time(item))
    here = items.index(item)
    there = here - 1 if up else here + 1
    if 0 <= there < len(items):
        items[here], items[there] = items[there], items[here]
    for position, each in enumerate(items):
        if each.position != position:
            each.position = position
            each.save()


def used_territories(*, programme: Programme) -> set[int]:
    """Ids of its territories on which somebody has a role or a file in this programme: they cannot be taken away.

    Upper floors are read through their relations: whatever refers to a territory and to a programme counts.
    """
    return {
        territory.pk
        for territory in programme.territories.all()
        for rows in referring(territory)
        if any(field.name == "programme" for field in rows.model._meta.fields)
        and rows.filter(programme=programme).exists()
    }


def free_code(*, item: OfProgramme, label: str) -> str:
    """A code made of the label, with a number behind it where the programme or the form has that code already."""
    field = type(item)._meta.get_field("code")
    stem = slugify(fold(label))[: field.max_length - 4] or "code"
    held = type(item).objects.filter(programme=item.programme_id).values_list("code", flat=True)
    taken = item.reserved_codes.union(held)
    return next(code for code in [stem, *(f"{stem}-{n}" for n in range(2, 1000))] if code not in taken)
