"""Transfers of pupils over HTTP."""

from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.directory.pupils import rules
from schoolgroup.directory.pupils.models import (
    TransferConsent,
    TransferRefusal,
    TransferView,
    TransferWish,
)
from schoolgroup.directory.pupils.transfers import service
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, may, refusals
from schoolgroup.kernel.paging import Page
from schoolgroup.kernel.transitions import WrongState

TAGS = ["pupils"]


@post(
    "/v1/pupils/{pupil_id:uuid}/transfer",
    opt=may("transfer:propose"),
    operation_id="proposeTransfer",
    tags=TAGS,
    summary="Propose that a pupil goes to another school",
    responses=refusals(
        NotFound, NotAllowed, rules.NotEnrolled, rules.SchoolUnfit, rules.TransferOpen
    ),
)
async def propose(
    pupil_id: FromPath[UUID], data: JSONBody[TransferWish], call: NamedDependency[Call]
) -> Response[TransferView]:
    """The receiving school sees the id and the grade, no name and no number."""
    return await call.once(lambda tx: service.propose(tx, pupil_id, data))


@get(
    "/v1/pupil-transfers",
    opt=may("transfer:read"),
    operation_id="listTransfers",
    tags=TAGS,
    summary="Transfers from and to your school",
)
async def list_transfers(
    call: NamedDependency[Call], limit: Limit = LIMIT, cursor: Cursor = None
) -> Response[Page[TransferView]]:
    """The newest first."""
    return await call.page(
        "transfers", limit, cursor, service.list_transfers, key_of=lambda one: [str(one.id)]
    )


@post(
    "/v1/pupil-transfers/{transfer_id:uuid}/accept",
    opt=may("transfer:decide"),
    operation_id="acceptTransfer",
    status_code=200,
    tags=TAGS,
    summary="Take a pupil in",
    responses=refusals(NotFound, NotAllowed, WrongState, rules.RegisterNumberTaken),
)
async def accept(
    transfer_id: FromPath[UUID], data: JSONBody[TransferConsent], call: NamedDependency[Call]
) -> Response[TransferView]:
    """For the receiving school. Earlier years and results stay where they were."""
    return await call.once(lambda tx: service.accept(tx, transfer_id, data), status=200)


@post(
    "/v1/pupil-transfers/{transfer_id:uuid}/decline",
    opt=may("transfer:decide"),
    operation_id="declineTransfer",
    status_code=200,
    tags=TAGS,
    summary="Decline a transfer",
    responses=refusals(NotFound, NotAllowed, WrongState),
)
async def decline(
    transfer_id: FromPath[UUID], data: JSONBody[TransferRefusal], call: NamedDependency[Call]
) -> Response[TransferView]:
    """For the receiving school, with a reason."""
    return await call.once(lambda tx: service.decline(tx, transfer_id, data), status=200)


@post(
    "/v1/pupil-transfers/{transfer_id:uuid}/withdraw",
    opt=may("transfer:propose"),
    operation_id="withdrawTransfer",
    status_code=200,
    tags=TAGS,
    summary="Take a proposed transfer back",
    responses=refusals(NotFound, NotAllowed, WrongState),
)
async def withdraw(
    transfer_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[TransferView]:
    """For the school that proposed it."""
    return await call.once(lambda tx: service.withdraw(tx, transfer_id), status=200)


ROUTES = [propose, list_transfers, accept, decline, withdraw]
