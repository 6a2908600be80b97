"""Between the reading of a list, a decision on one of its lines and its confirmation, the base goes on living: files
are opened, changed, united and removed by others, accounts are closed, and work may stop on an error."""

import io
import json

import openpyxl
import pytest
from django.core.exceptions import ValidationError

from beneficiaries.batches import confirming, reading, tasks
from beneficiaries.batches.confirming import confirm
from beneficiaries.batches.deciding import join, join_line, keep
from beneficiaries.batches.undoing import WorkedOn, undo
from beneficiaries.merging.comparing import compare
from beneficiaries.merging.uniting import merge_people
from beneficiaries.models import Beneficiary, Enrolment, ImportBatch, ImportLine
from partaj.accounts.journal.models import JournalEntry
from tests.received.hands import CHLOE, LEA, TITLES, confirmed, line_of, outcomes, received, url
from tests.world import make_youth

ZOE = "Ailleurs;Zoé;17/05/2008;06 39 98 00 20;zoe@example.org"
NUMBER = "1 85 05 78 006 084 91"


@pytest.fixture
def zoe(world):
    return world.foreigner.beneficiary


def confirm_now(world, batch, *, by=None):
    batch.refresh_from_db()
    return confirm(batch=batch, version=batch.version, by=by or world.administrator)


def decided(world, *lines, person, take=()):
    """A list whose last line is said to tell of `person`."""
    batch = received(world, *lines)
    join(line=line_of(batch, len(lines) + 1), person=person, taken=take, by=world.administrator)
    return batch


class TestThePersonChosen:
    def test_is_no_longer_there(self, world, zoe):
        batch = decided(world, LEA, ZOE, person=zoe)
        zoe.enrolments.all().delete()
        zoe.delete()
        people = Beneficiary.objects.count()
        batch = confirm_now(world, batch)
        line = line_of(batch, 3)
        assert (Beneficiary.objects.count(), line.outcome, line.decision) == (people + 1, "review", "")
        assert "n’est plus dans PARTAJ" in line.reasons[-1]

    def test_was_united_with_somebody_else(self, world, zoe):
        batch = decided(world, ZOE, person=zoe)
        kept = make_youth(world.other_programme, world.valenciennes, first_name="Zoé", last_name="Ailleurs")
        read = compare(kept.beneficiary_id, zoe.pk, {})
        answers = {question.key: question.proposed for question in read.questions}
        merge_people(kept=kept, absorbed=world.foreigner, by=world.administrator, versions=read.versions,
                     answers=answers)  # fmt: skip
        batch = confirm_now(world, batch)
        assert line_of(batch, 2).person == kept.beneficiary
        assert Beneficiary.objects.get(pk=kept.beneficiary_id).phone == "06 39 98 00 20"

    def test_was_changed_by_somebody_else_who_is_right(self, world, zoe):
        Beneficiary.objects.filter(pk=zoe.pk).update(phone="01 02 03 04 05", email="ancienne@example.org")
        zoe.refresh_from_db()
        batch = decided(world, ZOE, person=zoe, take=["phone", "email"])
        Beneficiary.objects.filter(pk=zoe.pk).update(phone="06 99 99 99 99")
        batch = confirm_now(world, batch)
        zoe.refresh_from_db()
        assert (zoe.phone, zoe.email) == ("06 99 99 99 99", "zoe@example.org")
        assert "laissé tel quel" in line_of(batch, 2).reasons[-1]

    def test_has_their_words_in_the_journal(self, world):
        line = "Moreau;Léa;17/05/2008;06 39 98 00 20;lea@example.org"
        batch = confirm_now(world, decided(world, CHLOE, line, person=world.lea.beneficiary))
        entries = JournalEntry.objects.filter(subject=f"beneficiaries.importbatch:{batch.pk}")
        assert batch.opened == 1
        assert {entry.kind: entry.shown.split() for entry in entries.filter(kind__in=("created", "changed"))} == {
            "created": [str(line_of(batch, 2).enrolment_id)],
            "changed": [str(world.lea.pk)],
        }


