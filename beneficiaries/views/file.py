"""The page of one youth: who they are, where they stand, what happened, who may see it."""

from collections.abc import Callable
from typing import Any

from django.db.models import FilteredRelation, Model, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from beneficiaries.changes import changes_of
from beneficiaries.hanging import know_what_hangs_on
from beneficiaries.models import (
    AccessGrant,
    ApprenticeshipBreak,
    Contract,
    Document,
    Enrolment,
    Exam,
    Merge,
    NextAction,
    Outcome,
    Public,
    Sex,
    Situation,
)
from beneficiaries.views.base import OnFile
from beneficiaries.views.breaks import breaks_of
from beneficiaries.views.contracts import contracts_of
from beneficiaries.views.documents import documents_of
from beneficiaries.views.exams import exams_of
from beneficiaries.views.obstacles import obstacles_of
from beneficiaries.views.outcomes import outcomes_of
from beneficiaries.views.referents import referent_of
from beneficiaries.views.rights import rights_of
from beneficiaries.views.timeline import actions_of, blank_entry, timeline_of, typed_entry
from partaj.accounts.drafts import resumed
from partaj.acts import Act, may
from partaj.formats import counted, french_date, french_value
from partaj.pages import Titled
from partaj.panels import FILE, shown
from partaj.programmes.models import FunnelStep

REASONS = dict(AccessGrant.Reason.choices)

CHARACTERISTICS = [
    "situation", "situation_other", "school_level", "diploma_level", "followed_by_mission_locale",
    "in_priority_district", "has_disability",
]  # fmt: skip


def ages(enrolment: Enrolment) -> str:
    """« 17 ans (16 à l’entrée) », « âge inconnu »."""
    today, then = enrolment.beneficiary.age_today, enrolment.age_at_entry
    if today is None or then is None:
        return "âge inconnu"
    moment = "à l’entrée" if enrolment.entered_on else "au premier contact"
    return counted(today, "an") if today == then else f"{counted(today, 'an')} ({then} {moment})"


def heading(enrolment: Enrolment) -> list[str]:
    """The line under the name."""
    person, woman = enrolment.beneficiary, enrolment.beneficiary.sex == Sex.FEMALE
    found = enrolment.found_by
    parts = [
        ages(enrolment),
        f"né{'e' if woman else '' if person.sex else '(e)'} le {french_date(person.birth_date)}"
        if person.birth_date
        else "",
        enrolment.territory.name,
        "suivi renforcé" if enrolment.is_reinforced else "",
        f"référent : {enrolment.referent}" if enrolment.referent else "sans référent",
        f"repéré{'e' if woman else ''} par {found}" if found else "",
    ]
    if enrolment.public == Public.ADULT:
        parts.insert(
            0, f"adulte ({enrolment.get_adult_quality_display().lower()})" if enrolment.adult_quality else "adulte"
        )
    return [part for part in parts if part]


def standing(enrolment: Enrolment) -> tuple[str, str]:
    if enrolment.lost_on:
        return f"Parti le {french_date(enrolment.lost_on)} : {enrolment.loss_reason}", "left"
    if enrolment.exited_on:
        return f"Sorti le {french_date(enrolment.exited_on)}", "left"
    if enrolment.entered_on:
        return f"Présent depuis le {french_date(enrolment.entered_on)}", "there"
    return "Pas encore entré dans le dispositif", "waiting"


