from typing import Any

from django.apps import AppConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate

from partaj.panels import HOME, Panel


def create_cache_table(using: str, **kwargs: Any) -> None:
    """The cache (rate limits of sign-in) lives in the database: its table comes with the migrations."""
    call_command("createcachetable", database=using, verbosity=0)


class AccountsConfig(AppConfig):
    name = "partaj.accounts"
    verbose_name = "Comptes"

    def ready(self) -> None:
        from partaj.accounts.draft_views import offered_drafts
        from partaj.accounts.journal import changes, events
        from partaj.accounts.office_home import office_panel
        from partaj.accounts.proconnect import admission
        from partaj.accounts.review import review_due
        from partaj.accounts.second_factor import gate
        from partaj.accounts.sessions import limits

        post_migrate.connect(create_cache_table, sender=self)
        changes.connect()
        events.connect()
        limits.connect()
        gate.connect()
        admission.connect()
        HOME.append(Panel(order=0, template="accounts/_drafts.html", context=offered_drafts))
        HOME.append(Panel(order=85, template="accounts/_office.html", context=office_panel))
        HOME.append(Panel(order=90, template="accounts/_review_due.html", context=review_due))
