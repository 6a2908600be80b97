"""Logs that help to mend without saying anything about anybody: no address typed, no name, no row's value."""

import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django_structlog.middlewares import RequestMiddleware


class RouteLogMiddleware(RequestMiddleware):
    """One line per request: who (the account's number), which page, what came of it.

    The page is named by its route: the address itself may hold what was searched, or the key of a new password.
    """

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        try:
            route = (request.resolver_match or resolve(request.path_info)).route
        except Resolver404:
            route = "(adresse inconnue)"
        return f"{request.method} /{route.removeprefix('/')}"


def stack_without_values(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace `exc_info` by the type and the places: an exception's message may quote a form or a row."""
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    if isinstance(found, BaseException):
        found = (type(found), found, found.__traceback__)
    if found and found[0]:
        event["exception"] = f"{''.join(traceback.format_tb(found[2]))}{found[0].__name__}"
    return event