class YouthFile(OnFile, Titled, TemplateView):
    """Guests (tutors, cell members) read it; those who answer for the youth act from it."""

    template_name = "beneficiaries/detail.html"
    went_to: Enrolment | None = None  # the file that took this number in

    def find(self) -> None:
        try:
            super().find()
        except Http404:
            self.went_to = self.taken_in()
            if self.went_to is None:
                raise

    def taken_in(self) -> Enrolment | None:
        """The file with which the one of this number was united, for who may see it: old addresses still lead there."""
        number = Merge.objects.leading_from(self.kwargs["pk"])
        if number == self.kwargs["pk"] or not hasattr(self, "programme"):
            return None
        return Enrolment.objects.visible_to(self.request.user).filter(pk=number, programme=self.programme).first()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.went_to is not None:
            return redirect("beneficiaries:detail", self.programme.number, self.went_to.pk)
        return super().dispatch(request, *args, **kwargs)

    def get_title(self) -> str:
        person = self.enrolment.beneficiary
        return f"{person.first_name} {(person.usage_name or person.last_name).upper()}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        know_what_hangs_on(self.enrolment)
        if self.enrolment.referent_id == self.request.user.pk:
            self.enrolment.referent = self.request.user  # type: ignore[assignment]  # who is known already
        words, tone = standing(self.enrolment)
        path = self.path()
        return super().get_context_data(
            enrolment=self.enrolment,
            person=self.enrolment.beneficiary,
            doubts=self.enrolment.beneficiary.key_warnings,
            heading=heading(self.enrolment),
            standing=words,
            tone=tone,
            path=path,
            steps_ahead=any(not step["entered_on"] for step in path),
            characteristics=self.characteristics(),
            others=self.others(),
            grants=self.grants(),
            mergers=self.mergers(),
            referent=referent_of(self.enrolment, self.request.user, may_change=self.may_change),
            **self.breaks(),
            documents=self.section(Document, documents_of),
            **rights_of(self.enrolment, self.request.user, self.file_url),
            **self.outcomes(),
            contracts=self.section(Contract, contracts_of),
            exams=self.section(Exam, exams_of),
            obstacles=obstacles_of(self.enrolment, self.request.user, self.file_url),
            panels=shown(FILE, self.request, self.enrolment),
            may_read_journal=may(self.request.user, Act.READ_JOURNAL, self.programme),
            may_export=self.may_export(),
            may_read_history=may(self.request.user, Act.LOG_YOUTHS, self.programme)
            and self.enrolment.may_be_changed_by(self.request.user),
            file_url=self.file_url,
            new_url=f"{self.list_url}nouveau/?personne={self.enrolment.beneficiary_id}",
            entry_fields=self.entry_fields(),
            resumed=resumed(self.request) if self.typed_again else "",
            done="",
            actions=self.section(NextAction, actions_of),
            **timeline_of(self.enrolment, self.request, may_change=self.may_change),
            **kwargs,
        )

    @property
    def typed_again(self) -> Any:
        """A line that its author was noting when their session ended."""
        typed = self.request.typed_again  # type: ignore[attr-defined]
        return typed if typed and "kind" in typed else None

    def entry_fields(self) -> str:
        if not self.may_change:
            return ""
        if typed := self.typed_again:
            return typed_entry(typed, self.enrolment, self.request.user)
        return blank_entry(timezone.localdate())

    def section(self, model: type[Model], tell: Callable[..., list[Any]]) -> list[Any]:
        """What `tell` says of the rows of `model`; most files have rows of few kinds, and composing a question takes
        longer than asking it."""
        return tell(self.enrolment, self.request.user, self.file_url) if self.enrolment.may_have(model) else []

    def path(self) -> list[dict[str, Any]]:
        """The funnel as a line: each step with its day, or still ahead."""
        mine = FilteredRelation("entries", condition=Q(entries__enrolment=self.enrolment))
        steps = FunnelStep.objects.filter(programme=self.programme).annotate(mine=mine).order_by("position", "pk")
        return [
            {
                "label": label,
                "entered_on": entered_on,
                "lost_here": self.enrolment.lost_at_id == step,
                "withdraw_url": f"{self.file_url}etape/{entry}/retirer/",
            }
            for step, label, entry, entered_on in steps.values_list("pk", "label", "mine__pk", "mine__entered_on")
        ]

    def characteristics(self) -> list[tuple[str, str]]:
        fields = [self.enrolment._meta.get_field(name) for name in CHARACTERISTICS]
        found = [(field, french_value(field, getattr(self.enrolment, field.name))) for field in fields]
        return [
            (str(field.verbose_name), words) for field, words in found if words or not field.name.endswith("_other")
        ]

    def others(self) -> list[dict[str, str]]:
        """The person's other paths, among those that the reader may see."""
        numbers = {each.pk: each.number for each in self.request.programmes}  # type: ignore[attr-defined]
        return [
            {
                "url": reverse("beneficiaries:detail", args=[numbers[path.programme_id], path.pk]),
                "label": f"{numbers[path.programme_id]} · {path.territory.name}",
                "since": french_date(path.contacted_on),
            }
            for path in self.other_paths
        ]

    def mergers(self) -> dict[str, Any] | None:
        """For who may unite files: those that this one is made of (the last can be undone), and the way to one more."""
        if not may(self.request.user, Act.MERGE_FILES, self.programme):
            return None
        seen = Merge.objects.visible_to(self.request.user).in_force().select_related("by")
        merges = [
            {
                "number": merge.absorbed_file,
                "day": french_date(timezone.localtime(merge.at)),
                "by": str(merge.by or ""),
                "undo_url": "" if rank or not self.may_change else f"{self.file_url}reunion/{merge.pk}/defaire/",
            }
            for rank, merge in enumerate(seen.filter(enrolment__beneficiary=self.enrolment.beneficiary_id))
        ]
        return {"merges": merges, "url": f"{self.file_url}reunir/" if self.may_change else ""}

    def outcomes(self) -> dict[str, Any]:
        outcomes = self.section(Outcome, outcomes_of)
        return {"outcomes": outcomes, "shows_outcomes": bool(outcomes) or not self.enrolment.is_under_way}

    def breaks(self) -> dict[str, Any]:
        """Shown where there is one, and to those who may note one where an apprentice has none."""
        breaks = self.section(ApprenticeshipBreak, breaks_of)
        is_apprentice = self.enrolment.situation == Situation.APPRENTICE
        return {"breaks": breaks, "shows_breaks": bool(breaks) or (is_apprentice and self.may_change)}

    def may_export(self) -> bool:
        """Whether this very file lies where the reader's right to export extends; asked of no base."""
        reach, file = self.request.user.reach, self.enrolment
        exported = {(file.programme_id, None), (file.programme_id, file.territory_id)}
        may_somewhere = may(self.request.user, Act.EXPORT_YOUTHS, self.programme)
        return may_somewhere and (reach.everything or bool(exported & set(reach.exported)))

    def grants(self) -> list[dict[str, str]]:
        """To whom else the file is open today, as far as the reader may know."""
        if not self.enrolment.may_have(AccessGrant):
            return []
        grants = AccessGrant.objects.of_file(self.enrolment, self.request.user).in_force()
        read = grants.values_list(
            "reason", "starts_on", "ends_on", "user__first_name", "user__last_name", "user__email"
        )
        return [
            {
                "who": f"{first} {last}".strip() or email,
                "why": REASONS[reason],
                "since": french_date(starts_on),
                "until": french_date(ends_on),
            }
            for reason, starts_on, ends_on, first, last, email in read
        ]


class ChangeHistory(OnFile, Titled, TemplateView):
    """Who changed what, when: for those who answer for the youth, even once the programme is closed."""

    act = Act.LOG_YOUTHS
    seen_with = Act.READ_YOUTHS
    template_name = "beneficiaries/history.html"
    title = "Historique des changements"

    def get_crumbs(self) -> list[tuple[str, str]]:
        return [*super().get_crumbs(), (self.enrolment.beneficiary.full_name, self.file_url)]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        changes = changes_of(self.enrolment)
        if request.htmx and not request.htmx.history_restore_request:
            return HttpResponse(render_to_string("beneficiaries/_changes.html", {"changes": changes}))
        return self.render_to_response(self.get_context_data(changes=changes))
