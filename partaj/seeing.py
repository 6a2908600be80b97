"""What the rules of visibility say, read from the rules themselves: the page « qui peut voir quoi » is made of this.

A rule is asked what it shows to somebody who holds one role, in the programme ONE_PROGRAMME, on ONE_TERRITORY, under
the number ONESELF: where these numbers stand in its condition says how far it extends. Nothing is queried, no sentence
is typed: a condition that this file cannot read raises `Unreadable`, and the suite with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product
from typing import Any

from django.db.models import Lookup, Model, QuerySet
from django.db.models.lookups import Exact, In, IsNull
from django.db.models.sql import Query
from django.db.models.sql.where import AND, NothingNode, WhereNode

# No row has such numbers.
ONE_PROGRAMME, ONE_TERRITORY, ONESELF = -1001, -1002, -1003
DAYS = {"starts_on", "ends_on"}  # a grant counts while it runs: it narrows in time, not in scope


class Bound(StrEnum):
    """What a row must be of, to be seen."""

    PROGRAMMES = "programmes"
    TERRITORIES = "territories"
    OPEN = "open"  # a youth to whom an access was opened
    SELF = "self"


Scope = frozenset[frozenset[Bound]]  # any of these sets of bounds, all of a set
NOTHING: Scope = frozenset()
EVERYTHING: Scope = frozenset({frozenset[Bound]()})
BOUNDS = {ONE_PROGRAMME: Bound.PROGRAMMES, ONE_TERRITORY: Bound.TERRITORIES, ONESELF: Bound.SELF}


class Unreadable(ValueError):
    """A condition of which the page could not say in words how far it extends."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One kind of data, in the users' words. `rows(holder)`: what is shown to who holds the roles of `holder`.

    `sentence`: the rule in French. `given`: values of the rows that are meant, where others follow another rule.
    `caveat(holder)`: what is held back of what is shown, or "".
    """

    group: str
    label: str
    rows: Callable[[Any], QuerySet]
    sentence: str
    given: dict[str, Any] = field(default_factory=dict)
    caveat: Callable[[Any], str] = lambda holder: ""


BESIDES_ROWS: list[Shown] = []  # what applications show that is no row of a model: figures


def scope_of(rows: QuerySet, given: dict[str, Any] | None = None, *, whatever_programme: bool = False) -> Scope:
    """How far `rows`, asked for a holder of the numbers above, extend. Raises Unreadable.

    `given`: values taken for granted. `whatever_programme`: the reader's roles name none, so that the one in the
    condition is the one that was asked, whichever it be.
    """
    found = _node(rows.query.where, given or {})
    if whatever_programme:
        found = frozenset(bounds - {Bound.PROGRAMMES} for bounds in found)
    return frozenset(bounds for bounds in found if not any(wider < bounds for wider in found))


def in_words(scope: Scope) -> str:
    """« ses territoires dans ses programmes », « rien »."""
    return " et ".join(sorted(map(_bounds_in_words, scope))) or "rien"


def _bounds_in_words(bounds: frozenset[Bound]) -> str:
    if not bounds:
        return "tout"
    if Bound.OPEN in bounds:
        youths = "les jeunes qui lui sont ouverts"
        return f"soi-même, parmi {youths}" if Bound.SELF in bounds else youths
    if Bound.TERRITORIES in bounds:
        place = "ses territoires dans ses programmes" if Bound.PROGRAMMES in bounds else "ses territoires"
    else:
        place = "ses programmes" if Bound.PROGRAMMES in bounds else ""
    if Bound.SELF not in bounds:
        return place
    return f"soi-même, dans {place}" if place else "soi-même"


# -- Reading a condition -----------------------------------------------------------------------------
def _node(node: Any, given: dict[str, Any]) -> Scope:
    if isinstance(node, NothingNode):
        return NOTHING
    if isinstance(node, WhereNode):
        if node.negated:
            raise Unreadable(f"a rule that excludes: {node}")
        if node.connector not in {AND, "OR"}:
            raise Unreadable(f"{node.connector}: {node}")
        if node.connector == "OR" and node.children:
            return frozenset().union(*(_node(child, given) for child in node.children))
        parts = []
        for child in node.children:
            parts.append(_node(child, given))
            if parts[-1] == NOTHING:  # whatever the others say, which may not be asked of such rows
                return NOTHING
        return frozenset(frozenset[Bound]().union(*bounds) for bounds in product(*parts))
    if isinstance(node, Lookup):
        return _leaf(node, given)
    raise Unreadable(f"{type(node).__name__}: {node}")


def _leaf(leaf: Lookup, given: dict[str, Any]) -> Scope:
    column = getattr(getattr(leaf.lhs, "target", None), "name", "")
    if isinstance(leaf.rhs, Query):
        # Somebody's own rows, reached through others (an access of theirs): what was opened to them.
        inside = _node(leaf.rhs.where, given)
        return frozenset(
            frozenset(Bound.OPEN if bound is Bound.SELF else bound for bound in bounds) for bounds in inside
        )
    if column in given and isinstance(leaf, Exact):
        return EVERYTHING if leaf.rhs == given[column] else NOTHING
    if column in DAYS:
        return EVERYTHING
    is_empty = given.get(f"{column}__isnull")
    if is_empty is not None and isinstance(leaf, IsNull):
        return EVERYTHING if leaf.rhs == is_empty else NOTHING
    if is_empty:  # a value is asked of what has none
        return NOTHING
    if not isinstance(leaf, Exact | In):
        raise Unreadable(f"{leaf.lookup_name} on {column}")
    return frozenset(frozenset({_bound(value, column)}) for value in _values(leaf))


def _values(leaf: Lookup) -> Iterable[Any]:
    values = leaf.rhs if isinstance(leaf, In) else [leaf.rhs]
    return [value.pk if isinstance(value, Model) else value for value in values]


def _bound(value: Any, column: str) -> Bound:
    if value not in BOUNDS:
        raise Unreadable(f"{column} = {value!r}")
    return BOUNDS[value]
