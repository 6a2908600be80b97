"""A caseworker's day: a call in one line, what is to be done next, whom nobody has called for a month."""

import datetime as dt

import pytest
from django.urls import reverse

from beneficiaries.following import Said, note, plan
from beneficiaries.free_text import subjects_of
from beneficiaries.models import Contact, LogEntry, NextAction, silent_since
from partaj.accounts.models import Draft, JournalEntry
from tests.days import today
from tests.youths.paper import errors, page

HTMX = {"HX-Request": "true"}
ACTIONS = reverse("beneficiaries:actions")


def typed(**changes):
    return {
        "kind": "call",
        "result": "appointment",
        "words": "Elle vient jeudi.",
        "happened_on": "2026-01-10",
    } | changes


def log_of(path):
    return list(path.log.exclude(kind="intake").order_by("pk").values_list("kind", "sentence", "is_private"))


def called(world, path, on, by=None):
    return note(enrolment=path, said=Said(on, channel="call"), by=by or world.caseworker)


class TestNoting:
    def test_a_call_is_a_line_of_the_timeline_and_comes_back_alone(self, world, sign_in):
        client = sign_in(world.caseworker)
        answer = client.post(page("note", world.lea), typed(minutes="4"), headers=HTMX)
        text = answer.content.decode()
        assert "<html" not in text and "C’est noté." in text
        assert '<span id="dernier-contact" hx-swap-oob="true">dernier contact le 10/01/2026</span>' in text
        assert "Appel\u00a0: rendez-vous pris (4\u00a0min). Elle vient jeudi." in text
        contact = Contact.objects.get(enrolment=world.lea)
        assert (contact.channel, contact.result, contact.minutes, contact.author) == (
            "call", "appointment", 4, world.caseworker,
        )  # fmt: skip
        assert "dernier contact le 10/01/2026" in client.get(page("detail", world.lea)).content.decode()

    def test_without_scripts_one_comes_back_to_the_file(self, world, sign_in):
        answer = sign_in(world.caseworker).post(page("note", world.lea), typed(), follow=True)
        assert answer.redirect_chain == [(page("detail", world.lea), 302)]
        assert "C’est noté." in answer.content.decode()

    def test_a_click_that_says_nothing_is_no_call(self, world, sign_in):
        answer = sign_in(world.caseworker).post(
            page("note", world.lea), {"kind": "call", "happened_on": today().isoformat()}
        )
        assert answer.status_code == 422 and list(errors(answer)) == ["result"] and not Contact.objects.exists()

    def test_a_long_account_is_kept_whole_and_a_longer_one_is_told_not_cut(self, world, sign_in):
        client, long = sign_in(world.caseworker), "Entretien. " * 350 + "FIN"
        assert "maxlength" not in client.get(page("note", world.lea)).content.decode().split("<form", 2)[-1]
        typed = {"kind": "interview", "happened_on": today().isoformat()}
        client.post(page("note", world.lea), typed | {"words": long})
        assert world.lea.log.latest("pk").sentence.endswith("FIN")
        answer = client.post(page("note", world.lea), typed | {"words": long * 2})
        assert answer.status_code == 422 and list(errors(answer)) == ["words"]
        assert answer.context["form"]["words"].value() == long * 2

    def test_a_line_broken_by_word_is_a_line(self, world, sign_in):
        sign_in(world.caseworker).post(page("note", world.lea), typed(words="Vu avec son père.\x0bIl revient lundi."))
        assert world.lea.log.filter(kind="contact").get().sentence.endswith("Vu avec son père.\nIl revient lundi.")

    def test_nobody_is_called_before_they_were_born(self, world, sign_in):
        answer = sign_in(world.caseworker).post(page("note", world.lea), typed(happened_on="2005-01-01"))
        assert errors(answer) == {"happened_on": ["Cette date précède la naissance\u00a0: vérifiez l’année."]}

    def test_a_double_click_notes_it_once_and_a_second_call_is_another(self, world, sign_in):
        client = sign_in(world.caseworker)
        planned = typed(next_what="Confirmer la veille", next_on=today(2).isoformat())
        for _ in range(2):
            answer = client.post(page("note", world.lea), planned, headers=HTMX)
        assert "rien n’a été écrit deux fois" in answer.content.decode()
        assert (Contact.objects.filter(enrolment=world.lea).count(), world.lea.actions.count()) == (1, 1)
        client.post(page("note", world.lea), typed(words="Elle rappelle\u00a0: plutôt vendredi."), headers=HTMX)
        assert Contact.objects.filter(enrolment=world.lea).count() == 2

    def test_private_words_are_their_authors_and_the_call_is_everybodys(self, world, sign_in):
        sign_in(world.caseworker).post(page("note", world.helene), typed(words="Lasse, à ménager.", is_private="on"))
        assert log_of(world.helene) == [
            ("contact", "Appel\u00a0: rendez-vous pris.", False), ("note", "Lasse, à ménager.", True),
        ]  # fmt: skip
        for reader in ("manager", "administrator", "tutor"):
            text = sign_in(world.cast[reader]).get(page("detail", world.helene)).content.decode()
            assert "rendez-vous pris" in text and "Lasse" not in text

    @pytest.mark.parametrize(
        ("wrong", "field", "said"),
        [
            ({"happened_on": "2099-01-01"}, "happened_on", "à venir"),
            ({"kind": "note", "words": "", "result": ""}, "words", "Écrivez la note"),
            ({"kind": "note"}, "result", "pas de résultat"),
            ({"kind": "note", "result": "", "minutes": "5"}, "minutes", "pas de durée"),
            ({"is_private": "on", "words": ""}, "words", "Une note privée a des mots"),
            ({"next_what": "Rappeler"}, "next_on", "Pour quand"),
            ({"next_on": "2099-01-01"}, "next_on", "à plus de deux ans"),
            ({"next_what": "Rappeler", "next_on": "2020-01-01"}, "next_on", "Cette date est passée"),
            ({"minutes": "0"}, "minutes", "supérieure"),
            ({"words": "n° 1 85 05 78 006 084 91"}, "words", "sécurité sociale"),
            ({"kind": "fax"}, "kind", "choix valide"),
        ],
    )
    def test_what_cannot_be_is_said_and_nothing_is_lost(self, world, sign_in, wrong, field, said):
        answer = sign_in(world.caseworker).post(page("note", world.lea), typed(**wrong))
        assert answer.status_code == 422 and said in " ".join(errors(answer)[field])
        assert answer.context["form"]["words"].value() == typed(**wrong)["words"]
        assert (log_of(world.lea), NextAction.objects.filter(enrolment=world.lea).count()) == ([], 0)
        fragment = sign_in(world.caseworker).post(page("note", world.lea), typed(**wrong), headers=HTMX)
        assert fragment.status_code == 422 and said in fragment.content.decode()

    def test_sensitive_words_are_kept_once_their_author_has_said_so(self, world, sign_in):
        client, words = sign_in(world.caseworker), "Convoquée au tribunal, et sa mère est hospitalisée."
        answer = client.post(page("note", world.lea), typed(words=words))
        assert "toucher à la santé et la justice" in " ".join(errors(answer)["words"])
        assert "Garder ce texte" in answer.content.decode() and log_of(world.lea) == []
        assert "Garder ce texte" not in client.get(page("note", world.lea)).content.decode()
        client.post(page("note", world.lea), typed(words=words, is_meant="on"))
        assert log_of(world.lea) == [("contact", f"Appel\u00a0: rendez-vous pris. {words}", False)]

    def test_a_contact_noted_by_mistake_is_taken_back_with_a_reason(self, world, sign_in):
        client, contact = sign_in(world.caseworker), called(world, world.lea, dt.date(2026, 1, 10))
        withdraw = page("withdraw_contact", world.lea, contact.pk)
        assert f'href="contact/{contact.pk}/retirer/"' in client.get(page("detail", world.lea)).content.decode()
        assert client.post(withdraw, {"why": ""}).status_code == 422
        client.post(withdraw, {"why": "c’était sa sœur."})
        assert (Contact.objects.filter(pk=contact.pk).exists(), client.get(withdraw).status_code) == (False, 404)
        assert world.lea.log.first().sentence == "Appel du 10/01/2026 retiré\u00a0: c’était sa sœur."

    def test_its_author_may_write_it_again_from_what_they_had_written(self, world, sign_in):
        client, words = sign_in(world.caseworker), "Long entretien.\nIl hésite entre deux CAP."
        client.post(page("note", world.lea), typed(words=words, minutes="45", happened_on="2026-01-10"))
        contact = Contact.objects.get(enrolment=world.lea)
        withdraw = page("withdraw_contact", world.lea, contact.pk)
        back = client.post(withdraw, {"why": "faute de frappe", "rewrites": "on"})
        again = client.get(back.url)
        assert back.url.startswith(f"{page('detail', world.lea)}?reprise=")
        assert "Il hésite entre deux CAP.</textarea>" in again.text and 'value="45"' in again.text
        assert 'value="2026-01-10"' in again.text and '<option value="appointment" selected>' in again.text
        headers = HTMX | {"HX-Current-URL": f"http://testserver{back.url}"}
        address = f"{page('note', world.lea)}?reprise={again.context['resumed']}"
        client.post(address, typed(words=f"{words} Juin."), headers=headers)
        assert not Draft.objects.exists() and log_of(world.lea)[-1][1].endswith("Juin.")

    def test_nobody_else_writes_it_again(self, world, sign_in):
        contact, manager = called(world, world.lea, dt.date(2026, 1, 10)), sign_in(world.manager)
        withdraw = page("withdraw_contact", world.lea, contact.pk)
        assert "rewrites" not in manager.get(withdraw).text
        manager.post(withdraw, {"why": "pas elle", "rewrites": "on"})
        assert not Draft.objects.exists() and not Contact.objects.filter(pk=contact.pk).exists()

    def test_guests_read_it_and_change_nothing(self, world, sign_in):
        contact = called(world, world.helene, dt.date(2026, 1, 10))
        text = sign_in(world.tutor).get(page("detail", world.helene)).content.decode()
        assert "Appel." in text and f"contact/{contact.pk}/retirer/" not in text and "entry-form" not in text


