"""Likely duplicates: what looks alike is proposed with a reason and a strength, and twins are two people."""

import datetime as dt
import itertools
import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from beneficiaries.demo.names import BOYS, GIRLS
from beneficiaries.lists.first_names import LOOKALIKES
from beneficiaries.lists.likeness import MOST_COMPARED, MOST_SHARING, MOST_TOLD, Identity, Likeness, People
from beneficiaries.lists.phonetics import sound
from tests.proof.thorough import looking

DAY = dt.date(2006, 3, 14)
ONE, TWO = "1122990011S", "1122990012T"  # two INE that are well made
TYPED_WRONG = "1122990011A"  # and one whose letter is not that of its digits


def who(last: str, first: str, born: str | None = "14/03/2006", key: int = 1, usage: str = "", **more: str) -> Identity:
    day = dt.datetime.strptime(born, "%d/%m/%Y").date() if born else None
    return Identity(key, last, usage, first, day, **more)


def likeness(one: Identity, other: Identity) -> Likeness | None:
    """What each says of the other, which is the same."""
    found, back = People([other]).alike(one), People([one]).alike(other)
    assert [each[1:] for each in found] == [each[1:] for each in back]
    return found[0] if found else None


def said(one: Identity, other: Identity) -> tuple[str, str] | None:
    found = likeness(one, other)
    return (found.strength.value, found.reason) if found else None


# -- The same person in another writing --------------------------------------------------------------------
@pytest.mark.parametrize(
    ("one", "other", "strength", "reason"),
    [
        ("Moreau|Léa", "MOREAU|LÉA", "strong", "même nom et"),
        ("Moreau|Léa", "MOREAU|LEA", "strong", "même nom aux accents et traits d’union près et"),
        ("Muñoz-Le Guen|Léa", "MUNOZ LE GUEN|LEA", "strong", "même nom aux accents et traits d’union près et"),
        ("L'Hôte|Léa", "L’Hôte|Léa", "strong", "même nom et"),
        ("Le Goff|Anne", "Legoff|Anne", "strong", "même nom aux espaces près et"),
        ("De La Tour|Luc", "DELATOUR|LUC", "strong", "même nom aux espaces près et"),
        ("El Hadj-Ali|Yasmine", "Elhadjali|Yasmine", "strong", "même nom aux espaces près et"),
        ("D’Almeida|João", "Almeida|João", "medium", "même nom sans sa particule, même prénom et"),
        ("Da Silva|Inês", "Silva|Inês", "medium", "même nom sans sa particule, même prénom et"),
        ("Moreau|Léa", "Léa|Moreau", "strong", "nom et prénom échangés,"),
        ("Le Goff|Anne", "Anne|Legoff", "strong", "nom et prénom échangés,"),
        ("Lefèvre|Céline", "Céline|Lefebvre", "medium", "nom et prénom échangés, à une lettre ou un son près,"),
        ("Nguyen Thi|Mai", "Nguyen|Thi Mai", "strong", "mêmes mots, répartis autrement entre nom et prénom,"),
        ("Garcia Lopez|Ana", "Garcia|Ana", "medium", "nom donné en partie, même prénom,"),
        ("D’Almeida Souza|João", "Dalmeida|João", "medium", "nom donné en partie, même prénom,"),
        ("Da Silva Pereira|Inês", "Silva|Inês", "medium", "nom donné en partie, même prénom,"),
        ("Moreau|Marie-Claire", "Moreau|Marieclaire", "strong", "même nom, même prénom aux espaces près et"),
        ("Moreau|Marie-Claire", "Moreau|Marie", "medium", "même nom, prénom composé donné en partie,"),
        ("Moreau|Marie-Claire", "Moreau|Claire", "weak", "même nom, prénom composé réduit à son second,"),
        ("Lefèvre|Marie-Claire", "Lefebvre|Marie", "weak",
         "nom qui se prononce de même, prénom composé donné en partie,"),
    ],
)  # fmt: skip
def test_another_writing_of_one_name(one, other, strength, reason):
    assert said(who(*one.split("|")), who(*other.split("|"))) == (strength, f"{reason} même date de naissance")


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("Lefèvre|Anne", "Lefebvre|Anne", "nom qui se prononce de même, même prénom"),
        ("Schneider|Anne", "Chnaider|Anne", "nom qui se prononce de même, même prénom"),
        ("Dupont|Anne", "Dupond|Anne", "nom qui se prononce de même, même prénom"),
        ("Rodrigues|Anne", "Rodriguez|Anne", "nom qui se prononce de même, même prénom"),
        ("Moreau|Thibault", "Moreau|Tibo", "même nom, prénom qui se prononce de même"),
        ("Moreau|Philippe", "Moreau|Filip", "même nom, prénom qui se prononce de même"),
        ("Moreau|Sara", "Moreau|Sarah", "même nom, prénom qui se prononce de même"),
        ("Moreau|Éliot", "Moreau|Éliott", "même nom, prénom qui se prononce de même"),
        ("Moreau|Jean-Mathieu", "Moreau|Jean-Matthieu", "même nom, prénom qui se prononce de même"),
        ("Lefèvre|Mathieu", "Lefebvre|Matthieu", "nom et prénom qui se prononcent de même"),
        ("Moreau|Anne", "Morneau|Anne", "une lettre d’écart dans le nom, même prénom"),
        ("Moreau|Anne", "Moerau|Anne", "une lettre d’écart dans le nom, même prénom"),
        ("Mor?au|Anne", "Moreau|Anne", "une lettre d’écart dans le nom, même prénom"),
        ("Moreau|Alexandre", "Moreau|Alexnadre", "même nom, une lettre d’écart dans le prénom"),
        ("Moreau|Jean-Sébastien", "Moreau|Jean-Sébatien", "même nom, une lettre d’écart dans le prénom"),
    ],
)  # fmt: skip
def test_one_sound_or_one_letter_is_one_thing_that_differs(one, other, reason):
    assert said(who(*one.split("|")), who(*other.split("|"))) == ("medium", f"{reason}, même date de naissance")


