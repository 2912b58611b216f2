"""What a connection says of who is speaking is believed when the application signed it."""

import hmac
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import msgspec
import pytest

from schoolgroup.kernel import bootstrap
from schoolgroup.kernel.context import CLAIMS, in_lines
from schoolgroup.kernel.keys import derive_key, hmac_pads
from schoolgroup.kernel.settings import Settings

SPEAK = "SELECT set_config('app.context', $1, true), set_config('app.mac', $2, true)"
HEARD = """
SELECT app.group_id() AS group_id, app.school_id() AS school_id, app.person_id() AS person_id,
       app.tier() AS tier, app.role() AS role, app.is_office() AS office, app.is_system() AS system,
       app.is_visitor() AS visitor, app.now() = now() AS now
"""
OTHER_KEY = "UPDATE app.secret SET inner_pad = $1, outer_pad = $2"
WHO: dict[str, object] = {
    "kind": "person", "tier": "integrated", "role": "teacher", "group_id": uuid4(),
    "school_id": uuid4(), "person_id": uuid4(), "clock_offset_s": 0.0, "time_zone": "Asia/Tokyo",
    "session_id": uuid4(), "epoch": 3, "policy_sha256": "ab" * 32,
}  # fmt: skip


class Speaker:
    """The application's role on a connection whose changes are all taken back."""

    def __init__(self, connection: asyncpg.Connection, key: bytes) -> None:
        self.connection, self.key = connection, key

    async def hear(self, context: str | None, key: bytes | None = None, mac: str = "") -> list:
        """What the database makes of a context."""
        mac = mac or hmac.digest(key or self.key, (context or "").encode(), "sha256").hex()
        await self.connection.execute(f"SET LOCAL ROLE {bootstrap.APPLICATION}")
        await self.connection.execute(SPEAK, context, mac)
        row = await self.connection.fetchrow(HEARD)
        assert row is not None  # it selects no table
        claims = [await self.connection.fetchval("SELECT app.claim($1)", name) for name in CLAIMS]
        await self.connection.execute("RESET ROLE")
        return [*row.values(), *claims]


@pytest.fixture
async def speaker(superuser: asyncpg.Connection, settings: Settings) -> AsyncIterator[Speaker]:
    change = superuser.transaction()
    await change.start()
    try:
        yield Speaker(superuser, derive_key(settings.secret, "context"))
    finally:
        await change.rollback()


NOTHING = [None] * 5 + [False] * 3 + [True] + [None] * len(CLAIMS)


async def test_each_claim_is_the_one_that_was_signed(speaker: Speaker):
    heard = await speaker.hear(in_lines(WHO))
    assert heard[:9] == [
        WHO["group_id"], WHO["school_id"], WHO["person_id"], "integrated", "teacher",
        False, False, False, True,
    ]  # fmt: skip
    assert heard[9:] == [str(WHO[name]) if name in WHO else None for name in CLAIMS]
    for changed, place in (
        ({"tier": "office"}, 5),
        ({"kind": "system"}, 6),
        ({"kind": "visitor"}, 7),
    ):
        assert (await speaker.hear(in_lines({**WHO, **changed})))[place]


async def test_a_process_of_the_release_before_is_understood(speaker: Speaker):
    document = msgspec.json.encode({name: WHO.get(name) for name in CLAIMS}).decode()
    assert await speaker.hear(document) == await speaker.hear(in_lines(WHO))


@pytest.mark.parametrize("context", [in_lines(WHO), "", None, '{"kind":"system"}'])
async def test_what_is_not_signed_by_the_key_says_nothing(speaker: Speaker, context: str | None):
    assert await speaker.hear(context, b"another key" * 3) == NOTHING
    assert await speaker.hear(context, mac="0" * 64) == NOTHING


async def test_a_line_more_is_never_signed():
    with pytest.raises(ValueError, match="line break"):
        in_lines({**WHO, "time_zone": "Asia/Tokyo\noffice"})


async def test_another_key_counts_from_its_first_moment(speaker: Speaker):
    """The key is in the plan of each connection, which is made anew when the key changes."""
    mine = await speaker.hear(in_lines(WHO))
    for _ in range(8):  # until the plan is kept
        assert await speaker.hear(in_lines(WHO)) == mine
    other = b"the next key of this installation"
    await speaker.connection.execute(OTHER_KEY, *hmac_pads(other))
    assert await speaker.hear(in_lines(WHO)) == NOTHING
    assert await speaker.hear(in_lines(WHO), other) == mine


@pytest.mark.parametrize(
    "asked", ["app.inner_pad()", "app.outer_pad()", "(SELECT inner_pad FROM app.secret)",
              "app.sign('x')"],
)  # fmt: skip
async def test_the_application_cannot_read_the_key(speaker: Speaker, asked: str):
    await speaker.connection.execute(f"SET LOCAL ROLE {bootstrap.APPLICATION}")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await speaker.connection.fetchval(f"SELECT {asked}")


async def test_nor_where_it_may_call_what_holds_it(speaker: Speaker):
    await speaker.connection.execute(
        f"GRANT EXECUTE ON FUNCTION app.inner_pad() TO {bootstrap.APPLICATION}"
    )
    await speaker.connection.execute(f"SET LOCAL ROLE {bootstrap.APPLICATION}")
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="secret"):
        await speaker.connection.fetchval("SELECT app.inner_pad()")
