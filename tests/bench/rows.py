"""A million invented enrolments over twelve programmes, written as fast as each database takes them."""

import datetime as dt
import io
import random
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from django.db import connection, transaction

from beneficiaries.ages import AgeBand
from beneficiaries.models import Beneficiary, Enrolment, SchoolLevel, Situation
from beneficiaries.profile import pack
from partaj.programmes.models import Programme
from partaj.territories.models import Territory

PROGRAMMES = 12
TERRITORIES = 40
ONSETS = [
    "b",
    "c",
    "d",
    "f",
    "g",
    "h",
    "j",
    "l",
    "m",
    "n",
    "p",
    "qu",
    "r",
    "s",
    "t",
    "v",
    "z",
    "ch",
    "br",
    "cr",
    "dr",
    "fl",
    "gl",
    "gr",
    "pl",
    "pr",
    "tr",
    "bl",
    "th",
    "gn",
    "ph",
    "vr",
]
VOWELS = ["a", "e", "i", "o", "u", "ai", "au", "ei", "eu", "oi", "ou", "y", "an", "en", "in", "on"]
SYLLABLES = [onset + vowel for onset in ONSETS for vowel in VOWELS]


def fill(size: int, seed: int = 1) -> None:
    """`size` enrolments, one person each, all of whom entered but one in ten; nothing when they are there."""
    if Enrolment.objects.order_by().exclude(profile=0).count() == size:
        return
    numbers = [f"BANC-{n}" for n in range(PROGRAMMES)]
    programmes = [Programme.objects.get_or_create(number=each, title=each)[0].pk for each in numbers]
    territories = [Territory.objects.get_or_create(name=f"Banc {n}")[0].pk for n in range(TERRITORIES)]
    with transaction.atomic(), connection.cursor() as cursor:
        for model in (Enrolment, Beneficiary):
            cursor.execute(f"DELETE FROM {model._meta.db_table}")
        people, paths = _rows(size, programmes, territories, random.Random(seed))
        write(cursor, Beneficiary, people)
        write(cursor, Enrolment, paths)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")  # index-only scans need the visibility map
        else:
            cursor.execute("ANALYZE")


def _rows(size: int, programmes: list[int], territories: list[int], chance: random.Random) -> tuple[Any, Any]:
    names = ["".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(size)]
    firsts = ["".join(chance.choices(SYLLABLES, k=2)) for _ in range(2000)]
    keys = [f"{name} {firsts[index % 2000]}" for index, name in enumerate(names)]

    def people() -> Iterator[dict[str, Any]]:
        for index in range(size):
            yield {"id": index + 1, "last_name": names[index].title(), "first_name": firsts[index % 2000].title(),
                   "birth_date": dt.date(2008, 1, 1), "sex": "F", "sort_name": keys[index]}  # fmt: skip

    def paths() -> Iterator[dict[str, Any]]:
        bands = [AgeBand.FROM_10, AgeBand.FROM_16, AgeBand.FROM_18, AgeBand.FROM_26]
        for index in range(size):
            entered = dt.date(2024, 1, 1) + dt.timedelta(days=chance.randrange(700)) if index % 10 else None
            row = {
                "id": index + 1, "beneficiary_id": index + 1, "programme_id": programmes[index % PROGRAMMES],
                "territory_id": territories[index % TERRITORIES], "public": "adult" if index % 20 == 0 else "youth",
                "adult_quality": "parent" if index % 20 == 0 else "", "contacted_on": dt.date(2024, 1, 1),
                "entered_on": entered, "entry_rank": 1 if entered else None, "sort_name": keys[index],
                "situation": chance.choice(Situation.values), "school_level": chance.choice(SchoolLevel.values),
                "followed_by_mission_locale": chance.choice([True, False, None]), "sex": chance.choice("FM"),
                "age_band": chance.choice(bands) if entered else "", "created_at": "2024-01-01 00:00:00+00:00",
                "first_reviewed_on": dt.date(2024, 6, 1) if entered and index % 3 == 0 else None,
                "has_disability": None, "in_priority_district": None,
            }  # fmt: skip
            yield row | {"profile": pack(SimpleNamespace(**row))}

    return people(), paths()


def write(cursor: Any, model: Any, rows: Iterator[dict[str, Any]]) -> None:
    columns = [field.column for field in model._meta.concrete_fields]
    blank = {field.column: _blank(field) for field in model._meta.concrete_fields}
    tuples = (tuple((blank | row)[column] for column in columns) for row in rows)
    table = model._meta.db_table
    if connection.vendor == "postgresql":
        cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", _Lines(tuples))
    else:
        marks = ", ".join(["?"] * len(columns))
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
        cursor.connection.executemany(
            statement, (tuple(str(v) if isinstance(v, dt.date) else v for v in each) for each in tuples)
        )


def _blank(field: Any) -> Any:
    if field.null:
        return None
    return field.get_default() if field.has_default() else ""


class _Lines(io.RawIOBase):
    """The lines of a COPY, made as they are read."""

    def __init__(self, rows: Iterator[tuple[Any, ...]]) -> None:
        self.lines = ("\t".join(r"\N" if v is None else str(v) for v in row).encode() + b"\n" for row in rows)
        self.left = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while len(self.left) < size:
            line = next(self.lines, b"")
            if not line:
                break
            self.left += line
        chunk, self.left = self.left[:size], self.left[size:]
        return chunk
