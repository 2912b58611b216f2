"""From an access token to the actor behind it.

A verified token is remembered by its hash, so that a request costs one look into a dictionary; the
database still checks session, epoch and policy at the start of each transaction, so remembering
can never outlive a right.
"""

import hashlib
from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from schoolgroup.access import queries, tokens
from schoolgroup.kernel.context import Actor, system_actor
from schoolgroup.kernel.db import Database, SessionOver, Tx

REMEMBERED_MAX = 20_000
LOOK_AGAIN = timedelta(seconds=5)


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
            await tx.connection.execute("SELECT pg_advisory_xact_lock(8301)")
            rows = await queries.list_signing_keys(tx)
            self._public, self._jwks, self._signing = {}, {}, None
            for row in rows:
                key = tokens.unseal(row.kid, row.private_sealed, self._sealing_key)
                if key is None:
                    continue
                self._public[row.kid] = key.private.public_key()
                self._jwks[row.kid] = key.public_jwk
                if self._signing is None and row.retired_at is None:
                    self._signing = key
            if self._signing is None:
                key = tokens.make_signing_key()
                sealed = tokens.seal(key, self._sealing_key)
                await queries.insert_signing_key(tx, key.kid, key.public_jwk, sealed, tx.now)
                self._public[key.kid] = key.private.public_key()
                self._jwks[key.kid] = key.public_jwk
                self._signing = key

        await self.db.run(system_actor(None), load)

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

    def session_of(self, token: str) -> UUID:
        """The session a token of ours stands for; raises TokenRefused."""
        return tokens.read_token(token, self._public, self.db.clock.now(), self.issuer).session_id

    def forget(self, token: str) -> None:
        """Look the token up anew next time: the database said its rights have changed."""
        self._known.pop(hashlib.sha256(token.encode()).digest(), None)

    async def _read(self, token: str, now: datetime) -> tokens.Claims:
        try:
            return tokens.read_token(token, self._public, now, self.issuer)
        except tokens.TokenRefused:
            kid = tokens.key_id(token)
            if kid is None or kid in self._public or now < self._looked_at + LOOK_AGAIN:
                raise
        self._looked_at = now
        await self.prepare()  # a key another process made since we looked
        return tokens.read_token(token, self._public, now, self.issuer)
