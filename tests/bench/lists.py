"""A list of 20 000 students read and judged, nothing written, against the same checks written by hand for that list."""

import tracemalloc
from collections.abc import Iterator

from beneficiaries.lists.judging import Judgement, judge
from beneficiaries.lists.receiving import receive
from tests.bench.apogee import DAY, apogee_list
from tests.bench.handwritten import validate
from tests.bench.timing import Ratio, against

SIZE = 20_000
GOAL = 2
MOST = 60  # megabytes


def preview(content: bytes) -> Judgement:
    return judge(receive(content), reference_date=DAY)


def measure() -> Iterator[Ratio]:
    content = apogee_list(SIZE)
    mine, theirs, ratio = against(lambda: preview(content), lambda: validate(content, DAY), runs=9)
    detail = f"{mine:.2f} / {theirs:.2f} s"
    yield Ratio("aperçu d’une liste de 20 000 étudiants", "validation écrite à la main", ratio, GOAL, detail=detail)


def memory() -> tuple[str, float, int]:
    """(label, megabytes taken by the preview at its highest, goal): what it gives back and what it lets go."""
    content = apogee_list(SIZE)
    preview(apogee_list(50))
    tracemalloc.start()
    try:
        preview(content)
        return "aperçu de 20 000 étudiants, mémoire", tracemalloc.get_traced_memory()[1] / 1024**2, MOST
    finally:
        tracemalloc.stop()
