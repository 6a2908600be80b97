"""The exam results of one youth: noted, put right, taken back; how the file shows them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import CreateView, UpdateView

from beneficiaries import exams
from beneficiaries.exam_forms import ExamForm
from beneficiaries.forms import ReasonForm
from beneficiaries.models import Enrolment, Exam
from beneficiaries.views.acts import ActOnFile
from beneficiaries.views.base import ChangesFile
from partaj.pages import FormPage
from partaj.revisions import RevisionPage

TWICE = "C’était déjà noté : rien n’a été écrit deux fois."
TONES = {Exam.Result.OBTAINED: "solved", Exam.Result.PENDING: "waiting"}


class OneExam(ChangesFile):
    """`self.row`, of this very file."""

    row: Exam

    def find(self) -> None:
        super().find()
        self.row = self.get_stored()

    def get_stored(self) -> Exam:
        rows = Exam.objects.of_file(self.enrolment, self.request.user)
        row = get_object_or_404(rows, pk=self.kwargs["entry"])
        row.enrolment = self.enrolment
        return row


class NoteExam(ChangesFile, FormPage, CreateView):
    title = "Noter un examen"
    form_class = ExamForm
    submit_label = "Noter"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": Exam(enrolment=self.enrolment)}

    def form_valid(self, form: ExamForm) -> HttpResponse:
        try:
            noted = exams.note_exam(row=form.instance, by=self.request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            return self.form_invalid(form)
        messages.success(self.request, "L’examen est noté." if noted else TWICE)
        return redirect(self.file_url)


class ChangeExam(OneExam, RevisionPage, UpdateView):
    form_class = ExamForm
    done = "L’examen est enregistré."

    def get_title(self) -> str:
        return f"Modifier l’examen : {self.get_stored()}"

    def get_object(self, queryset: Any = None) -> Exam:
        return self.row

    def revise(self, form: ExamForm) -> Exam:
        return exams.revise_exam(row=form.instance, version=form.version_read, by=self.request.user)

    def form_valid(self, form: ExamForm) -> HttpResponse:
        try:
            return super().form_valid(form)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            return self.form_invalid(form)


class WithdrawExam(OneExam, ActOnFile):
    """For a result noted by mistake."""

    form_class = ReasonForm
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
