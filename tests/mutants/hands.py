"""How something is taken away from the running process."""

from __future__ import annotations

import importlib
from types import CodeType, FunctionType
from typing import Any


class CannotTake(Exception):
    """The function is not where its source says: the script must learn to reach it."""


def recode(module: str, owner: str, compiled: CodeType) -> None:
    """Give the live function `owner` of `module` its code out of `compiled`, the mutated module."""
    code = _code_of(compiled, owner)
    function = _function(module, owner)
    if code is None or function is None:
        raise CannotTake(f"{module}.{owner}")
    function.__code__ = code


def _code_of(code: CodeType, owner: str) -> CodeType | None:
    for const in code.co_consts:
        if isinstance(const, CodeType):
            if const.co_qualname == owner:
                return const
            if (found := _code_of(const, owner)) is not None:
                return found
    return None


def _function(module: str, owner: str) -> FunctionType | None:
    found: Any = importlib.import_module(module)
    for name in owner.split("."):
        found = vars(found)[name] if isinstance(found, type) else getattr(found, name)
    for inside in ("fget", "func", "__func__"):  # properties, cached properties, static and class methods
        found = getattr(found, inside, None) or found
    while getattr(getattr(found, "__code__", None), "co_qualname", None) != owner:
        found = getattr(found, "__wrapped__", None)
        if found is None:
            return None
    return found if isinstance(found, FunctionType) else None
