"""What the pages of youths share: the file found among those that the reader may see, and who may change it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from beneficiaries.models import Enrolment
from partaj.acts import Act, may
from partaj.pages import Crumb
from partaj.programmes.access import InProgramme


class AmongYouths(InProgramme):
    """A page under /p/<number>/jeunes/."""

    def get_crumbs(self) -> list[Crumb]:
        return [("Jeunes", self.list_url)]

    @property
    def list_url(self) -> str:
        return reverse("beneficiaries:list", args=[self.programme.number])

    @property
    def may_log(self) -> bool:
        return may(self.request.user, Act.LOG_YOUTHS, self.programme) and not self.programme.is_closed


class OnFile(AmongYouths):
    """`self.enrolment` is of this programme and visible to the reader: a 404 otherwise.

    A page whose act is to log is refused (403) to a guest of this very file, whatever they may do next door.
    """

    act = Act.READ_YOUTHS
    enrolment: Enrolment
    other_paths: list[Enrolment]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if request.user.is_authenticated:
            # The person's paths that the reader may see, in one query: this file, and the others beside it.
            person = Enrolment.objects.filter(pk=kwargs["pk"]).values("beneficiary")[:1]
            files = Enrolment.objects.visible_to(request.user).filter(beneficiary=Subquery(person))
            # Departures are few: their reason and step are read when there is one (a wider join plans slowly).
            files = files.select_related("beneficiary", "territory", "referent")
            paths = {path.pk: path for path in files.order_by("-contacted_on", "pk")}
            if kwargs["pk"] not in paths or paths[kwargs["pk"]].programme_id != self.programme.pk:
                raise Http404
            self.enrolment = paths.pop(kwargs["pk"])
            self.enrolment.programme = self.programme
            self.other_paths = list(paths.values())

    def refusal(self) -> HttpResponse | None:
        if self.act is not Act.READ_YOUTHS and not self.enrolment.may_be_changed_by(self.request.user):
            raise PermissionDenied
        return super().refusal()

    @property
    def may_change(self) -> bool:
        return self.may_log and self.enrolment.may_be_changed_by(self.request.user)

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

    def get_crumbs(self) -> list[Crumb]:
        return [*super().get_crumbs(), (self.enrolment.beneficiary.full_name, self.file_url)]
