"""What makes the speed of lists worth measuring: the peer does the same work, and speed has changed no outcome."""

from beneficiaries.lists.outcomes import Outcome
from tests.bench.apogee import DAY, apogee_list
from tests.bench.handwritten import validate
from tests.lists.hands import judged
from tests.lists.recording import RECORDED, record


def test_the_peer_of_the_bench_judges_as_we_do():
    content = apogee_list(2000)
    ours = {each.record.line: each.outcome.value for each in judged(content, day=DAY).lines}
    theirs = {line.number: line.outcome for line in validate(content, DAY)}
    assert set(theirs) <= set(ours)
    apart = {number: (ours[number], outcome) for number, outcome in theirs.items() if ours[number] != outcome}
    assert len(apart) <= len(theirs) / 100, apart
    assert {n for n, outcome in ours.items() if outcome == "import"} == {
        n for n, outcome in theirs.items() if outcome == "import"
    }
    assert set(theirs.values()) == set(Outcome.values)


def test_each_doubt_is_judged_as_it_was_recorded():
    assert list(record()) == RECORDED.read_text().splitlines()
