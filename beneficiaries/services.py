"""The decisions that change a path. Keyword-only, atomic, each named for what it records.

Those that a page calls raise ClosedProgramme on a programme that is closed; those that save a whole file raise
StaleVersion where somebody else changed it since it was read: nothing is overwritten unseen. What upper floors
write through here (accesses, sessions) is refused on a closed programme by themselves.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from beneficiaries.models import (
    MEANS_OF_CONTACT,
    AccessGrant,
    Beneficiary,
    Enrolment,
    LogEntry,
    Objection,
    StepEntry,
    impossible,
)
from beneficiaries.moved import follow_the_territory
from beneficiaries.profile import PLACES
from partaj.formats import french_date
from partaj.prepared import answers
from partaj.programmes.models import FunnelStep, LossReason, Programme
from partaj.programmes.services import refuse_closed
from partaj.versions import claim_version

FIRST_ENTRY = 1 << PLACES["first_entry"].shift
REVIEWED = 1 << PLACES["reviewed"].shift


@transaction.atomic
def enrol(*, beneficiary: Beneficiary, enrolment: Enrolment, by: Any, sentence: str = "Premier contact.") -> Enrolment:
    """Record a first contact: the person (new, or coming back) and their path. Both validated by the caller."""
    refuse_closed(enrolment.programme)
    beneficiary.save()
    enrolment.beneficiary = beneficiary
    enrolment.save()
    rank_entries(beneficiary=beneficiary, programme=enrolment.programme)
    enrolment.refresh_from_db(fields=["entry_rank"])
    write_log(enrolment=enrolment, kind=LogEntry.Kind.INTAKE, happened_on=enrolment.contacted_on,
              sentence=sentence, author=by)  # fmt: skip
    return enrolment


IDENTITY = ("usage_name", "birth_date", "sex", "ine")
OPPOSED = "Le jeune s’oppose au partage de son dossier : il ne s’ouvre à personne d’autre que ceux qui en répondent."
UNITED_SINCE = "Le dossier de cette personne vient d’être réuni à un autre : cherchez-la de nouveau."


@contextmanager
def one_intake_at_a_time(*, programme: Programme) -> Iterator[None]:
    """Whoever looks for the same person, or for their path under way, waits until the other intake is written.

    A long list takes some seconds to be written: what somebody typed meanwhile waits for it rather than fails.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '30s'; SET LOCAL statement_timeout = '35s'")
        Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
        yield


@transaction.atomic
def take_in(
    *,
    typed: Beneficiary,
    known: Beneficiary | None,
    enrolment: Enrolment,
    step: FunnelStep | None,
    step_on: dt.date | None,
    by: Any,
) -> Enrolment:
    """The intake form, whole or not at all: the person, their path and, where given, a first step.

    `known` is the same person, already there: what is known of their identity stays and its blanks are filled;
    the means of contact typed today replace the former ones. Raises ValidationError (keys step, entered_on).
    """
    person, sentence = typed, "Premier contact."
    if known is not None:
        person, sentence = _met_again(known, typed), "Revient dans le programme : nouveau premier contact."
        enrolment.beneficiary = person
        if errors := enrolment.date_errors():
            raise ValidationError(errors)
    enrol(beneficiary=person, enrolment=enrolment, by=by, sentence=sentence)
    if known is not None:
        keep_copies_in_step(person, but=enrolment)
    if step and step_on:
        enter_step(enrolment=enrolment, step=step, entered_on=step_on, by=by)
    return enrolment


def _met_again(known: Beneficiary, typed: Beneficiary) -> Beneficiary:
    person = Beneficiary.objects.select_for_update().filter(pk=known.pk).first()
    if person is None:
        raise ValidationError({NON_FIELD_ERRORS: UNITED_SINCE})
    remember_first_state(Beneficiary, person.pk)
    claim_version(person, person.version)
    for name in IDENTITY:
        setattr(person, name, getattr(person, name) or getattr(typed, name))
    for name in MEANS_OF_CONTACT:
        setattr(person, name, getattr(typed, name) or getattr(person, name))
    return person


