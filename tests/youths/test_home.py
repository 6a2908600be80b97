"""Each role is received by its own home page; each figure opens the list that it counts, and nobody of next door."""

import datetime as dt
import re
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from beneficiaries.following import Said, note, plan
from beneficiaries.models import Enrolment, NextAction, Outcome, without_outcome
from partaj.accounts.models import Role, User
from partaj.programmes.models import FunnelStep, Programme
from reports.models import DeclaredFigure
from tests.days import today
from tests.world import make_role, make_user, make_youth

YOUTHS, TERRITORIES, DAY, GUEST = (f"beneficiaries/_home{name}.html" for name in ("", "_territories", "_day", "_guest"))
OFFICE, REPORTS = "accounts/_office.html", "reports/_home.html"


def panels(client):
    return dict(client.get("/").context["panels"])


def rows_at(client, url):
    """How many rows the list of this address shows."""
    answer = client.get(url)
    assert answer.status_code == 200 and not answer.context.get("not_understood")
    return len(answer.context["rows"])


def figures_of(place):
    return {each["label"]: each["count"] for each in place["figures"]}


@pytest.fixture
def crowd(world):
    """At Béthune, in TEST-1: of each kind that the home page counts, in different numbers; next door, one of each."""
    world.programme.territories.set([world.bethune, world.valenciennes])
    world.other_programme.territories.set([world.valenciennes])
    world.programme.silent_after_days = 20
    world.programme.save()
    for place, by, times in ((world.bethune, world.caseworker, 2), (world.valenciennes, world.neighbour, 1)):
        _some(world.programme, place, by, times)
    _some(world.other_programme, world.valenciennes, world.other_manager, 1)
    return world


def _some(programme, place, by, times):
    def youths(many, **fields):
        made = [make_youth(programme, place, **{"referent": by} | fields) for _ in range(many * times)]
        for each in made:
            if "exited_on" not in fields and not fields.get("silent"):
                note(enrolment=each, said=Said(today(-1), channel="call"), by=by)
        return made

    youths(1, contacted_on=today(-30), entered_on=None)  # new: the thirtieth day counts
    youths(1, contacted_on=today(-31), entered_on=None)  # no more
    youths(2, referent=None)
    for each in youths(3):
        plan(enrolment=each, what="Rappeler", due_on=today(), assignee=by)
    NextAction.objects.filter(enrolment__territory=place, enrolment__programme=programme).update(due_on=today(-2))
    for exited, noted in ((today(-9), False), (today(-8), True)):
        for each in youths(1, exited_on=exited):
            if noted:
                Outcome.objects.create(enrolment=each, kind="cdd", moment="exit", seen_on=today(-1), is_principal=True)


class TestCaseworker:
    def test_each_figure_is_the_number_of_rows_that_it_opens(self, crowd, sign_in):
        client = sign_in(crowd.caseworker)
        (line,) = panels(client)[YOUTHS]["programmes"]
        told = {name: line[name] for name in ("total", "new", "all_silent", "alone", "followed", "silent", "outcomes")}
        # Léa and Hélène, whom nobody follows, have never been called.
        assert told == {
            "total": "20", "new": "2", "all_silent": "2", "alone": "6", "followed": "10", "silent": "", "outcomes": "2",
        }  # fmt: skip
        assert {name: rows_at(client, line[f"{name}_url"]) for name in told if name != "total"} == {
            name: int(count or 0) for name, count in told.items() if name != "total"
        }
        assert rows_at(client, line["url"]) == 20
        text = client.get("/").content.decode()
        assert "2 premiers contacts depuis 30 jours" in text and "2 devenirs à noter" in text
        assert "Aucun des vôtres sans nouvelles depuis 20 jours." in text

    def test_nothing_of_next_door_is_counted(self, crowd, sign_in):
        before = panels(sign_in(crowd.caseworker))[YOUTHS]
        _some(crowd.programme, crowd.valenciennes, crowd.neighbour, 3)
        _some(crowd.other_programme, crowd.valenciennes, crowd.other_manager, 3)
        assert panels(sign_in(crowd.caseworker))[YOUTHS] == before

    def test_is_told_kindly_that_nobody_is_forgotten(self, world, sign_in):
        for path in (world.lea, world.helene):
            note(enrolment=path, said=Said(today(), channel="call"), by=world.caseworker)
        text = sign_in(world.caseworker).get("/").content.decode()
        assert "Aucun jeune sans nouvelles depuis 30 jours." in text
        assert "Aucun premier contact depuis 30 jours." in text

    def test_what_is_late_due_today_and_later_each_has_its_list(self, crowd, sign_in):
        for days in (0, 0, 3):
            plan(enrolment=crowd.lea, what=f"Appeler {days}", due_on=today(days), assignee=crowd.caseworker)
            NextAction.objects.filter(what=f"Appeler {days}").update(what="Appeler autrement")
        client = sign_in(crowd.caseworker)
        day = panels(client)[DAY]
        assert (day["overdue"], day["today"], day["later"]) == (6, 2, 1)
        links = re.findall(r'href="(/actions/\?quand=[\w-]+)"', client.get("/").content.decode())
        assert [len(client.get(url).context["actions"]) for url in links] == [6, 2, 1]
        assert len(client.get(reverse("beneficiaries:actions")).context["actions"]) == 9
        assert len(client.get("/actions/?quand=n’importe").context["actions"]) == 9

    def test_a_closed_programme_asks_for_nothing(self, crowd, sign_in):
        crowd.programme.closed_on = today()
        crowd.programme.save()
        client = sign_in(crowd.caseworker)
        assert not {YOUTHS, TERRITORIES, DAY} & panels(client).keys()
        assert client.get(reverse("beneficiaries:actions")).context["actions"] == []


