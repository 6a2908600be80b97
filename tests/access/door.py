"""What a row of the access table is made of."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from tests.access.house import House

Kwargs = Callable[[House], dict[str, Any]]

CAST = ("administrator", "manager", "other_manager", "caseworker", "neighbour", "tutor", "member", "evaluator",
        "funder", "stranger", "anonymous")  # fmt: skip
OWN, NEXT_DOOR, ELSEWHERE = "own", "next_door", "elsewhere"
CROSSED, MIXED, ABSENT, NOWHERE = "crossed", "mixed", "absent", "nowhere"
NO_SUCH_NUMBER, NO_SUCH_PK = "RIEN", 999_999_999


def roles(names: str) -> frozenset[str]:
    chosen = frozenset(names.split())
    if unknown := chosen - set(CAST):
        raise ValueError(f"roles that nobody plays: {sorted(unknown)}")
    return chosen


@dataclass(frozen=True)
class Door:
    """One address, who gets through it, who is told that they may not, and what they get; the others find nothing.

    `objects`: what the address names in TEST-1 at Béthune (own), at Valenciennes (next door), in TEST-2 (elsewhere).
    `through`, `refused`: by place, the roles answered and the roles that get 403; 404 for all the rest.
    `get`, `post`: the status of those who get through; `data`: what they post. `public`: the statuses of GET and POST
    for who has not signed in, on purpose. `query`: what follows the « ? » of the address.
    """

    page: str
    through: dict[str, str] = field(default_factory=dict)
    objects: dict[str, Kwargs] = field(default_factory=lambda: {OWN: lambda house: {}})
    refused: dict[str, str] = field(default_factory=dict)
    get: int = 200
    post: int = 405
    query: str = ""
    data: Kwargs = lambda house: {}
    public: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        for names in (*self.through.values(), *self.refused.values()):
            roles(names)

    @property
    def places(self) -> dict[str, str]:
        """Each place to knock at, and the one from which somebody who finds nothing must not tell it apart."""
        own = self.objects[OWN](_Any())
        whole = "number" in own and "pk" not in own  # a page of the whole programme
        found = {place: NOWHERE if whole or place == ELSEWHERE else ABSENT for place in self.objects}
        if "pk" in own:
            found[ABSENT] = ABSENT
        if "number" in own:
            found[NOWHERE] = NOWHERE
        if {"pk", "number"} <= own.keys() and ELSEWHERE in self.objects:
            found[CROSSED] = ABSENT
        return found

    def kwargs(self, place: str, house: House) -> dict[str, Any]:
        own = self.objects[OWN](house)
        if place == ABSENT:
            return own | {"pk": NO_SUCH_PK}
        if place == NOWHERE:
            return own | {"number": NO_SUCH_NUMBER}
        if place == CROSSED:
            return self.objects[ELSEWHERE](house) | {"number": own["number"]}
        return self.objects[place](house)

    def address(self, place: str, house: House) -> str:
        address = reverse(self.page, kwargs=self.kwargs(place, house))
        return f"{address}?{self.query}" if self.query else address

    def expected(self, role: str, place: str, method: str) -> int:
        if role == "anonymous":
            return self.public[method == "POST"] if self.public else 302
        if role in roles(self.through.get(place, "")):
            return self.post if method == "POST" else self.get
        if role in roles(self.refused.get(place, "")):
            return 403
        return 404


class _Any:
    """Stands for any house where only the names of an address's parts are wanted."""

    def __getattr__(self, name: str) -> "_Any":
        return self

    def __getitem__(self, key: Any) -> "_Any":
        return self
