"""What the pages of youths share: the file found among those that the reader may see, and who may change it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import ResolverMatch
from django.utils.functional import cached_property

from beneficiaries.models import Enrolment
from partaj.accounts.journal.trace import LARGEST_NUMBER
from partaj.acts import Act
from partaj.navigation import address
from partaj.pages import Crumb
from partaj.prepared import Reader, instances
from partaj.programmes.access import InProgramme


class AmongYouths(InProgramme):
    """A page under /p/<number>/jeunes/."""

    changed_with = Act.LOG_YOUTHS

    def get_crumbs(self) -> list[Crumb]:
        return [("Jeunes", self.list_url)]

    @cached_property
    def list_url(self) -> str:
        return address("beneficiaries:list", self.programme.number)


def _newest(path: Enrolment) -> tuple[int, int]:
    return -path.contacted_on.toordinal(), path.pk


def _paths(reader: Reader, number: int) -> QuerySet:
    of_the_person = Enrolment.objects.visible_to(reader).filter(beneficiary__enrolments__pk=number)
    return of_the_person.select_related("beneficiary", "territory")


class OnFile(AmongYouths):
    """`self.enrolment` is of this programme and visible to the reader: a 404 otherwise.

    A page whose act is to log is refused (403) to a guest of this very file, whatever they may do next door.
    """

    act = Act.READ_YOUTHS
    enrolment: Enrolment
    other_paths: list[Enrolment]

    def find(self) -> None:
        self.request.trace.aimed(self.kwargs["pk"])  # type: ignore[attr-defined]
        super().find()
        # The person's paths that the reader may see, in one query: this file, and the others beside it.
        # Referents and departures are read apart, when there is one: a wider join takes longer to plan than to run.
        files = instances(_paths, Reader.of(self.request.user), of=self.kwargs["pk"])
        paths = {path.pk: path for path in sorted(files, key=_newest)}
        if self.kwargs["pk"] not in paths or paths[self.kwargs["pk"]].programme_id != self.programme.pk:
            raise Http404
        self.enrolment = paths.pop(self.kwargs["pk"])
        self.enrolment.programme = self.programme
        self.other_paths = list(paths.values())
        self.note_reading()

    def note_reading(self) -> None:
        """The line that the journal keeps of this page."""
        self.request.trace.opened(self.enrolment.pk)  # type: ignore[attr-defined]

    def refusal(self) -> HttpResponse | None:
        if self.act is not Act.READ_YOUTHS and not self.enrolment.may_be_changed_by(self.request.user):
            raise PermissionDenied
        return super().refusal()

    @property
    def may_change(self) -> bool:
        return super().may_change and self.enrolment.may_be_changed_by(self.request.user)

    @property
    def file_url(self) -> str:
        return f"{self.list_url}{self.enrolment.pk}/"

    def get_success_url(self) -> str:
        return self.file_url


class ChangesFile(OnFile):
    """A page that changes one file: seen by whoever reads it, done by those who answer for the youth."""

    act = Act.LOG_YOUTHS
    seen_with = Act.READ_YOUTHS
    writes = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().dispatch(request, *args, **kwargs)
        except (IntegrityError, Enrolment.DoesNotExist):
            if Enrolment.objects.filter(pk=self.enrolment.pk).exists():
                raise
            raise Http404 from None  # united with another file between the reading and the saving

    def get_crumbs(self) -> list[Crumb]:
        return [*super().get_crumbs(), (self.enrolment.beneficiary.full_name, self.file_url)]


def youths_of_pages(request: HttpRequest, matches: list[ResolverMatch]) -> list[str]:
    """By name, those whose files these pages are of, where the reader may still see them; one query, and a line of the
    journal for those who are named."""
    asked = [_file_of(match) for match in matches]
    files = Enrolment.objects.visible_to(request.user).filter(pk__in={pk for pk in asked if pk})
    named = {file.pk: file.beneficiary.full_name for file in files.select_related("beneficiary")}
    request.trace.listed(named)  # type: ignore[attr-defined]
    return [named.get(pk, "") for pk in asked]


def _file_of(match: ResolverMatch) -> int:
    """0 where it is of none, or of a number that no base holds: a draft keeps the address as it was asked for."""
    view = getattr(match.func, "view_class", None)
    return match.kwargs["pk"] if view and issubclass(view, OnFile) and match.kwargs["pk"] < LARGEST_NUMBER else 0
