"""One meeting: who is asked, what became of it, more who are asked, and the sheet that they sign."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.views.generic import TemplateView, View

from beneficiaries import gatherings
from beneficiaries.filters import SELECTED
from beneficiaries.gathering_forms import InviteForm, candidates
from beneficiaries.models import Attendance, Enrolment
from beneficiaries.views.gatherings import OneGathering
from beneficiaries.views.sheet import attached
from beneficiaries.views.ticking import TickYouths
from partaj.accounts import throttling
from partaj.accounts.drafts import resumed
from partaj.formats import counted, french_date
from partaj.pages import Crumb, Titled
from partaj.printing import PdfUnavailable, print_html, style

BLANK_LINES = 5  # on the sheet, for those who come without having been asked
OUT = "out"
CHOSEN, READ = "etat-", "lu-"  # before the number of a file: what is chosen of it, what the page showed
STATES = [(each.value, each.label) for each in Attendance.State]
TOLD = {
    Attendance.State.PRESENT: ("présent", "présents"), Attendance.State.EXCUSED: ("excusé", "excusés"),
    Attendance.State.ABSENT: ("absent", "absents"), Attendance.State.INVITED: ("sans réponse", "sans réponse"),
}  # fmt: skip


def _sent(fields: Mapping[str, Any], begun: str) -> dict[int, str]:
    """By number of file, what the fields whose names begin so say of it."""
    allowed, found = {*Attendance.State.values, OUT}, {}
    for name, value in fields.items():
        number = name.removeprefix(begun)
        if name != number and number.isdecimal() and len(number) < 18 and value in allowed:
            found[int(number)] = str(value)
    return found


class GatheringPage(OneGathering, Titled, TemplateView):
    """Who is asked, and what became of it: changed for all of them at one go."""

    template_name = "beneficiaries/gathering.html"
    typed: dict[int, str]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        # What was chosen when the session ended is shown again here.
        self.typed = _sent(request.typed_again or {}, CHOSEN) if request.method == "GET" else {}  # type: ignore[attr-defined]
        super().setup(request, *args, **kwargs)

    def get_title(self) -> str:
        return self.gathering.title

    def get_crumbs(self) -> list[Crumb]:
        return [self.root_crumb()]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = list(self.attendances())
        self.request.trace.listed(row.enrolment_id for row in rows)  # type: ignore[attr-defined]
        gathering = self.gathering
        facts = [
            capfirst(gathering.get_kind_display()), gathering.when,
            counted(gathering.minutes, "minute") if gathering.minutes else "", gathering.place,
            f"animée par {gathering.led_by}" if gathering.led_by else "",
            str(gathering.territory or "tout le programme"),
        ]  # fmt: skip
        return super().get_context_data(
            gathering=gathering,
            facts=" · ".join(filter(None, facts)),
            rows=[self._row(row) for row in rows],
            count=self._count(rows),
            gathering_url=self.gathering_url,
            is_open=self.may_change and not gathering.called_off,
            resumed=resumed(self.request) if self.typed else "",
            **kwargs,
        )

    def _row(self, row: Attendance) -> dict[str, Any]:
        person = row.enrolment.beneficiary
        return {
            "url": f"{self.list_url}{row.enrolment_id}/",
            "name": person.full_name,
            "where": row.enrolment.territory.name,
            "phone": person.phone or "—",
            "state": self._select(row) if self.may_change and not self.gathering.called_off else self._said(row),
        }

    def _said(self, row: Attendance) -> SafeString:
        return format_html("<span>{}</span>", row.get_state_display())

    def _select(self, row: Attendance) -> SafeString:
        """What became of it, to choose; who has not answered may also leave the list."""
        chosen = self.typed.get(row.enrolment_id, row.state)
        choices = [*STATES, (OUT, "retirer de la liste")] if row.state == Attendance.State.INVITED else STATES
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((value, SELECTED if value == chosen else "", words) for value, words in choices),
        )
        return format_html(
            '<input type="hidden" name="{}{}" value="{}">'
            '<select class="form-select form-select-sm" name="{}{}" aria-label="Présence de {}">{}</select>',
            READ, row.enrolment_id, row.state,
            CHOSEN, row.enrolment_id, row.enrolment.beneficiary.full_name, options,
        )  # fmt: skip

    def _count(self, rows: list[Attendance]) -> str:
        """« 12 jeunes invités : 8 présents, 1 excusé, 3 sans réponse »."""
        states = [row.state for row in rows]
        parts = [counted(states.count(each), *words) for each, words in TOLD.items() if each in states]
        return f"{counted(len(rows), 'jeune invité', 'jeunes invités')} : {', '.join(parts)}" if rows else ""


class NoteAttendance(GatheringPage):
    """What was chosen for each; `autres`: what became of those who are still « invité » once the rest is noted."""

    writes = True
    http_method_names = ["post"]
    is_shown_above = True  # partaj.accounts.drafts

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen, read = _sent(request.POST, CHOSEN), _sent(request.POST, READ)
        rest = request.POST.get("autres", "")
        if rest in (Attendance.State.PRESENT, Attendance.State.ABSENT):
            invited = Attendance.State.INVITED
            chosen = {file: rest if state == invited else state for file, state in chosen.items()}
        self.typed = chosen
        try:
            self._carry_out({file: state for file, state in chosen.items() if state != read.get(file)}, read)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            return self.render_to_response(self.get_context_data(), status=422)
        return redirect(self.gathering_url)

    @transaction.atomic
    def _carry_out(self, changed: dict[int, str], read: dict[int, str]) -> None:
        states = {file: state for file, state in changed.items() if state != OUT}
        out = [file for file, state in changed.items() if state == OUT]
        noted = gatherings.note_states(gathering=self.gathering, states=states, by=self.request.user, read=read or None)
        left = gatherings.uninvite(gathering=self.gathering, numbers=out, by=self.request.user) if out else []
        said = []
        if noted.changed:
            said.append(counted(len(noted.changed), "jeune noté", "jeunes notés"))
        if left:
            said.append(counted(len(left), "jeune retiré de la liste", "jeunes retirés de la liste"))
        if noted.meanwhile:
            messages.warning(self.request, self._meanwhile(noted.meanwhile))
        messages.success(self.request, f"C’est enregistré : {', '.join(said)}." if said else "Rien n’a changé.")

    def _meanwhile(self, rows: list[Attendance]) -> str:
        """Who was noted by somebody else while the page was open, and as what."""
        names = {row.pk: row.enrolment.beneficiary.full_name for row in self.attendances()}
        told = ", ".join(f"{names[row.pk]} ({row.get_state_display()})" for row in rows)
        return f"Quelqu’un d’autre les a notés entre-temps, et ils restent ainsi : {told}. Relisez, puis changez-les."


class Invite(OneGathering, TickYouths):
    writes = True
    form_class = InviteForm
    field = "youths"
    submit_label = "Inviter"
    nobody_found = "Aucun de vos jeunes présents ne porte ce nom, ou il est déjà invité."
    nobody_left = "Tous vos jeunes présents y sont déjà invités."
    back_label = "Revenir à la réunion"

    def get_title(self) -> str:
        return f"Inviter des jeunes : {self.gathering.title}"

    def get_legend(self) -> str:
        return f"{self.gathering.title}, {self.gathering.when}"

    def candidates(self) -> QuerySet[Enrolment]:
        return candidates(self.request.user, self.gathering)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"gathering": self.gathering}

    def form_valid(self, form: InviteForm) -> HttpResponse:
        numbers = [file.pk for file in form.cleaned_data["youths"]]
        try:
            rows = gatherings.invite(gathering=self.gathering, numbers=numbers, by=self.request.user)
        except ValidationError as refusal:
            return self.refused(form, refusal)
        messages.success(self.request, f"{counted(len(rows), 'jeune invité', 'jeunes invités')}.")
        return redirect(self.gathering_url)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(list_url=self.list_url, **kwargs)


class SignatureSheet(OneGathering, View):
    """To print, and to be signed by those who come. It bears nothing of a youth but their name; who objects to being
    told of elsewhere is not on it."""

    def told(self) -> QuerySet[Enrolment]:
        return Enrolment.objects.filter(attendances__gathering=self.gathering).not_opposed()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        throttling.take("export", request, account=request.user.email)  # type: ignore[union-attr]
        rows = list(self.attendances().filter(enrolment__in=self.told()))
        left_out = self.attendances().count() - len(rows)
        context = {
            "gathering": self.gathering,
            "left_out": counted(left_out, "jeune n’y figure pas", "jeunes n’y figurent pas") if left_out else "",
            "kind": capfirst(self.gathering.get_kind_display()),
            "programme": str(self.programme),
            "names": [row.enrolment.beneficiary.full_name for row in rows],
            "blank": range(BLANK_LINES),
            "issued": f"{french_date(timezone.localdate())}, par {request.user}",
            "style": style("print-signatures"),
        }
        try:
            content = print_html(render_to_string("beneficiaries/print/signatures.html", context))
        except PdfUnavailable as missing:
            messages.error(request, str(missing))
            return redirect(self.gathering_url)
        request.trace.exported({row.enrolment_id for row in rows}, detail="feuille d’émargement")  # type: ignore[attr-defined]
        return attached(content, f"emargement-{self.gathering.held_on:%Y-%m-%d}.pdf", "application/pdf")
