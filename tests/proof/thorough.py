"""How far the properties look: a little at each run of the suite, long with HYPOTHESIS_PROFILE=thorough."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"


def looking(examples: int) -> Any:
    """`examples` in the suite, forty times as many where asked; a world is slow to build on purpose."""
    return settings(
        max_examples=examples * 40 if THOROUGH else examples,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
