"""The gate through which a file enters: what it lets in, what it refuses, and how it gives it back."""

import io
import random
import re
import stat
import zipfile
import zlib
from pathlib import Path

import openpyxl
import pytest
from django import forms
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.test import RequestFactory
from docx import Document
from PIL import Image, PngImagePlugin

from partaj.uploads import archives, images, kinds
from partaj.uploads.fields import SentFileField
from partaj.uploads.gate import accept, clean_name
from partaj.uploads.kinds import Purpose
from partaj.uploads.refusal import NOTHING_KEPT, UploadRefused
from partaj.uploads.vault import discard, hand_out, keep

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
GPS = 0x8825


def sent(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/octet-stream")  # what a browser says is not listened to


def refused(name: str, content: bytes, purpose: Purpose = Purpose.DOCUMENT) -> str:
    with pytest.raises(UploadRefused) as refusal:
        accept(sent(name, content), purpose)
    assert refusal.value.message.endswith(NOTHING_KEPT)
    return refusal.value.code


def picture(wanted: str = "JPEG", size: tuple[int, int] = (40, 20), **kwargs) -> bytes:
    written = io.BytesIO()
    Image.new(kwargs.pop("mode", "RGB"), size, "teal").save(written, wanted, **kwargs)
    return written.getvalue()


def workbook() -> bytes:
    book, written = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["Nom", "Courriel"])
    book.active.append(["Moreau", "lea@partaj.example"])
    book.active["B2"].hyperlink = "mailto:lea@partaj.example"
    book.save(written)
    return written.getvalue()


def document() -> bytes:
    paper, written = Document(), io.BytesIO()
    paper.add_paragraph("Contrat d’engagement")
    paper.save(written)
    return written.getvalue()


def repacked(content: bytes, change: dict[str, bytes | None] | None = None, **more: bytes) -> bytes:
    """The same archive with some entries replaced, taken away (None) or added."""
    change, written = change or {}, io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if change.get(entry.filename, b"") is not None:
                new.writestr(entry.filename, change.pop(entry.filename, old.read(entry)))
        for name, added in change.items():
            if added is not None:
                new.writestr(name, added)
    return written.getvalue()


def ods(content: str = "", **entries: bytes) -> bytes:
    written = io.BytesIO()
    body = (
        f'<office:document-content xmlns:office="o" xmlns:xlink="{archives.XLINK}">{content}</office:document-content>'
    )
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", body)
        for name, added in entries.items():
            archive.writestr(name, added)
    return written.getvalue()


# -- What enters ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "content", "purpose", "mime"),
    [
        ("liste.csv", "Nom;Prénom\nLe Goff;Hélène\n".encode(), Purpose.LIST, "text/csv"),
        ("liste.csv", "Nom;Prénom\nLe Goff;Hélène\n".encode("cp1252"), Purpose.LIST, "text/csv"),
        ("liste.txt", "Nom\tPrénom\n".encode("utf-16"), Purpose.LIST, "text/csv"),
        ("liste.csv", b"BM;PK\n1;2\n", Purpose.LIST, "text/csv"),
        ("liste.csv", "Hélène".encode()[:2] + b"\n", Purpose.LIST, "text/csv"),
        ("Liste.XLSX", workbook(), Purpose.LIST, kinds.XLSX.mime),
        ("liste.ods", ods('<a xlink:href="https://partaj.example/"/>'), Purpose.LIST, kinds.ODS.mime),
        ("contrat.docx", document(), Purpose.DOCUMENT, kinds.DOCX.mime),
        ("contrat.pdf", PDF, Purpose.DOCUMENT, "application/pdf"),
    ],
)
def test_what_people_really_send_enters_unchanged(name, content, purpose, mime):
    accepted = accept(sent(name, content), purpose)
    assert (accepted.filename, accepted.kind.mime, accepted.content) == (name, mime, content)


@pytest.mark.parametrize(
    ("wanted", "mode"), [("JPEG", "RGB"), ("JPEG", "CMYK"), ("PNG", "RGBA"), ("PNG", "P"), ("WEBP", "RGB")]
)
def test_a_picture_is_drawn_again_without_what_it_said_of_its_author(wanted, mode):
    exif = Image.Exif()
    exif[0x010E], exif[0x0110], exif[0x0112] = "SECRET", "SECRET", 6
    exif.get_ifd(GPS)[1] = "N"
    hidden = PngImagePlugin.PngInfo()
    hidden.add_text("Comment", "SECRET")
    more = {"pnginfo": hidden} if wanted == "PNG" else {"icc_profile": b"SECRET"}
    more |= {"comment": b"SECRET"} if wanted == "JPEG" else {}
    content = picture(wanted, mode=mode, exif=exif, **more) + b"PK\x03\x04SECRET<script>"
    accepted = accept(sent(f"photo.{wanted.lower()}", content), Purpose.IMAGE)
    assert b"SECRET" in content and b"SECRET" not in accepted.content
    with Image.open(io.BytesIO(accepted.content)) as drawn:
        assert (drawn.format, drawn.size) == (wanted, (20, 40))  # upright
        assert not dict(drawn.getexif()) and not drawn.info.keys() & {"exif", "icc_profile", "comment", "Comment"}


