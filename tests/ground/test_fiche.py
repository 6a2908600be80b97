"""The fiche of a programme: typed in, read, changed by two people, closed."""

import datetime as dt

import pytest

from partaj.programmes.models import Programme
from partaj.programmes.parts import PARTS
from partaj.programmes.services import close_programme, revise_programme
from partaj.territories.models import Organisation
from partaj.versions import StaleVersion
from tests.ground.typed import fiche_of, settings_url
from tests.world import make_role, make_user


def test_an_administrator_types_in_a_programme_like_ap1_485_and_reads_its_fiche(world, sign_in):
    client = sign_in(world.administrator)
    cereq = Organisation.objects.create(name="CEREQ", kind="evaluateur", legal_form="structure publique")
    answer = client.post("/programmes/nouveau/", {
        "number": "ap1 485", "title": "Alternance et accompagnement individualisé", "theme": "Programme 7",
        "objectives": "Réduire les sorties prématurées", "target_public": "Jeunes inscrits en AES",
        "summary": "Sélection des candidats", "area": "Région Languedoc Roussillon", "added_value": "La qualité",
        "planned_partners": "UM3, MLJAM", "actual_partners": "idem", "funding_partners": "OPCA : 32 095 €",
        "planned_months": "18", "actual_months": "18", "evaluator": cereq.pk, "last_column": "still_there",
        "outcomes_base": "entered", "silent_after_days": "45",
    })  # fmt: skip
    assert answer.status_code == 302 and answer.url == "/p/AP1-485/programme/"
    programme = Programme.objects.get(number="AP1-485")
    assert programme.silent_after_days == 45
    for label in ["Bilan d’orientation", "Contrat signé"]:
        assert client.post(settings_url("AP1-485", "etapes", "ajouter"), {"label": label}).status_code == 302
    steps = list(programme.steps.all())
    assert [(each.code, each.position) for each in steps] == [("bilan-d-orientation", 0), ("contrat-signe", 1)]
    for step, label in zip(steps, ["Phase 1", "Phase 2"], strict=True):
        client.post(settings_url("AP1-485", "periodes", "ajouter"), {
            "label": label, "column_label": f"Bénéficiaires {label}", "step": step.pk,
        })  # fmt: skip
    assert [(each.label, each.step, each.position) for each in programme.periods.all()] == [
        ("Phase 1", steps[0], 0), ("Phase 2", steps[1], 1),
    ]  # fmt: skip
    page = client.get("/p/AP1-485/programme/").content.decode()
    for words in [
        "LE DISPOSITIF EXPÉRIMENTÉ", "LE PORTEUR DU PROJET", "L’ÉVALUATEUR DU PROJET", "Thématique", "AP1-485",
        "Objectifs initiaux", "Public(s) cible(s)", "Descriptif synthétique du dispositif expérimenté",
        "Territoire(s) d’expérimentation", "Valeur ajoutée du dispositif expérimenté", "OPCA : 32 095 €",
        "(1) Partenaires initialement indiqués dans le projet : UM3, MLJAM", "(2) Durée effective : 18 mois",
        "CEREQ", "structure publique",
    ]:  # fmt: skip
        assert words in page


def test_a_fiche_is_read_by_every_role_of_the_programme_and_unknown_elsewhere(world, sign_in):
    answers = {name: sign_in(user).get("/p/TEST-1/programme/").status_code for name, user in world.cast.items()}
    assert {name for name, status in answers.items() if status == 404} == {"other_manager", "stranger"}
    assert {name for name, status in answers.items() if status == 200} == set(world.cast) - {
        "other_manager", "stranger",
    }  # fmt: skip
    absent = sign_in(world.other_manager).get("/p/RIEN/programme/")
    foreign = sign_in(world.other_manager).get("/p/TEST-1/programme/")
    assert absent.status_code == foreign.status_code == 404
    assert b"PARTAJ-TITRE" not in foreign.content


def changing_urls(world):
    step = world.steps["contact"]
    return [
        "/p/TEST-1/programme/modifier/", "/p/TEST-1/programme/clore/", "/p/TEST-1/programme/rouvrir/",
        settings_url("TEST-1", "etapes"), settings_url("TEST-1", "etapes", "ajouter"),
        settings_url("TEST-1", "etapes", step.pk), settings_url("TEST-1", "etapes", step.pk, "deplacer"),
        settings_url("TEST-1", "etapes", step.pk, "supprimer"),
    ]  # fmt: skip


