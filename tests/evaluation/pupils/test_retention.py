"""The term of names: what is over it goes every night, on record; no figure rests on a name."""

from datetime import timedelta

import pytest

from schoolgroup.directory.pupils.retention.jobs import erase_names
from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.jobs import enqueue
from schoolgroup.kernel.jobs.worker import Registry, Worker
from tests.evaluation.pupils.test_pupils import keeper, pupils, taken
from tests.evaluation.sittings import released, set_up

PATH = "/v1/pupil-retention"
SIZES = {"甲校": 30, "乙校": 24, "丙校": 16, "丁校": 12}


async def a_night(services, group_id):
    """The job as the schedule would have it, once."""
    await services.db.run(system_actor(group_id), lambda tx: enqueue(tx, "erase_names", {}))
    worker = Worker(services, Registry([erase_names]), poll_s=0.02)
    await worker.run_until_idle()
    assert (worker.done, worker.failed) == (1, 0)


async def names(sql):
    found = await sql.fetch("SELECT name FROM pupil_name UNION ALL SELECT name "
                            "FROM exam_candidate_name ORDER BY 1")  # fmt: skip
    return {row["name"] for row in found}


async def gone_since(sql, who, number, months):
    """A pupil whose years at the school ended so many months ago."""
    await sql.execute(
        """UPDATE pupil_enrolment e
              SET from_on = app_today - make_interval(months => $3) - interval '1 year',
                  until_on = app_today - make_interval(months => $3)
             FROM (SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date AS app_today) AS t
            WHERE e.school_id = $1 AND e.register_number = $2""",
        who.school_id,
        number,
        months,
    )


async def test_who_sets_a_term(http, world):
    for method in ("GET", "PUT"):
        assert (await http.request(method, PATH, json={})).status_code == 401
    admin = await keeper(world)
    usual = (await http.get(PATH, headers=admin.headers)).json()
    assert (usual["months"], usual["is_usual"], usual["names_due"]) == (36, True, 0)
    wish = {"months": 12, "because": "校务会决定"}
    lead = await world.person(await world.school("乙校"), "lead")
    office = await world.person(None, "group_admin")
    machine = await world.client(await world.school("丙校"), ["pupil:read", "pupil:keep"])
    for headers in (lead.headers, office.headers, machine):
        assert (await http.put(PATH, json=wish, headers=headers)).status_code in (403, 404)
    for months in (0, 121):
        wrong = await http.put(PATH, json={**wish, "months": months}, headers=admin.headers)
        assert wrong.status_code == 422
    done = await http.put(PATH, json=wish, headers=admin.headers)
    assert (done.json()["months"], done.json()["is_usual"]) == (12, False), done.text
    assert (await http.put(PATH, json=wish, headers=admin.headers)).json()["version"] == 2


async def test_names_over_the_term_go_every_night_and_on_record(http, world, services, sql):
    short, usual = await keeper(world), await keeper(world, "乙校")
    for who in (short, usual):
        await taken(http, who)
    set_to = {"months": 12, "because": "最短必要"}
    assert (await http.put(PATH, json=set_to, headers=short.headers)).status_code == 200
    for who in (short, usual):
        await gone_since(sql, who, "G1", 12)  # 张三: exactly a year, and so over
        await gone_since(sql, who, "G2", 11)  # 李四
        await gone_since(sql, who, "G3", 37)  # 王五
    assert (await http.get(PATH, headers=short.headers)).json()["names_due"] == 2
    assert (await http.get(PATH, headers=usual.headers)).json()["names_due"] == 1
    await a_night(services, world.group_id)
    kept = await sql.fetch("SELECT school_id, name FROM pupil_name")
    of = {
        name: {row["name"] for row in kept if row["school_id"] == who.school_id}
        for name, who in (("short", short), ("usual", usual))
    }
    assert of["short"] == {"李四", "赵六"}
    assert of["usual"] == {"张三", "李四", "赵六"}
    entries = await sql.fetch(
        """SELECT actor, chain, (detail ->> 'pupils')::int AS pupils, detail::text AS told
             FROM audit_entry WHERE detail ->> 'event' = 'pupil.names_expired'"""
    )
    told = {(entry["chain"], entry["pupils"]) for entry in entries}
    assert told == {(str(short.school_id), 2), (str(usual.school_id), 1)}
    assert {entry["actor"] for entry in entries} == {"system:-"}
    assert not any(name in e["told"] for e in entries for name in ("张三", "王五", "G1"))
    # the pseudonym and its years stay
    assert {"G1", "G2", "G3"} <= set(await pupils(http, short))
    await a_night(services, world.group_id)  # and a second night finds nothing to tell
    again = "SELECT count(*) FROM audit_entry WHERE detail ->> 'event' = 'pupil.names_expired'"
    assert await sql.fetchval(again) == 2


@pytest.fixture
async def sitting(http, world):
    made = await set_up(http, world)
    made.exam["release"] = await released(http, made, SIZES)
    return made


async def test_every_figure_stands_when_the_names_are_gone(http, sitting, services, sql):
    await sql.execute(
        """INSERT INTO exam_candidate_name (group_id, candidate_id, school_id, name)
           SELECT group_id, id, school_id, '考生' || exam_number FROM exam_candidate"""
    )
    path = f"/v1/releases/{sitting.exam['release']['id']}"
    before = (await http.get(path, headers=sitting.officer.headers)).json()
    group_id = sitting.officer.group_id
    await a_night(services, group_id)
    assert len(await names(sql)) == sum(SIZES.values())  # the term has only begun
    moved = timedelta(days=37 * 31)
    await sql.execute("UPDATE exam SET updated_at = updated_at - $1::interval", moved)
    await a_night(services, group_id)
    assert await names(sql) == set()
    assert (await http.get(path, headers=sitting.officer.headers)).json() == before
    verified = await http.get(f"{path}/verify", headers=sitting.officer.headers)
    assert verified.json()["equal"], verified.text
    told = await http.get(f"{path}/pupils", headers=sitting.principals["甲校"].headers)
    assert len(told.json()["items"]) == 30  # by exam number, as before
