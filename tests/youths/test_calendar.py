"""One's due dates in one's own agenda: by a secret address, without a name, and only what one sees today."""

import datetime as dt
import re

import icalendar
import pytest
import time_machine
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from beneficiaries.contracts import note_contract
from beneficiaries.following import plan, settle
from beneficiaries.models import Contract, Gathering, NextAction
from cellules.models import Cell, Session
from partaj.accounts import throttling
from partaj.accounts.calendars.services import renew, withdraw
from partaj.accounts.models import CalendarKey, JournalEntry
from partaj.accounts.services import end_role, restore_account, suspend_account
from tests.days import today
from tests.door.hands import confirm, give_application, give_password
from tests.world import PASSWORD, make_role, make_youth

PAGE, NEW, WITHDRAW = (reverse(f"accounts:{name}") for name in ("calendar", "new_calendar", "withdraw_calendar"))


def promised(path, days=2, by=None, what="Rappeler la mère de Léa Moreau"):
    return plan(enrolment=path, what=what, due_on=today(days), assignee=by)


def at(secret):
    return reverse("beneficiaries:calendar", args=[secret])


def read(secret):
    """What an agenda, which never signed in, reads there."""
    return Client().get(at(secret))


def told(answer):
    """(day, words), in their order."""
    assert answer.status_code == 200
    calendar = icalendar.Calendar.from_ical(answer.content)
    return [(event.decoded("dtstart"), str(event["summary"]).replace("\u00a0", " ")) for event in calendar.events]


def about(path, label, initials):
    return f"{label} · {initials} · dossier n° {path.pk}"


@pytest.fixture
def lea(world):
    """Followed by the caseworker."""
    world.lea.referent = world.caseworker
    world.lea.save()
    return world.lea


class TestSubscribing:
    def test_the_address_is_shown_once_and_read_by_an_agenda(self, world, lea, sign_in):
        promised(lea, by=world.caseworker)
        browser = sign_in(give_password(world.caseworker))
        assert "Dans mon agenda" in browser.get(reverse("beneficiaries:actions")).content.decode()
        assert "Vous n’avez pas d’adresse d’agenda" in browser.get(PAGE).content.decode()
        asked = confirm(browser, NEW, password=PASSWORD)
        assert "une seule fois" in asked.content.decode()
        shown = browser.post(NEW)
        (address,) = re.findall(r"http://testserver(/agenda/[\w-]{43}\.ics)", shown.content.decode())
        assert told(Client().get(address)) == [(today(2), about(lea, "Action à faire", "L. M."))]
        again = browser.get(PAGE).content.decode()
        assert address not in again and "Dernière lecture" in again and "aucune encore" not in again
        assert JournalEntry.objects.filter(kind="security", detail="adresse d’agenda : nouvelle").count() == 1

    def test_it_asks_again_who_one_is_after_a_while(self, world, sign_in):
        browser = sign_in(give_password(world.caseworker))
        assert browser.post(NEW).url == NEW
        assert not CalendarKey.objects.exists()
        assert confirm(browser, NEW, password=PASSWORD).status_code == 200
        assert browser.post(NEW).status_code == 200
        assert CalendarKey.objects.get().account == world.caseworker

    def test_only_its_digest_is_kept_and_nobody_reads_it_again(self, world, sign_in):
        secret = renew(account=world.caseworker)
        row = CalendarKey.objects.get()
        assert secret not in str(row.__dict__) and row.digest != secret
        text = (
            sign_in(world.administrator).get(reverse("accounts:account", args=[world.caseworker.pk])).content.decode()
        )
        assert "une adresse depuis le" in text and secret not in text and row.digest not in text
        assert list(CalendarKey.objects.visible_to(world.neighbour)) == []
        assert list(CalendarKey.objects.visible_to(world.caseworker)) == [row]

    def test_renewed_the_former_one_answers_as_if_it_had_never_been(self, world, lea):
        promised(lea, by=world.caseworker)
        former = renew(account=world.caseworker)
        secret = renew(account=world.caseworker)
        assert len(told(read(secret))) == 1
        gone, never = read(former), read("x" * 43)
        assert (gone.status_code, never.status_code) == (404, 404)
        assert gone.content == never.content

    def test_withdrawn_it_answers_no_more_and_twice_is_once(self, world, sign_in):
        secret = renew(account=world.caseworker)
        browser = sign_in(world.caseworker)
        assert "ne répond plus" in browser.post(WITHDRAW, follow=True).content.decode()
        assert read(secret).status_code == 404
        assert "rien n’a changé" in browser.post(WITHDRAW, follow=True).content.decode()
        assert JournalEntry.objects.filter(detail="adresse d’agenda : retirée").count() == 1

    def test_an_administrator_withdraws_that_of_a_telephone_lost(self, world, sign_in):
        secret = renew(account=world.caseworker)
        sign_in(world.administrator).post(reverse("accounts:withdraw_calendar_of", args=[world.caseworker.pk]))
        assert read(secret).status_code == 404
        line = JournalEntry.objects.get(detail="adresse d’agenda : retirée")
        assert (line.actor, line.subject) == (world.administrator, f"accounts.user:{world.caseworker.pk}")


