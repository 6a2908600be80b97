"""Where the programmes act, and the structures that act there. No personal data on this floor."""

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from partaj.folding import fold
from partaj.keys import (
    email_warning,
    normalise_key,
    office_phone_warning,
    siret_warning,
    uai_warning,
    warnings_of,
)
from partaj.scoping import NOTHING, ScopedQuerySet


class TerritoryQuerySet(ScopedQuerySet):
    seen_by = "Responsables : ceux de leurs programmes. Chargés de mission : leurs territoires."

    def visibility(self, reach):
        """Managers: the territories of their programmes. Caseworkers: their own. Nobody else."""
        return Q(programmes__in=reach.managed) | Q(pk__in=reach.territories)

    def visible_to(self, user):
        return super().visible_to(user).distinct()

    def worked_by(self, user, programme, kept=None):
        """Where `user` works in `programme`: all its territories for who answers for it, theirs for a caseworker.

        `kept`: the id of the territory that a row already has, which a form must go on offering.
        """
        if user.reach.everything or programme.pk in user.reach.managed:
            worked = Q(programmes=programme)
        else:
            worked = Q(pk__in=user.reach.territories_in(programme.pk))
        return self.filter(worked | Q(pk=kept)).distinct() if kept else self.filter(worked)


class Territory(models.Model):
    """A piece of land on which a programme acts: an employment basin, an urban community, « hors territoires »."""

    class Kind(models.TextChoices):
        EXPERIMENTAL = "experimental", "territoire expérimental"
        ASSOCIATED = "associated", "territoire associé"
        OUTSIDE = "outside", "hors territoires expérimentaux"

    name = models.CharField(
        "nom", max_length=120, unique=True, error_messages={"unique": "Un territoire porte déjà ce nom."}
    )
    kind = models.CharField("type", max_length=12, choices=Kind.choices, default=Kind.EXPERIMENTAL)
    folded_name = models.CharField(max_length=130, editable=False, db_index=True)
    history = HistoricalRecords()

    objects = TerritoryQuerySet.as_manager()

    class Meta:
        verbose_name = "territoire"
        ordering = ["folded_name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        self.folded_name = fold(self.name)[:130]
        super().save(*args, **kwargs)


class OrganisationQuerySet(ScopedQuerySet):
    seen_by = "Responsables, chargés de mission : tout l’annuaire, qu’ils partagent."

    def visibility(self, reach):
        """The directory of structures is shared by those who run programmes: managers and caseworkers."""
        return Q() if reach.managed or reach.ground else NOTHING


KEY_CHECKS = {"siret": siret_warning, "uai": uai_warning, "phone": office_phone_warning, "email": email_warning}


class Organisation(models.Model):
    """A structure: who finds, trains, accompanies, funds or employs. Its keys are checked and only warn."""

    class Kind(models.TextChoices):
        ASSOCIATION = "association", "association"
        CENTRE_SOCIAL = "centre_social", "centre social, maison de quartier"
        CFA = "cfa", "centre de formation d’apprentis (CFA)"
        CIO = "cio", "centre d’information et d’orientation (CIO)"
        COLLECTIVITE = "collectivite", "collectivité territoriale"
        CHAMBRE = "chambre", "chambre consulaire"
        CLUB_PREVENTION = "club_prevention", "club de prévention"
        COLLEGE = "college", "collège"
        ENTREPRISE = "entreprise", "entreprise"
        ETAT = "etat", "service de l’État"
        GIP = "gip", "groupement d’intérêt public"
        LYCEE = "lycee", "lycée"
        MGI = "mgi", "mission générale d’insertion (MGI, MLDS)"
        MISSION_LOCALE = "mission_locale", "mission locale"
        OPCA = "opca", "organisme collecteur (OPCA, OPCO)"
        ORGANISME_FORMATION = "organisme_formation", "organisme de formation"
        POLE_EMPLOI = "pole_emploi", "Pôle emploi, France Travail"
        UNIVERSITE = "universite", "université, enseignement supérieur"
        EVALUATEUR = "evaluateur", "cabinet ou organisme d’évaluation"
        AUTRE = "autre", "autre structure"

    name = models.CharField("nom", max_length=200)
    kind = models.CharField("type", max_length=24, choices=Kind.choices, default=Kind.AUTRE)
    legal_form = models.CharField("forme juridique", max_length=120, blank=True)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    uai = models.CharField("UAI", max_length=8, blank=True)
    territory = models.ForeignKey(
        Territory, models.PROTECT, verbose_name="territoire", related_name="organisations", null=True, blank=True
    )
    address = models.TextField("adresse", max_length=500, blank=True)
    phone = models.CharField("téléphone", max_length=30, blank=True)
    email = models.EmailField("courriel", blank=True)
    folded_name = models.CharField(max_length=220, editable=False, db_index=True)
    history = HistoricalRecords()

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = "structure"
        ordering = ["folded_name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        self.siret = normalise_key(self.siret)
        self.uai = normalise_key(self.uai)
        self.folded_name = fold(self.name)[:220]
        super().save(*args, **kwargs)

    @property
    def key_warnings(self) -> dict[str, str]:
        """Sentences, by field, on keys and means of contact that look wrong; they warn and never block."""
        return warnings_of(self, KEY_CHECKS)
