"""Reading a request, and the names of sets and items: OAI-PMH 2.0, sections 2 to 4. Pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from schoolgroup.integration.oai.models import Asked, ErrorCode, OaiError, Prefix, SetSpec, Verb
from schoolgroup.resources.catalogue.models import STAGES

REQUIRED: Mapping[Verb, tuple[str, ...]] = {
    Verb.IDENTIFY: (),
    Verb.LIST_METADATA_FORMATS: (),
    Verb.LIST_SETS: (),
    Verb.LIST_IDENTIFIERS: ("metadataPrefix",),
    Verb.LIST_RECORDS: ("metadataPrefix",),
    Verb.GET_RECORD: ("identifier", "metadataPrefix"),
}
OPTIONAL: Mapping[Verb, tuple[str, ...]] = {
    Verb.LIST_METADATA_FORMATS: ("identifier",),
    Verb.LIST_IDENTIFIERS: ("from", "until", "set"),
    Verb.LIST_RECORDS: ("from", "until", "set"),
}
RESUMABLE = (Verb.LIST_SETS, Verb.LIST_IDENTIFIERS, Verb.LIST_RECORDS)
SET_KINDS = ("school", "subject", "stage", "list")
ARGUMENT_CHARS_MAX = 2000
SECOND = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z", re.ASCII)
DAY = re.compile(r"^\d{4}-\d\d-\d\d\Z", re.ASCII)
# The characters of a setSpec but "!", which begins the hexadecimal form of every other byte.
PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~*'()")
CODED = re.compile(r"(?:[A-Za-z0-9\-_.~*'()]|![0-9A-F]{2})+\Z")
UUID_TEXT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
ITEM = re.compile(r"^oai:([^:]+):([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\Z")
DOMAIN = re.compile(r"^[A-Za-z][A-Za-z0-9-]*(\.[A-Za-z][A-Za-z0-9-]*)+\Z")
NO_DOMAIN = "schoolgroup.localhost"


def read(pairs: Iterable[tuple[str, str]]) -> Asked:
    """The request as it stands in the address or the form; raises OaiError."""
    arguments: dict[str, str] = {}
    for name, value in pairs:
        if name in arguments:
            code = ErrorCode.BAD_VERB if name == "verb" else ErrorCode.BAD_ARGUMENT
            raise OaiError(code, f"{name} is given twice")
        if len(value) > ARGUMENT_CHARS_MAX:
            raise OaiError(ErrorCode.BAD_ARGUMENT, "an argument is too long")
        arguments[name] = value
    try:
        verb = Verb(arguments.get("verb", ""))
    except ValueError as wrong:
        raise OaiError(ErrorCode.BAD_VERB, "no such verb, or none") from wrong
    given = set(arguments) - {"verb"}
    if verb in RESUMABLE and "resumptionToken" in given:
        if given != {"resumptionToken"}:
            raise OaiError(ErrorCode.BAD_ARGUMENT, "resumptionToken stands alone")
        return Asked(verb=verb, arguments=arguments, token=arguments["resumptionToken"])
    if unknown := given - {*REQUIRED[verb], *OPTIONAL.get(verb, ())}:
        raise OaiError(ErrorCode.BAD_ARGUMENT, f"not an argument of {verb}: {min(unknown)}")
    if missing := [name for name in REQUIRED[verb] if name not in given]:
        raise OaiError(ErrorCode.BAD_ARGUMENT, f"{verb} needs {missing[0]}")
    from_at, until_at = _window(arguments.get("from"), arguments.get("until"))
    return Asked(
        verb=verb,
        arguments=arguments,
        identifier=arguments.get("identifier"),
        prefix=_prefix(arguments["metadataPrefix"]) if "metadataPrefix" in given else None,
        from_at=from_at,
        until_at=until_at,
        within=read_set(arguments["set"]) if "set" in given else None,
    )


def read_set(spec: str) -> SetSpec:
    """A setSpec; raises OaiError for one that can be no set of ours."""
    kind, colon, coded = spec.partition(":")
    if kind not in SET_KINDS or (colon and not CODED.match(coded)):
        raise OaiError(ErrorCode.BAD_ARGUMENT, "no such set: see ListSets")
    if kind == "list" and colon and not UUID_TEXT.match(coded):
        raise OaiError(ErrorCode.BAD_ARGUMENT, "no such set: see ListSets")
    return SetSpec(kind, decode(coded) if colon else None)


def write_set(kind: str, value: str) -> str:
    """The setSpec of a value: plain ASCII, other bytes of its UTF-8 as !XX."""
    coded = "".join(chr(b) if b in PLAIN else f"!{b:02X}" for b in value.encode())
    return f"{kind}:{coded}"


def decode(coded: str) -> str:
    """What `write_set` was given; raises OaiError where it was not."""
    raw = re.sub(rb"!([0-9A-F]{2})", lambda m: bytes([int(m[1], 16)]), coded.encode())
    try:
        text = raw.decode()
    except UnicodeDecodeError as wrong:
        raise OaiError(ErrorCode.BAD_ARGUMENT, "no such set: see ListSets") from wrong
    if "\0" in text:
        raise OaiError(ErrorCode.BAD_ARGUMENT, "no such set: see ListSets")
    return text


def sets_of(
    school_code: str, subject: str | None, stage: str | None, lists: Iterable[str] = ()
) -> list[str]:
    """The sets an item is in, the most special of each kind."""
    found = [write_set("school", school_code)]
    found += [write_set("subject", subject)] if subject else []
    found += [write_set("stage", stage)] if stage in STAGES else []
    return [*found, *(write_set("list", one) for one in lists)]


def domain_of(host: str) -> str:
    """The namespace of identifiers: our host where it is a name (oai-identifier guideline)."""
    return host if DOMAIN.match(host) else NO_DOMAIN


def write_identifier(domain: str, resource_id: UUID) -> str:
    """How the harvest calls a resource."""
    return f"oai:{domain}:{resource_id}"


def read_identifier(domain: str, identifier: str) -> UUID:
    """The resource of an identifier; raises OaiError for anything that is none of ours."""
    found = ITEM.match(identifier)
    if found is None or found[1] != domain:
        raise OaiError(ErrorCode.NO_ID, "no such item here")
    return UUID(found[2])


def _window(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    if since and until and len(since) != len(until):
        raise OaiError(ErrorCode.BAD_ARGUMENT, "from and until differ in granularity")
    from_at, until_at = _instant("from", since), _instant("until", until)
    if until_at and until and DAY.match(until):
        until_at += timedelta(days=1) - timedelta(seconds=1)
    if from_at and until_at and from_at > until_at:
        raise OaiError(ErrorCode.BAD_ARGUMENT, "from is later than until")
    return from_at, until_at


def _instant(name: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    if not (SECOND.match(text) or DAY.match(text)):
        raise OaiError(ErrorCode.BAD_ARGUMENT, f"{name}: not YYYY-MM-DDThh:mm:ssZ or YYYY-MM-DD")
    try:
        return datetime.fromisoformat(text[:19]).replace(tzinfo=UTC)
    except ValueError as wrong:
        raise OaiError(ErrorCode.BAD_ARGUMENT, f"{name}: no such date") from wrong


def _prefix(text: str) -> Prefix:
    try:
        return Prefix(text)
    except ValueError as unknown:
        raise OaiError(ErrorCode.NO_FORMAT, "see ListMetadataFormats") from unknown
