"""The heads of the audit chains, kept in the object store too: a rewritten database is noticed.

Who can change the database can change an entry and every hash after it; the chain is then whole
and its head another. What was kept elsewhere, under a seal made with the installation's secret,
shows it (RFC 9162, section 2, keeps signed tree heads for the same reason).
"""

import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import msgspec

from schoolgroup.access.audit import queries
from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.db import Database, Tx
from schoolgroup.kernel.keys import derive_key
from schoolgroup.kernel.storage import Missing, Storage

FOLDER = "audit-heads"  # beside the folders of groups, so that nobody's tidying looks here
BYTES_MAX = 4 * 1024 * 1024
FILES_MAX = 1000  # the newest ones are compared: nearly three years of days


class Head(msgspec.Struct, frozen=True):
    """The newest entry of one chain, by its number and hash (hex)."""

    chain: str
    seq: int
    hash: str


class KeptHeads(msgspec.Struct, frozen=True):
    """Every head of a group at one instant, and the seal over all of it."""

    group_id: UUID
    kept_at: datetime
    heads: list[Head]
    seal: str = ""


class Compared(msgspec.Struct, frozen=True):
    """What comparing found: files looked at, and what is wrong, in words."""

    files: int
    wrong: list[str]


async def keep_heads(tx: Tx, storage: Storage, secret: str) -> str:
    """Write the heads of now; the key of the object, one for each day."""
    rows = await queries.list_heads(tx)
    heads = [Head(row.chain, row.seq, row.hash) for row in rows]
    kept = KeptHeads(tx.group_id, tx.now, heads)
    sealed = msgspec.structs.replace(kept, seal=_seal(kept, secret))
    key = f"{FOLDER}/{tx.group_id}/{tx.now:%Y-%m-%d}.json"
    await storage.put(key, msgspec.json.encode(sealed), "application/json")
    return key


async def compare_heads(db: Database, storage: Storage, group_id: UUID, secret: str) -> Compared:
    """Whether entries that were heads once are still what they were; raises StoreUnavailable."""
    listed = await storage.list_below(f"{FOLDER}/{group_id}/")
    wrong: list[str] = []
    keys = sorted(each.key for each in listed)[-FILES_MAX:]
    for key in keys:
        day = key.rpartition("/")[2].removesuffix(".json")
        kept = await _read(storage, key, secret)
        if kept is None:
            wrong.append(f"what was kept on {day} is not what this installation sealed")
            continue
        differ = await db.run(
            system_actor(group_id),
            lambda tx, kept=kept: queries.list_unmatched_heads(tx, kept.heads),  # type: ignore[misc]  # pinned
        )
        wrong += [f"{head.chain}: entry {head.seq} is not the one kept on {day}" for head in differ]
    return Compared(len(keys), wrong)


async def _read(storage: Storage, key: str, secret: str) -> KeptHeads | None:
    try:
        content = await storage.read_through(key, _beginning)
        kept = msgspec.json.decode(content, type=KeptHeads)
    except (Missing, msgspec.MsgspecError):
        return None
    unsealed = msgspec.structs.replace(kept, seal="")
    return kept if hmac.compare_digest(kept.seal, _seal(unsealed, secret)) else None


def _beginning(pieces: Iterator[bytes]) -> bytes:
    """No more than ours can be, and a piece: a larger one is cut, and so not what was sealed."""
    content = b""
    for piece in pieces:
        content += piece
        if len(content) > BYTES_MAX:
            break
    return content


def _seal(kept: KeptHeads, secret: str) -> str:
    key = derive_key(secret, "audit heads")
    return hmac.new(key, msgspec.json.encode(kept), hashlib.sha256).hexdigest()
