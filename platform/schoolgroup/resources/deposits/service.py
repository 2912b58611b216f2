"""Handing files in: open, upload in parts, verify, acknowledge.

Bytes go from the browser to the store. They are put together at `<group>/<sha256>/<deposit>`, a key
that is written once and never again, read back and hashed, and only then acknowledged. The first
deposit of a content gives its key to the group's blob; a later one is read and hashed all the same
and its copy deleted, so that nothing tells whether another school has the file.

The store is never asked while a transaction is open: what takes both is told as steps over
`Transactions`, each of which may be repeated after a crash.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Protocol, TypeVar
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import may, policy_of, require, require_found
from schoolgroup.access.relations import ANY_MASK
from schoolgroup.kernel import journal
from schoolgroup.kernel.context import ActorKind
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Conflict, Gone, Invalid, Problem, TooLarge, TooMany
from schoolgroup.kernel.http import check_version
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.storage import Inspected, Missing, Storage, StoreUnavailable
from schoolgroup.kernel.texts import Text
from schoolgroup.resources.deposits import queries, rules
from schoolgroup.resources.deposits.models import (
    MACHINE,
    PARTS_PER_CALL_MAX,
    Deposit,
    DepositStatus,
    FinishedPart,
    Mismatch,
    PartLink,
    Receipt,
    ReceivedPart,
    Upload,
    UploadWish,
    VerifiedFile,
)

T = TypeVar("T")
LINK_S_MIN = 1
ASSEMBLING_FOR = timedelta(seconds=90)  # longer than any single call to the store may take
LOOKS_MAX, LOOK_EVERY_S = 25, 0.2


class Transactions(Protocol):
    """Short transactions of one actor, one after the other, with the store asked in between."""

    async def read(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Run `work` in a transaction and commit."""
        ...


class FileTooLarge(TooLarge):
    """The file is larger than this installation takes."""

    code = "file_too_large"
    title = Text("The file is too large", "文件过大")
    remedy = Text("Make it smaller or split it.", "请压缩或拆分文件。")


class TooManyOpen(TooMany):
    """Too many uploads were begun and not finished."""

    code = "too_many_open_uploads"
    title = Text("Too many unfinished uploads", "未完成的上传过多")
    remedy = Text("Finish or give up some of them first.", "请先完成或放弃部分上传。")


class UploadExpired(Gone):
    """The upload was not finished in time."""

    code = "upload_expired"
    title = Text("The upload has expired", "上传已过期")
    remedy = Text("Begin a new upload of the same file.", "请重新上传该文件。")


class UploadAborted(Conflict):
    """The upload was given up."""

    code = "upload_aborted"
    title = Text("The upload was given up", "上传已放弃")
    remedy = Text("Begin a new upload of the same file.", "请重新上传该文件。")


class StillAssembling(Conflict):
    """Another request is having the store put the parts together."""

    code = "still_assembling"
    title = Text("The file is still being put together", "文件正在合并")
    remedy = Text("Complete again in a moment.", "请稍后再次完成。")


class SizeMismatch(Invalid):
    """As many bytes as were announced did not come; what came was deleted."""

    code = "size_mismatch"
    title = Text("The size is not what was announced", "文件大小与声明不符")
    remedy = Text("Begin a new upload of the file.", "请重新上传该文件。")


class Sha256Mismatch(Invalid):
    """The bytes in the store are not those whose SHA-256 was announced; they were deleted."""

    code = "sha256_mismatch"
    title = Text("The content is not what was announced", "文件内容与声明的校验值不符")
    remedy = Text(
        "Something changed the file on its way: begin a new upload.",
        "文件在传输中被改变，请重新上传。",
    )


MISMATCHES = {Mismatch.SIZE: SizeMismatch, Mismatch.SHA256: Sha256Mismatch}


# ── opening ────────────────────────────────────────────────────────────────────────────────────


async def may_open(tx: Tx, wish: UploadWish, bytes_max: int) -> None:
    """Refuse what would not be opened: NotAllowed, BadFileName, FileTooLarge, TooManyOpen."""
    require(tx, "deposit:open", mask_of_new(tx), thing="deposit/new")
    rules.check_file_name(wish.file_name)
    if wish.size_bytes > bytes_max:
        raise FileTooLarge(
            Text(f"at most {bytes_max} bytes", f"最多 {bytes_max} 字节"),
            facts={"bytes_max": bytes_max},
        )
    if await queries.count_open(tx) >= rules.OPEN_PER_PERSON_MAX:
        raise TooManyOpen(facts={"open_max": rules.OPEN_PER_PERSON_MAX})


