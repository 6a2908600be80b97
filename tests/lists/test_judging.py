"""Judging: one outcome per line, each with its reasons; the gravest reason decides."""

import datetime as dt

import pytest

from beneficiaries.lists.columns import Field
from beneficiaries.lists.outcomes import Outcome
from beneficiaries.lists.rules import Rule
from tests.lists.hands import LEA, TITLES, judged, outcomes, told, told_of

NAMES = "Nom;Prénom"


# -- Ages and dates ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("born", "outcome", "reason"),
    [
        ("31/01/2010", "review", "15\u00a0ans\u00a0: moins de 16\u00a0ans à la date de référence."),
        ("30/01/2010", "import", None),
        ("31/01/2000", "import", None),
        ("30/01/2000", "import_warning", "26\u00a0ans\u00a0: plus de 25\u00a0ans à la date de référence."),
        ("30/01/2026", "review", "0\u00a0ans\u00a0: moins de 16\u00a0ans à la date de référence."),
        ("31/01/2026", "reject", "La date de naissance «\u00a031/01/2026\u00a0» est à venir."),
        ("31/02/2006", "reject", "La date de naissance «\u00a031/02/2006\u00a0» est impossible."),
        ("01/01/1806", "reject", "La date de naissance «\u00a001/01/1806\u00a0» est impossible."),
        ("03/14/2006", "reject", "La date de naissance «\u00a003/14/2006\u00a0» est impossible\u00a0: le mois serait "
         "écrit avant le jour."),
        ("38790", "review", "La date de naissance est devenue un nombre dans un tableur."),
        ("au printemps", "review", "La date de naissance «\u00a0au printemps\u00a0» ne se lit pas."),
        ("", "import_warning", "Pas de date de naissance\u00a0: l’âge n’a pas été vérifié."),
    ],
)  # fmt: skip
def test_ages_are_taken_on_the_reference_date(born, outcome, reason):
    assert told_of(f"{NAMES};Né(e) le", f"Moreau;Léa;{born}") == (outcome, [reason] if reason else [])


def test_another_day_of_reference_gives_another_age():
    content = f"{NAMES};Né(e) le\nMoreau;Léa;31/01/2010\n"
    assert outcomes(judged(content, day=dt.date(2026, 1, 31))) == {2: "import"}


def test_what_the_whole_list_lacks_is_said_once():
    found = judged(f"{NAMES}\nMoreau;Léa\n")
    assert (outcomes(found), found.rule) == ({2: "import"}, Rule.ABSENCE)
    assert found.notices == [
        "Aucune colonne de date de naissance\u00a0: les âges n’ont pas été vérifiés.",
        "Aucune colonne de téléphone, de courriel ni d’adresse.",
    ]


# -- Identity ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("line", "outcome", "reason"),
    [
        (";;05/05/2006", "reject", "Aucun nom\u00a0: cette ligne ne dit pas de qui il s’agit."),
        ("-;/;05/05/2006", "reject", "Aucun nom\u00a0: cette ligne ne dit pas de qui il s’agit."),
        (";Léa;05/05/2006", "review", "Le nom de naissance manque."),
        ("Moreau;;05/05/2006", "review", "Le prénom manque."),
        ("Mor?au;Léa;05/05/2006", "review", "Un caractère a été perdu dans le nom «\u00a0Mor?au\u00a0»."),
        ("Moreau;L\ufffda;05/05/2006", "review", "Un caractère a été perdu dans le prénom «\u00a0L\ufffda\u00a0»."),
        ("?;Léa;05/05/2006", "review", "Un caractère a été perdu dans le nom «\u00a0?\u00a0»."),
        ("Moreau;LÃ©a;05/05/2006", "review", "Le prénom «\u00a0LÃ©a\u00a0» a été encodé deux fois\u00a0: lisez le "
         "fichier avec la réparation."),
        ("+Moreau;Léa;05/05/2006", "review", "Le nom «\u00a0+Moreau\u00a0» est une formule de tableur."),
        ("#REF!;Léa;05/05/2006", "review", "Le nom «\u00a0#REF!\u00a0» est une formule de tableur."),
        ("Moreau2;Léa;05/05/2006", "review", "Le nom «\u00a0Moreau2\u00a0» contient des signes qu’aucun nom ne porte."),
        ("Mor‚au;Léa;05/05/2006", "review", "Le nom «\u00a0Mor‚au\u00a0» contient des signes qu’aucun nom ne porte."),
        ("Forˆt;Léa;05/05/2006", "review", "Le nom «\u00a0Forˆt\u00a0» contient des signes qu’aucun nom ne porte."),
        (f"{'a' * 101};Léa;05/05/2006", "reject", "Champ trop long (nom de naissance)\u00a0: 101\u00a0caractères, 100 "
         "au plus."),
    ],
)  # fmt: skip
def test_a_damaged_identity_goes_to_a_person_and_nobody_is_rejected(line, outcome, reason):
    assert told_of(f"{NAMES};Né(e) le", line) == (outcome, [reason])


