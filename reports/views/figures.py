"""Behind one figure: its list, its rule, and its declaration by hand."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.generic import FormView, TemplateView, View

from partaj.acts import Act, may
from partaj.lists import count_label, keyset_page
from partaj.pages import Crumb, FormPage, Titled
from reports.figures import Figure
from reports.forms import DeclareForm
from reports.models import DeclaredFigure
from reports.perimeter import perimeter_of
from reports.services import declare_figure, withdraw_figure
from reports.views.pages import InReport

LONGEST_KEY = 80
DAYS = {
    "entered_on": "Entrée", "contacted_on": "Premier contact", "broken_on": "Rupture", "starts_on": "Début du contrat",
}  # fmt: skip


class OfFigure(InReport):
    """Pages about one cell, named by `?ligne=&colonne=`: 404 where the reader's report has no such cell."""

    @cached_property
    def figure(self) -> Figure:
        row, column = self.request.GET.get("ligne", ""), self.request.GET.get("colonne", "")
        perimeter = perimeter_of(self.request.user, self.programme)
        try:
            figure = self.definition.figure(perimeter, row[:LONGEST_KEY], column[:LONGEST_KEY])
        except KeyError:
            raise Http404 from None
        self.request.trace.listed(figure.told_of)  # type: ignore[attr-defined]
        return figure

    @property
    def place(self) -> dict[str, Any]:
        return {"report": self.definition.code, "row": self.figure.row.key, "column": self.figure.column.key}

    def address(self, page: str) -> str:
        query = urlencode({"ligne": self.figure.row.key, "colonne": self.figure.column.key})
        return f"{reverse(page, args=[self.programme.number, self.definition.code])}?{query}"

    @property
    def back_to_table(self) -> str:
        """The report, at the table of the figure."""
        return f"{self.report_url}#t-{self.figure.table.key}"

    @property
    def report_url(self) -> str:
        return reverse("reports:report", args=[self.programme.number, self.definition.code])

    def current(self) -> DeclaredFigure | None:
        return self.declarations().current().first()

    def declarations(self) -> Any:
        visible = DeclaredFigure.objects.visible_to(self.request.user)
        return visible.filter(programme=self.programme, **self.place).select_related("author", "withdrawn_by")

    def get_crumbs(self) -> list[Crumb]:
        return [
            ("Restitution", reverse("reports:index", args=[self.programme.number])),
            (self.definition.title, self.report_url),
        ]


class FigurePage(OfFigure, Titled, TemplateView):
    """The people and the projects behind a figure, for those who may see them; the rule and the number for all."""

    template_name = "reports/figure.html"

    def get_title(self) -> str:
        return self.figure.label

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        figure, user = self.figure, self.request.user
        if figure.cell.hidden:
            raise Http404
        missing = "manquants" in self.request.GET
        listed = figure.people_missing(user) if missing else figure.people(user)
        page = keyset_page(figure.rows(listed), figure.order, self.request.GET)
        self.request.trace.listed(row["file"] for row in page.rows)  # type: ignore[attr-defined]
        projects = figure.projects()
        return super().get_context_data(
            figure=figure,
            names=figure.perimeter.names,
            missing=missing,
            page=page,
            listed_label=count_label(listed, *figure.words),
            missing_label=count_label(figure.people_missing(user), "personne", "personnes")
            if figure.asks_who_is_missing
            else "",
            day_label=DAYS[figure.day],
            projects=projects if figure.perimeter.names else [],
            collective=sum(line["number"] for line in projects),
            declarations=self.declarations(),
            current=self.current(),
            may_declare=may(user, Act.DECLARE_FIGURES, self.programme),
            here=self.address("reports:figure"),
            declare_url=self.address("reports:declare"),
            withdraw_url=self.address("reports:withdraw"),
            **kwargs,
        )


class Declare(OfFigure, FormPage, FormView):
    """Declare a figure by hand: the value, and why."""

    act = Act.DECLARE_FIGURES
    seen_with = Act.READ_REPORTS
    form_class = DeclareForm
    template_name = "reports/declare.html"
    submit_label = "Déclarer ce chiffre"
    title = "Déclarer un chiffre"
    done = "Le chiffre est déclaré ; celui des dossiers reste visible à côté."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"figure": self.figure}

    def get_initial(self) -> dict[str, Any]:
        current = self.current()
        text = current.text if current else self.figure.cell.text
        return {"text": text, "reason": current.reason if current else "", "replaces": current.pk if current else None}

    def form_valid(self, form: DeclareForm) -> HttpResponse:
        try:
            declare_figure(programme=self.programme, by=self.request.user, **self.place, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            form.read_again(self.current())
            return self.form_invalid(form)
        return super().form_valid(form)

    def get_success_url(self) -> str:
        return self.back_to_table

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(figure=self.figure, declarations=self.declarations(), **kwargs)


class Withdraw(OfFigure, View):
    """Back to the computed figure."""

    act = Act.DECLARE_FIGURES
    seen_with = Act.READ_REPORTS
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        read = request.POST.get("replaces", "")
        try:
            withdraw_figure(
                programme=self.programme,
                by=request.user,
                replaces=int(read) if read.isdecimal() and len(read) < 18 else None,
                **self.place,
            )
            messages.success(
                request, "Le chiffre des dossiers s’imprime de nouveau ; la déclaration reste dans l’historique."
            )
        except ValidationError as refusal:
            messages.error(request, refusal.messages[0])
        return HttpResponseRedirect(self.back_to_table)
