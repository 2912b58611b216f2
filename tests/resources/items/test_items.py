"""Entering and marking items; barcodes; what a scan says; stock-taking; labels; figures."""

import hashlib
import io
import re
from datetime import timedelta

import pytest
from python_calamine import CalamineWorkbook

from schoolgroup.kernel.errors import Invalid
from schoolgroup.kernel.ids import new_id
from schoolgroup.resources.items import rules
from schoolgroup.resources.items.models import ItemsWish, Scheme
from schoolgroup.resources.items.stock import labels
from tests.resources.items.desk import lay_out
from tests.resources.lending.shelf import again, borrow, shelve

CSV, XLSX = (
    {"Content-Type": "text/csv"},
    {"Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
)


@pytest.mark.parametrize(
    ("scheme", "good", "bad"),
    [
        # the worked example of GS1's check digit calculator, and a misread digit of it
        (Scheme.EAN13, "6291041500213", "6291041500218"),
        # the number by which ISO/IEC 7812-1 annex B is usually shown, 7992739871 with check digit 3
        (Scheme.LUHN14, "00079927398713", "00079927398710"),
        # 12 + 24 + 13 + 14 + 3 + 9 = 75, and 75 mod 43 = 32 is W
        (Scheme.MOD43, "CODE39W", "CODE39X"),
        (Scheme.EAN13, "2000000000015", "200000000001"),
    ],
    ids=["ean13", "luhn14", "mod43", "ean13-length"],
)
def test_a_misread_barcode_is_noticed(scheme, good, bad):
    assert rules.checksum_ok(scheme, good)
    assert not rules.checksum_ok(scheme, bad)


def test_every_single_misread_digit_is_noticed():
    """What a check digit is for: one wrong digit is always seen (EAN-13 and Luhn alike)."""
    for scheme, code in ((Scheme.EAN13, rules.own_barcode(12345678901)), (Scheme.LUHN14, "")):
        code = code or next(
            c for c in (f"3123400000001{n}" for n in range(10)) if rules.checksum_ok(scheme, c)
        )
        assert rules.checksum_ok(scheme, code)
        for place in range(len(code)):
            for digit in "0123456789":
                wrong = code[:place] + digit + code[place + 1 :]
                assert rules.checksum_ok(scheme, wrong) == (wrong == code)


def test_a_wish_names_every_wrong_barcode():
    wish = ItemsWish(
        resource_id=new_id(),
        barcodes=["6291041500213", "6291041500213", "6291041500218"],
        scheme=Scheme.EAN13,
        home_location="A1",
    )
    with pytest.raises(Invalid) as refused:
        rules.check_wish(wish)
    assert [(p.pointer, p.code) for p in refused.value.problems] == [
        ("/barcodes/1", "twice"),
        ("/barcodes/2", "checksum"),
    ]


async def test_items_are_entered_with_the_barcodes_they_have(http, world, services):
    shelf = await shelve(world, services)
    keeper = shelf.librarian.headers
    wish = {"resource_id": str(shelf.resource_id), "home_location": "A1"}
    entered = await http.post("/v1/items", json={**wish, "barcodes": ["KIT-1"]}, headers=keeper)
    assert entered.status_code == 201, entered.text
    item = entered.json()["items"][0]
    assert (item["status"], item["scheme"], item["set_id"]) == ("available", "plain", None)
    taken = await http.post("/v1/items", json={**wish, "barcodes": ["KIT-1"]}, headers=keeper)
    assert (taken.status_code, taken.json()["code"]) == (409, "barcode_taken")
    neither = await http.post("/v1/items", json=wish, headers=keeper)
    assert neither.json()["errors"][0]["code"] == "one_of"
    by_teacher = await http.post(
        "/v1/items", json={**wish, "count": 1}, headers=shelf.author.headers
    )
    assert (by_teacher.status_code, by_teacher.json()["code"]) == (403, "not_allowed")
    other = await world.person(await world.school("二中"), "librarian")
    foreign = await http.post("/v1/items", json={**wish, "count": 1}, headers=other.headers)
    assert foreign.status_code == 404  # not offered to them, so they may not know of it
    lots = await http.post("/v1/items", json={**wish, "count": 3, "pieces": 10}, headers=keeper)
    made = lots.json()["items"]
    assert len({one["set_id"] for one in made}) == 1
    assert all(rules.checksum_ok(Scheme.EAN13, one["barcode"]) for one in made)
    path = f"/v1/items/{item['id']}"
    changed = await http.patch(
        path, json={"home_location": "B2"}, headers={**keeper, "If-Match": '"1"'}
    )
    assert (changed.status_code, changed.json()["home_location"]) == (200, "B2")
    stale = await http.patch(path, json={"pieces": 2}, headers={**keeper, "If-Match": '"1"'})
    assert stale.status_code == 412
    assert (await http.patch(path, json={"pieces": 2}, headers=keeper)).status_code == 428


async def test_an_offer_of_items_has_the_seats_of_its_items(http, world, services):
    things = await lay_out(http, world, services, count=2)
    owner = things.owner
    resource = str(things.shelf.resource_id)
    again_offered = await http.post(
        f"/v1/resources/{resource}/offers",
        json={"audiences": [{"kind": "group", "borrow": True}], "by_items": True},
        headers=things.shelf.author.headers,
    )
    assert again_offered.json()["code"] == "two_offers_of_items"
    fixed = await http.post(
        f"/v1/resources/{resource}/offers",
        json={"audiences": [{"kind": "group", "borrow": True}], "by_items": True, "seats": 3},
        headers=things.shelf.author.headers,
    )
    assert fixed.json()["errors"][0]["pointer"] == "/seats"
    offer = await things.shown_offer()
    assert (offer["seats"], offer["free"], offer["by_items"]) == (2, 2, True)
    cut = await http.patch(
        f"/v1/offers/{offer['id']}",
        json={"seats": 9},
        headers={**things.shelf.author.headers, "If-Match": f'"{offer["version"]}"'},
    )
    assert cut.json()["code"] == "seats_follow_items"
    path = f"/v1/items/{things.items[0]['id']}/mark"
    for step, seats in (("damage", 1), ("repair", 2), ("lose", 1), ("find", 2), ("withdraw", 1)):
        marked = await things.post(owner, path, step=step, because="盘点")
        assert marked.status_code == 200, marked.text
        assert (await things.shown_offer())["seats"] == seats
    over = await things.post(owner, path, step="repair", because="x")
    assert (over.status_code, over.json()["code"]) == (409, "wrong_state")
    # seats are used again: they do not pile up over the years
    assert await world.sql.fetchval("SELECT count(*) FROM seat") == 2
    # a thing that comes while somebody waits goes to the head of the queue
    await things.borrowed()
    second = await world.person(await world.school("三中"), "teacher")
    hold = (await borrow(http, things.offer, second)).json()["hold"]
    wish = {"resource_id": resource, "count": 1, "home_location": "A1"}
    await http.post("/v1/items", json=wish, headers=owner.headers)
    assert (await things.get(second, f"/v1/holds/{hold['id']}"))["status"] == "ready"


async def test_a_scan_says_what_should_happen_next(http, world, services):
    things = await lay_out(http, world, services, count=1)
    owner = things.owner
    away = await things.scan(owner, at="服务台")
    assert away["words"]["zh"] == "请放回：二楼A3"
    home = await things.scan(owner, at="二楼A3")
    assert (home["words"]["en"], home["next"]) == ("It is where it belongs", [])
    path = f"/v1/items/{things.items[0]['id']}/mark"
    await things.post(owner, path, step="damage", because="进水")
    assert [s["verb"] for s in (await things.scan(owner))["next"]] == ["repair", "withdraw"]
    teacher = await things.post(things.shelf.author, "/v1/items/scan", barcode=things.barcode())
    assert teacher.status_code == 403 or teacher.status_code == 404
    other = await world.person(await world.school("二中"), "librarian")
    hidden = await things.post(other, "/v1/items/scan", barcode=things.barcode())
    assert hidden.status_code == 404


async def test_a_picture_stands_beside_a_note(http, world, services):
    things = await lay_out(http, world, services, count=1)
    group, owner = world.group_id, things.owner
    blob, text = new_id(), new_id()
    for one, kind, key in ((blob, "image/png", "p"), (text, "text/plain", "t")):
        await world.sql.execute(
            """INSERT INTO blob (group_id, id, sha256, size_bytes, media_type, state, object_key,
                                 created_at) VALUES ($1, $2, $3, 3, $4, 'verified', $5, now())""",
            group, one, hashlib.sha256(key.encode()).hexdigest(), kind, key,
        )  # fmt: skip
    uploads = {}
    for one in (blob, text):
        uploads[one] = await world.sql.fetchval(
            """INSERT INTO deposit (group_id, id, school_id, person_id, file_name, size_bytes,
                                    media_type_claimed, sha256, status, upload_key, part_bytes,
                                    blob_id, verified_at, created_at, updated_at, expires_at)
               SELECT $1, gen_random_uuid(), $2, $3, 'x', 3, media_type, sha256, 'verified',
                      $4::uuid::text, 5242880, id, now(), now(), now(), now()
                 FROM blob WHERE id = $4 RETURNING id""",
            group, things.shelf.school.id, owner.id, one,
        )  # fmt: skip
    path = f"/v1/items/{things.items[0]['id']}"
    for wrong in (uploads[text], new_id()):
        refused = await things.post(
            owner, f"{path}/mark", step="damage", because="x", photo_upload_id=str(wrong)
        )
        assert refused.json()["code"] == "not_a_photo"
    done = await things.post(
        owner, f"{path}/mark", step="damage", because="x", photo_upload_id=str(uploads[blob])
    )
    assert done.status_code == 200, done.text
    note = (await things.get(owner, f"{path}/notes"))["items"][0]
    assert note["has_photo"] is True
    opened = await http.get(f"/v1/item-notes/{note['id']}/photo", headers=owner.headers)
    assert opened.status_code == 307
    assert "/p?" in opened.headers["Location"]
    hidden = await http.get(f"/v1/item-notes/{note['id']}/photo", headers=things.borrower.headers)
    assert hidden.status_code == 404


def counted(sheet: str, **cells: tuple[str, ...]) -> bytes:
    """The sheet with rows filled in: barcode = (found, location, pieces, condition)."""
    lines = sheet.splitlines()
    done = [lines[0]]
    for line in lines[1:]:
        known = line.split(",")
        done.append(",".join([*known[:5], *cells.get(known[0], ("", "", "", ""))]))
    return ("\ufeff" + "\n".join(done)).encode()


async def test_stock_is_taken_by_the_sheet(http, world, services):
    things = await lay_out(http, world, services, count=4)
    owner = things.owner.headers
    codes = [things.barcode(n) for n in range(4)]
    await things.give(await things.borrowed(), number=3)
    path = f"/v1/items/{things.items[2]['id']}/mark"
    await things.post(things.owner, path, step="lose", because="上次盘点")
    assert (await things.shown_offer())["seats"] == 3
    answer = await http.get("/v1/items/sheet", headers=owner)
    sheet = answer.content.decode("utf-8-sig")
    assert sheet.splitlines()[0] == "条码,名称,存放位置,状态,应有件数,在架,实际位置,实有件数,品相"
    assert len(sheet.splitlines()) == 5
    wrong = (
        counted(
            sheet,
            **{codes[0]: ("也许", "", "四十", "旧"), codes[3]: ("是", "", "", "")},
        )
        + "\n2999999999993,,,,,是,,,".encode()
    )
    url = "/v1/items/stock-takes"
    for dry in ("true", "false"):
        refused = await http.post(f"{url}?dry_run={dry}", content=wrong, headers={**owner, **CSV})
        assert (refused.status_code, refused.json()["code"]) == (422, "sheet_refused")
        assert {e["code"] for e in refused.json()["errors"]} == {
            "not_yes_or_no", "not_a_number", "unknown_condition", "is_out", "unknown_barcode",
        }  # fmt: skip
    annotated = await http.post(f"{url}/annotated", content=wrong, headers={**owner, **CSV})
    book = CalamineWorkbook.from_filelike(io.BytesIO(annotated.content))
    table = book.get_sheet_by_index(0).to_python()
    assert table[0][-1] == "问题/problem"
    told = {str(row[0]): str(row[-1]) for row in table[1:]}
    assert "借书中学" in told[codes[3]]
    assert told[codes[1]] == ""
    good = counted(
        sheet,
        **{
            codes[0]: ("是", "三楼B1", "39", "磨损"),
            codes[1]: ("否", "", "", ""),
            codes[2]: ("是", "", "", ""),
            codes[3]: ("否", "", "", ""),
        },
    )
    rehearsed = await http.post(f"{url}?dry_run=true", content=good, headers={**owner, **CSV})
    assert (await things.item(1))["status"] == "available"
    headers = {**owner, **CSV, "Idempotency-Key": "stock-1"}
    done = await http.post(url, content=good, headers=headers)
    assert done.status_code == 200, done.text
    assert {**done.json(), "dry_run": True} == rehearsed.json()
    told = done.json()
    assert [told[n] for n in ("rows", "in_place", "elsewhere", "missing", "found_again")] == [
        4, 0, 1, 1, 1,
    ]  # fmt: skip
    assert (await http.post(url, content=good, headers=headers)).json() == done.json()
    first, second, third, lent = [await things.item(n) for n in range(4)]
    assert (first["pieces"], first["condition"], first["seen_location"]) == (39, "worn", "三楼B1")
    assert [i["status"] for i in (second, third, lent)] == ["lost", "available", "on_loan"]
    assert (await things.shown_offer())["seats"] == 3
    xlsx = await http.get("/v1/items/sheet?format=xlsx", headers=owner)
    back = await http.post(f"{url}?dry_run=true", content=xlsx.content, headers={**owner, **XLSX})
    assert (back.status_code, back.json()["left_out"]) == (200, 4)  # nothing was counted
    not_a_file = await http.post(url, json={}, headers=owner)
    assert not_a_file.json()["code"] == "not_a_sheet"


async def test_figures_count_what_is_out_overdue_and_lost(http, world, services, clock):
    things = await lay_out(http, world, services, count=3, loan_days=7)
    await things.give(await things.borrowed(), number=0)
    await things.post(
        things.owner, f"/v1/items/{things.items[1]['id']}/mark", step="lose", because="x"
    )
    clock.jump(timedelta(days=9))
    owner, there = await again(things.owner, world), await again(things.librarian, world)
    own = (await things.get(owner, "/v1/items/figures"))["items"]
    assert len(own) == 1
    shown = {k: v for k, v in own[0].items() if isinstance(v, int) and v}
    assert shown == {"owned": 3, "available": 1, "out": 1, "overdue": 1, "lost": 1}
    theirs = (await things.get(there, "/v1/items/figures"))["items"]
    assert (theirs[0]["in_hand"], theirs[0]["in_hand_overdue"], theirs[0]["owned"]) == (1, 1, 0)
    office = await world.person(None, "group_admin")
    every = (await things.get(office, "/v1/items/figures"))["items"]
    assert [(f["school_name"], f["out"], f["in_hand"]) for f in every] == [
        ("借书中学", 0, 1),
        ("第一中学", 1, 0),
    ]
    sheet = await http.get("/v1/items/figures?form=csv", headers=office.headers)
    assert sheet.content.decode("utf-8-sig").startswith("school_id,school_name,owned")
    circulation = (await things.get(owner, "/v1/lending/circulation"))["items"]
    assert circulation[0]["loans"] == 1  # things and files are counted by the same figures


async def test_labels_need_nothing_from_outside(http, world, services):
    things = await lay_out(http, world, services, count=2)
    await world.sql.execute(
        "UPDATE resource SET title = '<script>勾股</script>' WHERE id = $1",
        things.shelf.resource_id,
    )
    answer = await http.get("/v1/items/labels", headers=things.owner.headers)
    page = answer.text
    assert answer.headers["content-type"].startswith("text/html")
    assert page.count("<svg") == 2
    assert "<script" not in page
    assert not re.search(r"(src|href|url)\s*[=(]", page)
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    for n in range(2):
        assert things.barcode(n) in page


@pytest.mark.parametrize(
    ("scheme", "code", "first", "last"),
    [
        # start and stop patterns of EAN-13 (guards), Code 39 (*), Code 128 (start B, stop)
        (Scheme.EAN13, "6291041500213", "101", "101"),
        (Scheme.MOD43, "CODE39W", "100010111011101", "100010111011101"),
        (Scheme.PLAIN, "KIT-1", "11010010000", "1100011101011"),
        (Scheme.LUHN14, "00079927398713", "11010011100", "1100011101011"),
    ],
    ids=["ean13", "code39", "code128b", "code128c"],
)
def test_a_label_is_drawn_in_the_symbology_of_its_scheme(scheme, code, first, last):
    drawn = labels.bars(scheme, code)
    assert set(drawn) == {"0", "1"}
    assert (drawn[: len(first)], drawn[-len(last) :]) == (first, last)
