"""What stands in a youth's way: noted in words that warn, solved, back again, taken back; who else may read it."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from beneficiaries.changes import changes_of
from beneficiaries.merging.parting import undo_merge
from beneficiaries.models import Obstacle
from beneficiaries.obstacles import note_obstacle
from partaj.accounts.models import JournalEntry
from tests.world import make_youth
from tests.youths.merging.hands import unite
from tests.youths.paper import errors, page

TYPED = {"kind": "mobility", "precision": "", "opened_on": "2026-01-10", "words": "Pas de permis, un bus par jour."}


def noted(world, path, kind="mobility", by=None, **fields):
    fields.setdefault("opened_on", dt.date(2026, 1, 10))
    return note_obstacle(row=Obstacle(enrolment=path, kind=kind, **fields), by=by or world.caseworker)


def told(path):
    return list(path.log.filter(kind="obstacle").order_by("pk").values_list("sentence", flat=True))


def again(row):
    return Obstacle.objects.get(pk=row.pk)


class TestOneDay:
    def test_it_is_noted_solved_back_again_and_taken_back_with_a_reason(self, world, sign_in):
        client = sign_in(world.caseworker)
        assert client.post(page("note_obstacle", world.lea), TYPED).status_code == 302
        row = world.lea.obstacles.get()
        text = client.get(page("detail", world.lea)).content.decode()
        for words in (
            "Mobilité",
            "depuis le 10/01/2026",
            "Pas de permis, un bus par jour.",
            "Frein ouvert\u00a0: mobilité.",
        ):
            assert words in text
        client.post(
            page("solve_obstacle", world.lea, row.pk), {"solved_on": "2026-03-02", "how": "A le code et un vélo."}
        )
        assert (again(row).solved_on, again(row).how, again(row).version) == (
            dt.date(2026, 3, 2), "A le code et un vélo.", 2,
        )  # fmt: skip
        text = client.get(page("detail", world.lea)).content.decode()
        assert "Aucun frein ouvert." in text and "1 levé" in text and "A le code et un vélo." in text
        client.post(page("reopen_obstacle", world.lea, row.pk), {"reopened_on": "2026-04-01"})
        assert (again(row).solved_on, again(row).how) == (None, "")
        assert "depuis le 10/01/2026, rouvert le 01/04/2026" in client.get(page("detail", world.lea)).content.decode()
        assert client.post(page("withdraw_obstacle", world.lea, row.pk), {"why": ""}).status_code == 422
        client.post(page("withdraw_obstacle", world.lea, row.pk), {"why": "c’était sa sœur."})
        assert not world.lea.obstacles.exists()
        assert told(world.lea) == [
            "Frein ouvert\u00a0: mobilité.", "Frein levé\u00a0: mobilité.", "Frein rouvert\u00a0: mobilité.",
            "Frein «\u00a0mobilité\u00a0» du 10/01/2026 retiré\u00a0: c’était sa sœur.",
        ]  # fmt: skip
        assert [change.sentence for change in changes_of(world.lea)][:-1] == [
            "a retiré le frein «\u00a0mobilité\u00a0»",
            "a rouvert le frein «\u00a0mobilité\u00a0», a effacé la manière dont le frein a été levé",
            "a levé le frein «\u00a0mobilité\u00a0», a renseigné la manière dont le frein a été levé",
            "a noté le frein «\u00a0mobilité\u00a0»",
        ]
        kinds = JournalEntry.objects.filter(subject=f"beneficiaries.obstacle:{row.pk}").order_by("number")
        assert list(kinds.values_list("kind", "enrolment_id")) == [
            (kind, world.lea.pk) for kind in ("created", "changed", "changed", "removed")
        ]

    def test_the_words_are_said_once_where_they_can_be_put_right(self, world, sign_in):
        client, row = sign_in(world.caseworker), noted(world, world.lea, words="Un bus par jour.")
        changed = TYPED | {"kind": "housing", "opened_on": "2026-01-05", "words": "Dort chez des amis.", "version": "1"}
        client.post(page("change_obstacle", world.lea, row.pk), changed)
        assert (again(row).kind, again(row).words) == ("housing", "Dort chez des amis.")
        assert told(world.lea) == [
            "Frein ouvert\u00a0: mobilité.", "Le frein «\u00a0mobilité\u00a0» devient «\u00a0logement\u00a0».",
            "Le frein «\u00a0logement\u00a0» est ouvert depuis le 05/01/2026.",
        ]  # fmt: skip
        assert "Un bus par jour." not in client.get(page("detail", world.lea)).content.decode()
        assert changes_of(world.lea)[0].sentence == (
            "a changé la nature du frein, la date du frein et les mots sur le frein"
        )

    def test_a_double_click_notes_it_once_and_solves_it_once(self, world, sign_in):
        client = sign_in(world.caseworker)
        for _ in range(2):
            answer = client.post(page("note_obstacle", world.lea), TYPED, follow=True)
        assert "rien n’a été écrit deux fois" in answer.content.decode()
        row = world.lea.obstacles.get()
        for name, typed in (
            ("solve_obstacle", {"solved_on": "2026-03-02", "how": "Un vélo."}),
            ("reopen_obstacle", {"reopened_on": "2026-03-02"}),
        ):
            for _ in range(2):
                assert client.post(page(name, world.lea, row.pk), typed).status_code == 302
        assert (len(told(world.lea)), again(row).is_open) == (3, True)

    def test_two_of_a_kind_are_never_open_at_once_but_for_the_others(self, world, sign_in):
        client = sign_in(world.caseworker)
        first = noted(world, world.lea)
        answer = client.post(page("note_obstacle", world.lea), TYPED | {"words": "Le scooter est en panne."})
        assert answer.status_code == 422 and "déjà ouvert dans ce dossier" in answer.content.decode()
        assert answer.context["form"]["words"].value() == "Le scooter est en panne."
        with pytest.raises(IntegrityError), transaction.atomic():
            Obstacle.objects.create(enrolment=world.lea, kind="mobility", opened_on=dt.date(2026, 2, 1))
        for precision in ("Garde d’enfant", "Papiers perdus"):
            client.post(page("note_obstacle", world.lea), TYPED | {"kind": "other", "precision": precision})
        assert sorted(map(str, world.lea.obstacles.all())) == ["Garde d’enfant", "Papiers perdus", "mobilité"]
        client.post(page("solve_obstacle", world.lea, first.pk), {"solved_on": "2026-02-01", "how": ""})
        client.post(page("note_obstacle", world.lea), TYPED | {"opened_on": "2026-02-02"})
        refused = client.post(page("reopen_obstacle", world.lea, first.pk), {"reopened_on": "2026-02-03"})
        assert refused.status_code == 422 and "déjà ouvert dans ce dossier" in refused.content.decode()
        other = world.lea.obstacles.get(precision="Papiers perdus")
        changed = TYPED | {"version": "1"}
        refused = client.post(page("change_obstacle", world.lea, other.pk), changed)
        assert refused.status_code == 422 and "déjà ouvert dans ce dossier" in refused.content.decode()
        assert again(other).kind == "other"

    @pytest.mark.parametrize(
        ("changes", "field", "sentence"),
        [
            ({"kind": ""}, "kind", "obligatoire"),
            ({"kind": "other"}, "precision", "précisez"),
            ({"precision": "le bus"}, "precision", "ne se donne qu’avec"),
            ({"opened_on": "2099-01-01"}, "opened_on", "à venir"),
            ({"opened_on": "1889-01-01"}, "opened_on", "impossible"),
            ({"opened_on": ""}, "opened_on", "obligatoire"),
            ({"words": "a" * 501}, "words", "500"),
            ({"words": "n° 1 85 05 78 006 084 91"}, "words", "sécurité sociale"),
            ({"words": "Suivie par un psychologue."}, "words", "toucher à la santé"),
            ({"kind": "health", "words": "Rendez-vous mardi."}, "words", "se passe le plus souvent de détails"),
            ({"kind": "other", "precision": "Sort de prison"}, "precision", "toucher à la justice"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_is_said_where_it_is_put_right(self, world, sign_in, changes, field, sentence):
        answer = sign_in(world.caseworker).post(page("note_obstacle", world.lea), TYPED | changes)
        assert answer.status_code == 422 and list(errors(answer)) == [field]
        assert sentence in " ".join(errors(answer)[field])
        assert (world.lea.obstacles.count(), told(world.lea)) == (0, [])

    def test_sensitive_words_are_kept_once_meant_and_not_asked_about_again(self, world, sign_in):
        client, words = sign_in(world.caseworker), {"kind": "health", "words": "Attend son rendez-vous."}
        form = client.get(page("note_obstacle", world.lea)).content.decode()
        assert "Garder ce texte" not in form
        assert "Garder ce texte" in client.post(page("note_obstacle", world.lea), TYPED | words).content.decode()
        client.post(page("note_obstacle", world.lea), TYPED | words | {"is_meant": "on"})
        row = world.lea.obstacles.get()
        later = TYPED | words | {"version": "1", "opened_on": "2026-01-02"}
        assert client.post(page("change_obstacle", world.lea, row.pk), later).status_code == 302
        answer = client.post(
            page("solve_obstacle", world.lea, row.pk), {"solved_on": "2026-03-01", "how": "À l’hôpital."}
        )
        assert "toucher à la santé" in errors(answer)["how"][0]

    @pytest.mark.parametrize(
        ("name", "typed", "field", "sentence"),
        [
            ("solve_obstacle", {"solved_on": "2026-01-09"}, "solved_on", "levé avant d’être ouvert"),
            ("solve_obstacle", {"solved_on": "2099-01-09"}, "solved_on", "à venir"),
            ("reopen_obstacle", {"reopened_on": "2026-03-01"}, "__all__", "déjà ouvert"),
        ],
    )
    def test_days_that_contradict_each_other_are_refused(self, world, sign_in, name, typed, field, sentence):
        row = noted(world, world.lea)
        answer = sign_in(world.caseworker).post(page(name, world.lea, row.pk), typed)
        assert answer.status_code == 422 and sentence in " ".join(errors(answer)[field])
        assert again(row).is_open

    def test_it_is_not_back_before_it_went(self, world, sign_in):
        client, row = sign_in(world.caseworker), noted(world, world.lea)
        client.post(page("solve_obstacle", world.lea, row.pk), {"solved_on": "2026-03-02", "how": "Un vélo."})
        second = client.post(page("solve_obstacle", world.lea, row.pk), {"solved_on": "2026-03-03", "how": "Le bus."})
        assert "déjà levé depuis le 02/03/2026" in second.content.decode() and again(row).how == "Un vélo."
        answer = client.post(page("reopen_obstacle", world.lea, row.pk), {"reopened_on": "2026-03-01"})
        assert "avant le 02/03/2026" in errors(answer)["reopened_on"][0]
        client.post(page("reopen_obstacle", world.lea, row.pk), {"reopened_on": "2026-04-01"})
        answer = client.post(page("solve_obstacle", world.lea, row.pk), {"solved_on": "2026-03-15"})
        assert "levé avant d’être ouvert" in errors(answer)["solved_on"][0]
        answer = client.post(
            page("change_obstacle", world.lea, row.pk), TYPED | {"opened_on": "2026-05-01", "version": "3"}
        )
        assert "rouvert le 01/04/2026" in errors(answer)["opened_on"][0]

    def test_once_solved_its_day_and_how_are_put_right_too(self, world, sign_in):
        client, row = sign_in(world.caseworker), noted(world, world.lea)
        client.post(page("solve_obstacle", world.lea, row.pk), {"solved_on": "2026-03-02", "how": "Un vélo."})
        typed = TYPED | {"version": "2", "solved_on": "2026-03-01", "how": "Le permis."}
        client.post(page("change_obstacle", world.lea, row.pk), typed)
        assert (again(row).solved_on, again(row).how) == (dt.date(2026, 3, 1), "Le permis.")
        assert told(world.lea)[-1] == "Le frein «\u00a0mobilité\u00a0» est levé depuis le 01/03/2026."
        emptied = client.post(page("change_obstacle", world.lea, row.pk), typed | {"version": "3", "solved_on": ""})
        assert "obligatoire" in errors(emptied)["solved_on"][0]


class TestSeveral:
    def test_two_people_who_change_it_at_once_see_both_versions(self, world, sign_in):
        row = noted(world, world.lea, words="Un bus par jour.")
        address, typed = page("change_obstacle", world.lea, row.pk), TYPED | {"version": "1"}
        sign_in(world.caseworker).post(address, typed)
        second = sign_in(world.manager).post(address, typed | {"words": "La mienne"})
        assert second.status_code == 409
        assert "La mienne" in second.content.decode() and "Pas de permis, un bus par jour." in second.content.decode()

    def test_solved_while_somebody_was_changing_it_shows_both_versions_too(self, world, sign_in):
        row = noted(world, world.lea, words="Un bus par jour.")
        sign_in(world.caseworker).post(
            page("solve_obstacle", world.lea, row.pk), {"solved_on": "2026-03-02", "how": ""}
        )
        second = sign_in(world.manager).post(page("change_obstacle", world.lea, row.pk), TYPED | {
            "version": "1", "solved_on": "2026-03-02", "how": "",
        })  # fmt: skip
        assert second.status_code == 409

    def test_guests_read_it_and_change_nothing_and_neighbours_know_nothing(self, world, sign_in):
        row, other = noted(world, world.helene, words="Un bus par jour."), noted(world, world.lea, words="Le sien.")
        text = sign_in(world.tutor).get(page("detail", world.helene)).content.decode()
        assert "Un bus par jour." in text and "/frein/" not in text
        assert sign_in(world.tutor).get(page("solve_obstacle", world.helene, row.pk)).status_code == 403
        assert sign_in(world.neighbour).get(page("solve_obstacle", world.helene, row.pk)).status_code == 404
        assert list(Obstacle.objects.visible_to(world.tutor)) == [row]
        assert set(Obstacle.objects.visible_to(world.caseworker)) == {row, other}
        assert not Obstacle.objects.visible_to(world.neighbour).exists()
        # Of another file, it is not there.
        assert sign_in(world.caseworker).get(page("solve_obstacle", world.lea, row.pk)).status_code == 404

    def test_a_closed_programme_keeps_it_and_changes_nothing(self, world, sign_in):
        row = noted(world, world.lea)
        world.programme.closed_on = timezone.localdate()
        world.programme.save()
        client = sign_in(world.caseworker)
        assert "Mobilité" in client.get(page("detail", world.lea)).content.decode()
        client.post(page("solve_obstacle", world.lea, row.pk), {"solved_on": "2026-03-02"})
        assert again(row).is_open

    def test_the_list_finds_whom_something_stops(self, world, sign_in):
        for path in (world.lea, world.helene):
            noted(world, path)
        noted(world, world.karim, "housing", by=world.neighbour)
        row = world.helene.obstacles.get()
        client, youths = sign_in(world.manager), reverse("beneficiaries:list", args=["TEST-1"])
        client.post(page("solve_obstacle", world.helene, row.pk), {"solved_on": "2026-03-02"})
        found = {
            value: [row["name"] for row in client.get(youths, {"f-obstacle": value}).context["rows"]]
            for value in ("mobility", "housing", "health", "any", "none")
        }
        assert found == {
            "mobility": ["Moreau Léa"], "housing": ["Benali Karim"], "health": [],
            "any": ["Benali Karim", "Moreau Léa"], "none": ["Le Goff Hélène"],
        }  # fmt: skip
        assert "Frein ouvert\u00a0: mobilité" in client.get(youths, {"f-obstacle": "mobility"}).content.decode()
        near = sign_in(world.caseworker).get(youths, {"f-obstacle": "any"})
        assert [row["name"] for row in near.context["rows"]] == ["Moreau Léa"]

    def test_the_timeline_is_narrowed_to_it(self, world, sign_in):
        noted(world, world.lea)
        shown = sign_in(world.caseworker).get(page("detail", world.lea), {"nature": "freins"}).context["log"]
        assert [line["label"] for line in shown] == ["frein"]


class TestUnited:
    @pytest.fixture
    def double(self, world):
        return make_youth(world.programme, world.bethune, first_name="Léa", last_name="Moreau")

    def test_the_same_one_open_in_both_files_becomes_one_with_the_words_of_both(self, world, double):
        mine = noted(world, world.lea, words="Un bus par jour.", opened_on=dt.date(2026, 2, 1))
        theirs = noted(world, double, words="Pas de permis.", opened_on=dt.date(2026, 1, 1))
        noted(world, double, "housing", words="Hébergée.")
        merge = unite(world, world.lea, double)
        kept = Obstacle.objects.get(enrolment=world.lea, kind="mobility")
        assert (kept.pk, kept.opened_on, kept.words) == (
            mine.pk,
            dt.date(2026, 1, 1),
            "Un bus par jour.\nPas de permis.",
        )
        assert world.lea.obstacles.count() == 2
        undo_merge(merge=merge, by=world.manager)
        assert (again(mine).words, again(mine).opened_on) == ("Un bus par jour.", dt.date(2026, 2, 1))
        assert (again(theirs).enrolment, again(theirs).words) == (double, "Pas de permis.")

    def test_solved_in_one_and_open_in_the_other_both_stay(self, world, double, sign_in):
        mine, theirs = noted(world, world.lea), noted(world, double)
        sign_in(world.caseworker).post(page("solve_obstacle", double, theirs.pk), {"solved_on": "2026-03-02"})
        unite(world, world.lea, double)
        assert set(world.lea.obstacles.all()) == {mine, theirs}
