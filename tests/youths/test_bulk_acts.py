"""What is done to several youths at one go besides giving them to somebody: a step, an invitation, a letter."""

import datetime as dt
import io

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from docx import Document

from beneficiaries import bulk
from beneficiaries.bulk_invitations import invite_many
from beneficiaries.bulk_steps import enter_step_many
from beneficiaries.following import Said, note
from beneficiaries.gatherings import note_states
from beneficiaries.letters import Text, filled, write_to_many, wrong_fields
from beneficiaries.models import Attendance, BulkAct, Contact, Gathering, Mailing, StepEntry
from partaj.accounts.models import JournalEntry
from partaj.programmes.services import ClosedProgramme
from tests.days import today
from tests.world import make_youth
from tests.youths.paper import as_read, errors, said, shown

DAY = dt.date(2025, 3, 20)


def url(name):
    return reverse(f"beneficiaries:{name}", args=["TEST-1"])


def chosen(client, name, *files):
    return client.get(url(name), {"dossier": [file.pk for file in files]})


def told(path, kind):
    return list(path.log.filter(kind=kind).order_by("pk").values_list("happened_on", "sentence"))


def undo(client, act):
    return client.post(f"{act.get_absolute_url()}defaire/", follow=True)


@pytest.fixture
def meeting(world):
    day = timezone.localdate() + dt.timedelta(days=9)
    return Gathering.objects.create(
        programme=world.programme, territory=world.bethune, title="Après la fac", held_on=day, starts_at=dt.time(14),
        place="Salle B",
    )  # fmt: skip


class TestAStep:
    def test_is_seen_noted_on_its_day_and_undone(self, world, sign_in):
        client = sign_in(world.caseworker)
        preview = chosen(client, "step_many", world.lea, world.helene)
        assert shown(preview) == ["Hélène Le Goff", "Léa Moreau"]
        typed = {"read": as_read(preview), "step": world.steps["bilan"].pk, "entered_on": "2025-03-20"}
        done = client.post(url("step_many"), typed, follow=True)
        act = BulkAct.objects.get()
        assert act.told == "étape «\u00a0Bilan\u00a0» du 20/03/2025, dans 2\u00a0dossiers"
        assert said(done)[-1].startswith("C’est fait\u00a0: étape")
        assert told(world.lea, "step") == [(DAY, "Étape «\u00a0Bilan\u00a0».")]
        entry = StepEntry.objects.get(enrolment=world.lea)
        assert (entry.entered_on, entry.history.get().history_user) == (DAY, world.caseworker)
        again = client.post(url("step_many"), typed, follow=True)
        assert said(again) == [
            "2\u00a0dossiers restent ainsi\u00a0: l’étape y est déjà, ou précède le premier contact\u00a0: "
            "Hélène Le Goff, Léa Moreau.",
            "Rien n’était à faire\u00a0: ces dossiers sont déjà ainsi.",
        ]
        asked = client.get(f"{act.get_absolute_url()}defaire/").context["sentences"]
        assert asked == ["2\u00a0dossiers perdent cette étape."]
        assert said(undo(client, act)) == ["C’est défait\u00a0: 2\u00a0dossiers comme avant."]
        assert not StepEntry.objects.exists()
        assert StepEntry.history.filter(history_type="-", history_user=world.caseworker).count() == 2
        assert told(world.lea, "step")[-1][1] == (
            "Étape «\u00a0Bilan\u00a0» du 20/03/2025 retirée\u00a0: notée par erreur."
        )

    def test_skips_who_has_it_and_who_was_met_later_and_names_them(self, world):
        late = make_youth(world.programme, world.bethune, contacted_on=dt.date(2025, 6, 1), entered_on=None)
        StepEntry.objects.create(enrolment=world.lea, step=world.steps["bilan"], entered_on=DAY)
        outcome = enter_step_many(
            programme=world.programme, numbers=[world.lea.pk, world.helene.pk, late.pk, world.karim.pk],
            step=world.steps["bilan"], entered_on=DAY, by=world.caseworker,
        )  # fmt: skip
        assert {each.pk for each in outcome.skipped} == {world.lea.pk, late.pk}  # next door is not even named
        assert [row.enrolment for row in outcome.act.rows.all()] == [world.helene]

    def test_taken_away_since_is_left_alone(self, world, sign_in):
        act = enter_step_many(
            programme=world.programme, numbers=[world.lea.pk, world.helene.pk], step=world.steps["bilan"],
            entered_on=DAY, by=world.caseworker,
        ).act  # fmt: skip
        StepEntry.objects.get(enrolment=world.lea).delete()
        client = sign_in(world.caseworker)
        asked = client.get(f"{act.get_absolute_url()}defaire/").context["sentences"]
        assert asked == [
            "1\u00a0dossier perd cette étape.",
            "1\u00a0dossier n’a déjà plus cette étape\u00a0: Léa Moreau.",
        ]
        undo(client, act)
        assert not StepEntry.objects.exists()

    @pytest.mark.parametrize(
        ("typed", "where"),
        [({"step": ""}, "step"), ({"entered_on": "2099-01-01"}, "entered_on"), ({"entered_on": "hier"}, "entered_on")],
    )
    def test_badly_typed_changes_nothing_and_keeps_the_choice(self, world, sign_in, typed, where):
        client = sign_in(world.caseworker)
        preview = chosen(client, "step_many", world.lea)
        given = {"read": as_read(preview), "step": world.steps["bilan"].pk, "entered_on": "2025-03-20"} | typed
        refused = client.post(url("step_many"), given)
        assert refused.status_code == 422 and list(errors(refused)) == [where]
        assert shown(refused) == ["Léa Moreau"] and not StepEntry.objects.exists()

    def test_of_another_programme_is_refused(self, world):
        step = world.steps["bilan"]
        step.programme = world.other_programme
        with pytest.raises(ValidationError, match="autre programme"):
            enter_step_many(programme=world.programme, numbers=[], step=step, entered_on=DAY, by=world.manager)


