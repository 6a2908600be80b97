"""What leaves a list, or undoes it: the lines rejected, the statement for who sent it, forgetting it, undoing it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.text import slugify
from django.views.generic import TemplateView, UpdateView

from beneficiaries.batches.confirming import CAME_SINCE
from beneficiaries.batches.receiving import forget_list
from beneficiaries.batches.statement import statement_of
from beneficiaries.batches.undoing import WorkedOn, opened_by, undo, worked_on
from beneficiaries.list_forms import AgreementForm
from beneficiaries.lists.duplicates import KNOWN
from beneficiaries.lists.outcomes import Outcome
from beneficiaries.models import Enrolment, ImportBatch, Sender
from beneficiaries.views.lists.base import STALE, InList
from partaj.accounts import throttling
from partaj.acts import Act, may
from partaj.confirming import ConfirmPage, Refused
from partaj.folding import fold
from partaj.formats import counted, french_date
from partaj.pages import FormPage, Titled
from partaj.spreadsheets import csv_lines
from partaj.versions import StaleVersion

SHOWN = 20
ABOUT_OTHERS = {KNOWN, CAME_SINCE}  # of no concern to who sent the list


class Rejected(InList):
    """The lines that did not come in, in the layout of the file with the reason added: put right, it may be sent again.

    Columns that are not taken keep their titles and are empty: what is not taken is not kept.
    """

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may(request.user, Act.EXPORT_YOUTHS, self.programme):
            raise PermissionDenied
        throttling.take("export", request, account=request.user.email)
        told = f"lignes rejetées de la liste reçue n° {self.batch.pk}"
        request.trace.exported_list(self.batch.pk, detail=told)  # type: ignore[attr-defined]
        titles = [column["title"] for column in self.batch.told.get("columns", [])]
        rejected = self.lines.filter(outcome=Outcome.REJECT, kind="person").order_by("number")
        lines = csv_lines([*titles, "Motif", "Ligne"], rows_of(rejected, len(titles)), [(self.margin(), "")])
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        stem = slugify(fold(self.batch.filename.rpartition(".")[0])) or "liste"
        response["Content-Disposition"] = f'attachment; filename="{stem}-rejets.csv"'
        return response

    def margin(self) -> str:
        """Recognised as a footer where the file is sent again."""
        now = timezone.localtime()
        return f"Exporté par {self.request.user} le {french_date(now)} à {now:%H:%M} : {self.programme}"


def rows_of(lines: Any, width: int) -> Iterator[list[Any]]:
    for line in lines.iterator(chunk_size=500):
        cells = [*line.cells, *[""] * (width - len(line.cells))]
        why = " ".join(reason for reason in line.reasons if reason not in ABOUT_OTHERS) or line.get_decision_display()
        yield [*cells[:width], " ".join(filter(None, [why, *cells[width:]])), line.number]


class Statement(InList, Titled, TemplateView):
    """What may be given back to who sent the list: counts, and what the agreement with them permits besides."""

    template_name = "beneficiaries/lists/statement.html"
    title = "Bilan pour la structure"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.request.trace.printed(detail=f"bilan de la liste n° {self.batch.pk}")  # type: ignore[attr-defined]
        return super().get_context_data(batch=self.batch, statement=statement_of(self.batch), **kwargs)


class Agreement(InList, FormPage, UpdateView):
    """The reference of the agreement signed with the structure, and what it permits to give back."""

    writes = True
    form_class = AgreementForm
    title = "Convention avec la structure"
    done = "La convention est enregistrée."

    def find(self) -> None:
        super().find()
        if self.batch.organisation_id is None:  # nobody to have signed it
            raise Http404

    def get_object(self, queryset: Any = None) -> Sender:
        known = Sender.objects.visible_to(self.request.user)
        found = known.filter(programme=self.programme, organisation=self.batch.organisation_id).first()
        return found or Sender(programme=self.programme, organisation=self.batch.organisation)

    def get_success_url(self) -> str:
        return f"{self.batch_url}bilan/"


class Forget(InList, ConfirmPage):
    """Before it is confirmed only."""

    writes = True
    title = "Abandonner cette liste"
    submit_label = "Abandonner la liste"
    dangerous = True
    done = "La liste est abandonnée : le fichier et ses lignes sont effacés."

    def get_sentences(self) -> list[str]:
        return [
            f"Le fichier « {self.batch} » et ses lignes seront effacés. Aucun dossier n’en est venu : "
            "rien d’autre ne change.",
            "Pour la reprendre, il faudra la recevoir de nouveau.",
        ]

    def get_done_url(self) -> str:
        return self.list_url

    def carry_out(self) -> None:
        try:
            forget_list(batch=self.batch)
        except StaleVersion as stale:
            raise Refused("Cette liste est confirmée, ou en train de l’être : elle ne s’abandonne plus.") from stale


class Undo(InList, ConfirmPage):
    """The whole import, as long as nobody has worked on its files; else which ones were, as far as one may see them."""

    writes = True
    submit_label = "Annuler l’import"
    dangerous = True
    title = "Annuler l’import"
    template_name = "beneficiaries/lists/undo.html"

    def get_sentences(self) -> list[str]:
        files = opened_by(self.batch).count()
        return [
            f"{counted(files, 'dossier ouvert', 'dossiers ouverts')} par la liste « {self.batch} » seront retirés, "
            "et ce qu’elle a complété ailleurs redeviendra comme avant.",
            "La liste redevient « à confirmer », avec les décisions prises ligne par ligne.",
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(batch=self.batch, **self.work_done(), **kwargs)

    def work_done(self) -> dict[str, Any]:
        """Those on which somebody has worked, by name where the reader sees them."""
        numbers = worked_on(self.batch) if self.batch.state == ImportBatch.State.CONFIRMED else set()
        seen = Enrolment.objects.visible_to(self.request.user).filter(pk__in=numbers).select_related("beneficiary")
        files = list(seen.order_by("sort_name", "pk")[:SHOWN])
        for each in files:
            each.programme = self.programme
        self.request.trace.listed(each.pk for each in files)  # type: ignore[attr-defined]
        return {"worked_on": files, "worked_on_count": len(numbers), "others": len(numbers) - len(files)}

    def get_done_url(self) -> str:
        return self.batch_url

    def carry_out(self) -> None:
        try:
            taken_back = undo(batch=self.batch, version=self.batch.version, by=self.request.user)
        except WorkedOn as found:
            worked = counted(len(found.files), "dossier a été travaillé", "dossiers ont été travaillés")
            raise Refused(f"Rien n’a été annulé : {worked} depuis.") from found
        except StaleVersion as stale:
            raise Refused(STALE) from stale
        messages.success(
            self.request, f"L’import est annulé : {counted(taken_back, 'dossier retiré', 'dossiers retirés')}."
        )
