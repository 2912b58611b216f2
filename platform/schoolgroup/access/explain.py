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
    advice: Text

    def remedy(self, owner: str = "") -> Text:
        """What to do, naming the school the thing belongs to where that may be named."""
        return _name(self.advice, owner)


class Explanation(msgspec.Struct, frozen=True):
    """One decision laid open.

    `would_allow` holds the rules of this role and tier that only lack a relation; `others` the
    roles at the same tier that may do it as things stand.
    """

    allowed: bool
    held: tuple[Held, ...]
    allowing: tuple[PolicyLine, ...]
    denying: tuple[PolicyLine, ...]
    would_allow: tuple[Way, ...]
    others: tuple[str, ...]
    reason: Text
    advice: Text

    def remedy(self, owner: str = "") -> Text:
        """What to do about a denial, naming the owning school where that may be named."""
        return _name(self.advice, owner)


def explain(policy: CompiledPolicy, role: str, tier: str, act: str, mask: int) -> Explanation:
    """Lay a decision open. Raises KeyError for a role, tier or act the policy does not know."""
    words = policy.bundle.vocabulary
    decision = policy.decide(role, tier, act, mask)
    ways = tuple(
        _way(policy, line, mask)
        for line in policy.lines_for(role, tier, act)
        if line.eft == ALLOW and not policy.relations.by_name[line.rel].bit & mask
    )
    others = _others(policy, role, tier, act, mask)
    who = _who(policy, role, tier)
    what = words.acts[act].label
    if decision.allowed:
        reasons = _both(" ", "", [line.reason for line in decision.allowing])
        reason = Text(f"{who.en} may {what.en}. {reasons.en}", f"{who.zh}可{what.zh}。{reasons.zh}")
        advice = Text("", "")
    else:
        reasons = _both(" ", "", [line.reason for line in decision.denying])
        reason = Text(
            f"{who.en} may not {what.en}. {reasons.en}".strip(),
            f"{who.zh}不可{what.zh}。{reasons.zh}",
        )
        advice = _advice(policy, decision.denying, ways, others)
    held = tuple(
        Held(name, policy.relations.by_name[name].meaning)
        for name in policy.relations.names_in(mask)
        if name != ANY
    )
    return Explanation(
        decision.allowed, held, decision.allowing, decision.denying, ways, others,
        reason, advice,
    )  # fmt: skip


def _who(policy: CompiledPolicy, role: str, tier: str) -> Text:
    words = policy.bundle.vocabulary
    if (role, tier) not in words.places:  # a school that has left, say: it may nothing any more
        return Text("This role", "此身份")
    name, place = words.roles[role], words.tiers[tier]
    return Text(f"{_a(name.en).capitalize()} ({place.en})", f"{place.zh}{name.zh}")


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def _way(policy: CompiledPolicy, line: PolicyLine, mask: int) -> Way:
    relations = policy.relations.by_name
    relation = relations[line.rel]
    parts = [relations[name] for name in relation.parts] or [relation]
    missing = [part for part in parts if not part.bit & mask]
    needs = [part.need for part in missing if part.need is not None]
    return Way(line, tuple(p.name for p in missing), _both(" ", "", needs))


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


def _advice(
    policy: CompiledPolicy,
    denying: tuple[PolicyLine, ...],
    ways: tuple[Way, ...],
    others: tuple[str, ...],
) -> Text:
    if denying:
        lifts = [policy.relations.by_name[line.rel].lift for line in denying]
        return _both(" ", "", [lift for lift in lifts if lift is not None])
    roles = policy.bundle.vocabulary.roles
    if others:
        return Text(
            f"Ask {' or '.join(_a(roles[name].en) for name in others)}.",
            f"请联系{'或'.join(roles[name].zh for name in others)}。",
        )
    fewest = min((len(way.missing) for way in ways), default=0)
    if remedies := [way.advice for way in ways if len(way.missing) == fewest]:
        return _both(" Or: ", "或者：", remedies)
    return Text("Nobody in this position may do this.", "此身份无此权限。")


def _both(en: str, zh: str, texts: list[Text]) -> Text:
    """The texts joined, each said once."""
    once = list(dict.fromkeys((text.en, text.zh) for text in texts))
    return Text(en.join(text[0] for text in once), zh.join(text[1] for text in once))


def _name(text: Text, owner: str) -> Text:
    en = text.en.replace("{owner}", owner or SOME_OWNER.en)
    return Text(en[:1].upper() + en[1:], text.zh.replace("{owner}", owner or SOME_OWNER.zh))
