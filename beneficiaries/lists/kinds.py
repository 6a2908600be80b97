"""What a list received is a list of: how its people are told from those who are not concerned, and what it may hold."""

from __future__ import annotations

from django.db import models


class ListKind(models.TextChoices):
    """DIFFERENCE comes as two lists: all who are registered, and those of them who are registered for courses."""

    STUDENTS = "students", "décrocheurs d’une liste"
    DIFFERENCE = "difference", "inscrits, moins les inscrits pédagogiques"
    BREAKS = "breaks", "ruptures d’apprentissage (outil de repérage CFA)"

    @property
    def has_rule(self) -> bool:
        """Whether people are judged dropouts line by line (`rules.Rule`); elsewhere the lists themselves tell them."""
        return self is ListKind.STUDENTS
