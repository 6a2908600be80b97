"""The closing statement for who handed a list over: counts, and only what the agreement with them permits besides."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Count, Q

from beneficiaries.lists.outcomes import COMING, Outcome
from beneficiaries.models import ImportBatch, ImportLine, Sender


@dataclass(frozen=True, slots=True)
class Statement:
    """`rows`: what and how many; they add up to `read`. `corrections`: number of the student, line and reasons, where
    the agreement permits it: no name ever goes back."""

    read: int
    rows: list[tuple[str, int]]
    rule: str
    agreement: str
    permits: str
    corrections: list[tuple[str, int, str]] = field(default_factory=list)
    permits_corrections: bool = False


def statement_of(batch: ImportBatch) -> Statement:
    lines = batch.lines.order_by()
    people = Q(kind="person")
    counts = lines.aggregate(
        read=Count("pk"),
        opened=Count("pk", filter=Q(enrolment__isnull=False, opened_path=True)),
        completed=Count("pk", filter=Q(enrolment__isnull=False, opened_path=False)),
        coming=Count("pk", filter=Q(outcome__in=COMING, enrolment=None)),
        waiting=Count("pk", filter=Q(outcome=Outcome.REVIEW)),
        rejected=Count("pk", filter=Q(outcome=Outcome.REJECT) & ~Q(decision=ImportLine.Decision.DISCARD)),
        discarded=Count("pk", filter=Q(outcome=Outcome.REJECT, decision=ImportLine.Decision.DISCARD)),
        registered=Count("pk", filter=people & Q(outcome=Outcome.IGNORE, second_line__isnull=False)),
        known=Count("pk", filter=people & Q(outcome=Outcome.IGNORE, second_line=None)),
        blank=Count("pk", filter=~people & Q(outcome=Outcome.IGNORE)),
    )
    sender = Sender.objects.filter(programme=batch.programme_id, organisation=batch.organisation_id).first()
    gives = sender.gives_back if sender else Sender.Return.COUNTS
    permits = gives == Sender.Return.CORRECTIONS
    registered = [("Inscrits pédagogiquement : hors de la liste", counts["registered"])]
    return Statement(
        read=counts["read"],
        rows=[
            *(registered if batch.kind == ImportBatch.Kind.DIFFERENCE else []),
            ("Jeunes contactés : dossiers ouverts", counts["opened"]),
            ("Déjà connus, ou écrits deux fois", counts["known"] + counts["completed"]),
            ("En attente de la confirmation de la liste", counts["coming"]),
            ("En attente d’une vérification", counts["waiting"]),
            ("À corriger : lignes rejetées", counts["rejected"]),
            ("Écartés après vérification", counts["discarded"]),
            ("Lignes sans personne (vides, titres, pieds de liste)", counts["blank"]),
        ],
        rule=batch.rule_in_words,
        agreement=sender.agreement if sender else "",
        permits=Sender.Return(gives).label,
        permits_corrections=permits,
        corrections=corrections_of(batch) if permits else [],
    )


def corrections_of(batch: ImportBatch) -> list[tuple[str, int, str]]:
    rejected = Q(outcome=Outcome.REJECT) & ~Q(decision=ImportLine.Decision.DISCARD)
    # Of a line that waits because of somebody else, there is nothing to put right, and nobody else to be told of.
    doubtful = Q(outcome=Outcome.REVIEW) & Q(alike=[])
    wrong = batch.lines.filter(rejected | doubtful, kind="person").order_by("number")
    return [
        (line.value("student_number") or "sans numéro", line.number, REASON[Outcome(line.outcome)])
        for line in wrong.iterator(chunk_size=500)
    ]


# What is wrong is said by kind: a full reason may quote a name.
REASON = {
    Outcome.REJECT: "à corriger : cette ligne n’a pu être reprise",
    Outcome.REVIEW: "à vérifier : une donnée est douteuse ou incomplète",
}
