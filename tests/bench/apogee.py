"""An invented list as Apogée gives it: plain lines, and two in a hundred of each kind of doubt."""

import csv
import datetime as dt
import io
import random
import unicodedata
from collections.abc import Callable

from partaj.keys import LETTERS

DAY = dt.date(2026, 1, 30)  # ages are taken then
EACH = 0.02  # of the lines, for each doubt
TITLES = [
    "COD_ETU", "COD_NNE_IND", "COD_CLE_NNE_IND", "LIB_NOM_PAT_IND", "LIB_NOM_USU_IND", "LIB_PR1_IND", "DATE_NAI_IND",
    "COD_SEX_ETU", "LIB_AD1", "COD_BDI", "LIB_COM", "NUM_TEL_PORT", "ADR_MAIL", "COD_ETP", "LIB_ETP", "COD_ANU",
    "TEM_IAE", "NB_IP", "COMMENTAIRE",
]  # fmt: skip
ONSETS = ["BEL", "CAS", "DUR", "FON", "GAR", "LAM", "MAR", "NAV", "PÉL", "ROQ", "SAU", "TÉR", "VID", "ZAÏ", "MOU",
          "GUÉ", "BRÉ", "CHA", "DES", "FLO", "HÉB", "JAL", "KER", "LOU"]  # fmt: skip
MIDDLES = ["A", "AN", "É", "EL", "I", "IN", "O", "OU", "U", "È"]
ENDS = ["BERT", "ÇON", "DEC", "FORT", "GNY", "LÈS", "MOND", "NEUF", "QUET", "RAND", "SSE", "TIER", "VÈS", "ZAC", "LIN"]
FIRST = [
    "AÏCHA", "LOÏC", "JOÃO", "ANNE-SOPHIE", "CÉLINE", "FRANÇOIS", "THI MAI", "YASMINE", "ÉLOÏSE", "THÉO", "INÈS",
    "JÜRGEN", "LINA", "MATHIS", "ZOÉ", "HUGO", "CHLOÉ", "MARIE-LOU", "NOÉ", "AMÉLIE", "KÉVIN", "SARAH", "RAPHAËL",
    "LÉA", "MAËLYS", "ENZO", "CAMILLE", "LUCAS", "MANON", "JULES", "NORA", "IBRAHIM",
]  # fmt: skip
STREETS = ["12 RUE DE L’AIGUELONGUE", "RÉS. LE CÈDRE - BÂT. B", "3 AV. DU PÈRE SOULAS", "8 CHEMIN DE MOULARÈS"]
TOWNS = [("34090", "MONTPELLIER"), ("34200", "SÈTE"), ("30000", "NÎMES"), ("34170", "CASTELNAU-LE-LEZ")]
STEPS = [("L1AES", "L1 ADMINISTRATION ÉCONOMIQUE ET SOCIALE"), ("L1PSY", "L1 PSYCHOLOGIE"),
         ("L1LEA", "L1 LANGUES ÉTRANGÈRES APPLIQUÉES")]  # fmt: skip
NOTES = [*[""] * 8, "Rappelée le 12/01", "cherche une alternance"]

Row = dict[str, str]


def apogee_list(size: int, *, seed: int = 1, doubts: bool = True) -> bytes:
    """`size` students, a blank line and the footer that counts them; UTF-8, semicolons."""
    chance = random.Random(seed)
    rows: list[Row] = []
    for number in range(size):
        row = _student(number, chance)
        rank = int(chance.random() / EACH)
        if doubts and rank < len(DOUBTS):
            DOUBTS[rank](row, chance.choice(rows) if rows else dict(row))
        rows.append(row)
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerows([TITLES, *(row.values() for row in rows), [""] * len(TITLES), [f"Nombre d'étudiants : {size}"]])
    return written.getvalue().encode()