class TestTheTimeline:
    def test_is_narrowed_to_what_one_looks_for(self, world, sign_in):
        client = sign_in(world.caseworker)
        client.post(page("note", world.lea), typed())
        client.post(page("note", world.lea), typed(kind="note", result="", words="Cherche un logement."))
        seen = {
            nature: [line["label"] for line in client.get(page("detail", world.lea), {"nature": nature}).context["log"]]
            for nature in ("contacts", "notes", "parcours", "cellule", "n’importe quoi")
        }
        assert seen == {
            "contacts": ["contact"], "notes": ["note"], "parcours": ["accueil"], "cellule": [],
            "n’importe quoi": ["note", "contact", "accueil"],
        }  # fmt: skip

    @pytest.mark.parametrize("nature", ["", "cellule", "notes"])
    def test_says_the_last_contact_whatever_is_shown(self, world, sign_in, nature):
        called(world, world.lea, dt.date(2026, 1, 10))
        called(world, world.lea, dt.date(2025, 12, 1))
        answer = sign_in(world.caseworker).get(page("detail", world.lea), {"nature": nature})
        assert answer.context["last_contact"] == "10/01/2026"


class TestWhatIsToBeDone:
    @pytest.fixture
    def action(self, world):
        return plan(enrolment=world.lea, what="Appeler le CFA", due_on=today(), assignee=world.caseworker)

    def test_is_done_in_a_click_and_reopened_in_another(self, world, sign_in, action):
        client = sign_in(world.caseworker)
        for _ in range(2):
            client.post(page("settle", world.lea, action.pk))
        action.refresh_from_db()
        assert (action.done_on, log_of(world.lea)) == (today(), [("action", "Fait\u00a0: Appeler le CFA.", False)])
        for _ in range(2):
            client.post(page("reopen", world.lea, action.pk))
        action.refresh_from_db()
        assert (action.done_on, log_of(world.lea)) == (None, [])

    def test_is_put_off_or_given_to_a_colleague(self, world, sign_in, action):
        client, url = sign_in(world.caseworker), page("put_off", world.lea, action.pk)
        assert "passée" in errors(client.post(url, {"due_on": "2020-01-01"}))["due_on"][0]
        assert errors(client.post(url, {"due_on": today(3).isoformat(), "assignee": world.neighbour.pk})) != {}
        client.post(url, {"due_on": today(3).isoformat(), "assignee": world.manager.pk})
        action.refresh_from_db()
        assert (action.due_on, action.assignee) == (today(3), world.manager)

    def test_is_given_up_for_a_reason_that_stays(self, world, sign_in, action):
        client, url = sign_in(world.caseworker), page("give_up", world.lea, action.pk)
        assert client.post(url, {"why": ""}).status_code == 422
        client.post(url, {"why": "le CFA a appelé."})
        action.refresh_from_db()
        assert (action.given_up, action.done_on) == ("le CFA a appelé.", today())
        assert log_of(world.lea) == [("action", "Abandonné\u00a0: Appeler le CFA. Le CFA a appelé.", False)]
        answer = client.post(page("put_off", world.lea, action.pk), {"due_on": today(1).isoformat()})
        assert "vient d’être close" in answer.content.decode()

    def test_waits_for_its_author_the_most_urgent_first(self, world, sign_in, action):
        late = plan(enrolment=world.helene, what="Relancer l’employeur", due_on=today(), assignee=world.caseworker)
        NextAction.objects.filter(pk=late.pk).update(due_on=today(-3))
        plan(enrolment=world.lea, what="Bilan", due_on=today(10), assignee=world.caseworker)
        plan(enrolment=world.lea, what="Pour Bruno", due_on=today(), assignee=world.manager)
        client = sign_in(world.caseworker)
        told = [(each["what"], each["when"]) for each in client.get(ACTIONS).context["actions"]]
        assert told[:2] == [("Relancer l’employeur", "en retard de 3\u00a0jours"), ("Appeler le CFA", "aujourd’hui")]
        assert [what for what, _ in told[2:]] == ["Bilan"]
        home = client.get("/").content.decode()
        assert "1 en retard" in home and "1 pour aujourd’hui" in home and "Relancer l’employeur" in home
        assert "Pour Bruno" not in home
        home = f"{page('settle', world.helene, late.pk)}?de=accueil"
        assert home in client.get("/").text and client.post(home).url == "/"
        client.post(page("reopen", world.helene, late.pk))
        back = client.post(f"{page('settle', world.helene, late.pk)}?de=actions")
        assert back.url == ACTIONS

    def test_of_a_file_that_is_no_longer_ones_own_is_seen_no_more(self, world, sign_in, action):
        world.lea.territory = world.valenciennes
        world.lea.save()
        client = sign_in(world.caseworker)
        assert list(client.get(ACTIONS).context["actions"]) == []
        assert "Appeler le CFA" not in client.get("/").content.decode()
        assert client.post(page("settle", world.lea, action.pk)).status_code == 404

    def test_is_not_for_a_guest_who_once_worked_there(self, world, sign_in, action):
        """Tom, who is Hélène’s tutor today, had promised it as a caseworker: nobody asks him for it any more."""
        NextAction.objects.filter(pk=action.pk).update(enrolment=world.helene, assignee=world.tutor)
        client = sign_in(world.tutor)
        assert "Appeler le CFA" in client.get(page("detail", world.helene)).content.decode()
        assert "Appeler le CFA" not in client.get("/").content.decode()
        assert client.get(ACTIONS).status_code == 404

    def test_of_the_day_is_a_reading_of_those_whom_it_names(self, world, sign_in, action):
        sign_in(world.caseworker).get("/")
        lines = JournalEntry.objects.filter(actor=world.caseworker, page="home").order_by("number")
        told = [(line.kind, line.shown.split()) for line in lines]
        assert told[0] == ("listed", [str(world.lea.pk)])  # her action; then the latest files
        assert [(kind, set(shown)) for kind, shown in told[1:]] == [
            ("listed", {str(world.lea.pk), str(world.helene.pk)})
        ]


