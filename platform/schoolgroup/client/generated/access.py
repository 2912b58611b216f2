"""Signing in, connected systems, the policy, the audit trail (身份与权限).

Written by `make client` from the API description: do not edit.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from schoolgroup.client import kinds as k
from schoolgroup.client.generated import shared


class AuditEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    act: str
    actor: str
    at: dt.datetime
    chain: str
    detail: dict[str, Any]
    hash: str
    outcome: AuditOutcome
    policy_line: str
    policy_sha256: str
    relations: list[str]
    request_id: str
    school_id: UUID | None
    seq: int
    thing: str


class AuditOutcome(k.Word):
    """What became of what was asked for."""

    DONE = "done"
    DENIED = "denied"


class AuditVerdict(k.Word):
    """What recomputing a chain found: the first fault, or none."""

    INTACT = "intact"
    CHANGED = "changed"
    MISSING = "missing"
    UNLINKED = "unlinked"
    CUT_OFF = "cut_off"


class CellChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    act: str
    after: PublishingCell | None
    before: PublishingCell | None
    role: str
    tier: str


class ChainVerified(Struct, frozen=True, kw_only=True, omit_defaults=True):
    broken_seq: int | None
    chain: str
    entries: int
    intact: bool
    verdict: AuditVerdict


class ChangePassword(Struct, frozen=True, kw_only=True, omit_defaults=True):
    new_password: str
    old_password: str


class Client(Struct, frozen=True, kw_only=True, omit_defaults=True):
    actions: list[str]
    created_at: dt.datetime
    id: UUID
    name: str
    previous_secret_until_at: dt.datetime | None
    school_id: UUID | None
    scopes: list[str]
    secret: str | None = None
    status: ClientStatus
    version: int


class ClientChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str | UnsetType = UNSET
    scopes: list[str] | UnsetType = UNSET


class ClientShown(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    name: str


class ClientStatus(k.Word):
    """Whether a connected system is let in."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


class ClientWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str
    school_id: UUID | UnsetType | None = UNSET
    scopes: list[str]


class Context(Struct, frozen=True, kw_only=True, omit_defaults=True):
    appointment_id: UUID
    role: str
    school_id: UUID | None
    school_name: str
    tier: str


class ExplanationsExplained(Struct, frozen=True, kw_only=True, omit_defaults=True):
    act: str
    allowed: bool
    allowing: list[LineShown]
    denying: list[LineShown]
    held: list[HeldShown]
    in_scope: bool
    others: list[str]
    person_id: UUID | None
    policy_sha256: str
    reason: shared.Text
    remedy: shared.Text
    role: str
    school_id: UUID | None
    thing: str
    tier: str
    would_allow: list[WayShown]


class GroupShown(Struct, frozen=True, kw_only=True, omit_defaults=True):
    code: str
    id: UUID
    name: str
    time_zone: str


class HeldShown(Struct, frozen=True, kw_only=True, omit_defaults=True):
    meaning: shared.Text
    relation: str


class InitialPassword(Struct, frozen=True, kw_only=True, omit_defaults=True):
    password: str | None
    person_id: UUID
    username: str


class InitialPasswords(Struct, frozen=True, kw_only=True, omit_defaults=True):
    usernames: list[str]


class InitialPasswordsMade(Struct, frozen=True, kw_only=True, omit_defaults=True):
    items: list[InitialPassword]


class Judged(Struct, frozen=True, kw_only=True, omit_defaults=True):
    changes: list[CellChange]
    sha256: str
    version: int | None


class LineShown(Struct, frozen=True, kw_only=True, omit_defaults=True):
    number: int
    reason: shared.Text
    rule: str


class Matrix(Struct, frozen=True, kw_only=True, omit_defaults=True):
    cells: list[PublishingCell]
    sha256: str


class Me(Struct, frozen=True, kw_only=True, omit_defaults=True):
    acts: list[str]
    appointment_id: UUID | None
    client: ClientShown | None
    contexts: list[Context]
    group: GroupShown
    person: PersonShown | None
    policy_sha256: str
    role: str
    school: SchoolShown | None
    scopes: list[str] | None
    session_id: UUID
    tier: str
    valid_until_at: dt.datetime | None


