"""Files without a signature (CSV), and PDF: what else they must not be at the same time."""

from __future__ import annotations

import re
import zipfile

from django.core.files.base import File

from partaj.uploads.refusal import UploadRefused, damaged

# What makes a browser take a text for a page; no list of people holds any of it.
MARKUP = re.compile(rb"<\s*(?:script|html|head|body|svg|iframe|object|embed|img|!doctype|!entity|\?php|\?xml)\b", re.I)
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def check_text(file: File) -> None:
    """A text that one can read, which is nothing but a text."""
    content = file.read()
    text = read_text(content)
    if text is None or CONTROLS.search(text):
        raise UploadRefused(
            "Ce fichier n’est pas un texte lisible : dans votre tableur, enregistrez la liste au format CSV (UTF-8).",
            "not_text",
        )
    if MARKUP.search(text.encode(errors="replace")):
        raise UploadRefused(
            "Ce fichier contient du code de page web : gardez seulement les lignes de la liste.", "markup"
        )


def read_text(content: bytes) -> str | None:
    """As spreadsheets write: with a byte order mark, else UTF-8, else the Windows of Western Europe."""
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def check_pdf(file: File) -> None:
    content = file.read()
    if b"%%EOF" not in content[-2048:]:
        raise damaged()
    if zipfile.is_zipfile(file):
        raise UploadRefused("Ce PDF cache une archive : exportez-le de nouveau depuis son logiciel.", "polyglot")
