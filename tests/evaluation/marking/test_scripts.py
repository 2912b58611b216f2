"""From a school's archive of scanned pages to the image one marker sees for a minute."""

import io
import zipfile
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from schoolgroup.evaluation.marking.scripts.cutting import touches
from schoolgroup.evaluation.marking.scripts.models import Area
from tests.evaluation.marking.room import Room, prepare
from tests.people import World
from tests.resources.uploads import hand_in

NAME = {"page": 1, "left": 0, "top": 0, "right": 100, "bottom": 20}
TEMPLATE: dict[str, Any] = {
    "subject": "语文",
    "pages": 2,
    "regions": [
        {"label": "作文", "page": 1, "left": 10, "top": 50, "right": 90, "bottom": 100},
        {"label": "作文", "page": 2, "left": 0, "top": 0, "right": 50, "bottom": 50},
    ],
    "name_areas": [NAME],
}
RED, BLUE, GREEN, WHITE = (255, 0, 0), (0, 0, 255), (0, 128, 0), (255, 255, 255)


def page(number: int, kind: str = "PNG") -> bytes:
    """A page of 200 × 400: red where the name is, blue or green where the answer is."""
    image = Image.new("RGB", (200, 400), WHITE)
    if number == 1:
        image.paste(RED, (0, 0, 200, 80))
        image.paste(BLUE, (20, 200, 180, 400))
    else:
        image.paste(GREEN, (0, 0, 100, 200))
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x013B] = "Zhang San of Class 901"  # Artist
    image.save(out, format=kind, exif=exif, quality=95)
    return out.getvalue()


