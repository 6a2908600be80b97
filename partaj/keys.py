"""The keys of French administrations: checked, never corrected, and only warned about.

UAI: 7 digits and a letter, the number modulo 23 indexing LETTERS. INE (BEA): 10 digits and a letter, same rule.
INE (RNIE): 9 digits and 2 letters, format only. SIRET: Luhn; La Poste's establishments by a digit sum
divisible by 5. No social-security number is ever stored: one found in free text is refused.
"""

import re

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_UAI = re.compile(r"\d{7}[A-Z]")
_INE_BEA = re.compile(r"\d{10}[A-Z]")
_INE_RNIE = re.compile(r"\d{9}[A-Z]{2}")
_INE_BASE36 = re.compile(r"[0-9A-Z]{10}\d")
_SIRET = re.compile(r"\d{14}")
_LA_POSTE = "356000000"
_NIR = re.compile(
    r"(?<!\d)[12][\s.]?\d{2}[\s.]?(?:0[1-9]|1[0-2]|[2-9]\d)[\s.]?(?:\d{2}|2[AaBb])"
    r"[\s.]?\d{3}[\s.]?\d{3}(?:[\s.]?\d{2})?(?!\d)"
)


def normalise_key(text: str) -> str:
    """Spaces and case taken away; nothing else is touched."""
    return re.sub(r"\s+", "", text).upper()


def _letter_matches(key: str) -> bool:
    return LETTERS[int(key[:-1]) % 23] == key[-1]


def uai_warning(uai: str) -> str:
    if not _UAI.fullmatch(uai):
        return "Un UAI a 7 chiffres et une lettre."
    return "" if _letter_matches(uai) else "La lettre de cet UAI ne correspond pas à ses chiffres."


def ine_warning(ine: str) -> str:
    if _INE_BEA.fullmatch(ine):
        return "" if _letter_matches(ine) else "La lettre de cet INE ne correspond pas à ses chiffres."
    if _INE_RNIE.fullmatch(ine) or _INE_BASE36.fullmatch(ine):
        return ""
    return "Un INE a 11 caractères : 10 chiffres et une lettre, ou 9 chiffres et deux lettres."


def siret_warning(siret: str) -> str:
    if not _SIRET.fullmatch(siret):
        return "Un SIRET a 14 chiffres."
    digits = [int(digit) for digit in siret]
    if siret.startswith(_LA_POSTE):
        valid = sum(digits) % 5 == 0
    else:
        valid = sum(digit if index % 2 else sum(divmod(digit * 2, 10)) for index, digit in enumerate(digits)) % 10 == 0
    return "" if valid else "La clé de ce SIRET est fausse : vérifiez ses chiffres."


def holds_social_security_number(text: str) -> bool:
    return bool(_NIR.search(text))
