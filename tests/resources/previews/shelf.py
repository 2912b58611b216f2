"""Lessons handed in through the API, and a worker that reads them."""

from typing import Any

import httpx

from schoolgroup.kernel.jobs import Worker
from schoolgroup.services import Services, known_jobs
from tests.people import Person
from tests.resources.uploads import hand_in

READY = {
    "title": "分数的意义",
    "kind": "courseware",
    "summary": "从分苹果开始认识分数。",
    "stage": "primary",
    "subject": "数学",
    "licence": "group_only",
}
EVERYONE = {"audiences": [{"kind": "group", "discover": True, "borrow": True}], "seats": 1,
            "loan_days": 14, "pickup_hours": 48}  # fmt: skip


async def work(services: Services) -> Worker:
    """Let a worker do all there is to do."""
    worker = Worker(services, known_jobs(), hands=2)
    await worker.run_until_idle()
    return worker


async def draft(http: httpx.AsyncClient, who: Person, *files: tuple[str, bytes]) -> dict[str, Any]:
    """A draft with these files."""
    uploads = [await hand_in(http, who, content, name) for name, content in files]
    body = {**READY, "files": [{"upload_id": upload["id"]} for upload in uploads]}
    answer = await http.post("/v1/resources", json=body, headers=who.headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def publish(http: httpx.AsyncClient, who: Person, resource: dict[str, Any]) -> None:
    """Publish it and offer it to the whole group."""
    page = f"/v1/resources/{resource['id']}"
    for path, body in ((f"{page}/publish", None), (f"{page}/offers", EVERYONE)):
        answer = await http.post(path, json=body, headers=who.headers)
        assert answer.status_code in (200, 201), answer.text


async def previews(http: httpx.AsyncClient, who: Person, resource: dict[str, Any]) -> Any:
    """What who sees of it."""
    answer = await http.get(f"/v1/resources/{resource['id']}/previews", headers=who.headers)
    assert answer.status_code == 200, answer.text
    return answer.json()
