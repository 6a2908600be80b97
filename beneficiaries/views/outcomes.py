"""What became of a youth: noting it, putting it right, taking it back; and how the file shows it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.text import capfirst

from beneficiaries.following import give_up_left
from beneficiaries.models import Enrolment, Outcome
from beneficiaries.outcome_forms import OutcomeForm, WithdrawOutcomeForm
from beneficiaries.outcomes import note_outcome, revise_outcome, withdraw_outcome
from beneficiaries.views.rows import ChangeRow, NoteRow, WithdrawRow
from partaj.formats import french_date


class NoteOutcome(NoteRow):
    model = Outcome
    form_class = OutcomeForm
    title = "Noter un devenir"
    submit_label = "Enregistrer"
    done = "Le devenir est noté."

    def note(self, form: OutcomeForm) -> Outcome | None:
        with transaction.atomic():
            noted = note_outcome(row=form.instance, exited_on=form.exit_given, by=self.request.user)
            give_up_what_was_left(form, by=self.request.user)
        return noted


class ChangeOutcome(ChangeRow):
    model = Outcome
    form_class = OutcomeForm
    done = "Le devenir est enregistré."

    def get_title(self) -> str:
        return f"Modifier le devenir {self.get_stored().get_moment_display()}"

    def revise(self, form: OutcomeForm) -> Outcome:
        with transaction.atomic():
            revised = revise_outcome(
                row=form.instance, version=form.version_read, exited_on=form.exit_given, by=self.request.user
            )
            give_up_what_was_left(form, by=self.request.user)
        return revised


def give_up_what_was_left(form: OutcomeForm, *, by: Any) -> None:
    if form.exit_given:
        give_up_left(
            enrolment=form.instance.enrolment,
            numbers=form.cleaned_data.get("given_up", ()),
            reason=f"Sortie du dispositif le {french_date(form.exit_given)}",
            by=by,
        )


class WithdrawOutcome(WithdrawRow):
    model = Outcome
    form_class = WithdrawOutcomeForm
    submit_label = "Retirer le devenir"
    done = "Le devenir est retiré ; le fil en garde la trace."

    def get_title(self) -> str:
        return f"Retirer le devenir : {self.row}"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"row": self.row}

    def carry_out(self, given: dict[str, Any]) -> None:
        reopens = bool(given.get("reopens"))
        withdraw_outcome(row=self.row, reason=given["why"], reopens=reopens, by=self.request.user)


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
