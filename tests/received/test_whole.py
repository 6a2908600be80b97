"""A list as a whole: confirmed once, undone whole, forgotten, read otherwise, given back."""

import csv
import io
import json

import pytest
from django.urls import reverse

from beneficiaries import services
from beneficiaries.batches.confirming import confirm
from beneficiaries.batches.receiving import forget_list
from beneficiaries.batches.undoing import WorkedOn, undo
from beneficiaries.merging.comparing import compare
from beneficiaries.merging.uniting import merge_people
from beneficiaries.models import (
    Beneficiary,
    Contract,
    Enrolment,
    Exam,
    ImportBatch,
    ImportLine,
    LogEntry,
    Obstacle,
    Sender,
)
from partaj.accounts.models import JournalEntry
from partaj.programmes.services import ClosedProgramme
from partaj.versions import StaleVersion
from tests.lists.hands import judged
from tests.received.hands import (
    CHLOE,
    DAY,
    LEA,
    NOBODY,
    YOUNG,
    confirmed,
    content_of,
    line_of,
    outcomes,
    received,
    send,
    url,
)
from tests.world import make_youth

# Written without a line of the timeline: each of them is work by itself.
PATH_OF_A_YOUTH = {
    "obstacle": lambda world, file: Obstacle.objects.create(
        enrolment=file, kind="mobility", opened_on=file.contacted_on
    ),
    "contract": lambda world, file: Contract.objects.create(
        enrolment=file, contract_type="cdd", employer="Garage Roux", starts_on=file.contacted_on
    ),
    "exam": lambda world, file: Exam.objects.create(
        enrolment=file, certificate="CAP", session_on=file.contacted_on, result="absent"
    ),
}


def everything():
    return {
        model: sorted(model.objects.values_list()) for model in (Beneficiary, Enrolment, LogEntry)
    } | {"histories": (Beneficiary.history.count(), Enrolment.history.count())}  # fmt: skip


class TestOnce:
    def test_a_second_click_does_nothing(self, world, sign_in):
        batch, client = received(world, LEA, CHLOE), sign_in(world.administrator)
        first = client.post(url("batch_confirm", batch), {"version": batch.version}, follow=True)
        assert "2\u00a0dossiers ouverts" in first.content.decode()
        before = everything()
        second = client.post(url("batch_confirm", batch), {"version": batch.version}, follow=True)
        told = "déjà confirmée par Alice\u00a0: 2\u00a0dossiers ouverts, rien n’a été écrit deux fois"
        assert told in second.content.decode()
        assert everything() == before

    @pytest.mark.parametrize("version", ["", "0", "99", "abc", "1" * 30])
    def test_what_somebody_else_changed_is_read_first(self, world, sign_in, version):
        batch, before = received(world, LEA, CHLOE), everything()
        sign_in(world.administrator).post(url("batch_confirm", batch), {"version": version})
        assert everything() == before

    def test_a_decision_taken_meanwhile_is_read_first(self, world, sign_in):
        batch, client = received(world, LEA, CHLOE), sign_in(world.administrator)
        client.post(url("line", batch, line_of(batch, 3).pk), {"act": "discard"})
        client.post(url("batch_confirm", batch), {"version": batch.version})
        batch.refresh_from_db()
        assert batch.state == ImportBatch.State.READY

    def test_the_journal_names_the_files_that_were_opened(self, world, sign_in):
        batch = received(world, LEA, CHLOE)
        sign_in(world.administrator).post(url("batch_confirm", batch), {"version": batch.version})
        files = list(batch.lines.order_by("number").values_list("enrolment", flat=True))
        entry = JournalEntry.objects.get(kind="created", subject=f"beneficiaries.importbatch:{batch.pk}")
        assert (entry.actor, entry.shown) == (world.administrator, f" {files[0]} {files[1]} ")
        page = reverse("beneficiaries:consultations", args=["TEST-1", files[0]])
        assert "dossiers de la liste reçue" in sign_in(world.administrator).get(page).content.decode()

    def test_a_closed_programme_takes_no_list(self, world):
        batch = received(world, LEA)
        world.programme.closed_on = DAY
        world.programme.save()
        batch.programme.refresh_from_db()
        with pytest.raises(ClosedProgramme):
            confirm(batch=batch, version=batch.version, by=world.administrator)
        with pytest.raises(ClosedProgramme):
            received(world, LEA)


