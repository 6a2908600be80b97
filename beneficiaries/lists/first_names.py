"""First names that look alike and are borne by two people: twins have one name, one day, and two of these."""

from __future__ import annotations

import re
from itertools import combinations

# One letter, or no sound, apart; folded. On a line, each name is given for itself and not for another one of them.
_GROUPS = (
    "abdelhakim abdelhalim", "abdelhafid abdelhamid", "abeline adeline ameline azeline", "adelphine adolphine",
    "adrianna arianna", "adrianne adrienne", "alexane alexiane alexine", "amaelle anabelle anaelle",
    "angelica angelina angelita", "annabelle annaelle", "anthony antonie", "antoine antonine", "arielle armelle",
    "aurelian aurelien", "bastian bastien", "bernadine bernardine", "canelle carelle", "carolane caroline",
    "catheline catherine", "charlene charline", "charlette charlotte", "christiane christine", "colette cosette",
    "cyrielle cyrille", "doriane dorinne", "emelyne evelyne", "emilian emilien", "fabianne fabienne",
    "florane floriane florine", "florian florien", "francis francois", "geoffrey geoffroy", "geraldine gerardine",
    "gilette ginette", "gregoire gregorie", "isaline iseline", "julianne julienne", "laurane laurene lauriane laurine",
    "lilette lisette", "loraine loriane", "lucianne lucienne", "lydiane lysiane", "maelane maeline", "manelle manuelle",
    "marcelle marielle murielle", "mariama mariana", "mariame mariane myriame myriane", "marianne myrianne",
    "mariette marinette", "marlene marline marylene", "marline martine maryline", "marylene maryline",
    "matthias matthis", "maurane maurine", "maximilian maximilien", "morgane morgiane", "nanette ninette", "noa noah",
    "perline perrine", "rachida raghida", "rodolphe rudolphe", "sylvain sylvian", "sylvaine sylviane sylvine",
    "valeriane valerine", "valerie valery", "victorien victorin", "vivianne vivienne", "yasmine yassine",
)  # fmt: skip
LOOKALIKES = frozenset(frozenset(pair) for group in _GROUPS for pair in combinations(group.split(), 2))
_FEMININE = re.compile(r"(?:[dlnst]e|que)$")  # « Maëlle » is not « Mahel », « Frédérique » is not « Frederick »


def are_two(one: str, other: str) -> bool:
    """Whether two folded first names that differ are those of two people, however close they look.

    A letter added at the beginning or the end makes another name (« Louis » and « Louise », « Yanis » and « Anis »),
    save a last letter written twice, or an h after it (« Éliot » and « Éliott », « Sara » and « Sarah »).
    """
    if frozenset((one, other)) in LOOKALIKES:
        return True
    if one.startswith("h") is not other.startswith("h"):
        return True  # « Hugo » and « Ugo », which sound the same
    if bool(_FEMININE.search(one)) is not bool(_FEMININE.search(other)):
        return True
    short, long = sorted((one, other), key=len)
    if long.startswith(short):
        return long[len(short) :] not in ("h", short[-1:])
    return long.endswith(short)
