"""Who sees which youth: the ordinary case first, then the refusal, always with somebody who could leak."""

import datetime as dt

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from beneficiaries import services
from beneficiaries.following import Said, note
from beneficiaries.gatherings import invite
from beneficiaries.models import (
    AccessGrant,
    ApprenticeshipBreak,
    Attendance,
    Beneficiary,
    Contact,
    Contract,
    Enrolment,
    Exam,
    Gathering,
    LogEntry,
    NextAction,
    Obstacle,
    Outcome,
    StepEntry,
)
from cellules.models import AgendaItem, Cell, Review, Session
from funding.models import Headcount
from partaj.accounts.invitations.models import Invitation
from partaj.accounts.journal.models import JournalSeal
from partaj.accounts.models import Draft, ProConnectIdentity, Role
from partaj.programmes.models import Programme
from partaj.territories.models import Territory
from reports.models import DeclaredFigure
from reports.perimeter import perimeter_of
from tests.world import make_role, make_user, make_youth

NOW = dt.datetime(2026, 1, 10, tzinfo=dt.UTC)
SEEN = {
    "administrator": {"lea", "helene", "karim", "foreigner"},
    "manager": {"lea", "helene", "karim"},
    "other_manager": {"foreigner"},
    "caseworker": {"lea", "helene"},
    "neighbour": {"karim"},
    "tutor": {"helene"},
    "member": {"helene"},
    "evaluator": set(),
    "funder": set(),
    "stranger": set(),
}


@pytest.mark.parametrize("who", SEEN)
def test_each_role_sees_its_youths_and_no_other(world, who):
    user = world.cast[who]
    expected = {getattr(world, name).pk for name in SEEN[who]}
    assert {each.pk for each in Enrolment.objects.visible_to(user)} == expected
    people = {getattr(world, name).beneficiary_id for name in SEEN[who]}
    assert {each.pk for each in Beneficiary.objects.visible_to(user)} == people
    assert {each.enrolment_id for each in LogEntry.objects.visible_to(user)} == expected


def test_a_role_that_ended_yesterday_shows_nothing(world):
    yesterday = dt.date.today() - dt.timedelta(days=1)
    former = make_user("Ancien")
    make_role(former, "caseworker", world.programme, territory=world.bethune, ends_on=yesterday)
    assert list(Enrolment.objects.visible_to(former)) == []
    assert list(Programme.objects.visible_to(former)) == []


def test_a_closed_account_sees_nothing_even_as_administrator(world):
    world.administrator.is_active = False
    assert list(Enrolment.objects.visible_to(world.administrator)) == []


SCOPED = [model for model in apps.get_models() if hasattr(model._default_manager, "visible_to")]


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model.__name__)
def test_a_closed_account_sees_nothing_of_any_kind(world, model):
    for who, user in world.cast.items():
        user.reach  # noqa: B018  as the request under way has read it
        user.is_active = False
        assert model._default_manager.visible_to(user).query.is_empty(), who


def test_the_tutor_loses_the_file_when_the_mentoring_ends(world):
    grant = AccessGrant.objects.get(user=world.tutor)
    services.end_access(grants=[grant], ends_on=dt.date.today() - dt.timedelta(days=1))
    assert list(Enrolment.objects.visible_to(world.tutor)) == []


def test_a_grant_is_worth_nothing_without_the_role(world):
    services.open_access(
        enrolment=world.lea, user=world.stranger, reason=AccessGrant.Reason.SESSION, starts_on=dt.date(2025, 1, 1)
    )
    assert list(Enrolment.objects.visible_to(world.stranger)) == []


