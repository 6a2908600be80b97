"""Territories and structures: who reads them, who changes them, what each list costs."""

import pytest

from partaj.programmes.models import Partnership, Period
from partaj.territories.models import Organisation, Territory
from tests.ground.typed import count_queries
from tests.world import make_programme

GOOD_SIRET = "73282932000074"


def test_wrong_keys_warn_stay_marked_and_never_block(world, sign_in):
    client = sign_in(world.caseworker)
    fields = {"name": "Lycée des Flandres", "kind": "lycee", "siret": "732 829 320 00075", "uai": "0590123 z"}
    answer = client.post("/structures/nouvelle/", fields, follow=True)
    saved = Organisation.objects.get(name="Lycée des Flandres")
    assert (saved.siret, saved.uai) == ("73282932000075", "0590123Z")
    page = answer.content.decode()
    assert page.count("La clé de ce SIRET est fausse") == 1  # the mark that stays says it, no message besides
    form = client.get(f"/structures/{saved.pk}/modifier/").content.decode()
    assert "À vérifier : La clé de ce SIRET est fausse" in form
    assert 'maxlength="14"' not in form and 'maxlength="8"' not in form
    assert "La clé de ce SIRET est fausse" in client.get(f"/structures/{saved.pk}/").content.decode()
    assert "à vérifier" in client.get("/structures/").content.decode()
    client.post(f"/structures/{saved.pk}/modifier/", fields | {"siret": GOOD_SIRET, "uai": ""})
    assert "SIRET est fausse" not in client.get(f"/structures/{saved.pk}/").content.decode()


@pytest.mark.parametrize("name", ["x" * 5000, "avec\x00nul", ""])
def test_a_name_that_cannot_be_is_refused_with_a_sentence(world, sign_in, name):
    before = Organisation.objects.count()
    answer = sign_in(world.caseworker).post("/structures/nouvelle/", {"name": name, "kind": "autre"})
    assert answer.status_code == 422 and "invalid-feedback" in answer.content.decode()
    assert Organisation.objects.count() == before


def test_a_structure_keeps_a_territory_that_its_editor_does_not_see(world, sign_in):
    far = Organisation.objects.create(name="CIO de Valenciennes", kind="cio", territory=world.valenciennes)
    sign_in(world.caseworker).post(
        f"/structures/{far.pk}/modifier/",
        {"name": far.name, "kind": "cio", "territory": world.valenciennes.pk, "phone": "03 27 00 00 00"},
    )
    far.refresh_from_db()
    assert (far.territory, far.phone) == (world.valenciennes, "03 27 00 00 00")
    answer = sign_in(world.caseworker).post(
        f"/structures/{world.holder.pk}/modifier/",
        {"name": "Volée", "kind": "cio", "territory": world.valenciennes.pk},
    )
    assert answer.status_code == 422


def test_the_directory_is_for_those_who_run_programmes(world, sign_in):
    urls = ["/structures/", f"/structures/{world.holder.pk}/", "/structures/nouvelle/", "/territoires/"]
    for name, user in world.cast.items():
        expected = 200 if name in {"administrator", "manager", "other_manager", "caseworker", "neighbour"} else 404
        assert {sign_in(user).get(url).status_code for url in urls} == {expected}, name


def test_lists_find_without_accents_and_filter_by_kind(world, sign_in):
    Organisation.objects.create(name="École de la Deuxième Chance", kind="autre")
    client = sign_in(world.manager)
    page = client.get("/structures/", {"q": "ecole deuxieme"}).content.decode()
    assert "École de la Deuxième Chance" in page and "Centre social de Béthune" not in page
    page = client.get("/structures/", {"kind": "centre_social", "territory": world.bethune.pk}).content.decode()
    assert "Centre social de Béthune" in page and "École de la Deuxième Chance" not in page
    assert "Béthune-Bruay" in client.get("/territoires/", {"q": "bethune bruay"}).content.decode()
    assert client.get("/structures/", {"q": "a\x00b", "kind": "rien", "apres": "xx"}).status_code == 200


def test_a_caseworker_reads_their_territories_and_learns_of_no_other_programme(world, sign_in):
    page = sign_in(world.neighbour).get("/territoires/").content.decode()
    assert "Valenciennes" in page and "TEST-1" in page
    assert "Béthune-Bruay" not in page and "TEST-2" not in page


def test_territories_are_changed_by_administrators(world, sign_in):
    fields = {"name": "Sambre-Avesnois", "kind": "associated"}
    assert sign_in(world.caseworker).post("/territoires/nouveau/", fields).status_code == 403
    assert sign_in(world.caseworker).post(f"/territoires/{world.bethune.pk}/", fields).status_code == 403
    assert sign_in(world.caseworker).post(f"/territoires/{world.valenciennes.pk}/", fields).status_code == 404
    assert sign_in(world.stranger).post("/territoires/nouveau/", fields).status_code == 404
    client = sign_in(world.administrator)
    client.post("/territoires/nouveau/", fields)
    sambre = Territory.objects.get(name="Sambre-Avesnois")
    client.post(f"/territoires/{sambre.pk}/", fields | {"kind": "outside"})
    sambre.refresh_from_db()
    assert sambre.kind == "outside"
    client.post(f"/territoires/{sambre.pk}/supprimer/")
    assert not Territory.objects.filter(name="Sambre-Avesnois").exists()
    used = client.post(f"/territoires/{world.bethune.pk}/supprimer/")
    assert used.status_code == 409 and Territory.objects.filter(pk=world.bethune.pk).exists()


def test_what_uses_a_structure_is_counted_within_ones_sight(world, sign_in):
    seen = Organisation.objects.create(name="Porteur du programme voisin")
    world.other_programme.holder = seen
    world.other_programme.save()
    url = f"/structures/{seen.pk}/supprimer/"
    page = sign_in(world.caseworker).get(url).content.decode()
    assert "hors de votre périmètre" in page and "1\u00a0programme" not in page
    assert "1\u00a0programme" in sign_in(world.other_manager).get(url).content.decode()
    assert sign_in(world.caseworker).post(url).status_code == 409
    assert Organisation.objects.filter(pk=seen.pk).exists()


@pytest.mark.parametrize("url", ["/structures/", "/territoires/", "/programmes/", "/p/TEST-1/programme/"])
def test_lists_cost_the_same_with_more_rows(world, sign_in, django_assert_max_num_queries, url):
    client = sign_in(world.administrator)
    Partnership.objects.create(programme=world.programme, organisation=world.holder)
    client.get(url)
    before = count_queries(client, url, django_assert_max_num_queries)
    for number in range(8):
        territory = Territory.objects.create(name=f"Territoire {number}")
        organisation = Organisation.objects.create(name=f"Structure {number}", territory=territory)
        programme = make_programme(f"SUITE-{number}", holder=organisation)
        programme.territories.add(territory)
        world.programme.territories.add(territory)
        Partnership.objects.create(programme=world.programme, organisation=organisation)
        Period.objects.create(programme=world.programme, label="p", column_label="p", step=world.steps["bilan"])
    assert count_queries(client, url, django_assert_max_num_queries) == before