@transaction.atomic
def revise(*, beneficiary: Beneficiary, enrolment: Enrolment, versions: tuple[int, int]) -> Enrolment:
    """Save a changed file. `versions` (person, path) are those that the editor had read."""
    refuse_closed(enrolment.programme)
    remember_first_state(Beneficiary, beneficiary.pk)
    remember_first_state(Enrolment, enrolment.pk)
    claim_version(beneficiary, versions[0])
    claim_version(enrolment, versions[1])
    # Sessions and other paths write these without claiming the version: what they wrote meanwhile stays.
    enrolment.refresh_from_db(fields=["entry_rank", "first_reviewed_on"])
    beneficiary.save()
    enrolment.beneficiary = beneficiary
    enrolment.save()
    follow_the_territory(enrolment)
    keep_copies_in_step(beneficiary, but=enrolment)
    rank_entries(beneficiary=beneficiary, programme=enrolment.programme)
    enrolment.refresh_from_db(fields=["entry_rank"])
    return enrolment


def keep_copies_in_step(beneficiary: Beneficiary, *, but: Enrolment | None = None) -> None:
    """The identity is shared: the person's other paths keep what they store of it; they are not otherwise changed.

    A closed programme follows the name, by which its files are found, and not what its tables have counted.
    """
    saved = but.pk if but else None
    for other in Enrolment.objects.filter(beneficiary=beneficiary).exclude(pk=saved).select_related("programme"):
        other.beneficiary = beneficiary
        other.derive()
        counted = () if other.programme.is_closed else ("sex", "age_band", "profile")
        copies = {name: getattr(other, name) for name in ("sort_name", *counted)}
        Enrolment.objects.filter(pk=other.pk).update(**copies)


def remember_first_state(model: Any, pk: int) -> None:
    """A row written in bulk without history: keep what it was, so that its first change can be told."""
    if not model.history.filter(id=pk).exists():
        row = model.objects.get(pk=pk)
        row._history_user = None  # nobody of this request wrote it
        model.history.bulk_history_create([row], default_date=getattr(row, "created_at", None) or timezone.now())


def rank_entries(*, beneficiary: Beneficiary, programme: Programme) -> None:
    """Number the entries of one person in one programme: tables count persons by their first entry."""
    paths = beneficiary.enrolments.filter(programme=programme).order_by(F("entered_on").asc(nulls_last=True), "pk")
    rank = 0
    for path in paths:
        rank = rank + 1 if path.entered_on else rank
        wanted = rank if path.entered_on else None
        if path.entry_rank != wanted:
            counted = F("profile").bitor(FIRST_ENTRY) if wanted == 1 else F("profile").bitand(~FIRST_ENTRY)
            Enrolment.objects.filter(pk=path.pk).update(entry_rank=wanted, profile=counted)


@transaction.atomic
def enter_step(*, enrolment: Enrolment, step: FunnelStep, entered_on: dt.date, by: Any) -> StepEntry:
    """Raises ValidationError for a step of another programme, a date before the first contact, or a step twice."""
    refuse_closed(enrolment.programme)
    if entered_on < enrolment.contacted_on:
        raise ValidationError({"entered_on": "Cette étape précède le premier contact : vérifiez la date."})
    refuse_step(enrolment.programme, step, entered_on)
    entry = StepEntry(enrolment=enrolment, step=step, entered_on=entered_on)
    entry.full_clean()
    entry.save()
    write_log(enrolment=enrolment, kind=LogEntry.Kind.STEP, happened_on=entered_on,
              sentence=told_of_step(step), author=by)  # fmt: skip
    return entry


def refuse_step(programme: Programme, step: FunnelStep, entered_on: dt.date) -> None:
    """Raises ValidationError (keys step, entered_on) where nobody of `programme` can have entered it on that day."""
    if step.programme_id != programme.pk:
        raise ValidationError({"step": "Cette étape est celle d’un autre programme."})
    if sentence := impossible(entered_on):
        raise ValidationError({"entered_on": sentence})


def told_of_step(step: FunnelStep) -> str:
    return f"Étape « {step.label} »."


def told_of_step_withdrawn(entry: StepEntry, reason: str) -> str:
    return f"Étape « {entry.step.label} » du {french_date(entry.entered_on)} retirée : {reason}"


