"""All who are registered, less those who are registered for courses: the difference is the list (AP1-485)."""

import datetime as dt
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from beneficiaries.batches.confirming import confirm
from beneficiaries.batches.deciding import discard, keep, take_back
from beneficiaries.batches.undoing import undo
from beneficiaries.models import Beneficiary, Enrolment, ImportBatch, ImportLine
from tests.received.hands import CHLOE, LEA, YOUNG, content_of, line_of, only_batch, outcomes, received, send, url
from tests.world import make_youth

REGISTERED = "Moreau;Léa;14/03/2006;;"  # Léa has chosen her courses; Chloé has not
ALIKE = "Lefebvre;Chloé;09/04/2007;;"
RULE = "Règle\u00a0: inscrits, moins les inscrits pédagogiques (1\u00a0personne lue dans le second fichier)"
OUT = "Inscrits pédagogiquement\u00a0: hors de la liste"


def two_lists(world, *lines, second=(REGISTERED,), **fields):
    return received(world, *lines, kind=ImportBatch.Kind.DIFFERENCE, second=content_of(*second), **fields)


def sent(client, world, content, registered, **changes):
    file = SimpleUploadedFile("inscrits.csv", registered)
    return send(client, world, content, **({"kind": "difference", "second": file} | changes))


def test_two_files_are_received_and_their_difference_is_confirmed(world, sign_in):
    client, people = sign_in(world.administrator), Beneficiary.objects.count()
    sent(client, world, content_of(LEA, CHLOE, YOUNG), content_of(REGISTERED))
    batch = only_batch()
    assert outcomes(batch) == {2: "ignore", 3: "import", 4: "review"}
    text = client.get(f"{url('batch', batch)}?sort=ignore").content.decode()
    assert RULE in text and "Inscrite pédagogiquement\u00a0: ligne 2 de la seconde liste." in text
    assert "Seconde liste, les inscrits pédagogiques. CSV, UTF-8, point-virgule" in text
    assert "3</strong> lignes lues = 1 + 0 + 1 + 0 + 1" in text
    response = client.post(url("batch_confirm", batch), {"version": batch.version}, follow=True)
    assert "1\u00a0dossier ouvert" in response.content.decode()
    assert Beneficiary.objects.count() == people + 1
    assert str(line_of(batch, 3).enrolment.beneficiary) == "Chloé Lefèvre"


def test_who_only_resembles_somebody_there_waits_for_a_person(world, sign_in):
    batch = two_lists(world, LEA, CHLOE, second=(REGISTERED, ALIKE))
    assert outcomes(batch) == {2: "ignore", 3: "review"}
    page = sign_in(world.administrator).get(url("line", batch, line_of(batch, 3).pk)).content.decode()
    assert "Ressemble à la ligne 3 de la seconde liste (moyen)\u00a0: nom qui se prononce de même" in page


def test_the_statement_says_how_many_are_registered_and_adds_up(world, sign_in):
    batch = two_lists(world, LEA, CHLOE, YOUNG, LEA, ";;;;")
    confirm(batch=batch, version=batch.version, by=world.administrator)
    page = sign_in(world.administrator).get(url("batch_statement", batch))
    statement = page.context["statement"]
    rows = dict(statement.rows)
    assert (sum(rows.values()), statement.read, rows[OUT]) == (5, 5, 2)  # Léa's second line, the same to the letter
    assert rows["Déjà connus, ou écrits deux fois"] == 0
    assert RULE in page.content.decode()
    assert OUT not in dict(sign_in(world.administrator).get(
        url("batch_statement", _confirmed_list(world))).context["statement"].rows)  # fmt: skip


def _confirmed_list(world):
    batch = received(world, "Petit;Anna;01/02/2006;;anna@example.org")
    return confirm(batch=batch, version=batch.version, by=world.administrator)


