"""A caseworker's day: the home page, one file, a call noted, with 300 youths to follow; against « ok »."""

import datetime as dt
from functools import partial
from itertools import count
from urllib.parse import urlencode

from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from beneficiaries.models import Contact, Contract, Enrolment, LogEntry, NextAction, Obstacle
from partaj.accounts.models import Role, User
from partaj.programmes.models import Programme
from partaj.territories.models import Territory
from tests.bench.pages import against_floor, get, signed_in
from tests.bench.timing import Ratio

AS_HTMX_SENDS_IT = "application/x-www-form-urlencoded"
FOLLOWED, DUE, LINES = 300, 25, 60


def measure() -> list[Ratio]:
    with override_settings(ROOT_URLCONF="tests.bench.pages", DEBUG=False, ALLOWED_HOSTS=["testserver"]):
        return _measure()


def _measure() -> list[Ratio]:
    user, files = _portfolio()
    file, client, said = files[0], signed_in(user), count()
    note = reverse("beneficiaries:note", args=[file.programme.number, file.pk])

    def call() -> None:
        typed = {"kind": "call", "result": "no_answer", "words": f"Appel {next(said)}", "happened_on": _today()}
        response = client.post(note, urlencode(typed), content_type=AS_HTMX_SENDS_IT, HTTP_HX_REQUEST="true")
        assert response.status_code == 200, response.status_code

    return [
        against_floor(client, f"accueil, {FOLLOWED} jeunes suivis", partial(get, client, "/"), 6),
        against_floor(
            client, f"dossier, {LINES} lignes, parmi {FOLLOWED}", partial(get, client, file.get_absolute_url()), 6
        ),
        against_floor(client, "appel noté dans le dossier", call, 4),
    ]


def _today() -> str:
    return timezone.localdate().isoformat()


def _portfolio() -> tuple[User, list[Enrolment]]:
    """Written once: they are found again by the next run."""
    programme = Programme.objects.get(number="BANC-3")
    territory = Territory.objects.get(name="Banc 3")  # of which the rows make about one in forty
    programme.territories.add(territory)
    user, _ = User.objects.get_or_create(email="chargee@partaj.example", defaults={"first_name": "Chargée"})
    Role.objects.get_or_create(
        user=user, kind="caseworker", programme=programme, territory=territory, starts_on=dt.date(2020, 1, 1)
    )
    under_way = Enrolment.objects.filter(programme=programme, territory=territory).under_way()
    numbers = list(under_way.order_by("pk").values_list("pk", flat=True)[:FOLLOWED])
    Enrolment.objects.filter(pk__in=numbers).update(referent=user)
    files = list(Enrolment.objects.filter(pk__in=numbers).select_related("programme").order_by("pk"))
    if not NextAction.objects.filter(assignee=user).exists():
        _fill(user, files)
    return user, files


def _fill(user: User, files: list[Enrolment]) -> None:
    today = timezone.localdate()
    NextAction.objects.bulk_create(
        NextAction(enrolment=file, what="Rappeler", due_on=today - dt.timedelta(days=rank % 3), assignee=user)
        for rank, file in enumerate(files[:DUE])
    )
    lines = LogEntry.objects.bulk_create(
        LogEntry(
            enrolment=files[0], kind="contact", sentence=f"Appel {rank}.", author=user,
            happened_on=today - dt.timedelta(days=rank),
        )
        for rank in range(LINES)
    )  # fmt: skip
    Contact.objects.bulk_create(
        Contact(enrolment=files[0], channel="call", happened_on=line.happened_on, line=line, author=user)
        for line in lines
    )
    Obstacle.objects.create(enrolment=files[0], kind="mobility", opened_on=files[0].contacted_on)
    Contract.objects.create(
        enrolment=files[0], contract_type="cdd", employer="Garage Roux", starts_on=files[0].contacted_on
    )
