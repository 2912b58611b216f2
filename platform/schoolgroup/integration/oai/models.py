"""What a harvester asks (OAI-PMH 2.0), and the rows it is answered from."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from schoolgroup.integration.metadata.models import Described


class Verb(StrEnum):
    """The six requests of the protocol."""

    IDENTIFY = "Identify"
    LIST_METADATA_FORMATS = "ListMetadataFormats"
    LIST_SETS = "ListSets"
    LIST_IDENTIFIERS = "ListIdentifiers"
    LIST_RECORDS = "ListRecords"
    GET_RECORD = "GetRecord"


class Prefix(StrEnum):
    """The formats of the harvest."""

    OAI_DC = "oai_dc"
    LOM = "lom"


class ErrorCode(StrEnum):
    """What can be wrong with a request; all are answered with HTTP 200 (section 3.6)."""

    BAD_VERB = "badVerb"
    BAD_ARGUMENT = "badArgument"
    BAD_TOKEN = "badResumptionToken"
    NO_FORMAT = "cannotDisseminateFormat"
    NO_ID = "idDoesNotExist"
    NO_RECORDS = "noRecordsMatch"


class OaiError(Exception):
    """One of the protocol's own errors, with words for whoever reads the log of the harvester."""

    def __init__(self, code: ErrorCode, why: str) -> None:
        super().__init__(why)
        self.code = code
        self.why = why


class SetSpec(Struct, frozen=True):
    """A set: `kind` alone holds all that have such a value."""

    kind: str
    value: str | None = None


class Asked(Struct, frozen=True, kw_only=True):
    """A request that can be read; instants are UTC, both ends inclusive."""

    verb: Verb
    arguments: Mapping[str, str]
    identifier: str | None = None
    prefix: Prefix | None = None
    from_at: datetime | None = None
    until_at: datetime | None = None
    within: SetSpec | None = None
    token: str | None = None


class Token(Struct, frozen=True, array_like=True):
    """Where a list goes on: after (changed_at, id), never past the `until` it began with.

    All there is to a running harvest: nothing is kept on the server and nothing expires.
    """

    verb: Verb
    prefix: Prefix
    from_at: datetime | None
    until_at: datetime
    set_kind: str | None
    set_value: str | None
    after_at: datetime
    after_id: UUID
    seen: int


class HeaderRow(Struct, frozen=True, kw_only=True):
    """One item of the harvest; deleted ones are told by id, time and sets only."""

    id: UUID
    changed_at: datetime
    deleted: bool
    school_code: str
    stage: str | None
    subject: str | None
    lists: list[str]


class Repository(Struct, frozen=True):
    """A group as a repository of its own."""

    name: str
    earliest_at: datetime


class Item(Struct, frozen=True):
    """An item with what is said about it: null where it is deleted, or only headers are wanted."""

    header: HeaderRow
    described: Described | None = None


class SetRow(Struct, frozen=True):
    """A set that has a member the harvester may see, or a school."""

    kind: str
    value: str
    name: str


class Page(Struct, frozen=True):
    """Some items of a list; `token` goes on, null on the last page; `seen` were before."""

    items: list[Item]
    token: Token | None
    seen: int
    prefix: Prefix
