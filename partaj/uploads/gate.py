"""Whether a sent file may enter, and as what: its content decides, never what the browser says of it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

import filetype
from django.core.files.base import File

from partaj.formats import french_integer
from partaj.uploads import antivirus
from partaj.uploads.archives import archive_type
from partaj.uploads.kinds import CSV, KINDS, MEGABYTE, PDF, Kind, Purpose, Rules
from partaj.uploads.refusal import UploadRefused
from partaj.uploads.texts import read_text

LONGEST_NAME = 100
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # how every document of Word before 2007 begins


@dataclass(frozen=True, slots=True)
class Accepted:
    """A file that has passed. `filename` is fit to be shown and given back; `content` is what to keep."""

    filename: str
    kind: Kind
    content: bytes


def _why_not(name: str, rules: Rules) -> str:
    """Its name may be of a kind that is accepted, and its content not."""
    extension = PurePosixPath(clean_name(name)).suffix.removeprefix(".").lower()
    if any(extension in kind.extensions for kind in rules.kinds):
        return f"Ce fichier s’appelle « .{extension} », mais ce n’en est pas un : enregistrez-le de nouveau."
    return "Ce type de fichier n’est pas accepté ici."


def accept(file: File, purpose: Purpose) -> Accepted:
    """Raises UploadRefused with the sentence for whoever sent the file. Nothing is written anywhere."""
    rules = purpose.value
    size = file.size or 0
    if not size:
        raise UploadRefused("Ce fichier est vide : vérifiez que c’est le bon.", "empty")
    if size > rules.longest:
        raise too_heavy(size, rules.longest)
    kind, mime = _kind_of(file)
    if kind is None or kind not in rules.kinds:
        why = rules.why_not.get(mime) or _why_not(file.name or "", rules)
        raise UploadRefused(f"{why} Envoyez : {rules.extensions}.", "kind")
    if size > rules.largest_of(kind):
        raise too_heavy(size, rules.largest_of(kind))
    name = clean_name(file.name or "")
    extension = PurePosixPath(name).suffix.removeprefix(".").lower()
    if extension not in kind.extensions:
        raise UploadRefused(
            f"Le nom de ce fichier finit par « .{extension} », son contenu est d’un autre type ({kind.label}) : "
            f"redonnez-lui l’extension .{kind.extensions[0]}.",
            "extension",
        )
    file.seek(0)
    received = file.read()
    antivirus.check(received)
    file.seek(0)
    kept = kind.examine(file)
    return Accepted(name, kind, received if kept is None else kept)


def too_heavy(size: int, most: int) -> UploadRefused:
    return UploadRefused(
        f"Ce fichier est trop lourd : {french_integer(-(-size // MEGABYTE))}\u00a0Mo, "
        f"pour {most // MEGABYTE}\u00a0Mo au plus. Réduisez-le ou coupez-le en plusieurs.",
        "size",
    )


def _kind_of(file: File) -> tuple[Kind | None, str]:
    """As what it may enter, and what it seems to be."""
    file.seek(0)
    head = file.read(8192)
    file.seek(0)
    mime = (archive_type(file) if head.startswith(b"PK\x03\x04") else filetype.guess_mime(head)) or ""
    found = next((kind for kind in KINDS if kind.mime == mime), None)
    if found is PDF and not head.startswith(b"%PDF-"):
        return None, ""
    if found is None and head.startswith(OLD_OFFICE):
        return None, "application/msword"
    # A signature of two letters may be the beginning of a list.
    return (CSV, CSV.mime) if found is None and _looks_like_text(head) else (found, mime)


def _looks_like_text(head: bytes) -> bool:
    """The end of the head may cut a character in two: it is left out."""
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    head = head[: len(head) // 2 * 2] if wide else head.rsplit(b"\n", 1)[0] or head[:-4]
    return (wide or b"\x00" not in head) and read_text(head) is not None


def clean_name(typed: str) -> str:
    """A name that tells nothing of its sender's folders and hides nothing: no path, control, nor mark of direction."""
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", typed))[-1]
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C" and c not in '<>:"|?*;')
    name = " ".join(name.split()).strip(". ") or "fichier"
    stem, dot, extension = name.rpartition(".")
    return f"{stem[: LONGEST_NAME - len(extension) - 1]}.{extension[:10]}" if dot and stem else name[:LONGEST_NAME]
