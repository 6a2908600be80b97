"""What became of a youth: noting it, putting it right, taking it back; and how the file shows it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.text import capfirst
from django.views.generic import CreateView, UpdateView

from beneficiaries.forms import ReasonForm
from beneficiaries.models import Enrolment, Outcome
from beneficiaries.outcome_forms import OutcomeForm
from beneficiaries.outcomes import note_outcome, revise_outcome, withdraw_outcome
from beneficiaries.views.acts import ActOnFile
from beneficiaries.views.base import ChangesFile
from partaj.formats import french_date
from partaj.pages import FormPage
from partaj.revisions import RevisionPage


class OneOutcome(ChangesFile):
    """`self.row`, of this very file."""

    row: Outcome

    def find(self) -> None:
        super().find()
        self.row = self.get_stored()

    def get_stored(self) -> Outcome:
        rows = Outcome.objects.of_file(self.enrolment, self.request.user)
        row = get_object_or_404(rows, pk=self.kwargs["entry"])
        row.enrolment = self.enrolment
        return row


class NoteOutcome(ChangesFile, FormPage, CreateView):
    title = "Noter un devenir"
    form_class = OutcomeForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": Outcome(enrolment=self.enrolment)}

    def form_valid(self, form: OutcomeForm) -> HttpResponse:
        try:
            noted = note_outcome(row=form.instance, exited_on=form.cleaned_data.get("exited_on"), by=self.request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            return self.form_invalid(form)
        done = "Le devenir est noté." if noted else "Ce devenir était déjà noté : rien n’a été écrit deux fois."
        messages.success(self.request, done)
        return redirect(self.file_url)


class ChangeOutcome(OneOutcome, RevisionPage, UpdateView):
    form_class = OutcomeForm
    done = "Le devenir est enregistré."

    def get_title(self) -> str:
        return f"Modifier le devenir {self.get_stored().get_moment_display()}"

    def get_object(self, queryset: Any = None) -> Outcome:
        return self.row

    def revise(self, form: OutcomeForm) -> Outcome:
        return revise_outcome(row=form.instance, version=form.version_read, by=self.request.user)


class WithdrawOutcome(OneOutcome, ActOnFile):
    """For an outcome noted by mistake."""

    form_class = ReasonForm
    submit_label = "Retirer le devenir"
    done = "Le devenir est retiré ; le fil en garde la trace."

    def get_title(self) -> str:
        return f"Retirer le devenir : {self.row}"

    def carry_out(self, given: dict[str, Any]) -> None:
        withdraw_outcome(row=self.row, reason=given["why"], by=self.request.user)


# -- On the page of the file -----------------------------------------------------------------------------
def outcomes_of(enrolment: Enrolment, reader: Any, url: str) -> list[dict[str, Any]]:
    """In the order of the moments, the principal one first; `url`: of the page of the file."""
    moments = Outcome.Moment.values
    rows = Outcome.objects.of_file(enrolment, reader)
    return [
        {
            "when": capfirst(row.get_moment_display()),
            "day": french_date(row.seen_on),
            "kind": capfirst(row.get_kind_display()),
            "precision": row.precision,
            "state": row.get_state_display() if row.state != Outcome.State.UNDER_WAY else "",
            "is_principal": row.is_principal,
            "url": f"{url}devenir/{row.pk}/",
        }
        for row in sorted(rows, key=lambda each: (moments.index(each.moment), not each.is_principal, each.seen_on))
    ]
