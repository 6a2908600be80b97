"""`make bench`: the ratios of docs/performance.md, on both databases, each against a floor taken in the same run.

make bench                 a million enrolments on SQLite, then on PostgreSQL (BENCH_DATABASE_URL)
make bench SIZE=100000     fewer
"""

import os
import subprocess
import sys
from collections.abc import Iterable

from tests.bench.timing import Ratio

POSTGRESQL = os.environ.get("BENCH_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/partaj_bench")
DATABASES = {  # of everything, then of lists: few people are known where one comes in
    "SQLite": ("sqlite:///var/bench.sqlite3", "sqlite:///var/bench-lists.sqlite3"),
    "PostgreSQL": (POSTGRESQL, f"{POSTGRESQL}_lists"),
}


def one_database(label: str, size: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from tests.bench import annexe, day, journal, lists, pages, pdf, rows, saved

    call_command("migrate", verbosity=0)
    rows.fill(size)
    print(f"\n{label}, {size:,} enrolments".replace(",", " "))
    print(f"{'job':<44} {'floor or peer':<38} {'measured':>9} {'goal':>8}   median times")
    tell([*annexe.measure(), *pages.measure(), *day.measure(), *journal.verifying(size)])
    if label == "PostgreSQL":  # rendering and judging touch no database: once is enough
        for job, measured, goal in pdf.measure():
            print(f"{job:<83} {measured:>7.2f} × ≤ {goal:>4} ×")
        for job, milliseconds, goal in saved.opened():
            print(f"{job:<83} {milliseconds:>6.1f} ms ≤ {goal:>4} ms")
        tell(saved.files())
        tell(lists.measure())
        job, megabytes, goal = lists.memory()
        print(f"{job:<83} {megabytes:>6.1f} Mo ≤ {goal:>4} Mo")


def its_lists(label: str) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from tests.bench import imports

    call_command("migrate", verbosity=0)
    print(f"\n{label}, lists received")
    tell(imports.measure())


def tell(ratios: Iterable[Ratio]) -> None:
    for ratio in ratios:
        sign = "≥" if ratio.faster else "≤"
        said = f"{ratio.measured:>7.2f} × {sign} {ratio.goal:>4} ×  {ratio.detail}{'' if ratio.met else '  not met'}"
        print(f"{ratio.job:<44} {ratio.floor:<38} {said}", flush=True)


def make_database(url: str) -> None:
    """PostgreSQL: the database of the bench, where it is not there yet."""
    import psycopg2
    from psycopg2 import errors, sql

    server, name = url.rsplit("/", 1)
    connection = psycopg2.connect(f"{server}/postgres")
    connection.autocommit = True
    try:
        connection.cursor().execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except errors.DuplicateDatabase:
        pass
    finally:
        connection.close()


def main() -> None:
    size = int(os.environ.get("SIZE", 1_000_000))
    if len(sys.argv) > 1:
        return its_lists(sys.argv[1]) if "lists" in sys.argv[2:] else one_database(sys.argv[1], size)
    for label, urls in DATABASES.items():
        for url, what in zip(urls, ([], ["lists"]), strict=True):
            if label == "PostgreSQL":
                make_database(url)
            environment = os.environ | {"DATABASE_URL": url, "STATEMENT_TIMEOUT_MS": "0", "DEBUG": "0"}
            environment |= {"DJANGO_SETTINGS_MODULE": "partaj.settings"}
            subprocess.run([sys.executable, "-m", "tests.bench", label, *what], env=environment, check=True)  # noqa: S603  (ourselves)
    return None


if __name__ == "__main__":
    main()
