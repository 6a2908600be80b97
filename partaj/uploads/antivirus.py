"""What an antivirus says of a file. Configured, it must answer: silence, slowness and nonsense refuse the file."""

from __future__ import annotations

import logging
import re
import socket
import struct
import time
from urllib.parse import urlsplit

from django.conf import settings

from partaj.uploads.refusal import UploadRefused

logger = logging.getLogger(__name__)
SECONDS = 15  # for the whole conversation
CHUNK = 64 * 1024
LONGEST_ANSWER = 4096


def check(content: bytes) -> None:
    """Raises UploadRefused where the antivirus finds something, or does not say that all is well."""
    if not settings.ANTIVIRUS:
        return
    try:
        answer = _ask(content)
    except OSError:  # refused, cut, too slow
        answer = ""
    if answer == "stream: OK":
        return
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        # Neither its name nor its sender: the line of the request beside it says which account and which page.
        named = re.sub(r"[^\w.:/-]", "", answer.removeprefix("stream: ").removesuffix(" FOUND"))[:80]
        logger.warning("a file was refused and nothing of it kept, the antivirus recognised %s", named)
        raise UploadRefused(
            "L’antivirus a reconnu un programme malveillant : n’ouvrez pas ce fichier, prévenez votre service "
            "informatique.",
            "virus",
        )
    raise UploadRefused(
        "L’antivirus ne répond pas, et aucun fichier n’entre sans lui : réessayez dans quelques minutes.", "antivirus"
    )


def _ask(content: bytes) -> str:
    """The protocol of clamd: INSTREAM, pieces preceded by their length, a length of zero, one line of answer."""
    place = urlsplit(settings.ANTIVIRUS)
    until = time.monotonic() + SECONDS
    with socket.create_connection((place.hostname, place.port), timeout=SECONDS) as link:
        link.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), CHUNK):
            piece = content[start : start + CHUNK]
            _wait(link, until)
            link.sendall(struct.pack("!L", len(piece)) + piece)
        link.sendall(struct.pack("!L", 0))
        answer = b""
        while b"\0" not in answer and len(answer) < LONGEST_ANSWER:
            _wait(link, until)
            received = link.recv(LONGEST_ANSWER)
            if not received:
                break
            answer += received
    return answer.split(b"\0")[0].decode("utf-8", "replace").strip()


def _wait(link: socket.socket, until: float) -> None:
    """Each wait takes what is left of the whole: a drop at a time does not hold a worker."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    link.settimeout(left)
