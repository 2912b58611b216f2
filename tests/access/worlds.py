"""Random worlds for the relations: rows with missing values, strangers' groups and both ends of
every range, as plain dicts for Python and as tables for PostgreSQL.

`COLUMNS` is what the relations ask of the schema, column by column; a test holds it equal both to
relations.toml and to the migrated schema.
"""

import random
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import asyncpg

from schoolgroup.access.evaluate import Viewer

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
TODAY = date(2026, 9, 1)
MOMENTS = tuple(NOW + timedelta(microseconds=n) for n in (-(10**11), -1, 0, 1, 10**9, 10**11))
DAYS = tuple(TODAY + timedelta(days=n) for n in (-30, -1, 0, 1, 30, 60))
TIERS = ("integrated", "partner", "office")
KINDS = ("video", "paper", "book")

# A word after `id:` names the pool the value is drawn from; `text:` lists the values.
COLUMNS: dict[str, dict[str, str]] = {
    "school": {"id": "id:school"},
    "holiday": {"school_id": "id:school"},
    "appointment": {
        "id": "id:appointment",
        "person_id": "id:person",
        "school_id": "id:school",
        "until_on": "date",
    },
    "person": {"id": "id:person"},
    "client": {"id": "id:client", "school_id": "id:school"},
    "access_session": {
        "person_id": "id:person",
        "appointment_id": "id:appointment",
        "client_id": "id:client",
    },
    "audit_entry": {"school_id": "id:school"},
    "deposit": {"person_id": "id:person", "school_id": "id:school"},
    "resource": {
        "id": "id:resource",
        "school_id": "id:school",
        "author_person_id": "id:person",
        "status": "text:draft published withdrawn",
        "kind": "text:video paper book",
        "sealed_until_at": "timestamptz",
    },
    "offer": {
        "id": "id:offer",
        "resource_id": "id:resource",
        "school_id": "id:school",
        "status": "text:open suspended closed",
        "valid_until_at": "timestamptz",
        "opens_at": "timestamptz",
    },
    "offer_reach": {
        "offer_id": "id:offer",
        "kind": "text:school tier circle group public",
        "tier": "text:integrated partner",
        "circle_id": "id:circle",
        "audience_school_id": "id:school",
        "found": "boolean",
        "discover": "boolean",
        "borrow": "boolean",
        "adapt": "boolean",
    },
    "resource_list": {
        "id": "id:list",
        "school_id": "id:school",
        "audience": "text:school group",
    },
    "list_edition": {"list_id": "id:list", "status": "text:draft published archived"},
    "loan": {
        "resource_id": "id:resource",
        "owner_school_id": "id:school",
        "borrower_school_id": "id:school",
        "borrower_person_id": "id:person",
        "status": "text:active returned",
        "ends_at": "timestamptz",
    },
    "hold": {
        "resource_id": "id:resource",
        "owner_school_id": "id:school",
        "borrower_school_id": "id:school",
        "borrower_person_id": "id:person",
    },
    "circle": {"id": "id:circle"},
    "circle_member": {"circle_id": "id:circle", "school_id": "id:school"},
    "agreement": {
        "owner_school_id": "id:school",
        "grantee_school_id": "id:school",
        "grantee_circle_id": "id:circle",
        "kinds": "text[]",
        "status": "text:proposed in_force ended",
        "from_on": "date",
        "until_on": "date",
    },
    "exam": {"id": "id:exam", "school_id": "id:school"},
    "exam_school": {
        "exam_id": "id:exam",
        "school_id": "id:school",
        "status": "text:invited accepted declined",
    },
    "exam_setter": {
        "exam_id": "id:exam",
        "exam_subject_id": "id:subject",
        "person_id": "id:person",
    },
    "exam_paper_file": {"resource_id": "id:resource", "exam_subject_id": "id:subject"},
    "pupil": {"school_id": "id:school"},
    "pupil_transfer": {"from_school_id": "id:school", "to_school_id": "id:school"},
    "exam_release": {
        "id": "id:release",
        "exam_id": "id:exam",
        "status": "text:released draft",
        "embargo_until_at": "timestamptz",
    },
    "release_recipient": {"release_id": "id:release", "school_id": "id:school"},
    "marking_plan": {"id": "id:plan", "exam_id": "id:exam"},
    "marking_marker": {
        "plan_id": "id:plan",
        "person_id": "id:person",
        "school_id": "id:school",
        "status": "text:live calibrating paused left",
        "duty": "text:marker leader arbiter",
    },
    "marking_task": {"person_id": "id:person"},
    "script_batch": {"school_id": "id:school"},
    "appraisal_scheme": {"school_id": "id:school", "status": "text:published draft retired"},
    "appraisal": {"id": "id:appraisal", "school_id": "id:school", "office_sees": "boolean"},
    "appraisal_case": {
        "id": "id:case",
        "appraisal_id": "id:appraisal",
        "school_id": "id:school",
        "runner_school_id": "id:school",
        "office_sees": "boolean",
    },
    "appraisal_assessor": {
        "case_id": "id:case",
        "appraisal_id": "id:appraisal",
        "person_id": "id:person",
        "status": "text:assigned submitted recused",
    },
    "return_call": {"id": "id:call"},
    "return_target": {"call_id": "id:call", "school_id": "id:school"},
    "school_return": {"school_id": "id:school"},
    "ask": {
        "resource_id": "id:resource",
        "owner_school_id": "id:school",
        "borrower_school_id": "id:school",
        "borrower_person_id": "id:person",
    },
    "search_class": {
        "school_id": "id:school",
        "status": "text:draft published withdrawn",
        "kind": "text:video paper book",
        "reach_id": "id:reach",
        "sealed_until_at": "timestamptz",
    },
    "search_reach_given": {
        "reach_id": "id:reach",
        "kind": "text:school tier circle group public",
        "tier": "text:integrated partner",
        "circle_id": "id:circle",
        "audience_school_id": "id:school",
        "discover": "boolean",
        "borrow": "boolean",
        "adapt": "boolean",
        "valid_until_at": "timestamptz",
    },
    "item": {"id": "id:item", "school_id": "id:school"},
    "item_handover": {
        "item_id": "id:item",
        "owner_school_id": "id:school",
        "borrower_school_id": "id:school",
        "borrower_person_id": "id:person",
        "closed_at": "timestamptz",
    },
    "place": {"resource_id": "id:resource", "school_id": "id:school"},
    "booking": {
        "owner_school_id": "id:school",
        "booker_school_id": "id:school",
        "booker_person_id": "id:person",
    },
    "saved_search": {"person_id": "id:person"},
    "activity": {"school_id": "id:school"},
    "bulletin": {"id": "id:bulletin"},
    "bulletin_recipient": {"bulletin_id": "id:bulletin", "school_id": "id:school"},
    "bulletin_article": {"school_id": "id:school"},
    "measure": {"person_id": "id:person"},
    "ledger_item": {"person_id": "id:person", "school_id": "id:school"},
    "inspection_visit": {"id": "id:inspection_visit", "school_id": "id:school"},
    "visit_inspector": {
        "visit_id": "id:inspection_visit",
        "person_id": "id:person",
        "home_school_id": "id:school",
    },
    "makeup_day": {"school_id": "id:school"},
    "webhook_endpoint": {"school_id": "id:school"},
}
# Tables of things for which only `any` holds.
ALL_COLUMNS: dict[str, dict[str, str]] = {
    **COLUMNS,
    "term": {},
    "form": {},
    "initiative": {},
    "ledger": {},
    "inspection_round": {},
}
# Every other row of these is in its best order, so that what seldom fits is seen often enough.
IN_ORDER: dict[str, dict[str, Any]] = {
    "exam": {"school_id": None},
    "resource": {"status": "published", "sealed_until_at": None},
    "search_class": {"status": "published"},
    "offer": {"status": "open", "valid_until_at": None, "opens_at": None},
    "agreement": {"status": "in_force", "until_on": DAYS[-1]},
    "item_handover": {"closed_at": None},
}

