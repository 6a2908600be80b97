"""`import_students`: what a list would become, for people and for machines; it writes nothing at all."""

import json
import os

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.lists.books import xlsx
from tests.lists.hands import LEA, TITLES

LIST = f"Liste;;;;\n{TITLES};Nationalité\n{LEA};belge\nLe Goff;;05/05/2006;;a@example.org;\n;;;;\nTotal : 3\n"


@pytest.fixture
def sent(tmp_path):
    def write(content: bytes | str, name: str = "liste.csv") -> str:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    return write


def run(capsys, *arguments: str) -> str:
    call_command("import_students", *arguments)
    return capsys.readouterr().out


def test_machines_get_the_keys_they_were_promised(world, capsys, sent):
    with CaptureQueriesContext(connection) as queries:
        out = run(capsys, sent(LIST), "--programme", "TEST-1", "--reference-date", "2026-01-30", "--format", "json")
    # Nothing is written; PostgreSQL declares a cursor, to read people a few at a time.
    assert {query["sql"].split()[0] for query in queries} <= {"SELECT", "DECLARE"}
    assert json.loads(out) == {
        "file": {
            "encoding": "utf-8", "delimiter": ";", "header_line": 2, "outcome": "import_warning",
            "message": "CSV, UTF-8, point-virgule, titres à la ligne 2, 1\u00a0ligne au-dessus\u00a0: "
            "4\u00a0lignes lues, 2\u00a0personnes. Le fichier annonce 3\u00a0personnes, la lecture en trouve 2.",
        },
        "counts": {"import": 1, "import_warning": 0, "review": 1, "reject": 0, "ignore": 2},
        "rows": [
            {"line": 3, "outcome": "import", "reasons": [], "name": "Léa Moreau"},
            {"line": 4, "outcome": "review", "reasons": ["Le prénom manque."], "name": "Le Goff"},
            {"line": 5, "outcome": "ignore", "reasons": ["Ligne vide."], "name": ""},
            {"line": 6, "outcome": "ignore", "reasons": ["Pied de liste."], "name": ""},
        ],
    }  # fmt: skip


def test_people_read_what_was_understood(world, capsys, sent):
    out = run(capsys, sent(LIST), "--programme", "TEST-1", "--reference-date", "2026-01-30")
    assert out.splitlines() == [
        "CSV, UTF-8, point-virgule, titres à la ligne 2, 1\u00a0ligne au-dessus\u00a0: 4\u00a0lignes lues, "
        "2\u00a0personnes.",
        "Attention\u00a0: Le fichier annonce 3\u00a0personnes, la lecture en trouve 2.",
        "Règle absence\u00a0: absence aux examens. Âges au 30/01/2026.",
        "Colonnes\u00a0: nom de naissance ← Nom\u00a0; prénom ← Prénom\u00a0; date de naissance ← Date de "
        "naissance\u00a0; téléphone ← Téléphone\u00a0; courriel ← Courriel.",
        "Non reprises\u00a0: Nationalité (pas nécessaire)",
        "ligne 4 · à examiner · Le Goff · Le prénom manque.",
        "Ignoré\u00a0: 1\u00a0ligne vide, 1\u00a0ligne de pied de liste.",
        "4\u00a0lignes\u00a0: 1 à importer, 1 à examiner, 2 ignorées.",
        "Rien n’a été écrit.",
    ]


def test_today_and_the_columns_stand_in_for_what_is_not_said(world, capsys, sent):
    titles = "Nom;Prénom;Né(e) le;NB_IP;TEM_IAE"
    out = run(capsys, sent(f"{titles}\nMoreau;Léa;01/01/2024;0;O\n"), "--programme", "TEST-1")
    assert "Règle ia-ip" in out and "moins de 16\u00a0ans" in out


PROGRAMME = ["--programme", "TEST-1"]
REFUSALS = {
    "unknown programme": (["LIST", "--programme", "AP9-999"], "Aucun programme ne porte le numéro"),
    "no programme": (["LIST"], "--programme"),
    "unknown rule": (["LIST", *PROGRAMME, "--rule", "au hasard"], "Règle «\u00a0au hasard\u00a0» inconnue"),
    "unknown format": (["LIST", *PROGRAMME, "--format", "exe"], "Format «\u00a0exe\u00a0» inconnu"),
    "impossible date": (["LIST", *PROGRAMME, "--reference-date", "2026-02-30"], "2026-02-30\u00a0» est impossible"),
    "another calendar": (["LIST", *PROGRAMME, "--reference-date", "30/01/2026"], "30/01/2026\u00a0» est impossible"),
    "compact date": (["LIST", *PROGRAMME, "--reference-date", "20260130"], "20260130\u00a0» est impossible"),
    "no such file": (["nulle-part.csv", *PROGRAMME], "ne peut être lu"),
    "a folder": (["tests", *PROGRAMME], "ce n’est pas un fichier"),
    "NUL in the path": (["a\x00b", *PROGRAMME], "ne peut être lu"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSALS)
def test_what_cannot_be_done_is_one_sentence_and_exit_code_2(world, sent, case):
    arguments, sentence = REFUSALS[case]
    with pytest.raises(CommandError) as refusal:
        call_command("import_students", *[sent(LIST) if each == "LIST" else each for each in arguments])
    assert sentence in str(refusal.value) and "\n" not in str(refusal.value)
    if not sentence.startswith("--"):  # those are argparse's own, which leaves with 2
        assert refusal.value.returncode == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read(world, sent):
    path = sent(LIST)
    os.chmod(path, 0)
    with pytest.raises(CommandError, match="ne peut être lu"):
        call_command("import_students", path, *PROGRAMME)


def test_a_file_refused_as_a_whole_is_told_to_machines_too(world, capsys, sent):
    with pytest.raises(CommandError) as refusal:
        call_command("import_students", sent(""), *PROGRAMME, "--format", "json")
    sentence = "Ce fichier est vide\u00a0: vérifiez que c’est le bon. Rien n’a été gardé de ce fichier."
    assert (refusal.value.returncode, str(refusal.value)) == (2, sentence)
    assert json.loads(capsys.readouterr().out) == {
        "file": {"encoding": None, "delimiter": None, "header_line": None, "outcome": "reject", "message": sentence},
        "counts": {"import": 0, "import_warning": 0, "review": 0, "reject": 0, "ignore": 0},
        "rows": [],
    }


def test_a_workbook_under_any_name_tells_its_sheet(world, capsys, sent):
    path = sent(xlsx([TITLES.split(";"), LEA.split(";")]), "liste.csv")
    found = json.loads(run(capsys, path, *PROGRAMME, "--reference-date", "2026-01-30", "--format", "json"))
    assert found["file"] == {
        "encoding": None, "delimiter": None, "header_line": 1, "outcome": "import",
        "message": "classeur Excel, feuille «\u00a0Liste\u00a0», titres à la ligne 1\u00a0: "
        "1\u00a0ligne lue, 1\u00a0personne.",
    }  # fmt: skip
