"""Telephone numbers are kept as typed, and found by their digits."""

import re

_INTERNATIONAL = re.compile(r"^(?:00|\+)33\s*(?:\(0\))?")


def phone_digits(typed: str) -> str:
    """« +33 6 12 34 56 78 » and « 06.12.34.56.78 » are both « 0612345678 »."""
    return re.sub(r"\D", "", _INTERNATIONAL.sub("0", typed.strip()))
