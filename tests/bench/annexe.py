"""Annexe 1 over a million enrolments, against count(*) of the same rows."""

from django.db import connection

from beneficiaries.models import Enrolment
from partaj.programmes.models import Programme
from reports.annexe1 import Annexe1
from reports.counting import count
from reports.perimeter import whole_programme
from reports.spans import whole_duration
from reports.statement import named_sums
from tests.bench.timing import Ratio, against


def measure() -> list[Ratio]:
    programme = Programme.objects.get(number="BANC-3")
    annexe = Annexe1(programme)
    everybody = [whole_duration(programme, [])]

    def counted(sql: str, params: list[int]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            cursor.fetchone()

    table = Enrolment._meta.db_table
    everybody_entered = f"SELECT count(*) FROM {table} WHERE entered_on IS NOT NULL"
    mine, floor, ratio = against(
        lambda: named_sums(Enrolment.objects.all(), everybody, annexe.fields),
        lambda: counted(f"SELECT count(*) FROM {table}", []),
    )
    mine1, floor1, ratio1 = against(
        lambda: count(whole_programme(programme), list(annexe.spans.values()), annexe.fields),
        lambda: counted(f"{everybody_entered} AND programme_id = %s", [programme.pk]),
    )
    return [
        Ratio("annexe 1, tous les programmes", "count(*)", ratio, 5, detail=f"{mine * 1e3:.0f} / {floor * 1e3:.0f} ms"),
        Ratio("annexe 1, un programme sur 12", "count(*) des mêmes lignes", ratio1, 3,
              detail=f"{mine1 * 1e3:.0f} / {floor1 * 1e3:.0f} ms"),
    ]  # fmt: skip