def test_no_ordinary_name_is_taken_for_a_damaged_one():
    names = ["O’Brien", "L'Hôte", "Roux, dit Rousset", "Nguyễn", "Şimşek", "Müller-Đặng", "M. Ba", "Sœur (Dupont)", "D"]
    assert [
        outcome for outcome, _ in told(*[f"{name};Léa;05/05/2006" for name in names], titles=f"{NAMES};Né(e) le")
    ] == (["import"] * len(names))


def test_a_whole_name_in_one_cell():
    found = judged("Étudiant;Né(e) le\nLE GOFF Anne;05/05/2006\nAnne Goff;06/05/2006\n")
    assert [(each.student.last_name, each.student.first_name) for each in found.lines] == [
        ("LE GOFF", "Anne"), ("Anne Goff", "")
    ]  # fmt: skip
    assert found.lines[1].reasons == ["Le nom et le prénom sont dans une seule case, et rien ne les distingue."]
    # Without a column of first names, « Nom » holds both.
    assert judged("Nom;Né(e) le\nLE GOFF Anne;05/05/2006\n").people[0].student.first_name == "Anne"


@pytest.mark.parametrize(
    ("ine", "outcome"),
    [("1122990011S", "import"), ("1122 990 011-s", "import"), ("1122990011A", "import_warning"),
     ("990000109AB", "import"), ("0G419900188", "import_warning"), ("", "import_warning"), ("1122990011", "review"),
     ("12345678901234", "review"), ("1,12299E+09", "review")],
)  # fmt: skip
def test_a_wrong_key_warns_or_goes_to_a_person_and_is_never_corrected(ine, outcome):
    found = judged(f"{NAMES};INE;Né(e) le\nMoreau;Léa;{ine};05/05/2006\n")
    assert outcomes(found) == {2: outcome}
    assert found.people[0].student.ine in (ine, "1122990011S", "1,12299E+09".replace(".", ""))


def test_numbers_changed_by_a_spreadsheet_go_to_a_person():
    lost = "Un numéro a été changé par un tableur en notation scientifique\u00a0: ses chiffres sont perdus."
    assert told_of(f"{NAMES};Tél;COD_ETU;Né(e) le", "Moreau;Léa;06 39 98 00 11;2.25E+07;05/05/2006") == (
        "review",
        [lost],
    )


SHIFTED = "Les cases de cette ligne semblent décalées\u00a0: vérifiez ce que contient chacune."


@pytest.mark.parametrize(
    "line",
    ["Moreau;Léa;Marie;14/03/2006;06 39 98 00 11;lea@example.org", "Moreau;14/03/2006;06 39 98 00 11;lea@example.org",
     "Moreau;Léa;14/03/2006;lea@example.org;06 39 98 00 11", "Moreau;Léa;14/03/2006;lea@example.org"],
)  # fmt: skip
def test_shifted_fields_go_to_a_person_and_reject_nobody(line):
    outcome, reasons = told(line)[0]
    assert (outcome, SHIFTED in reasons) == ("review", True)


def test_apogee_cuts_names_and_nobody_else_does():
    cut = f"{'A' * 30};{'B' * 20};05/05/2006"
    assert told_of("LIB_NOM_PAT_IND;LIB_PR1_IND;DATE_NAI_IND", cut)[0] == "import_warning"
    assert told_of(f"{NAMES};Né(e) le", cut)[0] == "import"


