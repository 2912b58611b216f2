"""A group's policy when the software under it is upgraded.

A release brings new acts and relations, and a policy that does not know them cannot judge
(`bundles.strangers`): the group would be answered 503 until somebody published anew – which nobody
could, through an API that answers 503. So `migrate` looks at each group once:

* it follows the shipped policy – no person ever published another – and gets the new one;
* it has a policy of its own, which is carried over: every rule stays as it is, and acts that came
  with the release get the rules they were shipped with;
* that fails: the group's policy needs a person. Its faults are told, with the command that puts a
  mended policy in force; until then the group stays closed, and nobody else does.
"""

import csv
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

import msgspec

from schoolgroup.access import queries
from schoolgroup.access.bundles import PolicyStore, ShippedPolicy
from schoolgroup.access.faults import PolicyRefused
from schoolgroup.access.policy import POLICY, VOCABULARY
from schoolgroup.access.relations import FILE as RELATIONS
from schoolgroup.kernel import journal
from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.db import Database, Tx

SOFTWARE = "software"  # who publishes what was shipped, or carried over, in an upgrade
PUBLISH = "policy:publish"
SHIPPED_NOTE = "the policy this release was shipped with"
CARRIED_NOTE = "carried over by an upgrade: the rules as they were, new acts as they were shipped"
HEADING = """
# Acts that came with a newer release, with the rules they were shipped with: review them.
# 新版本增加的操作，规则随版本提供，请核对。
"""


class Outcome(StrEnum):
    """What was done with one group's policy."""

    KEPT = "kept"
    SHIPPED = "shipped"
    CARRIED = "carried"
    REFUSED = "refused"


class Upgraded(msgspec.Struct, frozen=True):
    """One group's policy after an upgrade; `faults` says what a person has to mend."""

    outcome: Outcome
    sha256: str = ""
    faults: str = ""


async def upgrade_policy(
    db: Database, policies: PolicyStore, group_id: UUID, founders: frozenset[str]
) -> Upgraded:
    """See that the group's newest policy is one this software can judge by.

    `founders` are the authors of policies that no person wrote.
    """

    async def read(tx: Tx) -> queries.PolicyRow | None:
        return await queries.get_policy_in_force(tx, group_id)

    system = system_actor(group_id)
    row = await db.run(system, read)
    shipped = policies.shipped()
    if row is None or row.sha256 == shipped.sha256:
        return Upgraded(Outcome.KEPT)
    if row.author in founders | {SOFTWARE} and row.note != CARRIED_NOTE:
        return await _publish(db, group_id, shipped.texts, shipped.sha256, Outcome.SHIPPED)
    try:
        await policies.try_out(row.files)
        return Upgraded(Outcome.KEPT)
    except PolicyRefused as refused:
        why = refused
    carried = carry_over(row.files, shipped)
    try:
        policy = await policies.try_out(carried)
    except PolicyRefused as refused:
        return Upgraded(Outcome.REFUSED, faults=f"{why}\ncarried over it would be:\n{refused}")
    return await _publish(db, group_id, carried, policy.sha256, Outcome.CARRIED)


async def put_in_force(db: Database, policies: PolicyStore, group_id: UUID) -> Upgraded:
    """Publish the folder's policy as the operator's, whatever is in force; raises PolicyRefused."""
    shipped = policies.shipped()
    await policies.try_out(shipped.texts)
    return await _publish(db, group_id, shipped.texts, shipped.sha256, Outcome.SHIPPED)


def carry_over(theirs: Mapping[str, str], shipped: ShippedPolicy) -> dict[str, str]:
    """Their rules on this software's acts and relations; new acts with the shipped rules."""
    acts = set(shipped.compiled.bundle.vocabulary.acts)
    try:
        new = acts - set(tomllib.loads(theirs.get(VOCABULARY, "")).get("acts", {}))
    except tomllib.TOMLDecodeError:
        new = set()
    lines = _rules_of(new, shipped.texts[POLICY], theirs.get(POLICY, ""))
    rules = theirs.get(POLICY, "")
    if lines:
        rules = rules.rstrip("\n") + "\n" + HEADING + "\n".join(lines) + "\n"
    changed = {RELATIONS: shipped.texts[RELATIONS], VOCABULARY: shipped.texts[VOCABULARY]}
    return {**theirs, **changed, POLICY: rules}


def _rules_of(acts: set[str], shipped: str, theirs: str) -> list[str]:
    """The shipped lines about these acts: the groups they belong to, and rules of new groups."""
    here = {tuple(row) for row in _rows(theirs)}
    groups_here = {row[2] for row in here if row[0] == "g2"}
    named, wanted = [], set(acts)
    for row in _rows(shipped):
        if row[0] == "g2" and row[1] in acts:
            named.append(row)
            if row[2] not in groups_here:
                wanted.add(row[2])
    named += [row for row in _rows(shipped) if row[0] == "p" and row[4] in wanted]
    return [", ".join(row) for row in named if tuple(row) not in here]


def _rows(text: str) -> list[list[str]]:
    lines = (line for line in text.splitlines() if line.strip() and not line.startswith("#"))
    return [[cell.strip() for cell in row] for row in csv.reader(lines)]


async def _publish(
    db: Database, group_id: UUID, files: dict[str, str], sha256: str, outcome: Outcome
) -> Upgraded:
    note = CARRIED_NOTE if outcome is Outcome.CARRIED else SHIPPED_NOTE

    async def publish(tx: Tx) -> None:
        await queries.insert_policy(tx, sha256, files, SOFTWARE, SOFTWARE, note)
        row = await queries.get_policy_in_force(tx, group_id)
        version = row.version if row else 1
        await journal.record(
            tx, "policy.published", act=PUBLISH, thing=f"policy/{version}",
            data={"version": version, "sha256": sha256, "upgrade": outcome},
            version=version, owner_school_id=None, school_ids=[],
        )  # fmt: skip

    await db.run(system_actor(group_id), publish)
    return Upgraded(outcome, sha256)
