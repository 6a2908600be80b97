"""`manage.py demo`: the two real programmes, an invented one of today, and the cast of accounts."""

from importlib import import_module
from types import ModuleType
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.module_loading import module_has_submodule

from partaj.demonstration import ADDRESS, PASSWORD, Demonstration


def demo_modules() -> list[ModuleType]:
    """The module `demo` of each application that has one, lower floors first."""
    return [
        import_module(f"{app.name}.demo")
        for app in apps.get_app_configs()
        if app.module is not None and module_has_submodule(app.module, "demo")
    ]


def any_says(modules: list[ModuleType], question: str) -> bool:
    return any(getattr(module, question)() for module in modules if hasattr(module, question))


class Command(BaseCommand):
    help = "Charge la démonstration dans une base vide : trois programmes, des personnes inventées, onze comptes."
    requires_system_checks: list[str] = []  # they load every page; the server makes them when it starts

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError(
                "La démonstration crée des comptes au mot de passe public : elle ne se charge pas en production.",
                returncode=2,
            )
        modules = demo_modules()
        with transaction.atomic():
            if any_says(modules, "is_loaded"):
                self.stdout.write(
                    f"La démonstration est déjà dans la base : rien n’a été changé. "
                    f"Adresse : {ADDRESS} · mot de passe de tous les comptes : {PASSWORD}"
                )
                return
            if any_says(modules, "holds_data"):
                raise CommandError(
                    "Cette base contient d’autres données : la démonstration ne se charge que dans une base vide, "
                    "rien n’a été changé.",
                    returncode=2,
                )
            box = Demonstration()
            for module in modules:
                module.load(box)
        self.stdout.write("\n".join(self.welcome(box)))

    def welcome(self, box: Demonstration) -> list[str]:
        rows = [("courriel", "rôle", "où"), *box.accounts]
        widths = [max(len(row[column]) for row in rows) for column in range(2)]
        lines = [f"  {address:<{widths[0]}}  {roles:<{widths[1]}}  {where}".rstrip() for address, roles, where in rows]
        return [
            "",
            f"PARTAJ est prêt : {ADDRESS}",
            f"Comptes de démonstration, tous avec le mot de passe {PASSWORD} :",
            "",
            lines[0],
            "  " + "-" * (len(max(lines, key=len)) - 2),
            *lines[1:],
            "",
        ]
