"""When somebody leaves: all the files that they follow, and all that they had promised to do, passed on in one act."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from beneficiaries import bulk
from beneficiaries.bulk import Outcome
from beneficiaries.bulk_forms import PassOnForm
from beneficiaries.bulk_referents import followed_by_nobody_there, pass_on
from beneficiaries.models import Enrolment, NextAction
from beneficiaries.views.bulk import SeveralFiles
from partaj.accounts.models import Role, User
from partaj.acts import Act, may
from partaj.formats import NBSP, counted, french_integer


def held_by(account: Any, files: QuerySet) -> QuerySet:
    """Of `files`, those that `account` follows, or for which they have something left to do."""
    promised = NextAction.objects.still_open().filter(enrolment=OuterRef("pk"), assignee=account.pk)
    return files.filter(Q(referent=account.pk) | Q(Exists(promised)))


class PassOn(SeveralFiles):
    """For who answers for the programme: among those who hold, held or will hold a role in it, and those who follow
    its files."""

    act = Act.REVIEW_ACCESS
    seen_with = None
    form_class = PassOnForm
    template_name = "beneficiaries/pass_on.html"
    submit_label = "Transmettre"
    leaver: User

    def find(self) -> None:
        super().find()
        roles = Role.objects.filter(programme=self.programme).values("user")
        followers = self.mine().filter(referent__isnull=False).order_by().values("referent")
        here = User.objects.filter(Q(pk__in=roles) | Q(pk__in=followers))
        self.leaver = get_object_or_404(here, pk=self.kwargs["pk"])

    def get_title(self) -> str:
        return f"Transmettre les dossiers de {self.leaver}"

    def chosen(self) -> QuerySet:
        files = held_by(self.leaver, self.mine())
        count = files.count()
        if count > bulk.MOST:
            self.more = (
                f"{self.leaver} en a {french_integer(count)}{NBSP}: voici les {bulk.MOST} premiers. Transmettez-les, "
                "puis revenez pour les suivants."
            )
        return files.order_by("territory__folded_name", "sort_name", "pk")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"leaver": self.leaver}

    def carry_out(self, form: PassOnForm) -> Outcome:
        return pass_on(
            programme=self.programme, leaver=self.leaver, read=form.cleaned_data["read"], to=form.to,
            by=self.request.user,
        )  # fmt: skip

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actions = NextAction.objects.still_open().filter(assignee=self.leaver, enrolment__in=self.files)
        followed = sum(file.referent_id == self.leaver.pk for file in self.files)
        return super().get_context_data(
            leaver=str(self.leaver),
            followed=counted(followed, "dossier"),
            actions=counted(actions.count(), "action à faire", "actions à faire"),
            is_active=self.leaver.is_active,
            **kwargs,
        )


# -- Panels --------------------------------------------------------------------------------------------------
def account_panel(request: HttpRequest, account: Any) -> dict[str, Any] | None:
    """On the page of an account: what they follow in the programmes that run, among what the reader may change."""
    mine = Enrolment.objects.changeable_by(request.user).filter(programme__closed_on=None)
    held = held_by(account, mine).order_by()
    counts = held.values_list("programme__number", "programme__acronym").annotate(Count("pk"))
    lines = [
        {
            "number": number,
            "title": acronym,
            "count": count,
            "url": reverse("beneficiaries:pass_on", args=[number, account.pk]),
        }
        for number, acronym, count in sorted(counts)
    ]
    return {"lines": lines, "is_active": account.is_active} if lines else None


def gone_panel(request: HttpRequest, programmes: list[Any]) -> dict[str, Any] | None:
    """For who answers for a programme that runs: files under way that nobody who has access follows. One query."""
    running = [each for each in programmes if not each.is_closed and may(request.user, Act.REVIEW_ACCESS, each)]
    if not running:
        return None
    counts = _by_referent(followed_by_nobody_there(request.user).filter(programme__in=running))
    if not counts:
        return None
    total = counted(sum(count for *_, count in counts), "dossier suivi", "dossiers suivis")
    return {"people": _people(counts), "total": total}


def who_follows(user: Any) -> list[dict[str, str]]:
    """Everybody who follows files under way of the programmes for which `user` answers: one of them may leave. Nobody
    where they answer for none."""
    mine = Enrolment.objects.changeable_by(user).under_way().filter(referent__isnull=False, programme__closed_on=None)
    managed = mine if user.reach.everything else mine.filter(programme__in=user.reach.managed)
    return _people(_by_referent(managed))


def _by_referent(files: QuerySet) -> list[tuple[Any, ...]]:
    names = ("referent__folded_name", "referent__first_name", "referent__last_name", "referent__email")
    counts = files.order_by().values_list("programme__number", *names, "referent").annotate(Count("pk"))
    return sorted(counts)


def _people(counts: list[tuple[Any, ...]]) -> list[dict[str, str]]:
    return [
        {
            "who": f"{first} {last}".strip() or email,
            "count": counted(count, "dossier en cours", "dossiers en cours"),
            "number": number,
            "url": reverse("beneficiaries:pass_on", args=[number, account]),
        }
        for number, _, first, last, email, account, count in counts
    ]
