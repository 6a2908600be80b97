from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from partaj.panels import HOME, shown


def home(request: HttpRequest) -> HttpResponse:
    """What the reader may open, by programme; upper floors add their panels."""
    programmes = list(apps.get_model("programmes", "Programme").objects.visible_to(request.user))
    context = {"programmes": programmes, "panels": shown(HOME, request, programmes), "title": "Accueil", "crumbs": []}
    return render(request, "home.html", context)
