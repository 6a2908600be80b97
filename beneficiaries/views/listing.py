"""The list of the youths of one programme."""

import datetime as dt
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.views.generic import TemplateView
from django_htmx.http import push_url

from beneficiaries.ages import age_on
from beneficiaries.bulk import offered_in
from beneficiaries.filters import ORDERS, YouthFilter, order_of
from beneficiaries.models import Public, StepEntry
from beneficiaries.views.base import AmongYouths
from partaj.acts import Act, may
from partaj.formats import counted, french_date
from partaj.lists import PAGE_SIZE, KeysetPage, count_label, keyset_page
from partaj.pages import Titled

COLUMNS = [
    "pk", "sort_name", "contacted_on", "entered_on", "exited_on", "lost_on", "public", "loss_reason__label",
    "beneficiary__last_name", "beneficiary__usage_name", "beneficiary__first_name", "beneficiary__birth_date",
    "territory", "territory__name", "referent__first_name", "referent__last_name", "referent__email", "step",
]  # fmt: skip

PLACES = {"avant", "apres", "tous", "dossier"}  # of the page that is read, which does not narrow the list
TICK = (
    '<td class="tick"><input type="checkbox" class="form-check-input" name="dossier" form="ticks" value="{}" '
    'aria-label="{}"></td>'
)
NO_TICK, NOTHING = mark_safe('<td class="tick"></td>'), mark_safe("")  # constants


def with_last_step(youths: QuerySet) -> QuerySet:
    """`step`: the label of the furthest step reached."""
    entries = StepEntry.objects.filter(enrolment=OuterRef("pk")).order_by("-step__position", "-pk")
    return youths.annotate(step=Subquery(entries.values("step__label")[:1]))


def state_of(row: dict[str, Any]) -> tuple[str, str]:
    """Words and their tone: where the youth stands."""
    if row["lost_on"]:
        return f"parti le {french_date(row['lost_on'])} : {row['loss_reason__label']}", "left"
    if row["exited_on"]:
        return f"sorti le {french_date(row['exited_on'])}", "left"
    return ("présent", "there") if row["entered_on"] else ("pas encore entré", "waiting")


def prepared(rows: list[dict[str, Any]], list_url: str) -> list[dict[str, Any]]:
    """What the table prints, ready: no query, no address to compute and no arithmetic is left to the template."""
    today = timezone.localdate()
    return [_line(row, list_url, today) for row in rows]


def _line(row: dict[str, Any], list_url: str, today: dt.date) -> dict[str, Any]:
    birth, usage, last = row["beneficiary__birth_date"], row["beneficiary__usage_name"], row["beneficiary__last_name"]
    referent = f"{row['referent__first_name'] or ''} {row['referent__last_name'] or ''}".strip()
    words, tone = state_of(row)
    beside = [f"né(e) {last}" if usage else "", "adulte" if row["public"] == Public.ADULT else ""]
    return {
        "url": f"{list_url}{row['pk']}/",
        "name": f"{usage or last} {row['beneficiary__first_name']}",
        "beside": " · ".join(filter(None, beside)),
        "age": counted(age_on(birth, today), "an") if birth else "—",
        "territory": row["territory__name"],
        "referent": referent or row["referent__email"] or "sans référent",
        "referent_css": "" if row["referent__email"] else "youth-missing",
        "contacted_on": french_date(row["contacted_on"]),
        "entered_on": french_date(row["entered_on"]) or "—",
        "step": row["step"] or "—",
        "state": words,
        "tone": tone,
    }


class YouthList(AmongYouths, Titled, TemplateView):
    """Those whom the reader may see; typing in the search or choosing a filter swaps the table alone."""

    act = Act.READ_YOUTHS
    template_name = "beneficiaries/list.html"
    title = "Jeunes"

    def get_crumbs(self) -> list[tuple[str, str]]:
        return []

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.filter = YouthFilter(request.GET, user=request.user, programme=self.programme)
        if request.htmx and not request.htmx.history_restore_request:
            # Without the request: the shell's context, and its query, are of no use to a fragment.
            response = HttpResponse(render_to_string("beneficiaries/_youths.html", self.table()))
            return push_url(response, f"{request.path}?{self.clean_query()}" if self.clean_query() else request.path)
        return super().get(request, *args, **kwargs)

    def clean_query(self) -> str:
        """The address without the filters that are left empty: short enough to be sent to a colleague."""
        query = self.request.GET.copy()
        for name in [name for name, value in query.items() if value == ""]:
            del query[name]
        return query.urlencode()

    def table(self) -> dict[str, Any]:
        youths = self.filter.qs
        page = keyset_page(with_last_step(youths).values(*COLUMNS), order_of(self.request.GET), self.request.GET)
        searched = bool(self.request.GET.get("f-name"))
        self.request.trace.listed((row["pk"] for row in page.rows), searched=searched)  # type: ignore[attr-defined]
        query, rows = self.clean_query(), prepared(page.rows, self.list_url)
        for line, row in zip(rows, page.rows, strict=True):
            line["tick"] = self.tick(line, row)
        return {
            "page": page,
            "rows": rows,
            "bulk_acts": offered_in(self.programme.number) if self.may_change else [],
            "asked": [(name, value) for name, value in self.request.GET.items() if value and name not in PLACES],
            "count": self.count(youths, page),
            "in_force": self.filter.in_force,
            "not_understood": self.filter.not_understood,
            "list_url": self.list_url,
            "new_url": f"{self.list_url}nouveau/" if self.may_change else "",
            "export_url": f"{self.list_url}export/"
            if may(self.request.user, Act.EXPORT_YOUTHS, self.programme)
            else "",
            "query": query,
        }

    def tick(self, line: dict[str, Any], row: dict[str, Any]) -> SafeString:
        """A cell to choose the file, for who may change it."""
        if not self.may_change:
            return NOTHING
        reach, place = self.request.user.reach, (self.programme.pk, row["territory"])  # type: ignore[union-attr]
        theirs = reach.everything or place[0] in reach.managed or place in reach.ground
        return format_html(TICK, row["pk"], line["name"]) if theirs else NO_TICK

    def count(self, youths: QuerySet, page: KeysetPage) -> str:
        if page.next_query is None and page.previous_query is None and len(page.rows) <= PAGE_SIZE:
            return counted(len(page.rows), "personne")
        return count_label(youths, "personne", "personnes")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        chosen, controls = order_of(self.request.GET).key, self.filter.controls()
        return super().get_context_data(
            controls=controls,
            typed=self.request.GET.get("f-name", ""),
            orders=[(key, words, key == chosen) for key, (_, words) in ORDERS.items()],
            narrowed=any(control["used"] for control in controls),
            **self.table(),
            **kwargs,
        )
