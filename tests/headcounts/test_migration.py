"""Headcounts that were counted before the rule that forbids one of nobody."""

import datetime as dt

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from funding.models import Headcount, HeadcountPart
from funding.pages import withdrawn_from


def migrate(*targets):
    executor = MigrationExecutor(connection)
    executor.migrate(list(targets))
    return executor.loader.project_state(list(targets)).apps


@pytest.mark.django_db(transaction=True)
def test_a_base_that_holds_a_headcount_of_nobody_is_brought_up_to_date(world):
    project, latest = world.project, MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        apps = migrate(("funding", "0002_project_folded_title"))
        headcounts, parts = apps.get_model("funding", "Headcount"), apps.get_model("funding", "HeadcountPart")
        day = dt.date(2025, 6, 1)
        nobody, some = (headcounts.objects.create(project_id=project.pk, counted_on=day, note=n) for n in ("a", "b"))
        parts.objects.create(headcount=nobody, section="sex", code="F", count=0)
        for section, code, count in [("sex", "F", 4), ("sex", "M", 3), ("age", "16-18", 6), ("quality", "parent", 2)]:
            parts.objects.create(headcount=some, section=section, code=code, count=count)
    finally:
        migrate(*latest)
    assert [(each.youths, each.adults) for each in Headcount.objects.order_by("pk")] == [(10, 2), (7, 2)]
    assert Headcount.objects.get(pk=some.pk).history.get().history_change_reason == "Totaux repris des répartitions."
    assert [(each.note, each.history_change_reason) for each in withdrawn_from(project)] == [
        ("a", "Il ne comptait personne.")
    ]
    assert not HeadcountPart.objects.filter(headcount=nobody.pk).exists()
