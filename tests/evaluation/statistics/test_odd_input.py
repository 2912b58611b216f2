"""Input at the edges of what can be written: refused in words, never a failure of ours."""

import pytest

from tests.evaluation.sittings import freeze, mock_exam, release, rows, send, set_up, sheet, spread


@pytest.mark.parametrize(
    "hour",
    ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "2026-01-01T00:00:00", "soon", 5],
)
async def test_hours_that_are_none(http, world, hour):
    sitting = await set_up(http, world)
    await send(http, sitting, sheet(rows(sitting.schools["甲校"].code, spread(12))))
    await freeze(http, sitting)
    refused = await release(http, sitting, embargo_until_at=hour)
    assert refused.status_code == 422, refused.text


@pytest.mark.parametrize(
    "wish",
    [
        {"recipients": "everyone"},
        {"recipients": ["x"]},
        {"contents": ["everything"]},
        {"contents": []},
        {"ranks": True},
        [],
    ],
)
async def test_wishes_that_are_none(http, world, wish):
    sitting = await set_up(http, world)
    refused = await http.post(
        f"{sitting.path}/releases", json=wish, headers=sitting.officer.headers
    )
    assert refused.status_code == 422, refused.text


async def test_characters_no_text_has(http, world):
    officer = await world.person(None, "evaluation_officer")
    refused = await http.post(
        "/v1/exams", json=mock_exam(title="a\u0000b"), headers=officer.headers
    )
    assert refused.status_code == 422
    sitting = await set_up(http, world)
    content = sheet(rows(sitting.schools["甲校"].code, spread(2)))
    assert (await send(http, sitting, content, subject="\u0000")).status_code == 422
    assert (await send(http, sitting, b"\x00\xff" * 50)).status_code == 422
    for number in ("\u202e123", "12\u000b3"):
        body = content.decode().replace(f"{sitting.schools['甲校'].code}0001", number)
        answer = await send(http, sitting, body.encode())
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "exam_number")
