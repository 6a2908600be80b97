"""Filters that every template has: numbers and dates as French readers expect them."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import template

from partaj import formats

register = template.Library()


@register.filter
def fr_int(value: Any) -> str:
    return "" if value is None else formats.french_integer(int(value))


@register.filter
def fr_euros(value: Decimal | None) -> str:
    """Cents are printed where there are some."""
    return "" if value is None else formats.french_euros(value, 0 if value == value.to_integral_value() else 2)


@register.filter
def fr_date(value: dt.date | None) -> str:
    return formats.french_date(value)


@register.filter
def oui_non(value: bool | None) -> str:
    return "non renseigné" if value is None else ("oui" if value else "non")


@register.filter
def or_dash(value: Any) -> Any:
    return "—" if value in (None, "") else value


@register.inclusion_tag("components/_draft_author.html", takes_context=True)
def draft_author(context: dict[str, Any]) -> dict[str, str]:
    """The signed author of a form: what is typed is kept for them if the session ends meanwhile."""
    return {"draft": context["request"].draft_author}
