"""Who sees what is said once per model: `Model.objects.visible_to(user)`.

Every list, detail, form choice, search, export and figure begins there. Each queryset states its rule in
`visibility`, in plain words in its docstring. The user's `reach` (partaj.accounts.reach) says over which
programmes and territories their roles of today extend; this floor only needs to know that it exists.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from partaj.accounts.reach import Reach

NOTHING = Q(pk__in=())

Held = dict[str, dict[str, Any]]  # see ScopedQuerySet


# The rule of `answered_for`, for the page « qui peut voir quoi ».
TEAMS = "Responsables : leurs programmes. Chargés de mission : leurs territoires, dans leurs programmes."


def answered_for(reach: Reach, path: str = "") -> Q:
    """Managers: their programmes. Caseworkers: their territories in their programmes. Nobody else.

    `path`: how the row leads to what bears `programme` and `territory` (« enrolment__ »).
    """
    rule = Q(**{f"{path}programme__in": reach.managed}) if reach.managed else NOTHING
    for programme, territory in sorted(reach.ground):
        rule |= Q(**{f"{path}programme": programme, f"{path}territory": territory})
    return rule


class ScopedQuerySet(models.QuerySet):
    """Base of the querysets of every model that holds people, decisions or money.

    `seen_by` says the rule in French, for the page « qui peut voir quoi »: sentences « Rôles : portée. », which a test
    compares with what the rule does. Administrators, who see everything, are left out. A model whose rows users know
    under other names than its own says them in `holds`: each name, with the values of the rows that bear it. Where they
    follow different rules, `seen_by` is a sentence for each of these names.
    """

    seen_by: str | Mapping[str, str] = ""

    def visible_to(self, user: Any) -> Self:
        """Rows that `user` may see today; none for a stranger, a closed account or a role that has ended."""
        if not user.is_active:  # a closed account, or nobody at all (AnonymousUser)
            return self.none()
        if user.reach.everything:
            return self.all()
        rule = self.visibility(user.reach)
        return self.none() if rule == NOTHING else self.filter(rule)

    def visibility(self, reach: Reach) -> Q:
        raise NotImplementedError(f"{type(self).__name__} must say who sees {self.model.__name__}")
