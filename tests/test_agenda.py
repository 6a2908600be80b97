"""The agenda of a coming session: put there from the list of youths, seen on every side, studied, or taken off."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from beneficiaries.handovers import accept, offer
from beneficiaries.models import Enrolment, Objection
from beneficiaries.rights import note_objection
from beneficiaries.services import open_access
from cellules import services
from cellules.agenda import put_on_agenda
from cellules.models import AgendaItem, Cell, Session
from partaj.accounts.models import JournalEntry
from partaj.programmes.services import ClosedProgramme
from tests.world import make_role, make_youth
from tests.youths.merging.hands import unite
from tests.youths.paper import as_read, errors, form_of, gone, page, said, shown

MANY = reverse("cellules:agenda_many", args=["TEST-1"])


def told(path):
    return list(path.log.filter(kind="session").order_by("pk").values_list("sentence", flat=True))


@pytest.fixture
def cell(world):
    return Cell.objects.create(programme=world.programme, territory=world.bethune, name="Béthune")


@pytest.fixture
def coming(cell):
    return Session.objects.create(cell=cell, held_on=timezone.localdate() + dt.timedelta(days=9), place="Mairie")


@pytest.fixture
def on_agenda(world, coming):
    return put_on_agenda(
        programme=world.programme, numbers=[world.lea.pk, world.helene.pk], session=coming, by=world.caseworker
    ).act


def test_youths_are_put_on_the_agenda_from_their_list_and_everybody_reads_it(world, sign_in, coming):
    client = sign_in(world.caseworker)
    assert "Rien n’est encore à l’ordre du jour" in client.get(coming.get_absolute_url()).content.decode()
    preview = client.get(MANY, {"dossier": [world.lea.pk, world.helene.pk]})
    assert shown(preview) == ["Hélène Le Goff", "Léa Moreau"]
    done = client.post(MANY, {"read": as_read(preview), "session": coming.pk}, follow=True)
    day = f"{coming.held_on:%d/%m/%Y}"
    named = f"la cellule «\u00a0Béthune\u00a0» du {day}"
    assert said(done) == [
        f"C’est fait\u00a0: 2\u00a0situations à l’ordre du jour de {named}. Cette page permet de tout défaire."
    ]
    assert told(world.lea) == [f"Mis à l’ordre du jour de {named}."]
    session = client.get(coming.get_absolute_url())
    assert sorted(item.name for item in session.context["agenda"]) == ["Hélène Le Goff", "Léa Moreau"]
    panel = dict(client.get(page("detail", world.lea)).context["panels"])["cellules/_sessions_panel.html"]
    assert [each["held_on"] for each in panel["ahead"]] == [coming.held_on]
    entry = JournalEntry.objects.filter(page="cellules:session", actor=world.caseworker).order_by("number").last()
    assert set(entry.shown.split()) == {str(world.lea.pk), str(world.helene.pk)}


def test_each_is_put_there_once_and_by_who_answers_for_it(world, coming, on_agenda):
    numbers = [world.lea.pk, world.karim.pk]
    again = put_on_agenda(programme=world.programme, numbers=numbers, session=coming, by=world.manager)
    assert again.act is None and {each.pk for each in again.skipped} == set(numbers)
    near = put_on_agenda(programme=world.programme, numbers=numbers, session=coming, by=world.neighbour)
    assert near.act is None and [each.pk for each in near.skipped] == [world.karim.pk]
    assert AgendaItem.objects.count() == 2


def test_one_is_taken_off_and_the_file_says_so(world, sign_in, coming, on_agenda):
    client, item = sign_in(world.caseworker), AgendaItem.objects.get(enrolment=world.lea)
    address = off(coming, item)
    assert "retirée de l’ordre du jour" in said(client.post(address, follow=True))[0]
    assert told(world.lea)[-1].startswith("Retiré de l’ordre du jour de la cellule")
    assert client.post(address).status_code == 404
    assert sign_in(world.tutor).post(address).status_code == 404


def test_the_whole_act_is_undone_but_for_what_was_studied_meanwhile(world, sign_in, coming, on_agenda):
    Session.objects.update(held_on=timezone.localdate())
    coming.refresh_from_db()
    services.study_situations(session=coming, enrolments=[world.lea], by=world.caseworker)
    client = sign_in(world.caseworker)
    asked = client.get(f"{on_agenda.get_absolute_url()}defaire/").context["sentences"]
    assert asked == [
        "1\u00a0situation quitte l’ordre du jour.",
        "1\u00a0situation a été étudiée ou retirée depuis et ne bouge pas\u00a0: Léa Moreau.",
    ]
    client.post(f"{on_agenda.get_absolute_url()}defaire/")
    assert [item.enrolment for item in AgendaItem.objects.all()] == [world.lea]


def test_on_the_day_those_of_the_agenda_are_ticked_and_what_is_left_is_said(world, sign_in, coming, on_agenda):
    Session.objects.update(held_on=timezone.localdate())
    client = sign_in(world.caseworker)
    study = client.get(reverse("cellules:study", args=["TEST-1", coming.pk]))
    assert [ticked for _, ticked in study.context["rows"]] == [True, True]
    client.post(reverse("cellules:study", args=["TEST-1", coming.pk]), {"enrolments": [world.lea.pk]})
    Session.objects.update(held_on=timezone.localdate() - dt.timedelta(days=1))
    after = client.get(coming.get_absolute_url())
    assert [item.name for item in after.context["agenda"]] == ["Hélène Le Goff"]
    assert after.context["agenda_title"] == "À l’ordre du jour, pas encore étudiées"


def test_a_youth_who_has_moved_is_a_number_and_initials_there(world, sign_in, coming, on_agenda):
    world.lea.territory = world.valenciennes
    world.lea.save()
    items = sign_in(world.caseworker).get(coming.get_absolute_url()).context["agenda"]
    hidden = next(item for item in items if item.file is None)
    assert (hidden.name, hidden.url) == ("L. M.", "")
    page_read = sign_in(world.caseworker).get(coming.get_absolute_url()).content.decode()
    assert f"n°\u00a0{hidden.number} · L. M." in page_read and "Moreau" not in page_read
    assert page_read.count("/retirer/") == 1  # beside Hélène alone
    item = AgendaItem.objects.get(enrolment=world.lea)
    assert sign_in(world.caseworker).post(off(coming, item)).status_code == 404
    assert AgendaItem.objects.filter(pk=item.pk).exists()


def off(session, item):
    return reverse("cellules:agenda_remove", args=["TEST-1", session.pk, item.pk])


def test_nobody_is_taken_off_once_the_programme_is_closed(world, sign_in, coming, on_agenda):
    world.programme.closed_on = timezone.localdate()
    world.programme.save()
    item = AgendaItem.objects.get(enrolment=world.lea)
    assert sign_in(world.caseworker).post(off(coming, item)).status_code == 409
    assert AgendaItem.objects.filter(pk=item.pk).exists()


def test_who_goes_to_another_territory_leaves_the_agenda_of_the_cells_there(world, sign_in, cell, coming, on_agenda):
    day = timezone.localdate()
    today = Session.objects.create(cell=cell, held_on=day)
    past = Session.objects.create(cell=cell, held_on=day - dt.timedelta(days=3))
    AgendaItem.objects.bulk_create(
        AgendaItem(session=session, enrolment=file) for session in (today, past) for file in (world.lea, world.helene)
    )
    services.study_situations(session=today, enrolments=[world.lea], by=world.caseworker)
    handover = offer(enrolment=world.lea, to=world.valenciennes, message="Elle déménage.", by=world.caseworker)
    assert coming.agenda.count() == 2  # until somebody accepts, nothing moves
    accept(handover=handover, follows=True, by=world.neighbour)
    assert [item.session for item in world.lea.agenda_items.order_by("session__held_on")] == [past, today]
    assert told(world.lea)[-1] == (
        f"Retiré de l’ordre du jour de la cellule «\u00a0Béthune\u00a0» du {coming.held_on:%d/%m/%Y}\u00a0: "
        "le dossier a changé de territoire."
    )
    assert world.lea.log.filter(kind="session").latest("pk").author == world.neighbour
    items = sign_in(world.caseworker).get(coming.get_absolute_url()).context["agenda"]
    assert [item.name for item in items] == ["Hélène Le Goff"]
    undone = sign_in(world.caseworker).get(f"{on_agenda.get_absolute_url()}defaire/").context["sentences"]
    assert undone[0] == "1\u00a0situation quitte l’ordre du jour."


def test_the_form_of_the_file_takes_it_off_as_well_and_only_where_it_has_moved(world, sign_in, coming, on_agenda):
    client = sign_in(world.manager)
    sent = form_of(client, world.lea) | {"city": "Lens"}
    client.post(page("change", world.lea), sent)
    assert world.lea.agenda_items.count() == 1
    sent = form_of(client, world.lea) | {"territory": world.valenciennes.pk, "referent": ""}
    assert client.post(page("change", world.lea), sent).status_code == 302
    assert not world.lea.agenda_items.exists() and world.helene.agenda_items.count() == 1
    assert told(world.lea)[-1].endswith("le dossier a changé de territoire.")


def test_a_session_put_off_is_told_to_each(world, coming, on_agenda):
    former, coming.held_on = coming.held_on, coming.held_on + dt.timedelta(days=7)
    services.revise_session(session=coming, version=1, by=world.manager)
    assert told(world.lea)[-1] == (f"La séance prévue le {former:%d/%m/%Y} se tiendra le {coming.held_on:%d/%m/%Y}.")


def test_a_session_with_an_agenda_is_not_removed_by_mistake(world, sign_in, coming, on_agenda):
    answer = sign_in(world.manager).get(reverse("cellules:session_remove", args=["TEST-1", coming.pk]))
    assert answer.context["uses"] == ["2\u00a0situations à l’ordre du jour, en 1\u00a0séance"]


def test_who_objects_to_sharing_is_not_put_there_and_who_has_since_is_told(world, sign_in, coming, on_agenda):
    objection = Objection(enrolment=world.lea, scope="sharing", made_on=timezone.localdate())
    note_objection(objection=objection, by=world.caseworker)
    client = sign_in(world.caseworker)
    told = {item.name: item.is_opposed for item in client.get(coming.get_absolute_url()).context["agenda"]}
    assert told == {"Hélène Le Goff": False, "Léa Moreau": True}
    assert client.get(coming.get_absolute_url()).text.count("s’oppose au partage") == 1
    other = Session.objects.create(cell=coming.cell, held_on=coming.held_on + dt.timedelta(days=30))
    preview = client.get(MANY, {"dossier": [world.lea.pk, world.helene.pk]})
    done = client.post(MANY, {"read": as_read(preview), "session": other.pk}, follow=True)
    assert "ou le jeune s’oppose au partage de son dossier\u00a0: Léa Moreau." in said(done)[0]
    assert list(other.agenda.values_list("enrolment", flat=True)) == [world.helene.pk]


def test_who_has_left_is_told_before_and_on_the_agenda(world, sign_in, coming, on_agenda):
    gone(world, world.lea)
    client = sign_in(world.caseworker)
    other = Session.objects.create(cell=coming.cell, held_on=coming.held_on + dt.timedelta(days=30))
    preview = client.get(MANY, {"dossier": [world.lea.pk, world.helene.pk]})
    (reserve,) = preview.context["reserves"]
    assert reserve["sentence"] == "1\u00a0jeune n’est plus dans le parcours\u00a0: Léa Moreau."
    assert reserve["aside"] == "Le laisser de côté" and reserve["aside"] in preview.text
    aside = client.get(f"{MANY}{reserve['url']}")
    client.post(MANY, {"read": as_read(aside), "session": other.pk})
    assert list(other.agenda.values_list("enrolment", flat=True)) == [world.helene.pk]
    left = {item.name: item.left for item in client.get(coming.get_absolute_url()).context["agenda"]}
    assert left == {"Hélène Le Goff": "", "Léa Moreau": "parti le 01/06/2025"}
    assert client.get(coming.get_absolute_url()).text.count("parti le 01/06/2025") == 1


def test_home_tells_who_waits_for_a_cell_until_their_study_is_noted(world, sign_in, cell, coming, on_agenda):
    def at_home(user):
        panels = dict(sign_in(user).get("/").context["panels"])
        sessions = panels.get("cellules/_home_waiting.html", {"sessions": []})["sessions"]
        return [(each["count"].replace("\u00a0", " "), each["url"], each["is_over"]) for each in sessions]

    waiting = [("2 situations", coming.get_absolute_url(), False)]
    assert at_home(world.caseworker) == at_home(world.manager) == waiting
    assert [at_home(world.cast[who]) for who in ("neighbour", "other_manager", "tutor", "member", "evaluator")] == [
        []
    ] * 5
    Session.objects.filter(pk=coming.pk).update(held_on=timezone.localdate() - dt.timedelta(days=2))
    coming.refresh_from_db()
    services.study_situations(session=coming, enrolments=[world.lea], by=world.caseworker)
    assert at_home(world.caseworker) == [("1 situation", coming.get_absolute_url(), True)]
    Enrolment.objects.filter(pk=world.helene.pk).update(territory=world.valenciennes)  # not with the cell's
    assert at_home(world.caseworker) == at_home(world.neighbour) == []
    Enrolment.objects.filter(pk=world.helene.pk).update(territory=world.bethune)
    Session.objects.filter(pk=coming.pk).update(held_on=timezone.localdate() - dt.timedelta(days=91))
    assert at_home(world.caseworker) == []


def test_a_file_tells_its_own_sessions_and_no_others(world, sign_in, cell, coming):
    past = Session.objects.create(cell=cell, held_on=dt.date(2025, 2, 6))
    later = Session.objects.create(cell=cell, held_on=dt.date(2025, 3, 6))
    services.study_situations(session=past, enrolments=[world.helene], by=world.caseworker)
    services.study_situations(session=later, enrolments=[world.lea], by=world.caseworker)
    put_on_agenda(programme=world.programme, numbers=[world.helene.pk], session=coming, by=world.caseworker)
    next_one = Session.objects.create(cell=cell, held_on=coming.held_on + dt.timedelta(days=30))
    put_on_agenda(programme=world.programme, numbers=[world.lea.pk], session=next_one, by=world.caseworker)
    client = sign_in(world.caseworker)
    told = {file: _sessions_on(client, file) for file in (world.helene, world.lea)}
    assert {file: [day for day, _ in days] for file, days in told.items()} == {
        world.helene: [past.held_on, coming.held_on], world.lea: [later.held_on, next_one.held_on],
    }  # fmt: skip
    assert all(url for days in told.values() for _, url in days)


def test_who_is_a_guest_there_and_works_next_door_reads_of_the_sessions_and_opens_none(
    world, sign_in, coming, on_agenda
):
    make_role(world.neighbour, "tutor", world.programme)
    open_access(enrolment=world.helene, user=world.neighbour, reason="mentoring", starts_on=timezone.localdate())
    client = sign_in(world.neighbour)
    assert _sessions_on(client, world.helene) == [(coming.held_on, "")]
    assert client.get(coming.get_absolute_url()).status_code == 404


def _sessions_on(client, file):
    panel = dict(client.get(page("detail", file)).context["panels"])["cellules/_sessions_panel.html"]
    return [(each["held_on"], each["url"]) for each in [*panel["sessions"], *panel["ahead"]]]


def test_from_the_file_one_comes_back_to_the_file(world, sign_in, coming):
    client, file = sign_in(world.caseworker), page("detail", world.lea)
    way = dict(client.get(file).context["panels"])["cellules/_sessions_panel.html"]["add_url"]
    preview = client.get(way)
    assert preview.context["back_url"] == file
    done = client.post(way, {"read": as_read(preview), "session": coming.pk}, follow=True)
    assert done.redirect_chain[-1][0] == file and "à l’ordre du jour" in said(done)[0]
    again = client.post(way, {"read": as_read(preview), "session": coming.pk})
    assert again.url == file


def test_a_session_that_is_not_there_yet_is_planned_on_the_way(world, sign_in, cell):
    client = sign_in(world.caseworker)
    preview = client.get(MANY, {"dossier": [world.lea.pk, world.helene.pk]})
    (plan,) = preview.context["plans"]
    assert plan["name"] == "Béthune" and plan["url"] in preview.text.replace("&amp;", "&")
    day = (timezone.localdate() + dt.timedelta(days=9)).isoformat()
    assert client.get(plan["url"]).context["back_url"].replace("&tous=", "") == (
        f"{MANY}?dossier={world.lea.pk}&dossier={world.helene.pk}"
    )
    back = client.post(plan["url"], {"held_on": day, "place": "Mairie"})
    again = client.get(back.url)
    session = Session.objects.get()
    assert shown(again) == ["Hélène Le Goff", "Léa Moreau"]
    assert str(again.context["form"]["session"].value()) == str(session.pk)
    client.post(back.url, {"read": as_read(again), "session": session.pk})
    assert set(session.agenda.values_list("enrolment", flat=True)) == {world.lea.pk, world.helene.pk}


def test_who_has_no_cell_yet_is_told_where_to_open_one(world, sign_in):
    Cell.objects.create(programme=world.programme, territory=world.valenciennes, name="Valenciennes")
    Cell.objects.create(programme=world.other_programme, territory=world.bethune, name="Béthune")
    preview = sign_in(world.caseworker).get(MANY, {"dossier": [world.lea.pk]})
    assert f'<a href="{reverse("cellules:list", args=["TEST-1"])}">créez-la d’abord</a>' in preview.text


def test_a_session_that_is_over_or_of_elsewhere_is_not_offered(world, sign_in, cell, coming):
    past = Session.objects.create(cell=cell, held_on=dt.date(2025, 2, 6))
    client = sign_in(world.caseworker)
    preview = client.get(MANY, {"dossier": [world.lea.pk]})
    assert list(preview.context["form"].fields["session"].queryset) == [coming]
    refused = client.post(MANY, {"read": as_read(preview), "session": past.pk})
    assert list(errors(refused)) == ["session"]
    with pytest.raises(ValidationError, match="déjà eu lieu"):
        put_on_agenda(programme=world.programme, numbers=[world.lea.pk], session=past, by=world.caseworker)
    far = sign_in(world.neighbour).get(MANY, {"dossier": [world.karim.pk]})
    assert not far.context["form"].fields["session"].queryset.exists()


def test_a_closed_programme_keeps_its_agendas(world, coming, on_agenda):
    world.programme.closed_on = dt.date(2026, 1, 1)
    world.programme.save()
    programme = type(world.programme).objects.get(pk=world.programme.pk)
    with pytest.raises(ClosedProgramme):
        put_on_agenda(programme=programme, numbers=[world.lea.pk], session=coming, by=world.manager)


def test_two_files_united_are_there_once(world, coming, on_agenda):
    double = make_youth(world.programme, world.bethune, first_name="Léa", last_name="Moreau")
    put_on_agenda(programme=world.programme, numbers=[double.pk], session=coming, by=world.caseworker)
    unite(world, world.lea, double)
    assert AgendaItem.objects.filter(enrolment=world.lea).count() == 1 and AgendaItem.objects.count() == 2
