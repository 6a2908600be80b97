"""Territories, structures, programmes: an administrator prepares the ground, others are kept to theirs."""

import datetime as dt
from decimal import Decimal

import pytest

from beneficiaries.models import StepEntry
from partaj.programmes.models import (
    FORM_CODES,
    ExtraRow,
    FunnelStep,
    LossReason,
    Partnership,
    Period,
    Programme,
    Section,
    SectionRule,
)
from partaj.programmes.parts import PARTS
from partaj.programmes.services import close_programme, revise_programme
from partaj.territories.models import Organisation, Territory
from partaj.versions import StaleVersion
from reports.annexe1 import Annexe1
from tests.world import make_programme, make_role, make_user

GOOD_SIRET = "73282932000074"


def fiche_of(programme, **changes):
    """What the form of the fiche posts when nothing else is touched."""
    fields = {
        "title": programme.title,
        "last_column": "entered",
        "territories": [each.pk for each in programme.territories.all()],
        "version": programme.version,
    }
    return fields | changes


def settings_url(number, part, *more):
    return "/".join(["", "p", number, "programme", "reglages", part, *(str(each) for each in more), ""])


def test_an_administrator_types_in_a_programme_like_ap1_485_and_reads_its_fiche(world, sign_in):
    client = sign_in(world.administrator)
    cereq = Organisation.objects.create(name="CEREQ", kind="evaluateur", legal_form="structure publique")
    answer = client.post("/programmes/nouveau/", {
        "number": "ap1 485", "title": "Alternance et accompagnement individualisé", "theme": "Programme 7",
        "objectives": "Réduire les sorties prématurées", "target_public": "Jeunes inscrits en AES",
        "summary": "Sélection des candidats", "area": "Région Languedoc Roussillon", "added_value": "La qualité",
        "planned_partners": "UM3, MLJAM", "actual_partners": "idem", "funding_partners": "OPCA : 32 095 €",
        "planned_months": "18", "actual_months": "18", "evaluator": cereq.pk, "last_column": "still_there",
    })  # fmt: skip
    assert answer.status_code == 302 and answer.url == "/p/AP1-485/programme/"
    programme = Programme.objects.get(number="AP1-485")
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
        "(1) Partenaires initialement indiqués dans le projet : UM3, MLJAM", "(2) Durée effective : 18 mois",
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
    assert answer.status_code == 422 and "gardez : Valenciennes" in answer.content.decode()
    assert world.programme.territories.count() == 2


def test_a_period_has_two_dates_or_a_step_in_order_and_of_its_own_programme(world, sign_in):
    client = sign_in(world.manager)
    add = settings_url("TEST-1", "periodes", "ajouter")
    names = {"label": "année 3", "column_label": "Entrés l’année 3"}
    foreign = FunnelStep.objects.create(programme=world.other_programme, code="loin", label="Étape d’ailleurs")
    refused = {
        "Une période a deux dates": {},
        "Une période a deux dates (": {"starts_on": "2027-01-01", "step": world.steps["bilan"].pk},
        "La période finit avant": {"starts_on": "2027-12-31", "ends_on": "2027-01-01"},
        "ne fait pas partie": {"step": foreign.pk},
        "Saisissez une date valide": {"starts_on": "2027-02-30", "ends_on": "2027-12-31"},
    }  # fmt: skip
    for sentence, fields in refused.items():
        answer = client.post(add, names | fields)
        assert answer.status_code == 422 and sentence in answer.content.decode(), sentence
    assert world.programme.periods.count() == 2
    assert "Étape d’ailleurs" not in client.get(add).content.decode()
    client.post(add, names | {"starts_on": "2027-01-01", "ends_on": "2027-12-31"})
    assert [each.label for each in world.programme.periods.all()] == ["année 1", "année 2", "année 3"]


def test_settings_of_another_programme_do_not_exist_under_this_one(world, sign_in):
    foreign = FunnelStep.objects.create(programme=world.other_programme, code="loin", label="Étape d’ailleurs")
    for user in [world.manager, world.administrator]:
        client = sign_in(user)
        for act in ["", "deplacer", "supprimer"]:
            url = settings_url("TEST-1", "etapes", foreign.pk, *([act] if act else []))
            assert client.post(url, {"label": "Volée"}).status_code == 404
    foreign.refresh_from_db()
    assert foreign.label == "Étape d’ailleurs"
    assert sign_in(world.manager).get(settings_url("TEST-1", "inconnu")).status_code == 404


