"""What may be taken away: found in the sources, never listed, so that a new filter is tried by itself.

Each `Mutant` knows how to take itself away from the running process (`apply`): an expression or a statement by giving
its function the code of the mutated source, an attribute or a row of a table by replacing it. `apply` is called in a
process of its own, which ends with it.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.mutants.hands import recode

ROOT = Path(__file__).parents[2]
APPS = ("partaj", "beneficiaries", "cellules", "funding", "reports")
PASSED_OVER = {"migrations", "demo", "management"}  # what no page runs
FILTERS = {"visible_to", "exportable_by", "of_file", "worked_by"}
RULES = {"visibility", *FILTERS}
NARROWING = {"filter", "in_force"}  # a step of a chain that a rule may lose


@dataclass(frozen=True)
class Mutant:
    """`owner`: the function or the class that loses something; `lost`: what, as the source says it."""

    module: str
    path: str
    line: int
    owner: str
    lost: str
    family: str
    apply: Callable[[], None] = field(compare=False, repr=False)
    roles: tuple[str, ...] = ()  # of the cast, where only they could notice
    act: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        return self.path, self.owner, self.lost

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.owner} : {self.lost}"


def sources() -> Iterator[tuple[str, Path]]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            relative = path.relative_to(ROOT)
            if not PASSED_OVER & {*relative.parts, path.stem}:
                yield ".".join(relative.with_suffix("").parts).removesuffix(".__init__"), path


def in_sources() -> list[Mutant]:
    rules = _functions_of_rules()
    return [mutant for module, path in sources() for mutant in Source(module, path, rules).mutants()]


def _functions_of_rules() -> set[str]:
    """Functions that the rules of the querysets call by their name: they hold the rule itself."""
    called, defined = set[str](), set[str]()
    for _, path in sources():
        tree = ast.parse(path.read_text())
        defined |= {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        for rule in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name in RULES):
            called |= {
                node.func.id
                for node in ast.walk(rule)
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            }
    return called & defined


class Source:
    """One module, read once for what it holds and again for each mutant."""

    def __init__(self, module: str, path: Path, rules: set[str]) -> None:
        self.module = module
        self.path = str(path.relative_to(ROOT))
        self.text = path.read_text()
        self.rules = rules
        self.nodes = list(ast.walk(ast.parse(self.text)))

    def mutants(self) -> Iterator[Mutant]:
        outer = self._outermost()
        for index, node in enumerate(self.nodes):
            owner = outer.get(index)
            if owner is None:
                continue
            name, function = owner
            for family, lost, change in self._losses(node, function, name):
                yield Mutant(
                    self.module, self.path, node.lineno, name, lost, family, self._applying(index, name, change)
                )

    def _outermost(self) -> dict[int, tuple[str, ast.FunctionDef]]:
        """For each node inside a function: the function of the module, or the method, that holds it."""
        places = {id(node): index for index, node in enumerate(self.nodes)}
        found: dict[int, tuple[str, ast.FunctionDef]] = {}

        def visit(body: list[ast.stmt], prefix: str) -> None:
            for each in body:
                if isinstance(each, ast.ClassDef):
                    visit(each.body, f"{prefix}{each.name}.")
                elif isinstance(each, ast.FunctionDef):
                    for inside in ast.walk(each):
                        found[places[id(inside)]] = (f"{prefix}{each.name}", each)

        visit(self.nodes[0].body, "")  # type: ignore[attr-defined]
        return found

    def _losses(self, node: ast.AST, function: ast.FunctionDef, owner: str) -> Iterator[tuple[str, str, Any]]:
        """(family, what is lost, how the node changes) for each thing that this node may lose."""
        is_rule = function.name in RULES | self.rules or owner.startswith("Perimeter.")
        if node is function and function.name in RULES | self.rules and not _only_raises(function):
            everything = "self.all()" if function.name in FILTERS else "__import__('django.db.models').db.models.Q()"
            yield "rule", f"la règle de {owner}", lambda each: _returning(each, everything)
        if isinstance(node, ast.Call):
            yield from self._of_call(node, is_rule)
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and ".trace." in ast.unparse(node.value.func)
        ):
            yield "trace", ast.unparse(node), _nothing
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Yield | ast.YieldFrom) and self._adds_up():
            yield "suppression", ast.unparse(node), _nothing
        if isinstance(node, ast.If) and "hidden" in ast.unparse(node.test) and _only_raises(node):
            yield "suppression", f"if {ast.unparse(node.test)}: …", _nothing
        if not is_rule:
            return
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr | ast.BitAnd):
            for side, other in (("left", "right"), ("right", "left")):
                lost = f"{ast.unparse(getattr(node, side))}, de « {ast.unparse(node)} »"
                yield "leaf", lost, lambda each, kept=other: getattr(each, kept)
        if isinstance(node, ast.BoolOp):
            for place, value in enumerate(node.values):
                lost = f"{ast.unparse(value)}, de « {ast.unparse(node)} »"
                yield "leaf", lost, lambda each, place=place: _without(each, "values", place)
        if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.BitOr):
            yield "leaf", ast.unparse(node), _nothing

    def _of_call(self, node: ast.Call, is_rule: bool) -> Iterator[tuple[str, str, Any]]:
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
        said = ast.unparse(node)
        if name in FILTERS and isinstance(called, ast.Attribute):
            yield "filter", said, lambda each: _call(each.func.value, "all")
        if name == "may" and self.module != "partaj.acts":
            yield "may", said, lambda each: ast.Constant(True)
        if name == "hide_small_counts":
            yield "suppression", said, lambda each: each.args[0]
        if is_rule and name in NARROWING and isinstance(called, ast.Attribute):
            yield "leaf", f".{name}(…), de « {said} »", lambda each: _call(each.func.value, "all")
        if is_rule and name in {"filter", "Q"}:
            for place, keyword in enumerate(node.keywords) if len(node.keywords) > 1 else ():
                lost = f"{ast.unparse(keyword)}, de « {said} »"
                yield "leaf", lost, lambda each, place=place: _without(each, "keywords", place)
            for spread in (each.value for each in node.keywords if each.arg is None):
                for place, key in (
                    enumerate(spread.keys) if isinstance(spread, ast.Dict) and len(spread.keys) > 1 else ()
                ):
                    lost = f"{ast.unparse(key)}, de « {said} »"  # type: ignore[arg-type]
                    yield "leaf", lost, lambda each, place=place: _without_key(each, place)

    def _adds_up(self) -> bool:
        return self.module in {"reports.suppression", "reports.additions"}

    def _applying(self, index: int, owner: str, change: Callable[[Any], Any]) -> Callable[[], None]:
        def apply() -> None:
            tree = ast.parse(self.text)
            target = list(ast.walk(tree))[index]
            mutated = ast.fix_missing_locations(_Swap(target, change).visit(tree))
            recode(self.module, owner, compile(mutated, self.path, "exec"))

        return apply


class _Swap(ast.NodeTransformer):
    """The old expression stays behind, never run: the code keeps the free variables of the function it replaces."""

    def __init__(self, target: ast.AST, change: Callable[[Any], Any]) -> None:
        self.target = target
        self.change = change

    def visit(self, node: ast.AST) -> Any:
        if node is not self.target:
            return self.generic_visit(node)
        new = self.change(copy.deepcopy(node))
        if isinstance(node, ast.expr):
            return ast.copy_location(ast.IfExp(ast.Constant(True), new, node), node)
        return ast.copy_location(new, node)


def _only_raises(block: ast.FunctionDef | ast.If) -> bool:
    return isinstance(block.body[-1], ast.Raise)


def _returning(function: ast.FunctionDef, said: str) -> ast.FunctionDef:
    early = ast.If(ast.Constant(True), [ast.Return(ast.parse(said, mode="eval").body)], [])
    function.body = [early, *function.body]
    return function


def _nothing(statement: ast.stmt) -> ast.stmt:
    return ast.If(ast.Constant(False), [statement], [])


def _call(value: ast.expr, name: str) -> ast.expr:
    return ast.Call(ast.Attribute(value, name, ast.Load()), [], [])


def _without(node: Any, field_name: str, place: int) -> Any:
    values = getattr(node, field_name)
    del values[place]
    return values[0] if isinstance(node, ast.BoolOp) and len(values) == 1 else node


def _without_key(node: ast.Call, place: int) -> ast.Call:
    for keyword in node.keywords:
        if keyword.arg is None and isinstance(keyword.value, ast.Dict):
            del keyword.value.keys[place], keyword.value.values[place]
    return node
