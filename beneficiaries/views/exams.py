"""The exam results of one youth: noted, put right, taken back; how the file shows them."""

from __future__ import annotations

from typing import Any

from beneficiaries import exams
from beneficiaries.exam_forms import ExamForm
from beneficiaries.models import Enrolment, Exam
from beneficiaries.views.rows import ChangeRow, NoteRow, WithdrawRow

TONES = {Exam.Result.OBTAINED: "solved", Exam.Result.PENDING: "waiting"}


class NoteExam(NoteRow):
    model = Exam
    form_class = ExamForm
    title = "Noter un examen"
    done = "L’examen est noté."

    def note(self, form: ExamForm) -> Exam | None:
        return exams.note_exam(row=form.instance, by=self.request.user)


class ChangeExam(ChangeRow):
    model = Exam
    form_class = ExamForm
    done = "L’examen est enregistré."

    def get_title(self) -> str:
        return f"Modifier l’examen : {self.get_stored()}"

    def revise(self, form: ExamForm) -> Exam:
        return exams.revise_exam(row=form.instance, version=form.version_read, by=self.request.user)


class WithdrawExam(WithdrawRow):
    model = Exam
    submit_label = "Retirer l’examen"
    done = "L’examen est retiré ; le fil en garde la trace."

    def get_title(self) -> str:
        return f"Retirer l’examen : {self.row}"

    def carry_out(self, given: dict[str, Any]) -> None:
        exams.withdraw_exam(exam=self.row, reason=given["why"], by=self.request.user)


# -- On the page of the file -----------------------------------------------------------------------------
def exams_of(enrolment: Enrolment, reader: Any, url: str) -> list[dict[str, Any]]:
    """The results of the file in words, the latest first; `url`: of the page of the file. In one query."""
    return [
        {
            "label": row.certificate,
            "session": row.session,
            "outcome": row.outcome,
            "whole": "certificat entier" if row.is_whole else "",
            "tone": TONES.get(Exam.Result(row.result), "there"),
            "url": f"{url}examen/{row.pk}/",
        }
        for row in Exam.objects.of_file(enrolment, reader)
    ]
