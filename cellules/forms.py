"""Forms of the cells, their sessions, and the situations studied there."""

from typing import Any

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from beneficiaries.bulk_forms import SeveralFilesForm
from beneficiaries.models import Enrolment
from cellules.models import Cell, Review, Session
from cellules.services import NOBODY, OF_ELSEWHERE
from partaj.forms import PaperForm, SeveralField
from partaj.programmes.models import Programme
from partaj.revisions import VersionedForm
from partaj.territories.models import Territory


def candidates(user: Any, session: Session) -> QuerySet[Enrolment]:
    """The youths whom `user` sees in the cell's programme and territory, and who are not yet noted at `session`."""
    noted = Review.objects.filter(session=session, enrolment=OuterRef("pk"))
    return Enrolment.objects.visible_to(user).filter(
        ~Exists(noted), programme=session.cell.programme_id, territory=session.cell.territory_id
    )


class CellForm(VersionedForm):
    class Meta:
        model = Cell
        fields = ["name", "territory"]
        error_messages = {
            "territory": {
                "invalid_choice": "Ce territoire n’est pas de ceux que vous suivez : choisissez-en un dans la liste."
            }
        }

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.programme = programme
        self.fields["territory"].queryset = Territory.objects.worked_by(self.user, programme)  # type: ignore[attr-defined]

    def _get_validation_exclusions(self) -> set[str]:
        """`programme` is not a field of the form, and the name is unique with it."""
        return super()._get_validation_exclusions() - {"programme"}

    def layout(self) -> Layout:
        return Layout("version", Fieldset("La cellule technique locale", "name", "territory"))


class SessionForm(VersionedForm):
    class Meta:
        model = Session
        fields = ["held_on", "place"]
        error_messages = {"held_on": {"invalid": "Cette date n’existe pas.", "required": "Donnez la date."}}

    def __init__(self, *args: Any, cell: Cell, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.cell = cell

    def _get_validation_exclusions(self) -> set[str]:
        """`cell` is not a field of the form, and the day is unique with it."""
        return super()._get_validation_exclusions() - {"cell"}

    def layout(self) -> Layout:
        return Layout("version", Fieldset("La séance", "held_on", "place"))


class AgendaForm(SeveralFilesForm):
    """The coming sessions, the next one first."""

    session = forms.ModelChoiceField(Session.objects.all(), label="Séance", empty_label="choisir…")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sessions: Any = self.fields["session"]
        coming = sessions.queryset.filter(cell__programme=self.programme, held_on__gte=timezone.localdate())
        sessions.queryset = coming.select_related("cell").order_by("held_on", "pk")

    def layout(self) -> Layout:
        return Layout("read", "session")


class StudyForm(PaperForm):
    """The situations ticked; the page lists them beside their search."""

    enrolments = SeveralField(
        Enrolment.objects.all(), label="Situations",
        error_messages={
            "required": NOBODY, "invalid_choice": OF_ELSEWHERE, "invalid_pk_value": OF_ELSEWHERE,
            "invalid_list": OF_ELSEWHERE,
        },
    )  # fmt: skip

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["enrolments"].queryset = candidates(self.user, session)  # type: ignore[attr-defined]


class WithdrawForm(PaperForm):
    reason = forms.CharField(
        label="Pourquoi la retirer ?", max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="La raison reste dans le fil du jeune.",
        error_messages={"required": "Dites pourquoi cette situation est retirée : la raison est conservée."},
    )  # fmt: skip
