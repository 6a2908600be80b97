"""What free text should seldom hold (health, justice, family): said to who writes it, who may keep it all the same.

A social-security number is refused everywhere (`partaj.forms`). The words are stems, looked for in folded text; they
warn, hence may be wrong without harm.
"""

from __future__ import annotations

import re

from beneficiaries.lists.sensitive import tells_of_health
from beneficiaries.telling import enumerated
from partaj.folding import fold

_JUSTICE = re.compile(
    r"\b(?:tribuna\w*|(?:l[ae]|une?|du|au|son) juges?\b|juges? (?:des|aux)|garde a vue"
    r"|gendarm\w*|police\b|policier\w*|prison\w*|incarcer\w*"
    r"|detention|detenue?s?|condamn\w*|casier judiciaire|mise?s? en examen|controle judiciaire|bracelet electronique"
    r"|sursis|pjj|delit\w*"
    r"|porte plainte|plainte contre|agression\w*|stupefiant\w*|travaux? d interet general|liberte conditionnelle)\b"
)
_FAMILY = re.compile(
    r"\b(?:violences?|viole\w*|viols?\b|maltrait\w*|incest\w*|battue?s?\b|divorc\w*|ses parents (?:se )?separ\w*"
    r"|aide sociale a l enfance|\base\b|placee?s? (?:en (?:foyer|famille|institution)|a l (?:ase|aide))"
    r"|foyer de l enfance|famille d accueil"
    r"|assistante? sociale|mariage force|fugue\w*|orphelin\w*|deces d\w*|situation familiale|beau pere|belle mere)\b"
)


def subjects_of(text: str) -> list[str]:
    """« la santé », « la justice », « la famille »: those that `text` seems to touch."""
    folded = re.sub(r"[^a-z0-9]+", " ", fold(text))
    found = [("la santé", tells_of_health(text)), ("la justice", _JUSTICE.search(folded)),
             ("la famille", _FAMILY.search(folded))]  # fmt: skip
    return [subject for subject, touched in found if touched]


def names_in(text: str, names: list[str]) -> list[str]:
    """Those of `names` (of somebody) that `text` holds, however they are accented."""
    words = set(re.sub(r"[^a-z0-9]+", " ", fold(text)).split())
    folded = {name: set(re.sub(r"[^a-z0-9]+", " ", fold(name)).split()) for name in names}
    return [name for name, parts in folded.items() if parts and parts <= words]


REACHES = re.compile(r"(?:\+33\s?|\b0)[1-9](?:[\s.-]?\d{2}){4}\b|[^\s@]+@[^\s@]+\.[^\s@]+")


def contacts_in(text: str) -> list[str]:
    """The French telephone numbers and the e-mail addresses that `text` holds."""
    return REACHES.findall(text)


def warning_about(text: str) -> str:
    """The sentence for who writes it; "" where there is nothing to say."""
    subjects = subjects_of(text)
    if not subjects:
        return ""
    return (
        f"Ces mots semblent toucher à {enumerated(subjects)}. N’écrivez que ce qui sert à l’accompagner : le jeune "
        "peut demander à lire son dossier. Corrigez le texte, ou cochez « Garder ce texte » ; rien n’est perdu."
    )