class TestSomebodyComesIn:
    def test_whom_a_line_that_was_kept_looks_like(self, world):
        batch = received(world, LEA, ";".join(CHLOE.split(";")[:4]) + ";")
        keep(line=line_of(batch, 3), by=world.administrator)
        make_youth(world.programme, world.bethune, first_name="Chloé", last_name="Lefevre", birth_date=None)
        batch = confirm_now(world, batch)
        assert outcomes(batch) == {2: "import", 3: "review"}
        # Whoever has seen them decides again, and is heard.
        kept = keep(line=line_of(batch, 3), by=world.administrator)
        assert kept.enrolment is not None

    def test_by_another_list_that_says_the_same(self, world):
        first, second = received(world, LEA, CHLOE), received(world, CHLOE)
        confirm_now(world, first)
        second = confirm_now(world, second)
        assert (outcomes(second), second.opened) == ({2: "ignore"}, 0)
        assert "Déjà reçue dans la liste" in line_of(second, 2).reasons[-1]

    def test_and_nobody_asks_it_of_the_lines_of_one_list(self, world):
        """What its own lines opened was compared with the others when it was read."""
        batch = received(world, "Martinez;Chloé;12/05/2006;;", "MARTÍNEZ;Chloe;12/05/2006;;chloe@example.org")
        batch = confirm_now(world, batch)
        assert keep(line=line_of(batch, 3), by=world.administrator).enrolment is not None


class TestWhoReads:
    def test_whose_account_is_closed_sees_the_programme_and_no_more(self, world, zoe):
        batch = received(world, LEA, ZOE, by=world.manager)
        world.manager.is_active = False
        world.manager.save()
        ImportBatch.objects.filter(pk=batch.pk).update(state="reading")
        reading.read_batch(batch=ImportBatch.objects.get(pk=batch.pk))
        assert outcomes(batch)[3] == "import"
        ImportBatch.objects.filter(pk=batch.pk).update(state="reading", received_by=None)
        reading.read_batch(batch=ImportBatch.objects.get(pk=batch.pk))
        assert outcomes(batch)[3] == "import"

    def test_is_told_that_somebody_is_there_and_nothing_by_which_to_find_them(self, world, sign_in, zoe):
        batch, client = received(world, LEA, ZOE), sign_in(world.manager)
        for page in (client.get(url("line", batch, line_of(batch, 3).pk)), client.get(url("batch", batch))):
            text = page.content.decode()
            assert f'value="{zoe.pk}"' not in text and f"personne-{zoe.pk}" not in text
            assert "même nom" not in text and "même date" not in text

    def test_is_not_told_of_who_is_no_longer_there(self, world, sign_in, zoe):
        batch, client = received(world, LEA, ZOE), sign_in(world.administrator)
        zoe.enrolments.all().delete()
        zoe.delete()
        assert "hors de votre périmètre" not in client.get(url("line", batch, line_of(batch, 3).pk)).content.decode()


