"""One list: what was understood, its lines by outcome, and its confirmation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.views.generic import FormView, TemplateView, View

from beneficiaries.batches.confirming import confirm
from beneficiaries.batches.deciding import decide_all
from beneficiaries.batches.reading import first_lines
from beneficiaries.batches.receiving import read_otherwise, start_again
from beneficiaries.list_forms import ReadingForm
from beneficiaries.lists.outcomes import Outcome
from beneficiaries.lists.telling import PLURALS
from beneficiaries.models import ImportBatch, ImportLine
from beneficiaries.views.lists.base import InList, OnList, opened_in_words, version_typed
from beneficiaries.views.lists.words import lines_in_words
from partaj.acts import Act, may
from partaj.formats import counted, french_integer
from partaj.lists import Order, keyset_page
from partaj.pages import FormPage, Titled
from partaj.versions import StaleVersion

BY_NUMBER = Order("ligne", "number")
TABS = (Outcome.IMPORT, Outcome.IMPORT_WARNING, Outcome.REVIEW, Outcome.REJECT, Outcome.IGNORE)


class BatchPage(OnList, Titled, TemplateView):
    template_name = "beneficiaries/lists/batch.html"

    def get_title(self) -> str:
        return str(self.batch)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(batch=self.batch, told=self.batch.told, **kwargs)
        return context if self.batch.is_working else context | self.tabs()

    def tabs(self) -> dict[str, Any]:
        lines = self.lines
        counts = dict(lines.order_by().values_list("outcome").annotate(number=Count("*")))
        shown = self.chosen(counts)
        page = keyset_page(lines.filter(outcome=shown), BY_NUMBER, self.request.GET)
        self.note_lines(page.rows)
        coming = lines.to_import().count()
        shown_lines = lines_in_words(page.rows, self.batch, self.request.user)
        return {
            "counts": [
                {"outcome": str(each), "label": PLURALS[each].capitalize(), "count": counts.get(each, 0),
                 "current": each == shown}
                for each in TABS
            ],
            "read": sum(counts.values()),
            "sum": " + ".join(french_integer(counts.get(each, 0)) for each in TABS),
            "shown": shown,
            "page": page,
            "lines": shown_lines,
            "about": "Rupture" if self.batch.kind == ImportBatch.Kind.BREAKS else "Formation",
            "coming": coming,
            "coming_words": counted(coming, "dossier"),
            "rejected": counts.get(Outcome.REJECT, 0),
            "may_export": may(self.request.user, Act.EXPORT_YOUTHS, self.programme),
            "has_content": self.has_content(),
            "may_decide": self.may_change and shown != Outcome.IGNORE
            and any(each["can_be_decided"] for each in shown_lines),
            "rule": self.batch.rule_in_words,
        }  # fmt: skip

    def note_lines(self, lines: list[ImportLine]) -> None:
        files = [line.enrolment_id for line in lines if line.enrolment_id]
        self.request.trace.showed_list(self.batch.pk, files)  # type: ignore[attr-defined]

    def chosen(self, counts: dict[str, int]) -> Outcome:
        """The outcome asked for; else what waits for somebody, else what is to come."""
        asked = self.request.GET.get("sort", "")
        if asked in Outcome.values:
            return Outcome(asked)
        order = (Outcome.REVIEW, Outcome.IMPORT_WARNING, Outcome.IMPORT, Outcome.REJECT, Outcome.IGNORE)
        return next((each for each in order if counts.get(each)), Outcome.IMPORT)


class Progress(OnList, View):
    """Asked for by the page of a list at work, every other second: how far it is, then the whole page once done."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.batch.is_working:
            context = {"batch": self.batch, "may_change": self.may_change}
            return HttpResponse(render_to_string("beneficiaries/lists/_progress.html", context, request))
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})