class TestManager:
    def test_each_territory_has_its_line_and_each_figure_its_list(self, crowd, sign_in):
        client = sign_in(crowd.manager)
        (programme,) = panels(client)[TERRITORIES]["programmes"]
        assert {row["name"]: figures_of(row) for row in programme["rows"]} == {
            "Béthune-Bruay": {
                "En cours": 16, "Nouveaux": 2, "Sans référent": 6, "Sans nouvelles": 2, "Une action en retard": 6,
                "Devenir à noter": 2,
            },
            "Valenciennes": {
                "En cours": 8, "Nouveaux": 1, "Sans référent": 3, "Sans nouvelles": 1, "Une action en retard": 3,
                "Devenir à noter": 1,
            },
        }  # fmt: skip
        for row in programme["rows"]:
            for figure in row["figures"]:
                assert rows_at(client, figure["url"]) == figure["count"], (row["name"], figure["label"])

    def test_only_who_answers_for_a_programme_sees_it_and_of_it_alone(self, crowd, sign_in):
        found = {}
        for name, user in crowd.cast.items():
            panel = panels(sign_in(user)).get(TERRITORIES)
            found[name] = panel and [(each["label"], len(each["rows"])) for each in panel["programmes"]]
        here, there = (str(crowd.programme), 2), (str(crowd.other_programme), 1)
        assert found == dict.fromkeys(crowd.cast) | {
            "administrator": [here, there], "manager": [here], "other_manager": [there],
        }  # fmt: skip

    def test_it_is_one_query_however_many_territories_and_youths(self, crowd, sign_in, rf):
        from beneficiaries.by_territory import territories_panel

        counted = []
        for _ in range(2):
            request = rf.get("/")
            request.user = User.objects.get(pk=crowd.administrator.pk)
            assert request.user.reach.everything
            programmes = list(Programme.objects.all())
            with CaptureQueriesContext(connection) as queries:
                territories_panel(request, programmes)
            counted.append(len(queries))
            crowd.other_programme.territories.add(crowd.bethune)
            _some(crowd.other_programme, crowd.bethune, crowd.other_manager, 2)
        assert counted == [1, 1]

    def test_a_count_goes_no_further_than_a_list(self, crowd, sign_in, monkeypatch):
        monkeypatch.setattr("beneficiaries.waiting.COUNT_CAP", 3)
        text = sign_in(crowd.manager).get("/").content.decode()
        assert "plus de 3<" in text


class TestReaders:
    @pytest.mark.parametrize("name", ["evaluator", "funder"])
    def test_find_their_tables_and_how_far_they_have_come_without_one_count(self, crowd, sign_in, name):
        figure = {"report": "annexe-1", "row": "youths", "column": "total", "text": "12"}
        late = dt.datetime(2026, 3, 2, 23, 30, tzinfo=dt.UTC)  # the third, in Paris
        DeclaredFigure.objects.create(programme=crowd.programme, declared_at=late, **figure)
        DeclaredFigure.objects.create(programme=crowd.other_programme, **figure)
        client = sign_in(crowd.cast[name])
        found = panels(client)
        assert found.keys() == {REPORTS}
        (programme,) = found[REPORTS]["programmes"]
        assert programme["label"] == str(crowd.programme)
        text = client.get("/").content.decode()
        assert "Dernier chiffre déclaré à la main le 03/03/2026." in text
        assert "En cours\u00a0: les tableaux sont ceux d’aujourd’hui." in text
        for each in programme["reports"]:
            assert client.get(each["url"]).status_code == 200
        section = text.partition('id="accueil-restitution"')[2].partition("</section>")[0]
        words = re.sub(r"<[^>]*>|TEST-1|Annexe 1", "", section.replace("03/03/2026", ""))
        assert not re.search(r"\d", words), words
        crowd.programme.closed_on = dt.date(2026, 6, 30)
        crowd.programme.save()
        assert "Clos le 30/06/2026\u00a0: les tableaux sont ceux de la fin." in client.get("/").content.decode()

    def test_who_reads_names_has_it_not_twice(self, crowd, sign_in):
        for name in ("administrator", "manager", "caseworker", "tutor", "member"):
            assert REPORTS not in panels(sign_in(crowd.cast[name]))

    def test_a_funder_elsewhere_who_manages_here_reads_both(self, crowd, sign_in):
        make_role(crowd.manager, "funder", crowd.other_programme)
        found = panels(sign_in(crowd.manager))
        assert [each["label"] for each in found[REPORTS]["programmes"]] == [str(crowd.other_programme)]
        assert [each["label"] for each in found[TERRITORIES]["programmes"]] == [str(crowd.programme)]


