"""The guard at the door of every page: whoever may not see gets the 404 of what does not exist, then the 403."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.views.generic import View

from partaj.acts import Act, may


class ActRequired(View):
    """`act` is what the page does; `seen_with`, where given, is what lets somebody see what it acts upon.

    `changed_with`: the act that its buttons lead to; `may_change` of the context says whether the reader may do it.
    """

    act: Act
    seen_with: Act | None = None
    changed_with: Act | None = None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if request.user.is_authenticated:
            self.find()

    def find(self) -> None:
        """Keep on the view what its address names, among what the reader may see; raise Http404 where they may not.

        It comes before the act is judged and whatever the method: what is not seen does not exist. An override that
        narrows another begins with `super().find()`.
        """

    def act_programme(self) -> Any | None:
        """The programme in which the act counts; None where it counts anywhere."""
        return None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        programme = self.act_programme()
        if not may(request.user, self.seen_with or self.act, programme):
            raise Http404
        if not may(request.user, self.act, programme):
            raise PermissionDenied
        refusal = self.refusal()
        return refusal if refusal is not None else super().dispatch(request, *args, **kwargs)

    def refusal(self) -> HttpResponse | None:
        """A page that says why the act is impossible now (a closed programme); None when it is possible."""
        return None

    @property
    def may_change(self) -> bool:
        return self.changed_with is not None and may(self.request.user, self.changed_with, self.act_programme())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.changed_with is not None:
            kwargs["may_change"] = self.may_change
        return super().get_context_data(**kwargs)  # type: ignore[misc]
