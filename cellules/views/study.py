"""The situations studied at a session: adding them, and withdrawing one that was noted by mistake."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import FormView

from beneficiaries.models import Enrolment
from beneficiaries.views.ticking import TickYouths
from cellules import services
from cellules.forms import StudyForm, WithdrawForm, candidates
from cellules.models import AgendaItem, Review
from cellules.views.base import Changing, OneSession
from partaj.formats import counted, french_date
from partaj.pages import Crumb, FormPage


class Study(Changing, OneSession, TickYouths):
    """Among the youths of the cell's territory; those that were on its agenda are ticked beforehand."""

    title = "Ajouter des situations étudiées"
    form_class = StudyForm
    field = "enrolments"
    submit_label = "Ajouter à la séance"
    nobody_found = "Aucun jeune de ce territoire ne porte ce nom, ou sa situation est déjà notée à cette séance."
    nobody_left = "Tous les jeunes de ce territoire sont déjà notés à cette séance."
    back_label = "Revenir à la séance"

    @property
    def search_label(self) -> str:  # type: ignore[override]
        return f"Nom d’un jeune de {self.session.cell.territory.name}"

    def get_legend(self) -> str:
        return f"Situations étudiées à la séance du {french_date(self.session.held_on)}"

    def candidates(self) -> QuerySet[Enrolment]:
        return candidates(self.request.user, self.session)

    def ticked_beforehand(self) -> set[str]:
        items = AgendaItem.objects.visible_to(self.request.user).filter(session=self.session)
        return set(map(str, items.values_list("enrolment", flat=True)))

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"session": self.session}

    def get_crumbs(self) -> list[Crumb]:
        return self.session_crumbs(self.session)

    def form_valid(self, form: StudyForm) -> HttpResponse:
        try:
            reviews = services.study_situations(
                session=self.session, enrolments=form.cleaned_data["enrolments"], by=self.request.user
            )
        except ValidationError as refusal:
            return self.refused(form, refusal)
        added = counted(len(reviews), "situation ajoutée", "situations ajoutées")
        messages.success(self.request, f"{added} à la séance du {french_date(self.session.held_on)}.")
        return redirect(self.session.get_absolute_url())


class ReviewWithdraw(Changing, OneSession, FormPage, FormView):
    title = "Retirer une situation de la séance"
    template_name = "cellules/withdraw.html"
    form_class = WithdrawForm
    submit_label = "Retirer de la séance"

    review: Review

    def find(self) -> None:
        """Only a youth whom the reader may see."""
        super().find()
        seen = Review.objects.visible_to(self.request.user).filter(session=self.session)
        seen = seen.select_related("session__cell__programme", "enrolment__beneficiary")
        self.review = get_object_or_404(seen, pk=self.kwargs["review"])
        self.request.trace.opened(self.review.enrolment_id)  # type: ignore[attr-defined]

    def get_crumbs(self) -> list[Crumb]:
        return self.session_crumbs(self.session)

    def form_valid(self, form: WithdrawForm) -> HttpResponse:
        if services.withdraw_review(review=self.review, reason=form.cleaned_data["reason"], by=self.request.user):
            messages.success(
                self.request, "La situation est retirée de la séance ; la raison reste dans le fil du jeune."
            )
        else:
            messages.warning(self.request, "Quelqu’un venait de la retirer : rien d’autre n’a changé.")
        return redirect(self.session.get_absolute_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(person=self.review.enrolment.beneficiary, **kwargs)