class TestWhatItSays:
    def test_the_file_is_what_calendars_read_to_the_byte(self, world, lea):
        action = promised(lea, by=world.caseworker)
        secret = renew(account=world.caseworker)
        with time_machine.travel(dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC), tick=False):
            NextAction.objects.filter(pk=action.pk).update(due_on=dt.date(2026, 3, 9))
            answer = read(secret)
        uid = re.search(rb"UID:([0-9a-f-]{36}@partaj)\r\n", answer.content)[1].decode()
        url = f"http://testserver/p/TEST-1/jeunes/{lea.pk}/"
        lines = answer.content.decode().replace("\r\n ", "").split("\r\n")
        assert lines == [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//PARTAJ//Agenda//FR",
            "CALSCALE:GREGORIAN",
            "NAME:PARTAJ",
            "X-WR-CALNAME:PARTAJ",
            "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
            "X-PUBLISHED-TTL:PT6H",
            "BEGIN:VEVENT",
            f"SUMMARY:Action à faire · L. M. · dossier n°\u00a0{lea.pk}",
            "DTSTART;VALUE=DATE:20260309",
            "DTEND;VALUE=DATE:20260310",
            "DTSTAMP:20260302T093000Z",
            f"UID:{uid}",
            "CLASS:PRIVATE",
            f"DESCRIPTION:À ouvrir dans PARTAJ\\, connexion demandée\u00a0: {url}",
            "TRANSP:TRANSPARENT",
            f"URL:{url}",
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        ]
        assert max(map(len, answer.content.split(b"\r\n"))) <= 75
        assert b"\n" not in answer.content.replace(b"\r\n", b"")

    def test_an_entry_keeps_its_name_from_one_reading_to_the_next(self, world, lea):
        promised(lea, by=world.caseworker)
        secret = renew(account=world.caseworker)
        names = [re.findall(rb"UID:(\S+)", read(secret).content) for _ in range(2)]
        NextAction.objects.update(due_on=today(9))
        names.append(re.findall(rb"UID:(\S+)", read(secret).content))
        assert names[0] == names[1] == names[2] and len(names[0]) == 1

    def test_no_name_and_nothing_that_was_typed(self, world, lea):
        promised(lea, by=world.caseworker)
        note_contract(
            row=Contract(enrolment=lea, contract_type="cdd", employer="Garage Roux", starts_on=today(-5),
                         trial_ends_on=today(10), ends_on=today(40)),
            both=False, by=world.caseworker,
        )  # fmt: skip
        cell = Cell.objects.create(programme=world.programme, territory=world.bethune, name="Cellule de Mme Dubois")
        Session.objects.create(cell=cell, held_on=today(20), place="Chez Mme Dubois")
        answer = read(renew(account=world.caseworker))
        assert told(answer) == [
            (today(2), about(lea, "Action à faire", "L. M.")),
            (today(10), about(lea, "Fin de période d’essai", "L. M.")),
            (today(20), "Séance de cellule · Béthune-Bruay"),
            (today(40), about(lea, "Fin de contrat", "L. M.")),
        ]
        text = answer.content.decode().replace("\r\n ", "")
        for word in ("Léa", "Moreau", "mère", "Garage", "Roux", "Dubois", "Inès", world.caseworker.email):
            assert word not in text

    def test_from_thirty_days_past_to_four_hundred_ahead(self, world, lea):
        for days in (-31, -30, 0, 400, 401):
            NextAction.objects.create(enrolment=lea, what="x", due_on=today(days), assignee=world.caseworker)
        assert [day for day, _ in told(read(renew(account=world.caseworker)))] == [today(-30), today(0), today(400)]

    def test_neither_what_is_done_nor_what_another_has_promised(self, world, lea):
        settle(action=promised(lea, by=world.caseworker), by=world.caseworker)
        promised(lea, by=world.manager)
        assert told(read(renew(account=world.caseworker))) == []
        assert len(told(read(renew(account=world.manager)))) == 1

    def test_sessions_are_those_of_ones_territory(self, world):
        for place in (world.bethune, world.valenciennes):
            cell = Cell.objects.create(programme=world.programme, territory=place, name="CTL")
            for days in (-1, 5):
                Session.objects.create(cell=cell, held_on=today(days))
        here, next_door = (
            (today(5), f"Séance de cellule · {each.name}") for each in (world.bethune, world.valenciennes)
        )
        assert told(read(renew(account=world.caseworker))) == [here]
        assert told(read(renew(account=world.neighbour))) == [next_door]
        assert set(told(read(renew(account=world.manager)))) == {here, next_door}
        assert told(read(renew(account=world.administrator))) == told(read(renew(account=world.other_manager))) == []

    def test_meetings_are_those_of_where_one_works_without_their_titles(self, world):
        for place, title in ((world.bethune, "CV de Léa"), (world.valenciennes, "Là-bas"), (None, "Pour tous")):
            Gathering.objects.create(
                programme=world.programme, territory=place, title=title, kind="workshop", held_on=today(4),
                starts_at=dt.time(9, 30),
            )  # fmt: skip
        Gathering.objects.create(
            programme=world.programme, territory=world.bethune, title="Non", held_on=today(4), called_off="Grève"
        )
        here, next_door, for_all = (
            (today(4), f"Atelier à 09 h 30 · {where}")
            for where in ("Béthune-Bruay", "Valenciennes", "tout le programme")
        )
        assert told(read(renew(account=world.caseworker))) == [here, for_all]
        assert told(read(renew(account=world.neighbour))) == [next_door, for_all]
        assert len(told(read(renew(account=world.manager)))) == 3
        assert told(read(renew(account=world.administrator))) == told(read(renew(account=world.other_manager))) == []


