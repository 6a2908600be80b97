"""The list of youths, its search, its pages, its filters and its exports."""

import csv
import datetime as dt
import io
import re

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from beneficiaries import services
from beneficiaries.filters import ORDERS, reference_choices
from beneficiaries.models import AccessGrant, Enrolment
from partaj.lists import few_or_many
from tests.world import make_programme, make_role, make_user, make_youth


def list_url(world, programme=None, **params):
    url = reverse("beneficiaries:list", args=[(programme or world.programme).number])
    return url + ("?" + "&".join(f"{name}={value}" for name, value in params.items()) if params else "")


def names(response):
    return [row["name"] for row in response.context["rows"]]


def as_csv(response):
    text = b"".join(response.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


def test_each_reads_their_own(world, sign_in):
    expected = {
        "administrator": ["Benali Karim", "Le Goff Hélène", "Moreau Léa"],
        "manager": ["Benali Karim", "Le Goff Hélène", "Moreau Léa"],
        "caseworker": ["Le Goff Hélène", "Moreau Léa"],
        "neighbour": ["Benali Karim"],
        "tutor": ["Le Goff Hélène"],
        "member": ["Le Goff Hélène"],
    }
    assert {who: names(sign_in(world.cast[who]).get(list_url(world))) for who in expected} == expected
    for who in ("other_manager", "evaluator", "funder", "stranger"):
        assert sign_in(world.cast[who]).get(list_url(world)).status_code == 404


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("helene", ["Le Goff Hélène"]), ("HÉLÈNE", ["Le Goff Hélène"]), ("le goff", ["Le Goff Hélène"]),
        ("Le-Goff", ["Le Goff Hélène"]), ("goff helene", ["Le Goff Hélène"]), ("lé", ["Le Goff Hélène"]),
        ("more", ["Moreau Léa"]), ("karim", []), ("%%%", []), ("%", []),
    ],
)  # fmt: skip
def test_the_search_knows_no_accents_and_no_neighbours(world, sign_in, typed, found):
    response = sign_in(world.caseworker).get(list_url(world), {"f-name": typed})
    assert names(response) == found


def test_pages_lose_nobody_when_names_are_equal(world, sign_in):
    for _ in range(120):
        make_youth(world.programme, world.bethune, last_name="Martin", first_name="Lou")
    client, url, seen = sign_in(world.caseworker), list_url(world), []
    pages = []
    while url:
        response = client.get(url)
        pages.append([row["url"] for row in response.context["rows"]])
        seen += pages[-1]
        url = f"?{response.context['page'].next_query}" if response.context["page"].next_query else None
        url = list_url(world) + url if url else None
    assert [len(page) for page in pages] == [50, 50, 22]
    assert len(set(seen)) == 122
    back = client.get(f"{list_url(world)}?{response.context['page'].previous_query}")
    assert [row["url"] for row in back.context["rows"]] == pages[1]


@pytest.mark.parametrize("sort", ["entree", "contact"])
def test_other_sorts_also_keep_everybody(world, sign_in, sort):
    for number in range(110):
        entered = dt.date(2025, 3, 1 + number % 3) if number % 2 else None
        make_youth(world.programme, world.bethune, entered_on=entered)
    client, query, seen = sign_in(world.caseworker), f"tri={sort}", []
    while query:
        response = client.get(f"{list_url(world)}?{query}")
        seen += [row["url"] for row in response.context["rows"]]
        query = response.context["page"].next_query
    assert (len(seen), len(set(seen))) == (112, 112)


@pytest.mark.parametrize(
    "token", ["apres=zzz", "apres=WyIyMDI1IiwgMV0", "avant=W251bGwsMV0", "apres=WyJhXHUwMDAwIiwxXQ"]
)
@pytest.mark.parametrize("sort", ["nom", "entree", "contact"])
def test_a_place_that_means_nothing_shows_a_page(world, sign_in, token, sort):
    assert sign_in(world.caseworker).get(f"{list_url(world)}?tri={sort}&{token}").status_code == 200


def test_more_than_a_thousand_are_not_counted_one_by_one(world, sign_in):
    template = make_youth(world.programme, world.bethune)
    copies = []
    for _ in range(1000):
        copy = Enrolment.objects.get(pk=template.pk)
        copy.pk, copy._state.adding = None, True
        copies.append(copy)
    Enrolment.objects.bulk_create(copies)
    assert "plus de 1\u00a0000 personnes" in sign_in(world.caseworker).get(list_url(world)).content.decode()


