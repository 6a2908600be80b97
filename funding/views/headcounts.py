"""The people whom a project counts collectively: one headcount, read, entered, changed, withdrawn."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.views.generic import CreateView, FormView, TemplateView, UpdateView

from funding import pages, services
from funding.breakdowns import tallies, wholes
from funding.forms import HeadcountForm, WithdrawForm
from funding.models import Headcount
from funding.views.base import Changing, OfProjects
from partaj.formats import french_date
from partaj.pages import Crumb, FormPage, Titled
from partaj.revisions import Difference, RevisionPage
from partaj.versions import StaleVersion, offer_again


class OneHeadcount(OfProjects):
    headcount: Headcount

    def find(self) -> None:
        super().find()
        self.headcount = get_object_or_404(self.headcounts, pk=self.kwargs["pk"])

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
    template_name = "funding/headcount_form.html"  # of a new one too: it reminds whom a headcount counts
    model = Headcount
    form_class = HeadcountForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"programme": self.programme}

    def get_done(self, form: HeadcountForm) -> str:
        """What was accepted and what stays unknown."""
        unknown = [tally.statement for tally in form.tallies().values() if tally.statement]
        return " ".join(["L’effectif est enregistré.", *[f"{each}." for each in unknown]])


class HeadcountAdd(Changing, HeadcountEdition, CreateView):
    title = "Nouvel effectif"

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET.get("projet", "")
        return {"project": asked} if asked.isdecimal() else {}

    def get_crumbs(self) -> list[Crumb]:
        return [self.root_crumb()]

    def form_valid(self, form: HeadcountForm) -> HttpResponse:
        headcount = services.report_headcount(headcount=form.instance, parts=form.parts(), by=self.request.user)
        messages.success(self.request, self.get_done(form))
        return redirect(headcount.get_absolute_url())


class HeadcountChange(Changing, OneHeadcount, HeadcountEdition, RevisionPage, UpdateView):
    title = "Modifier l’effectif"

    def get_object(self, queryset: Any = None) -> Headcount:
        return self.headcount

    def get_crumbs(self) -> list[Crumb]:
        return self.headcount_crumbs()

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"parts": services.read_parts(self.headcount)}

    def revise(self, form: HeadcountForm) -> Headcount:
        return services.revise_headcount(
            headcount=form.instance, parts=form.parts(), version=form.version_read, by=self.request.user
        )

    def get_stored(self) -> Headcount:
        return self.stored

    def get_differences(self, form: HeadcountForm, stored: Headcount) -> list[Difference]:
        return pages.differences(form.instance, form.parts(), stored)

    def get_latest(self, stored: Headcount) -> Any:
        return next(iter(pages.story_of(stored, self.request.user)), None)


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
            offer_again(form, self.stored.version)
            return self.render_to_response(self.get_context_data(form=form, stale=True), status=409)
        messages.success(self.request, "L’effectif est retiré. Ses nombres et la raison restent dans l’historique.")
        return redirect(project.get_absolute_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(headcount=self.stored, **kwargs)