class TestNothingIsKept:
    """Of those who chose their courses: they concern nobody here."""

    def test_of_the_second_list_nothing_but_counts(self, world):
        second = ("Secret;Personne;01/01/2005;0639980099;secret@example.org", "Total : 412")
        batch = two_lists(world, LEA, CHLOE, second=second)
        said = json.dumps([batch.told, list(batch.lines.values_list("reasons", "alike", "student", "cells"))])
        assert not any(word in said for word in ("Secret", "secret", "Personne;", "0639980099"))
        assert (batch.told["second"]["people"], batch.told["second"]["read"]) == (1, 2)
        assert "Le fichier annonce 412" in json.dumps(batch.told["second"]["notices"], ensure_ascii=False)

    def test_of_those_of_the_first_nothing_once_it_is_confirmed(self, world, sign_in):
        batch = two_lists(world, LEA, CHLOE)
        assert line_of(batch, 2).name == "Léa Moreau"  # until then somebody may see that they are taken for another
        confirm(batch=batch, version=batch.version, by=world.administrator)
        batch.refresh_from_db()
        line = line_of(batch, 2)
        assert (line.name, line.cells, line.student, line.digest) == ("", [], {}, "")
        assert (batch.content, batch.second, line.second_line) == (None, None, 2)
        page = sign_in(world.administrator).get(f"{url('batch', batch)}?sort=ignore").content.decode()
        assert "ligne 2 de la seconde liste" in page and "Moreau" not in page

    @pytest.mark.parametrize("act", ["written twice", "set aside", "kept, then taken back"])
    def test_whatever_was_decided_of_their_lines(self, world, act):
        batch = two_lists(world, LEA, CHLOE, LEA) if act == "written twice" else two_lists(world, LEA, CHLOE)
        if act == "set aside":
            discard(line=line_of(batch, 2), by=world.administrator)
        if act == "kept, then taken back":  # after somebody like her came, for whom the line waited
            keep(line=line_of(batch, 2), by=world.administrator)
            make_youth(world.programme, world.bethune, first_name="Léa", last_name="Moreau",
                       birth_date=dt.date(2006, 3, 15))  # fmt: skip
        batch.refresh_from_db()
        confirm(batch=batch, version=batch.version, by=world.administrator)
        if act == "kept, then taken back":
            assert outcomes(batch)[2] == "review" and line_of(batch, 2).name == "Léa Moreau"
            take_back(line=line_of(batch, 2), by=world.administrator)
        said = list(batch.lines.values_list("name", "cells", "student", "digest", "alike", "taken"))
        assert "Moreau" not in json.dumps(said, ensure_ascii=False)
        assert "ligne 2 de la seconde liste" in line_of(batch, 2).reasons[0]

    def test_nor_by_whom_they_look_like_and_nothing_more_is_decided_of_them(self, world, sign_in):
        """Lea, born a day later, may be Léa: her line is compared with a line that is forgotten."""
        batch, client = two_lists(world, LEA, "Moreau;Lea;15/03/2006;;lea2@example.org"), sign_in(world.administrator)
        confirm(batch=batch, version=batch.version, by=world.administrator)
        assert line_of(batch, 2).alike == []
        pages = [url("line", batch, line_of(batch, number).pk) for number in (2, 3)]
        forgotten, other = (client.get(page) for page in pages)
        text = forgotten.content.decode()
        assert "ce que la ligne disait d’elle a été oublié" in text
        assert "Lea" not in text and "Garder cette ligne" not in text
        assert other.context["others"] == [] and "Garder cette ligne" in other.content.decode()
        typed = {"act": "keep", "last_name": "Moreau", "first_name": "Léa"}
        assert "Cette liste a changé" in client.post(pages[0], typed, follow=True).content.decode()
        assert outcomes(batch)[2] == "ignore"

    def test_but_of_whom_somebody_decided_otherwise(self, world, sign_in):
        batch, client = two_lists(world, LEA, CHLOE), sign_in(world.administrator)
        address = url("line", batch, line_of(batch, 2).pk)
        form = client.get(address).context["form"]
        typed = {name: "" if (value := form[name].value()) is None else str(value) for name in form.fields}
        client.post(address, typed | {"act": "keep"})
        batch.refresh_from_db()
        confirm(batch=batch, version=batch.version, by=world.administrator)
        assert str(line_of(batch, 2).enrolment.beneficiary) == "Léa Moreau"


def test_it_is_undone_whole(world):
    before = Beneficiary.objects.count(), Enrolment.objects.count()
    batch = two_lists(world, LEA, CHLOE)
    batch = confirm(batch=batch, version=batch.version, by=world.administrator)
    undo(batch=batch, version=batch.version, by=world.administrator)
    assert (Beneficiary.objects.count(), Enrolment.objects.count()) == before
    assert outcomes(batch) == {2: "ignore", 3: "import"}


