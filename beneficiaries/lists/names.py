"""Names: as typed, as displayed, and the marks that tell that one was damaged on its way."""

from __future__ import annotations

import re
import unicodedata

_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]+")
_KEPT_AS_TEXT = re.compile(r'="(.*)"', re.S)  # how spreadsheets are made to keep a leading zero

LOST = re.compile("[?\ufffd]")
TWICE = re.compile("[ÂÃ][\x80-\xff‚ƒ„…†‡ˆ‰‹“”•–—˜™›]|â€")
FORMULA = re.compile(r"[=+\-@＝＋－＠]\s*\S|#(?:REF|N/?A|VALUE|VALEUR|NAME|NOM|DIV|NUM|NULL|NOMBRE)\b")
# cp850 and Mac Roman read as Windows put these in the middle of words; no name bears them.
STRANGE = re.compile(r"[0-9_@;:!<>{}\[\]\\^~*=+%$€£¥#|¦§©«»¬®±²³µ¶¹¼½¾¿¡¤‚ƒ„…†‡ˆ‰‹“”•˜™›¢]")
# Names of Western Europe written as usual: nothing above can be found in them. Without Â and Ã, which TWICE looks for.
ORDINARY = re.compile("[A-Za-zÀÁÄ-ÖØ-öø-ſ]+(?:[ '’-][A-Za-zÀÁÄ-ÖØ-öø-ſ]+)*")
# Particles and « dit » stay small inside a name.
_SMALL = {"de", "du", "des", "da", "do", "dos", "das", "dit", "dite", "et", "y"}
_WORD = re.compile(r"[^\W\d_]+")


def clean(text: str) -> str:
    """What was typed, in one Unicode form, without the blanks around and the marks that nobody sees."""
    if not text:
        return ""
    if text.isascii() and text[0] != "=":
        return text if text.isalnum() else " ".join(text.split())
    if text.startswith('="'):
        text = _KEPT_AS_TEXT.sub(r"\1", text)
    return " ".join(_UNSEEN.sub(" ", unicodedata.normalize("NFC", text)).split())


def clean_all(cells: list[str]) -> list[str]:
    """Each cell cleaned. Nearly every line is clean already, which one look at the whole of it tells."""
    line = "|".join(cells)
    odd = "  " in line or " |" in line or "| " in line or '="' in line or not line.isprintable()
    if odd or line != line.strip() or not (line.isascii() or unicodedata.is_normalized("NFC", line)):
        return [clean(cell) for cell in cells]
    return cells


def holds_letters(name: str) -> bool:
    return name[:1].isalpha() or any(map(str.isalpha, name))


def displayed(name: str) -> str:
    """« D'ALMEIDA SOUZA » → « D’Almeida Souza »; what was typed in both cases is somebody's choice, and stays.
    So does what was damaged."""
    name = name.replace("'", "’")
    if not (name.isupper() or name.islower()) or STRANGE.search(name):
        return name
    return _WORD.sub(_capitalised, name)


def _capitalised(word: re.Match[str]) -> str:
    lower = word[0].lower()
    before = word.string[max(word.start() - 2, 0) : word.start()]
    if before.endswith(" ") and lower in _SMALL:
        return lower
    if before.casefold() == " d" or (lower == "d" and before.endswith(" ") and word.string.startswith("’", word.end())):
        return lower
    return lower[:1].upper() + lower[1:]


def split_full_name(typed: str) -> tuple[str, str] | None:
    """Last and first names out of one cell, where capitals or a comma tell them apart; None where nothing does."""
    if typed.count(",") == 1:
        last, _, first = (part.strip() for part in typed.partition(","))
        return (last, first) if last and first else None
    words = typed.split()
    capitals = [word.isupper() and len(word.strip(".")) > 1 for word in words]
    count = sum(capitals)
    if not 0 < count < len(words):
        return None
    if all(capitals[:count]):
        return " ".join(words[:count]), " ".join(words[count:])
    if all(capitals[-count:]):
        return " ".join(words[-count:]), " ".join(words[:-count])
    return None
