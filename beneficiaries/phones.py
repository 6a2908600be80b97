"""Telephone numbers are kept as typed, and found by their digits."""

import re

_INTERNATIONAL = re.compile(r"^(?:00|\+)33\s*(?:\(0\))?")


def phone_digits(typed: str) -> str:
    """« +33 6 12 34 56 78 » and « 06.12.34.56.78 » are both « 0612345678 »."""
    return re.sub(r"\D", "", _INTERNATIONAL.sub("0", typed.strip()))


def displayed_phone(e164: str) -> str:
    """« +33639980011 » as French people read it, « 06 39 98 00 11 »; nothing for a number of another country."""
    if not (e164.startswith("+33") and len(e164) == 12):
        return ""
    digits = f"0{e164[3:]}"
    return " ".join(digits[place : place + 2] for place in range(0, 10, 2))
