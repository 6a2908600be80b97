"""The cells: sessions and the situations studied there, named only to who may see the file."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from beneficiaries.models import Enrolment, LogEntry
from cellules import services
from cellules.models import Cell, Review, Session
from partaj.programmes.services import ClosedProgramme
from partaj.removal import InUse
from tests.test_attacks import ON_POSTGRESQL, at_once
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
        (FEBRUARY, "Situation étudiée en cellule « Cellule de Béthune » le 06/02/2025.", world.caseworker),
        (MARCH, "Situation étudiée en cellule « Cellule de Béthune » le 06/03/2025.", world.caseworker),
    ]


def test_a_youth_of_elsewhere_is_not_withdrawn_from_ones_own_session(world, session, sign_in):
    """Studied before they moved: still on the list, by their initials, for those who see their file to withdraw."""
    review = Review.objects.create(session=session, enrolment=world.karim)
    url = address(world, "review_withdraw", session.pk, review.pk)
    assert sign_in(world.caseworker).get(url).status_code == 404
    assert sign_in(world.caseworker).post(url, {"reason": "x"}).status_code == 404
    assert sign_in(world.manager).get(url).status_code == 200


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
    assert LogEntry.objects.filter(enrolment=world.lea, sentence__endswith="retirée : Erreur de nom.").count() == 1


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
    assert "En cellule" in text(page) and f'href="{session.get_absolute_url()}"' in page.content.decode()
    guest = sign_in(world.tutor).get(world.helene.get_absolute_url())
    assert "En cellule" in text(guest) and session.get_absolute_url() not in guest.content.decode()
    assert "pas encore été étudiée" in text(sign_in(world.caseworker).get(world.lea.get_absolute_url()))


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


# -- Changing, removing -----------------------------------------------------------------------------


def test_a_cell_is_renamed_and_its_second_editor_sees_both_names(world, cell, sign_in):
    url, client = address(world, "cell_change", cell.pk), sign_in(world.caseworker)
    assert f'href="{url}"' in client.get(cell.get_absolute_url()).content.decode()
    typed = {"territory": world.bethune.pk, "version": client.get(url).context["form"]["version"].value()}
    assert sign_in(world.manager).post(url, typed | {"name": "Cellule de Bruay"}).status_code == 302
    conflict = client.post(url, typed | {"name": "Cellule du bassin"})
    assert conflict.status_code == 409
    assert [(each.label, each.mine, each.theirs) for each in conflict.context["differences"]] == [
        ("Nom", "Cellule du bassin", "Cellule de Bruay")
    ]
    assert "Bruno l’a enregistrée" in text(conflict) and 'value="Cellule du bassin"' in text(conflict)
    assert Cell.objects.get().name == "Cellule de Bruay"
    again = client.post(
        url, {"territory": world.bethune.pk, "name": "Cellule du bassin",
              "version": conflict.context["form"]["version"].value()}, follow=True,
    )  # fmt: skip
    assert "La cellule est enregistrée." in text(again)
    assert [(line.name, line.history_user) for line in cell.history.all()] == [
        ("Cellule du bassin", world.caseworker), ("Cellule de Bruay", world.manager),
        ("Cellule de Béthune", world.manager),
    ]  # fmt: skip


def test_a_cell_that_studied_situations_keeps_its_territory(world, cell, session, sign_in):
    url, client = address(world, "cell_change", cell.pk), sign_in(world.manager)
    typed = {"name": cell.name, "territory": world.valenciennes.pk}
    assert client.post(url, typed | {"version": 1}).status_code == 302
    assert client.post(url, typed | {"territory": world.bethune.pk, "version": 2}).status_code == 302
    services.study_situations(session=session, enrolments=[world.lea], by=world.caseworker)
    refused = client.post(url, typed | {"version": 3})
    assert refused.status_code == 422 and "la cellule garde le sien" in text(refused)
    assert Cell.objects.get().territory == world.bethune
    assert sign_in(world.caseworker).post(url, typed | {"version": 3}).status_code == 422  # not a territory of theirs


def test_a_session_noted_on_the_wrong_day_is_put_right_in_each_file(world, cell, session, sign_in):
    march = services.plan_session(session=Session(cell=cell, held_on=MARCH), by=world.manager)
    services.study_situations(session=session, enrolments=[world.lea, world.helene], by=world.caseworker)
    services.study_situations(session=march, enrolments=[world.lea], by=world.caseworker)
    url, client = address(world, "session_change", session.pk), sign_in(world.caseworker)
    coming = (timezone.localdate() + dt.timedelta(days=3)).isoformat()
    wrong = {"2025-03-06": "se réunit déjà ce jour-là", "2099-01-01": "impossible", coming: "donnez le jour, passé,"}
    for day, sentence in wrong.items():
        refused = client.post(url, {"held_on": day, "place": "Mairie", "version": 1})
        assert refused.status_code == 422 and sentence in text(refused)
    done = client.post(url, {"held_on": "2025-04-03", "place": "École", "version": 1}, follow=True)
    assert "La séance est enregistrée." in text(done) and "École" in text(done)
    days = dict(Enrolment.objects.values_list("pk", "first_reviewed_on"))
    assert (days[world.lea.pk], days[world.helene.pk], days[world.karim.pk]) == (MARCH, dt.date(2025, 4, 3), None)
    for youth in (world.lea, world.helene):
        line = LogEntry.objects.get(enrolment=youth, happened_on=dt.date(2025, 4, 3))
        assert (line.sentence, line.author) == (
            "La séance notée le 06/02/2025 s’est tenue le 03/04/2025.", world.caseworker,
        )  # fmt: skip
    conflict = client.post(url, {"held_on": "2025-02-07", "place": "Mairie", "version": 1})
    assert conflict.status_code == 409
    assert [(each.label, each.mine, each.theirs) for each in conflict.context["differences"]] == [
        ("Date", "07/02/2025", "03/04/2025"), ("Lieu", "Mairie", "École"),
    ]  # fmt: skip


def test_what_studied_situations_stays_and_says_how_many(world, cell, session, sign_in):
    march = services.plan_session(session=Session(cell=cell, held_on=MARCH), by=world.manager)
    services.study_situations(session=session, enrolments=[world.lea, world.helene], by=world.caseworker)
    services.study_situations(session=march, enrolments=[world.lea], by=world.caseworker)
    client = sign_in(world.caseworker)
    for page, pk, count, advice in [
        ("cell_remove", cell.pk, "3 situations étudiées, en 2 séances", "séance par séance"),
        ("session_remove", march.pk, "1 situation étudiée, en 1 séance", "Retirez d’abord ces situations de la séance"),
    ]:
        url = address(world, page, pk)
        for answer, status in [(client.get(url), 200), (client.post(url), 409)]:
            assert answer.status_code == status and count in text(answer) and advice in text(answer)
        assert sign_in(world.neighbour).post(url).status_code == 404
    with pytest.raises(InUse):
        services.remove_cell(cell=cell, by=world.manager)
    assert (Cell.objects.count(), Session.objects.count(), Review.objects.count()) == (1, 2, 3)


def test_a_cell_made_by_mistake_goes_with_its_empty_sessions(world, cell, session, sign_in):
    services.plan_session(session=Session(cell=cell, held_on=MARCH), by=world.manager)
    client = sign_in(world.caseworker)
    gone = client.post(address(world, "session_remove", session.pk), follow=True)
    assert "La séance est supprimée." in text(gone) and gone.context["cell"] == cell
    url = address(world, "cell_remove", cell.pk)
    assert "1 séance sans situation étudiée" in text(client.get(url)) and Cell.objects.exists()
    done = client.post(url, follow=True)
    assert "La cellule est supprimée." in text(done) and "Aucune cellule pour le moment" in text(done)
    assert (Cell.objects.count(), Session.objects.count()) == (0, 0)
    assert [line.history_user for line in Cell.history.filter(history_type="-")] == [world.caseworker]
    assert client.get(url).status_code == 404
    services.remove_cell(cell=Cell(pk=cell.pk, programme=world.programme), by=None)  # the second finds nothing to do


def test_a_closed_programme_keeps_its_cells_as_they_are(world, cell, session, sign_in):
    world.programme.closed_on = dt.date(2026, 1, 1)
    world.programme.save()
    client = sign_in(world.manager)
    for page, pk in [("cell_change", cell.pk), ("cell_remove", cell.pk), ("session_change", session.pk),
                     ("session_remove", session.pk)]:  # fmt: skip
        assert client.post(address(world, page, pk), {"name": "x", "version": 1}).status_code == 409
    kept = Session.objects.select_related("cell__programme").get(pk=session.pk)
    for refused in [
        lambda: services.revise_cell(cell=kept.cell, version=1, by=None),
        lambda: services.revise_session(session=kept, version=1, by=None),
        lambda: services.remove_cell(cell=kept.cell, by=None),
        lambda: services.remove_session(session=kept, by=None),
    ]:
        with pytest.raises(ClosedProgramme):
            refused()
    assert (Cell.objects.get().name, Session.objects.get().version) == ("Cellule de Béthune", 1)


def test_a_situation_withdrawn_twice_is_told_once(world, session, sign_in):
    [review] = services.study_situations(session=session, enrolments=[world.lea], by=world.caseworker)
    same = Review.objects.select_related("session__cell__programme", "enrolment").get(pk=review.pk)
    assert services.withdraw_review(review=review, reason="Erreur.", by=world.caseworker) is True
    assert services.withdraw_review(review=same, reason="Erreur.", by=world.manager) is False
    assert LogEntry.objects.filter(enrolment=world.lea, sentence__contains="retirée").count() == 1


def test_whoever_adds_to_what_was_just_removed_is_told_so(world, cell, session):
    read = Session.objects.select_related("cell__programme").get(pk=session.pk)
    services.remove_cell(cell=cell, by=world.manager)
    with pytest.raises(ValidationError, match="Cette séance vient d’être supprimée"):
        services.study_situations(session=read, enrolments=[world.lea], by=world.caseworker)
    with pytest.raises(ValidationError, match="Cette cellule vient d’être supprimée"):
        services.plan_session(session=Session(cell=read.cell, held_on=MARCH), by=world.caseworker)
    assert LogEntry.objects.filter(enrolment=world.lea, kind="session").count() == 0


@ON_POSTGRESQL
@pytest.mark.django_db(transaction=True)
def test_what_is_done_at_once_to_a_cell_is_done_once(world, session, cell, sign_in):
    one, other = sign_in(world.caseworker), sign_in(world.manager)
    rename = address(world, "cell_change", cell.pk)
    typed = {"territory": world.bethune.pk, "version": 1}
    assert at_once(*(
        lambda c=c, n=n: c.post(rename, typed | {"name": n}) for c, n in [(one, "Inès"), (other, "Bruno")]
    )) == [302, 409]  # fmt: skip
    for day in range(1, 6):
        held = services.plan_session(session=Session(cell=cell, held_on=dt.date(2025, 5, day)), by=None)
        [review] = services.study_situations(session=held, enrolments=[world.lea], by=None)
        withdraw = address(world, "review_withdraw", held.pk, review.pk)
        answers = at_once(*(lambda c=c, u=withdraw: c.post(u, {"reason": "Erreur."}) for c in (one, other)))
        assert answers in ([302, 302], [302, 404])  # the slower finds it gone, or is told so
        assert LogEntry.objects.filter(sentence__contains="retirée").count() == day
        study, remove = address(world, "study", held.pk), address(world, "session_remove", held.pk)
        added = {"enrolments": [world.lea.pk]}
        answers = at_once(lambda u=study, f=added: one.post(u, f), lambda u=remove: other.post(u))
        assert answers in ([302, 409], [302, 404], [302, 422])
        assert Session.objects.filter(pk=held.pk).exists() == Review.objects.filter(session=held.pk).exists()
        Review.objects.all().delete()
