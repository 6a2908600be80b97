"""docs/securite.md keeps its word: every requirement is there once, every test and every file that it names exists."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PAGE = (ROOT / "docs" / "securite.md").read_text()
HOSTS = (ROOT / "docs" / "exploitation.md").read_text()
STATES = ["tenu", "exploitation", "sans objet", "non tenu"]

# How many requirements of levels 1 and 2 each section of ASVS 5.0.0 has; in a section, level 3 comes last.
SECTIONS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4,
    "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5,
    "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4,
    "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4,
    "17.3": 2,
}  # fmt: skip
REQUIREMENTS = [f"{section}.{rank}" for section, count in SECTIONS.items() for rank in range(1, count + 1)]


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


ROWS = [cells(line) for line in PAGE.splitlines() if re.match(r"\| \d+\.\d+\.\d+ \|", line)]
QUOTED = re.findall(r"`([^`]+)`", PAGE)
TESTS = sorted({each for each in QUOTED if "::" in each})
FILES = sorted({each for each in QUOTED if re.fullmatch(r"[\w./-]+/[\w./-]*|[\w.-]+\.(?:md|toml)", each)
                and "::" not in each and not each.startswith("/")})  # fmt: skip


def named_tests(path: Path) -> set[str]:
    """What pytest would collect there, by name."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            found.add(node.name)
    return found


def test_every_requirement_is_there_once_in_its_order():
    assert len(REQUIREMENTS) == 253
    assert [row[0] for row in ROWS] == REQUIREMENTS


def faults_of(state: str, wanted: str, shown: str) -> Iterator[str]:
    """What a row of the table does not say, though its state asks for it."""
    if not wanted:
        yield "nothing is asked"
    if state not in STATES:
        yield f"an unknown state: {state}"
    if state == "tenu" and not re.search(r"`tests/[^`]+::[^`]+`", shown):
        yield "no test shows it"
    if state == "exploitation":
        named = re.findall(r"« ([^»]+) »", shown)
        if not named or "(exploitation.md)" not in shown:
            yield "no line of the host's page is named"
        yield from (f"the host's page has no line « {name} »" for name in named if f"**{name}**" not in HOSTS)
    if state == "sans objet" and len(shown) < 10:
        yield "no reason is given"
    if state == "non tenu" and not re.search(r"\bmanque\b", shown, re.IGNORECASE):
        yield "what is missing is not said"


def test_each_row_says_its_state_and_what_shows_it():
    faults = [
        f"{number}: {fault}" for number, wanted, state, shown in ROWS for fault in faults_of(state, wanted, shown)
    ]
    assert faults == []


@pytest.mark.parametrize(
    ("state", "shown", "fault"),
    [
        ("tenu", "le code le fait ; `partaj/forms.py`", "no test shows it"),
        (
            "exploitation",
            "[exploitation](exploitation.md), « Nulle part »",
            "the host's page has no line « Nulle part »",
        ),
        ("exploitation", "l’hébergeur s’en charge", "no line of the host's page is named"),
        ("sans objet", "non", "no reason is given"),
        ("non tenu", "presque tenu, à peu près", "what is missing is not said"),
        ("presque", "`tests/test_asvs.py::test_no_page_answers_to_trace`", "an unknown state: presque"),
    ],
)
def test_a_row_that_says_too_little_is_seen(state, shown, fault):
    assert list(faults_of(state, "quelque chose", shown)) == [fault]


def test_every_test_that_is_named_exists():
    assert len(TESTS) > 100
    collected = {path: named_tests(ROOT / path) for name in TESTS if (ROOT / (path := name.split("::")[0])).is_file()}
    assert [name for name in TESTS if name.split("::")[1] not in collected.get(name.split("::")[0], ())] == []


def test_every_file_that_is_named_exists():
    assert len(FILES) > 30
    assert [name for name in FILES if not (ROOT / name).exists()] == []
    links = re.findall(r"\]\(([^)#]+)\)", PAGE)
    assert [link for link in links if not (ROOT / "docs" / link).is_file()] == []


def test_the_part_of_the_page_that_a_row_refers_to_is_there():
    titles = set(re.findall(r"^## (.+)$", PAGE, re.MULTILINE))
    referred = {title for row in ROWS for title in re.findall(r"plus haut, « ([^»]+) »", row[3])}
    assert len(referred) > 5
    assert referred <= titles


def test_the_count_at_the_head_is_that_of_the_rows():
    said = {row[0]: [int(figure.strip("*")) for figure in row[1:]] for line in PAGE.splitlines()
            if len(row := cells(line)) == 6 and re.fullmatch(r"V\d+ · .+|\*\*ensemble\*\*", row[0])}  # fmt: skip
    counted = {}
    for title in re.findall(r"^### (V\d+ · .+)$", PAGE, re.MULTILINE):
        chapter = title.split()[0].removeprefix("V")
        states = Counter(row[2] for row in ROWS if row[0].split(".")[0] == chapter)
        counted[title] = [*(states[state] for state in STATES), states.total()]
    counted["**ensemble**"] = [sum(column) for column in zip(*counted.values(), strict=True)]
    assert said == counted


def test_what_the_page_says_of_files_and_limits_is_what_the_code_does():
    from partaj.accounts.throttling import LIMITS
    from partaj.uploads.archives import MOST_BYTES, MOST_ENTRIES
    from partaj.uploads.images import MOST_PIXELS
    from partaj.uploads.kinds import MEGABYTE, Purpose

    kinds = dict(re.findall(r"^\| une (liste|pièce|image) \| ([^|]+) \|", PAGE, re.MULTILINE))
    shown = {"liste": Purpose.LIST, "pièce": Purpose.DOCUMENT, "image": Purpose.IMAGE}
    for name, purpose in shown.items():
        extensions = {kind.extensions[0] for kind in purpose.value.kinds}
        words = {"jpg" if word == "jpeg" else word for word in re.findall(r"\w+", kinds[name].lower())} - {
            "ou",
            "texte",
        }
        assert words == extensions
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| une {name} |"))
        assert f"{purpose.value.largest // MEGABYTE} Mo" in row
    assert f"{MOST_PIXELS // 1_000_000} millions de points" in PAGE
    assert f"{MOST_ENTRIES:,} entrées, {MOST_BYTES // MEGABYTE} Mo dépliés".replace(",", " ", 1) in PAGE
    (exports,) = LIMITS["export"]
    assert (exports.amount, exports.duration) == (30, 600)
    assert (settings.SESSION_IDLE, settings.SESSION_LONGEST) == (30 * 60, 10 * 3600)
