"""The list of reports, a report on screen, and its exports."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.generic import TemplateView, View

from partaj.accounts import throttling
from partaj.acts import Act, may
from partaj.pages import Crumb, Titled
from partaj.programmes.access import InProgramme
from reports.annexe1 import PLANNED
from reports.perimeter import perimeter_of
from reports.registry import REPORTS, Definition
from reports.renderers import FORMATS, file_name
from reports.renderers.pdf import PdfUnavailable
from reports.tables import Cell, Column, Report, Row, Severity, Table, Unit


class Index(InProgramme, Titled, TemplateView):
    """Every report of the programme."""

    act = Act.READ_REPORTS
    template_name = "reports/index.html"
    title = "Restitution"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(reports=REPORTS.values(), formats=FORMATS, **kwargs)


class InReport(InProgramme):
    """Pages of one report: 404 where no report bears this code."""

    act = Act.READ_REPORTS

    @property
    def definition(self) -> Definition:
        definition = REPORTS.get(self.kwargs["code"])
        if definition is None:
            raise Http404
        return definition

    def build(self) -> Report:
        return self.definition.build(perimeter_of(self.request.user, self.programme))


class OnScreen(InReport, Titled, TemplateView):
    template_name = "reports/report.html"

    def get_title(self) -> str:
        return self.definition.title

    def get_crumbs(self) -> list[Crumb]:
        return [("Restitution", reverse("reports:index", args=[self.programme.number]))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        report = self.build()
        self.request.trace.listed(report.told_of)  # type: ignore[attr-defined]
        declares = may(self.request.user, Act.DECLARE_FIGURES, self.programme)
        return super().get_context_data(
            report=report,
            tables=[screen_table(self.programme.number, report.code, table, declares) for table in report.tables],
            formats=FORMATS,
            may_plan=declares and self.definition.is_planned,
            to_explain=[each for each in report.findings if each.severity is not Severity.INFO],
            **kwargs,
        )


def screen_table(number: str, code: str, table: Table, declares: bool) -> dict[str, Any]:
    """The table with the address behind each cell, so that the template only prints."""
    rows = []
    for row in table.rows:
        cells = zip(table.columns, row.cells, strict=True)
        rows.append(
            {"row": row, "cells": [(cell, _address(number, code, row, c, cell, declares)) for c, cell in cells]}
        )
    return {"table": table, "rows": rows}


def _address(number: str, code: str, row: Row, column: Column, cell: Cell, declares: bool) -> str:
    if cell.hidden or (row.level and not cell.drill and not cell.declaration and cell.unit is Unit.CHOICE):
        return ""  # an option of a question is chosen on the question's own row
    page = "reports:figure" if cell.drill or cell.declaration else ("reports:declare" if declares else "")
    computed_plan = column.kind == PLANNED and cell.declaration is None and cell.text and not declares
    if not page or computed_plan:
        return ""
    return f"{reverse(page, args=[number, code])}?{urlencode({'ligne': row.key, 'colonne': column.key})}"


class Export(InReport, View):
    """The report as a file; without pango, the PDF's page says what to install."""

    def get(self, request: HttpRequest, number: str, code: str, extension: str) -> HttpResponse:
        renderer = FORMATS.get(extension)
        if renderer is None:
            raise Http404
        throttling.take("export", request, account=request.user.email)
        report = self.build()
        try:
            content = renderer.render(report, issued_by=str(request.user))
        except PdfUnavailable as missing:
            context = {"title": "PDF indisponible", "crumbs": [], "sentence": str(missing), "report": report}
            return render(request, "reports/pdf_unavailable.html", context, status=503)
        request.trace.printed(detail=f"{code}.{extension}")  # type: ignore[attr-defined]
        if report.told_of:
            request.trace.exported(report.told_of, detail=f"{code}.{extension}")  # type: ignore[attr-defined]
        disposition = f'attachment; filename="{file_name(report, renderer.extension)}"'
        headers = {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
        return HttpResponse(content, content_type=renderer.content_type, headers=headers)
