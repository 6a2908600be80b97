"""One form of an e-mail address: accents, case, spaces and Unicode forms do not make another one."""

import unicodedata

from anyascii import anyascii

LONGEST = 320


def address_key(typed: str) -> str:
    """« Hélène.Vasseur @Partaj.example » and « helene.vasseur@partaj.example » have the same key.

    What cannot be seen goes too (spaces of every width, marks of direction): address books paste it along.
    """
    composed = unicodedata.normalize("NFKC", typed[:LONGEST])
    seen = "".join(character for character in composed if unicodedata.category(character)[0] not in "ZC")
    return "".join(anyascii(seen).casefold().split())[:LONGEST]
