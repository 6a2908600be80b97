"""The journal read by those who answer: by period, person, act, programme, page; and of one file."""

import csv
import datetime as dt
import io
from pathlib import Path
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection, transaction
from django.test import RequestFactory
from django.urls import reverse

from beneficiaries.batches.journal import WORKER
from partaj.accounts import unused
from partaj.accounts.journal.models import JournalIsKept
from partaj.accounts.journal.pages import COMMANDS, PAGES, page_in_words
from partaj.accounts.journal.trace import Trace, following
from partaj.accounts.management import commands
from partaj.accounts.models import JournalEntry
from partaj.accounts.reach import Reach
from tests.access.pages import named_pages
from tests.journal.test_trace import file_url

NBSP = "\u00a0"


def acts(answer) -> list[str]:
    return [f"{line.who} : {line.act}".replace(NBSP, " ") for line in answer.context["lines"]]


def read(client, name="accounts:journal", args=(), **asked):
    return client.get(reverse(name, args=args), asked)


def of_file(client, enrolment, name="beneficiaries:consultations"):
    return read(client, name, [enrolment.programme.number, enrolment.pk])


def table_of(answer) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:]), delimiter=";"))


def test_every_page_of_the_site_has_its_words():
    assert sorted(named_pages() - PAGES.keys()) == []
    assert page_in_words("admin:index") == "Administration technique"


def test_every_command_that_writes_has_its_words():
    folder = Path(commands.__file__).parent
    writers = {path.stem for path in folder.glob("*.py") if "JournalEntry(" in path.read_text()}
    assert writers | {unused.COMMAND, WORKER} == COMMANDS.keys()


def test_no_words_are_kept_of_a_page_that_has_gone():
    # Where no passkey may sign in, its page does not exist.
    assert sorted(PAGES.keys() - named_pages() - {"mfa_login_webauthn"}) == []


class TestLines:
    def test_each_act_is_a_sentence_with_the_time_of_paris(self, world, sign_in):
        with time_machine.travel("2026-11-21T13:02:07Z", tick=False):
            sign_in(world.caseworker).get(file_url(world.lea), REMOTE_ADDR="192.0.2.7")
        with time_machine.travel("2026-11-21T15:00:00Z", tick=False):
            answer = read(sign_in(world.administrator))
        (line,) = answer.context["lines"]
        assert (line.who, line.roles, line.page) == (str(world.caseworker), "chargé de mission", "Dossier")
        assert line.act == f"a ouvert le dossier n°{NBSP}{world.lea.pk}"
        assert (line.when, line.programme, line.address) == ("21/11/2026 14:02:07", "TEST-1", "192.0.2.7")
        assert "heure de Paris" in answer.text

    def test_what_was_listed_searched_refused_or_changed(self, world, sign_in):
        client = sign_in(world.caseworker)
        client.get(reverse("beneficiaries:list", args=["TEST-1"]))
        client.get(reverse("beneficiaries:search"), {"q": "le goff"})
        client.get(file_url(world.karim))
        client.post(
            reverse("beneficiaries:enter_step", args=["TEST-1", world.lea.pk]),
            {"step": world.steps["contact"].pk, "entered_on": "2025-02-01"},
        )
        said = acts(read(sign_in(world.administrator)))
        who = str(world.caseworker)
        assert f"{who} : a vu une liste (2 dossiers)" in said
        assert f"{who} : a fait une recherche (1 dossier)" in said
        refused = f"s’est vu refuser la page « Dossier » du dossier n° {world.karim.pk}"
        assert f"{who} : {refused} (hors de son périmètre, ou inexistant)" in said
        assert any(each.startswith(f"{who} : a créé : passage") and "du dossier" in each for each in said)

    def test_an_attempt_at_the_door_names_the_account_aimed_at_and_nobody_else(self, world, client, sign_in):
        client.post(reverse("account_login"), {"login": world.manager.email, "password": "pas celui-là du tout"})
        client.post(reverse("account_login"), {"login": "rien@partaj.example", "password": "pas celui-là du tout"})
        assert acts(read(sign_in(world.administrator))) == [
            "personne de connecté : essai refusé sans compte connu",
            f"personne de connecté : essai refusé sur le compte de {world.manager}",
        ]

    def test_a_wrong_code_upon_ones_own_account_does_not_pass_for_a_stranger(self, world, sign_in):
        wrong = JournalEntry(
            kind=JournalEntry.Kind.SIGN_IN_FAILED, actor=world.manager, subject=f"accounts.user:{world.manager.pk}",
            page="mfa_reauthenticate", detail="second facteur à confirmer",
        )  # fmt: skip
        JournalEntry.objects.write([wrong])
        assert acts(read(sign_in(world.administrator))) == [
            f"{world.manager} : essai refusé sur son propre compte (second facteur à confirmer)"
        ]

    def test_somebody_who_has_gone_keeps_a_number(self, world, sign_in):
        sign_in(world.stranger).get(file_url(world.lea))
        gone = world.stranger.pk
        world.stranger.delete()
        (line,) = read(sign_in(world.administrator)).context["lines"]
        assert line.who == f"compte n°{NBSP}{gone}, supprimé"

    def test_every_kind_of_row_has_its_sentence(self, world, sign_in):
        JournalEntry.objects.write(
            [JournalEntry(kind=kind, page="home", detail="x") for kind in JournalEntry.Kind.values]
        )
        said = acts(read(sign_in(world.administrator)))
        assert len(set(said)) == len(JournalEntry.Kind.values)


