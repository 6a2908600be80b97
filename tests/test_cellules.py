"""The cells: sessions and the situations studied there, named only to who may see the file."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from beneficiaries.models import Enrolment, LogEntry
from beneficiaries.services import ClosedProgramme
from cellules import services
from cellules.models import Cell, Review, Session
from tests.world import make_youth

FEBRUARY, MARCH = dt.date(2025, 2, 6), dt.date(2025, 3, 6)


def address(world, page, *args):
    return reverse(f"cellules:{page}", args=[world.programme.number, *args])


def text(response):
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


@pytest.fixture
def cell(world):
    return services.open_cell(
        cell=Cell(programme=world.programme, territory=world.bethune, name="Cellule de Béthune"), by=world.manager
    )


@pytest.fixture
def session(world, cell):
    return services.plan_session(session=Session(cell=cell, held_on=FEBRUARY, place="Mairie"), by=world.manager)


def test_a_caseworker_opens_a_cell_plans_a_session_and_notes_who_was_studied(world, sign_in):
    client = sign_in(world.caseworker)
    assert "Aucune cellule pour le moment" in text(client.get(address(world, "list")))
    client.post(address(world, "cell_add"), {"name": "Cellule de Béthune", "territory": world.bethune.pk})
    cell = Cell.objects.get()
    client.post(address(world, "session_add", cell.pk), {"held_on": "2025-02-06", "place": "Mairie"})
    session = Session.objects.get()
    done = client.post(
        address(world, "study", session.pk), {"enrolments": [world.lea.pk, world.helene.pk]}, follow=True
    )
    assert "2 situations ajoutées à la séance du 06/02/2025." in text(done)
    assert [(each.number, each.name) for each in done.context["situations"]] == [
        (1, "Léa Moreau"),
        (2, "Hélène Le Goff"),
    ]
    assert f'href="{world.lea.get_absolute_url()}"' in done.content.decode()
    listed = client.get(address(world, "list")).context["page"].rows
    assert [(row.session_count, row.review_count, row.last_on, row.next_on) for row in listed] == [
        (1, 2, FEBRUARY, None)
    ]


def test_the_timeline_and_the_first_study_follow(world, session, cell):
    march = services.plan_session(session=Session(cell=cell, held_on=MARCH), by=world.manager)
    services.study_situations(session=march, enrolments=[world.lea], by=world.caseworker)
    services.study_situations(session=session, enrolments=[world.lea], by=world.caseworker)
    assert Enrolment.objects.get(pk=world.lea.pk).first_reviewed_on == FEBRUARY
    lines = LogEntry.objects.filter(enrolment=world.lea, kind=LogEntry.Kind.SESSION).order_by("happened_on")
    assert [(line.happened_on, line.sentence, line.author) for line in lines] == [
        (FEBRUARY, "Situation étudiée en cellule « Cellule de Béthune » le 06/02/2025.", world.caseworker),
        (MARCH, "Situation étudiée en cellule « Cellule de Béthune » le 06/03/2025.", world.caseworker),
    ]


def test_a_situation_noted_by_mistake_is_withdrawn_with_its_reason(world, session, cell, sign_in):
    march = services.plan_session(session=Session(cell=cell, held_on=MARCH), by=world.manager)
    for each in (session, march):
        services.study_situations(session=each, enrolments=[world.lea], by=world.caseworker)
    review = session.reviews.get()
    url = address(world, "review_withdraw", session.pk, review.pk)
    assert sign_in(world.neighbour).post(url, {"reason": "x"}).status_code == 404
    client = sign_in(world.caseworker)
    assert client.post(url, {"reason": " "}).status_code == 422
    assert client.post(url, {"reason": "Erreur de nom."}).status_code == 302
    assert not session.reviews.exists()
    assert Enrolment.objects.get(pk=world.lea.pk).first_reviewed_on == MARCH
    assert LogEntry.objects.filter(enrolment=world.lea, sentence__endswith="retirée : Erreur de nom.").count() == 1


def test_one_who_may_not_see_the_file_reads_a_number_and_initials(world, session, sign_in):
    services.study_situations(session=session, enrolments=[world.lea, world.helene], by=world.caseworker)
    Enrolment.objects.filter(pk=world.helene.pk).update(territory=world.valenciennes)  # she moved
    page = sign_in(world.caseworker).get(session.get_absolute_url())
    assert [(each.number, each.name) for each in page.context["situations"]] == [(1, "Léa Moreau"), (2, "H. L.")]
    assert "n° 2 · H. L." in text(page) and "Goff" not in text(page)
    assert f"/{world.helene.pk}/" not in page.content.decode()
    hidden = session.reviews.get(enrolment=world.helene)
    withdraw = address(world, "review_withdraw", session.pk, hidden.pk)
    assert sign_in(world.caseworker).get(withdraw).status_code == 404
    assert "Hélène Le Goff" in text(sign_in(world.manager).get(session.get_absolute_url()))


def test_the_search_offers_the_youths_of_the_territory_only(world, session, sign_in):
    Enrolment.objects.filter(pk=world.karim.pk).update(sort_name="le goff karim")
    client = sign_in(world.manager)
    found = client.get(address(world, "study", session.pk), {"q": "HELENE le-goff"})
    assert [row.pk for row, _ in found.context["rows"]] == [world.helene.pk]
    everyone = client.get(address(world, "study", session.pk))
    assert {row.pk for row, _ in everyone.context["rows"]} == {world.lea.pk, world.helene.pk}


@pytest.mark.parametrize("who", ["karim", "foreigner"])
def test_a_youth_of_elsewhere_is_refused_with_the_whole_list(world, session, sign_in, who):
    elsewhere = getattr(world, who)
    for user in (world.caseworker, world.administrator):
        refused = sign_in(user).post(address(world, "study", session.pk), {"enrolments": [world.lea.pk, elsewhere.pk]})
        assert refused.status_code == 422 and "rien n’a été ajouté" in text(refused)
        assert [pk for pk, ticked in [(row.pk, ticked) for row, ticked in refused.context["rows"]] if ticked] == [
            world.lea.pk
        ]
    with pytest.raises(ValidationError):
        services.study_situations(session=session, enrolments=[world.lea, elsewhere], by=world.manager)
    assert (Review.objects.count(), LogEntry.objects.filter(kind="session").count()) == (0, 0)


@pytest.mark.parametrize("sent", [[], ["abc"], ["9" * 30], ["1\0"]])
def test_what_is_not_a_youth_is_refused(world, session, sign_in, sent):
    assert sign_in(world.caseworker).post(address(world, "study", session.pk), {"enrolments": sent}).status_code == 422


def test_nobody_is_studied_twice_at_a_session_nor_before_it_is_held(world, session, cell):
    services.study_situations(session=session, enrolments=[world.lea], by=world.caseworker)
    with pytest.raises(ValidationError):
        services.study_situations(session=session, enrolments=[world.helene, world.lea], by=world.caseworker)
    assert [review.enrolment for review in session.reviews.all()] == [world.lea]
    coming = services.plan_session(
        session=Session(cell=cell, held_on=timezone.localdate() + dt.timedelta(days=7)), by=world.caseworker
    )
    with pytest.raises(ValidationError):
        services.study_situations(session=coming, enrolments=[world.helene], by=world.caseworker)
    assert Enrolment.objects.get(pk=world.helene.pk).first_reviewed_on is None


def test_one_session_a_day_one_name_a_territory_and_possible_dates(world, session, cell, sign_in):
    client = sign_in(world.caseworker)
    for day, sentence in [
        ("2025-02-06", "se réunit déjà ce jour-là"), ("2025-02-30", "n’existe pas"), ("0025-02-06", "impossible"),
        ("2999-01-01", "impossible"), ("", "Donnez la date"),
    ]:  # fmt: skip
        refused = client.post(address(world, "session_add", cell.pk), {"held_on": day})
        assert refused.status_code == 422 and sentence in text(refused)
    twice = client.post(address(world, "cell_add"), {"name": cell.name, "territory": world.bethune.pk})
    assert twice.status_code == 422 and "porte déjà ce nom" in text(twice)
    # A neighbour's cell may bear the same name: refusing it would tell that it exists.
    same = sign_in(world.neighbour).post(
        address(world, "cell_add"), {"name": cell.name, "territory": world.valenciennes.pk}
    )
    assert same.status_code == 302


def test_a_caseworker_opens_no_cell_next_door(world, sign_in):
    refused = sign_in(world.caseworker).post(
        address(world, "cell_add"), {"name": "Pirate", "territory": world.valenciennes.pk}
    )
    assert refused.status_code == 422 and not Cell.objects.exists()


@pytest.mark.parametrize("who", ["neighbour", "other_manager", "tutor", "member", "evaluator", "funder", "stranger"])
def test_whoever_does_not_see_the_cell_gets_the_404_of_what_does_not_exist(world, cell, session, sign_in, who):
    services.study_situations(session=session, enrolments=[world.lea], by=world.caseworker)
    client = sign_in(world.cast[who])
    for page, pk in [("cell", cell.pk), ("session", session.pk), ("session_add", cell.pk), ("study", session.pk)]:
        assert client.get(address(world, page, pk)).status_code == 404
        assert client.get(address(world, page, 424242)).status_code == 404
    assert client.post(address(world, "study", session.pk), {"enrolments": [world.helene.pk]}).status_code == 404
    assert client.post(address(world, "session_add", cell.pk), {"held_on": "2025-05-05"}).status_code == 404
    assert (Session.objects.count(), Review.objects.count()) == (1, 1)
    listed = client.get(address(world, "list"))
    assert listed.status_code == 404 or "Cellule de Béthune" not in text(listed)


def test_a_closed_programme_keeps_its_sessions(world, cell, session, sign_in):
    world.programme.closed_on = dt.date(2026, 1, 1)
    world.programme.save()
    client = sign_in(world.manager)
    assert client.post(address(world, "study", session.pk), {"enrolments": [world.lea.pk]}).status_code == 409
    assert client.post(address(world, "session_add", cell.pk), {"held_on": "2025-05-05"}).status_code == 409
    assert client.post(address(world, "cell_add"), {"name": "x", "territory": world.bethune.pk}).status_code == 409
    assert client.get(session.get_absolute_url()).status_code == 200
    session = Session.objects.select_related("cell__programme").get(pk=session.pk)
    for refused in [
        lambda: services.open_cell(cell=Cell(programme=world.programme, territory=world.bethune, name="x"), by=None),
        lambda: services.plan_session(session=Session(cell=session.cell, held_on=MARCH), by=None),
        lambda: services.study_situations(session=session, enrolments=[world.lea], by=None),
    ]:
        with pytest.raises(ClosedProgramme):
            refused()
    assert (Cell.objects.count(), Session.objects.count(), Review.objects.count()) == (1, 1, 0)


def test_the_file_of_a_youth_tells_when_the_situation_was_studied(world, session, sign_in):
    services.study_situations(session=session, enrolments=[world.helene], by=world.caseworker)
    page = sign_in(world.caseworker).get(world.helene.get_absolute_url())
    assert "Étudié en cellule" in text(page) and f'href="{session.get_absolute_url()}"' in page.content.decode()
    guest = sign_in(world.tutor).get(world.helene.get_absolute_url())
    assert "Étudié en cellule" in text(guest) and session.get_absolute_url() not in guest.content.decode()
    assert "Étudié en cellule" not in text(sign_in(world.caseworker).get(world.lea.get_absolute_url()))


def test_the_pages_cost_the_same_whatever_their_length(world, cell, session, sign_in):
    client = sign_in(world.caseworker)
    services.study_situations(session=session, enrolments=[world.lea], by=world.caseworker)
    urls = [address(world, "list"), cell.get_absolute_url(), session.get_absolute_url(),
            address(world, "study", session.pk)]  # fmt: skip

    def queries():
        counts = []
        for url in urls:
            with CaptureQueriesContext(connection) as counted:
                assert client.get(url).status_code == 200
            counts.append(len(counted))
        return counts

    make_youth(world.programme, world.bethune)
    few = queries()
    for number in range(12):
        youths = [make_youth(world.programme, world.bethune) for _ in range(2)]
        other = services.open_cell(
            cell=Cell(programme=world.programme, territory=world.bethune, name=f"Cellule {number}"), by=world.manager
        )
        later = Session(cell=cell, held_on=MARCH + dt.timedelta(days=number))
        services.study_situations(
            session=services.plan_session(session=later, by=world.manager), enrolments=youths[:1], by=world.manager
        )
        services.study_situations(session=session, enrolments=youths[:1], by=world.manager)
        services.plan_session(session=Session(cell=other, held_on=MARCH), by=world.manager)
    assert queries() == few
