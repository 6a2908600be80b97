"""From annexe 1 to the people behind a figure, and a figure declared by hand."""

from urllib.parse import urlencode

import pytest
from django.urls import reverse

from partaj.accounts.models import JournalEntry
from reports.models import DeclaredFigure
from tests.world import make_role, make_youth

PAGE = "/p/TEST-1/restitution/annexe-1/"


def figure(row, column="total", page="figure", **more):
    query = urlencode({"ligne": row, "colonne": column} | more)
    return f"{reverse(f'reports:{page}', args=['TEST-1', 'annexe-1'])}?{query}"


def text_of(response):
    return response.content.decode().replace("\u00a0", " ")


def test_a_caseworker_opens_the_figure_and_reads_the_people(world, sign_in):
    client = sign_in(world.caseworker)
    page = text_of(client.get(PAGE))
    assert "Périmètre : <strong>territoire Béthune-Bruay</strong>" in page
    behind = text_of(client.get(figure("youths")))
    assert "Moreau" in behind and "Le Goff" in behind and "Benali" not in behind
    assert "2 personnes suivies par leur nom" in behind
    assert "10 personnes comptées collectivement" in behind
    assert "Le jeu des métiers" in behind


def test_who_did_not_answer_is_a_list_too(world, sign_in):
    world.lea.situation = ""
    world.lea.save()
    client = sign_in(world.manager)
    page = text_of(client.get(figure("situation:jobseeker", manquants=1)))
    assert "Moreau" in page and "Le Goff" not in page


@pytest.mark.parametrize("who", ["evaluator", "funder"])
def test_readers_of_counts_open_no_name(world, sign_in, who):
    page = text_of(sign_in(getattr(world, who)).get(figure("youths")))
    for name in ("Moreau", "Le Goff", "Benali"):
        assert name not in page
    assert "pas aux noms" in page


def test_a_hidden_figure_does_not_open(world, sign_in):
    assert sign_in(world.funder).get(figure("adults")).status_code == 404


@pytest.mark.parametrize(
    "address", [figure("inconnu"), figure("youths", "inconnue"), figure("x" * 5000), PAGE + "chiffre/"]
)
def test_a_figure_that_does_not_exist_is_a_404(world, sign_in, address):
    assert sign_in(world.manager).get(address).status_code == 404


def declare(client, row="youths", column="total", **data):
    return client.post(figure(row, column, "declare"), {"text": "15", "reason": "deux fiches papier", **data})


def test_a_manager_declares_a_figure_and_goes_back(world, sign_in):
    client = sign_in(world.manager)
    assert declare(client).status_code == 302
    page = text_of(client.get(PAGE))
    assert "dossiers : 13" in page
    current = DeclaredFigure.objects.current().get()
    client.post(figure("youths", page="withdraw"), {"replaces": current.pk})
    assert not DeclaredFigure.objects.current().exists()
    history = text_of(client.get(figure("youths")))
    assert "deux fiches papier" in history and "remplacé le" in history


def test_a_computed_figure_is_not_replaced_without_a_reason(world, sign_in):
    response = declare(sign_in(world.manager), reason="")
    assert response.status_code == 422
    assert "Dites pourquoi" in response.content.decode()
    assert not DeclaredFigure.objects.exists()


def test_a_planned_figure_needs_no_reason(world, sign_in):
    assert declare(sign_in(world.manager), column="planned", text="17 à 20", reason="").status_code == 302
    assert "17 à 20" in text_of(sign_in(world.manager).get(PAGE))


def test_what_was_declared_for_the_programme_is_not_told_on_one_territory(world, sign_in):
    """A caseworker's figure counts their ground; what was declared of the whole is read by those who answer for it."""
    declare(sign_in(world.manager))
    assert "deux fiches papier" in text_of(sign_in(world.manager).get(figure("youths")))
    assert "deux fiches papier" not in text_of(sign_in(world.caseworker).get(figure("youths")))


def test_who_counts_the_whole_programme_reads_the_names_of_their_own_ground_only(world, sign_in):
    make_role(world.caseworker, "evaluator", world.programme)
    for more in ({}, {"manquants": 1}):
        assert "Benali" not in text_of(sign_in(world.caseworker).get(figure("youths", **more)))


def test_the_second_of_two_managers_loses_nothing_and_overwrites_nothing(world, sign_in):
    client = sign_in(world.manager)
    declare(client, text="15")
    response = declare(client, text="16", replaces="")
    assert response.status_code == 422
    assert 'value="16"' in response.content.decode() and "de déclarer ce chiffre : « 15 »" in text_of(response)
    assert DeclaredFigure.objects.current().get().text == "15"
    form = response.context["form"]
    again = declare(client, text="16", replaces=form["replaces"].value())  # they have read it, and hold to theirs
    assert (again.status_code, DeclaredFigure.objects.current().get().text) == (302, "16")


