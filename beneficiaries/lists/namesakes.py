"""What ties the names of two people: one name in another writing, heard, mistyped, cut, swapped, or given in part."""

from __future__ import annotations

from rapidfuzz.distance import OSA

from beneficiaries.lists import ties
from beneficiaries.lists.first_names import are_two
from beneficiaries.lists.identities import PARTICLES, Name, Person, of_two_sexes
from beneficiaries.lists.phonetics import sound
from beneficiaries.lists.ties import Resemblance, Tie

SHORTEST_LAST, SHORTEST_FIRST = 5, 7  # letters: shorter, another letter makes another name
SHORTEST_PART = 3  # letters
SHORTEST_SOUND = 4  # sounds: a shorter first name that sounds the same must also be written nearly the same

# What is said once of both names. A name is cut, or heard, as a whole: that is one doubt and not two.
_AS_ONE = {
    (ties.SAME, ties.SAME_FIRST): ties.SAME,
    (ties.SAME, ties.FIRST_ACCENTS): ties.ACCENTS,
    (ties.ACCENTS, ties.SAME_FIRST): ties.ACCENTS,
    (ties.ACCENTS, ties.FIRST_ACCENTS): ties.ACCENTS,
    (ties.GLUED, ties.SAME_FIRST): ties.GLUED,
    (ties.GLUED, ties.FIRST_ACCENTS): ties.GLUED,
    (ties.GLUED, ties.FIRST_GLUED): ties.GLUED,
    (ties.LAST_SOUND, ties.FIRST_SOUND): ties.BOTH_SOUND,
    (ties.LAST_TRUNCATED, ties.FIRST_TRUNCATED): ties.BOTH_TRUNCATED,
}


def between_names(one: Person, other: Person) -> Tie | None:
    """What ties the names of two people; None: two names of two people."""
    if not (one.is_named and other.is_named):
        return None
    straight = _straight(one, other)
    if straight and not straight.doubts:
        return straight
    return _shared_out(one, other) or _crossed(one, other) or straight


def _straight(one: Person, other: Person) -> Tie | None:
    last = between_last_names(one, other)
    if last is None:
        return None
    first = between_first_names(one.first, other.first, of_two_sexes=of_two_sexes(one, other))
    return _together(last, first) if first else None


def _together(last: Tie, first: Tie) -> Tie:
    if (last, first) in _AS_ONE:
        return _AS_ONE[last, first]
    kind = max(last, first, key=lambda tie: (tie.doubts, tie.kind not in ties.SAME_FOLDED)).kind
    return Tie(last.doubts + first.doubts, kind, f"{last.words}, {first.words}")


def _crossed(one: Person, other: Person) -> Tie | None:
    """The last name of one against the first name of the other, both ways. Nobody knows which are the first names, so
    both are looked at as strictly as those."""
    if not (_begin_alike(one.last, other.first) and _begin_alike(one.first, other.last)):
        return None  # nearly always: the rest is long
    found = [between_first_names(one.last, other.first), between_first_names(one.first, other.last)]
    close = [tie for tie in found if tie and tie.kind is not Resemblance.PART]
    doubts = sum(tie.doubts for tie in close)
    if len(close) < 2 or doubts > 1 or (doubts and of_two_sexes(one, other)):
        return None
    return ties.SWAPPED_NEARLY if doubts else ties.SWAPPED


def _shared_out(one: Person, other: Person) -> Tie | None:
    """« Nguyen Thi » « Mai » and « Nguyen » « Thi Mai »."""
    if not (one.is_compound and other.is_compound) or one.last.compact == other.last.compact:
        return None
    if len(one.last.compact) + len(one.first.compact) != len(other.last.compact) + len(other.first.compact):
        return None
    return ties.SHARED_OUT if one.all_words == other.all_words else None


# -- Last names ----------------------------------------------------------------------------------------
def between_last_names(one: Person, other: Person) -> Tie | None:
    """By the birth names, else by the usage name of one and the birth name of the other."""
    tie = _between_births(one.last, other.last)
    if tie and not tie.doubts:
        return tie
    if _is_usage(other.last, one) or _is_usage(one.last, other):
        return ties.USED
    return tie or (ties.BOTH_USED if one.usage and _is_usage(one.usage, other) else None)


def _is_usage(name: Name, person: Person) -> bool:
    return person.usage is not None and person.usage.compact == name.compact