def test_who_may_only_read_a_programme_is_told_403_a_stranger_404_and_nothing_changes(world, sign_in):
    before = [list(part.model.objects.values()) for part in PARTS], list(Programme.objects.values())
    payload = fiche_of(world.programme, title="Piraté", label="Piraté", sens="bas", closed_on="2025-01-01")
    for name in ["caseworker", "tutor", "member", "evaluator", "funder"]:
        client = sign_in(world.cast[name])
        for url in changing_urls(world):
            assert client.get(url).status_code == client.post(url, payload).status_code == 403, (name, url)
    for name in ["other_manager", "stranger"]:
        client = sign_in(world.cast[name])
        for url in changing_urls(world):
            assert client.get(url).status_code == client.post(url, payload).status_code == 404, (name, url)
    assert ([list(part.model.objects.values()) for part in PARTS], list(Programme.objects.values())) == before


def test_only_an_administrator_creates_a_programme(world, sign_in):
    answer = sign_in(world.manager).post("/programmes/nouveau/", {"number": "AP9", "title": "Le mien"})
    assert answer.status_code == 403
    assert sign_in(world.stranger).get("/programmes/nouveau/").status_code == 404
    assert not Programme.objects.filter(number="AP9").exists()


def test_the_number_of_a_programme_does_not_change(world, sign_in):
    client = sign_in(world.manager)
    client.post("/p/TEST-1/programme/modifier/", fiche_of(world.programme, number="AUTRE", objectives="Mieux"))
    world.programme.refresh_from_db()
    assert (world.programme.number, world.programme.objectives) == ("TEST-1", "Mieux")


def test_two_managers_who_change_the_fiche_at_once_lose_nothing(world, sign_in):
    url, colleague = "/p/TEST-1/programme/modifier/", make_user("Denise")
    make_role(colleague, "manager", world.programme)
    first, second = sign_in(world.manager), sign_in(colleague)
    page = second.get(url).content.decode()
    assert '<input type="hidden" name="version" value="1"' in page
    read = fiche_of(world.programme)
    first.post(url, read | {"summary": "Écrit par Bruno", "theme": "Décrochage"})
    first.post("/p/TEST-1/programme/clore/", {"closed_on": "2025-12-31"})
    mine = {"summary": "Écrit par Denise", "theme": "Décrochage", "territories": read["territories"]}
    answer = second.post(url, read | mine)
    page = answer.content.decode()
    assert answer.status_code == 422 and "Quelqu’un a enregistré la fiche" in page
    assert "Écrit par Bruno" in page and "Écrit par Denise" in page and page.count("Décrochage") == 1
    assert '<input type="hidden" name="version" value="2"' in page
    world.programme.refresh_from_db()
    assert (world.programme.summary, world.programme.version) == ("Écrit par Bruno", 2)
    assert second.post(url, read | mine | {"version": 2}).status_code == 302
    world.programme.refresh_from_db()
    assert (world.programme.summary, world.programme.version) == ("Écrit par Denise", 3)
    assert world.programme.closed_on == dt.date(2025, 12, 31)
    assert world.programme.history.first().closed_on == dt.date(2025, 12, 31)
    for forged in ["", "0", "abc", "9" * 30]:
        assert second.post(url, read | {"version": forged}).status_code == 422, forged


def test_a_fiche_read_before_the_closing_does_not_undo_it(world):
    read = Programme.objects.get(pk=world.programme.pk)
    close_programme(programme=world.programme, on=dt.date(2025, 12, 31))
    read.theme = "Décrochage"
    revise_programme(programme=read, territories=[world.bethune, world.valenciennes], version=1)
    read.last_column = "still_there"
    with pytest.raises(StaleVersion):
        revise_programme(programme=read, territories=[world.bethune], version=2)
    stored = Programme.objects.get(pk=read.pk)
    assert (stored.closed_on, stored.theme, stored.last_column) == (dt.date(2025, 12, 31), "Décrochage", "entered")
    assert stored.territories.count() == 2 and stored.version == 2


