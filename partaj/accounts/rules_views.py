"""The page « qui peut voir quoi », for whoever answers for a programme and for the data-protection officer's file."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.views.generic import TemplateView

from partaj.access import ActRequired
from partaj.accounts import rules
from partaj.acts import Act
from partaj.pages import Titled


class WhoSeesWhat(ActRequired, Titled, TemplateView):
    """Administrators and managers: the same page, which speaks of roles and of nobody."""

    act = Act.READ_RULES
    template_name = "accounts/rules.html"
    title = "Qui peut voir quoi"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            roles=[kind.label for kind in rules.ROLES],
            groups=rules.data_lines(),
            acts=rules.act_lines(),
            kept=rules.kept_from_administrators(),
            threshold=settings.SMALL_CELL_THRESHOLD,
            today=timezone.localdate(),
            **kwargs,
        )
