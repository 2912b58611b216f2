"""OAI-PMH 2.0 responses as XML."""

from collections.abc import Mapping
from datetime import datetime

from schoolgroup.integration.metadata import dublin_core, lom
from schoolgroup.integration.metadata.models import Addresses
from schoolgroup.integration.metadata.xml import Element, add, element, instant, write
from schoolgroup.integration.oai import rules
from schoolgroup.integration.oai.models import Item, OaiError, Page, Prefix, SetRow
from schoolgroup.resources.catalogue.models import STAGES

NAMESPACE = "http://www.openarchives.org/OAI/2.0/"
SCHEMA = "http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd"
IDENTIFIER = "http://www.openarchives.org/OAI/2.0/oai-identifier"
IDENTIFIER_SCHEMA = "http://www.openarchives.org/OAI/2.0/oai-identifier.xsd"
FORMATS = {
    Prefix.OAI_DC: (dublin_core.SCHEMA, dublin_core.NAMESPACE, dublin_core.dublin_core),
    Prefix.LOM: (lom.SCHEMA, lom.NAMESPACE, lom.lom),
}
SET_NAMES = {
    "school": "学校 School",
    "subject": "学科 Subject",
    "stage": "学段 Stage",
    "list": "清单 List",
}


class Reply:
    """One response: its date, the request it answers, and then whatever is added."""

    def __init__(
        self, at: datetime, base_url: str, domain: str, arguments: Mapping[str, str]
    ) -> None:
        self.base_url = base_url
        self.domain = domain
        self.root = element(NAMESPACE, "OAI-PMH", schema=SCHEMA)
        add(self.root, "responseDate", instant(at))
        add(self.root, "request", base_url, **arguments)

    def bytes(self) -> bytes:
        """The whole document."""
        return write(self.root)

    def error(self, error: OaiError) -> None:
        """What is wrong with the request."""
        add(self.root, "error", error.why, code=error.code)

    def identify(self, name: str, email: str, earliest: datetime) -> None:
        """Who we are and how we keep records."""
        said = add(self.root, "Identify")
        add(said, "repositoryName", name)
        add(said, "baseURL", self.base_url)
        add(said, "protocolVersion", "2.0")
        add(said, "adminEmail", email)
        add(said, "earliestDatestamp", instant(earliest))
        add(said, "deletedRecord", "persistent")
        add(said, "granularity", "YYYY-MM-DDThh:mm:ssZ")
        described = element(IDENTIFIER, "oai-identifier", schema=IDENTIFIER_SCHEMA)
        add(said, "description").append(described)
        add(described, "scheme", "oai")
        add(described, "repositoryIdentifier", self.domain)
        add(described, "delimiter", ":")
        add(described, "sampleIdentifier", f"oai:{self.domain}:{'0' * 8}-0000-7000-8000-{'0' * 12}")

    def formats(self, prefixes: list[Prefix]) -> None:
        """The formats there are."""
        said = add(self.root, "ListMetadataFormats")
        for prefix in prefixes:
            schema, namespace, _ = FORMATS[prefix]
            each = add(said, "metadataFormat")
            add(each, "metadataPrefix", prefix)
            add(each, "schema", schema)
            add(each, "metadataNamespace", namespace)

    def sets(self, rows: list[SetRow]) -> None:
        """The sets there are, each kind above its own."""
        said = add(self.root, "ListSets")
        for kind, name in SET_NAMES.items():
            self._set(said, kind, name)
            for row in (row for row in rows if row.kind == kind):
                stage = STAGES.get(row.value) if kind == "stage" else None  # type: ignore[call-overload]  # a StrEnum is its text
                called = f"{stage.zh} {stage.en}" if stage else row.name
                self._set(said, rules.write_set(kind, row.value), called)

    def record(self, item: Item, prefix: Prefix, addresses: Addresses) -> None:
        """One record."""
        self._record(add(self.root, "GetRecord"), item, prefix, addresses)

    def records(self, page: Page, addresses: Addresses, token: str | None) -> None:
        """A page of records."""
        said = add(self.root, "ListRecords")
        for item in page.items:
            self._record(said, item, page.prefix, addresses)
        self._token(said, page, token)

    def headers(self, page: Page, token: str | None) -> None:
        """A page of headers."""
        said = add(self.root, "ListIdentifiers")
        for item in page.items:
            self._header(said, item)
        self._token(said, page, token)

    def _set(self, parent: Element, spec: str, name: str) -> None:
        one = add(parent, "set")
        add(one, "setSpec", spec)
        add(one, "setName", name)

    def _record(self, parent: Element, item: Item, prefix: Prefix, addresses: Addresses) -> None:
        record = add(parent, "record")
        self._header(record, item)
        if item.described is not None:
            write_in = FORMATS[prefix][2]
            add(record, "metadata").append(write_in(item.described, addresses))

    def _header(self, parent: Element, item: Item) -> None:
        row = item.header
        header = add(parent, "header")
        if row.deleted:
            header.set("status", "deleted")
        add(header, "identifier", rules.write_identifier(self.domain, row.id))
        add(header, "datestamp", instant(row.changed_at))
        for spec in rules.sets_of(row.school_code, row.subject, row.stage, row.lists):
            add(header, "setSpec", spec)

    def _token(self, parent: Element, page: Page, token: str | None) -> None:
        """The token that goes on; an empty one ends a list of several pages (section 3.5)."""
        if token is not None or page.seen:
            add(parent, "resumptionToken", token, cursor=str(page.seen))
