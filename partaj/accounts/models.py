"""Accounts, the roles that they hold, and what they typed when their session ended."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from simple_history.models import HistoricalRecords

from partaj.accounts.addresses import address_key
from partaj.accounts.calendars.models import CalendarKey
from partaj.accounts.invitations.models import Invitation
from partaj.accounts.journal.models import JournalEntry, JournalSeal
from partaj.accounts.passwords import normalised
from partaj.accounts.proconnect.models import ProConnectIdentity
from partaj.accounts.reach import Reach, RoleHeld, reach_of
from partaj.folding import fold
from partaj.prepared import answers
from partaj.programmes.models import Programme
from partaj.scoping import NOTHING, ScopedQuerySet
from partaj.territories.models import Organisation, Territory

__all__ = ["CalendarKey", "Draft", "Invitation", "JournalEntry", "JournalSeal", "ProConnectIdentity", "Role", "User"]

A_YEAR = dt.timedelta(days=365)


class AccountQuerySet(ScopedQuerySet):
    seen_by = "Responsables : les comptes qui tiennent, ont tenu ou tiendront un rôle dans leurs programmes."

    def visibility(self, reach):
        """Managers: accounts with a role, past, present or to come, in their programmes. All: their own."""
        return Q(roles__programme__in=reach.managed) if reach.managed else NOTHING

    def visible_to(self, user):
        return super().visible_to(user).distinct()

    def named(self, typed):
        """Whose name, accents or not, or whose address holds what was typed."""
        folded = fold(typed)
        rule = Q(email__icontains=typed.strip())
        return self.filter(rule | Q(folded_name__contains=folded)) if folded else self.filter(rule)

    def with_address(self, typed):
        """The account of this address, whatever the accents, the case, the spaces and the Unicode forms typed."""
        return self.filter(address_key=address_key(typed))

    def with_password(self):
        """Active accounts whose holder has chosen a password."""
        return self.filter(is_active=True).exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)

    def holding(self, kind):
        """Who holds a role of this kind today."""
        return self.filter(roles__in=Role.objects.in_force().filter(kind=kind))

    def without_role(self):
        """Active, but holding no role today: they see nothing."""
        held = Role.objects.on(timezone.localdate()).filter(user=OuterRef("pk"))
        return self.filter(~Exists(held), is_active=True)

    def never_entered(self):
        """Active, but their holder has never come in: their invitation has been forgotten, or has expired."""
        return self.filter(is_active=True, last_login=None)


class AccountManager(UserManager.from_queryset(AccountQuerySet)):
    def _create(self, email, password, **fields):
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_user(self, email, password=None, **fields):
        return self._create(email, password, **fields)

    def create_superuser(self, email, password=None, **fields):
        """An administrator: a role of PARTAJ, not a flag of Django."""
        user = self._create(email, password, **fields)
        Role.objects.create(user=user, kind=Role.Kind.ADMINISTRATOR, starts_on=timezone.localdate())
        return user


class User(AbstractUser):
    """Somebody who signs in with an e-mail address. What they may see follows from their roles of today."""

    username = None  # type: ignore[assignment]
    is_superuser = None
    email = models.EmailField("courriel", unique=True, error_messages={"unique": "Un compte a déjà cette adresse."})
    address_key = models.CharField(
        max_length=320, unique=True, editable=False, error_messages={"unique": "Un compte a déjà cette adresse."}
    )
    groups = None  # type: ignore[assignment]
    user_permissions = None  # type: ignore[assignment]
    folded_name = models.CharField(max_length=320, editable=False, db_index=True)
    reopened_at = models.DateTimeField("réactivé le", null=True, editable=False)
    unused_notice_at = models.DateTimeField("prévenu de sa suspension le", null=True, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    objects = AccountManager()

    class Meta:
        verbose_name = "compte"
        ordering = ["folded_name"]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def save(self, *args, **kwargs) -> None:
        self.email = self.email.lower()
        self.address_key = address_key(self.email)
        self.folded_name = (fold(f"{self.last_name} {self.first_name}") or fold(self.email))[:320]
        with transaction.atomic():  # with its line of the journal, even where it is allauth that saves
            super().save(*args, **kwargs)

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(None if raw_password is None else normalised(raw_password))

    def check_password(self, raw_password: str) -> bool:
        return super().check_password(normalised(raw_password))

    @property
    def used_at(self) -> Any:
        """The last sign that somebody wants this account: a sign-in, its opening, its reopening."""
        return max(filter(None, [self.last_login, self.date_joined, self.reopened_at]))

    @cached_property
    def reach(self) -> Reach:
        """Over what today's roles extend; read once per request."""
        if not self.is_active:
            return Reach()
        return reach_of(RoleHeld(**role) for role in answers(_held, of=self.pk))


def _held(number: int) -> QuerySet[Role]:
    """Today's roles of one account."""
    held = Role.objects.on(timezone.localdate()).filter(user=number).order_by()
    return held.values("kind", "programme_id", "territory_id", "user_id", "may_export")


