"""Lists received, in the technical administration, for who lives there: looked at, imported, confirmed.

A list that comes in here is the one that comes in by the pages: kept as the same rows, read, confirmed and undone by
the same services, and its own page goes on from there. Between its reading and its confirmation the file is in its row
of the base and nowhere else. import-export's own pages are not used, nor is it installed: they would leave the file on
the disk, refuse a whole list for one wrong line, and write once more whenever their answer is asked for again.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.views.generic import FormView, TemplateView

from beneficiaries.batches.confirming import confirm
from beneficiaries.batches.receiving import receive_readable
from beneficiaries.batches.resource import StudentResource, kept_lines
from beneficiaries.list_forms import TechnicalListForm
from beneficiaries.lists.outcomes import Outcome
from beneficiaries.lists.telling import counts_in_words
from beneficiaries.models import ImportBatch
from beneficiaries.views.lists.base import STALE, opened_in_words, received_before, version_typed
from beneficiaries.views.lists.directory import outcomes_of
from partaj.accounts import throttling
from partaj.accounts.technical.site import Page, Table, site
from partaj.formats import counted
from partaj.pages import Crumb, FormPage, Titled
from partaj.programmes.services import ClosedProgramme
from partaj.uploads.refusal import UploadRefused
from partaj.versions import StaleVersion

ON_A_PAGE = 200  # lines
FIELDSETS = [
    ("La liste", {"fields": ["file", "programme", "territory", "organisation"]}),
    ("Ce qu’il faut en faire", {"fields": ["rule", "reference_date", "contacted_on"]}),
]


@admin.register(ImportBatch, site=site)
class ReceivedLists(Table):
    """What came in, what became of its lines; never the file itself."""

    fields = ("filename", "received_at", "programme", "state", "read", "files_opened", "page")
    ordering = ("-received_at", "-pk")
    change_list_template = "technical/lists/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportBatch]:
        rows = ImportBatch.objects.visible_to(request.user).without_files().defer("choices")
        return rows.select_related("programme", "territory", "organisation").order_by(*self.ordering)

    def pages(self) -> list[Page]:
        return [
            Page("import", "importer/", Importing.as_view(table=self)),
            Page("preview", "<int:pk>/importer/", Preview.as_view(table=self)),
        ]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        found = super().get_changelist_instance(request)
        count_lines(list(found.result_list))
        return found

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        count_lines([found] if found else [])
        return found

    @admin.display(description="lignes lues")
    def read(self, batch: ImportBatch) -> str:
        return counts_in_words({outcome: batch.counts[outcome] for outcome in Outcome.values})

    @admin.display(description="dossiers ouverts")
    def files_opened(self, batch: ImportBatch) -> int:
        return batch.counts["opened"]

    @admin.display(description="page")
    def page(self, batch: ImportBatch) -> str:
        here = reverse("admin:beneficiaries_importbatch_preview", args=[batch.pk])
        pages = [("Lignes", here), ("Page de la liste", batch.get_absolute_url())]
        return format_html('<a href="{1}">{0}</a> · <a href="{3}">{2}</a>', *pages[0], *pages[1])


def count_lines(batches: list[ImportBatch]) -> None:
    """How many lines of each have each outcome, in one query."""
    counts = outcomes_of([batch.pk for batch in batches])
    for batch in batches:
        batch.counts = counts[batch.pk]


class OfTable(Titled):
    """A page under the table; the site has let in an administrator with a second factor, and nobody else."""

    table: Any = None

    def get_crumbs(self) -> list[Crumb]:
        return [("Listes reçues", reverse("admin:beneficiaries_importbatch_changelist"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        around = self.table.admin_site.each_context(self.request)
        return super().get_context_data(**around, **kwargs)


class Importing(OfTable, FormPage, FormView):
    """Nothing but the list itself is written, as from the pages: it waits to be confirmed."""

    form_class = TechnicalListForm
    template_name = "technical/lists/import.html"
    title = "Importer une liste"
    submit_label = "Lire la liste"

    def form_valid(self, form: TechnicalListForm) -> HttpResponse:
        throttling.take("list", self.request, account=self.request.user.email)
        given = dict(form.cleaned_data)
        file = given.pop("file")
        try:
            batch = receive_readable(filename=file.name, content=file.read(), by=self.request.user, **given)
        except (UploadRefused, ValidationError) as refusal:
            form.add_error("file", refusal)
            return self.form_invalid(form)
        except ClosedProgramme as closed:  # since the form was checked
            form.add_error("programme", str(closed))
            return self.form_invalid(form)
        if said := received_before(batch, self.request.user):
            messages.warning(self.request, said)
        return redirect("admin:beneficiaries_importbatch_preview", batch.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"paper": AdminForm(context["form"], FIELDSETS, {})}


class Preview(OfTable, TemplateView):
    """Every line with its outcome and its reasons, as import-export tells them; once confirmed, what came of it."""

    template_name = "technical/lists/preview.html"
    batch: ImportBatch

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.batch = get_object_or_404(self.table.get_queryset(request), pk=kwargs["pk"])
        request.programme = self.batch.programme  # type: ignore[attr-defined]  # the journal says it
        return super().dispatch(request, *args, **kwargs)

    def get_title(self) -> str:
        return str(self.batch)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(batch=self.batch, programme=self.batch.programme, **kwargs)
        at_rest = self.batch.state in {ImportBatch.State.READY, ImportBatch.State.CONFIRMED}
        return context | self.told() if at_rest else context

    def told(self) -> dict[str, Any]:
        """Of the whole list the counts, of one page its lines; the journal keeps that these were shown."""
        result = StudentResource(self.batch, by=self.request.user).import_data(kept_lines(self.batch), dry_run=True)
        page = Paginator(result.rows, ON_A_PAGE).get_page(self.request.GET.get("p"))
        files = [row.told.file for row in page if row.told.file]
        self.request.trace.showed_list(self.batch.pk, files)  # type: ignore[attr-defined]
        coming = result.totals["new"] + result.totals["update"]
        return {
            "counts": counts_in_words(Counter(row.told.outcome for row in result)),
            "page": page,
            "coming": coming,
            "coming_words": counted(coming, "dossier"),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Confirmed once, as from the page of the list: a second click, or what changed meanwhile, writes nothing."""
        try:
            batch = confirm(batch=self.batch, version=version_typed(request), by=request.user)
        except StaleVersion:
            messages.warning(request, STALE)
        except ClosedProgramme as closed:
            messages.error(request, str(closed))
        else:
            if batch.state == ImportBatch.State.CONFIRMED:
                messages.success(request, opened_in_words(batch))
        return redirect(request.path)
