"""The papers of one file: putting one in, handing it out, taking it out; and how the page of the file shows them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.views.generic import View

from beneficiaries.document_forms import DocumentForm
from beneficiaries.documents import put_in, take_out
from beneficiaries.models import Document, Enrolment
from beneficiaries.views.acts import ActOnFile
from beneficiaries.views.rows import OneRow, WithdrawRow
from partaj.accounts import throttling
from partaj.formats import french_date
from partaj.uploads import vault

TWICE = "Ce fichier est déjà dans le dossier : rien n’a été écrit deux fois."


class PutIn(ActOnFile):
    """Those who answer for the youth."""

    title = "Ajouter un document"
    form_class = DocumentForm
    template_name = "beneficiaries/document.html"
    submit_label = "Ajouter"
    done = "Le document est dans le dossier."

    def form_valid(self, form: DocumentForm) -> HttpResponse:
        throttling.take("document", self.request, account=self.request.user.email)
        try:
            put = put_in(enrolment=self.enrolment, sent=form.sent, by=self.request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
            return self.form_invalid(form)
        messages.success(self.request, self.done) if put else messages.info(self.request, TWICE)
        return redirect(self.file_url)


class HandOut(OneRow, View):
    """Whoever reads the file; as an attachment, never as a page. The journal says that it left."""

    model = Document

    def note_reading(self) -> None:
        """Said by `get`: the page of the file is not shown."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:
        throttling.take("document", request, account=request.user.email)
        document = self.row
        answer = vault.hand_out(document.stored, filename=document.filename, mime=document.mime)
        what = f"un document ({document.get_kind_display()})"
        request.trace.handed_out(self.enrolment.pk, detail=what)  # type: ignore[attr-defined]
        return answer


class TakeOut(WithdrawRow):
    """For a paper that has no place there, or serves no more."""

    model = Document
    submit_label = "Retirer le document"
    done = "Le document est retiré, son contenu détruit ; le fil en garde la trace."

    def get_title(self) -> str:
        return f"Retirer le document : {self.row}"

    def carry_out(self, given: dict[str, Any]) -> None:
        take_out(document=self.row, reason=given["why"], by=self.request.user)


# -- On the page of the file -----------------------------------------------------------------------------
def documents_of(enrolment: Enrolment, reader: Any, file_url: str) -> list[dict[str, Any]]:
    """The papers of the file that the reader may see, in words, the latest first. In one query."""
    rows = Document.objects.of_file(enrolment, reader).select_related("author")
    return [
        {
            "label": str(row),
            "filename": row.filename,
            "facts": facts_of(row),
            "is_private": row.is_private,
            "url": f"{file_url}document/{row.pk}/",
        }
        for row in rows
    ]


def facts_of(row: Document) -> str:
    """« PDF, 120 Ko · daté du 12/01/2026 · ajouté le 15/01/2026 par Inès »."""
    kind = row.filename.rpartition(".")[2].upper()
    dated = f"daté du {french_date(row.dated_on)}" if row.dated_on else ""
    sent = f"ajouté le {french_date(timezone.localtime(row.sent_at))}{f' par {row.author}' if row.author else ''}"
    return " · ".join(filter(None, [f"{kind}, {filesizeformat(row.size)}", dated, sent]))
