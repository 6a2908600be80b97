"""French typography of all that people read: U+00A0 before ? ! ; : » and after «, and ’ for the apostrophe."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PACKAGES = ("partaj", "beneficiaries", "cellules", "funding", "reports")

# A question mark glued to a letter is a pattern's (« au ?plus »).
WRONG = re.compile(r"[ \t\n](?:[!;:»]|\?(?!\w))|«[ \t\n]|(?<=\w)'(?=\w)")
UNSEEN = re.compile(r"{%\s*comment.*?endcomment\s*%}|{#.*?#}", re.DOTALL)
TAG = re.compile(r"{%.*?%}")
SAID_IN_TAG = re.compile(r'"[^"]*"')

# The labels of the FEJ's form are printed character for character, straight apostrophes and ordinary spaces included.
OF_THE_FORM = ("reports/annexe1.py", "beneficiaries/models/characteristics.py")
LABELS_OF_THE_FORM = (
    "Autres publics : Adultes",
    "Autres publics : Personnes en situation de Handicap",
    "Bénéficiaires entrés l'année ",
    "Programme 7 : Accompagnement et insertion professionnelle des étudiants qui décrochent",
)


def sentences_of_template(text: str) -> Iterator[tuple[int, str]]:
    """The text of a template, and in its tags what stands between quotes, each with its first line."""
    seen = UNSEEN.sub(lambda found: "\n" * found[0].count("\n"), text)
    for tag in TAG.finditer(seen):
        for said in SAID_IN_TAG.finditer(tag[0]):
            yield seen.count("\n", 0, tag.start()) + 1, said[0]
    yield 1, TAG.sub("", seen)


def sentences_of_code(source: str) -> Iterator[tuple[int, str]]:
    """The string constants of a module that are neither docstrings, nor layouts of numbers, nor patterns."""
    tree = ast.parse(source)
    silent: set[ast.AST] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant()):
                silent.add(node.value)
            case ast.FormattedValue(format_spec=ast.JoinedStr()):
                silent.update(ast.walk(node.format_spec))
            case ast.Call(func=ast.Attribute(value=ast.Name(id="re"))):
                silent.update(ast.walk(node))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in silent:
            yield node.lineno, node.value


def wrongs(sentences: Iterator[tuple[int, str]]) -> list[tuple[int, str]]:
    """The line and the surroundings of each mistake."""
    return [
        (line + sentence.count("\n", 0, found.start()), sentence[max(0, found.start() - 20) : found.end() + 10])
        for line, sentence in sentences
        if sentence not in LABELS_OF_THE_FORM
        for found in WRONG.finditer(sentence)
    ]


def told(path: Path, found: list[tuple[int, str]]) -> list[str]:
    return [f"{path.relative_to(ROOT)}:{line}: {words!r}" for line, words in found]


def test_templates_and_letters_are_set_as_french_is():
    paths = sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in (".html", ".txt"))
    assert [line for path in paths for line in told(path, wrongs(sentences_of_template(path.read_text())))] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_sentences_of_the_code_are_set_as_french_is(package):
    paths = [
        path
        for path in sorted((ROOT / package).rglob("*.py"))
        # A migration repeats its models and is never read on screen.
        if "migrations" not in path.parts and not path.relative_to(ROOT).as_posix().startswith(OF_THE_FORM)
    ]
    assert [line for path in paths for line in told(path, wrongs(sentences_of_code(path.read_text())))] == []


def test_the_labels_of_the_form_are_still_those_that_the_code_prints():
    code = "".join(path.read_text() for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    assert [label for label in LABELS_OF_THE_FORM if label not in code] == []


@pytest.mark.parametrize(
    "wrong", ["Oublié ?", "« Oublié\u00a0»", "«\u00a0Oublié »", "vide\t: rien", "l'heure", "lu ; relu", "Attention !"]
)
def test_a_mistake_is_found_on_its_line(wrong):
    assert [line for line, _ in wrongs(sentences_of_template(f"{{# lu : tu #}}\n<p>{wrong}</p>"))] == [2]
    source = f'"""Lu : tu."""\nre.compile(" ?:")\nSAID = {wrong!r}'
    assert [line for line, _ in wrongs(sentences_of_code(source))] == [3]


@pytest.mark.parametrize(
    "right", ["Oublié\u00a0?", "«\u00a0Oublié\u202f»", "l’heure", "10:30", "https://x.example/?q=a"]
)
def test_what_is_well_set_is_left_alone(right):
    assert wrongs(sentences_of_template(f"<p>{right}</p>")) == wrongs(sentences_of_code(f"SAID = {right!r}")) == []
