"""Who may see the two files, what the merger opens to others, and the line that it leaves."""

import datetime as dt
import re

import pytest
from django.core.exceptions import ValidationError

from beneficiaries import services
from beneficiaries.merging.parting import undo_merge
from beneficiaries.models import AccessGrant, Merge
from partaj.accounts.models import JournalEntry
from tests.world import make_role, make_youth
from tests.youths.merging.hands import MARCH, comparison_of, everything_stored, proposed, unite, without_versions, words
from tests.youths.paper import page


def test_a_private_note_goes_along_unseen_and_uncounted(world, sign_in, double):
    for author in (world.caseworker, world.manager):
        services.write_log(
            kind="note",
            enrolment=double,
            sentence=f"Pour {author} seul.",
            happened_on=MARCH,
            is_private=True,
            author=author,
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


def test_those_who_are_proposed_before_anything_is_typed_are_in_the_journal(world, sign_in, namesake):
    sign_in(world.manager).get(page("merge", world.lea))
    lines = JournalEntry.objects.filter(page="beneficiaries:merge").order_by("number")
    assert [(line.kind, line.enrolment_id or line.shown.split()) for line in lines] == [
        ("read", world.lea.pk),
        ("listed", [str(namesake.pk)]),
    ]


def test_people_of_the_same_name_whom_one_does_not_see_do_not_hide_the_one_whom_one_sees(world, sign_in):
    """Léa Moreau is a common name: as many as are looked at have a file in another programme, written before hers."""
    for _ in range(20):
        make_youth(world.other_programme, world.valenciennes, first_name="Léa", last_name="Moreau")
    double = make_youth(world.programme, world.valenciennes, first_name="Léa", last_name="Moreau")
    shown = sign_in(world.manager).get(page("merge", world.lea))
    assert [row["pk"] for row in shown.context["proposed"]] == [double.pk]


def test_who_consulted_one_of_the_two_is_told_with_the_other(world, sign_in, double):
    sign_in(world.caseworker).get(page("detail", double))
    unite(world, world.lea, double)
    told = sign_in(world.manager).get(page("consultations", world.lea))
    assert any(line.who == str(world.caseworker) for line in told.context["lines"])


def test_what_was_united_in_another_programme_is_not_told_here(world, sign_in):
    """The same person, in a programme for which the reader does not answer."""
    elsewhere = make_youth(world.other_programme, world.valenciennes, beneficiary=world.lea.beneficiary)
    Merge.objects.create(enrolment=elsewhere, absorbed_person=9_998, absorbed_file=9_999, paths={})
    assert "9999" in words(sign_in(world.administrator).get(page("detail", world.lea)))
    assert "9999" not in words(sign_in(world.manager).get(page("detail", world.lea)))
