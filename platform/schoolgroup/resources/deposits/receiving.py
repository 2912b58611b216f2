"""Finishing an upload: have the store put it together, read it back, acknowledge, tidy up.

Each step may be repeated after a crash: what was done before is found in the store or in the row.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import NoReturn
from uuid import UUID

from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.storage import Missing, Storage, StoreUnavailable
from schoolgroup.resources.deposits import archives, queries, rules
from schoolgroup.resources.deposits.models import (
    Deposit,
    DepositStatus,
    FinishedPart,
    Found,
    Limits,
    Rejection,
    Scan,
    Upload,
)
from schoolgroup.resources.deposits.refusals import REJECTIONS, StillAssembling
from schoolgroup.resources.deposits.scanning import Scanner, Verdict
from schoolgroup.resources.deposits.service import (
    Transactions,
    all_missing,
    check_open,
    fetch,
    lock,
    record,
    upload_of,
)
from schoolgroup.resources.deposits.tidying_queries import unnamed_keys

ASSEMBLING_FOR = timedelta(seconds=90)  # longer than any single call to the store may take
LOOKS_MAX, LOOK_EVERY_S = 25, 0.2


async def receive(
    transactions: Transactions,
    storage: Storage,
    deposit_id: UUID,
    sent: Sequence[FinishedPart],
    limits: Limits | None = None,
    scanner: Scanner | None = None,
) -> Found | None:
    """Put the parts together and read what they are; None where that was verified before.

    Raises PartsMissing and PartsDiffer (mend and repeat), the refusals of REJECTIONS (the deposit
    is rejected; `tidy` deletes its bytes), UploadExpired, UploadAborted, StillAssembling,
    ScannerUnavailable, StoreUnavailable.
    Repeating it after a crash at any point goes on where the store is.
    """
    deposit = await transactions.read(lambda tx: _unless_closed(tx, deposit_id))
    stored_bytes = None
    if deposit.status is not DepositStatus.VERIFIED:
        stored_bytes = await _assemble(transactions, storage, deposit, sent)
    if stored_bytes is None:
        return None
    if stored_bytes != deposit.size_bytes:
        return await _refuse(transactions, deposit_id, Rejection.SIZE)
    try:
        return await _examine(transactions, storage, deposit, limits, scanner)
    except Missing:
        # Somebody else finished, rejected or aborted it while we were reading.
        deposit = await transactions.read(lambda tx: _unless_closed(tx, deposit_id))
        if deposit.status is DepositStatus.VERIFIED:
            return None
        raise all_missing(deposit) from None


async def _examine(
    transactions: Transactions,
    storage: Storage,
    deposit: Deposit,
    limits: Limits | None,
    scanner: Scanner | None,
) -> Found:
    """Hash the bytes, look into them, have them scanned; the same for every school, every time."""
    key, size = deposit.upload_key, deposit.size_bytes
    read = await storage.inspect(key, size)
    wrong = rules.mismatch(size, deposit.sha256, read.size_bytes, read.sha256)
    if wrong is not None:
        return await _refuse(transactions, deposit.id, wrong)
    media_type = rules.media_type_of(read.head, read.tail)
    if archives.is_container(read.head):
        contents = await storage.read_parts(
            key, size, archives.DIRECTORY_BYTES_MAX, archives.look_into
        )
        if contents.rejected is not None:
            return await _refuse(transactions, deposit.id, contents.rejected, contents.facts)
        media_type = contents.media_type or media_type
    if limits is not None and size > (most := rules.kind_limit(limits, media_type)):
        facts = {"bytes_max": most, "kind": rules.kind_of(media_type), "media_type": media_type}
        return await _refuse(transactions, deposit.id, Rejection.KIND_TOO_LARGE, facts)
    verdict = await scanner.scan(storage, key) if scanner else Verdict(Scan.NOT_CONFIGURED)
    if verdict.signature is not None:
        facts = {"signature": verdict.signature}
        return await _refuse(transactions, deposit.id, Rejection.INFECTED, facts)
    return Found(read.sha256, read.size_bytes, media_type, verdict.scan)


async def _refuse(
    transactions: Transactions,
    deposit_id: UUID,
    because: Rejection,
    facts: Mapping[str, object] | None = None,
) -> NoReturn:
    await transactions.read(lambda tx: _reject(tx, deposit_id, because))
    raise REJECTIONS[because](facts=facts)


async def acknowledge(tx: Tx, deposit_id: UUID, found: Found | None) -> Upload:
    """Say that the bytes are safe, once; a repetition gets the same receipt."""
    deposit = await lock(tx, deposit_id, "deposit:complete")
    if deposit.status is not DepositStatus.VERIFIED:
        check_open(deposit, tx)
        if found is None:
            raise all_missing(deposit)
        blob = await queries.name_blob(
            tx,
            new_id(),
            sha256=found.sha256,
            size_bytes=found.size_bytes,
            media_type=found.media_type,
            object_key=deposit.upload_key,
        )
        await queries.verify_deposit(tx, deposit_id, blob.id, found.scan)
        deposit = await fetch(tx, deposit_id, "deposit:read")
        await record(tx, "deposit.verified", "deposit:complete", deposit, deposit.version)
    return upload_of(tx, deposit)


async def tidy(transactions: Transactions, storage: Storage, deposit_id: UUID) -> None:
    """Delete the bytes of a deposit that no blob names: it was rejected, or one of many.

    What a crash or an unreachable store leaves behind is named by no row and is collected later.
    """

    async def spare_key(tx: Tx) -> str | None:
        deposit = await queries.get_deposit(tx, deposit_id)
        if deposit is None or deposit.status is DepositStatus.OPEN:
            return None
        # Whether any row names the key, not whether this deposit still does: its content may be
        # another school's by now. The first of its kind deletes nothing, but takes the same time.
        spare = await unnamed_keys(tx, [deposit.upload_key])
        return deposit.upload_key if spare else deposit.upload_key + "-none"

    key = await transactions.read(spare_key)
    if key is not None:
        with suppress(StoreUnavailable):
            await storage.delete(key)


async def forget_in_store(transactions: Transactions, storage: Storage, deposit_id: UUID) -> None:
    """Free what an aborted upload holds in the store; what fails is collected later."""
    deposit = await transactions.read(lambda tx: queries.get_deposit(tx, deposit_id))
    if deposit is None or deposit.status is not DepositStatus.ABORTED:
        return
    with suppress(StoreUnavailable):
        if deposit.multipart_id is not None:
            await storage.abort_multipart(deposit.upload_key, deposit.multipart_id)
        key = deposit.upload_key
        await transactions.read(lambda tx: queries.forget_begun(tx, key))
    await tidy(transactions, storage, deposit_id)


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
    raise all_missing(deposit)


async def _unless_closed(tx: Tx, deposit_id: UUID) -> Deposit:
    """The deposit, open or verified; raises the refusal of any other state."""
    deposit = await fetch(tx, deposit_id, "deposit:complete")
    if deposit.status is not DepositStatus.VERIFIED:
        check_open(deposit, tx)
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


async def _reject(tx: Tx, deposit_id: UUID, because: Rejection) -> None:
    deposit = await lock(tx, deposit_id, "deposit:complete")
    if deposit.status is DepositStatus.OPEN:
        await queries.reject_deposit(tx, deposit_id, because)
        await record(
            tx, "deposit.rejected", "deposit:complete", deposit, deposit.version + 1, because
        )
