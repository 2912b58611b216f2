"""Typed settings from one optional TOML file and the environment; the environment wins.

Every setting is `SCHOOLGROUP_<NAME>` in the environment, `<name>` in the TOML file named by
`SCHOOLGROUP_CONFIG` (default: schoolgroup.toml in the working directory, if there is one). With
`SCHOOLGROUP_<NAME>_FILE` the value is read from a file, as container secrets come.
"""

import os
import tomllib
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

PREFIX = "SCHOOLGROUP_"
DEFAULT_FILE = "schoolgroup.toml"
SECRET_WORDS = ("secret", "password", "database_url", "admin_url", "migrate_url", "read_url")

Port = Annotated[int, Meta(ge=0, le=65535, description="a port, 1 to 65535; 0: any free one")]
Seconds = Annotated[int, Meta(ge=1, le=86400 * 400, description="seconds, 1 to 34560000")]
Rate = Annotated[int, Meta(ge=1, le=1_000_000, description="1 to 1000000")]
Bytes = Annotated[int, Meta(ge=1024, description="bytes, at least 1024")]
Name = Annotated[str, Meta(min_length=1, description="a text, not empty")]
MailAddress = Annotated[
    str,
    Meta(
        pattern=r"^([A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*)?$",
        description="an address name@example.org",
    ),
]
PostgresUrl = Annotated[
    str, Meta(pattern="^(postgres(ql)?://.*)?$", description="an address postgresql://…")
]


