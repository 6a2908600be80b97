"""« Qui peut voir ce dossier »: the accounts that see one youth today, each with its reason."""

from typing import Any

from django.utils import timezone
from django.views.generic import TemplateView

from beneficiaries.readers import readers_of
from beneficiaries.views.base import OnFile
from partaj.acts import Act
from partaj.formats import counted
from partaj.pages import Crumb, Titled


class WhoSeesThisFile(OnFile, Titled, TemplateView):
    """For those who answer for the youth: administrators, managers, caseworkers there; refused to a guest (403)."""

    act = Act.LOG_YOUTHS
    seen_with = Act.READ_YOUTHS
    template_name = "beneficiaries/readers.html"
    title = "Qui peut voir ce dossier"

    def get_crumbs(self) -> list[Crumb]:
        return [*super().get_crumbs(), (self.enrolment.beneficiary.full_name, self.file_url)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        readers = readers_of(self.enrolment)
        people = len({reader.role.user_id for reader in readers})
        return super().get_context_data(
            person=self.enrolment.beneficiary,
            enrolment=self.enrolment,
            readers=readers,
            people=counted(people, "personne peut", "personnes peuvent"),
            today=timezone.localdate(),
            **kwargs,
        )