class TestWhatNobodysFileMayHold:
    def test_is_refused_however_the_line_is_decided(self, world, zoe):
        batch = received(world, LEA, ZOE.replace("17/05/2008", "17/05/2027"))
        line = line_of(batch, 3)
        ImportLine.objects.filter(pk=line.pk).update(student=line.student | {"birth_date": "2027-05-17"})
        with pytest.raises(ValidationError, match="futur"):
            keep(line=line, by=world.administrator)
        with pytest.raises(ValidationError, match="futur"):
            join(line=line, person=zoe, taken=(), by=world.administrator)

    def test_is_refused_where_a_day_cannot_be(self, world, zoe):
        """Born after the first contact that the list would open, or after the paths that one has already."""
        batch = received(world, LEA, ZOE)
        line = line_of(batch, 3)

        def born(day):
            ImportLine.objects.filter(pk=line.pk).update(student=line.student | {"birth_date": day})

        born("2026-03-01")
        for decide in (lambda: keep(line=line, by=world.administrator),
                       lambda: join(line=line, person=zoe, taken=(), by=world.administrator)):  # fmt: skip
            with pytest.raises(ValidationError, match="La naissance suivrait"):
                decide()
        born("2026-01-15")
        with pytest.raises(ValidationError, match="La naissance suivrait"):
            join(line=line, person=zoe, taken=["birth_date"], by=world.administrator)
        assert join(line=line, person=zoe, taken=(), by=world.administrator).outcome == "import_warning"

    def test_is_told_under_the_label_of_its_column(self, world, zoe):
        batch = received(world, LEA, ZOE)
        line = line_of(batch, 3)
        ImportLine.objects.filter(pk=line.pk).update(student=line.student | {"ine": "123 456 789 012"})
        with pytest.raises(ValidationError) as refusal:
            join(line=line, person=zoe, taken=(), by=world.administrator)
        assert refusal.value.messages[0].startswith("INE\u00a0: ")

    def test_a_line_that_another_completes_completes_none(self, world):
        three = ["Martinez;Chloé;12/05/2006;;", "MARTÍNEZ;Chloe;12/05/2006;;", "MARTINEZ;CHLOÉ;12/05/2006;;c@d.org"]
        batch = received(world, *three)
        lines = [line_of(batch, number) for number in (2, 3, 4)]
        join_line(line=lines[1], other=lines[0], taken=(), by=world.administrator)
        keep(line=lines[2], by=world.administrator)
        with pytest.raises(ValidationError, match="Une autre ligne complète celle-ci"):
            join_line(line=lines[0], other=line_of(batch, 4), taken=(), by=world.administrator)

    @pytest.mark.parametrize("place", ["name", "phone", "comment", "above", "titles", "beyond"])
    def test_a_social_security_number_is_nowhere_in_the_base(self, world, place):
        lines, above, titles, row = [LEA], "", TITLES, "Petit;Max;01/02/2006;06 39 98 00 30;max@example.org"
        cells = row.split(";")
        if place == "name":
            cells[0] = NUMBER
        elif place == "phone":
            cells[3] = NUMBER
        elif place == "comment":
            titles, cells = f"{TITLES};Commentaire", [*cells, f"sécu {NUMBER}"]
        elif place == "above":
            above = f"Liste de Max Petit, {NUMBER}\n"
        elif place == "titles":
            titles = f"{TITLES};{NUMBER}"
        else:
            cells.append(NUMBER)
        content = f"{above}{titles}\n{lines[0]}\n{';'.join(cells)}\n".encode()
        batch = received(world, content=content)
        batch = confirm_now(world, batch)
        for line in batch.lines.all():
            if line.outcome == "review":
                keep(line=line, by=world.administrator) if line.value("last_name") else None
        kept = [batch.told, *ImportLine.objects.values_list("cells", "student", "name", "reasons", "alike")]
        kept += Beneficiary.objects.values_list("last_name", "first_name", "phone", "phone_digits", "address", "ine")
        said = "".join(character for character in json.dumps(kept) if character not in " .-")
        assert NUMBER.replace(" ", "") not in said


class TestUndone:
    def test_what_two_lines_completed_of_one_person_is_as_before(self, world, zoe):
        batch = received(world, ZOE, "AILLEURS;Zoe;17/05/2008;;autre@example.org;", LEA)
        join(line=line_of(batch, 2), person=zoe, taken=(), by=world.administrator)
        join(line=line_of(batch, 3), person=zoe, taken=["last_name"], by=world.administrator)
        batch = confirm_now(world, batch)
        zoe.refresh_from_db()
        before = (zoe.phone, zoe.email)
        assert before == ("06 39 98 00 20", "zoe@example.org")
        undo(batch=batch, version=batch.version, by=world.administrator)
        zoe.refresh_from_db()
        assert (zoe.phone, zoe.email, zoe.last_name) == ("", "", "Ailleurs")
        paths = Enrolment.objects.filter(beneficiary=zoe).values_list("sort_name", flat=True)
        assert set(paths) == {zoe.sort_name}

    def test_not_once_another_list_was_joined_to_it(self, world):
        batch = confirmed(world, LEA, CHLOE)
        other = received(world, CHLOE.replace("0012", "0099"))
        join(line=line_of(other, 2), person=line_of(batch, 3).person, taken=(), by=world.administrator)
        with pytest.raises(WorkedOn) as refusal:
            undo(batch=batch, version=batch.version, by=world.administrator)
        assert refusal.value.files == {line_of(batch, 3).enrolment_id}


