"""The search box of every page: youths across all the programmes of the reader."""

import re
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.views.generic import TemplateView

from beneficiaries.columns import TOLD, read
from beneficiaries.models import Enrolment, Merge
from beneficiaries.phones import phone_digits
from beneficiaries.views.listing import as_lines
from partaj.access import ActRequired
from partaj.acts import Act
from partaj.keys import normalise_key
from partaj.lists import LONGEST_QUERY, search_names
from partaj.pages import Titled

MOST = 20
_NUMBER = re.compile(r"(?:n\s*°\s*)?\+?[\d\s.()-]+")
_INE = re.compile(r"(?=.*\d)[0-9A-Z]{11}")


def look_for(youths: QuerySet, typed: str) -> QuerySet:
    """By e-mail, telephone or number of the file, INE, else by name: what was typed says which."""
    key = normalise_key(typed)
    if "@" in typed:
        return youths.filter(beneficiary__email__startswith=typed.lower())
    if _INE.fullmatch(key):
        return youths.filter(beneficiary__ine=key)
    if _NUMBER.fullmatch(typed):
        digits = phone_digits(typed.lstrip("n° "))
        # The number of a file that was united with another still leads to it.
        by_number = Q(pk=Merge.objects.leading_from(int(digits))) if digits and len(digits) < 10 else Q(pk__in=())
        return youths.filter(
            by_number | Q(beneficiary__phone_digits__startswith=digits) if len(digits) > 3 else by_number
        )
    return search_names(youths, typed)


class Search(ActRequired, Titled, TemplateView):
    """At most MOST files among those that the reader may see, in whatever programme."""

    act = Act.READ_YOUTHS
    template_name = "beneficiaries/search.html"
    title = "Recherche"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        typed = typed_words(self.request)
        rows = self.found(typed) if typed else []
        return super().get_context_data(
            typed=typed, rows=rows[:MOST], more=self.lists(typed, rows) if len(rows) > MOST else [], **kwargs
        )

    def found(self, typed: str) -> list[dict[str, Any]]:
        youths = look_for(Enrolment.objects.visible_to(self.request.user), typed)
        values = list(
            read(youths, TOLD, "programme__number", "programme__acronym").order_by("sort_name", "pk")[: MOST + 1]
        )
        shown = [row["pk"] for row in values[:MOST]]
        self.request.trace.listed(shown, searched=True)  # type: ignore[attr-defined]
        lines = []
        for row in values:
            number = row["programme__number"]
            line = as_lines([row], reverse("beneficiaries:list", args=[number]))[0]
            lines.append(line | {"programme": f"{number} · {row['programme__acronym']}".strip(" ·"), "number": number})
        return lines

    def lists(self, typed: str, rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
        """Where the rest is: the list of each programme among those found, searched for the same words."""
        programmes = {row["number"]: row["programme"] for row in rows}
        query = urlencode({"f-name": typed})
        return [
            (label, f"{reverse('beneficiaries:list', args=[number])}?{query}") for number, label in programmes.items()
        ]


def typed_words(request: HttpRequest) -> str:
    return request.GET.get("q", "")[:LONGEST_QUERY].replace("\x00", "").strip()
