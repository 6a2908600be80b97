"""Pages about one row that hangs on a file (a break, a contract, an obstacle…): found, noted, put right, taken back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.forms import CharField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import CreateView, UpdateView

from beneficiaries.forms import ReasonForm
from beneficiaries.views.acts import ActOnFile
from beneficiaries.views.base import ChangesFile, OnFile
from partaj.pages import FormPage
from partaj.revisions import RevisionPage

TAKEN_BACK = (
    "Ce que vous ouvriez vient d’être retiré du dossier par quelqu’un d’autre, le fil le dit : rien n’a changé."
)
MOST_SAID = 500  # characters of one field
TWICE = "C’était déjà noté\u00a0: rien n’a été écrit deux fois."


class TakenBack(Http404):
    """It was a row of this file until somebody took it back."""


class OneRow(OnFile):
    """`self.row`, of this very file, which the reader may see: a 404 otherwise. Where somebody took it back since, the
    file says so, with the words that were typed for it."""

    model: type[Model]
    row: Any

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        try:
            super().setup(request, *args, **kwargs)
        except TakenBack:
            self.row = None

    def find(self) -> None:
        super().find()
        try:
            self.row = self.get_stored()
        except Http404:
            past = getattr(self.model, "history", None)
            if past is not None and past.filter(id=self.kwargs["entry"], enrolment=self.enrolment.pk).exists():
                raise TakenBack from None
            raise

    def refusal(self) -> HttpResponse | None:
        return super().refusal() or (self.told_taken_back() if self.row is None else None)

    def told_taken_back(self) -> HttpResponse:
        fields = getattr(getattr(self, "form_class", None), "base_fields", {})
        words = [
            self.request.POST.get(name, "")[:MOST_SAID] for name, each in fields.items() if type(each) is CharField
        ]
        said = "\u00a0; ".join(filter(None, words))
        typed = f" Vous aviez saisi\u00a0: {said}" if said else ""
        messages.warning(self.request, f"{TAKEN_BACK}{typed}")
        return redirect(self.file_url)

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

    form_class: type[ReasonForm] = ReasonForm
