"""From the file: giving it to somebody, taking it oneself, proposing it elsewhere; what the page says of all that."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from beneficiaries import handovers, referents
from beneficiaries.handover_forms import AssignForm, OfferForm
from beneficiaries.models import AccessGrant, Enrolment, Handover
from beneficiaries.views.acts import ActOnFile
from beneficiaries.views.base import ChangesFile
from partaj.formats import french_date

REASONS = dict(AccessGrant.Reason.choices)
TAKEN, TAKEN_ALREADY = "Vous en êtes le référent ; le fil le dit.", "Vous en étiez déjà le référent : rien n’a changé."
NO_MORE_THERE = "{} ne travaille plus sur {} : personne ne peut répondre. Retirez la proposition."


class Assign(ActOnFile):
    title = "Confier le dossier"
    form_class = AssignForm
    submit_label = "Confier"
    done = "C’est noté ; le fil le dit."

    def carry_out(self, given: dict[str, Any]) -> None:
        referents.assign(enrolment=self.enrolment, by=self.request.user, **given)


class PostOnFile(ChangesFile):
    http_method_names = ["post"]


class TakeOn(PostOnFile):
    """« Me l’attribuer »."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        read = request.POST.get("read", "")
        try:
            changed = referents.assign(
                enrolment=self.enrolment, referent=request.user, by=request.user,
                read=int(read) if read.isdecimal() and len(read) < 18 else None,
            )  # fmt: skip
        except ValidationError as refusal:
            messages.warning(request, " ".join(refusal.messages))
        else:
            messages.success(request, TAKEN if changed else TAKEN_ALREADY)
        return redirect(self.file_url)


class Offer(ActOnFile):
    title = "Proposer un transfert"
    form_class = OfferForm
    template_name = "beneficiaries/offer.html"
    submit_label = "Proposer"
    done = "C’est proposé. Rien ne change tant que personne n’a accepté ; vous le saurez sur votre accueil."

    def form_valid(self, form: OfferForm) -> HttpResponse:
        form.cleaned_data = {"to": form.chosen, "message": form.cleaned_data["message"]}
        return super().form_valid(form)

    def carry_out(self, given: dict[str, Any]) -> None:
        handovers.offer(enrolment=self.enrolment, by=self.request.user, **given)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What follows the file, said before it goes."""
        grants = AccessGrant.objects.of_file(self.enrolment, self.request.user).in_force().select_related("user")
        return super().get_context_data(
            territory=self.enrolment.territory,
            grants=[f"{grant.user} ({REASONS[grant.reason]})" for grant in grants],
            **kwargs,
        )


class TakeBack(PostOnFile):
    """The offer is withdrawn by those who answer for the file."""

    def find(self) -> None:
        super().find()
        offers = Handover.objects.of_file(self.enrolment, self.request.user)
        self.handover = get_object_or_404(offers, pk=self.kwargs["entry"])
        self.handover.enrolment = self.enrolment

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            handovers.take_back(handover=self.handover, by=request.user)
        except ValidationError as refusal:
            messages.warning(request, " ".join(refusal.messages))
        else:
            messages.success(request, "La proposition est retirée : le dossier reste où il est.")
        return redirect(self.file_url)


# -- On the page of the file ------------------------------------------------------------------------------
def referent_of(enrolment: Enrolment, reader: Any, *, may_change: bool) -> dict[str, Any] | None:
    """Who follows it, what may be done of it, what was offered; for those who answer for the file. One query, and
    another where an offer waits."""
    if not enrolment.may_be_changed_by(reader):
        return None
    reach, place = reader.reach, (enrolment.programme_id, enrolment.territory_id)
    works_here = place[0] in reach.managed or place in reach.ground
    handover = None
    if enrolment.may_have(Handover):
        offers = Handover.objects.of_file(enrolment, reader).pending()
        handover = offers.select_related("territory", "from_territory", "recipient", "author").first()
    return {
        "name": str(enrolment.referent or ""),
        "read": enrolment.referent_id or "",
        "takes": may_change and works_here and enrolment.referent_id != reader.pk,
        "may_change": may_change,
        "offer": _waiting(handover, enrolment, reader) if handover else None,
    }


def _waiting(handover: Handover, enrolment: Enrolment, reader: Any) -> dict[str, Any]:
    handover.enrolment = enrolment
    programme = enrolment.programme
    if handover.leaves_territory:
        able, who = handovers.teams_on(programme, handover.territory), "L’équipe"
    else:
        recipient = handover.recipient
        able = recipient is not None and referents.may_follow(recipient, programme, handover.territory_id)
        who = handover.to
    return {
        "pk": handover.pk,
        "to": handover.to,
        "by": str(handover.author or ""),
        "since": french_date(handover.offered_at),
        "message": handover.message,
        "impossible": "" if able else NO_MORE_THERE.format(who, handover.territory),
        "may_answer": handover.may_be_answered_by(reader),
    }
