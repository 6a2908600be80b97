"""What the pages of lists share: the list found among those that the reader may see."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from beneficiaries.models import Beneficiary, Enrolment, ImportBatch, ImportLine
from partaj.acts import Act
from partaj.formats import counted
from partaj.pages import Crumb
from partaj.programmes.access import InProgramme

STALE = "Cette liste a changé depuis que vous l’avez ouverte : relisez-la. Rien n’a été enregistré de votre demande."


class AmongLists(InProgramme):
    """Administrators, and the managers of the programme; for anybody else lists do not exist."""

    act = Act.IMPORT_LISTS
    changed_with = Act.IMPORT_LISTS

    @property
    def batches(self) -> QuerySet[ImportBatch]:
        return ImportBatch.objects.visible_to(self.request.user).filter(programme=self.programme)

    @property
    def list_url(self) -> str:
        return reverse("beneficiaries:batches", args=[self.programme.number])

    def get_crumbs(self) -> list[Crumb]:
        return [("Listes reçues", self.list_url)]


class OnList(AmongLists):
    """`self.batch`, without the files themselves."""

    batch: ImportBatch

    def find(self) -> None:
        super().find()
        found = self.batches.without_files().select_related("organisation", "territory", "confirmed_by")
        self.batch = get_object_or_404(found, pk=self.kwargs["pk"])
        self.batch.programme = self.programme

    @property
    def batch_url(self) -> str:
        return reverse("beneficiaries:batch", args=[self.programme.number, self.batch.pk])

    def has_content(self) -> bool:
        """The file itself is still there, to be read otherwise."""
        return self.batches.filter(pk=self.batch.pk, content__isnull=False).exists()

    @property
    def lines(self) -> QuerySet[ImportLine]:
        return ImportLine.objects.visible_to(self.request.user).filter(batch=self.batch)

    def stale(self) -> HttpResponse:
        """Somebody else acted first: nothing was done, and the page shows what stands now."""
        messages.warning(self.request, STALE)
        return redirect(self.batch_url)


class InList(OnList):
    """A page under one list."""

    def get_crumbs(self) -> list[Crumb]:
        return [*super().get_crumbs(), (str(self.batch), self.batch_url)]


def version_typed(request: HttpRequest) -> int:
    """That of the list as its page showed it; 0, which no list has, where a form made by hand does not say."""
    typed = request.POST.get("version", "")
    return int(typed) if typed.isdecimal() and len(typed) < 9 else 0


def received_before(batch: ImportBatch, reader: Any) -> str:
    """The very same file: its lines are ignored one by one; said once, so that nobody wonders why."""
    known = ImportBatch.objects.visible_to(reader).filter(programme=batch.programme_id, digest=batch.digest)
    same = known.exclude(pk=batch.pk).without_files().order_by("-received_at").first()
    if same is None:
        return ""
    day = timezone.localtime(same.received_at)
    return (
        f"Ce même fichier a déjà été reçu le {day:%d/%m/%Y} sous le nom « {same.filename} » : "
        "qui en est venu ne sera pas créé une seconde fois."
    )


def opened_in_words(batch: ImportBatch) -> str:
    """Two lines may have completed one file, which is counted once."""
    completed = batch.lines.filter(opened_path=False, enrolment__isnull=False)
    completed = completed.exclude(enrolment__in=batch.lines.filter(opened_path=True).values("enrolment"))
    number = completed.order_by().values("enrolment").distinct().count()
    said = f"C’est fait : {counted(batch.opened, 'dossier ouvert', 'dossiers ouverts')}"
    return f"{said}, {counted(number, 'complété', 'complétés')}." if number else f"{said}."


def people_seen(reader: Any, numbers: set[int]) -> dict[int, Beneficiary]:
    """Of these people, those whom `reader` may see."""
    return Beneficiary.objects.visible_to(reader).in_bulk(numbers)


def paths_seen(reader: Any, people: set[int]) -> dict[int, list[Enrolment]]:
    """The paths of these people that `reader` may see, the newest first."""
    found: dict[int, list[Enrolment]] = {}
    paths = Enrolment.objects.visible_to(reader).filter(beneficiary__in=people)
    for path in paths.select_related("programme", "territory").order_by("-contacted_on", "-pk"):
        found.setdefault(path.beneficiary_id, []).append(path)
    return found
