"""What is wrong with a policy, precisely enough to mend it."""

from enum import StrEnum

import msgspec


class FaultCode(StrEnum):
    """Why a policy is refused. The value is stable; the text beside it may be reworded."""

    MISSING_FILE = "missing_file"
    UNREADABLE = "unreadable"
    MODEL_CHANGED = "model_changed"
    WRONG_ARITY = "wrong_arity"
    DUPLICATE = "duplicate"
    UNKNOWN_KIND = "unknown_kind"
    UNKNOWN_EFFECT = "unknown_effect"
    UNKNOWN_ROLE = "unknown_role"
    UNKNOWN_TIER = "unknown_tier"
    UNKNOWN_RELATION = "unknown_relation"
    UNKNOWN_ACT = "unknown_act"
    UNKNOWN_THING = "unknown_thing"
    COMMENT_AT_LINE_END = "comment_at_line_end"
    NO_REASON = "no_reason"
    DROPPED_LINE = "dropped_line"
    EMPTY_POLICY = "empty_policy"
    TOO_DEEP = "too_deep"
    FAILS_OPEN = "fails_open"
    DEAD_LINE = "dead_line"
    UNREACHABLE_ACT = "unreachable_act"
    BAD_DEFINITION = "bad_definition"
    MISSING_TEXT = "missing_text"
    BAD_CASE = "bad_case"
    CASE_VIOLATED = "case_violated"


class Fault(msgspec.Struct, frozen=True):
    """One fault: the file, the line (1 is the first; 0 where no line is to blame), what, remedy."""

    file: str
    line: int
    code: FaultCode
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.code}: {self.what} {self.remedy}"


class PolicyRefused(Exception):
    """The policy has faults and is not put in force; `faults` names every one that was found."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


def line_of(text: str, *needles: str) -> int:
    """The first line that contains all needles, counted from 1; 0 where there is none."""
    for number, line in enumerate(text.splitlines(), 1):
        if all(needle in line for needle in needles):
            return number
    return 0
