"""Local projects and the people whom they count. Readers: administrator, manager, caseworker of the territory."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import CreateView, FormView, TemplateView, UpdateView

from beneficiaries.services import StaleVersion
from funding import pages, services
from funding.breakdowns import tallies, wholes
from funding.forms import HeadcountForm, ProjectFilter, ProjectForm, WithdrawForm
from funding.models import Headcount, Project
from partaj.acts import Act, may
from partaj.formats import french_date
from partaj.lists import Order, count_label, keyset_page, search_names
from partaj.pages import Crumb, FormPage, Titled
from partaj.programmes.access import InProgramme

BY_TITLE = Order("intitule", "folded_title")


class OfProjects(InProgramme):
    """What every page here shares: the projects and headcounts of this programme that the reader may see."""

    act = Act.READ_HEADCOUNTS

    @property
    def projects(self) -> QuerySet[Project]:
        seen = Project.objects.visible_to(self.request.user).filter(programme=self.programme)
        return seen.select_related("territory", "organisation")

    @property
    def headcounts(self) -> QuerySet[Headcount]:
        seen = Headcount.objects.visible_to(self.request.user).filter(project__programme=self.programme)
        return seen.select_related("project__programme", "project__territory", "project__organisation")

    def address(self, page: str, *args: Any) -> str:
        return reverse(f"funding:{page}", args=[self.programme.number, *args])

    def root_crumb(self) -> Crumb:
        return "Projets et effectifs", self.address("headcounts")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        allowed = may(self.request.user, Act.REPORT_HEADCOUNTS, self.programme) and not self.programme.is_closed
        return super().get_context_data(may_change=allowed, **kwargs)


class Changing(OfProjects):
    act = Act.REPORT_HEADCOUNTS
    seen_with = Act.READ_HEADCOUNTS
    writes = True


class HeadcountList(OfProjects, Titled, TemplateView):
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
    @cached_property
    def project(self) -> Project:
        return get_object_or_404(self.projects.select_related("programme"), pk=self.kwargs["pk"])


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

    def form_valid(self, form: ProjectForm) -> HttpResponse:
        project = services.record_project(project=form.instance, by=self.request.user)
        messages.success(self.request, self.done)
        return redirect(project.get_absolute_url())


class ProjectAdd(Changing, ProjectEdition, CreateView):
    title = "Nouveau projet d’initiative locale"

    def get_crumbs(self) -> list[Crumb]:
        return [self.root_crumb()]


class ProjectChange(Changing, OneProject, ProjectEdition, UpdateView):
    title = "Modifier le projet"

    def get_object(self, queryset: Any = None) -> Project:
        return self.project

    def get_crumbs(self) -> list[Crumb]:
        # Read apart: the form may be changing the title of `project`.
        return [self.root_crumb(), (self.projects.get(pk=self.project.pk).title, self.project.get_absolute_url())]


class OneHeadcount(OfProjects):
    @cached_property
    def headcount(self) -> Headcount:
        return get_object_or_404(self.headcounts, pk=self.kwargs["pk"])

    def headcount_crumbs(self) -> list[Crumb]:
        """Read apart from the row that a form may be changing."""
        stored = self.stored
        return [
            self.root_crumb(),
            (stored.project.title, stored.project.get_absolute_url()),
            (f"Effectif du {french_date(stored.counted_on)}", stored.get_absolute_url()),
        ]

    @cached_property
    def stored(self) -> Headcount:
        """The row as it stands in the database; `headcount` may hold what somebody is typing."""
        return get_object_or_404(self.headcounts, pk=self.kwargs["pk"])


class HeadcountPage(OneHeadcount, Titled, TemplateView):
    template_name = "funding/headcount.html"

    def get_title(self) -> str:
        return f"Effectif du {french_date(self.headcount.counted_on)}"

    def get_crumbs(self) -> list[Crumb]:
        project = self.headcount.project
        return [self.root_crumb(), (project.title, project.get_absolute_url())]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sums = tallies(
            youths=self.headcount.youths,
            adults=self.headcount.adults,
            parts=services.read_parts(self.headcount),
            populations=wholes(self.programme),
        )
        return super().get_context_data(
            headcount=self.headcount,
            column=pages.column_of(self.headcount),
            tables=[(tally, pages.table_rows(tally)) for tally in sums.values()],
            story=pages.story_of(self.headcount, self.request.user),
            **kwargs,
        )


class HeadcountEdition(FormPage):
    template_name = "funding/headcount_form.html"
    model = Headcount
    form_class = HeadcountForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"programme": self.programme}

    def accepted(self, headcount: Headcount, form: HeadcountForm) -> HttpResponse:
        """Say what was accepted and what stays unknown."""
        unknown = [tally.statement for tally in form.tallies().values() if tally.statement]
        messages.success(self.request, " ".join(["L’effectif est enregistré.", *[f"{each}." for each in unknown]]))
        return redirect(headcount.get_absolute_url())


class HeadcountAdd(Changing, HeadcountEdition, CreateView):
    title = "Nouvel effectif"

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET.get("projet", "")
        return {"project": asked} if asked.isdecimal() else {}

    def get_crumbs(self) -> list[Crumb]:
        return [self.root_crumb()]

    def form_valid(self, form: HeadcountForm) -> HttpResponse:
        headcount = services.report_headcount(headcount=form.instance, parts=form.parts(), by=self.request.user)
        return self.accepted(headcount, form)


class HeadcountChange(Changing, OneHeadcount, HeadcountEdition, UpdateView):
    title = "Modifier l’effectif"

    def get_object(self, queryset: Any = None) -> Headcount:
        return self.headcount

    def get_crumbs(self) -> list[Crumb]:
        return self.headcount_crumbs()

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"parts": services.read_parts(self.headcount)}

    def form_valid(self, form: HeadcountForm) -> HttpResponse:
        try:
            headcount = services.revise_headcount(
                headcount=form.instance,
                parts=form.parts(),
                version=form.cleaned_data["version"] or 0,
                by=self.request.user,
            )
        except StaleVersion:
            return self.both_versions(form)
        return self.accepted(headcount, form)

    def both_versions(self, form: HeadcountForm) -> HttpResponse:
        """Somebody saved meanwhile: what was typed stays in the form, what was saved stands beside it."""
        form.data = form.data.copy()
        form.data["version"] = self.stored.version
        self.submit_label = "Enregistrer ma version"
        context = self.get_context_data(
            form=form,
            differences=pages.differences(form.instance, form.parts(), self.stored),
            latest=next(iter(pages.story_of(self.stored, self.request.user)), None),
        )
        return self.render_to_response(context, status=409)


class HeadcountWithdraw(Changing, OneHeadcount, FormPage, FormView):
    title = "Retirer l’effectif"
    template_name = "funding/headcount_withdraw.html"
    form_class = WithdrawForm
    submit_label = "Retirer cet effectif"

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.headcount.version}

    def get_crumbs(self) -> list[Crumb]:
        return self.headcount_crumbs()

    def form_valid(self, form: WithdrawForm) -> HttpResponse:
        project = self.headcount.project
        try:
            services.withdraw_headcount(
                headcount=self.headcount,
                version=form.cleaned_data["version"] or 0,
                reason=form.cleaned_data["reason"],
                by=self.request.user,
            )
        except StaleVersion:
            form.data = form.data.copy()
            form.data["version"] = self.stored.version
            return self.render_to_response(self.get_context_data(form=form, stale=True), status=409)
        messages.success(self.request, "L’effectif est retiré. Ses nombres et la raison restent dans l’historique.")
        return redirect(project.get_absolute_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(headcount=self.stored, **kwargs)
