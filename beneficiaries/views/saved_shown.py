"""The saved lists as other pages show them: chips above the list of youths, what may be kept of it, the home page."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from beneficiaries.models import SavedList
from partaj.accounts.models import User
from partaj.prepared import Reader, answers

NOBODY = "un compte supprimé"
CHIPS = 12  # of each kind, above the filters


def lists_of(reader: Any, programme: Any) -> list[SavedList]:
    """Those that `reader` may open in `programme`, by name. In one query."""
    rows = SavedList.objects.visible_to(reader).filter(programme=programme).select_related("author")
    found = list(rows.order_by("name", "pk"))
    for row in found:
        row.programme = programme
    return found


def number_in(params: QueryDict) -> int | None:
    """The saved list from which an address comes."""
    typed = params.get("liste", "")
    return int(typed) if typed.isdecimal() and len(typed) < 18 else None


def in_force(lists: list[SavedList], params: QueryDict, asked: str) -> SavedList | None:
    """The one that was opened, whatever was changed since; or the one that asks the same (`asked`, normalised)."""
    number = number_in(params)
    came_from = next((each for each in lists if each.pk == number), None)
    return came_from or next((each for each in lists if each.query == asked), None)


def chips(lists: list[SavedList], reader: Any, now: SavedList | None) -> dict[str, Any]:
    """Their links: one’s own first, then those of others, with their author."""
    mine = [each for each in lists if each.author_id == reader.pk]
    others = [each for each in lists if each.author_id != reader.pk]
    authors = User.objects.in_bulk({each.author_id for each in others[:CHIPS]}) if others else {}
    shown = [("Mes listes", mine), ("Listes de l’équipe", others)]
    return {
        "groups": [
            (
                title,
                [
                    {
                        "name": each.name,
                        "url": each.address,
                        "author": "" if each.author_id == reader.pk else authors.get(each.author_id, NOBODY),
                        "is_in_force": each == now,
                    }
                    for each in found[:CHIPS]
                ],
            )
            for title, found in shown
            if found
        ],
        "more": any(len(found) > CHIPS for _, found in shown),
    }


def offered(now: SavedList | None, asked: str, reader: Any, list_url: str) -> dict[str, Any]:
    """What the page proposes to do with what it shows (`asked`): keep it, or change the list from which it comes."""
    is_changed = now is not None and now.query != asked
    is_own = now is not None and now.author_id == reader.pk
    return {
        "name": now.name if now else "",
        "is_changed": is_changed,
        "url": now.address if now else "",
        "replace_url": f"{now.own_url}filtres/?{asked}" if now and is_own and is_changed and asked else "",
        "save_url": f"{list_url}mes-listes/nouvelle/?{asked}" if asked and (now is None or is_changed) else "",
    }


def saved_panel(request: HttpRequest, programmes: list[Any]) -> dict[str, Any] | None:
    """On the home page: the lists that the reader has saved, by their names."""
    reader: Any = request.user
    if not reader.reach.sees_names:
        return None
    here = {each.pk: each for each in programmes}
    rows = answers(_own_lists, Reader.of(reader), tuple(here))
    found = [SavedList(**row | {"programme": here[row["programme"]]}) for row in rows]
    lines = [{"name": row.name, "url": row.address, "where": str(row.programme)} for row in found[:CHIPS]]
    more = found[CHIPS].get_absolute_url() if len(found) > CHIPS else ""
    return {"lists": lines, "more": more, "several": len({row.programme_id for row in found}) > 1} if lines else None


def _own_lists(reader: Reader, programmes: tuple[int, ...]) -> QuerySet:
    mine = SavedList.objects.visible_to(reader).filter(author=reader.pk, programme__in=programmes)
    return mine.order_by("name", "pk").values("pk", "programme", "name", "query")[: CHIPS + 1]
