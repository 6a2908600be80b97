"""A list that somebody built and keeps: its filters, its order, its columns; never the youths that it finds."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from partaj.programmes.models import Programme
from partaj.scoping import NOTHING, TEAMS, Held, ScopedQuerySet
from partaj.territories.models import Territory

LONGEST_QUERY = 2000
OWN = "listes enregistrées pour soi"
OF_PROGRAMME, OF_TERRITORY = "listes partagées dans un programme", "listes partagées sur un territoire"
NAME_TAKEN = "Une de vos listes porte déjà ce nom : donnez-en un autre."
LOOKS_FOR_A_NAME = "Cette liste cherche un nom : elle reste pour vous seul."


class SavedListQuerySet(ScopedQuerySet):
    seen_by: ClassVar[dict[str, str]] = {  # by the names of `holds`
        OWN: "Une liste pour soi : son auteur seul.",
        OF_PROGRAMME: "Responsables, chargés de mission : leurs programmes.",
        OF_TERRITORY: TEAMS,
    }

    def visible_to(self, user):
        """One's own, where one reads youths. Shared ones: managers, those of their programmes; caseworkers, those of
        their programmes that name no territory, or one of theirs. Each reader gets their own youths."""
        if not user.is_active:
            return self.none()
        reach = user.reach
        own = Q(author=user.pk)
        if not reach.everything:
            own &= Q(programme__in=reach.managed | reach.worked | reach.tutored | reach.convened)
        shared = Q() if reach.everything else self.visibility(reach)
        return self.filter(Q(is_private=True) & own | Q(is_private=False) & shared)

    def visibility(self, reach):
        """Of shared ones; `visible_to` adds one's own."""
        rule = Q(programme__in=reach.managed) if reach.managed else NOTHING
        if reach.worked:
            rule |= Q(programme__in=reach.worked, territory__isnull=True)
        for programme, territory in sorted(reach.ground):
            rule |= Q(programme=programme, territory=territory)
        return rule


class SavedList(models.Model):
    """`query`: as `beneficiaries.saved.normalised` writes it. `territory`: the one that it names, if it does: shared,
    it is for those who work there."""

    programme = models.ForeignKey(  # whose index is that of names
        Programme, models.PROTECT, verbose_name="programme", related_name="saved_lists", db_index=False
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name="enregistrée par",
        related_name="saved_lists",
        null=True,
        blank=True,
    )
    name = models.CharField("nom", max_length=80, help_text="Ce que la liste montre. Ne nommez personne dans ce titre.")
    query = models.CharField("filtres, ordre et colonnes", max_length=LONGEST_QUERY, editable=False)
    # Hidden from the territory, which such a list does not keep from being removed.
    territory = models.ForeignKey(
        Territory, models.SET_NULL, verbose_name="territoire", related_name="+", null=True, blank=True
    )
    is_private = models.BooleanField("pour moi seul", default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField("changée le", auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = SavedListQuerySet.as_manager()
    holds: ClassVar[Held] = {
        OWN: {"is_private": True},
        OF_PROGRAMME: {"is_private": False, "territory__isnull": True},
        OF_TERRITORY: {"is_private": False, "territory__isnull": False},
    }

    class Meta:
        verbose_name = "liste enregistrée"
        verbose_name_plural = "listes enregistrées"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "author", "name"], name="saved_list_named_once", violation_error_message=NAME_TAKEN
            ),
            models.CheckConstraint(
                condition=Q(is_private=True) | ~Q(query__contains="f-name="), name="saved_list_shares_no_name",
                violation_error_message=LOOKS_FOR_A_NAME,
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def list_url(self) -> str:
        return reverse("beneficiaries:list", args=[self.programme.number])

    @property
    def address(self) -> str:
        """The list itself, which knows from which saved list it comes."""
        return f"{self.list_url}?{self.query}&liste={self.pk}"

    @property
    def own_url(self) -> str:
        return f"{self.list_url}mes-listes/{self.pk}/"

    def get_absolute_url(self) -> str:
        return f"{self.list_url}mes-listes/"

    @property
    def params(self) -> QueryDict:
        return QueryDict(self.query)