class TestFilters:
    @pytest.fixture
    def written(self, world, sign_in):
        """A week ago somebody opened a file; today another searched and opened one."""
        with time_machine.travel(dt.datetime.now(dt.UTC) - dt.timedelta(days=8)):
            sign_in(world.caseworker).get(file_url(world.lea))
        neighbour = sign_in(world.neighbour)
        neighbour.get(file_url(world.karim))
        neighbour.get(reverse("beneficiaries:search"), {"q": "karim"})
        sign_in(world.other_manager).get(file_url(world.foreigner))

    def kinds(self, answer):
        return [(line.who, line.page) for line in answer.context["lines"]]

    def test_the_last_seven_days_unless_told_otherwise(self, world, sign_in, written):
        client = sign_in(world.administrator)
        assert str(world.caseworker) not in [who for who, _ in self.kinds(read(client))]
        since = (dt.date.today() - dt.timedelta(days=30)).isoformat()
        assert (str(world.caseworker), "Dossier") in self.kinds(read(client, du=since))

    def test_by_name_by_account_by_act_by_page_and_by_programme(self, world, sign_in, written):
        client, paul = sign_in(world.administrator), str(world.neighbour)
        assert self.kinds(read(client, q="paul")) == [(paul, "Recherche"), (paul, "Dossier")]
        assert self.kinds(read(client, compte=world.neighbour.pk, kind="read")) == [(paul, "Dossier")]
        assert self.kinds(read(client, page="beneficiaries:search")) == [(paul, "Recherche")]
        elsewhere = read(client, programme=world.other_programme.pk)
        assert self.kinds(elsewhere) == [(str(world.other_manager), "Dossier")]
        assert acts(read(client, q="personne de ce nom")) == []

    def test_what_is_not_understood_shows_nothing_and_is_said(self, world, sign_in, written):
        client = sign_in(world.administrator)
        for asked, words in [
            ({"du": "hier"}, "ce n’est pas une date"), ({"au": "9999-12-31"}, "hors du possible"),
            ({"du": "2026-02-01", "au": "2026-01-01"}, "échangez-les"), ({"kind": "tout"}, "tout"),
            ({"compte": "10" * 30}, "Compte"), ({"programme": "RIEN"}, "Programme"),
        ]:  # fmt: skip
            answer = read(client, **asked)
            assert words in answer.text
            assert (answer.status_code, answer.context["lines"]) == (200, [])
            assert read(client, "accounts:journal_export", **asked).status_code == 400

    def test_pages_follow_one_another(self, world, sign_in):
        JournalEntry.objects.write([JournalEntry(kind="signed_in", page="account_login") for _ in range(120)])
        client = sign_in(world.administrator)
        first = read(client, kind="signed_in")
        second = client.get(f"{reverse('accounts:journal')}?{first.context['page'].next_query}")
        numbers = [line.number for answer in (first, second) for line in answer.context["lines"]]
        assert numbers == sorted(numbers, reverse=True)
        assert len(set(numbers)) == 100
        back = client.get(f"{reverse('accounts:journal')}?{second.context['page'].previous_query}")
        assert [line.number for line in back.context["lines"]] == numbers[:50]

    def test_as_many_queries_for_sixty_rows_as_for_two(self, world, sign_in, django_assert_num_queries):
        client = sign_in(world.administrator)
        read(client)
        for more in (1, 60):
            JournalEntry.objects.write(
                [
                    JournalEntry(kind="read", page="home", enrolment_id=each, actor_id=each, programme_id=each)
                    for each in range(1, more + 1)
                ]
            )
            with django_assert_num_queries(10):
                read(client)


