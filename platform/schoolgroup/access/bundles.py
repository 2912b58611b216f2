"""The policy each group has in force, held by this process and never served when it is stale.

Every transaction tells the database which policy version it was judged by; `app.begin` refuses
another one than the newest (SG002), and the kernel then asks here for a `reload`. So a policy
published through one process holds in every other one from its very next request, without any
notification, and a process that cannot read or understand the new policy answers 503.
"""

import asyncio
from collections import OrderedDict
from pathlib import Path
from uuid import UUID

import msgspec

from schoolgroup.access import queries
from schoolgroup.access.bundle import bundle_hash, make_bundle, policies_folder, read_files
from schoolgroup.access.compiled import CompiledPolicy
from schoolgroup.access.compiler import compile_policy
from schoolgroup.access.faults import PolicyRefused
from schoolgroup.access.relations import FILE as RELATIONS
from schoolgroup.access.relations import Relations, read_relations
from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.db import Database, Tx
from schoolgroup.kernel.errors import Unavailable

COMPILED_MAX = 32  # versions kept compiled; one is a few hundred kilobytes


class ShippedPolicy(msgspec.Struct, frozen=True):
    """A policy's files by name, as text, and the hash that names this version."""

    sha256: str
    texts: dict[str, str]


def shipped_policy(folder: str = "") -> ShippedPolicy:
    """The policy a new group starts with: of `folder`, else $SCHOOLGROUP_POLICIES, else ours.

    Read, not judged: `PolicyStore` judges a policy when it is used. Raises OSError, UnicodeError.
    """
    files = read_files(Path(folder) if folder else policies_folder())
    texts = {name: content.decode() for name, content in files.items()}
    return ShippedPolicy(sha256=bundle_hash(files), texts=texts)


def same_relations(one: Relations, other: Relations) -> bool:
    """Whether both give every relation the same bit and definition; wording may differ.

    Relations name columns of the schema, so a policy with others than this software's is one it
    cannot judge by.
    """
    return one.things == other.things and [
        (r.name, r.bit, r.parts, r.personal, dict(r.on)) for r in one.by_name.values()
    ] == [(r.name, r.bit, r.parts, r.personal, dict(r.on)) for r in other.by_name.values()]


class PolicyStore:
    """The policies in force that this process knows, compiled once per version."""

    def __init__(self, folder: str = "") -> None:
        self.folder = folder
        self._db: Database | None = None
        self._in_force: dict[UUID, CompiledPolicy] = {}
        self._compiled: OrderedDict[str, CompiledPolicy] = OrderedDict()
        self._relations: Relations | None = None
        self._reading = asyncio.Lock()

    def read_from(self, db: Database) -> None:
        """Where published policies are read from; before the first `reload`."""
        self._db = db

    def in_force(self, group_id: UUID) -> CompiledPolicy | None:
        """The policy this process last read for the group; None before the first request."""
        return self._in_force.get(group_id)

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
        other relations than this software.
        """
        known = self._compiled.get(sha256)
        if known is not None:
            self._compiled.move_to_end(sha256)
            return known
        try:
            # half a second of one core: in a thread, so that other requests go on
            policy = await asyncio.to_thread(self._compile, texts)
        except (PolicyRefused, OSError, UnicodeError) as refused:
            raise Unavailable(facts={"what": "policy"}) from refused
        if policy.sha256 != sha256 or not same_relations(policy.relations, self._software()):
            raise Unavailable(facts={"what": "policy"})
        self._compiled[sha256] = policy
        while len(self._compiled) > COMPILED_MAX:
            self._compiled.popitem(last=False)
        return policy

    def _compile(self, texts: dict[str, str]) -> CompiledPolicy:
        self._software()
        return compile_policy(make_bundle({name: t.encode() for name, t in texts.items()}))

    def _software(self) -> Relations:
        """The relations that came with this software; raises PolicyRefused, OSError."""
        if self._relations is None:
            folder = Path(self.folder) if self.folder else policies_folder()
            found, faults = read_relations((folder / RELATIONS).read_text("utf-8"))
            if faults:
                raise PolicyRefused(tuple(faults))
            self._relations = found
        return self._relations

    async def _read(self, group_id: UUID) -> queries.PolicyRow | None:
        if self._db is None:
            raise Unavailable(facts={"what": "policy"})

        async def read(tx: Tx) -> queries.PolicyRow | None:
            return await queries.get_policy_in_force(tx, group_id)

        return await self._db.run(system_actor(group_id), read)
