"""Before anyone borrows the lesson, another school looks at what a worker made of its files."""

import asyncio
from typing import Any

from schoolgroup.demo.roster import Part
from schoolgroup.demo.stage import Stage, expect

LOOKS_MAX, LOOK_EVERY_S = 300, 0.2


async def look_at_the_lesson(stage: Stage) -> None:
    """Wait for the previews of the lesson's files and look at their first page."""
    resource_id = stage.made["resource"]["id"]
    borrower = stage[Part.BORROWER_1]
    seen: Any = {}
    for _ in range(LOOKS_MAX):
        seen = await borrower.get(f"/v1/resources/{resource_id}/previews")
        if "making" not in (seen["state"], seen["text"]):
            break
        await asyncio.sleep(LOOK_EVERY_S)
    expect(seen["state"] == "ready", "the worker made previews")
    for file in seen["files"]:
        what = f"{file['form']}, {file['shown']} shown" if file["form"] else file["state"]
        stage.tell(f"preview of {file['file_name']}: {what}")
    link = await borrower.ask("GET", seen["pages"][0]["link"], expect=307, follow_redirects=False)
    picture = await stage.http.get(link.headers["location"])
    expect(picture.content[8:12] == b"WEBP", "the first page is a picture")
    stage.figure("pages to look at before borrowing", len(seen["pages"]))
    stage.figure("words read from its files", seen["text"])
