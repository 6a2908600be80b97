"""A form as a browser reads it from its page: what it would send, and what one may type or choose in it."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import quote

from django.test import Client

TYPED = {"text", "email", "tel", "search", "url", "password", "number", "date"}


@dataclass
class Paper:
    """`fields`: what is sent untouched. `free`: where one types. `choices`: by list, the values that it offers."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    free: list[str] = field(default_factory=list)
    choices: dict[str, set[str]] = field(default_factory=dict)

    def with_values(self, **values: str | list[str]) -> dict[str, list[str]]:
        return self.fields | {name: [each] if isinstance(each, str) else each for name, each in values.items()}


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.papers: list[tuple[str, str, Paper]] = []  # method, action
        self.paper: Paper | None = None
        self.select = self.area = ""

    def handle_starttag(self, tag: str, attributes: list) -> None:
        said = {name: value or "" for name, value in attributes}
        name = said.get("name", "")
        if tag == "form":
            self.paper = Paper()
            self.papers.append((said.get("method", "get").lower(), said.get("action", ""), self.paper))
        elif self.paper is None or not (name or self.select):
            return
        elif tag == "input":
            self._input(name, said)
        elif tag == "select":
            self.select = name
            self.paper.choices.setdefault(name, set())
        elif tag == "option" and self.select:
            self.paper.choices[self.select].add(said.get("value", ""))
            if "selected" in said:
                self.paper.fields.setdefault(self.select, []).append(said.get("value", ""))
        elif tag == "textarea":
            self.area = name
            self.paper.free.append(name)
            self.paper.fields[name] = [""]

    def _input(self, name: str, said: dict[str, str]) -> None:
        kind = said.get("type", "text")
        if kind in {"checkbox", "radio"}:
            self.paper.choices.setdefault(name, set()).add(said.get("value", "on"))
            if "checked" in said:
                self.paper.fields.setdefault(name, []).append(said.get("value", "on"))
        elif kind not in {"submit", "button", "file"}:
            self.paper.fields[name] = [said.get("value", "")]
            if kind in TYPED:
                self.paper.free.append(name)

    def handle_data(self, data: str) -> None:
        if self.area and self.paper:
            self.paper.fields[self.area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.area = ""
        elif tag == "form":
            self.paper = None


def papers(html: str, method: str) -> list[Paper]:
    """The forms of the page that are sent to the page itself."""
    reader = Reader()
    reader.feed(html)
    return [paper for said, action, paper in reader.papers if said == method and not action.startswith("/compte/")]


def main_paper(html: str, method: str = "post") -> Paper | None:
    """The largest: the page's own."""
    return max(papers(html, method), key=lambda paper: len(paper.fields) + len(paper.choices), default=None)


def post(client: Client, address: str, fields: dict[str, list[str]], **headers: str):
    """Even what no encoding allows (half a character) is sent, as bytes made by hand."""
    pairs = [(name, value) for name, values in fields.items() for value in values]
    body = "&".join(f"{quote(name)}={quote(value.encode('utf-8', 'surrogatepass'))}" for name, value in pairs)
    return client.post(address, body, "application/x-www-form-urlencoded", **headers)


class Inert(HTMLParser):
    """What in a page would run or lead elsewhere: nothing, whatever was typed."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attributes: list) -> None:
        said = {name: value or "" for name, value in attributes}
        if tag in {"iframe", "object", "embed", "base", "marquee"} or (tag == "script" and "src" not in said):
            self.faults.append(f"<{tag}>")
        for name, value in said.items():
            leads = name in {"href", "src", "action", "formaction", "xlink:href"}
            away = value.strip().lower().startswith(("javascript:", "vbscript:", "data:text", "//", "http"))
            if name.startswith("on") or name == "srcdoc" or (leads and away):
                self.faults.append(f"{tag} {name}={value[:60]}")


def inert_faults(html: str) -> list[str]:
    reader = Inert()
    reader.feed(html)
    return reader.faults
