"""From an access token to the actor behind it.

A verified token is remembered by its hash, so that a request costs one look into a dictionary; the
database still checks session, epoch and policy at the start of each transaction, so remembering
can never outlive a right.
"""

import hashlib
from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from schoolgroup.access import queries, tokens
from schoolgroup.kernel.context import Actor, system_actor
from schoolgroup.kernel.db import Database, SessionOver, Tx

REMEMBERED_MAX = 20_000
LOOK_AGAIN = timedelta(seconds=5)
# Keys change about once a month. A process looks for others' when it opens a session or meets a
# token it does not know, at most this often: never on the way of a request it knows.
KEYS_FRESH = timedelta(seconds=60)
# A new key is published before it signs, so that who verifies by the published keys (cached by
# them for five minutes) knows it by then.
PUBLISHED_FIRST = timedelta(minutes=10)


class _Ring(msgspec.Struct):
    """The keys of this instant."""

    public: dict[str, Ed25519PublicKey]
    jwks: dict[str, dict[str, str]]
    signing: tokens.SigningKey | None
    signed_since: datetime = datetime.min.replace(tzinfo=UTC)


class Authenticator:
    """Writes and reads access tokens for this process."""

    def __init__(
        self, db: Database, sealing_key: bytes, access_token_s: int, issuer: str = ""
    ) -> None:
        self.db = db
        self.access_token_s = access_token_s
        self.issuer = issuer or tokens.ISSUER
        self._sealing_key = sealing_key
        self._signing: tokens.SigningKey | None = None
        self._public: dict[str, Ed25519PublicKey] = {}
        self._jwks: dict[str, dict[str, str]] = {}
        self._looked_at = datetime.min.replace(tzinfo=UTC)
        self._known: OrderedDict[bytes, tuple[Actor, datetime]] = OrderedDict()

    async def prepare(self) -> None:
        """Load the signing keys, making the first one where there is none yet."""

        async def load(tx: Tx) -> None:
            await queries.lock_signing_keys(tx)
            ring = self._ring(await queries.list_signing_keys(tx), tx.now)
            if ring.signing is None:
                await self._make_key(tx)
                ring = self._ring(await queries.list_signing_keys(tx), tx.now)
            if self._public.keys() - ring.public.keys():
                self._known.clear()  # a key was taken out: what it signed is looked at anew
            self._public, self._jwks, self._signing = ring.public, ring.jwks, ring.signing

        self._looked_at = self.db.clock.now()
        await self.db.run(system_actor(None), load)

    async def keep_keys_fresh(self) -> None:
        """Look for keys other processes made or retired, where the last look is a minute ago."""
        if self.db.clock.now() >= self._looked_at + KEYS_FRESH:
            await self.prepare()

    async def rotate(self, *, at_once: bool = False) -> str:
        """Make a new key, which is published now and signs in ten minutes; its name.

        The others sign until then and verify until the last token they signed has ended. With
        `at_once` they are taken out within a minute, with every token they signed: for a key that
        was lost. Keys that have served their time are cleared away.
        """

        async def change(tx: Tx) -> str:
            await queries.lock_signing_keys(tx)
            if at_once:
                await queries.delete_signing_keys(tx, None)
            else:
                await queries.delete_signing_keys(tx, tx.now - self._verifies_for)
                await queries.retire_signing_keys(tx, tx.now + PUBLISHED_FIRST + KEYS_FRESH)
            return await self._make_key(tx)

        kid = await self.db.run(system_actor(None), change)
        await self.prepare()
        return kid

    @property
    def _verifies_for(self) -> timedelta:
        """How long after its last signature a key may still be needed."""
        return timedelta(seconds=self.access_token_s + tokens.LEEWAY_S) + KEYS_FRESH

    async def _make_key(self, tx: Tx) -> str:
        key = tokens.make_signing_key()
        sealed = tokens.seal(key, self._sealing_key)
        await queries.insert_signing_key(tx, key.kid, key.public_jwk, sealed, tx.now)
        return key.kid

    def _ring(self, rows: list[queries.SigningKeyRow], now: datetime) -> "_Ring":
        """The keys that verify, and the one that signs: the newest that was published first."""
        ring = _Ring({}, {}, None)
        for row in rows:  # newest first
            if row.retired_at is not None and now >= row.retired_at + self._verifies_for:
                continue
            key = tokens.unseal(row.kid, row.private_sealed, self._sealing_key)
            if key is None:
                continue
            ring.public[row.kid] = key.private.public_key()
            ring.jwks[row.kid] = key.public_jwk
            if row.retired_at is not None and now >= row.retired_at:
                continue
            if ring.signing is None or ring.signed_since > now - PUBLISHED_FIRST:
                ring.signing, ring.signed_since = key, row.created_at
        return ring

    def public_keys(self) -> list[dict[str, str]]:
        """The public halves of every key a token of ours may be signed with, as JWKs."""
        return list(self._jwks.values())

    def write_token(
        self,
        session_id: UUID,
        group_id: UUID,
        subject: str,
        client_id: str = tokens.FIRST_PARTY,
    ) -> str:
        """An access token for a session."""
        if self._signing is None:
            raise RuntimeError("prepare() was not awaited")
        now = self.db.clock.now()
        return tokens.write_token(
            self._signing,
            session_id,
            group_id,
            subject,
            now,
            self.access_token_s,
            issuer=self.issuer,
            client_id=client_id,
        )

    async def actor_of(self, token: str) -> Actor:
        """Whom the token stands for; raises TokenRefused or SessionOver."""
        now = self.db.clock.now()
        name = hashlib.sha256(token.encode()).digest()
        known = self._known.get(name)
        if known is not None and now < known[1]:
            self._known.move_to_end(name)
            return known[0]
        claims = await self._read(token, now)

        async def load(tx: Tx) -> Actor:
            row = await queries.load_actor(tx, claims.group_id, claims.session_id)
            if row is None:
                raise SessionOver
            return row.actor()

        actor = await self.db.run(system_actor(claims.group_id), load)
        until = claims.expires_at
        if actor.valid_until_at is not None:
            until = min(until, actor.valid_until_at)
        self._known[name] = (actor, until)
        while len(self._known) > REMEMBERED_MAX:
            self._known.popitem(last=False)
        return actor

    def claims_of(self, token: str) -> tokens.Claims:
        """What a token of ours says; raises TokenRefused."""
        return tokens.read_token(token, self._public, self.db.clock.now(), self.issuer)

    def forget(self, token: str) -> None:
        """Look the token up anew next time: the database said its rights have changed."""
        self._known.pop(hashlib.sha256(token.encode()).digest(), None)

    async def _read(self, token: str, now: datetime) -> tokens.Claims:
        await self.keep_keys_fresh()
        try:
            return tokens.read_token(token, self._public, now, self.issuer)
        except tokens.TokenRefused:
            kid = tokens.key_id(token)
            if kid is None or kid in self._public or now < self._looked_at + LOOK_AGAIN:
                raise
        await self.prepare()  # a key another process made since we looked
        return tokens.read_token(token, self._public, now, self.issuer)
