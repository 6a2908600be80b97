"""What stands in the way of one youth: noted, put right, solved, opened again, taken back; how the file shows it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.generic import CreateView, UpdateView

from beneficiaries import obstacles
from beneficiaries.forms import ReasonForm
from beneficiaries.models import Enrolment, Obstacle
from beneficiaries.obstacle_forms import ObstacleForm, ReopenForm, SolveForm
from beneficiaries.views.acts import ActOnFile
from beneficiaries.views.base import ChangesFile
from partaj.formats import french_date
from partaj.pages import FormPage
from partaj.revisions import RevisionPage

TWICE = "C’était déjà noté : rien n’a été écrit deux fois."


class OneObstacle(ChangesFile):
    """`self.row`, of this very file."""

    row: Obstacle

    def find(self) -> None:
        super().find()
        self.row = self.get_stored()

    def get_stored(self) -> Obstacle:
        rows = Obstacle.objects.of_file(self.enrolment, self.request.user)
        row = get_object_or_404(rows, pk=self.kwargs["entry"])
        row.enrolment = self.enrolment
        return row


class NoteObstacle(ChangesFile, FormPage, CreateView):
    title = "Noter un frein"
    form_class = ObstacleForm
    submit_label = "Noter"

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {"opened_on": timezone.localdate()}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": Obstacle(enrolment=self.enrolment)}

    def form_valid(self, form: ObstacleForm) -> HttpResponse:
        try:
            noted = obstacles.note_obstacle(row=form.instance, by=self.request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            return self.form_invalid(form)
        messages.success(self.request, "Le frein est noté." if noted else TWICE)
        return redirect(self.file_url)


class ChangeObstacle(OneObstacle, RevisionPage, UpdateView):
    form_class = ObstacleForm
    done = "Le frein est enregistré."

    def get_title(self) -> str:
        return f"Modifier le frein « {self.get_stored()} »"

    def get_object(self, queryset: Any = None) -> Obstacle:
        return self.row

    def revise(self, form: ObstacleForm) -> Obstacle:
        return obstacles.revise_obstacle(row=form.instance, version=form.version_read, by=self.request.user)

    def form_valid(self, form: ObstacleForm) -> HttpResponse:
        try:
            return super().form_valid(form)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            return self.form_invalid(form)


class Solve(OneObstacle, ActOnFile):
    form_class = SolveForm
    submit_label = "Lever le frein"
    done = "Le frein est levé ; « Rouvrir », dans le dossier, l’annule."

    def get_title(self) -> str:
        return f"Lever le frein « {self.row} »"

    def carry_out(self, given: dict[str, Any]) -> None:
        obstacles.solve_obstacle(
            obstacle=self.row, solved_on=given["solved_on"], how=given["how"], by=self.request.user
        )


class ReopenObstacle(OneObstacle, ActOnFile):
    form_class = ReopenForm
    submit_label = "Rouvrir le frein"
    done = "Le frein est de nouveau ouvert."

    def get_title(self) -> str:
        return f"Rouvrir le frein « {self.row} »"

    def carry_out(self, given: dict[str, Any]) -> None:
        obstacles.reopen_obstacle(obstacle=self.row, by=self.request.user, **given)


class WithdrawObstacle(OneObstacle, ActOnFile):
    """For an obstacle noted by mistake."""

    form_class = ReasonForm
    submit_label = "Retirer le frein"
    done = "Le frein est retiré ; le fil en garde la trace."

    def get_title(self) -> str:
        return f"Retirer le frein « {self.row} »"

    def carry_out(self, given: dict[str, Any]) -> None:
        obstacles.withdraw_obstacle(obstacle=self.row, reason=given["why"], by=self.request.user)


# -- On the page of the file -----------------------------------------------------------------------------
def obstacles_of(enrolment: Enrolment, reader: Any, url: str) -> dict[str, list[dict[str, Any]]]:
    """Those that are open, the oldest first, and those that are solved, the last first; `url`: of the page of the
    file. In one query."""
    shown = [_shown(row, url) for row in Obstacle.objects.of_file(enrolment, reader)]
    return {
        "open": [each for each in shown if each["is_open"]],
        "solved": [each for each in shown if not each["is_open"]],
    }


def _shown(row: Obstacle, url: str) -> dict[str, Any]:
    again = f", rouvert le {french_date(row.reopened_on)}" if row.reopened_on else ""
    since = f"depuis le {french_date(row.opened_on)}{again}"
    return {
        "label": str(row),
        "when": since if row.is_open else f"levé le {french_date(row.solved_on)}",
        "words": row.words,
        "how": row.how,
        "is_open": row.is_open,
        "url": f"{url}frein/{row.pk}/",
    }
