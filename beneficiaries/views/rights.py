"""The rights of a youth over their data, from their file: told, opposed, answered, lifted."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from beneficiaries import rights
from beneficiaries.forms import ReasonForm
from beneficiaries.models import Enrolment, Notice, Objection
from beneficiaries.rights_forms import AnswerForm, NoticeForm, ObjectionForm
from beneficiaries.views.acts import ActOnFile
from beneficiaries.views.rows import OneRow, WithdrawRow


class NoteNotice(ActOnFile):
    title = "Noter l’information remise"
    form_class = NoticeForm
    done = "L’information remise est notée."

    def carry_out(self, given: dict[str, Any]) -> None:
        day = given.pop("day")
        rights.note_notice(notice=Notice(enrolment=self.enrolment, given_on=day, **given), by=self.request.user)


class WithdrawNotice(WithdrawRow):
    model = Notice
    submit_label = "Retirer"
    done = "C’est retiré ; le fil en garde la trace."

    def get_title(self) -> str:
        return f"Retirer l’information {self.row}"

    def carry_out(self, given: dict[str, Any]) -> None:
        rights.withdraw_notice(notice=self.row, reason=given["why"], by=self.request.user)


class NoteObjection(ActOnFile):
    title = "Noter une opposition"
    form_class = ObjectionForm
    template_name = "beneficiaries/objection.html"
    done = "L’opposition est notée : le dossier est fermé à ses invités."

    def carry_out(self, given: dict[str, Any]) -> None:
        made = Objection(enrolment=self.enrolment, made_on=given["day"], scope=given["scope"], words=given["words"])
        rights.note_objection(objection=made, by=self.request.user)


class OneObjection(OneRow):
    """In force."""

    model = Objection

    def rows(self) -> QuerySet:
        return super().rows().in_force()  # type: ignore[attr-defined]


class AnswerObjection(OneObjection, ActOnFile):
    title = "Répondre à l’opposition"
    form_class = AnswerForm
    done = "La réponse est notée."

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {"answer": self.row.answer, "day": self.row.answered_on or timezone.localdate()}

    def carry_out(self, given: dict[str, Any]) -> None:
        rights.answer_objection(
            objection=self.row, answer=given["answer"], answered_on=given["day"], by=self.request.user
        )


class LiftObjection(OneObjection, ActOnFile):
    title = "Lever l’opposition"
    form_class = ReasonForm
    submit_label = "Lever l’opposition"
    done = "L’opposition est levée ; les accès refermés le restent."

    def carry_out(self, given: dict[str, Any]) -> None:
        rights.lift_objection(objection=self.row, reason=given["why"], by=self.request.user)


# -- On the page of the file ----------------------------------------------------------------------------------
def rights_of(enrolment: Enrolment, reader: Any, file_url: str) -> dict[str, Any]:
    """What was told, and the objection in force. In two queries."""
    if not enrolment.may_have(Notice) and not enrolment.may_have(Objection):
        return {"notices": [], "objection": None}
    notices = [
        {"label": str(row), "charter": row.accepts_charter, "url": f"{file_url}information/{row.pk}/retirer/"}
        for row in Notice.objects.of_file(enrolment, reader)
    ]
    objection = Objection.objects.of_file(enrolment, reader).in_force().first()
    told = {"words": rights.in_words(objection), "url": f"{file_url}opposition/{objection.pk}/"} if objection else None
    return {"notices": notices, "objection": told}
