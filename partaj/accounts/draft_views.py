"""What somebody was typing when their session ended: offered on their home page, resumed or set aside by them."""

from typing import Any
from urllib.parse import unquote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import Resolver404, ResolverMatch, resolve
from django.views.generic import View

from partaj.accounts.drafts import resume_url
from partaj.accounts.models import Draft
from partaj.panels import WHOM


class DiscardDraft(View):
    """Anybody signed in, for what they typed themselves; the drafts of others do not exist for them."""

    http_method_names = ["post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.draft = get_object_or_404(Draft.objects.visible_to(request.user), pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.draft.delete()
        messages.success(request, "La saisie conservée est écartée.")
        return redirect("home")


def offered_drafts(request: HttpRequest, programmes: Any) -> dict[str, Any] | None:
    """The panel of the home page; None where nothing waits."""
    drafts = list(Draft.objects.visible_to(request.user))
    if not drafts:
        return None
    matches = {draft.pk: match for draft in drafts if (match := _match(draft.path))}
    whom = dict.fromkeys(matches, "")
    for tell in WHOM:
        whom |= {pk: words for pk, words in zip(matches, tell(request, list(matches.values())), strict=True) if words}
    return {
        "drafts": [
            {
                "pk": draft.pk, "kept_at": draft.kept_at, "page": _title(matches.get(draft.pk)),
                "whom": whom.get(draft.pk, ""), "resume_url": resume_url(draft),
            }
            for draft in drafts
        ]
    }  # fmt: skip


def _match(path: str) -> ResolverMatch | None:
    try:
        return resolve(unquote(path.split("?")[0]))
    except Resolver404:
        return None


def _title(match: ResolverMatch | None) -> str:
    """Of the page on which it was typed, where that page says one by itself."""
    return getattr(getattr(match.func, "view_class", None), "title", "") if match else ""
