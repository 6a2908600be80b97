from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from partaj.navigation import acts_in, programmes_of
from partaj.panels import HOME, shown


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the reader may open, by programme; upper floors add their panels."""
    programmes = programmes_of(request.user)
    request.programmes = programmes  # type: ignore[attr-defined]  # the shell asks for them once more otherwise
    first_name = request.user.first_name  # type: ignore[union-attr]  # signed in: the middleware sees to it
    context = {
        "programmes": [{"programme": each, "links": acts_in(request, each)} for each in programmes],
        "panels": shown(HOME, request, programmes),
        "title": f"Bonjour {first_name}" if first_name else "Bonjour",
        "crumbs": [],
    }
    return render(request, "home.html", context)


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Anybody, for a request that could not be read.

    Django's own page prepares a token, and reads the form again for it: what cannot be read would fail as a 500.
    """
    return HttpResponseBadRequest(render_to_string("400.html"))
