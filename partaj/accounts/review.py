"""The yearly review: whoever answers for roles says of each that it is still needed, or ends it.

Managers review the roles of their programmes, but their own; administrators, all of them.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import View

from partaj.access import ActRequired
from partaj.accounts import services
from partaj.accounts.models import Role
from partaj.accounts.views import EndsRole
from partaj.acts import Act, may
from partaj.confirming import Refused
from partaj.directories import DirectoryPage, SearchForm
from partaj.folding import fold
from partaj.lists import Order, capped_count, count_label
from partaj.pages import Crumb

REMAINING = ("rôle à confirmer", "rôles à confirmer")


class ReviewSearch(SearchForm):
    state = forms.ChoiceField(
        label="État", required=False, choices=[("", "Tous les rôles en cours"), ("a-confirmer", "À confirmer")]
    )


class ReviewList(ActRequired, DirectoryPage):
    act = Act.REVIEW_ACCESS
    template_name = "accounts/review.html"
    title = "Revue des accès"
    form_class = ReviewSearch
    order = Order("confirmation", "confirmed_at")  # those confirmed longest ago come first
    nouns = ("rôle en cours", "rôles en cours")

    def get_queryset(self) -> QuerySet:
        roles = Role.objects.to_review_by(self.request.user)
        return roles.select_related("user", "programme", "territory", "organisation", "confirmed_by")

    def search(self, queryset: QuerySet, typed: str) -> QuerySet:
        return queryset.filter(user__folded_name__contains=fold(typed))

    def narrow(self, queryset: QuerySet, asked: dict[str, Any]) -> QuerySet:
        return queryset.unconfirmed() if "state" in asked else queryset

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        left = Role.objects.to_review_by(self.request.user).unconfirmed()
        return super().get_context_data(
            remaining=count_label(left, *REMAINING) if capped_count(left)[0] else "",
            opens_accounts=may(self.request.user, Act.MANAGE_ACCOUNTS),
            asked=self.request.GET.urlencode(),
            **kwargs,
        )


class OfReview(ActRequired):
    """Finds `self.role` among those that the reader answers for."""

    act = Act.REVIEW_ACCESS
    role: Role

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if request.user.is_authenticated:
            roles = Role.objects.to_review_by(request.user).select_related("user", "programme", "territory")
            self.role = get_object_or_404(roles, pk=kwargs["pk"])

    def review_url(self) -> str:
        """The list as it was filtered."""
        asked = self.request.GET.urlencode()
        return f"{reverse('accounts:review')}{'?' if asked else ''}{asked}"


class ReviewConfirm(OfReview, View):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            services.confirm_role(role=self.role, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"C’est confirmé pour un an : {self.role.user}, {self.role}.")
        return redirect(self.review_url())


class ReviewEnd(OfReview, EndsRole):
    def get_sentences(self) -> list[str]:
        return [f"C’est un rôle de {self.role.user}.", *super().get_sentences()]

    def get_crumbs(self) -> list[Crumb]:
        return [("Revue des accès", self.review_url())]


def review_due(request: HttpRequest, programmes: Any) -> dict[str, Any] | None:
    """The panel of the home page; None where nothing is to be confirmed, or by somebody else."""
    if not may(request.user, Act.REVIEW_ACCESS):
        return None
    left = Role.objects.to_review_by(request.user).unconfirmed()
    return {"remaining": count_label(left, *REMAINING)} if capped_count(left)[0] else None
