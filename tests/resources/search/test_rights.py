"""What may be done with a hit is decided for its class: it is what its row by itself would say."""

from datetime import UTC, datetime, timedelta

import pytest

from schoolgroup.access.bundle import shipped_relations
from schoolgroup.access.decisions import may
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.resources.catalogue import words
from schoolgroup.resources.search import queries, rights, rules, scopes, service
from schoolgroup.resources.search.models import Sort, Wanted
from tests.resources import holdings
from tests.resources.lending.shelf import EVERYONE, actor_of, agree, borrow, shelve
from tests.resources.search.test_search import ask

EVEN = [c for c in map(chr, range(0x10000)) if not rules.FOLDED_APART.search(c)]


def test_a_class_has_every_relation_of_its_resources_but_those_asked_for_row_by_row():
    plain = [r for r in shipped_relations().by_name.values() if "resource" in r.on and not r.parts]
    apart = {r.name for r in plain if r.personal or "resource_class" not in r.on}
    # of a class is told that it is sealed, not to whom it is not
    assert apart | {"sealed"} == set(rights.BY_ROW)


@pytest.fixture
async def crowd(http, world, services, sql):
    """Everybody to whom something lent, sealed, drafted and taken back is something else."""
    shelf = await shelve(world, services)
    other, third = await world.school("二中", tier="partner"), await world.school("三中")
    reader, stranger = await world.person(other, "teacher"), await world.person(third, "librarian")
    await agree(world, shelf.school, other)
    everyone = [{**EVERYONE[0], "adapt": True}]
    taken = await borrow(http, await shelf.offer(http, audiences=everyone), reader)
    assert taken.status_code == 201, taken.text
    held = holdings.Holdings(world, shelf.school, shelf.author, reader)
    await held.publish(["可找", "只本校"])
    (sealed, closed, gone) = await held.publish(["密封", "密封未开放", "撤回"])
    await sql.execute("DELETE FROM offer_audience WHERE offer_id IN "
                      "(SELECT id FROM offer WHERE resource_id = $1)", closed)  # fmt: skip
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    await sql.execute(
        "UPDATE resource SET sealed_until_at = $2 WHERE id = ANY ($1)", [sealed, closed], until
    )
    await sql.execute(
        "UPDATE resource SET status = 'withdrawn', withdrawn_at = now(), withdrawn_because = 'x'"
        " WHERE id = $1", gone,
    )  # fmt: skip
    for person in (shelf.author, reader):
        draft = {"title": "草稿", "kind": "video"}
        made = await http.post("/v1/resources", json=draft, headers=person.headers)
        assert made.status_code == 201
    office = await world.person(None, "group_admin")
    return [shelf.author, shelf.librarian, reader, stranger, office]


async def test_a_hits_rights_are_those_of_its_row(services, sql, crowd):
    ids = [row["id"] for row in await sql.fetch("SELECT id FROM resource")]
    allowed = dict.fromkeys(rights.ACTS, 0)
    names, opened = set(), set()
    for person in crowd:
        async with services.db.transaction(await actor_of(services, person)) as tx:
            scopes.forget()
            thin = await queries.list_found(tx, ids, (), rights.BY_ROW)
            for _ in range(2):  # worked out, and kept
                whole = await rights.of_classes(tx, thin[0].lots, {r.class_id for r in thin})
            assert whole is not None
            full = {
                row.id: row for row in await queries.list_found(tx, ids, rights.ACTS, ("lent",))
            }
            assert full.keys() == {row.id for row in thin}
            for row in thin:
                mask, truth = whole(row.class_id, row.relations), full[row.id].relations
                names |= set(held := shipped_relations().names_in(mask))
                if row.title.startswith("密封") and "sealed" not in held:
                    opened.add(row.title)
                for act in rights.ACTS:
                    assert may(tx, act, mask) == may(tx, act, truth), (person.role, row.title, act)
                    allowed[act] += may(tx, act, truth)
    assert {"own", "author", "lent", "withdrawn", "adapt_agreed"} <= names
    assert opened == {"密封", "密封未开放"}  # sealed says their class, and not to their author
    assert min(allowed.values()) > 0


async def test_where_nothing_may_be_kept_every_row_is_asked(services, sql, crowd):
    wanted, page = Wanted(), PageRequest(limit=50, after=None)
    for person in crowd:
        actor = await actor_of(services, person)
        async with services.db.transaction(actor) as tx:
            kept = await service.search(tx, wanted, Sort.NEWEST, page, facets=True)
            await tx.connection.execute(
                "INSERT INTO search_change (group_id) VALUES ($1)", tx.group_id
            )
            assert await rights.of_classes(tx, None, [1]) is None
            anew = await service.search(tx, wanted, Sort.NEWEST, page, facets=True)
        assert kept == anew
        assert len(kept.items) > 1


async def test_a_page_has_twenty_hits_unless_more_are_asked_for(http, world):
    held = await holdings.hold(world)
    await held.publish([f"分数{n}" for n in range(21)])
    first = await ask(http, held.reader)
    assert len(first["items"]) == 20
    assert len((await ask(http, held.reader, cursor=first["next_cursor"]))["items"]) == 1
    assert len((await ask(http, held.reader, limit=200))["items"]) == 21


def test_whatever_is_looked_through_as_it_is_written_folds_one_for_one():
    assert len(EVEN) > 20_000
    for character in EVEN:
        folded = words.fold(character)
        assert len(folded) == 1
        assert folded.isspace() or character in words.spellings().get(folded, folded)
    assert words.fold("".join(EVEN)) == "".join(map(words.fold, EVEN))


def test_marks_are_the_same_in_a_text_by_itself_and_among_others():
    texts = [
        "分数的意义", "", "分數、小数和分　数", "㎏与ＡＢＣ分数", "abc Abc ａｂｃ", "ǅ分数",
        "第37课：分数…分数", "分", "数", "分数" * 30,
    ]  # fmt: skip
    for asked in ("分数", "ABC", '"分数的意义" abc', "数", "分数 数", "37课", "kg"):
        among = rules.marks(texts, asked)
        assert among == [rules.marks([text], asked)[0] for text in texts]
        assert [places[: rules.MARKS_MAX] for places in among] == among
        odd = [rules._marks_of_odd(text, asked) for text in texts]
        assert among == odd, asked
    assert rules.marks(["分", "数"], "分数") == [[], []]
    assert rules.marks(["第37课：分数…分数"], "分数") == [[(5, 7), (8, 10)]]
    assert rules.marks(["㎏与ＡＢＣ分数"], "abc") == [[(2, 5)]]
