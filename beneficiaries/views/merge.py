"""Two files of one person: the other one is looked for, both are compared, then made one; and parted again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import TemplateView

from beneficiaries.alike import people_alike
from beneficiaries.columns import TOLD, read
from beneficiaries.merging.comparing import Comparison, compare
from beneficiaries.merging.parting import impediment, undo_merge
from beneficiaries.merging.showing import both_sides, forecast, guests_of
from beneficiaries.merging.uniting import ONE_ALREADY, merge_people, obstacle
from beneficiaries.models import Beneficiary, Enrolment, Merge
from beneficiaries.telling import enumerated
from beneficiaries.views.base import ChangesFile
from beneficiaries.views.listing import as_lines
from beneficiaries.views.search import MOST, look_for, typed_words
from partaj.acts import Act, may
from partaj.confirming import ConfirmPage, Refused
from partaj.formats import NBSP, french_date
from partaj.pages import Crumb, Titled
from partaj.versions import StaleVersion

SALT = "partaj.files-compared"


class OfMergers(ChangesFile):
    """For those who answer for the whole programme: 403 for whoever else reads the file, 409 once it is closed."""

    act = Act.MERGE_FILES


class MergeSearch(OfMergers, Titled, TemplateView):
    """Files that the reader may unite with this one: those of people alike come first, then what they look for."""

    template_name = "beneficiaries/merge_search.html"
    title = "Réunir avec un autre dossier"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        typed = typed_words(self.request)
        others = Enrolment.objects.mergeable_by(self.request.user).exclude(beneficiary=self.enrolment.beneficiary_id)
        person = self.enrolment.beneficiary
        others_seen = Beneficiary.objects.visible_to(self.request.user).exclude(pk=person.pk)
        alike = [each.person for each in people_alike(others_seen, person)]
        found = self.lines(look_for(others, typed)) if typed else []
        self.request.trace.listed((line["pk"] for line in found[:MOST]), searched=bool(typed))  # type: ignore[attr-defined]
        proposed = self.lines(others.filter(beneficiary__in=alike))
        self.request.trace.listed(line["pk"] for line in proposed[:MOST])  # type: ignore[attr-defined]
        return super().get_context_data(
            enrolment=self.enrolment,
            typed=typed,
            rows=found[:MOST],
            goes_on=len(found) > MOST,
            proposed=proposed[:MOST],
            back_url=self.file_url,
            **kwargs,
        )

    def lines(self, youths: Any) -> list[dict[str, Any]]:
        """At most one more than MOST, each with the address of its comparison."""
        values = list(
            read(youths, TOLD, "programme__number", "programme__acronym").order_by("sort_name", "pk")[: MOST + 1]
        )
        return [
            line | {
                "pk": row["pk"],
                "born": french_date(row["beneficiary__birth_date"]),
                "programme": f"{row['programme__number']} · {row['programme__acronym']}".strip(" ·"),
                "compare_url": f"{self.file_url}reunir/{row['pk']}/",
            }
            for row, line in zip(values, as_lines(values, self.list_url), strict=True)
        ]  # fmt: skip


class MergeCompare(OfMergers, Titled, TemplateView):
    """Both files side by side, a choice for each difference; nothing is changed before « Réunir »."""

    template_name = "beneficiaries/merge.html"
    title = "Réunir deux dossiers"
    other: Enrolment

    def find(self) -> None:
        super().find()
        files = Enrolment.objects.visible_to(self.request.user).select_related("beneficiary", "programme", "territory")
        self.other = get_object_or_404(files, pk=self.kwargs["other"])
        self.request.trace.opened(self.other.pk)  # type: ignore[attr-defined]

    def refusal(self) -> HttpResponse | None:
        if not may(self.request.user, self.act, self.other.programme):
            raise PermissionDenied
        return super().refusal()

    def get_crumbs(self) -> list[Crumb]:
        return [*super().get_crumbs(), (MergeSearch.title, f"{self.file_url}reunir/")]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(request.typed_again or {})  # type: ignore[attr-defined]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            merge_people(kept=self.enrolment, absorbed=self.other, answers=request.POST,
                         versions=versions_read(request.POST), by=request.user)  # fmt: skip
        except ValidationError as refused:
            return self.show(request.POST, errors=refused.messages)
        except (StaleVersion, IntegrityError):  # the latter: somebody wrote in one of them at the very same moment
            self.find()  # 404 where one of the two is no more
            return self.show(request.POST, stale=True)
        messages.success(request, f"Les dossiers n°{NBSP}{self.enrolment.pk} et n°{NBSP}{self.other.pk} sont réunis.")
        return redirect(self.file_url)

    def show(self, answers: Mapping[str, str], *, stale: bool = False, errors: list[str] | None = None) -> HttpResponse:
        """422 after answers that cannot be, 409 where the two files cannot be united, or have just changed."""
        comparison = compare(self.enrolment.beneficiary_id, self.other.beneficiary_id, answers)
        sentence = obstacle(comparison, self.request.user) if comparison else ONE_ALREADY
        shown = {} if sentence or comparison is None else self.compared(comparison)
        context = self.get_context_data(obstacle=sentence, stale=stale, errors=errors or [], **shown)
        return self.render_to_response(context, status=409 if sentence or stale else 422 if errors else 200)

    def compared(self, comparison: Comparison) -> dict[str, Any]:
        self.request.trace.listed(path.pk for path in comparison.all_paths)  # type: ignore[attr-defined]
        return {
            "sides": both_sides(comparison, self.enrolment, self.other, self.request.user),
            "comparison": comparison,
            "guests": guests_of(comparison, self.request.user),
            "versions": signing.dumps(comparison.versions, salt=SALT),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        swapped = reverse(
            "beneficiaries:merge_compare", args=[self.other.programme.number, self.other.pk, self.enrolment.pk]
        )
        return super().get_context_data(
            enrolment=self.enrolment,
            other=self.other,
            swap_url="" if self.other.programme.is_closed else swapped,
            back_url=self.file_url,
            **kwargs,
        )


def versions_read(posted: Mapping[str, str]) -> dict[str, int]:
    """Those that the page carried, signed; none, which is never the present, where it was made by hand."""
    try:
        return signing.loads(posted.get("versions", ""), salt=SALT)
    except signing.BadSignature:
        return {}


class MergeUndo(OfMergers, ConfirmPage):
    """What will go back, and what stays; a sentence instead of the button where it cannot be undone now."""

    template_name = "beneficiaries/merge_undo.html"
    submit_label = "Défaire la réunion"
    merge: Merge

    def find(self) -> None:
        super().find()
        seen = Merge.objects.visible_to(self.request.user).select_related("enrolment__programme", "by")
        person = self.enrolment.beneficiary_id
        self.merge = get_object_or_404(seen, pk=self.kwargs["merge"], enrolment__beneficiary=person)

    def get_title(self) -> str:
        return f"Défaire la réunion avec le dossier n°{NBSP}{self.merge.absorbed_file}"

    def carry_out(self) -> None:
        try:
            with transaction.atomic():
                kept = undo_merge(merge=self.merge, by=self.request.user)
        except ValidationError as refused:
            raise Refused(refused.messages[0]) from refused
        parted = f"dossier n°{NBSP}{self.merge.absorbed_file}"
        messages.success(self.request, f"La réunion est défaite : le {parted} est de nouveau à part.")
        if kept:
            messages.warning(self.request, f"Gardé comme il est, car changé depuis la réunion : {enumerated(kept)}.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        refusal = impediment(self.merge, request.user)
        return self.render_to_response(self.get_context_data(refusal=refusal), status=409 if refusal else 200)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        told = None if kwargs["refusal"] else forecast(self.merge, self.request.user)
        return super().get_context_data(enrolment=self.enrolment, merge=self.merge, forecast=told, **kwargs)