class SettingsRefused(Exception):
    """A setting is missing, unknown or out of its range; the message names each one."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything an installation decides. Empty addresses mean: the embedded stores."""

    database_url: PostgresUrl = ""
    database_migrate_url: PostgresUrl = ""
    database_admin_url: PostgresUrl = ""
    database_pool_max: Annotated[int, Meta(ge=1, le=500, description="1 to 500")] = 10
    # prepared statements kept by each connection; 0 behind PgBouncer before 1.21
    database_statements_max: Annotated[int, Meta(ge=0, le=10000, description="0 to 10000")] = 100
    # a streaming standby for heavy reads; empty: the primary reads everything
    database_read_url: PostgresUrl = ""
    s3_endpoint: str = ""
    s3_public_endpoint: str = ""
    s3_access_key: str = ""
    s3_secret_key: str = ""
    s3_region: Name = "us-east-1"
    s3_bucket: Annotated[
        str, Meta(pattern="^[a-z0-9][a-z0-9-]{2,62}$", description="a bucket name")
    ] = "schoolgroup"
    s3_secure: bool = False
    secret: Annotated[str, Meta(min_length=32, description="at least 32 random characters")]
    host: Name = "127.0.0.1"
    port: Port = 8000
    public_url: str = ""
    contact_email: MailAddress = ""
    policies: str = ""
    access_token_s: Seconds = 600
    session_s: Seconds = 30 * 86400
    # of one harvester, signed in or not, by each process (/oai)
    harvest_requests_per_minute: Rate = 600
    # of one caller over all processes: GETs, changes, exports and other heavy work
    reads_per_minute: Rate = 600
    writes_per_minute: Rate = 300
    bulk_per_minute: Rate = 60
    # of one address that is not signed in; behind a proxy name it, else all are one address
    visits_per_minute: Rate = 600
    # addresses whose X-Forwarded-For and -Proto are believed, by commas; empty: nobody's
    trusted_proxies: str = ""
    # origins whose pages may call the API from a browser, by commas; empty: none
    cors_origins: str = ""
    # how many wait for a connection to the database, and how long, before they are sent away
    database_queue_max: Annotated[int, Meta(ge=1, le=10_000, description="1 to 10000")] = 200
    database_wait_s: Annotated[int, Meta(ge=1, le=30, description="seconds, 1 to 30")] = 5
    # requests in hand at once, and connections open at once, by each process
    requests_at_once: Annotated[int, Meta(ge=8, le=100_000, description="8 to 100000")] = 1000
    connections_max: Annotated[int, Meta(ge=16, le=1_000_000, description="16 to 1000000")] = 12_000
    # how long a client may take for the head of a request; for its body beside 16 KiB a second;
    # and how long it may leave an answer unread
    head_s: Seconds = 20
    body_s: Seconds = 30
    unread_s: Seconds = 60
    # issuers a group may sign its people in by, by commas; empty: passwords alone
    identity_issuers: str = ""
    download_link_s: Seconds = 60
    upload_link_s: Seconds = 3600
    body_bytes_max: Bytes = 16 * 1024 * 1024
    upload_bytes_max: Bytes = 5 * 1024**3
    # by kind of media, as found in the bytes; video and the rest have only the limit above
    upload_image_bytes_max: Bytes = 200 * 1024**2
    upload_audio_bytes_max: Bytes = 1024**3
    upload_document_bytes_max: Bytes = 1024**3
    upload_archive_bytes_max: Bytes = 2 * 1024**3
    # what a school may keep in the store unless the office has set its share
    school_bytes_max: Bytes = 200 * 1024**3
    # clamd, as host:port or unix:/path; empty: files are not scanned, and receipts say so
    clamd_address: Annotated[
        str,
        Meta(pattern="^(unix:/.+|[^:/]+:[0-9]{1,5})?$", description="host:port or unix:/path"),
    ] = ""
    # the mail server letters are handed to; empty: no mail is sent, and people are told so
    smtp_host: str = ""
    smtp_port: Annotated[int, Meta(ge=1, le=65535, description="a port, 1 to 65535")] = 587
    smtp_tls: Annotated[
        str, Meta(pattern="^(starttls|tls|none)$", description="starttls|tls|none")
    ] = "starttls"
    smtp_user: str = ""
    smtp_password: str = ""
    # the address letters come from; empty: contact_email
    smtp_from: MailAddress = ""
    # certificates the mail server is believed by; empty: the system's
    smtp_ca_file: str = ""
    # jobs a worker does at once; each that eats memory does so in a process of its own
    worker_hands: Annotated[int, Meta(ge=1, le=64, description="1 to 64")] = 2
    # LibreOffice's `soffice`, as an absolute path: office files are then shown as real pages;
    # empty: as the words they hold
    office_program: Annotated[
        str, Meta(pattern="^(/.+)?$", description="an absolute path, or empty")
    ] = ""
    # how long the stream of events goes back
    events_kept_days: Annotated[int, Meta(ge=30, le=3650, description="30 to 3650")] = 90
    # where webhooks may go: ports, beside public addresses these networks, and http beside https
    webhook_ports: Annotated[
        str,
        Meta(
            pattern=r"^\d{1,5}(-\d{1,5})?(,\d{1,5}(-\d{1,5})?)*$", description="443,8443,9000-9100"
        ),
    ] = "443,8443"
    webhook_networks: Annotated[
        str,
        Meta(
            pattern=r"^([0-9A-Fa-f.:]+/\d{1,3}(,[0-9A-Fa-f.:]+/\d{1,3})*)?$",
            description="networks like 10.1.0.0/16,fd00:1::/32",
        ),
    ] = ""
    webhook_http: bool = False
    # certificates receivers are believed by; empty: the system's
    webhook_ca_file: str = ""
    webhook_timeout_s: Annotated[int, Meta(ge=1, le=30, description="1 to 30")] = 15
    # deliveries a worker has in hand at once; they wait for receivers, not for a processor
    webhook_hands: Annotated[int, Meta(ge=1, le=200, description="1 to 200")] = 16
    login_failures_max: Annotated[int, Meta(ge=1, le=1000, description="1 to 1000")] = 10
    login_window_s: Seconds = 900
    # where Prometheus reads this process, host:port, apart from the API; empty: nowhere. It asks
    # nobody who they are: loopback, or a network of the operator's machines only
    metrics_address: Annotated[
        str, Meta(pattern=r"^(([^:/\s]+|\[[0-9a-fA-F:]+\]):[0-9]{1,5})?$", description="host:port")
    ] = ""
    # an OpenTelemetry collector (OTLP over HTTP), http://host:4318; empty: no traces are made
    otlp_endpoint: Annotated[
        str, Meta(pattern=r"^(https?://[^\s]+)?$", description="an address http://…")
    ] = ""
    # of the requests that begin a trace here, which share of them is kept
    trace_share: Annotated[float, Meta(ge=0, le=1, description="0 to 1")] = 1.0
    # statements that take as long are told of in the log and counted; 0: none
    slow_query_ms: Annotated[int, Meta(ge=0, le=600_000, description="0 to 600000")] = 200
    log_level: Annotated[
        str, Meta(pattern="^(debug|info|warning|error)$", description="debug|info|warning|error")
    ] = "info"

    def shown(self) -> dict[str, object]:
        """Every setting as it is in force, with secrets hidden."""
        values: dict[str, object] = msgspec.structs.asdict(self)
        for name, value in values.items():
            if value and (any(word in name for word in SECRET_WORDS) or name.endswith("_key")):
                values[name] = "(set, hidden)"
        return values


