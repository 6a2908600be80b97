"""The agenda of a coming session: several youths put there from their list, one taken off."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import View

from beneficiaries.bulk import Outcome
from beneficiaries.views.bulk import ReachesYouths
from cellules.agenda import put_on_agenda, take_off_agenda
from cellules.forms import AgendaForm
from cellules.models import AgendaItem, Cell
from cellules.views.base import Changing, OneSession
from partaj.navigation import address


class AgendaMany(ReachesYouths):
    title = "Mettre à l’ordre du jour d’une cellule"
    form_class = AgendaForm
    template_name = "cellules/agenda_many.html"
    submit_label = "Mettre à l’ordre du jour"
    meanwhile = (
        "situation n’y est pas mise : elle y est déjà, n’est pas du territoire de la cellule, ou le jeune s’oppose au "
        "partage de son dossier",
        "situations n’y sont pas mises : elles y sont déjà, ne sont pas du territoire de la cellule, ou les jeunes "
        "s’opposent au partage de leur dossier",
    )

    def get_initial(self) -> dict[str, Any]:
        """`?seance=`: the session that was planned on the way, for these very youths."""
        return super().get_initial() | {"session": self.request.GET.get("seance")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        cells = Cell.objects.visible_to(self.request.user).filter(programme=self.programme)
        near = cells.filter(territory__in={file.territory_id for file in self.files})
        asked = self.request.GET.urlencode()
        return super().get_context_data(
            plans=[
                {
                    "name": cell.name,
                    "url": f"{reverse('cellules:session_add', args=[self.programme.number, cell.pk])}?{asked}",
                }
                for cell in near
            ],
            cells_url=address("cellules:list", self.programme.number),
            **kwargs,
        )

    def carry_out(self, form: AgendaForm) -> Outcome:
        given = form.cleaned_data
        return put_on_agenda(
            programme=self.programme, numbers=given["read"], session=given["session"], by=self.request.user
        )


class AgendaRemove(Changing, OneSession, View):
    """« Retirer », beside a youth whom the reader may see."""

    http_method_names = ["post"]
    item: AgendaItem

    def find(self) -> None:
        super().find()
        seen = AgendaItem.objects.visible_to(self.request.user).filter(session=self.session)
        self.item = get_object_or_404(seen, pk=self.kwargs["item"])
        self.item.session = self.session

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if take_off_agenda(item=self.item, by=request.user):
            messages.success(request, "La situation est retirée de l’ordre du jour ; le fil du jeune le dit.")
        else:
            messages.info(request, "Quelqu’un venait de la retirer : rien d’autre n’a changé.")
        return redirect(self.session.get_absolute_url())