# -- What does not ------------------------------------------------------------------------------------
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
ANIMATED = picture("WEBP", save_all=True, append_images=[Image.new("RGB", (40, 20), "red")])
BOMB = b"\x00" * 30_000_000
RELS = "xl/worksheets/_rels/sheet1.xml.rels"


def relation(kind: str, target: str) -> bytes:
    office = "http://schemas.openxmlformats.org"
    return (
        f'<Relationships xmlns="{office}/package/2006/relationships"><Relationship Id="r9" TargetMode="External" '
        f'Type="{office}/officeDocument/2006/relationships/{kind}" Target="{target}"/></Relationships>'
    ).encode()


def encrypted() -> bytes:
    content = bytearray(workbook())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def docx_with_field(instruction: str) -> bytes:
    text = document()
    with zipfile.ZipFile(io.BytesIO(text)) as archive:
        body = archive.read("word/document.xml")
    half = len(instruction) // 2
    runs = "".join(f"<w:r><w:instrText>{part}</w:instrText></w:r>" for part in (instruction[:half], instruction[half:]))
    return repacked(text, {"word/document.xml": body.replace(b"</w:p>", f"{runs}</w:p>".encode(), 1)})


TEMPLATE = relation("attachedTemplate", "https://x.example/a.dotm")
REFUSED = [
    ("vide.pdf", b"", "empty"),
    ("lourd.pdf", PDF + b"0" * 11_000_000, "size"),
    ("image.svg", SVG, "kind"), ("image.png", SVG, "kind"), ("page.html", b"<!doctype html><p>", "kind"),
    ("programme.exe", b"MZ\x90\x00\x03" + b"\x00" * 90, "kind"), ("photo.gif", picture("GIF"), "kind"),
    ("archive.zip", repacked(ods(), {"mimetype": None}), "kind"),
    ("contrat.docx", PDF, "extension"), ("photo.png", picture("JPEG"), "extension"),
    ("contrat.pdf.exe", PDF, "extension"), ("contrat", PDF, "extension"), ("feuille.xlsm", workbook(), "extension"),
    ("x.pdf", b"GIF89a" + PDF, "kind"), ("x.pdf", PDF[:-8], "damaged"), ("x.pdf", PDF + ods() + b"%%EOF", "polyglot"),
    ("x.pdf", PDF + ods(), "polyglot"), ("x.pdf", b"\n" * 9 + PDF, "kind"),
    ("x.jpg", picture()[:300], "damaged"), ("x.webp", ANIMATED, "animated"),
    ("x.xlsx", workbook() + b"<script>alert(1)</script>", "polyglot"), ("x.xlsx", PDF + workbook(), "extension"),
    ("x.xlsx", workbook()[:-500], "kind"), ("x.xlsx", encrypted(), "encrypted"),
    ("x.xlsx", repacked(workbook(), {"xl/vbaProject.bin": b"\xd0\xcf"}), "active"),
    ("x.xlsx", repacked(workbook(), {"xl/externalLinks/externalLink1.xml": b"<a/>"}), "active"),
    ("x.docx", repacked(document(), {"word/embeddings/oleObject1.bin": b"\xd0\xcf"}), "active"),
    ("x.ods", ods(**{"Basic/Standard/Module1.xml": b"<a/>"}), "active"),
    ("x.xlsx", repacked(workbook(), {"../../etc/cron.d/x": b"x"}), "damaged"),
    ("x.xlsx", repacked(workbook(), {"xl/WORKBOOK.xml": b"<a/>"}), "damaged"),
    ("x.xlsx", repacked(workbook(), {"xl/zeros.xml": BOMB}), "bomb"),
    ("x.xlsx", repacked(workbook(), {f"xl/{i}.bin": b"" for i in range(archives.MOST_ENTRIES + 1)}), "bomb"),
    ("x.xlsx", repacked(workbook(), {RELS: relation("image", "http://192.0.2.1/pixel.png")}), "external"),
    ("x.xlsx", repacked(workbook(), {RELS: relation("hyperlink", "file:///etc/passwd")}), "external"),
    ("x.docx", repacked(document(), {"word/_rels/settings.xml.rels": TEMPLATE}), "external"),
    ("x.docx", docx_with_field(' DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc"'), "external"),
    ("x.ods", ods('<image xlink:href="http://192.0.2.1/pixel.png"/>'), "external"),
    ("x.ods", ods('<source xlink:href="file:///etc/passwd"/>'), "external"),
    ("x.ods", ods('<a xlink:href="javascript:alert(1)"/>'), "external"),
    ("x.ods", ods('<office:dde-source/>'), "external"),
    ("x.ods", ods(**{"meta.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "damaged"),
    ("x.ods", ods("<a>"), "damaged"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "code"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_not_a_plain_document_is_refused_in_a_sentence(name, content, code):
    assert refused(name, content) == code


MANY = 2 * archives.MOST_NAMES


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        ("<b>" * (archives.DEEPEST + 1), "bomb"),
        ("<b " + " ".join(f"c{n}='0'" for n in range(MANY)) + "/>", "damaged"),
        ("".join(f"<b{n}/>" for n in range(MANY)), "damaged"),
        ("".join(f"<b xmlns:c{n}='d'/>" for n in range(MANY)), "damaged"),
        (f"<b c='{'d' * (archives.LONGEST_TAG + archives.CHUNK)}'/>", "damaged"),
        (f"<!--{'d' * (archives.LONGEST_TAG + archives.CHUNK)}-->", "damaged"),
    ],
    ids=["depth", "attributes", "elements", "namespaces", "tag", "comment"],
)
def test_xml_that_would_fill_the_memory_of_its_parser_is_refused(inside, code):
    content = ods(**{"meta.xml": f"<a>{inside}".encode(), "more.bin": random.Random(7).randbytes(50_000)})
    assert refused("x.ods", content) == code


def test_elements_are_counted_over_the_whole_archive(monkeypatch):
    monkeypatch.setattr(archives, "MOST_ELEMENTS", 30)
    assert refused("x.ods", ods("<b/>" * 20, **{"meta.xml": b"<a>" + b"<b/>" * 20 + b"</a>"})) == "bomb"
    accept(sent("x.ods", ods("<b/>" * 20)), Purpose.DOCUMENT)


def test_a_field_that_fetches_is_found_behind_as_many_others_as_one_likes():
    page = "PAGEREF _Toc123 " * 5000
    assert refused("x.docx", docx_with_field(f"{page} DDEAUTO c:\\\\x.exe")) == "external"
    accept(sent("x.docx", docx_with_field(page)), Purpose.DOCUMENT)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"Nom;Pr\x00nom\n", "kind"), ("Nom;Prénom\x07\n".encode(), "not_text"), (b"Nom\n\x81\x8d\n", "kind"),
        (b"<html><body>Nom;Pr", "markup"), (b"Nom\nMoreau<ScRiPt >alert(1)</script>\n", "markup"),
        ("Nom\n<svg onload=1>".encode("utf-16"), "markup"), (b"a;b\n" * 3000 + b"\x00\x01", "not_text"),
        (b"Nom\n" + b"a;b\n" * 3000 + b"\x81", "not_text"),
    ],
)  # fmt: skip
def test_a_list_is_a_text_and_nothing_else(content, code):
    assert refused("liste.csv", content, Purpose.LIST) == code


