"""A group is founded once, by the system, with its policy and its first administrator."""

import httpx
import pytest

from schoolgroup.access.bundles import shipped_policy
from schoolgroup.directory.service import GroupExists, found_group, list_groups
from schoolgroup.resources.curriculum.service import plant_starter
from tests.people import World

HASH = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA"


async def found(services, code: str, password_hash: str | None = HASH):
    files = shipped_policy().texts
    name = "青禾教育集团"
    return await found_group(services.db, code, name, "lin.wanqing", "林晚晴", password_hash, files)


async def test_a_group_begins_with_a_policy_and_an_administrator(http, services, sql):
    group_id = await found(services, "qinghe")
    person = await sql.fetchrow("SELECT * FROM person WHERE group_id = $1", group_id)
    appointment = await sql.fetchrow("SELECT * FROM appointment WHERE group_id = $1", group_id)
    assert (person["username"], appointment["role"]) == ("lin.wanqing", "group_admin")
    kept = await sql.fetchval("SELECT password_hash FROM person_credential")
    assert kept == HASH
    chain = await sql.fetch("SELECT act, actor, school_id FROM audit_entry ORDER BY seq")
    assert {(row["actor"], row["school_id"]) for row in chain} == {("system:-", None)}
    signed_in = await World(sql, services.authenticator).sign_in(
        group_id, person["id"], appointment["id"]
    )
    group = await http.get("/v1/group", headers=signed_in.headers)
    assert group.json()["code"] == "qinghe"
    assert (group.json()["schools_integrated"], group.json()["schools_partner"]) == (0, 0)


async def test_a_group_founded_by_its_operator_has_its_curriculum_at_once(services, sql):
    files = shipped_policy().texts
    group_id = await found_group(
        services.db, "qinghe", "青禾", "lin.wanqing", "林晚晴", HASH, files, also=[plant_starter]
    )
    roots = await sql.fetch(
        "SELECT name FROM curriculum_node WHERE group_id = $1 AND parent_id IS NULL ORDER BY no",
        group_id,
    )
    assert [row["name"] for row in roots] == [
        "小学（六三学制）", "小学（五四学制）", "初中（六三学制）", "初中（五四学制）", "高中",
    ]  # fmt: skip
    editions = await sql.fetchval(
        "SELECT count(DISTINCT name) FROM curriculum_node WHERE level = 'edition'"
    )
    assert editions > 2

    async def fail(tx):
        raise GroupExists

    with pytest.raises(GroupExists):
        await found_group(services.db, "b", "b", "lin", "林", HASH, files, also=[fail])
    assert await sql.fetchval("SELECT count(*) FROM education_group") == 1


async def test_a_code_is_founded_once_and_a_second_try_leaves_nothing(services, sql):
    await found(services, "qinghe", None)
    with pytest.raises(GroupExists):
        await found(services, "qinghe")
    for table in ("education_group", "person", "policy_bundle"):
        assert await sql.fetchval(f"SELECT count(*) FROM {table}") == 1
    assert await sql.fetchval("SELECT count(*) FROM person_credential") == 0


async def test_the_operator_sees_every_group_and_its_people_only_their_own(
    http: httpx.AsyncClient, services, world: World
):
    teacher = await world.person(await world.school("一校"), "teacher")
    await found(services, "another")
    assert [group.code for group in await list_groups(services.db)] == ["another", "demo"]
    seen = await http.get("/v1/group", headers=teacher.headers)
    assert seen.json()["code"] == "demo"