def test_filters_narrow_and_say_so(world, sign_in):
    contacted = make_youth(world.programme, world.bethune, last_name="Attend", entered_on=None)
    mine = make_youth(world.programme, world.bethune, last_name="Suivi", referent=world.caseworker)
    services.enter_step(enrolment=mine, step=world.steps["bilan"], entered_on=dt.date(2025, 3, 1), by=world.caseworker)
    services.record_loss(
        enrolment=world.lea, reason=world.reasons["abandon"], lost_on=dt.date(2025, 4, 1), step=None, by=None
    )
    client = sign_in(world.caseworker)

    def found(**params):
        return names(client.get(list_url(world, **{f"f-{name}": value for name, value in params.items()})))

    assert found(state="contacted") == ["Attend Camille"]
    assert found(referent="me") == ["Suivi Camille"]
    assert found(referent="nobody", state="entered") == ["Le Goff Hélène", "Moreau Léa"]
    assert found(presence="lost") == ["Moreau Léa"]
    assert found(step=world.steps["bilan"].pk) == ["Suivi Camille"]
    assert found(age="missing") == ["Attend Camille"]
    assert found(age="16-18", presence="present") == ["Le Goff Hélène", "Suivi Camille"]
    assert found(sex="M") == []
    assert found(level="Vbis", situation="jobseeker", public="youth", name="att") == ["Attend Camille"]
    assert found(mission_locale="missing", name="att") == ["Attend Camille"]
    page = client.get(list_url(world, **{"f-sex": "M"})).content.decode()
    assert "Sexe « masculin »" in page and "Effacer les filtres" in page
    assert contacted.age_band == ""


def test_a_foreign_territory_in_the_address_matches_nobody(world, sign_in):
    response = sign_in(world.caseworker).get(list_url(world, **{"f-territory": world.valenciennes.pk}))
    assert names(response) == []
    assert "Un filtre n’est pas compris : Territoire" in response.content.decode()
    assert "Valenciennes" not in response.content.decode()
    assert names(sign_in(world.caseworker).get(list_url(world) + "?f-name=a%00b")) == []


def test_typing_swaps_the_table_alone_and_the_address_follows(world, sign_in):
    response = sign_in(world.caseworker).get(
        list_url(world) + "?f-name=lea&f-sex=&tri=nom", headers={"HX-Request": "true"}
    )
    assert response.headers["HX-Replace-Url"] == f"{list_url(world)}?f-name=lea&tri=nom"
    assert "<html" not in response.content.decode()
    assert names(response) == ["Moreau Léa"]


def test_what_is_ticked_comes_along_from_page_to_page_but_not_in_the_links(world, sign_in):
    client, url = sign_in(world.caseworker), list_url(world)
    lea, helene = world.lea.pk, world.helene.pk
    asked = {"dossier": [lea, helene, "x", "9" * 30], "f-name": "lea", "tous": "1"}
    answer = client.get(url, asked, headers={"HX-Request": "true"})
    assert f'value="{lea}" aria-label="Moreau Léa" checked' in answer.text
    assert f'<input type="hidden" name="dossier" value="{helene}">' in answer.text
    assert "1\u00a0dossier coché sur une autre page" in answer.text
    assert answer.headers["HX-Replace-Url"] == f"{url}?f-name=lea"
    for query in re.findall(r'href="[^"]*[?]([^"]*)"', answer.text):
        assert "dossier=" not in query and "tous=" not in query
    nobody = client.get(url, {"dossier": [lea], "f-name": "personne"}).text
    assert "1\u00a0dossier coché" in nobody and 'id="ticks"' in nobody and "tous ceux de cette liste" not in nobody
    many = client.get(url, {"dossier": range(10_000, 10_200)}).text
    assert "150\u00a0dossiers cochés sur d’autres pages (150\u00a0au plus" in many
    assert "dossier coché" not in sign_in(world.tutor).get(url, {"dossier": [lea]}).text


def test_the_first_page_says_what_to_do(world, sign_in):
    newcomer = make_user("Nadia")
    make_role(newcomer, "caseworker", world.other_programme, territory=world.valenciennes)
    world.foreigner.delete()
    page = sign_in(newcomer).get(list_url(world, world.other_programme)).content.decode()
    assert "Noter un premier contact" in page and "Aucun jeune n’est encore noté ici." in page


def test_queries_do_not_grow_with_the_rows(world, sign_in, django_assert_num_queries):
    client = sign_in(world.caseworker)
    with django_assert_num_queries(7):  # the line of the journal among them
        client.get(list_url(world))
    for _ in range(60):
        make_youth(world.programme, world.bethune, referent=world.caseworker)
    with django_assert_num_queries(8):  # one more: the count, known without asking while one page holds them all
        client.get(list_url(world))
    with django_assert_num_queries(8):
        client.get(list_url(world), headers={"HX-Request": "true"})


# -- Exports -------------------------------------------------------------------------------------------------


def export_url(world, kind="csv", programme=None):
    return reverse("beneficiaries:export", args=[(programme or world.programme).number, kind])


