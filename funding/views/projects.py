"""The local projects (PIL): their list with what they reached, and the page of each."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import CreateView, TemplateView, UpdateView

from funding import pages, services
from funding.forms import ProjectFilter, ProjectForm
from funding.models import Project
from funding.views.base import Changing, OfProjects
from partaj.lists import Order, count_label, keyset_page, search_names
from partaj.pages import Crumb, FormPage, Titled
from partaj.revisions import RevisionPage

BY_TITLE = Order("intitule", "folded_title")


class ProjectList(OfProjects, Titled, TemplateView):
    title = "Projets et effectifs"
    template_name = "funding/headcounts.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = ProjectFilter(self.request.GET, user=self.request.user, programme=self.programme)
        form.is_valid()
        asked = {name: value for name, value in form.cleaned_data.items() if value}
        found = search_names(self.projects, asked.pop("q", ""), "folded_title").filter(**asked)
        return super().get_context_data(
            form=form,
            filter_errors=[error for errors in form.errors.values() for error in errors],
            page=keyset_page(pages.with_totals(found), BY_TITLE, self.request.GET),
            count=count_label(found, "projet", "projets"),
            totals=pages.totals_of(self.headcounts.filter(project__in=found.order_by().values("pk"))),
            narrowed=any(form.cleaned_data.values()),
            **kwargs,
        )


class OneProject(OfProjects):
    project: Project

    def find(self) -> None:
        super().find()
        self.project = get_object_or_404(self.projects.select_related("programme"), pk=self.kwargs["pk"])


class ProjectPage(OneProject, Titled, TemplateView):
    template_name = "funding/project.html"

    def get_title(self) -> str:
        return self.project.title

    def get_crumbs(self) -> list[Crumb]:
        return [self.root_crumb()]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counted = self.headcounts.filter(project=self.project)
        return super().get_context_data(
            project=self.project,
            headcounts=counted[: pages.HEADCOUNTS_SHOWN],
            totals=pages.totals_of(counted),
            withdrawn=pages.withdrawn_from(self.project),
            **kwargs,
        )


class ProjectEdition(FormPage):
    model = Project
    form_class = ProjectForm
    done = "Le projet est enregistré."

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"programme": self.programme}


class ProjectAdd(Changing, ProjectEdition, CreateView):
    title = "Nouveau projet d’initiative locale"

    def get_crumbs(self) -> list[Crumb]:
        return [self.root_crumb()]

    def form_valid(self, form: ProjectForm) -> HttpResponse:
        project = services.receive_project(project=form.instance, by=self.request.user)
        messages.success(self.request, self.done)
        return redirect(project.get_absolute_url())


class ProjectChange(Changing, OneProject, ProjectEdition, RevisionPage, UpdateView):
    title = "Modifier le projet"

    def get_object(self, queryset: Any = None) -> Project:
        return self.project

    def get_crumbs(self) -> list[Crumb]:
        stored = self.get_stored()  # the form may be changing the title of `project`
        return [self.root_crumb(), (stored.title, stored.get_absolute_url())]

    def revise(self, form: ProjectForm) -> Project:
        return services.revise_project(project=form.instance, version=form.version_read, by=self.request.user)

    def get_stored(self) -> Project:
        return get_object_or_404(self.projects.select_related("programme"), pk=self.project.pk)
