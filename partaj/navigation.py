"""The left navigation, by role: names of pages and the act that each needs. Names only, hence no import upwards."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from partaj.acts import Act, may
from partaj.prepared import Reader, instances


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
    Entry("Réunions et ateliers", "calendar-event", "beneficiaries:gatherings", Act.LOG_YOUTHS),
    Entry("Listes reçues", "inbox", "beneficiaries:batches", Act.IMPORT_LISTS),
    Entry("Cellules", "easel", "cellules:list", Act.READ_CELLS),
    Entry("Projets et effectifs", "collection", "funding:headcounts", Act.READ_HEADCOUNTS),
    Entry("Restitution", "table", "reports:index", Act.READ_REPORTS),
    Entry("Programme", "card-text", "programmes:detail", None),
    Entry("Structures", "building", "territories:organisations", Act.READ_DIRECTORY, inside_programme=False),
    Entry("Territoires", "geo-alt", "territories:territories", Act.READ_DIRECTORY, inside_programme=False),
    Entry("Programmes", "folder2", "programmes:list", Act.CREATE_PROGRAMMES, inside_programme=False),
    Entry("Comptes et rôles", "person-badge", "accounts:list", Act.MANAGE_ACCOUNTS, inside_programme=False),
    Entry("Revue des accès", "clipboard-check", "accounts:review", Act.REVIEW_ACCESS, inside_programme=False),
    Entry("Qui peut voir quoi", "eye", "accounts:rules", Act.READ_RULES, inside_programme=False),
    Entry("Journal des accès", "journal-text", "accounts:journal", Act.READ_JOURNAL, inside_programme=False),
)
SEARCH = Entry("Rechercher", "search", "beneficiaries:search", Act.READ_YOUTHS, inside_programme=False)


class Link(NamedTuple):
    """`current` is the value of aria-current: « page » on the section's own page, « true » deeper inside it."""

    label: str
    icon: str
    url: str
    current: str
    inside_programme: bool


class Choice(NamedTuple):
    """A programme to choose, and where choosing it leads."""

    number: str
    title: str
    is_closed: bool
    url: str
    chosen: bool


def programmes_of(user: Any) -> list[Any]:
    """Those that `user` may see, by number, without their prose: what nearly every page begins with."""
    return instances(_programmes, Reader.of(user))


def _programmes(reader: Reader) -> QuerySet:
    return apps.get_model("programmes", "Programme").objects.visible_to(reader).brief()


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: the entries of this reader, the programme chosen, the programmes to choose from.

    `nav_search` is the address of the search box, None for those who read no youths; `nav_typed` what it holds.
    """
    user = getattr(request, "user", None)
    common: dict[str, Any] = {"demonstration": not settings.PRODUCTION, "nav_typed": ""}
    nothing = {"nav_entries": (), "nav_programmes": (), "nav_programme": None, "nav_search": None}
    if user is None or not user.is_authenticated:
        return common | nothing
    if getattr(request, "held", False):  # until a second factor is shown
        return common | nothing | {"nav_menu": menu((), ())}
    programmes = getattr(request, "programmes", None)
    if programmes is None:
        programmes = programmes_of(user)
    chosen = getattr(request, "programme", None) or _remembered(request, programmes)
    if request.path == _page(SEARCH, None):
        common["nav_typed"] = request.GET.get("q", "")
    entries = tuple(_link(request, each, chosen) for each in ENTRIES if _is_open(user, each, chosen))
    choices = tuple(_choice(request, each, chosen) for each in programmes)
    return common | {
        "nav_entries": entries,
        "nav_programmes": choices,
        "nav_menu": menu(entries, choices),
        "nav_programme": chosen,
        "nav_search": _page(SEARCH, None) if _is_open(user, SEARCH, None) else None,
    }


@lru_cache(maxsize=1024)
def menu(entries: tuple[Link, ...], choices: tuple[Choice, ...]) -> str:
    """The left navigation, laid out once for all pages on which it says the same."""
    chosen = next((choice for choice in choices if choice.chosen), None)
    return render_to_string("components/_navigation.html", {"entries": entries, "choices": choices, "chosen": chosen})


def acts_in(request: HttpRequest, programme: Any) -> list[Link]:
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


@lru_cache(maxsize=1024)
def address(page: str, number: str | None = None) -> str:
    """The address of a page, of the programme `number` where it belongs to one: looked up once."""
    return reverse(page, args=[number] if number else [])


def _page(entry: Entry, programme: Any | None) -> str:
    return address(entry.page, programme.number if entry.inside_programme and programme else None)


def _is_here(request: HttpRequest, url: str) -> bool:
    return request.path == url or (url != "/" and request.path.startswith(url))


def _link(request: HttpRequest, entry: Entry, programme: Any | None) -> Link:
    url = _page(entry, programme)
    current = "page" if request.path == url else ("true" if _is_here(request, url) else "")
    return Link(entry.label, entry.icon, url, current, entry.inside_programme)


def _choice(request: HttpRequest, programme: Any, chosen: Any) -> Choice:
    """The same section of `programme` where this reader may open it, else the programme's own page."""
    sections = [entry for entry in ENTRIES if entry.inside_programme]
    here = next((entry for entry in sections if _is_here(request, _page(entry, chosen))), None)
    page = here if here and _is_open(request.user, here, programme) else next(
        entry for entry in sections if entry.act is None
    )  # fmt: skip
    title, url = programme.short_title, _page(page, programme)
    return Choice(programme.number, title, programme.is_closed, url, programme.pk == chosen.pk)
