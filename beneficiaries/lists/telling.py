"""What a list would become, said to machines (DESIGN, « import_students ») and to people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from beneficiaries.lists.choices import NO_HEADER
from beneficiaries.lists.delimited import DELIMITERS
from beneficiaries.lists.encodings import LABELS
from beneficiaries.lists.judging import Judgement
from beneficiaries.lists.layout import Kind
from beneficiaries.lists.outcomes import Outcome
from beneficiaries.lists.rules import rule_in_words
from beneficiaries.lists.second import notices_of
from partaj.formats import counted, french_date, french_integer
from partaj.uploads.refusal import UploadRefused

PLURALS = {
    Outcome.IMPORT: "à importer",
    Outcome.IMPORT_WARNING: "à importer avec réserve",
    Outcome.REVIEW: "à examiner",
    Outcome.REJECT: "rejetées",
    Outcome.IGNORE: "ignorées",
}
KINDS = {
    Kind.BLANK: ("vide", "vides"),
    Kind.TITLES: ("de titres répétés", "de titres répétés"),
    Kind.RULE: ("de traits", "de traits"),
    Kind.FOOTER: ("de pied de liste", "de pied de liste"),
}


def as_data(judgement: Judgement) -> dict[str, Any]:
    """The file's own outcome is `import`, or `import_warning` where something is doubtful in it as a whole."""
    source = judgement.table.source
    notices = judgement.notices + notices_of(judgement)
    return {
        "file": {
            "encoding": source.encoding or None,
            "delimiter": source.delimiter or None,
            "header_line": judgement.table.header_line,
            "outcome": Outcome.IMPORT_WARNING if notices else Outcome.IMPORT,
            "message": " ".join([how_read(judgement), *how_second_read(judgement), *notices]),
        },
        "counts": judgement.counts,
        "rows": [
            {"line": each.record.line, "outcome": each.outcome, "reasons": each.reasons, "name": each.student.name}
            for each in judgement.lines
        ],
    }


def refused_as_data(refusal: UploadRefused) -> dict[str, Any]:
    """The same keys for a file that is refused as a whole."""
    return {
        "file": {
            "encoding": None,
            "delimiter": None,
            "header_line": None,
            "outcome": Outcome.REJECT,
            "message": refusal.message,
        },
        "counts": dict.fromkeys(Outcome, 0),
        "rows": [],
    }


def how_read(judgement: Judgement) -> str:
    """« CSV, Windows (cp1252), point-virgule, titres à la ligne 1 : 13 lignes lues, 10 personnes. »"""
    table, source = judgement.table, judgement.table.source
    said = [source.label]
    if source.encoding:
        said += [LABELS[source.encoding], DELIMITERS.get(source.delimiter, f"séparateur « {source.delimiter} »")]
    if source.sheet:
        said.append(f"feuille « {source.sheet} »")
    if table.header_line == NO_HEADER:
        said.append("sans titres")
    else:
        said.append(f"titres à la ligne {french_integer(table.header_line)}")
    if table.above:
        said.append(f"{counted(len(table.above), 'ligne')} au-dessus")
    people = len(judgement.people)
    as_said = ", comme annoncé" if judgement.announced == people else ""
    read = f"{counted(len(judgement.lines), 'ligne lue', 'lignes lues')}, {counted(people, 'personne')}{as_said}"
    return f"{', '.join(said)} : {read}."


def how_second_read(judgement: Judgement) -> list[str]:
    return [f"Seconde liste : {how_read(judgement.second)}"] if judgement.second else []


def _rule(judgement: Judgement) -> str:
    if judgement.rule:
        return f"Règle {judgement.rule} : {judgement.rule.label}"
    registered = len(judgement.second.people) if judgement.second else None
    return f"Règle : {rule_in_words(judgement.kind, None, registered)}"


def as_text(judgement: Judgement) -> str:
    """What was understood, then each line that is not simply imported, then the counts."""
    columns = judgement.columns
    lines = [
        how_read(judgement),
        *how_second_read(judgement),
        *(f"Attention : {each}" for each in judgement.notices + notices_of(judgement)),
        f"{_rule(judgement)}. Âges au {french_date(judgement.reference_date)}.",
        "Colonnes : " + " ; ".join(f"{field.label} ← {columns.title_of(field)}" for field in columns.places) + ".",
    ]
    if columns.left_out:
        lines.append(
            "Non reprises : " + " ; ".join(f"{each.title.strip()} ({each.reason})" for each in columns.left_out)
        )
    lines += [
        f"ligne {each.record.line} · {each.outcome.label} · {each.student.name or '—'} · {' '.join(each.reasons)}"
        for each in judgement.lines
        if each.findings and each.nature.kind is Kind.PERSON
    ]
    lines += [_ignored(judgement), counts_in_words(judgement.counts), "Rien n’a été écrit."]
    return "\n".join(line for line in lines if line)


def _ignored(judgement: Judgement) -> str:
    """Lines that tell of nobody; a line written twice is told with the people's."""
    kinds = judgement.kinds
    found = [
        counted(kinds[kind], f"ligne {one}", f"lignes {many}") for kind, (one, many) in KINDS.items() if kinds[kind]
    ]
    return f"Ignoré : {', '.join(found)}." if found else ""


def counts_in_words(counts: Mapping[Any, int]) -> str:
    """« 13 lignes : 8 à importer, 1 rejetée, 4 ignorées. »"""
    told = [
        f"{french_integer(counts[outcome])} {PLURALS[outcome] if counts[outcome] > 1 else outcome.label}"
        for outcome in Outcome
        if counts.get(outcome)
    ]
    return f"{counted(sum(counts.values()), 'ligne')} : {', '.join(told)}."
