"""A feature as small as one can be, to test what every feature gets from the kernel.

It has a table of its own, walled like every other, and the rooms' usual order: service functions
take the transaction, routes hand them to `Call`.
"""

import asyncio
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import msgspec
from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import Meta

from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.errors import Conflict, Denial, NotFound, refuse_by_constraint
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Input, Limit, check_version, may
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import Page, PageRequest
from schoolgroup.kernel.texts import Text

TABLE = """
CREATE TABLE note (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    text text NOT NULL,
    number bigint NOT NULL DEFAULT 0,
    small int NOT NULL DEFAULT 0,
    data jsonb NOT NULL DEFAULT '{}',
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    CONSTRAINT one_note_per_text UNIQUE (group_id, text),
    CONSTRAINT no_swearing CHECK (text NOT LIKE '%damn%')
);
SELECT app.wall_by_group('note');
GRANT SELECT, INSERT, UPDATE, DELETE ON note TO schoolgroup_app;
"""


class NoteExists(Conflict):
    """A note with this text is there already."""

    code = "note_exists"
    title = Text("This note is there already", "该便笺已存在")


refuse_by_constraint("one_note_per_text", NoteExists)


class NewNote(Input, frozen=True, kw_only=True):
    text: Annotated[str, Meta(max_length=2000)]
    number: int = 0
    small: int = 0
    data: Any = msgspec.field(default_factory=dict)
    at: datetime | None = None


class NewText(Input, frozen=True, kw_only=True):
    text: Annotated[str, Meta(min_length=1, max_length=2000)]


class Note(msgspec.Struct, frozen=True):
    id: UUID
    text: str
    number: int
    version: int
    created_at: datetime


COLUMNS = "id, text, number, version, created_at"


class Gate:
    """Lets a test hold a command between its effect and its commit, and count the tries."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.open = asyncio.Event()
        self.backend_pid = 0
        self.tries = 0

    async def wait(self, tx: Tx) -> None:
        self.backend_pid = await fetch_value(tx, "SELECT pg_backend_pid()")
        self.tries += 1
        self.reached.set()
        await self.open.wait()


GATES: dict[str, Gate] = {}


async def write(tx: Tx, note: NewNote) -> Note:
    made = new_id()
    await execute(
        tx,
        """INSERT INTO note (group_id, id, text, number, small, data, created_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7)""",
        tx.group_id,
        made,
        note.text,
        note.number,
        note.small,
        note.data,
        note.at or tx.now,
    )
    if note.text in GATES:
        await GATES[note.text].wait(tx)
    await journal.record(
        tx,
        "note.written",
        act="school:manage",
        thing=f"note/{made}",
        owner_school_id=tx.actor.school_id,
        version=1,
        data={},
    )
    return await read(tx, made)


async def read(tx: Tx, note_id: UUID) -> Note:
    note = await fetch_one(
        tx,
        Note,
        f"SELECT {COLUMNS} FROM note WHERE group_id = $1 AND id = $2",
        tx.group_id,
        note_id,
    )
    if note is None:
        raise NotFound(denial=Denial("school:manage", f"note/{note_id}", (), ""))
    return note


async def rewrite(tx: Tx, note_id: UUID, change: NewText, version: int) -> Note:
    await execute(
        tx, "SELECT 1 FROM note WHERE group_id = $1 AND id = $2 FOR UPDATE", tx.group_id, note_id
    )
    check_version(version, (await read(tx, note_id)).version)
    await execute(
        tx,
        "UPDATE note SET text = $3, version = version + 1 WHERE group_id = $1 AND id = $2",
        tx.group_id,
        note_id,
        change.text,
    )
    return await read(tx, note_id)


async def search(tx: Tx, page: PageRequest, text: str | None) -> list[Note]:
    after_at, after_id = page.after or (None, None)
    return await fetch_all(
        tx,
        Note,
        f"""SELECT {COLUMNS} FROM note
             WHERE group_id = $1 AND ($4::text IS NULL OR text = $4)
               AND ($2::text IS NULL OR (created_at, id) > ($2::text::timestamptz, $3::text::uuid))
             ORDER BY created_at, id LIMIT $5""",
        tx.group_id,
        after_at,
        after_id,
        text,
        page.limit,
    )


@post("/v1/notes", opt=may("school:manage"), operation_id="write_note")
async def write_note(data: JSONBody[NewNote], call: NamedDependency[Call]) -> Response[Note]:
    """Write a note."""
    return await call.once(lambda tx: write(tx, data), location=lambda note: f"/v1/notes/{note.id}")


@get("/v1/notes", opt=may("school:manage"), operation_id="list_notes")
async def list_notes(
    call: NamedDependency[Call],
    limit: Limit = LIMIT,
    cursor: Cursor = None,
    text: FromQuery[Annotated[str | None, QueryParameter(max_length=2000)]] = None,
) -> Response[Page[Note]]:
    """Notes in the order they were written."""
    return await call.page(
        "notes",
        limit,
        cursor,
        lambda tx, page: search(tx, page, text),
        key_of=lambda note: [note.created_at, note.id],
    )


@get("/v1/notes/{note_id:uuid}", opt=may("school:manage"), operation_id="get_note")
async def get_note(note_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Note]:
    """One note."""
    return await call.item(lambda tx: read(tx, note_id))


@patch("/v1/notes/{note_id:uuid}", opt=may("school:manage"), operation_id="change_note")
async def change_note(
    note_id: FromPath[UUID], data: JSONBody[NewText], call: NamedDependency[Call]
) -> Response[Note]:
    """Change a note."""
    return await call.change(lambda tx, version: rewrite(tx, note_id, data, version))


@delete(
    "/v1/notes/{note_id:uuid}",
    opt=may("school:manage"),
    operation_id="delete_note",
    status_code=204,
)
async def delete_note(note_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[None]:
    """Tear a note up."""

    async def tear(tx: Tx) -> None:
        await read(tx, note_id)
        await execute(tx, "DELETE FROM note WHERE group_id = $1 AND id = $2", tx.group_id, note_id)

    return await call.once(tear, status=204)


@post("/v1/run", opt=may("school:manage"), operation_id="run")
async def run(call: NamedDependency[Call], data: JSONBody[NewText]) -> Response[Any]:
    """Run a statement: the ways in which a database can fail."""

    async def statement(tx: Tx) -> Any:
        if data.text in GATES:
            await GATES[data.text].wait(tx)
            return await fetch_value(tx, "SELECT 1")
        return await fetch_value(tx, data.text)

    return await call.once(statement, status=200)


ROUTES = [write_note, list_notes, get_note, change_note, delete_note, run]


async def make_table(superuser: asyncpg.Connection) -> None:
    await superuser.execute(TABLE)


async def drop_table(superuser: asyncpg.Connection) -> None:
    await superuser.execute("DROP TABLE note")
