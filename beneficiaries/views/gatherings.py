"""Meetings and workshops: their list, the page of each with who is asked and who came, the sheet that they sign."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.text import capfirst
from django.views.generic import CreateView, FormView, TemplateView, UpdateView, View

from beneficiaries import gatherings
from beneficiaries.gathering_forms import CallOffForm, GatheringForm
from beneficiaries.models import Attendance, Gathering
from beneficiaries.views.base import AmongYouths
from beneficiaries.views.bulk import InviteMany, OnTheWay
from partaj.acts import Act
from partaj.lists import Order, count_of, keyset_page
from partaj.navigation import address
from partaj.pages import Crumb, FormPage, Titled
from partaj.revisions import RevisionPage

LATEST_FIRST = Order("date", "held_on", descending=True)
OFFERED = 50
BLANK_LINES = 5  # on the sheet, for those who come without having been asked
OUT = "out"
STATES = [(each.value, each.label) for each in Attendance.State]
TOLD = {
    Attendance.State.PRESENT: ("présent", "présents"), Attendance.State.EXCUSED: ("excusé", "excusés"),
    Attendance.State.ABSENT: ("absent", "absents"), Attendance.State.INVITED: ("sans réponse", "sans réponse"),
}  # fmt: skip


class AmongGatherings(AmongYouths):
    """For those who log youths; even once the programme is closed, to read."""

    act = Act.LOG_YOUTHS

    @property
    def directory_url(self) -> str:
        return address("beneficiaries:gatherings", self.programme.number)

    def seen(self) -> QuerySet[Gathering]:
        return Gathering.objects.visible_to(self.request.user).filter(programme=self.programme)

    def root_crumb(self) -> Crumb:
        return "Réunions et ateliers", self.directory_url


class GatheringList(AmongGatherings, Titled, TemplateView):
    title = "Réunions et ateliers"
    template_name = "beneficiaries/gatherings.html"

    def get_crumbs(self) -> list[Crumb]:
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = keyset_page(self._with_counts(), LATEST_FIRST, self.request.GET)
        return super().get_context_data(
            page=page, rows=[self._line(each) for each in page.rows], new_url=f"{self.directory_url}nouvelle/", **kwargs
        )

    def _with_counts(self) -> QuerySet[Gathering]:
        """`asked`, `came`: among the youths whom the reader may see."""
        theirs = Attendance.objects.visible_to(self.request.user)
        came = theirs.filter(state=Attendance.State.PRESENT)
        counts = {"asked": count_of(theirs, "gathering"), "came": count_of(came, "gathering")}
        return self.seen().select_related("territory").annotate(**counts)

    def _line(self, gathering: Gathering) -> dict[str, Any]:
        gathering.programme = self.programme
        return {
            "url": gathering.get_absolute_url(),
            "title": gathering.title,
            "kind": capfirst(gathering.get_kind_display()),
            "when": gathering.when,
            "where": str(gathering.territory or "tout le programme"),
            "asked": gathering.asked,  # type: ignore[attr-defined]
            "came": gathering.came,  # type: ignore[attr-defined]
            "state": "annulée" if gathering.called_off else _moment(gathering.held_on),
            "tone": "left" if gathering.called_off else "waiting",
        }


def _moment(held_on: dt.date) -> str:
    """Nothing once it is over; on the day itself, whatever the hour, that it is today."""
    today = timezone.localdate()
    return "aujourd’hui" if held_on == today else "à venir" if held_on > today else ""


class FromDirectory(AmongGatherings):
    def get_crumbs(self) -> list[Crumb]:
        return [self.root_crumb()]


class GatheringAdd(OnTheWay, FromDirectory, FormPage, CreateView):
    for_these = "beneficiaries:invite_many", InviteMany
    planned_as = "reunion"
    writes = True
    title = "Prévoir une réunion ou un atelier"
    model = Gathering
    form_class = GatheringForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"programme": self.programme}

    def form_valid(self, form: GatheringForm) -> HttpResponse:
        try:
            gathering = gatherings.plan_gathering(gathering=form.instance, by=self.request.user)
        except ValidationError as refusal:
            return self.refused(form, refusal)
        if self.chosen:
            messages.success(self.request, "La réunion est prévue. Invitez-y maintenant ceux que vous aviez choisis.")
            return self.back_with(gathering)
        messages.success(self.request, "La réunion est prévue. Invitez-y des jeunes.")
        return redirect(gathering.get_absolute_url())


class OneGathering(AmongGatherings):
    gathering: Gathering

    def find(self) -> None:
        super().find()
        self.gathering = self.get_stored()

    def get_stored(self) -> Gathering:
        gathering = get_object_or_404(self.seen().select_related("territory"), pk=self.kwargs["pk"])
        gathering.programme = self.programme
        return gathering

    @property
    def gathering_url(self) -> str:
        return self.gathering.get_absolute_url()

    def get_success_url(self) -> str:
        return self.gathering_url

    def get_crumbs(self) -> list[Crumb]:
        return [self.root_crumb(), (self.get_stored().title, self.gathering_url)]

    def attendances(self) -> QuerySet[Attendance]:
        """Of the youths whom the reader may see, by name."""
        rows = Attendance.objects.visible_to(self.request.user).filter(gathering=self.gathering)
        return rows.select_related("enrolment__beneficiary", "enrolment__territory").order_by(
            "enrolment__sort_name", "pk"
        )


class GatheringChange(OneGathering, RevisionPage, UpdateView):
    writes = True
    title = "Modifier la réunion"
    model = Gathering
    form_class = GatheringForm
    done = "La réunion est enregistrée ; le fil de chaque jeune invité suit."

    def get_object(self, queryset: Any = None) -> Gathering:
        return self.gathering

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"programme": self.programme}

    def revise(self, form: GatheringForm) -> Gathering:
        return gatherings.revise_gathering(gathering=form.instance, version=form.version_read, by=self.request.user)


class CallOff(OneGathering, FormPage, FormView):
    writes = True
    form_class = CallOffForm
    submit_label = "Annuler la réunion"
    done = "La réunion est annulée ; le fil de chaque jeune invité dit pourquoi."

    def get_title(self) -> str:
        return f"Annuler : {self.gathering.title}"

    def form_valid(self, form: CallOffForm) -> HttpResponse:
        try:
            gatherings.call_off(gathering=self.gathering, reason=form.cleaned_data["reason"], by=self.request.user)
        except ValidationError as refusal:
            return self.refused(form, refusal)
        return super().form_valid(form)


class Reinstate(OneGathering, View):
    writes = True
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        gatherings.reinstate(gathering=self.gathering, by=request.user)
        messages.success(request, "La réunion est rétablie.")
        return redirect(self.gathering_url)
