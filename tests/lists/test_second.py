"""Two lists: who is certainly in the second is not of the first, who only resembles somebody there goes to a person."""

from itertools import product

import pytest

from beneficiaries.lists.choices import Choices
from beneficiaries.lists.judging import judge
from beneficiaries.lists.kinds import ListKind
from beneficiaries.lists.receiving import receive
from beneficiaries.lists.second import Registered, SecondRefused, judge_difference, notices_of, read_second
from beneficiaries.lists.telling import as_data, as_text
from partaj.uploads.refusal import NOTHING_KEPT, UploadRefused
from tests.lists.hands import DAY

TITLES = "INE;COD_ETU;Nom;Prénom;Date de naissance;Courriel"
LEA, HUGO, KARIM = "1122990011S", "1122990012T", "1122990013V"  # well made


def difference(first, second, *, titles=TITLES, second_titles=TITLES):
    """Outcome and reasons of each line of the first list; DAY is the day of reference."""
    one, other = ("\n".join([names, *lines, ""]).encode() for names, lines in
                  ((titles, first), (second_titles, second)))  # fmt: skip
    return judge_difference(one, other, reference_date=DAY)


def told(first, second, **titles):
    (each,) = difference([first], [second], **titles).people
    return each.outcome.value, each.reasons, each.second_line


THERE = ("ignore", ["Inscrite pédagogiquement\u00a0: ligne 2 de la seconde liste."], 2)


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (f"{LEA};1;Moreau;Léa;14/03/2006;a@example.org", f"{LEA};2;MOREAU;Lea;;"),
        (f"{LEA};;Moreau;Léa;14/03/2006;a@example.org", f"{LEA};;Moreau;Léa;15/04/2006;"),  # one date is mistyped
        (f"{LEA};;Moreau;Léa;14/03/2006;a@example.org", f"{LEA};;Moraux;Lea;14/03/2006;"),  # so is one name
        (";0022501001;Moreau;Léa;14/03/2006;a@example.org", f"{LEA};22501001;Moreau;Léa;;"),
        (";;Le Goff;Anne-Laure;14/03/2006;a@example.org", ";;LE-GOFF;ANNE LAURE;2006-03-14;"),
        (";1;Moreau;Léa;14/03/2006;a@example.org", f"{LEA};2;Moreau;Léa;14/03/2006;"),  # numbers are of two offices
    ],
)
def test_who_is_certainly_there_is_not_of_the_list(mine, theirs):
    assert told(mine, theirs) == THERE


@pytest.mark.parametrize(
    ("mine", "theirs", "reason"),
    [
        (f"{LEA};;Moreau;Léa;14/03/2006;a@example.org", f"{LEA};;Durand;Paul;01/01/2005;",
         "Même INE que la ligne 2 de la seconde liste, sous un autre nom."),
        (";22501001;Moreau;Léa;14/03/2006;a@example.org", ";22501001;Durand;Paul;01/01/2005;",
         "Même numéro d’étudiant que la ligne 2 de la seconde liste, sous un autre nom."),
        (f"{LEA};22501001;Moreau;Léa;14/03/2006;a@example.org", f"{HUGO};22501001;Moreau;Léa;;",
         "Même numéro d’étudiant que la ligne 2 de la seconde liste, autre INE."),
        (f"{LEA};;Moreau;Léa;14/03/2006;a@example.org", f"{HUGO};;Moreau;Léa;14/03/2006;",
         "Même nom et même date de naissance que la ligne 2 de la seconde liste, autre INE."),
    ],
)  # fmt: skip
def test_what_contradicts_itself_goes_to_a_person(mine, theirs, reason):
    outcome, reasons, line = told(mine, theirs)
    assert (outcome, line) == ("review", None)
    assert reason in reasons


