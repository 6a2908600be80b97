"""What a word processor receives."""

import io

from docx import Document
from docx.oxml.ns import qn

from reports.renderers import FORMATS
from reports.tables import Column, Row, Table
from tests.renderers.sample import DECLARATION, FINDING, HOSTILE, REPORT, WIDE, report_of


def test_the_word_document_holds_real_tables_in_french():
    document = Document(io.BytesIO(FORMATS["docx"].render(REPORT, issued_by="Nadia Benali")))
    box, reached, details, declarations, findings = document.tables
    assert [cell.text for cell in box.rows[0].cells] == ["Numéro du projet", "AP1-261"]
    assert [[cell.text for cell in row.cells] for row in reached.rows] == [
        ["", "Prévus", "Année 1", "Total"],
        ["Jeunes", "17 à 20\u00a0•1", "40", "1\u00a0912"],
        ["Adultes", "", "", "2"],
        ["Nombre total", "30\u00a0•2", "40", "1\u00a0914"],
        ["Total déclaré", "", "41\u00a0•3", ""],
    ]
    assert details.rows[4].cells[0].text == HOSTILE
    assert declarations.rows[1].cells[4].text == DECLARATION.reason
    assert findings.rows[1].cells[2].text == FINDING.message
    assert [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in reached.rows] == [
        True,
        False,
        False,
        False,
        False,
    ]
    assert document.styles.element.find(".//" + qn("w:lang")).get(qn("w:val")) == "fr-FR"
    assert document.core_properties.title == "Annexe 1 – Public visé"
    said = [paragraph.text for paragraph in document.paragraphs]
    assert "Périmètre\u00a0: ensemble du programme" in said
    assert "Les colonnes suivent les années." in said


def test_the_word_document_turns_for_a_wide_table_and_drops_control_characters():
    section = Document(io.BytesIO(FORMATS["docx"].render(report_of(WIDE)))).sections[0]
    assert section.page_width > section.page_height
    odd = Table("t", "Titre\x0b", (Column("c", "C"),), (Row("r", "A\x07B"),))
    table = Document(io.BytesIO(FORMATS["docx"].render(report_of(odd)))).tables[1]
    assert table.rows[1].cells[0].text == "AB"