class TestWhoReadsIt:
    def test_a_file_that_moves_to_another_territory_leaves_it(self, world, lea):
        promised(lea, by=world.caseworker)
        secret = renew(account=world.caseworker)
        assert len(told(read(secret))) == 1
        lea.territory = world.valenciennes
        lea.save()
        assert told(read(secret)) == []

    def test_a_closed_programme_gives_nothing(self, world, lea):
        promised(lea, by=world.caseworker)
        Session.objects.create(
            cell=Cell.objects.create(programme=world.programme, territory=world.bethune, name="CTL"), held_on=today(3)
        )
        secret = renew(account=world.caseworker)
        world.programme.closed_on = today()
        world.programme.save()
        assert told(read(secret)) == []

    def test_suspended_it_answers_no_more_even_once_reopened(self, world, lea):
        secret = renew(account=world.caseworker)
        world.caseworker.is_active = False
        world.caseworker.save()
        assert read(secret).status_code == 404
        world.caseworker.is_active = True
        world.caseworker.save()
        assert read(secret).status_code == 200
        suspend_account(user=world.caseworker)
        restore_account(user=world.caseworker)
        assert read(secret).status_code == 404

    def test_with_the_role_goes_the_agenda(self, world, lea):
        promised(lea, by=world.caseworker)
        secret = renew(account=world.caseworker)
        end_role(role=world.caseworker.roles.get())
        with time_machine.travel(timezone.now() + dt.timedelta(days=1)):
            assert read(secret).status_code == 404

    def test_a_role_that_reads_without_logging_has_none(self, world, sign_in):
        for name in ("tutor", "member", "evaluator", "funder", "stranger"):
            assert sign_in(world.cast[name]).get(PAGE).status_code == 404
            assert read(renew(account=world.cast[name])).status_code == 404

    def test_whoever_is_signed_in_it_is_its_holders_and_the_journal_says_so(self, world, lea, sign_in):
        promised(lea, by=world.caseworker)
        secret = renew(account=world.caseworker)
        answers = [read(secret), sign_in(world.neighbour).get(at(secret)), sign_in(world.funder).get(at(secret))]
        assert len({tuple(told(answer)) for answer in answers}) == 1
        lines = JournalEntry.objects.filter(page="beneficiaries:calendar")
        assert [(line.actor, line.kind, line.roles, line.shown, line.detail) for line in lines] == [
            (world.caseworker, "listed", "caseworker", f" {lea.pk} ", "1 dossier, agenda : initiales et numéros")
        ] * 3

    def test_it_opens_nothing_else(self, world, lea, settings):
        settings.SECOND_FACTOR_REQUIRED = True
        give_application(world.caseworker)
        promised(lea, by=world.caseworker)
        agenda = Client()
        answer = agenda.get(at(renew(account=world.caseworker)))
        assert len(told(answer)) == 1
        assert not answer.cookies and not agenda.cookies
        (url,) = re.findall(r"URL:http://testserver(\S+)", answer.content.decode())
        for path in (url, "/", reverse("beneficiaries:actions"), PAGE):
            assert agenda.get(path).url.startswith(reverse("account_login"))

    def test_it_is_kept_nowhere_and_changes_nothing(self, world):
        secret = renew(account=world.caseworker)
        answer = read(secret)
        assert answer["Content-Type"] == "text/calendar; charset=utf-8"
        assert {"no-store", "private"} <= set(answer["Cache-Control"].split(", "))
        assert answer["X-Robots-Tag"] == "noindex"
        assert Client().head(at(secret)).status_code == 200
        for method in ("post", "put", "delete", "patch"):
            assert getattr(Client(), method)(at(secret)).status_code == 405

    def test_a_lost_second_factor_takes_the_address_with_it(self, world, sign_in):
        give_application(world.caseworker)
        secret = renew(account=world.caseworker)
        sign_in(world.administrator).post(reverse("accounts:reset_second_factor", args=[world.caseworker.pk]))
        assert read(secret).status_code == 404


