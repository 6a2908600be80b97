"""The access journal on screen, for administrators and managers; nothing here writes but the line of its reading."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from partaj.access import ActRequired
from partaj.accounts.journal.exports import csv_response
from partaj.accounts.journal.forms import JournalSearch
from partaj.accounts.journal.words import lines_of
from partaj.accounts.models import JournalEntry
from partaj.acts import Act
from partaj.lists import Order, count_label, keyset_page
from partaj.pages import Titled

LATEST_FIRST = Order("date", "number", descending=True)
NOUNS = ("ligne", "lignes")


class InJournal(ActRequired):
    """The rows that the address asks for, among those that the reader may see; each reading leaves its own line."""

    act = Act.READ_JOURNAL

    @cached_property
    def form(self) -> JournalSearch:
        return JournalSearch(self.request.GET, user=self.request.user)

    def rows(self) -> QuerySet:
        return self.form.narrow(JournalEntry.objects.visible_to(self.request.user))

    def note_reading(self, what: str) -> None:
        asked = ", ".join([what, *(words for _, words in self.form.in_words(typed=False))])
        account = self.form.account
        subject = f"accounts.user:{account.pk}" if account else ""
        self.request.trace.looked_up(detail=asked, subject=subject)  # type: ignore[attr-defined]


class JournalPage(InJournal, Titled, TemplateView):
    template_name = "accounts/journal.html"
    title = "Journal des accès"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.note_reading("page")
        rows = self.rows()
        page = keyset_page(rows, LATEST_FIRST, self.request.GET)
        asked = self.request.GET.copy()
        for name in ("avant", "apres"):
            asked.pop(name, None)
        export = reverse("accounts:journal_export")
        period = urlencode({"du": self.form["du"].value(), "au": self.form["au"].value()})
        return super().get_context_data(
            form=self.form,
            in_force=self.form.in_words(typed=True),
            not_understood=self.form.not_understood,
            account=self.form.account,
            page=page,
            lines=lines_of(page.rows),
            count=count_label(rows, *NOUNS),
            export_url=f"{export}?{asked.urlencode()}" if asked else export,
            people_url=f"{reverse('accounts:journal')}?{period}",
            everything=self.request.user.reach.everything,
            **kwargs,
        )


class JournalExport(InJournal, View):
    """The same lines as a CSV."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.form.not_understood:
            sentence = " ; ".join(self.form.not_understood)
            return HttpResponse(
                f"Rien n’est exporté. {sentence}.", status=400, content_type="text/plain; charset=utf-8"
            )
        self.note_reading("export CSV")
        whole = request.user.reach.everything
        perimeter = "tout PARTAJ" if whole else "ce qui s’est fait dans les programmes dont le lecteur répond"
        colophon = [("Contenu", "Journal des accès"), ("Périmètre", perimeter), *self.form.in_words(typed=True)]
        return csv_response(self.rows(), "journal-des-acces", colophon, request.user)
