"""The day on which a test runs: asked when it runs, never when the suite is collected, lest midnight come between."""

import datetime as dt

from django.utils import timezone


def today(days=0):
    return timezone.localdate() + dt.timedelta(days=days)
