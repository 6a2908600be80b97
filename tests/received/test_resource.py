"""Students as django-import-export knows them: what a list would become, row by row, and how it does."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from beneficiaries.batches import resource
from beneficiaries.batches.confirming import confirm
from beneficiaries.batches.format import ListFormat
from beneficiaries.batches.resource import StudentResource, kept_lines
from beneficiaries.lists.choices import Choices
from beneficiaries.lists.outcomes import Outcome
from beneficiaries.models import Beneficiary, ImportBatch, ImportLine
from partaj.uploads.refusal import NOTHING_KEPT, UploadRefused
from tests.access.watch import fingerprint
from tests.lists.books import xlsx
from tests.received.hands import (
    CHLOE,
    DAY,
    LEA,
    NOBODY,
    SAMPLES,
    YOUNG,
    confirmed,
    content_of,
    line_of,
    outcomes,
    received,
    url,
)

KNOWN = "Ailleurs;Zoé;17/05/2008;06 39 98 00 20;zoe@example.org"  # who works her way through another programme
LIST = content_of(LEA, CHLOE, LEA, YOUNG, NOBODY, KNOWN, ";;;;", "Total : 6")


def file_of(content):
    return ListFormat().create_dataset(content)


def list_of(world, **changes):
    """How a list would be received, without receiving it."""
    return ImportBatch(**{"programme": world.programme, "reference_date": DAY} | changes)


def told(result):
    return [(row.told.number, row.told.outcome, row.told.reasons, row.told.name) for row in result]


class TestTheFormat:
    @pytest.mark.parametrize(
        "content",
        [
            LIST,
            "Liste de l’automne\n\nNom;Prénom\nLefèvre;Chloé\n".encode("cp1252"),
            "Nom\tPrénom\nLefèvre\tChloé\n".encode("utf-16"),
            xlsx([["Nom", "Prénom"], ["Lefèvre", "Chloé"]]),
        ],
    )
    def test_it_reads_what_our_reader_reads(self, content):
        dataset = file_of(content)
        assert dataset.headers[:2] == ["Nom", "Prénom"]
        assert ("Lefèvre", "Chloé") in [row[:2] for row in dataset]

    def test_cells_beyond_the_titles_stand_in_their_row(self):
        dataset = file_of(b"Nom;Pr\xc3\xa9nom\nMoreau;L\xc3\xa9a;plus;loin\n")
        assert (dataset.headers, list(dataset)) == (["Nom", "Prénom", "", ""], [("Moreau", "Léa", "plus", "loin")])

    def test_what_is_chosen_comes_before_what_is_found(self):
        content = "Nom|Prénom;x|Né(e) le\nMoreau|Léa|14/03/2006\n".encode()
        assert ListFormat(Choices(delimiter="|")).create_dataset(content).headers == ["Nom", "Prénom;x", "Né(e) le"]

    @pytest.mark.parametrize(
        "content", [b"", b"PK\x03\x04rien", b"%PDF-1.7\n", b"Nom;Pr\xc3\xa9nom\n", b"a;b\nc;d\n", b'Nom;x\n"ouvert']
    )
    def test_a_wrong_file_is_one_sentence(self, content):
        with pytest.raises(UploadRefused) as refusal:
            file_of(content)
        assert refusal.value.message.endswith(NOTHING_KEPT)

    def test_it_takes_in_and_gives_nothing_out(self):
        form = ListFormat()
        assert (form.get_title(), form.can_import(), form.can_export(), form.is_binary()) == (
            "Liste (CSV, Excel, LibreOffice)", True, False, True)  # fmt: skip


class TestARowForEveryLine:
    def test_it_says_what_the_command_says_and_what_is_kept(self, world, tmp_path, capsys):
        for content in (LIST, *(path.read_bytes() for path in sorted(SAMPLES.glob("0[13]*.csv")))):
            (tmp_path / "liste.csv").write_bytes(content)
            call_command("import_students", str(tmp_path / "liste.csv"), "--programme", "TEST-1",
                         "--reference-date", DAY.isoformat(), "--format", "json")  # fmt: skip
            machine = json.loads(capsys.readouterr().out)["rows"]
            result = StudentResource(list_of(world)).import_data(file_of(content), dry_run=True)
            assert told(result) == [(row["line"], row["outcome"], row["reasons"], row["name"]) for row in machine]
            batch = received(world, content=content)
            assert told(StudentResource(batch).import_data(kept_lines(batch), dry_run=True)) == told(result)

    def test_the_totals_add_up_and_the_reasons_are_those_of_the_line(self, world):
        result = StudentResource(list_of(world)).import_data(file_of(LIST), dry_run=True)
        assert dict(result.totals) == {"new": 2, "update": 0, "delete": 0, "skip": 5, "error": 0, "invalid": 1}
        assert (result.total_rows, len(result.rows), result.has_errors()) == (8, 8, False)
        (wrong,) = result.invalid_rows
        assert wrong.error.messages == ["Aucun nom\u00a0: cette ligne ne dit pas de qui il s’agit."]
        assert (wrong.values[0], wrong.values[2]) == (6, Outcome.REJECT)

    def test_a_decision_taken_since_is_in_the_rows(self, world, sign_in):
        batch, client = received(world, LEA, KNOWN), sign_in(world.administrator)
        client.post(url("line", batch, line_of(batch, 2).pk), {"act": "discard"})
        client.post(url("line", batch, line_of(batch, 3).pk), {"act": "same", "person": world.foreigner.beneficiary.pk})
        result = StudentResource(batch).import_data(kept_lines(batch), dry_run=True)
        assert [row.import_type for row in result] == ["invalid", "update"]

    def test_what_has_its_file_is_written_no_more(self, world):
        batch = confirmed(world, LEA, YOUNG)
        result = StudentResource(batch).import_data(kept_lines(batch), dry_run=True)
        assert [row.import_type for row in result] == ["skip", "skip"]
        assert [row.told.file for row in result] == [line_of(batch, 2).enrolment_id, None]

    def test_columns_that_name_nobody_are_one_sentence(self, world):
        with pytest.raises(UploadRefused):
            StudentResource(list_of(world)).import_data(file_of(b"Ville;Date de naissance\nLens;01/01/2006\n"), True)

    def test_who_may_not_be_seen_is_not_compared_with(self, world):
        for by, expected in [(world.administrator, "review"), (world.manager, "import")]:
            judgement = StudentResource(list_of(world), by=by).judged(file_of(content_of(LEA, KNOWN)))
            assert judgement.lines[1].outcome == expected


ONSETS, VOWELS = ["B", "D", "F", "G", "L", "M", "N", "R", "S", "V"], ["ano", "elu", "iro", "omba", "usti", "ordi"]


def many(count):
    """Lines that look alike in nothing, up to sixty."""
    return content_of(*(
        f"{ONSETS[n % 10]}{VOWELS[n // 10]}{VOWELS[n % 6]};{ONSETS[n * 3 % 10]}{VOWELS[n * 5 % 6]};"
        f"{n % 28 + 1:02}/{n * 5 % 12 + 1:02}/200{n % 9};06 39 98 {n:02} {n:02};"
        for n in range(count)
    ))  # fmt: skip


class TestWrittenByPieces:
    def test_nothing_in_a_dry_run_nor_without_a_confirmation(self, world):
        batch = received(world, LEA, CHLOE)
        before = fingerprint()
        StudentResource(batch).import_data(kept_lines(batch), dry_run=True)
        StudentResource(list_of(world)).import_data(file_of(LIST), dry_run=True)
        for unasked in (batch, list_of(world)):
            with pytest.raises(ValueError, match="confirmation"):
                StudentResource(unasked).import_data(kept_lines(batch), dry_run=False)
        assert fingerprint() == before

    def test_the_library_writes_what_the_confirmation_writes(self, world):
        batch = received(world, LEA, CHLOE, YOUNG)
        ImportBatch.objects.update(state="writing")
        batch.refresh_from_db()
        with transaction.atomic():
            result = StudentResource(batch, by=world.administrator).import_data(kept_lines(batch))
        assert dict(result.totals)["new"] == 2
        assert [str(line.person) for line in batch.lines.exclude(enrolment=None).order_by("number")] == [
            "Léa Moreau", "Chloé Lefèvre"]  # fmt: skip

    def test_each_line_once_however_many_pieces_it_takes(self, world, monkeypatch):
        monkeypatch.setattr(resource, "PIECE", 3)
        batch = received(world, content=many(10))
        assert set(outcomes(batch).values()) <= {"import", "import_warning"}
        people = Beneficiary.objects.count()
        batch = confirm(batch=batch, version=batch.version, by=world.administrator)
        assert (batch.opened, Beneficiary.objects.count() - people) == (10, 10)
        assert not batch.lines.filter(enrolment=None).exists()
        assert len(set(batch.lines.values_list("enrolment", flat=True))) == 10
        for line in batch.lines.select_related("enrolment__beneficiary"):
            assert line.enrolment.beneficiary_id == line.person_id and line.name == str(line.person)
            assert line.enrolment.history.count() == line.person.history.count() == line.enrolment.log.count() == 1

    def test_what_a_copy_could_take_for_something_else_is_written_as_it_is(self, world):
        odd = ["a\\b", "a\tb", "\\N", "a\nb", "a\r\nb", "\\.", "é ’ 🙂"]
        batch = received(world, content=many(len(odd)))
        for line, address in zip(batch.lines.order_by("number"), odd, strict=True):
            ImportLine.objects.filter(pk=line.pk).update(student=line.student | {"address": address})
        batch.refresh_from_db()
        confirm(batch=batch, version=batch.version, by=world.administrator)
        assert list(batch.lines.order_by("number").values_list("person__address", flat=True)) == odd
        assert set(Beneficiary.history.filter(address__in=odd).values_list("address", flat=True)) == set(odd)

    def test_no_statement_is_asked_for_by_the_line(self, world):
        counts = []
        for count in (3, 5, 60):  # the first meets an empty base, and looks for less
            with CaptureQueriesContext(connection) as queries:
                batch = received(world, content=many(count))
                StudentResource(batch).import_data(kept_lines(batch), dry_run=True)
                confirm(batch=batch, version=batch.version, by=world.administrator)
            counts.append(len(queries))
        assert counts[1] == counts[2]


def test_nothing_of_the_library_keeps_a_file_on_the_disk():
    """Its own pages in the administration site do; so would the commands that come with it once installed."""
    assert "import_export" not in settings.INSTALLED_APPS
    named = re.compile(r"import_export\.(admin|tmp_storages|mixins|forms)|TempFolderStorage|MediaStorage")
    sources = [path for app in ("partaj", "beneficiaries", "cellules", "funding", "reports")
               for path in Path(settings.BASE_DIR, app).rglob("*.py")]  # fmt: skip
    assert [str(path) for path in sources if named.search(path.read_text())] == []
