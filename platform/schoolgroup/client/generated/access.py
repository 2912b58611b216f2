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
    chain: str
    seq: int
    at: dt.datetime
    request_id: str
    actor: str
    school_id: UUID | None
    act: str
    thing: str
    outcome: AuditOutcome
    relations: list[str]
    policy_line: str
    policy_sha256: str
    detail: dict[str, Any]
    hash: str


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


class Begin(Struct, frozen=True, kw_only=True, omit_defaults=True):
    group: str | UnsetType | None = UNSET
    redirect_uri: str | UnsetType | None = UNSET


class Begun(Struct, frozen=True, kw_only=True, omit_defaults=True):
    authorization_url: str
    flow: str
    expires_in: int


class CellChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    role: str
    tier: str
    act: str
    before: PublishingCell | None
    after: PublishingCell | None


class ChainVerified(Struct, frozen=True, kw_only=True, omit_defaults=True):
    chain: str
    entries: int
    intact: bool
    verdict: AuditVerdict
    broken_seq: int | None


class ChangePassword(Struct, frozen=True, kw_only=True, omit_defaults=True):
    old_password: str
    new_password: str


class Client(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    name: str
    school_id: UUID | None
    scopes: list[str]
    status: ClientStatus
    authenticates_by: Way
    secret: str | None = None
    secret_until_at: dt.datetime | None
    previous_secret_until_at: dt.datetime | None
    keys: list[ClientKey]
    requests_per_minute: int | None
    created_at: dt.datetime
    version: int
    actions: list[str]


class ClientChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str | UnsetType = UNSET
    scopes: list[str] | UnsetType = UNSET
    authenticates_by: Way | UnsetType = UNSET


class ClientKey(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    kid: str
    alg: str
    created_at: dt.datetime
    until_at: dt.datetime | None


class ClientShown(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    name: str


class ClientStatus(k.Word):
    """Whether a connected system is let in."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


class ClientWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str
    scopes: list[str]
    school_id: UUID | UnsetType | None = UNSET
    authenticates_by: Way | UnsetType = UNSET
    secret_days: int | UnsetType | None = UNSET


class Context(Struct, frozen=True, kw_only=True, omit_defaults=True):
    appointment_id: UUID
    school_id: UUID | None
    school_name: str
    role: str
    tier: str


class ExplanationsExplained(Struct, frozen=True, kw_only=True, omit_defaults=True):
    act: str
    thing: str
    person_id: UUID | None
    role: str
    tier: str
    school_id: UUID | None
    allowed: bool
    in_scope: bool
    held: list[HeldShown]
    allowing: list[LineShown]
    denying: list[LineShown]
    would_allow: list[WayShown]
    others: list[str]
    reason: shared.Text
    remedy: shared.Text
    policy_sha256: str


class Finish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    flow: str
    state: str
    code: str
    iss: str | UnsetType | None = UNSET
    appointment_id: UUID | UnsetType | None = UNSET


class GroupShown(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    code: str
    name: str
    time_zone: str


class HeldShown(Struct, frozen=True, kw_only=True, omit_defaults=True):
    relation: str
    meaning: shared.Text


class InitialPassword(Struct, frozen=True, kw_only=True, omit_defaults=True):
    username: str
    person_id: UUID
    password: str | None


class InitialPasswords(Struct, frozen=True, kw_only=True, omit_defaults=True):
    usernames: list[str]


class InitialPasswordsMade(Struct, frozen=True, kw_only=True, omit_defaults=True):
    items: list[InitialPassword]


class Introspected(Struct, frozen=True, kw_only=True, omit_defaults=True):
    active: bool
    scope: str | None = None
    client_id: str | None = None
    token_type: str | None = None
    exp: int | None = None
    sub: str | None = None
    aud: str | None = None
    iss: str | None = None
    sid: str | None = None
    role: str | None = None
    tier: str | None = None
    school_id: UUID | None = None


class Judged(Struct, frozen=True, kw_only=True, omit_defaults=True):
    version: int | None
    sha256: str
    changes: list[CellChange]


class KeyWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    jwk: dict[str, str | list[str]] | UnsetType | None = UNSET
    pem: str | UnsetType | None = UNSET
    kid: str | UnsetType | None = UNSET
    days: int | UnsetType | None = UNSET
    overlap_s: int | UnsetType | None = UNSET


class LimitWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    requests_per_minute: int | None


class LineShown(Struct, frozen=True, kw_only=True, omit_defaults=True):
    number: int
    rule: str
    reason: shared.Text


class Matrix(Struct, frozen=True, kw_only=True, omit_defaults=True):
    sha256: str
    cells: list[PublishingCell]


class Me(Struct, frozen=True, kw_only=True, omit_defaults=True):
    group: GroupShown
    person: PersonShown | None
    client: ClientShown | None
    school: SchoolShown | None
    session_id: UUID
    appointment_id: UUID | None
    role: str
    tier: str
    scopes: list[str] | None
    acts: list[str]
    contexts: list[Context]
    valid_until_at: dt.datetime | None
    policy_sha256: str


class PersonShown(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    username: str
    name: str


class PolicyShown(Struct, frozen=True, kw_only=True, omit_defaults=True):
    version: int
    sha256: str
    author: str
    approver: str
    note: str
    published_at: dt.datetime
    files: dict[str, str]


class PolicyVersion(Struct, frozen=True, kw_only=True, omit_defaults=True):
    version: int
    sha256: str
    author: str
    approver: str
    note: str
    published_at: dt.datetime


class PolicyWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    files: dict[str, str]
    note: str = ""
    dry_run: bool = False


class Provider(Struct, frozen=True, kw_only=True, omit_defaults=True):
    issuer: str
    client_id: str
    has_secret: bool
    username_claim: str
    redirect_uris: list[str]
    updated_at: dt.datetime
    version: int


class ProviderWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    issuer: str
    client_id: str
    redirect_uris: list[str]
    client_secret: str | UnsetType | None = UNSET
    username_claim: str = "preferred_username"


class PublishingCell(Struct, frozen=True, kw_only=True, omit_defaults=True):
    role: str
    tier: str
    act: str
    allowed: list[str]
    denied: list[str]


class PublishingForm(k.Word):
    """How the matrix is wanted."""

    JSON = "json"
    MARKDOWN = "markdown"


class Question(Struct, frozen=True, kw_only=True, omit_defaults=True):
    act: str
    thing: str
    person_id: UUID | UnsetType | None = UNSET
    appointment_id: UUID | UnsetType | None = UNSET


class Refresh(Struct, frozen=True, kw_only=True, omit_defaults=True):
    refresh_token: str


class Rotation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    overlap_s: int = 86400
    secret_days: int | UnsetType | None = UNSET


class SchoolShown(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    code: str
    name: str


class Session(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    person_id: UUID | None
    client_id: UUID | None
    appointment_id: UUID | None
    role: str
    school_id: UUID | None
    created_at: dt.datetime
    expires_at: dt.datetime
    current: bool
    actions: list[str]


class SessionOpened(Struct, frozen=True, kw_only=True, omit_defaults=True):
    access_token: str
    token_type: str
    expires_in: int
    refresh_token: str
    session_id: UUID
    context: Context


class SignIn(Struct, frozen=True, kw_only=True, omit_defaults=True):
    username: str
    password: str
    group: str | UnsetType | None = UNSET
    new_password: str | UnsetType | None = UNSET
    appointment_id: UUID | UnsetType | None = UNSET


class TokenForm(Struct, frozen=True, kw_only=True, omit_defaults=True):
    client_id: str | UnsetType | None = UNSET
    client_secret: str | UnsetType | None = UNSET
    client_assertion_type: str | UnsetType | None = UNSET
    client_assertion: str | UnsetType | None = UNSET
    grant_type: str | UnsetType | None = UNSET
    scope: str | UnsetType | None = UNSET


class TokenGiven(Struct, frozen=True, kw_only=True, omit_defaults=True):
    access_token: str
    token_type: str
    expires_in: int
    scope: str


class TokenNamed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    client_id: str | UnsetType | None = UNSET
    client_secret: str | UnsetType | None = UNSET
    client_assertion_type: str | UnsetType | None = UNSET
    client_assertion: str | UnsetType | None = UNSET
    token: str | UnsetType | None = UNSET
    token_type_hint: str | UnsetType | None = UNSET


class TrailVerified(Struct, frozen=True, kw_only=True, omit_defaults=True):
    intact: bool
    entries: int
    chains: list[ChainVerified]


class Way(k.Word):
    """How a connected system says who it is.

    `secret`: client_secret_basic or client_secret_post, and private_key_jwt where it has
    keys; `key`: private_key_jwt alone, and there is no secret.
    """

    SECRET = "secret"
    KEY = "key"


class WayShown(Struct, frozen=True, kw_only=True, omit_defaults=True):
    line: LineShown
    missing: list[str]
    remedy: shared.Text


def add_client_key(
    client_id: UUID, body: KeyWish, *, idempotency_key: str | None = None
) -> k.Asked[Client]:
    """Register a public key.

    Know the system by what its private key signs (private_key_jwt).

    With `overlap_s` the keys there were end after as long; the answer shows when each ends.
    """
    return k.ask(
        "addClientKey",
        "POST",
        k.path_of("/v1/clients/{client_id}/keys", client_id=client_id),
        k.read_json(Client),
        body=body,
        once=True,
        key=idempotency_key,
    )


def begin_identity_sign_in(body: Begin) -> k.Asked[Begun]:
    """Begin to sign in at the group's provider.

    An address of the provider to send the person to: authorization code with PKCE, state,
    nonce.

    Every call begins another sign-in: no Idempotency-Key.
    """
    return k.ask(
        "beginIdentitySignIn",
        "POST",
        "/v1/sessions/identity",
        k.read_json(Begun),
        body=body,
        signed=False,
    )


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


def finish_identity_sign_in(body: Finish) -> k.Asked[SessionOpened]:
    """Sign in with what the provider sent back.

    Open a session; where an appointment is to be chosen, repeat the call with it.
    """
    return k.ask(
        "finishIdentitySignIn",
        "POST",
        "/v1/sessions/identity/finish",
        k.read_json(SessionOpened),
        body=body,
        signed=False,
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


def get_identity_provider() -> k.Asked[Provider]:
    """Where the group's people sign in.

    The group's own provider, without its secret.
    """
    return k.ask("getIdentityProvider", "GET", "/v1/identity-provider", k.read_json(Provider))


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

    `client_credentials` (RFC 6749 section 4.4) by `client_secret_basic`,
    `client_secret_post` or `private_key_jwt` (RFC 7523).

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


def introspect_token(body: TokenNamed) -> k.Asked[Introspected]:
    """What stands behind a token?.

    Whether an access token of the client's own group stands now, and for whom (RFC 7662).

    For systems that take our tokens and must feel a revocation at once; who can wait for
    the end of a token verifies it with the published keys instead. A client is counted as a
    reader, by its own quota; wrong credentials by their address.
    """
    return k.ask(
        "introspectToken",
        "POST",
        "/oauth/introspect",
        k.read_json(Introspected),
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


def limit_client(
    client_id: UUID, body: LimitWish, *, idempotency_key: str | None = None
) -> k.Asked[Client]:
    """Set how fast a connected system may go.

    Requests a minute, of each kind; felt with its next token, within ten minutes.
    """
    return k.ask(
        "limitClient",
        "POST",
        k.path_of("/v1/clients/{client_id}/limit", client_id=client_id),
        k.read_json(Client),
        body=body,
        once=True,
        key=idempotency_key,
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


def remove_client_key(client_id: UUID, key_id: UUID, *, version: int) -> k.Asked[None]:
    """Take a public key away.

    What it signs opens nothing from now on. If-Match names the system's version.
    """
    return k.ask(
        "removeClientKey",
        "DELETE",
        k.path_of("/v1/clients/{client_id}/keys/{key_id}", client_id=client_id, key_id=key_id),
        k.read_nothing,
        version=version,
        accept="*/*",
    )


def remove_identity_provider(*, version: int) -> k.Asked[None]:
    """Sign in by passwords alone.

    Take the provider out of force; sessions that stand go on.
    """
    return k.ask(
        "removeIdentityProvider",
        "DELETE",
        "/v1/identity-provider",
        k.read_nothing,
        version=version,
        accept="*/*",
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


def revoke_token(body: TokenNamed) -> k.Asked[None]:
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


def set_identity_provider(
    body: ProviderWish, *, version: int, idempotency_key: str | None = None
) -> k.Asked[Provider]:
    """Set where the group's people sign in.

    Put a provider in force (If-Match: "0" for the first); passwords go on beside it.

    Its configuration is fetched at once: what cannot be reached is not put in force.
    """
    return k.ask(
        "setIdentityProvider",
        "PUT",
        "/v1/identity-provider",
        k.read_json(Provider),
        body=body,
        version=version,
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


def unlink_identity(person_id: UUID) -> k.Asked[None]:
    """Forget by which account a person signs in.

    The next sign-in under the person's name links that account.
    """
    return k.ask(
        "unlinkIdentity",
        "DELETE",
        k.path_of("/v1/people/{person_id}/identity", person_id=person_id),
        k.read_nothing,
        accept="*/*",
    )


def verify_audit() -> k.Asked[TrailVerified]:
    """Recompute the trail.

    Every hash and link of the chains one may read, computed anew.
    """
    return k.ask("verifyAudit", "GET", "/v1/audit/verify", k.read_json(TrailVerified))
