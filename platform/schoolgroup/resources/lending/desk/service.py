"""The one verb: borrowing gives a loan, a place in the queue, or a refusal that says why.

The desk of an offer is its row: whoever frees a seat or joins the queue holds it until commit, so
that a freed seat always goes to the head of the eligible queue and no hold is ever placed beside a
free seat. A newcomer who finds a free seat and no queue does not stop at the desk at all.
"""

from datetime import timedelta
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import may, require, require_found
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import NotFound, Refusal, refuse_by_constraint
from schoolgroup.kernel.ids import new_id
from schoolgroup.resources.lending.desk import queries, rules
from schoolgroup.resources.lending.desk.models import (
    Borrowed,
    BorrowWish,
    Mine,
    Passed,
    Queue,
)
from schoolgroup.resources.lending.holds import service as holds
from schoolgroup.resources.lending.loans import service as loans
from schoolgroup.resources.lending.offers import queries as offers
from schoolgroup.resources.lending.offers.models import OfferRow
