"""A small season of appraisal for the tests: schools, assessors, a scheme with every source."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec

from schoolgroup.kernel.ids import new_id
from tests.people import Person, School, World

T = {"en": "indicator", "zh": "指标"}
DAYS = (1, 2, 3)
MISSING = "0199d000-0000-7000-8000-000000000000"


def share(source, weight=10_000):
    return {"source": source, "weight_bp": weight}


LEVELS = [{"code": c, "points": p} for c, p in (("A", 100), ("B", 80), ("C", 60), ("D", 0))]
SCHEME: dict[str, Any] = {
    "code": "school_2026",
    "title": {"en": "School appraisal", "zh": "学校发展评价"},
    "settings": {
        "objection_days": 5,
        "bands": [
            {"code": "good", "title": T, "from_bp": 6000},
            {"code": "bad", "title": T, "from_bp": 0},
        ],
        "thresholds": [
            {"code": "teachers", "title": T, "over": ["R"], "at_least": 1, "floor_bp": 8500}
        ],
    },
    "indicators": [
        {"code": "1", "title": T, "weight_bp": 6000},
        {"code": "1.1", "parent": "1", "title": T, "weight_bp": 7500,
         "scale": {"type": "score", "max": "10", "step": "0.5"}, "sources": [share("expert")]},
        {"code": "1.2", "parent": "1", "title": T, "weight_bp": 2500,
         "scale": {"type": "level", "levels": LEVELS},
         "sources": [share("expert", 6000), share("survey", 4000)]},
        {"code": "2", "title": T, "weight_bp": 4000},
        {"code": "R", "parent": "2", "title": T, "weight_bp": 5000,
         "scale": {"type": "ratio", "numerator": "teachers", "denominator": "pupils", "per": 100,
                   "targets": {"": "5"}}, "sources": [share("data")]},
        {"code": "S", "parent": "2", "title": T, "weight_bp": 5000,
         "scale": {"type": "yes_no"}, "sources": [share("self")], "evidence_required": True,
         "veto_below_bp": 10_000},
    ],
}  # fmt: skip


def judged(score="8", level="B"):
    return {"marks": [{"indicator": "1.1", "value": score}, {"indicator": "1.2", "value": level}]}


class Season(msgspec.Struct):
    """A round, who runs it, and who takes part."""

    http: httpx.AsyncClient
    world: World
    officer: Person
    schools: list[School]
    principals: list[Person]
    experts: list[Person]
    scheme: dict[str, Any]
    round: dict[str, Any]
    cases: dict[str, str]

    @property
    def path(self) -> str:
        return f"/v1/appraisals/{self.round['id']}"

    def case(self, n: int) -> str:
        """The path of the n-th school's case."""
        return f"/v1/appraisal-cases/{self.cases[str(self.schools[n].id)]}"

    async def post(self, who: Person, path: str, body: Any = None) -> httpx.Response:
        return await self.http.post(path, json=body, headers=who.headers)

    async def get(self, who: Person, path: str) -> httpx.Response:
        return await self.http.get(path, headers=who.headers)

    async def done(self, who: Person, path: str, body: Any = None) -> Any:
        answer = await self.post(who, path, body)
        assert answer.status_code in (200, 201), f"{path}: {answer.text}"
        return answer.json()

    async def move(self, *verbs: str) -> None:
        for verb in verbs:
            await self.done(self.officer, f"{self.path}/move", {"verb": verb})

    async def seats(self, n: int) -> set[str]:
        seen = (await self.get(self.officer, self.case(n))).json()["assessors"]
        return {seat["person_id"] for seat in seen if seat["status"] != "recused"}

    def expert(self, person_id: str) -> Person:
        return next(one for one in self.experts if str(one.id) == person_id)

    async def evidence(self, n: int) -> None:
        """The n-th school says yes to S and proves it by a published resource of its own."""
        resource = await a_resource(self.world, self.schools[n], self.principals[n])
        who = self.principals[n]
        marks = {"marks": [{"indicator": "S", "value": "yes", "note": "见附件"}]}
        await self.done(who, f"{self.case(n)}/self", marks)
        proof = {"indicator": "S", "resource_id": resource}
        await self.done(who, f"{self.case(n)}/evidence", proof)

    async def accept(self, n: int) -> None:
        """The officer accepts it."""
        [piece] = (await self.get(self.officer, self.case(n))).json()["evidence"]
        body = {"evidence_id": piece["id"], "accept": True}
        await self.done(self.officer, f"{self.case(n)}/evidence/review", body)

    async def assess(self, n: int, *marks: dict[str, Any]) -> None:
        """The assessors of the n-th case judge, in the order of their ids."""
        given = marks or (judged(), judged("7"))
        for person, mark in zip(sorted(await self.seats(n)), given, strict=True):
            await self.done(self.expert(person), f"{self.case(n)}/assessment", mark)


async def a_resource(world: World, school: School, author: Person) -> str:
    """A published resource of the school."""
    made = new_id()
    async with world.sql.transaction():
        # only the row matters here: its revision and its words do not
        await world.sql.execute("SET LOCAL session_replication_role = replica")
        await world.sql.execute(
            """INSERT INTO resource (group_id, id, school_id, author_person_id, kind, status, title,
                                     published_revision_no, published_at, search, created_at,
                                     updated_at)
               VALUES ($1, $2, $3, $4, 'other', 'published', '佐证', 1, now(), '', now(), now())""",
            school.group_id, made, school.id, author.id,
        )  # fmt: skip
    return str(made)


