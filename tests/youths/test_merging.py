"""Two files of one person made one: everything of both is kept, each difference is asked, and it can be undone."""

import datetime as dt
import re

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey
from django.urls import reverse

from beneficiaries import services
from beneficiaries.changes import changes_of
from beneficiaries.merging import questions
from beneficiaries.merging.comparing import compare
from beneficiaries.merging.moving import Ledger, absorb, give_back, put_back, unique_together_with
from beneficiaries.merging.parting import undo_merge
from beneficiaries.merging.uniting import merge_people
from beneficiaries.models import AccessGrant, Beneficiary, Enrolment, LogEntry, Merge, StepEntry
from cellules.models import Cell, Review, Session
from cellules.services import study_situations, withdraw_review
from partaj.accounts.models import JournalEntry
from partaj.programmes.models import LossReason
from partaj.territories.models import Organisation
from partaj.versions import StaleVersion
from reports.assembly import build_annexe_1
from reports.perimeter import whole_programme
from tests.test_attacks import ON_POSTGRESQL, at_once
from tests.world import make_role, make_youth
from tests.youths.paper import chosen, form_of, page

JANUARY, MARCH = dt.date(2025, 1, 20), dt.date(2025, 3, 6)


def words(response):
    return " ".join(response.content.decode().replace("\u00a0", " ").replace("&nbsp;", " ").split())


@pytest.fixture
def double(world):
    """Léa, written once more by somebody who had her new telephone and had not heard her name well."""
    return make_youth(
        world.programme, world.bethune, first_name="Léa", last_name="Moreaux", birth_date=None, phone="0611111111",
        city="Lens", contacted_on=dt.date(2025, 1, 5), entered_on=dt.date(2025, 2, 10), situation="college",
    )  # fmt: skip


@pytest.fixture
def namesake(world):
    """As the double, under the very same name, who has come and gone: another path."""
    path = make_youth(
        world.programme, world.bethune, first_name="Léa", last_name="Moreau", contacted_on=dt.date(2024, 1, 5),
        entered_on=dt.date(2024, 2, 1),
    )  # fmt: skip
    services.record_loss(
        enrolment=path, reason=world.reasons["demenage"], lost_on=dt.date(2024, 6, 1), step=None, by=None
    )
    return path


def comparison_of(kept, absorbed):
    return page("merge_compare", kept, absorbed.pk)


def proposed(client, kept, absorbed, **changes):
    """What the browser sends when one accepts what the page proposes."""
    return chosen(client.get(comparison_of(kept, absorbed)).content.decode()) | changes


def unite(world, kept, absorbed, answers=None, by=None):
    """As a manager does who accepts what is proposed, but for `answers`."""
    kept, absorbed = (Enrolment.objects.select_related("programme").get(pk=path.pk) for path in (kept, absorbed))
    read = compare(kept.beneficiary_id, absorbed.beneficiary_id, answers or {})
    said = {pairing.key: pairing.ticked for pairing in read.pairings}
    said |= {question.key: question.ticked for question in read.questions}
    return merge_people(
        kept=kept, absorbed=absorbed, answers=said | (answers or {}), versions=read.versions, by=by or world.manager
    )


def same(absorbed, kept, **answers):
    """The answer that these two paths are one, with what is kept of each difference between them."""
    return {f"path-{absorbed.pk}": str(kept.pk)} | {
        f"path-{absorbed.pk}-{kept.pk}-{name}": side for name, side in answers.items()
    }


def everything_stored():
    """Every column of every row on people, but for histories and for the merger itself."""
    kept = {}
    for label in ("beneficiaries", "cellules"):
        for model in apps.get_app_config(label).get_models():
            if not hasattr(model, "instance_type") and model is not Merge:
                kept[model._meta.label] = {row["id"]: row for row in model._base_manager.values()}
    return kept


def without_versions(stored):
    """A row that stayed, or changed hands, is further on: whoever had it open reads it again."""
    return {
        label: {pk: {name: value for name, value in row.items() if name != "version"} for pk, row in rows.items()}
        for label, rows in stored.items()
    }


