"""The decision that two files are of one person: everything of both is kept, and each difference was answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from beneficiaries.merging.comparing import Comparison, compare
from beneficiaries.merging.moving import Ledger, absorb
from beneficiaries.merging.questions import Side, values_of
from beneficiaries.models import Beneficiary, Enrolment, Handover, LogEntry, Merge, StepEntry
from beneficiaries.rights import close_to_guests
from beneficiaries.services import keep_copies_in_step, rank_entries, remember_first_state, save_by, write_log
from partaj.acts import Act, may
from partaj.formats import NBSP
from partaj.programmes.models import Programme
from partaj.programmes.services import refuse_closed
from partaj.versions import StaleVersion, claim_version

ONE_ALREADY = "Ces deux dossiers sont déjà ceux d’une même personne : il n’y a rien à réunir."
BEYOND = (
    "L’une de ces deux personnes a aussi un parcours hors des programmes dont vous répondez : "
    "demandez à un administrateur de les réunir."
)
CLOSED = (
    "Le programme {} est clos et les deux personnes y ont un parcours : les réunir changerait ce que ses tableaux ont "
    "compté. Rouvrez-le d’abord."
)
TWICE = "Un parcours ne peut être le même que deux autres : revoyez lesquels n’en font qu’un."
BOTH_UNDER_WAY = "Deux parcours restent en cours dans le programme {} : dites lesquels n’en font qu’un."
OFFERED_TWICE = "Un transfert attend une réponse dans chacun des deux dossiers : retirez d’abord l’un des deux."
BORN_AFTER = "La date de naissance choisie suivrait un premier contact ou une entrée : vérifiez-la."


def answers_for_all(paths: Iterable[Enrolment], user: Any) -> bool:
    """Whether `user` may unite files in every programme of these paths: nobody decides on what they do not see."""
    return all(may(user, Act.MERGE_FILES, path.programme) for path in paths)


def obstacle(comparison: Comparison, by: Any) -> str:
    """Why these two persons cannot be made one by this user, or "". What lies beyond their sight is only said to be."""
    if not answers_for_all(comparison.all_paths, by):
        return BEYOND
    closed = {path.programme for path in comparison.kept.paths if path.programme.is_closed}
    shared = sorted(path.programme.number for path in comparison.absorbed.paths if path.programme in closed)
    return CLOSED.format(shared[0]) if shared else ""


def contradiction(comparison: Comparison) -> str:
    """What the answers on paths would make impossible, or ""."""
    one = comparison.made_one
    if len({each.kept.pk for each in one}) < len(one):
        return TWICE
    paired = {path.pk for each in one for path in (each.kept, each.absorbed)}
    left = [{path.programme for path in whole.paths if path.is_under_way and path.pk not in paired}
            for whole in (comparison.kept, comparison.absorbed)]  # fmt: skip
    both = sorted(programme.number for programme in left[0] & left[1])
    if both:
        return BOTH_UNDER_WAY.format(both[0])
    return OFFERED_TWICE if any(_both_offered(each.kept, each.absorbed) for each in one) else ""


def _both_offered(*paths: Enrolment) -> bool:
    return Handover.objects.pending().filter(enrolment__in=paths).count() > 1


@transaction.atomic
def merge_people(
    *, kept: Enrolment, absorbed: Enrolment, answers: Mapping[str, str], versions: Mapping[str, int], by: Any
) -> Merge:
    """Make one person of those of two files; `kept` stays, all that hangs on the other comes to it.

    `answers`: the side kept of each difference, and which paths are one (see `questions`); `versions`: those that were
    read. Raises StaleVersion where either was changed, united or added to since, or where something was not asked;
    ClosedProgramme; ValidationError (a sentence) where it cannot be, or where the answers contradict each other.
    """
    refuse_closed(kept.programme)
    if kept.beneficiary_id == absorbed.beneficiary_id:
        raise ValidationError(ONE_ALREADY)
    comparison = compare(kept.beneficiary_id, absorbed.beneficiary_id, answers, hold=True)
    if comparison is None or comparison.versions != versions or not comparison.is_answered:
        raise StaleVersion
    if sentence := obstacle(comparison, by) or contradiction(comparison):
        raise ValidationError(sentence)
    person, other = comparison.kept.person, comparison.absorbed.person.pk
    paths = {str(each.absorbed.pk): each.kept.pk for each in comparison.made_one}
    ledger = _carry_out(comparison, by)
    settle(person, programmes={path.programme for path in comparison.all_paths})
    for number, path in paths.items():
        close_to_guests(path=path)  # an objection that came with the other file
        note_on_path(path, f"Dossier réuni avec le dossier n°{NBSP}{number}.", by)
    return Merge.objects.create(
        enrolment=kept, absorbed_person=other, absorbed_file=absorbed.pk, paths=paths, by=by, **vars(ledger)
    )


def _carry_out(comparison: Comparison, by: Any) -> Ledger:
    """Everything moves first, then the rows that stay take what was chosen for them."""
    one, person, ledger = comparison.made_one, comparison.kept.person, Ledger()
    births = [person.birth_date, comparison.absorbed.person.birth_date]
    for row in [person, comparison.absorbed.person, *(path for each in one for path in (each.kept, each.absorbed))]:
        remember_first_state(type(row), row.pk)
    absorb(person, comparison.absorbed.person, ledger, same={each.absorbed: each.kept for each in one}, by=by)
    steps = _take_what_was_chosen(comparison, ledger)
    _refuse_impossible_days(comparison, births)
    for row in [person, *(each.kept for each in one)]:
        claim_version(row, row.version)
        save_by(row, by)
    for row in steps:
        save_by(row, by)
    # Whoever has one of these open had read it under another identity.
    coming = {path.pk for path in comparison.absorbed.paths} - {each.absorbed.pk for each in one}
    Enrolment.objects.filter(pk__in=coming).update(version=F("version") + 1)
    return ledger


def _take_what_was_chosen(comparison: Comparison, ledger: Ledger) -> list[StepEntry]:
    """Set on the rows that stay, which the caller saves; the steps among them are returned."""
    taken = [question for question in comparison.questions if question.answer is Side.ABSORBED]
    for question in taken:
        ledger.change(question.kept, values_of(question.absorbed, question.names))
    for each in comparison.made_one:
        for name, day in each.settled.items():
            ledger.change(each.kept, {name: day})
    return [question.kept for question in taken if isinstance(question.kept, StepEntry)]


def _refuse_impossible_days(comparison: Comparison, births: list[dt.date | None]) -> None:
    """Raises ValidationError: days taken from one file and from the other may contradict each other."""
    person = comparison.kept.person
    sentences = [sentence for each in comparison.made_one for sentence in each.kept.date_errors().values()]
    for whole, birth in zip((comparison.kept, comparison.absorbed), births, strict=True):
        for path in whole.paths if person.birth_date != birth else ():
            path.beneficiary = person
            if "birth_date" in path.date_errors():
                sentences.append(BORN_AFTER)
    if sentences:
        raise ValidationError(list(dict.fromkeys(sentences)))


def settle(*people: Beneficiary, programmes: Iterable[Programme]) -> None:
    """What is stored of the identity and of the rank of each entry is worked out again, so that tables count a person
    once; what those of a closed programme have counted stays."""
    for person in people:
        keep_copies_in_step(person)
        for programme in programmes:
            if not programme.is_closed:
                rank_entries(beneficiary=person, programme=programme)


def note_on_path(path: int, sentence: str, by: Any) -> None:
    """Only where two paths were one: elsewhere it would tell the guests of a file that its person has another."""
    write_log(enrolment=Enrolment(pk=path), kind=LogEntry.Kind.MERGE, happened_on=timezone.localdate(),
              sentence=sentence, author=by)  # fmt: skip
