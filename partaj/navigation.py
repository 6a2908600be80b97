"""The left navigation, by role: names of pages and the act that each needs. Names only, hence no import upwards."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.conf import settings
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
SEARCH = Entry("Rechercher", "search", "beneficiaries:search", Act.READ_YOUTHS, inside_programme=False)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: the entries of this reader, the programme chosen, the programmes to choose from.

    `nav_search` is the address of the search box, None for those who read no youths; `nav_typed` what it holds.
    """
    user = getattr(request, "user", None)
    common: dict[str, Any] = {"demonstration": not settings.PRODUCTION, "nav_typed": ""}
    if user is None or not user.is_authenticated:
        return common | {"nav_entries": [], "nav_programmes": [], "nav_programme": None, "nav_search": None}
    programmes = getattr(request, "programmes", None)
    if programmes is None:
        programmes = list(apps.get_model("programmes", "Programme").objects.visible_to(user).brief())
    chosen = getattr(request, "programme", None) or _remembered(request, programmes)
    if request.path == _address(SEARCH, None):
        common["nav_typed"] = request.GET.get("q", "")
    return common | {
        "nav_entries": [_link(request, each, chosen) for each in ENTRIES if _is_open(user, each, chosen)],
        "nav_programmes": [_choice(request, each, chosen) for each in programmes],
        "nav_programme": chosen,
        "nav_search": _address(SEARCH, None) if _is_open(user, SEARCH, None) else None,
    }


def acts_in(request: HttpRequest, programme: Any) -> list[dict[str, Any]]:
    """Links to the sections of one programme that this reader may open."""
    inside = (entry for entry in ENTRIES if entry.inside_programme)
    return [_link(request, each, programme) for each in inside if _is_open(request.user, each, programme)]


def _remembered(request: HttpRequest, programmes: list[Any]) -> Any | None:
    """Outside a programme's pages: the one named in the address, else one that runs now, else the first."""
    asked = request.GET.get("programme", "")
    by_number = next((each for each in programmes if each.number == asked), None)
    running = next((each for each in programmes if not each.is_closed), None)
    return by_number or running or (programmes[0] if programmes else None)


def _is_open(user: Any, entry: Entry, programme: Any | None) -> bool:
    if entry.inside_programme and programme is None:
        return False
    return entry.act is None or may(user, entry.act, programme if entry.inside_programme else None)


def _address(entry: Entry, programme: Any | None) -> str:
    return _url(entry.page, programme.number if entry.inside_programme and programme else None)


@lru_cache(maxsize=1024)
def _url(page: str, number: str | None) -> str:
    return reverse(page, args=[number] if number else [])


def _is_here(request: HttpRequest, url: str) -> bool:
    return request.path == url or (url != "/" and request.path.startswith(url))


def _link(request: HttpRequest, entry: Entry, programme: Any | None) -> dict[str, Any]:
    """`current` is the value of aria-current: « page » on the section's own page, « true » deeper inside it."""
    url = _address(entry, programme)
    current = "page" if request.path == url else ("true" if _is_here(request, url) else "")
    return {"label": entry.label, "icon": entry.icon, "url": url, "current": current,
            "inside_programme": entry.inside_programme}  # fmt: skip


def _choice(request: HttpRequest, programme: Any, chosen: Any) -> dict[str, Any]:
    """The same section of `programme` where this reader may open it, else the programme's own page."""
    sections = [entry for entry in ENTRIES if entry.inside_programme]
    here = next((entry for entry in sections if _is_here(request, _address(entry, chosen))), None)
    page = here if here and _is_open(request.user, here, programme) else next(
        entry for entry in sections if entry.act is None
    )  # fmt: skip
    return {"programme": programme, "url": _address(page, programme), "chosen": programme.pk == chosen.pk}
