"""The list of youths as a file: a right of its own, within the perimeter of the role that gives it."""

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from beneficiaries.columns import file_columns
from beneficiaries.exports import Colophon, headings_of, rows_of, xlsx_file
from beneficiaries.filters import YouthFilter, order_of
from beneficiaries.views.base import AmongYouths
from partaj.accounts import throttling
from partaj.acts import Act
from partaj.formats import counted
from partaj.spreadsheets import csv_lines
from partaj.territories.models import Territory


class Export(AmongYouths):
    """CSV or XLSX of what the list shows with the same filters, in the columns that the address asks for, or in all;
    rows outside the exported perimeter stay inside."""

    act = Act.EXPORT_YOUTHS
    seen_with = Act.READ_YOUTHS

    def get(self, request: HttpRequest, number: str, kind: str) -> HttpResponseBase:
        if kind not in {"csv", "xlsx"}:
            raise Http404
        chosen = YouthFilter(request.GET, user=request.user, programme=self.programme)
        if chosen.not_understood:
            return redirect(f"{self.list_url}?{request.GET.urlencode()}")  # the page says which filter is wrong
        throttling.take("export", request, account=request.user.email)
        order = order_of(request.GET)
        exportable = chosen.qs.exportable_by(request.user)
        youths = exportable.not_opposed()
        self.opposed = exportable.count() - youths.count()
        told = set(youths.order_by().values_list("pk", flat=True))
        request.trace.exported(told, detail=kind)  # type: ignore[attr-defined]
        columns = file_columns(request.GET)
        self.headings = headings_of(columns)
        found = rows_of(youths.order_by(order.order_by(), "pk"), columns)
        rows = (row for row in found if row[0] in told)  # nobody who came in between leaves without their line
        response = self.as_csv(rows, chosen) if kind == "csv" else self.as_xlsx(rows, chosen)
        name = f"jeunes-{self.programme.number}-{timezone.localdate():%Y-%m-%d}.{kind}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["Cache-Control"] = "no-store, private"
        return response

    def as_csv(self, rows: Any, chosen: YouthFilter) -> HttpResponseBase:
        lines = csv_lines(self.headings, rows, self.colophon(chosen).lines())
        return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")

    def as_xlsx(self, rows: Any, chosen: YouthFilter) -> HttpResponseBase:
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return FileResponse(xlsx_file(self.headings, rows, self.colophon(chosen)), content_type=kind)

    def colophon(self, chosen: YouthFilter) -> Colophon:
        return Colophon(
            programme=str(self.programme),
            perimeter=self.perimeter(),
            filters=" ; ".join([*(f"{label} : {words}" for label, words in chosen.in_force), *self.left_out()])
            or "aucun",
            author=str(self.request.user),
            issued_at=timezone.localtime(),
        )

    def left_out(self) -> list[str]:
        """Those who object to the sharing of their file leave in no list, and the list says so."""
        return (
            [f"{counted(self.opposed, 'dossier écarté', 'dossiers écartés')}, opposition au partage"]
            if self.opposed
            else []
        )

    def perimeter(self) -> str:
        reach = self.request.user.reach
        territories = {territory for programme, territory in reach.exported if programme == self.programme.pk}
        if reach.everything or None in territories:
            return "tout le programme"
        names = Territory.objects.visible_to(self.request.user).filter(pk__in=territories)
        return ", ".join(sorted(names.values_list("name", flat=True)))
