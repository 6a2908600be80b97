"""Lists that people keep: a question that each reader asks of their own youths, never its answers."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from beneficiaries import saved
from beneficiaries.models import SavedList
from partaj.accounts.models import JournalEntry, Role, User
from partaj.programmes.services import ClosedProgramme
from partaj.removal import remove
from partaj.territories.models import Territory
from partaj.versions import StaleVersion
from tests.world import make_role, make_user
from tests.youths.paper import errors

LIST = reverse("beneficiaries:list", args=["TEST-1"])
LISTS = reverse("beneficiaries:saved_lists", args=["TEST-1"])
SAVE = reverse("beneficiaries:save_list", args=["TEST-1"])
ALONE = "f-referent=nobody&f-presence=present"


def keep(world, by, name="Sans référent", query=ALONE, shared=False):
    row, _ = saved.save_list(programme=world.programme, name=name, query=query, is_private=not shared, by=by)
    return row


def said(answer):
    return [str(message).replace("\u00a0", " ") for message in answer.context["messages"]]


def names(answer):
    return [row["name"] for row in answer.context["rows"]]


def chips(answer):
    """{title: names} above the filters, the one in force between stars."""
    return {
        title: [f"*{each['name']}*" if each["is_in_force"] else each["name"] for each in found]
        for title, found in answer.context["saved"]["groups"]
    }


def at_home(client):
    panels = dict(client.get("/").context["panels"])
    return [each["name"] for each in panels.get("beneficiaries/_home_saved.html", {"lists": []})["lists"]]


class TestKept:
    def test_a_list_is_saved_from_the_page_found_at_home_and_opened_again(self, world, sign_in):
        client = sign_in(world.caseworker)
        page = client.get(f"{LIST}?f-sex=&f-presence=present&f-referent=nobody&col=nom&col=telephone&tri=nom")
        address = page.context["kept"]["save_url"]
        assert address == f"{SAVE}?f-referent=nobody&f-presence=present&col=telephone"
        assert "Référent : sans référent · Présence : présent · Colonnes : téléphone" in text(client.get(address))
        done = client.post(address, {"name": "Sans référent", "is_private": "True"}, follow=True)
        row = SavedList.objects.get()
        assert (row.author, row.query, row.is_private, row.territory) == (
            world.caseworker, "f-referent=nobody&f-presence=present&col=telephone", True, None,
        )  # fmt: skip
        assert said(done) == ["La liste « Sans référent » est enregistrée."]
        assert names(done) == ["Le Goff Hélène", "Moreau Léa"] and chips(done) == {"Mes listes": ["*Sans référent*"]}
        assert at_home(client) == ["Sans référent"]
        assert JournalEntry.objects.filter(kind="created", subject=f"beneficiaries.savedlist:{row.pk}").count() == 1

    def test_nothing_but_what_is_known_is_kept_and_always_in_the_same_order(self):
        typed = QueryDict("tri=contact&f-x=1&apres=abc&f-step=3&f-referent=me&x=<b>&col=etat&col=age&f-name=+&liste=4")
        assert saved.normalised(typed) == "f-referent=me&f-step=3&tri=contact&col=age&col=etat"
        assert saved.normalised(QueryDict("tri=nom&col=x&f-sex=")) == ""

    def test_two_clicks_save_it_once_and_another_list_takes_another_name(self, world, sign_in):
        client, address = sign_in(world.caseworker), f"{SAVE}?{ALONE}"
        typed = {"name": "Sans référent", "is_private": "True"}
        client.post(address, typed)
        assert "rien n’a été écrit deux fois" in said(client.post(address, typed, follow=True))[-1]
        refused = client.post(f"{SAVE}?f-sex=F", typed)
        assert refused.status_code == 422 and list(errors(refused)) == ["name"]
        assert SavedList.objects.count() == 1

    def test_everybody_is_not_a_list_and_a_wrong_filter_leads_back(self, world, sign_in):
        client = sign_in(world.caseworker)
        assert client.get(LIST).context["kept"]["save_url"] == ""
        refused = client.post(SAVE, {"name": "Tous", "is_private": "True"})
        assert refused.status_code == 422 and "choisissez d’abord un filtre" in text(refused)
        wrong = f"f-territory={world.valenciennes.pk}"
        assert client.get(f"{SAVE}?{wrong}").url == f"{LIST}?{wrong}"
        assert client.post(f"{SAVE}?{wrong}", {"name": "x", "is_private": "True"}).url == f"{LIST}?{wrong}"
        assert not SavedList.objects.exists()

    def test_a_title_that_names_somebody_is_asked_about(self, world, sign_in):
        client, address = sign_in(world.caseworker), f"{SAVE}?{ALONE}"
        for title in ("Rappeler Léa Moreau", "LE GOFF Hélène, à voir", "helene le goff"):
            refused = client.post(address, {"name": title, "is_private": "True"})
            assert refused.status_code == 422 and "semble nommer une personne" in errors(refused)["name"].as_text()
        client.post(address, {"name": "Rappeler Léa Moreau", "is_private": "True", "is_meant": "on"})
        # Who is not seen is not known, and a first name alone is nobody.
        for title in ("Karim Benali", "Les Léa du mardi"):
            assert client.post(address, {"name": title, "is_private": "True"}).status_code == 302
        assert SavedList.objects.count() == 3


class TestShared:
    def test_each_reader_finds_their_own_youths_there(self, world, sign_in):
        client = sign_in(world.caseworker)
        client.post(f"{SAVE}?{ALONE}", {"name": "Sans référent", "is_private": "False"})
        neighbour = sign_in(world.neighbour)
        page = neighbour.get(LIST)
        assert chips(page) == {"Listes de l’équipe": ["Sans référent"]} and "(Inès)" in text(page)
        opened = neighbour.get(SavedList.objects.get().address)
        assert names(opened) == ["Benali Karim"] and chips(opened) == {"Listes de l’équipe": ["*Sans référent*"]}
        assert at_home(neighbour) == []

    def test_what_is_for_oneself_is_for_nobody_else(self, world, sign_in):
        row = keep(world, world.caseworker, name="À moi", query="f-name=moreau")
        for who in ("administrator", "manager", "neighbour", "tutor"):
            client = sign_in(world.cast[who])
            assert "À moi" not in text(client.get(LIST)) + text(client.get(LISTS)) + text(client.get("/"))
            assert client.get(row.own_url).status_code == client.get(f"{row.own_url}supprimer/").status_code == 404
            assert client.get(f"{LIST}?liste={row.pk}").context["kept"]["name"] == ""

    def test_one_that_names_a_territory_is_for_those_who_work_there(self, world, sign_in):
        keep(world, world.caseworker, "Ici", f"f-territory={world.bethune.pk}", shared=True)
        keep(world, world.manager, "Là-bas", f"f-territory={world.valenciennes.pk}&f-sex=F", shared=True)
        seen = {
            who: [each["name"] for each in [*page.context["mine"], *page.context["others"]]]
            for who in ("administrator", "manager", "caseworker", "neighbour", "tutor", "member")
            for page in [sign_in(world.cast[who]).get(LISTS)]
        }
        assert seen == {
            "administrator": ["Ici", "Là-bas"], "manager": ["Là-bas", "Ici"], "caseworker": ["Ici"],
            "neighbour": ["Là-bas"], "tutor": [], "member": [],
        }  # fmt: skip
        assert "Valenciennes" not in text(sign_in(world.caseworker).get(LISTS))
        assert list(SavedList.objects.visible_to(world.other_manager)) == []

    def test_one_of_a_place_that_its_author_has_left_is_no_more_theirs(self, world, sign_in):
        keep(world, world.caseworker, "Béthune", f"f-territory={world.bethune.pk}", shared=True)
        keep(world, world.caseworker, "Les autres", "f-sex=F", shared=True)
        client = sign_in(world.caseworker)
        assert at_home(client) == ["Béthune", "Les autres"]
        Role.objects.filter(user=world.caseworker).update(territory=world.valenciennes)
        assert at_home(client) == ["Les autres"]

    def test_a_title_names_no_other_territory_than_its_filter(self, world, sign_in):
        refused = sign_in(world.manager).post(
            f"{SAVE}?{ALONE}", {"name": "Seuls, à VALENCIENNES", "is_private": "False"}
        )
        assert refused.status_code == 422 and "Ce titre nomme Valenciennes" in errors(refused)["is_private"].as_text()
        keep(world, world.manager, "Seuls, à Valenciennes")
        keep(world, world.manager, "Valenciennes", f"f-territory={world.valenciennes.pk}", shared=True)

    def test_a_name_that_is_looked_for_is_never_shared(self, world, sign_in):
        client = sign_in(world.caseworker)
        assert "Cette liste cherche un nom" in text(client.get(f"{SAVE}?f-name=moreau"))
        refused = client.post(f"{SAVE}?f-name=moreau", {"name": "M.", "is_private": "False"})
        assert refused.status_code == 422 and list(errors(refused)) == ["is_private"]
        shared = keep(world, world.caseworker, shared=True)
        answer = client.post(f"{shared.own_url}filtres/?f-name=moreau")
        assert answer.status_code == 409 and "Cette liste cherche un nom" in text(answer)
        shared.refresh_from_db()
        assert shared.query == ALONE
        with pytest.raises(IntegrityError, match="saved_list_shares_no_name"), transaction.atomic():
            SavedList.objects.filter(pk=shared.pk).update(query="f-name=moreau")

    def test_me_is_whoever_reads_it(self, world, sign_in):
        world.karim.referent = world.neighbour
        world.karim.save()
        row = keep(world, world.caseworker, "Les miens", "f-referent=me", shared=True)
        assert "voudra dire, pour chacun : qui la lit" in text(sign_in(world.caseworker).get(row.own_url))
        assert "Référent : moi (qui la lit)" in text(sign_in(world.neighbour).get(LISTS))
        assert names(sign_in(world.neighbour).get(row.address)) == ["Benali Karim"]
        assert names(sign_in(world.caseworker).get(row.address)) == []

    def test_a_guest_keeps_lists_and_shares_none(self, world, sign_in):
        client = sign_in(world.tutor)
        client.post(f"{SAVE}?f-sex=F", {"name": "Elles", "is_private": "False"})
        assert SavedList.objects.get().is_private and at_home(client) == ["Elles"]
        assert "Qui la voit" not in text(client.get(f"{SAVE}?f-sex=F"))
        assert chips(sign_in(world.caseworker).get(LIST)) == {}

    @pytest.mark.parametrize("who", ["tutor", "member"])
    def test_a_guest_keeps_them_while_they_are_one(self, world, who):
        guest = world.cast[who]
        own = keep(world, guest, "Elles")
        assert list(SavedList.objects.visible_to(guest)) == [own]
        guest.roles.update(ends_on=timezone.localdate().replace(year=2021))
        assert list(SavedList.objects.visible_to(User.objects.get(pk=guest.pk))) == []

    def test_who_leaves_leaves_what_they_shared(self, world, sign_in):
        private, shared = keep(world, world.caseworker, "À moi"), keep(world, world.caseworker, "À tous", shared=True)
        Role.objects.filter(user=world.caseworker).update(ends_on=timezone.localdate().replace(year=2021))
        world.caseworker.__dict__.pop("reach", None)
        assert list(SavedList.objects.visible_to(world.caseworker)) == []
        assert list(SavedList.objects.visible_to(world.manager)) == [shared]
        assert "Inès" in text(sign_in(world.manager).get(LISTS))
        world.caseworker.delete()
        assert "un compte supprimé" in text(sign_in(world.manager).get(LISTS))
        assert not SavedList.objects.filter(pk=private.pk).exists()


class TestChanged:
    def test_its_filters_are_replaced_by_those_on_the_page(self, world, sign_in):
        row, client = keep(world, world.caseworker), sign_in(world.caseworker)
        page = client.get(f"{LIST}?f-referent=nobody&liste={row.pk}")
        assert chips(page) == {"Mes listes": ["*Sans référent*"]} and "Sans référent », modifiée" in text(page)
        assert f'name="liste" value="{row.pk}"' in page.content.decode()
        fragment = client.get(f"{LIST}?f-referent=nobody&liste={row.pk}", headers={"HX-Request": "true"})
        assert "Enregistrer dans cette liste" in text(fragment) and "Enregistrer une autre liste" in text(fragment)
        address = page.context["kept"]["replace_url"]
        before = text(client.get(address))
        assert "Elle demandera désormais : Référent : sans référent." in before
        assert "Elle demandait : Référent : sans référent ; Présence : présent." in before
        assert SavedList.objects.get().query == ALONE
        done = client.post(address, follow=True)
        assert said(done) == ["La liste est changée."] and "modifiée" not in text(done)
        client.post(address)  # a second click changes nothing
        assert [(each.query, each.version) for each in SavedList.objects.all()] == [("f-referent=nobody", 2)]

    def test_it_takes_another_name_is_shared_and_is_one_s_own_again(self, world, sign_in):
        row, client = keep(world, world.caseworker), sign_in(world.caseworker)
        typed = {"name": "Seuls", "is_private": "False", "version": 1}
        assert said(client.post(row.own_url, typed, follow=True)) == ["La liste est changée."]
        assert chips(sign_in(world.neighbour).get(LIST)) == {"Listes de l’équipe": ["Seuls"]}
        client.post(row.own_url, typed | {"is_private": "True", "version": 2})
        assert chips(sign_in(world.neighbour).get(LIST)) == {}

    def test_two_tabs_see_each_other(self, world, sign_in):
        row, client = keep(world, world.caseworker), sign_in(world.caseworker)
        client.post(row.own_url, {"name": "Un", "is_private": "True", "version": 1})
        second = client.post(row.own_url, {"name": "Deux", "is_private": "False", "version": 1})
        assert second.status_code == 409 and "une autre version" in text(second)
        assert SavedList.objects.get().name == "Un"
        with pytest.raises(StaleVersion):
            saved.revise_list(row=row, version=1)

    def test_a_name_that_one_has_already_is_refused(self, world, sign_in):
        keep(world, world.caseworker, "Un")
        row = keep(world, world.caseworker, "Deux")
        refused = sign_in(world.caseworker).post(row.own_url, {"name": "Un", "is_private": "True", "version": 1})
        assert refused.status_code == 422 and "porte déjà ce nom" in text(refused)
        keep(world, world.manager, "Un")  # somebody else's is another

    def test_it_is_removed_by_its_author_or_by_who_answers_for_the_programme(self, world, sign_in):
        for who in (world.caseworker, world.manager):
            row, client = keep(world, world.caseworker, shared=True), sign_in(who)
            where = f"{row.own_url}supprimer/"
            assert "elle disparaît pour toute l’équipe" in text(client.get(where))
            assert SavedList.objects.count() == 1
            assert said(client.post(where, follow=True)) == ["La liste est supprimée."]
            assert not SavedList.objects.exists() and client.post(where).status_code == 404
        row = keep(world, world.caseworker, shared=True)
        assert sign_in(world.manager).get(row.own_url).status_code == 403
        assert sign_in(world.manager).post(f"{row.own_url}filtres/?f-sex=F").status_code == 403
        assert sign_in(world.neighbour).post(f"{row.own_url}supprimer/").status_code == 403
        assert "Supprimer" not in text(sign_in(world.neighbour).get(LISTS))
        saved.forget_list(row=row)
        saved.forget_list(row=row)

    def test_a_closed_programme_keeps_its_lists_as_they_are(self, world, sign_in):
        row = keep(world, world.caseworker)
        world.programme.closed_on = timezone.localdate()
        world.programme.save()
        client = sign_in(world.caseworker)
        page = client.get(row.address)
        assert names(page) == ["Le Goff Hélène", "Moreau Léa"] and "Enregistrer" not in text(page)
        assert "Modifier" not in text(client.get(LISTS))
        row.programme = world.programme
        for decision in (
            lambda: keep(world, world.caseworker, "Autre"),
            lambda: saved.revise_list(row=row, version=1),
            lambda: saved.replace_query(row=row, query="f-sex=F"),
            lambda: saved.forget_list(row=row),
        ):
            with pytest.raises(ClosedProgramme):
                decision()


class TestDead:
    def test_a_filter_whose_value_is_gone_is_said_and_put_right(self, world, sign_in):
        lens = Territory.objects.create(name="Lens")
        world.programme.territories.add(lens)
        row, client = keep(world, world.manager, "Lens", f"f-territory={lens.pk}&f-sex=F"), sign_in(world.manager)
        world.programme.territories.remove(lens)
        remove(instance=lens)  # which a saved list does not hold back
        page = client.get(SavedList.objects.get().address)
        assert names(page) == [] and "Un filtre n’est pas compris : Territoire" in text(page)
        assert chips(page) == {"Mes listes": ["*Lens*"]}
        assert "Territoire : une valeur qui n’existe plus · Sexe : féminin" in text(client.get(LISTS))
        mended = client.get(f"{LIST}?f-territory={world.bethune.pk}&f-sex=F&liste={row.pk}")
        client.post(mended.context["kept"]["replace_url"])
        row.refresh_from_db()
        assert (row.query, row.territory) == (f"f-territory={world.bethune.pk}&f-sex=F", world.bethune)

    def test_an_address_made_by_hand_opens_the_list_all_the_same(self, world, sign_in):
        client = sign_in(world.caseworker)
        for number in ("x", "9" * 30, "-1", "0", "²"):
            assert client.get(LIST, {"liste": number}).status_code == 200
            assert client.get(LIST, {"liste": number}, headers={"HX-Request": "true"}).status_code == 200
        row = keep(world, world.caseworker)
        assert client.post(f"{row.own_url}filtres/").status_code == 409
        with pytest.raises(ValidationError, match="trop à garder"):
            keep(world, world.caseworker, "Long", f"f-name={'x' * 2000}")


def test_the_pages_cost_the_same_for_one_list_or_thirty(world, sign_in):
    client, rose = sign_in(world.caseworker), make_user("Rose")
    make_role(rose, "caseworker", world.programme, territory=world.bethune)
    keep(world, rose, "Une", shared=True)
    keep(world, world.caseworker, "Une")

    def queries(address):
        with CaptureQueriesContext(connection) as made:
            client.get(address)
        return len(made)

    before = [queries(address) for address in (LIST, LISTS, "/")]
    for number in range(15):
        keep(world, rose, f"Liste {number}", shared=True)
        keep(world, world.caseworker, f"Liste {number}")
    assert [queries(address) for address in (LIST, LISTS, "/")] == before
    assert [len(found) for _, found in client.get(LIST).context["saved"]["groups"]] == [12, 12]
    assert "Toutes les listes" in text(client.get(LIST)) and len(at_home(client)) == 12


def text(answer):
    """What one reads of a page, no-break spaces as ordinary ones."""
    bare = re.sub(r"<[^>]+>", "", answer.content.decode()).replace("\u00a0", " ")
    return re.sub(r"\s+", " ", bare)
