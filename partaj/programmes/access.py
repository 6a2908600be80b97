"""Pages inside one programme: /p/<number>/…"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from partaj.access import ActRequired
from partaj.acts import Act, may
from partaj.programmes.models import Programme


class InProgramme(ActRequired):
    """Resolves `self.programme` among those that the reader may see, before any act is judged."""

    programme: Programme
    writes = False  # pages that change youths or headcounts: impossible on a closed programme

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if request.user.is_authenticated:
            self.programme = get_object_or_404(Programme.objects.visible_to(request.user), number=kwargs["number"])
            request.programme = self.programme  # type: ignore[attr-defined]  # the shell shows it

    def act_programme(self) -> Programme:
        return self.programme

    def refusal(self) -> HttpResponse | None:
        if self.writes and self.programme.is_closed:
            crumbs = [(self.programme.number, self.programme.get_absolute_url())]
            may_reopen = may(self.request.user, Act.CHANGE_PROGRAMME, self.programme)
            context = {"programme": self.programme, "title": "Le programme est clos", "crumbs": crumbs}
            return render(self.request, "programmes/closed.html", context | {"may_reopen": may_reopen}, status=409)
        return None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(programme=self.programme, **kwargs)  # type: ignore[misc]
