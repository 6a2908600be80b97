"""Values: dates, names, telephones and e-mails as lists write them."""

import datetime as dt

import pytest

from beneficiaries.lists.contacts import e164, emails_in, lost_zero, several_phones
from beneficiaries.lists.dates import Doubt, read_date
from beneficiaries.lists.encodings import repaired
from beneficiaries.lists.names import clean, displayed, split_full_name
from beneficiaries.lists.sensitive import holds_forbidden_number, tells_of_health
from tests.lists.hands import DAY


@pytest.mark.parametrize(
    "typed",
    ["2006-03-14", "14/03/2006", "14-03-2006", "14.3.2006", "14 03 2006", "2006/03/14", "14/03/2006 00:00:00",
     "2006-03-14T08:30:00Z", "20060314", "14032006", "14-MAR-2006", "14 mars 2006", "14 MARS 2006"],
)  # fmt: skip
def test_a_date_is_read_however_it_is_written(typed):
    assert read_date(typed, DAY) == (dt.date(2006, 3, 14), None)


@pytest.mark.parametrize(
    ("typed", "day"),
    [("1/9/06", dt.date(2006, 9, 1)), ("01-SEPT.-06", dt.date(2006, 9, 1)), ("31/12/26", dt.date(2026, 12, 31)),
     ("1er août 87", dt.date(1987, 8, 1)), ("05/05/27", dt.date(1927, 5, 5))],
)  # fmt: skip
def test_two_digits_of_a_year_are_the_last_such_year(typed, day):
    assert read_date(typed, DAY) == (day, Doubt.TWO_DIGITS)


@pytest.mark.parametrize(
    ("typed", "doubt"),
    [("31/02/2006", Doubt.IMPOSSIBLE), ("29/02/2005", Doubt.IMPOSSIBLE), ("01/01/0206", Doubt.IMPOSSIBLE),
     ("01/01/206", Doubt.IMPOSSIBLE), ("00/00/0000", Doubt.IMPOSSIBLE), ("99999999", Doubt.IMPOSSIBLE),
     ("03/14/2006", Doubt.OTHER_ORDER), ("38790", Doubt.SERIAL), ("38790,5", Doubt.SERIAL),
     ("3,88E+04", Doubt.UNREADABLE),
     ("vers 2006", Doubt.UNREADABLE), ("2006", Doubt.UNREADABLE), ("14 truc 2006", Doubt.UNREADABLE)],
)  # fmt: skip
def test_a_date_that_cannot_be_says_why(typed, doubt):
    assert read_date(typed, DAY) == (None, doubt)


def test_an_american_list_is_read_when_somebody_says_so():
    assert read_date("03/14/2006", DAY, "mdy").day == dt.date(2006, 3, 14)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("D'ALMEIDA SOUZA", "D’Almeida Souza"), ("L'HÔTE", "L’Hôte"), ("MUÑOZ-LE GUEN", "Muñoz-Le Guen"),
     ("DA SILVA DE OLIVEIRA", "Da Silva de Oliveira"), ("anne-sophie", "Anne-Sophie"), ("McDonald", "McDonald"),
     ("ROUX DIT ROUSSET", "Roux dit Rousset"), ("DUPONT D'URFÉ", "Dupont d’Urfé"), ("ŒHMICHEN", "Œhmichen"),
     ("LÃ‰A", "LÃ‰A"), ("", "")],
)  # fmt: skip
def test_names_are_displayed_as_people_write_them(typed, shown):
    assert displayed(typed) == shown


@pytest.mark.parametrize(
    ("typed", "parts"),
    [("DUPONT Marie", ("DUPONT", "Marie")), ("Marie-Lou LE GOFF", ("LE GOFF", "Marie-Lou")),
     ("Le Goff, Anne", ("Le Goff", "Anne")), ("DUPONT MARIE", None), ("Dupont Marie", None), ("", None), (", x", None),
     ("Anne LE Goff MARTIN", None)],
)  # fmt: skip
def test_a_whole_name_is_split_where_something_tells_its_parts(typed, parts):
    assert split_full_name(typed) == parts


def test_what_nobody_sees_is_taken_off():
    assert clean(" Le\u0301a\u00a0 Anne\u200b \n") == "Léa Anne"
    assert clean('="0639980011"') == "0639980011"


@pytest.mark.parametrize(
    ("typed", "number"),
    [("06 39 98 00 11", "+33639980011"), ("639980016", "+33639980016"), ("+33639980018", "+33639980018"),
     ("+33 (0)6 39 98 00 18", "+33639980018"), ("0033639980018", "+33639980018"), ("+330639980018", "+33639980018"),
     ("04.65.71.02.04", "+33465710204"), ("+49 30 23125 000", "+493023125000"), ("0692 12 34 56", "+262692123456"),
     ("0639 12 34 56", "+262639123456"), ("0596123456", "+596596123456"), ("06 39 98", ""), ("+33 6 39", ""),
     ("00 12 34 56 78", ""), ("inconnu", ""), ("", "")],
)  # fmt: skip
def test_telephones_have_one_international_form(typed, number):
    assert e164(typed) == number


def test_a_zero_is_lost_by_nine_digits_only():
    assert [lost_zero(each) for each in ("639980016", "0639980016", "039980016", "+39980016")] == [True] + [False] * 3


def test_several_means_of_contact_in_one_cell_are_seen():
    assert several_phones("06 39 98 00 11 / 04 65 71 02 04") and several_phones("0639980011 ou +33465710204")
    assert not several_phones("06/39/98/00/11") and not several_phones("06 39 98 00 11 (mère)")
    assert emails_in("a@example.org;b@example.com") == ["a@example.org", "b@example.com"]


@pytest.mark.parametrize(
    ("twice", "once"),
    [("HÃ©lÃ¨ne", "Hélène"), ("LEFÃˆVRE", "LEFÈVRE"), ("Dâ€™Arc", "D’Arc"), ("Ã\x81lvaro", "Álvaro"), ("Å’hm", "Œhm")],
)
def test_text_encoded_twice_is_read_again(twice, once):
    assert repaired(twice) == once


@pytest.mark.parametrize("text", ["JOÃO", "Hélène", "CONCEIÇÃO", "Ângela", "Ã", "Ðỗ", "Ãé", "Mona Â©€é"])
def test_text_encoded_once_is_left_alone(text):
    assert repaired(text) == text


@pytest.mark.parametrize(
    "text",
    ["suivie pour dépression par le Dr Exemple", "Enceinte de 6 mois", "RQTH en cours", "arrêt maladie", "Hospitalisée",
     "problèmes de santé", "vu par un psy"],
)  # fmt: skip
def test_health_is_recognised(text):
    assert tells_of_health(text)


@pytest.mark.parametrize("text", ["je cherche une alternance", "parents séparés", "cursus abandonné", "rappeler lundi"])
def test_what_is_not_health_is_not(text):
    assert not tells_of_health(text)


def test_a_social_security_number_is_found_in_any_cell():
    assert holds_forbidden_number(["x", "n° 2 06 03 34 172 001 45"])
    assert not holds_forbidden_number(["22501001", "0639980011", "1122990011S", "206033417", "200145"])
