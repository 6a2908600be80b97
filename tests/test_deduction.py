"""What follows from figures that add up, when some of them are hidden: from several sums together, and from bounds."""

from reports.deduction import Reader, Tie


def place(name):
    return ("table", name, "all")


def finds(ties, hidden="", **records):
    reader = Reader(
        [Tie(tuple(map(place, few)), tuple(map(place, many)), rest) for few, many, rest in ties],
        {place(name): number for name, number in records.items()},
        {place(name) for name in hidden},
    )
    found = reader.finds(lambda number: 0 < number < 5)
    return {each if isinstance(each, int) else each[1] for each in found}


def test_one_sum_tells_its_only_unknown():
    assert finds([("ab", "s", 0)], "a", a=2, b=7, s=9) == {"a"}


def test_two_unknowns_of_one_sum_are_not_told():
    assert finds([("abc", "s", 0)], "ab", a=2, b=7, c=3, s=12) == set()


def test_two_sums_tell_together_what_neither_tells():
    """a + b + c are twelve and b + c nine."""
    assert finds([("abc", "s", 0), ("bc", "t", 0)], "abc", a=3, b=4, c=5, s=12, t=9) == {"a"}


def test_three_sums_of_two_tell_all():
    told = finds([("ab", "s", 0), ("bc", "t", 0), ("ac", "u", 0)], "abc", a=2, b=3, c=4, s=5, t=7, u=6)
    assert told == {"a", "b", "c"}


def test_what_is_hidden_is_somebody():
    """Two hidden in two rows: one in each."""
    assert finds([("ab", "s", 0)], "ab", a=1, b=1, s=2) == {"a", "b"}


def test_an_upper_bound_and_a_lower_one_meet():
    """a is at most five, and what is left of it beside nine is one."""
    assert finds([("ab", "t", 0), ("cd", "t", 0), ("c", "e", None)], "act", a=1, b=9, t=10, c=5, d=5, e=5) == {"a"}


def test_an_unknown_rest_keeps_a_secret_and_is_one():
    assert finds([("a", "s", 3)], "", a=9, s=12) == {0}
    assert finds([("a", "s", 3)], "a", a=2, s=5) == set()


def test_ties_are_walked_from_the_nearest():
    ties = [Tie((place("a"),), (place("b"),), 0), Tie((place("c"),), (place("d"),), 0),
            Tie((place("b"),), (place("c"),), 0)]  # fmt: skip
    reader = Reader(ties, dict.fromkeys(map(place, "abcd"), 3), set(map(place, "abcd")))
    assert list(reader.ties_around(place("a"))) == [ties[0], ties[2], ties[1]]
