"""The planned column of annexe 1, filled in at once."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.generic import FormView

from partaj.acts import Act
from partaj.pages import Crumb, FormPage
from reports.annexe1 import CODE, PLANNED
from reports.forms import PlanForm
from reports.models import DeclaredFigure
from reports.services import plan_figures
from reports.views.pages import InReport


class Plan(InReport, FormPage, FormView):
    """What the convention planned, row by row; seen and changed by those who answer for the programme."""

    act = Act.DECLARE_FIGURES
    seen_with = Act.READ_REPORTS
    form_class = PlanForm
    template_name = "reports/plan.html"
    title = "Saisir les prévisions"
    submit_label = "Enregistrer les prévisions"
    done = "Les prévisions sont enregistrées."

    def get_form_kwargs(self) -> dict[str, Any]:
        if not self.definition.is_planned:
            raise Http404
        texts = dict(self.planned().values_list("pk", "text"))
        return super().get_form_kwargs() | {"report": self.build(), "current": self.current(), "texts": texts}

    def planned(self) -> Any:
        figures = DeclaredFigure.objects.visible_to(self.request.user)
        return figures.filter(programme=self.programme, report=CODE, column=PLANNED)

    def current(self) -> dict[str, DeclaredFigure]:
        return {each.row: each for each in self.planned().current()}

    def form_valid(self, form: PlanForm) -> HttpResponse:
        place: dict[str, Any] = {"programme": self.programme, "report": CODE, "column": PLANNED}
        try:
            plan_figures(**place, changes=form.changes(), by=self.request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)  # keyed by row: each sentence stands beside its box
            form.read_again(self.current())
            return self.form_invalid(form)
        return super().form_valid(form)

    def get_success_url(self) -> str:
        return reverse("reports:report", args=[self.programme.number, CODE])

    def get_crumbs(self) -> list[Crumb]:
        return [
            ("Restitution", reverse("reports:index", args=[self.programme.number])),
            (self.definition.title, self.get_success_url()),
        ]
