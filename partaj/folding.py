"""One folded form of a text, for search and for sort alike: « Hélène Le Goff » → « helene le goff »."""

import re

from anyascii import anyascii

_SEPARATORS = re.compile(r"[\s\-'’‘ʼ`.,;_/]+")


def fold(text: str) -> str:
    """Lower case, without accents; hyphens, apostrophes and runs of blanks become one space."""
    return _SEPARATORS.sub(" ", anyascii(text).casefold()).strip()
