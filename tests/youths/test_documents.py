"""The papers of a file: put in once, read by whom one expects, handed out as attachments, taken out for good."""

import io
import logging
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils import timezone
from PIL import Image

from beneficiaries import documents
from beneficiaries.batches.undoing import WorkedOn, undo
from beneficiaries.documents import Sent, put_in, take_out
from beneficiaries.merging.parting import undo_merge
from beneficiaries.models import Document, Enrolment
from partaj.accounts.journal.words import lines_of
from partaj.accounts.models import JournalEntry
from partaj.programmes.services import ClosedProgramme
from partaj.uploads import vault
from partaj.uploads.gate import accept
from partaj.uploads.images import LONGEST_KEPT
from partaj.uploads.kinds import MEGABYTE, Purpose
from tests.door.test_antivirus import EICAR, Clamd
from tests.door.test_uploads import PDF, document, ods, picture, repacked, workbook
from tests.received.hands import CHLOE, confirmed
from tests.world import make_youth
from tests.youths.merging.hands import unite
from tests.youths.paper import errors, page


@pytest.fixture(autouse=True)
def chest(settings, tmp_path):
    """A vault of one's own for each test: what lies there is counted."""
    settings.PRIVATE_MEDIA_ROOT = tmp_path / "vault"
    return tmp_path / "vault"


def sent(name="cv.pdf", content=PDF):
    return SimpleUploadedFile(name, content, "application/octet-stream")


def typed(name="cv.pdf", content=PDF, **changes):
    return {"kind": "cv", "file": sent(name, content)} | changes


def paper(name="cv.pdf", content=PDF, **more):
    return Sent(accept(sent(name, content), Purpose.OF_A_FILE), **({"kind": "cv"} | more))


def put(path, by, **more):
    return put_in(enrolment=path, sent=paper(**more), by=by)


def kept(chest):
    return sorted(file.name for file in chest.rglob("*") if file.is_file())


def body(answer):
    return b"".join(answer.streaming_content)


def told(path):
    return list(path.log.filter(kind="document").order_by("pk").values_list("sentence", "is_private"))


