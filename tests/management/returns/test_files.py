"""Files of returns: the school's own uploads, through the store, for who may read the return."""

from datetime import timedelta
from typing import Any

import httpx

from schoolgroup.kernel.sheets import XLSX_TYPE
from schoolgroup.resources.deposits.tidying import tidy
from tests.management.returns.desk import FIELDS, Desk, pointers
from tests.resources.uploads import hand_in, open_upload, some_bytes

PDF = b"%PDF-1.7\n" + some_bytes(3000, "proof")
PROOF: dict[str, Any] = {
    "code": "proof", "label": {"en": "Proof", "zh": "佐证"}, "type": "file", "max": 2,
    "media_types": ["application/pdf"],
}  # fmt: skip


async def test_a_file_is_the_schools_own_kept_and_opened_by_who_may_read(desk: Desk, services, sql):
    own, other = desk.principals[:2]
    call = await desk.call(form_id=(await desk.form([*FIELDS, PROOF]))["id"])
    mine = (await hand_in(desk.http, own, PDF, "证明.pdf"))["id"]
    text = (await hand_in(desk.http, own, b"plain words", "x.txt"))["id"]
    theirs = (await hand_in(desk.http, other, PDF, "别校.pdf"))["id"]
    begun = (await open_upload(desk.http, own, PDF + b"more"))["id"]

    async def refused(*named: object) -> dict[str, str]:
        values = {"lessons": 1, "proof": list(named)}
        return pointers(await desk.save(own, call, values, expect=422))

    assert await refused(theirs) == {"/values/proof/0": "no_such_upload"}
    assert await refused(mine, begun) == {"/values/proof/1": "no_such_upload"}
    assert await refused(text) == {"/values/proof/0": "wrong_media_type"}
    assert await refused(mine, text, begun) == {"/values/proof": "too_many_files"}
    assert await refused(mine, mine) == await refused(1) == {"/values/proof": "wrong_type"}

    held = await desk.save(own, call, {"lessons": 1, "proof": [mine]})
    (file,) = held["files"]
    assert (file["file_name"], file["media_type"]) == ("证明.pdf", "application/pdf")

    async def opened(who: Any, link: str) -> int:
        answer = await desk.http.get(link, headers=desk.signed(who))
        if answer.status_code == 307:
            async with httpx.AsyncClient(verify=False) as store:
                assert (await store.get(answer.headers["location"])).content == PDF
        return answer.status_code

    assert await opened(own, file["link"]) == 307
    assert await opened(desk.office, file["link"]) in (403, 404)  # not submitted yet
    sheet = f"/v1/calls/{call['id']}/return/sheet"
    out = await desk.http.get(sheet, headers=desk.signed(own))
    headers = {**desk.signed(own), "Content-Type": XLSX_TYPE, "If-Match": '"1"'}
    back = await desk.http.post(sheet, content=out.content, headers=headers)
    assert back.json()["changed"] == []
    await desk.submit(own, call)
    # the uploads let go of their content; what a return names stays
    none = timedelta()
    await tidy(services.db, services.storage, "demo", grace=none, unused_for=none)
    assert await sql.fetchval("SELECT count(*) FROM deposit WHERE blob_id IS NOT NULL") == 0
    assert await sql.fetchval("SELECT count(*) FROM blob") == 1
    path = f"/v1/returns/{held['id']}"
    (told,) = (await desk.send(desk.office, "GET", path))["files"]
    assert told["link"] == f"{path}/versions/1/files/{mine}"
    assert await opened(desk.office, told["link"]) == await opened(own, told["link"]) == 307
    assert await opened(other, told["link"]) == 404
    assert await opened(desk.office, f"{path}/versions/0/files/{mine}") == 404
    assert await sql.fetchval(
        "SELECT count(*) FROM audit_entry WHERE thing = $1 AND detail::text LIKE $2",
        f"return/{held['id']}", f"%{mine}%",
    ) == 3  # fmt: skip
    # sent back, the file is taken away; the first submission still has it
    sent = {"fields": ["proof"], "because": "x"}
    await desk.send(desk.office, "POST", f"{path}/send-back", json=sent)
    now = await desk.send(own, "GET", path)
    gone = await desk.save(own, call, {"lessons": 1}, now["version"])
    assert gone["files"] == []
    await desk.submit(own, call)
    versions = (await desk.send(desk.office, "GET", f"{path}/versions"))["items"]
    assert [len(one["files"]) for one in versions] == [0, 1]
    assert await opened(desk.office, told["link"]) == 307
