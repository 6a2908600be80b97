"""In which encoding a list was written, and the text that was encoded twice on its way."""

from __future__ import annotations

import codecs
import re

from partaj.uploads.refusal import UploadRefused

# Those that may be asked for; the last one is never found without being asked: it differs from cp1252 by « € ».
LABELS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 avec marque d’ordre",
    "utf-16": "UTF-16",
    "cp1252": "Windows (cp1252)",
    "iso-8859-15": "Latin-9 (iso-8859-15)",
}


def encoding_of(content: bytes, wanted: str = "") -> str:
    """A byte order mark decides; else UTF-8 where every byte agrees; else the Windows of Western Europe.

    Raises UploadRefused where the `wanted` one is unknown or cannot have written these bytes.
    """
    if wanted:
        return _wanted(content, wanted)
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if content.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    return "utf-8" if _reads(content, "utf-8") else "cp1252"


def _wanted(content: bytes, wanted: str) -> str:
    if wanted not in LABELS or not _reads(content, wanted):
        raise UploadRefused(
            f"Ce fichier ne peut être lu en « {wanted} » : choisissez un autre encodage, ou laissez-le trouver.",
            "encoding",
        )
    return "utf-8-sig" if wanted == "utf-8" and content.startswith(codecs.BOM_UTF8) else wanted


def _reads(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeError:
        return False
    return True


_TWICE = re.compile("[ÂÃÄÅÐÑâ][^\x00-\x7f]")


def may_be_encoded_twice(text: str) -> bool:
    return not text.isascii() and bool(_TWICE.search(text))


def repaired(text: str) -> str:
    """« HÃ©lÃ¨ne » read again as « Hélène »; the text itself where it was not encoded twice."""
    if not may_be_encoded_twice(text):
        return text
    try:
        return b"".join(map(_byte, text)).decode("utf-8")
    except UnicodeError:
        return text


def _byte(character: str) -> bytes:
    """cp1252 leaves five bytes without a character; those who write it anyway let them through as they are."""
    return character.encode("latin-1" if character in "\x81\x8d\x8f\x90\x9d" else "cp1252")