class Reading(InList, FormPage, FormView):
    """Encoding, separator, sheet, line of the titles, columns, rule: what was found may be decided otherwise."""

    writes = True
    form_class = ReadingForm
    template_name = "beneficiaries/lists/reading.html"
    title = "Comment la liste est lue"
    submit_label = "Relire la liste ainsi"
    done = ""

    def refusal(self) -> HttpResponse | None:
        return super().refusal() or (None if self.can_be_read_again() else self.stale())

    def can_be_read_again(self) -> bool:
        at_rest = {ImportBatch.State.READY, ImportBatch.State.REFUSED}
        return self.batch.state in at_rest and self.has_content()

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"batch": self.batch}

    def get_initial(self) -> dict[str, Any]:
        batch, choices = self.batch, self.batch.choices
        return {name: choices.get(name) for name in ("encoding", "delimiter", "sheet", "header_line", "repair")} | {
            "date_order": choices.get("date_order", "dmy"),
            "rule": batch.rule,
            "reference_date": batch.reference_date,
            "contacted_on": batch.contacted_on,
            "version": batch.version,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.request.trace.showed_list(self.batch.pk, ())  # type: ignore[attr-defined]
        beginning = [] if kwargs.get("form") else first_lines(ImportBatch.objects.get(pk=self.batch.pk))
        return super().get_context_data(batch=self.batch, told=self.batch.told, beginning=beginning, **kwargs)

    def form_valid(self, form: ReadingForm) -> HttpResponse:
        given = form.cleaned_data
        try:
            read_otherwise(
                batch=self.batch,
                version=given["version"],
                choices=form.choices,
                rule=given.get("rule", ""),
                reference_date=given["reference_date"],
                contacted_on=given["contacted_on"],
            )
        except StaleVersion:
            return self.stale()
        messages.success(
            self.request, "La liste est relue avec ces choix. Les décisions prises avant sont à reprendre."
        )
        return redirect(self.batch_url)


class PostOnly(OnList, View):
    """A button of the page of the list."""

    writes = True
    http_method_names = ["post"]


class Confirm(PostOnly):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            batch = confirm(batch=self.batch, version=version_typed(request), by=request.user)
        except StaleVersion:
            return self.already_confirmed() or self.stale()
        if batch.state == ImportBatch.State.CONFIRMED:
            messages.success(request, opened_in_words(batch))
        return redirect(self.batch_url)

    def already_confirmed(self) -> HttpResponse | None:
        """What a second click did: nothing, and what was asked for is done."""
        batch = self.batches.get(pk=self.batch.pk)
        if batch.state != ImportBatch.State.CONFIRMED:
            return None
        by = f" par {batch.confirmed_by}" if batch.confirmed_by else ""
        opened = counted(batch.opened, "dossier ouvert", "dossiers ouverts")
        messages.info(self.request, f"Cette liste était déjà confirmée{by} : {opened}, rien n’a été écrit deux fois.")
        return redirect(self.batch_url)


class StartAgain(PostOnly):
    """A work whose worker died: begun anew; what it had not finished had left nothing."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            start_again(batch=self.batch)
        except StaleVersion:
            return self.stale()
        messages.success(request, "Le travail a été repris du début.")
        return redirect(self.batch_url)


class DecideAll(PostOnly):
    """Several lines at once, ticked on the page: kept or set aside."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = [int(each) for each in request.POST.getlist("line") if each.isdecimal() and len(each) < 18][:200]
        decision = request.POST.get("decision", "")
        if decision not in (ImportLine.Decision.KEEP, ImportLine.Decision.DISCARD) or not chosen:
            messages.warning(request, "Cochez d’abord les lignes, puis choisissez de les garder ou de les écarter.")
            return redirect(self.back_url)
        done = decide_all(lines=self.lines.filter(pk__in=chosen), decision=decision, by=request.user)
        word = "gardée" if decision == ImportLine.Decision.KEEP else "écartée"
        messages.success(request, f"{counted(done, f'ligne {word}', f'lignes {word}s')}.")
        if done < len(chosen):
            messages.warning(request, f"{counted(len(chosen) - done, 'ligne attend', 'lignes attendent')} encore : "
                             "ouvrez-les pour compléter ce qui manque.")  # fmt: skip
        return redirect(self.back_url)

    @property
    def back_url(self) -> str:
        asked = self.request.POST.get("sort", "")
        return f"{self.batch_url}?sort={asked}" if asked in Outcome.values else self.batch_url