@pytest.mark.parametrize(
    ("mine", "theirs", "outcome", "reason"),
    [
        (";;Moreau;Léa;14/03/2006;", ";;Léa;Moreau;14/03/2006;", "review",
         "Ressemble à la ligne 2 de la seconde liste (fort)\u00a0: nom et prénom échangés, même date de naissance."),
        (";;Moreau;Léa;14/03/2006;", ";;Moreau;Léa;14/03/2007;", "review",
         "Ressemble à la ligne 2 de la seconde liste (moyen)\u00a0: même nom, un chiffre de la date de naissance "
         "diffère."),
        (";;Moreau;Léa;;", ";;Moreau;Léa;14/03/2006;", "review",
         "Ressemble à la ligne 2 de la seconde liste (moyen)\u00a0: même nom, date de naissance d’un seul côté."),
        (";;Moreau;Léa;14/03/2006;l@example.org", ";;Moreau;Max;01/05/2009;l@example.org", None, None),  # a brother
        (";;Moreau;Léa;14/03/2006;", ";;Moreau;Lou;14/03/2006;", None, None),  # a twin
    ],
)  # fmt: skip
def test_who_only_resembles_somebody_there(mine, theirs, outcome, reason):
    found = told(mine, theirs)
    seen = [each for each in found[1] if "seconde liste" in each]
    assert (found[0] if seen else None, seen, found[2]) == (outcome, [reason] if reason else [], None)


def test_somebody_is_there_once_for_each_of_their_courses():
    courses = [f";;Léa;Moreau;14/03/2006;{course}@example.org" for course in ("a", "b", "c")]
    (each,) = difference([";;Moreau;Léa;14/03/2006;"], courses).people
    assert [reason for reason in each.reasons if "seconde" in reason] == [
        "Ressemble aux lignes 2, 3, 4 de la seconde liste (fort)\u00a0: nom et prénom échangés, même date de naissance."
    ]


def test_a_wrong_number_in_the_second_list_does_not_hide_the_right_line():
    theirs = [f"{LEA};;Durand;Paul;01/01/2005;", ";;Moreau;Léa;14/03/2006;"]
    (each,) = difference([f"{LEA};;Moreau;Léa;14/03/2006;"], theirs).people
    assert each.second_line == 3


def test_a_second_list_of_numbers_alone_is_enough():
    titles = "COD_ETU;LIB_ETP"
    found = difference(
        [f"{LEA};22501001;Moreau;Léa;14/03/2006;a@example.org", ";22501002;Petit;Max;14/03/2006;b@example.org"],
        ["22501001;L1 AES", "22501001;L1 Droit", "22501009;L1 AES"], second_titles=titles,
    )  # fmt: skip
    assert [each.second_line for each in found.people] == [2, None]
    # Where it gives a day of birth too, another one contradicts.
    outcome, reasons, _ = told(
        ";22501001;Moreau;Léa;14/03/2006;a@example.org", "22501001;01/01/1999", second_titles="COD_ETU;Né(e) le"
    )
    assert (outcome, reasons[-1]) == (
        "review", "Même numéro d’étudiant que la ligne 2 de la seconde liste, autre date de naissance.",
    )  # fmt: skip


def test_numbers_that_a_spreadsheet_has_spoilt_tell_nobody():
    """Its digits lost, one number is everybody's: it would leave out whoever bears it."""
    outcome, _, line = told(";2,25E+11;Moreau;Léa;14/03/2006;a@example.org", "2,25E+11", second_titles="COD_ETU")
    assert (outcome, line) == ("review", None)


@pytest.mark.parametrize(
    ("title", "number"), [("COD_ETU", "22501001"), ("INE", LEA), ("Numéro d’étudiant", "22501001")]
)
def test_one_column_of_numbers_is_a_second_list(title, number):
    mine = f"{LEA};22501001;Moreau;Léa;14/03/2006;a@example.org"
    assert told(mine, number, second_titles=title) == THERE
    with pytest.raises(UploadRefused):  # whose people must be named, to be called
        told(mine, number, titles=title)


def test_being_there_outweighs_what_is_doubtful_or_wrong_in_the_line():
    young = f"{LEA};;Moreau;Léa;14/03/2015;a@example.org"
    impossible = f"{LEA};;Moreau;Léa;31/02/2006;a@example.org"
    assert told(young, f"{LEA};;Moreau;Léa;;") == told(impossible, f"{LEA};;Moreau;Léa;;") == THERE


def test_the_dropout_rule_does_not_apply_and_the_difference_is_printed():
    titles = "Nom;Prénom;Date de naissance;Courriel;TEM_IAE;NB_IP"
    found = difference(
        ["Moreau;Léa;14/03/2006;a@example.org;N;5", "Petit;Max;15/03/2006;b@example.org;O;0"],
        ["Petit;Max;15/03/2006;b@example.org;O;5"], titles=titles, second_titles=titles,
    )  # fmt: skip
    assert [(each.outcome.value, each.second_line) for each in found.people] == [("import", None), ("ignore", 2)]
    assert (found.rule, found.notices, notices_of(found)) == (None, [], [])
    text = as_text(found)
    assert "Règle\u00a0: inscrits, moins les inscrits pédagogiques (1\u00a0personne lue dans le second fichier)" in text
    assert sum(found.counts.values()) == len(found.lines)