def test_a_step_moves_among_its_neighbours_only_by_post(world, sign_in):
    client = sign_in(world.manager)
    url = settings_url("TEST-1", "etapes", world.steps["contrat"].pk, "deplacer")
    assert client.get(url).status_code == 405
    client.post(url, {"sens": "haut"})
    assert [each.code for each in world.programme.steps.all()] == ["contact", "contrat", "bilan"]
    client.post(url, {"sens": "haut"})
    client.post(url, {"sens": "haut"})
    assert [each.code for each in world.programme.steps.all()] == ["contrat", "contact", "bilan"]
    client.post(url, {"sens": "bas"})
    assert [each.code for each in world.programme.steps.all()] == ["contact", "contrat", "bilan"]


def test_codes_made_from_labels_never_meet_and_do_not_change(world, sign_in):
    client = sign_in(world.manager)
    add = settings_url("TEST-1", "motifs", "ajouter")
    client.post(add, {"label": "Abandon", "counts_as_abandonment": "on"})
    second = LossReason.objects.get(code="abandon-2")
    assert (second.counts_as_abandonment, second.programme) == (True, world.programme)
    answer = client.post(add, {"label": "Encore", "code": "abandon"})
    assert answer.status_code == 422
    assert "Deux motifs de sortie du programme ont le même code." in answer.content.decode()
    client.post(settings_url("TEST-1", "motifs", second.pk), {"label": "Abandon tardif", "code": "autre"})
    second.refresh_from_db()
    assert (second.label, second.code, second.counts_as_abandonment) == ("Abandon tardif", "abandon-2", False)


def test_rules_rows_and_partners_are_added_from_their_pages(world, sign_in):
    client = sign_in(world.manager)
    client.post(settings_url("TEST-1", "sections", "ajouter"), {
        "section": "level", "population": "everyone", "base": "reviewed", "unit": "percent", "note": "En cellule.",
    })  # fmt: skip
    again = client.post(settings_url("TEST-1", "sections", "ajouter"), {
        "section": "level", "population": "youths", "base": "all", "unit": "persons",
    })  # fmt: skip
    assert again.status_code == 422 and "Cette section a déjà une règle." in again.content.decode()
    client.post(settings_url("TEST-1", "lignes", "ajouter"), {
        "section": "age", "label": "Autres : handicap", "counts": "disability",
    })  # fmt: skip
    client.post(settings_url("TEST-1", "partenaires", "ajouter"), {
        "organisation": world.holder.pk, "kind": "financial", "planned": "on", "amount": "940000,50",
    })  # fmt: skip
    assert list(SectionRule.objects.values_list("section", "unit")) == [("level", "percent")]
    assert list(ExtraRow.objects.values_list("code", "counts", "adds_up")) == [("autres-handicap", "disability", False)]
    partner = Partnership.objects.get()
    assert (partner.amount, partner.planned, partner.effective) == (Decimal("940000.50"), True, False)
    fiche = sign_in(world.funder).get("/p/TEST-1/programme/").content.decode()
    assert "940\u00a0000,50\u00a0€" in fiche and "Réglages" not in fiche
    for part in PARTS:
        assert client.get(settings_url("TEST-1", part.slug)).status_code == 200


def test_an_added_row_never_takes_the_code_of_a_row_of_the_form(world, sign_in):
    client, add = sign_in(world.manager), settings_url("TEST-1", "lignes", "ajouter")
    for section, code in [("age", "16-18"), ("level", "V"), ("level", "v"), ("level", "infra-V"),
                          ("situation", "other"), ("quality", "other"), ("sex", "F")]:  # fmt: skip
        answer = client.post(add, {"section": section, "label": "Ligne", "counts": "nothing", "code": code})
        assert answer.status_code == 422, code
        assert "est le code d’une ligne du formulaire" in answer.content.decode(), code
    assert not ExtraRow.objects.exists()
    for label, code in [("16-18", "16-18-2"), ("Étudiants", "etudiants"), ("V", "v-2"), ("Other", "other-2")]:
        client.post(add, {"section": "age", "label": label, "counts": "nothing"})
        assert ExtraRow.objects.filter(label=label, code=code).exists(), code


def test_the_codes_kept_for_the_form_are_those_of_its_rows(world):
    rows = {
        Section(block.key): tuple(line.key.partition(":")[2] for line in block.lines)
        for block in Annexe1(world.programme).blocks
        if block.key in Section.values
    }
    assert rows == FORM_CODES


def test_an_empty_setting_says_what_to_do_first(world, sign_in):
    for part in PARTS:
        page = sign_in(world.other_manager).get(settings_url("TEST-2", part.slug)).content.decode()
        assert part.empty in page and part.add_label in page


def test_a_step_in_use_is_kept_and_the_page_says_by_what(world, sign_in):
    client = sign_in(world.manager)
    step = world.steps["contact"]
    StepEntry.objects.create(enrolment=world.lea, step=step, entered_on=dt.date(2025, 1, 10))
    url = settings_url("TEST-1", "etapes", step.pk, "supprimer")
    assert "1\u00a0passage d’étape" in client.get(url).content.decode()
    answer = client.post(url)
    assert answer.status_code == 409 and "Rien n’a été supprimé" in answer.content.decode()
    assert FunnelStep.objects.filter(pk=step.pk).exists()
    free = settings_url("TEST-1", "etapes", world.steps["contrat"].pk, "supprimer")
    assert client.get(free).status_code == 200 and FunnelStep.objects.filter(code="contrat").exists()
    assert client.post(free).status_code == 302 and not FunnelStep.objects.filter(code="contrat").exists()


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


