"""The merger taken back: every row as it was, and what came since where it is."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from beneficiaries import services
from beneficiaries.merging.parting import undo_merge
from beneficiaries.models import Enrolment, Merge, Outcome, StepEntry
from cellules.models import Review
from cellules.services import withdraw_review
from partaj.programmes.models import LossReason
from tests.world import make_youth
from tests.youths.merging.hands import (
    JANUARY,
    MARCH,
    comparison_of,
    everything_stored,
    proposed,
    same,
    step,
    unite,
    without_versions,
    words,
)
from tests.youths.paper import form_of, page


def test_undoing_restores_every_row_of_both(world, sign_in, rich):
    Enrolment.objects.filter(pk=rich.pk).update(referent=world.caseworker, found_by=world.holder)
    make_youth(
        world.programme, world.valenciennes, beneficiary=rich.beneficiary, contacted_on=dt.date(2024, 1, 5),
        entered_on=dt.date(2024, 2, 1), exited_on=dt.date(2024, 6, 1),
    )  # fmt: skip
    before = everything_stored()
    client = sign_in(world.manager)
    client.post(comparison_of(world.lea, rich), proposed(client, world.lea, rich))
    merge = Merge.objects.get()
    assert everything_stored() != before
    assert page("merge_undo", world.lea, merge.pk) in client.get(page("detail", world.lea)).content.decode()
    asked = words(client.get(page("merge_undo", world.lea, merge.pk)))
    # Of its lines: a first contact, two steps, two studies; the note that is Inès’s own goes back uncounted.
    for said in (
        "Léa Moreaux est de nouveau",
        "2 parcours",
        "5 lignes du fil",
        "2 situations étudiées",
        "2 passages d’étape",
        "1 accès",
    ):
        assert said in asked
    assert "le nom de naissance" in asked and "le téléphone" in asked
    done = client.post(page("merge_undo", world.lea, merge.pk), follow=True)
    assert f"le dossier n° {rich.pk} est de nouveau à part" in words(done)
    after = everything_stored()
    told = {pk for pk in after["beneficiaries.LogEntry"] if pk not in before["beneficiaries.LogEntry"]}
    assert {after["beneficiaries.LogEntry"].pop(pk)["sentence"].replace("\u00a0", " ") for pk in told} == {
        f"Dossier réuni avec le dossier n° {rich.pk}.", f"Réunion avec le dossier n° {rich.pk} défaite.",
        f"Réunion avec le dossier n° {world.lea.pk} défaite.",
    }  # fmt: skip
    assert without_versions(after) == without_versions(before)
    for label, pk in (("Beneficiary", rich.beneficiary_id), ("Enrolment", rich.pk)):
        assert after[f"beneficiaries.{label}"][pk] == before[f"beneficiaries.{label}"][pk]
    merge.refresh_from_db()
    assert (merge.undone_by, merge.undone_at is not None) == (world.manager, True)
    assert (merge.removed, merge.changed) == ([], [])
    assert "Défaire" not in client.get(page("detail", world.lea)).content.decode()


def test_what_came_since_stays_where_it_is(world, sign_in, rich):
    merge = unite(world, world.lea, rich)
    ines = sign_in(world.caseworker)
    ines.post(page("change", world.lea), form_of(ines, world.lea) | {"phone": "0799999999"})
    step(
        world, Enrolment.objects.get(pk=world.lea.pk), "contact", dt.date(2025, 1, 7)
    )  # before the first contact of this file, after the other's
    services.withdraw_step(
        entry=StepEntry.objects.get(enrolment=world.lea, step=world.steps["contrat"]), reason="erreur",
        by=world.caseworker,
    )  # fmt: skip
    client = sign_in(world.manager)
    asked = words(client.get(page("merge_undo", world.lea, merge.pk)))
    assert "car changé depuis : le téléphone" in asked and "ne revient pas" in asked
    done = words(client.post(page("merge_undo", world.lea, merge.pk), follow=True))
    assert "Gardé comme il est, car changé depuis la réunion : le téléphone et la date du premier contact." in done
    lea, double = (Enrolment.objects.select_related("beneficiary").get(pk=path.pk) for path in (world.lea, rich))
    assert (lea.beneficiary.phone, double.beneficiary.phone) == ("0799999999", "0611111111")
    assert (lea.beneficiary.last_name, lea.contacted_on) == ("Moreau", dt.date(2025, 1, 5))
    assert sorted(lea.step_entries.values_list("step__code", flat=True)) == ["bilan", "contact"]
    assert list(double.step_entries.values_list("step__code", flat=True)) == ["bilan"]


def test_the_first_study_follows_what_became_of_the_sessions(world, rich):
    merge = unite(world, world.lea, rich)
    early = Review.objects.get(enrolment=world.lea, session__held_on=JANUARY)
    withdraw_review(review=early, reason="erreur", by=world.caseworker)
    undo_merge(merge=merge, by=world.manager)
    days = Enrolment.objects.filter(pk__in=[world.lea.pk, rich.pk]).values_list("first_reviewed_on", flat=True)
    assert set(days) == {MARCH}


def test_the_last_merger_is_undone_first(world, sign_in, double, namesake):
    before = without_versions(everything_stored())
    first = unite(world, namesake, double)
    second = unite(world, world.lea, namesake)
    client = sign_in(world.manager)
    text = client.get(page("detail", world.lea)).content.decode()
    assert page("merge_undo", world.lea, second.pk) in text and page("merge_undo", world.lea, first.pk) not in text
    for refused in (client.get, client.post):
        answer = refused(page("merge_undo", world.lea, first.pk))
        assert answer.status_code == 409 and "défaites d’abord cette réunion-là" in words(answer)
    assert client.post(page("merge_undo", world.lea, second.pk)).status_code == 302
    assert client.post(page("merge_undo", namesake, first.pk)).status_code == 302
    again = client.post(page("merge_undo", namesake, first.pk))
    assert again.status_code == 409 and "déjà défaite" in words(again)
    stored = without_versions(everything_stored())
    for label in ("Beneficiary", "Enrolment", "StepEntry", "AccessGrant"):
        assert stored[f"beneficiaries.{label}"] == before[f"beneficiaries.{label}"], label


def test_what_was_united_twice_over_is_parted_in_turn(world, double, namesake):
    """A path taken in by another, itself taken in: the rows come back by the way they went."""
    step(world, double, "bilan", JANUARY)
    before = without_versions(everything_stored())
    first = unite(world, world.lea, double)
    second = unite(world, world.lea, namesake, same(namesake, world.lea))
    with pytest.raises(ValidationError, match="défaites d’abord"):
        undo_merge(merge=first, by=world.manager)
    undo_merge(merge=second, by=world.manager)
    undo_merge(merge=first, by=world.manager)
    stored = without_versions(everything_stored())
    for label in ("Beneficiary", "Enrolment", "StepEntry"):
        assert stored[f"beneficiaries.{label}"] == before[f"beneficiaries.{label}"], label


def test_what_partaj_no_longer_has_cannot_be_noted_again(world, sign_in, double):
    reason = LossReason.objects.create(programme=world.programme, code="x", label="Retiré depuis")
    services.record_loss(enrolment=double, reason=reason, lost_on=MARCH, step=None, by=None)
    merge = unite(world, world.lea, double, same(double, world.lea, lost_on="kept"))
    reason.delete()
    before = everything_stored()
    refused = sign_in(world.manager).post(page("merge_undo", world.lea, merge.pk))
    assert refused.status_code == 409 and "ne se défait plus" in words(refused) and "(motif)" in words(refused)
    assert everything_stored() == before


def test_a_path_comes_back_without_a_referent_whose_account_is_gone(world, double):
    Enrolment.objects.filter(pk=double.pk).update(referent=world.stranger)
    merge = unite(world, world.lea, double, same(double, world.lea, referent="kept"))
    world.stranger.delete()
    undo_merge(merge=merge, by=world.manager)
    assert Enrolment.objects.get(pk=double.pk).referent is None


def test_of_two_principal_outcomes_that_of_the_file_that_stays_remains_so(world, double):
    for path, kind in ((world.lea, "cdi"), (double, "stayed")):
        Outcome.objects.create(enrolment=path, kind=kind, seen_on=MARCH, is_principal=True)
    Outcome.objects.create(enrolment=double, kind="cdd", moment="six", seen_on=MARCH, is_principal=True)
    before = without_versions(everything_stored())
    merge = unite(world, world.lea, double, same(double, world.lea))
    held = world.lea.outcomes.order_by("pk").values_list("kind", "moment", "is_principal")
    assert list(held) == [("cdi", "exit", True), ("stayed", "exit", False), ("cdd", "six", True)]
    undo_merge(merge=merge, by=world.manager)
    after = without_versions(everything_stored())
    assert after["beneficiaries.Outcome"] == before["beneficiaries.Outcome"]