def figures(programme):
    report = build_annexe_1(whole_programme(programme))
    return {table.key: {row.key: [cell.value for cell in row.cells] for row in table.rows} for table in report.tables}


def study(world, *paths, held_on=MARCH, name="Cellule de Béthune"):
    cell, _ = Cell.objects.get_or_create(programme=world.programme, territory=world.bethune, name=name)
    session, _ = Session.objects.get_or_create(cell=cell, held_on=held_on)
    return study_situations(session=session, enrolments=paths, by=world.caseworker)


def step(world, path, code, day):
    return services.enter_step(enrolment=path, step=world.steps[code], entered_on=day, by=world.caseworker)


# -- The ordinary case ---------------------------------------------------------------------------------
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


# -- Who reads what --------------------------------------------------------------------------------------
def test_a_private_note_goes_along_unseen_and_uncounted(world, sign_in, double):
    for author in (world.caseworker, world.manager):
        services.add_note(
            enrolment=double, sentence=f"Pour {author} seul.", happened_on=MARCH, is_private=True, by=author
        )
    client = sign_in(world.manager)
    read = words(client.get(comparison_of(world.lea, double)))
    assert "Pour Inès seul." not in read
    (mine,) = [side for side in client.get(comparison_of(world.lea, double)).context["sides"] if not side.stays]
    assert "2 lignes du fil" in mine.paths[0].holds.replace("\u00a0", " ")  # the first contact, and their own note
    client.post(comparison_of(world.lea, double), proposed(client, world.lea, double))
    for reader, sees in ((world.caseworker, ["Pour Inès seul."]), (world.manager, ["Pour Bruno seul."])):
        text = words(sign_in(reader).get(page("detail", world.lea)))
        assert re.findall(r"Pour \w+ seul\.", text) == sees


def test_a_guest_of_one_path_reads_the_path_that_it_became_and_the_page_says_so(world, sign_in, double):
    services.open_access(
        enrolment=double, user=world.tutor, reason=AccessGrant.Reason.MENTORING, starts_on=dt.date(2025, 2, 1)
    )
    client = sign_in(world.manager)
    assert "vaut ensuite pour le parcours réuni : Tom" in words(client.get(comparison_of(world.lea, double)))
    assert sign_in(world.tutor).get(page("detail", world.lea)).status_code == 404
    client.post(comparison_of(world.lea, double), proposed(client, world.lea, double))
    assert sign_in(world.tutor).get(page("detail", world.lea)).status_code == 200


def test_only_who_answers_for_the_programme_unites_and_undoes(world, sign_in, double):
    refused = {"caseworker": 403, "tutor": 404, "neighbour": 404, "other_manager": 404, "evaluator": 404}
    for who, status in refused.items():
        assert sign_in(world.cast[who]).get(comparison_of(world.lea, double)).status_code == status, who
        assert sign_in(world.cast[who]).post(comparison_of(world.lea, double)).status_code == status, who
    merge = unite(world, world.lea, double)
    for who in refused:
        assert sign_in(world.cast[who]).post(page("merge_undo", world.lea, merge.pk)).status_code == 404, who
    assert not Merge.objects.filter(undone_at__isnull=False).exists()
    text = sign_in(world.caseworker).get(page("detail", world.lea)).content.decode()
    assert "Défaire" not in text and "Réunir avec" not in text


def test_who_sees_only_one_of_the_two_finds_nothing(world, sign_in):
    client = sign_in(world.manager)
    elsewhere = make_youth(world.other_programme, world.valenciennes, first_name="Léa", last_name="Moreau")
    assert client.get(page("merge", world.lea)).context["proposed"] == []
    assert client.get(page("merge", world.lea), {"q": str(elsewhere.pk)}).context["rows"] == []
    assert client.get(comparison_of(world.lea, elsewhere)).status_code == 404
    assert client.post(comparison_of(world.lea, elsewhere)).status_code == 404
    make_role(world.manager, "caseworker", world.other_programme, territory=world.valenciennes)
    assert sign_in(world.manager).get(comparison_of(world.lea, elsewhere)).status_code == 403
    assert sign_in(world.administrator).get(comparison_of(world.lea, elsewhere)).status_code == 200