def test_a_closed_programme_keeps_what_its_tables_are_made_of(world, sign_in):
    client = sign_in(world.manager)
    rule = SectionRule.objects.create(programme=world.programme, section="age")
    row = ExtraRow.objects.create(programme=world.programme, section="age", label="Autres", code="autres")
    partner = Partnership.objects.create(programme=world.programme, organisation=world.holder)
    close_programme(programme=world.programme, on=dt.date(2025, 12, 31))
    before = [list(part.model.objects.values()) for part in PARTS]
    items = {"etapes": world.steps["contrat"], "motifs": world.reasons["abandon"], "sections": rule, "lignes": row,
             "periodes": world.programme.periods.first()}  # fmt: skip
    typed = {"label": "Autre", "section": "sex", "population": "youths", "base": "all", "unit": "percent",
             "counts": "nothing", "column_label": "Autre", "starts_on": "2025-01-01", "ends_on": "2025-06-30",
             "sens": "bas"}  # fmt: skip
    for part, item in items.items():
        for act in [["ajouter"], [item.pk], [item.pk, "deplacer"], [item.pk, "supprimer"]]:
            answer = client.post(settings_url("TEST-1", part, *act), typed)
            assert answer.status_code == 409 and "Le programme est clos" in answer.content.decode(), (part, act)
        page = client.get(settings_url("TEST-1", part)).content.decode()
        assert str(item) in page or (part == "sections" and "Âge" in page)
        assert "ne se modifient plus" in page and "/ajouter/" not in page and "/deplacer/" not in page
    assert [list(part.model.objects.values()) for part in PARTS] == before
    caseworker = sign_in(world.caseworker)
    assert caseworker.post(settings_url("TEST-1", "etapes", "ajouter"), typed).status_code == 403
    changed = {"organisation": world.holder.pk, "kind": "operational", "role": "Accueil"}
    assert client.post(settings_url("TEST-1", "partenaires", partner.pk), changed).status_code == 302
    assert Partnership.objects.get().role == "Accueil"


def test_the_fiche_of_a_closed_programme_changes_but_for_what_its_last_column_counts(world, sign_in):
    client, url = sign_in(world.manager), "/p/TEST-1/programme/modifier/"
    close_programme(programme=world.programme, on=dt.date(2025, 12, 31))
    page = client.get(url).content.decode()
    assert "Le programme est clos : rouvrez-le" in page
    chosen_before_the_closing = fiche_of(world.programme, last_column="still_there", theme="Décrochage")
    answer = client.post(url, chosen_before_the_closing)
    assert answer.status_code == 422 and "ce réglage garde sa valeur" in answer.content.decode()
    del chosen_before_the_closing["last_column"]  # disabled: browsers send it no more
    assert client.post(url, chosen_before_the_closing).status_code == 302
    world.programme.refresh_from_db()
    assert (world.programme.theme, world.programme.last_column) == ("Décrochage", "entered")


def test_wrong_keys_warn_stay_marked_and_never_block(world, sign_in):
    client = sign_in(world.caseworker)
    fields = {"name": "Lycée des Flandres", "kind": "lycee", "siret": "732 829 320 00075", "uai": "0590123 z"}
    answer = client.post("/structures/nouvelle/", fields, follow=True)
    saved = Organisation.objects.get(name="Lycée des Flandres")
    assert (saved.siret, saved.uai) == ("73282932000075", "0590123Z")
    page = answer.content.decode()
    assert page.count("La clé de ce SIRET est fausse") == 2  # the message, and the mark that stays
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


def count_queries(client, url, django_assert_max_num_queries):
    with django_assert_max_num_queries(60) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


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


@pytest.mark.parametrize("part", [part.slug for part in PARTS])
def test_settings_cost_the_same_with_more_rows(world, sign_in, django_assert_max_num_queries, part):
    client = sign_in(world.manager)
    url = settings_url("TEST-1", part)

    def more(count):
        for number in range(count):
            Period.objects.create(programme=world.programme, label="p", column_label="p", step=world.steps["bilan"])
            Partnership.objects.create(programme=world.programme, organisation=world.holder)
            ExtraRow.objects.create(programme=world.programme, section="age", label="l", code=f"l{count}-{number}")

    more(1)
    before = count_queries(client, url, django_assert_max_num_queries)
    more(7)
    assert count_queries(client, url, django_assert_max_num_queries) == before
