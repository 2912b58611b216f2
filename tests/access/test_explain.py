"""Why may I, or may I not: told to whoever may hear it, and true."""

from uuid import UUID, uuid4

import pytest

from schoolgroup.access.bundles import shipped_policy
from schoolgroup.access.explanations.service import NO_ROWS
from schoolgroup.kernel.ids import new_id


@pytest.fixture
async def schools(world):
    """The owner, an integrated school and a partner."""
    return [
        await world.school("一中"),
        await world.school("二中"),
        await world.school("三中", "partner"),
    ]


@pytest.fixture
async def author(world, schools):
    return await world.person(schools[0], "teacher")


@pytest.fixture
def deposit(sql, author):
    """Enter a resource of the author's, and perhaps an offer of it to the group."""

    async def deposit(*, status: str = "published", offered: bool = True) -> tuple[UUID, UUID]:
        resource_id, offer_id = new_id(), new_id()
        async with sql.transaction():
            await sql.execute("SET LOCAL session_replication_role = replica")  # without its files
            await sql.execute(
                """INSERT INTO resource (group_id, id, school_id, author_person_id, kind, status,
                                         title, search, created_at, updated_at, published_at,
                                         licence, stage, subject, published_revision_no)
                   VALUES ($1, $2, $3, $4, 'paper', $5, 'x', '', now(), now(),
                           CASE WHEN $5 = 'published' THEN now() END, 'group_only', 'junior',
                           'maths', CASE WHEN $5 = 'published' THEN 1 END)""",
                author.group_id,
                resource_id,
                author.school_id,
                author.id,
                status,
            )
            if offered:
                await sql.execute(
                    """INSERT INTO offer (group_id, id, resource_id, school_id, status, loan_days,
                                          renewals_max, pickup_hours, guaranteed_days, created_at,
                                          updated_at)
                       VALUES ($1, $2, $3, $4, 'open', 7, 1, 24, 3, now(), now())""",
                    author.group_id,
                    offer_id,
                    resource_id,
                    author.school_id,
                )
                await sql.execute(
                    """INSERT INTO offer_audience (group_id, offer_id, id, school_id, kind,
                                                   discover, borrow, adapt)
                       VALUES ($1, $2, $3, $4, 'group', true, true, false)""",
                    author.group_id,
                    offer_id,
                    new_id(),
                    author.school_id,
                )
        return resource_id, offer_id

    return deposit


async def ask(http, person, act: str, thing: str, **more):
    body = {"act": act, "thing": thing, **more}
    return await http.post("/v1/explanations", json=body, headers=person.headers)


async def test_the_visitor_gets_401(http):
    assert (await http.post("/v1/explanations", json={})).status_code == 401


async def test_an_allowed_thing_is_told_with_the_line_that_allows(http, world, schools, deposit):
    _resource, offer_id = await deposit()
    teacher = await world.person(schools[1], "teacher")
    answer = await ask(http, teacher, "resource:borrow", f"offer/{offer_id}")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["allowed"], told["in_scope"]) == (True, True)
    assert {held["relation"] for held in told["held"]} == {"published", "offered", "borrowable"}
    assert [line["rule"] for line in told["allowing"]] == [
        "p, teacher, integrated, borrowable, resource:borrow, allow"
    ]
    assert told["allowing"][0]["number"] > 0
    assert told["allowing"][0]["reason"]["zh"]
    assert told["remedy"] == {"en": "", "zh": ""}


async def test_a_partner_is_told_what_to_do_and_that_is_true(http, world, schools, deposit, sql):
    _resource, offer_id = await deposit()
    teacher = await world.person(schools[2], "teacher")
    told = (await ask(http, teacher, "resource:borrow", f"offer/{offer_id}")).json()
    assert told["allowed"] is False
    assert {tuple(way["missing"]) for way in told["would_allow"]} == {
        ("agreed",),
        ("borrow_named",),
    }
    assert "agreement with 一中" in told["remedy"]["en"]
    assert "一中" in told["remedy"]["zh"]
    assert told["policy_sha256"]
    await sql.execute(
        """INSERT INTO agreement (group_id, id, owner_school_id, grantee_school_id, from_on,
                                  until_on, status, owner_signed_at, grantee_signed_at, created_at,
                                  updated_at)
           VALUES ($1, $2, $3, $4, '2020-01-01', '2099-01-01', 'in_force', now(), now(), now(),
                   now())""",
        world.group_id,
        new_id(),
        schools[0].id,
        schools[2].id,
    )
    told = (await ask(http, teacher, "resource:borrow", f"offer/{offer_id}")).json()
    assert told["allowed"] is True
    assert [line["rule"] for line in told["allowing"]] == [
        "p, teacher, partner, borrow_agreed, resource:borrow, allow"
    ]


