"""Addresses that leave the site: in letters, and where another site sends somebody back."""

from urllib.parse import urljoin

from django.conf import settings
from django.http import HttpRequest


def absolute(request: HttpRequest, path: str) -> str:
    """`path` at the address of the site as its settings say it; what a request says of its host leads nobody away.

    On the demonstration, which says none, the host of the request, one of this machine's.
    """
    return urljoin(settings.SITE_URL, path) if settings.SITE_URL else request.build_absolute_uri(path)