def test_each_purpose_has_its_own_kinds():
    assert refused("contrat.pdf", PDF, Purpose.LIST) == "kind"
    assert refused("liste.csv", b"a;b\n", Purpose.DOCUMENT) == "kind"
    assert refused("liste.xlsx", workbook(), Purpose.IMAGE) == "kind"


def png_of(width: int, height: int) -> bytes:
    """A PNG that announces its size and holds nothing: decoded, it would fill the memory."""
    content = bytearray(picture("PNG", (1, 1)))
    content[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4, "big")
    return bytes(content)


@pytest.mark.parametrize("size", [(60_000, 60_000), (10_000, 10_000), (7_000, 7_000), (200_000, 1), (1, 16_001)])
def test_a_picture_too_large_is_refused_before_it_is_decoded(size, monkeypatch):
    monkeypatch.setattr(images, "_drawn_again", lambda *_: pytest.fail("decoded"))
    assert refused("x.png", png_of(*size)) == "pixels"


def test_an_entry_that_unfolds_to_more_than_it_says_is_refused():
    content = repacked(workbook(), {"xl/more.bin": b"\x00" * 500_000})
    lying = content.replace((500_000).to_bytes(4, "little"), (50).to_bytes(4, "little"))
    assert lying != content
    assert refused("x.xlsx", lying) == "damaged"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"), ("C:\\Users\\Inès\\contrat.pdf", "contrat.pdf"),
        ("contrat\u202efdp.exe", "contratfdp.exe"), ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("", "fichier"), ("..", "fichier"), (".htaccess", "htaccess"), ("n" * 300 + ".pdf", "n" * 96 + ".pdf"),
        ("été 2026 « bilan ».pdf", "été 2026 « bilan ».pdf"), ("\ud800.pdf", "pdf"), ('a"b;c.pdf', "abc.pdf"),
    ],
)  # fmt: skip
def test_the_name_of_a_file_tells_no_path_and_hides_nothing(typed, kept):
    assert clean_name(typed) == kept


