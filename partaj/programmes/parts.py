"""The six ordered settings of a programme, declared once: their words, their form, the columns of their list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404

from partaj.formats import french_date, french_euros
from partaj.programmes import forms
from partaj.programmes.models import ExtraRow, FunnelStep, LossReason, OfProgramme, Partnership, Period, SectionRule

Cell = Callable[[Any], str]


def _yes(value: bool) -> str:
    return "oui" if value else "non"


def _period_counts(period: Period) -> str:
    if period.step:
        return f"entrées dans l’étape « {period.step} »"
    return f"entrées du {french_date(period.starts_on)} au {french_date(period.ends_on)}"


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of setting. `slug` stands in its address; `columns` are (heading, text of a row)."""

    slug: str
    model: type[OfProgramme]
    form: type[forms.SettingForm]
    title: str
    purpose: str
    add_label: str
    empty: str
    columns: tuple[tuple[str, Cell], ...]
    related: tuple[str, ...] = ()


PARTS = (
    Part(
        "etapes", FunnelStep, forms.StepForm, "Étapes du parcours",
        "Les étapes que suit un jeune, dans l’ordre : chaque passage est daté dans son dossier.",
        "Ajouter une étape",
        "Aucune étape : commencez par la première, celle du contact, puis suivez le parcours d’un jeune.",
        (("Intitulé", lambda row: row.label), ("Code", lambda row: row.code)),
    ),
    Part(
        "motifs", LossReason, forms.LossReasonForm, "Motifs de sortie",
        "Pourquoi quelqu’un quitte le parcours, et si l’annexe 1 le compte comme abandon ou exclusion.",
        "Ajouter un motif",
        "Aucun motif : ajoutez-en au moins un, il est demandé pour noter un départ.",
        (
            ("Motif", lambda row: row.label),
            ("Abandon ou exclusion", lambda row: _yes(row.counts_as_abandonment)),
            ("Code", lambda row: row.code),
        ),
    ),
    Part(
        "periodes", Period, forms.PeriodForm, "Périodes",
        "Les colonnes de l’annexe 1 : des années, ou des phases. Elles peuvent se recouvrir.",
        "Ajouter une période",
        "Aucune période : l’annexe 1 n’a que sa dernière colonne. Ajoutez une année (deux dates) ou une phase "
        "(une étape, à créer d’abord).",
        (
            ("Intitulé", lambda row: row.label),
            ("En-tête de la colonne", lambda row: row.column_label),
            ("Compte", _period_counts),
        ),
        ("step",),
    ),
    Part(
        "sections", SectionRule, forms.SectionRuleForm, "Règles de section",
        "Qui chaque section de l’annexe 1 compte ; sans règle : tous les jeunes, en nombre de personnes.",
        "Ajouter une règle",
        "Aucune règle : chaque section compte tous les jeunes. N’en ajoutez que si le programme compte autrement.",
        (
            ("Section", lambda row: row.get_section_display()),
            ("Population", lambda row: row.get_population_display()),
            ("Base", lambda row: row.get_base_display()),
            ("Unité", lambda row: row.get_unit_display()),
            ("Note imprimée", lambda row: row.note or "—"),
        ),
    ),
    Part(
        "lignes", ExtraRow, forms.ExtraRowForm, "Lignes ajoutées",
        "Les lignes « Autres » que le programme ajoute aux sections de l’annexe 1.",
        "Ajouter une ligne",
        "Aucune ligne ajoutée : l’annexe 1 a les lignes du formulaire. Ajoutez celles qui vous sont propres.",
        (
            ("Section", lambda row: row.get_section_display()),
            ("Intitulé", lambda row: row.label),
            ("Compte", lambda row: row.get_counts_display()),
            ("S’additionne", lambda row: _yes(row.adds_up)),
            ("Code", lambda row: row.code),
        ),
    ),
    Part(
        "partenaires", Partnership, forms.PartnershipForm, "Partenaires",
        "Les partenaires opérationnels et financiers, prévus au projet ou effectifs.",
        "Ajouter un partenaire",
        "Aucun partenaire : ajoutez d’abord la structure à l’annuaire, puis choisissez-la ici.",
        (
            ("Structure", lambda row: row.organisation.name),
            ("Type", lambda row: row.get_kind_display()),
            ("Rôle", lambda row: row.role or "—"),
            ("Prévu", lambda row: _yes(row.planned)),
            ("Effectif", lambda row: _yes(row.effective)),
            ("Montant", lambda row: "—" if row.amount is None else french_euros(row.amount)),
        ),
        ("organisation",),
    ),
)  # fmt: skip


def part_called(slug: str) -> Part:
    """Http404 where no setting has this name."""
    for part in PARTS:
        if part.slug == slug:
            return part
    raise Http404
