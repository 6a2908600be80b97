"""The copy of a whole file on paper: what the JSON holds, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import capfirst

from beneficiaries.models import ApprenticeshipBreak, Beneficiary, Enrolment
from beneficiaries.whole import title_of
from partaj.formats import french_date, french_time
from partaj.printing import print_html, style

# Of each part that is a table: its title, what to say where it is empty, and its columns (key, label, width in CSS).
TABLES = [
    ("steps", "Étapes franchies", "Aucune étape.", [("entered_on", "Le", "day"), ("label", "Étape", "")]),
    ("timeline", "Fil du dossier", "Rien n’est noté.",
     [("on", "Le", "day"), ("kind", "Nature", "kind"), ("text", "Ce qui s’est passé", ""), ("author", "Par", "who")]),
    ("contacts", "Contacts", "Aucun contact.",
     [("on", "Le", "day"), ("channel", "Par quel moyen", ""), ("result", "Résultat", ""),
      ("minutes", "Minutes", "kind"), ("author", "Par", "who")]),
    ("gatherings", "Réunions et ateliers", "Aucune invitation.",
     [("on", "Le", "day"), ("kind", "Nature", "kind"), ("title", "Intitulé", ""), ("place", "Lieu", ""),
      ("state", "Présence", "kind")]),
    ("actions", "Actions", "Aucune action.",
     [("what", "Quoi", ""), ("due_on", "Pour le", "kind"), ("done_on", "Faite le", "kind"),
      ("given_up", "Abandonnée parce que", "who"), ("assignee", "Par", "who")]),
    ("obstacles", "Freins", "Aucun frein.",
     [("opened_on", "Ouvert le", "day"), ("kind", "Nature", "kind"), ("precision", "Précision", ""),
      ("words", "Mots", ""), ("solved_on", "Levé le", "day"), ("how", "Comment", "")]),
    ("contracts", "Contrats de travail", "Aucun contrat.",
     [("starts_on", "Début", "day"), ("contract_type", "Type", ""), ("employer", "Employeur", ""),
      ("ends_on", "Fin prévue", "day"), ("broken_on", "Rompu le", "day"), ("break_motive", "Motif", "")]),
    ("exams", "Examens", "Aucun examen.",
     [("session_on", "Session", "day"), ("certificate", "Diplôme visé", ""), ("result", "Résultat", "")]),
    ("outcomes", "Devenir", "Aucun devenir n’est noté.",
     [("seen_on", "Le", "day"), ("moment", "Constaté", "kind"), ("kind", "Devenir", ""), ("precision", "Précision", ""),
      ("state", "État", "kind"), ("author", "Par", "who")]),
    ("documents", "Documents", "Aucun document.",
     [("kind", "Nature", ""), ("about", "Précision", ""), ("filename", "Fichier", ""), ("sent_at", "Envoyé le", "kind"),
      ("author", "Par", "who")]),
    ("notices", "Informations remises sur ses données", "Aucune n’est notée.",
     [("given_on", "Le", "day"), ("how", "Comment", ""), ("given_to", "À qui", ""),
      ("accepts_charter", "Charte acceptée", "kind"), ("author", "Par", "who")]),
    ("objections", "Oppositions", "Aucune.",
     [("made_on", "Le", "day"), ("scope", "S’oppose", ""), ("words", "Ce qui a été dit", ""),
      ("answer", "Ce qui a été répondu", ""), ("answered_on", "Répondu le", "day"), ("lifted_on", "Levée le", "day")]),
    ("sources", "Listes qui ont parlé de cette personne", "Aucune liste connue de qui tire cette copie.",
     [("from", "De", ""), ("list", "Liste", ""), ("line", "Ligne", "day"), ("received_on", "Reçue le", "kind")]),
    ("readers", "Qui peut lire ce dossier aujourd’hui", "Personne.",
     [("who", "Qui", ""), ("why", "Parce que", ""), ("since", "Depuis le", "kind")]),
    ("consultations", "Qui l’a consulté (douze derniers mois)", "Aucune consultation au journal.",
     [("at", "Quand", "who"), ("who", "Qui", "who"), ("act", "Ce qui a été fait", "")]),
    ("corrections", "Ce qui y a été changé", "Rien n’a été changé.",
     [("at", "Quand", "who"), ("who", "Par", "who"), ("act", "Ce qui a été fait", ""), ("details", "Détail", "")]),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Printed:
    title: str
    empty: str
    columns: list[tuple[str, str]]  # label, width
    rows: list[list[str]]


def whole_pdf(content: dict[str, Any]) -> bytes:
    """Raises PdfUnavailable where pango is missing."""
    return print_html(whole_html(content))


def whole_html(content: dict[str, Any]) -> str:
    identity = content["identity"]
    issued = content["issued_at"]
    context = {
        "style": style("print-sheet"),
        "title": title_of(content),
        "programme": f"{content['programme']['number']} · {content['programme']['title']}",
        "name": f"{identity['first_name']} {identity['usage_name'] or identity['last_name']}",
        "issued": f"{french_date(issued)} à {french_time(issued)}, par {content['issued_by']}",
        "created": issued.isoformat(timespec="seconds"),
        "left_out": content["left_out"],
        "identity": list(_facts(Beneficiary, identity)),
        "path": list(_facts(Enrolment, content["path"])),
        "breaks": [list(_facts(ApprenticeshipBreak, each)) for each in content["breaks"]],
        "other_paths": [f"{each['programme']}, dossier n°\u00a0{each['file']}" for each in content["other_paths"]],
        "tables": list(_tables(content)),
    }
    return render_to_string("beneficiaries/print/whole.html", context)


def _facts(model: Any, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What is known, each with its label; what is not is said too: the person may want to complete it."""
    for name, value in values.items():
        yield capfirst(str(model._meta.get_field(name).verbose_name)), words_of(value) or "non renseigné"


def _tables(content: dict[str, Any]) -> Iterator[Printed]:
    for key, title, empty, columns in TABLES:
        if content[key] is not None:
            rows = [[words_of(row[name]) for name, _, _ in columns] for row in content[key]]
            yield Printed(title, empty, [(label, width) for _, label, width in columns], rows)


def words_of(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "oui" if value else "non"
        case dt.datetime():
            moment = timezone.localtime(value)
            return f"{french_date(moment)} {moment:%H:%M}"
        case dt.date():
            return french_date(value)
        case {"text": text}:
            return text
        case {"label": label, "before": before, "after": after}:
            return f"{label} : {before or '—'} → {after or '—'}"
        case list():
            return " ; ".join(map(words_of, value))
    return str(value)