class TestWorkThatStops:
    def break_down(self, *args, **kwargs):
        raise RuntimeError("Failing row contains (Moreau, Léa)")

    def test_of_a_reading_is_told_and_begun_again(self, world, sign_in, monkeypatch, caplog):
        batch = received(world, LEA)
        ImportBatch.objects.filter(pk=batch.pk).update(state="reading")
        with monkeypatch.context() as broken:
            broken.setattr(reading, "judged", self.break_down)
            tasks.read.func(batch.pk)
        batch.refresh_from_db()
        assert batch.state == "refused" and "Moreau" not in caplog.text
        page = sign_in(world.administrator).get(url("batch", batch)).content.decode()
        assert "La lecture s’est arrêtée" in page and "Lire autrement" in page

    def test_of_a_confirmation_leaves_the_list_to_be_confirmed(self, world, sign_in, monkeypatch, caplog):
        batch = received(world, LEA)
        ImportBatch.objects.filter(pk=batch.pk).update(state="writing", confirmed_by=world.administrator)
        people = Beneficiary.objects.count()
        with monkeypatch.context() as broken:
            broken.setattr(confirming, "remember", self.break_down)
            tasks.write.func(batch.pk)
        batch.refresh_from_db()
        assert (batch.state, Beneficiary.objects.count()) == ("ready", people) and "Moreau" not in caplog.text
        page = sign_in(world.administrator).get(url("batch", batch)).content.decode()
        assert "L’enregistrement s’est arrêté" in page and "Confirmer 1" in page
        batch = confirm_now(world, batch)
        assert (batch.state, "stopped" in batch.told) == ("confirmed", False)


def test_a_list_that_opens_nothing_is_brought_to_its_end(world, sign_in):
    confirmed(world, LEA)
    batch, client = received(world, LEA), sign_in(world.administrator)
    assert "Terminer sans ouvrir de dossier" in client.get(url("batch", batch)).content.decode()
    client.post(url("batch_confirm", batch), {"version": batch.version})
    batch.refresh_from_db()
    assert (batch.state, batch.opened) == ("confirmed", 0)


def test_rejected_lines_leave_with_those_alone_who_may_export(world, sign_in):
    batch, client = received(world, LEA, ";;;;06"), sign_in(world.manager)
    assert client.get(url("batch_rejected", batch)).status_code == 200
    world.manager.roles.update(may_export=False)
    client = sign_in(world.manager)
    assert client.get(url("batch_rejected", batch)).status_code == 403
    assert "Lignes rejetées (CSV)" not in client.get(url("batch", batch)).content.decode()


def test_a_list_that_no_structure_handed_over_has_no_agreement(world, sign_in):
    batch = confirmed(world, LEA, organisation=None)
    assert sign_in(world.administrator).get(url("batch_agreement", batch)).status_code == 404


def test_a_workbook_that_begins_with_a_cover_is_read_by_its_other_sheet(world, sign_in):
    book = openpyxl.Workbook()
    book.active.title = "Couverture"
    book.active.append(["Université du Hainaut, service de la scolarité"])
    sheet = book.create_sheet("Absents")
    for line in (TITLES, LEA):
        sheet.append(line.split(";"))
    out = io.BytesIO()
    book.save(out)
    batch, client = received(world, content=out.getvalue()), sign_in(world.administrator)
    assert batch.state == "refused"
    page = url("batch_reading", batch)
    form = client.get(page).context["form"]
    assert [name for name, _ in form.fields["sheet"].choices] == ["", "Couverture", "Absents"]
    data = {name: str(form[name].value() or "") for name in form.fields} | {"sheet": "Absents"}
    client.post(page, data)
    batch.refresh_from_db()
    assert (batch.state, outcomes(batch)) == ("ready", {2: "import"})
