"""What a policy must satisfy before it is believed.

Stock Casbin drops a line of an unknown kind, ignores a misspelt effect, takes a comment at a
line's end for part of a value, and reads an empty policy as a rule of empty words. Each of these
is a fault here, with the file, the line and what to do about it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from schoolgroup.access import algebra
from schoolgroup.access.faults import Fault, FaultCode, line_of
from schoolgroup.access.policy import (
    ALLOW,
    ANY_TIER,
    CASES,
    DENY,
    MODEL,
    OUTSIDE_ROLE,
    POLICY,
    ROOT_ROLE,
    VOCABULARY,
    Case,
    Link,
    PolicyBundle,
    PolicyLine,
    Vocabulary,
)
from schoolgroup.access.relations import ANY, Relations
from schoolgroup.kernel.texts import Text

ARITY = {"p": 5, "g": 2, "g2": 2}
DEPTH_MAX = 9  # Casbin's role manager silently stops looking at the tenth level
CHINESE = re.compile(r"[\u4e00-\u9fff]")

# The compiled table is exact for this model and no other, so no other is accepted.
MODEL_SAYS = {
    "request_definition": {"r": "role, tier, rels, act"},
    "policy_definition": {"p": "role, tier, rel, act, eft"},
    "role_definition": {"g": "_, _", "g2": "_, _"},
    "policy_effect": {"e": "some(where (p.eft == allow)) && !some(where (p.eft == deny))"},
    "matchers": {
        "m": 'p.rel in r.rels && (p.tier == "*" || p.tier == r.tier)'
        " && g(r.role, p.role) && g2(r.act, p.act)"
    },
}


def read_lines(
    text: str, words: Vocabulary, relations: Relations, faults: list[Fault]
) -> tuple[tuple[PolicyLine, ...], tuple[Link, ...], tuple[Link, ...]]:
    """The rules, role links and act links of policy.csv; what is wrong is added to `faults`."""
    rules: list[PolicyLine] = []
    links: dict[str, list[Link]] = {"g": [], "g2": []}
    comments: list[str] = []
    in_block = False
    for number, line in enumerate(text.split("\n"), 1):  # as Casbin splits
        line = line.strip()
        if line.startswith("#"):
            if in_block:
                comments, in_block = [], False
            comments.append(line.lstrip("# ").strip())
            continue
        if not line:
            comments, in_block = [], False
            continue
        in_block = True

        def blame(code: FaultCode, what: str, remedy: str, number: int = number) -> None:
            faults.append(Fault(POLICY, number, code, what, remedy))

        if "#" in line:
            what = "A comment at a line's end becomes part of the last value."
            blame(FaultCode.COMMENT_AT_LINE_END, what, "Put it on a line of its own, above.")
            continue
        kind, *values = (part.strip() for part in line.split(","))
        if kind not in ARITY:
            what = f"A line begins with p, g or g2, not {kind!r}; Casbin would drop it."
            blame(FaultCode.UNKNOWN_KIND, what, "Correct the first word.")
            continue
        if len(values) != ARITY[kind] or not all(values):
            what = f"A {kind} line has {ARITY[kind]} values, this one {sum(map(bool, values))}."
            blame(FaultCode.WRONG_ARITY, what, "Compare with the lines around it.")
            continue
        if kind == "p":
            reason = Text(
                " ".join(c for c in comments if not CHINESE.search(c)),
                "".join(c for c in comments if CHINESE.search(c)),
            )
            role, tier, rel, act, eft = values
            rule = PolicyLine(number, role, tier, rel, act, eft, reason)
            rules.append(rule)
            faults.extend(_check_rule(rule, words, relations))
        else:
            links[kind].append(Link(number, *values))
    return tuple(rules), tuple(links["g"]), tuple(links["g2"])


def check(bundle: PolicyBundle, texts: Mapping[str, str]) -> list[Fault]:
    """Everything wrong with a bundle that can be seen without compiling it."""
    faults = _check_model(texts[MODEL])
    if not any(rule.eft == ALLOW for rule in bundle.lines):
        what = "No line allows anything."
        faults.append(Fault(POLICY, 0, FaultCode.EMPTY_POLICY, what, "Restore the rules."))
    words = bundle.vocabulary
    faults += _check_repeats(bundle)
    faults += _check_links(bundle.roles, set(words.roles), set(words.roles), "role")
    members = set(words.acts) | set(words.groups)
    faults += _check_links(bundle.groups, members, set(words.groups), "act")
    faults += _check_dead_lines(bundle)
    faults += _check_closed(bundle)
    faults += _check_texts(bundle, texts[VOCABULARY])
    for case in bundle.cases:
        faults += _check_case(bundle, case, line_of(texts[CASES], case.why.en[:40]))
    return faults


def _check_rule(rule: PolicyLine, words: Vocabulary, relations: Relations) -> Iterable[Fault]:
    def fault(code: FaultCode, what: str, remedy: str) -> Fault:
        return Fault(POLICY, rule.number, code, what, remedy)

    if rule.eft not in (ALLOW, DENY):
        what = f"The effect {rule.eft!r} would be ignored."
        yield fault(FaultCode.UNKNOWN_EFFECT, what, "Write allow or deny.")
    if rule.role not in words.roles:
        what = f"There is no role {rule.role!r}."
        yield fault(FaultCode.UNKNOWN_ROLE, what, "Use a role of vocabulary.toml.")
    if rule.tier != ANY_TIER and rule.tier not in words.tiers:
        what = f"There is no tier {rule.tier!r}."
        yield fault(FaultCode.UNKNOWN_TIER, what, "Use a tier of vocabulary.toml, or *.")
    if rule.rel not in relations.by_name:
        what = f"There is no relation {rule.rel!r}."
        yield fault(FaultCode.UNKNOWN_RELATION, what, "Use a relation of relations.toml.")
    if rule.act not in words.acts and rule.act not in words.groups:
        what = f"There is no act {rule.act!r}."
        yield fault(FaultCode.UNKNOWN_ACT, what, "Use an act or group of vocabulary.toml.")
    if not (rule.reason.en and rule.reason.zh):
        what = "Nobody could be told why."
        yield fault(FaultCode.NO_REASON, what, "Put a comment above it in English and Chinese.")


def _check_model(text: str) -> list[Fault]:
    said: dict[str, dict[str, str]] = {}
    section = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1]
        elif line and not line.startswith("#"):
            key, _, value = line.partition("=")
            values = said.setdefault(section, {})
            # a second definition of the same key counts as another: Casbin would take the last
            values[key.strip() + "'" * (key.strip() in values)] = " ".join(value.split())
    faults = []
    for name in sorted(set(said) | set(MODEL_SAYS)):
        if said.get(name) != MODEL_SAYS.get(name):
            what = f"[{name}] says {said.get(name)}, expected {MODEL_SAYS.get(name)}."
            remedy = "Restore it: the compiled table is proved for that model only."
            number = line_of(text, f"[{name}]")
            faults.append(Fault(MODEL, number, FaultCode.MODEL_CHANGED, what, remedy))
    return faults


def _check_repeats(bundle: PolicyBundle) -> Iterable[Fault]:
    said = [(str(rule), rule.number) for rule in bundle.lines]
    said += [(f"g, {link.name}, {link.parent}", link.number) for link in bundle.roles]
    said += [(f"g2, {link.name}, {link.parent}", link.number) for link in bundle.groups]
    first: dict[str, int] = {}
    for text, number in said:
        # an allow and a deny over the same words: the allow could never take effect
        text = text.removesuffix(f", {ALLOW}").removesuffix(f", {DENY}")
        if first.setdefault(text, number) != number:
            what = f"Said already in line {first[text]}."
            yield Fault(POLICY, number, FaultCode.DUPLICATE, what, "Keep one of the two.")


def _check_links(
    links: tuple[Link, ...], names: set[str], parents: set[str], kind: str
) -> Iterable[Fault]:
    code = FaultCode.UNKNOWN_ROLE if kind == "role" else FaultCode.UNKNOWN_ACT
    up: dict[str, list[str]] = {}
    for link in links:
        for word, known in ((link.name, names), (link.parent, parents)):
            if word not in known:
                what = f"There is no {kind} {word!r} here."
                yield Fault(POLICY, link.number, code, what, "Use the words of vocabulary.toml.")
        up.setdefault(link.name, []).append(link.parent)
    for link in links:
        depth, reached = 1, {link.parent}
        while reached and depth <= DEPTH_MAX:
            reached = {parent for name in reached for parent in up.get(name, ())}
            depth += bool(reached)
        if depth > DEPTH_MAX:
            what = f"{link.name} is {DEPTH_MAX + 1} or more levels deep, or goes round in a circle."
            remedy = f"Casbin stops looking there: keep fewer than {DEPTH_MAX + 1} levels."
            yield Fault(POLICY, link.number, FaultCode.TOO_DEEP, what, remedy)
    if kind == "role":
        if OUTSIDE_ROLE in up:
            what = f"The role {OUTSIDE_ROLE!r} is no {up[OUTSIDE_ROLE][0]}: it has not signed in."
            yield Fault(POLICY, 0, FaultCode.UNKNOWN_ROLE, what, "Give it rules of its own.")
        for role in sorted(names - set(up) - {ROOT_ROLE, OUTSIDE_ROLE}):
            what = f"The role {role!r} does not lead up to {ROOT_ROLE}; denials would miss it."
            yield Fault(POLICY, 0, FaultCode.UNKNOWN_ROLE, what, f"Add g, {role}, {ROOT_ROLE}.")


def acts_of(bundle: PolicyBundle, name: str) -> set[str]:
    """The acts a name stands for: itself, or all that belong to the group."""
    found, ahead = set(), {name}
    while ahead:
        found |= ahead
        ahead = {link.name for link in bundle.groups if link.parent in ahead} - found
    return found & set(bundle.vocabulary.acts)


def _heirs(bundle: PolicyBundle, role: str) -> set[str]:
    """The roles that may all that this role may, itself included."""
    found, ahead = set(), {role}
    while ahead:
        found |= ahead
        ahead = {link.name for link in bundle.roles if link.parent in ahead} - found
    return found & set(bundle.vocabulary.roles)


def _check_dead_lines(bundle: PolicyBundle) -> Iterable[Fault]:
    for rule in bundle.lines:
        for name in sorted(acts_of(bundle, rule.act)):
            things = bundle.vocabulary.acts[name].on
            if rule.rel == ANY or any(rule.rel in bundle.relations.defined_on(t) for t in things):
                continue
            what = f"{rule.rel!r} can never hold for what {name} is done to ({', '.join(things)})."
            remedy = "Choose another relation, or define it there in relations.toml."
            yield Fault(POLICY, rule.number, FaultCode.DEAD_LINE, what, remedy)
        if rule.tier != ANY_TIER and not any(
            rule.tier in bundle.vocabulary.roles[name].at for name in _heirs(bundle, rule.role)
        ):
            what = f"Nobody is a {rule.role} at the tier {rule.tier}."
            remedy = "See `at` in vocabulary.toml."
            yield Fault(POLICY, rule.number, FaultCode.DEAD_LINE, what, remedy)
        if not acts_of(bundle, rule.act):
            what = f"No act belongs to {rule.act!r}."
            yield Fault(POLICY, rule.number, FaultCode.DEAD_LINE, what, "Add g2 lines for it.")


def _check_closed(bundle: PolicyBundle) -> Iterable[Fault]:
    """Row locks hide rows: what is hidden must neither open a door nor lift a denial."""
    for rule in bundle.lines:
        relation = bundle.relations.by_name.get(rule.rel)
        definitions = relation.on.items() if relation else ()
        for thing, tree in definitions:
            if (rule.eft == DENY) in algebra.looks(tree):
                there = "are" if rule.eft == DENY else "are not"
                what = f"{rule.rel} on {thing} {rule.eft}s by rows that {there} there."
                remedy = "A hidden row would let people through: turn the definition round."
                yield Fault(POLICY, rule.number, FaultCode.FAILS_OPEN, what, remedy)


def _check_texts(bundle: PolicyBundle, vocabulary: str) -> Iterable[Fault]:
    words = bundle.vocabulary
    labels = {**words.tiers, **words.groups}
    labels |= {name: role.label for name, role in words.roles.items()}
    labels |= {name: act.label for name, act in words.acts.items()}
    for name, text in labels.items():
        if not (text.en and text.zh):
            number = line_of(vocabulary, name)
            what = f"{name} lacks a label."
            remedy = "Write it in English and Chinese."
            yield Fault(VOCABULARY, number, FaultCode.MISSING_TEXT, what, remedy)
    for name, count in Counter([*words.acts, *words.groups]).items():
        if count > 1:
            what = f"{name} is both an act and a group of acts."
            yield Fault(VOCABULARY, line_of(vocabulary, name), FaultCode.DUPLICATE, what, "Rename.")
    for name, role in words.roles.items():
        for tier in role.at:
            if tier not in words.tiers:
                what, number = f"There is no tier {tier!r}.", line_of(vocabulary, f"{name} = ")
                remedy = "Use the names of [tiers]."
                yield Fault(VOCABULARY, number, FaultCode.UNKNOWN_TIER, what, remedy)
    for name, act in words.acts.items():
        for thing in act.on:
            if thing not in bundle.relations.things:
                number = line_of(vocabulary, f'"{name}"')
                what = f"{name} is done to {thing!r}, which is no kind of thing."
                remedy = "Use the kinds of relations.toml."
                yield Fault(VOCABULARY, number, FaultCode.UNKNOWN_THING, what, remedy)
    for rule in bundle.lines:
        relation = bundle.relations.by_name.get(rule.rel)
        if relation is None or relation.name == ANY:
            continue
        parts = [bundle.relations.by_name[part] for part in relation.parts] or [relation]
        missing = rule.eft == DENY and relation.lift is None
        if missing or (rule.eft == ALLOW and any(part.need is None for part in parts)):
            what = f"{rule.rel} does not say what to do when it {rule.eft}s nothing or forbids."
            remedy = f"Give it `{'lift' if rule.eft == DENY else 'need'}` in relations.toml."
            yield Fault(POLICY, rule.number, FaultCode.MISSING_TEXT, what, remedy)


def _check_case(bundle: PolicyBundle, case: Case, number: int) -> Iterable[Fault]:
    words = bundle.vocabulary
    wrong = [
        f"no role {case.role!r}" * (case.role not in words.roles),
        f"no tier {case.tier!r}" * (case.tier not in words.tiers),
        f"no {case.role} at {case.tier}" * ((case.role, case.tier) not in words.places),
        f"no act {case.act!r}" * (case.act not in words.acts),
        f"no answer {case.expect!r}" * (case.expect not in (ALLOW, DENY)),
        *(f"no relation {n!r}" for n in case.holds if n not in bundle.relations.by_name),
    ]
    for what in filter(None, wrong):
        remedy = "Use the words of the other files."
        yield Fault(CASES, number, FaultCode.BAD_CASE, f"There is {what}.", remedy)
