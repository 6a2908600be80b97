"""« Qui a consulté ce dossier »: all that the journal says of one file, for those who answer for its programme."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.generic import TemplateView, View

from beneficiaries.models import Merge, paths_absorbed_by
from beneficiaries.views.base import OnFile
from partaj.accounts.journal.exports import csv_response
from partaj.accounts.journal.models import JournalQuerySet
from partaj.accounts.journal.views import LATEST_FIRST, NOUNS
from partaj.accounts.journal.words import lines_of
from partaj.accounts.models import JournalEntry
from partaj.acts import Act
from partaj.lists import count_label, keyset_page
from partaj.pages import Crumb, Titled


class OfFile(OnFile):
    """Openings, lists and exports that showed the youth, changes, refusals; the reader's own reading is one more."""

    act = Act.READ_JOURNAL
    seen_with = Act.READ_YOUTHS
    what = ""

    def note_reading(self) -> None:
        self.request.trace.looked_up(detail=self.what, enrolment=self.enrolment.pk)  # type: ignore[attr-defined]

    def rows(self) -> JournalQuerySet:
        """Those of the files that are one with this one since are there too."""
        mergers = Merge.objects.in_force().of_person(self.enrolment.beneficiary_id).only("paths")
        former = paths_absorbed_by(self.enrolment.pk, mergers)
        return JournalEntry.objects.about_file(self.request.user, self.enrolment, sorted(former))


class Consultations(OfFile, Titled, TemplateView):
    template_name = "beneficiaries/consultations.html"
    title = "Qui a consulté ce dossier"
    what = "qui a consulté ce dossier"

    def get_crumbs(self) -> list[Crumb]:
        return [*super().get_crumbs(), (self.enrolment.beneficiary.full_name, self.file_url)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.rows()
        page = keyset_page(rows, LATEST_FIRST, self.request.GET)
        return super().get_context_data(
            enrolment=self.enrolment,
            page=page,
            lines=lines_of(page.rows, of_file=self.enrolment.pk),
            count=count_label(rows, *NOUNS),
            **kwargs,
        )


class ConsultationsExport(OfFile, View):
    """The same lines as a CSV, for the officer who answers the person."""

    what = "qui a consulté ce dossier, export CSV"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        file = self.enrolment.pk
        colophon = [("Contenu", f"Qui a consulté le dossier n° {file}"), ("Programme", str(self.programme))]
        return csv_response(self.rows(), f"consultations-dossier-{file}", colophon, request.user, of_file=file)
