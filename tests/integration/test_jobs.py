"""What workers do, as the office sees it over HTTP and on the command line's way."""

import pytest

from schoolgroup.integration.jobs import service
from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.jobs import GiveUp, JobStatus, Registry, Worker, enqueue, kind

PATH = "/v1/jobs"


@pytest.fixture
async def failed(services, world) -> str:
    """A job that was tried and given up."""

    @kind("hopeless")
    async def hopeless(work):
        raise GiveUp("not_a_picture")

    async def wish(tx):
        return await enqueue(tx, "hopeless", {"blob_id": "0199d000-0000-7000-8000-000000000000"})

    job_id = await services.db.run(system_actor(world.group_id), wish)
    await Worker(services, Registry([hopeless])).run_until_idle()
    return str(job_id)


async def test_nobody_sees_jobs_without_signing_in(http):
    assert (await http.get(PATH)).status_code == 401


async def test_another_group_sees_no_jobs(http, world, failed):
    await world.group("other")
    stranger = await world.person(None, "group_admin")
    assert (await http.get(PATH, headers=stranger.headers)).json()["items"] == []
    answer = await http.post(f"{PATH}/{failed}/retry", headers=stranger.headers)
    assert answer.status_code == 404


async def test_a_school_is_told_it_may_not(http, world, failed):
    teacher = await world.person(await world.school("一中"), "school_admin")
    assert (await http.get(PATH, headers=teacher.headers)).status_code == 403
    assert (await http.get(f"{PATH}/{failed}", headers=teacher.headers)).status_code == 404


async def test_the_office_sees_why_and_asks_again(http, world, failed, sql):
    office = await world.person(None, "group_admin")
    listed = await http.get(PATH, params={"status": "failed"}, headers=office.headers)
    (job,) = listed.json()["items"]
    assert job["id"] == failed
    assert (job["kind"], job["status"], job["running"]) == ("hopeless", "failed", False)
    assert job["failed_because"] == "not_a_picture"
    assert job["actions"] == ["retry"]

    again = await http.post(f"{PATH}/{failed}/retry", headers=office.headers)
    assert again.status_code == 200, again.text
    assert again.json()["status"] == "waiting"
    assert again.json()["actions"] == []
    refused = await http.post(f"{PATH}/{failed}/retry", headers=office.headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")
    one = await http.get(f"{PATH}/{failed}", headers=office.headers)
    assert one.json()["version"] == again.json()["version"]
    events = await sql.fetch("SELECT type FROM event WHERE subject = $1", f"job/{failed}")
    assert [row["type"] for row in events] == ["job.asked_again"]


async def test_the_operator_asks_again_for_all(services, world, failed):
    assert await service.ask_again(services.db, world.group_id, "not this one") == 0
    assert await service.ask_again(services.db, world.group_id, None) == 1
    (job,) = await service.list_some(services.db, world.group_id, JobStatus.WAITING)
    assert str(job.id) == failed