def test_who_wears_two_hats_sees_what_each_shows(world):
    """A caseworker of Béthune who also accompanies one youth of Valenciennes."""
    make_role(world.caseworker, "tutor", world.programme)
    services.open_access(
        enrolment=world.karim, user=world.caseworker, reason=AccessGrant.Reason.MENTORING,
        starts_on=dt.date(2025, 1, 1),
    )  # fmt: skip
    services.open_access(
        enrolment=world.karim, user=world.tutor, reason=AccessGrant.Reason.MENTORING, starts_on=dt.date(2025, 1, 1)
    )
    assert set(Enrolment.objects.visible_to(world.caseworker)) == {world.lea, world.helene, world.karim}
    grants = AccessGrant.objects.visible_to(world.caseworker)
    assert {(each.enrolment, each.user) for each in grants} == {
        (world.helene, world.tutor), (world.helene, world.member), (world.karim, world.caseworker),
    }  # fmt: skip


def test_a_private_note_is_its_authors_alone_even_for_the_administrator(world):
    services.write_log(
        enrolment=world.lea, kind=LogEntry.Kind.NOTE, happened_on=dt.date(2025, 3, 1), sentence="pour moi seule",
        author=world.caseworker, is_private=True,
    )  # fmt: skip
    readers = {name for name, user in world.cast.items() if LogEntry.objects.visible_to(user).filter(is_private=True)}
    assert readers == {"caseworker"}


@pytest.mark.parametrize(
    "model",
    [
        LogEntry,
        AccessGrant,
        StepEntry,
        ApprenticeshipBreak,
        Attendance,
        Contact,
        Contract,
        Exam,
        NextAction,
        Obstacle,
        Outcome,
        AgendaItem,
        Review,
    ],
    ids=lambda model: model.__name__,
)
def test_one_file_tells_each_reader_what_the_rule_of_its_rows_says(world, model):
    """`of_file` leaves the join to the file out for who answers for it, and must not tell anything else for that."""
    for who, private in (("caseworker", True), ("tutor", True), ("manager", False)):
        services.write_log(
            enrolment=world.helene, kind=LogEntry.Kind.NOTE, happened_on=dt.date(2025, 3, 1), sentence=f"de {who}",
            author=world.cast[who], is_private=private,
        )  # fmt: skip
    services.enter_step(enrolment=world.helene, step=world.steps["bilan"], entered_on=dt.date(2025, 3, 1), by=None)
    ApprenticeshipBreak.objects.create(enrolment=world.helene)
    Outcome.objects.create(enrolment=world.helene, kind="cdi", is_principal=True)
    Contract.objects.create(enrolment=world.helene, contract_type="cdd", employer="Roux", starts_on=dt.date(2025, 3, 1))
    Exam.objects.create(enrolment=world.helene, certificate="CAP", session_on=dt.date(2025, 6, 1), result="obtained")
    Obstacle.objects.create(enrolment=world.helene, kind="mobility", opened_on=dt.date(2025, 3, 1))
    called = Said(dt.date(2025, 3, 1), channel="call", next_what="Rappeler", next_on=timezone.localdate())
    note(enrolment=world.helene, said=called, by=world.caseworker)
    workshop = Gathering.objects.create(programme=world.programme, title="Atelier", held_on=dt.date(2025, 3, 1))
    invite(gathering=workshop, numbers=[world.helene.pk], by=world.caseworker)
    cell = Cell.objects.create(programme=world.programme, territory=world.bethune, name="Béthune")
    Review.objects.create(
        session=Session.objects.create(cell=cell, held_on=dt.date(2025, 4, 1)), enrolment=world.helene
    )
    AgendaItem.objects.create(session=Session.objects.get(), enrolment=world.helene)
    told = {}
    for who, reader in world.cast.items():
        told[who] = set(model.objects.of_file(world.helene, reader))
        assert told[who] == set(model.objects.visible_to(reader).filter(enrolment=world.helene)), who
    assert told["caseworker"] and told["tutor"]
    assert not told["neighbour"] | told["other_manager"] | told["evaluator"] | told["stranger"]


