"""The agenda that somebody's calendar reads by its secret address."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.generic import View

from beneficiaries.calendar import entries_of
from beneficiaries.calendar_file import CONTENT_TYPE, written
from partaj.accounts import throttling
from partaj.accounts.calendars.services import note_reading, opened_by
from partaj.links import absolute

SHOWN = "agenda : initiales et numéros"


@method_decorator(login_not_required, name="dispatch")
class Calendar(View):
    """Whoever holds the address, as the account that made it, whoever is signed in: what this account sees today.

    The same 404 for an address that was withdrawn, renewed or invented, and for one whose holder has left or lost their
    role. Nothing else opens by it: each entry leads to a page that asks to sign in.
    """

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, secret: str, **kwargs: Any) -> HttpResponse:
        throttling.take("calendar", request)
        key = opened_by(secret)
        if key is None:
            raise Http404
        throttling.take("calendar_of", request, account=key.account.email)
        entries = entries_of(key.account)
        request.trace.read_for(key.account)  # type: ignore[attr-defined]
        request.trace.listed((each.file for each in entries if each.file), detail=SHOWN)  # type: ignore[attr-defined]
        note_reading(key=key)
        body = written(entries, lambda path: absolute(request, path))
        headers = {"Content-Disposition": 'inline; filename="partaj.ics"', "X-Robots-Tag": "noindex"}
        return HttpResponse(body, content_type=CONTENT_TYPE, headers=headers)
