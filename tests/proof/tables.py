"""What an arithmetician draws from « parcours », « devenir » and « ruptures »: the JSON of the report, as equations.

They read what is printed, and know what anybody may know of how each table is made: which rows make which, how a share
is rounded, that what is hidden is never 0, that a row which is not printed counts nobody.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from reports import devenir, parcours, splits
from tests.proof.attacker import Equations, Unknown

K = 5
BASE = re.compile(r"Base : .*?\((\d+)\)")


class Tables:
    """One report, as its JSON, and the equations that it gives."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.found = Equations()
        self.tables = {table["key"]: table for table in data["tables"]}
        for key, table in self.tables.items():
            for row in table["rows"]:
                for column, cell in zip(self.columns(key), row["cells"], strict=True):
                    if cell["unit"] == "persons" and cell["source"] == "computed":
                        self.read((key, row["key"], column), cell)

    def columns(self, table: str) -> list[str]:
        return [column["key"] for column in self.tables[table]["columns"]]

    def rows(self, table: str, *but: str) -> list[str]:
        return [row["key"] for row in self.tables[table]["rows"] if row["key"] not in but]

    def cell(self, table: str, row: str, column: str) -> dict[str, Any]:
        cells = next(each for each in self.tables[table]["rows"] if each["key"] == row)["cells"]
        return cells[self.columns(table).index(column)]

    def read(self, name: Unknown, cell: dict[str, Any]) -> None:
        if cell["text"] == "masqué":
            self.found.unknown(name, 1)
        else:
            self.found.unknown(name, cell["records"], cell["records"])

    def rounded(self, table: str, row: str, share: str, figure: Unknown, base: Unknown) -> None:
        """(share - ½) % ≤ figure / base < (share + ½) %."""
        cell = self.cell(table, row, share)
        if cell["records"] is not None:
            self.found.unknown(figure, cell["records"], cell["records"])
        if cell["value"] is not None:
            printed = int(cell["value"])
            self.found.rule({figure: 200, base: -(2 * printed - 1)}, 0, None)
            self.found.rule({figure: 200, base: -(2 * printed + 1)}, None, -1)

    def split(self, table: str, rows: list[str], whole: str, column: str) -> None:
        self.found.add_up([(table, row, column) for row in rows], (table, whole, column))

    def rest(self, part: Unknown, whole: Unknown) -> None:
        """Those of `whole` whom no figure counts."""
        self.found.add_up([part, self.found.unknown(("rest", *part))], whole)

    def same(self, one: Unknown, other: Unknown) -> None:
        if one != other:
            self.found.add_up([one], other)


def read_parcours(data: dict[str, Any], *, straight: bool) -> Equations:
    """`straight`: it is known that nobody passes over a step, nor left at an earlier one than the furthest."""
    told, steps = Tables(data), parcours.STEPS
    own = [key for key in told.rows(steps) if re.fullmatch(r"step-\d+", key)]
    inner = {step: [key for key in told.rows(steps) if key.startswith(f"{step}-")] for step in own}
    stops = {step: [key for key in keys if key != f"{step}-on"] for step, keys in inner.items()}
    alone = [key for key in told.rows(steps) if key == parcours.NO_STEP]
    for column in (*parcours.PUBLICS, parcours.EVERYONE):
        told.split(steps, [*alone, *(key for keys in stops.values() for key in keys)], parcours.PATHS, column)
        for step, keys in inner.items():
            told.split(steps, keys, step, column)
            _reach(told, step, stops, column)
        for step, following in pairwise([*own, ""]):
            if straight and following:
                on = [f"{step}-on"] if f"{step}-on" in inner[step] else []
                told.split(steps, on, following, column)
        if parcours.FIRST in told.tables:
            told.split(parcours.FIRST, told.rows(parcours.FIRST, parcours.AT_FIRST), parcours.AT_FIRST, column)
            told.found.add_up(
                [(steps, key, column) for key in stops[own[0]]], (parcours.FIRST, parcours.AT_FIRST, column)
            )
    for table in told.tables:
        _publics(told, table, inner)
    return told.found


def _reach(told: Tables, step: str, stops: dict[str, list[str]], column: str) -> None:
    """Whoever went on stopped at another step: a later one, or an earlier one where they were lost."""
    on = f"{step}-on"
    if on not in told.rows(parcours.STEPS):
        return
    places = list(stops)
    later = [key for other in places[places.index(step) + 1 :] for key in stops[other]]
    earlier = [key for other in places[: places.index(step)] for key in stops[other] if "-lost-" in key]
    terms = {(parcours.STEPS, key, column): -1 for key in (*later, *earlier)}
    told.found.rule(terms | {(parcours.STEPS, on, column): 1}, None, 0)