class TestUndone:
    def test_nothing_of_it_stays(self, world, sign_in):
        before = everything()
        batch, client = confirmed(world, LEA, CHLOE, YOUNG), sign_in(world.administrator)
        assert "2\u00a0dossiers ouverts" in client.get(url("batch_undo", batch)).content.decode()
        client.post(url("batch_undo", batch))
        assert everything() == before
        batch.refresh_from_db()
        assert (batch.state, outcomes(batch)) == ("ready", {2: "import", 3: "import", 4: "review"})
        # It may be confirmed again, and gives other numbers: the journal speaks of the former ones.
        confirm(batch=batch, version=batch.version, by=world.administrator)
        assert Enrolment.objects.filter(sort_name="lefevre chloe").count() == 1

    def test_the_files_take_numbers_that_nobody_ever_had(self, world):
        batch = confirmed(world, LEA)
        former = line_of(batch, 2).enrolment_id
        undo(batch=batch, version=batch.version, by=world.administrator)
        batch.refresh_from_db()
        confirm(batch=batch, version=batch.version, by=world.administrator)
        assert line_of(batch, 2).enrolment_id > former

    @pytest.mark.parametrize(
        "work", ["note", "step", "change", "loss", "access", "other path", "merger", *PATH_OF_A_YOUTH]
    )
    def test_a_file_on_which_somebody_worked_stops_it_all_and_is_named(self, world, sign_in, work):
        batch = confirmed(world, LEA, CHLOE)
        WORK[work](world, line_of(batch, 3).enrolment)
        file = line_of(batch, 3).enrolment
        before = everything()
        with pytest.raises(WorkedOn) as refusal:
            undo(batch=batch, version=batch.version, by=world.administrator)
        assert refusal.value.files == {file.pk}
        page = sign_in(world.administrator).get(url("batch_undo", batch)).content.decode()
        assert file.beneficiary.full_name in page and "Léa Moreau" not in page
        assert sign_in(world.administrator).post(url("batch_undo", batch)).status_code == 409
        assert everything() == before

    def test_what_it_completed_elsewhere_is_as_before_but_where_it_was_changed_since(self, world, sign_in):
        person = world.foreigner.beneficiary
        line = "Ailleurs;Zoé;17/05/2008;06 39 98 00 20;zoe@example.org"
        batch, client = received(world, line), sign_in(world.administrator)
        client.post(url("line", batch, line_of(batch, 2).pk), {"act": "same", "person": person.pk})
        batch.refresh_from_db()
        batch = confirm(batch=batch, version=batch.version, by=world.administrator)
        Beneficiary.objects.filter(pk=person.pk).update(email="nouvelle@example.org")
        undo(batch=batch, version=batch.version, by=world.administrator)
        person.refresh_from_db()
        assert (person.phone, person.email, person.phone_digits) == ("", "nouvelle@example.org", "")
        assert person.enrolments.count() == 1


def _unite(world, file):
    """With the file of somebody noted by hand, which the list did not open: undoing must not take that one away."""
    kept = make_youth(world.programme, world.bethune, first_name="Chloé", last_name="Lefebvre", birth_date=None)
    read = compare(kept.beneficiary_id, file.beneficiary_id, {})
    answers = {question.key: question.proposed for question in read.questions}
    merge_people(kept=kept, absorbed=file, by=world.administrator, versions=read.versions, answers=answers)


WORK = PATH_OF_A_YOUTH | {
    "merger": _unite,
    "note": lambda world, file: services.write_log(
        kind="note",
        enrolment=file,
        sentence="Vue",
        happened_on=file.contacted_on,
        is_private=True,
        author=world.caseworker,
    ),
    "step": lambda world, file: services.enter_step(
        enrolment=file, step=world.steps["contact"], entered_on=file.contacted_on, by=world.caseworker
    ),
    "change": lambda world, file: services.revise(
        beneficiary=file.beneficiary, enrolment=file, versions=(file.beneficiary.version, file.version)
    ),
    "loss": lambda world, file: services.record_loss(
        enrolment=file, reason=world.reasons["abandon"], lost_on=file.contacted_on, step=None, by=world.caseworker
    ),
    "access": lambda world, file: services.open_access(
        enrolment=file, user=world.tutor, reason="mentoring", starts_on=file.contacted_on
    ),
    "other path": lambda world, file: make_youth(
        world.other_programme, world.valenciennes, beneficiary=file.beneficiary
    ),
}


class TestForgotten:
    def test_a_list_received_by_mistake_is_gone(self, world, sign_in):
        batch, client = received(world, LEA), sign_in(world.administrator)
        response = client.post(url("batch_forget", batch), follow=True)
        assert "abandonnée" in response.content.decode()
        assert not ImportBatch.objects.exists() and not ImportLine.objects.exists()

    def test_not_once_it_is_confirmed(self, world, sign_in):
        batch = confirmed(world, LEA)
        with pytest.raises(StaleVersion):
            forget_list(batch=batch)
        assert sign_in(world.administrator).post(url("batch_forget", batch)).status_code == 409