class TestWhoReads:
    def test_managers_read_what_was_done_in_their_programmes(self, world, sign_in):
        sign_in(world.caseworker).get(file_url(world.lea))
        sign_in(world.other_manager).get(file_url(world.foreigner))
        sign_in(world.administrator).get(reverse("accounts:list"))
        assert acts(read(sign_in(world.manager))) == [f"{world.caseworker} : a ouvert le dossier n° {world.lea.pk}"]

    @pytest.mark.parametrize("who", ["caseworker", "neighbour", "tutor", "member", "evaluator", "funder", "stranger"])
    def test_nobody_else_reads_it(self, world, sign_in, who):
        client = sign_in(world.cast[who])
        assert {read(client).status_code, read(client, "accounts:journal_export").status_code} == {404}

    def test_an_account_out_of_scope_is_not_named(self, world, sign_in):
        answer = read(sign_in(world.manager), compte=world.other_manager.pk)
        assert answer.context["account"] is None
        assert str(world.other_manager) not in answer.text

    def test_reading_leaves_its_own_line_without_the_name_typed(self, world, sign_in):
        client = sign_in(world.administrator)
        read(client, q="Lefort", kind="read", compte=world.caseworker.pk)
        table_of(read(client, "accounts:journal_export", q="Lefort"))
        of_file(client, world.lea)
        page, export, file = JournalEntry.objects.filter(kind="journal").order_by("number")
        assert page.detail.startswith("page, du ")
        assert page.detail.endswith(f", {world.caseworker.pk}, par nom, consultation")
        assert page.subject == f"accounts.user:{world.caseworker.pk}"
        assert export.detail.startswith("export CSV, du ")
        assert "Lefort" not in page.detail + export.detail
        assert (file.enrolment_id, file.programme) == (world.lea.pk, world.programme)

    def test_nobody_changes_it(self, world, sign_in):
        client = sign_in(world.administrator)
        for address in [reverse("accounts:journal"), reverse("accounts:journal_export")]:
            assert [getattr(client, send)(address).status_code for send in ("post", "put", "delete")] == [405] * 3
        client.get(file_url(world.lea))
        entry = JournalEntry.objects.get(kind="read")
        rows = JournalEntry.objects.filter(pk=entry.pk)
        for attempt in (entry.save, entry.delete, rows.delete, lambda: rows.update(page=""),
                        lambda: JournalEntry.objects.create(kind="read")):  # fmt: skip
            with pytest.raises(JournalIsKept, match="ne se modifie pas"):
                attempt()
        assert JournalEntry.objects.filter(pk=entry.pk, page="beneficiaries:detail").exists()


