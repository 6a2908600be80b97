"""Files that are no list, or that mean harm, and the sentence that each must get (`apart.py` reads them)."""

import io
import random
from collections.abc import Callable

import openpyxl
from PIL import Image

from tests.lists.books import SHEET, ods, repacked, xlsx

MEGABYTE = 1024 * 1024
LARGEST = 20 * MEGABYTE
TITLES = "Nom;Prénom;Date de naissance;Téléphone;Courriel"
LEA = "Moreau;Léa;14/03/2006;06 39 98 00 11;lea.moreau@example.org"
BOOK = [TITLES.split(";"), LEA.split(";")]
ENTITIES = "".join(f"<!ENTITY a{rank + 1} '" + f"&a{rank};" * 10 + "'>" for rank in range(10))
LAUGHS = f"<!DOCTYPE x [<!ENTITY a0 'ha'>{ENTITIES}]><x><sheetData><row><c><v>&a10;</v></c></row></sheetData></x>"
FAR = '<table:table-row table:number-rows-repeated="{}"><table:table-cell>{}</table:table-cell></table:table-row>'

EMPTY = "Ce fichier est vide\u00a0: vérifiez que c’est le bon."
BLANK = "Ce fichier ne contient que des lignes vides\u00a0: vérifiez que c’est le bon."
NOBODY = "Ce fichier n’a que ses titres\u00a0: il ne contient personne."
KIND = (
    "Ce fichier s’appelle «\u00a0.csv\u00a0», mais ce n’en est pas un\u00a0: enregistrez-le de nouveau. "
    "Envoyez\u00a0: .csv, .txt, .xlsx, .ods."
)
NOT_TEXT = (
    "Ce fichier n’est pas un texte lisible\u00a0: dans votre tableur, enregistrez la liste au format CSV (UTF-8)."
)
DAMAGED = "Ce fichier est abîmé ou incomplet\u00a0: ouvrez-le, enregistrez-le de nouveau, puis renvoyez-le."
PASSWORD = "Ce fichier est protégé par un mot de passe\u00a0: retirez-le, puis renvoyez-le."
OLD = (
    "Ce classeur est protégé par un mot de passe, ou d’un ancien format (.xls)\u00a0: ouvrez-le, retirez le mot de "
    "passe, et enregistrez-le au format .xlsx."
)
ARCHIVE = "Ce fichier est une archive, et non un tableau\u00a0: sortez-en la liste, puis envoyez-la seule."
BOMB = "Ce fichier, une fois déplié, serait démesuré\u00a0: gardez seulement la feuille utile, puis renvoyez-le."
COLUMNS = "Ce fichier a plus de 200 colonnes\u00a0: gardez seulement celles de la liste."
LINES = (
    "Cette liste est trop longue\u00a0: 50\u00a0000 lignes et 1\u00a0200\u00a0000 cases au plus. Coupez-la en "
    "plusieurs, et effacez ce qui reste loin sous le tableau."
)
LINE = (
    "La ligne {} compte plus de 64\u00a0000 caractères\u00a0: ce fichier n’est pas une liste, ou ses fins de ligne ont "
    "été perdues."
)
QUOTE = (
    "Un guillemet ouvert à la ligne {} n’est pas refermé, et la suite s’y perd\u00a0: corrigez cette ligne, puis "
    "renvoyez le fichier."
)
TWINS = (
    "Deux colonnes disent «\u00a0nom de naissance\u00a0» («\u00a0Nom\u00a0», colonnes 1 et 2)\u00a0: renommez ou "
    "retirez celle qui ne sert pas."
)
MARKUP = "Ce fichier contient du code de page web\u00a0: gardez seulement les lignes de la liste."
NO_TITLES = (
    "Aucune ligne de titres n’a été reconnue\u00a0: au-dessus des personnes, nommez les colonnes (Nom, Prénom, Date de "
    "naissance…)."
)
HEAVY = "Ce fichier est trop lourd\u00a0: 21\u00a0Mo, pour 20\u00a0Mo au plus. Réduisez-le ou coupez-le en plusieurs."


