"""DEMO: the papers that a caseworker puts in the files of their youths, made here: a CV drawn as a photograph, and the
commitment signed with the tutor, as a PDF of a few lines."""

from __future__ import annotations

import io
import itertools

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

from beneficiaries.demo.people import People
from beneficiaries.documents import Sent, put_in
from beneficiaries.models import Document, Enrolment, Notice, Objection
from beneficiaries.rights import note_notice, note_objection
from partaj.demonstration import NOW, Demonstration
from partaj.uploads.gate import Accepted, accept
from partaj.uploads.kinds import Purpose

INK, PAPER = (31, 41, 51), (250, 248, 244)
OPPOSED = 5  # the rank of the one who objects
PIECES = [
    ("cv", "", "cv.jpg", False),
    ("engagement", "", "contrat-d-engagement.pdf", False),
    ("agreement", "découverte du métier de couvreur", "convention-de-stage.pdf", False),
    ("certificate", "code de la route", "certificat.jpg", False),
]


def load(box: Demonstration, people: People) -> None:
    """One paper in one file out of eight, two in the first."""
    paths = Enrolment.objects.under_way().filter(programme=box.programmes[NOW], referent__isnull=False)
    paths = paths.exclude(entered_on=None).select_related("beneficiary", "programme", "referent").order_by("pk")
    pieces = itertools.cycle(PIECES)
    for rank, path in enumerate(paths):
        for _ in range(2 if rank == 0 else rank % 8 == 0):
            kind, about, filename, is_private = next(pieces)
            put_in(
                enrolment=path, by=path.referent,
                sent=Sent(_drawn(filename, kind, path), kind, about, box.days_ago(rank % 20 + 1), is_private),
            )  # fmt: skip
        if rank % 3:
            _inform(path, rank)
        if rank == OPPOSED:
            made = Objection(enrolment=path, scope=Objection.Scope.SHARING, words="Ne veut pas que la mairie le lise.")
            note_objection(objection=made, by=path.referent)


def _inform(path: Enrolment, rank: int) -> None:
    """Two files in three: the others are those that the filter « non remise » finds."""
    how = list(Notice.How)[rank % len(Notice.How)]
    notice = Notice(enrolment=path, given_on=path.entered_on, how=how, accepts_charter=bool(rank % 2))
    note_notice(notice=notice, by=path.referent)


def _drawn(filename: str, kind: str, path: Enrolment) -> Accepted:
    """Through the gate, as everything else that comes in."""
    lines = [Document.Kind(kind).label.upper(), path.beneficiary.full_name, "Document de démonstration, inventé."]
    content = _page(lines) if filename.endswith(".pdf") else _photograph(lines)
    return accept(ContentFile(content, name=filename), Purpose.OF_A_FILE)


def _photograph(lines: list[str]) -> bytes:
    image = Image.new("RGB", (620, 877), PAPER)
    pen = ImageDraw.Draw(image)
    for rank, line in enumerate(lines):
        pen.text((60, 80 + 40 * rank), line.encode("latin-1", "replace").decode("latin-1"), fill=INK)
    for rank in range(14):
        pen.line((60, 240 + 36 * rank, 540 - 60 * (rank % 3), 240 + 36 * rank), fill=(200, 205, 210), width=6)
    written = io.BytesIO()
    image.save(written, "JPEG")
    return written.getvalue()


def _page(lines: list[str]) -> bytes:
    """One page of A4 in the letters that every reader of PDF has, for which no library is needed."""
    said = "\n".join(f"({_escaped(line)}) Tj 0 -28 Td" for line in lines)
    text = f"BT /F1 16 Tf 72 740 Td\n{said}\nET".encode("cp1252", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica "
        b"/Encoding /WinAnsiEncoding >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
    ]
    written, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"<< /Size %d /Root 1 0 R >>" % (len(objects) + 1)
    start = b"startxref\n%d" % len(written)
    head = b"xref\n0 %d\n0000000000 65535 f " % (len(objects) + 1)
    return b"\n".join([written.rstrip(), head, table.rstrip(b"\n"), b"trailer", trailer, start, b"%%EOF", b""])


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