def test_nobody_decides_on_a_path_that_they_do_not_see(world, sign_in, double):
    """Her other path is of a programme for which Bruno does not answer: it is said to be, neither named nor shown."""
    make_youth(world.other_programme, world.valenciennes, beneficiary=double.beneficiary)
    client, before = sign_in(world.manager), everything_stored()
    refused = client.get(comparison_of(world.lea, double))
    assert refused.status_code == 409 and "demandez à un administrateur" in words(refused)
    assert "TEST-2" not in words(refused) and "Valenciennes" not in words(refused)
    assert client.post(comparison_of(world.lea, double)).status_code == 409
    with pytest.raises(ValidationError, match="demandez à un administrateur"):
        unite(world, world.lea, double)
    assert everything_stored() == before
    merge = unite(world, world.lea, double, by=world.administrator)
    cannot = client.get(page("merge_undo", world.lea, merge.pk))
    assert cannot.status_code == 409 and "demandez à un administrateur" in words(cannot)
    assert client.post(page("merge_undo", world.lea, merge.pk)).status_code == 409
    undo_merge(merge=merge, by=world.administrator)
    assert (
        without_versions(everything_stored())["beneficiaries.Beneficiary"]
        == (without_versions(before)["beneficiaries.Beneficiary"])
    )


def test_both_files_are_in_the_journal_of_who_compares(world, sign_in, double):
    client = sign_in(world.manager)
    client.get(page("merge", world.lea), {"q": "moreaux"})
    client.get(comparison_of(world.lea, double))
    lines = JournalEntry.objects.filter(actor=world.manager, page__startswith="beneficiaries:merge").order_by("number")
    assert [(line.page.rpartition(":")[2], line.kind, line.enrolment_id or line.shown.split()) for line in lines] == [
        ("merge", "read", world.lea.pk),
        ("merge", "searched", [str(double.pk)]),
        ("merge_compare", "read", world.lea.pk),
        ("merge_compare", "read", double.pk),
        ("merge_compare", "listed", [str(world.lea.pk), str(double.pk)]),
    ]


def test_who_consulted_one_of_the_two_is_told_with_the_other(world, sign_in, double):
    sign_in(world.caseworker).get(page("detail", double))
    unite(world, world.lea, double)
    told = sign_in(world.manager).get(page("consultations", world.lea))
    assert any(line.who == str(world.caseworker) for line in told.context["lines"])


# -- Where it cannot be ------------------------------------------------------------------------------------
def test_a_closed_programme_keeps_its_files(world, sign_in, double):
    client, sent = sign_in(world.manager), proposed(sign_in(world.manager), world.lea, double)
    merge = unite(world, world.helene, make_youth(world.programme, world.bethune))
    world.programme.closed_on = dt.date(2026, 1, 31)
    world.programme.save()
    before = everything_stored()
    for address in (page("merge_undo", world.helene, merge.pk), comparison_of(world.lea, double)):
        assert client.get(address).status_code == client.post(address, sent).status_code == 409
    assert "Réunir avec" not in client.get(page("detail", world.lea)).content.decode()
    with pytest.raises(ValidationError, match="est clos"):
        undo_merge(merge=Merge.objects.get(pk=merge.pk), by=world.manager)
    assert everything_stored() == before


def test_what_a_closed_programme_counted_is_not_counted_otherwise(world, sign_in):
    """Both were in TEST-2, which is closed; where one alone was, nothing is counted otherwise and the name follows."""
    lea, other = world.lea.beneficiary, make_youth(world.programme, world.bethune, first_name="Lea")
    old = make_youth(world.other_programme, world.valenciennes, beneficiary=other.beneficiary)
    world.other_programme.closed_on = dt.date(2026, 1, 31)
    world.other_programme.save()
    counted = Enrolment.objects.filter(pk=old.pk).values("sex", "age_band", "profile", "entry_rank").get()
    merge = unite(
        world, world.lea, other, {"person-last_name": "kept", "person-first_name": "kept"}, world.administrator
    )
    old.refresh_from_db()
    assert (old.beneficiary, old.sort_name) == (lea, "moreau lea")
    assert Enrolment.objects.filter(pk=old.pk).values("sex", "age_band", "profile", "entry_rank").get() == counted
    undo_merge(merge=merge, by=world.administrator)
    assert Enrolment.objects.get(pk=old.pk).beneficiary == other.beneficiary
    Enrolment.objects.filter(pk=world.foreigner.pk).update(beneficiary=lea)
    refused = sign_in(world.administrator).get(comparison_of(world.lea, other))
    assert refused.status_code == 409 and "Le programme TEST-2 est clos" in words(refused)