class TestSilence:
    def test_lasts_from_the_last_time_that_somebody_tried(self, world):
        world.lea.contacted_on = world.helene.contacted_on = world.karim.contacted_on = dt.date(2025, 2, 1)
        for path in (world.lea, world.helene, world.karim):
            path.save()
        called(world, world.lea, dt.date(2025, 6, 1))
        called(world, world.helene, dt.date(2025, 5, 31))
        silent = silent_since(type(world.lea).objects.filter(programme=world.programme), dt.date(2025, 6, 1))
        assert set(silent) == {world.helene, world.karim}
        world.karim.exited_on = dt.date(2025, 6, 2)
        world.karim.save()
        assert set(silent.all()) == {world.helene}

    def test_is_counted_on_the_home_page_and_opens_its_list(self, world, sign_in):
        world.programme.silent_after_days = 10
        world.programme.save()
        for path in (world.lea, world.helene, world.karim):
            path.referent = world.caseworker if path is not world.karim else world.neighbour
            path.save()
        called(world, world.lea, today(-9))
        called(world, world.helene, today(-11))
        client = sign_in(world.caseworker)
        home = client.get("/").content.decode()
        assert "1 des vôtres sans nouvelles depuis 10 jours" in home and "1 sans nouvelles en tout" in home
        youths = reverse("beneficiaries:list", args=["TEST-1"])
        found = {
            value: [row["name"] for row in client.get(youths, {"f-silence": value}).context["rows"]]
            for value in ("silent", "heard")
        }
        assert found == {"silent": ["Le Goff Hélène"], "heard": ["Moreau Léa"]}

    def test_the_list_tells_who_has_something_to_come(self, world, sign_in):
        plan(enrolment=world.lea, what="Appeler", due_on=today(), assignee=world.caseworker)
        late = plan(enrolment=world.helene, what="Appeler", due_on=today(), assignee=world.caseworker)
        NextAction.objects.filter(pk=late.pk).update(due_on=today(-1))
        client, youths = sign_in(world.manager), reverse("beneficiaries:list", args=["TEST-1"])
        found = {
            value: [row["name"] for row in client.get(youths, {"f-action": value}).context["rows"]]
            for value in ("overdue", "today", "planned", "none")
        }
        assert found == {
            "overdue": ["Le Goff Hélène"], "today": ["Moreau Léa"], "planned": ["Le Goff Hélène", "Moreau Léa"],
            "none": ["Benali Karim"],
        }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("Rendez-vous à la mission locale mardi.", []),
        ("Suivie par un psychologue.", ["la santé"]),
        ("Sort de garde à vue.", ["la justice"]),
        ("Ses parents divorcent, placé en foyer.", ["la famille"]),
        ("Cherche une place en bac pro, aime la police d’écriture.", ["la justice"]),  # warned for nothing: no harm
        ("Il est jugé sérieux par l’entreprise.", []),
    ],
)
def test_words_that_seldom_belong_in_a_file(text, subjects):
    assert subjects_of(text) == subjects


def test_what_hangs_on_a_file_goes_along_when_it_is_united(world):
    from tests.world import make_youth
    from tests.youths.merging.hands import unite

    double = make_youth(world.programme, world.bethune, first_name="Léa", last_name="Moreau")
    contact, action = called(world, double, dt.date(2026, 1, 10)), plan(
        enrolment=double, what="Appeler", due_on=today(), assignee=world.caseworker
    )  # fmt: skip
    unite(world, world.lea, double)
    assert Contact.objects.get(pk=contact.pk).enrolment == world.lea
    assert NextAction.objects.get(pk=action.pk).enrolment == world.lea
    assert LogEntry.objects.get(contact=contact).enrolment == world.lea
