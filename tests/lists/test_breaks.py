"""The columns of a CFA: what they say of a broken apprenticeship, read in a list of breaks and in no other."""

import pytest
import time_machine

from beneficiaries.lists.breaks import NO_DAY, answer, as_stored
from beneficiaries.lists.columns import OF_BREAKS, Field, field_of, fields_of, match
from beneficiaries.lists.judging import judge
from beneficiaries.lists.kinds import ListKind
from beneficiaries.lists.receiving import receive
from beneficiaries.models import ApprenticeshipBreak
from tests.lists.hands import DAY, judged

BREAKS = ListKind.BREAKS
NAMES = "Nom;Prénom;Né(e) le"
LEA = "Moreau;Léa;14/03/2006"
TITLES = (
    f"{NAMES};Dernier lieu de formation;Secteur d’activité;Entreprise;Début du contrat;Fin du contrat;Date de rupture;"
    "Motif;Choisie/subie;Suivi;Suivi par;Solution trouvée depuis;Laquelle"
)
WHOLE = (
    f"{LEA};CFA du bâtiment;Maçonnerie;Dupont SARL;01/09/2024;31/08/2026;12/01/2026;Mésentente;Subie;oui;"
    "Mission locale;oui;CDD"
)
SAID = {
    "training_place": "CFA du bâtiment", "sector": "Maçonnerie", "company": "Dupont SARL",
    "contract_starts_on": "2024-09-01", "contract_ends_on": "2026-08-31", "broken_on": "2026-01-12",
    "motive": "Mésentente", "chosen": "suffered", "followed_elsewhere": "oui", "followed_by": "Mission locale",
    "solution_found": "oui", "solution": "CDD",
}  # fmt: skip


def judged_breaks(*lines, titles=TITLES):
    return judge(receive("\n".join([titles, *lines, ""]).encode()), reference_date=DAY, kind=BREAKS)


def told(title, typed):
    """What a line says besides the name, its outcome and its reasons, where it has this one column or these."""
    (each,) = judged_breaks(f"{LEA};{typed}", titles=f"{NAMES};{title}").people
    return dict(each.student.extras), each.outcome.value, each.reasons


def test_a_whole_line_is_read_and_fits_the_model(db):
    (each,) = judged_breaks(WHOLE).people
    assert (dict(each.student.extras), each.outcome.value, each.reasons) == (SAID, "import", [])
    ApprenticeshipBreak(**as_stored(SAID)).full_clean(exclude=["enrolment"])


@pytest.mark.parametrize(
    ("title", "field"),
    [("Dernier CFA", "training_place"), ("Lieu de formation", "training_place"), ("Secteur", "sector"),
     ("Nom de l’employeur", "company"), ("Date de début de contrat", "contract_starts_on"),
     ("Fin prévue", "contract_ends_on"), ("Date de la rupture", "broken_on"), ("Rompu le :", "broken_on"),
     ("Motif de la rupture", "motive"), ("Motif", "motive"), ("Rupture choisie ou subie ?", "chosen"),
     ("Suivi ailleurs (O/N)", "followed_elsewhere"), ("Suivi", "followed_elsewhere"), ("Par qui", "followed_by"),
     ("Solution trouvée depuis", "solution_found"), ("Si oui, laquelle", "solution"), ("Observations", "comment")],
)  # fmt: skip
def test_titles_are_known_however_they_are_written(title, field):
    assert field_of(title, BREAKS) == field


def test_in_another_list_they_are_left_out_and_mean_what_they_always_did():
    titles = ["Nom", "Prénom", "Entreprise", "Motif"]
    found = match(titles)
    assert [(each.title, each.reason, each.field) for each in found.left_out] == [
        ("Entreprise", "pas nécessaire", Field.COMPANY), ("Motif", "pas nécessaire", Field.COMMENT)
    ]  # fmt: skip
    assert set(match(titles, kind=BREAKS).places) == {
        Field.LAST_NAME, Field.FIRST_NAME, Field.COMPANY, Field.MOTIVE
    }  # fmt: skip
    assert not OF_BREAKS & set(fields_of(ListKind.STUDENTS)) and set(fields_of(BREAKS)) == set(Field)
    assert judged(f"{TITLES}\n{WHOLE}\n").people[0].student.extras == {}


