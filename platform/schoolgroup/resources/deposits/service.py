"""Handing files in: open, upload in parts, verify, acknowledge.

Bytes go from the browser to the store. They are put together at `<group>/<sha256>/<deposit>`, a key
that is written once and never again, read back and hashed, and only then acknowledged. The first
deposit of a content gives its key to the group's blob; a later one is read and hashed all the same
and its copy deleted, so that nothing tells whether another school has the file.

The store is never asked while a transaction is open: what takes both is told as steps over
`Transactions`, each of which may be repeated after a crash.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Protocol, TypeVar
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import may, policy_of, require, require_found
from schoolgroup.access.relations import ANY_MASK
from schoolgroup.kernel import journal
from schoolgroup.kernel.context import ActorKind
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Invalid, Problem
from schoolgroup.kernel.http import check_version
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.storage import Missing, Storage
from schoolgroup.kernel.texts import Text
from schoolgroup.resources.deposits import queries, quota, rules
from schoolgroup.resources.deposits.models import (
    MACHINE,
    NOT_SCANNED,
    PARTS_PER_CALL_MAX,
    Deposit,
    DepositStatus,
    Limits,
    PartLink,
    Receipt,
    ReceivedPart,
    Scan,
    Upload,
    UploadWish,
    VerifiedFile,
)
from schoolgroup.resources.deposits.refusals import (
    REJECTIONS,
    FileTooLarge,
    KindTooLarge,
    PartsMissing,
    TooManyOpen,
    UploadAborted,
    UploadExpired,
)

T = TypeVar("T")
LINK_S_MIN = 1


class Transactions(Protocol):
    """Short transactions of one actor, one after the other, with the store asked in between."""

    async def read(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Run `work` in a transaction and commit."""
        ...


# ── opening ────────────────────────────────────────────────────────────────────────────────────


async def may_open(tx: Tx, wish: UploadWish, limits: Limits) -> None:
    """Refuse what would not be opened.

    Raises NotAllowed, BadFileName, FileTooLarge, KindTooLarge (by what the client takes it for;
    what it is decides when it is there), TooManyOpen, QuotaExceeded.
    """
    require(tx, "deposit:open", mask_of_new(tx), thing="deposit/new")
    rules.check_file_name(wish.file_name)
    bytes_max = limits.file_bytes_max
    if wish.size_bytes > bytes_max:
        raise FileTooLarge(
            Text(f"at most {bytes_max} bytes", f"最多 {bytes_max} 字节"),
            facts={"bytes_max": bytes_max},
        )
    kind_max = rules.kind_limit(limits, wish.media_type)
    if wish.size_bytes > kind_max:
        raise KindTooLarge(facts={"bytes_max": kind_max, "kind": rules.kind_of(wish.media_type)})
    if await queries.count_open(tx) >= rules.OPEN_PER_PERSON_MAX:
        raise TooManyOpen(facts={"open_max": rules.OPEN_PER_PERSON_MAX})
    await quota.check_room(tx, wish.sha256, wish.size_bytes, limits)


async def begin_in_store(
    transactions: Transactions, storage: Storage, wish: UploadWish, limits: Limits
) -> tuple[UUID, str, str]:
    """The id, key and store's upload id of a deposit about to be opened.

    The key is noted before the store is asked: where we die in between, the collector finds by it
    what was begun. Raises what `may_open` raises, and StoreUnavailable before a deposit is written.
    """
    deposit_id = new_id()
    key = await transactions.read(lambda tx: _note_key(tx, deposit_id, wish, limits))
    return deposit_id, key, await storage.begin_multipart(key)


async def open_deposit(
    tx: Tx, wish: UploadWish, begun: tuple[UUID, str, str], limits: Limits
) -> Upload:
    """Write the deposit that was begun in the store; raises what `may_open` raises."""
    await queries.lock_opening(tx)
    await may_open(tx, wish, limits)
    deposit_id, key, multipart_id = begun
    await queries.insert_deposit(
        tx,
        deposit_id,
        file_name=rules.check_file_name(wish.file_name),
        size_bytes=wish.size_bytes,
        sha256=wish.sha256,
        media_type_claimed=wish.media_type,
        upload_key=key,
        multipart_id=multipart_id,
        part_bytes=rules.part_bytes_for(wish.size_bytes),
        expires_at=tx.now + rules.LIVES_FOR,
    )
    await queries.forget_begun(tx, key)
    deposit = await fetch(tx, deposit_id, "deposit:read")
    await record(tx, "deposit.opened", "deposit:open", deposit, 1)
    return upload_of(tx, deposit)


