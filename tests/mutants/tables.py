"""What is taken away from classes and tables: guards of views, attributes, rows of WHO, doors, middleware."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from partaj import acts
from partaj.access import ActRequired
from partaj.acts import WHO, Act
from tests.mutants.sites import ROOT, Mutant, sources

OPEN_TO_ALL = Act.READ_PROGRAMME  # what every role may do
PLAYED_BY = {
    "administrator": ("administrator",), "manager": ("manager", "other_manager"),
    "caseworker": ("caseworker", "neighbour"), "tutor": ("tutor",), "member": ("member",),
    "evaluator": ("evaluator",), "funder": ("funder",),
}  # fmt: skip
WIDENED = {"act": OPEN_TO_ALL, "changed_with": OPEN_TO_ALL, "seen_with": None, "writes": False}


def in_tables() -> list[Mutant]:
    return [*_of_classes(), *_of_roles(), *_of_doors(), *_of_middleware()]


def _of_classes() -> Iterator[Mutant]:
    for module, path in sources():
        relative = str(path.relative_to(ROOT))
        for node in ast.parse(path.read_text()).body:
            if not isinstance(node, ast.ClassDef):
                continue
            view = getattr(importlib.import_module(module), node.name)
            if not isinstance(view, type) or not issubclass(view, ActRequired):
                continue
            guards = [ast.unparse(base) for base in node.bases if _guards(module, base)]
            if guards:
                yield Mutant(module, relative, node.lineno, node.name, f"la garde de {', '.join(guards)}", "guard",
                             lambda view=view: _let_through(view))  # fmt: skip
            yield from _of_attributes(module, relative, node, view)


def _guards(module: str, base: ast.expr) -> bool:
    found = getattr(importlib.import_module(module), ast.unparse(base), None)
    return isinstance(found, type) and issubclass(found, ActRequired)


def _let_through(view: type) -> None:
    """What stands behind the guard answers; nobody asks whether one may."""

    def dispatch(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        refusal = self.refusal()
        return refusal if refusal is not None else super(ActRequired, self).dispatch(request, *args, **kwargs)

    view.dispatch = dispatch  # type: ignore[attr-defined]


def _of_attributes(module: str, path: str, node: ast.ClassDef, view: type) -> Iterator[Mutant]:
    for each in node.body:
        if not isinstance(each, ast.Assign) or not isinstance(each.targets[0], ast.Name):
            continue
        name = each.targets[0].id
        # Without its act, a page is for whoever sees what it acts upon.
        wide = getattr(view, "seen_with", None) or OPEN_TO_ALL if name == "act" else WIDENED.get(name)
        if name in WIDENED and getattr(view, name) not in (wide, None, False):
            yield Mutant(module, path, each.lineno, node.name, ast.unparse(each), "attribute",
                         lambda name=name, wide=wide: setattr(view, name, wide))  # fmt: skip


def _of_roles() -> Iterator[Mutant]:
    source = (ROOT / "partaj/acts.py").read_text().splitlines()
    for act, held in WHO.items():
        line = next(i for i, text in enumerate(source, 1) if text.strip().startswith(f"Act.{act.name}:"))
        for kind in sorted(PLAYED_BY.keys() - held):
            yield Mutant("partaj.acts", "partaj/acts.py", line, "WHO", f"{act.name} ouvert à {kind}", "role",
                         lambda act=act, kind=kind: _give(act, kind), PLAYED_BY[kind], act.value)  # fmt: skip


def _give(act: Act, kind: str) -> None:
    acts.WHO[act] = acts.WHO[act] | {kind}


def _of_doors() -> Iterator[Mutant]:
    for name, callback in callbacks().items():
        view = getattr(callback, "view_class", callback)
        if not getattr(callback, "login_required", True) or view.__module__.split(".")[0] in ("allauth", "django"):
            continue  # theirs have a lock of their own
        path = str(inspect.getsourcefile(inspect.unwrap(view)) or "").removeprefix(f"{ROOT}/")
        yield Mutant(view.__module__, path, inspect.getsourcelines(inspect.unwrap(view))[1], view.__qualname__,
                     f"la connexion, à {name}", "login",
                     lambda callback=callback: setattr(callback, "login_required", False), ("anonymous",))  # fmt: skip


def callbacks() -> dict[str, Any]:
    """The view behind each named address."""
    return dict(_callbacks(get_resolver(), ""))


def _callbacks(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, Any]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{prefix}{entry.name}", entry.callback
        else:
            yield from _callbacks(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)


def _of_middleware() -> Iterator[Mutant]:
    lines = (ROOT / "partaj/settings.py").read_text().splitlines()
    for name in settings.MIDDLEWARE:
        line = next((i for i, text in enumerate(lines, 1) if f'"{name}"' in text), 0)
        yield Mutant("partaj.settings", "partaj/settings.py", line, "MIDDLEWARE", name, "middleware",
                     lambda name=name: _drop(name))  # fmt: skip


def _drop(name: str) -> None:
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if each != name]