def test_the_birth_name_of_one_is_the_usage_name_of_the_other():
    reason = "nom de naissance de l’un et nom d’usage de l’autre, même prénom, même date de naissance"
    assert said(who("Lefèvre", "Céline", usage="Œhmichen"), who("OEHMICHEN", "Céline")) == ("strong", reason)
    reason = "même nom d’usage, même prénom et même date de naissance"
    assert said(who("Lefèvre", "Céline", usage="Roux"), who("Martin", "Céline", usage="ROUX")) == ("medium", reason)
    assert said(who("Lefèvre", "Céline", usage="Roux"), who("Martin", "Céline")) is None


def test_names_cut_by_apogee_begin_those_that_are_known():
    cut = who("DA SILVA DE OLIVEIRA PEREIRA D", "MARIA DA CONCEIÇÃO A")
    assert (len(cut.last_name), len(cut.first_name)) == (30, 20)
    known = who("da Silva de Oliveira Pereira dos Santos", "Maria da Conceição Almeida")
    reason = "nom et prénom coupés à 30 et 20\u00a0caractères, même date de naissance"
    assert said(cut, known) == ("medium", reason)
    reason = "nom coupé à 30\u00a0caractères, même prénom, même date de naissance"
    assert said(cut, known._replace(first_name="Maria da Conceição A")) == ("medium", reason)
    assert said(cut._replace(last_name=cut.last_name[:25]), known) is None


