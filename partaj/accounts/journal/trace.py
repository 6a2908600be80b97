"""What one request shows of people, collected by its views and written before its answer leaves.

A view says `request.trace.opened(enrolment.pk)`, `request.trace.listed(pks)`… and nothing else: who, as what, where and
when are known here. What a request changes is written by `changes`, inside the transaction that changes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from partaj.accounts.journal.models import JournalEntry, spaced
from partaj.acts import kinds_in

Kind = JournalEntry.Kind
REFUSALS = {403, 404, 429}
READ_BY = {"GET", "HEAD"}
LARGEST_NUMBER = 2**63  # what a column of numbers holds: an address may name more
DETAIL_LENGTH = 200


class Trace:
    """The journal of one request. `actor` is read late: signing in changes it on the way."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.reads: dict[tuple[Any, ...], JournalEntry] = {}
        self.aimed_at: int | None = None
        self.reader: Any = None

    # -- What the views say -----------------------------------------------------------------------
    def aimed(self, enrolment: int) -> None:
        """The address names this file: if the answer is a refusal, it is one to this file."""
        self.aimed_at = enrolment if enrolment < LARGEST_NUMBER else None

    def read_for(self, account: Any) -> None:
        """What is shown goes to this account, whoever is signed in, if anybody: by a secret address of theirs."""
        self.reader = account

    def opened(self, enrolment: int, *, detail: str = "") -> None:
        """The file of one youth was shown by name."""
        self._read(Kind.READ, enrolment_id=enrolment, detail=detail)

    def listed(self, enrolments: Iterable[int], *, searched: bool = False, detail: str = "") -> None:
        """Youths were shown by name, together; `searched`: in answer to something typed, which is not kept."""
        self._several(Kind.SEARCHED if searched else Kind.LISTED, enrolments, detail, even_none=searched)

    def showed_list(self, batch: int, files: Iterable[int]) -> None:
        """Lines of a list received were shown by name; `files`: those that came out of the lines shown."""
        numbers = list(dict.fromkeys(files))
        self._read(Kind.LISTED, subject=f"beneficiaries.importbatch:{batch}", shown=spaced(numbers))

    def exported_list(self, batch: int, *, detail: str) -> None:
        """Lines of a list received left by name in a file."""
        self._read(Kind.EXPORTED, subject=f"beneficiaries.importbatch:{batch}", detail=detail)

    def exported(self, enrolments: Iterable[int], *, detail: str = "") -> None:
        """Youths left by name in a file; said before its first line is sent."""
        self._several(Kind.EXPORTED, enrolments, detail, even_none=True)

    def handed_out(self, enrolment: int, *, detail: str) -> None:
        """Something of one youth's file left as a file: « la fiche de suivi », « un document (CV) »."""
        self._read(Kind.EXPORTED, enrolment_id=enrolment, detail=detail)

    def printed(self, *, detail: str) -> None:
        """A document left as a file, with counts and no names."""
        self._read(Kind.PRINTED, detail=detail)

    def looked_up(self, *, detail: str, subject: str = "", enrolment: int | None = None) -> None:
        """The journal itself was read."""
        self._read(Kind.JOURNAL, detail=detail, subject=subject, enrolment_id=enrolment)

    def _several(self, kind: str, enrolments: Iterable[int], detail: str, *, even_none: bool) -> None:
        numbers = list(dict.fromkeys(enrolments))
        if numbers or even_none:
            shown = spaced(numbers)
            words = [f"{len(numbers)} dossier{'s' if len(numbers) > 1 else ''}", detail]
            self._read(kind, shown=shown, detail=", ".join(filter(None, words)))

    def _read(self, kind: str, **fields: Any) -> None:
        self.reads.setdefault((kind, *sorted(fields.items(), key=str)), self.entry(kind, **fields))

    # -- What is written ---------------------------------------------------------------------------
    def entry(
        self, kind: str, *, programme: int | None = None, actor: int | None = None, **fields: Any
    ) -> JournalEntry:
        """A row about this request. `actor` where it is not the one who is signed in."""
        request, user = self.request, self.reader or getattr(self.request, "user", None)
        known = user is not None and user.is_authenticated
        if programme is None:
            programme = getattr(getattr(request, "programme", None), "pk", None)
        return JournalEntry(
            actor_id=actor or (user.pk if known else None),
            roles=", ".join(sorted(kinds_in(user.reach, programme))) if known else "",
            kind=kind,
            page=page_of(request),
            programme_id=programme,
            address=address_of(request),
            **fields,
        )

    def now(self, kind: str, **fields: Any) -> None:
        """Write a row at once: a change in its own transaction, a sign-in, a refused one."""
        JournalEntry.objects.write([self.entry(kind, **fields)])

    def close(self, response: HttpResponse) -> None:
        """Before the answer leaves: what it shows, or that it was refused."""
        if response.status_code in REFUSALS:
            if self.request.user.is_authenticated and self.request.resolver_match:
                JournalEntry.objects.write([self._refusal(response.status_code)])
        elif self.reads and self._shows(response.status_code):
            JournalEntry.objects.write(self.reads.values(), by_itself=True)

    def _shows(self, status: int) -> bool:
        """A page shown, or a form shown again; a form that was accepted leads elsewhere, and an error shows nobody."""
        if self.request.method in READ_BY:
            return status < 500
        return self.request.method == "POST" and status < 500 and not 300 <= status < 400

    def _refusal(self, status: int) -> JournalEntry:
        """Which page, and the numbers in its address; never what was typed there."""
        named = self.request.resolver_match.kwargs if self.request.resolver_match else {}
        numbers = [f"{name} {value}" for name, value in named.items() if isinstance(value, int)]
        detail = " ".join([str(status), *numbers])[:DETAIL_LENGTH]
        return self.entry(Kind.REFUSED, enrolment_id=self.aimed_at, detail=detail)


def page_of(request: HttpRequest) -> str:
    match = request.resolver_match
    return (match.view_name or match.route)[:80] if match else ""


def address_of(request: HttpRequest) -> str:
    """Where the request comes from, through as many proxies as the settings trust and no more; "" where unknown."""
    came, trusted = request.META.get("REMOTE_ADDR", ""), settings.TRUSTED_PROXIES
    if trusted:
        passed = request.headers.get("X-Forwarded-For", "").split(",")
        came = passed[-trusted].strip() if len(passed) >= trusted else came
    try:
        return str(ip_address(came))
    except ValueError:
        return ""


current: ContextVar[Trace | None] = ContextVar("partaj_trace", default=None)


@contextmanager
def following(trace: Trace) -> Iterator[Trace]:
    """Changes made meanwhile are written down as this request's."""
    token = current.set(trace)
    try:
        yield trace
    finally:
        current.reset(token)


class JournalMiddleware:
    """After the middleware that knows who asks. An answer whose reading cannot be written down does not leave."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with following(Trace(request)) as trace:
            request.trace = trace  # type: ignore[attr-defined]
            response = self.get_response(request)
            trace.close(response)
        return response
