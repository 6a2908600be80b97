"""What one types about a headcount or a project, where, and what the page or the base says."""

from django.urls import reverse

from funding import services
from funding.models import Headcount
from partaj.formats import NBSP


def address(world, page, *args):
    return reverse(f"funding:{page}", args=[world.programme.number, *args])


def text(response):
    return " ".join(response.content.decode().replace(NBSP, " ").split())


def typed(project, **fields):
    return {"project": project.pk, "counted_on": "2025-06-01", "youths": "12", "adults": "", "note": ""} | fields


def stored(headcount):
    return services.read_parts(Headcount.objects.get(pk=headcount.pk))
