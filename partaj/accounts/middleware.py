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
    page_of,
    resume_url,
    standing_page,
)
from partaj.accounts.throttling import TooMany, too_many

SAVED = {204, 302, 303}


def door_before(page: str) -> str:
    """Where to sign in, and then go to `page`."""
    return f"{reverse('account_login')}?{urlencode({'next': page})}"


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
        if request.method == "POST" and RESUMED in request.GET and self._is_saved(request, response):
            forget_resumed(request)
        return response

    @staticmethod
    def _is_saved(request: HttpRequest, response: HttpResponse) -> bool:
        """A fragment says 200 where it is, 422 where it is not."""
        return response.status_code in SAVED or (response.status_code == 200 and "HX-Request" in request.headers)

    @staticmethod
    def _whole_page(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """A fragment asked for without a session: the whole page goes to the door, rather than the door into it. A
        button pressed without one: the door leads back to the page on which it stood."""
        if request.user.is_authenticated or response.status_code != 302:
            return response
        if request.headers.get("HX-Request"):
            page = standing_page(request)
            back = f"{page.path}?{page.query}" if page.query else page.path
            return HttpResponse(status=204, headers={"HX-Redirect": door_before(back or "/")})
        if request.method == "POST" and request.path != page_of(request):
            return redirect(door_before(page_of(request)))
        return response

    def _sign_in_again(self, request: HttpRequest) -> HttpResponse:
        draft = keep_draft(request)
        target = door_before(resume_url(draft) if draft else page_of(request))
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