@pytest.mark.parametrize(
    ("title", "typed", "read"),
    [
        ("Date de rupture", "12/01/26", "2026-01-12"), ("Fin du contrat", "31/08/2028", "2028-08-31"),
        ("Fin du contrat", "31/08/28", "2028-08-31"), ("Début du contrat", "1er sept. 2024", "2024-09-01"),
    ],
)  # fmt: skip
@time_machine.travel("2026-03-01")
def test_days_are_read_as_those_of_births_and_a_contract_may_end_years_from_now(title, typed, read):
    said, outcome, reasons = told(title, typed)
    assert list(said.values()) == [read]
    assert outcome == ("import_warning" if reasons else "import")
    assert all("deux chiffres" in reason for reason in reasons)


IMPOSSIBLE = "cette date est impossible."


@pytest.mark.parametrize(
    ("title", "typed", "why"),
    [
        ("Date de la rupture", "31/02/2026", IMPOSSIBLE), ("Date de la rupture", "12/01/1806", IMPOSSIBLE),
        ("Date de la rupture", "03/14/2026", IMPOSSIBLE), ("Fin du contrat", "31/08/2099", IMPOSSIBLE),
        ("Date de la rupture", "01/01/2099", "cette date est à venir."),
        ("Date de la rupture", "45000", "un nombre, que le tableur a mis à la place d’une date."),
        ("Fin du contrat", "à la rentrée", "cette date ne se lit pas."),
    ],
)  # fmt: skip
def test_a_wrong_day_goes_to_a_person_and_turns_nobody_away(title, typed, why):
    assert told(title, typed) == ({}, "review", [f"{title} «\u00a0{typed}\u00a0»\u00a0: {why}"])


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ("01/09/2025;31/08/2024;12/01/2026", "Le contrat finit avant de commencer"),
        ("01/09/2025;31/08/2027;12/01/2025", "La rupture précède le début du contrat"),
        ("01/09/2023;31/08/2025;12/01/2026", "La rupture suit la fin prévue du contrat"),
    ],
)
def test_days_that_contradict_each_other_leave_only_the_break(days, sentence):
    said, outcome, (reason,) = told("Début du contrat;Fin du contrat;Date de rupture", days)
    assert (list(said), outcome) == ([Field.BROKEN_ON], "review")
    assert reason.startswith(sentence) and reason.endswith("Les dates du contrat ne sont pas reprises.")


def test_no_day_of_break_is_a_reserve_and_no_column_at_all_is_said_once():
    assert told("Date de rupture;Entreprise", ";Dupont") == (
        {Field.COMPANY: "Dupont"}, "import_warning", [NO_DAY.sentence]
    )  # fmt: skip
    bare = judged_breaks(LEA, titles=NAMES)
    assert bare.people[0].outcome == "import"
    assert any("Aucune colonne ne parle de la rupture" in each for each in bare.notices)
    assert (bare.rule, bare.kind) == (None, BREAKS)


@pytest.mark.parametrize(
    ("typed", "read"),
    [("Choisie", "chosen"), ("CHOISI", "chosen"), ("volontaire", "chosen"), ("à l’initiative du jeune", "chosen"),
     ("Subie", "suffered"), ("initiative employeur", "suffered"), ("NC", None), ("?", None), ("non connu", None)],
)  # fmt: skip
def test_chosen_or_suffered(typed, read):
    said, outcome, reasons = told("Choisie ou subie", typed)
    assert (said.get(Field.CHOSEN), outcome, reasons) == (read, "import", [])


def test_what_says_neither_is_not_guessed():
    said, outcome, (reason,) = told("Choisie ou subie", "commun accord")
    assert (said, outcome) == ({}, "import_warning")
    assert reason == "«\u00a0commun accord\u00a0» ne dit ni choisie, ni subie\u00a0: ce n’est pas repris."


