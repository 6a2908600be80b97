"""A name that a template prints and nobody gave is a fault, not an empty space."""

import sys
from typing import Any

from django.conf import settings
from django.template.base import FilterExpression


class UndefinedVariable(Exception):
    """Not one of Django's: its own would be swallowed on the way."""


class Undefined(str):
    """Set as `string_if_invalid`: Django formats it with the name that it did not find.

    A name with a default may be missing, and other people's templates may do as they please.
    """

    def __mod__(self, name: Any) -> Any:
        frame = sys._getframe(1).f_locals  # Django tells only the name: the expression and the context are its caller's
        expression, context = frame["self"], frame["context"]
        if _is_ours(context.template) and not _has_default(expression):
            raise UndefinedVariable(f"{context.template.name} prints « {name} », which nobody gave")
        found = expression.resolve(context, ignore_failures=True)
        return "" if found is None else found


def _is_ours(template: Any) -> bool:
    inside = str(template.origin.name).startswith(str(settings.BASE_DIR / "templates"))
    return inside and not template.name.startswith("bootstrap5/")


def _has_default(expression: FilterExpression) -> bool:
    return any(filter.__name__.startswith("default") for filter, _ in expression.filters)
