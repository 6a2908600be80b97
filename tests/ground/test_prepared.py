"""Questions composed once: what they answer is what the ORM answers, of today and of the reader's roles of today."""

import datetime as dt

import pytest
import time_machine
from django.db.models import Count, Q, Subquery
from django.utils import timezone

from beneficiaries import by_territory, deadlines, home
from beneficiaries.models import AccessGrant, Contract, Enrolment, Handover, LogEntry, Merge, NextAction, SavedList
from beneficiaries.views import base, saved_shown, timeline
from cellules import pages
from cellules.agenda import put_on_agenda
from cellules.models import Cell, Session
from partaj import navigation, prepared
from partaj.prepared import Reader, answers, instances
from tests.world import make_youth


def of_programme(reader, number):
    """Of each kind of value that a base gives back in its own way."""
    mine = Enrolment.objects.visible_to(reader).filter(programme__number=number).order_by("pk")
    return mine.annotate(told=Count("log")).values(
        "pk", "told", "contacted_on", "exited_on", "created_at", "has_disability", "beneficiary__last_name"
    )


def seen(user, number="TEST-1"):
    return [row["pk"] for row in answers(of_programme, Reader.of(user), number)]


def composed():
    """How many were, until now."""
    return prepared._composed.cache_info().misses


def the_day_after(user):
    """Another request: roles are read again."""
    return type(user).objects.get(pk=user.pk)


def everyday(reader, programmes):
    today = timezone.localdate()
    since = tuple((pk, today - dt.timedelta(days=20)) for pk in programmes)
    return {
        home._counts: (reader, today, since),
        home._latest: (reader, programmes),
        home._promised: (reader,),
        home._concerning: (reader,),
        by_territory._places: (reader, today, since),
        deadlines._coming: (reader, today),
        saved_shown._own_lists: (reader, programmes),
        pages._waiting: (reader, today, programmes),
    }


def test_every_question_of_the_home_page_answers_as_the_orm_does(world):
    today, own = timezone.localdate(), world.caseworker
    soon = today + dt.timedelta(days=3)
    Enrolment.objects.update(referent=own, has_disability=True)
    Contract.objects.create(
        enrolment=world.lea, contract_type="cdd", employer="Roux", starts_on=dt.date(2025, 3, 1), ends_on=soon
    )
    NextAction.objects.create(enrolment=world.lea, what="Rappeler", due_on=today, assignee=own)
    SavedList.objects.create(programme=world.programme, author=own, name="Elles", query="f-sex=F")
    Handover.objects.create(
        enrolment=world.karim, from_territory=world.valenciennes, territory=world.bethune, author=world.neighbour
    )
    cell = Cell.objects.create(programme=world.programme, territory=world.bethune, name="Béthune")
    session = Session.objects.create(cell=cell, held_on=soon)
    put_on_agenda(programme=world.programme, numbers=[world.lea.pk], session=session, by=own)
    answered = set()
    for user in world.cast.values():
        reader = Reader.of(user)
        for ask, facts in everyday(reader, (world.programme.pk, world.other_programme.pk)).items():
            expected = list(ask(*facts))
            assert answers(ask, *facts) == expected, (user, ask)  # composed
            assert answers(ask, *facts) == expected, (user, ask)  # asked again
            answered |= {ask} if expected else set()
        assert answers(of_programme, reader, "TEST-1") == list(of_programme(reader, "TEST-1"))
    assert answered == everyday(reader, ()).keys()


def test_a_question_is_composed_once_and_answered_each_time(world, django_assert_num_queries):
    assert seen(world.caseworker) == [world.lea.pk, world.helene.pk]
    newcomer = make_youth(world.programme, world.bethune)
    make_youth(world.programme, world.valenciennes)
    before = composed()
    with django_assert_num_queries(1):
        assert seen(world.caseworker) == [world.lea.pk, world.helene.pk, newcomer.pk]
    assert composed() == before


