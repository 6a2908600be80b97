"""What holds of every list, invented by the hundred: nothing is lost, and nothing breaks but in a sentence."""

import csv
import io
import string

from hypothesis import given
from hypothesis import strategies as st

from beneficiaries.lists.names import clean, clean_all
from beneficiaries.lists.outcomes import Outcome
from partaj.uploads.refusal import UploadRefused
from tests.lists.books import repacked, xlsx
from tests.lists.hands import LEA, TITLES, judged, table
from tests.proof.thorough import looking

HEADER = ["Nom", "Prénom", "Né(e) le", "Observations"]
LETTERS = string.ascii_letters + "éèàçÉŒœñß’'-"
words = st.text(LETTERS + string.digits + ' ",;\t.:!/()€', max_size=20)
free = st.builds("\n".join, st.lists(st.text(LETTERS + ' "', max_size=12), min_size=1, max_size=4))
people = st.lists(
    st.tuples(words, words, words, words | free).filter(lambda row: any(map(str.strip, row))), max_size=12
)
dialects = st.fixed_dictionaries({
    "delimiter": st.sampled_from(";,\t"),
    "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    "lineterminator": st.sampled_from(["\n", "\r\n", "\r"]),
})  # fmt: skip
encodings = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"])


@looking(80)
@given(people, dialects, encodings)
def test_what_python_writes_is_read_back_on_the_line_where_it_begins(rows, dialect, encoding):
    written = io.StringIO()
    writer = csv.writer(written, **dialect)
    writer.writerow(HEADER)
    begins = []
    # A line end of another kind inside a cell is not quoted by Python: nobody could tell it from the end of a record.
    rows = [tuple(cell.replace("\n", dialect["lineterminator"]) for cell in row) for row in rows]
    for row in rows:
        text = written.getvalue()
        begins.append(1 + len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n")) - 1)
        writer.writerow(row)
    content = written.getvalue().encode(encoding)
    if not rows:
        return
    found = table(content)
    assert (found.source.delimiter, found.titles.cells) == (dialect["delimiter"], HEADER)
    assert [each.line for each in found.records] == begins
    width = len(HEADER)
    assert [tuple(each.cells + [""] * (width - len(each.cells))) for each in found.records] == rows


lines = st.sampled_from([
    LEA, "", ";;;;", "Total : 2", "Page 1/1", TITLES, "-----;----", "Moreau;;;;", "Le Goff;Anne;31/02/2006;;",
    "Le Goff;Anne;05/05/2015;06 39 98 00 11;", "Mor?au;Léa;05/05/2006;;", "a;b;c;d;e;f;g", "x", LEA.upper(),
]) | st.builds(";".join, st.lists(st.text(LETTERS + string.digits + "/@.?+ ", max_size=15), max_size=7))  # fmt: skip


@looking(80)
@given(st.lists(lines, max_size=25))
def test_every_line_has_one_outcome_and_those_add_up(under):
    content = "\n".join([TITLES, *under]) + "\n"
    if not any(line.strip("; ") for line in under):
        return
    found = judged(content)
    assert [each.record.line for each in found.lines] == list(range(2, len(under) + 2))
    assert sum(found.counts.values()) == len(under) == sum(found.kinds.values())
    for each in found.lines:
        assert (each.outcome is Outcome.IMPORT) == (not each.findings)
        assert len(set(each.reasons)) == len(each.reasons)
    outcomes = [(each.outcome, each.reasons) for each in found.lines]
    assert [(each.outcome, each.reasons) for each in judged(content).lines] == outcomes


marks = st.sampled_from([" ", "  ", "|", "\u00a0", "\u200b", "e\u0301", '="', '"', "\n", "\t", "é", "a", "7", "\u00ad"])


@looking(200)
@given(st.lists(st.lists(marks, max_size=5).map("".join), max_size=4))
def test_a_line_is_cleaned_as_its_cells_are(cells):
    assert clean_all(cells) == [clean(cell) for cell in cells]


def either(content: bytes) -> None:
    try:
        judged(content)
    except UploadRefused as refusal:
        assert refusal.message


@looking(120)
@given(st.binary(max_size=400))
def test_random_bytes_are_refused_or_read(content):
    either(content)
    either(f"{TITLES}\n".encode() + content)


@looking(60)
@given(st.text(max_size=200), encodings.filter(lambda each: each != "cp1252"))
def test_any_text_is_refused_or_read(text, encoding):
    either(f"{TITLES}\n{text}\n".encode(encoding, "replace"))


BOOK = xlsx([TITLES.split(";"), LEA.split(";")])
SHEET = "xl/worksheets/sheet1.xml"
parts = st.sampled_from([
    "<row>", '<row r="3">', '<row r="x">', "</row>", "<c>", '<c r="B2" t="s">', '<c r="A1" t="inlineStr">', '<c t="b">',
    '<c r="XFD9" s="1">', "</c>", "<v>", "</v>", "<f>", "</f>", "<t>", "</t>", "1", "-3", "1e9", "NaN", "é", "&lt;",
])  # fmt: skip


@looking(80)
@given(st.lists(parts, max_size=40), st.integers(0, len(BOOK)), st.binary(min_size=1, max_size=8))
def test_a_workbook_put_together_at_random_is_refused_or_read(pieces, place, noise):
    inside = f"<worksheet><sheetData>{''.join(pieces)}</sheetData></worksheet>".encode()
    either(repacked(BOOK, {SHEET: inside}))
    either(BOOK[:place] + noise + BOOK[place + len(noise) :])
