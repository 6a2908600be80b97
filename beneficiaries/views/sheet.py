"""What of one file leaves as a file: the « fiche de suivi », and the copy of the whole for the person themselves."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.generic import View

from beneficiaries.models import Enrolment
from beneficiaries.sheet import sheet_pdf
from beneficiaries.views.base import OnFile
from beneficiaries.whole import file_name, whole_file
from beneficiaries.whole_print import whole_pdf
from partaj.accounts import throttling
from partaj.acts import Act
from partaj.printing import PdfUnavailable


class Sheet(OnFile, View):
    """Whoever reads the file, the tutor first of all: they fill it in with the youth. Nothing that they cannot read."""

    def note_reading(self) -> None:
        """Said by `get`: the page of the file is not shown."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        throttling.take("export", request, account=request.user.email)
        try:
            content = sheet_pdf(enrolment=self.enrolment, reader=request.user)
        except PdfUnavailable as missing:
            messages.error(request, str(missing))
            return redirect(self.file_url)
        request.trace.handed_out(self.enrolment.pk, detail="la fiche de suivi")  # type: ignore[attr-defined]
        name = f"fiche-de-suivi-{self.enrolment.pk}-{timezone.localdate():%Y-%m-%d}.pdf"
        return attached(content, name, "application/pdf")


class WholeFile(OnFile, View):
    """The right of access: for who may export this very file, even once the programme is closed. 403 for its other
    readers."""

    act = Act.EXPORT_YOUTHS
    seen_with = Act.READ_YOUTHS

    def note_reading(self) -> None:
        """Said by `get`: the page of the file is not shown."""

    def refusal(self) -> HttpResponse | None:
        if not Enrolment.objects.exportable_by(self.request.user).filter(pk=self.enrolment.pk).exists():
            raise PermissionDenied
        return super().refusal()

    def get(self, request: HttpRequest, *args: Any, kind: str, **kwargs: Any) -> HttpResponse:
        if kind not in {"json", "pdf"}:
            raise Http404
        throttling.take("export", request, account=request.user.email)
        content = whole_file(enrolment=self.enrolment, reader=request.user)
        try:
            body = whole_pdf(content) if kind == "pdf" else as_json(content)
        except PdfUnavailable as missing:
            messages.error(request, str(missing))
            return redirect(self.file_url)
        detail = f"la copie ({kind.upper()})"
        request.trace.handed_out(self.enrolment.pk, detail=detail)  # type: ignore[attr-defined]
        return attached(body, file_name(content, kind), MIME[kind])


MIME = {"json": "application/json", "pdf": "application/pdf"}


def as_json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode()


def attached(content: bytes, name: str, mime: str) -> HttpResponse:
    """Never named for the person: a folder of downloads is read by everybody who uses the machine."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store, private",
    }
    return HttpResponse(content, content_type=mime, headers=headers)
