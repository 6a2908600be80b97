"""A list of 20 000 lines confirmed among 50 000 people known, against the least that each database can be asked for,
and against django-import-export as it comes.

The floor writes the same people and the same paths, and nothing else: two tables of the six. All sides commit; what was
written is taken back between two runs, outside the time.
"""

import datetime as dt
import io
import random
from collections.abc import Callable, Iterator
from typing import Any

import tablib
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Max
from import_export import resources

from beneficiaries.batches.bulk import chunks
from beneficiaries.batches.confirming import confirm
from beneficiaries.batches.receiving import forget_list, receive_list
from beneficiaries.batches.undoing import undo
from beneficiaries.models import Beneficiary, Enrolment, ImportBatch, ImportLine, LogEntry
from partaj.programmes.models import Programme
from partaj.territories.models import Territory
from tests.bench.rows import SYLLABLES, fill
from tests.bench.timing import Ratio, against

LINES, KNOWN = 20_000, 50_000
OF_THE_DEFAULT = 2_000  # lines, counted ten times: it asks as many statements of the last one as of the first
TITLES = ["COD_ETU", "Nom", "Prénom", "Date de naissance", "Téléphone", "Courriel", "Adresse", "Code postal", "Commune"]
DAY = dt.date(2026, 2, 1)
WRITTEN = (Beneficiary, Enrolment, LogEntry, ImportLine)  # with the histories of the first two
Row = tuple[Any, ...]


def measure() -> Iterator[Ratio]:
    _prepare()
    ours = _Confirmed(received())
    yield measure_floor(ours)
    yield measure_default(ours, people(OF_THE_DEFAULT))
    forget_list(batch=ours.batch)


def measure_floor(ours: "_Confirmed") -> Ratio:
    goal, what = (4, "COPY, INSERT … ON CONFLICT") if connection.vendor == "postgresql" else (12, "executemany")
    floor = _Floor(*ours.rows())
    after = _all_of(ours.take_back, floor.take_back, _tidy)
    mine, least, ratio = against(ours.write, floor.write, after=after)
    return Ratio("liste de 20 000 lignes confirmée", what, ratio, goal, detail=f"{mine:.2f} / {least:.2f} s")


def measure_default(ours: "_Confirmed", rows: list[Row]) -> Ratio:
    """In turn with ours; of `rows` the time is multiplied, for each of them asks the same statements."""
    peer, times = _Default(rows), LINES / len(rows)
    after = _all_of(ours.take_back, peer.take_back, _tidy)
    mine, theirs, ratio = against(ours.write, peer.write, runs=3, after=after)
    return Ratio("la même", "import-export par défaut", times / ratio, 25, faster=True,
                 detail=f"{mine:.1f} / {theirs * times:.0f} s, d’après {len(rows)} lignes")  # fmt: skip


def _all_of(*jobs: Callable[[], None]) -> Callable[[], list[None]]:
    return lambda: [job() for job in jobs]