@pytest.mark.parametrize(
    ("who", "status"), [("caseworker", 403), ("evaluator", 403), ("tutor", 404), ("other_manager", 404)]
)
def test_nobody_else_declares(world, sign_in, who, status):
    assert declare(sign_in(getattr(world, who))).status_code == status
    assert not DeclaredFigure.objects.exists()


@pytest.mark.parametrize("extension", ["pdf", "xlsx", "csv", "json", "docx"])
def test_each_format_is_a_file_with_the_programme_in_its_name(world, sign_in, extension):
    response = sign_in(world.manager).get(f"{PAGE}export/{extension}/")
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith('attachment; filename="TEST-1_annexe-1_')
    assert "no-store" in response["Cache-Control"]


def test_an_unknown_format_is_a_404(world, sign_in):
    assert sign_in(world.manager).get(f"{PAGE}export/exe/").status_code == 404


def test_the_export_of_a_caseworker_holds_their_territory_only(world, sign_in):
    export = sign_in(world.neighbour).get(f"{PAGE}export/json/").json()
    assert export["perimeter"] == "territoire Valenciennes"
    youths = export["tables"][0]["rows"][0]["cells"]
    assert youths[-1]["value"] == 1


def test_the_page_takes_a_constant_number_of_queries(world, sign_in, django_assert_max_num_queries):
    client = sign_in(world.manager)
    client.get(PAGE)
    with django_assert_max_num_queries(18):
        client.get(PAGE)


PLAN = PAGE + "previsions/"


def plan_of(response):
    """What the form of the planned column holds, as a browser would send it back."""
    form = response.context["form"]
    return {name: "" if form[name].value() is None else form[name].value() for name in form.fields}


def test_a_manager_types_the_planned_column_at_once(world, sign_in):
    client = sign_in(world.manager)
    typed = plan_of(client.get(PLAN)) | {
        "youths": "17 à 20",
        "total": "30 max",
        "scale": "Régionale",
        "age:16-18": "12",
    }
    assert client.post(PLAN, typed).status_code == 302
    declared = {each.row: (each.text, each.column) for each in DeclaredFigure.objects.current()}
    assert declared == {
        "youths": ("17 à 20", "planned"), "total": ("30 max", "planned"), "scale": ("Régionale", "planned"),
        "age:16-18": ("12", "planned"),
    }  # fmt: skip
    page = text_of(client.get(PAGE))
    assert "17 à 20" in page and "Régionale" in page
    client.post(PLAN, plan_of(client.get(PLAN)) | {"total": ""})
    assert set(DeclaredFigure.objects.current().values_list("row", flat=True)) == {"youths", "scale", "age:16-18"}


def test_a_planned_column_typed_over_a_colleagues_keeps_both(world, sign_in):
    client = sign_in(world.manager)
    read = plan_of(client.get(PLAN))
    client.post(PLAN, read | {"youths": "20"})
    late = client.post(PLAN, read | {"youths": "25", "adults": "5"})
    assert late.status_code == 422
    assert "Quelqu’un vient de déclarer" in late.content.decode() and 'value="25"' in late.content.decode()
    assert [(each.row, each.text) for each in DeclaredFigure.objects.current()] == [("youths", "20")]  # all or none
    assert client.post(PLAN, plan_of(late)).status_code == 302  # sent again, having read theirs
    assert {each.row: each.text for each in DeclaredFigure.objects.current()} == {"youths": "25", "adults": "5"}


def test_a_box_left_as_it_was_read_does_not_undo_a_colleagues(world, sign_in):
    client = sign_in(world.manager)
    read = plan_of(client.get(PLAN))
    client.post(PLAN, read | {"youths": "20"})
    assert client.post(PLAN, read | {"adults": "5"}).status_code == 302
    assert {each.row: each.text for each in DeclaredFigure.objects.current()} == {"youths": "20", "adults": "5"}


@pytest.mark.parametrize(("who", "status"), [("caseworker", 403), ("funder", 403), ("tutor", 404), ("stranger", 404)])
def test_nobody_else_plans(world, sign_in, who, status):
    client = sign_in(getattr(world, who))
    assert (client.get(PLAN).status_code, client.post(PLAN, {"youths": "9"}).status_code) == (status, status)
    assert not DeclaredFigure.objects.exists()


@pytest.mark.parametrize("row", ["youths", "situation:jobseeker"])
def test_who_reads_counts_is_listed_nobody_and_the_journal_says_so(world, sign_in, row):
    for _ in range(6):
        make_youth(world.programme, world.valenciennes, situation="")
        make_youth(world.programme, world.valenciennes)
    for more in ({}, {"manquants": 1}):
        response = sign_in(world.evaluator).get(figure(row, **more))
        assert (response.status_code, response.context["page"].rows) == (200, [])
    assert not JournalEntry.objects.filter(kind=JournalEntry.Kind.LISTED).exists()
