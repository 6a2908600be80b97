"""An agenda as a file that calendars subscribe to (RFC 5545): whole days, nothing to answer, nobody made busy."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from django.utils import timezone

from beneficiaries.calendar import Entry

CONTENT_TYPE = "text/calendar; charset=utf-8"
EVERY = dt.timedelta(hours=6)  # how often calendars are asked to come back; each does as it pleases
A_DAY = dt.timedelta(days=1)
# What an entry is called in a calendar: always the same for the same entry, and no number of the base.
ENTRIES = uuid.UUID("6c0d6f3e-5e0b-5d0c-9a5e-2f1f6f3c8d11")


def written(entries: Iterable[Entry], absolute: Callable[[str], str]) -> bytes:
    """`absolute`: the whole address of a path of the site."""
    from icalendar import Calendar  # a fifth of a second, for the first agenda rather than for the start of the site

    calendar = Calendar()
    for name, value in [("version", "2.0"), ("prodid", "-//PARTAJ//Agenda//FR"), ("calscale", "GREGORIAN"),
                        ("name", "PARTAJ"), ("x-wr-calname", "PARTAJ")]:  # fmt: skip
        calendar.add(name, value)
    calendar.add("refresh-interval", EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    stamp = timezone.now().astimezone(dt.UTC).replace(microsecond=0)
    for entry in entries:
        calendar.add_component(_event(entry, stamp, absolute(entry.path)))
    return calendar.to_ical()


def _event(entry: Entry, stamp: dt.datetime, url: str) -> Any:
    from icalendar import Event

    event = Event()
    event.add("uid", f"{uuid.uuid5(ENTRIES, entry.key)}@partaj")
    event.add("dtstamp", stamp)
    event.add("dtstart", entry.day)
    event.add("dtend", entry.day + A_DAY)
    event.add("summary", entry.label)
    event.add("description", f"À ouvrir dans PARTAJ, connexion demandée : {url}")  # several calendars show no URL
    event.add("url", url)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    return event