# -- Dates ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("born", "other", "expected"),
    [
        ("14/03/2006", "14/03/2006", ("strong", "même nom et même date de naissance")),
        ("14/03/2006", "15/03/2006", ("medium", "même nom, un chiffre de la date de naissance diffère")),
        ("14/03/2006", "14/03/2003", ("medium", "même nom, un chiffre de la date de naissance diffère")),
        ("12/03/2006", "21/03/2006", ("medium", "même nom, deux chiffres de la date de naissance échangés")),
        ("04/03/2006", "03/04/2006", ("medium", "même nom, jour et mois de naissance échangés")),
        ("14/03/2006", None, ("medium", "même nom, date de naissance d’un seul côté")),
        (None, None, ("medium", "même nom, sans date de naissance")),
        ("14/03/2006", "25/03/2006", None),
        ("14/03/2006", "02/11/2005", None),
    ],
)  # fmt: skip
def test_dates_agree_or_nearly_or_say_that_homonyms_are_two_people(born, other, expected):
    assert said(who("Moreau", "Léa", born), who("Moreau", "Léa", other)) == expected


def test_two_things_that_differ_are_weak_and_three_are_nothing():
    lefevre, lefebvre = who("Lefèvre", "Léa"), who("Lefebvre", "Léa", "15/03/2006")
    reason = "nom qui se prononce de même, même prénom, un chiffre de la date de naissance diffère"
    assert said(lefevre, lefebvre) == ("weak", reason)
    assert said(who("Lefèvre", "Marie-Claire"), who("Lefebvre", "Claire", "15/03/2006")) is None
    assert said(lefevre, lefebvre._replace(birth_date=None)) is None  # homonyms are many, and those are less


# -- INE -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (who("Moreau", "Léa", ine=ONE), who("MOREAU", "Léa", ine=ONE), ("strong", "même INE et même nom")),
        (who("Moreau", "Léa", ine=ONE), who("Léa", "Moreau", ine=ONE), ("strong", "même INE, nom et prénom échangés")),
        (who("Moreau", "Léa", ine=ONE), who("Moreau", "Léa", "02/11/2005", ine=ONE),
         ("strong", "même INE et même nom, autre date de naissance")),
        (who("Moreau", "Léa", ine=ONE), who("Moreau", "Léa", None, ine=ONE),
         ("strong", "même INE et même nom, date de naissance d’un seul côté")),
        (who("Moreau", "Léa", ine=ONE), who("Roux", "Hugo", "02/11/2005", ine=ONE),
         ("medium", "même INE, sous un autre nom")),
        (who("Moreau", "Léa", ine=ONE), who("Moreau", "Léa", ine=TWO),
         ("medium", "même nom et même date de naissance, autre INE")),
        (who("Moreau", "Léa", ine=ONE), who("Moreau", "Léa", "15/03/2006", ine=TWO), None),
        (who("Moreau", "Léa", None, ine=ONE), who("Moreau", "Léa", None, ine=TWO), None),
        (who("Lefèvre", "Léa", ine=ONE), who("Lefebvre", "Léa", ine=TWO), None),
        (who("Moreau", "Marie-Claire", ine=ONE), who("Moreau", "Marie", ine=TWO), None),
        (who("Lefèvre", "Léa", ine=ONE), who("Lefebvre", "Léa", ine=TYPED_WRONG),
         ("medium", "nom qui se prononce de même, même prénom, même date de naissance")),
        (who("Moreau", "Léa", ine="néant"), who("Roux", "Hugo", "02/11/2005", ine="néant"), None),
    ],
)  # fmt: skip
def test_an_ine_brings_together_and_keeps_apart(one, other, expected):
    assert said(one, other) == expected