def _tidy() -> None:
    """What was taken back leaves no room in the tables that the next run would have to walk through."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for model in (*WRITTEN, *(each.history.model for each in (Beneficiary, Enrolment))):
                cursor.execute(f"VACUUM (FULL, ANALYZE) {model._meta.db_table}")
        else:
            cursor.execute("ANALYZE")


# -- The list ----------------------------------------------------------------------------------------
def people(count: int) -> list[Row]:
    """Invented, and unlike those of the base: `count` of them, in the order of TITLES."""
    chance = random.Random(7)

    def name(syllables: int) -> str:
        return "".join(chance.choices(SYLLABLES, k=syllables)).title()

    def one(rank: int) -> Row:
        last, first = name(chance.randint(3, 5)), name(3)
        born = dt.date(2003, 1, 1) + dt.timedelta(days=chance.randrange(2000))
        return (f"{22_500_000 + rank}", last, first, f"{born:%d/%m/%Y}", f"06{rank:08d}",
                f"{last.lower()}.{rank}@example.org", f"{rank} rue du Banc", "34000", "Montpellier")  # fmt: skip

    return [one(rank) for rank in range(count)]


def received() -> ImportBatch:
    content = "\n".join(";".join(line) for line in [TITLES, *people(LINES)]).encode()
    batch = receive_list(
        programme=Programme.objects.get(number="BANC-3"), territory=Territory.objects.first(), organisation=None,
        filename="banc.csv", content=content, reference_date=DAY, contacted_on=DAY, by=None, at_once=True,
    )  # fmt: skip
    assert batch.lines.to_import().count() == LINES
    return batch


def _prepare() -> None:
    """KNOWN people, and no list of before; the rows of the bench came with numbers of their own."""
    for batch in ImportBatch.objects.all():
        _Confirmed(batch).take_back()
        forget_list(batch=batch)
    fill(KNOWN)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Beneficiary, Enrolment]):
            cursor.execute(statement)


# -- Ours --------------------------------------------------------------------------------------------
class _Confirmed:
    def __init__(self, batch: ImportBatch) -> None:
        self.batch = batch

    def write(self) -> None:
        self.batch = confirm(batch=self.batch, version=self.batch.version, by=None, at_once=True)

    def take_back(self) -> None:
        self.batch.refresh_from_db()
        if self.batch.state == ImportBatch.State.CONFIRMED:
            undo(batch=self.batch, version=self.batch.version, by=None)
            self.batch.refresh_from_db()

    def rows(self) -> tuple[list[Row], list[Row]]:
        """The people and the paths that it writes."""
        self.write()
        paths = Enrolment.objects.filter(import_lines__batch=self.batch)
        people = Beneficiary.objects.filter(enrolments__in=paths)
        found = [_columns_of(rows) for rows in (people, paths)]
        self.take_back()
        return found[0], found[1]


def _columns_of(rows: Any) -> list[Row]:
    return list(rows.order_by("pk").values_list(*(field.attname for field in rows.model._meta.concrete_fields)))


# -- The floor ---------------------------------------------------------------------------------------
class _Floor:
    def __init__(self, people: list[Row], paths: list[Row]) -> None:
        self.rows = {Beneficiary: people, Enrolment: paths}

    def write(self) -> None:
        insert: Callable[..., None] = _copied if connection.vendor == "postgresql" else _executed
        with transaction.atomic(), connection.cursor() as cursor:
            for model, rows in self.rows.items():
                columns = [field.column for field in model._meta.concrete_fields]
                insert(cursor, model._meta.db_table, columns, rows)

    def take_back(self) -> None:
        with transaction.atomic():
            for model in reversed(self.rows):
                for numbers in chunks([row[0] for row in self.rows[model]]):
                    mine = model.objects.filter(pk__in=numbers)
                    mine._raw_delete(mine.db)


def _copied(cursor: Any, table: str, columns: list[str], rows: list[Row]) -> None:
    cursor.execute(f"CREATE TEMPORARY TABLE floor (LIKE {table}) ON COMMIT DROP")
    text = "\n".join("\t".join("\\N" if value is None else str(value) for value in row) for row in rows)
    cursor.copy_expert(f"COPY floor ({', '.join(columns)}) FROM STDIN", io.StringIO(text))
    cursor.execute(f"INSERT INTO {table} SELECT * FROM floor ON CONFLICT (id) DO NOTHING")
    cursor.execute("DROP TABLE floor")


def _executed(cursor: Any, table: str, columns: list[str], rows: list[Row]) -> None:
    marks = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}) ON CONFLICT (id) DO NOTHING"
    plain = (tuple(str(value) if isinstance(value, dt.date) else value for value in row) for row in rows)
    cursor.connection.executemany(statement, plain)


# -- The peer ----------------------------------------------------------------------------------------
def default_resource() -> type[resources.ModelResource]:
    """What the library's own guide leads to: one resource over the person, recognised by their e-mail, which has an
    index (by name and date of birth it takes twice as long), and the path opened once the person is saved. Its rows are
    looked for, compared and saved one by one, with their history."""
    programme, territory = Programme.objects.get(number="BANC-3"), Territory.objects.first()

    class PersonResource(resources.ModelResource):
        class Meta:
            model = Beneficiary
            fields = ("last_name", "first_name", "birth_date", "phone", "email", "address", "postcode", "city")
            import_id_fields = ("email",)

        def after_save_instance(self, instance: Beneficiary, row: Any, **kwargs: Any) -> None:
            Enrolment.objects.get_or_create(
                beneficiary=instance, programme=programme, defaults={"territory": territory, "contacted_on": DAY}
            )

    return PersonResource


class _Default:
    """The peer at work on `rows`, which it holds as a Dataset already."""

    def __init__(self, rows: list[Row]) -> None:
        self.resource = default_resource()
        self.dataset = tablib.Dataset(headers=self.resource().get_export_headers())
        for _, last, first, born, *rest in rows:
            day = dt.datetime.strptime(born, "%d/%m/%Y").date().isoformat()
            self.dataset.append([last, first, day, *rest])
        self.known = Beneficiary.objects.aggregate(most=Max("pk"))["most"]

    def write(self) -> None:
        self.resource().import_data(self.dataset, dry_run=False, raise_errors=True)

    def take_back(self) -> None:
        new = {"beneficiary__gt": self.known}
        written = [
            Enrolment.history.filter(**new), Enrolment.objects.filter(**new),
            Beneficiary.history.filter(id__gt=self.known), Beneficiary.objects.filter(pk__gt=self.known),
        ]  # fmt: skip
        with transaction.atomic():
            for each in written:
                each._raw_delete(each.db)
