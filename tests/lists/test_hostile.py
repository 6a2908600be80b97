"""Files that mean harm get one sentence, within 150 MB, and never stop the process that reads them."""

import json
import subprocess
import sys

import pytest

from partaj.uploads.refusal import NOTHING_KEPT
from tests.lists.hostile import FILES


@pytest.fixture(scope="module")
def said() -> dict[str, str]:
    """What each got, out of processes that share nothing with this one."""
    command = [sys.executable, "-m", "tests.lists.apart", "--json"]
    told = subprocess.run(command, capture_output=True, check=True, text=True).stdout  # noqa: S603  (ourselves)
    return {name: sentence for name, sentence, *_ in map(json.loads, told.splitlines())}


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_gets_one_sentence_within_its_memory(said, name):
    expected = FILES[name][1]
    read = expected.endswith(("ligne", "lignes"))  # harmless once bounded
    assert said[name] == (expected if read else f"{expected} {NOTHING_KEPT}")
