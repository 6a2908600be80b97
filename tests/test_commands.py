"""The commands of the reports: each format on the output, each refusal one French sentence and exit code 2."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError


def run(capfdbinary, *arguments):
    call_command(*arguments)
    return capfdbinary.readouterr().out


def test_report_writes_json_on_the_output(world, capfdbinary):
    report = json.loads(run(capfdbinary, "report", "TEST-1", "annexe-1"))
    assert (report["programme"], report["report"], report["perimeter"]) == (
        "TEST-1",
        "annexe-1",
        "ensemble du programme",
    )
    youths = report["tables"][0]["rows"][0]
    assert [cell["value"] for cell in youths["cells"]] == [None, 13, 0, 13]
    assert youths["cells"][-1]["source"] == "computed"


@pytest.mark.parametrize(
    ("wanted", "beginning"),
    [("html", b"<!DOCTYPE html>"), ("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("docx", b"PK"), ("pdf", b"%PDF-")],
)
def test_report_writes_each_format(world, capfdbinary, wanted, beginning):
    assert run(capfdbinary, "report", "TEST-1", "annexe-1", "--format", wanted).lstrip().startswith(beginning)


def test_report_writes_a_file_and_nothing_beside_it(world, tmp_path: Path):
    call_command("report", "TEST-1", "annexe-1", "--format", "csv", "--output", str(tmp_path / "annexe.csv"))
    assert [each.name for each in tmp_path.iterdir()] == ["annexe.csv"]


REFUSALS = {
    "unknown programme": (["report", "AP9-999", "annexe-1"], "Aucun programme ne porte le numéro « AP9-999 »"),
    "NUL in the number": (["report", "AP\x00", "annexe-1"], "Aucun programme"),
    "unknown report": (["report", "TEST-1", "annexe-9"], "Aucun rapport « annexe-9 »"),
    "unknown format": (["report", "TEST-1", "annexe-1", "--format", "exe"], "Format « exe » inconnu"),
    "unknown folder": (["report", "TEST-1", "annexe-1", "--output", "nulle-part/annexe.json"], "ne peut être écrit"),
    "a folder": (["report", "TEST-1", "annexe-1", "--output", "tests"], "ne peut être écrit"),
    "NUL in the path": (["report", "TEST-1", "annexe-1", "--output", "a\x00b"], "ne peut être écrit"),
    "check, unknown programme": (["check_report", "AP9-999"], "Aucun programme"),
    "check, unknown format": (["check_report", "TEST-1", "--format", "pdf"], "Format « pdf » inconnu"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_cannot_be_done_is_one_sentence_and_exit_code_2(world, case):
    arguments, sentence = REFUSALS[case]
    with pytest.raises(CommandError) as refusal:
        call_command(*arguments)
    assert refusal.value.returncode == 2
    assert sentence in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_check_report_speaks_to_machines(world, capsys):
    world.lea.situation = ""
    world.lea.save()
    call_command("check_report", "TEST-1", "--format", "json")
    found = json.loads(capsys.readouterr().out)
    assert found["programme"] == "TEST-1"
    coverage = [each for each in found["findings"] if each["code"] == "coverage" and "Situation" in each["where"]]
    assert [(each["severity"], each["declared"], each["computed"], each["gap"]) for each in coverage] == [
        ("warning", 2, 13, -11)
    ]


def test_check_report_speaks_to_people(world, capsys):
    call_command("check_report", "TEST-1")
    assert "sans réponse" in capsys.readouterr().out
