"""The policy each group has in force, held by this process and never served when it is stale.

Every transaction tells the database which policy version it was judged by; `app.begin` refuses
another one than the newest (SG002), and the kernel then asks here for a `reload`. So a policy
published through one process holds in every other one from its very next request, without any
notification, and a process that cannot read or understand the new policy answers 503.
"""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from uuid import UUID

import msgspec

from schoolgroup.access import queries
from schoolgroup.access.bundle import make_bundle, policies_folder, read_files
from schoolgroup.access.compiled import CompiledPolicy
from schoolgroup.access.compiler import compile_policy
from schoolgroup.access.faults import Fault, FaultCode, PolicyRefused
from schoolgroup.access.matrix import render_matrix
from schoolgroup.access.policy import VOCABULARY
from schoolgroup.access.relations import FILE as RELATIONS
from schoolgroup.access.relations import Relations
from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.db import Database, Tx
from schoolgroup.kernel.errors import Unavailable

# Casbin parses its matcher by `ast.parse`, which in Python before 3.13 fails with a SystemError
# where two threads do it at once (cpython issue 106905).
ONE_AT_A_TIME = threading.Lock()
COMPILED_MAX = 32  # versions kept compiled; one is a few hundred kilobytes


class ShippedPolicy(msgspec.Struct, frozen=True):
    """A policy's folder, its files by name as text, and the hash that names this version."""

    folder: Path
    sha256: str
    texts: dict[str, str]
    compiled: CompiledPolicy

    def matrix(self) -> str:
        """Who may do what, as the Markdown people review."""
        return render_matrix(self.compiled)


def shipped_policy(folder: str = "") -> ShippedPolicy:
    """The policy a new group starts with: of `folder`, else $SCHOOLGROUP_POLICIES, else ours.

    Raises PolicyRefused naming every fault, its own examples included.
    """
    found = Path(folder) if folder else policies_folder()
    files = read_files(found)
    compiled = compile_files(files)
    texts = {name: content.decode() for name, content in compiled.bundle.files.items()}
    return ShippedPolicy(found, compiled.sha256, texts, compiled)


def compile_files(files: Mapping[str, bytes]) -> CompiledPolicy:
    """The policy in these files, compiled once per version and process; raises PolicyRefused."""
    with ONE_AT_A_TIME:
        return _compile(tuple(sorted(files.items())))


@lru_cache(maxsize=COMPILED_MAX)
def _compile(files: tuple[tuple[str, bytes], ...]) -> CompiledPolicy:
    return compile_policy(make_bundle(dict(files)))


def strangers(policy: CompiledPolicy, software: CompiledPolicy) -> list[Fault]:
    """What keeps this software from judging by the policy; empty where it can.

    Relations name columns of the schema and acts name what the software does: a policy brings its
    own rules, never its own relations, acts, roles or tiers. Wording may differ.
    """
    faults = []
    if _defined(policy.relations) != _defined(software.relations):
        what = "The relations are not those of this software."
        remedy = "Leave relations.toml as it was shipped; change rules in policy.csv."
        faults.append(Fault(RELATIONS, 0, FaultCode.BAD_DEFINITION, what, remedy))
    mine, theirs = policy.bundle.vocabulary, software.bundle.vocabulary
    if (
        {name: act.on for name, act in mine.acts.items()}
        != {name: act.on for name, act in theirs.acts.items()}
        or mine.places != theirs.places
        or mine.tiers.keys() != theirs.tiers.keys()
    ):
        what = "The acts, roles or tiers are not those of this software."
        remedy = "Leave vocabulary.toml as it was shipped, but for its wording and its groups."
        faults.append(Fault(VOCABULARY, 0, FaultCode.UNKNOWN_ACT, what, remedy))
    return faults


def _defined(relations: Relations) -> tuple[object, ...]:
    each = [(r.name, r.bit, r.parts, r.personal, dict(r.on)) for r in relations.by_name.values()]
    return relations.things, each


class PolicyStore:
    """The policies in force that this process knows, compiled once per version."""

    def __init__(self, folder: str = "") -> None:
        self.folder = folder
        self._db: Database | None = None
        self._in_force: dict[UUID, CompiledPolicy] = {}
        self._judged: OrderedDict[str, CompiledPolicy | None] = OrderedDict()
        self._shipped: ShippedPolicy | None = None
        self._reading = asyncio.Lock()

    def read_from(self, db: Database) -> None:
        """Where published policies are read from; before the first `reload`."""
        self._db = db

    def in_force(self, group_id: UUID) -> CompiledPolicy | None:
        """The policy this process last read for the group; None before the first request."""
        return self._in_force.get(group_id)

    def held(self) -> list[str]:
        """The hash of the policy this process judges by, once for each group it has served."""
        return [policy.sha256 for policy in self._in_force.values()]

    async def reload(self, group_id: UUID) -> CompiledPolicy:
        """Read the newest policy of the group and hold it in force.

        Raises Unavailable where there is none, it cannot be read, or this software cannot judge
        by it; the group's requests are then refused until that is mended.
        """
        async with self._reading:
            self._in_force.pop(group_id, None)
            row = await self._read(group_id)
            if row is None:
                raise Unavailable(facts={"what": "policy"})
            policy = await self.compile(row.files, row.sha256)
            self._in_force[group_id] = policy
            return policy

    async def compile(self, texts: dict[str, str], sha256: str) -> CompiledPolicy:
        """The files compiled, from memory where this version was seen before.

        Raises Unavailable where the files have faults, are not those the hash names, or speak of
        other relations than this software; that, too, is remembered.
        """
        if sha256 not in self._judged:
            try:
                policy = await self.try_out(texts)
            except PolicyRefused:
                self._judged[sha256] = None
            except OSError as missing:  # the shipped files, which may be there again later
                raise Unavailable(facts={"what": "policy"}) from missing
            else:
                self._judged[sha256] = policy if policy.sha256 == sha256 else None
            while len(self._judged) > COMPILED_MAX:
                self._judged.popitem(last=False)
        judged = self._judged[sha256]
        if judged is None:
            raise Unavailable(facts={"what": "policy"})
        self._judged.move_to_end(sha256)
        return judged

    async def try_out(self, texts: dict[str, str]) -> CompiledPolicy:
        """The files compiled and tried by their own examples, before they are published.

        Raises PolicyRefused naming every fault, also where this software could not judge by it.
        """
        files = {name: text.encode() for name, text in texts.items()}
        # half a second of one core: in a thread, so that other requests go on
        policy, software = await asyncio.to_thread(
            lambda: (compile_files(files), self.shipped().compiled)
        )
        if faults := strangers(policy, software):
            raise PolicyRefused(tuple(faults))
        return policy

    def shipped(self) -> ShippedPolicy:
        """The policy this software came with; raises PolicyRefused."""
        if self._shipped is None:
            self._shipped = shipped_policy(self.folder)
        return self._shipped

    async def _read(self, group_id: UUID) -> queries.PolicyRow | None:
        if self._db is None:
            raise Unavailable(facts={"what": "policy"})

        async def read(tx: Tx) -> queries.PolicyRow | None:
            return await queries.get_policy_in_force(tx, group_id)

        return await self._db.run(system_actor(group_id), read)
