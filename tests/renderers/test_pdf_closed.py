"""The print reads neither network nor disk, whatever is typed in a report or stands in the page given to the renderer.

A listening socket that must hear nothing, a file that nobody may open, and an audit of the process prove it.
"""

import io
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pypdf
import pytest

from reports.renderers import FORMATS
from reports.renderers.pdf import print_html
from reports.tables import Cell, Column, Declaration, Report, Row, Source, Table, Unit
from tests.renderers.sample import FINDING, REPORT

SECRET = "canari-du-disque"


@dataclass
class Trap:
    """Where nothing may knock: `file` on the disk, `web` on the network. `touched` says what did."""

    file: Path
    web: str
    touched: list[str] = field(default_factory=list)

    @property
    def payloads(self) -> dict[str, str]:
        file, web = self.file.as_uri(), self.web
        svg = "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink'>%s</svg>"
        return {
            "image of the disk": f'<img src="{file}">',
            "image of the web": f'<img src="{web}/a.png">',
            "sources": f'<img srcset="{web}/a.png 2x" src="{web}/b.png"><picture><source srcset="{web}/c"></picture>',
            "passwords": '<img src="file:///etc/passwd"><object data="file:///etc/passwd"></object>',
            "embedded": f'<embed src="{file}"><iframe src="{web}"></iframe><video poster="{web}"></video>',
            "attachment": f'<link rel="attachment" href="{file}"><link rel=attachment href="{web}/a">',
            "attached link": f'<a rel="attachment" href="{file}">a</a>',
            "sheet": f'<link rel="stylesheet" href="{web}/a.css"><link rel="stylesheet" href="{file}">',
            "import": f'<style>@import url("{web}/b.css"); @import "{file}";</style>',
            "font": f'<style>@font-face{{font-family:x;src:url("{web}/x.ttf"),url("{file}")}}'
            "p{font-family:x}</style><p>x",
            "address of a style": f'<p style="background:url({web}/c.png);list-style:url({file})">x</p>',
            "content": f'<style>p::before{{content:url("{file}")}}</style><p>x',
            "relative": '<img src="../../../../etc/passwd"><link rel="stylesheet" href="/etc/passwd">'
            '<img src="//localhost/a">',
            "base": f'<base href="{file}"><img src="x">',
            "data": f"<link rel=stylesheet href=\"data:text/css,@import url('{web}/d.css')\">",
            "drawing": svg % f'<image xlink:href="{file}"/><use xlink:href="{web}/a.svg#b"/>',
            "drawing's style": svg % f'<style>@import url("{web}/e.css")</style><rect fill="url({web}/f.svg#g)"/>',
            "drawing inside": f'<img src="data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22%3E'
            f'%3Cimage href=%22{web}/g.png%22/%3E%3C/svg%3E">',
            "entity": f'<!DOCTYPE a [<!ENTITY b SYSTEM "{file}">]><p>&b;</p>',
            "script": f'<script src="{web}/a.js"></script><meta http-equiv=refresh content="0;url={web}">',
        }


@pytest.fixture(scope="module")
def audit() -> Trap:
    """An audit hook cannot be taken away: one for the module, which forgets between two tests."""
    trap = Trap(Path("/"), "")

    def note(event: str, arguments: tuple) -> None:
        if event == "open" and trap.file.name in str(arguments[0]) and trap.file.name:
            trap.touched.append(f"open {arguments[0]}")
        elif event == "open" and str(arguments[0]).startswith("/etc/passwd"):
            trap.touched.append("open the passwords")
        elif event in {"socket.connect", "socket.getaddrinfo", "urllib.Request", "subprocess.Popen"}:
            trap.touched.append(event)

    sys.addaudithook(note)
    return trap


@pytest.fixture
def trap(audit: Trap, tmp_path: Path) -> Iterator[Trap]:
    (tmp_path / "never-opened.css").write_text(f"p::before {{ content: '{SECRET}' }}")
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.settimeout(0)
        audit.file, audit.web = tmp_path / "never-opened.css", f"http://127.0.0.1:{door.getsockname()[1]}"
        print_html("<p>warm</p>")  # fonts and libraries are opened once
        audit.touched.clear()
        yield audit
        with pytest.raises(BlockingIOError):
            door.accept()
    assert audit.touched == []


def kept_out(printed: bytes) -> None:
    """Nothing of the file is in the print, and nothing hangs on it."""
    document = pypdf.PdfReader(io.BytesIO(printed))
    streams = [document.get_object(number) for number in range(1, len(document.xref[0]))] if document.xref else []
    inside = b"".join(each.get_data() for each in streams if isinstance(each, pypdf.generic.StreamObject))
    text = "".join(page.extract_text() for page in document.pages)
    assert SECRET.encode() not in printed + inside and SECRET not in text and "root:" not in text
    assert not document.attachments
    assert "/AF" not in document.trailer["/Root"] and "/JavaScript" not in str(document.trailer["/Root"])


KINDS = sorted(Trap(Path("/x"), "http://x").payloads)


@pytest.mark.parametrize("kind", KINDS)
def test_the_renderer_asks_for_nothing_that_the_page_names(trap, kind):
    kept_out(print_html(f"<html><head></head><body>{trap.payloads[kind]}<p>suite</p></body></html>"))


def hostile(text: str) -> Report:
    """A report in which every free text is `text`."""
    declared = Cell(text, None, Unit.TEXT, Source.DECLARED, 1, text, 1, Declaration(text, text, REPORT.issued_at))
    table = Table(
        "t", text, (Column("c", text),), (Row("r", text, (declared,)), Row("s", text, (Cell(text),))), note=text
    )
    return replace(
        REPORT, title=text, programme=text, programme_title=text, perimeter=text, period=text, filters=(text,),
        notes=(text,), tables=(table,), findings=(replace(FINDING, where=text, message=text),),
    )  # fmt: skip


def test_what_is_typed_in_a_report_is_printed_as_text(trap):
    everything = " ".join(trap.payloads[kind] for kind in ("passwords", "attachment", "import", "drawing"))
    printed = FORMATS["pdf"].render(hostile(everything), issued_by=everything)
    kept_out(printed)
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(printed)).pages)
    assert '<img src="file:///etc/passwd">' in " ".join(text.split())