def test_two_files_of_one_person_are_not_united_again(world, sign_in, namesake):
    unite(world, world.lea, namesake)
    client = sign_in(world.manager)
    for answered in (client.get(comparison_of(world.lea, namesake)), client.post(comparison_of(world.lea, namesake))):
        assert answered.status_code == 409 and "déjà ceux d’une même personne" in words(answered)


def test_a_second_tab_finds_nothing_left_to_unite(world, sign_in, double):
    client = sign_in(world.manager)
    sent = proposed(client, world.lea, double)
    assert client.post(comparison_of(world.lea, double), sent).status_code == 302
    assert client.post(comparison_of(world.lea, double), sent).status_code == 404
    assert Merge.objects.count() == 1


def test_what_changed_since_it_was_read_is_shown_again_with_the_answers(world, sign_in, double):
    client = sign_in(world.manager)
    sent = proposed(client, world.lea, double) | {"person-last_name": "kept"}
    ines = sign_in(world.caseworker)
    ines.post(page("change", double), form_of(ines, double) | {"email": "lea@partaj.example", "sex": "M"})
    before = everything_stored()
    shown = client.post(comparison_of(world.lea, double), sent)
    assert shown.status_code == 409 and "a changé depuis" in words(shown) and "lea@partaj.example" in words(shown)
    assert everything_stored() == before
    again = chosen(shown.content.decode())
    assert (again["person-last_name"], again["person-phone"]) == ("kept", "absorbed")
    assert client.post(comparison_of(world.lea, double), again).status_code == 302
    world.lea.beneficiary.refresh_from_db()
    assert (world.lea.beneficiary.last_name, world.lea.beneficiary.email) == ("Moreau", "lea@partaj.example")


def test_what_was_not_asked_is_not_decided(world, sign_in, double):
    """A step noted twice meanwhile, an answer taken away, versions made by hand."""
    client = sign_in(world.manager)
    sent, before = proposed(client, world.lea, double), everything_stored()
    for forged in ({"versions": ""}, {"versions": "x:y"}, {"person-phone": "both"}, {"person-phone": ""}):
        assert client.post(comparison_of(world.lea, double), sent | forged).status_code == 409, forged
    assert everything_stored() == before
    step(world, world.lea, "bilan", MARCH)
    step(world, double, "bilan", JANUARY)
    shown = client.post(comparison_of(world.lea, double), sent)
    assert shown.status_code == 409 and "étape « Bilan », franchie le" in words(shown)


def test_who_was_editing_one_of_the_two_overwrites_nothing(world, sign_in, double, namesake):
    ines = sign_in(world.caseworker)
    at_lea, at_double, at_other = (form_of(ines, path) for path in (world.lea, double, namesake))
    unite(world, world.lea, double)
    unite(world, world.lea, namesake)
    before = everything_stored()
    assert ines.post(page("change", world.lea), at_lea | {"city": "Arras"}).status_code == 409
    assert ines.post(page("change", namesake), at_other | {"city": "Arras"}).status_code == 409
    assert ines.post(page("change", double), at_double | {"city": "Arras"}).status_code == 404
    assert everything_stored() == before


def test_who_had_a_path_open_under_another_identity_overwrites_nothing(world, sign_in, namesake):
    """It came as it was: only its person is another, of whom the version may happen to bear the same number."""
    Beneficiary.objects.filter(pk=namesake.beneficiary_id).update(version=2)
    ines = sign_in(world.caseworker)
    before_it = form_of(ines, namesake)
    merge = unite(world, world.lea, namesake)
    meanwhile = form_of(ines, namesake)
    assert Beneficiary.objects.get(pk=world.lea.beneficiary_id).version == 2
    assert ines.post(page("change", namesake), before_it | {"city": "Arras"}).status_code == 409
    undo_merge(merge=merge, by=world.manager)
    assert ines.post(page("change", namesake), meanwhile | {"city": "Arras"}).status_code == 409
    assert not Beneficiary.objects.filter(city="Arras").exists()


