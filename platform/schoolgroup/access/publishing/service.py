"""Reading the policy in force, and putting another one in force.

A bundle is judged before it is published: its own lint and examples, and that this software can
judge by it. Whoever publishes is both its author and its approver: reviewing is done on the
changes a dry run lists, and whoever publishes answers for that by name in the audit trail.
"""

from schoolgroup.access.bundles import PolicyStore
from schoolgroup.access.compiled import CompiledPolicy
from schoolgroup.access.decisions import policy_of, require
from schoolgroup.access.faults import PolicyRefused
from schoolgroup.access.matrix import render_matrix
from schoolgroup.access.policy import FILES
from schoolgroup.access.publishing import queries
from schoolgroup.access.publishing.models import (
    Judged,
    Matrix,
    PolicyShown,
    PolicyVersion,
    PolicyWish,
)
from schoolgroup.access.publishing.rules import cells, changes
from schoolgroup.access.relations import ANY_MASK
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Invalid, NotFound, Problem, StaleVersion, refuse_by_constraint
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.texts import Text

READ, PUBLISH = "policy:read", "policy:publish"
# two who publish at once take the same next number: the later one read a version that is no more
refuse_by_constraint("policy_bundle_pkey", StaleVersion)


class PolicyHasFaults(Invalid):
    """The policy has faults and is not put in force."""

    code = "policy_has_faults"
    title = Text("The policy has faults", "策略存在错误")
    remedy = Text("Mend what errors names; policies/README.md helps.", "请按 errors 逐项修改。")


class UnknownFile(Invalid):
    """A policy has no such file."""

    code = "unknown_policy_file"
    title = Text("A policy has no such file", "策略不包含该文件")


class LockedOut(Invalid):
    """By this policy you could not publish the next one."""

    code = "locked_out"
    title = Text("You would lock yourself out", "发布后您将失去发布策略的权限")
    remedy = Text("Leave policy:publish to your role.", "请保留您所属角色的 policy:publish。")


async def show(tx: Tx, version: int | None = None) -> PolicyShown:
    """A published policy; without a number, the one in force. Raises NotFound."""
    require(tx, READ, thing="group")
    shown = await queries.get_version(tx, version)
    if shown is None:
        raise NotFound
    return shown


async def list_versions(tx: Tx, page: PageRequest) -> list[PolicyVersion]:
    """Every version that was ever in force, newest first."""
    require(tx, READ, thing="group")
    return await queries.list_versions(tx, page)


async def matrix(tx: Tx) -> Matrix:
    """Who may do what by the policy in force."""
    require(tx, READ, thing="group")
    policy = policy_of(tx)
    return Matrix(policy.sha256, list(cells(policy).values()))


async def matrix_text(tx: Tx) -> str:
    """The same as the Markdown people review."""
    require(tx, READ, thing="group")
    return render_matrix(policy_of(tx))


async def prepare(tx: Tx, wish: PolicyWish) -> dict[str, str]:
    """All files of the policy wished for. Raises NotAllowed, UnknownFile."""
    require(tx, PUBLISH, thing="group")
    problems = [
        Problem(f"/files/{name}", "unknown_policy_file", f"one of {', '.join(FILES)}")
        for name in wish.files
        if name not in FILES
    ]
    if problems:
        raise UnknownFile(problems=problems)
    shown = await queries.get_version(tx)
    return {**(shown.files if shown else {}), **wish.files}


async def judge(policies: PolicyStore, files: dict[str, str]) -> CompiledPolicy:
    """The policy, compiled and tried; raises PolicyHasFaults naming every fault."""
    try:
        return await policies.try_out(files)
    except PolicyRefused as refused:
        problems = [
            Problem(f"/files/{f.file}", f.code, f"line {f.line}: {f.what}", f.remedy)
            for f in refused.faults[:100]
        ]
        raise PolicyHasFaults(problems=problems) from refused


async def publish(
    tx: Tx, wish: PolicyWish, files: dict[str, str], policy: CompiledPolicy, version: int
) -> Judged:
    """Put the policy in force from the next request on; in a dry run only say what changes.

    `version` is the one it replaces. Raises NotAllowed, StaleVersion, LockedOut.
    """
    grant = require(tx, PUBLISH, thing="group")
    present = await queries.get_version(tx)
    if present is None or present.version != version:
        raise StaleVersion
    if not policy.allows(tx.actor.role, tx.actor.tier, PUBLISH, ANY_MASK):
        raise LockedOut
    changed = changes(policy_of(tx), policy)
    if wish.dry_run:
        return Judged(None, policy.sha256, changed)
    await queries.insert_version(tx, version + 1, policy.sha256, files, wish.note)
    await journal.record(
        tx,
        "policy.published",
        act=PUBLISH,
        thing=f"policy/{version + 1}",
        data={"version": version + 1, "sha256": policy.sha256, "rights_changed": len(changed)},
        version=version + 1,
        **grant.entered,
    )
    return Judged(version + 1, policy.sha256, changed)
