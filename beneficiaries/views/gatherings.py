"""Meetings and workshops: their list, the page of each with who is asked and who came, the sheet that they sign."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.views.generic import CreateView, FormView, TemplateView, UpdateView, View

from beneficiaries import gatherings
from beneficiaries.filters import SELECTED
from beneficiaries.gathering_forms import CallOffForm, GatheringForm, InviteForm, candidates
from beneficiaries.models import Attendance, Enrolment, Gathering
from beneficiaries.views.base import AmongYouths
from beneficiaries.views.sheet import attached
from partaj.accounts import throttling
from partaj.acts import Act
from partaj.formats import counted, french_date
from partaj.lists import Order, keyset_page, search_names
from partaj.navigation import address
from partaj.pages import Crumb, FormPage, Titled
from partaj.printing import PdfUnavailable, print_html, style
from partaj.revisions import RevisionPage

LATEST_FIRST = Order("date", "held_on", descending=True)
OFFERED = 50
BLANK_LINES = 5  # on the sheet, for those who come without having been asked
OUT = "out"
STATES = [(each.value, each.label) for each in Attendance.State]
TOLD = {
    Attendance.State.PRESENT: ("présent", "présents"), Attendance.State.EXCUSED: ("excusé", "excusés"),
    Attendance.State.ABSENT: ("absent", "absents"), Attendance.State.INVITED: ("sans réponse", "sans réponse"),
}  # fmt: skip


class AmongGatherings(AmongYouths):
    """For those who log youths; even once the programme is closed, to read."""

    act = Act.LOG_YOUTHS

    @property
    def directory_url(self) -> str:
        return address("beneficiaries:gatherings", self.programme.number)

    def seen(self) -> QuerySet[Gathering]:
        return Gathering.objects.visible_to(self.request.user).filter(programme=self.programme)

    def root_crumb(self) -> Crumb:
        return "Réunions et ateliers", self.directory_url


class GatheringList(AmongGatherings, Titled, TemplateView):
    title = "Réunions et ateliers"
    template_name = "beneficiaries/gatherings.html"

    def get_crumbs(self) -> list[Crumb]:
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = keyset_page(self._with_counts(), LATEST_FIRST, self.request.GET)
        return super().get_context_data(
            page=page, rows=[self._line(each) for each in page.rows], new_url=f"{self.directory_url}nouvelle/", **kwargs
        )

    def _with_counts(self) -> QuerySet[Gathering]:
        """`asked`, `came`: among the youths whom the reader may see."""
        theirs = Attendance.objects.visible_to(self.request.user).filter(gathering=OuterRef("pk")).order_by()

        def number(rows: QuerySet) -> Any:
            grouped = rows.values("gathering").annotate(number=Count("pk")).values("number")
            return Coalesce(Subquery(grouped, output_field=IntegerField()), 0)

        came = theirs.filter(state=Attendance.State.PRESENT)
        return self.seen().select_related("territory").annotate(asked=number(theirs), came=number(came))

    def _line(self, gathering: Gathering) -> dict[str, Any]:
        gathering.programme = self.programme
        coming = gathering.held_on >= timezone.localdate()
        return {
            "url": gathering.get_absolute_url(),
            "title": gathering.title,
            "kind": capfirst(gathering.get_kind_display()),
            "when": gathering.when,
            "where": str(gathering.territory or "tout le programme"),
            "asked": gathering.asked,  # type: ignore[attr-defined]
            "came": gathering.came,  # type: ignore[attr-defined]
            "state": "annulée" if gathering.called_off else "à venir" if coming else "",
            "tone": "left" if gathering.called_off else "waiting",
        }


class GatheringAdd(AmongGatherings, FormPage, CreateView):
    writes = True
    title = "Prévoir une réunion ou un atelier"
    model = Gathering
    form_class = GatheringForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"programme": self.programme}

    def get_crumbs(self) -> list[Crumb]:
        return [self.root_crumb()]

    def form_valid(self, form: GatheringForm) -> HttpResponse:
        try:
            gathering = gatherings.plan_gathering(gathering=form.instance, by=self.request.user)
        except ValidationError as refusal:
            return self.refused(form, refusal)
        messages.success(self.request, "La réunion est prévue. Invitez-y des jeunes.")
        return redirect(gathering.get_absolute_url())


class OneGathering(AmongGatherings):
    gathering: Gathering

    def find(self) -> None:
        super().find()
        self.gathering = self.get_stored()

    def get_stored(self) -> Gathering:
        gathering = get_object_or_404(self.seen().select_related("territory"), pk=self.kwargs["pk"])
        gathering.programme = self.programme
        return gathering

    @property
    def gathering_url(self) -> str:
        return self.gathering.get_absolute_url()

    def get_success_url(self) -> str:
        return self.gathering_url

    def get_crumbs(self) -> list[Crumb]:
        return [self.root_crumb(), (self.get_stored().title, self.gathering_url)]

    def attendances(self) -> QuerySet[Attendance]:
        """Of the youths whom the reader may see, by name."""
        rows = Attendance.objects.visible_to(self.request.user).filter(gathering=self.gathering)
        return rows.select_related("enrolment__beneficiary", "enrolment__territory").order_by(
            "enrolment__sort_name", "pk"
        )


class GatheringPage(OneGathering, Titled, TemplateView):
    """Who is asked, and what became of it: changed for all of them at one go."""

    template_name = "beneficiaries/gathering.html"
    typed: dict[int, str]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.typed = {}
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
            '<select class="form-select form-select-sm" name="etat-{}" aria-label="Présence de {}">{}</select>',
            row.enrolment_id, row.enrolment.beneficiary.full_name, options,
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

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        allowed = {*Attendance.State.values, OUT}
        self.typed = {
            int(name[5:]): value
            for name, value in request.POST.items()
            if name.startswith("etat-") and name[5:].isdecimal() and len(name) < 24 and value in allowed
        }
        rest = request.POST.get("autres", "")
        if rest in (Attendance.State.PRESENT, Attendance.State.ABSENT):
            invited = Attendance.State.INVITED
            self.typed = {file: rest if state == invited else state for file, state in self.typed.items()}
        try:
            told = self._carry_out()
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            return self.render_to_response(self.get_context_data(), status=422)
        messages.success(request, told)
        return redirect(self.gathering_url)

    def _carry_out(self) -> str:
        states = {file: state for file, state in self.typed.items() if state != OUT}
        out = [file for file, state in self.typed.items() if state == OUT]
        changed = gatherings.note_states(gathering=self.gathering, states=states, by=self.request.user)
        left = gatherings.uninvite(gathering=self.gathering, numbers=out, by=self.request.user) if out else []
        said = []
        if changed:
            said.append(counted(len(changed), "présence notée", "présences notées"))
        if left:
            said.append(counted(len(left), "jeune retiré de la liste", "jeunes retirés de la liste"))
        return f"C’est enregistré : {', '.join(said)}." if said else "Rien n’a changé."


class GatheringChange(OneGathering, RevisionPage, UpdateView):
    writes = True
    title = "Modifier la réunion"
    model = Gathering
    form_class = GatheringForm
    done = "La réunion est enregistrée ; le fil de chaque jeune invité suit."

    def get_object(self, queryset: Any = None) -> Gathering:
        return self.gathering

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"programme": self.programme}

    def revise(self, form: GatheringForm) -> Gathering:
        return gatherings.revise_gathering(gathering=form.instance, version=form.version_read, by=self.request.user)


class CallOff(OneGathering, FormPage, FormView):
    writes = True
    form_class = CallOffForm
    submit_label = "Annuler la réunion"
    done = "La réunion est annulée ; le fil de chaque jeune invité dit pourquoi."

    def get_title(self) -> str:
        return f"Annuler : {self.gathering.title}"

    def form_valid(self, form: CallOffForm) -> HttpResponse:
        try:
            gatherings.call_off(gathering=self.gathering, reason=form.cleaned_data["reason"], by=self.request.user)
        except ValidationError as refusal:
            return self.refused(form, refusal)
        return super().form_valid(form)


class Reinstate(OneGathering, View):
    writes = True
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        gatherings.reinstate(gathering=self.gathering, by=request.user)
        messages.success(request, "La réunion est rétablie.")
        return redirect(self.gathering_url)


class Invite(OneGathering, FormPage, FormView):
    """Search among one's youths, tick, add."""

    writes = True
    template_name = "beneficiaries/invite.html"
    form_class = InviteForm
    submit_label = "Inviter"

    def get_title(self) -> str:
        return f"Inviter des jeunes : {self.gathering.title}"

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
        typed = self.request.GET.get("q", "")
        context = super().get_context_data(gathering=self.gathering, q=typed[:100], **kwargs)
        form, files = context["form"], candidates(self.request.user, self.gathering).select_related("beneficiary")
        ticked = [
            pk for pk in (form.data.getlist("youths") if form.is_bound else []) if pk.isdecimal() and len(pk) < 19
        ]
        offered = list(search_names(files, typed).order_by("sort_name", "pk")[: OFFERED + 1])
        shown = offered[:OFFERED]
        elsewhere = files.filter(pk__in=ticked).exclude(pk__in=[file.pk for file in shown]) if ticked else []
        rows: list[tuple[Enrolment, bool]] = [(file, str(file.pk) in ticked) for file in shown]
        rows += [(file, True) for file in elsewhere]
        self.request.trace.listed((file.pk for file, _ in rows), searched=bool(typed))  # type: ignore[attr-defined]
        return context | {"rows": rows, "more": len(offered) > OFFERED, "list_url": self.list_url}


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
