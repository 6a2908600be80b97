"""Letters leave after the answer, from whichever process made it."""

import os
import signal

from django.core.mail import EmailMessage

from partaj.accounts.letters import post_later, wait_until_posted


class Paper(EmailMessage):
    """A letter that writes down that it left."""

    def __init__(self, place) -> None:
        super().__init__("Bonjour", "…", to=["ines@partaj.example"])
        self.place = place

    def send(self, fail_silently=False) -> int:
        self.place.write_text(f"parti de {os.getpid()}")
        return 1


def test_a_server_that_forks_once_it_has_posted_still_posts(tmp_path):
    """A web server may load the site, then fork its workers: a thread does not follow its process's child."""
    post_later(Paper(tmp_path / "parent"))
    wait_until_posted()
    assert (tmp_path / "parent").exists()
    child = os.fork()
    if child == 0:
        signal.alarm(20)  # a child that waits for ever would keep the suite waiting with it
        post_later(Paper(tmp_path / "child"))
        wait_until_posted()
        os._exit(0)
    os.waitpid(child, 0)
    assert (tmp_path / "child").read_text() == f"parti de {child}"
