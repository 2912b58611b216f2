"""The text of files, as whoever reads files hands it over to be searched."""

from uuid import UUID

from schoolgroup.kernel.db import Tx
from schoolgroup.resources.search import text_queries

TEXT_CHARACTERS_MAX = 200_000
NUL = "\0"  # no text of the database can hold it


async def index_text(tx: Tx, resource_id: UUID, revision_no: int, text: str) -> bool:
    """Let a resource be found by what the files of one of its revisions say.

    `text` is everything that was read out of all files of the revision, in their order; it replaces
    what was handed over before, and beyond TEXT_CHARACTERS_MAX characters it is cut off. For the
    worker: the transaction is of the system or of the owning school. False where there is no such
    revision (it was deleted meanwhile), and nothing is done.
    """
    body = text.replace(NUL, "")[:TEXT_CHARACTERS_MAX]
    return await text_queries.put_text(tx, resource_id, revision_no, body)
