"""Where a file comes from: the line of the list that opened or completed it, as it was written."""

from __future__ import annotations

from typing import Any

from django.views.generic import TemplateView

from beneficiaries.batches.keeping import beside
from beneficiaries.models import ImportLine
from beneficiaries.views.base import OnFile
from beneficiaries.views.lists.line import raw_cells
from partaj.acts import Act
from partaj.pages import Crumb, Titled


class Provenance(OnFile, Titled, TemplateView):
    """For those who answer for the youth; refused to a guest (403)."""

    act = Act.LOG_YOUTHS
    seen_with = Act.READ_YOUTHS
    template_name = "beneficiaries/provenance.html"
    title = "D’où vient ce dossier"

    def get_crumbs(self) -> list[Crumb]:
        return [*super().get_crumbs(), (self.enrolment.beneficiary.full_name, self.file_url)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lines = ImportLine.objects.visible_to(self.request.user).filter(enrolment=self.enrolment)
        found = [
            {
                "line": line,
                "batch": line.batch,
                "raw": raw_cells(line.batch, line),
                "beside": beside(line.student),
            }
            for line in lines.select_related("batch__organisation", "batch__confirmed_by").order_by("pk")
        ]
        return super().get_context_data(person=self.enrolment.beneficiary, lines=found, **kwargs)