class TestGuests:
    @pytest.mark.parametrize("name", ["tutor", "member"])
    def test_find_the_files_open_to_them_and_nothing_to_run(self, crowd, sign_in, name):
        found = panels(sign_in(crowd.cast[name]))
        assert found.keys() == {GUEST}
        assert [row["name"] for row in found[GUEST]["youths"]] == ["Le Goff Hélène"]


class TestAdministrator:
    def test_accounts_that_see_nothing_or_that_nobody_entered_open_their_lists(self, crowd, sign_in):
        ended = make_user("Rémi")
        make_role(ended, "tutor", crowd.programme, ends_on=dt.date(2020, 2, 1))
        coming = make_user("Aude")
        make_role(coming, "tutor", crowd.programme, starts_on=today(3))
        make_user("Suzanne", is_active=False)
        client = sign_in(crowd.administrator)
        waiting = {each["words"]: each["url"] for each in panels(client)[OFFICE]["accounts"]}
        assert list(waiting) == ["3\u00a0comptes sans rôle en cours", "11\u00a0comptes où personne n’est encore entré"]
        found = [{str(row) for row in client.get(url).context["page"].rows} for url in waiting.values()]
        assert found[0] == {"Solal", "Rémi", "Aude"}
        assert len(found[1]) == 11 and "Alice" not in found[1] and "Suzanne" not in found[1]

    def test_a_programme_that_lacks_something_says_what(self, crowd, sign_in):
        FunnelStep.objects.create(programme=crowd.other_programme, position=0, code="contact", label="Contacté")
        bare = Programme.objects.create(number="TEST-3", title="Sans rien")
        Role.objects.filter(user=crowd.other_manager).update(ends_on=today(-1))
        done = Programme.objects.create(number="TEST-0", title="Ancien", closed_on=today(-400))
        client = sign_in(crowd.administrator)
        found = {each["label"]: each["lacks"] for each in panels(client)[OFFICE]["programmes"]}
        assert found == {
            str(crowd.other_programme): ["aucun responsable en exercice"],
            str(bare): ["aucun responsable en exercice", "aucun territoire", "aucune étape"],
        }
        assert str(done) not in found
        assert "aucun territoire, aucune étape" in client.get("/").content.decode()

    def test_it_is_nobody_elses_affair(self, crowd, sign_in):
        for name, user in crowd.cast.items():
            assert (OFFICE in panels(sign_in(user))) == (name == "administrator")


# How many queries each home page takes, with the session, the account, its roles and the journal.
QUERIES = {"administrator": 21, "manager": 18, "caseworker": 13, "tutor": 8, "evaluator": 6, "stranger": 4}


@pytest.mark.parametrize("name", QUERIES)
def test_as_many_queries_for_a_crowd_as_for_a_few(crowd, sign_in, name):
    client, counted = sign_in(crowd.cast[name]), []
    client.get("/")
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get("/")
        counted.append(len(queries))
        for place in (crowd.bethune, crowd.valenciennes):
            _some(crowd.programme, place, crowd.caseworker, 3)
    assert counted == [QUERIES[name]] * 2


def test_every_figure_of_every_home_opens_a_list_of_as_many_rows(crowd, sign_in):
    """Whoever reads it: what stands in the page itself, rather than in its context."""
    for name in ("administrator", "manager", "other_manager", "caseworker", "neighbour"):
        client = sign_in(crowd.cast[name])
        text = client.get("/").content.decode()
        links = re.findall(r'<a[^>]*href="(/p/[^"]*/jeunes/\?[^"]*)"[^>]*>(.*?)</a>', text, re.DOTALL)
        counted = [
            (url.replace("&amp;", "&"), re.match(r"\D*(\d+)", re.sub(r"<[^>]*>", "", words))) for url, words in links
        ]
        assert len([each for each in counted if each[1]]) > 4
        for url, count in counted:
            if count:  # a territory's name has none
                assert rows_at(client, url) == int(count[1]), (name, urlsplit(url).query)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="two rows: PostgreSQL reads the table whatever its indexes")
def test_who_left_is_found_by_who_followed_them_among_thousands(world):
    mine = Enrolment.objects.filter(programme=world.programme, territory=world.bethune, referent=world.caseworker)
    assert "enrolment_gone" in without_outcome(mine, "exit", today()).explain()
    assert "enrolment_under_way" in mine.under_way().explain()
