"""Two people who save the same row: the second is told, and nothing is overwritten unseen."""

from typing import Any

from django.db.models import F


class StaleVersion(Exception):
    """Somebody else saved the same row since this version was read."""


def claim_version(row: Any, version: int) -> None:
    """Move `row` to the next version, only if nobody did since `version` was read; StaleVersion otherwise."""
    claimed = type(row)._default_manager.filter(pk=row.pk, version=version).update(version=F("version") + 1)
    if not claimed:
        raise StaleVersion
    row.version = version + 1


def offer_again(form: Any, version: int) -> None:
    """What was typed stays; sent again, it replaces the version that its author has now read."""
    form.data = form.data.copy()
    form.data["version"] = version