def test_each_list_is_read_in_its_own_way_and_both_are_told():
    one = "INE;Nom;Prénom;Né(e) le\n1122990011S;Lefèvre;Zoé;14/03/2006\n;Petit;Max;15/03/2006\n".encode()
    other = "Extraction du 1er mars\nPrénom,NOM,Identifiant national\nZoé,LEFÈVRE,1122990011S\n".encode("cp1252")
    data = as_data(judge_difference(one, other, reference_date=DAY))
    assert data.keys() == {"file", "counts", "rows"}
    assert data["file"]["encoding"] == "utf-8"
    assert data["counts"]["ignore"] == 1
    assert "Seconde liste\u00a0: CSV, Windows (cp1252), virgule, titres à la ligne 2" in data["file"]["message"]


def test_the_order_of_the_dates_is_that_of_both():
    one, other = (f"{TITLES}\n;;{name};Léa;03/14/2006;\n".encode() for name in ("Moreau", "MOREAU"))
    found = judge_difference(one, other, reference_date=DAY, choices=Choices(date_order="mdy"))
    assert [each.second_line for each in found.people] == [2]


def test_names_encoded_twice_in_the_second_list_are_recognised_all_the_same():
    other = f"{TITLES}\n;;Lefèvre;Zoé;14/03/2006;\n".encode().decode("cp1252").encode()
    found = judge_difference(f"{TITLES}\n;;Lefèvre;Zoé;14/03/2006;\n".encode(), other, reference_date=DAY)
    assert [each.second_line for each in found.people] == [2]


@pytest.mark.parametrize(
    ("second", "second_titles", "notice"),
    [
        ("Petit;Max", "Nom;Prénom", "Sans INE, numéro d’étudiant ni date de naissance, personne n’y est reconnu"),
        (f"{HUGO};;Petit;Max;15/03/2006;", TITLES, "Personne de la première n’y est reconnu à coup sûr"),
        (f"{LEA};;Moreau;Léa;14/03/2006;", TITLES, "Elle contient toute la première"),
        (f"{HUGO};;Petit;Max;15/03/2006;\nTotal : 412", TITLES, "Le fichier annonce 412\u00a0personnes"),
    ],
)
def test_lists_that_may_be_the_wrong_ones_are_told(second, second_titles, notice):
    found = difference([f"{LEA};;Moreau;Léa;14/03/2006;a@example.org"], [second], second_titles=second_titles)
    assert [each for each in notices_of(found) if each.startswith(f"Seconde liste. {notice}")]


GOOD, BAD = f"{TITLES}\n;;Moreau;Léa;14/03/2006;\n".encode(), b"Couleur;Taille\nrouge;3\n"


@pytest.mark.parametrize("content", [b"", BAD, b'Nom;Prenom\n"Moreau;Lea\n', b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_a_file_that_cannot_be_read_is_named(content):
    with pytest.raises(SecondRefused) as refusal:
        judge_difference(GOOD, content, reference_date=DAY)
    assert refusal.value.message.startswith("Seconde liste (les inscrits pédagogiques)\u00a0: ")
    assert refusal.value.message.count(NOTHING_KEPT) == 1
    with pytest.raises(UploadRefused) as refusal:
        judge_difference(content, GOOD, reference_date=DAY)
    assert refusal.value.message.startswith("Première liste (tous les inscrits)\u00a0: ")
    assert not isinstance(refusal.value, SecondRefused)


def test_nobody_is_compared_with_everybody():
    """Six hundred who are registered, six hundred who are not, all born on one day."""
    names = ["".join(each) for each in product("BDFGLMPRTV", "aeiou", "bdglmnrtvz", "aeo")][:1200]
    mine, theirs = ([f";;{name};Léa;14/03/2006;" for name in half] for half in (names, names[::2]))
    one, other = (receive("\n".join([TITLES, *lines]).encode()) for lines in (mine, theirs))
    registered = Registered(read_second(other, reference_date=DAY, choices=Choices()))
    people = judge(one, reference_date=DAY, kind=ListKind.DIFFERENCE).people
    for each in people:
        registered.judge(each)
    assert sum(each.second_line is not None for each in people) == 600
    assert registered.people.compared < 40 * len(people)
