"""Why someone may or may not, and what would have to be so: in words for people, both languages.

Whoever explains decides first who may hear it: everything to administrators, to others only about
things they may already see (access.md section 2).
"""

import msgspec

from schoolgroup.access.compiled import CompiledPolicy
from schoolgroup.access.policy import ALLOW, ROOT_ROLE, PolicyLine
from schoolgroup.access.relations import ANY
from schoolgroup.kernel.texts import Text

SOME_OWNER = Text("the owning school", "所属学校")


class Held(msgspec.Struct, frozen=True):
    """A relation that holds, and what that means."""

    relation: str
    meaning: Text


class Way(msgspec.Struct, frozen=True):
    """A rule that would allow: which relations are missing for it, and how to come by them."""

    line: PolicyLine
    missing: tuple[str, ...]
    remedy: Text


class Explanation(msgspec.Struct, frozen=True):
    """One decision laid open.

    `would_allow` holds the rules of this role and tier that only lack a relation; `others` the
    roles at the same tier that may do it as things stand.
    """

    allowed: bool
    held: tuple[Held, ...]
    allowing_lines: tuple[PolicyLine, ...]
    denying_lines: tuple[PolicyLine, ...]
    would_allow: tuple[Way, ...]
    others: tuple[str, ...]
    summary: Text
    remedy: Text


def explain(
    policy: CompiledPolicy, role: str, tier: str, act: str, mask: int, owner: Text = SOME_OWNER
) -> Explanation:
    """Lay a decision open. `owner` names the school the thing belongs to, where it may be named.

    Raises KeyError for a role, tier or act the policy does not know.
    """
    words = policy.bundle.vocabulary
    decision = policy.decide(role, tier, act, mask)
    ways = tuple(
        _way(policy, line, mask, owner)
        for line in policy.lines_for(role, tier, act)
        if line.eft == ALLOW and not policy.relations.by_name[line.rel].bit & mask
    )
    others = _others(policy, role, tier, act, mask)
    who = Text(
        f"A {words.roles[role].en} ({words.tiers[tier].en})",
        f"{words.tiers[tier].zh}{words.roles[role].zh}",
    )
    what = words.acts[act].label
    if decision.allowed:
        reasons = _both(" ", "", [line.reason for line in decision.allowing_lines])
        summary = Text(
            f"{who.en} may {what.en}. {reasons.en}", f"{who.zh}可{what.zh}。{reasons.zh}"
        )
        remedy = Text("", "")
    else:
        reasons = _both(" ", "", [line.reason for line in decision.denying_lines])
        summary = Text(
            f"{who.en} may not {what.en}. {reasons.en}".strip(),
            f"{who.zh}不可{what.zh}。{reasons.zh}",
        )
        remedy = _remedy(policy, decision.denying_lines, ways, others, owner)
    held = tuple(
        Held(name, policy.relations.by_name[name].meaning)
        for name in policy.relations.names_in(mask)
        if name != ANY
    )
    return Explanation(
        decision.allowed, held, decision.allowing_lines, decision.denying_lines, ways, others,
        summary, remedy,
    )  # fmt: skip


def _way(policy: CompiledPolicy, line: PolicyLine, mask: int, owner: Text) -> Way:
    relations = policy.relations.by_name
    relation = relations[line.rel]
    parts = [relations[name] for name in relation.parts] or [relation]
    missing = [part for part in parts if not part.bit & mask]
    needs = [part.need for part in missing if part.need is not None]
    return Way(line, tuple(p.name for p in missing), _name(_both(" ", "", needs), owner))


def _others(policy: CompiledPolicy, role: str, tier: str, act: str, mask: int) -> tuple[str, ...]:
    """The roles that may do it at the same tier; what holds for one person alone is set aside."""
    words = policy.bundle.vocabulary
    personal = sum(r.bit for r in policy.relations.by_name.values() if r.personal)
    return tuple(
        name
        for name, spec in words.roles.items()
        if tier in spec.at
        and name not in (role, ROOT_ROLE, "client")
        and policy.allows(name, tier, act, mask & ~personal)
    )


def _remedy(
    policy: CompiledPolicy,
    denying: tuple[PolicyLine, ...],
    ways: tuple[Way, ...],
    others: tuple[str, ...],
    owner: Text,
) -> Text:
    if denying:
        lifts = [policy.relations.by_name[line.rel].lift for line in denying]
        return _name(_both(" ", "", [lift for lift in lifts if lift is not None]), owner)
    roles = policy.bundle.vocabulary.roles
    if others:
        return Text(
            f"Ask a {' or a '.join(roles[name].en for name in others)}.",
            f"请联系{'或'.join(roles[name].zh for name in others)}。",
        )
    fewest = min((len(way.missing) for way in ways), default=0)
    if remedies := [way.remedy for way in ways if len(way.missing) == fewest]:
        return _both(" Or: ", "或者：", remedies)
    return Text("Nobody in this position may do this.", "此身份无此权限。")


def _both(en: str, zh: str, texts: list[Text]) -> Text:
    """The texts joined, each said once."""
    once = list(dict.fromkeys((text.en, text.zh) for text in texts))
    return Text(en.join(text[0] for text in once), zh.join(text[1] for text in once))


def _name(text: Text, owner: Text) -> Text:
    en, zh = text.en.replace("{owner}", owner.en), text.zh.replace("{owner}", owner.zh)
    return Text(en[:1].upper() + en[1:], zh)
