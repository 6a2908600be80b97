"""Pages about one row that hangs on a file (a break, a contract, an obstacle…): found, noted, put right, taken back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import CreateView, UpdateView

from beneficiaries.forms import ReasonForm
from beneficiaries.views.acts import ActOnFile
from beneficiaries.views.base import ChangesFile, OnFile
from partaj.pages import FormPage
from partaj.revisions import RevisionPage

TWICE = "C’était déjà noté\u00a0: rien n’a été écrit deux fois."


class OneRow(OnFile):
    """`self.row`, of this very file, which the reader may see: a 404 otherwise."""

    model: type[Model]
    row: Any

    def find(self) -> None:
        super().find()
        self.row = self.get_stored()

    def rows(self) -> QuerySet:
        """Those of the file, as `of_file` tells them to the reader."""
        return self.model._default_manager.of_file(self.enrolment, self.request.user)  # type: ignore[attr-defined]

    def get_stored(self) -> Any:
        row = get_object_or_404(self.rows(), pk=self.kwargs["entry"])
        row.enrolment = self.enrolment
        return row


class NoteRow(ChangesFile, FormPage, CreateView):
    """`note` calls the service; what it refuses is told in the form, what was noted already is not written twice."""

    submit_label = "Noter"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.model(enrolment=self.enrolment)}  # type: ignore[misc]

    def note(self, form: Any) -> Any:
        """The row; None where it was there."""
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            noted = self.note(form)
        except ValidationError as refusal:
            return self.refused(form, refusal)
        messages.success(self.request, self.done if noted else TWICE)
        return redirect(self.file_url)


class ChangeRow(OneRow, ChangesFile, RevisionPage, UpdateView):
    def get_object(self, queryset: Any = None) -> Any:
        return self.row


class WithdrawRow(OneRow, ActOnFile):
    """For what was noted by mistake: the timeline keeps why."""

    form_class = ReasonForm