def test_what_one_may_see_is_never_what_another_could(world):
    assert seen(world.caseworker) == [world.lea.pk, world.helene.pk]
    assert seen(world.neighbour) == [world.karim.pk]
    assert seen(world.tutor) == [world.helene.pk]
    assert seen(world.evaluator) == [] == seen(world.stranger)


def test_a_role_that_ends_takes_effect_at_the_next_request(world):
    assert seen(world.caseworker)
    world.caseworker.roles.update(ends_on=timezone.localdate() - dt.timedelta(days=1))
    assert seen(the_day_after(world.caseworker)) == []


def test_an_account_that_closes_reads_nothing_more(world):
    assert seen(world.administrator)
    type(world.administrator).objects.filter(pk=world.administrator.pk).update(is_active=False)
    assert seen(the_day_after(world.administrator)) == []


def test_an_access_that_runs_out_is_over_the_day_after(world):
    """The rule reads the clock: a question of yesterday is composed again."""
    today = timezone.localdate()
    AccessGrant.objects.filter(user=world.tutor).update(ends_on=today)
    assert seen(world.tutor) == [world.helene.pk]
    with time_machine.travel(timezone.now() + dt.timedelta(days=1)):
        assert seen(world.tutor) == []


def test_where_nothing_may_be_seen_the_base_is_not_asked(world, django_assert_num_queries):
    stranger = Reader.of(world.stranger)
    with django_assert_num_queries(0):
        assert answers(of_programme, stranger, "TEST-1") == []


def files_of(reader, number):
    same_person = Enrolment.objects.visible_to(reader).filter(beneficiary__enrolments__pk=number)
    return same_person.select_related("beneficiary", "territory").defer("situation_other")


def test_rows_of_a_model_are_those_of_the_orm_with_what_they_refer_to(world, django_assert_num_queries):
    reader = Reader.of(world.manager)
    for file in (world.lea, world.karim):
        for _ in range(2):  # composed, then asked again
            with django_assert_num_queries(1):
                (found,) = instances(files_of, reader, of=file.pk)
                assert (str(found.beneficiary), str(found.territory)) == (str(file.beneficiary), str(file.territory))
            (expected,) = files_of(reader, file.pk)
            assert found == expected and found._state.db == expected._state.db and not found._state.adding
            assert found.get_deferred_fields() == {"situation_other"} == expected.get_deferred_fields()
            names = [each.attname for each in Enrolment._meta.concrete_fields if each.name != "situation_other"]
            assert [getattr(found, name) for name in names] == [getattr(expected, name) for name in names]


def test_a_question_of_any_row_is_composed_once_for_all(world):
    reader = Reader.of(world.caseworker)
    assert [each.pk for each in instances(files_of, reader, of=world.lea.pk)] == [world.lea.pk]
    before = composed()
    assert [each.pk for each in instances(files_of, reader, of=world.helene.pk)] == [world.helene.pk]
    assert instances(files_of, reader, of=world.karim.pk) == []  # next door
    assert composed() == before


@pytest.mark.parametrize("number", [0, -1, prepared.ANY, 2**63 - 1, 2**63, 10**30])
def test_a_number_that_no_row_has_finds_none(world, number):
    assert instances(files_of, Reader.of(world.administrator), of=number) == []


def of_person(reader, number):
    """The number is that of a person in one column, of one taken in in another, which is never negative."""
    return Merge.objects.visible_to(reader).of_person(number).values("pk")


def test_the_number_is_found_wherever_it_stands(world):
    reader = Reader.of(world.manager)
    merge = Merge.objects.create(enrolment=world.lea, absorbed_person=424_242, absorbed_file=424_243, paths={})
    for number in (world.lea.beneficiary_id, 424_242):
        assert answers(of_person, reader, of=number) == [{"pk": merge.pk}]
    assert answers(of_person, reader, of=424_243) == []


def of_no_row(reader, number):
    return Enrolment.objects.visible_to(reader).values("pk")


