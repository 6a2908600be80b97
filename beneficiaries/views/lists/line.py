"""One line: what was written, what was read of it, whom it looks like; and what somebody decides of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import FormView

from beneficiaries.batches.deciding import discard, join, join_line, keep, take_back
from beneficiaries.batches.keeping import beside
from beneficiaries.list_forms import LineForm
from beneficiaries.lists.outcomes import Outcome
from beneficiaries.models import PERSON_FIELDS, Beneficiary, ImportBatch, ImportLine
from beneficiaries.views.lists.base import InList, people_seen
from beneficiaries.views.lists.comparing import Compared, compared_lines, compared_people
from partaj.pages import FormPage
from partaj.versions import StaleVersion

KEEP, DISCARD, SAME, TAKE_BACK = "keep", "discard", "same", "take_back"


class LinePage(InList, FormPage, FormView):
    writes = True
    form_class = LineForm
    template_name = "beneficiaries/lists/line.html"
    submit_label = "Garder cette ligne"
    line: ImportLine

    def find(self) -> None:
        super().find()
        self.line = get_object_or_404(self.lines.select_related("enrolment", "decided_by"), pk=self.kwargs["line"])
        self.line.batch = self.batch

    def get_title(self) -> str:
        return f"Ligne {self.line.number}{f' : {self.line.name}' if self.line.name else ''}"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"line": self.line}

    def get_success_url(self) -> str:
        return f"{self.batch_url}?sort={self.request.GET.get('sort') or self.line.judged}"

    def get_back_url(self) -> str:
        return self.get_success_url()

    @property
    def can_be_decided(self) -> bool:
        at_rest = self.batch.state in {ImportBatch.State.READY, ImportBatch.State.CONFIRMED}
        return self.may_change and at_rest and self.line.can_be_decided

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        act = request.POST.get("act", KEEP)
        if self.was_decided_since():
            return self.say_who_decided(act)
        try:
            if act == KEEP:
                return super().post(request, *args, **kwargs)
            self.decide(act)
        except StaleVersion:
            return self.stale()
        except ValidationError as refusal:
            messages.warning(request, " ".join(refusal.messages))
            return redirect(request.get_full_path())
        return redirect(self.get_success_url())

    @property
    def read_as(self) -> str:
        """Which decision the page shows: the buttons send it back."""
        return self.line.decided_at.isoformat() if self.line.decided_at else ""

    def was_decided_since(self) -> bool:
        return self.request.POST.get("read_as", self.read_as) != self.read_as

    def say_who_decided(self, act: str) -> HttpResponse:
        """From another tab, or by somebody else. What was typed is shown again, and may be sent again."""
        by = self.line.decided_by or "quelqu’un"
        said = f"Cette ligne a été décidée entre-temps par {by} : rien n’est enregistré. Relisez avant de recommencer."
        if act != KEEP or not self.can_be_decided:
            messages.warning(self.request, said)
            return redirect(self.request.get_full_path())
        form = self.get_form()
        form.add_error(None, said)
        return self.form_invalid(form)

    def decide(self, act: str) -> None:
        by = self.request.user
        if act == DISCARD:
            discard(line=self.line, by=by)
            messages.success(self.request, f"La ligne {self.line.number} est écartée ; vous pouvez revenir là-dessus.")
        elif act == TAKE_BACK:
            take_back(line=self.line, by=by)
            messages.success(self.request, f"La ligne {self.line.number} est de nouveau comme la lecture l’a jugée.")
        elif act == SAME and "other" in self.request.POST:
            join_line(line=self.line, other=self.chosen_line(), taken=self.taken(), by=by)
            messages.success(self.request, f"La ligne {self.line.number} complète une autre ligne de la liste.")
        elif act == SAME:
            join(line=self.line, person=self.chosen_person(), taken=self.taken(), by=by)
            messages.success(self.request, f"La ligne {self.line.number} complète un dossier déjà connu.")

    def chosen_person(self) -> Beneficiary:
        """Among the people whom the line looks like and the reader may see: nobody else's number is heard."""
        asked = self.request.POST.get("person", "")
        proposed = {each["person"] for each in self.line.alike if "person" in each}
        number = int(asked) if asked.isdecimal() and len(asked) < 18 else 0
        people = people_seen(self.request.user, {number} & proposed)
        return people[number] if number in people else get_object_or_404(Beneficiary.objects.none())

    def chosen_line(self) -> ImportLine:
        asked = self.request.POST.get("other", "")
        proposed = {each["line"] for each in self.line.alike if "line" in each}
        number = int(asked) if asked.isdecimal() and len(asked) < 9 else 0
        return get_object_or_404(self.lines, number=number if number in proposed else 0)

    def taken(self) -> list[str]:
        return [name for name in self.request.POST.getlist("take") if name in PERSON_FIELDS]

    def form_valid(self, form: LineForm) -> HttpResponse:
        try:
            kept = keep(line=self.line, values=form.values, by=self.request.user)
        except ValidationError as refusal:
            return self.refused(form, refusal)
        if kept.outcome != Outcome.IMPORT_WARNING:
            messages.warning(self.request, f"La ligne {self.line.number} n’a pas ouvert de dossier : lisez pourquoi.")
            return redirect(self.request.get_full_path())
        messages.success(self.request, f"La ligne {self.line.number} est gardée.")
        return redirect(self.get_success_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people, shown = compared_people(self.line, self.request.user)
        self.request.trace.showed_list(  # type: ignore[attr-defined]
            self.batch.pk, [*filter(None, [self.line.enrolment_id]), *shown]
        )
        return super().get_context_data(
            line=self.line,
            batch=self.batch,
            raw=raw_cells(self.batch, self.line),
            beside=beside(self.line.student),
            people=people,
            others=self.others(),
            can_be_decided=self.can_be_decided,
            read_as=self.read_as,
            file_url=self.line.enrolment.get_absolute_url() if self.line.enrolment else "",
            **kwargs,
        )

    def others(self) -> list[Compared]:
        return compared_lines(self.line, self.lines)


def raw_cells(batch: ImportBatch, line: ImportLine) -> list[tuple[str, str]]:
    """What was written, under the titles of the file: the columns that are taken, and what lies beyond the last."""
    titles = {column["index"]: column["title"] for column in batch.told.get("columns", [])}
    return [
        (titles.get(index, "").strip() or f"Colonne {index + 1}", cell) for index, cell in enumerate(line.cells) if cell
    ]
