"""Several files given at one go: seen first, done once, undone as a whole but for what has changed since."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from beneficiaries import bulk, referents
from beneficiaries.bulk_referents import assign_many
from beneficiaries.following import plan
from beneficiaries.models import BulkAct, Enrolment, NextAction
from partaj.accounts.models import JournalEntry, Role
from tests.days import today
from tests.world import make_role, make_user, make_youth
from tests.youths.paper import as_read, errors, page, said, shown

LIST = reverse("beneficiaries:list", args=["TEST-1"])
MANY = reverse("beneficiaries:assign_many", args=["TEST-1"])
ACTS = reverse("beneficiaries:bulk_acts", args=["TEST-1"])


def told(path):
    return [line.sentence for line in path.log.filter(kind="referent").order_by("pk")]


def referents_of(*paths):
    return [Enrolment.objects.get(pk=path.pk).referent for path in paths]


def confirm(client, answer, **typed):
    """What the browser sends of the preview."""
    return client.post(MANY, {"read": as_read(answer)} | typed, follow=True)


@pytest.fixture
def colleague(world):
    rose = make_user("Rose")
    make_role(rose, "caseworker", world.programme, territory=world.bethune)
    return rose


@pytest.fixture
def given(world, colleague):
    """Léa and Hélène, of whom Inès follows the first, given to Rose."""
    referents.assign(enrolment=world.lea, referent=world.caseworker, read=None, by=world.caseworker)
    read = {world.lea.pk: world.caseworker.pk, world.helene.pk: None}
    return assign_many(programme=world.programme, read=read, referent=colleague, by=world.caseworker).act


class TestWhatWasDone:
    def test_is_found_again_by_who_did_it_and_by_who_answers_for_it(self, world, sign_in, given, colleague):
        for who in (world.caseworker, world.manager):
            answer = sign_in(who).get(ACTS)
            assert [(row["told"], row["url"], row["undone"]) for row in answer.context["rows"]] == [
                (given.told, given.get_absolute_url(), "")
            ]
            assert given.told in answer.text and "Moreau" not in answer.text
        for who in (colleague, world.neighbour):
            assert "Rien n’a encore été fait à plusieurs dossiers" in sign_in(who).get(ACTS).text
        assert ACTS in sign_in(world.caseworker).get(reverse("beneficiaries:list", args=["TEST-1"])).text
        assert ACTS in sign_in(world.caseworker).get(given.get_absolute_url()).text

    def test_says_what_was_undone_the_latest_first_with_as_many_queries_of_many(self, world, sign_in, given):
        client = sign_in(world.manager)
        client.post(f"{given.get_absolute_url()}defaire/")
        client.get(ACTS)
        with CaptureQueriesContext(connection) as few:
            client.get(ACTS)
        others = [BulkAct(programme=world.programme, kind="step", told=f"{n} étapes") for n in range(60)]
        others.append(BulkAct(programme=world.other_programme, kind="step", told="ailleurs"))
        BulkAct.objects.bulk_create(others)
        with CaptureQueriesContext(connection) as many:
            first = client.get(ACTS)
        assert len(many) == len(few)
        assert [row["told"] for row in first.context["rows"]] == [f"{n} étapes" for n in range(59, 9, -1)]
        assert first.context["rows"][0]["by"] == "un compte supprimé"
        rest = client.get(f"{ACTS}?{first.context['page'].next_query}").context["rows"]
        assert [row["told"] for row in rest] == [*(f"{n} étapes" for n in range(9, -1, -1)), given.told]
        assert rest[-1]["undone"] == f"défait le {today():%d/%m/%Y}"


class TestSeveralFiles:
    def test_are_ticked_seen_confirmed_and_told_to_each(self, world, sign_in, colleague):
        client = sign_in(world.caseworker)
        assert f'name="dossier" form="ticks" value="{world.lea.pk}"' in client.get(LIST).content.decode()
        preview = client.get(MANY, {"dossier": [world.lea.pk, world.helene.pk]})
        assert shown(preview) == ["Hélène Le Goff", "Léa Moreau"] and "2\u00a0dossiers" in preview.content.decode()
        assert referents_of(world.lea, world.helene) == [None, None]
        before = Enrolment.objects.get(pk=world.lea.pk).version
        done = confirm(client, preview, referent=colleague.pk)
        act = BulkAct.objects.get()
        assert done.redirect_chain == [(act.get_absolute_url(), 302)]
        assert said(done) == ["C’est fait : 2\u00a0dossiers confiés à Rose. Cette page permet de tout défaire."]
        assert referents_of(world.lea, world.helene) == [colleague, colleague]
        assert told(world.lea) == ["Dossier confié à Rose."]
        assert Enrolment.objects.get(pk=world.lea.pk).version == before + 1
        record = Enrolment.history.filter(id=world.lea.pk).latest()
        assert (record.referent, record.history_user, record.history_type) == (colleague, world.caseworker, "~")
        line = JournalEntry.objects.get(kind="changed", subject=f"beneficiaries.bulkact:{act.pk}")
        assert (
            line.shown == f" {world.helene.pk} {world.lea.pk} " or line.shown == f" {world.lea.pk} {world.helene.pk} "
        )

    def test_without_a_referent_are_all_taken_by_their_filter(self, world, sign_in, colleague):
        referents.assign(enrolment=world.helene, referent=world.caseworker, read=None, by=world.caseworker)
        client = sign_in(world.caseworker)
        listed = client.get(LIST, {"f-referent": "nobody", "apres": "x"})
        assert listed.context["asked"] == [("f-referent", "nobody")]  # which the form of the acts carries along
        assert listed.context["bulk_acts"][0] == {"label": "Confier", "url": MANY}
        preview = client.get(MANY, {"f-referent": "nobody", "tous": "1"})
        assert shown(preview) == ["Léa Moreau"]
        confirm(client, preview, referent=world.caseworker.pk)
        assert referents_of(world.lea, world.helene, world.karim) == [world.caseworker, world.caseworker, None]

    def test_beyond_what_one_can_read_are_cut_and_counted_honestly(self, world, sign_in, monkeypatch):
        monkeypatch.setattr(bulk, "MOST", 1)
        answer = sign_in(world.caseworker).get(MANY, {"tous": "1"})
        assert shown(answer) == ["Hélène Le Goff"]
        assert "Les filtres donnent 2 dossiers : voici les 1 premiers" in answer.content.decode()

    def test_of_several_territories_go_to_who_works_on_all(self, world, sign_in, colleague):
        client = sign_in(world.manager)
        preview = client.get(MANY, {"dossier": [world.lea.pk, world.karim.pk]})
        assert list(preview.context["form"].fields["referent"].queryset) == [world.manager]
        refused = client.post(MANY, {"read": as_read(preview), "referent": colleague.pk})
        assert refused.status_code == 422 and list(errors(refused)) == ["referent"]
        assert shown(refused) == ["Karim Benali", "Léa Moreau"]
        read = {world.lea.pk: None, world.karim.pk: None}
        with pytest.raises(ValidationError, match="Valenciennes"):
            assign_many(programme=world.programme, read=read, referent=colleague, by=world.manager)

    def test_that_are_not_ones_own_are_not_there(self, world, sign_in):
        client = sign_in(world.caseworker)
        preview = client.get(MANY, {"dossier": [world.lea.pk, world.karim.pk, world.foreigner.pk, "x", "9" * 30]})
        assert shown(preview) == ["Léa Moreau"]
        read = {world.lea.pk: None, world.karim.pk: None, world.foreigner.pk: None}
        assign_many(programme=world.programme, read=read, referent=world.caseworker, by=world.caseworker)
        assert referents_of(world.lea, world.karim, world.foreigner) == [world.caseworker, None, None]

    def test_of_a_form_made_by_hand_or_for_somebody_else_are_none(self, world, sign_in):
        read = as_read(sign_in(world.manager).get(MANY, {"dossier": [world.lea.pk]}))
        for forged in ("", "x", read):
            answer = sign_in(world.caseworker).post(
                MANY, {"read": forged, "referent": world.caseworker.pk}, follow=True
            )
            assert "choisissez-les de nouveau" in said(answer)[0]
        assert referents_of(world.lea) == [None]

    def test_given_meanwhile_to_somebody_else_stay_and_are_named(self, world, sign_in, colleague):
        client = sign_in(world.caseworker)
        preview = client.get(MANY, {"dossier": [world.lea.pk, world.helene.pk]})
        referents.assign(enrolment=world.helene, referent=world.manager, read=None, by=world.manager)
        done = confirm(client, preview, referent=colleague.pk)
        assert said(done)[0] == "1\u00a0dossier a changé de référent entre-temps et reste ainsi : Hélène Le Goff."
        assert referents_of(world.lea, world.helene) == [colleague, world.manager]

    def test_twice_confirmed_are_given_once(self, world, sign_in, colleague):
        client = sign_in(world.caseworker)
        preview = client.get(MANY, {"dossier": [world.lea.pk]})
        confirm(client, preview, referent=colleague.pk)
        assert "Rien n’était à faire" in said(confirm(client, preview, referent=colleague.pk))[0]
        assert BulkAct.objects.count() == 1 and told(world.lea) == ["Dossier confié à Rose."]

    def test_take_along_what_was_to_be_done(self, world, colleague):
        mine = plan(enrolment=world.lea, what="Appeler", due_on=timezone.localdate(), assignee=world.caseworker)
        managers = plan(enrolment=world.lea, what="Bilan", due_on=timezone.localdate(), assignee=world.manager)
        referents.assign(enrolment=world.lea, referent=world.caseworker, read=None, by=world.caseworker)
        act = assign_many(
            programme=world.programme, read={world.lea.pk: world.caseworker.pk}, referent=colleague, by=world.caseworker
        ).act
        assert [NextAction.objects.get(pk=each.pk).assignee for each in (mine, managers)] == [colleague, world.manager]
        assert told(world.lea)[-1] == "Dossier confié à Rose, après Inès. 1\u00a0action à faire passe à Rose."
        bulk.undo(act=act, by=world.caseworker)
        assert [NextAction.objects.get(pk=each.pk).assignee for each in (mine, managers)] == [
            world.caseworker, world.manager
        ]  # fmt: skip

    def test_cannot_be_ticked_by_who_only_reads(self, world, sign_in):
        assert 'name="dossier"' not in sign_in(world.tutor).get(LIST).content.decode()
        make_role(world.caseworker, "tutor", world.programme)
        karim = world.karim
        karim.grants.create(user=world.caseworker, reason="mentoring")
        text = sign_in(world.caseworker).get(LIST).content.decode()
        assert f'value="{world.lea.pk}"' in text and f'name="dossier" form="ticks" value="{karim.pk}"' not in text
        assert shown(sign_in(world.caseworker).get(MANY, {"dossier": [karim.pk]})) == []


class TestUndoing:
    def test_gives_every_file_back(self, world, sign_in, given):
        client = sign_in(world.caseworker)
        where = f"{given.get_absolute_url()}defaire/"
        assert "2\u00a0dossiers reviennent" in client.get(where).content.decode()
        answer = client.post(where, follow=True)
        assert said(answer) == ["C’est défait : 2\u00a0dossiers comme avant."]
        assert referents_of(world.lea, world.helene) == [world.caseworker, None]
        assert told(world.lea)[-1] == "Annulé : le dossier revient à Inès."
        assert told(world.helene)[-1] == "Annulé : de nouveau sans référent."
        assert said(client.post(where, follow=True)) == ["C’était déjà défait : rien n’a changé."]
        assert "défait le" in client.get(given.get_absolute_url()).content.decode()

    def test_leaves_and_names_what_has_changed_since(self, world, sign_in, given, colleague):
        referents.assign(enrolment=world.helene, referent=world.manager, read=colleague.pk, by=world.manager)
        client, where = sign_in(world.caseworker), f"{given.get_absolute_url()}defaire/"
        sentence = "1\u00a0dossier a changé de référent depuis et ne bouge pas : Hélène Le Goff."
        assert sentence in client.get(where).content.decode()
        assert sentence in said(client.post(where, follow=True))
        assert referents_of(world.lea, world.helene) == [world.caseworker, world.manager]

    def test_leaves_what_is_of_another_territory_since_and_names_nobody(self, world, sign_in, given):
        Enrolment.objects.filter(pk=world.helene.pk).update(territory=world.valenciennes)
        client = sign_in(world.caseworker)
        text = client.get(given.get_absolute_url()).content.decode()
        assert "Hélène" not in text and "Le Goff" not in text and "1 autre dossier" in text
        client.post(f"{given.get_absolute_url()}defaire/")
        assert referents_of(world.lea)[0] == world.caseworker and referents_of(world.helene)[0].first_name == "Rose"

    def test_is_for_its_author_and_for_who_answers_for_the_programme(self, world, sign_in, given, colleague):
        got = {
            who.first_name: sign_in(who).get(given.get_absolute_url()).status_code
            for who in (world.caseworker, world.manager, world.administrator, colleague, world.neighbour, world.tutor)
        }
        assert got == {"Inès": 200, "Bruno": 200, "Alice": 200, "Rose": 404, "Paul": 404, "Tom": 404}

    def test_gives_back_even_to_who_has_left(self, world, given):
        world.caseworker.is_active = False
        world.caseworker.save()
        bulk.undo(act=given, by=world.manager)
        assert referents_of(world.lea) == [world.caseworker]


def test_no_query_is_asked_for_each_file(world, colleague):
    counts, _ = [], world.caseworker.reach  # read once
    for number in (2, 20):
        youths = [make_youth(world.programme, world.bethune, referent=world.caseworker) for _ in range(number)]
        for youth in youths:
            plan(enrolment=youth, what="Appeler", due_on=timezone.localdate(), assignee=world.caseworker)
        read = {youth.pk: world.caseworker.pk for youth in youths}
        with CaptureQueriesContext(connection) as doing:
            act = assign_many(programme=world.programme, read=read, referent=colleague, by=world.caseworker).act
        with CaptureQueriesContext(connection) as undoing:
            bulk.undo(act=act, by=world.caseworker)
        counts.append((len(doing), len(undoing)))
    assert counts[0] == counts[1]
    assert counts[0][0] < 26 and counts[0][1] < 26


class TestWhenSomebodyLeaves:
    @pytest.fixture
    def left(self, world):
        """Inès followed Léa, had promised something for Hélène, whom Bruno follows; her account is closed."""
        referents.assign(enrolment=world.lea, referent=world.caseworker, read=None, by=world.caseworker)
        referents.assign(enrolment=world.helene, referent=world.manager, read=None, by=world.manager)
        actions = [
            plan(enrolment=path, what="Appeler", due_on=timezone.localdate(), assignee=world.caseworker)
            for path in (world.lea, world.helene)
        ]
        world.caseworker.is_active = False
        world.caseworker.save()
        return actions

    def url(self, world):
        return reverse("beneficiaries:pass_on", args=["TEST-1", world.caseworker.pk])

    def test_their_files_are_told_to_who_answers_for_the_programme(self, world, sign_in, left):
        home = sign_in(world.manager).get("/").content.decode()
        assert "1\u00a0dossier suivi par quelqu’un qui n’a plus accès" in home and self.url(world) in home
        account = reverse("accounts:account", args=[world.caseworker.pk])
        text = sign_in(world.administrator).get(account).content.decode()
        assert self.url(world) in text and "Compte suspendu : plus personne ne les suit" in text
        for who in (world.neighbour, world.other_manager):
            client = sign_in(who)
            assert "qui n’a plus accès" not in client.get("/").content.decode()
            assert client.get(self.url(world)).status_code == 404

    def test_they_are_told_to_no_colleague(self, world, sign_in, left, colleague):
        """Who only works there has nobody to pass them on to."""
        assert "qui n’a plus accès" not in sign_in(colleague).get("/").content.decode()

    def test_a_role_that_is_over_counts_as_much(self, world, sign_in, left):
        world.caseworker.is_active = True
        world.caseworker.save()
        client = sign_in(world.manager)
        assert "qui n’a plus accès" not in client.get("/").content.decode()
        Role.objects.filter(user=world.caseworker).update(territory=world.valenciennes)
        assert "1\u00a0dossier suivi par quelqu’un qui n’a plus accès" in client.get("/").content.decode()

    def test_everything_passes_on_in_one_act_and_comes_back(self, world, sign_in, left, colleague):
        client = sign_in(world.manager)
        preview = client.get(self.url(world))
        assert shown(preview) == ["Hélène Le Goff", "Léa Moreau"]
        assert "suit 1\u00a0dossier et a promis 2\u00a0actions à faire" in preview.content.decode()
        field = f"to-{world.bethune.pk}"
        assert client.post(self.url(world), {"read": as_read(preview), field: ""}).status_code == 422
        client.post(self.url(world), {"read": as_read(preview), field: colleague.pk})
        assert referents_of(world.lea, world.helene) == [colleague, world.manager]
        assert [NextAction.objects.get(pk=each.pk).assignee for each in left] == [colleague, colleague]
        assert told(world.helene)[-1] == "1\u00a0action à faire passe à Rose."
        act = BulkAct.objects.get()
        assert act.told == "2\u00a0dossiers transmis, que suivait Inès"
        assert "qui n’a plus accès" not in client.get("/").content.decode()
        client.post(f"{act.get_absolute_url()}defaire/")
        assert referents_of(world.lea, world.helene) == [world.caseworker, world.manager]
        assert [NextAction.objects.get(pk=each.pk).assignee for each in left] == [world.caseworker, world.caseworker]

    def test_each_territory_to_somebody_of_its_own(self, world, sign_in, left, colleague):
        make_role(world.caseworker, "caseworker", world.programme, territory=world.valenciennes)
        Enrolment.objects.filter(pk=world.karim.pk).update(referent=world.caseworker)
        client = sign_in(world.administrator)
        preview = client.get(self.url(world))
        typed = {"read": as_read(preview), f"to-{world.bethune.pk}": colleague.pk,
                 f"to-{world.valenciennes.pk}": world.neighbour.pk}  # fmt: skip
        assert client.post(self.url(world), typed | {f"to-{world.valenciennes.pk}": colleague.pk}).status_code == 422
        client.post(self.url(world), typed)
        assert referents_of(world.lea, world.karim) == [colleague, world.neighbour]

    def test_several_take_them_in_turn(self, world, sign_in, left, colleague):
        more = [make_youth(world.programme, world.bethune, referent=world.caseworker) for _ in range(3)]
        client, field = sign_in(world.manager), f"to-{world.bethune.pk}"
        preview = client.get(self.url(world))
        assert "Sur Béthune-Bruay (5\u00a0dossiers), à" in preview.content.decode()
        client.post(self.url(world), {"read": as_read(preview), field: [colleague.pk, world.manager.pk]})
        taken = [person.first_name for person in referents_of(world.lea, *more)]
        assert sorted(taken) == ["Bruno", "Bruno", "Rose", "Rose"]

    def test_what_somebody_took_meanwhile_stays_theirs(self, world, sign_in, left, colleague):
        client = sign_in(world.manager)
        preview = client.get(self.url(world))
        referents.assign(enrolment=world.lea, referent=world.manager, read=world.caseworker.pk, by=world.manager)
        client.post(self.url(world), {"read": as_read(preview), f"to-{world.bethune.pk}": colleague.pk})
        assert referents_of(world.lea, world.helene) == [world.manager, world.manager]
        assert NextAction.objects.get(pk=left[1].pk).assignee == colleague

    def test_may_be_prepared_before_they_leave(self, world, sign_in):
        referents.assign(enrolment=world.lea, referent=world.caseworker, read=None, by=world.caseworker)
        referents.assign(enrolment=world.karim, referent=world.neighbour, read=None, by=world.neighbour)
        page_of = {who: sign_in(world.cast[who]).get(reverse("beneficiaries:handovers")) for who in world.cast
                   if who in ("manager", "administrator", "caseworker", "other_manager")}  # fmt: skip
        told = {who: [(each["who"], each["count"]) for each in page.context["people"]] for who, page in page_of.items()}
        both = [("Inès", "1\u00a0dossier en cours"), ("Paul", "1\u00a0dossier en cours")]
        assert told == {"manager": both, "administrator": both, "caseworker": [], "other_manager": []}
        assert self.url(world) in page_of["manager"].content.decode()

    def test_somebody_who_follows_a_file_without_a_role_there_can_be_replaced(self, world, sign_in):
        """An administrator took the file; who manages the programme follows the link that they are shown."""
        Enrolment.objects.filter(pk=world.lea.pk).update(referent=world.administrator)
        client = sign_in(world.manager)
        (link,) = (each["url"] for each in client.get(reverse("beneficiaries:handovers")).context["people"])
        assert shown(client.get(link)) == ["Léa Moreau"]
        assert sign_in(world.other_manager).get(link).status_code == 404
        Enrolment.objects.filter(pk=world.lea.pk).update(referent=None)
        assert client.get(link).status_code == 404

    def test_an_account_of_no_file_says_so(self, world, sign_in):
        answer = sign_in(world.manager).get(reverse("beneficiaries:pass_on", args=["TEST-1", world.neighbour.pk]))
        assert "ne suit aucun dossier de ce programme" in answer.content.decode()


def test_a_file_given_with_others_is_told_in_its_history(world, sign_in, given):
    text = sign_in(world.caseworker).get(page("history", world.lea)).content.decode()
    assert "le référent" in text and "Rose" in text
