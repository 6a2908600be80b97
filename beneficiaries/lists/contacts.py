"""Means of contact: telephones in E.164 beside what was typed, and e-mails one at a time."""

from __future__ import annotations

import re

_SEPARATORS = re.compile(r"[\s.\-/()_'\u2010-\u2015]+")
_DIALLED = re.compile(r"[\d\s+.\-/()_'\u2010-\u2015]+")  # what a number may be written with
_TRUNK = re.compile(r"^(\+|00)(\d{2,3})\s*\(0\)")
TWO_PHONES = 19  # characters, at the least
_E164 = re.compile(r"\+[1-9]\d{8,14}")
_SEVERAL = re.compile(r"\s*(?:[;,|/\n]|\bou\b|\bet\b)\s*")
_WHOLE_NUMBER = re.compile(r"(?:\+|00)?[\d .\-()]{9,}")
# From the first character of a word only: a text without « @ » is walked once, however long.
_EMAIL = re.compile(r"(?<![^\s;,<>()|/])[^\s;,<>()|/]+@[^\s;,<>()|/]+")
# French numbers of overseas are called under their own country code; 06 39 98 is kept for works of fiction.
_OVERSEAS = re.compile(
    r"0(?:(?P<r262>262|263|269|692|693|639(?!98))|(?P<r590>590|690|691)|(?P<r594>594|694)|(?P<r596>596|696|697)"
    r"|(?P<r508>508|708))\d{6}"
)


def e164(typed: str) -> str:
    """« 06 39 98 00 11 » → « +33639980011 »; empty where no number can be made of it.

    Nine digits are a French number that lost its zero in a spreadsheet (`lost_zero`).
    """
    digits = typed
    if not typed.isdecimal():
        if not _DIALLED.fullmatch(typed):
            return ""
        digits = _SEPARATORS.sub("", _TRUNK.sub(r"\1\2", typed))
    if len(digits) == 10 and digits.isdecimal():
        return _national(digits)
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if digits.startswith("+330"):
        digits = f"+33{digits[4:]}"
    if lost_zero(digits):
        return _national(f"0{digits}")
    if digits.startswith("+33") and len(digits) != 12:
        return ""
    return digits if _E164.fullmatch(digits) and digits.isascii() else ""


def _national(digits: str) -> str:
    """Ten digits as they are called from abroad."""
    if digits[0] != "0" or digits[1] == "0" or not digits.isascii():
        return ""
    overseas = _OVERSEAS.fullmatch(digits)
    country = (overseas.lastgroup or "")[1:] if overseas else "33"
    return f"+{country}{digits[1:]}"


def lost_zero(typed: str) -> bool:
    digits = typed if typed.isdecimal() else _SEPARATORS.sub("", typed)
    return len(digits) == 9 and digits.isdecimal() and digits[0] in "12345679"


def several_phones(typed: str) -> bool:
    if len(typed) < TWO_PHONES:
        return False
    parts = [part for part in _SEVERAL.split(typed) if part]
    return len(parts) > 1 and all(map(_WHOLE_NUMBER.fullmatch, parts))


def emails_in(typed: str) -> list[str]:
    return _EMAIL.findall(typed)
