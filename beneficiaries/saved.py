"""The lists that people save: what is kept of an address, how it is told, and the decisions. Keyword-only, atomic.

All the decisions raise ClosedProgramme on a closed programme, and ValidationError (French sentences, by field where
there is one) where the parts disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict

from beneficiaries.columns import BY_KEY, PARAMETER, columns_of, keys_of
from beneficiaries.filters import ORDERS, PREFIX, YouthFilter, order_of
from beneficiaries.free_text import names_in
from beneficiaries.models import SavedList
from beneficiaries.models.saved import LONGEST_QUERY, LOOKS_FOR_A_NAME, NAME_TAKEN
from beneficiaries.telling import enumerated
from partaj.accounts.models import User
from partaj.folding import fold
from partaj.programmes.models import Programme
from partaj.programmes.services import refuse_closed
from partaj.versions import claim_version

NOTHING_TO_KEEP = "Cette liste montre tout le monde : choisissez d’abord un filtre, un tri ou des colonnes."
TOO_LONG = "Il y a trop à garder dans cette liste : retirez un filtre."
NAMES_A_PLACE = (
    "Ce titre nomme {}, et la liste n’est pas filtrée sur ce territoire : filtrez-la, changez le titre, ou gardez-la "
    "pour vous."
)
ME = "moi (qui la lit)"
DEAD = "une valeur qui n’existe plus"
SORT = "tri"
MOST_WORDS = 20


# -- What is kept of an address ------------------------------------------------------------------------
def normalised(params: QueryDict) -> str:
    """Filters, order and columns as a query: what is known and says something, each time in the same order."""
    kept = QueryDict(mutable=True)
    for name in YouthFilter.base_filters:
        if value := params.get(f"{PREFIX}-{name}", "").replace("\x00", "").strip():
            kept[f"{PREFIX}-{name}"] = value
    if (order := order_of(params).key) != order_of(QueryDict()).key:
        kept[SORT] = order
    kept.setlist(PARAMETER, keys_of(columns_of(params)))
    return kept.urlencode()


def in_words(params: QueryDict, reference: Mapping[str, Iterable[tuple[str, str]]]) -> list[str]:
    """« Territoire : Béthune », « Référent : moi (qui la lit) »: what a list asks. `reference`: as
    `filters.reference_choices` gives it to who reads it; what it lacks is not named."""
    said = []
    for name, each in YouthFilter.base_filters.items():
        if value := params.get(f"{PREFIX}-{name}"):
            words = value if name == "name" else _choice_in_words(name, value, each, reference)
            said.append(f"{each.label} : {words}")
    if (order := order_of(params).key) != order_of(QueryDict()).key:
        said.append(f"Tri : {ORDERS[order][1]}")
    if columns := keys_of(columns_of(params)):
        said.append(f"Colonnes : {enumerated([BY_KEY[key].label.lower() for key in columns])}")
    return said


def _choice_in_words(name: str, value: str, each: Any, reference: Mapping[str, Iterable[tuple[str, str]]]) -> str:
    if (name, value) == ("referent", "me"):
        return ME
    return dict(reference.get(name, each.extra["choices"])).get(value, DEAD)


# -- What a title names --------------------------------------------------------------------------------
def names_a_place(name: str, programme: Programme) -> list[str]:
    """The territories of the programme that a title names: what it publishes names them too."""
    return names_in(name, list(programme.territories.values_list("name", flat=True)))


def names_somebody(name: str, youths: Any) -> bool:
    """Whether two to four words that follow each other in a title are the names of one of `youths`, in either order."""
    words, orders = fold(name).split()[:MOST_WORDS], set()
    for size in (2, 3, 4):
        for start in range(len(words) - size + 1):
            found = words[start : start + size]
            orders |= {" ".join(found[turn:] + found[:turn]) for turn in range(size)}
    return bool(orders) and youths.filter(sort_name__in=orders).exists()


# -- Decisions -----------------------------------------------------------------------------------------
@transaction.atomic
def save_list(*, programme: Programme, name: str, query: str, is_private: bool, by: Any) -> tuple[SavedList, bool]:
    """The list, and whether it is new: the same one saved twice is there once. `query`: of `normalised`."""
    refuse_closed(programme)
    # One at a time for each account: the second of two clicks finds what the first has written.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    there = SavedList.objects.filter(programme=programme, author=by.pk, name=name).first()
    if there:
        if (there.query, there.is_private) == (query, is_private):
            return there, False
        raise ValidationError({"name": NAME_TAKEN})
    row = SavedList(programme=programme, author=by, name=name, is_private=is_private)
    _ask(row, query)
    row.save()
    return row, True


@transaction.atomic
def revise_list(*, row: SavedList, version: int) -> SavedList:
    """Another name, shared or not. Raises StaleVersion where it was saved since."""
    refuse_closed(row.programme)
    claim_version(row, version)
    _check(row)
    row.save()
    return row


@transaction.atomic
def replace_query(*, row: SavedList, query: str) -> SavedList:
    """It asks something else from now on. Nothing where it asks that already."""
    refuse_closed(row.programme)
    held = SavedList.objects.select_for_update(of=("self",)).select_related("programme").get(pk=row.pk)
    if held.query != query:
        _ask(held, query)
        held.version += 1
        held.save()
    return held


@transaction.atomic
def forget_list(*, row: SavedList) -> None:
    """Nothing where somebody just did."""
    refuse_closed(row.programme)
    held = SavedList.objects.select_for_update().filter(pk=row.pk).first()
    if held:
        held.delete()


def forget_private_lists(instance: User, **kwargs: Any) -> None:
    """With an account go the lists that nobody else could open; those that it shared stay."""
    SavedList.objects.filter(author=instance.pk, is_private=True).delete()


def _ask(row: SavedList, query: str) -> None:
    if not query:
        raise ValidationError(NOTHING_TO_KEEP)
    if len(query) > LONGEST_QUERY:
        raise ValidationError(TOO_LONG)
    row.query = query
    named = row.params.get(f"{PREFIX}-territory", "")
    places = row.programme.territories.filter(pk=named) if named.isdecimal() and len(named) < 18 else None
    row.territory = places.first() if places is not None else None
    _check(row)


def _check(row: SavedList) -> None:
    if not row.is_private:
        if row.params.get(f"{PREFIX}-name"):
            raise ValidationError({"is_private": LOOKS_FOR_A_NAME})
        here = row.territory.name if row.territory else ""
        if elsewhere := [place for place in names_a_place(row.name, row.programme) if place != here]:
            raise ValidationError({"is_private": NAMES_A_PLACE.format(enumerated(elsewhere))})
    row.full_clean()
