"""What becomes of a group's policy when the software under it is upgraded."""

import msgspec

from schoolgroup.access.bundle import make_bundle
from schoolgroup.access.bundles import shipped_policy
from schoolgroup.access.publishing.upgrading import put_in_force
from schoolgroup.directory.service import FOUNDER
from schoolgroup.running import upgrade_policies

NEW = "access:explain"


def before_the_release(rules: str = "") -> dict[str, str]:
    """The shipped policy as it was before its newest act came."""
    texts = dict(shipped_policy().texts)

    def without(name: str) -> None:
        texts[name] = "\n".join(li for li in texts[name].splitlines() if NEW not in li) + "\n"

    for name in ("vocabulary.toml", "policy.csv"):
        without(name)
    texts["policy.csv"] += rules
    return texts


async def has(sql, group_id, files: dict[str, str], author: str) -> None:
    """Let the group have been founded, or gone its own way, with these files."""
    sha = make_hash(files)
    await sql.execute("DELETE FROM policy_bundle WHERE group_id = $1", group_id)
    await sql.execute(
        """INSERT INTO policy_bundle
               (group_id, version, sha256, files, author, approver, published_at)
           VALUES ($1, 1, $2, $3, $4, $4, now())""",
        group_id, sha, msgspec.json.encode(files).decode(), author,
    )  # fmt: skip


def make_hash(files: dict[str, str]) -> str:
    """Any name of a version that is not ours."""
    return f"{hash(tuple(sorted(files.items()))) & ((1 << 64) - 1):064x}"


async def newest(sql, group_id):
    return await sql.fetchrow(
        """SELECT version, author, files, sha256 FROM policy_bundle WHERE group_id = $1
            ORDER BY version DESC LIMIT 1""",
        group_id,
    )


async def test_who_follows_the_shipped_policy_gets_the_new_one(http, world, services, sql):
    teacher = await world.person(await world.school("甲校"), "teacher")
    await has(sql, world.group_id, before_the_release(), FOUNDER)
    assert (await http.get("/v1/me", headers=teacher.headers)).status_code == 503
    assert await upgrade_policies(services) == ["demo: the policy of this release is in force"]
    assert (await http.get("/v1/me", headers=teacher.headers)).status_code == 200
    assert await upgrade_policies(services) == [], "once is enough"
    row = await newest(sql, world.group_id)
    assert (row["version"], row["author"]) == (2, "software")
    entered = await sql.fetchval("SELECT count(*) FROM event WHERE type = 'policy.published'")
    assert entered == 1


async def test_a_policy_of_ones_own_keeps_its_rules_and_gets_the_new_acts(
    http, world, services, sql
):
    teacher = await world.person(await world.school("甲校"), "teacher")
    own = "\n# Ours alone.\n# 本集团规定。\np, auditor, office, any, resource:discover, allow\n"
    await has(sql, world.group_id, before_the_release(own), "person/somebody")
    assert (await http.get("/v1/me", headers=teacher.headers)).status_code == 503
    (told,) = await upgrade_policies(services)
    assert "its own policy was carried over" in told
    assert (await http.get("/v1/me", headers=teacher.headers)).status_code == 200
    row = await newest(sql, world.group_id)
    files = msgspec.json.decode(row["files"])
    policy = make_bundle({name: text.encode() for name, text in files.items()})
    assert "Ours alone." in files["policy.csv"]
    assert any(act.startswith(NEW) for act in policy.vocabulary.acts)
    assert await upgrade_policies(services) == []


async def test_what_cannot_be_carried_over_is_told_and_can_be_put_right(http, world, services, sql):
    teacher = await world.person(await world.school("甲校"), "teacher")
    broken = before_the_release("\np, janitor, office, any, resource:discover, allow\n")
    await has(sql, world.group_id, broken, "person/somebody")
    (told,) = await upgrade_policies(services)
    assert "CLOSED" in told
    assert "janitor" in told
    assert "policy publish --group demo" in told
    assert (await http.get("/v1/me", headers=teacher.headers)).status_code == 503
    await put_in_force(services.db, services.policies, world.group_id)
    assert (await http.get("/v1/me", headers=teacher.headers)).status_code == 200