async def begin_in_store(
    transactions: Transactions, storage: Storage, wish: UploadWish, bytes_max: int
) -> tuple[UUID, str, str]:
    """The id, key and store's upload id of a deposit about to be opened.

    Raises what `may_open` raises, and StoreUnavailable before anything is written here.
    """
    group_id = await transactions.read(lambda tx: _may_open_in(tx, wish, bytes_max))
    deposit_id = new_id()
    key = f"{group_id}/{wish.sha256}/{deposit_id}"
    return deposit_id, key, await storage.begin_multipart(key)


async def open_deposit(
    tx: Tx, wish: UploadWish, begun: tuple[UUID, str, str], bytes_max: int
) -> Upload:
    """Write the deposit that was begun in the store; raises what `may_open` raises."""
    await queries.lock_opening(tx)
    await may_open(tx, wish, bytes_max)
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
    deposit = await _fetch(tx, deposit_id, "deposit:read")
    await _record(tx, "deposit.opened", "deposit:open", deposit, 1)
    return upload_of(tx, deposit)


# ── uploading ──────────────────────────────────────────────────────────────────────────────────


async def sign_parts(
    tx: Tx, storage: Storage, deposit_id: UUID, numbers: Sequence[int], link_s: int
) -> list[PartLink]:
    """Links for some parts; making them asks nobody, so the transaction may be open.

    Raises NotFound, Invalid for a number the file has no part for, and the refusals of a closed
    upload. A link lives for `link_s` seconds and never longer than the upload.
    """
    deposit = await _fetch(tx, deposit_id, "deposit:complete")
    _check_open(deposit, tx)
    count = rules.part_count_of(deposit.size_bytes, deposit.part_bytes)
    beyond = [
        Problem(f"/numbers/{at}", "no_such_part", f"the file has {count} parts")
        for at, number in enumerate(numbers)
        if number > count
    ]
    if beyond:
        raise Invalid(problems=beyond)
    if deposit.multipart_id is None:
        raise rules.PartsMissing(facts={"missing": [1]})
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

    async def look(tx: Tx) -> Deposit:
        deposit = await _fetch(tx, deposit_id, "deposit:read")
        return deposit if deposit.status_at(tx.now) is DepositStatus.OPEN else _closed(deposit)

    deposit = await transactions.read(look)
    if deposit.status is DepositStatus.OPEN and deposit.multipart_id is None:
        await _renew(transactions, storage, deposit)


async def read_upload(transactions: Transactions, storage: Storage, deposit_id: UUID) -> Upload:
    """How an upload stands; what has arrived is what the store says, so that it can be resumed."""

    async def look(tx: Tx) -> tuple[Deposit, Upload]:
        deposit = await _fetch(tx, deposit_id, "deposit:read")
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


# ── finishing ──────────────────────────────────────────────────────────────────────────────────


async def receive(
    transactions: Transactions, storage: Storage, deposit_id: UUID, sent: Sequence[FinishedPart]
) -> Inspected | None:
    """Put the parts together and read what they are; None where that was verified before.

    Raises PartsMissing and PartsDiffer (mend and repeat), SizeMismatch and Sha256Mismatch (the
    deposit is rejected; `tidy` deletes its bytes), UploadExpired, UploadAborted, StillAssembling,
    StoreUnavailable.
    Repeating it after a crash at any point goes on where the store is.
    """

    deposit = await transactions.read(lambda tx: _unless_closed(tx, deposit_id))
    stored_bytes = None
    if deposit.status is not DepositStatus.VERIFIED:
        stored_bytes = await _assemble(transactions, storage, deposit, sent)
    if stored_bytes is None:
        return None
    found: Inspected | None = None
    if stored_bytes == deposit.size_bytes:
        try:
            found = await storage.inspect(deposit.upload_key, deposit.size_bytes)
        except Missing:
            # Somebody else finished, rejected or aborted it while we were reading.
            deposit = await transactions.read(lambda tx: _unless_closed(tx, deposit_id))
            if deposit.status is DepositStatus.VERIFIED:
                return None
            raise _all_missing(deposit) from None
    wrong = rules.mismatch(
        deposit.size_bytes,
        deposit.sha256,
        found.size_bytes if found else stored_bytes,
        found.sha256 if found else "",
    )
    if wrong is None:
        return found
    await transactions.read(lambda tx: _reject(tx, deposit_id, wrong))
    raise MISMATCHES[wrong]


