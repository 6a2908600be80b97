"""What the code owes to itself: no page, template, act, rule or pin that nobody uses or that nothing holds."""

import ast
import hashlib
import importlib
import os
import re
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.template.loader import get_template

from partaj.acts import WHO, Act
from partaj.scoping import ScopedQuerySet

ROOT = Path(settings.BASE_DIR)
APPS = ("territories", "programmes", "accounts", "beneficiaries", "cellules", "funding", "reports")
SOURCES = [
    path
    for folder in ("partaj", "beneficiaries", "cellules", "funding", "reports")
    for path in sorted((ROOT / folder).rglob("*.py"))
]
CODE = {path: path.read_text() for path in SOURCES}
TEMPLATES = {
    path.relative_to(ROOT / "templates").as_posix(): path.read_text() for path in (ROOT / "templates").rglob("*.html")
}
OTHERS = {path: path.read_text() for path in (ROOT / "templates").rglob("*.txt")}

# Found by name by Django and its administration, allauth or crispy-forms, hence named nowhere in our code.
FOUND_BY_OTHERS = re.compile(
    r"(404|403|400|429|500)\.html|(account|mfa)/.+|bootstrap5/.+|allauth/.+|django/.+|admin/base_site\.html"
)
# Opened otherwise than by `visible_to`, each for its reason.
NOT_SCOPED: dict[str, str] = {}