class TestAnInvitation:
    def test_is_sent_to_those_ticked_and_undone_but_for_who_has_answered(self, world, sign_in, meeting):
        client = sign_in(world.caseworker)
        preview = chosen(client, "invite_many", world.lea, world.helene)
        typed = {"read": as_read(preview), "gathering": meeting.pk}
        client.post(url("invite_many"), typed)
        act = BulkAct.objects.get()
        day = f"{meeting.held_on:%d/%m/%Y}"
        assert act.told == (f"2\u00a0jeunes invités\u00a0: «\u00a0Après la fac\u00a0», information collective du {day}")
        assert [row[1][:10] for row in told(world.lea, "group")] == ["Invitation"]
        note_states(gathering=meeting, states={world.lea.pk: "excused"}, by=world.caseworker)
        asked = client.get(f"{act.get_absolute_url()}defaire/").context["sentences"]
        assert asked == [
            "1\u00a0jeune n’est plus invité.",
            "1\u00a0jeune a répondu depuis et reste sur la liste\u00a0: Léa Moreau.",
        ]
        undo(client, act)
        assert Attendance.objects.get().enrolment == world.lea
        assert told(world.helene, "group") == []

    def test_says_which_meeting_is_over(self, world, sign_in, meeting):
        Gathering.objects.filter(pk=meeting.pk).update(held_on=today(-3))
        preview = chosen(sign_in(world.caseworker), "invite_many", world.lea).text
        assert f"du {today(-3):%d/%m/%Y} (passée)</option>" in preview

    def test_goes_on_with_those_ticked_once_the_meeting_is_planned(self, world, sign_in):
        client = sign_in(world.caseworker)
        preview = client.get(url("invite_many"), {"dossier": [world.lea.pk, world.helene.pk]})
        way = preview.context["new_url"]
        assert way in preview.text.replace("&amp;", "&")
        planned = {"kind": "workshop", "title": "Atelier CV", "held_on": today(5).isoformat(), "territory": ""}
        back = client.post(way, planned)
        again = client.get(back.url)
        meeting = Gathering.objects.get()
        assert shown(again) == ["Hélène Le Goff", "Léa Moreau"]
        assert str(again.context["form"]["gathering"].value()) == str(meeting.pk)
        client.post(back.url, {"read": as_read(again), "gathering": meeting.pk})
        assert set(meeting.attendances.values_list("enrolment", flat=True)) == {world.lea.pk, world.helene.pk}

    def test_does_not_ask_twice_nor_one_of_another_territory(self, world, meeting):
        numbers = [world.lea.pk, world.karim.pk]
        outcome = invite_many(programme=world.programme, numbers=numbers, gathering=meeting, by=world.manager)
        assert [each.pk for each in outcome.skipped] == [world.karim.pk]
        again = invite_many(programme=world.programme, numbers=numbers, gathering=meeting, by=world.manager)
        assert again.act is None and len(again.skipped) == 2

    def test_is_to_a_meeting_that_one_sees_and_that_is_held(self, world, sign_in, meeting):
        far = Gathering.objects.create(
            programme=world.programme, territory=world.valenciennes, title="Loin", held_on=meeting.held_on
        )
        Gathering.objects.create(
            programme=world.programme, territory=world.bethune, title="Non", held_on=meeting.held_on, called_off="Neige"
        )
        client = sign_in(world.caseworker)
        preview = chosen(client, "invite_many", world.lea)
        assert list(preview.context["form"].fields["gathering"].queryset) == [meeting]
        refused = client.post(url("invite_many"), {"read": as_read(preview), "gathering": far.pk})
        assert list(errors(refused)) == ["gathering"] and not Attendance.objects.exists()


