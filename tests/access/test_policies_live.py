"""A policy published through one process holds in every other one from its very next request."""

import asyncio
import secrets
from typing import Any, cast

import httpx
import pytest

from schoolgroup.access.bundles import PolicyStore, shipped_policy
from schoolgroup.app import create_app
from schoolgroup.kernel.errors import Unavailable

LINE = "p, principal, *, own, audit:read, allow\n"


@pytest.fixture(scope="module")
async def other(settings, whole_clock):
    """A second application on the same database, as another process would be."""
    application = create_app(settings, whole_clock)
    async with application.lifespan():
        transport = httpx.ASGITransport(app=cast("Any", application), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield client, application.state.services


@pytest.fixture
def changed() -> dict[str, str]:
    """The shipped policy, by which principals no longer read the audit trail."""
    texts = dict(shipped_policy().texts)
    assert LINE in texts["policy.csv"]
    texts["policy.csv"] = texts["policy.csv"].replace(LINE, "p, lead, *, own, audit:read, allow\n")
    texts["policy.csv"] = texts["policy.csv"].replace(
        "lead, *, own, audit", "teacher, *, own, audit"
    )
    return {"policy.csv": texts["policy.csv"]}


@pytest.fixture
async def admin(world):
    return await world.person(None, "group_admin")


def seeing(person, version: int) -> dict[str, str]:
    return {**person.headers, "If-Match": f'"{version}"'}


async def test_the_visitor_gets_401(http):
    for method, path in (
        ("GET", "/v1/policy"),
        ("POST", "/v1/policy"),
        ("GET", "/v1/policy/versions"),
        ("GET", "/v1/policy/versions/1"),
        ("GET", "/v1/policy/matrix"),
    ):
        assert (await http.request(method, path)).status_code == 401, path


async def test_a_group_has_the_shipped_policy_in_force(http, world, services):
    policy = await services.policies.reload(world.group_id)
    assert policy.sha256 == shipped_policy().sha256
    assert services.policies.in_force(world.group_id) is policy
    teacher = await world.person(await world.school("一中"), "teacher")
    shown = await http.get("/v1/policy", headers=teacher.headers)
    assert shown.headers["etag"] == '"1"'
    assert shown.json()["sha256"] == policy.sha256
    assert shown.json()["files"] == shipped_policy().texts
    again = {**teacher.headers, "If-None-Match": '"1"'}
    assert (await http.get("/v1/policy", headers=again)).status_code == 304


async def test_the_matrix_is_shown_in_both_forms(http, world):
    teacher = await world.person(await world.school("一中"), "teacher")
    found = (await http.get("/v1/policy/matrix", headers=teacher.headers)).json()
    cells = {(cell["role"], cell["tier"], cell["act"]): cell for cell in found["cells"]}
    assert cells["teacher", "partner", "resource:borrow"] == {
        "role": "teacher",
        "tier": "partner",
        "act": "resource:borrow",
        "allowed": ["borrow_agreed", "borrow_named"],
        "denied": ["draft", "withdrawn", "suspended", "sealed"],
    }
    assert ("teacher", "partner", "policy:publish") not in cells
    text = await http.get("/v1/policy/matrix", params={"form": "markdown"}, headers=teacher.headers)
    assert text.headers["content-type"].startswith("text/markdown")
    assert text.text == shipped_policy().matrix()


async def test_what_is_published_here_holds_there_from_the_next_request(
    http, other, world, admin, changed
):
    there, services = other
    school = await world.school("一中")
    principal = await world.person(school, "principal")
    teacher = await world.person(school, "teacher")
    for client in (http, there):  # both have read the first policy
        assert (await client.get("/v1/audit", headers=principal.headers)).status_code == 200
        assert (await client.get("/v1/audit", headers=teacher.headers)).status_code == 403
    published = await http.post(
        "/v1/policy", json={"files": changed, "note": "try"}, headers=seeing(admin, 1)
    )
    assert published.status_code == 201, published.text
    assert (await there.get("/v1/audit", headers=teacher.headers)).status_code == 200
    assert (await http.get("/v1/audit", headers=teacher.headers)).status_code == 200
    held = services.policies.in_force(world.group_id)
    assert held.sha256 == published.json()["sha256"]
    # and back again, by the files of the first version
    first = (await http.get("/v1/policy/versions/1", headers=admin.headers)).json()
    back = await there.post("/v1/policy", json={"files": first["files"]}, headers=seeing(admin, 2))
    assert back.json()["sha256"] == first["sha256"]
    assert (await http.get("/v1/audit", headers=teacher.headers)).status_code == 403


async def test_many_requests_that_meet_a_new_policy_all_get_through(
    http, other, world, admin, changed, settings
):
    """More at once than there are connections: none waits for one that another holds."""
    there, _services = other
    teacher = await world.person(await world.school("一中"), "teacher")
    assert (await there.get("/v1/me", headers=teacher.headers)).status_code == 200
    await http.post("/v1/policy", json={"files": changed}, headers=seeing(admin, 1))
    answers = await asyncio.gather(
        *(
            there.get("/v1/audit", headers=teacher.headers)
            for _ in range(settings.database_pool_max * 3)
        )
    )
    assert {answer.status_code for answer in answers} == {200}


@pytest.mark.parametrize(
    "broken",
    [
        {"policy.csv": "p, teacher, *, own, audit:read, allow # bad\n"},  # would not be published
        {"relations.toml": ""},
        {"vocabulary.toml": "[roles"},
    ],
)
async def test_a_process_that_cannot_judge_answers_503_never_data(http, other, world, sql, broken):
    there, _services = other
    principal = await world.person(await world.school("一中"), "principal")
    assert (await there.get("/v1/audit", headers=principal.headers)).status_code == 200
    await sql.execute(
        """INSERT INTO policy_bundle (group_id, version, sha256, files, author, approver,
                                      published_at)
           SELECT group_id, 2, $3, files || $2::jsonb, 'x', 'x', now()
             FROM policy_bundle WHERE group_id = $1""",
        world.group_id,
        httpx.Response(200, json=broken).text,
        secrets.token_hex(32),  # what was judged once is remembered by this name
    )
    for client in (there, http, there):
        answer = await client.get("/v1/audit", headers=principal.headers)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert answer.headers["retry-after"]
    await sql.execute("DELETE FROM policy_bundle WHERE version = 2")
    assert (await there.get("/v1/audit", headers=principal.headers)).status_code == 200


async def test_a_policy_under_a_wrong_name_is_not_served(services):
    shipped = shipped_policy()
    texts = {**shipped.texts, "policy.csv": shipped.texts["policy.csv"] + "\n"}
    with pytest.raises(Unavailable):
        await services.policies.compile(texts, "0" * 64)


async def test_a_store_without_a_database_serves_nothing(world):
    with pytest.raises(Unavailable):
        await PolicyStore().reload(world.group_id)


async def test_a_dry_run_lists_every_right_that_changes_and_changes_none(
    http, world, admin, changed, sql
):
    answer = await http.post(
        "/v1/policy", json={"files": changed, "dry_run": True}, headers=seeing(admin, 1)
    )
    assert answer.status_code == 200, answer.text
    judged = answer.json()
    assert judged["version"] is None
    assert {(c["role"], c["tier"], c["act"]) for c in judged["changes"]} == {
        (role, tier, "audit:read")
        for role in ("teacher", "lead", "librarian")
        for tier in ("integrated", "partner")
    }
    assert all(c["before"] is None for c in judged["changes"])
    assert judged["changes"][0]["after"]["allowed"] == ["own"]
    assert await sql.fetchval("SELECT count(*) FROM policy_bundle") == 1


async def test_a_policy_with_faults_is_refused_by_name(http, admin, sql):
    texts = shipped_policy().texts
    bad = {
        "policy.csv": texts["policy.csv"] + "\n# why\np, teacher, *, own, no:act, allow\n",
    }
    answer = await http.post("/v1/policy", json={"files": bad}, headers=seeing(admin, 1))
    assert (answer.status_code, answer.json()["code"]) == (422, "policy_has_faults")
    fault = answer.json()["errors"][0]
    assert fault["pointer"] == "/files/policy.csv"
    assert fault["code"] == "unknown_act"
    assert fault["remedy"]
    violated = {"policy.csv": texts["policy.csv"].replace(
        "p, teacher, integrated, borrowable, resource:borrow, allow",
        "p, lead, integrated, borrowable, resource:borrow, allow",
    )}  # fmt: skip
    answer = await http.post("/v1/policy", json={"files": violated}, headers=seeing(admin, 1))
    assert answer.json()["errors"][0]["code"] == "case_violated"
    other_relations = {
        "relations.toml": texts["relations.toml"].replace(
            "thing.status = 'draft'", "thing.status = 'published'"
        )
    }
    answer = await http.post(
        "/v1/policy", json={"files": other_relations}, headers=seeing(admin, 1)
    )
    assert answer.json()["errors"][0]["pointer"] == "/files/relations.toml"
    unknown = await http.post("/v1/policy", json={"files": {"x.csv": ""}}, headers=seeing(admin, 1))
    assert unknown.json()["code"] == "unknown_policy_file"
    assert await sql.fetchval("SELECT count(*) FROM policy_bundle") == 1


async def test_nobody_locks_themselves_out(http, admin):
    texts = shipped_policy().texts
    away = {
        "policy.csv": texts["policy.csv"].replace("g2, policy:publish, group:run\n", "")
        + "\n# Only the auditor publishes.\n# 仅审计员发布。\n"
        + "p, auditor, office, any, policy:publish, allow\n",
    }
    answer = await http.post("/v1/policy", json={"files": away}, headers=seeing(admin, 1))
    assert (answer.status_code, answer.json()["code"]) == (422, "locked_out"), answer.text


async def test_only_the_one_who_read_the_present_version_publishes(http, admin, changed, sql):
    body = {"files": changed}
    assert (await http.post("/v1/policy", json=body, headers=admin.headers)).status_code == 428
    stale = await http.post("/v1/policy", json=body, headers=seeing(admin, 7))
    assert stale.status_code == 412
    answers = await asyncio.gather(
        *(http.post("/v1/policy", json=body, headers=seeing(admin, 1)) for _ in range(3))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 412, 412]
    entry = await sql.fetchrow(
        "SELECT actor, thing, detail, policy_line FROM audit_entry WHERE outcome = 'done'"
    )
    assert (entry["actor"], entry["thing"]) == (f"person:{admin.id}", "policy/2")
    assert entry["policy_line"] == "p, group_admin, office, any, group:run, allow"
    versions = await http.get("/v1/policy/versions", headers=admin.headers)
    assert [v["version"] for v in versions.json()["items"]] == [2, 1]
    assert (await http.get("/v1/policy/versions/3", headers=admin.headers)).status_code == 404


async def test_others_do_not_publish(http, world, changed, sql):
    principal = await world.person(await world.school("一中"), "principal")
    answer = await http.post("/v1/policy", json={"files": changed}, headers=seeing(principal, 1))
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    denied = await sql.fetchrow("SELECT act, thing FROM audit_entry WHERE outcome = 'denied'")
    assert tuple(denied) == ("policy:publish", "group")
