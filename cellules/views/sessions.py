"""The sessions of a cell: planning one, its page, changing it, removing it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.generic import CreateView, TemplateView, UpdateView

from beneficiaries.views.bulk import OnTheWay
from cellules import pages, services
from cellules.forms import SessionForm
from cellules.models import Session
from cellules.views.agenda import AgendaMany
from cellules.views.base import Changing, OneCell, OneSession
from partaj.confirming import RemovalPage
from partaj.formats import counted, french_date
from partaj.navigation import address
from partaj.pages import Crumb, FormPage, Titled
from partaj.revisions import RevisionPage


class InCell(Changing, OneCell):
    def get_crumbs(self) -> list[Crumb]:
        return [self.root_crumb(), (self.cell.name, self.cell.get_absolute_url())]


class SessionAdd(OnTheWay, InCell, FormPage, CreateView):
    for_these = "cellules:agenda_many", AgendaMany
    planned_as = "seance"
    title = "Nouvelle séance"
    model = Session
    form_class = SessionForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"cell": self.cell}

    def form_valid(self, form: SessionForm) -> HttpResponse:
        try:
            session = services.plan_session(session=form.instance, by=self.request.user)
        except ValidationError as refusal:
            return self.refused(form, refusal)
        if self.chosen:
            messages.success(self.request, "La séance est prévue. Mettez-y maintenant ceux que vous aviez choisis.")
            return self.back_with(session)
        messages.success(self.request, "La séance est enregistrée.")
        return redirect(session.get_absolute_url())


class SessionPage(OneSession, Titled, TemplateView):
    template_name = "cellules/session.html"

    def get_title(self) -> str:
        return f"Séance du {french_date(self.session.held_on)}"

    def get_crumbs(self) -> list[Crumb]:
        return self.cell_crumbs()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        situations = pages.situations_of(self.session, self.request.user)
        agenda = pages.agenda_of(self.session, self.request.user)
        self.request.trace.listed(each.file for each in [*situations, *agenda] if each.file)  # type: ignore[attr-defined]
        is_held = self.session.held_on < timezone.localdate()
        return super().get_context_data(
            session=self.session,
            situations=situations,
            agenda=agenda,
            agenda_title="À l’ordre du jour, pas encore étudiées" if is_held else "À l’ordre du jour",
            list_url=address("beneficiaries:list", self.programme.number),
            count=counted(len(situations), "situation étudiée", "situations étudiées"),
            **kwargs,
        )


class SessionChange(Changing, OneSession, RevisionPage, UpdateView):
    title = "Modifier la séance"
    model = Session
    form_class = SessionForm
    done = "La séance est enregistrée."

    def get_object(self, queryset: Any = None) -> Session:
        return self.session

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"cell": self.session.cell}

    def get_crumbs(self) -> list[Crumb]:
        return self.session_crumbs(self.get_stored())

    def revise(self, form: SessionForm) -> Session:
        return services.revise_session(session=form.instance, version=form.version_read, by=self.request.user)

    def get_stored(self) -> Session:
        return get_object_or_404(self.sessions, pk=self.session.pk)


class SessionRemove(Changing, OneSession, RemovalPage):
    done = "La séance est supprimée."
    advice = "Rien n’a été changé. Retirez d’abord ces situations de la séance, ou gardez-la."

    def get_object(self) -> Session:
        return self.session

    def get_title(self) -> str:
        return f"Supprimer la séance du {french_date(self.session.held_on)}"

    def get_crumbs(self) -> list[Crumb]:
        return self.session_crumbs(self.session)

    def get_done_url(self) -> str:
        return self.session.cell.get_absolute_url()

    def get_uses(self) -> list[str]:
        return pages.studied_in(self.sessions.filter(pk=self.session.pk))

    def remove(self) -> None:
        services.remove_session(session=self.session, by=self.request.user)
