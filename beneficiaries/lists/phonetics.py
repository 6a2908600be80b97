"""How a French name sounds: the spellings of one sound share one key (« Lefebvre » and « Lefèvre », « Thibault » and
« Tibo »). Two names may share a key and be two names: it finds what is to be looked at, and proves nothing.

In a key, a capital is one sound: A (an, en), I (in, ain), O (on), U (ou), C (ch), N (gn).
"""

from __future__ import annotations

import re
from operator import eq

# In this order: what is longer, or would be undone by the next ones, first. Most names lack most of these letters: the
# spellings are under the one letter that each needs. G is a hard g for as long as it lasts.
_SPELLINGS = {
    "y": (("y", "i"),),
    "h": (("ph", "f"), ("sch", "C"), ("chr", "kr"), ("chl", "kl"), ("ch", "C"), ("sh", "C"), ("gh", "G"), ("h", "")),
    "v": (("bv", "v"),),
    "w": (("w", "v"),),
    "j": (("dj", "j"),),
    "g": (("gn", "N"), ("gue", "Ge"), ("gui", "Gi"), ("geo", "jo"), ("gea", "ja"), ("ge", "je"), ("gi", "ji")),
    "G": (("G", "g"),),
    "q": (("qu", "k"), ("q", "k")),
    "c": (("ce", "se"), ("ci", "si"), ("c", "k")),
    "m": (("mb", "nb"), ("mp", "np")),
    "u": (("auld", "o"), ("ault", "o"), ("eau", "o"), ("au", "o"), ("ou", "U")),
}
_NASAL = re.compile(r"(ie|ai|ei|[aio]|e(?=n+.))n+(?![aeiouUn])")  # the n of « Anne » is sounded, that of « Ruben » too
_NASALS = {"ie": "iI", "ai": "I", "ei": "I", "i": "I", "a": "A", "e": "A", "o": "O"}
_OPEN = re.compile(r"(?<=.)[ae]i(?![aeiou])")  # not at the beginning (« Ayla » is not « Ella »), nor in « Maya »
# The e of « Zoé » is sounded, and so are the s of « Maëlys » and the p of « Filip ».
_SILENT = re.compile(r"(?:(?<![aeo])es?|(?<=[oUuAIO])[px]s?|(?<=[AIO])s|(?<=oi)st?|[dt]+s?)$")
_MAY_BE_SILENT = frozenset("edpstx")
_DOUBLED = re.compile(r"(.)\1+")


def sound(name: str) -> str:
    """The key of a folded name without its spaces. What no rule knows stays as it is written."""
    key = name[:1] + name[1:].replace("z", "s")  # « Zara » is not « Sara »; « Elza » is « Elsa »
    for letter, spellings in _SPELLINGS.items():
        if letter in key:
            for spelling, sounded in spellings:
                key = key.replace(spelling, sounded)
    if key[:2] in ("Ua", "Ue", "Ui"):  # « Oualid » is « Walid »
        key = f"v{key[1:]}"
    if "n" in key:
        key = _NASAL.sub(lambda found: _NASALS[found[1]], key)
    if "ai" in key or "ei" in key:
        key = _OPEN.sub("e", key)
    if key[-1:] in _MAY_BE_SILENT:
        key = _SILENT.sub("", key) or key
    key = key.replace("x", "ks") or name  # « H »
    return _DOUBLED.sub(r"\1", key) if any(map(eq, key, key[1:])) else key
