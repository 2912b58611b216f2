"""The law less what the group took away: whatever is stored, never more than the law."""

import msgspec

from schoolgroup.evaluation.exams.gates import ARTICLES, BY_NAME, Collects, Content, Gate
from schoolgroup.evaluation.exams.limits.models import GateRule, GateRuleInput, GateState
from schoolgroup.kernel.errors import Invalid, Problem
from schoolgroup.kernel.texts import Text


class LaxerThanLaw(Invalid):
    """A group's rule would allow what the law does not."""

    code = "laxer_than_law"
    title = Text("The group can only be stricter than the law", "集团规则只能严于法规")
    remedy = Text("Take out what errors name: the law keeps it shut.", "请删除 errors 所列内容。")


def stricter(gate: Gate, rule: GateRule | None) -> Gate:
    """The gate with the group's rule applied; nothing in a rule can add to the law's line."""
    if rule is None:
        return gate
    allowed = gate.allowed and rule.allowed
    collects = gate.collects if rule.collects is gate.collects else Collects.NONE
    limits = [n for n in (gate.in_school_year_max, rule.in_school_year_max) if n is not None]
    kept = tuple(c for c in gate.contents if c in rule.contents)
    return msgspec.structs.replace(
        gate,
        allowed=allowed,
        collects=collects if allowed else Collects.NONE,
        contents=kept if allowed else (),
        in_school_year_max=min(limits) if limits else None,
    )


def check_stricter(gate: Gate, wish: GateRuleInput) -> None:
    """Raise LaxerThanLaw, naming each field, where the wish would open what the law shuts."""
    problems = []
    if wish.allowed and not gate.allowed:
        problems.append(Problem("/allowed", "shut_by_law", ARTICLES[gate.article].quote.en))
    if wish.collects is Collects.SCORES and gate.collects is Collects.NONE:
        problems.append(Problem("/collects", "shut_by_law", "the law lets nothing be collected"))
    problems += [
        Problem(f"/contents/{n}", "shut_by_law", f"the law keeps {content} back")
        for n, content in enumerate(wish.contents or [])
        if content not in gate.contents
    ]
    if (
        wish.in_school_year_max is not None
        and gate.in_school_year_max is not None
        and wish.in_school_year_max > gate.in_school_year_max
    ):
        why = f"the law allows {gate.in_school_year_max} in a school year"
        problems.append(Problem("/in_school_year_max", "shut_by_law", why))
    if problems:
        raise LaxerThanLaw(problems=problems)


def complete(gate: Gate, wish: GateRuleInput) -> tuple[bool, Collects, list[Content], int | None]:
    """What the rule leaves in full: what the wish is silent about is as the law has it."""
    return (
        gate.allowed if wish.allowed is None else wish.allowed,
        wish.collects or gate.collects,
        list(gate.contents if wish.contents is None else dict.fromkeys(wish.contents)),
        gate.in_school_year_max if wish.in_school_year_max is None else wish.in_school_year_max,
    )


def state(name: str, rule: GateRule | None) -> GateState:
    """A gate as it is shown."""
    law = BY_NAME[name]
    gate = stricter(law, rule)
    return GateState(
        name=name,
        stages=gate.stages,
        grades=gate.grades,
        purposes=gate.purposes,
        joint=gate.joint,
        term_last=gate.term_last,
        allowed=gate.allowed,
        collects=gate.collects,
        contents=list(gate.contents),
        in_school_year_max=gate.in_school_year_max,
        article=ARTICLES[gate.article],
        stricter=rule,
        version=rule.version if rule else 0,
    )
