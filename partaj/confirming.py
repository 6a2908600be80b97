"""Pages that ask before they act: what will happen, what is kept, one button, one way back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import TemplateView

from partaj.pages import Titled
from partaj.removal import InUse, remove, uses_of


class Refused(Exception):
    """The act is impossible now; its text is the sentence that says why and what to do."""


class ConfirmPage(Titled, TemplateView):
    """GET shows `sentences` and a button; POST calls `carry_out()`, which may raise Refused.

    Put it after ActRequired or InProgramme.
    """

    template_name = "confirm_page.html"
    submit_label = "Confirmer"
    dangerous = False
    done = ""
    advice = "Rien n’a été changé. Détachez d’abord ces données, ou gardez la ligne."  # under what makes it impossible

    def get_sentences(self) -> list[str]:
        return []

    def get_uses(self) -> list[str]:
        """What makes the act impossible; empty when it is possible."""
        return []

    def get_back_url(self) -> str:
        return self.get_crumbs()[-1][1]

    def get_done_url(self) -> str:
        return self.get_back_url()

    def carry_out(self) -> None:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            self.carry_out()
        except Refused as refusal:
            return self.render_to_response(self.get_context_data(refusal=str(refusal)), status=409)
        if self.done:
            messages.success(request, self.done)
        return redirect(self.get_done_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            sentences=self.get_sentences(),
            uses=self.get_uses(),
            advice=self.advice,
            submit_label=self.submit_label,
            dangerous=self.dangerous,
            back_url=self.get_back_url(),
            **kwargs,
        )


class RemovalPage(ConfirmPage):
    """Removes `self.get_object()` when nothing refers to it; otherwise the page says what uses it."""

    submit_label = "Supprimer"
    dangerous = True
    done = "C’est supprimé."

    def get_object(self) -> Any:
        raise NotImplementedError

    def get_title(self) -> str:
        return f"Supprimer « {self.get_object()} »"

    def get_sentences(self) -> list[str]:
        return ["Rien ne s’y rattache : la suppression n’enlève rien d’autre."]

    def get_uses(self) -> list[str]:
        return uses_of(self.get_object(), self.request.user)

    def remove(self) -> None:
        """Raises InUse where something refers to it."""
        remove(instance=self.get_object())

    def carry_out(self) -> None:
        try:
            self.remove()
        except InUse as error:
            raise Refused("Rien n’a été supprimé : d’autres données s’y rattachent.") from error
