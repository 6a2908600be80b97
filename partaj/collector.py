"""Python's collector of cycles, which walks everything that is kept each time enough has been added to it."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_waiting(*, then_collect: bool = False) -> Iterator[None]:
    """For work that keeps all that it makes: the collector would walk a million objects for nothing, again and again.

    `then_collect`: at once, where the work leaves cycles behind it.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
            if then_collect:
                gc.collect()
