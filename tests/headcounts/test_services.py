"""What the services refuse, whatever page asks."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from funding import services
from funding.models import Headcount, HeadcountPart
from funding.pages import story_of
from partaj.formats import NBSP
from partaj.programmes.services import ClosedProgramme
from partaj.versions import StaleVersion
from tests.headcounts.typed import stored

READERS = ("caseworker", "manager", "stranger")


def test_the_service_refuses_it_too_and_writes_nothing(world):
    before = HeadcountPart.objects.count()
    with pytest.raises(ValidationError) as refused:
        services.report_headcount(
            headcount=Headcount(project=world.project, youths=3, counted_on=dt.date(2025, 6, 1)),
            parts={("sex", "F"): 4}, by=world.caseworker,
        )  # fmt: skip
    assert refused.value.messages == [
        f"Sexe : la répartition compte 4{NBSP}jeunes pour 3, soit 1 de trop. Corrigez une de ses lignes, ou le total."
    ]
    for parts in [{("sex", "X"): 1}, {("levels", "V"): 1}, {("sex", "F"): -1}, {("sex", "F"): 100_001}]:
        with pytest.raises(ValidationError):
            services.report_headcount(
                headcount=Headcount(project=world.project, youths=100_000, counted_on=dt.date(2025, 6, 1)),
                parts=parts, by=world.caseworker,
            )  # fmt: skip
    assert HeadcountPart.objects.count() == before


def test_a_stale_service_call_changes_nothing(world):
    world.headcount.youths = 50
    with pytest.raises(StaleVersion):
        services.revise_headcount(headcount=world.headcount, parts={}, version=7, by=world.manager)
    assert Headcount.objects.get(pk=world.headcount.pk).youths == 10
    assert len(stored(world.headcount)) == 5


def test_the_services_refuse_a_closed_programme(world):
    world.programme.closed_on = dt.date(2026, 1, 1)
    world.programme.save()
    headcount = Headcount.objects.select_related("project__programme").get(pk=world.headcount.pk)
    for refused in [
        lambda: services.report_headcount(headcount=Headcount(project=headcount.project, youths=1), parts={}, by=None),
        lambda: services.revise_headcount(headcount=headcount, parts={}, version=1, by=None),
        lambda: services.withdraw_headcount(headcount=headcount, version=1, reason="non", by=None),
        lambda: services.receive_project(project=headcount.project, by=None),
        lambda: services.revise_project(project=headcount.project, version=1, by=None),
    ]:
        with pytest.raises(ClosedProgramme):
            refused()


def test_the_story_of_a_headcount_leaves_out_the_projects_of_elsewhere(world):
    """Typed under a project of Valenciennes, then put right: Béthune is not told what was said there."""
    headcount = world.headcount
    headcount.project = world.foreign_project
    headcount.save()
    headcount.project = world.project
    headcount.save()
    told = {reader: {row.project_id for row in story_of(headcount, getattr(world, reader))} for reader in READERS}
    assert told == {
        "caseworker": {world.project.pk}, "manager": {world.project.pk, world.foreign_project.pk}, "stranger": set(),
    }  # fmt: skip