def test_days_taken_from_one_and_the_other_must_agree(world, sign_in, double):
    Enrolment.objects.filter(pk=double.pk).update(exited_on=dt.date(2025, 2, 12))
    Enrolment.objects.filter(pk=world.lea.pk).update(entered_on=dt.date(2025, 2, 20))
    client, before = sign_in(world.manager), everything_stored()
    sent = proposed(client, world.lea, double) | {f"path-{double.pk}": str(world.lea.pk)}
    pair = f"path-{double.pk}-{world.lea.pk}"
    refused = client.post(comparison_of(world.lea, double), sent | {f"{pair}-entered_on": "kept"})
    assert refused.status_code == 422 and "La sortie précède l’entrée" in words(refused)
    assert chosen(refused.content.decode())[f"{pair}-entered_on"] == "kept"
    born = Beneficiary.objects.filter(pk=double.beneficiary_id)
    born.update(birth_date=dt.date(2025, 1, 15))
    wrong = client.post(comparison_of(world.lea, double), proposed(client, world.lea, double) | {
        "person-birth_date": "absorbed",
    })  # fmt: skip
    assert wrong.status_code == 422 and "suivrait" in words(wrong)
    born.update(birth_date=None)
    assert everything_stored() == before


def test_two_paths_under_way_are_never_left_to_one_person(world, sign_in, double):
    """Two on each side: each of those that come in is one of those that stay, and not both the same."""
    make_youth(world.programme, world.valenciennes, beneficiary=world.lea.beneficiary)
    second = make_youth(world.programme, world.valenciennes, beneficiary=double.beneficiary)
    client = sign_in(world.manager)
    sent = proposed(client, world.lea, double)
    assert "apart" not in sent.values()
    both = dict.fromkeys((f"path-{double.pk}", f"path-{second.pk}"), str(world.lea.pk))
    refused = client.post(comparison_of(world.lea, double), sent | both)
    assert refused.status_code == 422 and "le même que deux autres" in words(refused)
    assert client.post(comparison_of(world.lea, double), sent | both | {
        f"path-{second.pk}": str(world.lea.beneficiary.enrolments.latest("pk").pk)
    }).status_code == 302  # fmt: skip
    assert Enrolment.objects.filter(beneficiary=world.lea.beneficiary_id).under_way().count() == 2


def test_one_of_several_under_way_must_be_the_one_that_stays(world, double):
    make_youth(world.programme, world.valenciennes, beneficiary=double.beneficiary)
    with pytest.raises(ValidationError, match="Deux parcours restent en cours"):
        unite(world, world.lea, double)


def test_somebody_who_was_united_meanwhile_does_not_come_back(world, sign_in, namesake, monkeypatch):
    """Between the moment at which they were proposed and the saving."""
    known = Beneficiary.objects.get(pk=namesake.beneficiary_id)
    unite(world, world.lea, namesake)
    with pytest.raises(ValidationError, match="vient d’être réuni"):
        services.take_in(
            typed=Beneficiary(last_name="Moreau", first_name="Léa"), known=known, step=None, step_on=None,
            enrolment=Enrolment(programme=world.programme, territory=world.bethune, contacted_on=MARCH), by=None,
        )  # fmt: skip


# -- Undone -------------------------------------------------------------------------------------------------
@pytest.fixture
def rich(world, double):
    """All that may hang on a path, on both sides, and an author whose notes are theirs alone."""
    for path, day in ((world.lea, JANUARY), (double, MARCH)):
        step(world, path, "bilan", day)
        services.add_note(enrolment=path, sentence="À moi.", happened_on=day, is_private=True, by=world.caseworker)
        services.open_access(enrolment=path, user=world.tutor, reason="mentoring", starts_on=day)
    step(world, double, "contrat", MARCH)
    study(world, world.lea, double)
    study(world, double, held_on=JANUARY)
    return double


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


