"""The cells, their sessions, the situations studied. Readers: administrator, manager, caseworker of the territory."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import CreateView, FormView, TemplateView

from beneficiaries.models import Enrolment
from cellules import pages, services
from cellules.forms import CellForm, SessionForm, StudyForm, WithdrawForm, candidates
from cellules.models import Cell, Review, Session
from partaj.acts import Act, may
from partaj.formats import counted, french_date
from partaj.lists import Order, keyset_page, search_names
from partaj.pages import Crumb, FormPage, Titled
from partaj.programmes.access import InProgramme

BY_NAME = Order("nom", "name")
LATEST_FIRST = Order("date", "held_on", descending=True)
OFFERED = 50


class OfCells(InProgramme):
    """What every page here shares: the cells and sessions of this programme that the reader may see."""

    act = Act.READ_CELLS

    @property
    def cells(self) -> QuerySet[Cell]:
        seen = Cell.objects.visible_to(self.request.user).filter(programme=self.programme)
        return seen.select_related("programme", "territory")

    @property
    def sessions(self) -> QuerySet[Session]:
        seen = Session.objects.visible_to(self.request.user).filter(cell__programme=self.programme)
        return seen.select_related("cell__programme", "cell__territory")

    def address(self, page: str, *args: Any) -> str:
        return reverse(f"cellules:{page}", args=[self.programme.number, *args])

    def root_crumb(self) -> Crumb:
        return "Cellules", self.address("list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        allowed = may(self.request.user, Act.LOG_YOUTHS, self.programme) and not self.programme.is_closed
        return super().get_context_data(may_change=allowed, **kwargs)


class Changing(OfCells):
    act = Act.LOG_YOUTHS
    seen_with = Act.READ_CELLS
    writes = True


class OneCell(OfCells):
    """Found before anything is asked of it: whatever the method, what is not seen does not exist."""

    cell: Cell

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if request.user.is_authenticated:
            self.cell = get_object_or_404(self.cells, pk=kwargs["pk"])


class OneSession(OfCells):
    session: Session

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if request.user.is_authenticated:
            self.session = get_object_or_404(self.sessions, pk=kwargs["pk"])

    def cell_crumbs(self) -> list[Crumb]:
        return [self.root_crumb(), (self.session.cell.name, self.session.cell.get_absolute_url())]

    def session_crumbs(self) -> list[Crumb]:
        return [
            *self.cell_crumbs(),
            (f"Séance du {french_date(self.session.held_on)}", self.session.get_absolute_url()),
        ]


class CellList(OfCells, Titled, TemplateView):
    title = "Cellules techniques locales"
    template_name = "cellules/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = keyset_page(pages.with_activity(self.cells), BY_NAME, self.request.GET)
        return super().get_context_data(page=page, **kwargs)


class CellPage(OneCell, Titled, TemplateView):
    template_name = "cellules/cell.html"

    def get_title(self) -> str:
        return self.cell.name

    def get_crumbs(self) -> list[Crumb]:
        return [self.root_crumb()]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        held = pages.with_reviews(self.sessions.filter(cell=self.cell))
        return super().get_context_data(
            cell=self.cell, page=keyset_page(held, LATEST_FIRST, self.request.GET), **kwargs
        )


class CellAdd(Changing, FormPage, CreateView):
    title = "Nouvelle cellule"
    model = Cell
    form_class = CellForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"programme": self.programme}

    def get_crumbs(self) -> list[Crumb]:
        return [self.root_crumb()]

    def form_valid(self, form: CellForm) -> HttpResponse:
        cell = services.open_cell(cell=form.instance, by=self.request.user)
        messages.success(self.request, "La cellule est enregistrée.")
        return redirect(cell.get_absolute_url())


class SessionAdd(Changing, OneCell, FormPage, CreateView):
    title = "Nouvelle séance"
    model = Session
    form_class = SessionForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"cell": self.cell}

    def get_crumbs(self) -> list[Crumb]:
        return [self.root_crumb(), (self.cell.name, self.cell.get_absolute_url())]

    def form_valid(self, form: SessionForm) -> HttpResponse:
        session = services.plan_session(session=form.instance, by=self.request.user)
        messages.success(self.request, "La séance est enregistrée.")
        return redirect(session.get_absolute_url())


class SessionPage(OneSession, Titled, TemplateView):
    template_name = "cellules/session.html"

    def get_title(self) -> str:
        return f"Séance du {french_date(self.session.held_on)}"

    def get_crumbs(self) -> list[Crumb]:
        return self.cell_crumbs()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        situations = pages.situations_of(self.session, self.request.user)
        return super().get_context_data(
            session=self.session,
            situations=situations,
            count=counted(len(situations), "situation étudiée", "situations étudiées"),
            **kwargs,
        )


class Study(Changing, OneSession, FormPage, FormView):
    """Search among the youths of the cell's territory, tick, add."""

    title = "Ajouter des situations étudiées"
    template_name = "cellules/study.html"
    form_class = StudyForm
    submit_label = "Ajouter à la séance"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"session": self.session}

    def get_crumbs(self) -> list[Crumb]:
        return self.session_crumbs()

    def form_valid(self, form: StudyForm) -> HttpResponse:
        try:
            reviews = services.study_situations(
                session=self.session, enrolments=form.cleaned_data["enrolments"], by=self.request.user
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
            return self.form_invalid(form)
        added = counted(len(reviews), "situation ajoutée", "situations ajoutées")
        messages.success(self.request, f"{added} à la séance du {french_date(self.session.held_on)}.")
        return redirect(self.session.get_absolute_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        typed = self.request.GET.get("q", "")
        context = super().get_context_data(session=self.session, q=typed[:100], **kwargs)
        form = context["form"]
        ticked = set(form.data.getlist("enrolments")) if form.is_bound else set()
        found = search_names(candidates(self.request.user, self.session), typed).select_related("beneficiary")
        offered = list(found.order_by("sort_name", "pk")[: OFFERED + 1])
        rows = [(each, str(each.pk) in ticked) for each in offered[:OFFERED]]
        return context | {"rows": rows + self._ticked_elsewhere(ticked, offered[:OFFERED]),
                          "more": len(offered) > OFFERED}  # fmt: skip

    def _ticked_elsewhere(self, ticked: set[str], offered: list[Enrolment]) -> list[tuple[Enrolment, bool]]:
        """What was ticked and is not among the rows of this search stays ticked."""
        missing = {pk for pk in ticked if pk.isdecimal() and len(pk) < 19} - {str(each.pk) for each in offered}
        if not missing:
            return []
        others = candidates(self.request.user, self.session).filter(pk__in=missing).select_related("beneficiary")
        return [(each, True) for each in others.order_by("sort_name", "pk")]


class ReviewWithdraw(Changing, OneSession, FormPage, FormView):
    title = "Retirer une situation de la séance"
    template_name = "cellules/withdraw.html"
    form_class = WithdrawForm
    submit_label = "Retirer de la séance"

    review: Review

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Only a youth whom the reader may see."""
        super().setup(request, *args, **kwargs)
        if request.user.is_authenticated:
            seen = Review.objects.visible_to(request.user).filter(session=self.session)
            seen = seen.select_related("session__cell__programme", "enrolment__beneficiary")
            self.review = get_object_or_404(seen, pk=kwargs["review"])

    def get_crumbs(self) -> list[Crumb]:
        return self.session_crumbs()

    def form_valid(self, form: WithdrawForm) -> HttpResponse:
        services.withdraw_review(review=self.review, reason=form.cleaned_data["reason"], by=self.request.user)
        messages.success(self.request, "La situation est retirée de la séance ; la raison reste dans le fil du jeune.")
        return redirect(self.session.get_absolute_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(person=self.review.enrolment.beneficiary, **kwargs)
