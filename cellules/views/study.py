"""The situations studied at a session: adding them, and withdrawing one that was noted by mistake."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import FormView

from beneficiaries.models import Enrolment
from cellules import services
from cellules.forms import StudyForm, WithdrawForm, candidates
from cellules.models import AgendaItem, Review
from cellules.views.base import Changing, OneSession
from partaj.formats import counted, french_date
from partaj.lists import search_names
from partaj.pages import Crumb, FormPage

OFFERED = 50


class Study(Changing, OneSession, FormPage, FormView):
    """Search among the youths of the cell's territory, tick, add."""

    title = "Ajouter des situations étudiées"
    template_name = "cellules/study.html"
    form_class = StudyForm
    submit_label = "Ajouter à la séance"

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
            form.add_error(None, refusal)
            return self.form_invalid(form)
        added = counted(len(reviews), "situation ajoutée", "situations ajoutées")
        messages.success(self.request, f"{added} à la séance du {french_date(self.session.held_on)}.")
        return redirect(self.session.get_absolute_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        typed = self.request.GET.get("q", "")
        context = super().get_context_data(session=self.session, q=typed[:100], **kwargs)
        form = context["form"]
        ticked = set(form.data.getlist("enrolments")) if form.is_bound else self._on_agenda()
        found = search_names(candidates(self.request.user, self.session), typed).select_related("beneficiary")
        offered = list(found.order_by("sort_name", "pk")[: OFFERED + 1])
        rows = [(each, str(each.pk) in ticked) for each in offered[:OFFERED]]
        rows += self._ticked_elsewhere(ticked, offered[:OFFERED])
        self.request.trace.listed((each.pk for each, _ in rows), searched=bool(typed))  # type: ignore[attr-defined]
        return context | {"rows": rows, "more": len(offered) > OFFERED}

    def _on_agenda(self) -> set[str]:
        """Those that were to be studied are ticked beforehand."""
        items = AgendaItem.objects.visible_to(self.request.user).filter(session=self.session)
        return set(map(str, items.values_list("enrolment", flat=True)))

    def _ticked_elsewhere(self, ticked: set[str], offered: list[Enrolment]) -> list[tuple[Enrolment, bool]]:
        """What was ticked and is not among the rows of this search stays ticked."""
        missing = {pk for pk in ticked if pk.isdecimal() and len(pk) < 19} - {str(each.pk) for each in offered}
        if not missing:
            return []
        others = candidates(self.request.user, self.session).filter(pk__in=missing).select_related("beneficiary")
        return [(each, True) for each in others.order_by("sort_name", "pk")]


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
