"""What a caseworker types, where, and what the browser sends back."""

import datetime as dt
import re

from django.urls import reverse

from beneficiaries import services
from beneficiaries.forms import WhatWasRead
from beneficiaries.models import Beneficiary, Enrolment, LogEntry, StepEntry


def page(name, enrolment, *more):
    return reverse(f"beneficiaries:{name}", args=[enrolment.programme.number, enrolment.pk, *more])


def new_url(world, programme=None):
    return reverse("beneficiaries:new", args=[(programme or world.programme).number])


def paper(world, **changes):
    """What a caseworker types in the intake form."""
    return {
        "last_name": "Lefèvre", "first_name": "Chloé", "birth_date": "2008-04-09", "sex": "F", "public": "youth",
        "territory": world.bethune.pk, "contacted_on": "2025-09-01", "entered_on": "2025-09-15",
        "situation": "jobseeker", "school_level": "Vbis", "followed_by_mission_locale": "true",
        "in_priority_district": "unknown", "has_disability": "unknown",
    } | changes  # fmt: skip


def errors(response):
    return dict(response.context["form"].errors.items())


def everything():
    """What a refused form must leave as it was."""
    return [model.objects.count() for model in (Beneficiary, Enrolment, StepEntry, LogEntry)]


def gone(world, enrolment):
    services.record_loss(
        enrolment=enrolment, reason=world.reasons["demenage"], lost_on=dt.date(2025, 6, 1), step=None, by=None
    )


def form_of(client, enrolment):
    """What the browser would send back of the page as it is."""
    form = client.get(page("change", enrolment)).context["form"]
    return {name: as_sent(form[name].value()) for name in form.fields}


def as_sent(value):
    if isinstance(value, dict):
        return WhatWasRead().prepare_value(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def chosen(text):
    """What the browser sends from the page of the conflict when one accepts what it proposes."""
    tags = re.findall(r"<input [^>]*>", text)
    sent = {}
    for tag in tags:
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value and ("radio" not in tag or " checked" in tag):
            sent[name[1]] = value[1]
    return sent


def said(answer):
    """The messages at the head of the page."""
    return [str(message) for message in answer.context["messages"]]


def shown(answer):
    """The names of those whom the page lists."""
    return [row["name"] for row in answer.context["rows"]]


def as_read(answer):
    """What a page of several files has shown of them, as its form sends it back."""
    return re.search(r'name="read" value="([^"]+)"', answer.content.decode())[1]
