"""Compiling: stock Casbin is asked once per version, and its answers are kept as masks.

The matcher joins its four conditions by `and` (the lint accepts no other model), so each is asked
once and the answers multiply. Which acts a rule speaks of is asked of Casbin's manager of links,
which is what its matcher calls for `g2(r.act, p.act)`; to whom it speaks, of a `casbin.Enforcer`
that knows this one rule and all links, with the rule's relation holding; it is stock but for
parsing its matcher once. The rules then combine as the effect says: some allow, and no deny.
tests/access/test_policy_casbin.py holds the result equal to stock `enforce` with the whole policy.
"""

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import casbin

from schoolgroup.access.bundle import load_bundle
from schoolgroup.access.compiled import Cell, CompiledPolicy
from schoolgroup.access.faults import Fault, FaultCode, PolicyRefused, line_of
from schoolgroup.access.policy import (
    ALLOW,
    CASES,
    MODEL,
    POLICY,
    VOCABULARY,
    PolicyBundle,
    PolicyLine,
)


def compile_policy(bundle: PolicyBundle) -> CompiledPolicy:
    """Compile and try the bundle's own examples; raises PolicyRefused naming every fault.

    Takes about half a second of one core: once per version, never in a request.
    """
    policy = CompiledPolicy(bundle, ask_casbin(bundle))
    faults = [*_unreachable(policy), *_violated(policy)]
    if faults:
        raise PolicyRefused(tuple(faults))
    return policy


def load_policy(folder: Path | None = None) -> CompiledPolicy:
    """The policy in a folder (the shipped one by default), compiled; raises PolicyRefused."""
    return compile_policy(load_bundle(folder))


class OneMatcher(casbin.Enforcer):  # type: ignore[misc]  # the library has no types
    """Stock Casbin, but that it parses its one matcher at the first question, not at each.

    Parsing is four fifths of what a question costs. The links it knows must not change afterwards.
    """

    _parsed: Any = None

    def _get_expression(self, expr: str, functions: Any = None) -> Any:
        if self._parsed is None:
            self._parsed = casbin.Enforcer._get_expression(expr, functions)
        return self._parsed


def stock_enforcer(files: Mapping[str, bytes]) -> casbin.Enforcer:
    """Stock Casbin over these files, as they are."""
    return enforcer_of(casbin.Enforcer, files)


def enforcer_of(kind: type[casbin.Enforcer], files: Mapping[str, bytes]) -> casbin.Enforcer:
    """This kind of enforcer over these files; what changes it later is written nowhere."""
    with tempfile.TemporaryDirectory() as folder:
        for name in (MODEL, POLICY):
            (Path(folder) / name).write_bytes(files[name])
        made = kind(str(Path(folder) / MODEL), str(Path(folder) / POLICY))
    made.enable_auto_save(False)  # there is no file to write to any more
    return made


def ask_casbin(bundle: PolicyBundle) -> dict[Cell, list[PolicyLine]]:
    """The rules that speak to each (role, tier, act), in the file's order, as stock Casbin says.

    Raises PolicyRefused when Casbin read other lines than stand in the file.
    """
    whole = stock_enforcer(bundle.files).model.model
    read = [("p", str(line).split(", ")[1:]) for line in bundle.lines]
    read += [("g", [link.name, link.parent]) for link in bundle.roles]
    read += [("g2", [link.name, link.parent]) for link in bundle.groups]
    kept = [("p", values) for values in whole["p"]["p"].policy]
    kept += [(key, values) for key in ("g", "g2") for values in whole["g"][key].policy]
    if read != kept:
        lost = [f"{kind}, {', '.join(v)}" for kind, v in read if (kind, v) not in kept]
        what = f"Casbin read {len(kept)} lines where {len(read)} stand; lost: {lost[:3]}."
        number = line_of(bundle.files[POLICY].decode(), *(lost[0].split(", ")[:3] if lost else "#"))
        raise PolicyRefused((Fault(POLICY, number, FaultCode.DROPPED_LINE, what, "Retype it."),))

    links = [f"g, {link.name}, {link.parent}" for link in bundle.roles]
    links += [f"g2, {link.name}, {link.parent}" for link in bundle.groups]
    words = bundle.vocabulary
    linked = {MODEL: bundle.files[MODEL], POLICY: "\n".join(links).encode()}
    enforcer = enforcer_of(OneMatcher, linked)
    includes = enforcer.get_named_role_manager("g2").has_link
    acts: dict[str, list[str]] = {}
    places: dict[tuple[str, str], list[tuple[str, str]]] = {}
    cells: dict[Cell, list[PolicyLine]] = {}
    for line in bundle.lines:
        speaker = (line.role, line.tier)
        if line.act not in acts:
            acts[line.act] = [act for act in words.acts if includes(act, line.act)]
        if speaker not in places and acts[line.act]:
            alone = str(line).split(", ")[1:]
            enforcer.add_policy(*alone)
            held, act = frozenset({line.rel}), acts[line.act][0]
            places[speaker] = [
                (r, t) for r, t in words.places if enforcer.enforce_ex(r, t, held, act)[1]
            ]
            enforcer.remove_policy(*alone)
        for act in acts[line.act]:
            for role, tier in places[speaker]:
                cells.setdefault((role, tier, act), []).append(line)
    return cells


def _unreachable(policy: CompiledPolicy) -> Iterable[Fault]:
    words = policy.bundle.vocabulary
    text = policy.bundle.files[VOCABULARY].decode()
    for act in words.acts:
        masks = (policy.masks(role, tier, act) for role, tier in words.places)
        if not any(allow & ~deny for allow, deny in masks):
            what = f"Nobody can ever {act}."
            remedy = "Give it to a role in policy.csv, or take it out."
            yield Fault(
                VOCABULARY, line_of(text, f'"{act}"'), FaultCode.UNREACHABLE_ACT, what, remedy
            )


def _violated(policy: CompiledPolicy) -> Iterable[Fault]:
    text = policy.bundle.files[CASES].decode()
    for case in policy.bundle.cases:
        mask = policy.relations.mask_of(*case.holds)
        decision = policy.decide(case.role, case.tier, case.act, mask)
        if decision.allowed == (case.expect == ALLOW):
            continue
        lines = decision.denying or decision.allowing
        numbers = ", ".join(str(line.number) for line in lines) or "none"
        what = f"Expected {case.expect} ({case.why.en}) but the policy says otherwise."
        remedy = f"Rules that decide it in {POLICY}: line {numbers}. Change those, or the example."
        number = line_of(text, case.why.en[:40])
        yield Fault(CASES, number, FaultCode.CASE_VIOLATED, what, remedy)
