"""The columns that a reader chooses: on the page, in the files, and what each of them says."""

import datetime as dt
import io

import openpyxl
import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from beneficiaries import columns
from beneficiaries.following import Said, note
from beneficiaries.models import Contract, Enrolment, NextAction, Notice, Obstacle, Outcome
from partaj.formats import french_date
from tests.days import today
from tests.test_beneficiaries_list import as_csv
from tests.world import make_youth

LIST = reverse("beneficiaries:list", args=["TEST-1"])
CSV = reverse("beneficiaries:export", args=["TEST-1", "csv"])
XLSX = reverse("beneficiaries:export", args=["TEST-1", "xlsx"])


def headings(answer):
    """What stands above the columns, but for the box to tick."""
    head = answer.content.decode().split("<thead>")[1].split("</thead>")[0]
    return [each.split("</th>")[0] for each in head.split('<th scope="col">')[1:]]


def line_of(answer, name):
    """The words of a line, by heading."""
    row = next(row for row in answer.context["rows"] if row["name"] == name)
    found = {}
    for cell in str(row["cells"]).split('<td data-label="')[1:]:
        label, _, rest = cell.partition('"')
        words = rest[rest.index(">") + 1 :].replace("</td>", "").replace("</span>", "")
        found[label] = words.rpartition(">")[2].replace("&#x27;", "'")
    return found


@pytest.fixture
def known(world):
    """Léa, of whom everything is noted; Hélène, of whom nothing is."""
    person = world.lea.beneficiary
    person.phone, person.email, person.city = "06 12 34 56 78", "lea@exemple.fr", "Béthune"
    person.save()
    Enrolment.objects.filter(pk=world.lea.pk).update(followed_by_mission_locale=True)
    for day, result in [(5, "no_answer"), (9, "appointment"), (7, "wrong")]:
        note(enrolment=world.lea, said=Said(dt.date(2025, 3, day), channel="call", result=result), by=world.caseworker)
    for what, due, done in [("Plus tard", today(7) + dt.timedelta(days=9), None), ("Bilan", today(7), None),
                            ("Faite", today(), today())]:  # fmt: skip
        NextAction.objects.create(enrolment=world.lea, what=what, due_on=due, done_on=done)
    for kind, solved in [("health", None), ("mobility", None), ("money", dt.date(2025, 4, 1))]:
        Obstacle.objects.create(enrolment=world.lea, kind=kind, opened_on=dt.date(2025, 3, 1), solved_on=solved)
    for employer, ends in [("Ancien", dt.date(2025, 3, 1)), ("Garage Roux", today(7))]:
        Contract.objects.create(
            enrolment=world.lea, contract_type="cdd", employer=employer, starts_on=dt.date(2025, 2, 1), ends_on=ends
        )
    Outcome.objects.create(enrolment=world.lea, kind="cdi", moment="exit", seen_on=dt.date(2025, 5, 1))
    Outcome.objects.create(enrolment=world.lea, kind="none", moment="six", seen_on=dt.date(2025, 11, 1))
    Notice.objects.create(enrolment=world.lea, how="oral", given_on=dt.date(2025, 2, 4))
    return world


WANTED = "telephone courriel commune dernier action freins contrat devenir situation niveau mission-locale information"


class TestOnThePage:
    def test_those_of_always_are_there_unless_one_asks(self, world, sign_in):
        usual = ["Nom", "Âge", "Territoire", "Référent", "Premier contact", "Entrée", "Étape", "État"]
        client = sign_in(world.caseworker)
        assert headings(client.get(LIST)) == usual
        assert headings(client.get(LIST, {"col": ["handicap", "ine", "inconnue", "<b>"]})) == usual
        assert "Colonnes habituelles" not in client.get(LIST).content.decode()

    def test_are_chosen_in_the_address_and_stand_in_their_own_order(self, world, sign_in):
        answer = sign_in(world.caseworker).get(LIST, {"col": ["etat", "telephone", "age", "inconnue"]})
        assert headings(answer) == ["Nom", "Âge", "Téléphone", "État"]
        assert "Colonnes habituelles" in answer.content.decode()
        assert headings(sign_in(world.caseworker).get(LIST, {"col": "nom"})) == ["Nom"]

    def test_say_what_is_known_of_each(self, known, sign_in):
        answer = sign_in(known.caseworker).get(LIST, {"col": WANTED.split()})
        assert line_of(answer, "Moreau Léa") == {
            "Téléphone": "06 12 34 56 78", "Courriel": "lea@exemple.fr", "Commune": "Béthune",
            "Dernier contact": "09/03/2025\u00a0: rendez-vous pris",
            "Prochaine action": f"Bilan, pour le {french_date(today(7))}", "Freins ouverts": "2",
            "Contrat en cours": f"CDD, Garage Roux, jusqu’au {french_date(today(7))}",
            "Dernier devenir": "sans solution six mois après", "Situation à l’entrée": "Demandeurs d'emploi",
            "Niveau de formation": "V bis (sortie avant la fin du CAP ou BEP)", "Mission locale": "oui",
            "Information sur les données": "remise le 04/02/2025",
        }  # fmt: skip
        empty = line_of(answer, "Le Goff Hélène")
        assert {label for label, words in empty.items() if words == "—"} == {
            "Téléphone", "Courriel", "Commune", "Dernier contact", "Prochaine action", "Freins ouverts",
            "Contrat en cours", "Dernier devenir", "Mission locale",
        }  # fmt: skip
        assert empty["Information sur les données"] == "non remise"
        assert "santé" not in str(answer.context["rows"])

    def test_follow_from_page_to_page_and_from_filter_to_filter(self, world, sign_in):
        for _ in range(60):
            make_youth(world.programme, world.bethune)
        client = sign_in(world.caseworker)
        answer = client.get(LIST, {"col": ["nom", "age"], "f-sex": ""})
        assert "col=age" in answer.context["page"].next_query and "f-sex" not in answer.context["page"].next_query
        assert headings(client.get(f"{LIST}?{answer.context['page'].next_query}")) == ["Nom", "Âge"]
        swapped = client.get(f"{LIST}?f-name=lea&col=nom&col=age", headers={"HX-Request": "true"})
        assert swapped.headers["HX-Replace-Url"] == f"{LIST}?f-name=lea&col=age"
        usual = client.get(LIST, {"col": ["nom", *(column.key for column in columns.USUAL)]})
        assert usual.context["query"] == "" and not usual.context["chosen"]

    def test_ask_no_more_for_many_rows_and_nothing_for_what_is_not_shown(self, world, sign_in):
        client = sign_in(world.caseworker)

        def queries(**asked):
            with CaptureQueriesContext(connection) as made:
                client.get(LIST, asked)
            return [each["sql"] for each in made.captured_queries]

        before = len(queries(col=WANTED.split()))
        assert len(queries()) == before
        for _ in range(30):
            make_youth(world.programme, world.bethune)
        assert len(queries(col=WANTED.split())) == before
        (alone,) = [sql for sql in queries(col="nom") if "usage_name" in sql]
        assert alone.count("JOIN") == 1 and alone.count("SELECT") == 1  # the person, for their name

    def test_of_nobody_next_door_are_shown(self, known, sign_in):
        answer = sign_in(known.neighbour).get(LIST, {"col": WANTED.split()})
        assert [row["name"] for row in answer.context["rows"]] == ["Benali Karim"]
        assert "Garage Roux" not in answer.content.decode()


