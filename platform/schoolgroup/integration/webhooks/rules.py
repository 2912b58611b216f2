"""What is sent, how it is signed, where it may go, and when it is tried again: pure."""

import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

import msgspec

from schoolgroup.integration.events.models import Event
from schoolgroup.integration.webhooks.models import EndpointStatus
from schoolgroup.kernel.errors import Invalid, Problem
from schoolgroup.kernel.texts import Text
from schoolgroup.kernel.transitions import Machine, Transition

MANAGE = "webhook:manage"
ENDPOINTS: Machine[EndpointStatus] = Machine(
    "endpoint",
    [
        Transition("pause", MANAGE, (EndpointStatus.ACTIVE,), EndpointStatus.PAUSED),
        Transition(
            "resume",
            MANAGE,
            (EndpointStatus.PAUSED, EndpointStatus.DISABLED),
            EndpointStatus.ACTIVE,
        ),
    ],
)
SECRET_MARK = "whsec_"
KEY_BYTES_MIN, KEY_BYTES_MAX = 24, 64
BODY_BYTES_MAX = 64 * 1024
ANSWER_BYTES_MAX = 2048
ANSWER_CHARACTERS_MAX = 500
GONE = 410
BUSY = frozenset({429, 502, 503, 504})
RETRY_AFTER_MAX_S = 86400.0
# Seconds before the second, third … try (Standard Webhooks, "Deliverability and reliability"); a
# receiver that is away for a weekend misses nothing.
SCHEDULE_S = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
JITTER = 0.2
Address = IPv4Address | IPv6Address
# Not private by their range, and yet inside: the wire server of one cloud. The others' metadata
# addresses are link-local (169.254.169.254), private (fd00:ec2::254) or shared (100.100.100.200).
INSIDE = frozenset({ip_address("168.63.129.16")})
# What carries an IPv4 address within: NAT64 (RFC 6052, RFC 8215), 6to4 (RFC 3056), Teredo
# (RFC 4380), IPv4-compatible (RFC 4291 section 2.5.5.1).
CARRIERS = tuple(
    ip_network(each)
    for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")
)


class AddressRefused(Invalid):
    """Webhooks may not go there."""

    code = "address_refused"
    title = Text("Webhooks may not go to this address", "回调地址不被允许")
    remedy = Text(
        "Use an https address of a public host, or ask the operator to allow this network.",
        "请使用公网 https 地址，或请运维人员放行该网络。",
    )


class Allowed(msgspec.Struct, frozen=True):
    """Where webhooks may go, as the operator has set it."""

    ports: str
    networks: str
    http: bool

    def port(self, port: int) -> bool:
        """Whether this port is open to webhooks."""
        for part in self.ports.split(","):
            first, _, last = part.partition("-")
            if int(first) <= port <= int(last or first):
                return True
        return False

    def address(self, address: Address) -> bool:
        """Whether this address is: public, or in a network the operator named."""
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        named = (ip_network(each) for each in self.networks.split(",") if each)
        if any(address.version == each.version and address in each for each in named):
            return True
        carried = isinstance(address, IPv6Address) and any(
            address in each for each in CARRIERS if each.version == 6
        )
        return not (
            carried
            or not address.is_global
            or address.is_multicast
            or address.is_reserved
            or address.is_unspecified
            or address in INSIDE
        )


class Place(msgspec.Struct, frozen=True):
    """An address taken apart: what is looked up, what is asked for, and what it is called by."""

    secure: bool
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        """As the Host header names it (RFC 9110 section 7.2)."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == (443 if self.secure else 80) else f"{name}:{self.port}"

    def at(self, address: Address) -> str:
        """The same address with its host given as the one it was resolved to."""
        host = f"[{address}]" if address.version == 6 else str(address)
        return f"{'https' if self.secure else 'http'}://{host}:{self.port}{self.path}"


def read_url(url: str, allowed: Allowed) -> Place:
    """The address taken apart; raises AddressRefused where its form, scheme or port may not be."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        host = host.encode("idna").decode() if ":" not in host else host
    except (ValueError, UnicodeError) as wrong:
        raise AddressRefused("this is no address") from wrong
    if not host or "%" in host or parts.fragment or parts.username is not None:
        raise AddressRefused("name a host, without a user and without a fragment")
    secure = parts.scheme == "https"
    if not secure and not (parts.scheme == "http" and allowed.http):
        raise AddressRefused("use https")
    port = port if port is not None else (443 if secure else 80)
    if not allowed.port(port):
        raise AddressRefused(f"port {port} is not open to webhooks here")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(secure, host, port, path)


