"""Rounding half up (四舍五入), as Chinese practice and GB/T 8170 appendix expect of marks.

Python's `round` and numpy's round half to even: 84.5 becomes 84. Nothing official may use them.
"""

from decimal import Decimal
from fractions import Fraction

Exact = int | str | Decimal | Fraction


def half_up(value: Exact, decimals: int = 0) -> Fraction:
    """`value` at so many decimals, halves away from zero: 84.5 → 85, −2.5 → −3, 2.675 → 2.68.

    A float is refused by type: 1.005 as a float is less than 1.005, so it has no right answer.
    """
    scale = 10**decimals
    exact = Fraction(value) * scale
    whole, rest = divmod(abs(exact.numerator), exact.denominator)
    if 2 * rest >= exact.denominator:
        whole += 1
    return Fraction(whole if exact >= 0 else -whole, scale)


def whole_half_up(value: Exact) -> int:
    """`value` as a whole number, halves away from zero."""
    return int(half_up(value))