# -- Contacts and the rest ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("phone", "email", "outcome"),
    [("06 39 98 00 11", "", "import"), ("", "lea@example.org", "import"), ("", "", "import_warning"),
     ("639980011", "", "import_warning"), ("12", "", "import_warning"), ("0639980011 / 0465710204", "", "review"),
     ("", "lea@gmial.com", "import_warning"), ("", "lea chez example", "import_warning"),
     ("", "a@example.org b@example.org", "review"), ("06 39 98 00 11 (chez sa grand-mère)", "", "reject")],
)  # fmt: skip
def test_means_of_contact(phone, email, outcome):
    assert told(f"Moreau;Léa;05/05/2006;{phone};{email}")[0][0] == outcome


def test_what_cannot_be_stored_is_kept_in_the_line_only():
    line = "Moreau;Léa;05/05/2006;12;lea chez example;4000;ind.;Rue de l'?uvre"
    found = judged(f"{TITLES};CP;Sexe;Adresse\n{line}\n").people[0]
    assert (found.student.phone, found.student.phone_e164, found.student.email) == ("12", "", "")
    assert (found.student.postcode, found.student.sex) == ("", "")
    assert found.record.cells == line.split(";")
    assert found.reasons == [
        "Le sexe «\u00a0ind.\u00a0» n’est pas compris\u00a0: il n’est pas repris.",
        "Le code postal «\u00a04000\u00a0» n’a pas 5 chiffres\u00a0: il n’est pas repris.",
        "Le téléphone «\u00a012\u00a0» ne peut être appelé\u00a0: gardé tel quel.",
        "Le courriel «\u00a0lea chez example\u00a0» n’est pas une adresse\u00a0: il n’est pas repris.",
        "Un caractère a été perdu dans l’adresse.",
    ]


@pytest.mark.parametrize(
    ("typed", "sex"), [("F", "F"), ("Mme", "F"), ("féminin", "F"), ("H", "M"), ("M.", "M"), ("", "")]
)
def test_sex(typed, sex):
    assert judged(f"{NAMES};Civilité\nMoreau;Léa;{typed}\n").people[0].student.sex == sex


NIR = "Un numéro de sécurité sociale figure sur cette ligne\u00a0: il n’est pas repris."


def test_a_social_security_number_is_refused_wherever_it_lies():
    titles = f"{NAMES};Né(e) le;Commentaire;NIR"
    assert told_of(titles, "Moreau;Léa;05/05/2006;n° 2 06 05 34 172 001 45;") == ("review", [NIR])
    assert told_of(titles, "Moreau;Léa;05/05/2006;;206053417200145") == ("review", [NIR])
    asked = judged(f"{titles}\nMoreau;Léa;05/05/2006;2060534172001;\n", mapping={3: Field.COMMENT})
    assert asked.people[0].student.extras == {}


def test_health_is_never_taken():
    content = f"{NAMES};Né(e) le;Commentaire;Parcours santé\nMoreau;Léa;05/05/2006;en dépression;\n"
    assert outcomes(judged(content)) == {2: "import_warning"}
    asked = judged(content, mapping={3: Field.COMMENT})
    assert (outcomes(asked), asked.people[0].student.extras) == ({2: "review"}, {})
    studies = f"{NAMES};Né(e) le;Filière\nMoreau;Léa;05/05/2006;Soins infirmiers\n"
    assert outcomes(judged(studies)) == {2: "import"}


# -- Rules ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("registered", "courses", "outcome"),
    [("O", "0", "import"), ("oui", "non", "import"), ("O", "", "review"), ("O", "6", "review"),
     ("N", "0", "review"), ("", "0", "review"),
     ("O", "beaucoup", "review")],
)  # fmt: skip
def test_registered_without_courses(registered, courses, outcome):
    titles = f"{NAMES};Né(e) le;TEM_IAE;NB_IP"
    found = judged(f"{titles}\nMoreau;Léa;05/05/2006;{registered};{courses}\n")
    assert (found.rule, outcomes(found)) == (Rule.IA_IP, {2: outcome})


