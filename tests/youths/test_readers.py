"""Who can see a file today, why, and how many files an account reaches: never otherwise than `visible_to` says."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beneficiaries import readers, services
from beneficiaries.models import AccessGrant, Enrolment
from partaj.accounts.models import JournalEntry, Role, User
from tests.days import today
from tests.world import make_role, make_user, make_youth


def who_sees(enrolment):
    return {reader.role.user_id for reader in readers.readers_of(enrolment)}


def seen_by_everybody():
    """By the rule itself, one account at a time."""
    return {
        enrolment.pk: {
            user.pk for user in User.objects.all() if Enrolment.objects.visible_to(user).filter(pk=enrolment.pk)
        }
        for enrolment in Enrolment.objects.all()
    }


def page_of(enrolment, name="readers"):
    return reverse(f"beneficiaries:{name}", args=[enrolment.programme.number, enrolment.pk])


def test_the_readers_of_each_file_are_those_whom_the_rule_shows_it(world):
    expected = seen_by_everybody()
    assert {each.pk: who_sees(each) for each in Enrolment.objects.all()} == expected
    assert expected[world.helene.pk] == {
        getattr(world, name).pk for name in ("administrator", "manager", "caseworker", "tutor", "member")
    }


def test_who_may_no_longer_or_not_yet_is_not_there(world):
    world.manager.is_active = False
    world.manager.save()
    world.caseworker.roles.update(ends_on=today(-1))
    world.member.roles.update(starts_on=today(1))
    AccessGrant.objects.filter(user=world.tutor).update(ends_on=today(-1))
    assert who_sees(world.helene) == {world.administrator.pk}


def test_an_access_without_a_guests_role_in_the_programme_shows_nothing(world):
    tutor_elsewhere = make_user("Ailleurs")
    make_role(tutor_elsewhere, "tutor", world.other_programme)
    for user in (world.stranger, world.evaluator, tutor_elsewhere):
        services.open_access(enrolment=world.lea, user=user, reason="session", starts_on=dt.date(2025, 1, 1))
    assert who_sees(world.lea) == {world.administrator.pk, world.manager.pk, world.caseworker.pk}


def test_somebody_with_several_reasons_has_them_all(world):
    make_role(world.caseworker, "manager", world.programme)
    make_role(world.caseworker, "tutor", world.programme)
    services.open_access(enrolment=world.helene, user=world.caseworker, reason="mentoring", starts_on=today())
    hers = [reader for reader in readers.readers_of(world.helene) if reader.role.user == world.caseworker]
    assert [(reader.role.kind, [grant.reason for grant in reader.grants]) for reader in hers] == [
        ("manager", []), ("caseworker", []), ("tutor", ["mentoring"]),
    ]  # fmt: skip


# -- Random worlds -------------------------------------------------------------------------------------
DAYS = st.sampled_from([-400, -1, 0, 1])
SPANS = st.tuples(DAYS, st.one_of(st.none(), DAYS)).filter(lambda span: span[1] is None or span[0] <= span[1])
ROLES = st.tuples(st.sampled_from(Role.Kind.values), st.integers(0, 1), st.integers(0, 1), SPANS)
ACCOUNTS = st.lists(st.tuples(st.booleans() | st.just(True), st.lists(ROLES, max_size=3)), min_size=1, max_size=5)
GRANTS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), SPANS), max_size=6)


def days(span):
    starts, ends = span
    return {
        "starts_on": today(starts),
        "ends_on": None if ends is None else today(ends),
    }


def populate(world, accounts, grants):
    programmes, territories = [world.programme, world.other_programme], [world.bethune, world.valenciennes]
    files = [world.lea, world.helene, world.karim, world.foreigner]
    users = []
    for number, (is_active, roles) in enumerate(accounts):
        user = make_user(f"Hasard{number}")
        for kind, programme, territory, span in roles:
            Role.objects.create(
                user=user, kind=kind, programme=None if kind == "administrator" else programmes[programme],
                territory=territories[territory] if kind == "caseworker" else None, **days(span),
            )  # fmt: skip
        User.objects.filter(pk=user.pk).update(is_active=is_active)
        users.append(user)
    for account, file, span in grants:
        AccessGrant.objects.create(
            enrolment=files[file], user=users[account % len(users)], reason="session", **days(span)
        )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(accounts=ACCOUNTS, grants=GRANTS)
def test_the_readers_are_those_of_the_rule_in_any_world(world, accounts, grants):
    with transaction.atomic():
        populate(world, accounts, grants)
        found = {each.pk: who_sees(each) for each in Enrolment.objects.all()}
        expected = seen_by_everybody()
        transaction.set_rollback(True)
    assert found == expected


# -- Cost ----------------------------------------------------------------------------------------------
def crowd(world, number):
    for each in range(number):
        kind = ("manager", "tutor", "caseworker", "evaluator")[each % 4]
        user = make_user(f"Foule{each}")
        make_role(user, kind, world.programme, territory=world.bethune if kind == "caseworker" else None)
        if kind == "tutor":
            services.open_access(enrolment=world.helene, user=user, reason="mentoring", starts_on=today())


def test_it_takes_three_queries_however_many_accounts(world, django_assert_num_queries):
    crowd(world, 40)
    with django_assert_num_queries(3):
        found = [(reader.who, str(reader.role), len(reader.grants)) for reader in readers.readers_of(world.helene)]
    assert len(found) == 5 + 30


def test_many_places_are_asked_in_several_times(world, monkeypatch):
    monkeypatch.setattr(readers, "AT_ONCE", 2)
    assert {each.pk: who_sees(each) for each in Enrolment.objects.all()} == seen_by_everybody()


def test_the_page_costs_the_same_with_a_crowd(world, sign_in, django_assert_num_queries):
    client = sign_in(world.caseworker)
    client.get(page_of(world.helene))
    with CaptureQueriesContext(connection) as alone:
        client.get(page_of(world.helene))
    crowd(world, 20)
    with django_assert_num_queries(len(alone)):
        client.get(page_of(world.helene))


# -- The pages -----------------------------------------------------------------------------------------
def test_the_page_says_who_and_why(world, sign_in):
    AccessGrant.objects.filter(user=world.member).update(ends_on=today(1))
    html = sign_in(world.caseworker).get(page_of(world.helene)).content.decode()
    assert "Hélène Le Goff : 5\u00a0personnes peuvent le voir" in html
    for words in ("Alice", "administrateur, tous les programmes", "accompagnement par un référent tuteur", "01/03/2025",
                  f"{today(1):%d/%m/%Y}", "chargé de mission, conseiller · TEST-1 · Béthune-Bruay"):  # fmt: skip
        assert words in html
    for name in ("Paul", "Carole", "Eva", "Fanny", "Solal"):
        assert name not in html.split("<main")[1]


def test_the_reading_is_in_the_journal(world, sign_in):
    sign_in(world.manager).get(page_of(world.karim))
    line = JournalEntry.objects.get(kind="read")
    assert (line.page, line.enrolment_id, line.actor) == ("beneficiaries:readers", world.karim.pk, world.manager)


@pytest.mark.parametrize(("who", "status"), [("tutor", 403), ("neighbour", 404), ("funder", 404)])
def test_others_are_told_nothing(world, sign_in, who, status):
    assert sign_in(world.cast[who]).get(page_of(world.helene)).status_code == status


@pytest.mark.parametrize(("who", "offered"), [("manager", True), ("caseworker", True), ("tutor", False)])
def test_the_file_leads_to_it_for_those_who_answer_for_the_youth(world, sign_in, who, offered):
    html = sign_in(world.cast[who]).get(page_of(world.helene, "detail")).content.decode()
    assert (f'href="{page_of(world.helene)}"' in html) is offered


def test_an_accounts_page_counts_the_files_that_it_reaches(world, sign_in):
    client = sign_in(world.administrator)
    make_role(world.caseworker, "manager", world.other_programme)
    make_youth(world.programme, world.bethune)
    html = client.get(reverse("accounts:account", args=[world.caseworker.pk])).content.decode()
    part = html.split('id="dossiers"')[1].split("</section>")[0]
    assert [line.split("</td>")[0] for line in part.split('<td class="num">')[1:]] == ["3", "1", "4"]
    assert part.index("TEST-1") < part.index("TEST-2")


@pytest.mark.parametrize("who", ["evaluator", "stranger"])
def test_an_account_that_reaches_no_file_is_told(world, sign_in, who):
    html = sign_in(world.administrator).get(reverse("accounts:account", args=[world.cast[who].pk])).content.decode()
    assert "Aucun dossier : aucun de ses rôles de ce jour n’en ouvre." in html


def test_a_suspended_account_reaches_nothing(world, sign_in):
    User.objects.filter(pk=world.manager.pk).update(is_active=False)
    html = sign_in(world.administrator).get(reverse("accounts:account", args=[world.manager.pk])).content.decode()
    assert "Aucun dossier : le compte est suspendu." in html