class TestPuttingIn:
    def test_a_paper_joins_the_file_and_comes_back_as_it_was(self, world, sign_in, chest):
        client = sign_in(world.caseworker)
        answer = client.post(page("put_in", world.lea), typed(dated_on="2026-01-12", about="relu"), follow=True)
        assert answer.redirect_chain == [(page("detail", world.lea), 302)]
        text, row = answer.content.decode(), world.lea.documents.get()
        assert "Le document est dans le dossier." in text and "daté du 12/01/2026" in text
        assert (row.filename, row.mime, row.size, row.author) == (
            "cv.pdf", "application/pdf", len(PDF), world.caseworker,
        )  # fmt: skip
        assert told(world.lea) == [("Document ajouté\u00a0: CV\u00a0: relu, daté du 12/01/2026.", False)]
        assert kept(chest) == [row.stored]
        handed = client.get(page("document", world.lea, row.pk))
        assert (body(handed), handed["Content-Disposition"]) == (PDF, 'attachment; filename="cv.pdf"')
        assert "no-store" in handed["Cache-Control"] and handed["X-Content-Type-Options"] == "nosniff"

    def test_two_clicks_put_it_in_once(self, world, sign_in, chest):
        client = sign_in(world.caseworker)
        for _ in range(2):
            answer = client.post(page("put_in", world.lea), typed(), follow=True)
        assert "rien n’a été écrit deux fois" in answer.content.decode()
        assert (len(kept(chest)), len(told(world.lea))) == (1, 1)

    def test_that_a_colleague_has_the_same_in_private_is_told_to_nobody(self, world, sign_in):
        put(world.helene, world.manager, is_private=True)
        answer = sign_in(world.caseworker).post(page("put_in", world.helene), typed(), follow=True)
        assert "Le document est dans le dossier." in answer.content.decode()
        assert world.helene.documents.count() == 2

    @pytest.mark.parametrize(
        ("wrong", "field", "said"),
        [
            ({"kind": ""}, "kind", "obligatoire"),
            ({"kind": "identity"}, "kind", "choix valide"),
            ({"kind": "other"}, "about", "Dites ce qu’est ce document"),
            ({"about": "n° 1 85 05 78 006 084 91"}, "about", "sécurité sociale"),
            ({"dated_on": "2099-01-01"}, "dated_on", "à venir"),
            ({"about": "certificat médical"}, "about", "toucher à la santé"),
            ({"file": sent("185057800608491.pdf")}, "file", "un numéro de sécurité sociale"),
            ({"file": sent("cv.pdf", b"")}, "file", "vide"),
            ({"file": sent("cv.pdf", PDF + b"0" * (11 * MEGABYTE) + b"%%EOF")}, "file", "10\u00a0Mo au plus"),
            ({"file": sent("cv.jpg", PDF)}, "file", "d’un autre type"),
            ({"file": sent("cv.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")}, "file", "pas accepté ici"),
            ({"file": sent("liste.xlsx", workbook())}, "file", "il porte souvent d’autres personnes"),
            ({"file": sent("liste.ods", ods())}, "file", "Enregistrez la page utile en PDF"),
            ({"file": sent("notes.txt", b"Bonjour\n")}, "file", "pas accepté ici"),
            ({"file": sent("faux.pdf", b"Bonjour\n")}, "file", "mais ce n’en est pas un"),
            ({"file": sent("cv.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)}, "file", "ancien format"),
            ({"file": sent("IMG_1.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")}, "file", "Le plus compatible"),
            ({"file": sent("x.docx", repacked(document(), {"word/vbaProject.bin": b"\xd0\xcf"}))}, "file", "macros"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_is_said_and_nothing_is_kept(self, world, sign_in, chest, wrong, field, said):
        for each in wrong.values():
            each.seek(0) if hasattr(each, "seek") else None
        answer = sign_in(world.caseworker).post(page("put_in", world.lea), typed(about="") | wrong)
        assert answer.status_code == 422 and said in " ".join(errors(answer)[field])
        assert (kept(chest), told(world.lea), world.lea.documents.count()) == ([], [], 0)

    def test_what_was_typed_stays_and_the_file_is_asked_for_again(self, world, sign_in):
        client, wrong = sign_in(world.caseworker), typed(kind="other", dated_on="2026-01-12")
        answer = client.post(page("put_in", world.lea), wrong)
        assert "Choisissez de nouveau le fichier" in " ".join(errors(answer)["file"])
        assert answer.context["form"]["dated_on"].value() == "2026-01-12"

    def test_a_name_that_tells_of_health_is_kept_once_its_author_has_said_so(self, world, sign_in):
        client = sign_in(world.caseworker)
        named = typed("certificat-medical.pdf", kind="certificate")
        assert "Garder ce texte et ce nom de fichier" in client.post(page("put_in", world.lea), named).content.decode()
        client.post(page("put_in", world.lea), typed("certificat-medical.pdf", kind="certificate", is_meant="on"))
        assert world.lea.documents.get().filename == "certificat-medical.pdf"

    def test_a_photograph_of_a_telephone_comes_in_reduced_without_its_place(self, world, sign_in, chest):
        exif = Image.Exif()
        exif[0x0110], exif[0x0112] = "TELEPHONE", 6
        exif.get_ifd(0x8825)[1] = "N"
        large = picture("JPEG", (5000, 3000), exif=exif) + b"\0" * (30 * MEGABYTE)
        sign_in(world.caseworker).post(page("put_in", world.lea), typed("photo.jpg", large))
        row = world.lea.documents.get()
        content = b"".join(vault.hand_out(row.stored, filename=row.filename, mime=row.mime))
        assert row.size == len(content) < MEGABYTE and b"TELEPHONE" not in content
        with Image.open(io.BytesIO(content)) as drawn:
            assert drawn.size == (2105, LONGEST_KEPT) and not dict(drawn.getexif())

    def test_a_file_holds_so_many_and_no_more(self, world, sign_in, monkeypatch):
        monkeypatch.setattr(documents, "MOST", 1)
        put(world.lea, world.caseworker)
        answer = sign_in(world.caseworker).post(page("put_in", world.lea), typed(content=PDF + b"\n"))
        assert answer.status_code == 422 and "a déjà" in answer.content.decode()

    def test_a_virus_is_refused_logged_without_a_name_and_kept_nowhere(self, world, sign_in, chest, settings, caplog):
        clamd = Clamd("infected")
        clamd.start()
        settings.ANTIVIRUS = clamd.address
        content = PDF.replace(b"%%EOF", EICAR + b"%%EOF")
        with caplog.at_level(logging.WARNING, "partaj.uploads"):
            answer = sign_in(world.caseworker).post(page("put_in", world.lea), typed("cv-lea.pdf", content))
        assert "programme malveillant" in " ".join(errors(answer)["file"])
        assert (kept(chest), world.lea.documents.count()) == ([], 0)
        (line,) = [record.getMessage() for record in caplog.records if record.name.startswith("partaj.uploads")]
        assert "recognised" in line and "lea" not in line

    def test_a_row_that_is_not_written_leaves_no_file(self, world, chest, monkeypatch):
        monkeypatch.setattr(documents, "write_log", lambda **said: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            put(world.lea, world.caseworker)
        assert (kept(chest), Document.objects.count()) == ([], 0)


class TestReading:
    def test_a_guest_reads_what_is_shared_and_puts_nothing_in(self, world, sign_in):
        row, client = put(world.helene, world.caseworker), sign_in(world.tutor)
        text = client.get(page("detail", world.helene)).content.decode()
        assert "cv.pdf" in text and "Ajouter<" not in text and "retirer/" not in text
        assert body(client.get(page("document", world.helene, row.pk))) == PDF
        for name, more in (("put_in", ()), ("take_out", (row.pk,))):
            assert client.post(page(name, world.helene, *more), typed(why="non")).status_code == 403

    def test_a_private_one_is_its_authors_alone_timeline_and_refusals_too(self, world, sign_in):
        row = put(world.helene, world.caseworker, is_private=True, about="à relire seule")
        assert told(world.helene) == [("Document ajouté\u00a0: CV\u00a0: à relire seule.", True)]
        for reader in ("administrator", "manager", "tutor", "member"):
            client = sign_in(world.cast[reader])
            text = client.get(page("detail", world.helene)).content.decode()
            assert "à relire seule" not in text and "cv.pdf" not in text
            for name in ("document", "take_out"):
                assert client.get(page(name, world.helene, row.pk)).status_code == 404
        client = sign_in(world.caseworker)
        assert "privé, vous seul" in client.get(page("detail", world.helene)).content.decode()
        assert body(client.get(page("document", world.helene, row.pk))) == PDF

    def test_once_the_access_has_ended_its_address_leads_nowhere(self, world, sign_in):
        row = put(world.helene, world.caseworker)
        world.helene.grants.update(ends_on=timezone.localdate() - timedelta(days=1))
        assert sign_in(world.tutor).get(page("document", world.helene, row.pk)).status_code == 404

    def test_the_paper_of_one_file_is_not_had_by_the_address_of_another(self, world, sign_in):
        row = put(world.karim, world.neighbour)
        assert sign_in(world.manager).get(page("document", world.lea, row.pk)).status_code == 404

    def test_the_journal_says_that_it_left_and_not_what_it_is_called(self, world, sign_in):
        row = put(world.helene, world.caseworker, about="pour la mairie")
        sign_in(world.tutor).get(page("document", world.helene, row.pk))
        entry = JournalEntry.objects.get(kind="exported")
        assert (entry.enrolment_id, entry.actor_id, entry.detail) == (
            world.helene.pk, world.tutor.pk, "un document (CV)",
        )  # fmt: skip
        assert [line.act for line in lines_of([entry])] == [
            f"a emporté un document (CV) du dossier n°\u00a0{world.helene.pk}"
        ]
        (line,) = lines_of([entry], of_file=world.helene.pk)
        assert line.act == "a emporté un document (CV) de ce dossier"

    def test_the_page_costs_as_much_with_ten_as_with_one(self, world, sign_in, django_assert_num_queries):
        client = sign_in(world.caseworker)
        put(world.lea, world.caseworker)
        client.get(page("detail", world.lea))
        for number in range(9):
            put(world.lea, world.caseworker, content=PDF + b"\n" * (number + 1))
        with django_assert_num_queries(10):
            client.get(page("detail", world.lea))


class TestTakingOut:
    def test_its_content_is_destroyed_and_the_timeline_keeps_why(
        self, world, sign_in, chest, django_capture_on_commit_callbacks
    ):
        row, client = put(world.lea, world.caseworker), sign_in(world.caseworker)
        take = page("take_out", world.lea, row.pk)
        assert client.post(take, {"why": ""}).status_code == 422
        with django_capture_on_commit_callbacks(execute=True):
            client.post(take, {"why": "c’était celui de sa sœur."})
        assert (kept(chest), world.lea.documents.count()) == ([], 0)
        assert told(world.lea)[-1] == ("Document retiré\u00a0: CV. c’était celui de sa sœur.", False)
        assert client.get(page("document", world.lea, row.pk)).status_code == 404
        assert JournalEntry.objects.filter(kind="removed", subject=f"beneficiaries.document:{row.pk}").count() == 1

    def test_what_is_undone_before_the_end_keeps_its_content(self, world, chest):
        row = put(world.lea, world.caseworker)
        take_out(document=row, reason="erreur", by=world.caseworker)  # whose transaction is the test's own, never over
        assert kept(chest) == [row.stored]

    def test_twice_is_said(self, world):
        row = put(world.lea, world.caseworker)
        again = Document.objects.get(pk=row.pk)
        take_out(document=row, reason="erreur", by=world.caseworker)
        with pytest.raises(Exception, match="vient d’être retiré"):
            take_out(document=again, reason="erreur", by=world.caseworker)

    def test_a_closed_programme_hands_out_and_changes_nothing(self, world, sign_in):
        row = put(world.lea, world.caseworker)
        world.programme.closed_on = timezone.localdate()
        world.programme.save()
        client, path = sign_in(world.caseworker), Enrolment.objects.get(pk=world.lea.pk)
        assert body(client.get(page("document", world.lea, row.pk))) == PDF
        with pytest.raises(ClosedProgramme):
            put(path, world.caseworker, content=PDF + b"\n")
        with pytest.raises(ClosedProgramme):
            take_out(document=Document.objects.get(pk=row.pk), reason="erreur", by=world.caseworker)


class TestWithTheFile:
    def test_united_files_bring_their_papers_and_take_them_back(self, world, sign_in):
        again = make_youth(world.programme, world.bethune, first_name="Léa", last_name="Moreau")
        own, brought = put(world.lea, world.caseworker), put(again, world.caseworker, about="de l’autre dossier")
        merge = unite(world, world.lea, again)
        assert set(world.lea.documents.values_list("pk", flat=True)) == {own.pk, brought.pk}
        assert body(sign_in(world.caseworker).get(page("document", world.lea, brought.pk))) == PDF
        since = put(world.lea, world.caseworker, content=PDF + b"\n")
        undo_merge(merge=merge, by=world.manager)
        assert set(world.lea.documents.values_list("pk", flat=True)) == {own.pk, since.pk}
        assert list(Document.objects.filter(enrolment=again.pk)) == [brought]

    def test_a_list_is_not_undone_under_somebody_who_put_a_paper_in(self, world, chest):
        batch = confirmed(world, CHLOE)
        chloe = Enrolment.objects.get(sort_name="lefevre chloe")
        row = put(chloe, world.administrator)
        with pytest.raises(WorkedOn):
            undo(batch=batch, version=batch.version, by=world.administrator)
        assert kept(chest) == [row.stored]

    def test_whatever_removes_the_file_destroys_what_it_held(self, world, chest, django_capture_on_commit_callbacks):
        put(world.lea, world.caseworker)
        with django_capture_on_commit_callbacks(execute=True):
            world.lea.delete()
        assert kept(chest) == []


class TestCleaning:
    def test_what_no_row_names_goes_after_a_day_and_what_is_missing_is_said(self, world, chest, capsys):
        row = put(world.lea, world.caseworker)
        orphan, half = vault.keep(paper().file), chest / "ab" / f"{'ab' * 16}.partial"
        half.parent.mkdir(exist_ok=True)
        half.write_bytes(b"%PDF")
        (chest / "ab" / "LISEZMOI").write_text("À ne pas toucher.")
        call_command("discard_orphans")
        assert len(kept(chest)) == 4  # they are of today
        tomorrow = timezone.now() + timedelta(days=1)
        assert vault.discard_orphans(before=tomorrow, dry_run=True) == (2, 0)
        assert vault.discard_orphans(before=tomorrow) == (2, 0)
        assert kept(chest) == sorted(["LISEZMOI", row.stored])
        assert orphan not in kept(chest)
        vault.discard(row.stored)
        with pytest.raises(CommandError, match="sans leur fichier"):
            call_command("discard_orphans", "--dry-run")
        assert "rien n’est effacé" in capsys.readouterr().out

    def test_an_empty_vault_is_no_error(self, db, tmp_path):
        with override_settings(PRIVATE_MEDIA_ROOT=tmp_path / "nowhere"):
            call_command("discard_orphans")