def _publics(told: Tables, table: str, inner: dict[str, list[str]]) -> None:
    steps = {key: step for step, keys in inner.items() for key in keys}
    for row in told.rows(table):
        told.found.add_up([(table, row, column) for column in parcours.PUBLICS], (table, row, parcours.EVERYONE))
        if table == parcours.FIRST:
            base = (table, parcours.AT_FIRST, parcours.EVERYONE)
        else:
            base = (table, steps.get(row, parcours.PATHS), parcours.EVERYONE)
        told.rounded(table, row, parcours.SHARE, (table, row, parcours.EVERYONE), base)


def read_beside(data: dict[str, Any], annexe: dict[str, Any], same: list[tuple[list[Unknown], Unknown]]) -> Equations:
    """« Parcours » and annexe 1 read together. `same`: the figures of the one that make a figure of the other."""
    found, told = read_parcours(data, straight=True), Tables(annexe)
    for column in told.columns("people"):
        told.found.add_up([("people", row, column) for row in ("youths", "adults")], ("people", "total", column))
    for parts, whole in same:
        told.found.add_up(parts, whole)
    for name, low in told.found.low.items():
        found.unknown(name, low, told.found.high[name])
    found.rules += told.found.rules
    return found


def read_devenir(data: dict[str, Any]) -> Equations:
    told, table = Tables(data), devenir.OUTCOMES
    moments = [column for column in told.columns(table) if not column.endswith("-share")]
    rows = told.rows(table, devenir.BASE)
    groups = [row for row in rows if not row.startswith("kind-")]
    for moment in moments:
        told.split(table, groups, devenir.BASE, moment)
        told.same((table, devenir.BASE, moment), (table, devenir.BASE, moments[0]))
        for group in devenir.GROUPS:
            if len(group.kinds) > 1:
                told.split(table, [f"kind-{kind}" for kind in group.kinds if f"kind-{kind}" in rows], group.key, moment)
        for row in rows:
            figure = (table, row, moment)
            told.rounded(table, row, devenir.share_of(moment), figure, (table, devenir.BASE, moment))
        if moment != moments[0]:  # printed where K at least are known
            unsaid = {(table, devenir.UNKNOWN, moment): -1} if devenir.UNKNOWN in rows else {}
            told.found.rule({(table, devenir.BASE, moment): 1} | unsaid, K, None)
    for row in rows:  # printed because it counts somebody at one of these moments
        if row.startswith("kind-") or not next((group.always for group in devenir.GROUPS if group.key == row), False):
            told.found.rule({(table, row, moment): 1 for moment in moments}, 1, None)
    if note := BASE.search(told.tables[table]["note"]):
        told.found.unknown((table, devenir.BASE, moments[0]), int(note[1]), int(note[1]))
    return told.found


def read_ruptures(data: dict[str, Any]) -> Equations:
    told = Tables(data)
    for table in told.tables:
        total = f"{table}-total"
        for column in told.columns(table):
            if column != splits.SHARE:
                told.split(table, told.rows(table, total), total, column)
        (_apprenticeships if splits.ALL in told.columns(table) else _contracts)(told, table, total)
    return told.found


def _apprenticeships(told: Tables, table: str, total: str) -> None:
    for row in told.rows(table):
        told.rest((table, row, splits.SOLVED), (table, row, splits.ALL))
        if table == splits.MOTIVE:
            choices: list[Unknown] = [(table, row, column) for column in ("chosen", "suffered", "unsaid")]
            told.found.add_up(choices, (table, row, splits.ALL))
        if row != total:
            told.rounded(table, row, splits.SHARE, (table, row, splits.ALL), (table, total, splits.ALL))
    for column in (splits.ALL, splits.SOLVED):
        told.same((table, total, column), (splits.MOTIVE, f"{splits.MOTIVE}-total", column))
    rows, unknown = told.rows(table, total), f"{table}-unknown"
    if table in (splits.MOTIVE, splits.SECTOR):  # who reads the words knows that K share them
        for row in rows if len(rows) > 1 else ():
            told.found.unknown((table, row, splits.ALL), K)
    if table != splits.MOTIVE:  # printed where K at least are known
        unsaid = {(table, unknown, splits.ALL): -1} if unknown in rows else {}
        told.found.rule({(table, total, splits.ALL): 1} | unsaid, K, None)


def _contracts(told: Tables, table: str, total: str) -> None:
    told.same((table, total, splits.BROKEN), (splits.TYPE, f"{splits.TYPE}-total", splits.BROKEN))
    for row in told.rows(table):
        figure = (table, row, splits.BROKEN)
        if table == splits.TYPE:
            told.rest(figure, (table, row, splits.SIGNED))
            told.rounded(table, row, splits.SHARE, figure, (table, row, splits.SIGNED))
        elif row != total:
            told.rounded(table, row, splits.SHARE, figure, (table, total, splits.BROKEN))