Row = dict[str, Any]


@cache
def pool(name: str) -> tuple[UUID, ...]:
    """The few ids of one kind, the same in every world and in every group."""
    size = {"group": 2, "school": 3, "person": 3, "circle": 3, "offer": 16}.get(name, 8)
    return tuple(UUID(bytes=f"{name:_<14.14}{n:02}".encode()) for n in range(size))


def draw(chance: random.Random, kind: str) -> Any:
    """A value of a column; missing now and then, whatever the real schema would say."""
    if chance.random() < 0.08:
        return None
    name, _, rest = kind.partition(":")
    if name == "id":
        return chance.choice(pool(rest))
    if name == "text":
        first, *others = rest.split()
        return first if chance.random() < 0.6 else chance.choice(others)
    if kind == "text[]":
        return [k for k in KINDS if chance.random() < 0.4]
    if kind == "boolean":
        return chance.random() < 0.6
    return chance.choice(MOMENTS if kind == "timestamptz" else DAYS)


def make_world(seed: int, rows: int = 60, sound: bool = False) -> dict[str, list[Row]]:
    """A group and a stranger's group with the same ids in it.

    A table with ids has each id once per group, as primary keys have it; any other has `rows` rows.
    A `sound` world keeps what the software keeps: an offer, place, loan, hold or ask belongs to
    the school of its resource, an offer opens with it, every resource has a status and no draft is
    on loan, an appointment is somebody's, a session is of a machine or else of an appointment and
    its person, only the exams of the group have schools that take part, and whom an offer reaches
    finds it.
    """
    chance = random.Random(seed)
    groups = pool("group")
    world: dict[str, list[Row]] = {}
    for table, columns in ALL_COLUMNS.items():
        ids = pool(columns["id"][3:]) if "id" in columns else ()
        keys = [{"group_id": g, "id": i} for g in groups for i in ids]
        keys = keys or [{"group_id": groups[int(chance.random() < 0.15)]} for _ in range(rows)]
        world[table] = [
            {"no": no}
            | {c: draw(chance, kind) for c, kind in columns.items()}
            | (IN_ORDER.get(table, {}) if no % 2 else {})
            | key
            for no, key in enumerate(keys)
        ]
    owners = {(r["group_id"], r["id"]): r["school_id"] for r in world["resource"]}
    for table in ("offer", "loan", "hold", "ask", "place") if sound else ():
        column = "school_id" if table in ("offer", "place") else "owner_school_id"
        for row in world[table]:
            row[column] = owners.get((row["group_id"], row["resource_id"]))
    seals = {(r["group_id"], r["id"]): r["sealed_until_at"] for r in world["resource"]}
    for row in world["offer"] if sound else ():
        row["opens_at"] = seals.get((row["group_id"], row["resource_id"]))
    for row in world["offer_reach"] if sound else ():
        row["found"] = row["discover"]  # nothing is adapted here
    for row in world["resource"] if sound else ():
        row["status"] = row["status"] or "draft"
    drafts = {(r["group_id"], r["id"]) for r in world["resource"] if r["status"] == "draft"}
    for row in world["loan"] if sound else ():
        if (row["group_id"], row["resource_id"]) in drafts:
            row["status"] = "returned"
    for row in world["appointment"] if sound else ():
        row["person_id"] = row["person_id"] or pool("person")[row["no"] % 3]
    holders = {(r["group_id"], r["id"]): r["person_id"] for r in world["appointment"]}
    for row in world["access_session"] if sound else ():
        row["person_id"] = holders.get((row["group_id"], row["appointment_id"]))
        row["client_id"] = None if row["person_id"] else row["client_id"]
    joint = {(r["group_id"], r["id"]) for r in world["exam"] if r["school_id"] is None}
    for row in world["exam_school"] if sound else ():
        if (row["group_id"], row["exam_id"]) not in joint:
            row["status"] = "declined"
    return world