class RoleQuerySet(ScopedQuerySet):
    seen_by = "Responsables : les rôles tenus dans leurs programmes."

    def visibility(self, reach):
        """Managers see who holds a role in their programmes; administrators see all."""
        return Q(programme__in=reach.managed)

    def on(self, day):
        """Those whose dates hold on `day`, whatever became of the account."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)

    def in_force(self, day=None):
        return self.on(day or timezone.localdate()).filter(user__is_active=True)

    def lasting(self):
        """In force, without an end, of somebody who can sign in: what must always be left of administrators."""
        entered = Q(user__last_login__isnull=False) | ~Q(user__password__startswith=UNUSABLE_PASSWORD_PREFIX)
        return self.in_force().filter(entered, ends_on=None)

    def to_review_by(self, user):
        """In force, of those for whom `user` answers; a manager's own roles are for somebody else to confirm."""
        roles = self.visible_to(user).in_force()
        return roles if user.reach.everything else roles.exclude(user=user)

    def unconfirmed(self):
        """Given or confirmed by nobody for a year."""
        return self.filter(confirmed_at__lte=timezone.now() - A_YEAR)


class Role(models.Model):
    """What somebody does, in which programme and, where it applies, on which territory or in which structure."""

    class Kind(models.TextChoices):
        ADMINISTRATOR = "administrator", "administrateur"
        MANAGER = "manager", "responsable de programme"
        CASEWORKER = "caseworker", "chargé de mission, conseiller"
        TUTOR = "tutor", "référent tuteur"
        MEMBER = "member", "membre de cellule"
        EVALUATOR = "evaluator", "évaluateur"
        FUNDER = "funder", "financeur"

    user = models.ForeignKey(User, models.CASCADE, verbose_name="compte", related_name="roles")
    kind = models.CharField("rôle", max_length=13, choices=Kind.choices)
    programme = models.ForeignKey(
        Programme, models.PROTECT, verbose_name="programme", related_name="roles", null=True, blank=True
    )
    territory = models.ForeignKey(
        Territory, models.PROTECT, verbose_name="territoire", related_name="roles", null=True, blank=True
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name="structure", related_name="roles", null=True, blank=True
    )
    starts_on = models.DateField("à partir du", default=timezone.localdate)
    ends_on = models.DateField("jusqu’au", null=True, blank=True, help_text="Vide : sans fin prévue.")
    may_export = models.BooleanField(
        "peut exporter des listes nominatives", default=False, help_text="Un droit à part, donné à qui en a besoin."
    )
    # Giving a role is confirming it: the year is counted from there.
    confirmed_at = models.DateTimeField("confirmé le", default=timezone.now, editable=False, db_index=True)
    confirmed_by = models.ForeignKey(
        User, models.SET_NULL, verbose_name="confirmé par", related_name="+", null=True, editable=False
    )
    history = HistoricalRecords()

    objects = RoleQuerySet.as_manager()

    class Meta:
        verbose_name = "rôle"
        ordering = ["user", "kind", "starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="administrator", programme=None)
                | ~Q(kind="administrator") & Q(programme__isnull=False),
                name="role_programme",
                violation_error_message="Chaque rôle est attaché à un programme, sauf celui d’administrateur.",
            ),
            models.CheckConstraint(
                condition=~Q(kind="caseworker") | Q(territory__isnull=False),
                name="role_territory",
                violation_error_message="Un chargé de mission est attaché à un territoire : choisissez-le.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="role_in_order",
                violation_error_message="Le rôle finit avant de commencer : vérifiez les deux dates.",
            ),
        ]

    def __str__(self) -> str:
        where = [str(part) for part in (self.programme and self.programme.number, self.territory) if part]
        return " · ".join([self.get_kind_display(), *where])

    def clean(self) -> None:
        """What the columns of one row cannot say: the territory is the programme's, each right has its role."""
        kind, errors = self.Kind, {}
        if self.territory_id and self.kind in {kind.ADMINISTRATOR, kind.MANAGER, kind.EVALUATOR, kind.FUNDER}:
            errors["territory"] = "Ce rôle ne se limite pas à un territoire : laissez-le vide."
        elif self.territory_id and self.programme_id and not self._territory_of_programme():
            errors["territory"] = "Ce territoire n’est pas de ce programme : choisissez-en un autre."
        if self.may_export and self.kind not in {kind.MANAGER, kind.CASEWORKER}:
            errors["may_export"] = "Seuls un responsable ou un chargé de mission exportent des listes nominatives."
        if errors:
            raise ValidationError(errors)

    def _territory_of_programme(self) -> bool:
        return self.programme.territories.filter(pk=self.territory_id).exists()

    @property
    def needs_review(self) -> bool:
        """Given or confirmed by nobody for a year."""
        return self.confirmed_at <= timezone.now() - A_YEAR

    @property
    def has_begun(self) -> bool:
        return self.starts_on <= timezone.localdate()

    @property
    def is_over(self) -> bool:
        """Its last day is behind us; a role that ends today still counts."""
        return self.ends_on is not None and self.ends_on < timezone.localdate()

    @property
    def can_be_ended(self) -> bool:
        return self.ends_on is None or self.ends_on > timezone.localdate()


class DraftQuerySet(ScopedQuerySet):
    seen_by = "Chacun, administrateurs compris : les siennes seulement."

    def visible_to(self, user):
        """What somebody typed is theirs alone: not even an administrator reads it."""
        return self.filter(author=user.pk) if user.is_active else self.none()


class Draft(models.Model):
    """What somebody was typing when their session or their form token expired; offered at the next sign-in."""

    author = models.ForeignKey(User, models.CASCADE, related_name="drafts")
    path = models.CharField(max_length=500)
    fields = models.TextField(help_text="Les champs, encodés comme dans un formulaire.")
    kept_at = models.DateTimeField(default=timezone.now)

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = "saisie conservée"
        verbose_name_plural = "saisies conservées"
        ordering = ["-kept_at"]

    def __str__(self) -> str:
        return f"{self.path} ({self.kept_at:%d/%m/%Y})"
