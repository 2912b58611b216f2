"""How much one caller may ask for in a minute, over all processes, and how the answer says so.

Each process counts in memory: a request costs one look into a dictionary and no round trip. About
once a second a process tells the others of who has asked much, in one statement for all of them,
and learns what they have counted (`request_count`). What all processes together let through beyond
a quota is thus at most what comes within that second, and a caller who asks little is never
written down at all. Where the database cannot be reached each process goes on by its own count.

Header fields: draft-ietf-httpapi-ratelimit-headers-11, a draft still, so it is spelt only here.
"""

import asyncio
import hashlib
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from litestar.types import Scope

from schoolgroup.kernel import queries
from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.db import Database, Tx
from schoolgroup.kernel.errors import Refusal, TooMany
from schoolgroup.kernel.observe import metrics
from schoolgroup.kernel.texts import Text

READ, WRITE, BULK, VISIT = "read", "write", "bulk", "visit"
OWN = "own"  # of a route that keeps its own pace, as its protocol asks
NOBODYS = UUID(int=0)  # the group of callers that are known by their address alone
WINDOW_S = 60
# Settings for demonstrations, benches and load runs, where one person does in a second what a
# school does in an hour.
UNHURRIED: Mapping[str, int] = dict.fromkeys(
    ("reads_per_minute", "writes_per_minute", "bulk_per_minute", "visits_per_minute"), 1_000_000
)
# Addresses that end so are answered with whole files, or take them in.
HEAVY = frozenset({
    "export", "import", "annotated", "sheet", "prints", "labels", "document", "candidates",
    "responses", "scores", "sums",
})  # fmt: skip
TELL_EVERY_S = 1.0
TELL_FROM = 10  # who has asked for less in this window is nobody's concern
CALLERS_MAX = 50_000
log = logging.getLogger("schoolgroup")


def policy_of(method: str, path: str) -> str:
    """The quota a route is counted under, where it does not say so itself."""
    if path.rpartition("/")[2] in HEAVY:
        return BULK
    return READ if method in ("GET", "HEAD", "OPTIONS") else WRITE


class TooFast(TooMany):
    """The caller has used up what is given within a minute."""

    code = "too_fast"
    title = Text("Too many requests in this minute", "本分钟内请求过多")
    remedy = Text(
        "Go on after as long as Retry-After says; ask for more items a page, or for a higher"
        " limit at the group office.",
        "请按 Retry-After 等待后继续；可增大每页条数，或向集团办公室申请更高限额。",
    )


class Standing(msgspec.Struct, frozen=True):
    """Where a caller stands: of `quota` requests a window `left` are left, anew in `reset_s`."""

    policy: str
    quota: int
    left: int
    reset_s: int

    def headers(self) -> list[tuple[bytes, bytes]]:
        """`RateLimit-Policy` and `RateLimit`, as they are sent."""
        name = self.policy
        return [
            (b"ratelimit-policy", f'"{name}";q={self.quota};w={WINDOW_S}'.encode()),
            (b"ratelimit", f'"{name}";r={self.left};t={self.reset_s}'.encode()),
        ]


Caller = tuple[UUID, str, str, int | None]  # group, name, policy, own quota


def visitor(scope: Scope) -> Caller:
    """Who is known by the address alone, as the server in front of us says."""
    client = scope.get("client")
    return (NOBODYS, f"address:{client[0] if client else '-'}", VISIT, None)


class _Use:
    """What one caller has asked for under one policy, in the window `no`."""

    __slots__ = ("digest", "mine", "no", "offset", "others", "told")

    def __init__(self, key: tuple[UUID, str, str]) -> None:
        self.digest = hashlib.sha256(f"{key[1]} {key[2]}".encode()).digest()
        # Windows begin at another second for each caller, so that not all come back at once.
        self.offset = self.digest[0] % WINDOW_S
        self.no = -1
        self.mine = self.told = self.others = 0


