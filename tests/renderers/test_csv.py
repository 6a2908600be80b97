"""What a French spreadsheet reads from a text file."""

import csv
import io

import pytest

from reports.renderers import FORMATS
from reports.renderers.csv import neutralised
from tests.renderers.sample import DECLARATION, HOSTILE, REPORT


def test_csv_reads_in_a_french_spreadsheet_and_carries_no_formula():
    raw = FORMATS["csv"].render(REPORT, issued_by="Nadia Benali")
    signed = [DECLARATION.reason, "Nadia Benali", "12/03/2011"]
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\r\n") == raw.count(b"\n")
    assert list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=";")) == [
        ["Annexe 1 – Public visé"],
        ["Numéro du projet", "AP1-261"],
        ["Programme", "Plan d’accompagnement"],
        ["Période", "du 01/01/2010 au 31/12/2011"],
        ["Périmètre", "ensemble du programme"],
        ["Filtres", "sexe : tous"],
        ["Édité le", "21/11/2026 à 14\u00a0h\u00a005, par Nadia Benali"],
        [],
        ["Nombre de bénéficiaires", "Prévus", "Année 1", "Total"],
        ["Jeunes", "17 à 20", "40", "1\u00a0912"],
        ["Adultes", "", "", "2"],
        ["Nombre total", "30", "40", "1\u00a0914"],
        ["Total déclaré", "", "41", ""],
        ["« Toute la durée » : personnes entrées."],
        [],
        ["Caractéristiques", "Prévus", "Total"],
        ["Sexe"],
        ["Filles", "non concerné", "75,34\u00a0%"],
        ["'=2+5+cmd|' /C calc'!A0", "'=1+1", "moins de 5"],
        [HOSTILE, "http://192.0.2.1/", "1\u00a0115,60\u00a0€"],
        [],
        ["Remarques"],
        ["Les colonnes suivent les années."],
        [],
        ["Chiffres déclarés", "Déclaré", "Calculé", "Motif", "Par", "Le"],
        ["Nombre de bénéficiaires — Jeunes — Prévus", "17 à 20", "18", *signed],
        ["Nombre de bénéficiaires — Nombre total — Prévus", "30", "", *signed],
        ["Nombre de bénéficiaires — Total déclaré — Année 1", "41", "", *signed],
        [],
        ["Contrôles", "Où", "Constat", "Déclaré", "Calculé", "Écart"],
        ["À expliquer", "Jeunes – Âge", "Les prévisions ne font pas le même total.", "42", "40,5", "1,50"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠a", " =1"]
)
def test_what_looks_like_a_formula_is_neutralised(text):
    assert neutralised(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-12", "-1\u00a0200,50\u00a0€", "-3,5\u00a0%", "17 à 20", "l’an 1", ""])
def test_what_is_no_formula_is_left_alone(text):
    assert neutralised(text) == text


def test_the_csv_dialect_of_everybody_else_is_untouched():
    FORMATS["csv"].render(REPORT)
    assert (csv.excel.delimiter, csv.excel.lineterminator) == (",", "\r\n")
