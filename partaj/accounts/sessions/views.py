"""Leaving: this session, another of one's own, or all others."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.account.views import LogoutView
from allauth.core.exceptions import ReauthenticationRequired
from allauth.usersessions.models import UserSession
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.decorators import method_decorator

from partaj.accounts.journal.events import note_security
from partaj.accounts.proconnect.leaving import farewell_url
from partaj.accounts.second_factor.views import SECURITY
from partaj.accounts.sessions import devices
from partaj.confirming import ConfirmPage
from partaj.formats import french_date
from partaj.pages import Crumb

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


class AsksWhoOneIs:
    """Asks first who one is (allauth's confirmation, good for some minutes), then comes back to the act.

    Put it before a ConfirmPage. Who must confirm first comes back by GET, to the button: what allauth would keep of
    the post meanwhile holds every header, the number of the session among them.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if is_reauthentication_required(request, app="allauth.mfa"):
            if request.method == "POST":
                return redirect(request.path)
            raise ReauthenticationRequired
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class ClosesSessions(AsksWhoOneIs, ConfirmPage):
    """The list posts here at once."""

    dangerous = True

    def get_crumbs(self) -> list[Crumb]:
        label, page = SECURITY
        return [(label, str(page))]


class CloseSession(ClosesSessions):
    """Anybody signed in, for a session of their own other than this one; those of others do not exist for them."""

    title = "Fermer une session"
    submit_label = "Fermer la session"
    done = "La session est fermée : cet appareil devra se reconnecter."

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        others = UserSession.objects.filter(user=request.user).exclude(session_key=request.session.session_key or "")
        self.row = get_object_or_404(others, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_sentences(self) -> list[str]:
        began = timezone.localtime(self.row.created_at)
        device = f"{devices.in_words(self.row.user_agent)}, à l’adresse {self.row.ip}"
        return [
            f"{device}, session ouverte le {french_date(began)} à {began:%H:%M}.",
            "Cet appareil devra se reconnecter ; ce qui s’y tape à cet instant est conservé pour vous.",
        ]

    @transaction.atomic
    def carry_out(self) -> None:
        devices.close([self.row])
        note_security(self.request.user, "session fermée")


class CloseOtherSessions(ClosesSessions):
    """Anybody signed in, for their own."""

    title = "Fermer toutes vos autres sessions"
    submit_label = "Fermer toutes les autres"
    done = "Toutes vos autres sessions sont fermées."

    def get_sentences(self) -> list[str]:
        return ["Tous vos autres appareils devront se reconnecter. Celui-ci reste connecté."]

    @transaction.atomic
    def carry_out(self) -> None:
        devices.close_all(self.request.user, except_key=self.request.session.session_key)
        note_security(self.request.user, "autres sessions fermées")
