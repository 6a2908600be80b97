"""The left navigation, by role: names of pages and the act that each needs. Names only, hence no import upwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.http import HttpRequest
from django.urls import reverse

from partaj.acts import Act, may


@dataclass(frozen=True, slots=True)
class Entry:
    label: str
    icon: str
    page: str
    act: Act | None
    inside_programme: bool = True


ENTRIES = (
    Entry("Accueil", "house", "home", None, inside_programme=False),
    Entry("Jeunes", "people", "beneficiaries:list", Act.READ_YOUTHS),
    Entry("Cellules", "easel", "cellules:list", Act.READ_CELLS),
    Entry("Projets et effectifs", "collection", "funding:headcounts", Act.READ_HEADCOUNTS),
    Entry("Restitution", "table", "reports:index", Act.READ_REPORTS),
    Entry("Programme", "card-text", "programmes:detail", None),
    Entry("Structures", "building", "territories:organisations", Act.READ_DIRECTORY, inside_programme=False),
    Entry("Territoires", "geo-alt", "territories:territories", Act.READ_DIRECTORY, inside_programme=False),
    Entry("Programmes", "folder2", "programmes:list", Act.CREATE_PROGRAMMES, inside_programme=False),
    Entry("Comptes et rôles", "person-badge", "accounts:list", Act.MANAGE_ACCOUNTS, inside_programme=False),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: the entries of this reader, the programme chosen, the programmes to choose from."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"nav_entries": [], "nav_programmes": [], "nav_programme": None}
    programmes = list(
        apps.get_model("programmes", "Programme")
        .objects.visible_to(user)
        .only("id", "number", "acronym", "title", "closed_on")
    )
    chosen = getattr(request, "programme", None) or _remembered(request, programmes)
    return {
        "nav_entries": [entry for entry in (_link(request, user, each, chosen) for each in ENTRIES) if entry],
        "nav_programmes": programmes,
        "nav_programme": chosen,
    }


def _remembered(request: HttpRequest, programmes: list[Any]) -> Any | None:
    """Outside a programme's pages: the one named in the address, else one that runs now, else the first."""
    asked = request.GET.get("programme", "")
    by_number = next((each for each in programmes if each.number == asked), None)
    running = next((each for each in programmes if not each.is_closed), None)
    return by_number or running or (programmes[0] if programmes else None)


def _link(request: HttpRequest, user: Any, entry: Entry, programme: Any | None) -> dict[str, Any] | None:
    if entry.inside_programme and programme is None:
        return None
    if entry.act and not may(user, entry.act, programme if entry.inside_programme else None):
        return None
    url = reverse(entry.page, args=[programme.number] if entry.inside_programme else [])
    here = request.path == url or (url != "/" and request.path.startswith(url))
    return {"label": entry.label, "icon": entry.icon, "url": url, "here": here}