def filled(piece: str, head: str = f"{TITLES}\n", tail: str = "") -> bytes:
    """As much of one text as the limit lets in."""
    begins, piece_, ends = head.encode(), piece.encode(), tail.encode()
    return begins + piece_ * ((LARGEST - len(begins) - len(ends)) // len(piece_)) + ends


def noise(size: int) -> bytes:
    return random.Random(7).randbytes(size)


def picture() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (4000, 2000), "teal").save(written, "PNG")
    return written.getvalue()


def far_away() -> bytes:
    book, written = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["Nom", "Prénom"])
    book.active["XFD1048576"] = "x"
    book.save(written)
    return written.getvalue()


def encrypted() -> bytes:
    content = bytearray(xlsx(BOOK))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def sheet(inside: str, part: str = SHEET) -> bytes:
    """A workbook with this part, and enough noise beside it for the gate to find that it folds as any other does."""
    body = f"<x><sheetData>{inside}</sheetData></x>".encode()
    return repacked(xlsx(BOOK), {part: body, "xl/media/image1.png": noise(len(body) // 200)})


def titled(below: str) -> str:
    """The rows of one person, and what lies below them."""
    cells = ("".join(f"<c t='str'><v>{value}</v></c>" for value in line) for line in BOOK)
    return "".join(f"<row>{row}</row>" for row in cells) + below


def attributes(count: int) -> str:
    return " ".join(f"a{number}='1'" for number in range(count))


FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", EMPTY),
    "titles only": (lambda: f"{TITLES}\n".encode(), NOBODY),
    "20 MB of noise": (lambda: noise(LARGEST), KIND),
    "a picture": (picture, KIND),
    "a truncated workbook": (lambda: xlsx(BOOK)[:3000], DAMAGED),
    "an encrypted archive": (encrypted, PASSWORD),
    "encrypted by Excel, or an old .xls": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + noise(MEGABYTE), OLD),
    "a cell at XFD1048576": (far_away, COLUMNS),
    "3 million repeated rows (ODS)": (lambda: ods(FAR.format(3_000_000, "<text:p>x</text:p>")), LINES),
    "3 million repeated blank rows (ODS)": (lambda: ods(FAR.format(3_000_000, "") * 2), BLANK),
    "3 million rows (XLSX)": (lambda: sheet("<row><c><v>1</v></c></row>" * 3_000_000), LINES),
    "8 million empty rows (XLSX)": (lambda: sheet("<row/>" * 8_000_000), LINES),
    "rows formatted to the bottom (XLSX)": (lambda: sheet(titled("<row s='1'/>" * 1_048_574)), "1 ligne"),
    "2 million empty cells (XLSX)": (lambda: sheet(f"<row>{'<c/>' * 2_000_000}</row>"), LINES),
    "2 million empty cells (ODS)": (
        lambda: ods(f"<table:table-row>{'<table:table-cell/>' * 2_000_000}</table:table-row>", more=noise(MEGABYTE)),
        LINES,
    ),
    "a cell of 40 MB (XLSX)": (lambda: sheet(f"<row><c t='str'><v>{'a' * 40 * MEGABYTE}</v></c></row>"), NO_TITLES),
    "a cell of 40 MB (ODS)": (
        lambda: ods(FAR.format(1, f"<text:p>{'a' * 40 * MEGABYTE}</text:p>"), more=noise(MEGABYTE)), LINE.format(1)
    ),
    "elements within elements": (lambda: sheet("<a>" * 4_000_000), BOMB),
    "a million attributes": (lambda: sheet(f"<row {attributes(1_000_000)}/>"), DAMAGED),
    "a million names": (lambda: sheet("".join(f"<a{n}/>" for n in range(1_000_000))), DAMAGED),
    "a format of brackets": (
        lambda: sheet(f"<numFmt numFmtId='200' formatCode='{'[' * 900_000}'/>", "xl/styles.xml"), "1 ligne"
    ),
    "an archive of workbooks": (
        lambda: repacked(xlsx(BOOK), {"[Content_Types].xml": None, "liste.xlsx": xlsx(BOOK)}), ARCHIVE
    ),
    "billion laughs": (lambda: repacked(xlsx(BOOK), {SHEET: LAUGHS.encode()}), DAMAGED),
    "20 MB of NUL": (lambda: b"\0" * LARGEST, KIND),
    "a NUL at the end": (lambda: filled(f"{LEA}\n", tail="\0"), NOT_TEXT),
    "10 MB on one line": (lambda: b"a;" * 5 * MEGABYTE, LINE.format(1)),
    "10 MB on the third line": (lambda: f"{TITLES}\n{LEA}\n".encode() + b"a;" * 5 * MEGABYTE, LINE.format(3)),
    "5 000 columns": (lambda: f"{TITLES}{';x' * 5000}\n{LEA}\n".encode(), COLUMNS),
    "5 000 columns, 20 MB": (lambda: filled(f"{';x' * 5000}\n", head=""), COLUMNS),
    "two columns of one name": (lambda: f"Nom;{TITLES}\nx;{LEA}\n".encode(), TWINS),
    "a quote left open": (lambda: f'{TITLES}\n{LEA}\n"Le Goff;Anne;;;\n'.encode(), QUOTE.format(3)),
    "a quote left open on line 2 of 20 MB": (lambda: filled(f"{LEA}\n", head=f'{TITLES}\n"'), QUOTE.format(2)),
    "a quote left open over 20 MB of blank lines": (lambda: filled("\n", head=f'{TITLES}\n"'), QUOTE.format(2)),
    "a quote opened on each line": (lambda: filled('"a;b;c\n'), LINES),
    "20 MB of a page": (lambda: filled("<tr><td>Moreau</td></tr>\n", head="<html><table>\n"), MARKUP),
    "a page at the end": (lambda: filled(f"{LEA}\n", tail="<script>"), MARKUP),
    "formulas in every cell": (lambda: xlsx([[f"=A{n}"] * 5 for n in range(1, 20_000)]), NO_TITLES),
    "formulas under the titles": (lambda: xlsx([BOOK[0], *([f"=A{n}"] * 5 for n in range(20_000))]), "20000 lignes"),
    "20 MB of formulas": (lambda: filled("=A1;=A2;=A3;=A4;=A5\n"), LINES),
    "heavier than the limit": (lambda: b"a;b\n" * (LARGEST // 4 + 1), HEAVY),
    "20 MB of ;": (lambda: b";" * LARGEST, LINE.format(1)),
    "20 MB of line ends": (lambda: b"\n" * LARGEST, BLANK),
    "20 MB of line ends under titles": (lambda: filled("\n"), LINES),
    "20 MB of quotes": (lambda: b'"' * LARGEST, LINE.format(1)),
    "20 MB of quotes under titles": (lambda: filled('"'), LINE.format(2)),
    "20 MB encoded twice": (lambda: filled("HÃ©;HÃ©;HÃ©;HÃ©;HÃ©\n"), LINES),
    "a footer that goes on": (lambda: f"{TITLES}\n{LEA}\ntotal {'etudiants ' * 5000}x\n".encode(), "2 lignes"),
    "an address without end": (lambda: f"{TITLES}\nMoreau;Léa;;;{'a' * 60_000}\n".encode(), "1 ligne"),
    "a title of brackets": (lambda: f"{TITLES};{'(' * 60_000}\n{LEA}\n".encode(), "1 ligne"),
    "a name of a hundred thousand words": (lambda: f'{TITLES}\n"{"a b " * 15_000}";Léa\n'.encode(), "1 ligne"),
}  # fmt: skip