async def a_deposit(world: World, school: School, person: Person) -> str:
    """A verified deposit of the school."""
    made, blob = new_id(), new_id()
    digest = blob.hex * 2
    await world.sql.execute(
        """INSERT INTO blob (group_id, id, sha256, size_bytes, media_type, state, object_key,
                             created_at)
           VALUES ($1, $2, $3, 3, 'application/pdf', 'verified', $3, now())""",
        school.group_id, blob, digest,
    )  # fmt: skip
    await world.sql.execute(
        """INSERT INTO deposit (group_id, id, school_id, person_id, file_name, size_bytes, sha256,
                                media_type_claimed, status, upload_key, part_bytes, blob_id,
                                expires_at, verified_at, created_at, updated_at)
           VALUES ($1, $2, $3, $4, '佐证.pdf', 3, $5, 'application/pdf', 'verified', $5, 5242880,
                   $6, now(), now(), now(), now())""",
        school.group_id, made, school.id, person.id, digest, blob,
    )  # fmt: skip
    return str(made)


def hours(*days: int) -> dict[str, str]:
    names = ("self_until_at", "evidence_until_at", "experts_until_at")
    now = datetime.now(UTC)
    return {
        name: (now + timedelta(days=day)).isoformat() for name, day in zip(names, days, strict=True)
    }


async def begin(
    http: httpx.AsyncClient, world: World, schools: int = 3, scheme: Any = None
) -> Season:
    """A draft round over so many schools, with two assessors each and figures for all."""
    officer = await world.person(None, "evaluation_officer")
    made = [await world.school(f"评价{n}校") for n in range(schools)]
    season = Season(
        http,
        world,
        officer,
        made,
        [await world.person(school, "principal") for school in made],
        [await world.person(school, "teacher") for school in made],
        {},
        {},
        {},
    )
    season.scheme = await season.done(officer, "/v1/appraisal-schemes", scheme or SCHEME)
    await season.done(officer, f"/v1/appraisal-schemes/{season.scheme['id']}/publish")
    wish = {"scheme_id": season.scheme["id"], "title": "2026 学校评价", **hours(*DAYS)}
    season.round = await season.done(officer, "/v1/appraisals", wish)
    subjects = [{"school_id": str(school.id)} for school in made]
    await season.done(officer, f"{season.path}/subjects", {"subjects": subjects})
    listed = (await season.get(officer, f"{season.path}/cases")).json()["items"]
    season.cases = {case["school_id"]: case["id"] for case in listed}
    return season


async def panel(season: Season, per_case: int = 2) -> dict[str, Any]:
    body = {"person_ids": [str(one.id) for one in season.experts], "per_case": per_case}
    made: dict[str, Any] = await season.done(season.officer, f"{season.path}/assessors", body)
    return made


async def figures(season: Season, teachers: int = 10) -> httpx.Response:
    lines = ["school_code,teachers,pupils", *(f"{s.code},{teachers},200" for s in season.schools)]
    return await season.http.post(
        f"{season.path}/figures", content="\n".join(lines).encode(),
        headers=season.officer.headers,
    )  # fmt: skip


async def things(http: httpx.AsyncClient, world: World) -> dict[str, Any]:
    """A scheme, an announced round, a case and an objection, for tests that walk every route."""
    season = await begin(http, world, 1)
    await season.move("open")
    own, case = season.principals[0], season.case(0)
    proof = {"indicator": "S", "deposit_id": await a_deposit(world, season.schools[0], own)}
    evidence = (await season.done(own, f"{case}/evidence", proof))["evidence"]
    await season.move("review", "assess", "moderate", "announce")
    objection = await season.done(
        season.principals[0], f"{season.case(0)}/objections", {"reason": "有误"}
    )
    return {
        "scheme_id": season.scheme["id"],
        "appraisal_id": season.round["id"],
        "case_id": season.cases[str(season.schools[0].id)],
        "objection_id": objection["id"],
        "evidence_id": evidence[0]["id"],
        "indicator": "R",
    }


def bodies(ids: dict[str, Any]) -> dict[str, Any]:
    """A valid body for each route."""
    yes = {"marks": [{"indicator": "S", "value": "yes"}]}
    tally = {"source": "survey", "indicator": "1.2", "n": 20, "counts": [12, 8, 0, 0]}
    return {
        "createAppraisalScheme": {**SCHEME, "code": "another"},
        "changeAppraisalScheme": SCHEME,
        "adoptAppraisalScheme": {"name": "national_balance_2017"},
        "createAppraisal": {"scheme_id": ids["scheme_id"], "title": "x", **hours(1, 2, 3)},
        "changeAppraisal": {},
        "nameAppraisalSubjects": {"subjects": [{"school_id": MISSING}]},
        "moveAppraisal": {"verb": "open"},
        "assignAssessors": {"person_ids": [MISSING], "per_case": 1},
        "takeFiguresFromCall": {"call_id": MISSING, "fields": {"pupils": "pupils"}},
        "assessYourself": yes,
        "addAppraisalEvidence": {"indicator": "S", "resource_id": MISSING},
        "reviewAppraisalEvidence": {"evidence_id": MISSING, "accept": True},
        "assessCase": judged(),
        "recuseFromCase": {"because": "x"},
        "tallyAnswers": {"tallies": [tally]},
        "moderateCase": {"changes": [{"indicator": "R", "after_bp": 1}], "because": "x"},
        "objectToResult": {"reason": "x"},
        "decideObjection": {"uphold": False, "because": "x"},
    }
