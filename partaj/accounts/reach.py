"""Over what somebody's roles of today extend: the one answer that every `visible_to` builds upon."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Reach:
    """Ids only, so that a queryset can be narrowed without another query.

    `ground`: pairs (programme, territory) of a caseworker. `guest_of`: the account itself where it is a tutor's or a
    cell member's, who see only the youths granted to them (beneficiaries.AccessGrant); None for the others.
    `exported`: pairs (programme, territory) whose lists may leave as files; None as territory for the whole programme.
    """

    everything: bool = False
    managed: frozenset[int] = frozenset()
    ground: frozenset[tuple[int, int]] = frozenset()
    guest_of: int | None = None
    evaluated: frozenset[int] = frozenset()
    funded: frozenset[int] = frozenset()
    tutored: frozenset[int] = frozenset()
    convened: frozenset[int] = frozenset()
    exported: frozenset[tuple[int, int | None]] = field(default=frozenset())

    @property
    def territories(self) -> frozenset[int]:
        return frozenset(territory for _, territory in self.ground)

    @property
    def worked(self) -> frozenset[int]:
        """Programmes in which this person is a caseworker somewhere."""
        return frozenset(programme for programme, _ in self.ground)

    @property
    def programmes(self) -> frozenset[int]:
        return self.managed | self.worked | self.evaluated | self.funded | self.tutored | self.convened

    @property
    def sees_names(self) -> bool:
        """Whether any role of today reads youths by name."""
        return bool(self.everything or self.managed or self.ground or self.tutored or self.convened)

    def territories_in(self, programme_id: int) -> frozenset[int]:
        return frozenset(territory for programme, territory in self.ground if programme == programme_id)

    def answers_for(self, programme_id: int) -> bool:
        """Roles whose figures cover the whole programme (DESIGN: administrator, manager, funder, evaluator)."""
        return self.everything or programme_id in self.managed | self.funded | self.evaluated

    def sees_names_in(self, programme_id: int) -> bool:
        """False for those who read counts only, for whom small cells are hidden."""
        return self.everything or programme_id in self.managed | self.worked


def reach_of(roles: Iterable[Any]) -> Reach:
    """`roles`: those in force today, of one account (kind, programme_id, territory_id, user_id, may_export)."""
    held = list(roles)

    def programmes(kind: str) -> frozenset[int]:
        return frozenset(role.programme_id for role in held if role.kind == kind)

    guests = {role.user_id for role in held if role.kind in {"tutor", "member"}}
    return Reach(
        everything=any(role.kind == "administrator" for role in held),
        managed=programmes("manager"),
        ground=frozenset((role.programme_id, role.territory_id) for role in held if role.kind == "caseworker"),
        guest_of=next(iter(guests), None),
        evaluated=programmes("evaluator"),
        funded=programmes("funder"),
        tutored=programmes("tutor"),
        convened=programmes("member"),
        exported=frozenset(
            (role.programme_id, role.territory_id if role.kind == "caseworker" else None)
            for role in held
            if role.may_export and role.kind in {"manager", "caseworker"}
        ),
    )


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds these roles and nothing else, to ask a rule what it would show them; nobody signs in as it."""

    reach: Reach
    pk: Any = None
    is_authenticated: bool = True
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class RoleHeld:
    """A role as `reach_of` reads it; any of its numbers may be an expression of a query."""

    kind: str
    programme_id: Any
    territory_id: Any
    user_id: Any
    may_export: bool = False


def holder_of(role: RoleHeld) -> Holder:
    return Holder(reach_of([role]), role.user_id)
