"""Each mutant against the suite: first the doors that it concerns, all of the cast knocking; then the tests.

One process sets the world up; each mutant runs in a fork of it, which ends with it. A mutant is killed only by what
goes well without it: whatever goes wrong with it is tried again in a fork that has lost nothing.
"""

from __future__ import annotations

import faulthandler
import os
import resource
import signal
import tempfile
import traceback
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from partaj import panels
from tests.mutants.sites import ROOT, Mutant
from tests.mutants.tables import callbacks

CPU_SECONDS = int(os.environ.get("MUTANT_SECONDS", "90"))
Judge = Callable[[], str]
OUT = os.dup(1)  # the forks close theirs
# Those who should find nothing knock first.
ORDER = ("neighbour", "stranger", "tutor", "evaluator", "other_manager", "caseworker", "member", "funder", "manager",
         "administrator", "anonymous")  # fmt: skip


def in_a_fork(judge: Judge, seconds: int = CPU_SECONDS) -> str:
    """What `judge` found wrong in a process of its own; "" when all went well, or when it took too long."""
    with tempfile.NamedTemporaryFile() as said:
        pid = os.fork()
        if pid == 0:
            faulthandler.disable()
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 2))
            signal.signal(signal.SIGXCPU, signal.SIG_DFL)
            for stream in (1, 2):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
            try:
                found = judge()
            except Exception:
                found = traceback.format_exc(limit=-2)
            Path(said.name).write_text(found)
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        if os.WIFSIGNALED(status):
            os.write(OUT, f"(interrompu après {seconds} s de calcul, sans verdict : voir MUTANT_SECONDS)\n".encode())
        return Path(said.name).read_text()


def mutated(mutant: Mutant, judge: Judge) -> Judge:
    def both() -> str:
        mutant.apply()
        return judge()

    return both


class Doors:
    """The walk over the access table, door by door, in the house of the suite."""

    def __init__(self) -> None:
        from tests.access import test_walk
        from tests.access.canaries import Canaries
        from tests.access.door import Door
        from tests.access.house import build_house
        from tests.access.links import Links

        # What concerns fragments, and what does not exist, is the walk's own affair: a third of the time is enough.
        test_walk.TRIES = [("GET", {}), ("POST", {})]
        all_places = Door.places.fget
        Door.places = property(lambda door: {at: twin for at, twin in all_places(door).items() if at in door.objects})
        self.walk = test_walk
        self.house = build_house()
        self.house.canaries = Canaries(self.house.cast)
        self.house.links = Links(test_walk.TABLE, self.house)
        self.visitors = {role: test_walk.Visitor(self.house, role) for role in ORDER}
        self.views = callbacks()
        self.good: dict[tuple[str, str], bool] = {}

    def killer(self, mutant: Mutant) -> str:
        """The first fault at a door that has none without the mutant."""
        tried: set[tuple[str, str]] = set()
        while True:
            found = in_a_fork(mutated(mutant, lambda: self._first_fault(mutant, tried)))
            if not found:
                return ""
            if "\t" not in found:  # the mutant cannot even begin: the site does not stand without it
                return found
            page, role, fault = found.split("\t", 2)
            tried.add((page, role))
            if self._is_good(page, role):
                return fault

    def _is_good(self, page: str, role: str) -> bool:
        if (page, role) not in self.good:
            door = next(each for each in self._table() if self._name(each) == page)
            self.good[page, role] = not in_a_fork(lambda: next(self._faults(door, role), ""))
        return self.good[page, role]

    def _first_fault(self, mutant: Mutant, passed: set[tuple[str, str]]) -> str:
        for door in self.of(mutant):
            for role in mutant.roles or ORDER:
                if (self._name(door), role) not in passed and (fault := next(self._faults(door, role), "")):
                    return f"{self._name(door)}\t{role}\t{fault}"
        return ""

    def _faults(self, door: Any, role: str) -> Iterator[str]:
        try:
            yield from self.walk.faults_of(self.visitors[role], self.house, role, door)
        except Exception as error:
            yield f"{role} at {door.page}: {type(error).__name__} {error}"[:200]

    @staticmethod
    def _name(door: Any) -> str:
        return f"{door.page}?{door.query}"

    def _table(self) -> list[Any]:
        return self.walk.TABLE

    def of(self, mutant: Mutant) -> list[Any]:
        """The doors that the mutant concerns: of its view, its panel or its act, else of its application."""
        if mutant.family == "login":
            return [door for door in self._table() if mutant.lost.endswith(f" {door.page}")]
        views = [door for door in self._table() if self._holds(self.views[door.page], mutant)]
        if mutant.act:
            return [door for door in self._table() if mutant.act in self._acts(self.views[door.page])]
        if views:
            return views
        if pages := self._shown_on(mutant):
            return [door for door in self._table() if door.page in pages]
        app = _application(mutant.module)
        if app == "partaj":  # the ground floor is under every page: one of each kind
            return list({self.views[door.page].__module__: door for door in reversed(self._table())}.values())[::-1]
        near = [door for door in self._table() if _application(self.views[door.page].__module__) == app]
        return near or self._table()

    @staticmethod
    def _shown_on(mutant: Mutant) -> set[str]:
        """The page on which the function that loses something hangs its panel."""
        hung = {"home": panels.HOME, "accounts:account": panels.ACCOUNT, "beneficiaries:detail": panels.FILE}
        of_mutant = (mutant.module, mutant.owner)
        return {page for page, there in hung.items()
                if of_mutant in {(each.context.__module__, each.context.__qualname__) for each in there}}  # fmt: skip

    @staticmethod
    def _acts(callback: Any) -> set[str]:
        view = getattr(callback, "view_class", None)
        return {str(getattr(view, name, None)) for name in ("act", "seen_with", "changed_with")}

    @staticmethod
    def _holds(callback: Any, mutant: Mutant) -> bool:
        view = getattr(callback, "view_class", callback)
        owner = mutant.owner.split(".")[0]
        classes = view.__mro__ if isinstance(view, type) else (view,)
        return any((each.__module__, each.__qualname__) == (mutant.module, owner) for each in classes)


