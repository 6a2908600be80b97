"""What a machine receives: the contract, to the letter."""

import json
from dataclasses import replace
from decimal import Decimal

from reports.renderers import FORMATS
from reports.renderers.json import findings_json
from reports.tables import Finding, Severity
from tests.renderers.sample import DECLARATION, FINDING, HOSTILE, REPORT

SIGNED = {
    "declaration": {"reason": DECLARATION.reason, "author": "Nadia Benali", "declared_at": "2011-03-12T09:00:00+01:00"}
}


def cell(text, value, unit="persons", source="computed", computed=None, records=None):
    keys = ("text", "value", "unit", "source", "computed", "records")
    return dict(zip(keys, (text, value, unit, source, computed, records), strict=True))


def counted(number, text=""):
    return cell(text or str(number), number, computed=number, records=number)


def row(key, label, *cells, kind="row", level=0):
    return {"key": key, "label": label, "level": level, "kind": kind, "cells": list(cells)}


EMPTY = cell("", None, source="empty")
REACHED_DATA = {
    "key": "reached",
    "title": "Nombre de bénéficiaires",
    "note": "« Toute la durée » : personnes entrées.",
    "columns": [
        {"key": "planned", "label": "Prévus"}, {"key": "y1", "label": "Année 1"}, {"key": "total", "label": "Total"},
    ],
    "rows": [
        row("young", "Jeunes", cell("17 à 20", None, source="declared", computed=18, records=18) | SIGNED,
            counted(40), counted(1912, "1\u00a0912")),
        row("adults", "Adultes", EMPTY, EMPTY, counted(2)),
        row("all", "Nombre total", cell("30", 30, source="declared") | SIGNED,
            counted(40), counted(1914, "1\u00a0914"), kind="total"),
        row("wrong", "Total déclaré", EMPTY, cell("41", 41, source="declared") | SIGNED, EMPTY),
    ],
}  # fmt: skip
DETAILS_DATA = {
    "key": "details",
    "title": "Caractéristiques",
    "note": "",
    "columns": [{"key": "planned", "label": "Prévus"}, {"key": "total", "label": "Total"}],
    "rows": [
        row("section", "Sexe", kind="section"),
        row("girls", "Filles", cell("non concerné", None, unit="text", source="empty"),
            cell("75,34\u00a0%", 75.34, unit="percent", computed=75.34, records=30), level=1),
        row("few", "=2+5+cmd|' /C calc'!A0", cell("=1+1", None, unit="text", source="empty"),
            cell("moins de 5", None), level=1),
        row("cost", HOSTILE, cell("http://192.0.2.1/", None, unit="text", source="empty"),
            cell("1\u00a0115,60\u00a0€", "1115.60", unit="euros", computed="1115.60", records=4)),
    ],
}  # fmt: skip
FINDING_DATA = {
    "code": "planned-totals",
    "severity": "warning",
    "report": "annexe-1",
    "where": "Jeunes – Âge",
    "declared": 42,
    "computed": 40.5,
    "gap": 1.5,
    "message": "Les prévisions ne font pas le même total.",
}


def test_json_is_the_contract_to_the_letter():
    data = json.loads(FORMATS["json"].render(REPORT, issued_by="Nadia Benali"))
    assert list(data) == ["programme", "report", "title", "issued_at", "perimeter", "tables", "notes", "findings"]
    assert data == {
        "programme": "AP1-261",
        "report": "annexe-1",
        "title": "Annexe 1 – Public visé",
        "issued_at": "2026-11-21T14:05:00+01:00",
        "perimeter": "ensemble du programme",
        "tables": [REACHED_DATA, DETAILS_DATA],
        "notes": ["Les colonnes suivent les années."],
        "findings": [FINDING_DATA],
    }


def test_json_is_utf_8_and_not_escaped():
    assert "Nombre de bénéficiaires" in FORMATS["json"].render(REPORT).decode()


def test_findings_alone_name_their_programme():
    data = json.loads(findings_json("AP1-261", [FINDING]))
    assert (data["programme"], [each["code"] for each in data["findings"]]) == ("AP1-261", ["planned-totals"])


def test_the_money_of_a_finding_is_a_number_with_its_two_cents_everywhere():
    money = Finding(
        "gap", Severity.WARNING, "bilan", "64", "Les charges dépassent la prévision.",
        declared=Decimal("1531.8"), computed=1000, gap=Decimal("531.795"), euros=True,
    )  # fmt: skip
    assert (money.declared, money.gap) == (Decimal("1531.80"), Decimal("531.80"))
    for text in (
        findings_json("AP1-261", [money]),
        FORMATS["json"].render(replace(REPORT, findings=(money,))).decode(),
    ):
        assert '"declared": 1531.80,' in text and '"computed": 1000.00,' in text and '"gap": 531.80,' in text
        assert [each["gap"] for each in json.loads(text)["findings"]] == [531.8]
    assert "1\u00a0531,80;1\u00a0000,00;531,80" in FORMATS["csv"].render(replace(REPORT, findings=(money,))).decode()
    nothing = replace(money, declared=Decimal("-0.001"), computed=None, gap=Decimal("1E+3"))
    text = findings_json("AP1-261", [nothing])
    assert '"declared": 0.00,' in text and '"computed": null,' in text and '"gap": 1000.00,' in text