@transaction.atomic
def withdraw_step(*, entry: StepEntry, reason: str, by: Any) -> None:
    """A step noted by mistake is taken away; the timeline keeps that it was there, and why it is no more.

    Raises ValidationError where somebody took it away meanwhile.
    """
    refuse_closed(entry.enrolment.programme)
    if not StepEntry.objects.select_for_update().filter(pk=entry.pk).exists():
        raise ValidationError("Cette étape vient d’être retirée : rien d’autre n’a changé.")
    write_log(enrolment=entry.enrolment, kind=LogEntry.Kind.STEP, happened_on=timezone.localdate(),
              sentence=told_of_step_withdrawn(entry, reason), author=by)  # fmt: skip
    entry.delete()


@transaction.atomic
def record_loss(
    *, enrolment: Enrolment, reason: LossReason, lost_on: dt.date, step: FunnelStep | None, by: Any
) -> None:
    """Somebody leaves the path, for a coded reason, at a step. Raises ValidationError where the parts disagree."""
    refuse_closed(enrolment.programme)
    for part in (reason, step):
        if part is not None and part.programme_id != enrolment.programme_id:
            raise ValidationError("Ce motif ou cette étape est d’un autre programme.")
    read_again(enrolment)
    if enrolment.lost_on is not None:
        raise ValidationError("Un départ est déjà noté dans ce dossier : annulez-le d’abord s’il est faux.")
    enrolment.lost_on, enrolment.loss_reason, enrolment.lost_at = lost_on, reason, step
    if sentence := enrolment.date_errors().get("lost_on"):
        raise ValidationError({"lost_on": sentence})
    save_read_again(enrolment)
    write_log(enrolment=enrolment, kind=LogEntry.Kind.LOSS, happened_on=lost_on,
              sentence=f"Départ : {reason.label}.", author=by)  # fmt: skip


@transaction.atomic
def undo_loss(*, enrolment: Enrolment, reason: str, by: Any) -> None:
    """A departure noted by mistake: the youth is there again. Raises ValidationError where there is none."""
    refuse_closed(enrolment.programme)
    read_again(enrolment)
    if enrolment.lost_on is None:
        raise ValidationError("Aucun départ n’est noté dans ce dossier.")
    former = french_date(enrolment.lost_on)
    enrolment.lost_on = enrolment.loss_reason = enrolment.lost_at = None
    save_read_again(enrolment)
    write_log(enrolment=enrolment, kind=LogEntry.Kind.LOSS, happened_on=timezone.localdate(),
              sentence=f"Départ du {former} annulé : {reason}", author=by)  # fmt: skip


def read_again(enrolment: Enrolment) -> None:
    """The row as it is now, held until the end of the transaction: nothing saved meanwhile is overwritten."""
    enrolment.refresh_from_db(from_queryset=Enrolment.objects.select_for_update())
    remember_first_state(Enrolment, enrolment.pk)


def save_read_again(enrolment: Enrolment, *, by: Any = None) -> None:
    """What was read again, and changed since; whoever has the file open had read another version."""
    if by is not None:
        enrolment._history_user = by
    enrolment.save()
    Enrolment.objects.filter(pk=enrolment.pk).update(version=F("version") + 1)
    enrolment.version += 1


def hold(enrolment: Enrolment) -> None:
    """Until the end of the transaction, before any row that hangs on the file: whoever unites files, or undoes a list,
    holds their people first, and waits, or is waited for. Raises Enrolment.DoesNotExist where it is gone since."""
    if not connection.in_atomic_block:
        raise TransactionManagementError("A file is held until the end of a transaction")
    answers(_person_held, of=enrolment.beneficiary_id)
    if not answers(_still_there, of=enrolment.pk):
        raise Enrolment.DoesNotExist


def _person_held(number: int) -> QuerySet:
    return Beneficiary.objects.select_for_update().filter(pk=number).order_by().values("pk")


def _still_there(number: int) -> QuerySet:
    return Enrolment.objects.filter(pk=number).values("pk")


def held_row(row: Any, gone: str) -> Any:
    """The row as it is now, of a file that is held: what every change of what hangs on a file begins with. Raises
    ClosedProgramme; ValidationError (`gone`) where somebody took it back meanwhile."""
    refuse_closed(row.enrolment.programme)
    hold(row.enrolment)
    held = type(row)._default_manager.select_for_update(of=("self",)).filter(pk=row.pk).first()
    if held is None:
        raise ValidationError(gone)
    held.enrolment = row.enrolment
    return held


