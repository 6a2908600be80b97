"""Reading: whatever the encoding, the separator, the quotes and the line ends; every decision told, and overridden."""

import csv
import io

import pytest

from beneficiaries.lists.columns import Field
from partaj.uploads.refusal import UploadRefused
from tests.lists.hands import LEA, TITLES, judged, outcomes, table, told

LIST = f"{TITLES}\r\n{LEA}\r\nLe Goff;Hélène;02/11/2005;;h@example.org\r\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (LIST.encode("cp1252"), "cp1252"),
        (LIST.encode(), "utf-8"),
        (LIST.encode("utf-8-sig"), "utf-8-sig"),
        (LIST.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + LIST.encode("utf-16-be"), "utf-16"),
    ],
)
def test_each_encoding_is_found(content, encoding):
    found = table(content)
    assert found.source.encoding == encoding
    assert [each.cells[:2] for each in found.records] == [["Moreau", "Léa"], ["Le Goff", "Hélène"]]
    assert (found.titles.cells[0], found.encoded_twice) == ("Nom", 0)


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_each_separator_is_found(delimiter, quoting):
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter, quoting=quoting)
    writer.writerows([TITLES.split(";"), ["Roux, dit; Rousset", "Th\téo", "", "", 'a "b" c']])
    found = table(written.getvalue())
    assert (found.source.delimiter, found.source.says_delimiter) == (delimiter, False)
    assert found.records[0].cells == ["Roux, dit; Rousset", "Th\téo", "", "", 'a "b" c']


def test_a_line_that_says_the_separator_is_obeyed_and_is_no_title():
    found = table(f"sep=|\r\n{TITLES}\r\n{LEA}\r\n".replace(";", "|"))
    assert (found.source.delimiter, found.source.says_delimiter, found.header_line, found.above) == ("|", True, 2, ())
    assert [each.line for each in found.records] == [3]


def test_single_quotes_are_seen():
    found = table("'Nom';'Prénom'\n'Le; Goff';'Anne'\n")
    assert (found.source.quote, found.records[0].cells) == ("'", ["Le; Goff", "Anne"])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_numbered_as_an_editor_shows_them(end):
    lines = ["Liste", "", "Nom;Prénom;Adresse", 'Moreau;Léa;"1, rue', "", 'Haute"', "", "Le Goff;Anne;2, rue"]
    found = table(end.join(lines))
    assert (found.header_line, [each.line for each in found.above]) == (3, [1, 2])
    assert [each.line for each in found.records] == [4, 7, 8]
    assert found.records[0].cells[2] == f"1, rue{end}{end}Haute"


def test_what_is_no_person_is_recognised_and_counted():
    found = judged(
        "\n".join([
            TITLES, "-----;-----;-----;-----;-----", LEA, "", "Page 1/2", TITLES.lower().replace("n", "N", 1),
            "Nom de famille;Prénoms;Naissance;Tél.;E-mail", "Page;Élodie;05/05/2006;;e@example.org", ";;;;",
            "Total;2", "Édité le 30/01/2026 par le service", "Contact : scolarité, poste 12", "*** FIN ***",
        ])
    )  # fmt: skip
    assert outcomes(found) == {
        2: "ignore", 3: "import", 4: "ignore", 5: "ignore", 6: "ignore", 7: "ignore", 8: "import", 9: "ignore",
        10: "ignore", 11: "ignore", 12: "ignore", 13: "ignore",
    }  # fmt: skip
    assert {kind.name: count for kind, count in found.kinds.items()} == {
        "PERSON": 2, "BLANK": 2, "TITLES": 2, "RULE": 1, "FOOTER": 5,
    }  # fmt: skip
    assert (found.announced, sum(found.counts.values())) == (2, len(found.lines))


