"""Values as French readers expect them, the same on the page, in the PDF and in the exports."""

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

NBSP = "\u00a0"  # no-break space, before % and € and between thousands
# What XML has no way to write: control characters, halves of characters, and two that are none.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def french_integer(value: int) -> str:
    return f"{value:,}".replace(",", NBSP)


def french_decimal(value: Decimal, decimals: int) -> str:
    rounded = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return f"{rounded:,.{decimals}f}".replace(",", NBSP).replace(".", ",")


def french_percent(value: Decimal, decimals: int = 0) -> str:
    """`value` is in percent: 40 → « 40 % »."""
    return f"{french_decimal(value, decimals)}{NBSP}%"


def french_euros(value: Decimal, decimals: int = 2) -> str:
    return f"{french_decimal(value, decimals)}{NBSP}€"


def french_date(value: dt.date | None) -> str:
    return value.strftime("%d/%m/%Y") if value else ""


def french_time(value: dt.time | dt.datetime) -> str:
    """« 14 h 05 »."""
    return f"{value:%H}{NBSP}h{NBSP}{value:%M}"


def in_xml(text: str) -> str:
    """As a document or a workbook can hold it: without what XML cannot write, which nobody typed on purpose."""
    return _NOT_IN_XML.sub("", text)


def in_days(day: dt.date, today: dt.date) -> str:
    """« dans 12 jours », « demain », « aujourd’hui »: of a day that is not over."""
    days = (day - today).days
    return ("demain" if days else "aujourd’hui") if days < 2 else f"dans {counted(days, 'jour')}"


def counted(count: int, singular: str, plural: str | None = None) -> str:
    """« 1 jeune », « 12 jeunes », « 0 jeune » (French puts zero in the singular)."""
    word = singular if abs(count) < 2 else (plural or f"{singular}s")
    return f"{french_integer(count)}{NBSP}{word}"


def french_value(field: Any, value: Any) -> str:
    """What a field of a model holds, in words; nothing where it is empty. Of a relation, `value` is the row itself."""
    if value in (None, ""):
        return ""
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return "oui" if value else "non"
    return french_date(value) if isinstance(value, dt.date) else str(value)
