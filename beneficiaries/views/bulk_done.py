"""What an act upon several files did, its letters as often as one wants them, and its undoing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.generic import TemplateView, View

from beneficiaries import bulk
from beneficiaries.letters import letters_docx
from beneficiaries.models import BulkAct, Enrolment, Mailing
from beneficiaries.views.base import AmongYouths
from beneficiaries.views.bulk import lines_of, named, with_all
from beneficiaries.views.sheet import attached
from partaj.accounts import throttling
from partaj.acts import Act
from partaj.confirming import ConfirmPage
from partaj.formats import counted, french_date
from partaj.lists import Order, keyset_page
from partaj.navigation import address
from partaj.pages import Crumb, Titled
from partaj.uploads.kinds import DOCX

UNSEEN = "autre n’est plus de votre ressort et ne bouge pas", "autres ne sont plus de votre ressort et ne bougent pas"
DELETED = "un compte supprimé"
LATEST_FIRST = Order("acte", "id", descending=True)
NOT_SENT = "Ces lettres ont été retirées : elles ne se téléchargent plus. Pour les envoyer, préparez-les de nouveau."


class AmongBulkActs(AmongYouths):
    """The reader's own, and all those of the programme where they answer for it."""

    act = Act.LOG_YOUTHS

    def seen(self) -> QuerySet[BulkAct]:
        acts = BulkAct.objects.visible_to(self.request.user).filter(programme=self.programme)
        return acts.select_related("author", "undone_by")


class BulkActs(AmongBulkActs, Titled, TemplateView):
    """Found again, to be read or undone; it names no youth."""

    title = "Ce qui a été fait à plusieurs dossiers"
    template_name = "beneficiaries/bulk_acts.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = keyset_page(self.seen(), LATEST_FIRST, self.request.GET)
        return super().get_context_data(
            page=page, rows=[self._line(act) for act in page.rows], list_url=self.list_url, **kwargs
        )

    def _line(self, act: BulkAct) -> dict[str, Any]:
        act.programme = self.programme
        at = timezone.localtime(act.at)
        return {
            "url": act.get_absolute_url(),
            "told": act.told,
            "at": f"{french_date(at)} à {at:%H:%M}",
            "by": str(act.author or DELETED),
            "undone": f"défait le {french_date(act.undone_at)}" if act.is_undone else "",
        }


class OnBulkAct(AmongBulkActs):
    bulk_act: BulkAct

    def find(self) -> None:
        super().find()
        self.bulk_act = get_object_or_404(self.seen(), pk=self.kwargs["pk"])
        self.bulk_act.programme = self.programme

    def get_crumbs(self) -> list[Crumb]:
        return [*super().get_crumbs(), (BulkActs.title, address("beneficiaries:bulk_acts", self.programme.number))]

    @property
    def act_url(self) -> str:
        return self.bulk_act.get_absolute_url()

    def mine(self) -> QuerySet:
        """Of its files, those that the reader may change."""
        files = Enrolment.objects.changeable_by(self.request.user).filter(bulk_rows__act=self.bulk_act)
        return with_all(files).order_by("sort_name", "pk")


class BulkActPage(OnBulkAct, Titled, TemplateView):
    template_name = "beneficiaries/bulk_act.html"

    def get_title(self) -> str:
        return self.bulk_act.told

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        files = list(self.mine())
        self.request.trace.listed(file.pk for file in files)  # type: ignore[attr-defined]
        act, at = self.bulk_act, timezone.localtime(self.bulk_act.at)
        undone = f"défait le {french_date(act.undone_at)} par {act.undone_by or DELETED}"
        return super().get_context_data(
            rows=lines_of(files, self.list_url),
            unseen=self.bulk_act.rows.count() - len(files),
            done=f"Fait le {french_date(at)} à {at:%H:%M} par {act.author or DELETED}",
            undone=undone if act.is_undone else "",
            letters_url=f"{self.act_url}lettres/" if act.kind == BulkAct.Kind.LETTERS and not act.is_undone else "",
            undo_url="" if act.is_undone or self.programme.is_closed else f"{self.act_url}defaire/",
            **kwargs,
        )


class LettersAgain(OnBulkAct, View):
    """The Word document of the letters, as often as one wants it: to the youths whom the reader still may change."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.bulk_act.is_undone:
            messages.warning(request, NOT_SENT)
            return redirect(self.act_url)
        mailing = get_object_or_404(Mailing.objects.filter(act=self.bulk_act).select_related("gathering"))
        mailing.act = self.bulk_act
        throttling.take("export", request, account=request.user.email)  # type: ignore[union-attr]
        files = list(self.mine().select_related("beneficiary", "referent"))
        request.trace.exported({file.pk for file in files}, detail="lettres")  # type: ignore[attr-defined]
        return attached(letters_docx(mailing, files), f"lettres-{mailing.written_on:%Y-%m-%d}.docx", DOCX.mime)


class BulkUndo(OnBulkAct, ConfirmPage):
    """Says first which files stay as they are, because somebody has changed them since."""

    writes = True
    submit_label = "Tout défaire"
    dangerous = True

    def get_title(self) -> str:
        return f"Défaire : {self.bulk_act.told}"

    def get_crumbs(self) -> list[Crumb]:
        return [*super().get_crumbs(), (self.bulk_act.told, self.act_url)]

    def get_sentences(self) -> list[str]:
        if self.bulk_act.is_undone:
            return ["C’est déjà défait : il n’y a plus rien à faire."]
        files = list(self.mine())
        self.request.trace.listed(file.pk for file in files)  # type: ignore[attr-defined]
        would = bulk.what_undoing_does(self.bulk_act, files, bulk.rows_of(self.bulk_act))
        return [f"{counted(len(would.pairs), *self.undoing.goes_back)}.", *self.stays(would)]

    @property
    def undoing(self) -> bulk.Undoing:
        return bulk.UNDO[self.bulk_act.kind]

    def stays(self, would: bulk.Undone) -> list[str]:
        said = []
        if would.changed:
            said.append(f"{counted(len(would.changed), *self.undoing.since)} : {named(would.changed)}.")
        if would.unseen:
            said.append(f"{counted(would.unseen, *UNSEEN)}.")
        return said

    def carry_out(self) -> None:
        done = bulk.undo(act=self.bulk_act, by=self.request.user)
        if done is None:
            messages.info(self.request, "C’était déjà défait : rien n’a changé.")
            return
        for sentence in self.stays(done):
            messages.warning(self.request, sentence)
        messages.success(self.request, f"C’est défait : {counted(len(done.pairs), 'dossier')} comme avant.")