class TestRefused:
    def test_a_second_file_that_may_not_enter_is_told_under_its_field(self, world, sign_in):
        client = sign_in(world.administrator)
        for second in (b"", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
            response = sent(client, world, content_of(LEA), second)
            assert response.status_code == 422
            (sentence,) = response.context["form"].errors["second"]
            assert sentence.startswith("Seconde liste (les inscrits pédagogiques)\u00a0: ce ")
        assert not ImportBatch.objects.exists()

    def test_a_second_file_that_cannot_be_read_refuses_the_list_and_is_named(self, world, sign_in):
        client = sign_in(world.administrator)
        sent(client, world, content_of(LEA), b"Couleur;Taille\nrouge;3\n")
        batch = only_batch()
        assert (batch.state, ImportLine.objects.count()) == ("refused", 0)
        text = client.get(url("batch", batch)).content.decode()
        assert "Seconde liste (les inscrits pédagogiques)\u00a0: aucune ligne de titres n’a été reconnue" in text
        assert client.get(url("batch_reading", batch)).status_code == 200

    @pytest.mark.parametrize(("changes", "sentence"), [
        ({"kind": "difference", "second": ""}, "Donnez la liste des inscrits pédagogiques"),
        ({"kind": "students"}, "Un second fichier ne sert que pour deux listes"),
        ({"kind": "breaks"}, "Un second fichier ne sert que pour deux listes"),
    ])  # fmt: skip
    def test_two_files_make_a_difference_and_nothing_else(self, world, sign_in, changes, sentence):
        response = sent(sign_in(world.administrator), world, content_of(LEA), content_of(REGISTERED), **changes)
        assert response.status_code == 422
        assert sentence in response.context["form"].errors["second"][0]


def test_it_may_be_read_otherwise_and_no_rule_is_asked_for(world, sign_in):
    batch, client = two_lists(world, LEA, CHLOE), sign_in(world.administrator)
    page = client.get(url("batch_reading", batch))
    form = page.context["form"]
    assert "rule" not in form.fields
    assert "Seconde liste, les inscrits pédagogiques." in page.content.decode()
    data = {name: "" if (value := form[name].value()) in (None, False) else str(value) for name in form.fields}
    client.post(url("batch_reading", batch), data | {"column_1": ""})
    batch.refresh_from_db()
    assert (batch.state, batch.rule) == ("ready", "")
    assert [line.second_line for line in batch.lines.order_by("number")] == [
        None,
        None,
    ]  # no first name: nobody is sure


def test_each_kind_of_list_is_explained(world, sign_in):
    text = sign_in(world.administrator).get(reverse("beneficiaries:receive", args=["TEST-1"])).content.decode()
    for sentence in ("Un fichier. Chaque ligne est une personne à contacter", "Deux fichiers\u00a0: tous les inscrits",
                     "Un fichier, remis par un CFA."):  # fmt: skip
        assert sentence in text
    assert 'data-only-for="difference"' in text and "partaj/js/receive.js" in text


class TestCommand:
    @pytest.fixture
    def files(self, tmp_path):
        for name, lines in (("inscrits.csv", (LEA, CHLOE)), ("ip.csv", (REGISTERED,)), ("vide.csv", None)):
            (tmp_path / name).write_bytes(b"" if lines is None else content_of(*lines))
        return {path.stem: str(path) for path in tmp_path.iterdir()}

    def run(self, capsys, *arguments):
        call_command("import_students", *arguments, "--programme", "TEST-1", "--reference-date", "2026-01-30")
        return capsys.readouterr().out

    def test_machines_get_the_same_keys(self, world, capsys, files):
        out = json.loads(self.run(capsys, files["inscrits"], "--second", files["ip"], "--format", "json"))
        assert out.keys() == {"file", "counts", "rows"}
        assert out["counts"] == {"import": 1, "import_warning": 0, "review": 0, "reject": 0, "ignore": 1}
        assert out["rows"][0] == {
            "line": 2, "outcome": "ignore", "name": "Léa Moreau",
            "reasons": ["Inscrite pédagogiquement\u00a0: ligne 2 de la seconde liste."],
        }  # fmt: skip
        assert not ImportBatch.objects.exists()

    def test_confirmed_it_opens_the_files_of_the_others(self, world, capsys, files):
        before = Enrolment.objects.count()
        out = json.loads(self.run(capsys, files["inscrits"], "--second", files["ip"], "--confirm", "--format", "json"))
        assert (out["opened"], Enrolment.objects.count()) == (1, before + 1)
        assert "Seconde liste\u00a0: CSV" in out["file"]["message"]
        text = self.run(capsys, files["inscrits"], "--second", files["ip"], "--confirm")
        assert "Seconde liste\u00a0: CSV, UTF-8" in text

    def test_what_cannot_be_done_is_said(self, world, capsys, files):
        both = ["--second", files["ip"], "--rule", "ia-ip"]
        for arguments, sentence in (
            (both, "la différence des deux listes est la règle"),
            (["--second", files["vide"]], "Seconde liste (les inscrits pédagogiques)\u00a0: ce fichier est vide"),
            (["--second", files["vide"], "--confirm"], "Seconde liste (les inscrits pédagogiques)\u00a0: ce fichier"),
            (["--second", "nulle-part.csv"], "ne peut être lu"),
        ):
            with pytest.raises(CommandError) as refusal:
                self.run(capsys, files["inscrits"], *arguments)
            assert sentence in str(refusal.value) and refusal.value.returncode == 2
        assert not ImportBatch.objects.exists()