# ── uploading ──────────────────────────────────────────────────────────────────────────────────


async def sign_parts(
    tx: Tx, storage: Storage, deposit_id: UUID, numbers: Sequence[int], link_s: int
) -> list[PartLink]:
    """Links for some parts; making them asks nobody, so the transaction may be open.

    Raises NotFound, Invalid for a number the file has no part for, and the refusals of a closed
    upload. A link lives for `link_s` seconds and never longer than the upload.
    """
    deposit = await fetch(tx, deposit_id, "deposit:complete")
    check_open(deposit, tx)
    count = rules.part_count_of(deposit.size_bytes, deposit.part_bytes)
    beyond = [
        Problem(f"/numbers/{at}", "no_such_part", f"the file has {count} parts")
        for at, number in enumerate(numbers)
        if number > count
    ]
    if beyond:
        raise Invalid(problems=beyond)
    if deposit.multipart_id is None:
        raise all_missing(deposit)  # the store forgot it a moment ago: asking again begins anew
    left = int((deposit.expires_at - tx.now).total_seconds())
    lives_for = timedelta(seconds=max(LINK_S_MIN, min(link_s, left)))
    return [
        PartLink(
            number,
            storage.part_link(deposit.upload_key, deposit.multipart_id, number, lives_for),
            tx.now + lives_for,
        )
        for number in dict.fromkeys(numbers)
    ]


def first_parts(upload: Upload) -> list[int]:
    """The parts whose links come with the opening."""
    return list(range(1, min(upload.part_count, PARTS_PER_CALL_MAX) + 1))


async def ensure_begun(transactions: Transactions, storage: Storage, deposit_id: UUID) -> None:
    """Begin the upload in the store again where the store has forgotten it."""

    async def forgotten(tx: Tx) -> Deposit | None:
        deposit = await fetch(tx, deposit_id, "deposit:read")
        is_open = deposit.status_at(tx.now) is DepositStatus.OPEN
        return deposit if is_open and deposit.multipart_id is None else None

    deposit = await transactions.read(forgotten)
    if deposit is not None:
        await _renew(transactions, storage, deposit)


async def read_upload(transactions: Transactions, storage: Storage, deposit_id: UUID) -> Upload:
    """How an upload stands; what has arrived is what the store says, so that it can be resumed."""

    async def look(tx: Tx) -> tuple[Deposit, Upload]:
        deposit = await fetch(tx, deposit_id, "deposit:read")
        return deposit, upload_of(tx, deposit)

    deposit, upload = await transactions.read(look)
    if upload.status is not DepositStatus.OPEN:
        return upload
    if deposit.multipart_id is not None:
        try:
            arrived = await storage.list_parts(deposit.upload_key, deposit.multipart_id)
        except Missing:
            pass
        else:
            received = [ReceivedPart(p.number, p.size_bytes, p.etag) for p in arrived]
            return msgspec.structs.replace(upload, received=received)
    if await storage.find(deposit.upload_key):
        return msgspec.structs.replace(upload, assembled=True)
    await _renew(transactions, storage, deposit)
    return upload


async def list_uploads(tx: Tx, page: PageRequest) -> list[Upload]:
    """Uploads the actor may see, newest first."""
    return [upload_of(tx, deposit) for deposit in await queries.list_deposits(tx, page)]


# ── ending ─────────────────────────────────────────────────────────────────────────────────────


async def abort(tx: Tx, deposit_id: UUID, version: int) -> Upload:
    """Give an upload up; raises WrongState once it is verified or rejected, StaleVersion."""
    deposit = await lock(tx, deposit_id, "deposit:abort")
    check_version(version, deposit.version)
    MACHINE.step(deposit.status, "abort")
    await queries.abort_deposit(tx, deposit_id)
    await queries.note_begun(tx, deposit.upload_key)  # until the store has given it up too
    deposit = await fetch(tx, deposit_id, "deposit:read")
    await record(tx, "deposit.aborted", "deposit:abort", deposit, deposit.version)
    return upload_of(tx, deposit)


async def take_over(tx: Tx, deposit_ids: Sequence[UUID]) -> dict[UUID, VerifiedFile]:
    """The verified files the actor may make a resource of; others are simply not in the answer."""
    found = await queries.verified_files(tx, deposit_ids)
    return {f.deposit_id: f for f in found if may(tx, "deposit:read", f.relations)}


