"""The antivirus, played by a small clamd of our own: what it says is obeyed, and its silence refuses."""

import socket
import struct
import threading
import time
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from partaj.uploads import antivirus
from partaj.uploads.gate import accept
from partaj.uploads.kinds import Purpose
from partaj.uploads.refusal import UploadRefused

# The harmless text by which antiviruses are tried, in two pieces so that none takes this file for a virus.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd(threading.Thread):
    """Reads one INSTREAM conversation and answers as `mood` says."""

    def __init__(self, mood: str) -> None:
        super().__init__(daemon=True)
        self.mood, self.received = mood, b""
        self.door = socket.create_server(("127.0.0.1", 0))
        self.address = f"clamd://127.0.0.1:{self.door.getsockname()[1]}"

    def run(self) -> None:
        try:
            link, _ = self.door.accept()
        except OSError:
            return
        with link:
            try:
                self.converse(link)
            except OSError:
                return

    def converse(self, link: socket.socket) -> None:
        stream = link.makefile("rb")
        assert stream.read(10) == b"zINSTREAM\0"
        if self.mood == "hangs up":
            return
        while size := struct.unpack("!L", stream.read(4))[0]:
            self.received += stream.read(size)
        if self.mood == "drips":
            for _ in range(100):
                link.sendall(b"s")
                time.sleep(0.05)
        elif self.mood == "silent":
            time.sleep(1)
        elif self.mood == "garbage":
            link.sendall(b"\xff\xfe nonsense OK\0")
        elif self.mood == "endless":
            link.sendall(b"stream: OK" * 10_000)
        elif self.mood == "error":
            link.sendall(b"INSTREAM size limit exceeded. ERROR\0")
        elif self.mood == "unfinished":
            link.sendall(b"stream: ")
        else:
            link.sendall(b"stream: Eicar-Signature FOUND\0" if EICAR in self.received else b"stream: OK\0")


@pytest.fixture
def clamd(settings, request) -> Iterator[Clamd]:
    server = Clamd(request.param)
    settings.ANTIVIRUS = server.address
    server.start()
    yield server
    server.door.close()


def send(content: bytes) -> bytes:
    return accept(SimpleUploadedFile("liste.csv", content), Purpose.LIST).content


@pytest.mark.parametrize("clamd", ["honest"], indirect=True)
def test_what_it_clears_enters_after_it_has_read_the_whole(clamd):
    content = b"Nom;Prenom\n" * 20_000  # several pieces
    assert send(content) == content
    assert clamd.received == content


@pytest.mark.parametrize("clamd", ["honest"], indirect=True)
def test_what_it_recognises_is_refused(clamd):
    with pytest.raises(UploadRefused) as refusal:
        send(b"Nom\n" + EICAR)
    assert refusal.value.code == "virus"
    assert "n’ouvrez pas ce fichier" in refusal.value.message


MOODS = ["hangs up", "drips", "silent", "garbage", "endless", "error", "unfinished"]


@pytest.mark.parametrize("clamd", MOODS, indirect=True)
def test_whatever_else_it_says_lets_nothing_in(clamd, monkeypatch):
    monkeypatch.setattr(antivirus, "SECONDS", 0.3)
    with pytest.raises(UploadRefused) as refusal:
        send(b"Nom;Prenom\n")
    assert refusal.value.code == "antivirus"
    assert "réessayez dans quelques minutes" in refusal.value.message


def test_dead_it_lets_nothing_in(settings):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        settings.ANTIVIRUS = f"clamd://127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(UploadRefused, match="ne répond pas"):
        send(b"Nom;Prenom\n")


def test_without_one_files_enter_by_the_other_rules(settings):
    settings.ANTIVIRUS = ""
    assert send(b"Nom;Prenom\n") == b"Nom;Prenom\n"