def choose(addresses: Sequence[str], allowed: Allowed) -> Address:
    """The address to connect to, of those a name stands for; raises AddressRefused.

    One that is refused spoils all: a name that points inside as well is not to be tried.
    """
    found = [ip_address(each.partition("%")[0]) for each in addresses]
    if not found or not all(allowed.address(each) for each in found):
        raise AddressRefused("the host is not a public one")
    return found[0]


def body_of(event: Event, missed_until_at: datetime | None = None) -> bytes:
    """What is sent: the event's type, instant and itself, as the feed tells it.

    Where that is too large, without its own data, which `GET /v1/events/{id}` still has. The first
    message behind a gap says up to when events were forgotten before they were told.
    """
    gap = {"missed_until_at": missed_until_at} if missed_until_at else {}
    told: dict[str, object] = {**msgspec.structs.asdict(event)}
    body = _encoded(event.type, event.at, told, gap)
    if len(body) > BODY_BYTES_MAX:
        body = _encoded(event.type, event.at, {**told, "data": {}, "data_left_out": True}, gap)
    return body


def ping_body(at: datetime) -> bytes:
    """What a test sends."""
    return _encoded("webhook.ping", at, {}, {})


def _encoded(
    event_type: str, at: datetime, data: dict[str, object], gap: dict[str, datetime]
) -> bytes:
    return msgspec.json.encode({"type": event_type, "timestamp": at, "data": data, **gap})


def key_of(secret: str) -> bytes:
    """The bytes a `whsec_…` secret stands for."""
    return b64decode(secret.removeprefix(SECRET_MARK), validate=True)


def check_secret(secret: str) -> None:
    """Raise Invalid where this signs nothing (Standard Webhooks, "Signature scheme")."""
    try:
        length = len(key_of(secret))
    except ValueError:
        length = 0
    if not KEY_BYTES_MIN <= length <= KEY_BYTES_MAX:
        why = f"whsec_ and the base64 of {KEY_BYTES_MIN} to {KEY_BYTES_MAX} random bytes"
        raise Invalid(problems=[Problem("/secret", "invalid_value", why)])


def secret_of(key: bytes) -> str:
    """How a secret is shown (Standard Webhooks, "Signature scheme")."""
    return SECRET_MARK + b64encode(key).decode()


def headers_of(message_id: str, at: datetime, body: bytes, keys: Iterable[bytes]) -> dict[str, str]:
    """What says who sends this, and when: one signature for each secret (Standard Webhooks).

    A signature is HMAC-SHA256 over `id.timestamp.body`; the timestamp is of this try, in seconds.
    """
    stamp = str(int(at.timestamp()))
    content = f"{message_id}.{stamp}.".encode() + body
    signed = [hmac.new(key, content, hashlib.sha256).digest() for key in keys]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join("v1," + b64encode(each).decode() for each in signed),
    }


def delay_s(tries: int, chance: float, asked_s: float | None = None) -> float | None:
    """Seconds until the next try after `tries` failed ones; None: there is none. `chance` in 0..1.

    Up to a fifth more by chance, so that what failed together does not come back together. A busy
    receiver that asks for more time gets it, a day at most.
    """
    if tries > len(SCHEDULE_S):
        return None
    planned = SCHEDULE_S[tries - 1] * (1 + JITTER * chance)
    return max(planned, min(asked_s or 0.0, RETRY_AFTER_MAX_S))


def retry_after_s(status: int, header: str | None, now: datetime) -> float | None:
    """What Retry-After says, seconds or a date (RFC 9110 section 10.2.3); None without a sense."""
    if status not in BUSY or not header:
        return None
    if header.strip().isdecimal():
        return float(header.strip()[:9])
    try:
        until = parsedate_to_datetime(header)
    except (ValueError, TypeError):
        return None
    if until.tzinfo is None:
        return None
    return max(0.0, (until - now) / timedelta(seconds=1))


def shown_answer(content: bytes) -> str:
    """The beginning of what a receiver answered, as text that every database takes."""
    text = content[:ANSWER_BYTES_MAX].decode("utf-8", "replace").replace("\0", "\ufffd")
    return text[:ANSWER_CHARACTERS_MAX]