def test_a_rule_that_cannot_be_checked_says_so():
    found = judged(f"{TITLES}\n{LEA}\n", rule=Rule.IA_IP)
    assert found.notices == ["La règle ia-ip n’a pu être vérifiée, faute de TEM_IAE et NB_IP."]
    assert judged(f"{TITLES}\n{LEA}\n", rule=Rule.ABSENCE).notices == []


@pytest.mark.parametrize(
    ("title", "said", "outcome"),
    [("Absent", "oui", "import"), ("Absent", "ABI", "import"), ("Absences", "3", "import"), ("Absent", "", "import"),
     ("Absent", "non", "review"), ("Absences", "0", "review"), ("Absent", "ABJ", "import_warning"),
     ("Présent", "non", "import"), ("Présent", "oui", "review"), ("Présence", "présente", "review")],
)  # fmt: skip
def test_absent_from_the_exams(title, said, outcome):
    assert told_of(f"{NAMES};Né(e) le;{title}", f"Moreau;Léa;05/05/2006;{said}", rule=Rule.ABSENCE)[0] == outcome


# -- The same person twice -------------------------------------------------------------------------------
KEYED = f"INE;{NAMES};Né(e) le"
ONE, TWO = "1122990011S", "1122990012T"


def test_an_identical_line_is_ignored_and_counted():
    found = judged(f"{KEYED}\n{ONE};Moreau;Léa;05/05/2006\n{ONE};Moreau ;Léa;05/05/2006\nTotal;2\n")
    assert outcomes(found) == {2: "import", 3: "ignore", 4: "ignore"}
    assert found.lines[1].reasons == ["Ligne identique à la ligne 2."]
    assert (found.announced, found.counts[Outcome.IGNORE], found.notices[:1]) == (
        2, 2, ["Aucune colonne de téléphone, de courriel ni d’adresse."]
    )  # fmt: skip


def test_one_key_and_two_names_go_to_a_person():
    assert told(f"{ONE};Moreau;Léa;05/05/2006", f"{ONE};Le Goff;Anne;06/05/2006", titles=KEYED) == [
        ("review", ["Même INE que la ligne 3, sous un autre nom."]),
        ("review", ["Même INE que la ligne 2, sous un autre nom."]),
    ]


def test_one_name_one_day_and_two_keys_go_to_a_person():
    assert told(f"{ONE};MOREAU;LEA;05/05/2006", f"{TWO};Moreau;Léa;05/05/06", titles=KEYED) == [
        ("review", ["Même nom et même date de naissance que la ligne 3, autre INE."]),
        ("review", [
            "Année sur deux chiffres\u00a0: «\u00a005/05/06\u00a0» lu 05/05/2006.",
            "Même nom et même date de naissance que la ligne 2, autre INE.",
        ]),
    ]  # fmt: skip


def test_one_person_registered_twice_comes_in_once():
    titles = f"{KEYED};Filière"
    lines = [f"{ONE};Moreau;Léa;05/05/2006;L1 AES", f"{ONE};Moreau;Léa;05/05/2006;L1 PSY"]
    again = "Même INE et même nom que la ligne 2\u00a0: la même personne\u00a0?"
    assert told(*lines, titles=titles) == [("import", []), ("review", [again])]
    unkeyed = [line.replace(ONE, "") for line in lines]
    again = "Même nom et même date de naissance que la ligne 2\u00a0: la même personne\u00a0?"
    assert [reasons[1:] for _, reasons in told(*unkeyed, titles=titles)] == [[], [again]]
    other_day = [lines[0], lines[1].replace("05/05/2006", "06/05/2006")]
    assert [outcome for outcome, _ in told(*other_day, titles=titles)] == ["review", "review"]


def test_twins_are_two_people():
    assert [outcome for outcome, _ in told(
        f"{ONE};Moreau;Léa;05/05/2006", f"{TWO};Moreau;Zoé;05/05/2006", titles=KEYED
    )] == ["import", "import"]  # fmt: skip


def test_homonyms_without_a_date_are_asked_about():
    assert told("Moreau;Léa;L1", "Moreau;Léa;L2", titles=f"{NAMES};Filière")[1] == (
        "review", ["Même nom, sans date, que la ligne 2\u00a0: la même personne\u00a0?"]
    )  # fmt: skip
