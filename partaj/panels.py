"""Where upper floors hang what they show on pages of lower ones, without the lower floor importing them.

An application registers in its `AppConfig.ready()`; the page asks for what is there, in order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import ResolverMatch


@dataclass(frozen=True, slots=True)
class Panel:
    """`context(request, subject)` returns the context of `template`, or None where there is nothing for this reader."""

    order: int
    template: str
    context: Callable[[HttpRequest, Any], dict[str, Any] | None]


HOME: list[Panel] = []  # subject: the list of programmes that the reader may see
ACCOUNT: list[Panel] = []  # subject: an account that the reader may see
FILE: list[Panel] = []  # subject: an enrolment that the reader may see

# Whom pages are about, in words, for a list of their addresses: asked of all at once, and by a reader who may have lost
# some of them since. "" where a page is about nobody, or somebody whom the reader may not see.
WHOM: list[Callable[[HttpRequest, list[ResolverMatch]], list[str]]] = []


def shown(panels: list[Panel], request: HttpRequest, subject: Any) -> list[tuple[str, dict[str, Any]]]:
    ready = ((panel.template, panel.context(request, subject)) for panel in sorted(panels, key=lambda each: each.order))
    return [(template, context) for template, context in ready if context is not None]