class TestReadOtherwise:
    def read(self, client, batch, **changes):
        form = client.get(url("batch_reading", batch)).context["form"]
        data = {
            name: "" if (value := form[name].value()) is None or value is False else str(value) for name in form.fields
        }
        return client.post(url("batch_reading", batch), data | changes)

    def test_what_was_found_is_shown_and_may_be_decided_otherwise(self, world, sign_in):
        content = "Nom|Prénom;x|Né(e) le\nMoreau|Léa|14/03/2006\n".encode("utf-16")
        client = sign_in(world.administrator)
        send(client, world, content)
        batch = ImportBatch.objects.get()
        page = client.get(url("batch", batch)).content.decode()
        assert batch.state == "refused" and "Lire autrement" in page
        self.read(client, batch, delimiter="|")
        batch.refresh_from_db()
        assert (batch.state, outcomes(batch)) == ("ready", {2: "review"})

    def test_columns_are_chosen_by_hand_and_remembered_of_who_sends_them(self, world, sign_in):
        content = "Nom;Surnom;Né(e) le\nMoreau;Lou;14/03/2006\n".encode()
        batch, client = received(world, content=content), sign_in(world.administrator)
        assert line_of(batch, 2).value("first_name") == ""
        self.read(client, batch, column_1="first_name")
        assert line_of(batch, 2).value("first_name") == "Lou"
        batch.refresh_from_db()
        confirm(batch=batch, version=batch.version, by=world.administrator)
        assert Sender.objects.get().columns == {"surnom": "first_name"}
        other = content.replace(b"Moreau;Lou", b"Petit;Max")
        assert line_of(received(world, content=other), 2).value("first_name") == "Max"
        elsewhere = received(world, content=other, organisation=None)
        assert line_of(elsewhere, 2).value("first_name") == ""

    def test_a_column_left_out_by_hand_stays_out(self, world, sign_in):
        batch, client = received(world, LEA), sign_in(world.administrator)
        self.read(client, batch, column_3="")
        assert line_of(batch, 2).value("phone") == ""
        assert line_of(batch, 2).cells == ["Moreau", "Léa", "14/03/2006", "", "lea.moreau@example.org"]

    def test_text_encoded_twice_is_repaired_where_one_asks_for_it(self, world, sign_in):
        content = (
            content_of("Lefèvre;Zoé;14/03/2006;;zoe@example.org").decode().encode("utf-8").decode("cp1252").encode()
        )
        batch, client = received(world, content=content), sign_in(world.administrator)
        assert outcomes(batch) == {2: "review"}
        page = client.get(url("batch_reading", batch)).content.decode()
        assert "LefÃ¨vre" in page and "Lefèvre" in page
        self.read(client, batch, repair="on")
        assert (line_of(batch, 2).name, outcomes(batch)) == ("Zoé Lefèvre", {2: "import"})

    @pytest.mark.parametrize("written", ["dépression sévère", "n° sécu 1 85 05 78 006 084 36"])
    def test_text_encoded_twice_that_may_not_come_in_is_not_quoted(self, world, written):
        titles = "Nom;Prenom;Date de naissance;Courriel;Commentaire"
        twice = written.encode().decode("cp1252")
        batch = received(world, f"Moreau;Lea;14/03/2006;lea@example.org;{twice}", titles=titles)
        assert batch.told["repairs"] == [{"line": 2, "before": "(non gardé)", "after": "(non gardé)"}]
        kept = json.dumps([batch.told, list(batch.lines.values("cells", "student", "reasons"))], ensure_ascii=False)
        assert not any(word in kept for word in ("pression", "1 85 05 78"))

    def test_another_rule_gives_other_outcomes(self, world, sign_in):
        batch, client = (
            received(world, "Moreau;Léa;14/03/2006;;a@example.org;5", titles="Nom;Prénom;Né(e) le;Tél;Mail;NB_IP"),
            sign_in(world.administrator),
        )
        assert (batch.rule, outcomes(batch)) == ("ia-ip", {2: "review"})
        self.read(client, batch, rule="absence")
        assert outcomes(batch) == {2: "import"}

    def test_two_people_who_read_it_otherwise_at_once(self, world, sign_in):
        batch = received(world, LEA)
        first, second = sign_in(world.administrator), sign_in(world.manager)
        form = second.get(url("batch_reading", batch)).context["form"]
        stale = {
            name: "" if (value := form[name].value()) is None or value is False else str(value) for name in form.fields
        }
        self.read(first, batch, column_3="")
        response = second.post(url("batch_reading", batch), stale, follow=True)
        assert "Cette liste a changé" in response.content.decode()

    def test_once_confirmed_the_file_is_gone(self, world, sign_in):
        batch = confirmed(world, LEA)
        assert batch.content is None
        response = sign_in(world.administrator).get(url("batch_reading", batch))
        assert response.url == url("batch", batch)


