"""For those to whom a file is offered, before they may see it: its number, initials and age, and the message."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import FormView, TemplateView

from beneficiaries import handovers
from beneficiaries.handover_forms import DeclineForm
from beneficiaries.models import Enrolment, Handover
from beneficiaries.views.base import AmongYouths
from beneficiaries.views.passing import who_follows
from partaj.access import ActRequired
from partaj.acts import Act
from partaj.formats import counted, french_date
from partaj.pages import Crumb, FormPage, Titled

TOLD = ("enrolment__beneficiary", "enrolment__programme", "from_territory", "territory", "recipient", "author",
        "settled_by")  # fmt: skip
SHOWN = 50
ACCEPTED, ALREADY = "Le dossier est à vous ; le fil le dit.", "Vous l’aviez déjà accepté : rien n’a changé."
UNITED = "Ce dossier vient d’être réuni à un autre : relisez la proposition, puis répondez. Rien d’autre n’a changé."
READ = "C’est lu : cette réponse n’est plus sur votre accueil. Le fil du dossier la garde."
DECLINED = "C’est refusé : qui le proposait lira pourquoi."
GONE_AUTHOR = " (qui n’a plus accès à PARTAJ)"


def in_words(handover: Handover) -> dict[str, Any]:
    """What is told of a file to who may not see it yet, and what became of the offer."""
    enrolment, person = handover.enrolment, handover.enrolment.beneficiary
    age, author = person.age_today, handover.author
    return {
        "number": enrolment.pk,
        "initials": person.initials,
        "age": "âge inconnu" if age is None else counted(age, "an"),
        "programme": enrolment.programme.number,
        "origin": handover.from_territory.name,
        "to": handover.to,
        "by": f"{author}{'' if author.is_active else GONE_AUTHOR}" if author else "un compte supprimé depuis",
        "since": french_date(timezone.localtime(handover.offered_at)),
        "message": handover.message,
        "state": handover.state,
        "answered_by": str(handover.settled_by or ""),
        "answered_on": french_date(timezone.localtime(handover.settled_at)) if handover.settled_at else "",
        "reason": handover.reason,
        "url": reverse("beneficiaries:handover", args=[enrolment.programme.number, handover.pk]),
        "file_url": enrolment.get_absolute_url(),
    }


class OnHandover(AmongYouths):
    """`self.handover`: offered by, or to, those with whom the reader works."""

    act = Act.LOG_YOUTHS
    handover: Handover

    def find(self) -> None:
        super().find()
        seen = Handover.objects.visible_to(self.request.user).filter(enrolment__programme=self.programme)
        self.handover = get_object_or_404(seen.select_related(*TOLD), pk=self.kwargs["pk"])
        self.handover.enrolment.programme = self.programme
        self.request.trace.aimed(self.handover.enrolment_id)  # type: ignore[attr-defined]
        self.request.trace.listed([self.handover.enrolment_id])  # type: ignore[attr-defined]

    def get_crumbs(self) -> list[Crumb]:
        return [*super().get_crumbs(), ("Transferts", reverse("beneficiaries:handovers"))]


class HandoverPage(OnHandover, Titled, TemplateView):
    template_name = "beneficiaries/handover.html"

    def get_title(self) -> str:
        return f"Transfert du dossier n°\u00a0{self.handover.enrolment_id}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, handover = self.request.user, self.handover
        file_seen = Enrolment.objects.visible_to(user).filter(pk=handover.enrolment_id).exists()  # type: ignore[arg-type]
        return super().get_context_data(
            offer=in_words(handover),
            leaves_territory=handover.leaves_territory,
            is_pending=handover.is_pending,
            may_answer=handover.may_be_answered_by(user) and not self.programme.is_closed,
            may_follow=self.programme.pk in user.reach.managed  # type: ignore[union-attr]
            or (self.programme.pk, handover.territory_id) in user.reach.ground,  # type: ignore[union-attr]
            file_seen=file_seen,
            **kwargs,
        )


class Answers(OnHandover):
    """Refused (403) to who may not answer; what was settled meanwhile is said by the service."""

    writes = True

    def refusal(self) -> HttpResponse | None:
        if self.handover.is_pending and not self.handover.may_be_answered_by(self.request.user):
            raise PermissionDenied
        return super().refusal()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().dispatch(request, *args, **kwargs)
        except Enrolment.DoesNotExist:  # between the reading and the answer; the offer went along
            return self.told_instead(ValidationError(UNITED))

    def told_instead(self, refusal: ValidationError) -> HttpResponse:
        messages.warning(self.request, " ".join(refusal.messages))
        return redirect("beneficiaries:handover", self.programme.number, self.handover.pk)


class Accept(Answers):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        follows = request.POST.get("suivi") == "moi"
        try:
            changed = handovers.accept(handover=self.handover, follows=follows, by=request.user)
        except ValidationError as refusal:
            return self.told_instead(refusal)
        messages.success(request, ACCEPTED if changed else ALREADY)
        return redirect(self.handover.enrolment.get_absolute_url())


class Decline(Answers, FormPage, FormView):
    form_class = DeclineForm
    submit_label = "Refuser"

    def get_title(self) -> str:
        return f"Refuser le dossier n°\u00a0{self.handover.enrolment_id}"

    def get_back_url(self) -> str:
        return reverse("beneficiaries:handover", args=[self.programme.number, self.handover.pk])

    def form_valid(self, form: DeclineForm) -> HttpResponse:
        try:
            handovers.decline(handover=self.handover, reason=form.cleaned_data["reason"], by=self.request.user)
        except ValidationError as refusal:
            return self.told_instead(refusal)
        messages.success(self.request, DECLINED)
        return redirect("beneficiaries:handovers")


class AnswerRead(OnHandover):
    """« C’est lu »: the home page tells it no more."""

    http_method_names = ["post"]

    def find(self) -> None:
        super().find()
        get_object_or_404(Handover.objects.answers_for(self.request.user), pk=self.handover.pk)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        handovers.answer_read(handover=self.handover)
        messages.success(request, READ)
        return redirect("home")


class Handovers(ActRequired, Titled, TemplateView):
    """Those that wait for the reader's answer, what became of theirs, and what else waits where they work; for who
    answers for a programme, whose files could be passed on."""

    act = Act.LOG_YOUTHS
    template_name = "beneficiaries/handovers.html"
    title = "Transferts"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user: Any = self.request.user
        parts = offers_of(user) | {"others": _others(user), "past": _past(user)}
        self.request.trace.listed(row["number"] for rows in parts.values() for row in rows)  # type: ignore[attr-defined]
        return super().get_context_data(**parts, people=who_follows(user), **kwargs)


def offers_of(user: Any) -> dict[str, list[dict[str, Any]]]:
    """What one's home says: what waits for an answer of theirs, and the answers that they have not read."""
    waiting = Handover.objects.waiting_for(user).select_related(*TOLD).order_by("offered_at", "pk")
    answers = Handover.objects.answers_for(user).select_related(*TOLD).order_by("-settled_at", "-pk")
    return {"waiting": list(map(in_words, waiting[:SHOWN])), "answers": list(map(in_words, answers[:SHOWN]))}


def _past(user: Any) -> list[dict[str, Any]]:
    """What became of those that the reader offered, once they have read it: where a youth whom they see no more has
    gone, for who calls and asks."""
    unread = Handover.objects.answers_for(user).order_by().values("pk")
    settled = Handover.objects.visible_to(user).filter(author=user.pk).exclude(state=Handover.State.PENDING)
    rows = settled.exclude(pk__in=unread).select_related(*TOLD).order_by("-settled_at", "-pk")
    return list(map(in_words, rows[:SHOWN]))


def _others(user: Any) -> list[dict[str, Any]]:
    waiting = Handover.objects.waiting_for(user).values("pk")
    rest = Handover.objects.visible_to(user).pending().exclude(pk__in=waiting)
    return list(map(in_words, rest.select_related(*TOLD).order_by("offered_at", "pk")[:SHOWN]))
