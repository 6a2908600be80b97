"""The cache keeps plain values, and a row that somebody else wrote runs nothing."""

import base64
import datetime as dt
import os
import pickle

import pytest
import time_machine
from django.core.cache import cache, caches
from django.db import connection
from django.utils import timezone

from partaj.cache import PlainDatabaseCache

pytestmark = pytest.mark.django_db


def test_plain_values_come_back_until_they_expire():
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        cache.set_many({"a": [1.5, 2.5], "b": True, "c": {"d": ["é", None]}}, 60)
        assert isinstance(caches["default"], PlainDatabaseCache)
        assert cache.get_many(["a", "b", "c", "absent"]) == {"a": [1.5, 2.5], "b": True, "c": {"d": ["é", None]}}
        assert cache.add("a", "other", 60) is False
    with time_machine.travel(now + dt.timedelta(seconds=61), tick=False):
        assert cache.get("a", "gone") == "gone"
        assert cache.add("a", "other", 60) is True
        assert cache.get("a") == "other"


class Runs:
    """What a row could hold, for whoever writes in the base."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self):
        return os.system, (self.command,)


def test_a_row_that_would_run_something_runs_nothing(tmp_path):
    proof = tmp_path / "ran"
    cache.set("poisoned", True, 60)
    poison = base64.b64encode(pickle.dumps(Runs(f"touch {proof}"))).decode()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE partaj_cache SET value = %s WHERE cache_key LIKE %s", [poison, "%poisoned"])
        assert cursor.rowcount == 1
    with pytest.raises(pickle.UnpicklingError, match=r"asks for posix\.system"):
        cache.get("poisoned")
    assert not proof.exists()