# -- Afterwards -----------------------------------------------------------------------------------------------
def test_the_former_number_leads_to_the_file(world, sign_in, double, namesake):
    unite(world, namesake, double, same(double, namesake))
    unite(world, world.lea, namesake, same(namesake, world.lea))
    client = sign_in(world.caseworker)
    assert client.get(page("detail", double)).headers["Location"] == page("detail", world.lea)
    found = client.get(reverse("beneficiaries:search"), {"q": f"n° {double.pk}"})
    assert [row["url"] for row in found.context["rows"]] == [page("detail", world.lea)]
    for who in ("neighbour", "other_manager", "stranger"):
        assert sign_in(world.cast[who]).get(page("detail", double)).status_code == 404
    assert client.get(f"/p/TEST-2/jeunes/{double.pk}/").status_code == 404


def test_the_history_tells_the_merger_and_what_each_file_had_been(world, sign_in, double):
    ines = sign_in(world.caseworker)
    ines.post(page("change", double), form_of(ines, double) | {"phone": "0622222222"})
    step(world, double, "bilan", MARCH)
    client = sign_in(world.manager)
    client.post(comparison_of(world.lea, double), proposed(client, world.lea, double))
    told = [f"{change.who} {change.sentence}".replace("\u00a0", " ").strip() for change in changes_of(
        Enrolment.objects.get(pk=world.lea.pk))]  # fmt: skip
    number = f"dossier n° {double.pk}"
    assert f"Bruno a réuni ce dossier avec le {number}" in told
    assert f"Inès a changé le téléphone, {number}" in told
    assert f"{number.capitalize()} créé, réuni depuis à celui-ci" in told
    assert not any("a retiré" in line for line in told)
    client.post(page("merge_undo", world.lea, Merge.objects.get().pk))
    for path, other in ((world.lea, double), (double, world.lea)):
        told = [change.sentence.replace("\u00a0", " ") for change in changes_of(Enrolment.objects.get(pk=path.pk))]
        assert f"a réuni ce dossier avec le dossier n° {other.pk}" in told
        assert f"a défait la réunion avec le dossier n° {other.pk}" in told
    assert [line for line in told if "étape" in line] == ["a ajouté l’étape « Bilan » (06/03/2025)"]


def test_a_file_written_in_bulk_keeps_a_history_once_parted_again(world, sign_in, double):
    for model in (Beneficiary, Enrolment, StepEntry):
        model.history.all().delete()
    undo_merge(merge=unite(world, world.lea, double), by=world.manager)
    ines = sign_in(world.caseworker)
    ines.post(page("change", double), form_of(ines, double) | {"phone": "0622222222"})
    latest, *_, first = changes_of(Enrolment.objects.get(pk=double.pk))
    assert (latest.who, latest.sentence) == ("Inès", "a changé le téléphone")
    assert first.sentence == "Dossier créé (repris, sans auteur connu)"


def test_a_history_does_not_name_a_file_that_stayed_apart(world, namesake):
    unite(world, world.lea, namesake)
    told = [change.sentence for change in changes_of(Enrolment.objects.get(pk=world.lea.pk))]
    assert "a réuni deux personnes qui n’en étaient qu’une" in told
    assert not any(str(namesake.pk) in sentence for sentence in told)


# -- What a new field or a new table owes ------------------------------------------------------------------------
def test_every_field_of_both_files_is_asked_or_answers_itself():
    settled = {
        Beneficiary: {"id", "version", "sort_name", "phone_digits"},  # derived
        Enrolment: {"id", "beneficiary", "programme", "version", "created_at", *questions.EARLIEST}
        | {"sex", "sort_name", "age_band", "entry_rank", "profile"},
    }
    for model, groups in ((Beneficiary, questions.OF_A_PERSON), (Enrolment, questions.OF_A_PATH)):
        asked = {name for names in groups for name in names}
        assert asked | settled[model] == {field.name for field in model._meta.concrete_fields}


