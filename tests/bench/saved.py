"""A list of youths that somebody keeps, opened over everybody; and the files that it gives."""

import datetime as dt
import itertools
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection
from django.http import QueryDict
from django.utils import timezone

from beneficiaries.columns import FULL, annotated, columns_of, read
from beneficiaries.exports import Colophon, headings_of, rows_of, xlsx_file
from beneficiaries.filters import YouthFilter, order_of
from beneficiaries.models import Contact, Enrolment, LogEntry, Obstacle, StepEntry
from partaj.accounts.models import Role, User
from partaj.lists import keyset_page
from partaj.programmes.models import FunnelStep, Programme
from partaj.spreadsheets import csv_lines
from partaj.territories.models import Territory
from tests.bench.rows import write
from tests.bench.timing import Ratio, against

FILES = 100_000
MOST = 50  # milliseconds
FIRST = 100_000_000  # the numbers of what is written here, far from those that the database gives
COLUMNS = "col=age&col=telephone&col=etape&col=dernier&col=action&col=freins&col=contrat"


def opened() -> Iterator[tuple[str, float, int]]:
    """(which list, milliseconds of the database to show its first page with its count, goal): PostgreSQL alone."""
    programme = Programme.objects.get(number="BANC-5")
    reader = _manager_of(programme)
    steps = _what_hangs_on(programme)
    place = Territory.objects.filter(pk__in=Enrolment.objects.filter(programme=programme).values("territory")[:1]).get()
    place.programmes.add(programme)
    for label, query in [
        ("territoire, sans référent, sans nouvelles", f"f-territory={place.pk}&f-referent=nobody&f-silence=silent"),
        ("présents, une étape, un frein", f"f-presence=present&f-step={steps[1].pk}&f-obstacle=housing"),
        ("étape et frein jamais ensemble", f"f-presence=present&f-step={steps[1].pk}&f-obstacle=money"),
        ("une étape et un frein que personne n’a", f"f-presence=present&f-step={steps[2].pk}&f-obstacle=papers"),
        ("présents, sans nouvelles, par contact", "f-presence=present&f-silence=silent&f-sex=F&tri=contact"),
    ]:
        asked = QueryDict(f"{query}&{COLUMNS}")
        times = sorted(_time_of_database(lambda asked=asked: _page(asked, reader, programme)) for _ in range(6))
        yield f"liste enregistrée : {label}", times[2] * 1000, MOST


def _page(asked: QueryDict, reader: User, programme: Programme) -> None:
    found = YouthFilter(asked, user=reader, programme=programme).few_or_many()
    assert found is not None
    keyset_page(read(found[0], columns_of(asked)), order_of(asked), asked)


def _time_of_database(job: Callable[[], Any]) -> float:
    spent = 0.0

    def timed(execute: Any, *given: Any) -> Any:
        nonlocal spent
        start = time.perf_counter()
        try:
            return execute(*given)
        finally:
            spent += time.perf_counter() - start

    with connection.execute_wrapper(timed):
        job()
    return spent


def _manager_of(programme: Programme) -> User:
    user, _ = User.objects.get_or_create(email="banc@partaj.example", defaults={"first_name": "Banc"})
    Role.objects.get_or_create(user=user, kind="manager", programme=programme, starts_on=dt.date(2020, 1, 1))
    return user


def _what_hangs_on(programme: Programme) -> list[FunnelStep]:
    """Two contacts each; every other youth has a second step and an obstacle, a quarter of the others lack money. The
    third step, and papers, are nobody's."""
    steps = []
    for position, code in enumerate(("accueil", "bilan", "contrat")):
        said = {"label": code, "position": position}
        steps.append(FunnelStep.objects.get_or_create(programme=programme, code=code, defaults=said)[0])
    files = list(Enrolment.objects.filter(programme=programme).order_by("pk").values_list("pk", flat=True))
    if Contact.objects.filter(enrolment__in=files[:1]).exists():
        return steps
    today, day, numbers = timezone.localdate(), dt.date(2024, 6, 1), itertools.count(FIRST)
    contacts = [
        {"id": next(numbers), "enrolment_id": file, "line_id": FIRST + 2 * rank + turn, "channel": "call",
         "happened_on": today - dt.timedelta(days=(rank * 7 + turn * 30) % 300), "result": "no_answer",
         "author_id": None, "minutes": None}
        for rank, file in enumerate(files) for turn in range(2)
    ]  # fmt: skip
    lines = [
        {"id": each["line_id"], "enrolment_id": each["enrolment_id"], "kind": "contact", "sentence": "Appel.",
         "happened_on": each["happened_on"], "written_at": "2024-01-01 00:00:00+00:00"}
        for each in contacts
    ]  # fmt: skip
    entries = [
        {"id": FIRST + 2 * rank + turn, "enrolment_id": file, "step_id": steps[turn].pk, "entered_on": day}
        for rank, file in enumerate(files) for turn in range(1 + rank % 2)
    ]  # fmt: skip
    kinds = [kind for kind in Obstacle.Kind.values if kind not in {"papers", "other", "money"}]
    obstacles = [
        {"id": FIRST + rank, "enrolment_id": file, "kind": kinds[rank % len(kinds)] if rank % 2 else "money",
         "opened_on": day}
        for rank, file in enumerate(files) if rank % 2 or rank % 8 == 0
    ]  # fmt: skip
    with connection.cursor() as cursor:
        for model, rows in [(LogEntry, lines), (Contact, contacts), (StepEntry, entries), (Obstacle, obstacles)]:
            write(cursor, model, iter(rows))
            cursor.execute(f"VACUUM ANALYZE {model._meta.db_table}")
    return steps


# -- The files ------------------------------------------------------------------------------------------
ABOUT = Colophon("Banc", "tout le programme", "aucun", "Banc", dt.datetime(2026, 1, 1))


def files() -> Iterator[Ratio]:
    """Of the first FILES youths by name, every column: CSV against what PostgreSQL alone writes, XLSX against CSV."""
    youths = Enrolment.objects.order_by("sort_name", "pk")[:FILES]
    csv, copy, ratio = against(lambda: _csv(youths), lambda: _copy(youths), runs=3)
    yield Ratio("CSV de 100 000 jeunes", "COPY des mêmes lignes", ratio, 3.5, detail=f"{csv:.1f} / {copy:.1f} s")
    xlsx, csv, ratio = against(lambda: _xlsx(youths), lambda: _csv(youths), runs=1)
    yield Ratio("XLSX de 100 000 jeunes", "CSV des mêmes lignes", ratio, 2.5, detail=f"{xlsx:.1f} / {csv:.1f} s")


def _csv(youths: Any) -> None:
    with tempfile.TemporaryFile("w", encoding="utf-8", newline="") as target:
        target.writelines(csv_lines(headings_of(FULL), rows_of(youths, FULL), ABOUT.lines()))


def _xlsx(youths: Any) -> None:
    xlsx_file(headings_of(FULL), rows_of(youths, FULL), ABOUT).close()


def _copy(youths: Any) -> None:
    rows = annotated(youths, FULL).values_list(*[cell.path for column in FULL for cell in column.cells])
    with connection.cursor() as cursor, tempfile.TemporaryFile() as target:
        query = cursor.mogrify(*rows.query.sql_with_params())
        cursor.copy_expert(f"COPY ({query.decode()}) TO STDOUT WITH CSV", target)