def of_so_many(reader, number):
    return Enrolment.objects.visible_to(reader).values("pk")[:number]


def of_the_next(reader, number):
    return Enrolment.objects.visible_to(reader).filter(pk=number + 1).values("pk")


def of_its_name(reader, number):
    return Merge.objects.visible_to(reader).filter(Q(paths__has_key=str(number)) | Q(enrolment=number)).values("pk")


def of_a_row_already_read(reader, number):
    return Enrolment.objects.visible_to(reader).filter(pk__in=list(Enrolment.objects.values_list("pk"))).values("pk")


@pytest.mark.parametrize("ask", [of_no_row, of_so_many, of_the_next, of_its_name, of_a_row_already_read])
def test_a_question_that_does_more_than_ask_of_a_number_is_refused(world, ask):
    with pytest.raises(RuntimeError):
        answers(ask, Reader.of(world.manager), of=world.lea.pk)


def noted_so_far(reader):
    return LogEntry.objects.visible_to(reader).filter(noted_at__lte=timezone.now()).values("pk")


def test_a_rule_that_looks_at_the_hour_is_found_by_any_test_that_asks_twice(world):
    answers(noted_so_far, Reader.of(world.manager))
    with pytest.raises(AssertionError, match="noted_so_far"):
        answers(noted_so_far, Reader.of(world.manager))


def with_a_count(reader):
    return Enrolment.objects.visible_to(reader).annotate(lines=Count("log"))


def test_rows_that_are_not_asked_for_as_they_are_given_are_refused(world):
    reader = Reader.of(world.manager)
    for way, ask, facts in (
        (instances, with_a_count, ()), (instances, of_programme, ("TEST-1",)), (answers, navigation._programmes, ()),
    ):  # fmt: skip
        with pytest.raises(TypeError, match=ask.__name__):
            way(ask, reader, *facts)


def test_what_is_kept_holds_no_other_question(world):
    """A count kept with its expression would keep the whole query that it counts."""
    today = timezone.localdate()
    facts = (Reader.of(world.manager), today, ((world.programme.pk, today),))
    question = prepared._composed(home._counts, today, False, *facts)
    assert any(isinstance(each, Subquery) for each in home._counts(*facts).query.annotations.values())
    assert not any(isinstance(expression, Subquery) for _, expression in question.converted)


@pytest.mark.parametrize("who", ["administrator", "manager", "caseworker", "tutor"])
def test_every_question_of_the_page_of_a_file_answers_as_the_orm_does(world, who):
    user = getattr(world, who)
    reader, answered = Reader.of(user), world.helene.may_be_changed_by(user)
    for private, author in [(True, user), (True, world.other_manager), (False, world.caseworker)]:
        LogEntry.objects.create(enrolment=world.helene, kind="note", happened_on=dt.date(2025, 5, 5), sentence="Vue.",
                                is_private=private, author=author)  # fmt: skip
    NextAction.objects.create(enrolment=world.helene, what="Rappeler", due_on=dt.date(2025, 6, 1), assignee=user)
    for ask, facts in [
        (timeline._lines, (reader, answered, "", False)),
        (timeline._lines, (reader, answered, "notes", True)),
        (timeline._actions, (reader, answered)),
    ]:
        expected = list(ask(*facts, world.helene.pk))
        assert expected and answers(ask, *facts, of=world.helene.pk) == expected
        assert not any(row.get("author__email") == world.other_manager.email for row in expected)
    assert instances(base._paths, reader, of=world.helene.pk) == list(base._paths(reader, world.helene.pk))
    assert instances(navigation._programmes, reader) == list(navigation._programmes(reader))


def test_a_reader_is_told_by_value_and_nothing_else(world):
    """A rule that looked at anything else of the account would be answered from another day."""
    reader = Reader.of(world.caseworker)
    assert reader == Reader.of(the_day_after(world.caseworker)) and hash(reader)
    with pytest.raises(AttributeError):
        reader.email  # noqa: B018