def test_every_table_that_hangs_on_a_file_can_be_carried_over():
    """By a foreign key, and with no rule of uniqueness that `twin_of` cannot read."""
    for model in (Beneficiary, Enrolment):
        for relation in model._meta.related_objects:
            assert isinstance(relation.field, ForeignKey), relation
            rules = relation.related_model._meta.constraints
            unread = [rule for rule in rules if relation.field.name in getattr(rule, "fields", ())]
            known = list(map(tuple, unique_together_with(relation.related_model, relation.field)))
            assert [rule.name for rule in unread if tuple(rule.fields) not in known] == []


def test_rows_that_may_hang_on_nothing_are_carried_over_too(world):
    """A column that may be empty (« repéré par »), and rows that bear a mark of their own."""
    twin = Organisation.objects.create(name="Centre social Béthune", kind="centre_social")
    Enrolment.objects.filter(pk=world.lea.pk).update(found_by=twin)
    before = list(Organisation.objects.order_by("pk").values())
    ledger = Ledger()
    absorb(world.holder, Organisation.objects.get(pk=twin.pk), ledger, same={}, by=world.manager)
    assert list(world.holder.found_enrolments.all()) == [world.lea]
    assert Enrolment.objects.get(pk=world.helene.pk).found_by is None
    for image in reversed(ledger.removed):
        put_back(image, by=world.manager)
    for move in reversed(ledger.moved):
        give_back(move)
    assert list(Organisation.objects.order_by("pk").values()) == before
    assert Enrolment.objects.get(pk=world.lea.pk).found_by_id == twin.pk


def test_who_may_unite_a_file_is_offered_it_and_nobody_else(world):
    from partaj.acts import Act, may

    for user in world.cast.values():
        offered = {path for path in Enrolment.objects.all() if may(user, Act.MERGE_FILES, path.programme)}
        assert set(Enrolment.objects.mergeable_by(user)) == offered


# -- Two at once ------------------------------------------------------------------------------------------------
def test_the_service_refuses_what_was_read_before(world, double, namesake):
    read = compare(world.lea.beneficiary_id, double.beneficiary_id, {})
    said = {question.key: question.ticked for question in read.questions}
    unite(world, namesake, double)
    with pytest.raises(StaleVersion):
        merge_people(kept=world.lea, absorbed=double, answers=said, versions=read.versions, by=world.manager)


@ON_POSTGRESQL
@pytest.mark.django_db(transaction=True)
def test_two_who_unite_the_same_files_at_once_unite_them_once(world, sign_in):
    again = make_youth(world.programme, world.bethune, first_name="Léa", last_name="Moreau")
    there, back = (world.lea, again), (again, world.lea)
    clients = [sign_in(world.manager), sign_in(world.administrator)]
    sent = [proposed(client, *pair) for client, pair in zip(clients, (there, back), strict=True)]
    answers = at_once(
        lambda: clients[0].post(comparison_of(*there), sent[0]), lambda: clients[1].post(comparison_of(*back), sent[1])
    )
    assert answers == [302, 404]
    assert Merge.objects.count() == 1


@ON_POSTGRESQL
@pytest.mark.django_db(transaction=True)
def test_a_note_written_while_its_file_is_united_is_not_lost(world, sign_in):
    """Either it came first and goes along, or its author is told that there is no such file any more."""
    manager, ines = sign_in(world.manager), sign_in(world.caseworker)
    for number in range(4):
        again = make_youth(world.programme, world.bethune, first_name="Léa", last_name="Moreau")
        merging, sent = comparison_of(world.lea, again), proposed(manager, world.lea, again)
        noting, note = page("add_note", again), {"sentence": f"Note {number}", "happened_on": "2025-03-01"}
        answers = at_once(
            lambda to=merging, sent=sent: manager.post(to, sent), lambda to=noting, note=note: ines.post(to, note)
        )
        assert answers in ([302, 302], [302, 404], [302, 409])
        told = LogEntry.objects.filter(sentence=f"Note {number}")
        assert [line.enrolment_id for line in told] in ([], [world.lea.pk], [again.pk])
        assert told.count() == (answers.count(302) - (not Enrolment.objects.filter(pk=again.pk).exists()))