async def acknowledge(tx: Tx, deposit_id: UUID, found: Inspected | None) -> Upload:
    """Say that the bytes are safe, once; a repetition gets the same receipt."""
    deposit = await _lock(tx, deposit_id, "deposit:complete")
    if deposit.status is not DepositStatus.VERIFIED:
        _check_open(deposit, tx)
        if found is None:
            raise _all_missing(deposit)
        blob = await queries.name_blob(
            tx,
            new_id(),
            sha256=found.sha256,
            size_bytes=found.size_bytes,
            media_type=rules.media_type_of(found.head, found.tail),
            object_key=deposit.upload_key,
        )
        await queries.verify_deposit(tx, deposit_id, blob.id)
        deposit = await _fetch(tx, deposit_id, "deposit:read")
        await _record(tx, "deposit.verified", "deposit:complete", deposit, deposit.version)
    return upload_of(tx, deposit)


async def tidy(transactions: Transactions, storage: Storage, deposit_id: UUID) -> None:
    """Delete the bytes of a deposit that no blob names: it was rejected, or one of many.

    What a crash or an unreachable store leaves behind is named by no row and is collected later.
    """

    async def spare_key(tx: Tx) -> str | None:
        deposit = await queries.get_deposit(tx, deposit_id)
        if deposit is None or deposit.status is DepositStatus.OPEN:
            return None
        # The first of its kind deletes nothing, but takes the same time over it.
        kept = deposit.blob_key == deposit.upload_key
        return deposit.upload_key + "-none" if kept else deposit.upload_key

    key = await transactions.read(spare_key)
    if key is not None:
        with suppress(StoreUnavailable):
            await storage.delete(key)


async def abort(tx: Tx, deposit_id: UUID, version: int) -> Upload:
    """Give an upload up; raises WrongState once it is verified or rejected, StaleVersion."""
    deposit = await _lock(tx, deposit_id, "deposit:abort")
    check_version(version, deposit.version)
    MACHINE.step(deposit.status, "abort")
    await queries.abort_deposit(tx, deposit_id)
    deposit = await _fetch(tx, deposit_id, "deposit:read")
    await _record(tx, "deposit.aborted", "deposit:abort", deposit, deposit.version)
    return upload_of(tx, deposit)


async def forget_in_store(transactions: Transactions, storage: Storage, deposit_id: UUID) -> None:
    """Free what an aborted upload holds in the store; what fails is collected later."""
    deposit = await transactions.read(lambda tx: queries.get_deposit(tx, deposit_id))
    if deposit is None or deposit.status is not DepositStatus.ABORTED:
        return
    with suppress(StoreUnavailable):
        if deposit.multipart_id is not None:
            await storage.abort_multipart(deposit.upload_key, deposit.multipart_id)
    await tidy(transactions, storage, deposit_id)


async def take_over(tx: Tx, deposit_ids: Sequence[UUID]) -> dict[UUID, VerifiedFile]:
    """The verified files the actor may make a resource of; others are simply not in the answer."""
    found = await queries.verified_files(tx, deposit_ids)
    return {f.deposit_id: f for f in found if may(tx, "deposit:read", f.relations)}


# ── within ─────────────────────────────────────────────────────────────────────────────────────


def mask_of_new(tx: Tx) -> int:
    """The relations to a thing the actor is about to make for the acting school."""
    if tx.actor.school_id is None or tx.actor.kind is ActorKind.SYSTEM:
        return ANY_MASK
    return policy_of(tx).relations.mask_of("own", "author")


def upload_of(tx: Tx, deposit: Deposit) -> Upload:
    """The deposit as its owner sees it, with what the actor may do to it now."""
    status = deposit.status_at(tx.now)
    receipt = None
    if deposit.verified_at is not None:
        receipt = Receipt(deposit.sha256, deposit.size_bytes, deposit.verified_at)
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


