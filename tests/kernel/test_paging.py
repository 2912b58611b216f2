"""Pages: a cursor nobody can make up, and no row lost or given twice."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolgroup.kernel.paging import BadCursor, Cursors

cursors = Cursors(b"k" * 32)


@given(st.lists(st.one_of(st.integers(-(2**53), 2**53), st.text(), st.none()), max_size=4))
def test_a_cursor_gives_back_its_key(key):
    assert cursors.read("loans", cursors.write("loans", key)) == key


def test_a_cursor_of_another_list_is_refused():
    with pytest.raises(BadCursor):
        cursors.read("holds", cursors.write("loans", [1, "a"]))


def test_a_cursor_of_another_installation_is_refused():
    with pytest.raises(BadCursor):
        cursors.read("loans", Cursors(b"other" * 8).write("loans", [1]))


def test_a_list_name_cannot_run_into_the_key():
    with pytest.raises(BadCursor):
        cursors.read("loans[", cursors.write("loans", [1]))


def test_no_changed_byte_is_accepted():
    good = cursors.write("loans", ["2026-09-01", 7])
    raw = urlsafe_b64decode(good + "=" * (-len(good) % 4))
    for place in range(len(raw)):
        changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        with pytest.raises(BadCursor):
            cursors.read("loans", urlsafe_b64encode(changed).decode())


@pytest.mark.parametrize("cursor", ["", "a", "!!!!", "x" * 5000, "é", "AAAA", "\0", "=", "🙂" * 9])
def test_what_is_no_cursor_is_refused(cursor):
    with pytest.raises(BadCursor):
        cursors.read("loans", cursor)


def test_the_row_too_many_only_tells_that_there_is_more():
    page = cursors.page("loans", [1, 2, 3], 2, lambda row: [row])
    assert page.items == [1, 2]
    assert page.next_cursor is not None
    assert cursors.read("loans", page.next_cursor) == [2]
    assert cursors.page("loans", [1, 2], 2, lambda row: [row]).next_cursor is None
    assert cursors.page("loans", [], 2, lambda row: [row]).items == []


async def test_a_crawl_loses_nothing_and_repeats_nothing_while_rows_are_written(writer, sql):
    first = [f"note {n:03}" for n in range(30)]
    for text in first:
        made = await writer.post("/v1/notes", json={"text": text})
        assert made.status_code == 201, made.text
    # many at one instant: the key's second part has to order them
    await sql.execute("UPDATE note SET created_at = '2026-09-01T08:00:00Z' WHERE text < 'note 020'")
    seen, address, pages = [], "/v1/notes?limit=7", 0
    while address:
        answer = await writer.get(address)
        assert answer.status_code == 200
        seen += [note["text"] for note in answer.json()["items"]]
        assert (answer.json()["next_cursor"] is None) == ("next" not in answer.links)
        address = answer.links["next"]["url"] if "next" in answer.links else ""
        if address:
            assert parse_qs(urlsplit(address).query)["cursor"] == [answer.json()["next_cursor"]]
            assert parse_qs(urlsplit(address).query)["limit"] == ["7"]
        if pages < 3:  # while we read, others write, and one we have read goes away
            await writer.post("/v1/notes", json={"text": f"late {pages}"})
            await sql.execute("DELETE FROM note WHERE text = $1", seen[-1])
        pages += 1
    assert len(seen) == len(set(seen))
    assert set(first) <= set(seen)
    assert set(seen) == {*first, "late 0", "late 1", "late 2"}


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "1.5", "9" * 40, ""])
async def test_a_limit_has_bounds(writer, limit):
    answer = await writer.get("/v1/notes", params={"limit": limit})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "query:/limit"


@pytest.mark.parametrize("cursor", ["x", "é", "AAAA", "\0", "%00"])
async def test_a_made_up_cursor_is_told_what_to_do(writer, cursor):
    answer = await writer.get("/v1/notes", params={"cursor": cursor})
    assert answer.status_code == 400
    assert answer.json()["code"] == "bad_cursor"
    assert answer.json()["remedy"]


async def test_an_overlong_cursor_is_refused(writer):
    answer = await writer.get("/v1/notes", params={"cursor": "x" * 1025})
    assert answer.status_code == 422


async def test_a_signed_cursor_over_another_order_is_refused_not_a_failure(writer, notes_services):
    """The server's own cursor of a list that ordered otherwise: an upgrade in between."""
    await writer.post("/v1/notes", json={"text": "x"})
    cursor = notes_services.cursors.write("notes", ["not an instant", "not an id"])
    answer = await writer.get("/v1/notes", params={"cursor": cursor})
    assert answer.status_code == 422
