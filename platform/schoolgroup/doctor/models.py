"""What a check finds."""

from enum import StrEnum

import msgspec

from schoolgroup.kernel.texts import Text


class Verdict(StrEnum):
    """How it stands; the worst one of all is the exit code."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


class Finding(msgspec.Struct, frozen=True):
    """One check: what was looked at, how it stands, why, and what to do about it."""

    check: str
    verdict: Verdict
    why: Text
    remedy: Text = Text("", "")


def well(check: str, en: str, zh: str) -> Finding:
    """Nothing to do."""
    return Finding(check, Verdict.OK, Text(en, zh))


def warn(check: str, why: Text, remedy: Text) -> Finding:
    """It works, and somebody should look at it."""
    return Finding(check, Verdict.WARN, why, remedy)


def fail(check: str, why: Text, remedy: Text) -> Finding:
    """Something does not work, or will not before long."""
    return Finding(check, Verdict.FAIL, why, remedy)