def test_the_export_holds_what_the_list_shows(world, sign_in):
    client = sign_in(world.caseworker)
    response = client.get(export_url(world), {"f-name": "helene"})
    rows = as_csv(response)
    assert [row[1:4] for row in rows[:2]] == [["Nom de naissance", "Nom d’usage", "Prénom"], ["Le Goff", "", "Hélène"]]
    assert rows[1][rows[0].index("Date de naissance")] == "17/05/2008"
    about = {row[0]: row[1] for row in rows if len(row) == 2}
    assert about["Périmètre"] == "Béthune-Bruay"
    assert about["Filtres"] == "Nom : helene"
    assert about["Exporté par"] == "Inès"
    assert "no-store" in response["Cache-Control"]
    today = f"{dt.date.today():%Y-%m-%d}"
    assert response["Content-Disposition"] == f'attachment; filename="jeunes-TEST-1-{today}.csv"'


def test_the_workbook_has_typed_dates(world, sign_in):
    response = sign_in(world.manager).get(export_url(world, "xlsx"))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    rows = list(book["Jeunes"].iter_rows(values_only=True))
    assert [row[3] for row in rows] == ["Prénom", "Karim", "Hélène", "Léa"]
    assert rows[1][4] == dt.datetime(2001, 3, 2)
    assert ("Périmètre", "tout le programme") in list(book["À propos de ce fichier"].iter_rows(values_only=True))


def test_whatever_was_typed_is_read_again_in_the_workbook(world, sign_in):
    typed = "  <b>&amp;\"'_x0041_ é😀 \u200b"
    make_youth(world.programme, world.bethune, last_name=typed, first_name="Signes\x0b")
    response = sign_in(world.caseworker).get(export_url(world, "xlsx"))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    rows = {row[3]: row for row in book["Jeunes"].iter_rows(values_only=True)}
    # Spreadsheets read « _x005F_ » as « _ », which openpyxl leaves as it is.
    assert rows["Signes"][1] == typed.replace("_x0041_", "_x005F_x0041_") and isinstance(rows["Signes"][0], int)
    assert book["Jeunes"].freeze_panes == "E2" and book["Jeunes"].max_row == 4


def test_who_reads_may_not_export_without_the_right(world, sign_in):
    statuses = {who: sign_in(user).get(export_url(world)).status_code for who, user in world.cast.items()}
    assert statuses == {
        "administrator": 200, "manager": 200, "other_manager": 404, "caseworker": 200, "neighbour": 403,
        "tutor": 403, "member": 403, "evaluator": 404, "funder": 404, "stranger": 404,
    }  # fmt: skip
    assert "CSV" not in sign_in(world.neighbour).get(list_url(world)).content.decode()


def test_rows_seen_by_another_right_stay_inside(world, sign_in):
    """Inès may export Béthune; she also sees Karim as his tutor and works in Valenciennes without that right."""
    make_role(world.caseworker, "tutor", world.programme)
    make_role(world.caseworker, "caseworker", world.programme, territory=world.valenciennes)
    services.open_access(
        enrolment=world.karim, user=world.caseworker, reason=AccessGrant.Reason.MENTORING,
        starts_on=dt.date(2025, 1, 1),
    )  # fmt: skip
    client = sign_in(world.caseworker)
    assert "Benali Karim" in names(client.get(list_url(world)))
    assert [row[3] for row in as_csv(client.get(export_url(world)))[1:3]] == ["Hélène", "Léa"]
    assert "Karim" not in str(as_csv(client.get(export_url(world))))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "＝", "＋", "－", "＠"])
def test_a_name_is_never_run_as_a_formula(world, sign_in, start):
    make_youth(world.programme, world.bethune, last_name=f"{start}HYPERLINK(1)", first_name="Formule")
    client = sign_in(world.caseworker)
    cells = next(row for row in as_csv(client.get(export_url(world))) if "Formule" in row)
    assert cells[1] == f"'{start}HYPERLINK(1)"
    book = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(export_url(world, "xlsx")).streaming_content)))
    cell = next(row[1] for row in book["Jeunes"].iter_rows() if row[3].value == "Formule")
    assert (cell.data_type, cell.value) == ("s", f"{start}HYPERLINK(1)")


def test_a_filter_that_is_not_understood_exports_nothing(world, sign_in):
    response = sign_in(world.caseworker).get(export_url(world), {"f-territory": world.valenciennes.pk})
    assert response.status_code == 302
    assert sign_in(world.caseworker).get(export_url(world, "ods")).status_code == 404


