"""Keys of French administrations and means of contact: checked, never corrected, and only warned about.

UAI: 7 digits and a letter, the number modulo 23 indexing LETTERS. INE (BEA): 10 digits and a letter, same rule.
INE (RNIE): 9 digits and 2 letters, format only. SIRET: Luhn; La Poste's establishments by a digit sum
divisible by 5. Telephone: the ten digits of the French plan, or an international number (E.164).
No social-security number is ever stored: one found in free text is refused.
"""

import re
from collections.abc import Callable
from ipaddress import ip_address

from django.core.validators import validate_email

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_UAI = re.compile(r"\d{7}[A-Z]")
_INE_BEA = re.compile(r"\d{10}[A-Z]")
_INE_RNIE = re.compile(r"\d{9}[A-Z]{2}")
_INE_BASE36 = re.compile(r"[0-9A-Z]{10}\d")
_SIRET = re.compile(r"\d{14}")
_LA_POSTE = "356000000"
_PHONE = re.compile(r"(?:0|(?:\+|00)330?)[1-9]\d{8}|(?:\+|00)(?!33)[1-9]\d{8,14}")
_SHORT_PHONE = re.compile(r"1\d{1,3}|3\d{3}|118\d{3}")
# Seen again and again in addresses typed at a desk; each of these domains receives nothing for its reader.
_MISTYPED = {
    "gmail.fr": "gmail.com", "gmail.con": "gmail.com", "gmail.co": "gmail.com", "gmial.com": "gmail.com",
    "gmai.com": "gmail.com", "gamil.com": "gmail.com", "gmal.com": "gmail.com", "hotmial.com": "hotmail.com",
    "hotmal.com": "hotmail.com", "hotmail.con": "hotmail.com", "hotmial.fr": "hotmail.fr", "hotmal.fr": "hotmail.fr",
    "outlok.fr": "outlook.fr", "outlok.com": "outlook.com", "orage.fr": "orange.fr", "ornage.fr": "orange.fr",
    "yaho.fr": "yahoo.fr", "yahoo.con": "yahoo.com", "wanado.fr": "wanadoo.fr",
}  # fmt: skip
_BETWEEN_GROUPS = re.compile(r"[\s.\-\u2010-\u2014\u200b-\u200f\u202a-\u202e]+")
# What nearly every address looks like, and Django's validator takes: it is ten times as long to say so. No part of an
# address so short is too long.
_PLAIN_EMAIL = re.compile(r"[\w+-]+(?:\.[\w+-]+)*@(?:[a-z\d]+(?:-[a-z\d]+)*\.)+[a-z]{2,}", re.A | re.I)
_PLAIN_LENGTH, _LONGEST_EMAIL = 64, 320  # characters
# The figure comes first, then what may not precede it: a search leaps from one 1 or 2 to the next.
_NIR = re.compile(
    r"[12](?<!\d[12])[\s.]?\d{2}[\s.]?(?:0[1-9]|1[0-2]|[2-9]\d)[\s.]?(?:\d{2}|2[AaBb])"
    r"[\s.]?\d{3}[\s.]?\d{3}(?:[\s.]?\d{2})?(?!\d)"
)


def normalise_key(text: str) -> str:
    """Without the spaces, dashes and dots that people put between groups, in capitals; nothing else is touched."""
    return (text if text.isalnum() else _BETWEEN_GROUPS.sub("", text)).upper()


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
    return "Un INE a 11 caractères : 10 chiffres et une lettre, ou 9 chiffres et deux lettres."


def siret_warning(siret: str) -> str:
    if not _SIRET.fullmatch(siret):
        return "Un SIRET a 14 chiffres."
    digits = [int(digit) for digit in siret]
    if siret.startswith(_LA_POSTE):
        valid = sum(digits) % 5 == 0
    else:
        valid = sum(digit if index % 2 else sum(divmod(digit * 2, 10)) for index, digit in enumerate(digits)) % 10 == 0
    return "" if valid else "La clé de ce SIRET est fausse : vérifiez ses chiffres."


def phone_warning(phone: str) -> str:
    """Of a person: somebody who can be called back, so no short number."""
    if _PHONE.fullmatch(re.sub(r"[\s.\-/()]", "", phone)):
        return ""
    return "Un téléphone a 10 chiffres et commence par 0, ou commence par + et l’indicatif du pays."


def office_phone_warning(phone: str) -> str:
    """Of a structure, which may be reached by a short number (3949)."""
    return "" if _SHORT_PHONE.fullmatch(re.sub(r"[\s.]", "", phone)) else phone_warning(phone)


def is_email(text: str) -> bool:
    """What Django's validator says, without its exceptions: each one holds itself, and a long list piles them up."""
    user, _, domain = text.rpartition("@")
    if len(text) > _LONGEST_EMAIL or not validate_email.user_regex.match(user):
        return False
    if validate_email.literal_regex.match(domain):
        return _is_ip_address(domain[1:-1])
    return domain in validate_email.domain_allowlist or bool(validate_email.domain_regex.match(domain))


def _is_ip_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def email_warning(email: str) -> str:
    plain = len(email) <= _PLAIN_LENGTH and _PLAIN_EMAIL.fullmatch(email)
    if not plain and not is_email(email):
        return "Ce courriel n’est pas une adresse complète (nom@domaine.fr)."
    domain = email.rpartition("@")[2].lower()
    meant = _MISTYPED.get(domain)
    return f"Ce courriel finit par {domain} : n’est-ce pas {meant} ?" if meant else ""


def warnings_of(row: object, checks: dict[str, Callable[[str], str]]) -> dict[str, str]:
    """Sentences on what looks wrong, by field; what is empty is not judged."""
    read = {name: getattr(row, name) for name in checks}
    return {name: warning for name, value in read.items() if value and (warning := checks[name](value))}


def holds_social_security_number(text: str) -> bool:
    return bool(_NIR.search(text))
