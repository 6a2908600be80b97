"""Collective information and workshops: who is asked to come, who came, and what each file tells of it."""

import datetime as dt
import io

import pypdf
import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from beneficiaries.gatherings import call_off, invite, note_states, plan_gathering
from beneficiaries.merging.parting import undo_merge
from beneficiaries.models import Attendance, Contact, Gathering, Objection
from beneficiaries.models.contacts import silent_since
from partaj.accounts.models import JournalEntry
from partaj.programmes.services import ClosedProgramme
from tests.world import make_youth
from tests.youths.merging.hands import unite
from tests.youths.paper import errors, page, said, shown

LIST = reverse("beneficiaries:gatherings", args=["TEST-1"])
NEW = reverse("beneficiaries:new_gathering", args=["TEST-1"])
DAY = dt.date(2025, 3, 6)
TYPED = {
    "kind": "information", "title": "Après la fac", "held_on": "2025-03-06", "starts_at": "14:00", "minutes": "90",
    "place": "Mission locale", "territory": "", "led_by": "Mme Roux",
}  # fmt: skip


def told(path):
    return list(path.log.filter(kind="group").order_by("pk").values_list("happened_on", "sentence"))


def at(gathering, act=""):
    return f"{gathering.get_absolute_url()}{act and f'{act}/'}"


@pytest.fixture
def meeting(world):
    """An information meeting of Béthune, that has taken place."""
    row = Gathering(
        programme=world.programme, territory=world.bethune, title="Après la fac", held_on=DAY, minutes=90,
        starts_at=dt.time(14), place="Mission locale",
    )  # fmt: skip
    return plan_gathering(gathering=row, by=world.caseworker)


@pytest.fixture
def asked(world, meeting):
    """To which Hélène and Léa were asked."""
    invite(gathering=meeting, numbers=[world.helene.pk, world.lea.pk], by=world.caseworker)
    return meeting


class TestPlanning:
    def test_it_is_planned_then_youths_are_searched_and_asked(self, world, sign_in):
        client = sign_in(world.caseworker)
        answer = client.post(NEW, TYPED | {"territory": world.bethune.pk}, follow=True)
        meeting = Gathering.objects.get()
        assert answer.redirect_chain[-1][0] == at(meeting)
        assert "Personne n’est encore invité" in answer.content.decode()
        assert answer.context["facts"] == (
            "Information collective · 06/03/2025 à 14\u00a0h\u00a000 · 90\u00a0minutes · Mission locale · animée par "
            "Mme Roux · Béthune-Bruay"
        )
        offered = client.get(at(meeting, "inviter"), {"q": "Goff"})
        assert [each.pk for each, _ in offered.context["rows"]] == [world.helene.pk]
        client.post(at(meeting, "inviter"), {"youths": [world.helene.pk]})
        today = timezone.localdate()
        assert told(world.helene) == [
            (today, "Invitation\u00a0: «\u00a0Après la fac\u00a0», information collective du 06/03/2025 à "
                    "14\u00a0h\u00a000, Mission locale."),
        ]  # fmt: skip
        assert shown(client.get(at(meeting))) == ["Hélène Le Goff"]
        assert world.helene.pk not in [each.pk for each, _ in client.get(at(meeting, "inviter")).context["rows"]]

    def test_two_clicks_plan_one_meeting(self, world, sign_in):
        client = sign_in(world.caseworker)
        assert client.post(NEW, TYPED).status_code == 302
        twice = client.post(NEW, TYPED)
        assert "déjà prévue" in str(errors(twice)) and Gathering.objects.count() == 1

    @pytest.mark.parametrize(
        ("typed", "where", "words"),
        [
            ({"title": ""}, "title", "obligatoire"),
            ({"held_on": "2099-03-06"}, "held_on", "impossible"),
            ({"held_on": "30/02/2025"}, "held_on", "date"),
            ({"starts_at": "25:00"}, "starts_at", "14:00"),
            ({"minutes": "1000"}, "minutes", "720"),
            ({"title": "Karim sort de prison"}, "title", "Garder ce texte"),
        ],
    )
    def test_what_cannot_be_is_told_beside_its_field(self, world, sign_in, typed, where, words):
        answer = sign_in(world.caseworker).post(NEW, TYPED | typed)
        assert answer.status_code == 422 and list(errors(answer)) == [where]
        assert words in str(errors(answer)[where]) and not Gathering.objects.exists()

    def test_another_day_is_told_in_each_file(self, world, sign_in, asked):
        client = sign_in(world.caseworker)
        typed = TYPED | {"held_on": "2025-03-13", "version": 1, "territory": world.bethune.pk}
        moved = client.post(at(asked, "modifier"), typed | {"territory": world.valenciennes.pk})
        assert list(errors(moved)) == ["territory"]
        assert list(errors(client.post(at(asked, "modifier"), typed | {"territory": ""}))) == ["territory"]
        assert client.post(at(asked, "modifier"), typed | {"version": 9}).status_code == 409
        assert client.post(at(asked, "modifier"), typed).status_code == 302
        assert told(world.lea)[0][1].startswith(
            "Invitation\u00a0: «\u00a0Après la fac\u00a0», information collective du 13/03"
        )
        asked.refresh_from_db()
        assert asked.territory == world.bethune

    def test_called_off_every_file_says_why_and_it_can_be_held_after_all(self, world, sign_in, asked):
        client = sign_in(world.caseworker)
        assert client.post(at(asked, "annuler"), {"reason": ""}).status_code == 422
        client.post(at(asked, "annuler"), {"reason": "La salle est prise."})
        assert told(world.lea)[0][1] == (
            "Annulée\u00a0: «\u00a0Après la fac\u00a0», information collective du 06/03/2025. La salle est prise."
        )
        answer = client.post(at(asked, "presences"), {f"etat-{world.lea.pk}": "present"})
        assert answer.status_code == 422 and "est annulée" in said(answer)[0]
        assert not Contact.objects.filter(channel="group").exists()
        with pytest.raises(ValidationError, match="est annulée"):
            invite(gathering=asked, numbers=[world.helene.pk], by=world.caseworker)
        client.post(at(asked, "retablir"))
        client.post(at(asked, "retablir"))
        assert told(world.lea)[0][1].startswith("Invitation")

    def test_it_is_not_called_off_once_somebody_came(self, world, sign_in, asked):
        note_states(gathering=asked, states={world.lea.pk: "present"}, by=world.caseworker)
        answer = sign_in(world.caseworker).post(at(asked, "annuler"), {"reason": "La salle est prise."})
        assert answer.status_code == 422 and "elle s’est donc tenue" in str(errors(answer))

    def test_a_closed_programme_plans_nothing(self, world, meeting):
        world.programme.closed_on = DAY
        world.programme.save()
        with pytest.raises(ClosedProgramme):
            invite(gathering=Gathering.objects.get(), numbers=[world.lea.pk], by=world.caseworker)


