"""The list and the file of a youth against a page of a signed-in person that answers « ok »; search; far pages."""

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, QueryDict
from django.test import Client, override_settings
from django.urls import include, path

from beneficiaries.models import Enrolment, LogEntry
from partaj.accounts.models import Role, User
from partaj.lists import Order, encode_place, keyset_page, search_names
from partaj.programmes.models import Programme
from tests.bench import journal
from tests.bench.timing import Ratio, against

BY_NAME = Order("nom", "sort_name")
FAR = 950_000  # rows before page 19 000


def ok(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [path("ok/", ok), path("", include("partaj.urls"))]


def measure() -> list[Ratio]:
    with override_settings(ROOT_URLCONF=__name__, DEBUG=False, ALLOWED_HOSTS=["testserver"]):
        # SQLite has no trigram index: a « contains » walks the table, as icontains does.
        search = _search() if connection.vendor == "postgresql" else []
        return [*_pages(), *search, _far_page()]


FLOOR = "page « ok » d’une personne connectée"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def get(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)


def against_floor(client: Client, job: str, do: Callable[[], None], goal: float) -> Ratio:
    mine, ok_page, ratio = against(do, lambda: get(client, "/ok/"), runs=15)
    return Ratio(job, FLOOR, ratio, goal, detail=f"{mine * 1e3:.1f} / {ok_page * 1e3:.1f} ms")


def _pages() -> list[Ratio]:
    programme = Programme.objects.get(number="BANC-3")
    client, enrolment = signed_in(_manager_of(programme)), _file_with_60_lines(programme)
    ratios = []
    for job, address in [
        ("liste de 50 jeunes avec ses filtres", f"/p/{programme.number}/jeunes/"),
        ("dossier avec 60 lignes au fil", enrolment.get_absolute_url()),
    ]:
        do = partial(get, client, address)
        ratios += [against_floor(client, job, do, 6), journal.cost(job.split()[0], do)]
    return ratios


def _manager_of(programme: Programme) -> User:
    user, _ = User.objects.get_or_create(email="banc@partaj.example", defaults={"first_name": "Banc"})
    Role.objects.get_or_create(user=user, kind="manager", programme=programme, starts_on=dt.date(2020, 1, 1))
    return user


def _file_with_60_lines(programme: Programme) -> Enrolment:
    enrolment = Enrolment.objects.filter(programme=programme).order_by("pk")[0]
    missing = 60 - enrolment.log.count()
    LogEntry.objects.bulk_create(
        LogEntry(enrolment=enrolment, kind="note", sentence=f"Appel {n}, pas de réponse.") for n in range(missing)
    )
    return enrolment


def _search() -> list[Ratio]:
    """Twenty names that few bear, as people type them, among everybody: one alone would measure its own letters."""
    words = (each.split()[0] for each in Enrolment.objects.order_by("pk").values_list("sort_name", flat=True)[:5000])
    names = [word for word in words if 6 <= len(word) <= 9][:20]
    everybody = Enrolment.objects.order_by("sort_name", "pk")

    def first(queryset: Any) -> list[Any]:
        return list(queryset.values_list("pk", "sort_name")[:51])

    def ours() -> list[Any]:
        return [first(search_names(everybody, name)) for name in names]

    def plain() -> list[Any]:
        return [first(everybody.filter(sort_name__icontains=name)) for name in names]

    assert ours() == plain()
    mine, theirs, ratio = against(ours, plain)
    detail = f"{mine / len(names) * 1e3:.1f} / {theirs / len(names) * 1e3:.0f} ms"
    return [Ratio("recherche « contient »", "icontains", 1 / ratio, 40, faster=True, detail=detail)]


def _far_page() -> Ratio:
    everybody = Enrolment.objects.values("pk", "sort_name")
    row = everybody.order_by("sort_name", "pk")[FAR]
    here, nowhere = QueryDict(f"apres={encode_place([row['sort_name'], row['pk']])}"), QueryDict("")
    mine, first, ratio = against(
        lambda: keyset_page(everybody, BY_NAME, here), lambda: keyset_page(everybody, BY_NAME, nowhere), runs=25
    )
    return Ratio("page 19 000 d’une liste", "page 1", ratio, 1.6, detail=f"{mine * 1e3:.2f} / {first * 1e3:.2f} ms")
