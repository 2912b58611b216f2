"""The group's own rules beside the law: read by all, made by the office, only ever stricter."""

from schoolgroup.access.decisions import require
from schoolgroup.evaluation.exams.gates import BY_NAME, GATES, Gate
from schoolgroup.evaluation.exams.limits import queries, rules
from schoolgroup.evaluation.exams.limits.models import GateList, GateRuleInput, GateState
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import check_version

READ, SET = "exam_gate:read", "exam_gate:set"


async def gate_in_force(tx: Tx, name: str) -> Gate:
    """The law's gate less what the group has taken away, now."""
    return rules.stricter(BY_NAME[name], await queries.get_rule(tx, name))


async def list_gates(tx: Tx) -> GateList:
    """Every gate as it stands in the group."""
    require(tx, READ, thing=f"group/{tx.group_id}")
    own = await queries.list_rules(tx)
    return GateList([rules.state(gate.name, own.get(gate.name)) for gate in GATES])


async def get_gate(tx: Tx, name: str) -> GateState:
    """One gate. Raises NotFound."""
    require(tx, READ, thing=f"group/{tx.group_id}")
    if name not in BY_NAME:
        raise NotFound
    return rules.state(name, await queries.get_rule(tx, name))


async def set_rule(tx: Tx, name: str, wish: GateRuleInput, version: int) -> GateState:
    """Be stricter than the law at a gate. Raises NotFound, StaleVersion, LaxerThanLaw.

    Exams that are under way meet the rule at their next gate: invitation, import and release.
    """
    require(tx, SET, thing=f"exam_gate/{name}", see=READ)
    if name not in BY_NAME:
        raise NotFound
    await queries.lock_rules(tx)
    before = await queries.get_rule(tx, name)
    check_version(version, before.version if before else 0)
    rules.check_stricter(BY_NAME[name], wish)
    await queries.set_rule(tx, name, rules.complete(BY_NAME[name], wish), wish.because)
    made = await get_gate(tx, name)
    await _record(tx, "exam_gate.tightened", made)
    return made


async def delete_rule(tx: Tx, name: str, version: int) -> GateState:
    """Take the group's rule back: the law alone decides. Raises NotFound, StaleVersion."""
    require(tx, SET, thing=f"exam_gate/{name}", see=READ)
    await queries.lock_rules(tx)
    before = await queries.get_rule(tx, name)
    if before is None:
        raise NotFound
    check_version(version, before.version)
    await queries.delete_rule(tx, name)
    left = await get_gate(tx, name)
    await _record(tx, "exam_gate.restored", left)
    return left


async def _record(tx: Tx, event: str, gate: GateState) -> None:
    await journal.record(
        tx,
        event,
        act=SET,
        thing=f"exam_gate/{gate.name}",
        version=gate.version,
        data={
            "gate": gate.name,
            "allowed": gate.allowed,
            "contents": gate.contents,
            "in_school_year_max": gate.in_school_year_max,
        },
    )
