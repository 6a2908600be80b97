"""Who follows a file, and how it changes hands: to a colleague, or to a territory that does not see it yet."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from beneficiaries import handovers, referents
from beneficiaries.following import plan
from beneficiaries.free_text import names_in
from beneficiaries.models import Enrolment, Handover, LogEntry, NextAction
from beneficiaries.views.handovers import offers_of
from partaj.accounts.models import JournalEntry, Role, User
from tests.test_attacks import ON_POSTGRESQL, at_once
from tests.world import make_role, make_user, make_youth
from tests.youths.paper import errors, form_of, page

HANDOVERS = reverse("beneficiaries:handovers")
MESSAGE = "Elle emménage lundi ; un stage est prévu."


def told(path):
    return list(path.log.exclude(kind="intake").order_by("pk").values_list("kind", "sentence"))


def now(path):
    path.refresh_from_db()
    return path.territory, path.referent


def url(name, handover):
    return reverse(f"beneficiaries:{name}", args=[handover.enrolment.programme.number, handover.pk])


def said(answer):
    return [str(message) for message in answer.context["messages"]]


@pytest.fixture
def colleague(world):
    """Rose, at Béthune too."""
    rose = make_user("Rose")
    make_role(rose, "caseworker", world.programme, territory=world.bethune)
    return rose


@pytest.fixture
def offered(world):
    """Léa, whom Inès follows, offered to Valenciennes."""
    referents.assign(enrolment=world.lea, referent=world.caseworker, read=None, by=world.caseworker)
    LogEntry.objects.filter(enrolment=world.lea).exclude(kind="intake").delete()
    return handovers.offer(enrolment=world.lea, to=world.valenciennes, message=MESSAGE, by=world.caseworker)


class TestTheReferent:
    def test_takes_a_file_in_a_click_and_the_second_click_says_so(self, world, sign_in):
        client = sign_in(world.caseworker)
        shown = client.get(page("detail", world.lea)).content.decode()
        assert "Me l’attribuer" in shown and "sans référent" in shown
        answers = [client.post(page("take_on", world.lea), {"read": ""}, follow=True) for _ in range(2)]
        assert [said(answer) for answer in answers] == [
            ["Vous en êtes le référent ; le fil le dit."], ["Vous en étiez déjà le référent : rien n’a changé."],
        ]  # fmt: skip
        assert now(world.lea) == (world.bethune, world.caseworker)
        assert told(world.lea) == [("referent", "Dossier confié à Inès.")]
        assert "Me l’attribuer" not in client.get(page("detail", world.lea)).content.decode()

    def test_is_a_colleague_who_works_there(self, world, sign_in, colleague):
        client = sign_in(world.caseworker)
        form = client.get(page("assign", world.lea)).context["form"]
        assert set(form.fields["referent"].queryset) == {world.caseworker, colleague, world.manager}
        refused = client.post(page("assign", world.lea), {"referent": world.neighbour.pk, "read": ""})
        assert refused.status_code == 422 and list(errors(refused)) == ["referent"]
        client.post(page("assign", world.lea), {"referent": colleague.pk, "read": ""})
        assert now(world.lea) == (world.bethune, colleague)

    def test_takes_over_what_was_to_be_done(self, world, colleague):
        mine = plan(enrolment=world.lea, what="Appeler", due_on=timezone.localdate(), assignee=world.caseworker)
        managers = plan(enrolment=world.lea, what="Bilan", due_on=timezone.localdate(), assignee=world.manager)
        referents.assign(enrolment=world.lea, referent=world.caseworker, read=None, by=world.manager)
        referents.assign(enrolment=world.lea, referent=colleague, read=world.caseworker.pk, by=world.caseworker)
        assert [NextAction.objects.get(pk=each.pk).assignee for each in (mine, managers)] == [colleague, world.manager]
        assert told(world.lea)[-1] == (
            "referent", "Dossier confié à Rose, après Inès. 1\u00a0action à faire passe à Rose.",
        )  # fmt: skip

    def test_is_withdrawn_and_what_was_promised_stays_with_who_promised_it(self, world, sign_in):
        mine = plan(enrolment=world.lea, what="Appeler", due_on=timezone.localdate(), assignee=world.caseworker)
        referents.assign(enrolment=world.lea, referent=world.caseworker, read=None, by=world.manager)
        sign_in(world.caseworker).post(page("assign", world.lea), {"referent": "", "read": world.caseworker.pk})
        assert now(world.lea) == (world.bethune, None)
        assert told(world.lea)[-1] == ("referent", "Inès n’est plus référent : le dossier n’a plus de référent.")
        mine.refresh_from_db()
        assert mine.assignee == world.caseworker

    def test_of_a_second_tab_undoes_nothing(self, world, sign_in, colleague):
        client = sign_in(world.caseworker)
        referents.assign(enrolment=world.lea, referent=colleague, read=None, by=world.manager)
        answer = client.post(page("assign", world.lea), {"referent": world.caseworker.pk, "read": ""})
        assert "Entre-temps, ce dossier a été confié à Rose" in errors(answer)["referent"][0]
        late = client.post(page("take_on", world.lea), {"read": ""}, follow=True)
        assert "Entre-temps, ce dossier a été confié à Rose" in said(late)[0]
        assert now(world.lea) == (world.bethune, colleague)

    def test_given_while_somebody_edits_the_file_shows_both_versions(self, world, sign_in, colleague):
        client = sign_in(world.caseworker)
        typed = form_of(client, world.lea)
        referents.assign(enrolment=world.lea, referent=colleague, read=None, by=world.manager)
        assert client.post(page("change", world.lea), typed | {"city": "Lens"}).status_code == 409
        assert now(world.lea) == (world.bethune, colleague)

    def test_who_only_reads_sees_no_way_to_change_it(self, world, sign_in):
        text = sign_in(world.tutor).get(page("detail", world.helene)).content.decode()
        assert "Me l’attribuer" not in text and "Confier à" not in text and 'id="referent"' not in text

    def test_cannot_be_the_administrator_who_works_nowhere(self, world, sign_in):
        client = sign_in(world.administrator)
        assert "Me l’attribuer" not in client.get(page("detail", world.lea)).content.decode()
        answer = client.post(page("take_on", world.lea), {"read": ""}, follow=True)
        assert "Alice ne travaille pas, ou plus, sur Béthune-Bruay" in said(answer)[0]


class TestAnOffer:
    def test_changes_nothing_until_it_is_accepted(self, world, sign_in):
        client = sign_in(world.caseworker)
        before = Enrolment.objects.get(pk=world.lea.pk).version
        client.post(page("offer", world.lea), {"to": f"t{world.valenciennes.pk}", "message": MESSAGE})
        handover = Handover.objects.get()
        assert (handover.from_territory, handover.territory, handover.recipient, handover.message, handover.author) == (
            world.bethune, world.valenciennes, None, MESSAGE, world.caseworker,
        )  # fmt: skip
        assert (now(world.lea), world.lea.version) == ((world.bethune, None), before)
        assert told(world.lea) == [("handover", "Transfert proposé à Valenciennes.")]
        shown = client.get(page("detail", world.lea)).content.decode()
        assert "proposé à Valenciennes" in shown and MESSAGE in shown and "Proposer un transfert" not in shown

    def test_tells_of_the_file_no_more_than_a_number_initials_and_an_age(self, world, sign_in, offered):
        client = sign_in(world.neighbour)
        for address in ("/", HANDOVERS, url("handover", offered)):
            text = client.get(address).content.decode()
            assert "L. M." in text and MESSAGE in text and "Béthune-Bruay" in text
            assert "Léa" not in text and "Moreau" not in text
            assert page("detail", world.lea) not in text
        assert client.get(page("detail", world.lea)).status_code == 404
        lines = JournalEntry.objects.filter(actor=world.neighbour, kind="listed", shown=f" {world.lea.pk} ")
        assert set(lines.values_list("page", flat=True)) == {
            "home", "beneficiaries:handovers", "beneficiaries:handover"
        }  # fmt: skip

    def test_says_who_else_reads_the_file_and_nobody_of_another(self, world, sign_in):
        """Tom accompanies Hélène, and a cell has studied her situation."""
        client = sign_in(world.caseworker)
        of = {file: client.get(page("offer", file)).context["grants"] for file in (world.helene, world.lea)}
        assert [len(of[world.helene]), of[world.lea]] == [2, []] and of[world.helene][0].startswith("Tom (")

    def test_is_nobody_elses(self, world, sign_in, offered, colleague):
        other = make_user("Nina")
        make_role(other, "caseworker", world.other_programme, territory=world.valenciennes)
        for stranger in (other, world.other_manager, world.tutor, world.evaluator):
            client = sign_in(stranger)
            assert client.get(url("handover", offered)).status_code == 404
            assert client.post(url("accept", offered)).status_code == 404
            assert MESSAGE not in client.get("/").content.decode()
        for stranger in (other, world.other_manager):
            assert sign_in(stranger).get(HANDOVERS).context["others"] == []
        assert len(sign_in(colleague).get(HANDOVERS).context["others"]) == 1
        assert MESSAGE not in sign_in(colleague).get("/").content.decode()  # of the team that offers it
        assert sign_in(colleague).post(url("accept", offered)).status_code == 403
        refused = JournalEntry.objects.filter(kind="refused", actor=colleague).get()
        assert (refused.page, refused.enrolment_id) == ("beneficiaries:accept", world.lea.pk)

    def test_who_works_elsewhere_since_keeps_nothing_of_what_they_offered(self, world, sign_in, colleague):
        own = handovers.offer(enrolment=world.lea, to=colleague, message="", by=world.caseworker)
        handovers.take_back(handover=own, by=world.caseworker)
        client = sign_in(world.caseworker)
        assert [each["state"] for each in client.get(HANDOVERS).context["past"]] == ["withdrawn"]
        Role.objects.filter(user=world.caseworker).update(territory=world.valenciennes)
        assert client.get(HANDOVERS).context["past"] == []

    def test_within_a_team_is_not_that_of_the_next_territory(self, world, sign_in, colleague):
        own = handovers.offer(enrolment=world.lea, to=colleague, message=MESSAGE, by=world.caseworker)
        for who, status in ((world.neighbour, 404), (world.manager, 200), (colleague, 200)):
            assert sign_in(who).get(url("handover", own)).status_code == status, who
        assert sign_in(world.neighbour).post(url("accept", own)).status_code == 404

    def test_accepted_gives_territory_and_referent_at_one_go(self, world, sign_in, offered):
        mine = plan(enrolment=world.lea, what="Appeler", due_on=timezone.localdate(), assignee=world.caseworker)
        managers = plan(enrolment=world.lea, what="Bilan", due_on=timezone.localdate(), assignee=world.manager)
        before, client = Enrolment.objects.get(pk=world.lea.pk).version, sign_in(world.neighbour)
        answer = client.post(url("accept", offered), {"suivi": "moi"}, follow=True)
        assert answer.redirect_chain == [(page("detail", world.lea), 302)]
        assert (now(world.lea), world.lea.version) == ((world.valenciennes, world.neighbour), before + 1)
        assert told(world.lea) == [
            ("handover", "Transfert proposé à Valenciennes."),
            ("handover", "Transfert accepté : le dossier passe de Béthune-Bruay à Valenciennes, suivi par Paul."
             " 1\u00a0action à faire passe à Paul."),
        ]  # fmt: skip
        assert [NextAction.objects.get(pk=each.pk).assignee for each in (mine, managers)] == [
            world.neighbour, world.manager
        ]  # fmt: skip
        former = sign_in(world.caseworker)
        assert former.get(page("detail", world.lea)).status_code == 404
        home = former.get("/").content.decode()
        assert "accepté" in home and "L. M." in home and "Moreau" not in home
        assert said(client.post(url("accept", offered), follow=True)) == [
            "Vous l’aviez déjà accepté : rien n’a changé."
        ]  # fmt: skip

    def test_accepted_by_a_team_may_wait_for_its_referent(self, world, sign_in, offered):
        mine = plan(enrolment=world.lea, what="Appeler", due_on=timezone.localdate(), assignee=world.caseworker)
        sign_in(world.neighbour).post(url("accept", offered))
        assert now(world.lea) == (world.valenciennes, None)
        mine.refresh_from_db()
        assert mine.assignee is None
        assert told(world.lea)[-1][1].endswith(
            "sans référent pour l’instant. 1\u00a0action à faire attend quelqu’un."
        )  # fmt: skip

    def test_declined_goes_back_with_its_reason_until_it_is_read(self, world, sign_in, offered):
        client = sign_in(world.neighbour)
        assert client.post(url("decline", offered), {"reason": ""}).status_code == 422
        client.post(url("decline", offered), {"reason": "elle reste à Béthune."})
        assert now(world.lea) == (world.bethune, world.caseworker)
        assert told(world.lea)[-1] == ("handover", "Transfert à Valenciennes refusé : elle reste à Béthune.")
        former = sign_in(world.caseworker)
        assert "elle reste à Béthune." in former.get("/").content.decode()
        assert client.post(url("answer_read", offered)).status_code == 404
        assert former.post(url("answer_read", offered)).url == "/"
        (past,) = former.get(HANDOVERS).context["past"]
        assert (past["number"], past["initials"], past["state"]) == (world.lea.pk, "L. M.", "declined")
        assert [sign_in(who).get(HANDOVERS).context["past"] for who in (world.neighbour, world.manager)] == [[], []]
        assert "elle reste à Béthune." not in former.get("/").content.decode()
        assert "Proposer un transfert" in former.get(page("detail", world.lea)).content.decode()

    def test_of_somebody_who_left_is_answered_to_who_follows_the_file(self, world, sign_in, offered, colleague):
        Handover.objects.update(author=colleague)
        colleague.is_active = False
        colleague.save()
        client = sign_in(world.neighbour)
        assert "Rose (qui n’a plus accès à PARTAJ)" in client.get(url("handover", offered)).content.decode()
        client.post(url("decline", offered), {"reason": "complet."})
        assert "complet." in sign_in(world.caseworker).get("/").content.decode()

    def test_is_taken_back_and_then_cannot_be_accepted(self, world, sign_in, offered):
        client = sign_in(world.caseworker)
        for _ in range(2):
            client.post(page("take_back", world.lea, offered.pk))
        assert told(world.lea) == [
            ("handover", "Transfert proposé à Valenciennes."), ("handover", "Transfert à Valenciennes retiré."),
        ]  # fmt: skip
        late = sign_in(world.neighbour).post(url("accept", offered), follow=True)
        assert said(late) == [
            "Ce transfert vient d’être retiré par ceux qui le proposaient : rien d’autre n’a changé."
        ]  # fmt: skip
        assert now(world.lea) == (world.bethune, world.caseworker)

    def test_waits_once_for_a_file(self, world, sign_in, offered, colleague):
        answer = sign_in(world.caseworker).post(page("offer", world.lea), {"to": f"u{colleague.pk}", "message": ""})
        assert "attend déjà une réponse" in str(errors(answer))
        with pytest.raises(IntegrityError), transaction.atomic():
            Handover.objects.create(enrolment=world.lea, from_territory=world.bethune, territory=world.valenciennes)

    def test_to_a_colleague_is_theirs_alone_to_answer(self, world, sign_in, colleague):
        referents.assign(enrolment=world.lea, referent=world.caseworker, read=None, by=world.caseworker)
        mine = plan(enrolment=world.lea, what="Appeler", due_on=timezone.localdate(), assignee=world.caseworker)
        handover = handovers.offer(enrolment=world.lea, to=colleague, message="", by=world.caseworker)
        assert sign_in(world.manager).post(url("accept", handover)).status_code == 403
        home = sign_in(colleague).get("/").content.decode()
        assert "Dossiers qu’on vous confie" in home
        sign_in(colleague).post(url("accept", handover))
        assert now(world.lea) == (world.bethune, colleague)
        mine.refresh_from_db()
        assert mine.assignee == colleague

    def test_to_somebody_who_has_lost_their_role_is_said_to_wait_for_nobody(self, world, sign_in, colleague):
        handover = handovers.offer(enrolment=world.lea, to=colleague, message="", by=world.caseworker)
        Role.objects.filter(user=colleague).update(ends_on=dt.date(2025, 1, 1))
        assert sign_in(colleague).post(url("accept", handover)).status_code == 404
        shown = sign_in(world.caseworker).get(page("detail", world.lea)).content.decode()
        assert "Rose ne travaille plus sur Béthune-Bruay : personne ne peut répondre." in shown
        with pytest.raises(ValidationError, match="ne travaille pas, ou plus"):
            handovers.accept(handover=handover, follows=True, by=colleague)

    def test_and_its_answer_are_told_to_nobody_who_has_moved_elsewhere(self, world, sign_in, colleague):
        """Neither whom it is offered to by name, nor who offered it: their territory is another one by now."""
        elsewhere = world.other_programme.territories.get()
        offer = handovers.offer(enrolment=world.lea, to=colleague, message=MESSAGE, by=world.caseworker)
        assert list(Handover.objects.waiting_for(colleague)) == [offer]
        colleague.roles.update(programme=world.other_programme, territory=elsewhere)
        moved = User.objects.get(pk=colleague.pk)
        assert list(Handover.objects.waiting_for(moved)) == [] == list(Handover.objects.concerning(moved))
        assert world.lea.pk not in [row["number"] for row in offers_of(moved)["waiting"]]
        Role.objects.filter(user=colleague).update(programme=world.programme, territory=world.bethune)
        handovers.decline(handover=offer, reason="Je pars.", by=User.objects.get(pk=colleague.pk))
        assert list(Handover.objects.answers_for(world.caseworker)) == [offer]
        world.caseworker.roles.update(programme=world.other_programme, territory=elsewhere)
        author = User.objects.get(pk=world.caseworker.pk)
        assert list(Handover.objects.answers_for(author)) == [] == list(Handover.objects.concerning(author))

    def test_of_a_file_that_has_moved_meanwhile_lapses(self, world, sign_in, offered):
        client = sign_in(world.manager)
        typed = form_of(client, world.lea) | {"territory": world.valenciennes.pk, "referent": ""}
        assert client.post(page("change", world.lea), typed).status_code == 302
        offered.refresh_from_db()
        assert offered.state == "withdrawn"
        assert told(world.lea)[-1] == (
            "handover", "Transfert à Valenciennes retiré : le dossier a changé de territoire.",
        )  # fmt: skip
        Handover.objects.update(state="pending", from_territory=world.bethune)
        with pytest.raises(ValidationError, match="a changé de territoire"):
            handovers.accept(handover=offered, follows=False, by=world.neighbour)

    def test_to_a_place_where_nobody_works_or_of_another_programme_is_refused(self, world):
        Role.objects.filter(user=world.neighbour).update(ends_on=dt.date(2025, 1, 1))
        for place, why in [(world.valenciennes, "Personne ne travaille"), (world.bethune, "déjà celui de")]:
            with pytest.raises(ValidationError, match=why):
                handovers.offer(enrolment=world.lea, to=place, message="", by=world.caseworker)
        with pytest.raises(ValidationError, match="pas de ce programme"):
            handovers.offer(enrolment=world.foreigner, to=world.bethune, message="", by=world.other_manager)

    def test_of_a_closed_programme_is_refused(self, world, sign_in, offered):
        world.programme.closed_on = timezone.localdate()
        world.programme.save()
        client = sign_in(world.neighbour)
        assert client.post(url("accept", offered)).status_code == 409
        assert MESSAGE not in client.get("/").content.decode()
        assert sign_in(world.caseworker).post(page("take_on", world.lea)).status_code == 409
        assert now(world.lea) == (world.bethune, world.caseworker)

    @pytest.mark.parametrize(
        ("message", "why"),
        [
            ("Léa déménage.", "« Léa »"),
            ("C’est la petite Moréau", "« Moreau »"),
            ("Suivie par un juge.", "la justice"),
            ("Appelez-la au 06 11 22 33 44.", "« 06 11 22 33 44 »"),
            ("Au +33611223344, le soir", "« +33611223344 »"),
            ("Écrivez à l.m@exemple.fr", "« l.m@exemple.fr »"),
        ],
    )
    def test_that_names_the_youth_or_tells_too_much_is_kept_once_meant(self, world, sign_in, message, why):
        client, typed = sign_in(world.caseworker), {"to": f"t{world.valenciennes.pk}", "message": message}
        answer = client.post(page("offer", world.lea), typed)
        assert why.replace(" ", "\u00a0") in errors(answer)["message"][0].replace(" ", "\u00a0")
        assert "Garder ce texte" in answer.content.decode() and not Handover.objects.exists()
        client.post(page("offer", world.lea), typed | {"is_meant": "on"})
        assert Handover.objects.get().message == message

    def test_a_day_or_an_amount_reaches_nobody(self, world, sign_in):
        message = "Reçue le 05/06/2026 à 14 h 30, dossier n° 1385, 1 200 euros."
        sign_in(world.caseworker).post(
            page("offer", world.lea), {"to": f"t{world.valenciennes.pk}", "message": message}
        )
        assert Handover.objects.get().message == message

    def test_to_a_colleague_may_name_who_they_see_already(self, world, sign_in, colleague):
        sign_in(world.caseworker).post(page("offer", world.lea), {"to": f"u{colleague.pk}", "message": "Léa t’attend."})
        assert Handover.objects.get().recipient == colleague


class TestWhatHangsOnIt:
    def test_guests_still_read_the_file_and_never_the_message(self, world, sign_in):
        handover = handovers.offer(enrolment=world.helene, to=world.valenciennes, message=MESSAGE, by=world.caseworker)
        text = sign_in(world.tutor).get(page("detail", world.helene)).content.decode()
        assert "Transfert proposé à Valenciennes." in text and MESSAGE not in text
        handovers.accept(handover=handover, follows=False, by=world.neighbour)
        assert sign_in(world.tutor).get(page("detail", world.helene)).status_code == 200

    def test_two_files_that_both_wait_are_not_united_and_one_goes_along(self, world, offered):
        from tests.youths.merging.hands import unite

        double = make_youth(world.programme, world.bethune, first_name="Léa", last_name="Moreau")
        second = handovers.offer(enrolment=double, to=world.valenciennes, message="", by=world.caseworker)
        with pytest.raises(ValidationError, match="attend une réponse"):
            unite(world, world.lea, double)
        handovers.take_back(handover=offered, by=world.caseworker)
        unite(world, world.lea, double)
        second.refresh_from_db()
        assert second.enrolment == world.lea and second.is_pending


@ON_POSTGRESQL
@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_united_while_somebody_accepts_it_goes_along_or_is_asked_again(world, sign_in):
    """Nobody meets an error, and nobody waits for ever."""
    from tests.youths.merging.hands import comparison_of, proposed

    manager, receiving = sign_in(world.manager), sign_in(world.neighbour)
    for _ in range(4):
        again = make_youth(world.programme, world.bethune, first_name="Léa", last_name="Moreau")
        handover = handovers.offer(enrolment=again, to=world.valenciennes, message="", by=world.caseworker)
        merging, sent = comparison_of(world.lea, again), proposed(manager, world.lea, again)
        accept = url("accept", handover)
        answers = at_once(lambda to=merging, sent=sent: manager.post(to, sent), lambda to=accept: receiving.post(to))
        assert answers in ([302, 302], [302, 409])
        handover.refresh_from_db()
        if handover.state == "pending":
            handovers.take_back(handover=handover, by=world.manager)


@ON_POSTGRESQL
@pytest.mark.django_db(transaction=True)
def test_what_is_accepted_and_taken_back_at_once_is_one_or_the_other(world, sign_in):
    receiving, offering = sign_in(world.neighbour), sign_in(world.caseworker)
    for _ in range(4):
        youth = make_youth(world.programme, world.bethune)
        handover = handovers.offer(enrolment=youth, to=world.valenciennes, message="", by=world.caseworker)
        accept, withdraw = url("accept", handover), page("take_back", youth, handover.pk)
        at_once(lambda to=accept: receiving.post(to), lambda to=withdraw: offering.post(to))
        handover.refresh_from_db()
        place = {"accepted": world.valenciennes, "withdrawn": world.bethune}[handover.state]
        assert now(youth)[0] == place
        assert len(told(youth)) == 2


def test_names_are_found_whole_and_whatever_their_accents():
    assert names_in("Son père, M. Le Goff, attend.", ["Hélène", "", "Le Goff"]) == ["Le Goff"]
    assert names_in("HELENE rappelle", ["Hélène", "Le Goff"]) == ["Hélène"]
    assert names_in("Elle est goffée, le matin.", ["Hélène", "Le Goff"]) == []


def test_queries_do_not_grow_with_the_offers(world, sign_in, django_assert_num_queries):
    client = sign_in(world.neighbour)
    counts = []
    for number in (1, 6):
        for _ in range(number):
            youth = make_youth(world.programme, world.bethune)
            handovers.offer(enrolment=youth, to=world.valenciennes, message="", by=world.caseworker)
        with django_assert_num_queries(9) as read:
            client.get(HANDOVERS)
        counts.append(len(read))
    assert counts[0] == counts[1]