def save_by(row: Any, by: Any) -> None:
    """With a line of its history that says who."""
    row._history_user = by
    row.save()


def save_next(row: Any, by: Any) -> None:
    """As `save_by`; whoever had it open to put it right sees both versions."""
    claim_version(row, row.version)
    save_by(row, by)


def remove_by(row: Any, by: Any) -> None:
    row._history_user = by
    row.delete()


def write_log(*, enrolment: Enrolment, kind: str, happened_on: dt.date, sentence: str, author: Any = None,
              link: str = "", is_private: bool = False) -> LogEntry:  # fmt: skip
    """One line of the timeline."""
    return LogEntry.objects.create(
        enrolment=enrolment, kind=kind, happened_on=happened_on, sentence=sentence, author=author, link=link,
        is_private=is_private,
    )  # fmt: skip


@transaction.atomic
def open_access(
    *, enrolment: Enrolment, user: Any, reason: str, starts_on: dt.date, ends_on: dt.date | None = None
) -> AccessGrant:
    """A mentoring or a session opens the file to somebody who accompanies the youth. Raises ValidationError while the
    youth objects to its being shared."""
    hold(enrolment)
    if Objection.objects.in_force().filter(enrolment=enrolment).exists():
        raise ValidationError(OPPOSED)
    grant = AccessGrant(enrolment=enrolment, user=user, reason=reason, starts_on=starts_on, ends_on=ends_on)
    grant.full_clean()
    grant.save()
    return grant


@transaction.atomic
def end_access(*, grants: Iterable[AccessGrant], ends_on: dt.date) -> None:
    """The accompaniment is over: the file closes the day after `ends_on`."""
    for grant in grants:
        grant.ends_on = ends_on
        grant.save()


@transaction.atomic
def note_session(
    *, enrolments: Iterable[Enrolment], held_on: dt.date, sentence: str, link: str = "", by: Any = None
) -> None:
    """A cell studied these situations: a line each, and the stored day of the first study (base of the levels)."""
    for enrolment in enrolments:
        write_log(
            enrolment=enrolment,
            kind=LogEntry.Kind.SESSION,
            happened_on=held_on,
            sentence=sentence or f"Situation étudiée en cellule le {french_date(held_on)}.",
            link=link,
            author=by,
        )
        later = Q(first_reviewed_on=None) | Q(first_reviewed_on__gt=held_on)
        if Enrolment.objects.filter(later, pk=enrolment.pk).update(
            first_reviewed_on=held_on, profile=F("profile").bitor(REVIEWED)
        ):
            enrolment.first_reviewed_on = held_on


@transaction.atomic
def redate_session(*, studied: Iterable[tuple[Enrolment, dt.date]], former: dt.date, held_on: dt.date, by: Any) -> None:
    """A session noted on the wrong day: a line to each. `studied`: who was there, with their first study."""
    for enrolment, earliest in studied:
        write_log(enrolment=enrolment, kind=LogEntry.Kind.SESSION, happened_on=held_on,
                  sentence=f"La séance notée le {french_date(former)} s’est tenue le {french_date(held_on)}.",
                  author=by)  # fmt: skip
        Enrolment.objects.filter(pk=enrolment.pk).update(first_reviewed_on=earliest)


@transaction.atomic
def withdraw_session(*, enrolment: Enrolment, held_on: dt.date, earliest: dt.date | None, reason: str, by: Any) -> None:
    """A study noted by mistake: the timeline keeps that it was there. `earliest`: the first study that remains."""
    write_log(enrolment=enrolment, kind=LogEntry.Kind.SESSION, happened_on=timezone.localdate(),
              sentence=f"Étude en cellule du {french_date(held_on)} retirée : {reason}", author=by)  # fmt: skip
    enrolment.first_reviewed_on = earliest
    store_first_study(path=enrolment.pk, day=earliest)


def store_first_study(*, path: int, day: dt.date | None) -> None:
    """`path` by its number; None where no session studied it."""
    reviewed = F("profile").bitor(REVIEWED) if day else F("profile").bitand(~REVIEWED)
    Enrolment.objects.filter(pk=path).update(first_reviewed_on=day, profile=reviewed)
