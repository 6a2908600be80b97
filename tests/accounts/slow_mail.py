import time

from django.core.mail.backends.base import BaseEmailBackend


class SlowBackend(BaseEmailBackend):
    """A mail server that thinks for a second, then is out of reach."""

    def send_messages(self, email_messages):
        time.sleep(1)
        raise ConnectionRefusedError