class TestAttendance:
    def test_who_came_is_a_contact_who_did_not_is_told(self, world, sign_in, asked):
        client = sign_in(world.caseworker)
        silent = silent_since(type(world.lea).objects.filter(pk=world.lea.pk), dt.date(2025, 3, 1))
        assert silent.exists()
        typed = {f"etat-{world.lea.pk}": "present", f"etat-{world.helene.pk}": "absent"}
        answer = client.post(at(asked, "presences"), typed, follow=True)
        assert said(answer) == ["C’est enregistré\u00a0: 2\u00a0jeunes notés."]
        assert answer.context["count"] == "2\u00a0jeunes invités\u00a0: 1\u00a0présent, 1\u00a0absent"
        told_of = "«\u00a0Après la fac\u00a0», information collective du 06/03/2025."
        assert told(world.lea) == [(DAY, f"Présence\u00a0: {told_of}")]
        assert told(world.helene) == [(DAY, f"Absence\u00a0: {told_of}")]
        contact = Contact.objects.get(channel="group")
        assert (contact.enrolment, contact.happened_on, contact.minutes) == (world.lea, DAY, 90)
        assert not silent.exists()
        assert said(client.post(at(asked, "presences"), typed, follow=True)) == ["Rien n’a changé."]

    def test_a_mistake_is_put_right_and_the_contact_goes(self, world, sign_in, asked):
        client = sign_in(world.caseworker)
        for state in ("present", "excused", "present", "invited"):
            client.post(at(asked, "presences"), {f"etat-{world.lea.pk}": state})
            assert Contact.objects.filter(enrolment=world.lea, channel="group").exists() is (state == "present")
        assert len(told(world.lea)) == 1 and told(world.lea)[0][1].startswith("Invitation")

    def test_the_others_at_one_click(self, world, sign_in, asked):
        client = sign_in(world.caseworker)
        typed = {f"etat-{world.lea.pk}": "present", f"etat-{world.helene.pk}": "invited", "autres": "absent"}
        client.post(at(asked, "presences"), typed)
        assert list(Attendance.objects.order_by("enrolment").values_list("state", flat=True).distinct()) != ["absent"]
        assert Attendance.objects.get(enrolment=world.helene).state == "absent"
        assert Attendance.objects.get(enrolment=world.lea).state == "present"

    def test_who_was_asked_by_mistake_leaves_the_list_and_the_line_goes(self, world, sign_in, asked):
        client = sign_in(world.caseworker)
        answer = client.post(at(asked, "presences"), {f"etat-{world.lea.pk}": "out"}, follow=True)
        assert said(answer) == ["C’est enregistré\u00a0: 1\u00a0jeune retiré de la liste."]
        assert told(world.lea) == [] and shown(answer) == ["Hélène Le Goff"]
        note_states(gathering=asked, states={world.helene.pk: "excused"}, by=world.caseworker)
        client.post(at(asked, "presences"), {f"etat-{world.helene.pk}": "out"})
        assert Attendance.objects.get().enrolment == world.helene  # who has answered stays

    def test_two_who_note_at_once_lose_nothing_of_each_other(self, world, sign_in, asked):
        """Each sends what they chose, beside what their page had shown; the second page was opened before."""
        shown_then = {f"lu-{world.lea.pk}": "invited", f"lu-{world.helene.pk}": "invited"}
        first, second = sign_in(world.caseworker), sign_in(world.manager)
        first.post(at(asked, "presences"), shown_then | {f"etat-{world.lea.pk}": "present"})
        typed = {f"etat-{world.lea.pk}": "invited", f"etat-{world.helene.pk}": "absent"}
        second.post(at(asked, "presences"), shown_then | typed, follow=True)
        states = dict(Attendance.objects.values_list("enrolment", "state"))
        assert states == {world.lea.pk: "present", world.helene.pk: "absent"}
        answer = second.post(at(asked, "presences"), shown_then | {f"etat-{world.lea.pk}": "absent"}, follow=True)
        assert said(answer) == [
            "Quelqu’un d’autre les a notés entre-temps, et ils restent ainsi\u00a0: Léa Moreau (présent). Relisez, "
            "puis changez-les.",
            "Rien n’a changé.",
        ]
        assert Contact.objects.filter(enrolment=world.lea, channel="group").exists()

    def test_nobody_is_present_before_the_day_but_one_may_be_excused(self, world, sign_in, asked):
        Gathering.objects.update(held_on=timezone.localdate() + dt.timedelta(days=3))
        client = sign_in(world.caseworker)
        answer = client.post(at(asked, "presences"), {f"etat-{world.lea.pk}": "present"})
        assert answer.status_code == 422 and "n’a pas encore eu lieu" in said(answer)[0]
        assert '<option value="present" selected>' in answer.content.decode()  # what was chosen is still there
        client.post(at(asked, "presences"), {f"etat-{world.lea.pk}": "excused"})
        assert told(world.lea)[0][1].startswith("Absence excusée")

    def test_the_meeting_does_not_go_ahead_of_those_who_came(self, world, sign_in, asked):
        note_states(gathering=asked, states={world.lea.pk: "present"}, by=world.caseworker)
        later = timezone.localdate() + dt.timedelta(days=3)
        typed = TYPED | {"held_on": later.isoformat(), "version": 1, "territory": world.bethune.pk}
        answer = sign_in(world.caseworker).post(at(asked, "modifier"), typed)
        assert list(errors(answer)) == ["held_on"]
        sign_in(world.caseworker).post(at(asked, "modifier"), typed | {"held_on": "2025-03-20"})
        assert Contact.objects.get(channel="group").happened_on == dt.date(2025, 3, 20)

    def test_values_made_by_hand_change_nothing(self, world, sign_in, asked):
        typed = {f"etat-{world.lea.pk}": "gone", "etat-x": "present", f"etat-{world.karim.pk}": "present",
                 f"etat-{'9' * 30}": "present"}  # fmt: skip
        answer = sign_in(world.caseworker).post(at(asked, "presences"), typed, follow=True)
        assert said(answer) == ["Rien n’a changé."]

    def test_the_contact_of_a_presence_is_changed_at_its_meeting_alone(self, world, sign_in, asked):
        note_states(gathering=asked, states={world.lea.pk: "present"}, by=world.caseworker)
        client, contact = sign_in(world.caseworker), Contact.objects.get(channel="group")
        assert f"contact/{contact.pk}/retirer" not in client.get(page("detail", world.lea)).content.decode()
        assert client.get(page("withdraw_contact", world.lea, contact.pk)).status_code == 404
        lines = client.get(page("detail", world.lea), {"nature": "reunions"}).context["log"]
        assert [line["label"] for line in lines] == ["séance collective"]

    def test_no_query_per_youth(self, world, asked):
        def queries(youths, state):
            invite(gathering=asked, numbers=[each.pk for each in youths], by=world.caseworker)
            with CaptureQueriesContext(connection) as caught:
                note_states(gathering=asked, states={each.pk: state for each in youths}, by=world.caseworker)
            return len(caught)

        some = [make_youth(world.programme, world.bethune, first_name=f"Un{n}") for n in range(2)]
        many = [make_youth(world.programme, world.bethune, first_name=f"Deux{n}") for n in range(20)]
        assert queries(some, "present") == queries(many, "present")