# -- Means of contact ------------------------------------------------------------------------------------
LEA = who("Moreau", "Léa", email="lea@example.org", phone="+33639980011")


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (who("Moreau", "Léa", email="lea@example.org"), ("same", "même nom, même date de naissance et même courriel")),
        (who("Moreau", "Léa", phone="0639980011", ine=ONE),
         ("same", "même nom, même date de naissance et même téléphone")),
        (who("Moreau", "Léa", "02/11/2005", phone="0639980011"),
         ("same_contact", "même nom et même téléphone, autre date de naissance")),
        (who("Morot", "Léa", "02/11/2005", phone="0639980011"),
         ("same_contact", "nom qui se prononce de même, même prénom, même téléphone, autre date de naissance")),
        (who("Roux", "Léa", "02/11/2005", email="lea@example.org"), ("same_contact", "même courriel et même prénom")),
        (who("Roux", "Léa", email="lea@example.org"),
         ("same_contact", "même courriel, même prénom et même date de naissance")),
        (who("Roux", "Inaya", email="lea@example.org"), ("same_contact", "même courriel et même date de naissance")),
        (who("Moreau", "Hugo", "02/11/2009", phone="0639980011"), None),  # her brother
        (who("Moreau", "Zoé", email="lea@example.org"), None),  # her twin
        (who("Zoé", "Moreau", email="lea@example.org"), None),  # her twin, written the other way round
        (who("Moreau-Roux", "Zoé", phone="0639980011"), None),
        (who("Roux", "Hugo", "02/11/1970", email="lea@example.org", phone="0639980011"), None),  # their father
    ],
)  # fmt: skip
def test_a_means_of_contact_needs_another_thing_that_agrees(other, expected):
    found = likeness(LEA, other)
    assert (found and (found.kind.value, found.reason)) == expected


def test_the_telephone_of_a_hostel_brings_nobody_together():
    of_hostel = [who("Roux", f"Inaya{number}", key=number, phone="0639980011") for number in range(2, MOST_SHARING + 2)]
    assert len(People(of_hostel).alike(LEA)) == MOST_TOLD
    assert People([*of_hostel, who("Roux", "Jade", key=99, phone="0639980011")]).alike(LEA) == []


# -- Twins -----------------------------------------------------------------------------------------------
TWINS = [
    "Léa/Léo", "Lina/Nina", "Louis/Louise", "Emma/Anna", "Yanis/Anis", "Hugo/Ugo", "Marie/Maria", "Lucas/Luc",
    "Jean/Jeanne", "Gabriel/Gabrielle", "Michel/Michèle", "Daniel/Danielle", "Pascal/Pascale", "Émile/Émilie",
    "Valentin/Valentine", "Clément/Clémence", "Julien/Julian", "Julie/Julia", "Lola/Lila", "Sara/Zara", "Saïd/Zaïd",
    "Adam/Adem", "Noah/Noé", "Noa/Noah", "Maël/Maëlle", "Maëlle/Mahel", "Maëlys/Maëlie", "Rayan/Ryan", "Elsa/Ella",
    "Ayla/Ella", "Élise/Élisa", "Laure/Laura", "Clara/Claire", "Eva/Ève", "Sofia/Sophie", "Lise/Lisa", "Tom/Tim",
    "Stéphane/Stéphanie", "Frédéric/Frédérique", "Christian/Christiane", "Christiane/Christine", "Floriane/Florine",
    "Alexandre/Alexandra", "Yassine/Yasmine", "Mathis/Mathias", "Nathan/Nathanaël", "Élio/Éliot", "Nicolas/Nicola",
    "Camille/Kamil", "Anaïs/Anne", "Eddie/Édith", "Jack/Jacques", "Rosalie/Rosaline", "Aurélie/Aurélien",
    "Antoine/Antonine", "Karim/Karine", "Amine/Amina", "Samir/Samira", "Marie-Anne/Marie-Claire", "Anne-Lise/Anne-Lie",
    "Mohamed-Ali/Mohamed-Amine", "Jean-Louis/Jean-Louise",
]  # fmt: skip


@pytest.mark.parametrize("names", TWINS)
def test_twins_are_two_people(names):
    one, other = (who("Moreau", first, phone="0639980011", email="famille@example.org") for first in names.split("/"))
    assert likeness(one, other) is None
    assert likeness(one._replace(ine=ONE), other._replace(ine=TWO)) is None
    assert likeness(one, other._replace(last_name=other.first_name, first_name=other.last_name)) is None