def _between_births(one: Name, other: Name) -> Tie | None:
    if one.compact == other.compact:
        return _in_another_writing(one, other, (ties.SAME, ties.ACCENTS, ties.GLUED))
    if one.sound == other.sound:
        return ties.LAST_SOUND
    if one.core == other.core:
        return ties.PARTICLE
    if _is_cut(one, other, ties.LAST_CUT):
        return ties.LAST_TRUNCATED
    if _one_letter_apart(one.compact, other.compact, SHORTEST_LAST):
        return ties.LAST_LETTER
    return ties.LAST_PART if _part_of(one, other) is not None else None


# -- First names ---------------------------------------------------------------------------------------
def between_first_names(one: Name, other: Name, *, of_two_sexes: bool = False) -> Tie | None:
    """Strict, for twins: what is not the same name is another person's, unless it was cut, given in part, or is long
    and mistyped. A girl and a boy have the same one or are two people."""
    if one.compact == other.compact:
        return _in_another_writing(one, other, (ties.SAME_FIRST, ties.FIRST_ACCENTS, ties.FIRST_GLUED))
    if of_two_sexes:
        return None
    if _is_cut(one, other, ties.FIRST_CUT):
        return ties.FIRST_TRUNCATED
    place = _part_of(one, other)
    if place is not None:
        return ties.SECOND_PART if place else ties.FIRST_PART
    return _mistyped(*_where_they_differ(one, other))


Heard = tuple[str, str]  # letters, and their sound


def _where_they_differ(one: Name, other: Name) -> tuple[Heard, Heard]:
    """The one word that differs, of names that have as many; the whole names otherwise."""
    if one.is_compound and other.is_compound:
        words, others = one.words, other.words
        differing = [pair for pair in zip(words, others, strict=False) if pair[0] != pair[1]]
        if len(words) == len(others) and len(differing) == 1:
            word, another = differing[0]
            return (word, sound(word)), (another, sound(another))
    return (one.compact, one.sound), (other.compact, other.sound)


def _mistyped(one: Heard, other: Heard) -> Tie | None:
    (letters, heard), (others, other_heard) = one, other
    if not (letters and others):
        return None
    if heard == other_heard and (len(heard) >= SHORTEST_SOUND or _one_letter_apart(letters, others, 1)):
        found = ties.FIRST_SOUND
    elif letters[0] == others[0] and letters[-1] == others[-1] and _one_letter_apart(letters, others, SHORTEST_FIRST):
        found = ties.FIRST_LETTER
    else:
        return None
    return None if are_two(letters, others) else found


# -- Letters and words ---------------------------------------------------------------------------------
def _in_another_writing(one: Name, other: Name, writings: tuple[Tie, Tie, Tie]) -> Tie:
    """Of two names with the same letters: the same, the same save its marks, or the same save its spaces."""
    same, accents, glued = writings
    if one.written == other.written:
        return same
    if one.folded != other.folded:
        return glued
    return same if _plain(one.written) == _plain(other.written) else accents


def _plain(written: str) -> str:
    return " ".join(written.casefold().replace("'", "’").split())


def _begin_alike(one: Name, other: Name) -> bool:
    return one.compact[0] == other.compact[0] or one.sound[0] == other.sound[0]


def _one_letter_apart(one: str, other: str, shortest: int) -> bool:
    """One letter wrong, missing, or typed before its neighbour."""
    if min(len(one), len(other)) < shortest:
        return False
    return OSA.distance(one, other, score_cutoff=1) <= 1


def _is_cut(one: Name, other: Name, length: int) -> bool:
    """Whether the one that has exactly `length` characters begins the other."""
    if len(one.written) == length and other.compact.startswith(one.compact):
        return True
    return len(other.written) == length and one.compact.startswith(other.compact)


def _part_of(one: Name, other: Name) -> int | None:
    """Where the shorter name lies among the words of the longer one, glued or not: 0 if it begins it."""
    if not (one.is_compound or other.is_compound):
        return None
    short, long = sorted((one, other), key=lambda name: (len(name.compact), name.compact))
    if not long.is_compound or short.folded in PARTICLES:
        return None
    words = long.words
    for sought in (short.compact, short.core):
        for start in range(len(words) if len(sought) >= SHORTEST_PART else 0):
            if _begins(words, start, sought):
                return start
    return None


def _begins(words: list[str], start: int, sought: str) -> bool:
    """Whether `sought` is made of whole words, from the one at `start`."""
    for word in words[start:]:
        if not sought.startswith(word):
            return False
        sought = sought[len(word) :]
        if not sought:
            return True
    return False