# -- Kept, and given back -----------------------------------------------------------------------------
@pytest.fixture
def vault(settings, tmp_path) -> Path:
    settings.PRIVATE_MEDIA_ROOT = tmp_path / "vault"
    return tmp_path / "vault"


def test_a_file_lies_under_a_name_of_ours_that_its_owner_alone_may_read(vault):
    accepted = accept(sent("contrat d’Hélène.pdf", PDF), Purpose.DOCUMENT)
    one, other = keep(accepted), keep(accepted)
    assert one != other and re.fullmatch(r"[0-9a-f]{32}", one)
    files = sorted(path for path in vault.rglob("*") if path.is_file())
    assert {path.name for path in files} == {one, other}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert stat.S_IMODE(files[0].parent.stat().st_mode) == 0o700
    discard(one)
    discard(one)
    with pytest.raises(Http404):
        hand_out(one, filename="x.pdf", mime="application/pdf")


def test_a_file_leaves_as_an_attachment_that_runs_nothing(vault, db):
    name = keep(accept(sent("contrat d’Hélène.pdf", PDF), Purpose.DOCUMENT))
    response = hand_out(name, filename="contrat d’Hélène.pdf", mime="application/pdf")
    assert b"".join(response) == PDF
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''contrat%20d%E2%80%99H%C3%A9l%C3%A8ne.pdf"
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "no-store, private"
    assert response["Content-Security-Policy"].endswith("sandbox")
    response.close()


@pytest.mark.parametrize("name", ["../settings.py", "", "a" * 32, "/etc/passwd", "0" * 31 + "\n", "0" * 33, "\x00"])
def test_no_name_leads_out_of_the_vault(vault, name):
    with pytest.raises(Http404):
        hand_out(name, filename="x", mime="text/plain")


# -- Forms and requests -------------------------------------------------------------------------------
class OneFile(forms.Form):
    piece = SentFileField(purpose=Purpose.DOCUMENT)


def test_a_form_takes_its_file_through_the_gate():
    good = OneFile({}, {"piece": sent("contrat.pdf", PDF)})
    assert good.is_valid() and good.cleaned_data["piece"].content == PDF
    bad = OneFile({}, {"piece": sent("contrat.svg", SVG)})
    assert not bad.is_valid()
    assert bad.errors["piece"][0].startswith("Ce type de fichier n’est pas accepté ici. Envoyez : .pdf, .jpg")
    assert OneFile({}, {"piece": sent("contrat.pdf", b"")}).errors["piece"][0].startswith("Ce fichier est vide")
    assert 'accept=".pdf,.jpg,' in str(good["piece"]) and "10\u00a0Mo au plus" in good["piece"].help_text


@pytest.mark.parametrize("length", ["said", "silent"])
def test_files_longer_than_any_accepted_are_refused_while_they_arrive(length, monkeypatch):
    monkeypatch.setattr("partaj.uploads.handlers.LARGEST", 1000)
    monkeypatch.setattr("partaj.uploads.handlers.ROOM", 10 if length == "said" else 10_000)
    request = RequestFactory().post("/", {"a": sent("a.pdf", b"0" * 600), "b": sent("b.pdf", b"0" * 600)})
    with pytest.raises(RequestDataTooBig):
        _ = request.POST


def test_hundreds_of_files_are_refused_by_a_page(world, sign_in):
    files = {f"f{i}": sent(f"{i}.pdf", PDF) for i in range(300)}
    answer = sign_in(world.caseworker).post("/p/TEST-1/jeunes/nouveau/", files)
    assert answer.status_code == 400
    assert "n’a pas pu être lue" in answer.content.decode()


def test_no_other_code_touches_what_is_sent():
    touching = re.compile(
        r"request\.FILES|\b(?:File|Image)Field\b|get_files\(|UploadedFile|default_storage|MEDIA_ROOT\b"
    )
    found = {
        path.relative_to(settings.BASE_DIR).as_posix()
        for folder in ("partaj", "beneficiaries", "cellules", "funding", "reports")
        for path in (settings.BASE_DIR / folder).rglob("*.py")
        if "migrations" not in path.parts and touching.search(path.read_text())
    }
    gate = {"partaj/uploads/fields.py", "partaj/uploads/vault.py", "partaj/uploads/handlers.py"}
    gate.add("beneficiaries/list_forms.py")  # whose bytes go to `lists.receiving.receive`, the gate of lists
    assert found == gate | {"partaj/settings.py", "partaj/safety.py"}
