"""The same person twice, in one list or in the list and the base: told with a reason, never merged."""

import pytest

from beneficiaries.lists.duplicates import find_known, identity_of
from beneficiaries.lists.judging import Judgement
from beneficiaries.lists.likeness import Identity, Likeness, Resemblance, Strength
from tests.lists.hands import judged, outcomes

TITLES = "Nom;Prénom;Né(e) le;INE;Courriel"
ONE, TWO = "1122990011S", "1122990012T"


def listed(*lines: str) -> Judgement:
    return judged("\n".join([TITLES, *lines]))


def told(judgement: Judgement) -> list[tuple[str, list[str]]]:
    return [(each.outcome.value, each.reasons) for each in judgement.lines]


# -- In one list -----------------------------------------------------------------------------------------
NO_INE = "Pas d’INE."
LEA = f"Moreau;Léa;14/03/2006;{ONE};lea@example.org"


@pytest.mark.parametrize(
    ("line", "outcome", "reason"),
    [
        ("Léa;Moreau;14/03/2006;;l@example.org", "review",
         "Ressemble à la ligne 2 (fort)\u00a0: nom et prénom échangés, même date de naissance."),
        ("MOREAU;LEA;14/03/2006;;l@example.org", "review",
         "Ressemble à la ligne 2 (fort)\u00a0: même nom aux accents et traits d’union près et même date de naissance."),
        ("Morau;Léa;14/03/2006;;l@example.org", "review",
         "Ressemble à la ligne 2 (moyen)\u00a0: nom qui se prononce de même, même prénom, même date de naissance."),
        ("Moreau;Léa;15/03/2006;;l@example.org", "review",
         "Ressemble à la ligne 2 (moyen)\u00a0: même nom, un chiffre de la date de naissance diffère."),
        ("Moreau;Léa;14/03/2006;;lea@example.org", "review",
         "Ressemble à la ligne 2 (fort)\u00a0: même nom, même date de naissance et même courriel."),
        ("Roux;Léa;02/11/2005;;lea@example.org", "import_warning",
         "Ressemble à la ligne 2 (faible)\u00a0: même courriel et même prénom."),
        ("Moreau;Léo;14/03/2006;;lea@example.org", "import_warning", None),
    ],
)  # fmt: skip
def test_the_later_of_two_lines_that_look_alike_is_told(line, outcome, reason):
    assert told(listed(LEA, line)) == [("import", []), (outcome, [NO_INE, reason] if reason else [NO_INE])]


def test_both_lines_know_of_each_other_so_that_a_page_can_show_them_side_by_side():
    first, second = listed(LEA, f"Léa;Moreau;14/03/2006;{ONE};").lines
    words = "même INE, nom et prénom échangés"
    assert first.alike == [Likeness(3, Strength.STRONG, words, Resemblance.SWAPPED)]
    assert second.alike == [Likeness(2, Strength.STRONG, words, Resemblance.SWAPPED)]
    assert (first.outcome, first.known, second.known) == ("import", [], [])


def test_one_sentence_tells_all_the_lines_of_one_reason_and_the_strongest_comes_first():
    lines = [
        "Moreau;Léa;15/03/2006;;l1@example.org", "Moreau;Léa;16/03/2006;;l2@example.org",
        f"Moreau;Léa;14/03/2006;{ONE};l3@example.org", f"Moreau;Léa;;{ONE};",
    ]  # fmt: skip
    assert told(listed(*lines))[3][1][-2:] == [
        "Ressemble à la ligne 4 (fort)\u00a0: même INE et même nom, date de naissance d’un seul côté.",
        "Ressemble aux lignes 2, 3 (moyen)\u00a0: même nom, date de naissance d’un seul côté.",
    ]


def test_lines_that_contradict_each_other_both_go_to_a_person():
    swapped = f"Léa;Moreau;14/03/2006;{TWO};"
    reason = "nom et prénom échangés, même date de naissance, autre INE."
    assert [(outcome, reasons[-1]) for outcome, reasons in told(listed(LEA, swapped))] == [
        ("review", f"Ressemble à la ligne 3 (moyen)\u00a0: {reason}"),
        ("review", f"Ressemble à la ligne 2 (moyen)\u00a0: {reason}"),
    ]


def test_a_line_written_twice_is_ignored_and_resembles_nothing():
    found = listed(LEA, LEA, f"MOREAU;Léa;14/03/2006;{ONE};")
    assert list(outcomes(found).values()) == ["import", "ignore", "review"]
    assert [[like.key for like in each.alike] for each in found.lines] == [[4], [], [2]]
    assert found.lines[2].reasons[1:] == ["Même INE et même nom que la ligne 2\u00a0: la même personne\u00a0?"]


# -- Against the base --------------------------------------------------------------------------------------
KNOWN = Identity(2, "Moreau", "", "Léa", identity_of(listed(LEA).lines[0]).birth_date, ONE, "lea@example.org")


@pytest.mark.parametrize(
    ("known", "outcome", "reason"),
    [
        (KNOWN, "review", "même INE et même nom"),
        (KNOWN._replace(ine=""), "review", "même nom, même date de naissance et même courriel"),
        (KNOWN._replace(ine=TWO), "review", "même nom et même date de naissance, autre INE"),
        (KNOWN._replace(last_name="Roux", first_name="Hugo"), "review", "même INE, sous un autre nom"),
        (KNOWN._replace(ine="", last_name="Roux", birth_date=None), "import_warning", "même courriel et même prénom"),
        (KNOWN._replace(ine=TWO, first_name="Zoé"), "import", None),
    ],
)  # fmt: skip
def test_that_somebody_is_known_is_told_and_neither_who_nor_how(known, outcome, reason):
    found = listed(LEA)
    find_known(found.people, [known])
    sentence = "Ressemble à une personne déjà connue\u00a0: comparez."
    assert told(found) == [(outcome, [sentence] if reason else [])]
    assert [(like.key, like.reason) for like in found.lines[0].known] == ([(known.key, reason)] if reason else [])
    assert (found.lines[0].alike, found.counts[found.lines[0].outcome]) == ([], 1)


def test_a_line_that_is_ignored_is_not_looked_for():
    found = listed(LEA, LEA, ";;;;", "Total;2")
    find_known(found.lines, [KNOWN])
    assert [[like.kind for like in each.known] for each in found.lines] == [[Resemblance.SAME], [], [], []]
    assert list(outcomes(found).values()) == ["review", "ignore", "ignore", "ignore"]
