"""The list of the youths of one programme."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.views.generic import TemplateView
from django_htmx.http import replace_url

from beneficiaries import columns
from beneficiaries.bulk import offered_in
from beneficiaries.filters import ORDERS, YouthFilter, order_of
from beneficiaries.models import Public, SavedList
from beneficiaries.saved import normalised
from beneficiaries.views.base import AmongYouths
from beneficiaries.views.saved_shown import chips, in_force, offered
from partaj.acts import Act, may
from partaj.formats import counted, french_date
from partaj.lists import PAGE_SIZE, KeysetPage, count_in_words, count_label, keyset_page
from partaj.navigation import address
from partaj.pages import Titled

TICKS = ("tous", "dossier")  # what is chosen in the list, to do something with
PLACES = {"avant", "apres"}  # of the page that is read, which does not narrow the list
CARRIED = "dossier coché sur une autre page", "dossiers cochés sur d’autres pages"
TICK = (
    '<td class="tick"><input type="checkbox" class="form-check-input" name="dossier" form="ticks" value="{}" '
    'aria-label="{}"{}></td>'
)
MOST_CARRIED = 150  # ticked on other pages: an address is not endless
TOO_MANY = f" ({MOST_CARRIED}\u00a0au plus\u00a0: les derniers cochés ne le sont plus)"
NO_TICK, CHECKED, NOTHING = mark_safe('<td class="tick"></td>'), mark_safe(" checked"), mark_safe("")  # constants


def as_lines(rows: list[dict[str, Any]], list_url: str) -> list[dict[str, Any]]:
    """Youths told in a line of another page: no query and no arithmetic is left to the template. `rows`: of
    `columns.read(…, columns.TOLD)`."""
    today = timezone.localdate()
    return [named(row, list_url) | _told(row, today) for row in rows]


def _told(row: dict[str, Any], today: dt.date) -> dict[str, Any]:
    words, tone = columns.state_of(row)
    return {
        "age": columns.age_in_words(row, today) or columns.EMPTY,
        "territory": row["territory__name"],
        "contacted_on": french_date(row["contacted_on"]),
        "state": words,
        "tone": tone,
    }


def named(row: dict[str, Any], list_url: str) -> dict[str, Any]:
    """What every line begins with."""
    usage, last = row["beneficiary__usage_name"], row["beneficiary__last_name"]
    beside = [f"né(e) {last}" if usage else "", "adulte" if row["public"] == Public.ADULT else ""]
    return {
        "url": f"{list_url}{row['pk']}/",
        "name": f"{usage or last} {row['beneficiary__first_name']}",
        "beside": " · ".join(filter(None, beside)),
    }


class YouthList(AmongYouths, Titled, TemplateView):
    """Those whom the reader may see; typing in the search or choosing a filter swaps the table alone."""

    act = Act.READ_YOUTHS
    template_name = "beneficiaries/list.html"
    title = "Jeunes"

    def get_crumbs(self) -> list[tuple[str, str]]:
        return []

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        lists = SavedList.objects.visible_to(request.user).filter(programme=self.programme)
        self.filter = YouthFilter(request.GET, user=request.user, programme=self.programme, lists=lists)
        self.columns = columns.columns_of(request.GET)
        self.query = self.clean_query()
        self.asked = normalised(request.GET)
        self.saved = in_force(self.filter.lists, request.GET, self.asked)
        if request.htmx and not request.htmx.history_restore_request:
            # Without the request: the shell's context, and its query, are of no use to a fragment.
            response = HttpResponse(render_to_string("beneficiaries/_youths.html", self.table()))
            return replace_url(response, f"{request.path}?{self.query.urlencode()}" if self.query else request.path)
        return super().get(request, *args, **kwargs)

    def is_as_saved(self) -> bool:
        """A saved list that is understood, and unchanged: its name says what the filters say."""
        return self.saved is not None and self.saved.query == self.asked and not self.filter.not_understood

    def clean_query(self) -> QueryDict:
        """The address without the filters left empty and the usual columns: short enough to be sent to a colleague."""
        query = self.request.GET.copy()
        for name in TICKS:
            query.pop(name, None)
        for name in [name for name, value in query.items() if value == ""]:
            del query[name]
        query.pop(columns.PARAMETER, None)
        query.setlist(columns.PARAMETER, columns.keys_of(self.columns))  # last
        return query

    def ticked(self) -> list[str]:
        """Numbers of files ticked on this page or another, which come along from page to page."""
        asked = self.request.GET.getlist("dossier")
        return [number for number in dict.fromkeys(asked) if number.isdecimal() and len(number) < 18]

    def usual_query(self) -> str:
        """Without its columns."""
        if self.columns == columns.USUAL:
            return self.query.urlencode()
        query = self.query.copy()
        query.pop(columns.PARAMETER)
        return query.urlencode()

    def table(self) -> dict[str, Any]:
        youths, *found = self.filter.few_or_many() or (self.filter.qs, None, False)
        page = keyset_page(columns.read(youths, self.columns), order_of(self.request.GET), self.query)
        searched = bool(self.request.GET.get("f-name"))
        self.request.trace.listed((row["pk"] for row in page.rows), searched=searched)  # type: ignore[attr-defined]
        query, today = self.query.urlencode(), timezone.localdate()
        ticked, here = self.ticked(), {str(row["pk"]) for row in page.rows}
        carried = [number for number in ticked if number not in here] if self.may_change else []
        cut = TOO_MANY if len(carried) > MOST_CARRIED else ""
        carried = carried[:MOST_CARRIED]
        return {
            "page": page,
            "rows": [self.line(row, today, ticked) for row in page.rows],
            "carried": carried,
            "carried_words": counted(len(carried), *CARRIED) + cut,
            "headings": columns.headings(self.columns),
            "is_wide": len(self.columns) >= columns.WIDE,
            "chosen": self.columns != columns.USUAL,
            "usual_query": self.usual_query(),
            "acts_url": address("beneficiaries:bulk_acts", self.programme.number),
            "bulk_acts": offered_in(self.programme.number) if self.may_change else [],
            "asked": [(name, value) for name, values in self.query.lists() for value in values if name not in PLACES],
            "count": self.count(youths, page, *found),
            "in_force": self.filter.in_force,
            "not_understood": self.filter.not_understood,
            "list_url": self.list_url,
            "new_url": f"{self.list_url}nouveau/" if self.may_change else "",
            "export_url": f"{self.list_url}export/"
            if may(self.request.user, Act.EXPORT_YOUTHS, self.programme)
            else "",
            "query": query,
            "kept": offered(self.saved, self.asked, self.request.user, self.list_url),
            "may_save": not self.programme.is_closed,
        }

    def line(self, row: dict[str, Any], today: dt.date, ticked: list[str]) -> dict[str, Any]:
        line = named(row, self.list_url) | {"cells": columns.cells(self.columns, row, today)}
        return line | {"tick": self.tick(line, row, ticked)}

    def tick(self, line: dict[str, Any], row: dict[str, Any], ticked: list[str]) -> SafeString:
        """A cell to choose the file, for who may change it."""
        if not self.may_change:
            return NOTHING
        reach, place = self.request.user.reach, (self.programme.pk, row["territory"])  # type: ignore[union-attr]
        theirs = reach.everything or place[0] in reach.managed or place in reach.ground
        checked = CHECKED if str(row["pk"]) in ticked else NOTHING
        return format_html(TICK, row["pk"], line["name"], checked) if theirs else NO_TICK

    def count(self, youths: QuerySet, page: KeysetPage, found: int | None, beyond: bool) -> str:
        """`found`: how many filters have found, where there are some; `beyond`: and more."""
        if found is not None:
            return count_in_words(found, beyond, "personne", "personnes")
        if page.next_query is None and page.previous_query is None and len(page.rows) <= PAGE_SIZE:
            return counted(len(page.rows), "personne")
        return count_label(youths, "personne", "personnes")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        chosen, controls = order_of(self.request.GET).key, self.filter.controls()
        return super().get_context_data(
            controls=controls,
            typed=self.request.GET.get("f-name", ""),
            saved=chips(self.filter.lists, self.request.user, self.saved),
            saved_url=f"{self.list_url}mes-listes/",
            opened=self.saved.pk if self.saved else "",
            boxes=columns.boxes(self.columns),
            orders=[(key, words, key == chosen) for key, (_, words) in ORDERS.items()],
            narrowed=any(control["used"] for control in controls) and not self.is_as_saved(),
            **self.table(),
            **kwargs,
        )
