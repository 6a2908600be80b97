"""The programmes that one may see, and the fiche synthétique of each."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import CreateView, FormView, TemplateView, UpdateView

from partaj.access import ActRequired
from partaj.acts import Act, may
from partaj.confirming import ConfirmPage
from partaj.directories import DirectoryPage
from partaj.lists import Order
from partaj.pages import Crumb, FormPage, Titled
from partaj.programmes.access import InProgramme
from partaj.programmes.forms import ClosingForm, NewProgrammeForm, ProgrammeForm
from partaj.programmes.models import Partnership, Programme
from partaj.programmes.parts import PARTS
from partaj.programmes.services import close_programme, reopen_programme, revise_programme
from partaj.versions import StaleVersion, offer_again


class ProgrammeList(ActRequired, DirectoryPage):
    """Everybody's own programmes; all of them for an administrator."""

    act = Act.READ_PROGRAMME
    template_name = "programmes/programme_list.html"
    title = "Programmes"
    order = Order("numero", "number")
    nouns = ("programme", "programmes")

    def get_queryset(self) -> QuerySet:
        return Programme.objects.visible_to(self.request.user).select_related("holder")

    def search(self, queryset: QuerySet, typed: str) -> QuerySet:
        return queryset.named(typed)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_create=may(self.request.user, Act.CREATE_PROGRAMMES), **kwargs)


class ProgrammeCreate(ActRequired, FormPage, CreateView):
    act = Act.CREATE_PROGRAMMES
    seen_with = Act.READ_PROGRAMME
    model = Programme
    form_class = NewProgrammeForm
    title = "Nouveau programme"
    submit_label = "Créer le programme"
    done = "Le programme est créé. Vérifiez ses territoires, puis donnez-lui ses étapes et ses périodes."

    def get_crumbs(self) -> list[Crumb]:
        return [("Programmes", reverse("programmes:list"))]


class ProgrammeDetail(InProgramme, Titled, TemplateView):
    """The fiche, for whoever holds a role in the programme; its settings for those who may change them."""

    act = Act.READ_PROGRAMME
    prose = True
    template_name = "programmes/programme.html"

    def get_title(self) -> str:
        return f"{self.programme.number} · {self.programme.short_title}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        partners = list(self.programme.partnerships.visible_to(self.request.user).select_related("organisation"))
        may_change = may(self.request.user, Act.CHANGE_PROGRAMME, self.programme)
        return super().get_context_data(
            technical=[each for each in partners if each.kind == Partnership.Kind.OPERATIONAL],
            financial=[each for each in partners if each.kind == Partnership.Kind.FINANCIAL],
            territories=self.programme.territories.all(),
            may_change=may_change,
            parts=self.counted_parts() if may_change else [],
            **kwargs,
        )

    def counted_parts(self) -> list[dict[str, Any]]:
        mine = {"programme": self.programme}
        return [{"part": part, "count": part.model.objects.filter(**mine).count()} for part in PARTS]


class OfChangedProgramme(InProgramme):
    prose = True
    act = Act.CHANGE_PROGRAMME
    seen_with = Act.READ_PROGRAMME

    def get_crumbs(self) -> list[Crumb]:
        return [(self.programme.number, self.programme.get_absolute_url())]

    def get_success_url(self) -> str:
        return self.programme.get_absolute_url()


class ProgrammeChange(OfChangedProgramme, FormPage, UpdateView):
    model = Programme
    form_class = ProgrammeForm
    template_name = "programmes/fiche_form.html"
    title = "Modifier la fiche synthétique"
    done = "La fiche est enregistrée."

    def get_object(self, queryset: QuerySet | None = None) -> Programme:
        return self.programme

    def form_valid(self, form: ProgrammeForm) -> HttpResponse:
        try:
            revise_programme(
                programme=form.instance,
                territories=form.cleaned_data["territories"],
                version=form.cleaned_data["version"] or 0,
            )
        except StaleVersion:
            return self.both_versions(form)
        messages.success(self.request, self.done)
        return redirect(self.get_success_url())

    def both_versions(self, form: ProgrammeForm) -> HttpResponse:
        """Somebody saved meanwhile: what was typed stays in the form, what is stored now stands above it."""
        stored = Programme.objects.visible_to(self.request.user).get(pk=self.programme.pk)
        offer_again(form, stored.version)
        context = self.get_context_data(form=form, differences=form.differences(stored))
        return self.render_to_response(context, status=422)


class ProgrammeClose(OfChangedProgramme, FormPage, FormView):
    form_class = ClosingForm
    template_name = "programmes/close.html"
    title = "Clore le programme"
    submit_label = "Clore le programme"
    done = "Le programme est clos : dossiers, effectifs et réglages des tableaux sont en lecture seule."

    def form_valid(self, form: ClosingForm) -> HttpResponse:
        close_programme(programme=self.programme, on=form.cleaned_data["closed_on"])
        return super().form_valid(form)


class ProgrammeReopen(OfChangedProgramme, ConfirmPage):
    title = "Rouvrir le programme"
    submit_label = "Rouvrir le programme"
    done = "Le programme est rouvert : ses dossiers se modifient de nouveau."

    def get_sentences(self) -> list[str]:
        return [
            "Les dossiers, les effectifs et les réglages pourront de nouveau être modifiés. Rien d’autre ne change."
        ]

    def carry_out(self) -> None:
        reopen_programme(programme=self.programme)