class TestGivenBack:
    def test_rejected_lines_leave_in_the_layout_of_the_file_and_come_back(self, world, sign_in):
        titles = "Nom;Prénom;Date de naissance;Téléphone;Courriel;Nationalité"
        batch = received(world, f"{LEA};belge", f"{NOBODY};suisse", "=1+1;Zoé;31/02/2006;;;", titles=titles)
        response = sign_in(world.administrator).get(url("batch_rejected", batch))
        text = b"".join(response.streaming_content).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text), delimiter=";"))
        assert rows[0] == [*titles.split(";"), "Motif", "Ligne"]
        assert rows[1] == [
            "",
            "",
            "05/05/2006",
            "06 39 98 00 14",
            "",
            "",
            "Aucun nom\u00a0: cette ligne ne dit pas de qui il s’agit.",
            "3",
        ]
        assert rows[2][:3] == ["'=1+1", "Zoé", "31/02/2006"]
        again = judged(text)
        assert [each.nature.kind.name for each in again.lines if each.nature.kind.name != "BLANK"] == [
            "PERSON",
            "PERSON",
            "FOOTER",
        ]

    def test_the_statement_adds_up_and_names_nobody(self, world, sign_in):
        batch = confirmed(world, LEA, CHLOE, YOUNG, NOBODY, ";;;;")
        page = sign_in(world.administrator).get(url("batch_statement", batch))
        statement = page.context["statement"]
        assert (sum(number for _, number in statement.rows), statement.read) == (5, 5)
        assert dict(statement.rows)["Jeunes contactés\u00a0: dossiers ouverts"] == 2
        assert statement.corrections == []
        text = page.content.decode()
        assert not any(name in text for name in ("Moreau", "Lefèvre", "Petit", "example.org"))

    def test_it_gives_no_more_than_the_agreement_permits(self, world, sign_in):
        titles = "COD_ETU;Nom;Prénom;Date de naissance;Téléphone;Courriel"
        batch, client = (
            confirmed(world, f"22501001;{YOUNG}", f"22501002;{LEA}", titles=titles),
            sign_in(world.administrator),
        )
        assert "22501001" not in client.get(url("batch_statement", batch)).content.decode()
        client.post(
            url("batch_agreement", batch), {"agreement": "Convention du 12/01/2026", "gives_back": "corrections"}
        )
        text = client.get(url("batch_statement", batch)).content.decode()
        assert "22501001" in text and "22501002" not in text and "Convention du 12/01/2026" in text
        assert "Petit" not in text and "moins de 16" not in text


class TestReadByHand:
    """A list that says nothing of what it holds: somebody says it."""

    def test_columns_that_nobody_recognises(self, world, sign_in):
        content = b"Qui;Petit nom;Jour\nMoreau;Lou;14/03/2006\n"
        batch, client = received(world, content=content), sign_in(world.administrator)
        assert (batch.state, batch.lines.count()) == ("refused", 0)
        page = client.get(url("batch_reading", batch)).content.decode()
        assert "Qui;Petit nom" not in page and "Qui Petit nom Jour" in page
        read = TestReadOtherwise().read
        read(client, batch, header_line="1")
        read(client, batch, column_0="last_name", column_1="first_name", column_2="birth_date")
        batch.refresh_from_db()
        assert (batch.state, outcomes(batch), line_of(batch, 2).name) == ("ready", {2: "import"}, "Lou Moreau")

    def test_columns_without_titles(self, world, sign_in):
        content = b"Moreau;Lou;14/03/2006\nPetit;Max;15/03/2006\n"
        batch, client = received(world, content=content), sign_in(world.administrator)
        read = TestReadOtherwise().read
        read(client, batch, header_line="0")
        batch.refresh_from_db()
        assert [column["title"] for column in batch.told["columns"]] == ["Colonne 1", "Colonne 2", "Colonne 3"]
        read(client, batch, column_0="last_name", column_1="first_name", column_2="birth_date")
        batch.refresh_from_db()
        assert outcomes(batch) == {1: "import", 2: "import"}
        confirm(batch=batch, version=batch.version, by=world.administrator)
        assert not Sender.objects.exists()  # « Colonne 1 » says nothing of the next list