class TestWhoSees:
    def test_next_door_nothing_of_it_is_seen_or_counted(self, world, sign_in, asked):
        client = sign_in(world.neighbour)
        assert client.get(LIST).context["rows"] == []
        for act in ("", "inviter", "modifier", "annuler", "emargement"):
            assert client.get(at(asked, act)).status_code == 404
        assert client.post(at(asked, "presences"), {f"etat-{world.lea.pk}": "present"}).status_code == 404

    def test_of_a_meeting_of_the_whole_programme_each_sees_and_asks_their_own(self, world, sign_in):
        row = Gathering(programme=world.programme, title="Forum", kind="visit", held_on=DAY)
        forum = plan_gathering(gathering=row, by=world.manager)
        invite(gathering=forum, numbers=[world.lea.pk, world.karim.pk], by=world.manager)
        assert shown(sign_in(world.manager).get(at(forum))) == ["Karim Benali", "Léa Moreau"]
        near, far = sign_in(world.caseworker).get(at(forum)), sign_in(world.neighbour).get(at(forum))
        assert (shown(near), shown(far)) == (["Léa Moreau"], ["Karim Benali"])
        assert near.context["count"] == "1\u00a0jeune invité\u00a0: 1\u00a0sans réponse"
        assert [row["asked"] for row in sign_in(world.neighbour).get(LIST).context["rows"]] == [1]
        states = {world.lea.pk: "present", world.karim.pk: "present"}
        noted = note_states(gathering=forum, states=states, by=world.neighbour)
        assert [row.enrolment for row in noted.changed] == [world.karim]
        entry = JournalEntry.objects.get(page="beneficiaries:gathering", actor=world.caseworker)
        assert entry.shown == f" {world.lea.pk} "

    def test_one_of_another_territory_is_not_asked(self, world, meeting):
        rows = invite(gathering=meeting, numbers=[world.lea.pk, world.karim.pk], by=world.manager)
        assert [row.enrolment for row in rows] == [world.lea]
        assert invite(gathering=meeting, numbers=[world.lea.pk], by=world.manager) == []
        entry = JournalEntry.objects.filter(subject=f"beneficiaries.gathering:{meeting.pk}").order_by("number").last()
        assert entry is None or entry.shown == f" {world.lea.pk} "

    def test_the_tutor_reads_the_line_in_the_file_and_opens_no_meeting(self, world, sign_in, asked):
        client = sign_in(world.tutor)
        assert "Après la fac" in client.get(page("detail", world.helene)).content.decode()
        assert client.get(LIST).status_code == 404 and client.get(at(asked)).status_code == 404


