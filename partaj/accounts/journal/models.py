"""The rows of the access journal and the seals put on batches of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Self

from django.conf import settings
from django.db import connection, models
from django.db.models import F, Func, Q, Value

from partaj.accounts.journal.digests import next_number, row_digest
from partaj.programmes.models import Programme
from partaj.scoping import ScopedQuerySet


def spaced(numbers: Iterable[int]) -> str:
    """As `shown` keeps them: each between spaces, so that one number is never found within another."""
    joined = " ".join(map(str, numbers))
    return f" {joined} " if joined else ""


class _Shows(Func):
    """The very expression of the index journal_shown, which PostgreSQL recognises as such only."""

    template = "string_to_array(btrim(%(expressions)s]"
    arg_joiner = "), ' ') @> ARRAY["
    output_field = models.BooleanField()


class JournalIsKept(RuntimeError):
    def __init__(self) -> None:
        super().__init__("Le journal des accès ne se modifie pas : on y ajoute par `JournalEntry.objects.write`.")


class JournalQuerySet(ScopedQuerySet):
    seen_by = "Responsables : ce qui s’est fait dans leurs programmes."

    def visibility(self, reach):
        """Administrators: all. Managers: what was done in their programmes. Nobody else, not even on themselves."""
        return Q(programme__in=reach.managed)

    def about_file(self, user: Any, enrolment: Any, former: Iterable[int] = ()) -> Self:
        """All that concerns one file, wherever it was done, for those who answer for its programme; else none.

        A search over all programmes has none of its own: it is here when it showed this youth. `former`: the numbers
        of the files of the same programme that are one with this one since.
        """
        reach = user.reach
        if not (user.is_active and (reach.everything or enrolment.programme_id in reach.managed)):
            return self.none()
        # Each part walks its own index; one condition with « or » would walk the whole journal instead.
        numbers = [enrolment.pk, *former]
        own = self.filter(enrolment_id__in=numbers).order_by().values("number")
        showing = [self.that_showed(number).order_by().values("number") for number in numbers]
        return self.filter(number__in=own.union(*showing, all=True))

    def that_showed(self, enrolment: int) -> Self:
        """Lists, searches, exports and changes of the person that bear this number among those they showed."""
        if connection.vendor == "postgresql":
            return self.exclude(shown="").filter(_Shows(F("shown"), Value(str(enrolment))))
        return self.filter(shown__contains=f" {enrolment} ")

    def forget(self) -> int:
        """Remove these rows for good: what a purge does, and nothing else. The number of rows."""
        return self._raw_delete(self.db)

    def _refused(self, *args: Any, **kwargs: Any) -> Any:
        raise JournalIsKept

    update = delete = bulk_update = bulk_create = create = update_or_create = get_or_create = _refused

    def write(self, entries: Iterable[JournalEntry], *, by_itself: bool = False) -> None:
        """Append rows, each numbered and bearing its digest: one statement, so that reading a page costs little.

        `by_itself`: they are the whole of their transaction, and no change depends on them. The database commits it,
        then flushes it to its disk within the next moments instead of making the reader wait: only a crash of the
        machine that holds the base, at that very moment, could lose them.
        """
        rows = [entry.signed() for entry in entries]
        if not rows:
            return
        insert, values = _insert(len(rows)), [value for row in rows for value in row]
        with connection.cursor() as cursor:
            if not by_itself or connection.in_atomic_block:
                cursor.execute(insert, values)
            elif connection.vendor == "postgresql":  # for this statement's own transaction
                cursor.execute(f"{insert} RETURNING set_config('synchronous_commit', 'off', true)", values)
            else:
                cursor.execute("PRAGMA synchronous=NORMAL")
                try:
                    cursor.execute(insert, values)
                finally:
                    cursor.execute("PRAGMA synchronous=FULL")


@lru_cache(maxsize=32)
def _insert(rows: int) -> str:
    columns = ", ".join(JournalEntry._meta.get_field(name).column for name in (*SIGNED, "digest"))
    places = f"({', '.join(['%s'] * (len(SIGNED) + 1))})"
    return f"INSERT INTO {JournalEntry._meta.db_table} ({columns}) VALUES {', '.join([places] * rows)}"  # noqa: S608 our own names


class JournalEntry(models.Model):
    """One act of somebody, never changed. Numbers instead of relations: a row outlives what it speaks of."""

    class Kind(models.TextChoices):
        READ = "read", "consultation"
        LISTED = "listed", "liste"
        SEARCHED = "searched", "recherche"
        EXPORTED = "exported", "export"
        PRINTED = "printed", "impression"
        CREATED = "created", "création"
        CHANGED = "changed", "modification"
        REMOVED = "removed", "suppression"
        REFUSED = "refused", "refus"
        SIGNED_IN = "signed_in", "connexion"
        SIGNED_OUT = "signed_out", "déconnexion"
        SIGN_IN_FAILED = "failed", "connexion échouée"
        SECURITY = "security", "sécurité du compte"
        JOURNAL = "journal", "lecture du journal"

    number = models.BigIntegerField("numéro", primary_key=True)
    at = models.DateTimeField("quand (UTC)")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        verbose_name="qui",
        related_name="+",
        db_constraint=False,
        null=True,
    )
    roles = models.CharField("en tant que", max_length=90)
    kind = models.CharField("acte", max_length=10, choices=Kind.choices)
    page = models.CharField("page", max_length=80)
    programme = models.ForeignKey(
        Programme, models.DO_NOTHING, verbose_name="programme", related_name="+", db_constraint=False, null=True
    )
    enrolment_id = models.BigIntegerField("dossier", null=True)
    subject = models.CharField("objet", max_length=60)
    shown = models.TextField(
        "dossiers montrés", help_text="Les numéros des dossiers d’une liste, chacun entre espaces."
    )
    detail = models.CharField("précision", max_length=200)
    address = models.CharField("adresse IP", max_length=45)
    digest = models.CharField("empreinte", max_length=32)

    objects = JournalQuerySet.as_manager()

    class Meta:
        verbose_name = "ligne du journal"
        verbose_name_plural = "journal des accès"
        ordering = ["-number"]
        indexes = [
            models.Index(fields=["actor", "-number"], name="journal_by_actor"),
            models.Index(fields=["enrolment_id", "-number"], name="journal_by_file"),
            models.Index(fields=["programme", "-number"], name="journal_by_programme"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%d/%m/%Y %H:%M} {self.get_kind_display()} {self.page}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        raise JournalIsKept

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise JournalIsKept

    def signed(self) -> list[Any]:
        """The values of the row as the database takes them, with a number and a moment of its own and its digest."""
        self.number, self.at = next_number()
        self.kind = str(self.kind)  # as the database gives it back: a member of Kind has another digest
        values = [getattr(self, name) for name in SIGNED_ATTNAMES]
        self.digest = digest_of(values)
        values[1] = connection.ops.adapt_datetimefield_value(self.at)
        return [*values, self.digest]


# What the digest covers, in the order of the columns.
SIGNED = ("number", "at", "actor", "roles", "kind", "page", "programme", "enrolment_id", "subject", "shown", "detail",
          "address")  # fmt: skip
LENGTH = len(SIGNED)
SIGNED_ATTNAMES = tuple(JournalEntry._meta.get_field(name).attname for name in SIGNED)


def digest_of(values: Sequence[Any]) -> str:
    """Of a row's values in the order of SIGNED (what follows them does not count), `at` being a moment in UTC."""
    return row_digest(values[0], values[1], tuple(values[2:LENGTH]))