class TestOneFile:
    @pytest.fixture
    def visits(self, world, sign_in):
        caseworker = sign_in(world.caseworker)
        caseworker.get(file_url(world.lea))
        caseworker.get(reverse("beneficiaries:list", args=["TEST-1"]))
        caseworker.get(reverse("beneficiaries:search"), {"q": "moreau"})
        b"".join(caseworker.get(reverse("beneficiaries:export", args=["TEST-1", "csv"])).streaming_content)
        caseworker.get(reverse("beneficiaries:search"), {"q": "le goff"})
        sign_in(world.neighbour).get(file_url(world.lea))
        sign_in(world.other_manager).get(file_url(world.lea))

    def test_openings_lists_searches_exports_and_refusals_of_it_alone(self, world, sign_in, visits):
        ines, denied = (
            str(world.caseworker),
            "s’est vu refuser la page « Dossier » (hors de son périmètre, ou inexistant)",
        )
        assert acts(of_file(sign_in(world.manager), world.lea)) == [
            f"{world.other_manager} : {denied}",
            f"{world.neighbour} : {denied}",
            f"{ines} : a exporté ce dossier",
            f"{ines} : a trouvé ce dossier par une recherche",
            f"{ines} : a vu ce dossier dans une liste",
            f"{ines} : a ouvert ce dossier",
        ]

    def test_a_number_within_another_is_not_it(self, world, sign_in):
        lea = world.lea.pk
        JournalEntry.objects.write(
            [JournalEntry(kind="listed", page="home", shown=f" {lea}7 7{lea} ", detail="2 dossiers")]
        )
        assert acts(of_file(sign_in(world.manager), world.lea)) == []

    def test_changes_of_the_path_and_of_the_person(self, world, sign_in):
        person, request = world.lea.beneficiary, RequestFactory().post("/")
        request.user = world.caseworker
        with transaction.atomic(), following(Trace(request)):
            person.city = "Béthune"
            person.save()
            world.lea.entered_on = dt.date(2025, 2, 4)
            world.lea.save()
        said = acts(of_file(sign_in(world.manager), world.lea))
        assert said == [
            f"{world.caseworker} : a modifié : dossier n° {world.lea.pk}",
            f"{world.caseworker} : a modifié : personne n° {person.pk}",
        ]

    def test_the_file_tells_of_no_other_and_of_no_count(self, world, sign_in, visits):
        answer = of_file(sign_in(world.manager), world.lea, "beneficiaries:consultations_export")
        rows = table_of(answer)
        assert {row["Dossiers montrés"] for row in rows} == {"", None}
        assert not [row for row in rows if "dossiers" in (row["Fait"] or "")]

    @pytest.mark.parametrize(
        ("who", "status"),
        [("administrator", 200), ("manager", 200), ("caseworker", 403), ("tutor", 404), ("other_manager", 404)],
    )
    def test_only_those_who_answer_for_the_programme_read_it(self, world, sign_in, who, status):
        client = sign_in(world.cast[who])
        assert of_file(client, world.lea).status_code == status
        assert of_file(client, world.lea, "beneficiaries:consultations_export").status_code == status

    def test_the_way_there_stands_in_the_file_for_them_alone(self, world, sign_in):
        way = reverse("beneficiaries:consultations", args=["TEST-1", world.lea.pk])
        assert way in sign_in(world.manager).get(file_url(world.lea)).text
        assert way not in sign_in(world.caseworker).get(file_url(world.lea)).text

    def test_a_search_of_theirs_is_told_to_those_who_answer_wherever_it_was_made(self, world, sign_in):
        sign_in(world.administrator).get(reverse("beneficiaries:search"), {"q": "moreau"})
        manager = sign_in(world.manager)
        assert acts(of_file(manager, world.lea)) == [f"{world.administrator} : a trouvé ce dossier par une recherche"]
        assert [line.page for line in read(manager).context["lines"]] == ["Qui a consulté ce dossier"]


class TestExport:
    def test_it_carries_who_and_when_and_runs_no_formula(self, world, sign_in):
        world.caseworker.first_name = "=2+5"
        world.caseworker.save()
        sign_in(world.caseworker).get(file_url(world.lea), REMOTE_ADDR="192.0.2.7")
        rows = table_of(read(sign_in(world.administrator), "accounts:journal_export"))
        assert (rows[0]["Qui"], rows[0]["Adresse IP"], rows[0]["Dossier"]) == ("'=2+5", "192.0.2.7", str(world.lea.pk))
        assert rows[0]["Quand (UTC)"].endswith("Z")
        said = {row["Ligne"]: row["Quand (UTC)"] for row in rows[1:]}
        assert said["Exporté par"] == str(world.administrator)
        assert "(heure de Paris)" in said["Le"]
        assert said["Périmètre"] == "tout PARTAJ"

    def test_a_manager_exports_what_the_page_shows(self, world, sign_in):
        sign_in(world.caseworker).get(file_url(world.lea))
        sign_in(world.other_manager).get(file_url(world.foreigner))
        rows = table_of(read(sign_in(world.manager), "accounts:journal_export"))
        assert [row["Dossier"] for row in rows if row["Fait"]] == [str(world.lea.pk)]


@pytest.mark.django_db
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="the index is PostgreSQL's")
def test_the_rows_that_showed_a_file_are_found_by_their_index():
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_journalentry (number, at, roles, kind, page, subject, shown, detail, address, digest)"
            " SELECT n, now(), '', 'listed', 'beneficiaries:list', '', ' ' || array_to_string(array("
            "  SELECT n * 50 + each FROM generate_series(0, 49) each), ' ') || ' ', '', '', ''"
            " FROM generate_series(0, 9999) n"
        )
        cursor.execute("SELECT gin_clean_pending_list('journal_shown')")  # what autovacuum does
        cursor.execute("ANALYZE accounts_journalentry")
    rows = JournalEntry.objects.that_showed(4012)
    assert [row.number for row in rows] == [80]
    assert "journal_shown" in rows.explain()
    enrolment = SimpleNamespace(pk=4012, programme_id=1)
    reader = SimpleNamespace(is_active=True, reach=Reach(managed=frozenset({1})))
    plan = JournalEntry.objects.about_file(reader, enrolment).order_by("-number")[:51].explain()
    assert "journal_shown" in plan
    assert "journal_by_file" in plan
    assert "Seq Scan" not in plan
