"""What somebody was typing when their session ended: offered on their home page, resumed or set aside by them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import Resolver404, resolve
from django.views.generic import View

from partaj.accounts.drafts import resume_url
from partaj.accounts.models import Draft


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
    drafts = [
        {"pk": draft.pk, "kept_at": draft.kept_at, "page": _page_title(draft.path), "resume_url": resume_url(draft)}
        for draft in Draft.objects.visible_to(request.user)
    ]
    return {"drafts": drafts} if drafts else None


def _page_title(path: str) -> str:
    """The title of the page on which it was typed, where that page says one by itself."""
    try:
        match = resolve(path.split("?")[0])
    except Resolver404:
        return ""
    return getattr(getattr(match.func, "view_class", None), "title", "") or ""