class SealQuerySet(ScopedQuerySet):
    seen_by = "Personne d’autre que les administrateurs : un sceau ne dit rien de personne."

    def visibility(self, reach):
        """Administrators alone: a seal says nothing of anybody."""
        return Q(pk__in=())


class JournalSeal(models.Model):
    """A batch of rows, in the order of their numbers, bound to the batch before (see `sealing`)."""

    rank = models.PositiveBigIntegerField("rang", primary_key=True)
    last = models.BigIntegerField(
        "dernier numéro", help_text="Le lot va du dernier numéro du lot précédent à celui-ci."
    )
    count = models.PositiveIntegerField("lignes")
    members = models.BinaryField("numéros des lignes")
    rows = models.CharField("empreinte des lignes", max_length=32)
    previous = models.CharField("empreinte du sceau précédent", max_length=32)
    sealed_at = models.DateTimeField("scellé le")
    digest = models.CharField("empreinte", max_length=32)
    purged_at = models.DateTimeField("purgé le", null=True)
    purge = models.CharField("empreinte de la purge", max_length=32)

    objects = SealQuerySet.as_manager()

    class Meta:
        verbose_name = "sceau du journal"
        verbose_name_plural = "sceaux du journal"
        ordering = ["rank"]

    def __str__(self) -> str:
        return f"sceau {self.rank}, {self.count} lignes"
