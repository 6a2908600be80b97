"""The numbers of the journal: drawn without asking the database, never twice, and in the order of time."""

import datetime as dt
import time

import pytest
import time_machine

from partaj.accounts.journal.digests import CHANCE, moment_of, next_number

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)


def test_more_rows_than_one_moment_can_number_are_still_told_apart():
    with time_machine.travel(NOON, tick=False):
        numbers = [next_number()[0] for _ in range(3 << CHANCE)]
    assert numbers == sorted(set(numbers))
    assert moment_of(numbers[-1]) - NOON < dt.timedelta(microseconds=5)


@pytest.mark.parametrize("milliseconds", [1, 900])
def test_a_clock_set_back_a_little_draws_no_number_again(milliseconds):
    with time_machine.travel(NOON, tick=False) as clock:
        before = [next_number()[0] for _ in range(1 << CHANCE)]
        clock.shift(dt.timedelta(milliseconds=-milliseconds))
        after = [next_number()[0] for _ in range(1 << CHANCE)]
    assert not set(before) & set(after)


def test_a_number_tells_its_moment():
    number, moment = next_number()
    assert moment == moment_of(number)
    assert abs(moment - dt.datetime.fromtimestamp(time.time(), dt.UTC)) < dt.timedelta(seconds=2)
