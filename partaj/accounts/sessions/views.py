"""Leaving: this session, another of one's own, or all others."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LogoutView
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.decorators import method_decorator
from django.views.generic import View

from partaj.accounts.journal.events import note_security
from partaj.accounts.proconnect.leaving import farewell_url
from partaj.accounts.sessions import devices

# What the browser must forget of us: the next person on this computer finds nothing, not even by « back ».
FORGOTTEN = '"cache", "cookies", "storage"'


@method_decorator(login_not_required, name="dispatch")
class SignOut(LogoutView):
    """Anybody, signed in or on the way to be. Who came in by ProConnect leaves it too."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        farewell = farewell_url(self.request)
        response = super().post(*args, **kwargs)
        if farewell:
            response["Location"] = farewell
        response["Clear-Site-Data"] = FORGOTTEN
        return response


class CloseSession(View):
    """Anybody signed in, for a session of their own other than this one; those of others do not exist for them."""

    http_method_names = ["post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        others = UserSession.objects.filter(user=request.user).exclude(session_key=request.session.session_key or "")
        self.row = get_object_or_404(others, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        with transaction.atomic():
            devices.close([self.row])
            note_security(request.user, "session fermée")
        messages.success(request, "La session est fermée : cet appareil devra se reconnecter.")
        return redirect("mfa_index")


class CloseOtherSessions(View):
    """Anybody signed in, for their own."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        with transaction.atomic():
            devices.close_all(request.user, except_key=request.session.session_key)
            note_security(request.user, "autres sessions fermées")
        messages.success(request, "Toutes vos autres sessions sont fermées.")
        return redirect("mfa_index")
