"""Who can see a file today and why; how many files an account reaches. Both ask the rule of `Enrolment.visible_to`.

Roles differ by account, the rule only by kind, programme and territory: it is asked once per such place in which a
role runs (their number depends on territories, not on accounts), with, for a guest, the account left open in the query.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest

from beneficiaries.models import AccessGrant, Enrolment
from partaj.accounts.models import Role
from partaj.accounts.reach import RoleHeld, holder_of
from partaj.scoping import NOTHING

# Two queries up: the accesses are asked inside the files, the files inside the roles.
THIS_ACCOUNT = OuterRef(OuterRef("user_id"))
GUESTS = {Role.Kind.TUTOR, Role.Kind.MEMBER}
AT_ONCE = 200  # places asked in one query


@dataclass(frozen=True, slots=True)
class Reader:
    """One role of one person, by which they see the file, and for a guest the accesses opened to them."""

    role: Role
    grants: tuple[AccessGrant, ...] = ()

    @property
    def who(self) -> str:
        return str(self.role.user)


def readers_of(enrolment: Enrolment) -> list[Reader]:
    """Every role of today that shows `enrolment`, by kind then by name. Whoever calls has checked that it may be told.

    Three queries, and one more for each further two hundred places (programme, territory) in which roles run.
    """
    running = Role.objects.in_force().order_by()
    places = sorted(running.values_list("kind", "programme_id", "territory_id").distinct(), key=str)
    roles: list[Role] = []
    for start in range(0, len(places), AT_ONCE):
        showing = NOTHING
        for kind, programme, territory in places[start : start + AT_ONCE]:
            showing |= Q(kind=kind, programme=programme, territory=territory) & Q(
                _shows(enrolment, RoleHeld(kind, programme, territory, THIS_ACCOUNT))
            )
        roles += running.filter(showing).select_related("user", "programme", "territory")
    grants: dict[int, list[AccessGrant]] = {}
    if any(role.kind in GUESTS for role in roles):
        for grant in AccessGrant.objects.in_force().filter(enrolment=enrolment).order_by("starts_on", "pk"):
            grants.setdefault(grant.user_id, []).append(grant)
    order = list(Role.Kind)
    roles.sort(key=lambda role: (order.index(Role.Kind(role.kind)), role.user.folded_name, role.user_id, role.pk))
    return [Reader(role, tuple(grants.get(role.user_id, ())) if role.kind in GUESTS else ()) for role in roles]


def _shows(enrolment: Enrolment, held: RoleHeld) -> Exists:
    return Exists(Enrolment.objects.visible_to(holder_of(held)).filter(pk=enrolment.pk))


def files_panel(request: HttpRequest, account: Any) -> dict[str, Any]:
    """On the account's page: the files that it reaches today, among those that the reader may see. One query."""
    reached = Enrolment.objects.visible_to(account)
    if not request.user.reach.everything:
        reached = reached.filter(pk__in=Enrolment.objects.visible_to(request.user).values("pk"))
    counts = reached.order_by().values_list("programme__number", "programme__acronym").annotate(Count("pk"))
    lines = [{"number": number, "title": title, "count": count} for number, title, count in sorted(counts)]
    return {"lines": lines, "total": sum(line["count"] for line in lines), "is_active": account.is_active}
