"""The lists received in one programme, and the page that receives one."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.generic import FormView, TemplateView

from beneficiaries.batches.receiving import receive_list
from beneficiaries.list_forms import ReceiveForm
from beneficiaries.lists.outcomes import Outcome
from beneficiaries.lists.second import SecondRefused
from beneficiaries.models import ImportBatch, ImportLine
from beneficiaries.views.lists.base import AmongLists, received_before
from partaj.accounts import throttling
from partaj.lists import Order, count_label, keyset_page
from partaj.pages import FormPage, Titled
from partaj.uploads.refusal import UploadRefused

LATEST_FIRST = Order("recues", "received_at", descending=True)


class BatchList(AmongLists, Titled, TemplateView):
    template_name = "beneficiaries/lists/directory.html"
    title = "Listes reçues"

    def get_crumbs(self) -> list[tuple[str, str]]:
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.batches.without_files().defer("told", "choices").select_related("organisation", "received_by")
        page = keyset_page(rows, LATEST_FIRST, self.request.GET)
        counts = outcomes_of([batch.pk for batch in page.rows])
        for batch in page.rows:
            batch.programme = self.programme
            batch.counts = counts[batch.pk]
            batch.coming = batch.counts["import"] + batch.counts["import_warning"]
        return super().get_context_data(
            page=page,
            count=count_label(self.batches, "liste reçue", "listes reçues"),
            waiting=ImportLine.objects.visible_to(self.request.user)
            .filter(batch__programme=self.programme, batch__state=ImportBatch.State.CONFIRMED)
            .waiting()
            .count(),
            **kwargs,
        )


def outcomes_of(batches: list[int]) -> dict[int, dict[str, int]]:
    """Of each list, how many of its lines have each outcome, have a file, and opened one; in one query."""
    counted: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys((*Outcome.values, "files", "opened"), 0))
    lines = ImportLine.objects.filter(batch__in=batches).order_by()
    for batch, outcome, number, files, opened in lines.values_list("batch", "outcome").annotate(
        number=Count("*"), files=Count("enrolment"), opened=Count("pk", filter=Q(opened_path=True))
    ):
        counted[batch][outcome] = number
        counted[batch]["files"] += files
        counted[batch]["opened"] += opened
    return counted


class Receive(AmongLists, FormPage, FormView):
    """Nothing but the list itself is written: it waits to be confirmed."""

    writes = True
    form_class = ReceiveForm
    template_name = "beneficiaries/lists/receive.html"
    title = "Recevoir une liste"
    submit_label = "Lire la liste"
    done = ""

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"programme": self.programme}

    def form_valid(self, form: ReceiveForm) -> HttpResponse:
        throttling.take("list", self.request, account=self.request.user.email)
        given = dict(form.cleaned_data)
        file, second = given.pop("file"), given.pop("second")
        try:
            batch = receive_list(
                programme=self.programme,
                filename=file.name,
                content=file.read(),
                second=second.read() if second else None,
                by=self.request.user,
                **given,
            )
        except (UploadRefused, ValidationError) as refusal:
            form.add_error("second" if isinstance(refusal, SecondRefused) else "file", refusal)
            return self.form_invalid(form)
        if said := received_before(batch, self.request.user):
            messages.warning(self.request, said)
        return redirect(batch.get_absolute_url())