@pytest.mark.parametrize(
    ("footer", "count"),
    [("Total : 1 étudiant", 1), ("Nombre d'étudiants : 12", 12), ("Effectif total;3", 3), ("4 étudiants", 4),
     ("Nombre total d’inscrits = 1 200", 1200), ("Sous-total : 5", 5)],
)  # fmt: skip
def test_a_footer_that_counts_is_reconciled(footer, count):
    found = judged("\n".join([TITLES, LEA, footer]))
    assert found.announced == count
    shown = f"{count:,}".replace(",", "\u00a0")
    word = "personne" if count < 2 else "personnes"
    assert found.notices == ([] if count == 1 else [f"Le fichier annonce {shown}\u00a0{word}, la lecture en trouve 1."])


@pytest.mark.parametrize(
    "line", ["Total;Marie", "Nombre;Anne;05/05/2006", "Fin;Li", "Page;Anne", "Fin de Li", "Moreau"]
)
def test_a_family_may_be_called_like_a_footer(line):
    assert told(line)[0][0] != "ignore"


# -- Text encoded twice --------------------------------------------------------------------------------
TWICE = f"{TITLES}\n{LEA}\nLe Goff;Hélène;02/11/2005;;h@example.org\n".encode().decode("cp1252").encode()


def test_text_encoded_twice_is_shown_and_never_repaired_unasked():
    found = judged(TWICE, mapping={1: Field.FIRST_NAME, 3: Field.PHONE})
    assert [each.student.first_name for each in found.people] == ["LÃ©a", "HÃ©lÃ¨ne"]
    assert set(outcomes(found).values()) == {"review"}
    assert found.table.encoded_twice == 4  # two titles, two first names
    assert found.table.repairs[2] == (2, "LÃ©a", "Léa")
    assert found.notices[-1] == "Du texte encodé deux fois peut être réparé dans 4\u00a0cases (la première, ligne 1)."
    repaired = judged(TWICE, repair=True)
    assert [each.student.first_name for each in repaired.people] == ["Léa", "Hélène"]
    assert set(outcomes(repaired).values()) == {"import"} and "a été réparé" in repaired.notices[-1]


def test_portuguese_capitals_are_not_taken_for_it():
    found = judged(f"{TITLES}\nASSUNÇÃO;JOÃO;05/05/2006;;j@example.org\n")
    assert (found.table.encoded_twice, list(outcomes(found).values())) == (0, ["import"])


# -- Decisions overridden --------------------------------------------------------------------------------
def test_every_decision_can_be_overridden():
    assert table(LIST.encode(), encoding="cp1252").records[0].cells[1] == "LÃ©a"
    assert table(f"{LIST}10 €".encode("iso-8859-15"), encoding="iso-8859-15").records[-1].cells == ["10 €"]
    assert table("Nom;Prénom,x\nA;B,c", delimiter=",", header_line=1).titles.cells == ["Nom;Prénom", "x"]
    assert table("Nom;Prénom\n'a;b'", quote="'").records[0].cells == ["a;b"]
    found = table(f"{TITLES}\nNom;Prénom;Né le\n{LEA}", header_line=2)
    assert (found.header_line, len(found.above), found.records[0].line) == (2, 1, 3)


def test_a_list_without_titles_is_read_by_its_places():
    places = {0: Field.LAST_NAME, 1: Field.FIRST_NAME, 2: Field.BIRTH_DATE, 4: Field.EMAIL}
    found = judged(f"{LEA}\n", header_line=0, mapping=places)
    assert (found.table.header_line, outcomes(found)) == (0, {1: "import"})
    assert found.columns.titles[3] == "Colonne 4" and found.people[0].student.phone == ""


@pytest.mark.parametrize(
    ("choices", "code"),
    [({"encoding": "ebcdic"}, "encoding"), ({"encoding": "utf-16"}, "encoding"), ({"delimiter": '"'}, "delimiter"),
     ({"delimiter": "é"}, None), ({"delimiter": ";;"}, "delimiter"), ({"header_line": 9}, "no_titles")],
)  # fmt: skip
def test_a_choice_that_cannot_be_is_refused(choices, code):
    content = f"{TITLES}\n{LEA}\n".encode() + b"x"
    if code is None:
        assert table(content, header_line=1, **choices).source.delimiter == "é"
        return
    with pytest.raises(UploadRefused) as refusal:
        table(content, **choices)
    assert refusal.value.code == code
