"""What waits for an administrator: accounts that see nothing or that nobody entered, programmes that lack something."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.urls import reverse

from partaj.accounts.models import Role, User
from partaj.acts import Act, may
from partaj.formats import counted
from partaj.programmes.models import FunnelStep, Programme

# By the state of the list of accounts that each opens.
ACCOUNTS = {
    "sans-role": ("compte sans rôle en cours", "comptes sans rôle en cours"),
    "jamais": ("compte où personne n’est encore entré", "comptes où personne n’est encore entré"),
}


def office_panel(request: HttpRequest, programmes: list[Any]) -> dict[str, Any] | None:
    """None where nothing waits, or for somebody else."""
    if not may(request.user, Act.MANAGE_ACCOUNTS):
        return None
    accounts, url = User.objects.visible_to(request.user), reverse("accounts:list")
    counts = {"sans-role": accounts.without_role().count(), "jamais": accounts.never_entered().count()}
    waiting = [
        {"words": counted(count, *ACCOUNTS[state]), "url": f"{url}?state={state}"}
        for state, count in counts.items()
        if count
    ]
    lacking = _lacking([each for each in programmes if not each.is_closed])
    return {"accounts": waiting, "programmes": lacking} if waiting or lacking else None


def _lacking(running: list[Any]) -> list[dict[str, Any]]:
    """Those that nobody answers for, or that lack a territory or the steps of a path. One query."""
    parts = {
        "aucun responsable en exercice": Role.objects.in_force().filter(kind=Role.Kind.MANAGER),
        "aucun territoire": Programme.territories.through.objects.all(),
        "aucune étape": FunnelStep.objects.all(),
    }
    there = {f"part_{rank}": Exists(rows.filter(programme=OuterRef("pk"))) for rank, rows in enumerate(parts.values())}
    wanting = Q(*((name, False) for name in there), _connector=Q.OR)
    rows = Programme.objects.filter(pk__in=[each.pk for each in running]).annotate(**there).filter(wanting)
    found = {pk: has for pk, *has in rows.values_list("pk", *there)}
    return [
        {
            "label": str(each),
            "url": each.get_absolute_url(),
            "lacks": [words for words, has in zip(parts, found[each.pk], strict=True) if not has],
        }
        for each in running
        if each.pk in found
    ]
