"""The settings of a programme hold together: what bears figures stays, a closed programme keeps them, no row twice."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from partaj.programmes.forms import StepForm
from partaj.programmes.models import ExtraRow, FunnelStep, Partnership, Period, Programme
from partaj.programmes.services import (
    ClosedProgramme,
    add_setting,
    close_programme,
    move,
    remove_setting,
    revise_setting,
)
from partaj.removal import InUse
from reports.models import DeclaredFigure
from reports.services import declare_figure, withdraw_figure
from reports.spans import column_key
from tests.test_attacks import ON_POSTGRESQL, at_once


def address(page, setting, *args):
    return reverse(f"programmes:{page}", args=["TEST-1", setting, *args])


def text(response):
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def declare(world, row, column):
    return declare_figure(
        programme=world.programme, report="annexe-1", row=row, column=column, text="12", reason="Papier.",
        replaces=None, by=world.manager,
    )  # fmt: skip


# -- What bears declared figures ------------------------------------------------------------------


@pytest.fixture
def row(world):
    return ExtraRow.objects.create(programme=world.programme, section="age", label="Autres : 30 ans", code="trente")


def test_a_column_that_bears_a_declared_figure_is_kept_until_the_figure_is_withdrawn(world, sign_in):
    period, other = world.programme.periods.all()
    figure, client = declare(world, "youths", column_key(period)), sign_in(world.manager)
    url = address("part_remove", "periodes", period.pk)
    page = text(client.get(url))
    assert "1 chiffre déclaré" in page and "un chiffre déclaré se retire de l’annexe 1" in page
    refused = client.post(url)
    assert refused.status_code == 409 and "Rien n’a été supprimé" in text(refused)
    with pytest.raises(InUse):
        remove_setting(item=period)
    assert Period.objects.filter(pk=period.pk).exists()
    assert client.post(address("part_remove", "periodes", other.pk)).status_code == 302
    withdraw_figure(programme=world.programme, report="annexe-1", row="youths", column=column_key(period),
                    replaces=figure.pk, by=world.manager)  # fmt: skip
    assert client.post(url).status_code == 302 and not Period.objects.exists()


@pytest.mark.parametrize("column", ["planned", "total"])
def test_an_added_row_that_bears_a_figure_keeps_its_place_and_its_section(world, sign_in, row, column):
    declare(world, "age:trente", column)
    client = sign_in(world.manager)
    url = address("part_remove", "lignes", row.pk)
    assert "1 chiffre déclaré" in text(client.get(url)) and client.post(url).status_code == 409
    typed = {"section": "sex", "label": "Autres : 31 ans", "counts": "nothing"}
    refused = client.post(address("part_change", "lignes", row.pk), typed)
    assert refused.status_code == 422 and "Des chiffres sont déclarés sur cette ligne" in text(refused)
    kept = client.post(address("part_change", "lignes", row.pk), typed | {"section": "age"})
    assert kept.status_code == 302
    assert list(ExtraRow.objects.values_list("section", "label")) == [("age", "Autres : 31 ans")]


def test_a_figure_declared_elsewhere_holds_nothing_here(world, sign_in, row):
    DeclaredFigure.objects.create(
        programme=world.other_programme, report="annexe-1", row="age:trente", column="total", text="9"
    )
    assert sign_in(world.manager).post(address("part_remove", "lignes", row.pk)).status_code == 302


# -- A closed programme ---------------------------------------------------------------------------


def test_the_services_keep_the_settings_of_a_closed_programme_whatever_their_caller_had_read(world):
    step, last = world.steps["contact"], world.steps["contrat"]
    assert not step.programme.is_closed  # read before the closing
    close_programme(programme=world.programme, on=dt.date(2025, 12, 31))
    step.label = "Rebaptisée"
    for refused in [
        lambda: add_setting(item=FunnelStep(programme=world.programme, code="neuve", label="Neuve")),
        lambda: revise_setting(item=step),
        lambda: remove_setting(item=last),
        lambda: move(item=step, up=False),
    ]:
        with pytest.raises(ClosedProgramme):
            refused()
    assert list(world.programme.steps.values_list("label", flat=True)) == ["Contacté", "Bilan", "Contrat"]
    partner = Partnership(programme=world.programme, organisation=world.holder)
    add_setting(item=partner)
    partner.role = "Accueil"
    revise_setting(item=partner)
    remove_setting(item=partner)
    assert not Partnership.objects.exists()


def test_a_programme_closed_while_somebody_saves_says_so(world, sign_in, monkeypatch):
    """Closed between the reading and the saving: the page says so, and keeps everything."""

    def closed_meanwhile(form):
        close_programme(programme=Programme.objects.get(pk=world.programme.pk), on=dt.date(2025, 12, 31))
        return not form.errors

    monkeypatch.setattr(StepForm, "is_valid", closed_meanwhile)
    answer = sign_in(world.manager).post(address("part_create", "etapes"), {"label": "Neuve"})
    assert answer.status_code == 409 and "est clos depuis le 31/12/2025" in text(answer)
    assert world.programme.steps.count() == 3


# -- No row twice ---------------------------------------------------------------------------------

TWINS = [
    ("etapes", {"label": "BILAN"}),
    ("motifs", {"label": "demenagement"}),
    ("periodes", {"label": "Année 1", "column_label": "x", "starts_on": "2027-01-01", "ends_on": "2027-12-31"}),
]


@pytest.mark.parametrize(("setting", "typed"), TWINS)
def test_a_setting_is_named_once(world, sign_in, setting, typed):
    client = sign_in(world.manager)
    refused = client.post(address("part_create", setting), typed)
    assert refused.status_code == 422 and "Cet intitulé est déjà dans la liste" in text(refused)
    assert client.post(address("part_create", setting), typed | {"label": "Un autre"}).status_code == 302


def test_an_added_row_is_named_once_in_its_section(world, sign_in, row):
    client, typed = sign_in(world.manager), {"label": "autres : 30 ans", "counts": "nothing"}
    assert client.post(address("part_create", "lignes"), typed | {"section": "age"}).status_code == 422
    assert client.post(address("part_create", "lignes"), typed | {"section": "sex"}).status_code == 302


def test_a_step_added_meanwhile_is_not_added_again(world):
    add_setting(item=FunnelStep(programme=world.programme, code="signe", label="Signé"))
    with pytest.raises(ValidationError, match="déjà dans la liste"):
        add_setting(item=FunnelStep(programme=world.programme, code="signe-2", label="Signé"))
    assert list(world.programme.steps.filter(label="Signé").values_list("code", flat=True)) == ["signe"]


@ON_POSTGRESQL
@pytest.mark.django_db(transaction=True)
def test_two_who_add_the_same_step_at_once_add_it_once_and_read_why(world, sign_in):
    clients = [sign_in(world.manager), sign_in(world.administrator)]
    page = address("part_create", "etapes")
    for number in range(5):
        typed = {"label": f"Entretien {number}"}
        assert at_once(*(lambda c=c, t=typed: c.post(page, t) for c in clients)) == [302, 422]
    codes = world.programme.steps.values_list("code", flat=True)
    assert sorted(codes) == sorted([*world.steps, *(f"entretien-{number}" for number in range(5))])