async def test_of_what_one_does_not_see_nothing_is_told(http, world, schools, deposit, sql):
    resource_id, _offer = await deposit(status="draft", offered=False)
    stranger = await world.person(schools[1], "principal")
    hidden = await ask(http, stranger, "resource:discover", f"resource/{resource_id}")
    missing = await ask(http, stranger, "resource:discover", f"resource/{uuid4()}")
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert hidden.json()["code"] == missing.json()["code"] == "not_found"
    lead = await world.person(schools[0], "lead")
    told = await ask(http, lead, "resource:publish", f"resource/{resource_id}")
    assert (told.status_code, told.json()["allowed"]) == (200, False)
    office = await world.person(None, "group_admin")
    full = await ask(
        http,
        office,
        "resource:discover",
        f"resource/{resource_id}",
        person_id=str(stranger.id),
    )
    assert full.status_code == 200, full.text
    assert full.json()["allowed"] is False
    assert {held["relation"] for held in full.json()["held"]} == {"draft"}
    await world.group("other")
    foreigner = await world.person(None, "group_admin")
    answer = await ask(http, foreigner, "resource:discover", f"resource/{resource_id}")
    assert answer.status_code == 404


async def test_an_administrator_asks_about_the_own_people_only(http, world, schools, deposit):
    _resource, offer_id = await deposit()
    admin = await world.person(schools[2], "school_admin")
    teacher = await world.person(schools[2], "teacher")
    other = await world.person(schools[1], "teacher")
    thing = f"offer/{offer_id}"
    told = await ask(http, admin, "resource:borrow", thing, person_id=str(teacher.id))
    assert told.status_code == 200, told.text
    assert (told.json()["person_id"], told.json()["role"]) == (str(teacher.id), "teacher")
    assert told.json()["allowed"] is False
    refused = await ask(http, admin, "resource:borrow", thing, person_id=str(other.id))
    assert refused.status_code == 404
    refused = await ask(http, teacher, "resource:borrow", thing, person_id=str(admin.id))
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    auditor = await world.person(None, "auditor")
    told = await ask(http, auditor, "resource:borrow", thing, person_id=str(other.id))
    assert told.json()["allowed"] is True


async def test_whose_appointment_must_be_clear(http, world, schools, deposit, sql):
    _resource, offer_id = await deposit()
    teacher = await world.person(schools[2], "teacher")
    second = new_id()
    await sql.execute(
        """INSERT INTO appointment (group_id, id, person_id, school_id, role, from_on, created_at)
           VALUES ($1, $2, $3, $4, 'teacher', '2021-01-01', now())""",
        world.group_id,
        second,
        teacher.id,
        schools[1].id,
    )
    office = await world.person(None, "group_admin")
    thing = f"offer/{offer_id}"
    person = {"person_id": str(teacher.id)}
    unclear = await ask(http, office, "resource:borrow", thing, **person)
    assert (unclear.status_code, unclear.json()["code"]) == (409, "choose_appointment")
    assert len(unclear.json()["appointments"]) == 2
    there = await ask(http, office, "resource:borrow", thing, **person, appointment_id=str(second))
    assert (there.json()["tier"], there.json()["allowed"]) == ("integrated", True)
    # the administrator of one school knows only of the appointment there
    admin = await world.person(schools[2], "school_admin")
    here = await ask(http, admin, "resource:borrow", thing, **person)
    assert (here.json()["tier"], here.json()["allowed"]) == ("partner", False)
    await sql.execute(
        "UPDATE appointment SET until_on = '2022-01-01' WHERE person_id = $1", teacher.id
    )
    gone = await ask(http, office, "resource:borrow", thing, **person)
    assert (gone.status_code, gone.json()["code"]) == (409, "no_appointment")


@pytest.mark.parametrize(
    ("act", "thing", "codes"),
    [
        ("no:act", "group", ["unknown_act"]),
        ("policy:publish", "group/x", ["no_id"]),
        ("resource:borrow", "offer/x", ["no_id"]),
        ("resource:borrow", "offer", ["no_id"]),
        ("resource:borrow", "nothing/x", ["unknown_kind", "not_done_to_this"]),
        ("resource:borrow", "school/x", ["no_id", "not_done_to_this"]),
        ("audit:read", "audit/x", ["unknown_kind"]),
    ],
)
async def test_a_question_that_makes_no_sense_is_refused(http, author, act, thing, codes):
    answer = await ask(http, author, act, thing)
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_thing")
    assert [error["code"] for error in answer.json()["errors"]] == codes


async def test_what_is_done_to_no_single_thing(http, author):
    told = (await ask(http, author, "policy:publish", "group")).json()
    assert (told["allowed"], told["held"], told["denying"]) == (False, [], [])
    assert (await ask(http, author, "policy:read", "group")).json()["allowed"] is True


async def test_a_machine_is_told_that_its_scopes_are_too_narrow(http, world, schools, deposit):
    resource_id, _offer = await deposit()
    headers = await world.client(schools[0], ["access:explain", "resource:discover"])
    body = {"act": "resource:withdraw", "thing": f"resource/{resource_id}"}
    answer = await http.post("/v1/explanations", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["allowed"], told["in_scope"]) == (False, False)
    assert told["allowing"]


async def test_every_kind_of_thing_with_rows_can_be_asked_about(http, world):
    """The statement for each kind is put together from relations.toml: it must run."""
    office = await world.person(None, "group_admin")
    compiled = shipped_policy().compiled
    for kind, table in compiled.relations.things.items():
        if not table or kind in NO_ROWS:
            continue
        act = next(name for name, act in compiled.bundle.vocabulary.acts.items() if kind in act.on)
        answer = await ask(http, office, act, f"{kind}/{uuid4()}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), kind