def make_viewers(seed: int, count: int) -> list[Viewer]:
    """People of schools, people of the office, machines, and one about whom nothing is known."""
    chance = random.Random(seed)
    viewers = [
        Viewer(None, None, None, NOW, TODAY),
        Viewer(None, pool("person")[0], "office", NOW, TODAY),
    ]
    while len(viewers) < count:
        tier = chance.choice(TIERS[:2])
        person = chance.choice((*pool("person"), None))
        viewers.append(Viewer(chance.choice(pool("school")), person, tier, NOW, TODAY))
    return viewers


SQL_TYPES = {"id": "uuid", "text": "text", "text[]": "text[]"}


def sql_type(kind: str) -> str:
    return SQL_TYPES.get(kind.partition(":")[0], kind)


ASKED = {
    "school_id": "uuid",
    "person_id": "uuid",
    "tier": "text",
    "now": "timestamptz",
    "today": "date",
    "group_id": "uuid",
}


class Scratch:
    """A database with nothing but these tables, and a context that is simply set."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection = connection

    async def lay(self) -> None:
        """The tables, and functions that answer what was last set."""
        await self.connection.execute("CREATE SCHEMA app")
        for name, kind in ASKED.items():
            await self.connection.execute(
                f"""CREATE FUNCTION app.{name}() RETURNS {kind} LANGUAGE sql STABLE
                    AS $$ SELECT nullif(current_setting('test.{name}', true), '')::{kind} $$"""
            )
        for table, columns in ALL_COLUMNS.items():
            written = "".join(f", {c} {sql_type(kind)}" for c, kind in columns.items())
            await self.connection.execute(f"CREATE TABLE {table} (no int, group_id uuid{written})")

    async def load(self, world: dict[str, list[Row]]) -> None:
        """Exactly this world's rows."""
        for table, rows in world.items():
            await self.connection.execute(f"TRUNCATE {table}")
            await self.connection.copy_records_to_table(
                table, records=[tuple(row.values()) for row in rows], columns=list(rows[0])
            )

    async def look_as(self, viewer: Viewer) -> None:
        """Set what the context functions answer."""
        told = {
            "school_id": viewer.school_id, "person_id": viewer.person_id, "tier": viewer.tier,
            "now": viewer.now.isoformat(), "today": viewer.today.isoformat(),
            "group_id": pool("group")[0],
        }  # fmt: skip
        for name, value in told.items():
            await self.connection.execute(
                "SELECT set_config($1, $2, false)",
                f"test.{name}",
                "" if value is None else str(value),
            )

    async def masks(self, table: str, mask_sql: str) -> list[int]:
        """The mask of each row, in the order of the world's rows."""
        rows = await self.connection.fetch(f"SELECT {mask_sql} AS mask FROM {table} t ORDER BY no")
        return [row["mask"] for row in rows]

    async def numbers(self, table: str, predicate: str) -> set[int]:
        """Which rows satisfy a predicate, by number."""
        rows = await self.connection.fetch(f"SELECT no FROM {table} t WHERE {predicate}")
        return {row["no"] for row in rows}