def _application(module: str) -> str:
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "partaj" and len(parts) > 2 else parts[0]


# -- The tests -----------------------------------------------------------------------------------------
ALWAYS = ("tests/test_visibility.py", "tests/test_attacks.py")
DOORS = ("tests/access/test_guards.py", "tests/access/test_closed.py")
BY_FAMILY = {
    **dict.fromkeys(("guard", "attribute", "may", "role"), DOORS),
    "suppression": ("tests/test_suppression*.py",),
    "trace": ("tests/journal/*.py",),
    "middleware": ("tests/journal/*.py", "tests/test_safety.py", "tests/test_shell.py", "tests/door/*.py",
                   "tests/test_drafts.py", "tests/accounts/*.py"),
}  # fmt: skip
BY_APPLICATION = {
    "partaj": ("tests/test_consistency.py", "tests/test_shell.py", "tests/test_accounts.py", "tests/accounts/*.py",
               "tests/ground/*.py", "tests/youths/*.py", "tests/test_programme_settings.py"),
    "partaj.accounts": ("tests/test_accounts.py", "tests/accounts/*.py", "tests/test_drafts.py", "tests/journal/*.py",
                        "tests/door/*.py"),
    "partaj.programmes": ("tests/test_programme_settings.py", "tests/ground/*.py", "tests/test_shell.py"),
    "partaj.territories": ("tests/ground/*.py", "tests/test_shell.py", "tests/youths/*.py"),
    "beneficiaries": ("tests/youths/*.py", "tests/test_beneficiaries_list.py", "tests/test_history.py",
                      "tests/test_profile.py", "tests/test_paths.py", "tests/test_shell.py", "tests/journal/*.py",
                      *(f"tests/received/test_{name}.py" for name in ("shown", "deciding", "meanwhile", "technical"))),
    "cellules": ("tests/test_cellules.py", "tests/youths/test_page.py"),
    "funding": ("tests/headcounts/*.py",),
    "reports": ("tests/test_report_pages.py", "tests/test_annexe_1.py", "tests/test_counting.py",
                "tests/test_suppression*.py", "tests/headcounts/*.py"),
}  # fmt: skip


def wanted(mutant: Mutant, path: str) -> bool:
    """Whether the tests of this file are likely to see the mutant."""
    chosen = (*BY_FAMILY.get(mutant.family, ()), *ALWAYS, *BY_APPLICATION[_application(mutant.module)])
    return any(fnmatch(path, pattern) for pattern in chosen)


class Tests:
    """The collected tests of the suite, those likely to see a mutant first and alone."""

    def __init__(self, items: list[Any], only: list[str] | None = None) -> None:
        """`only`: the beginnings of the paths of those to try, instead of the likely ones."""
        self.items = items
        self.only = only
        self.good: dict[str, bool] = {}

    def killer(self, mutant: Mutant) -> str:
        chosen = [item for item in self.items if self._is_chosen(item, mutant)]
        chosen.sort(key=lambda item: not item.path.stem.startswith(f"test_{Path(mutant.path).stem}"))  # its own first
        passed: set[str] = set()
        while True:
            left = [item for item in chosen if item.nodeid not in passed]
            found = in_a_fork(mutated(mutant, lambda left=left: self._first_failure(left)), CPU_SECONDS * 2)
            if not found:
                return ""
            node = next((item for item in left if item.nodeid == found), None)
            if node is None:
                return found
            passed.add(found)
            if found not in self.good:
                self.good[found] = not in_a_fork(lambda node=node: self._first_failure([node]))
            if self.good[found]:
                return found

    def _is_chosen(self, item: Any, mutant: Mutant) -> bool:
        path = str(item.path.relative_to(ROOT))
        return any(path.startswith(each) for each in self.only) if self.only else wanted(mutant, path)

    @staticmethod
    def _first_failure(items: list[Any]) -> str:
        from _pytest.runner import runtestprotocol

        for item, following in zip(items, [*items[1:], None], strict=True):
            if any(report.failed for report in runtestprotocol(item, log=False, nextitem=following)):
                return item.nodeid
        return ""