@pytest.mark.parametrize(
    ("typed", "read"),
    [("oui", (True, "")), ("O", (True, "")), ("x", (True, "")), ("non", (False, "")), ("N", (False, "")),
     ("Aucune", (False, "")), ("en recherche", (False, "")), ("non, il refuse", (False, "")), ("", (None, "")),
     ("NC", (None, "")), ("non renseigné", (None, "")), ("oui : la mission locale", (True, "la mission locale")),
     ("Oui (CDD chez Dupont)", (True, "CDD chez Dupont")), ("Mission locale", (True, "Mission locale")),
     ("Ouidah", (True, "Ouidah")), ("Nonancourt", (True, "Nonancourt"))],
)  # fmt: skip
def test_yes_no_and_by_whom(typed, read):
    assert answer(typed) == read


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("oui;PLIE", {"solution_found": "oui", "solution": "PLIE"}), ("oui;", {"solution_found": "oui"}),
        ("non;", {"solution_found": "non"}), (";CDD", {"solution_found": "oui", "solution": "CDD"}),
        (";aucune", {"solution_found": "non"}), ("CDD;", {"solution_found": "oui", "solution": "CDD"}), (";", {}),
        ("non;non", {"solution_found": "non"}),
    ],
)  # fmt: skip
def test_a_question_asked_in_one_column_or_in_two(typed, said):
    assert told("Solution trouvée depuis;Laquelle", typed) == (said, "import", [])


@pytest.mark.parametrize("typed", ["non;CDD", "oui;aucune"])
def test_an_answer_that_contradicts_itself_goes_to_a_person_and_is_not_taken(typed):
    said, outcome, reasons = told("Solution trouvée depuis;Laquelle", typed)
    assert (said, outcome, len(reasons)) == ({}, "review", 1)


# -- What may not come in ----------------------------------------------------------------------------------
def test_what_tells_of_health_is_not_taken_and_a_clinic_may_employ():
    titles = "Entreprise;Secteur;Motif;Suivi par;Solution"
    said, outcome, reasons = told(titles, "Clinique du Parc;Santé;arrêt maladie;un psychologue;hospitalisation")
    assert said == {
        Field.COMPANY: "Clinique du Parc", Field.SECTOR: "Santé", Field.FOLLOWED_ELSEWHERE: "oui",
        Field.SOLUTION_FOUND: "oui",
    }  # fmt: skip
    assert (outcome, reasons) == ("import_warning", ["Un texte libre parle de santé\u00a0: il n’est pas repris."])


@pytest.mark.parametrize(
    ("title", "typed"),
    [("Suivi;Suivi par", "non;un psychologue"), ("Choisie ou subie", "dépression"),
     ("Date de rupture", "arrêt maladie en mars"), ("Suivi;Suivi par", "non;1 85 05 78 006 084 36")],
)  # fmt: skip
def test_what_may_not_come_in_is_not_quoted_either(title, typed):
    said, _, reasons = told(title, typed)
    written = " ".join([*said.values(), *reasons])
    assert not any(word in written for word in ("psychologue", "dépression", "maladie", "006 084"))


def test_a_social_security_number_is_never_taken_and_the_rest_of_the_break_is():
    said, outcome, _ = told("Date de rupture;Motif;NIR", "12/01/2026;voir 1 85 05 78 006 084 36;185057800608436")
    assert (said, outcome) == ({Field.BROKEN_ON: "2026-01-12"}, "review")


def test_what_is_too_long_is_cut_and_said():
    said, outcome, reasons = told("Motif", "a" * 230)
    assert (said, outcome) == ({Field.MOTIVE: "a" * 200}, "import_warning")
    assert reasons == [
        "Champ trop long (motif de la rupture)\u00a0: les 200\u00a0premiers caractères sont repris."
    ]  # fmt: skip


def test_a_list_without_an_ine_warns_of_none_and_ages_are_judged_as_usual():
    young = judged_breaks(f"Petit;Jules;01/02/2012;{WHOLE.split(';', 3)[3]}").people[0]
    assert young.outcome == "review" and "moins de 16" in young.reasons[0]
    assert not any("INE" in reason for reason in young.reasons)