def _student(number: int, chance: random.Random) -> Row:
    last, first = _last_name(chance), chance.choice(FIRST)
    ine = str(1_122_000_000 + number * 7)
    born = dt.date(2000, 3, 1) + dt.timedelta(days=chance.randrange(3300))
    postcode, town = chance.choice(TOWNS)
    step, label = chance.choice(STEPS)
    values = (
        str(22_500_000 + number), ine, LETTERS[int(ine) % 23], last, _last_name(chance) if number % 12 == 0 else "",
        first, f"{born:%d/%m/%Y}", chance.choice("FM"), chance.choice(STREETS), postcode, town,
        f"06{chance.randrange(10**8):08}", f"{_plain(first)}.{_plain(last)}{number}@etu.example.org", step, label,
        "2025", "O", "0", chance.choice(NOTES),
    )  # fmt: skip
    return dict(zip(TITLES, values, strict=True))


def _last_name(chance: random.Random) -> str:
    name = "".join(chance.choice(each) for each in (ONSETS, MIDDLES, ENDS))
    return f"{name}-{chance.choice(ONSETS)}{chance.choice(ENDS)}" if chance.random() < 0.3 else name


def _plain(name: str) -> str:
    return unicodedata.normalize("NFD", name).encode("ascii", "ignore").decode().lower().replace(" ", "")


def _typed(**typed: str) -> Callable[[Row, Row], None]:
    return lambda row, before: row.update(typed)


def _no_key(row: Row, before: Row) -> None:
    row.update(COD_NNE_IND="", COD_CLE_NNE_IND="")


def _wrong_key(row: Row, before: Row) -> None:
    row["COD_CLE_NNE_IND"] = LETTERS[(LETTERS.index(row["COD_CLE_NNE_IND"]) + 1) % 23]


def _base_36(row: Row, before: Row) -> None:
    row.update(COD_NNE_IND=f"0G{row['COD_ETU']}", COD_CLE_NNE_IND="8")


def _short_year(row: Row, before: Row) -> None:
    row["DATE_NAI_IND"] = f"{row['DATE_NAI_IND'][:6]}{row['DATE_NAI_IND'][8:]}"


def _lost_zero(row: Row, before: Row) -> None:
    row["NUM_TEL_PORT"] = row["NUM_TEL_PORT"][1:]


def _lost_character(row: Row, before: Row) -> None:
    row["LIB_NOM_PAT_IND"] = f"{row['LIB_NOM_PAT_IND'][:2]}?{row['LIB_NOM_PAT_IND'][3:]}"


def _two_emails(row: Row, before: Row) -> None:
    row["ADR_MAIL"] += " / autre@example.org"


def _same_line(row: Row, before: Row) -> None:
    row.update(before)


def _same_key(row: Row, before: Row) -> None:
    row.update((title, before[title]) for title in ("COD_NNE_IND", "COD_CLE_NNE_IND"))


def _same_person(row: Row, before: Row) -> None:
    row.update((title, before[title]) for title in ("LIB_NOM_PAT_IND", "LIB_PR1_IND", "DATE_NAI_IND"))


DOUBTS: tuple[Callable[[Row, Row], None], ...] = (
    _no_key, _wrong_key, _base_36, _short_year, _lost_zero, _lost_character, _two_emails, _same_line, _same_key,
    _same_person, _typed(DATE_NAI_IND="31/02/2006"), _typed(DATE_NAI_IND="14/05/2011"),
    _typed(DATE_NAI_IND="02/11/1994"), _typed(NUM_TEL_PORT="06 39"), _typed(ADR_MAIL="voir secrétariat"),
    _typed(NUM_TEL_PORT="", ADR_MAIL="", LIB_AD1=""), _typed(COD_BDI="4000"), _typed(LIB_PR1_IND=""),
    _typed(NB_IP="6"), _typed(TEM_IAE="N"), _typed(COMMENTAIRE="n° 2 06 05 34 172 001 45"),
    _typed(COMMENTAIRE="suivie pour dépression"),
)  # fmt: skip