def test_a_girl_and_a_boy_of_two_first_names_are_two_people():
    girl, boy = who("Moreau", "Sasha", sex="F"), who("Moreau", "Sacha", sex="M")
    assert likeness(girl, boy) is None and likeness(girl, boy._replace(sex="")) is not None
    assert said(girl, boy._replace(first_name="SASHA")) == ("strong", "même nom et même date de naissance")


def test_no_two_first_names_of_the_demonstration_are_taken_for_one():
    alike = {
        (one, other)
        for one, other in itertools.combinations([*GIRLS, *BOYS], 2)
        if likeness(who("Roux", one), who("Roux", other))
    }
    assert alike == {("Jérémie", "Jérémy"), ("Baptiste", "Jean-Baptiste")}


def test_the_listed_names_that_look_alike_are_two_people_and_do_look_alike():
    for one, other in map(sorted, LOOKALIKES):
        assert likeness(who("Roux", one), who("Roux", other)) is None
    close = {name for one, other in LOOKALIKES if sound(one) == sound(other) or OSA.distance(one, other) == 1
             for name in (one, other)}  # fmt: skip
    assert close == {name for pair in LOOKALIKES for name in pair}


# -- Sounds ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "names",
    ["lefevre lefebvre", "thibault tibo thibaut thibaud", "philippe filip", "schneider chnaider", "moreau moro moraud",
     "gauthier gautier gotier", "laurent lorant", "vincent vinsent", "roux rou", "jerome gerome", "chloe cloe kloe",
     "mickael mikael", "yohan yoann", "aicha aisha", "benoist benoit", "renault renaud reno", "schmitt schmidt",
     "lopes lopez", "christophe kristof", "alexandre aleksandre", "bouchez bouche", "walid oualid", "djamel jamel",
     "beaucamp beaucamps", "nguyen nguien", "leclercq leclerc", "guylaine guilaine"],
)  # fmt: skip
def test_spellings_of_one_sound(names):
    found = {name: sound(name) for name in names.split()}
    assert len(set(found.values())) == 1, found


@pytest.mark.parametrize(
    "names",
    ["guerin gerin", "julien julian", "martin martine", "clement clemence", "karim karin", "maya mea", "ayla ella",
     "maelie maelys", "zara sara", "ruben ruban", "simon simone", "roux rousse", "charlot charlotte"],
)  # fmt: skip
def test_names_that_do_not_sound_alike(names):
    one, other = names.split()
    assert sound(one) != sound(other)


# -- Many people -------------------------------------------------------------------------------------------
def test_the_strongest_come_first_and_nobody_is_like_themselves():
    lea = who("Moreau", "Léa", key=3)
    others = [
        who("Moreau", "Léa-Marie", key=1), who("Moreau", "Léo", key=2), lea, who("MOREAU", "LÉA", key=4),
        who("Roux", "Marie-Léa", key=5), who("Moreau", "Marie-Léa", key=6), who("Léa", "Moreau", key=7),
    ]  # fmt: skip
    assert [(each.key, each.strength.value) for each in People(others).alike(lea)] == [
        (4, "strong"), (7, "strong"), (1, "medium"), (6, "weak")
    ]  # fmt: skip
    # Lines and people are not numbered together: what is said of line 3 may be said of person 3.
    assert [each.key for each in People([lea._replace(last_name="MOREAU")]).alike(lea)] == [3]


DISTINCT = [f"{one}{two}" for one, two in itertools.product(["Bra", "Cle", "Dro", "Fli", "Gru", "Pla"], BOYS)]
CROWDS = {
    "born on one day": lambda number: who(DISTINCT[number], GIRLS[number % len(GIRLS)], key=number),
    "of one last name, born on one day": lambda number: who("Martin", DISTINCT[number], key=number),
    "of one first name, born on one day": lambda number: who(DISTINCT[number], "Léa", key=number),
    "of one name": lambda number: Identity(number, "Martin", "", "Léa", DAY + dt.timedelta(number)),
    "of one name and one day": lambda number: who("Martin", "Léa", key=number),
    "of one INE": lambda number: who(DISTINCT[number], DISTINCT[-number], None, key=number, ine=ONE),
    "of one telephone": lambda number: who(DISTINCT[number], "Léa", None, key=number, phone="0639980011"),
}
KEYS = 3  # files that these people are in: INE or name, last name and day, first name and day