class TestHowOften:
    def test_the_last_reading_is_told_to_the_hour(self, world):
        secret = renew(account=world.caseworker)
        begun = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
        seen = []
        for minutes in (0, 59, 60):
            with time_machine.travel(begun + dt.timedelta(minutes=minutes), tick=False):
                read(secret)
            seen.append((CalendarKey.objects.get().last_read_at - begun).total_seconds() // 60)
        assert seen == [0, 0, 60]

    def test_too_often_it_says_when_to_come_back_and_only_there(self, world, monkeypatch):
        secret, other = renew(account=world.caseworker), renew(account=world.neighbour)
        (rate,) = throttling.LIMITS["calendar_of"]
        for _ in range(rate.amount):
            assert read(secret).status_code == 200
        stopped = read(secret)
        assert stopped.status_code == 429 and int(stopped["Retry-After"]) > 0
        assert read(other).status_code == 200

    def test_addresses_that_are_tried_are_counted_by_place(self, world, settings):
        (rate,) = throttling.LIMITS["calendar"]
        statuses = [read(f"essai-{number}").status_code for number in range(rate.amount + 1)]
        assert statuses == [404] * rate.amount + [429]

    def test_as_many_queries_for_forty_entries_as_for_one(self, world, lea):
        from django.db import connection

        secret = renew(account=world.caseworker)
        promised(lea, by=world.caseworker)
        read(secret)
        counts = []
        for number in (0, 40):
            for _ in range(number):
                promised(make_youth(world.programme, world.bethune), by=world.caseworker)
            with CaptureQueriesContext(connection) as queries:
                read(secret)
            counts.append(len([each for each in queries if "partaj_cache" not in each["sql"]
                               and "SAVEPOINT" not in each["sql"]]))  # fmt: skip
        assert counts == [7, 7]  # key, roles, actions, contracts, meetings, sessions, journal


def test_it_goes_with_the_account(world):
    renew(account=world.stranger)
    world.stranger.delete()
    assert not CalendarKey.objects.exists()


def test_a_role_given_back_finds_its_address(world):
    """Nobody else learnt it meanwhile: it is the account's."""
    secret = renew(account=world.stranger)
    assert read(secret).status_code == 404
    make_role(world.stranger, "caseworker", world.programme, territory=world.bethune)
    assert read(secret).status_code == 200
    assert withdraw(account=world.stranger) and not withdraw(account=world.stranger)
