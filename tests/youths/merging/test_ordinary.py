"""Two files of one person made one: everything of both is kept, each difference is asked."""

import datetime as dt

from beneficiaries import services
from beneficiaries.merging.parting import undo_merge
from beneficiaries.models import Beneficiary, Enrolment, LogEntry
from tests.world import make_youth
from tests.youths.merging.hands import JANUARY, MARCH, comparison_of, figures, proposed, same, step, study, unite, words
from tests.youths.paper import page


def test_a_manager_finds_the_double_compares_and_unites(world, sign_in, double):
    client = sign_in(world.manager)
    assert page("merge", world.lea) in client.get(page("detail", world.lea)).content.decode()
    found = client.get(page("merge", world.lea), {"q": "moreaux"})
    assert [row["pk"] for row in found.context["rows"]] == [double.pk]
    assert comparison_of(world.lea, double) in found.content.decode()
    read = words(client.get(comparison_of(world.lea, double)))
    for said in ("Moreaux", "0611111111", "17/05/2008", "Collégiens", "Demandeurs d&#x27;emploi", "Rien n’est encore"):
        assert said in read
    done = client.post(comparison_of(world.lea, double), proposed(client, world.lea, double), follow=True)
    assert done.redirect_chain == [(page("detail", world.lea), 302)]
    assert f"Les dossiers n° {world.lea.pk} et n° {double.pk} sont réunis." in words(done)
    assert f"Dossier réuni avec le dossier n° {double.pk}." in words(done)
    lea = Enrolment.objects.select_related("beneficiary").get(pk=world.lea.pk)
    person = lea.beneficiary
    # What is filled; the older name; the newer telephone; of two entries and two contacts, the first.
    assert (person.full_name, person.birth_date) == ("Léa Moreaux", dt.date(2008, 5, 17))
    assert (person.phone, person.city) == ("0611111111", "Lens")
    assert (lea.contacted_on, lea.entered_on) == (dt.date(2025, 1, 5), dt.date(2025, 2, 3))
    assert (lea.situation, lea.sort_name) == ("college", "moreaux lea")
    assert not Enrolment.objects.filter(pk=double.pk).exists()
    assert not Beneficiary.objects.filter(pk=double.beneficiary_id).exists()
    intakes = lea.log.filter(kind="intake").values_list("happened_on", flat=True)
    assert set(intakes) == {dt.date(2025, 1, 5), dt.date(2025, 1, 10)}


def test_somebody_of_the_same_name_is_proposed_first(world, sign_in, namesake):
    make_youth(world.programme, world.bethune, first_name="Léa", last_name="Moreau", birth_date=dt.date(1990, 1, 1))
    shown = sign_in(world.manager).get(page("merge", world.lea))
    assert [row["pk"] for row in shown.context["proposed"]] == [namesake.pk]
    assert "Même nom ou même INE" in shown.content.decode()


def test_each_side_of_each_difference_can_be_kept(world, double):
    services.record_loss(
        enrolment=double, reason=world.reasons["abandon"], lost_on=MARCH, step=world.steps["bilan"], by=None
    )
    kept = {"person-last_name": "kept", "person-phone": "kept"}
    unite(world, world.lea, double, kept | same(double, world.lea, lost_on="kept", situation="kept"))
    lea = Enrolment.objects.select_related("beneficiary").get(pk=world.lea.pk)
    assert (lea.beneficiary.last_name, lea.beneficiary.phone, lea.beneficiary.city) == ("Moreau", "", "Lens")
    assert (lea.lost_on, lea.loss_reason, lea.lost_at, lea.situation) == (None, None, None, "jobseeker")


def test_a_departure_is_taken_with_its_reason_and_its_step(world, double):
    services.record_loss(
        enrolment=double, reason=world.reasons["abandon"], lost_on=MARCH, step=world.steps["bilan"], by=None
    )
    unite(world, world.lea, double, same(double, world.lea))
    lea = Enrolment.objects.get(pk=world.lea.pk)
    assert (lea.lost_on, lea.loss_reason, lea.lost_at) == (MARCH, world.reasons["abandon"], world.steps["bilan"])


def test_a_step_and_a_session_noted_on_both_sides_are_there_once(world, double):
    step(world, world.lea, "bilan", MARCH)
    step(world, double, "bilan", JANUARY)
    step(world, double, "contrat", MARCH)
    study(world, world.lea, double)
    study(world, double, held_on=JANUARY)
    unite(world, world.lea, double)
    lea = Enrolment.objects.get(pk=world.lea.pk)
    entries = lea.step_entries.values_list("step__code", "entered_on")
    assert sorted(entries) == [("bilan", JANUARY), ("contrat", MARCH)]
    assert sorted(lea.reviews.values_list("session__held_on", flat=True)) == [JANUARY, MARCH]
    assert lea.first_reviewed_on == JANUARY


def test_a_path_that_was_another_stays_one_and_the_person_is_counted_once(world, sign_in, namesake):
    client = sign_in(world.manager)
    client.post(comparison_of(world.lea, namesake), proposed(client, world.lea, namesake))
    paths = Enrolment.objects.filter(beneficiary=world.lea.beneficiary_id).order_by("contacted_on")
    assert [(path.pk, path.entry_rank) for path in paths] == [(namesake.pk, 1), (world.lea.pk, 2)]
    assert "Autres parcours" in client.get(page("detail", world.lea)).content.decode()
    # Nothing tells the guests of a file that its person has another.
    assert not LogEntry.objects.filter(kind="merge").exists()


def test_the_same_path_may_be_ticked_where_one_has_ended(world, sign_in, namesake):
    client = sign_in(world.manager)
    sent = proposed(client, world.lea, namesake)
    assert sent[f"path-{namesake.pk}"] == "apart"
    client.post(comparison_of(world.lea, namesake), sent | {f"path-{namesake.pk}": str(world.lea.pk)})
    lea = Enrolment.objects.get(beneficiary=world.lea.beneficiary_id)
    assert (lea.pk, lea.contacted_on, lea.entered_on) == (world.lea.pk, dt.date(2024, 1, 5), dt.date(2024, 2, 1))


def test_the_tables_count_them_as_they_did_before_the_double_was_written(world):
    before = figures(world.programme)
    again = make_youth(world.programme, world.bethune, first_name="Léa", last_name="Moreau")
    twice = figures(world.programme)
    assert twice != before
    merge = unite(world, world.lea, again)
    assert figures(world.programme) == before
    undo_merge(merge=merge, by=world.manager)
    assert figures(world.programme) == twice


def test_two_paths_in_one_programme_count_one_person(world, namesake):
    alone = figures(world.programme)["people"]["youths"][-1]
    merge = unite(world, world.lea, namesake)
    assert figures(world.programme)["people"]["youths"][-1] == alone - 1
    undo_merge(merge=merge, by=world.manager)
    assert figures(world.programme)["people"]["youths"][-1] == alone