# -- Search box, home ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("helene", ["Le Goff Hélène"]), ("0612345678", ["Le Goff Hélène"]), ("06 12 34", ["Le Goff Hélène"]),
        ("HELENE@exemple.fr", ["Le Goff Hélène"]), ("1234567890g", ["Le Goff Hélène"]),
        ("karim", []), ("a\x00b", []), ("9" * 90, []), ("", []),
    ],
)  # fmt: skip
def test_the_search_box_finds_among_the_readers_own(world, sign_in, typed, found):
    person = world.helene.beneficiary
    person.phone, person.email, person.ine = "+33 6 12 34 56 78", "Helene@exemple.fr", "1234567890G"
    person.save()
    assert names(sign_in(world.caseworker).get(reverse("beneficiaries:search"), {"q": typed})) == found


def test_a_file_is_found_by_its_number_by_those_who_may_see_it(world, sign_in):
    url = reverse("beneficiaries:search")
    assert names(sign_in(world.tutor).get(url, {"q": f"n° {world.helene.pk}"})) == ["Le Goff Hélène"]
    assert names(sign_in(world.tutor).get(url, {"q": f"{world.karim.pk}"})) == []
    assert names(sign_in(world.tutor).get(url, {"q": "moreau"})) == []
    assert [sign_in(world.cast[who]).get(url).status_code for who in ("evaluator", "funder", "stranger")] == [404] * 3


def test_the_search_box_shows_the_first_and_leads_to_the_rest(world, sign_in):
    for _ in range(25):
        make_youth(world.programme, world.bethune, last_name="Durand")
    response = sign_in(world.caseworker).get(reverse("beneficiaries:search"), {"q": "durand"})
    assert len(response.context["rows"]) == 20
    assert response.context["more"] == [("TEST-1 · PARTAJ", f"{list_url(world)}?f-name=durand")]


def test_home_counts_the_readers_own(world, sign_in):
    panel = next(p for t, p in sign_in(world.neighbour).get("/").context["panels"] if t == "beneficiaries/_home.html")
    assert [(line["total"], line["alone"]) for line in panel["programmes"]] == [("1", "1")]
    assert [row["name"] for row in panel["latest"]] == ["Benali Karim"]
    for who in ("tutor", "evaluator", "stranger"):
        assert "beneficiaries/_home.html" not in [t for t, _ in sign_in(world.cast[who]).get("/").context["panels"]]


def test_home_costs_the_same_for_one_programme_or_ten(world, sign_in, django_assert_num_queries):
    client = sign_in(world.manager)
    with CaptureQueriesContext(connection) as before:
        client.get("/")
    for number in range(8):
        make_role(world.manager, "manager", make_programme(f"PLUS-{number}"))
    with django_assert_num_queries(len(before)):
        client.get("/")


def test_a_guest_finds_at_home_the_youths_open_to_them(world, sign_in):
    for who in (world.tutor, world.member):
        page = sign_in(who).get("/").content.decode()
        assert "Le Goff" in page and "Moreau" not in page and "Benali" not in page
    assert "dont le dossier vous est ouvert" not in sign_in(world.funder).get("/").content.decode()


def test_an_intake_without_territory_says_what_to_do_first(world, sign_in):
    world.programme.territories.clear()
    page = sign_in(world.manager).get("/p/TEST-1/jeunes/nouveau/").content.decode()
    assert "n’a pas encore de territoire" in page and "Choisir ses territoires" in page


def test_the_filter_offers_the_territories_where_the_reader_works_in_this_programme(world):
    """Valenciennes belongs to both programmes; Inès works there in the other one only."""
    world.other_programme.territories.add(world.valenciennes)
    make_role(world.caseworker, "caseworker", world.other_programme, territory=world.valenciennes)
    offered = {
        name: [words for _, words in reference_choices(who, world.programme)["territory"]]
        for name, who in [("caseworker", world.caseworker), ("manager", world.manager)]
    }
    assert offered == {"caseworker": ["Béthune-Bruay"], "manager": ["Béthune-Bruay", "Valenciennes"]}


def test_few_are_found_first_and_many_in_their_order(world, monkeypatch):
    """All show the same page and the same count; few are asked for by their numbers, many as they come where the
    beginning of the list fills a page."""
    monkeypatch.setattr("partaj.lists.COUNT_CAP", 2)
    everybody, by_name = Enrolment.objects.filter(programme=world.programme), ORDERS["nom"][0]
    few, *counted_few = few_or_many(everybody.filter(sex="F"), everybody, by_name)
    assert (set(few), counted_few) == ({world.lea, world.helene}, [2, False]) and "IN" in str(few.query)
    three = {world.lea, world.helene, world.karim}
    many, *counted_many = few_or_many(everybody, everybody, by_name)
    assert (set(many), counted_many) == (three, [2, True]) and many is everybody
    monkeypatch.setattr("partaj.lists.PAGE_SIZE", 1)
    walked, *counted_walked = few_or_many(everybody, everybody, by_name)
    assert (set(walked), counted_walked) == (three, [2, True]) and walked is not everybody
