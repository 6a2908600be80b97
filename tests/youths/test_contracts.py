"""Work contracts: signed, broken, kept to the end; two at once only when meant; what comes due, and for whom."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from beneficiaries.changes import changes_of
from beneficiaries.contracts import Overlap, note_contract
from beneficiaries.models import Contract
from partaj.accounts.models import JournalEntry
from tests.days import today
from tests.world import make_youth
from tests.youths.merging.hands import unite, words
from tests.youths.paper import errors, page

TYPED = {
    "contract_type": "cdd", "employer": "Garage Roux", "organisation": "", "opca": "AGEFOS", "starts_on": "2025-09-01",
    "ends_on": "2026-08-31", "trial_ends_on": "2025-09-30",
}  # fmt: skip
BROKEN = {
    "broken_on": "2026-01-05", "break_motive": "conflict", "break_precision": "", "initiative": "both",
    "in_trial": "False",
}  # fmt: skip
ACTIONS = reverse("beneficiaries:actions")


def signed(world, path, by=None, both=False, **fields):
    given = {"contract_type": "cdd", "employer": "Garage Roux", "starts_on": dt.date(2025, 9, 1)} | fields
    return note_contract(row=Contract(enrolment=path, **given), both=both, by=by or world.caseworker)


def told(path):
    return list(path.log.filter(kind="contract").order_by("pk").values_list("sentence", flat=True))


def again(row):
    return Contract.objects.get(pk=row.pk)


class TestOneContract:
    def test_it_is_noted_broken_given_back_and_taken_back_with_a_reason(self, world, sign_in):
        client = sign_in(world.caseworker)
        assert client.post(page("note_contract", world.lea), TYPED).status_code == 302
        row = world.lea.contracts.get()
        text = words(client.get(page("detail", world.lea)))
        for said in ("CDD, Garage Roux", "du 01/09/2025 au 31/08/2026 · AGEFOS"):
            assert said in text
        client.post(page("break_contract", world.lea, row.pk), BROKEN)
        row = again(row)
        assert (row.broken_on, row.break_motive, row.initiative, row.in_trial, row.ends_on) == (
            dt.date(2026, 1, 5), "conflict", "both", False, dt.date(2026, 8, 31),
        )  # fmt: skip
        text = words(client.get(page("detail", world.lea)))
        assert "rompu le 05/01/2026" in text
        assert "Motif : mésentente ; initiative : commun accord ; après l’essai" in text
        restore = page("restore_contract", world.lea, row.pk)
        assert client.post(restore, {"why": ""}).status_code == 422
        client.post(restore, {"why": "c’était un arrêt."})
        row = again(row)
        assert (row.broken_on, row.break_motive, row.initiative, row.in_trial, row.version) == (None, "", "", None, 3)
        client.post(page("withdraw_contract", world.lea, row.pk), {"why": "c’était sa sœur."})
        assert not world.lea.contracts.exists()
        assert told(world.lea) == [
            "Contrat signé\u00a0: CDD, Garage Roux, du 01/09/2025 au 31/08/2026.",
            "Contrat rompu\u00a0: CDD, Garage Roux (mésentente).",
            "Rupture du 05/01/2026 annulée (CDD, Garage Roux)\u00a0: c’était un arrêt.",
            "Contrat retiré (CDD, Garage Roux, du 01/09/2025 au 31/08/2026)\u00a0: c’était sa sœur.",
        ]
        assert [change.sentence.split(", a ")[0] for change in changes_of(world.lea)][:-1] == [
            "a retiré le contrat «\u00a0CDD, Garage Roux\u00a0»",
            "a annulé la rupture du contrat «\u00a0CDD, Garage Roux\u00a0»",
            "a noté la rupture du contrat «\u00a0CDD, Garage Roux\u00a0»",
            "a noté le contrat «\u00a0CDD, Garage Roux\u00a0»",
        ]
        kinds = JournalEntry.objects.filter(subject=f"beneficiaries.contract:{row.pk}").order_by("number")
        assert list(kinds.values_list("kind", "enrolment_id")) == [
            (kind, world.lea.pk) for kind in ("created", "changed", "changed", "removed")
        ]

    def test_a_double_click_notes_it_once_and_breaks_it_once(self, world, sign_in):
        client = sign_in(world.caseworker)
        for _ in range(2):
            answer = client.post(page("note_contract", world.lea), TYPED, follow=True)
        assert "rien n’a été écrit deux fois" in answer.content.decode()
        row = world.lea.contracts.get()
        for _ in range(2):
            assert client.post(page("break_contract", world.lea, row.pk), BROKEN).status_code == 302
        assert (again(row).version, len(told(world.lea))) == (2, 2)
        later = client.post(page("break_contract", world.lea, row.pk), BROKEN | {"broken_on": "2026-02-01"})
        assert "déjà rompu depuis le 05/01/2026" in later.content.decode()
        assert again(row).broken_on == dt.date(2026, 1, 5)
        restore = page("restore_contract", world.lea, row.pk)
        assert client.post(restore, {"why": "erreur"}).status_code == 302
        assert "n’est pas rompu" in client.post(restore, {"why": "erreur"}).content.decode()

    @pytest.mark.parametrize(
        ("changes", "field", "sentence"),
        [
            ({"contract_type": ""}, "contract_type", "obligatoire"),
            ({"employer": ""}, "employer", "Donnez le nom de l’employeur"),
            ({"employer": "a" * 161}, "employer", "160"),
            ({"opca": "n° 1 85 05 78 006 084 91"}, "opca", "sécurité sociale"),
            ({"starts_on": ""}, "starts_on", "obligatoire"),
            ({"starts_on": "2099-01-01", "ends_on": "", "trial_ends_on": ""}, "starts_on", "impossible"),
            ({"ends_on": "2099-01-01"}, "ends_on", "impossible"),
            ({"ends_on": "2025-08-31", "trial_ends_on": ""}, "ends_on", "finit avant de commencer"),
            ({"contract_type": "cdi"}, "ends_on", "Un CDI n’a pas de fin prévue"),
            ({"trial_ends_on": "2025-08-31"}, "trial_ends_on", "hors du contrat"),
            ({"trial_ends_on": "2026-09-01"}, "trial_ends_on", "hors du contrat"),
        ],
    )
    def test_what_cannot_be_is_said_where_it_is_put_right(self, world, sign_in, changes, field, sentence):
        answer = sign_in(world.caseworker).post(page("note_contract", world.lea), TYPED | changes)
        assert answer.status_code == 422 and list(errors(answer)) == [field]
        assert sentence in " ".join(errors(answer)[field])
        assert (world.lea.contracts.count(), told(world.lea)) == (0, [])

    @pytest.mark.parametrize(
        ("changes", "field", "sentence"),
        [
            ({"broken_on": "2025-08-31", "in_trial": ""}, "broken_on", "précède le début"),
            ({"broken_on": "2026-09-01"}, "broken_on", "suit la fin prévue"),
            ({"broken_on": "2099-01-01"}, "broken_on", "à venir"),
            ({"break_motive": ""}, "break_motive", "obligatoire"),
            ({"initiative": ""}, "initiative", "obligatoire"),
            ({"break_motive": "other"}, "break_precision", "précisez"),
            ({"break_precision": "il pleut"}, "break_precision", "ne se donne qu’avec"),
            ({"break_motive": "other", "break_precision": "Sa maladie"}, "break_precision", "toucher à la santé"),
            ({"in_trial": "True"}, "in_trial", "L’essai était fini le 30/09/2025"),
            ({"broken_on": "2025-09-10"}, "in_trial", "qui finit le 30/09/2025"),
            ({"in_trial": "2"}, "in_trial", "choix valide"),
        ],
    )
    def test_a_break_that_cannot_be_is_refused(self, world, sign_in, changes, field, sentence):
        row = signed(world, world.lea, ends_on=dt.date(2026, 8, 31), trial_ends_on=dt.date(2025, 9, 30))
        answer = sign_in(world.caseworker).post(page("break_contract", world.lea, row.pk), BROKEN | changes)
        assert answer.status_code == 422 and list(errors(answer)) == [field]
        assert sentence in " ".join(errors(answer)[field])
        assert not again(row).is_broken

    def test_the_end_of_the_trial_answers_for_who_does_not(self, world, sign_in):
        row = signed(world, world.lea, trial_ends_on=dt.date(2025, 9, 30))
        typed = BROKEN | {"broken_on": "2025-09-10", "in_trial": ""}
        sign_in(world.caseworker).post(page("break_contract", world.lea, row.pk), typed)
        assert again(row).in_trial is True
        assert told(world.lea)[-1] == "Contrat rompu\u00a0: CDD, Garage Roux, pendant l’essai (mésentente)."

    def test_it_is_put_right_its_break_too(self, world, sign_in):
        client, row = sign_in(world.caseworker), signed(world, world.lea)
        client.post(page("change_contract", world.lea, row.pk), TYPED | {"version": "1"})
        assert told(world.lea)[1:] == ["Le contrat (CDD, Garage Roux) court du 01/09/2025 au 31/08/2026."]
        assert changes_of(world.lea)[0].sentence == (
            "a renseigné l’OPCA, la fin prévue du contrat de travail et la fin de l’essai"
        )
        client.post(page("break_contract", world.lea, row.pk), BROKEN)
        typed = TYPED | BROKEN | {"version": "3", "broken_on": "2026-01-06", "initiative": "youth"}
        client.post(page("change_contract", world.lea, row.pk), typed)
        assert (again(row).broken_on, again(row).initiative) == (dt.date(2026, 1, 6), "youth")
        assert told(world.lea)[-1] == "Le contrat (CDD, Garage Roux) est rompu depuis le 06/01/2026."
        emptied = client.post(page("change_contract", world.lea, row.pk), typed | {"version": "4", "broken_on": ""})
        assert "obligatoire" in errors(emptied)["broken_on"][0]

    def test_a_structure_of_the_directory_gives_its_name(self, world, sign_in):
        typed = TYPED | {"employer": "", "organisation": world.holder.pk}
        sign_in(world.caseworker).post(page("note_contract", world.lea), typed)
        row = world.lea.contracts.get()
        assert (row.employer, row.organisation) == ("Centre social de Béthune", world.holder)

    def test_the_base_holds_the_rules_too(self, world):
        row = signed(world, world.lea, ends_on=dt.date(2026, 8, 31))
        for wrong in (
            {"ends_on": dt.date(2025, 8, 31)}, {"contract_type": "cdi"}, {"broken_on": dt.date(2026, 1, 1)},
            {"break_motive": "fault"}, {"in_trial": True}, {"trial_ends_on": dt.date(2026, 9, 1)},
            {"broken_on": dt.date(2026, 9, 1), "break_motive": "fault", "initiative": "employer"},
            {"broken_on": dt.date(2025, 8, 1), "break_motive": "fault", "initiative": "employer"},
            {"broken_on": dt.date(2026, 1, 1), "break_motive": "other", "initiative": "employer"},
        ):  # fmt: skip
            with pytest.raises(IntegrityError), transaction.atomic():
                Contract.objects.filter(pk=row.pk).update(**wrong)


class TestTwoAtOnce:
    def test_the_other_is_named_and_both_are_kept_on_request(self, world, sign_in):
        client = sign_in(world.caseworker)
        signed(world, world.lea, employer="Boulangerie Lenoir", ends_on=dt.date(2025, 9, 30))
        assert "Garder les deux contrats" not in client.get(page("note_contract", world.lea)).content.decode()
        answer = client.post(page("note_contract", world.lea), TYPED)
        assert answer.status_code == 422
        text = words(answer)
        assert "en même temps : CDD, Boulangerie Lenoir, du 01/09/2025 au 30/09/2025" in text
        assert "Garder les deux contrats" in text and answer.context["form"]["employer"].value() == "Garage Roux"
        assert world.lea.contracts.count() == 1
        assert client.post(page("note_contract", world.lea), TYPED | {"both": "on"}).status_code == 302
        assert world.lea.contracts.count() == 2

    def test_one_may_begin_the_day_after_the_end_or_on_that_of_the_break(self, world):
        signed(world, world.lea, employer="Lenoir", ends_on=dt.date(2025, 9, 30))
        with pytest.raises(Overlap):
            signed(world, world.lea, starts_on=dt.date(2025, 9, 30))
        row = signed(world, world.lea, starts_on=dt.date(2025, 10, 1))
        Contract.objects.filter(pk=row.pk).update(
            broken_on=dt.date(2025, 11, 5), break_motive="fault", initiative="employer"
        )
        with pytest.raises(Overlap):
            signed(world, world.lea, employer="Dubois", starts_on=dt.date(2025, 11, 4))
        assert signed(world, world.lea, employer="Dubois", starts_on=dt.date(2025, 11, 5))

    def test_a_break_annulled_or_days_put_right_ask_too(self, world, sign_in):
        client = sign_in(world.caseworker)
        row = signed(world, world.lea, ends_on=dt.date(2026, 8, 31))
        client.post(page("break_contract", world.lea, row.pk), BROKEN)
        other = signed(world, world.lea, employer="Lenoir", starts_on=dt.date(2026, 1, 5))
        restore = page("restore_contract", world.lea, row.pk)
        refused = client.post(restore, {"why": "erreur"})
        assert "en même temps : CDD, Lenoir, depuis le 05/01/2026" in words(refused) and again(row).is_broken
        assert "Garder les deux contrats" in words(refused)
        typed = TYPED | {"employer": "Lenoir", "ends_on": "", "trial_ends_on": "", "version": "1"}
        change = page("change_contract", world.lea, other.pk)
        refused = client.post(change, typed | {"starts_on": "2026-01-01"})
        assert "en même temps : CDD, Garage Roux, du 01/09/2025 au 31/08/2026, rompu le 05/01/2026" in words(refused)
        assert (again(other).version, again(other).starts_on) == (1, dt.date(2026, 1, 5))
        client.post(restore, {"why": "erreur", "both": "on"})
        assert not again(row).is_broken
        # What was kept on request is not asked about again while its days stay.
        assert client.post(change, typed | {"starts_on": "2026-01-05", "employer": "Lenoir et fils"}).status_code == 302

    def test_what_lies_beyond_ones_sight_is_not_told_by_a_refusal(self, world):
        elsewhere = make_youth(
            world.other_programme,
            world.valenciennes,
            beneficiary=world.lea.beneficiary,
            contacted_on=dt.date(2025, 2, 5),
            entered_on=None,
        )
        signed(world, elsewhere, employer="Ailleurs SA", by=world.other_manager)
        assert signed(world, world.lea)
        with pytest.raises(Overlap, match="Ailleurs SA"):
            signed(world, world.lea, employer="Lenoir", by=world.administrator)


class TestSeveral:
    def test_two_people_who_change_it_at_once_see_both_versions(self, world, sign_in):
        row = signed(world, world.lea)
        address, typed = page("change_contract", world.lea, row.pk), TYPED | {"version": "1"}
        sign_in(world.caseworker).post(address, typed)
        second = sign_in(world.manager).post(address, typed | {"employer": "Garage Leroux"})
        assert second.status_code == 409
        text = second.content.decode()
        assert "Garage Leroux" in text and "Garage Roux" in text and "Rien n’a été écrasé" in text

    def test_taken_back_by_a_colleague_the_file_says_so_with_what_was_typed(self, world, sign_in):
        row, client = signed(world, world.lea), sign_in(world.caseworker)
        typed = {"why": "Noté deux fois"}
        sign_in(world.manager).post(page("withdraw_contract", world.lea, row.pk), typed)
        for name, sent in (("change_contract", TYPED | {"version": "1"}), ("withdraw_contract", typed)):
            answer = client.post(page(name, world.lea, row.pk), sent, follow=True)
            text = answer.content.decode().replace("\u00a0", " ")
            assert answer.redirect_chain[-1][0] == page("detail", world.lea)
            assert f"a été retiré du dossier par Bruno le {today():%d/%m/%Y}" in text
            assert ("Pourquoi : Noté deux fois" if "why" in sent else "Employeur : Garage Roux") in text
        assert "Vous aviez saisi" not in client.get(page("break_contract", world.lea, row.pk), follow=True).text
        text = sign_in(world.manager).get(page("change_contract", world.lea, row.pk), follow=True).content.decode()
        assert "a été retiré du dossier le" in text
        assert client.get(page("change_contract", world.helene, row.pk)).status_code == 404
        assert sign_in(world.tutor).get(page("change_contract", world.helene, row.pk)).status_code == 404

    def test_guests_read_it_and_change_nothing_and_neighbours_know_nothing(self, world, sign_in):
        row, other = signed(world, world.helene), signed(world, world.lea, employer="Lenoir")
        text = sign_in(world.tutor).get(page("detail", world.helene)).content.decode()
        assert "Garage Roux" in text and "/contrat/" not in text
        assert sign_in(world.tutor).get(page("break_contract", world.helene, row.pk)).status_code == 403
        assert sign_in(world.neighbour).get(page("break_contract", world.helene, row.pk)).status_code == 404
        assert sign_in(world.caseworker).get(page("break_contract", world.lea, row.pk)).status_code == 404
        assert list(Contract.objects.visible_to(world.tutor)) == [row]
        assert set(Contract.objects.visible_to(world.caseworker)) == {row, other}

    def test_it_goes_along_when_files_are_united(self, world):
        double = make_youth(world.programme, world.bethune, first_name="Léa", last_name="Moreau")
        row = signed(world, double)
        unite(world, world.lea, double)
        assert again(row).enrolment == world.lea


class TestDeadlines:
    @pytest.fixture
    def followed(self, world):
        for path in (world.lea, world.helene):
            path.referent = world.caseworker
            path.save()
        return world

    def test_who_follows_the_youth_is_told_the_nearest_first(self, followed, sign_in):
        world = followed
        signed(world, world.lea, starts_on=today(-100), ends_on=today(12))
        signed(world, world.helene, employer="Lenoir", starts_on=today(-3), trial_ends_on=today(1), ends_on=today(200))
        signed(world, world.karim, employer="Ailleurs", starts_on=today(-3), ends_on=today(1), by=world.neighbour)
        client = sign_in(world.caseworker)
        answer = client.get(ACTIONS)
        assert [(each["name"], each["when"], each["tone"]) for each in answer.context["deadlines"]] == [
            ("Hélène Le Goff", "fin de l’essai demain", "waiting"),
            ("Léa Moreau", "fin de contrat dans 12\u00a0jours", "there"),
        ]
        home = words(client.get("/"))
        assert "fin de contrat dans 12 jours" in home and "CDD, Lenoir" in home and "Ailleurs" not in home
        assert "Échéances des contrats" not in sign_in(world.manager).get("/").content.decode()
        text = words(client.get(page("detail", world.lea)))
        assert "finit dans 12 jours" in text
        assert "Essai jusqu’au" in words(client.get(page("detail", world.helene)))
        shown = JournalEntry.objects.filter(actor=world.caseworker, page="beneficiaries:actions").last().shown
        assert set(map(int, shown.split())) == {world.lea.pk, world.helene.pk}

    def test_what_is_broken_over_far_left_or_closed_is_not(self, followed, sign_in):
        world = followed
        row = signed(world, world.lea, starts_on=today(-100), ends_on=today(5))
        Contract.objects.filter(pk=row.pk).update(broken_on=today(-2), break_motive="fault", initiative="employer")
        signed(world, world.helene, employer="A", starts_on=today(-90), ends_on=today(-1))
        late = signed(world, world.helene, employer="B", starts_on=today(), ends_on=today(31))
        client = sign_in(world.caseworker)
        assert client.get(ACTIONS).context["deadlines"] == []
        Contract.objects.filter(pk=late.pk).update(ends_on=today(30))
        assert len(client.get(ACTIONS).context["deadlines"]) == 1
        world.helene.exited_on = today()
        world.helene.save()
        assert client.get(ACTIONS).context["deadlines"] == []
        world.helene.exited_on = None
        world.helene.save()
        world.programme.closed_on = today()
        world.programme.save()
        assert client.get(ACTIONS).context["deadlines"] == []

    def test_who_works_there_no_more_is_told_nothing(self, followed, sign_in):
        """Still the referent until somebody else is: the file is no longer theirs to see."""
        world = followed
        signed(world, world.lea, starts_on=today(-100), ends_on=today(12))
        client = sign_in(world.caseworker)
        assert len(client.get(ACTIONS).context["deadlines"]) == 1
        world.caseworker.roles.update(territory=world.valenciennes)
        assert client.get(ACTIONS).context["deadlines"] == []
        assert "Garage" not in words(client.get("/")) and "Moreau" not in words(client.get("/"))

    def test_however_many_there_are_they_take_one_query(self, followed, sign_in, django_assert_num_queries):
        world, client = followed, sign_in(followed.caseworker)
        signed(world, world.lea, starts_on=today(-3), ends_on=today(1))
        for url in (ACTIONS, "/", page("detail", world.lea)):
            client.get(url)
            with CaptureQueriesContext(connection) as before:
                client.get(url)
            for rank in range(5):
                signed(
                    world, world.lea, both=True, employer=f"Lenoir {rank}{url}", starts_on=today(-3), ends_on=today(2)
                )
            with django_assert_num_queries(len(before)):
                client.get(url)

    def test_the_list_finds_them(self, world, sign_in):
        signed(world, world.lea, starts_on=today(-100), ends_on=today(12))
        row = signed(world, world.helene, starts_on=today(-100))
        Contract.objects.filter(pk=row.pk).update(broken_on=today(-2), break_motive="fault", initiative="employer")
        signed(world, world.helene, employer="B", starts_on=today(-300), ends_on=today(-200))
        client, youths = sign_in(world.manager), reverse("beneficiaries:list", args=["TEST-1"])
        found = {
            value: [row["name"] for row in client.get(youths, {"f-contract": value}).context["rows"]]
            for value in ("running", "ending", "broken", "over", "none")
        }
        assert found == {
            "running": ["Moreau Léa"], "ending": ["Moreau Léa"], "broken": ["Le Goff Hélène"],
            "over": ["Le Goff Hélène"], "none": ["Benali Karim", "Le Goff Hélène"],
        }  # fmt: skip

    def test_one_that_has_not_begun_is_said(self, world, sign_in):
        signed(world, world.lea, starts_on=today(9))
        assert "commence dans 9 jours" in words(sign_in(world.caseworker).get(page("detail", world.lea)))
        assert world.lea.log.filter(kind="contract").get().happened_on == today()
