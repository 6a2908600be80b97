"""The peer of lists: what a developer in a hurry, and able, would write for this one list of Apogée.

One loop, one function per line, the same checks as ours on each value, and nothing of ours is called.
"""

import csv
import datetime as dt
import io
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field

PHONE = re.compile(r"\+[1-9]\d{8,14}")
EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,63}")
NAME = re.compile(r"[^\W\d_][^\d_?@;:!<>=+*#\ufffd]*")
NIR = re.compile(r"(?<!\d)[12] ?\d\d ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d\d|2[AB]) ?\d{3} ?\d{3}(?: ?\d\d)?(?!\d)")
HEALTH = re.compile(
    r"\b(?:depress|anxi|angoiss|suicid|anorex|boulim|psychiatr|autis|epilep|diabet|asthm|cancer|malad|hopital|hospital"
    r"|medic|medec|infirm|handicap|rqth|mdph|enceinte|grossesse|ivg|addict|alcool|drogu)", re.I
)  # fmt: skip
KEYS = "ABCDEFGHJKLMNPRSTUVWXYZ"
GRAVITY = {"import": 0, "import_warning": 1, "review": 2, "reject": 3}


@dataclass
class Line:
    number: int
    values: dict[str, str]
    outcome: str = "import"
    reasons: list[str] = field(default_factory=list)
    born: dt.date | None = None
    ine: str = ""
    e164: str = ""

    def doubt(self, outcome: str, reason: str) -> None:
        self.reasons.append(reason)
        if GRAVITY[outcome] > GRAVITY[self.outcome]:
            self.outcome = outcome


def validate(content: bytes, today: dt.date) -> list[Line]:
    reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
    titles = next(reader)
    lines = [validate_row(number, titles, row, today) for number, row in enumerate(reader, 2)]
    find_twice(lines)
    return lines


def validate_row(number: int, titles: list[str], row: list[str], today: dt.date) -> Line:
    typed = {title: clean(cell) for title, cell in zip(titles, row, strict=False)}
    line = Line(number, typed)
    if len([cell for cell in typed.values() if cell]) < 2:
        line.outcome = "ignore"
        return line
    check_names(line, typed)
    check_birth(line, typed, today)
    check_ine(line, typed)
    check_contacts(line, typed)
    if typed["COD_SEX_ETU"] not in ("F", "M", ""):
        line.doubt("import_warning", f"sexe inconnu : {typed['COD_SEX_ETU']}")
    if typed["TEM_IAE"] != "O":
        line.doubt("review", "pas d’inscription administrative")
    if typed["NB_IP"] != "0":
        line.doubt("review", f"inscriptions pédagogiques : {typed['NB_IP'] or 'inconnues'}")
    if NIR.search("|".join(row)):
        line.doubt("review", "numéro de sécurité sociale")
    if typed["COMMENTAIRE"] and HEALTH.search(unaccented(typed["COMMENTAIRE"])):
        line.doubt("import_warning", "le commentaire parle de santé")
    return line


def clean(cell: str) -> str:
    return " ".join(unicodedata.normalize("NFC", cell).split())


def check_names(line: Line, typed: dict[str, str]) -> None:
    last, first = typed["LIB_NOM_PAT_IND"], typed["LIB_PR1_IND"]
    if not last and not first:
        line.doubt("reject", "aucun nom")
    elif not last or not first:
        line.doubt("review", "nom ou prénom manquant")
    for name in (last, first, typed["LIB_NOM_USU_IND"]):
        if name and not NAME.fullmatch(name):
            line.doubt("review", f"nom abîmé : {name}")
    if len(last) == 30 or len(first) == 20:
        line.doubt("import_warning", "nom peut-être coupé par Apogée")


def check_birth(line: Line, typed: dict[str, str], today: dt.date) -> None:
    written = typed["DATE_NAI_IND"]
    if not written:
        line.doubt("import_warning", "pas de date de naissance")
        return
    try:
        day, month, year = map(int, re.split(r"[/.-]", written))
        if year < 100:
            line.doubt("import_warning", f"année sur deux chiffres : {written}")
            year += 2000 if 2000 + year <= today.year else 1900
        born = line.born = dt.date(year, month, day)
    except ValueError:
        line.doubt("reject", f"date impossible : {written}")
        return
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if born > today:
        line.doubt("reject", f"date à venir : {written}")
    elif age < 16:
        line.doubt("review", f"{age} ans")
    elif age > 25:
        line.doubt("import_warning", f"{age} ans")


def check_ine(line: Line, typed: dict[str, str]) -> None:
    ine = line.ine = (typed["COD_NNE_IND"] + typed["COD_CLE_NNE_IND"]).replace(" ", "").upper()
    if not ine:
        line.doubt("import_warning", "pas d’INE")
    elif re.fullmatch(r"\d{10}[A-Z]", ine):
        if KEYS[int(ine[:10]) % 23] != ine[10]:
            line.doubt("import_warning", f"clé d’INE fausse : {ine}")
    elif re.fullmatch(r"[0-9A-Z]{10}\d", ine):
        line.doubt("import_warning", "INE en base 36, non vérifié")
    elif not re.fullmatch(r"\d{9}[A-Z]{2}", ine):
        line.doubt("review", f"INE impossible : {ine}")


def check_contacts(line: Line, typed: dict[str, str]) -> None:
    phone, email, postcode = typed["NUM_TEL_PORT"], typed["ADR_MAIL"], typed["COD_BDI"]
    if phone:
        digits = re.sub(r"[ .()/-]", "", phone)
        if len(digits) == 9 and digits.isdecimal():
            line.doubt("import_warning", f"zéro perdu : {phone}")
            digits = "0" + digits
        if len(digits) == 10 and digits.startswith("0"):
            digits = "+33" + digits[1:]
        line.e164 = digits if PHONE.fullmatch(digits) else ""
        if not line.e164:
            line.doubt("import_warning", f"téléphone inutilisable : {phone}")
    if email.count("@") > 1:
        line.doubt("review", f"plusieurs courriels : {email}")
    elif email and not EMAIL.fullmatch(email):
        line.doubt("import_warning", f"courriel inutilisable : {email}")
    if not phone and not email and not typed["LIB_AD1"]:
        line.doubt("import_warning", "aucun moyen de contact")
    if postcode and not re.fullmatch(r"\d{5}", postcode):
        line.doubt("import_warning", f"code postal inutilisable : {postcode}")


def find_twice(lines: list[Line]) -> None:
    seen: dict[tuple, Line] = {}
    by_ine, by_name = defaultdict(list), defaultdict(list)
    for line in lines:
        if line.outcome == "ignore":
            continue
        typed = line.values
        first = seen.setdefault(tuple(typed.values()), line)
        if first is not line:
            line.outcome, line.reasons = "ignore", [f"identique à la ligne {first.number}"]
            continue
        if line.ine:
            by_ine[line.ine].append(line)
        name = unaccented(typed["LIB_NOM_PAT_IND"]), unaccented(typed["LIB_PR1_IND"])
        if all(name):
            by_name[(*name, line.born)].append(line)
    for same in by_ine.values():
        for line in same if len(same) > 1 else ():
            line.doubt("review", f"même INE : lignes {', '.join(str(each.number) for each in same)}")
    for same in by_name.values():
        keys = {line.ine for line in same}
        for line in same[len(keys) < 2 :] if len(same) > 1 else ():
            line.doubt("review", f"même personne : lignes {', '.join(str(each.number) for each in same)}")


def unaccented(text: str) -> str:
    return unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode().lower()
