"""What a youth was told of their data, and what they object to: told at the head of the file, closed to guests, out of
the lists that leave."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from beneficiaries import rights, services
from beneficiaries.models import AccessGrant, Notice, Objection
from tests.world import make_youth
from tests.youths.merging.hands import unite
from tests.youths.paper import errors, page

DAY = "2026-01-10"


def told(path):
    return list(path.log.filter(kind="rights").order_by("pk").values_list("sentence", flat=True))


def opposed(world, path, scope="sharing", **more):
    made = Objection(enrolment=path, made_on=dt.date(2026, 1, 10), scope=scope, **more)
    return rights.note_objection(objection=made, by=world.caseworker)


def names(client, query=""):
    answer = client.get(f"/p/TEST-1/jeunes/{query}")
    return {row["name"] for row in answer.context["rows"]}


def exported(client):
    answer = client.get("/p/TEST-1/jeunes/export/csv/")
    return b"".join(answer.streaming_content).decode("utf-8-sig")


class TestTold:
    def test_a_notice_is_noted_once_and_taken_back_with_a_reason(self, world, sign_in):
        client = sign_in(world.caseworker)
        assert "Information non remise" in client.get(page("detail", world.lea)).content.decode()
        given = {"day": DAY, "how": "by_hand", "given_to": "representative", "accepts_charter": "on"}
        for _ in range(2):
            client.post(page("note_notice", world.lea), given)
        notice = Notice.objects.get(enrolment=world.lea)
        assert (notice.author, notice.accepts_charter) == (world.caseworker, True)
        said = "remise en main propre le 10/01/2026, à son représentant légal"
        assert told(world.lea) == [f"Information sur les données {said}. Charte d’utilisation des données acceptée."]
        text = client.get(page("detail", world.lea)).content.decode()
        assert "Remise en main propre le 10/01/2026" in text and "charte acceptée" in text
        withdraw = page("withdraw_notice", world.lea, notice.pk)
        assert client.post(withdraw, {"why": ""}).status_code == 422
        client.post(withdraw, {"why": "c’était sa sœur."})
        assert (Notice.objects.count(), client.get(withdraw).status_code) == (0, 404)
        assert told(world.lea)[-1].endswith("retirée\u00a0: c’était sa sœur.")

    def test_one_finds_those_who_were_told_nothing(self, world, sign_in):
        rights.note_notice(notice=Notice(enrolment=world.lea, how="oral"), by=world.caseworker)
        opposed(world, world.helene)
        client = sign_in(world.caseworker)
        assert names(client, "?f-notice=missing") == {"Le Goff Hélène"}
        assert names(client, "?f-notice=given") == {"Moreau Léa"}
        assert names(client, "?f-notice=opposed") == {"Le Goff Hélène"}

    def test_a_day_to_come_is_refused(self, world, sign_in):
        given = {"day": "2099-01-01", "how": "oral", "given_to": "youth"}
        answer = sign_in(world.caseworker).post(page("note_notice", world.lea), given)
        assert "à venir" in " ".join(errors(answer)["day"]) and Notice.objects.count() == 0


class TestOpposed:
    def test_it_is_told_at_the_head_of_the_file_answered_and_lifted(self, world, sign_in):
        client = sign_in(world.caseworker)
        client.post(page("object", world.lea), {"day": DAY, "scope": "sharing", "words": "Pas à la mairie."})
        objection = Objection.objects.get(enrolment=world.lea)
        text = client.get(page("detail", world.lea)).content.decode()
        assert "S’oppose au partage de son dossier, le 10/01/2026." in text and "Pas à la mairie." in text
        answer = {"answer": "Entendu, rien n’y part.", "day": "2026-01-20"}
        early = client.post(page("answer_objection", world.lea, objection.pk), answer | {"day": "2026-01-09"})
        assert errors(early) == {"day": ["La réponse précède l’opposition\u00a0: vérifiez la date."]}
        client.post(page("answer_objection", world.lea, objection.pk), answer)
        assert "Réponse, le 20/01/2026\u00a0: Entendu" in client.get(page("detail", world.lea)).content.decode()
        again = client.get(page("answer_objection", world.lea, objection.pk)).context["form"]
        assert (again["answer"].value(), again["day"].value()) == (answer["answer"], dt.date(2026, 1, 20))
        lift = page("lift_objection", world.lea, objection.pk)
        assert client.post(lift, {"why": ""}).status_code == 422
        client.post(lift, {"why": "elle a changé d’avis."})
        assert "S’oppose" not in client.get(page("detail", world.lea)).content.decode()
        assert client.get(lift).status_code == 404
        assert told(world.lea) == [
            "Le jeune s’oppose au partage de son dossier. Pas à la mairie.",
            "Réponse à son opposition\u00a0: Entendu, rien n’y part.",
            "Opposition levée\u00a0: elle a changé d’avis.",
        ]

    def test_the_file_closes_to_its_guests_at_once_and_opens_to_none(self, world, sign_in):
        today = timezone.localdate()
        services.open_access(enrolment=world.helene, user=world.tutor, reason="session", starts_on=today)
        assert sign_in(world.tutor).get(page("detail", world.helene)).status_code == 200
        opposed(world, world.helene)
        for guest in (world.tutor, world.member):
            assert sign_in(guest).get(page("detail", world.helene)).status_code == 404
        assert not AccessGrant.objects.in_force().filter(enrolment=world.helene).exists()
        assert sign_in(world.caseworker).get(page("detail", world.helene)).status_code == 200
        with pytest.raises(ValidationError, match="s’oppose au partage"):
            services.open_access(enrolment=world.helene, user=world.tutor, reason="session", starts_on=today)

    def test_it_leaves_in_no_list_and_the_list_says_so(self, world, sign_in):
        client = sign_in(world.caseworker)
        assert "Le Goff" in exported(client) and "écarté" not in exported(client)
        objection = opposed(world, world.helene)
        text = exported(client)
        assert "Le Goff" not in text and "Moreau" in text and "1\u00a0dossier écarté, opposition au partage" in text
        assert "Le Goff Hélène" in names(client)
        rights.lift_objection(objection=objection, reason="avis changé", by=world.caseworker)
        assert "Le Goff" in exported(client)

    def test_a_second_one_is_said_to_be_there_and_a_second_lifting_changes_nothing(self, world, sign_in):
        objection = opposed(world, world.lea)
        answer = sign_in(world.caseworker).post(page("object", world.lea), {"day": DAY, "scope": "everything"})
        assert answer.status_code == 422 and "déjà notée" in answer.content.decode()
        rights.lift_objection(objection=objection, reason="avis changé", by=world.caseworker)
        with pytest.raises(ValidationError, match="vient d’être levée"):
            rights.lift_objection(objection=objection, reason="encore", by=world.caseworker)

    def test_words_on_health_are_kept_once_their_author_has_said_so(self, world, sign_in):
        client, given = sign_in(world.caseworker), {"day": DAY, "scope": "sharing", "words": "Son hospitalisation"}
        assert "toucher à la santé" in " ".join(errors(client.post(page("object", world.lea), given))["words"])
        client.post(page("object", world.lea), given | {"is_meant": "on"})
        assert Objection.objects.get().words == "Son hospitalisation"

    def test_an_objection_comes_with_the_file_that_is_united_and_closes_the_other(self, world, sign_in):
        again = make_youth(world.programme, world.bethune, first_name="Hélène", last_name="Le Goff")
        opposed(world, again)
        unite(world, world.helene, again)
        assert Objection.objects.get().enrolment == world.helene
        assert sign_in(world.tutor).get(page("detail", world.helene)).status_code == 404
