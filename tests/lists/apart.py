"""Each hostile file received and judged in a process of its own, whose memory and processor are bounded.

`python -m tests.lists.apart` prints what each one cost (clock, processor, memory), and what was said of it; `--json`,
the same for machines.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.lists.hostile import FILES, MEGABYTE

MEMORY = 150 * MEGABYTE  # address space, beyond that of a process that has read nothing yet
PROCESSOR = 60  # seconds: so that what never ends fails; no promise is made of it


class Cost(NamedTuple):
    name: str
    said: str
    seconds: float = 0  # as a clock counts them
    processor: float = 0  # seconds
    megabytes: float = 0  # at the most, beyond those of a process that has read nothing


def costs() -> Iterator[Cost]:
    """Each file is made by one process and read by another: neither leaves anything to the next."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "liste"
        for name, (make, _) in FILES.items():
            _apart(lambda make=make: path.write_bytes(make()))
            yield Cost(name, *json.loads(_apart(lambda: _read(path)) or '["stopped"]'))


def _apart(job: Callable[[], object]) -> str:
    """What a job answers from a process of its own; nothing where that process was stopped."""
    reading, writing = os.pipe()
    if child := os.fork():
        os.close(writing)
        with open(reading) as answer:
            told = answer.read()
        os.waitpid(child, 0)
        return told
    try:
        os.write(writing, str(job()).encode())
    finally:
        os._exit(0)


def _read(path: Path) -> str:
    from beneficiaries.lists.judging import judge
    from beneficiaries.lists.receiving import receive
    from partaj.uploads.refusal import UploadRefused
    from tests.lists.hands import DAY

    before = _memory("VmRSS")
    resource.setrlimit(resource.RLIMIT_AS, (_memory("VmSize") * 1024 + MEMORY,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR,) * 2)
    start, started = time.perf_counter(), time.process_time()
    try:
        lines = len(judge(receive(path.read_bytes()), reference_date=DAY).lines)
        said = "1 ligne" if lines == 1 else f"{lines} lignes"
    except UploadRefused as refusal:
        said = refusal.message
    took, worked = time.perf_counter() - start, time.process_time() - started
    return json.dumps([said, took, worked, (_memory("VmHWM") - before) / 1024])


def _memory(name: str) -> int:
    """Kilobytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def _printed(cost: Cost) -> str:
    spent = f"{cost.seconds:5.2f} s  {cost.processor:5.2f} s  {cost.megabytes:4.0f} MB"
    return f"{cost.name:<44} {spent}  {cost.said}"


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partaj.settings")
    django.setup()
    for each in costs():
        print(json.dumps(each) if "--json" in sys.argv else _printed(each), flush=True)
