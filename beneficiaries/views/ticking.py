"""Youths searched among one's own, ticked, and added to something: a meeting, a session of a cell."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.views.generic import FormView

from beneficiaries.models import Enrolment
from partaj.lists import search_names
from partaj.pages import FormPage

OFFERED = 50


class TickYouths(FormPage, FormView):
    """`field`: of the form, which holds those that are ticked. Who is ticked stays so, whatever is searched next."""

    template_name = "beneficiaries/tick_youths.html"
    field = ""
    search_label = "Nom ou prénom"
    nobody_found = ""  # of that name
    nobody_left = ""  # to be added
    back_label = ""

    def candidates(self) -> QuerySet[Enrolment]:
        raise NotImplementedError

    def ticked_beforehand(self) -> set[str]:
        """By their numbers, before anything is sent."""
        return set()

    def get_legend(self) -> str:
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        typed = self.request.GET.get("q", "")
        context = super().get_context_data(q=typed[:100], **kwargs)
        form, files = context["form"], self.candidates().select_related("beneficiary")
        ticked = set(form.data.getlist(self.field)) if form.is_bound else self.ticked_beforehand()
        offered = list(search_names(files, typed).order_by("sort_name", "pk")[: OFFERED + 1])
        shown = offered[:OFFERED]
        rows = [(file, str(file.pk) in ticked) for file in shown]
        missing = {pk for pk in ticked if pk.isdecimal() and len(pk) < 19} - {str(file.pk) for file in shown}
        if missing:
            rows += [(file, True) for file in files.filter(pk__in=missing).order_by("sort_name", "pk")]
        self.request.trace.listed((file.pk for file, _ in rows), searched=bool(typed))  # type: ignore[attr-defined]
        return context | {
            "rows": rows,
            "more": len(offered) > OFFERED,
            "field": self.field,
            "legend": self.get_legend(),
            "search_label": self.search_label,
            "nobody_found": self.nobody_found,
            "nobody_left": self.nobody_left,
            "back_label": self.back_label,
        }
