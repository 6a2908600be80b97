"""Where a page leads: nobody is shown a link that would refuse them, nor one to what does not exist for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.urls import Resolver404, resolve

from tests.access.door import Door
from tests.access.house import House

LINK = re.compile(rb'<a\b[^>]*?\bhref="(/[^"#?]*)')
REFUSED = {403, 404, 405}


@lru_cache(maxsize=2000)
def _named(path: str) -> tuple[str, tuple[tuple[str, Any], ...]] | None:
    try:
        found = resolve(path)
    except Resolver404:
        return None
    return found.view_name, tuple(sorted(found.kwargs.items()))


class Links:
    """The doors of the table, by what their address names."""

    def __init__(self, table: list[Door], house: House) -> None:
        self.doors: dict[str, list[Door]] = {}
        self.places: dict[tuple[str, tuple[tuple[str, Any], ...]], tuple[Door, str]] = {}
        for door in table:
            self.doors.setdefault(door.page, []).append(door)
            for place in door.objects:
                self.places[door.page, tuple(sorted(door.kwargs(place, house).items()))] = door, place

    def dead_ends(self, role: str, body: bytes) -> Iterator[str]:
        for path in sorted({found.decode() for found in LINK.findall(body)}):
            if path.startswith("/static/"):
                continue
            named = _named(path)
            if named is None:
                yield f"leads to {path}, which is no page"
            elif named in self.places:
                door, place = self.places[named]
                if door.expected(role, place, "GET") in REFUSED:
                    yield f"leads to {path}, which answers {door.expected(role, place, 'GET')}"
            elif not any(door.expected(role, place, "GET") not in REFUSED
                         for door in self.doors.get(named[0], []) for place in door.objects):  # fmt: skip
                yield f"leads to {path}, a page never open to them"
