"""Heads kept in the store show what the chain itself cannot: that all of it was written anew."""

from schoolgroup.access.audit.heads import FOLDER, compare_heads
from schoolgroup.access.audit.jobs import keep_audit_heads
from schoolgroup.access.audit.service import verify_chains
from schoolgroup.kernel import journal
from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.jobs import Registry, Worker, enqueue
from schoolgroup.services import Services
from tests.people import World

ENTRIES = 5
# what somebody would do who has the database: one entry changed, every hash after it made to fit
REWRITE = """
DO $$
DECLARE e audit_entry; before bytea := ''; made bytea;
BEGIN
    SET LOCAL session_replication_role = replica;
    UPDATE audit_entry SET thing = 'loan/another' WHERE seq = 2 AND group_id = $group;
    FOR e IN SELECT * FROM audit_entry WHERE group_id = $group ORDER BY chain, seq LOOP
        e.previous_hash := before;
        made := app.audit_digest(e);
        UPDATE audit_entry SET previous_hash = before, hash = made
         WHERE group_id = e.group_id AND chain = e.chain AND seq = e.seq;
        before := made;
    END LOOP;
    UPDATE audit_head SET hash = before WHERE group_id = $group;
END $$
"""


async def write_some(services: Services, world: World) -> None:
    async def write(tx) -> None:
        for n in range(ENTRIES):
            await journal.record(tx, "note.written", act="x:y", thing=f"note/{n}", data={})

    await services.db.run(system_actor(world.group_id), write)


async def test_a_chain_written_anew_is_whole_and_yet_noticed(services, world: World, sql, settings):
    await write_some(services, world)
    group = system_actor(world.group_id)
    await services.db.run(group, lambda tx: enqueue(tx, keep_audit_heads.name, {}))
    worker = Worker(services, Registry([keep_audit_heads]))
    await worker.run_until_idle()
    assert (worker.done, worker.failed) == (1, 0)

    async def compared():
        return await compare_heads(services.db, services.storage, world.group_id, settings.secret)

    await write_some(services, world)
    same = await compared()
    assert (same.files, same.wrong) == (1, []), "what was written since is no matter"
    await sql.execute(REWRITE.replace("$group", f"'{world.group_id}'"))
    [chain] = await verify_chains(services.db, world.group_id)
    assert chain.intact, "every hash fits: the chain alone shows nothing"
    [told] = (await compared()).wrong
    assert f"entry {ENTRIES} is not the one kept on" in told


async def test_entries_cut_off_and_heads_nobody_sealed(services, world: World, sql, settings):
    await write_some(services, world)
    group = system_actor(world.group_id)
    await services.db.run(group, lambda tx: enqueue(tx, keep_audit_heads.name, {}))
    await Worker(services, Registry([keep_audit_heads])).run_until_idle()
    [kept] = await services.storage.list_below(f"{FOLDER}/{world.group_id}/")
    other = await compare_heads(
        services.db, services.storage, world.group_id, "another secret of a realistic length"
    )
    assert "is not what this installation sealed" in other.wrong[0]
    content = await services.storage.read_through(kept.key, b"".join)
    await services.storage.put(kept.key, content.replace(b'"seq":5', b'"seq":4'), "x/y")
    forged = await compare_heads(services.db, services.storage, world.group_id, settings.secret)
    assert "is not what this installation sealed" in forged.wrong[0]
    await services.storage.put(kept.key, content, "application/json")
    await sql.execute(
        f"""DO $$ BEGIN SET LOCAL session_replication_role = replica;
            DELETE FROM audit_entry WHERE seq >= {ENTRIES}; END $$"""
    )
    cut = await compare_heads(services.db, services.storage, world.group_id, settings.secret)
    assert f"entry {ENTRIES}" in cut.wrong[0]