def archive(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()


async def ready(http: httpx.AsyncClient, world: World, **rules: Any) -> Room:
    room = await prepare(http, world, {"甲校": 0, "乙校": 2}, mode="1", **rules)
    await room.enrol("m", "甲校")
    await room.enrol("own", "乙校")
    set_up = await room.post(room.officer, f"{room.sitting.path}/script-template", TEMPLATE)
    assert set_up.status_code == 200, set_up.text
    room.people["lead"] = await world.person(room.school("乙校"), "lead")
    return room


async def send(room: Room, content: bytes) -> httpx.Response:
    upload = await hand_in(room.http, room.people["lead"], content, "scans.zip")
    body = {"subject": "语文", "deposit_id": upload["id"]}
    return await room.post("lead", f"{room.sitting.path}/script-batches", body)


async def test_pages_become_answers_without_a_name(http, world: World):
    room = await ready(http, world)
    files = {
        f"scans/S乙校000{n}-{p}.{kind}": page(p, "PNG" if kind == "png" else "JPEG")
        for n, kind in ((1, "png"), (2, "jpg"))
        for p in (1, 2)
    }
    sent = await send(room, archive({**files, "__MACOSX/x": b"", "Thumbs.db": b""}))
    assert sent.status_code == 201, sent.text
    batch = sent.json()
    assert (batch["candidates"], batch["left"], batch["actions"]) == (2, 2, ["cut"])
    await room.open()
    assert (await room.take("m")).json()["code"] == "nothing_to_take"  # no image yet
    path = f"/v1/script-batches/{batch['id']}"
    first = await room.post("lead", f"{path}/cut", {"candidates": 1})
    assert (first.json()["cut"], first.json()["left"]) == (1, 1)
    assert (await room.post("lead", f"{path}/cut", {})).json()["left"] == 0
    assert (await room.post("lead", f"{path}/cut", {})).json()["actions"] == []

    task = await room.taken("m")
    answer = await room.get("m", f"/v1/marking/tasks/{task}/image")
    assert answer.status_code == 200, answer.text
    key = await world.sql.fetchval("SELECT image_key FROM marking_script WHERE image_key <> ''")
    for secret in ("S乙校", "scans", str(room.school("乙校").id), key, key.rpartition("/")[2]):
        assert secret not in str(answer.headers)
    assert "answer.png" in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "private, no-store"
    assert b"Zhang" not in answer.content
    image = Image.open(io.BytesIO(answer.content))
    assert image.size == (160, 200 + 200)  # the parts one below the other
    assert not image.info
    assert not image.getexif()
    pixels = np.asarray(image).astype(int)
    red = (pixels[..., 0] > 150) & (pixels[..., 1] < 100) & (pixels[..., 2] < 100)
    assert not red.any()  # nothing of the name area
    assert pixels[100, 80].tolist()[2] > 200
    assert pixels[300, 50].tolist()[1] > 100


async def test_a_template_that_shows_a_name_is_refused(http, world: World):
    room = await ready(http, world)
    region = {"label": "作文", "page": 1, "left": 10, "top": 19, "right": 90, "bottom": 60}
    for wrong, code in (
        ({"regions": [region]}, "shows_a_name"),
        ({"regions": [{**region, "top": 20}]}, "shows_a_name"),  # the very edge
        ({"regions": [{**region, "top": 50, "label": "9"}]}, "unknown_item"),
        ({"regions": [{**region, "top": 50, "page": 3}]}, "no_such_page"),
        ({"regions": [{**region, "top": 61}]}, "empty_area"),
    ):
        answer = await room.post(
            room.officer, f"{room.sitting.path}/script-template", {**TEMPLATE, **wrong}
        )
        assert answer.status_code == 422, answer.text
        assert code in {problem["code"] for problem in answer.json()["errors"]}


async def test_an_archive_is_taken_whole_or_not_at_all(http, world: World):
    room = await ready(http, world)
    wrong = archive(
        {
            "S乙校0001-1.png": page(1),
            "S乙校0002-1.png": page(1),
            "S乙校0002-2.png": page(2),
            "S乙校0002-3.png": page(2),
            "S甲校0001-1.png": page(1),
            "notes.txt": b"x",
        }
    )
    answer = await send(room, wrong)
    assert answer.status_code == 422
    found = {(p["pointer"], p["code"]) for p in answer.json()["errors"]}
    assert found == {
        ("S乙校0001", "page_missing"),
        ("S乙校0002-3.png", "no_such_page"),
        ("S甲校0001", "unknown_candidate"),
        ("notes.txt", "not_a_page"),
    }
    assert (await send(room, b"no archive at all")).json()["code"] == "script_archive_invalid"
    assert await world.sql.fetchval("SELECT count(*) FROM script_batch") == 0
    broken = {"S乙校0001-1.png": page(1)[:60], "S乙校0001-2.png": page(2)}
    batch = (await send(room, archive(broken))).json()
    cut = await room.post("lead", f"/v1/script-batches/{batch['id']}/cut", {})
    assert cut.status_code == 422
    assert "S乙校0001-1.png" in cut.json()["errors"][0]["detail"]


async def test_a_batch_is_its_schools_own_affair(http, world: World):
    room = await ready(http, world)
    batch = (await send(room, archive({f"S乙校0001-{p}.png": page(p) for p in (1, 2)}))).json()
    path = f"/v1/script-batches/{batch['id']}"
    other = await world.person(room.school("甲校"), "lead")
    assert (await room.get(other, path)).status_code == 404
    assert (await room.post(other, f"{path}/cut", {})).status_code == 404
    assert (await http.get(path)).status_code == 401
    assert (await room.get("lead", path)).status_code == 200


async def test_known_scripts_let_markers_in_and_pause_them(http, world: World):
    """Calibration 2 of 3; then every second script is a known one, and two misses pause."""
    room = await ready(
        http,
        world,
        calibration_of=3,
        calibration_pass=2,
        seed_percent=50,
        pause_outside_max=1,
        pause_window=3,
        tolerance_marks=1,
    )
    room.people["leader"] = await room.enrol("leader", "甲校", "leader")
    await world.sql.execute(
        """INSERT INTO exam_candidate (group_id, id, exam_id, school_id, exam_number)
           SELECT group_id, gen_random_uuid(), exam_id, school_id, 'more' || n
             FROM exam_candidate, generate_series(1, 20) AS n
            WHERE exam_number = 'S乙校0001'"""
    )
    await room.open()
    await world.sql.execute("UPDATE marking_script SET image_key = 'marking/' || id")
    await world.sql.execute("UPDATE marking_turn SET is_held = false")
    assert (await room.take("m")).json()["code"] == "no_known_scripts"
    drawn = await room.post("m", f"{room.path}/seeds", {"use": "seed", "count": 1})
    assert drawn.status_code == 403
    for use, count in (("calibration", 5), ("seed", 8)):
        await room.post("leader", f"{room.path}/seeds", {"use": use, "count": count})
    seeds = (await room.get("leader", f"{room.path}/seeds")).json()["items"]
    assert len(seeds) == 13
    for seed in seeds:
        image = await room.get("leader", f"/v1/marking/seeds/{seed['id']}/image")
        assert image.status_code == 307
        keyed = await room.post(
            "leader", f"/v1/marking/seeds/{seed['id']}/key", {"marks": 6, "because": "样卷"}
        )
        assert keyed.status_code == 200, keyed.text
    # a miss, then two within tolerance: in
    for marks in (9, 7, 6):
        await room.give("m", marks)
    pool = (await room.get("leader", f"{room.path}/markers")).json()["markers"]
    me = next(one for one in pool if one["person_id"] == str(room.people["m"].id))
    assert me["status"] == "live"
    live = "SELECT count(*) FROM marking_turn WHERE no > 0 AND marked_at IS NOT NULL"
    assert await world.sql.fetchval(live) == 0
    for _ in range(20):  # full marks for everything: the second known script ends it
        taken = await room.take("m")
        if taken.status_code != 200:
            break
        await room.mark("m", taken.json()["id"], 12)
    assert taken.json()["code"] == "marker_paused"
    assert taken.json()["detail"] == "checks: 2 of the last 2 outside tolerance"
    figures = (await room.get("leader", f"{room.path}/figures")).json()["markers"]
    mine = next(f["figures"] for f in figures if f["person_id"] == str(room.people["m"].id))
    assert (mine["checks"], mine["outside"]) == (5, 3)
    path = f"{room.path}/markers/{room.people['m'].id}"
    assert (await room.post("m", f"{path}/resume", {"because": "x"})).status_code == 403
    resumed = await room.post("leader", f"{path}/resume", {"because": "已沟通"})
    assert resumed.json()["status"] == "live"
    assert (await room.take("m")).status_code == 200


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({"left": 50, "top": 50, "right": 60, "bottom": 60}, True),
        ({"left": 90, "top": 10, "right": 99, "bottom": 20}, True),  # one edge
        ({"left": 90, "top": 90, "right": 99, "bottom": 99}, True),  # one corner
        ({"left": 90.01, "top": 10, "right": 99, "bottom": 20}, False),
        ({"page": 2, "left": 10, "top": 10, "right": 90, "bottom": 90}, False),
    ],
    ids=["inside", "edge", "corner", "beside", "other page"],
)
def test_areas_that_touch(other, expected):
    area = Area(page=1, left=10, top=10, right=90, bottom=90)
    assert touches(area, Area(**{"page": 1, **other})) is expected
    assert touches(Area(**{"page": 1, **other}), area) is expected