class TestSheet:
    def test_it_is_signed_line_by_line_and_says_nothing_but_names(self, world, sign_in, asked):
        Objection.objects.create(enrolment=world.helene, scope="sharing", made_on=DAY, words="Non", answer="Bien")
        answer = sign_in(world.caseworker).get(at(asked, "emargement"))
        words = "".join(each.extract_text() for each in pypdf.PdfReader(io.BytesIO(answer.content)).pages)
        assert "Léa Moreau" in words and "Le Goff" not in words
        assert "1 jeune n’y figure pas" in words.replace("\u00a0", " ")
        assert "attachment" in answer["Content-Disposition"]
        entry = JournalEntry.objects.get(kind="exported", page="beneficiaries:signatures")
        assert entry.shown == f" {world.lea.pk} "


def test_two_files_united_keep_one_invitation_and_what_is_known_of_it(world, asked):
    double = make_youth(world.programme, world.bethune, first_name="Léa", last_name="Moreau")
    invite(gathering=asked, numbers=[double.pk], by=world.caseworker)
    note_states(gathering=asked, states={double.pk: "present", world.lea.pk: "absent"}, by=world.caseworker)
    merge = unite(world, world.lea, double)
    assert Attendance.objects.get(enrolment=world.lea).state == "present"
    assert Contact.objects.get(channel="group").enrolment == world.lea
    undo_merge(merge=merge, by=world.manager)
    states = dict(Attendance.objects.values_list("enrolment", "state"))
    assert (states[world.lea.pk], states[double.pk]) == ("absent", "present")


def test_a_meeting_that_is_off_is_not_to_come(world, asked):
    assert list(Gathering.objects.coming(DAY)) == [asked]
    assert call_off(gathering=asked, reason="Neige", by=world.caseworker).called_off == "Neige"
    assert not Gathering.objects.coming(DAY).exists()