@pytest.mark.parametrize("crowd", CROWDS)
def test_a_crowd_that_has_one_thing_in_common_is_not_compared_with_itself(crowd):
    for size in (200, 400):
        everybody = [CROWDS[crowd](number) for number in range(size)]
        people = People(everybody)
        for each in everybody:
            assert len(people.alike(each)) <= MOST_TOLD
        assert people.compared <= size * KEYS * MOST_COMPARED


def test_somebody_is_found_in_a_crowd_of_one_birthday():
    crowd = [CROWDS["born on one day"](number) for number in range(len(DISTINCT))]
    for each in crowd[:: len(crowd) // 40]:
        found = People(crowd).alike(each._replace(last_name=each.last_name.upper(), key=-1))
        assert each.key in [like.key for like in found if like.strength == "strong"]


# -- Properties ----------------------------------------------------------------------------------------------
LETTERS = "abcdefghijklmnopqrstuvwxyzéèàçœñ"
words = st.text(LETTERS, min_size=1, max_size=9).map(str.capitalize)
names = st.lists(words, min_size=1, max_size=3).flatmap(
    lambda parts: st.sampled_from(" -’").map(lambda by: by.join(parts))
)
firsts = st.sampled_from(["Léa", "Léo", "Marie", "Marie-Claire", "Thibault", "Tibo", "Alexandre", "Alexnadre"]) | names
lasts = (
    st.sampled_from(["Moreau", "Morau", "Le Goff", "Legoff", "Lefèvre", "Lefebvre", "Garcia Lopez", "Lopez"]) | names
)
identities = st.builds(
    Identity,
    st.integers(1, 9), lasts, lasts | st.just(""), firsts,
    st.sampled_from([None, DAY, dt.date(2006, 3, 15), dt.date(2005, 11, 2)]),
    st.sampled_from(["", ONE, TWO, TYPED_WRONG]),
    st.sampled_from(["", "lea@example.org"]), st.sampled_from(["", "0639980011", "+33639980011"]),
    st.sampled_from(["", "F", "M"]),
)  # fmt: skip


@looking(300)
@given(identities, identities)
def test_each_says_of_the_other_what_the_other_says_of_it(one, other):
    likeness(one, other)


@looking(100)
@given(st.lists(identities, max_size=8))
def test_nobody_is_alike_to_themselves_and_what_is_found_is_told_once(everybody):
    people = People(everybody)
    for number, each in enumerate(everybody):
        found = people.alike(each)
        alone = [
            like for index, other in enumerate(everybody) if index != number for like in People([other]).alike(each)
        ]
        assert set(found) <= set(alone)
        assert bool(found) == bool(alone)


def unaccented(text: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFD", text) if not unicodedata.combining(each))


WRITINGS = {
    "capitals": str.upper,
    "no accents": unaccented,
    "no hyphens": lambda text: text.replace("-", " "),
    "straight apostrophes": lambda text: text.replace("’", "'"),
    "glued": lambda text: text.replace(" ", "").replace("-", "").replace("’", ""),
}


@looking(200)
@given(lasts, firsts, st.sampled_from(sorted(WRITINGS)), st.sampled_from(sorted(WRITINGS)), st.booleans())
@example("De La Tour", "Marie-Claire", "glued", "capitals", True)
def test_another_writing_of_both_names_swapped_or_not_is_still_strong(last, first, of_last, of_first, swapped):
    written = [WRITINGS[of_last](last), WRITINGS[of_first](first)]
    assume(all(written))
    one, other = who(last, first), who(*(written[::-1] if swapped else written))
    found = likeness(one, other)
    assert found is not None and found.strength == "strong"