def test_no_migration_is_missing(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


# -- Templates ------------------------------------------------------------------------------------
NAMED = re.compile(r"""{%\s*(?:include|extends)\s+["']([^"']+)["']""")


@pytest.mark.parametrize("name", TEMPLATES)
def test_what_a_template_includes_or_extends_exists(name):
    for wanted in NAMED.findall(TEMPLATES[name]):
        get_template(wanted)
    get_template(name)


def test_every_template_is_used():
    words = "\n".join([*CODE.values(), *TEMPLATES.values(), *OTHERS.values()])
    unused = [
        name
        for name in TEMPLATES
        if not FOUND_BY_OTHERS.fullmatch(name) and not re.search(rf"""["']{re.escape(name)}["']""", words)
    ]
    assert unused == []


def test_fragments_begin_with_a_comment_that_names_their_context():
    fragments = {name: text for name, text in TEMPLATES.items() if Path(name).name.startswith("_")}
    assert [name for name, text in fragments.items() if not text.startswith("{# ")] == []


FORBIDDEN = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*="),
    "an event attribute": re.compile(r"<[^>]*\son[a-z]+\s*="),
    "a script without src or nonce": re.compile(r"<script(?![^>]*\b(?:src|nonce)=)[^>]*>", re.IGNORECASE),
    "a style element without nonce": re.compile(r"<style(?![^>]*\bnonce=)[^>]*>", re.IGNORECASE),
    "an address outside the site": re.compile(r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//"""),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "hx-on or an inline filter, which eval": re.compile(r"\shx-on|\shx-vals\s*=\s*[\"']js:"),
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_holds(what):
    # Text in braces may hold « > »: it is not markup.
    bare = {name: re.sub(r"{[%#{].*?[%#}]}", "", text, flags=re.DOTALL) for name, text in TEMPLATES.items()}
    # Print sheets are read by the PDF renderer, never by a browser.
    bare = {name: text for name, text in bare.items() if "/print/" not in name}
    kept = {name: TEMPLATES[name] if "nonce" in FORBIDDEN[what].pattern else text for name, text in bare.items()}
    assert [name for name, text in kept.items() if FORBIDDEN[what].search(text)] == []


FORMS = re.compile(r"<form\b[^>]*method=.post.*?</form>", re.IGNORECASE | re.DOTALL)


TYPED = re.compile(r"{% crispy|<textarea|<select|<input(?![^>]*type=.hidden)")


def test_every_form_that_posts_carries_its_token_and_where_one_types_its_author():
    """Sign-in and what precedes it have no author yet; a code of a second factor is kept nowhere."""
    forms = [(name, form) for name, text in TEMPLATES.items() for form in FORMS.findall(text)]
    assert [name for name, form in forms if "csrf_token" not in form] == []
    typed = [(name, form) for name, form in forms if TYPED.search(form) and not name.startswith(("account/", "mfa/"))]
    assert [name for name, form in typed if "draft_author" not in form] == []


# -- Access ---------------------------------------------------------------------------------------
def our_models():
    return [model for label in APPS for model in apps.get_app_config(label).get_models() if not is_history(model)]


def is_history(model) -> bool:
    return hasattr(model, "instance_type")


def test_every_model_says_who_sees_it():
    silent = [
        model.__name__
        for model in our_models()
        if model.__name__ not in NOT_SCOPED and not isinstance(model._default_manager.all(), ScopedQuerySet)
    ]
    assert silent == []


def test_every_rule_of_visibility_is_in_plain_words():
    rules = {type(model._default_manager.all()) for model in our_models() if model.__name__ not in NOT_SCOPED}
    mute = [rule.__name__ for rule in rules if not (rule.visibility.__doc__ or rule.visible_to.__doc__)]
    assert mute == []


def test_each_act_has_its_roles_and_its_use():
    assert set(WHO) == set(Act)
    elsewhere = "\n".join(text for path, text in CODE.items() if path.name != "acts.py")
    assert [act.name for act in Act if f"Act.{act.name}" not in elsewhere] == []


# -- Code -----------------------------------------------------------------------------------------
def test_nothing_prints_but_commands():
    assert [
        path.name
        for path, text in CODE.items()
        if "commands" not in path.parts and re.search(r"^\s*print\(", text, re.MULTILINE)
    ] == []


def test_no_module_is_named_for_nothing():
    assert [path for path in SOURCES if path.stem in {"utils", "helpers", "common", "misc"}] == []


def test_no_loose_end_is_left():
    assert [path.name for path, text in CODE.items() if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", text)] == []


def asked_on_loading(tree: ast.AST) -> list[int]:
    """Lines that ask what day or time it is when the module is loaded, and not when a function runs."""
    lines = []
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for each in (*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)):
                lines += asked_on_loading(ast.Expression(each))
        elif not isinstance(node, ast.Lambda):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                lines += [node.lineno] if name.lower() in {"today", "localdate", "localtime", "now"} else []
            lines += asked_on_loading(node)
    return lines


def test_nobody_keeps_the_day_on_which_a_module_was_loaded():
    """A server lives for weeks, and the suite runs across midnight."""
    tests = {path: path.read_text() for path in (ROOT / "tests").rglob("*.py")}
    assert [
        f"{path.relative_to(ROOT).as_posix()}:{line}"
        for path, text in (CODE | tests).items()
        if "migrations" not in path.parts
        for line in asked_on_loading(ast.parse(text))
    ] == []
    asked = "DAY = dt.date.today()\ndef f(day=now()):\n    return today()\nclass A:\n    on = localdate()"
    assert asked_on_loading(ast.parse(asked)) == [1, 2, 5]


TEXTS = {".py", ".toml", ".txt", ".md", ".html", ".css", ".js", ".json", ""}


def project_files() -> list[Path]:
    """Without what is made here: the environment, the data, the caches."""
    made = {"var", "static-collected", "__pycache__"}
    files = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [each for each in folders if each not in made and (each == ".ci" or not each.startswith("."))]
        files += [Path(folder) / name for name in names]
    return files


def test_no_file_names_a_machine_or_a_place_to_download_from():
    machine = re.compile(
        r"/(?:home|Users|workspace|root)/[a-z]|(?:index-url|find-links|extra-index)\s*[= ]\s*\S+://|@ https?://"
    )
    named = []
    for path in project_files():
        read = path.suffix in TEXTS and path.is_file() and path != Path(__file__)
        if read and machine.search(path.read_text(errors="replace")):
            named.append(path.relative_to(ROOT).as_posix())
    assert named == []


def test_every_dependency_is_locked_by_its_hash():
    for name in ("base", "dev", "uv"):
        lines = (ROOT / "requirements" / f"{name}.txt").read_text()
        wanted = re.findall(r"^[a-z0-9][^\s=;\[]*(?:\[[^\]]*\])?==\S+.*?(?=^\S|\Z)", lines, re.MULTILINE | re.DOTALL)
        assert wanted
        assert [each.split("==")[0] for each in wanted if "--hash=sha256:" not in each] == []


def test_every_module_of_the_ground_floor_is_held_to_it():
    """import-linter takes names only: a module that nobody added to its list could import upwards."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (ground,) = [contract for contract in contracts if contract["type"] == "forbidden"]
    modules = {each.stem for each in (ROOT / "partaj").iterdir() if each.suffix == ".py" or list(each.rglob("*.py"))}
    above = {name.rpartition(".")[2] for name in ground["forbidden_modules"]} | {"settings", "urls", "__init__"}
    assert set(ground["source_modules"]) == {f"partaj.{name}" for name in modules - above}


PINNED = {
    "vendor/tabler/css/tabler.min.css": "7ef750bd10546a695d0b12767ad8048bd8f3ec5de7daefb1067f9d0daa3d1c9a",
    "vendor/tabler/js/tabler.min.js": "b60c76160e97624574dbb8cf10abe6aee9a6493b60096fdfc15dd1dd2bd99eb9",
}


@pytest.mark.parametrize("name", PINNED)
def test_tabler_is_the_very_one_that_its_authors_published(name):
    """The wheel is a third party's: the files are those of @tabler/core 1.4.0."""
    assert hashlib.sha256(Path(finders.find(name)).read_bytes()).hexdigest() == PINNED[name]


def test_the_bench_still_finds_what_it_measures():
    """`make bench` is run by hand: what moved since must not be found out then."""
    modules = sorted(path.stem for path in (ROOT / "tests" / "bench").glob("[a-z]*.py"))
    assert {"imports", "pages"} <= set(modules)
    for module in modules:
        importlib.import_module(f"tests.bench.{module}")
