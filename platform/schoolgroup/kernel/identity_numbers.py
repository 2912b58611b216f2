"""Citizen identity numbers 公民身份号码, which have no place in this system: told by their form.

GB 11643-1999: 17 digits and a check character by ISO 7064 MOD 11-2. A pupil's national register
number 全国学籍号 is often such a number behind a letter.
"""

import re

FORM = re.compile(r"[0-9]{17}[0-9Xx]\Z")
WEIGHTS = tuple(2**place % 11 for place in range(17, 0, -1))
CHECKS = "10X98765432"


def is_identity_number(text: str) -> bool:
    """Whether the text is one: by its length, its digits and its check character."""
    if not FORM.match(text):
        return False
    weighted = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, text[:17], strict=True))
    return CHECKS[weighted % 11] == text[17].upper()


def holds_identity_number(text: str) -> bool:
    """The same, also behind one letter, as register numbers have it."""
    return is_identity_number(text) or (text[:1].isalpha() and is_identity_number(text[1:]))
