"""Letters that leave after the answer: neither its content nor its time says whether there was one."""

import os
from concurrent.futures import ThreadPoolExecutor

import structlog
from django.core.mail import EmailMessage

log = structlog.get_logger(__name__)


def _open_office() -> None:
    """A process that forks leaves its thread behind: its child has its own, or its letters would wait for ever."""
    global _post
    _post = ThreadPoolExecutor(max_workers=1, thread_name_prefix="letters")


_post: ThreadPoolExecutor
_open_office()
os.register_at_fork(after_in_child=_open_office)


def post_later(letter: EmailMessage | None) -> None:
    """Send `letter` from a thread of its own; None makes the same work for nobody."""
    _post.submit(_send, letter)


def _send(letter: EmailMessage | None) -> None:
    if letter is None:
        return
    try:
        letter.send()
    except Exception:  # nobody waits for this thread: what is not logged here is known by nobody
        log.exception("letter_not_sent")


def wait_until_posted() -> None:
    """Until what was posted before has left; for those who must see it."""
    _post.submit(_send, None).result()