def read_settings(environment: Mapping[str, str] | None = None, /, **given: object) -> Settings:
    """The settings of this installation; `given` ones win over environment and file.

    Raises SettingsRefused naming every setting that is wrong and what is allowed.
    """
    environment = os.environ if environment is None else environment
    values: dict[str, object] = {}
    path = Path(environment.get(PREFIX + "CONFIG", DEFAULT_FILE))
    if path.is_file():
        try:
            values.update(tomllib.loads(path.read_text("utf-8")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
            raise SettingsRefused(f"{path}: not valid TOML: {wrong}") from wrong
    elif PREFIX + "CONFIG" in environment:
        raise SettingsRefused(f"{PREFIX}CONFIG names {path}, which is not there")
    for name, text in environment.items():
        if not name.startswith(PREFIX) or name == PREFIX + "CONFIG":
            continue
        field = name.removeprefix(PREFIX).lower()
        if field.endswith("_file"):
            try:
                values[field.removesuffix("_file")] = Path(text).read_text("utf-8").strip()
            except OSError as missing:
                raise SettingsRefused(f"{name}: cannot read the file: {missing}") from missing
        else:
            values[field] = text
    values.update(given)
    return _convert(values)


def _convert(values: dict[str, Any]) -> Settings:
    fields = {field.name: field for field in msgspec.structs.fields(Settings)}
    wrong: list[str] = []
    right: dict[str, Any] = {}
    for name, value in values.items():
        field = fields.get(name)
        if field is None:
            wrong.append(f"{name}: no such setting; there are: {', '.join(sorted(fields))}")
            continue
        try:
            right[name] = msgspec.convert(value, field.type, strict=False)
        except msgspec.ValidationError as error:
            shown = "(hidden)" if any(word in name for word in SECRET_WORDS) else repr(value)
            wrong.append(f"{name}: {shown} is not allowed: {_allowed(field.type)} ({error})")
    for name, field in fields.items():
        if field.required and name not in values:
            wrong.append(f"{name}: missing; set {PREFIX}{name.upper()}: {_allowed(field.type)}")
    if wrong:
        raise SettingsRefused("\n".join(wrong))
    settings = Settings(**right)
    if wrong := _wrong_together(settings):
        raise SettingsRefused("\n".join(wrong))
    return settings


def _wrong_together(settings: Settings) -> list[str]:
    """What is right by itself and wrong beside the rest."""
    wrong = []
    if settings.smtp_host and not (settings.smtp_from or settings.contact_email):
        wrong.append("smtp_from: missing; letters need an address they come from")
    if settings.smtp_user and settings.smtp_tls == "none":
        wrong.append("smtp_tls: none would send smtp_password in the clear; use starttls or tls")
    for network in filter(None, settings.webhook_networks.split(",")):
        try:
            ip_network(network)
        except ValueError as no_network:
            wrong.append(f"webhook_networks: {no_network}")
    return wrong


def _allowed(field_type: Any) -> str:
    for meta in getattr(field_type, "__metadata__", ()):
        if isinstance(meta, Meta) and meta.description:
            return meta.description
    return {bool: "true or false", int: "a whole number"}.get(field_type, "a text")


def shown_settings(settings: Settings) -> str:
    """The effective settings, secrets hidden, one a line."""
    return "\n".join(
        f"{name} = {msgspec.json.encode(value).decode()}"
        for name, value in sorted(settings.shown().items())
    )
