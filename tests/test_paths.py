"""What is stored of a path stays true whoever writes beside it, and a closed programme keeps what it has counted."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from beneficiaries import services
from beneficiaries.changes import changes_of
from beneficiaries.models import Beneficiary, Enrolment
from beneficiaries.profile import pack
from funding.models import Headcount, Project
from funding.services import report_headcount
from reports.assembly import build_annexe_1
from reports.perimeter import whole_programme
from tests.world import make_youth

MARCH = dt.date(2025, 3, 3)


def revise(enrolment, **identity):
    person = Beneficiary.objects.get(pk=enrolment.beneficiary_id)
    for name, value in identity.items():
        setattr(person, name, value)
    return services.revise(beneficiary=person, enrolment=enrolment, versions=(person.version, enrolment.version))


def test_a_session_held_while_a_file_is_being_saved_is_not_forgotten(world):
    read = Enrolment.objects.get(pk=world.lea.pk)
    services.note_session(enrolments=[world.lea], held_on=MARCH, sentence="Étudiée.")
    revise(read, phone="0612345678")
    stored = Enrolment.objects.get(pk=world.lea.pk)
    assert (stored.first_reviewed_on, stored.profile) == (MARCH, pack(stored))


def test_the_earliest_session_counts_whatever_was_read_before(world):
    read = Enrolment.objects.get(pk=world.lea.pk)
    services.note_session(enrolments=[world.lea], held_on=MARCH, sentence="Étudiée.")
    services.note_session(enrolments=[read], held_on=dt.date(2025, 5, 5), sentence="Étudiée.")
    assert Enrolment.objects.get(pk=world.lea.pk).first_reviewed_on == MARCH


def test_a_session_is_not_told_as_the_change_of_who_saves_next(world):
    services.note_session(enrolments=[world.lea], held_on=MARCH, sentence="Étudiée.")
    enrolment = Enrolment.objects.get(pk=world.lea.pk)
    enrolment.situation = "student"
    enrolment.save()
    latest = changes_of(enrolment)[0]
    assert [each.label for each in latest.details] == ["situation à l’entrée"]


def test_a_correction_elsewhere_leaves_the_tables_of_a_closed_programme_as_they_were(world):
    elsewhere = make_youth(world.other_programme, world.valenciennes, beneficiary=world.lea.beneficiary)
    world.programme.closed_on = dt.date(2025, 12, 31)
    world.programme.save()
    before = build_annexe_1(whole_programme(world.programme)).tables
    revise(elsewhere, birth_date=dt.date(1995, 1, 1), sex="M", last_name="Morel")
    assert build_annexe_1(whole_programme(world.programme)).tables == before
    assert Enrolment.objects.get(pk=elsewhere.pk).age_band == "26+"
    assert Enrolment.objects.get(pk=world.lea.pk).sort_name == "morel lea"  # still found by the name of today


def test_the_first_state_of_somebody_who_comes_back_can_be_told(world):
    known = world.lea.beneficiary
    known.history.all().delete()  # as written in bulk
    world.lea.exited_on = dt.date(2025, 6, 1)
    world.lea.save()
    services.take_in(
        typed=Beneficiary(last_name="Moreau", first_name="Léa", city="Arras"), known=known,
        enrolment=Enrolment(programme=world.programme, territory=world.bethune, contacted_on=dt.date(2025, 9, 1)),
        step=None, step_on=None, by=world.manager,
    )  # fmt: skip
    assert [each.city for each in known.history.order_by("history_id")] == ["", "Arras"]


def test_nobody_leaves_before_entering(world):
    with pytest.raises(ValidationError, match="Le départ précède l’entrée"):
        services.record_loss(
            enrolment=world.lea, reason=world.reasons["abandon"], lost_on=dt.date(2025, 1, 20), step=None, by=None
        )


def test_only_projects_that_are_retained_report_people(world):
    Project.objects.filter(pk=world.foreign_project.pk).update(status=Project.Status.REFUSED)
    refused = Project.objects.get(pk=world.foreign_project.pk)
    with pytest.raises(ValidationError, match="n’est pas retenu"):
        report_headcount(headcount=Headcount(project=refused, counted_on=MARCH, youths=4), parts={}, by=world.manager)
    assert not refused.headcounts.exists()
