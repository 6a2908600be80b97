"""What a password may be: long, of any characters, and neither a common one nor made of what one knows of its holder.

No composition is asked for (CNIL 2022, NIST SP 800-63B): length is what protects. Each rule is a validator of Django.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Any

from anyascii import anyascii
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

SHORTEST, LONGEST = 15, 128
FEWEST_CHARACTERS = 5  # different ones
ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "azertyuiopqsdfghjklmwxcvbn", "qwertyuiopasdfghjklzxcvbnm")
# Beside Django's list, which is English: what begins or makes up the long ones that people choose here.
WORDS = frozenset({
    "motdepasse", "azerty", "azertyuiop", "bienvenue", "administrateur", "jetaime", "jenaipasdidee", "bonjour",
    "soleil",
    "monmotdepasse", "nouveaumotdepasse", "changezmoi", "passwordpassword", "utilisateur", "responsable", "conseiller",
})  # fmt: skip
_FIGURES = str.maketrans("0134579@$!", "oleastgasi")  # « P4rt4j » is read as it is meant


def normalised(password: str) -> str:
    """The same characters however the keyboard composes its accents: « é » is one character on all machines."""
    return unicodedata.normalize("NFKC", password)


def _bare(text: str) -> str:
    """Letters and figures alone, without accents, in lower case."""
    return re.sub(r"[^a-z0-9]", "", anyascii(text).casefold())


class LengthValidator:
    def validate(self, password: str, user: Any = None) -> None:
        if len(password) < SHORTEST:
            raise ValidationError(
                f"Il en faut {SHORTEST} caractères au moins : vous en avez donné {len(password)}. "
                "Une phrase que personne d’autre ne connaît convient très bien.",
                code="password_too_short",
            )
        if len(password) > LONGEST:
            raise ValidationError(
                f"{LONGEST} caractères au plus : vous en avez donné {len(password)}.", code="password_too_long"
            )

    def get_help_text(self) -> str:
        return f"{SHORTEST} caractères au moins, {LONGEST} au plus ; espaces et accents sont acceptés."


class OwnDataValidator:
    """Refuses what holds a part of the address, of the name, or the name of this site."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) > LONGEST:  # refused already, and what follows is made for short texts
            return
        bare, words = _bare(password), set(re.split(r"[^a-z0-9]+", anyascii(password).casefold()))
        meant = bare.translate(_FIGURES)
        for part in own_parts(user):
            if part in words or (len(part) > 3 and (part in bare or part in meant)):
                raise ValidationError(
                    "Il contient votre nom, votre adresse ou le nom de ce site : c’est la première chose qu’on "
                    "essaierait. Choisissez d’autres mots.",
                    code="password_own_data",
                )

    def get_help_text(self) -> str:
        return "Sans votre nom, votre adresse ni le nom de ce site."


def own_parts(user: Any) -> set[str]:
    """Words of three letters at least in the name and the address of `user`, whole and in parts."""
    known = ["partaj"]
    if user is not None:
        known += [user.first_name, user.last_name, user.email, user.email.split("@")[0]]
    pieces = {_bare(text) for text in known}
    pieces |= {_bare(piece) for text in known for piece in re.split(r"[\W_]+", text)}
    return {piece for piece in pieces if len(piece) > 2}


class CommonValidator(CommonPasswordValidator):
    """Refuses the common ones: Django's list, then what is long only by being repeated, followed or put end to end."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) > LONGEST:
            return
        lowered = "".join(password.casefold().split())
        if is_monotonous(lowered) or is_monotonous(_bare(password)) or self.is_common(lowered):
            raise ValidationError(
                "Trop facile à deviner : un mot de passe courant, des caractères qui se répètent ou se suivent. "
                "Plusieurs mots sans rapport entre eux valent mieux.",
                code="password_too_common",
            )

    def is_common(self, lowered: str) -> bool:
        """In the list, or one or two of its entries, with figures and signs around or in the place of letters."""
        core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", anyascii(lowered).casefold())
        known = {lowered, *(_bare(text) for text in (lowered, core, core.translate(_FIGURES)))}
        return any(self._known(text) or self._is_two(text) for text in known if text)

    def _known(self, text: str) -> bool:
        return text in WORDS or text in self.passwords

    def _is_two(self, text: str) -> bool:
        return any(self._known(text[:cut]) and self._known(text[cut:]) for cut in range(4, len(text) - 3))

    def get_help_text(self) -> str:
        return "Ni un mot de passe courant, ni des caractères qui se répètent ou se suivent."


@lru_cache(maxsize=64)
def is_monotonous(text: str) -> bool:
    """Few different characters, the same group again and again, or runs of the alphabet and the keyboard."""
    if len(set(text)) < FEWEST_CHARACTERS:
        return True
    repeated = any((text[:size] * len(text)).startswith(text) for size in range(1, len(text) * 2 // 3 + 1))
    return repeated or len(_without_runs(text)) < len(text) / 3


def _without_runs(text: str) -> str:
    """What is left once runs of four or more neighbours of a row, either way, are taken out."""
    runs = {row[at : at + 4] for row in ROWS for at in range(len(row) - 3)}
    runs |= {run[::-1] for run in runs}
    within = {at + step for at in range(len(text) - 3) if text[at : at + 4] in runs for step in range(4)}
    return "".join(character for at, character in enumerate(text) if at not in within)
