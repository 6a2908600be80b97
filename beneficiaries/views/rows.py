"""Pages about one row that hangs on a file (a break, a contract, an obstacle…): found, noted, put right, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.forms import CharField, ChoiceField, DateField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.generic import CreateView, UpdateView

from beneficiaries.forms import ReasonForm
from beneficiaries.views.acts import ActOnFile
from beneficiaries.views.base import ChangesFile, OnFile
from partaj.formats import french_date
from partaj.pages import FormPage
from partaj.revisions import RevisionPage

TAKEN_BACK = "Ce que vous ouvriez a été retiré du dossier {}le {}, le fil le dit : rien d’autre n’a changé."
MOST_SAID = 500  # characters of one field
TWICE = "C’était déjà noté\u00a0: rien n’a été écrit deux fois."


class TakenBack(Http404):
    """It was a row of this file until `removal`, the line of its history that says who took it back, and when."""

    def __init__(self, removal: Any) -> None:
        self.removal = removal


class OneRow(OnFile):
    """`self.row`, of this very file, which the reader may see: a 404 otherwise. To who answers for the youth, where it
    was taken back and its history tells when (breaks, contracts, exams, obstacles, outcomes), the file says so, with
    what was typed for it."""

    model: type[Model]
    row: Any
    removal: Any = None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        try:
            super().setup(request, *args, **kwargs)
        except TakenBack as gone:
            self.row, self.removal = None, gone.removal

    def find(self) -> None:
        super().find()
        try:
            self.row = self.get_stored()
        except Http404:
            past = getattr(self.model, "history", None)
            if past is None or not self.enrolment.may_be_changed_by(self.request.user):
                raise
            gone = past.filter(id=self.kwargs["entry"], enrolment=self.enrolment.pk, history_type="-")
            removal = gone.select_related("history_user").first()
            if removal is None:
                raise
            raise TakenBack(removal) from None

    def refusal(self) -> HttpResponse | None:
        return super().refusal() or (self.told_taken_back() if self.row is None else None)

    def told_taken_back(self) -> HttpResponse:
        by, day = self.removal.history_user, french_date(timezone.localtime(self.removal.history_date))
        told = TAKEN_BACK.format(f"par {by} " if by and by != self.request.user else "", day)
        typed = "\u00a0; ".join(self.typed())
        messages.warning(self.request, f"{told} Vous aviez saisi\u00a0: {typed}" if typed else told)
        return redirect(self.file_url)

    def typed(self) -> Iterator[str]:
        """« Employeur : Garage Roux », of what was sent."""
        for name, each in getattr(getattr(self, "form_class", None), "base_fields", {}).items():
            value = self.request.POST.get(name, "").strip()[:MOST_SAID]
            if isinstance(each, ChoiceField):
                choices: Any = each.choices
                value = str(dict(choices).get(value, "")) if value else ""
            elif isinstance(each, DateField):
                with suppress(ValidationError):  # as it was typed
                    value = french_date(each.clean(value))
            elif not isinstance(each, CharField):
                value = ""
            if value:
                yield f"{each.label}\u00a0: {value}"

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