class TestALetter:
    TYPED = {
        "subject": "Votre invitation", "body": "Bonjour {prénom},\n\nVenez à {réunion} le {date} à {heure}.\nÀ bientôt",
        "signed_by": "Inès", "place": "Béthune", "written_on": "2025-03-20",
    }  # fmt: skip

    def texts(self, answer):
        return [paragraph.text for paragraph in Document(io.BytesIO(answer.content)).paragraphs]

    def test_is_written_to_each_noted_in_each_file_and_printed_as_often_as_one_wants(self, world, sign_in, meeting):
        person = world.lea.beneficiary
        person.address, person.postcode, person.city = "3 rue des Lilas\nBâtiment B", "62400", "Béthune"
        person.save()
        client = sign_in(world.caseworker)
        preview = chosen(client, "letters", world.lea, world.helene)
        assert preview.context["nowhere"] == "1\u00a0jeune n’a pas d’adresse à son dossier\u00a0: Hélène Le Goff."
        typed = self.TYPED | {"read": as_read(preview), "gathering": meeting.pk}
        page_of_act = client.post(url("letters"), typed, follow=True)
        act = BulkAct.objects.get()
        assert act.told == "2\u00a0lettres du 20/03/2025\u00a0: «\u00a0Votre invitation\u00a0»"
        again = page_of_act.context["letters_url"]
        assert told(world.lea, "contact") == [(DAY, "Courrier. «\u00a0Votre invitation\u00a0»")]
        contact = Contact.objects.get(enrolment=world.lea)
        assert (contact.channel, contact.happened_on, contact.author) == ("letter", DAY, world.caseworker)
        answer = client.get(again)
        texts, day = self.texts(answer), f"{meeting.held_on:%d/%m/%Y}"
        start = next(rank for rank, words in enumerate(texts) if "MOREAU" in words)
        assert texts[start:][:6] == [
            "Léa MOREAU\n3 rue des Lilas\nBâtiment B\n62400 Béthune", "Béthune, le 20/03/2025",
            "Objet\u00a0: Votre invitation", "Bonjour Léa,",
            f"Venez à Après la fac le {day} à 14\u00a0h\u00a000.\nÀ bientôt", "Inès",
        ]  # fmt: skip
        assert answer["Content-Disposition"] == 'attachment; filename="lettres-2025-03-20.docx"'
        entry = JournalEntry.objects.get(kind="exported", page="beneficiaries:letters_again")
        assert set(entry.shown.split()) == {str(world.lea.pk), str(world.helene.pk)}

    def test_that_was_not_sent_after_all_is_taken_back(self, world, sign_in):
        act = write_to_many(
            programme=world.programme, numbers=[world.lea.pk], text=Text("Venez", "Bonjour"), written_on=DAY,
            by=world.caseworker,
        ).act  # fmt: skip
        client = sign_in(world.caseworker)
        undo(client, act)
        assert not Contact.objects.exists()
        assert [sentence for _, sentence in told(world.lea, "contact")] == [
            "Courrier du 20/03/2025 retiré\u00a0: il n’a pas été envoyé."
        ]
        assert client.get(act.get_absolute_url()).context["letters_url"] == ""
        again = client.get(f"{act.get_absolute_url()}lettres/", follow=True)
        assert "elles ne se téléchargent plus" in again.content.decode().replace("\u00a0", " ")

    def test_prepared_again_after_the_back_button_is_not_written_twice(self, world, sign_in):
        client = sign_in(world.caseworker)
        typed = self.TYPED | {"body": "Bonjour {prénom}"}
        typed |= {"read": as_read(chosen(client, "letters", world.lea, world.helene))}
        client.post(url("letters"), typed)
        again = client.post(url("letters"), typed, follow=True).content.decode().replace("\u00a0", " ")
        assert "2 dossiers n’ont pas de nouvelle lettre : ils ont déjà celle-ci" in again
        assert "Télécharger les lettres" in again  # the page of what was done the first time
        assert (Contact.objects.count(), BulkAct.objects.count()) == (2, 1)
        other = client.post(url("letters"), typed | {"body": "Bonjour {prénom}, c’est mardi."})
        assert other.status_code == 422 and "avec un autre texte" in str(errors(other)["subject"])
        assert "c’est mardi" in other.content.decode() and Contact.objects.count() == 2
        client.post(url("letters"), typed | {"subject": "Rappel"})
        assert Contact.objects.filter(enrolment=world.lea).count() == 2

    def test_is_taken_up_again_by_who_wrote_it(self, world, sign_in):
        write_to_many(
            programme=world.programme, numbers=[world.lea.pk], text=Text("Venez", "Bonjour {prénom}", "Inès"),
            written_on=DAY, by=world.caseworker,
        )  # fmt: skip
        client, mailing = sign_in(world.caseworker), Mailing.objects.get()
        models = chosen(client, "letters", world.lea).context["models"]
        assert models[0]["words"] == "«\u00a0Venez\u00a0» du 20/03/2025"
        taken = client.get(f"{url('letters')}{models[0]['url']}")
        assert taken.context["form"].initial["body"] == "Bonjour {prénom}" and shown(taken) == ["Léa Moreau"]
        near = sign_in(world.neighbour).get(url("letters"), {"modele": mailing.pk, "dossier": world.karim.pk})
        assert near.context["models"] == [] and "body" not in near.context["form"].initial

    @pytest.mark.parametrize(
        ("typed", "where", "words"),
        [
            ({"body": "Bonjour {age}"}, "body", "{age} n’est pas un champ"),
            ({"body": "Venez le {date}"}, "body", "choisissez-la"),
            ({"subject": "{truc}"}, "subject", "n’est pas un champ"),
            ({"written_on": "2099-01-01"}, "written_on", "à venir"),
            ({"body": ""}, "body", "obligatoire"),
            ({"body": "Son père est en prison."}, "body", "Garder ce texte"),
        ],
    )
    def test_badly_typed_is_told_and_nothing_is_noted(self, world, sign_in, typed, where, words):
        client = sign_in(world.caseworker)
        preview = chosen(client, "letters", world.lea)
        given = self.TYPED | {"body": "Bonjour {prénom}", "read": as_read(preview)} | typed
        refused = client.post(url("letters"), given)
        assert refused.status_code == 422 and words in str(errors(refused)[where])
        assert not Contact.objects.exists() and not BulkAct.objects.exists()

    def test_tells_who_has_left_or_wants_no_more_and_leaves_them_out_at_a_click(self, world, sign_in):
        world.helene.exited_on = world.helene.entered_on
        world.helene.save()
        for day, result in ((DAY, "no_answer"), (DAY + dt.timedelta(days=3), "no_more"), (timezone.localdate(), "")):
            note(enrolment=world.lea, said=Said(day, channel="call", result=result), by=world.caseworker)
        client = sign_in(world.caseworker)
        for name in ("letters", "invite_many"):
            preview = chosen(client, name, world.lea, world.helene)
            assert [each["sentence"].replace("\u00a0", " ") for each in preview.context["reserves"]] == [
                "1 jeune n’est plus dans le parcours : Hélène Le Goff.",
                "1 jeune ne souhaite pas être recontacté : Léa Moreau.",
            ]
            gone, unwilling = (url(name) + each["url"] for each in preview.context["reserves"])
            without = client.get(gone)
            assert shown(without) == ["Léa Moreau"] and shown(client.get(unwilling)) == ["Hélène Le Goff"]
            assert shown(client.get(url(name) + without.context["reserves"][0]["url"])) == []
        note(enrolment=world.lea, said=Said(timezone.localdate(), channel="call", result="appointment"), by=None)
        assert len(chosen(client, "letters", world.lea).context["reserves"]) == 0

    def test_is_not_printed_next_door(self, world, sign_in):
        act = write_to_many(
            programme=world.programme, numbers=[world.lea.pk, world.karim.pk], text=Text("Venez", "Bonjour"),
            written_on=DAY, by=world.manager,
        ).act  # fmt: skip
        address = f"{act.get_absolute_url()}lettres/"
        assert sign_in(world.neighbour).get(address).status_code == 404
        assert sign_in(world.caseworker).get(address).status_code == 404
        assert sign_in(world.tutor).get(address).status_code == 404
        texts = " ".join(self.texts(sign_in(world.manager).get(address)))
        assert "MOREAU" in texts and "BENALI" in texts

    def test_keeps_what_it_cannot_fill_in(self):
        assert filled("{heure} {prénom}", {"heure": "", "prénom": "Léa"}) == "{heure} Léa"
        meeting = Gathering(title="CV", held_on=dt.date(2026, 5, 4), place="La Ruche")
        assert wrong_fields("{}", meeting).startswith("{} n’est pas un champ")
        assert wrong_fields("{prénom} {lieu}", meeting) == ""
        assert "cette réunion ne dit pas l’heure" in wrong_fields("à {heure}", meeting)
        assert wrong_fields("Bonjour {prénom", meeting) == wrong_fields("Bonjour prénom}", None) != ""