async def _assemble(
    transactions: Transactions, storage: Storage, deposit: Deposit, sent: Sequence[FinishedPart]
) -> int | None:
    """Put the parts together unless that was done before; the size of the whole in bytes.

    None where another request has verified the deposit meanwhile (its object may be gone then).
    """
    whole = await storage.find(deposit.upload_key)
    if whole is None and deposit.multipart_id is not None:
        try:
            arrived = await storage.list_parts(deposit.upload_key, deposit.multipart_id)
            count = rules.part_count_of(deposit.size_bytes, deposit.part_bytes)
            parts = rules.check_parts(count, arrived, sent)
            if await transactions.read(lambda tx: _claim(tx, deposit.id)):
                await storage.complete_multipart(deposit.upload_key, deposit.multipart_id, parts)
            else:
                await _wait_for_another(transactions, storage, deposit)
        except Missing:
            pass  # it is over in the store: put together meanwhile, given up, or forgotten
        whole = await storage.find(deposit.upload_key)
    if whole is not None:
        return whole.size_bytes
    now = await transactions.read(lambda tx: _unless_closed(tx, deposit.id))
    if now.status is DepositStatus.VERIFIED:
        return None
    # The store has forgotten the upload: the next time links are asked for, it is begun anew.
    await transactions.read(
        lambda tx: queries.keep_multipart(tx, deposit.id, deposit.multipart_id, None)
    )
    raise _all_missing(deposit)


async def _unless_closed(tx: Tx, deposit_id: UUID) -> Deposit:
    """The deposit, open or verified; raises the refusal of any other state."""
    deposit = await _fetch(tx, deposit_id, "deposit:complete")
    if deposit.status is not DepositStatus.VERIFIED:
        _check_open(deposit, tx)
    return deposit


async def _claim(tx: Tx, deposit_id: UUID) -> bool:
    return await queries.claim_assembling(tx, deposit_id, tx.now + ASSEMBLING_FOR)


async def _wait_for_another(transactions: Transactions, storage: Storage, deposit: Deposit) -> None:
    """Another request is having the parts put together: wait a little for what comes of it."""
    for _ in range(LOOKS_MAX):
        await asyncio.sleep(LOOK_EVERY_S)
        now = await transactions.read(lambda tx: _unless_closed(tx, deposit.id))
        if now.status is DepositStatus.VERIFIED or await storage.find(deposit.upload_key):
            return
    raise StillAssembling(retry_after_s=2)


async def _renew(transactions: Transactions, storage: Storage, deposit: Deposit) -> None:
    multipart_id = await storage.begin_multipart(deposit.upload_key)
    kept = await transactions.read(
        lambda tx: queries.keep_multipart(tx, deposit.id, deposit.multipart_id, multipart_id)
    )
    if not kept:
        await storage.abort_multipart(deposit.upload_key, multipart_id)


async def _may_open_in(tx: Tx, wish: UploadWish, bytes_max: int) -> UUID:
    await may_open(tx, wish, bytes_max)
    group_id: UUID = tx.group_id
    return group_id


async def _reject(tx: Tx, deposit_id: UUID, because: Mismatch) -> None:
    deposit = await _lock(tx, deposit_id, "deposit:complete")
    if deposit.status is DepositStatus.OPEN:
        await queries.reject_deposit(tx, deposit_id, because)
        await _record(
            tx, "deposit.rejected", "deposit:complete", deposit, deposit.version + 1, because
        )


async def _fetch(tx: Tx, deposit_id: UUID, act: str) -> Deposit:
    return _allowed(tx, await queries.get_deposit(tx, deposit_id), deposit_id, act)


async def _lock(tx: Tx, deposit_id: UUID, act: str) -> Deposit:
    return _allowed(tx, await queries.lock_deposit(tx, deposit_id), deposit_id, act)


def _allowed(tx: Tx, deposit: Deposit | None, deposit_id: UUID, act: str) -> Deposit:
    thing = f"deposit/{deposit_id}"
    require_found(deposit, thing, act)
    assert deposit is not None
    require(tx, act, deposit.relations, thing=thing, see="deposit:read")
    return deposit


def _check_open(deposit: Deposit, tx: Tx) -> None:
    status = deposit.status_at(tx.now)
    if status is DepositStatus.EXPIRED:
        raise UploadExpired(until_at=deposit.expires_at)
    if status is DepositStatus.ABORTED:
        raise UploadAborted
    if deposit.rejected_because is not None:
        raise MISMATCHES[deposit.rejected_because]
    MACHINE.step(status, "complete")


def _closed(deposit: Deposit) -> Deposit:
    """An expired deposit, said so."""
    if deposit.status is DepositStatus.OPEN:
        return msgspec.structs.replace(deposit, status=DepositStatus.EXPIRED)
    return deposit


def _all_missing(deposit: Deposit) -> rules.PartsMissing:
    count = rules.part_count_of(deposit.size_bytes, deposit.part_bytes)
    return rules.PartsMissing(
        facts={"missing": list(range(1, min(count, rules.PARTS_TOLD_MAX) + 1))}
    )


async def _record(
    tx: Tx, event: str, act: str, deposit: Deposit, version: int, because: str = ""
) -> None:
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
