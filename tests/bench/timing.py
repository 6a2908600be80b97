"""Ratios taken in one run, the two sides in turn, so that a noisy machine slows both."""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Ratio:
    """`measured` times the floor (or the floor's gain, where `faster`), against a goal."""

    job: str
    floor: str
    measured: float
    goal: float
    faster: bool = False
    detail: str = ""

    @property
    def met(self) -> bool:
        return self.measured >= self.goal if self.faster else self.measured <= self.goal


def seconds(job: Callable[[], Any]) -> float:
    gc.collect()
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def against(
    job: Callable[[], Any], floor: Callable[[], Any], runs: int = 5, after: Callable[[], Any] = lambda: None
) -> tuple[float, float, float]:
    """(median job, median floor, median of the ratios pair by pair), after one warm-up of each; `after` each run, what
    it did is undone, outside the time."""

    def timed(one: Callable[[], Any]) -> float:
        time = seconds(one)
        after()
        return time

    timed(job), timed(floor)
    pairs = [(timed(job), timed(floor)) for _ in range(runs)]
    ratios = [mine / theirs for mine, theirs in pairs]
    return (statistics.median(p[0] for p in pairs), statistics.median(p[1] for p in pairs), statistics.median(ratios))