@pytest.mark.parametrize("number", ["test-1", "TEST 1", "TEST-1"])
def test_a_number_already_taken_is_refused_however_it_is_typed(world, sign_in, number):
    answer = sign_in(world.administrator).post(
        "/programmes/nouveau/", fiche_of(world.programme, number=number, territories=[])
    )
    assert answer.status_code == 422
    assert "Un programme porte déjà ce numéro." in answer.content.decode()


def test_a_convention_that_ends_before_it_starts_is_refused_in_french(world, sign_in):
    answer = sign_in(world.manager).post(
        "/p/TEST-1/programme/modifier/",
        fiche_of(world.programme, convention_start="2025-06-01", convention_end="2025-05-31"),
    )
    assert answer.status_code == 422
    assert "La convention finit avant de commencer" in answer.content.decode()
    world.programme.refresh_from_db()
    assert world.programme.convention_start is None


def test_a_territory_where_the_programme_works_cannot_be_taken_from_it(world, sign_in):
    client = sign_in(world.manager)
    answer = client.post("/p/TEST-1/programme/modifier/", fiche_of(world.programme, territories=[world.bethune.pk]))
    assert answer.status_code == 422 and "gardez : Valenciennes" in answer.content.decode()
    assert world.programme.territories.count() == 2


def test_a_programme_closes_and_reopens_by_post_only(world, sign_in):
    client = sign_in(world.manager)
    client.get("/p/TEST-1/programme/clore/")
    tomorrow = dt.date.today() + dt.timedelta(days=1)
    assert client.post("/p/TEST-1/programme/clore/", {"closed_on": tomorrow.isoformat()}).status_code == 422
    world.programme.refresh_from_db()
    assert world.programme.closed_on is None
    client.post("/p/TEST-1/programme/clore/", {"closed_on": "2025-12-31"})
    world.programme.refresh_from_db()
    assert world.programme.closed_on == dt.date(2025, 12, 31)
    client.get("/p/TEST-1/programme/rouvrir/")
    assert Programme.objects.get(pk=world.programme.pk).is_closed
    client.post("/p/TEST-1/programme/rouvrir/")
    assert not Programme.objects.get(pk=world.programme.pk).is_closed


def test_the_fiche_of_a_closed_programme_changes_but_for_what_its_last_column_counts(world, sign_in):
    client, url = sign_in(world.manager), "/p/TEST-1/programme/modifier/"
    close_programme(programme=world.programme, on=dt.date(2025, 12, 31))
    page = client.get(url).content.decode()
    assert "Le programme est clos : rouvrez-le" in page
    chosen_before_the_closing = fiche_of(world.programme, last_column="still_there", theme="Décrochage")
    answer = client.post(url, chosen_before_the_closing)
    assert answer.status_code == 422 and "ce réglage garde sa valeur" in answer.content.decode()
    del chosen_before_the_closing["last_column"]  # disabled: browsers send it no more
    assert client.post(url, chosen_before_the_closing).status_code == 302
    world.programme.refresh_from_db()
    assert (world.programme.theme, world.programme.last_column) == ("Décrochage", "entered")


def test_a_closed_programme_is_reopened_from_its_pages_by_who_may(world, sign_in):
    close_programme(programme=world.programme, on=dt.date(2026, 1, 31))
    page = f"/p/TEST-1/jeunes/{world.lea.pk}/modifier/"
    told = {name: sign_in(getattr(world, name)).get(page).content.decode() for name in ("manager", "caseworker")}
    assert "/rouvrir/" in told["manager"] and "demandez au responsable" not in told["manager"]
    assert "/rouvrir/" not in told["caseworker"] and "demandez au responsable" in told["caseworker"]


def test_whether_a_programme_is_a_demonstration_is_for_administrators_to_say(world, sign_in):
    """No duration of keeping applies to a demonstration."""
    offered = {
        name: "is_demonstration"
        in sign_in(getattr(world, name)).get("/p/TEST-1/programme/modifier/").context["form"].fields
        for name in ("administrator", "manager")
    }
    assert offered == {"administrator": True, "manager": False}
