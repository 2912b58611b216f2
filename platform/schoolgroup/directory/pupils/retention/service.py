"""The term after which names of pupils who are gone are erased, and the erasing.

Personal data are kept no longer than their purpose needs (个人信息保护法 2021, arts. 19 and 47;
儿童个人信息网络保护规定 2019, art. 12). Neither names a number of months: the usual term is ours, a
school sets its own with the reason. What remains are pseudonyms: no figure rests on a name.
"""

from uuid import UUID

from schoolgroup.directory.pupils.retention import queries
from schoolgroup.directory.pupils.retention.models import (
    Erased,
    RetentionInput,
    RetentionView,
    Term,
)
from schoolgroup.directory.pupils.service import KEEP, NAME, READ, own_school
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx

USUAL_MONTHS = 36  # a stage of schooling: certificates and appeals of it are over by then


async def get_retention(tx: Tx) -> RetentionView:
    """The term of the own school. Raises NotAllowed, NotFound for the office."""
    return await _view(tx, await own_school(tx, READ))


async def set_retention(tx: Tx, data: RetentionInput) -> RetentionView:
    """Set the own school's term: for those who keep the register and may read names in it.

    Raises NotAllowed, NotFound for the office.
    """
    school_id = await own_school(tx, KEEP)
    await own_school(tx, NAME)
    await queries.set_term(tx, school_id, data.months, data.because)
    view = await _view(tx, school_id)
    await journal.record(
        tx,
        "pupil.retention_set",
        act=KEEP,
        thing=f"school/{school_id}",
        owner_school_id=school_id,
        version=view.version,
        data={"months": data.months, "because": data.because},
    )
    return view


async def list_terms(tx: Tx) -> list[Term]:
    """The terms of every school of the group."""
    return await queries.list_terms(tx, None)


async def erase_due(tx: Tx, term: Term) -> Erased:
    """Erase what is over its term, once; the trail of the school says how many, never whose."""
    months = USUAL_MONTHS if term.months is None else term.months
    erased = await queries.erase(tx, term.school_id, months)
    if erased.pupils or erased.candidates:
        await journal.record(
            tx,
            "pupil.names_expired",
            act=NAME,
            thing=f"school/{term.school_id}",
            owner_school_id=term.school_id,
            data={"pupils": erased.pupils, "candidates": erased.candidates, "months": months},
        )
    return erased


async def _view(tx: Tx, school_id: UUID) -> RetentionView:
    [term] = await queries.list_terms(tx, school_id)
    months = USUAL_MONTHS if term.months is None else term.months
    return RetentionView(
        school_id=school_id,
        months=months,
        is_usual=term.months is None,
        because=term.because,
        names_due=await queries.count_due(tx, school_id, months),
        updated_at=term.updated_at,
        version=term.version,
    )