class Paces:
    """The quotas of an installation, and what this process has counted."""

    def __init__(self, quotas: Mapping[str, int], seconds: Callable[[], float] = time.time) -> None:
        """`seconds` is the wall clock: windows are the same in every process."""
        self.quotas = dict(quotas)
        self._seconds = seconds
        self._uses: dict[tuple[UUID, str, str], _Use] = {}
        self._news: set[tuple[UUID, str, str]] = set()

    def take(self, group_id: UUID, caller: str, policy: str, quota: int | None = None) -> Standing:
        """One request of `caller`; raises TooFast."""
        key = (group_id, caller, policy)
        use, second = self._use(key)
        most = self.quotas[policy] if quota is None else quota
        left = most - use.mine - use.others
        reset_s = WINDOW_S - (second + use.offset) % WINDOW_S
        if left <= 0:
            metrics.shed("pace")
            raise TooFast(retry_after_s=reset_s, facts={"violated-policies": [policy]})
        use.mine += 1
        if use.mine >= TELL_FROM:
            self._news.add(key)
        return Standing(policy, most, left - 1, reset_s)

    def look(self, group_id: UUID, caller: str, policy: str, quota: int | None = None) -> Standing:
        """Where the caller stands, without counting."""
        use, second = self._use((group_id, caller, policy))
        most = self.quotas[policy] if quota is None else quota
        left = max(0, most - use.mine - use.others)
        return Standing(policy, most, left, WINDOW_S - (second + use.offset) % WINDOW_S)

    def count(self, scope: Scope, caller: Caller) -> None:
        """One request of `caller`; its answer says where the caller stands. Raises TooFast."""
        state: dict[str, Any] = scope.setdefault("state", {})
        try:
            state["pace"] = self.take(*caller)
        except TooFast:
            state["pace"] = self.look(*caller)
            raise

    def quota_of(self, reads_per_minute: int | None, policy: str) -> int | None:
        """What the office has set for a client, in the proportions of what everyone is given."""
        if reads_per_minute is None:
            return None
        return max(1, reads_per_minute * self.quotas[policy] // self.quotas[READ])

    async def tell(self, db: Database) -> int:
        """Tell the other processes what was counted since, and learn what they have; how many."""
        news, self._news = self._news, set()
        rows: dict[tuple[UUID, bytes], tuple[_Use, int]] = {}
        for key in news:
            use = self._uses.get(key)
            if use is not None and use.mine > use.told:
                rows[key[0], use.digest] = (use, use.mine - use.told)
        if not rows:
            return 0

        async def write(tx: Tx) -> list[queries.Counted]:
            groups, digests, numbers, counts = [], [], [], []
            # one order for all processes, so that no two wait for each other
            for (group_id, digest), (use, more) in sorted(rows.items()):
                groups.append(group_id)
                digests.append(digest)
                numbers.append(use.no)
                counts.append(more)
            return await queries.add_counts(tx, groups, digests, numbers, counts)

        for row in await db.run(system_actor(None), write):
            use, more = rows[row.group_id, row.caller_sha256]
            if use.no == row.window_no:
                use.told += more
                use.others = row.used - use.told
        return len(rows)

    async def keep_telling(self, db: Database) -> None:
        """Tell the others every second, until cancelled."""
        while True:
            await asyncio.sleep(TELL_EVERY_S)
            try:
                await self.tell(db)
            except (Refusal, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as failed:
                log.info("what callers asked for could not be told: %s", type(failed))

    def _use(self, key: tuple[UUID, str, str]) -> tuple[_Use, int]:
        second = int(self._seconds())
        use = self._uses.get(key)
        if use is None:
            if len(self._uses) >= CALLERS_MAX:
                self._forget(second)
            use = self._uses[key] = _Use(key)
        no = (second + use.offset) // WINDOW_S
        if use.no != no:
            use.no, use.mine, use.told, use.others = no, 0, 0, 0
        return use, second

    def _forget(self, second: int) -> None:
        """Let go of the callers of earlier windows; of all, where they alone are too many."""
        kept = {k: u for k, u in self._uses.items() if u.no == (second + u.offset) // WINDOW_S}
        self._uses = kept if len(kept) < CALLERS_MAX // 2 else {}