def test_a_territory_is_offered_where_one_works_and_one_that_a_row_has_stays_offered(world):
    def offered(reader, kept=None):
        return [each.name for each in Territory.objects.worked_by(reader, world.programme, kept)]

    Territory.objects.create(name="Lens")  # of no programme
    both = ["Béthune-Bruay", "Valenciennes"]
    assert offered(world.administrator) == offered(world.manager) == both
    assert offered(world.caseworker) == ["Béthune-Bruay"]
    assert offered(world.caseworker, kept=world.valenciennes.pk) == both
    assert (
        offered(world.other_manager) == offered(world.tutor) == offered(world.funder) == offered(world.stranger) == []
    )
    world.programme.territories.remove(world.valenciennes)
    assert offered(world.manager) == ["Béthune-Bruay"]
    assert offered(world.manager, kept=world.valenciennes.pk) == both


def test_headcounts_follow_the_territory_of_their_project(world):
    readers = {name for name, user in world.cast.items() if Headcount.objects.visible_to(user).exists()}
    assert readers == {"administrator", "manager", "caseworker"}


def test_figures_count_the_perimeter_of_the_reader(world):
    counts = {name: perimeter_of(user, world.programme).enrolments().count() for name, user in world.cast.items()}
    assert counts == {
        "administrator": 3, "manager": 3, "other_manager": 0, "caseworker": 2, "neighbour": 1, "tutor": 0,
        "member": 0, "evaluator": 3, "funder": 3, "stranger": 0,
    }  # fmt: skip


def test_what_hangs_on_accounts_and_programmes_is_seen_by_those_who_answer_for_it(world):
    """One row of each kind, in TEST-1 or about Inès; who finds it, role by role."""
    rows = {
        "figure": DeclaredFigure.objects.create(
            programme=world.programme, report="annexe-1", row="total", column="total", text="13"
        ),
        "step": world.steps["contact"],
        "role": Role.objects.get(user=world.caseworker),
        "account": world.caseworker,
        "invitation": Invitation.objects.create(account=world.caseworker, address="i@partaj.example", expires_at=NOW),
        "identity": ProConnectIdentity.objects.create(account=world.caseworker, issuer="https://x.example", sub="1"),
        "seal": JournalSeal.objects.create(rank=1, last=1, count=0, members=b"", sealed_at=NOW),
        "draft": Draft.objects.create(author=world.caseworker, path="/", fields="note=x"),
        "territory": world.bethune,
        "structure": world.holder,
    }
    seen = {
        what: {name for name, user in world.cast.items() if type(row).objects.visible_to(user).filter(pk=row.pk)}
        for what, row in rows.items()
    }
    lead = {"administrator", "manager"}
    assert seen == {
        "figure": lead | {"evaluator", "funder"},
        "step": lead | {"caseworker", "neighbour", "tutor", "member", "evaluator", "funder"},
        "role": lead,
        "account": lead,
        "invitation": {"administrator"},
        "identity": {"administrator"},
        "seal": {"administrator"},
        "draft": {"caseworker"},
        "territory": lead | {"caseworker"},
        "structure": lead | {"caseworker", "neighbour", "other_manager"},
    }


def test_a_caseworker_sees_nothing_of_another_programme_on_their_own_ground(world):
    zoe = make_youth(world.other_programme, world.bethune, last_name="Autre")
    assert zoe not in Enrolment.objects.visible_to(world.caseworker)
    assert zoe in Enrolment.objects.visible_to(world.other_manager)


def test_what_may_leave_as_a_file_is_of_the_role_that_may_export(world):
    """Inès works at Béthune in both programmes and at Valenciennes in one: she exports TEST-1 at Béthune only."""
    world.other_programme.territories.add(world.bethune)
    make_role(world.caseworker, "caseworker", world.programme, territory=world.valenciennes)
    make_role(world.caseworker, "caseworker", world.other_programme, territory=world.bethune)
    zoe = make_youth(world.other_programme, world.bethune, last_name="Autre")
    seen = set(Enrolment.objects.visible_to(world.caseworker))
    assert seen == {world.lea, world.helene, world.karim, zoe}
    assert set(Enrolment.objects.exportable_by(world.caseworker)) == {world.lea, world.helene}


def test_whoever_has_not_signed_in_sees_nothing(world):
    assert list(Enrolment.objects.visible_to(AnonymousUser())) == []
