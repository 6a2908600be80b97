"""Pages inside one programme: /p/<number>/…"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from partaj.access import ActRequired
from partaj.acts import Act, may
from partaj.navigation import programmes_of
from partaj.programmes.models import Programme
from partaj.programmes.services import ClosedProgramme


class InProgramme(ActRequired):
    """Resolves `self.programme` among those that the reader may see, before any act is judged."""

    programme: Programme
    prose = False  # pages of the fiche, which print what every other page leaves in the database
    writes = False  # pages that change youths, headcounts or what tables count: impossible on a closed programme

    def find(self) -> None:
        super().find()
        request = self.request
        # One query for the page and for the shell, which lists the reader's programmes to choose from.
        request.programmes = programmes_of(request.user)  # type: ignore[attr-defined]
        found = next((each for each in request.programmes if each.number == self.kwargs["number"]), None)
        if found is None:
            raise Http404
        seen = Programme.objects.visible_to(request.user)
        self.programme = seen.get(pk=found.pk) if self.prose else found
        request.programme = self.programme  # type: ignore[attr-defined]  # the shell shows it

    def act_programme(self) -> Programme:
        return self.programme

    @property
    def may_change(self) -> bool:
        return super().may_change and not self.programme.is_closed

    def refusal(self) -> HttpResponse | None:
        return self.closed_page() if self.writes and self.programme.is_closed else None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().dispatch(request, *args, **kwargs)
        except ClosedProgramme:  # between the reading and the saving
            self.programme.refresh_from_db(fields=["closed_on"])
            return self.closed_page()

    def closed_page(self) -> HttpResponse:
        crumbs = [(self.programme.number, self.programme.get_absolute_url())]
        may_reopen = may(self.request.user, Act.CHANGE_PROGRAMME, self.programme)
        context = {"programme": self.programme, "title": "Le programme est clos", "crumbs": crumbs}
        return render(self.request, "programmes/closed.html", context | {"may_reopen": may_reopen}, status=409)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(programme=self.programme, **kwargs)