class TestInFiles:
    def test_the_file_of_always_is_whole_as_before(self, world, sign_in):
        (first, *rows) = as_csv(sign_in(world.caseworker).get(CSV))
        assert first == [
            "Dossier", "Nom de naissance", "Nom d’usage", "Prénom", "Date de naissance", "Sexe", "INE", "Téléphone",
            "Courriel", "Adresse", "Code postal", "Commune", "Public", "Qualité de l’adulte",
            "Précision sur la qualité", "Territoire", "Prénom du référent", "Nom du référent", "Repéré par",
            "Premier contact", "Entrée", "Sortie", "Départ", "Motif du départ", "Étape atteinte", "Âge à l’entrée",
            "Situation à l’entrée", "Précision sur la situation", "Niveau de formation", "Diplôme détenu",
            "Mission locale", "Quartier prioritaire", "Situation de handicap",
        ]  # fmt: skip
        assert rows[0][3:6] == ["Hélène", "17/05/2008", "féminin"]

    def test_both_are_offered_once_columns_are_chosen(self, world, sign_in):
        page = sign_in(world.caseworker).get(LIST, {"col": "age", "f-sex": "F"}).content.decode()
        for query in ("f-sex=F&amp;col=age", "f-sex=F"):
            assert f'href="{CSV}?{query}"' in page and f'href="{XLSX}?{query}"' in page

    def test_hold_what_was_chosen_beside_the_name(self, known, sign_in):
        client = sign_in(known.caseworker)
        first, helene, lea, *_ = as_csv(client.get(CSV, {"col": ["naissance", "age", "dernier", "freins", "contrat"]}))
        assert first[4:] == [
            "Date de naissance", "Âge", "Dernier contact", "Résultat du dernier contact", "Freins ouverts",
            "Contrat en cours", "Employeur", "Fin du contrat",
        ]  # fmt: skip
        age = str(known.lea.beneficiary.age_today)
        assert lea[1:] == [
            "Moreau", "", "Léa", "17/05/2008", age, "09/03/2025", "rendez-vous pris", "2", "CDD", "Garage Roux",
            french_date(today(7)),
        ]  # fmt: skip
        assert helene[3:] == ["Hélène", "17/05/2008", age, "", "", "0", "", "", ""]

    def test_keep_dates_and_numbers_of_their_own_type_in_a_workbook(self, known, sign_in):
        answer = sign_in(known.caseworker).get(XLSX, {"col": ["age", "action"]})
        book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
        lea = next(row for row in book["Jeunes"].iter_rows(values_only=True) if row[3] == "Léa")
        due = dt.datetime.combine(today(7), dt.time())
        assert lea[4:] == (known.lea.beneficiary.age_today, "Bilan", due)

    def test_of_columns_kept_for_the_whole_file_are_not_chosen(self, world, sign_in):
        first = as_csv(sign_in(world.caseworker).get(CSV, {"col": ["handicap", "age"]}))[0]
        assert first == ["Dossier", "Nom de naissance", "Nom d’usage", "Prénom", "Âge"]


def test_each_column_has_a_key_of_its_own_and_says_what_it_reads(world):
    assert len(columns.BY_KEY) == len(columns.COLUMNS) + 1
    everything = columns.read(Enrolment.objects.all(), columns.OFFERED).get(pk=world.lea.pk)
    assert all(isinstance(column.says(everything, today()), str) for column in columns.OFFERED)
    assert columns.columns_of(QueryDict("col=etape&col=age")) == columns.of("age etape")
