"""« Mon agenda »: its address is made, renewed and withdrawn here; the agenda itself is read without signing in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.generic import TemplateView

from partaj.access import ActRequired
from partaj.accounts.calendars import services
from partaj.accounts.calendars.models import CalendarKey
from partaj.accounts.sessions.views import AsksWhoOneIs
from partaj.accounts.views import OfAccount
from partaj.acts import Act
from partaj.confirming import ConfirmPage
from partaj.links import absolute
from partaj.pages import Crumb, Titled

FEED = "beneficiaries:calendar"  # a name only: the page is of the floor above
WITHDRAWN, NONE_LEFT = "L’adresse ne répond plus.", "Il n’y avait plus d’adresse : rien n’a changé."


class OwnCalendar(ActRequired, Titled, TemplateView):
    """Whoever logs youths, for themselves."""

    act = Act.LOG_YOUTHS
    template_name = "accounts/calendar.html"
    title = "Mon agenda"

    def get_crumbs(self) -> list[Crumb]:
        return [("À faire", reverse("beneficiaries:actions"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine = CalendarKey.objects.visible_to(self.request.user).filter(account=self.request.user.pk)
        return super().get_context_data(key=mine.first(), **kwargs)


class OfOwnCalendar(ActRequired):
    act = Act.LOG_YOUTHS

    def get_crumbs(self) -> list[Crumb]:
        return [("À faire", reverse("beneficiaries:actions")), ("Mon agenda", reverse("accounts:calendar"))]


class NewCalendar(OfOwnCalendar, AsksWhoOneIs, ConfirmPage):
    """The address is shown in the answer that has made it, and nowhere else."""

    title = "Nouvelle adresse d’agenda"
    submit_label = "Créer l’adresse"

    def get_sentences(self) -> list[str]:
        return [
            "L’adresse vous sera montrée une seule fois. Si vous en aviez une, elle ne répondra plus.",
            "Qui connaît cette adresse lit, sans se connecter, vos échéances : initiales, numéros de dossier et "
            "dates. Ne la donnez à personne.",
        ]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        secret = services.renew(account=request.user)  # type: ignore[arg-type]
        address = absolute(request, reverse(FEED, args=[secret]))
        context = {"address": address, "title": "Votre adresse d’agenda", "crumbs": self.get_crumbs()}
        return render(request, "accounts/calendar_address.html", context)


class WithdrawCalendar(OfOwnCalendar, ConfirmPage):
    """At once, without more ado: it protects."""

    title = "Retirer l’adresse d’agenda"
    submit_label = "Retirer l’adresse"
    dangerous = True

    def get_sentences(self) -> list[str]:
        return ["Les agendas qui la lisent ne recevront plus rien. Vos actions et vos échéances restent ici."]

    def carry_out(self) -> None:
        withdrawn = services.withdraw(account=self.request.user)  # type: ignore[arg-type]
        messages.success(self.request, WITHDRAWN if withdrawn else NONE_LEFT)


class CalendarOfAccount(OfAccount, ConfirmPage):
    """Administrators, for an account whose telephone was lost."""

    submit_label = "Retirer l’adresse"
    dangerous = True

    def get_title(self) -> str:
        return f"Retirer l’adresse d’agenda de {self.account}"

    def get_sentences(self) -> list[str]:
        return ["Les agendas qui la lisent ne recevront plus rien. La personne pourra en créer une autre."]

    def carry_out(self) -> None:
        withdrawn = services.withdraw(account=self.account)
        messages.success(self.request, WITHDRAWN if withdrawn else NONE_LEFT)
