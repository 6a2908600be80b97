"""The ordered settings of a programme: its steps, periods, reasons, rules, rows and partners."""

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
    Section,
    SectionRule,
)
from partaj.programmes.parts import PARTS
from partaj.programmes.services import close_programme
from reports.annexe1 import Annexe1
from tests.ground.typed import count_queries, settings_url


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
    client.post(add, {"label": "Abandon !", "counts_as_abandonment": "on"})
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
