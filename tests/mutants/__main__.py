"""`make mutants`: what happens when each filter, guard and trace is taken away, one at a time. See the README.

Says « tué » or « survivant » of each, and exits with 1 when one survives that `equivalent.py` does not explain.
"""

from __future__ import annotations

import argparse
import ast
import datetime as dt
import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest

os.environ["DATABASE_URL"] = "sqlite://:memory:"  # in memory: a fork has a world of its own


def main() -> int:
    asked = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    asked.add_argument("only", nargs="*", help="début de chemin, ou partie de ce qui est retiré : « beneficiaries »")
    asked.add_argument("--list", action="store_true", help="dit ce qui serait retiré, sans rien essayer")
    asked.add_argument("--doors", action="store_true", help="n’essaie que la marche, sans les tests")
    asked.add_argument("--tests", action="append", metavar="CHEMIN", help="n’essaie que ces tests, sans la marche")
    asked.add_argument("--family", action="append", help="filter, rule, leaf, may, guard, attribute, role, login…")
    asked.add_argument("--report", type=Path, help="écrit aussi le compte rendu dans ce fichier")
    options = asked.parse_args()
    session = Session(options)
    quiet = ["-n", "0", "-p", "no:cacheprovider", "-p", "no:terminalreporter", "-s", "--ignore=tests/browser",
             "--ignore=tests/bench", "tests"]  # fmt: skip
    pytest.main(quiet, plugins=[session])
    return session.code


class Session:
    """Stands in for pytest's own loop, once the tests are collected."""

    code = 2

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options

    def pytest_runtestloop(self, session: Any) -> bool:
        from tests.mutants.equivalent import EQUIVALENT
        from tests.mutants.sites import in_sources
        from tests.mutants.tables import in_tables

        found = [*in_tables(), *in_sources()]
        mutants = [mutant for mutant in found if self._asked(mutant)]
        if self.options.list:
            for mutant in mutants:
                self.say(f"{mutant.family:11} {mutant}")
            self.say(f"{len(mutants)} à retirer.")
            self.code = 0
            return True
        killers = self._try(mutants, session)
        survivors = [mutant for mutant, killer in killers.items() if not killer and mutant.key not in EQUIVALENT]
        stale = EQUIVALENT.keys() - {mutant.key for mutant in found}
        explained = [mutant for mutant in mutants if mutant.key in EQUIVALENT]
        for mutant in explained:
            self.say(f"équivalent  {mutant}\n            {EQUIVALENT[mutant.key]}")
        for key in sorted(stale):
            self.say(f"périmé      {' '.join(key)} : equivalent.py explique ce qui n’existe plus")
        for mutant in survivors:
            self.say(f"SURVIVANT   {mutant}")
        killed = sum(bool(killer) for killer in killers.values())
        self.say(f"{len(mutants)} retirés : {killed} tués, {len(explained)} équivalents, {len(survivors)} survivants.")
        self.code = 1 if survivors or stale else 0
        return True

    def _asked(self, mutant: Any) -> bool:
        if self.options.family and mutant.family not in self.options.family:
            return False
        only = self.options.only
        return not only or any(mutant.path.startswith(each) or each in str(mutant) for each in only)

    def _try(self, mutants: list[Any], session: Any) -> dict[Any, str]:
        import time_machine
        from _pytest.runner import runtestprotocol
        from django.db import transaction
        from django.template import engines
        from pytest_django.plugin import blocking_manager_key

        from tests.mutants.equivalent import EQUIVALENT
        from tests.mutants.trial import Doors, Tests, in_a_fork
        from tests.undefined import Undefined

        items = [item for item in session.items if "tests/access/test_walk" not in str(item.path)]
        first = next(item for item in items if item.nodeid.startswith("tests/test_visibility.py"))
        if any(report.failed for report in runtestprotocol(first, log=False, nextitem=items[-1])):
            raise SystemExit("La suite ne passe déjà pas : rien n’a été retiré.")
        blocker = session.config.stash[blocking_manager_key]
        tried = [mutant for mutant in mutants if mutant.key not in EQUIVALENT]

        def walk() -> str:
            """In a fork: the house stands in a transaction that the tests must not find."""
            engines["django"].engine.string_if_invalid = Undefined("%s")
            now = dt.datetime.now(dt.UTC)  # held still: pages print the minute at which they were made
            with blocker.unblock(), transaction.atomic(), time_machine.travel(now, tick=False):
                doors = Doors()
                for mutant in tried:
                    started = time.monotonic()
                    said = doors.killer(mutant)
                    kept.write(f"{said!r}\n")
                    kept.flush()
                    verdict = f"tué         {mutant}\n            {said[:300]}" if said else f"(passe)     {mutant}"
                    self.tell(f"{verdict}  [{time.monotonic() - started:.0f} s]")
                transaction.set_rollback(True)
            return ""

        killers = dict.fromkeys(tried, "")
        if not self.options.tests:
            place = Path(os.environ.get("TMPDIR", "/tmp")) / f"mutants-{os.getpid()}"  # noqa: S108  (a name of its own)
            with place.open("w") as kept:
                in_a_fork(walk, 10**6)
            said = (ast.literal_eval(line) for line in place.read_text().splitlines())
            killers = dict(zip(tried, said, strict=True))
            place.unlink()
        tests = Tests(items, self.options.tests)
        for mutant in [] if self.options.doors else [each for each in tried if not killers[each]]:
            killers[mutant] = tests.killer(mutant)
            if killers[mutant]:
                self.tell(f"tué         {mutant}\n            {killers[mutant][:300]}")
            else:
                self.tell(f"(survit)    {mutant}")
        return killers

    def say(self, text: str) -> None:
        self.tell(text)

    def tell(self, text: str) -> None:
        os.write(self.out, f"{text}\n".encode())
        if self.options.report:
            with self.options.report.open("a") as report:
                report.write(f"{text}\n")

    out = os.dup(1)  # the forks close theirs


if __name__ == "__main__":
    sys.exit(main())
