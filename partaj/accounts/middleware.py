from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode

from partaj.accounts.drafts import (
    AUTHOR_FIELD,
    RESUMED,
    author_field,
    draft_fields,
    forget_resumed,
    keep_draft,
    resume_url,
    standing_page,
)
from partaj.accounts.throttling import TooMany, too_many

SAVED = {204, 302, 303}


class KeepWhatWasTypedMiddleware:
    """A form that arrives after its session ended: keep it for its author, then ask to sign in again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and not request.user.is_authenticated and AUTHOR_FIELD in request.POST:
            return self._sign_in_again(request)
        request.typed_again = SimpleLazyObject(lambda: draft_fields(request))  # type: ignore[attr-defined]
        request.draft_author = SimpleLazyObject(lambda: author_field(request.user))  # type: ignore[attr-defined]
        response = self._whole_page(request, self.get_response(request))
        if request.method == "POST" and RESUMED in request.GET and response.status_code in SAVED:
            forget_resumed(request)
        return response

    @staticmethod
    def _whole_page(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """A fragment asked for without a session: the whole page goes to the door, rather than the door into it."""
        asked = request.headers.get("HX-Request") and not request.user.is_authenticated
        if not asked or response.status_code != 302:
            return response
        page = standing_page(request)
        back = f"{page.path}?{page.query}" if page.query else page.path
        target = f"{reverse('account_login')}?{urlencode({'next': back or '/'})}"
        return HttpResponse(status=204, headers={"HX-Redirect": target})

    def _sign_in_again(self, request: HttpRequest) -> HttpResponse:
        draft = keep_draft(request)
        target = f"{reverse('account_login')}?{urlencode({'next': resume_url(draft) if draft else '/'})}"
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": target})
        if draft:
            return redirect(target)
        return render(request, "session_lost.html", {"login_url": target}, status=401)


class TooManyMiddleware:
    """An attempt too many answers with the page that says when to try again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, TooMany):
            return None
        return too_many(request, exception.seconds, exception.account)
