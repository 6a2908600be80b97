"""The ground: territories (changed by administrators) and the directory of structures."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import CreateView, TemplateView, UpdateView

from partaj.access import ActRequired
from partaj.acts import Act
from partaj.confirming import RemovalPage
from partaj.directories import DirectoryPage
from partaj.pages import Crumb, FormPage, Titled
from partaj.territories.forms import OrganisationForm, OrganisationSearch, TerritoryForm, TerritorySearch
from partaj.territories.models import Organisation, Territory


class OfOne(ActRequired):
    model: Any
    seen: Any

    def find(self) -> None:
        super().find()
        self.seen = self.get_object()

    def get_object(self, queryset: QuerySet | None = None) -> Any:
        return get_object_or_404(self.model.objects.visible_to(self.request.user), pk=self.kwargs["pk"])


class TerritoryList(ActRequired, DirectoryPage):
    act = Act.READ_DIRECTORY
    changed_with = Act.CHANGE_TERRITORIES
    template_name = "territories/territory_list.html"
    title = "Territoires"
    form_class = TerritorySearch
    nouns = ("territoire", "territoires")

    def get_queryset(self) -> QuerySet:
        programmes = Territory._meta.get_field("programmes").related_model.objects.visible_to(self.request.user)
        return Territory.objects.visible_to(self.request.user).prefetch_related(Prefetch("programmes", programmes))


class TerritoryPage:
    model = Territory
    form_class = TerritoryForm
    act = Act.CHANGE_TERRITORIES
    seen_with = Act.READ_DIRECTORY

    def get_crumbs(self) -> list[Crumb]:
        return [("Territoires", reverse("territories:territories"))]

    def get_success_url(self) -> str:
        return reverse("territories:territories")


class TerritoryCreate(TerritoryPage, ActRequired, FormPage, CreateView):
    title = "Nouveau territoire"
    done = "Le territoire est créé. Rattachez-le à un programme depuis la fiche de celui-ci."


class TerritoryChange(TerritoryPage, OfOne, FormPage, UpdateView):
    template_name = "territories/territory_change.html"

    def get_title(self) -> str:
        return f"Modifier « {self.seen} »"


class TerritoryRemove(TerritoryPage, OfOne, RemovalPage):
    pass


class OrganisationList(ActRequired, DirectoryPage):
    act = Act.READ_DIRECTORY
    changed_with = Act.CHANGE_DIRECTORY
    template_name = "territories/organisation_list.html"
    title = "Structures"
    form_class = OrganisationSearch
    nouns = ("structure", "structures")

    def get_queryset(self) -> QuerySet:
        return Organisation.objects.visible_to(self.request.user).select_related("territory")


class OrganisationPage:
    model = Organisation
    form_class = OrganisationForm
    act = Act.CHANGE_DIRECTORY
    seen_with = Act.READ_DIRECTORY

    def get_crumbs(self) -> list[Crumb]:
        crumbs = [("Structures", reverse("territories:organisations"))]
        if seen := getattr(self, "seen", None):
            crumbs.append((seen.name, reverse("territories:organisation", args=[seen.pk])))
        return crumbs

    def get_success_url(self) -> str:
        return reverse("territories:organisation", args=[self.object.pk])


class OrganisationDetail(OfOne, Titled, TemplateView):
    model = Organisation
    act = Act.READ_DIRECTORY
    changed_with = Act.CHANGE_DIRECTORY
    template_name = "territories/organisation.html"

    def get_title(self) -> str:
        return self.seen.name

    def get_crumbs(self) -> list[Crumb]:
        return [("Structures", reverse("territories:organisations"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(organisation=self.seen, **kwargs)


class OrganisationCreate(OrganisationPage, ActRequired, FormPage, CreateView):
    title = "Nouvelle structure"
    done = "La structure est créée."


class OrganisationChange(OrganisationPage, OfOne, FormPage, UpdateView):
    def get_title(self) -> str:
        return f"Modifier « {self.seen} »"


class OrganisationRemove(OrganisationPage, OfOne, RemovalPage):
    def get_done_url(self) -> str:
        return reverse("territories:organisations")