class PersonShown(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    name: str
    username: str


class PolicyShown(Struct, frozen=True, kw_only=True, omit_defaults=True):
    approver: str
    author: str
    files: dict[str, str]
    note: str
    published_at: dt.datetime
    sha256: str
    version: int


class PolicyVersion(Struct, frozen=True, kw_only=True, omit_defaults=True):
    approver: str
    author: str
    note: str
    published_at: dt.datetime
    sha256: str
    version: int


class PolicyWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    dry_run: bool = False
    files: dict[str, str]
    note: str = ""


class PublishingCell(Struct, frozen=True, kw_only=True, omit_defaults=True):
    act: str
    allowed: list[str]
    denied: list[str]
    role: str
    tier: str


class PublishingForm(k.Word):
    """How the matrix is wanted."""

    JSON = "json"
    MARKDOWN = "markdown"


class Question(Struct, frozen=True, kw_only=True, omit_defaults=True):
    act: str
    appointment_id: UUID | UnsetType | None = UNSET
    person_id: UUID | UnsetType | None = UNSET
    thing: str


class Refresh(Struct, frozen=True, kw_only=True, omit_defaults=True):
    refresh_token: str


class RevokeForm(Struct, frozen=True, kw_only=True, omit_defaults=True):
    client_id: str | UnsetType | None = UNSET
    client_secret: str | UnsetType | None = UNSET
    token: str | UnsetType | None = UNSET
    token_type_hint: str | UnsetType | None = UNSET


class Rotation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    overlap_s: int = 86400


class SchoolShown(Struct, frozen=True, kw_only=True, omit_defaults=True):
    code: str
    id: UUID
    name: str


class Session(Struct, frozen=True, kw_only=True, omit_defaults=True):
    actions: list[str]
    appointment_id: UUID | None
    client_id: UUID | None
    created_at: dt.datetime
    current: bool
    expires_at: dt.datetime
    id: UUID
    person_id: UUID | None
    role: str
    school_id: UUID | None


class SessionOpened(Struct, frozen=True, kw_only=True, omit_defaults=True):
    access_token: str
    context: Context
    expires_in: int
    refresh_token: str
    session_id: UUID
    token_type: str


class SignIn(Struct, frozen=True, kw_only=True, omit_defaults=True):
    appointment_id: UUID | UnsetType | None = UNSET
    group: str | UnsetType | None = UNSET
    new_password: str | UnsetType | None = UNSET
    password: str
    username: str


class TokenForm(Struct, frozen=True, kw_only=True, omit_defaults=True):
    client_id: str | UnsetType | None = UNSET
    client_secret: str | UnsetType | None = UNSET
    grant_type: str | UnsetType | None = UNSET
    scope: str | UnsetType | None = UNSET


class TokenGiven(Struct, frozen=True, kw_only=True, omit_defaults=True):
    access_token: str
    expires_in: int
    scope: str
    token_type: str


class TrailVerified(Struct, frozen=True, kw_only=True, omit_defaults=True):
    chains: list[ChainVerified]
    entries: int
    intact: bool


class WayShown(Struct, frozen=True, kw_only=True, omit_defaults=True):
    line: LineShown
    missing: list[str]
    remedy: shared.Text


def change_client(
    client_id: UUID, body: ClientChange, *, version: int, idempotency_key: str | None = None
) -> k.Asked[Client]:
    """Rename a connected system or change its scopes.

    Change name or scopes. Tokens given out under other scopes end at once.
    """
    return k.ask(
        "changeClient",
        "PATCH",
        k.path_of("/v1/clients/{client_id}", client_id=client_id),
        k.read_json(Client),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def change_password(body: ChangePassword) -> k.Asked[None]:
    """Change one's own password.

    Set one's own password; every other session of the person ends.
    """
    return k.ask(
        "changePassword", "POST", "/v1/me/password", k.read_nothing, body=body, accept="*/*"
    )


def connect_client(body: ClientWish, *, idempotency_key: str | None = None) -> k.Asked[Client]:
    """Connect a system.

    Connect a system of a school or of the office. Its secret is shown this once.

    A call repeated with its Idempotency-Key answers without the secret.
    """
    return k.ask(
        "connectClient",
        "POST",
        "/v1/clients",
        k.read_json(Client),
        body=body,
        once=True,
        key=idempotency_key,
    )


def disconnect_client(client_id: UUID, *, version: int) -> k.Asked[None]:
    """Disconnect a system for good.

    Remove it; its sessions end with it.
    """
    return k.ask(
        "disconnectClient",
        "DELETE",
        k.path_of("/v1/clients/{client_id}", client_id=client_id),
        k.read_nothing,
        version=version,
        accept="*/*",
    )


def explain(body: Question) -> k.Asked[ExplanationsExplained]:
    """Why may I, or may I not?.

    Which relations hold, which rules allow or deny, and what would have to be so.

    Asks only, changes nothing. About oneself; for administrators also about their people.
    """
    return k.ask(
        "explain", "POST", "/v1/explanations", k.read_json(ExplanationsExplained), body=body
    )


def get_client(client_id: UUID) -> k.Asked[Client]:
    """A connected system.

    One connected system, without its secret.
    """
    return k.ask(
        "getClient",
        "GET",
        k.path_of("/v1/clients/{client_id}", client_id=client_id),
        k.read_json(Client),
    )


def get_policy() -> k.Asked[PolicyShown]:
    """The policy in force.

    The policy in force with its files: who may do what, in lines people read.
    """
    return k.ask("getPolicy", "GET", "/v1/policy", k.read_json(PolicyShown))


def get_policy_matrix(*, form: PublishingForm | None = None) -> k.Asked[Any | k.Content]:
    """Who may do what.

    Role by tier by act: which relations allow it, which forbid it; `form=markdown` to
    print.
    """
    return k.ask(
        "getPolicyMatrix",
        "GET",
        "/v1/policy/matrix",
        k.read_either(Any),
        query={"form": form},
        accept="*/*",
    )


def get_policy_version(version: int) -> k.Asked[PolicyShown]:
    """A policy that was once in force.

    One version with its files; publishing them again puts it back in force.
    """
    return k.ask(
        "getPolicyVersion",
        "GET",
        k.path_of("/v1/policy/versions/{version}", version=version),
        k.read_json(PolicyShown),
    )


def give_token(body: TokenForm) -> k.Asked[TokenGiven]:
    """A token for a connected system.

    `client_credentials` by `client_secret_basic` or `client_secret_post` (RFC 6749 section
    4.4).

    The answer echoes the scope that was given.
    """
    return k.ask(
        "giveToken",
        "POST",
        "/oauth/token",
        k.read_json(TokenGiven),
        body=body,
        content_type="application/x-www-form-urlencoded",
        signed=False,
    )


def jwks() -> k.Asked[dict[str, list[dict[str, str]]]]:
    """The public keys of access tokens (RFC 7517).

    The public halves of the keys that sign our tokens.
    """
    return k.ask(
        "jwks",
        "GET",
        "/.well-known/jwks.json",
        k.read_json(dict[str, list[dict[str, str]]]),
        signed=False,
    )


def list_audit_entries(
    *,
    thing: str | None = None,
    actor: str | None = None,
    act: str | None = None,
    outcome: AuditOutcome | None = None,
    school_id: UUID | None = None,
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> k.Asked[k.Page[AuditEntry]]:
    """Who did what.

    The trail of the own school, or of the whole group, newest first.

    `since` is inclusive, `until` exclusive; both with an offset.
    """
    return k.ask(
        "listAuditEntries",
        "GET",
        "/v1/audit",
        k.read_json(k.Page[AuditEntry]),
        query={
            "thing": thing,
            "actor": actor,
            "act": act,
            "outcome": outcome,
            "school_id": school_id,
            "since": since,
            "until": until,
            "limit": limit,
            "cursor": cursor,
        },
    )


def list_clients(*, limit: int | None = None, cursor: str | None = None) -> k.Asked[k.Page[Client]]:
    """Connected systems.

    The connected systems of the own school, or of the whole group, newest first.
    """
    return k.ask(
        "listClients",
        "GET",
        "/v1/clients",
        k.read_json(k.Page[Client]),
        query={"limit": limit, "cursor": cursor},
    )


def list_policy_versions(
    *, limit: int | None = None, cursor: str | None = None
) -> k.Asked[k.Page[PolicyVersion]]:
    """Every policy that was ever in force.

    The versions, newest first, without their files.
    """
    return k.ask(
        "listPolicyVersions",
        "GET",
        "/v1/policy/versions",
        k.read_json(k.Page[PolicyVersion]),
        query={"limit": limit, "cursor": cursor},
    )


def list_sessions(
    *,
    person_id: UUID | None = None,
    client_id: UUID | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> k.Asked[k.Page[Session]]:
    """Standing sessions.

    One's own sessions; an administrator's also those of the school or the group.
    """
    return k.ask(
        "listSessions",
        "GET",
        "/v1/sessions",
        k.read_json(k.Page[Session]),
        query={"person_id": person_id, "client_id": client_id, "limit": limit, "cursor": cursor},
    )


def me() -> k.Asked[Me]:
    """Who am I, and what may I do?.

    Who is asking, for which school, in which role, and what that allows.
    """
    return k.ask("me", "GET", "/v1/me", k.read_json(Me))


def oauth_metadata() -> k.Asked[dict[str, Any]]:
    """What OAuth libraries may know (RFC 8414).

    Where tokens are given and by what they are checked.
    """
    return k.ask(
        "oauthMetadata",
        "GET",
        "/.well-known/oauth-authorization-server",
        k.read_json(dict[str, Any]),
        signed=False,
    )


def publish_policy(
    body: PolicyWish, *, version: int, idempotency_key: str | None = None
) -> k.Asked[Judged]:
    """Judge a policy, and put it in force.

    Lint, the examples, and every right that changes; without `dry_run` it is in force at
    once.

    If-Match names the version it replaces. Every process judges by it from its next request
    on.
    """
    return k.ask(
        "publishPolicy",
        "POST",
        "/v1/policy",
        k.read_json(Judged),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def refresh_session(body: Refresh) -> k.Asked[SessionOpened]:
    """Get new tokens for a session.

    Use a refresh token up for new tokens. Using one twice ends the session.
    """
    return k.ask(
        "refreshSession",
        "POST",
        "/v1/sessions/refresh",
        k.read_json(SessionOpened),
        body=body,
        signed=False,
    )


def resume_client(client_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[Client]:
    """Let a connected system in again.

    Let it in again; it needs a new token.
    """
    return k.ask(
        "resumeClient",
        "POST",
        k.path_of("/v1/clients/{client_id}/resume", client_id=client_id),
        k.read_json(Client),
        once=True,
        key=idempotency_key,
    )


def revoke_session(session_id: UUID) -> k.Asked[None]:
    """End a session.

    End a session: its very next request is refused.
    """
    return k.ask(
        "revokeSession",
        "DELETE",
        k.path_of("/v1/sessions/{session_id}", session_id=session_id),
        k.read_nothing,
        accept="*/*",
    )


def revoke_token(body: RevokeForm) -> k.Asked[None]:
    """Take a connected system's token back.

    End the session behind one of the client's own tokens (RFC 7009); unknown ones are fine.
    """
    return k.ask(
        "revokeToken",
        "POST",
        "/oauth/revoke",
        k.read_nothing,
        body=body,
        content_type="application/x-www-form-urlencoded",
        signed=False,
        accept="*/*",
    )


def rotate_client_secret(
    client_id: UUID, body: Rotation, *, idempotency_key: str | None = None
) -> k.Asked[Client]:
    """Give a new secret.

    A new secret, shown this once; the old one still works for `overlap_s` seconds.

    A call repeated with its Idempotency-Key answers without the secret.
    """
    return k.ask(
        "rotateClientSecret",
        "POST",
        k.path_of("/v1/clients/{client_id}/rotate-secret", client_id=client_id),
        k.read_json(Client),
        body=body,
        once=True,
        key=idempotency_key,
    )


def set_initial_passwords(
    body: InitialPasswords, *, idempotency_key: str | None = None
) -> k.Asked[InitialPasswordsMade]:
    """Make one-time passwords for people.

    One-time passwords, shown this once; they must be changed at the first sign-in.

    All or nothing. Sessions of these people end. With an Idempotency-Key a repeated call
    answers for whom, without the passwords.
    """
    return k.ask(
        "setInitialPasswords",
        "POST",
        "/v1/people/initial-passwords",
        k.read_json(InitialPasswordsMade),
        body=body,
        once=True,
        key=idempotency_key,
    )


def sign_in(body: SignIn) -> k.Asked[SessionOpened]:
    """Sign in with a password.

    Open a session to act in one appointment. Every call opens a new one: no
    Idempotency-Key.
    """
    return k.ask(
        "signIn", "POST", "/v1/sessions", k.read_json(SessionOpened), body=body, signed=False
    )


def suspend_client(client_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[Client]:
    """Shut a connected system out.

    Shut it out: its very next request is refused.
    """
    return k.ask(
        "suspendClient",
        "POST",
        k.path_of("/v1/clients/{client_id}/suspend", client_id=client_id),
        k.read_json(Client),
        once=True,
        key=idempotency_key,
    )


def verify_audit() -> k.Asked[TrailVerified]:
    """Recompute the trail.

    Every hash and link of the chains one may read, computed anew.
    """
    return k.ask("verifyAudit", "GET", "/v1/audit/verify", k.read_json(TrailVerified))
