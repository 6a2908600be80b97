"""The way to ProConnect and the way back. Without configuration neither address exists."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST
from requests import RequestException

from partaj.accounts.proconnect.admission import refused
from partaj.accounts.proconnect.provider import Conversation, ProConnectProvider, application
from partaj.accounts.proconnect.tokens import NotBelieved

View = Callable[..., HttpResponse]


def _talking(view: View) -> View:
    """A provider that does not answer, or not as it should, is a page, never an error of ours."""

    @wraps(view)
    def talk(request: HttpRequest) -> HttpResponse:
        try:
            return view(request)
        except SocialApp.DoesNotExist:
            raise Http404 from None
        except NotBelieved as doubt:
            return refused(request, str(doubt))
        except (RequestException, KeyError, ValueError, TypeError) as error:
            return refused(request, type(error).__name__, status=503)

    return talk


@login_not_required
@_talking
def leave(request: HttpRequest) -> HttpResponse:
    """Anybody; POST only, so that no other site sends somebody there."""
    provider = ProConnectProvider(request, app=application())
    return require_POST(lambda request: provider.ask(request, get_next_redirect_url(request)))(request)


@login_not_required
@_talking
def come_back(request: HttpRequest) -> HttpResponse:
    """Anybody: what the provider signed says who."""
    application()
    view: Any = OAuth2CallbackView.adapter_view(Conversation(request))
    return require_GET(view)(request)
