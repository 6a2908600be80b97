"""Acts upon one file: a step, a departure, and taking back what was noted by mistake."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.generic import FormView

from beneficiaries import services
from beneficiaries.following import give_up_left
from beneficiaries.forms import LossForm, ReasonForm, StepForm
from beneficiaries.models import StepEntry
from beneficiaries.views.base import ChangesFile
from partaj.formats import french_date
from partaj.pages import FormPage


class ActOnFile(ChangesFile, FormPage, FormView):
    """The form is shown, `carry_out` calls the service; a refusal of the service is told beside its field."""

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"enrolment": self.enrolment}

    def carry_out(self, given: dict[str, Any]) -> None:
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            self.carry_out(form.cleaned_data)
        except ValidationError as refusal:
            return self.refused(form, refusal)
        return super().form_valid(form)


class EnterStep(ActOnFile):
    title = "Noter une étape"
    form_class = StepForm
    done = "L’étape est notée."

    def carry_out(self, given: dict[str, Any]) -> None:
        services.enter_step(enrolment=self.enrolment, by=self.request.user, **given)


class WithdrawStep(ActOnFile):
    """For a step noted by mistake."""

    form_class = ReasonForm
    submit_label = "Retirer l’étape"
    done = "L’étape est retirée ; le fil en garde la trace."

    def find(self) -> None:
        super().find()
        entries = StepEntry.objects.of_file(self.enrolment, self.request.user)
        self.entry = get_object_or_404(entries.select_related("step"), pk=self.kwargs["entry"])
        self.entry.enrolment = self.enrolment

    def get_title(self) -> str:
        return f"Retirer l’étape « {self.entry.step.label} » du {french_date(self.entry.entered_on)}"

    def carry_out(self, given: dict[str, Any]) -> None:
        services.withdraw_step(entry=self.entry, reason=given["why"], by=self.request.user)


class RecordLoss(ActOnFile):
    title = "Noter un départ"
    form_class = LossForm
    done = "Le départ est noté."

    def get_initial(self) -> dict[str, Any]:
        """The furthest step reached: without it, a departure would fall out of every phase of annexe 1."""
        entries = StepEntry.objects.of_file(self.enrolment, self.request.user)
        furthest = entries.order_by("-step__position", "-step").values_list("step", flat=True).first()
        return super().get_initial() | {"lost_at": furthest}

    @transaction.atomic
    def carry_out(self, given: dict[str, Any]) -> None:
        services.record_loss(
            enrolment=self.enrolment,
            reason=given["reason"],
            lost_on=given["lost_on"],
            step=given["lost_at"],
            by=self.request.user,
        )
        reason = f"Départ : {given['reason'].label}"
        give_up_left(enrolment=self.enrolment, numbers=given.get("given_up", ()), reason=reason, by=self.request.user)


class UndoLoss(ActOnFile):
    title = "Annuler le départ"
    form_class = ReasonForm
    submit_label = "Remettre dans le parcours"
    done = "Le départ est annulé ; le fil en garde la trace."

    def carry_out(self, given: dict[str, Any]) -> None:
        services.undo_loss(enrolment=self.enrolment, reason=given["why"], by=self.request.user)
