"""Where `next` may lead: to a page of this site, said by its path alone."""

import unicodedata
from urllib.parse import urlsplit

LONGEST = 2000


def leads_to_us(address: str) -> bool:
    """Whether `address` is a path of ours, read by every browser alike.

    A path begins with one slash; a backslash, a control or a character that Unicode folds into a slash may be read as
    the beginning of another site's name, hence none is allowed, not even encoded (« %5C », « %0D »).
    """
    if not address.startswith("/") or len(address) > LONGEST:
        return False
    lowered = address.lower()
    path = lowered.split("?")[0]
    if any(code in lowered for code in ("%0", "%1", "%5c", "%7f")) or "%2f" in path or "//" in path:
        return False
    if any(character == "\\" or not character.isprintable() or character.isspace() for character in address):
        return False
    if any("/" in unicodedata.normalize("NFKC", character) for character in address if character != "/"):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return not parts.scheme and not parts.netloc
