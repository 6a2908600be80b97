"""What no list may bring in: a social-security number, and what free text tells of somebody's health."""

from __future__ import annotations

import re

from partaj.folding import fold
from partaj.keys import holds_social_security_number

NOT_KEPT = "(non gardé)"

# Stems, on folded text. The names of studies (psychologie, santé publique) are no free text, and are not looked at.
_HEALTH = re.compile(
    r"\b(?:depressi\w+|deprim\w*|burn ?out|anxi(?:ete|eux|euse|olytique)\w*|angoiss\w*|suicid\w*"
    r"|scarifi\w*|anorex\w*|boulim\w*|bipolair\w*|schizo\w*|psychiatr\w*|psychotherap\w*|psychologue\w*|autis\w*"
    r"|asperger|dyslexi\w*|dysphasi\w*|dyspraxi\w*|tdah|epilep\w*|diabet\w*|asthm\w*|cancer\w*|tumeur\w*|leucemi\w*"
    r"|sclerose|sida|vih|seropositi\w*|hepatite\w*|covid|maladie\w*|malade\w*|pathologi\w*|hospitalis\w*|hopital"
    r"|clinique|chirurg\w*|operation chirurgicale|traitement medical|medicament\w*|medical\w*|medecin\w*|infirmi\w*"
    r"|handicap\w*|rqth|mdph|aah|invalid(?:e|ite)\w*|enceinte|grossesse\w*|fausse couche|ivg|addict\w*|alcool\w*"
    r"|toxicoman\w*|drogu\w*|cannabis|desintox\w*|probleme\w* de sante|raison\w* de sante|etat de sante"
    r"|arret maladie|arret de travail|(?:suivie?|vue?|soignee?) (?:par|chez) (?:le|la|un|une) (?:dr|docteur|psy))\b"
)


def tells_of_health(text: str) -> bool:
    return bool(_HEALTH.search(fold(text)))


def without_number(title: str) -> str:
    """A title as it may be kept: the line taken for that of the titles may tell of somebody."""
    return NOT_KEPT if title and holds_forbidden_number([title]) else title


def fit_to_show(text: str) -> str:
    """What stands around the lines of a list, as it may be kept with the list."""
    return NOT_KEPT if tells_of_health(text) else without_number(text)


def holds_forbidden_number(cells: list[str]) -> bool:
    """A social-security number in any cell. The bar keeps the digits of two cells apart."""
    return holds_social_security_number("|".join(cells))
