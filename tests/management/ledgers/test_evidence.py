"""Files as evidence: handed in through the store, seen by who closes, kept, opened by who may."""

from datetime import timedelta

import httpx

from schoolgroup.resources.deposits.tidying import tidy
from tests.management.ledgers.book import Book
from tests.people import Person, World
from tests.resources.uploads import hand_in, open_upload, some_bytes

PHOTO = b"\x89PNG\r\n\x1a\n" + some_bytes(4000, "before and after")


async def opened(book: Book, who: Person, link: str) -> int:
    """The status of the link; where it leads to a file, the file is the one handed in."""
    answer = await book.http.get(link, headers=book.signed(who))
    if answer.status_code == 307:
        async with httpx.AsyncClient(verify=False) as store:
            file = await store.get(answer.headers["location"])
        assert file.content == PHOTO
        assert "%E6%95%B4%E6%94%B9" in file.headers["content-disposition"]
    return answer.status_code


async def test_a_file_goes_from_the_school_through_the_store_to_who_closes(
    book: Book, world: World, services, sql
):
    school, (head, other) = book.schools[0], book.principals
    admin = await world.person(school, "school_admin")
    lead, teacher = await world.person(school, "lead"), await world.person(school, "teacher")
    auditor = await world.person(None, "auditor")
    item = await book.open()
    photo = (await hand_in(book.http, admin, PHOTO, "整改后.png"))["id"]
    evidence = [{"upload_id": photo}, {"text": "整改报告 2026-17 号"}]
    reported = await book.act(admin, item, "report", note="已整改", evidence=evidence)
    assert reported["status"] == "reported"

    path = f"/v1/ledger-items/{item['id']}"
    told = await book.send(book.inspector, "GET", f"{path}/history")
    file, document = told["reports"][0]["evidence"]
    assert (file["kind"], file["file_name"], document["link"]) == ("upload", "整改后.png", None)
    assert len(file["sha256"]) == 64
    assert await opened(book, book.inspector, file["link"]) == 307  # seen, then closed
    closed = await book.act(book.inspector, item, "close")
    assert closed["closed_by_person_id"] == str(book.inspector.id) != str(admin.id)

    # the upload lets go of its content, and what evidence stands on is not collected
    none = timedelta()
    await tidy(services.db, services.storage, "demo", grace=none, unused_for=none)
    assert await sql.fetchval("SELECT count(*) FROM deposit WHERE blob_id IS NOT NULL") == 0
    for who in (head, admin, lead, book.office, book.inspector, auditor):
        assert await opened(book, who, file["link"]) == 307, who.role
    for who in (other, teacher):
        assert await opened(book, who, file["link"]) == 404, who.role
    assert (await book.http.get(file["link"])).status_code == 401
    await world.group("other")
    stranger = await world.person(None, "group_admin")
    assert await opened(book, stranger, file["link"]) == 404
    assert await opened(book, head, f"{path}/reports/1/evidence/2") == 404, "words are no file"
    trail = "SELECT count(*) FROM audit_entry WHERE thing = $1 AND detail ->> 'place' = '1'"
    assert await sql.fetchval(trail, f"ledger_item/{item['id']}") == 7


async def test_only_verified_uploads_of_the_own_school_are_evidence(book: Book):
    head, other = book.principals
    item = await book.open()
    theirs = (await hand_in(book.http, other, PHOTO, "别校.png"))["id"]
    begun = (await open_upload(book.http, head, PHOTO + b"more"))["id"]
    named = [{"upload_id": theirs}, {"upload_id": begun}]
    told = await book.act(head, item, "report", 422, note="x", evidence=named)
    assert [e["pointer"] for e in told["errors"]] == [
        "/evidence/0/upload_id", "/evidence/1/upload_id",
    ]  # fmt: skip
    assert (await book.read(head, item))["status"] == "open"


async def test_the_office_hands_in_its_own_files(book: Book, services, sql):
    """What the office sees to itself is proved by its own uploads, which no school may name."""
    item = await book.open(school_id=None)
    photo = (await hand_in(book.http, book.office, PHOTO, "整改后.png"))["id"]
    evidence = [{"upload_id": photo}]
    await book.act(book.office, item, "report", note="已整改", evidence=evidence)
    told = await book.send(book.inspector, "GET", f"/v1/ledger-items/{item['id']}/history")
    (file,) = told["reports"][0]["evidence"]
    none = timedelta()
    await tidy(services.db, services.storage, "demo", grace=none, unused_for=none)
    assert await sql.fetchval("SELECT count(*) FROM deposit WHERE blob_id IS NOT NULL") == 0
    assert await opened(book, book.inspector, file["link"]) == 307
    assert await opened(book, book.principals[0], file["link"]) == 404

    # not while it is released, nor by a school, is it evidence again
    own = await book.open()
    again = (await hand_in(book.http, book.inspector, PHOTO + b"2", "二.png"))["id"]
    refused = {"note": "x", "evidence": [{"upload_id": again}]}
    wrong = await book.act(book.principals[0], own, "report", 422, **refused)
    assert wrong["errors"][0]["pointer"] == "/evidence/0/upload_id"