class TestAllOfThem:
    def act_upon(self, world, kind, numbers, meeting):
        given = {"programme": world.programme, "numbers": numbers, "by": world.caseworker}
        if kind == "step":
            return enter_step_many(**given, step=world.steps["bilan"], entered_on=DAY)
        if kind == "invite":
            return invite_many(**given, gathering=meeting)
        return write_to_many(**given, text=Text("Venez", "Bonjour"), written_on=DAY)

    @pytest.mark.parametrize("kind", ["step", "invite", "letters"])
    def test_ask_as_many_queries_of_two_files_as_of_twenty(self, world, meeting, kind):
        def queries(count):
            youths = [
                make_youth(world.programme, world.bethune, contacted_on=DAY, entered_on=None) for _ in range(count)
            ]
            with CaptureQueriesContext(connection) as caught:
                act = self.act_upon(world, kind, [each.pk for each in youths], meeting).act
                bulk.undo(act=act, by=world.caseworker)
            return len(caught)

        queries(1)  # what is looked up once and kept
        assert queries(2) == queries(20)

    @pytest.mark.parametrize("kind", ["step", "invite", "letters"])
    def test_change_nothing_in_a_closed_programme(self, world, meeting, kind):
        world.programme.closed_on = DAY
        world.programme.save()
        with pytest.raises(ClosedProgramme):
            self.act_upon(world, kind, [world.lea.pk], Gathering.objects.get())

    @pytest.mark.parametrize("kind", ["step_many", "invite_many", "letters"])
    def test_say_what_to_do_where_nobody_is_chosen(self, world, sign_in, kind):
        client = sign_in(world.caseworker)
        assert "Aucun dossier n’est choisi" in client.get(url(kind)).content.decode()
        lost = client.post(url(kind), {"read": "x"}, follow=True)
        assert "choisissez-les de nouveau" in said(lost)[0]

    def test_are_offered_under_the_list_to_who_may_change(self, world, sign_in):
        listing = reverse("beneficiaries:list", args=["TEST-1"])
        labels = [each["label"] for each in sign_in(world.caseworker).get(listing).context["bulk_acts"]]
        assert labels == ["Confier", "Noter une étape", "Inviter", "Mettre à l’ordre du jour", "Écrire"]
        assert sign_in(world.tutor).get(listing).context["bulk_acts"] == []


