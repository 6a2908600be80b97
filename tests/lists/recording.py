"""What becomes of a line, one doubt at a time, recorded in `recorded.jsonl` when reading was made faster.

`python -m tests.lists.recording` writes it again: what changes in it is to be read, and meant.
"""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

RECORDED = Path(__file__).with_name("recorded.jsonl")
APOGEE = {
    "COD_ETU": "22501001", "COD_NNE_IND": "1122990011", "COD_CLE_NNE_IND": "S", "LIB_NOM_PAT_IND": "BÉNÉZET",
    "LIB_NOM_USU_IND": "", "LIB_PR1_IND": "AÏCHA", "DATE_NAI_IND": "14/03/2006", "COD_SEX_ETU": "F",
    "LIB_AD1": "12 RUE DE L’AIGUELONGUE", "COD_BDI": "34090", "LIB_COM": "MONTPELLIER", "NUM_TEL_PORT": "0639980011",
    "ADR_MAIL": "aicha.benezet@example.org", "COD_ETP": "L1AES", "LIB_ETP": "L1 ADMINISTRATION", "COD_ANU": "2025",
    "TEM_IAE": "O", "NB_IP": "0", "Commentaire": "",
}  # fmt: skip
BY_HAND = {
    "INE": "1122990011S", "NOM Prénom": "BÉNÉZET Aïcha", "Né(e) le": "14/03/2006", "Téléphone fixe": "",
    "Portable": "06 39 98 00 11", "Mail perso": "", "Mail": "aicha@example.org", "Adresse 1": "12 rue", "Adresse 2": "",
    "CP": "34090", "Ville": "Sète", "Civilité": "Mme", "Observations": "", "Absent": "oui",
}  # fmt: skip
NAMES = [
    "", "-", "/", "?", "Mor?au", "Mor\ufffdau", "LEFÃˆVRE", "Mor‚au", "ASSUNÇÃO", "JOÃO-Ê", "Nguyễn", "Şimşek", "=A1",
    "+Moreau", "-Moreau", "#REF!", "Moreau2", "14/03/2006", "A" * 20, "A" * 30, "B" * 101, "Roux, dit Rousset", "M. Ba",
    "Sœur (Dupont)", "D", " Le  Goff ", "Le\u00a0Goff", "Mo\u200breau", "Le\u0301a", "ª²", "x|y", "Total", "L'Hôte",
    "10 €", "Jean_Marc", "b@example.org", '="Moreau"', "Weiß-Œhmichen",
]  # fmt: skip
DATES = [
    "", "2006-03-14", "1/9/06", "31/02/2006", "38790", "38790,5", "vers 2006", "01/01/2030", "03/14/2006",
    "14 mars 2006", "05/05/2011", "02/11/1994", "'14/03/2006", "a@b.fr", "0639980011", "F", "20060314", "14-MAR-2006",
    "99999999", "31/01/2010", "30/01/2010", "30/01/2000", "31/01/2000", "2006-03-14T08:30:00Z", "14/03/2006 00:00",
]  # fmt: skip
PHONES = [
    "", "06 39 98 00 11", "639980016", "+33639980018", "+33 (0)6 39 98 00 18", "12", "0639980011 / 0465710204",
    "06 39 98 00 11 (chez sa grand-mère)", "inconnu", "+49 30 23125 000", "0692123456", "0639123456", "'0639980011",
    "lea@example.org", "14/03/2006", "0033639980011", "0000000000", "1234567890", "6,39E+08", "06-39-98-00-11",
]  # fmt: skip
EMAILS = [
    "", "lea@gmial.com", "lea chez example", "a@example.org b@example.org", "A.B@Example.ORG", "x@y", "14/03/2006",
    "0639980011", "l'ea@example.org", "é@example.org", ".a@example.org", "a..b@example.org", "a@-b.fr", "a@b_c.fr",
    "a@b.c", "lea@example.org.", "<lea@example.org>", f"{'x' * 70}@example.org", f"a@{'b' * 64}.fr",
]  # fmt: skip
TYPED = {
    "LIB_NOM_PAT_IND": NAMES, "LIB_PR1_IND": NAMES, "LIB_NOM_USU_IND": [*NAMES, "Benezet"],
    "DATE_NAI_IND": DATES, "NUM_TEL_PORT": PHONES, "ADR_MAIL": EMAILS,
    "COD_ETU": ["", "2.25E+07"], "COD_SEX_ETU": ["", "2", "H", "X", "a@b.fr"],
    "COD_NNE_IND": ["", "1122 990 011", "0G41990018", "990000109A", "1,12299E+09", "x"],
    "COD_CLE_NNE_IND": ["", "T", "s"], "LIB_AD1": ["", "Rue de l'?uvre", "où ?", "\ufffd", "x" * 300],
    "COD_BDI": ["", "4000", "34 090", "2A004", "a@b.fr"],
    "LIB_COM": ["", "N?mes", "0639980011", "14/03/2006"], "TEM_IAE": ["", "N", "oui", "peut-être", "Ô", " o "],
    "NB_IP": ["", "6", "00", "non", "beaucoup"],
    "Commentaire": ["cherche une alternance", "en dépression", "n° 2 06 05 34 172 001 45", "206053417200145",
                    "9 2 06 05 34 172 001", "Enceinte", "12060534172001"],
    "NOM Prénom": ["", "DUPONT MARIE", "LE GOFF Anne", "Le Goff, Anne", "Anne LE GOFF", "?"],
    "Téléphone fixe": ["04 65 71 02 04", "12"], "Mail perso": ["lea@example.com", "x", "a@b.fr;c@d.fr"],
    "Adresse 2": ["Bât. B"], "Civilité": ["M.", "féminin", "ind."], "INE": ["", "0G419900188", "1122990011A"],
    "Absent": ["non", "ABJ", "ABI", "", "0", "Présente"],
}  # fmt: skip


def record() -> Iterator[str]:
    """For each thing typed, in JSON: title, text, outcome, reasons, and what it changes of what would be stored."""
    for title, texts in TYPED.items():
        plain = _judged(title, (APOGEE | BY_HAND)[title])
        for typed in texts:
            told = _judged(title, typed)
            changed = {
                name: str(value) for name, value in dataclasses.asdict(told.student).items()
                if value != getattr(plain.student, name)
            }  # fmt: skip
            yield json.dumps([title, typed, told.outcome, told.reasons, changed], ensure_ascii=False)


def _judged(title: str, typed: str):
    from tests.lists.hands import judged  # once Django is ready

    plain = APOGEE if title in APOGEE else BY_HAND
    cells = (cell.replace('"', '""') for cell in (plain | {title: typed}).values())
    return judged(f"{';'.join(plain)}\n" + ";".join(f'"{cell}"' for cell in cells)).lines[0]


if __name__ == "__main__":
    import django

    django.setup()
    RECORDED.write_text("".join(f"{line}\n" for line in record()))
