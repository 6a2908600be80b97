"""What stands in the way of one youth: noted, put right, solved, opened again, taken back; how the file shows it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from beneficiaries import obstacles
from beneficiaries.models import Enrolment, Obstacle
from beneficiaries.obstacle_forms import ObstacleForm, ReopenForm, SolveForm
from beneficiaries.views.acts import ActOnFile
from beneficiaries.views.rows import ChangeRow, NoteRow, OneRow, WithdrawRow
from partaj.formats import french_date


class NoteObstacle(NoteRow):
    model = Obstacle
    form_class = ObstacleForm
    title = "Noter un frein"
    done = "Le frein est noté."

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {"opened_on": timezone.localdate()}

    def note(self, form: ObstacleForm) -> Obstacle | None:
        return obstacles.note_obstacle(row=form.instance, by=self.request.user)


class ChangeObstacle(ChangeRow):
    model = Obstacle
    form_class = ObstacleForm
    done = "Le frein est enregistré."

    def get_title(self) -> str:
        return f"Modifier le frein « {self.get_stored()} »"

    def revise(self, form: ObstacleForm) -> Obstacle:
        return obstacles.revise_obstacle(row=form.instance, version=form.version_read, by=self.request.user)


class Solve(OneRow, ActOnFile):
    model = Obstacle
    form_class = SolveForm
    submit_label = "Lever le frein"
    done = "Le frein est levé ; « Rouvrir », dans le dossier, l’annule."

    def get_title(self) -> str:
        return f"Lever le frein « {self.row} »"

    def carry_out(self, given: dict[str, Any]) -> None:
        obstacles.solve_obstacle(
            obstacle=self.row, solved_on=given["solved_on"], how=given["how"], by=self.request.user
        )


class ReopenObstacle(OneRow, ActOnFile):
    model = Obstacle
    form_class = ReopenForm
    submit_label = "Rouvrir le frein"
    done = "Le frein est de nouveau ouvert."

    def get_title(self) -> str:
        return f"Rouvrir le frein « {self.row} »"

    def carry_out(self, given: dict[str, Any]) -> None:
        obstacles.reopen_obstacle(obstacle=self.row, by=self.request.user, **given)


class WithdrawObstacle(WithdrawRow):
    model = Obstacle
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