class TestTheJournal:
    """Who was shown, on each page of an act."""

    def shown_on(self, page_name, actor):
        entry = JournalEntry.objects.filter(page=f"beneficiaries:{page_name}", actor=actor, kind="listed")
        return set(entry.order_by("number").last().shown.split())

    def test_keeps_those_of_the_preview_of_the_act_and_of_its_undoing(self, world, sign_in):
        client, both = sign_in(world.caseworker), {str(world.lea.pk), str(world.helene.pk)}
        preview = chosen(client, "step_many", world.lea, world.helene)
        assert self.shown_on("step_many", world.caseworker) == both
        typed = {"read": as_read(preview), "step": world.steps["bilan"].pk, "entered_on": "2025-03-20"}
        client.post(url("step_many"), typed, follow=True)
        assert self.shown_on("bulk_act", world.caseworker) == both
        client.get(f"{BulkAct.objects.get().get_absolute_url()}defaire/")
        assert self.shown_on("bulk_undo", world.caseworker) == both

    def test_keeps_those_of_a_meeting_and_of_the_search_for_more(self, world, sign_in, meeting):
        invite_many(programme=world.programme, numbers=[world.lea.pk], gathering=meeting, by=world.caseworker)
        client = sign_in(world.caseworker)
        client.get(meeting.get_absolute_url())
        assert self.shown_on("gathering", world.caseworker) == {str(world.lea.pk)}
        client.get(f"{meeting.get_absolute_url()}inviter/")
        assert self.shown_on("invite", world.caseworker) == {str(world.helene.pk)}
