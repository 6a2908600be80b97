"""Shares of people, in percent: computed for print, and judged where somebody declares one (DESIGN §4)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


def share_of(number: int, whole: int, decimals: int = 0) -> Decimal:
    """In percent, rounded half up from the exact quotient; `whole` is not 0."""
    return (Decimal(number) * 100 / whole).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def possible_percentage(share: Decimal, population: int) -> bool:
    """Whether some whole count of `population` rounds (half up) to `share`, at the precision that it is written."""
    if population <= 0:
        return share == 0
    decimals = max(0, -int(share.as_tuple().exponent))
    nearest = round(Fraction(share) * population / 100)
    return any(
        share_of(number, population, decimals) == share
        for number in (nearest - 1, nearest, nearest + 1)
        if 0 <= number <= population
    )