# ── within ─────────────────────────────────────────────────────────────────────────────────────


def mask_of_new(tx: Tx) -> int:
    """The relations to a thing the actor is about to make for the acting school, or the office."""
    if tx.actor.kind is ActorKind.SYSTEM:
        return ANY_MASK
    whose = "group" if tx.actor.school_id is None else "own"
    return policy_of(tx).relations.mask_of(whose, "author")


def upload_of(tx: Tx, deposit: Deposit) -> Upload:
    """The deposit as its owner sees it, with what the actor may do to it now."""
    status = deposit.status_at(tx.now)
    receipt = None
    if deposit.verified_at is not None:
        scan = deposit.scan or Scan.NOT_CONFIGURED
        receipt = Receipt(
            deposit.sha256,
            deposit.size_bytes,
            deposit.verified_at,
            scanned=scan is Scan.CLEAN,
            because=NOT_SCANNED.get(scan),
        )
    return Upload(
        id=deposit.id,
        status=status,
        file_name=deposit.file_name,
        size_bytes=deposit.size_bytes,
        sha256=deposit.sha256,
        media_type_claimed=deposit.media_type_claimed,
        media_type=deposit.media_type,
        part_bytes=deposit.part_bytes,
        part_count=rules.part_count_of(deposit.size_bytes, deposit.part_bytes),
        receipt=receipt,
        rejected_because=deposit.rejected_because,
        created_at=deposit.created_at,
        expires_at=deposit.expires_at,
        version=deposit.version,
        actions=MACHINE.actions(status, lambda act: may(tx, act, deposit.relations)),
    )


async def _renew(transactions: Transactions, storage: Storage, deposit: Deposit) -> None:
    multipart_id = await storage.begin_multipart(deposit.upload_key)
    kept = await transactions.read(
        lambda tx: queries.keep_multipart(tx, deposit.id, deposit.multipart_id, multipart_id)
    )
    if not kept:
        await storage.abort_multipart(deposit.upload_key, multipart_id)


async def _note_key(tx: Tx, deposit_id: UUID, wish: UploadWish, limits: Limits) -> str:
    await may_open(tx, wish, limits)
    key = f"{tx.group_id}/{wish.sha256}/{deposit_id}"
    await queries.note_begun(tx, key)
    return key


async def fetch(tx: Tx, deposit_id: UUID, act: str) -> Deposit:
    """A deposit the actor may do `act` on; raises NotFound, NotAllowed."""
    return _allowed(tx, await queries.get_deposit(tx, deposit_id), deposit_id, act)


async def lock(tx: Tx, deposit_id: UUID, act: str) -> Deposit:
    """The same, kept from changing until the transaction ends."""
    return _allowed(tx, await queries.lock_deposit(tx, deposit_id), deposit_id, act)


def _allowed(tx: Tx, deposit: Deposit | None, deposit_id: UUID, act: str) -> Deposit:
    thing = f"deposit/{deposit_id}"
    require_found(deposit, thing, act)
    assert deposit is not None
    require(tx, act, deposit.relations, thing=thing, see="deposit:read")
    return deposit


def check_open(deposit: Deposit, tx: Tx) -> None:
    """Raise the refusal of every state but open."""
    status = deposit.status_at(tx.now)
    if status is DepositStatus.EXPIRED or deposit.tidied_at is not None:
        raise UploadExpired(until_at=deposit.expires_at)
    if status is DepositStatus.ABORTED:
        raise UploadAborted
    if deposit.rejected_because is not None:
        raise REJECTIONS[deposit.rejected_because]
    MACHINE.step(status, "complete")


def all_missing(deposit: Deposit) -> PartsMissing:
    """The refusal where the store has nothing of the file."""
    count = rules.part_count_of(deposit.size_bytes, deposit.part_bytes)
    return PartsMissing(facts={"missing": list(range(1, min(count, rules.PARTS_TOLD_MAX) + 1))})


async def record(
    tx: Tx, event: str, act: str, deposit: Deposit, version: int, because: str = ""
) -> None:
    """One event and one audit entry about a deposit."""
    data: dict[str, object] = {"deposit_id": deposit.id, "size_bytes": deposit.size_bytes}
    if because:
        data["because"] = because
    await journal.record(
        tx,
        event,
        act=act,
        thing=f"deposit/{deposit.id}",
        owner_school_id=deposit.school_id,
        version=version,
        data=data,
    )
