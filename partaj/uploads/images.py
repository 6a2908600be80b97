"""Images are drawn again: of the file that came, only the pixels stay (no place, no device, no hidden text)."""

from __future__ import annotations

import io
import struct
import zlib

from django.core.files.base import File
from PIL import Image, ImageOps

from partaj.uploads.refusal import UploadRefused, damaged

MOST_PIXELS = 40_000_000  # a good telephone's photograph; 160 MB while it is drawn again
LONGEST_SIDE = 16_000
LONGEST_KEPT = 3_508  # points: a page of A4 at 300 to the inch; what is larger is kept at that size
BROKEN = (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, struct.error, zlib.error)
HOW = {"JPEG": {"quality": 88}, "PNG": {}, "WEBP": {"quality": 88}}


def without_metadata(file: File, wanted: str) -> bytes:
    """The same picture, upright, in the same format. Raises UploadRefused before decoding what is too large."""
    try:
        with Image.open(file, formats=[wanted]) as image:
            _bound(image.size)
            if getattr(image, "n_frames", 1) > 1:
                raise UploadRefused("Cette image est animée : envoyez une image fixe.", "animated")
            return _drawn_again(image, wanted)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except UploadRefused:
        raise
    except BROKEN:
        raise damaged() from None


def _bound(size: tuple[int, int]) -> None:
    width, height = size
    if width * height > MOST_PIXELS or max(size) > LONGEST_SIDE:
        raise _too_many_pixels()


def _too_many_pixels() -> UploadRefused:
    return UploadRefused(
        f"Cette image dépasse {MOST_PIXELS // 1_000_000}\u00a0millions de points : réduisez-la, puis renvoyez-la.",
        "pixels",
    )


def _drawn_again(image: Image.Image, wanted: str) -> bytes:
    image.draft("RGB", (LONGEST_KEPT, LONGEST_KEPT))  # of a JPEG, no more points than needed are ever decoded
    upright = ImageOps.exif_transpose(image)
    transparent = wanted != "JPEG" and (upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info)
    drawn = upright.convert("RGBA" if transparent else "RGB")
    drawn.thumbnail((LONGEST_KEPT, LONGEST_KEPT), Image.Resampling.LANCZOS)
    clean = Image.new(drawn.mode, drawn.size)  # a new one: what came with the old stays with it
    clean.paste(drawn)
    written = io.BytesIO()
    clean.save(written, wanted, **HOW[wanted])
    return written.getvalue()
