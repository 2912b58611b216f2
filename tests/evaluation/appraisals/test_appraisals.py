"""A season of appraisal over HTTP, from the scheme to results that can be proved."""

import asyncio
from datetime import timedelta
from fractions import Fraction

import asyncpg
import pytest

from tests.evaluation.appraisals.season import (
    SCHEME,
    a_deposit,
    a_resource,
    begin,
    figures,
    judged,
    panel,
)
from tests.evaluation.exams.test_exams import NOWHERE


async def test_a_visitor_is_asked_to_sign_in(http):
    for path in ("/v1/appraisal-schemes", "/v1/appraisals", f"/v1/appraisal-cases/{NOWHERE}"):
        assert (await http.get(path)).status_code == 401


async def moderated(http, world, schools=3):
    """A round whose assessors have all spoken."""
    season = await begin(http, world, schools)
    await panel(season)
    assert (await figures(season)).status_code == 200
    await season.move("open")
    for n in range(schools):
        await season.evidence(n)
    await season.move("review")
    for n in range(schools):
        await season.accept(n)
    await season.move("assess")
    tally = {"source": "survey", "indicator": "1.2", "n": 20, "counts": [12, 8, 0, 0]}
    for n in range(schools):
        await season.done(season.officer, f"{season.case(n)}/tallies", {"tallies": [tally]})
        await season.assess(n)
    await season.move("moderate")
    return season


async def later(season, clock, days, who):
    """So many days later, and the one who was signed in has signed in again."""
    clock.jump(timedelta(days=days, seconds=1))
    return await season.world.sign_in(who.group_id, who.id, who.appointment_id)


async def test_a_season_from_the_scheme_to_proof(http, world, clock):
    season = await moderated(http, world, 7)
    own, other = season.principals[:2]
    # to schools nothing is told before it is announced
    early = await season.get(own, f"{season.case(0)}/result")
    assert early.json()["code"] == "results_not_announced"
    told = (await season.get(season.officer, f"{season.case(0)}/result")).json()
    # 1.1: 7.5 of 10; 1.2: 0.6·0.8 + 0.4·(12 + 8·0.8)/20 = 0.848; R: 5 per 100 is the target; S: yes
    first = Fraction(3, 4) * Fraction(3, 4) + Fraction(1, 4) * Fraction(106, 125)
    total = Fraction(6, 10) * first + Fraction(4, 10)
    assert Fraction(told["result"]["total_exact"]) == total
    assert told["result"]["band"] == "good"
    assert told["result"]["rules"][0]["passed"] is True
    sure = told["result"]["uncertainty"]
    assert (sure["n_raters"], sure["low"] < float(total) * 100 < sure["high"]) == (2, True)
    # the same request, the same bytes
    again = await season.get(season.officer, f"{season.case(0)}/result")
    assert again.json() == told
    agreed = (await season.get(season.officer, f"{season.path}/reliability")).json()
    assert (agreed["cases"], agreed["kappa_pairs"]) == (7, 7)

    change = {"changes": [{"indicator": "1.1", "after_bp": 8000}], "because": "一名评审漏看材料"}
    after = await season.done(season.officer, f"{season.case(0)}/moderation", change)
    assert after["sha256"] != told["sha256"]
    same = await season.post(season.officer, f"{season.case(0)}/moderation", change)
    assert (same.status_code, same.json()["errors"][0]["code"]) == (422, "unchanged")
    await season.move("announce")
    seen = (await season.get(own, f"{season.path}/results")).json()
    assert [case["school_id"] for case in seen["cases"]] == [str(season.schools[0].id)]
    assert [(one["n"], one["suppressed"]) for one in seen["others"]] == [(6, False)]
    assert str(season.schools[1].id) not in str(seen)
    assert season.schools[1].name not in str(seen)
    why = (await season.get(own, f"{season.case(0)}/results/1.1/explanation")).json()
    [moved] = why["explanation"]["moderations"]
    assert (moved["before"], moved["after"], moved["because"]) == ("3/4", "4/5", change["because"])
    assert why["explanation"]["sources"][0]["n"] == 2
    whole = (await season.get(own, f"{season.case(0)}/results/*/explanation")).json()
    parts = [
        Fraction(leaf["node"]["part"])
        for node in whole["explanation"]["below"]
        for leaf in node["below"]
    ]
    assert sum(parts) == 1
    assert not any(str(one.id) in str(whole) for one in season.experts)

    doubt = {"reason": "比例数据有误", "indicators": ["R"]}
    assert (await season.post(other, f"{season.case(0)}/objections", doubt)).status_code == 404
    assert (await season.post(season.officer, f"{season.case(0)}/objections", doubt)
            ).status_code == 403  # fmt: skip
    lodged = await season.done(own, f"{season.case(0)}/objections", doubt)
    twice = await season.post(own, f"{season.case(0)}/objections", doubt)
    assert twice.json()["code"] == "objection_open"
    unseen = (await season.get(other, f"{season.path}/objections")).json()
    assert unseen["items"] == []
    answered = f"/v1/appraisal-objections/{lodged['id']}/decide"
    empty = await season.post(season.officer, answered, {"uphold": True, "because": "x"})
    assert empty.status_code == 422
    decision = {"uphold": False, "because": "核对无误"}
    assert (await season.done(season.officer, answered, decision))["status"] == "rejected"
    soon = await season.post(season.officer, f"{season.path}/finalise")
    assert soon.json()["code"] == "objections_still_heard"
    season.officer = await later(season, clock, 5, season.officer)
    final = await season.done(season.officer, f"{season.path}/finalise")
    assert (final["status"], final["actions"]) == ("final", [])
    proof = (await season.get(season.officer, f"{season.path}/verify")).json()
    assert (proof["equal"], proof["cases"]) == (True, 7)
    assert proof["recomputed_sha256"] == final["results_sha256"]
    sheet = await season.get(season.officer, f"{season.path}/results/export")
    assert sheet.content.decode("utf-8-sig").count("good") == 7
    exported = await world.sql.fetchval(
        "SELECT count(*) FROM audit_entry WHERE detail ? 'exported' AND thing = $1",
        f"appraisal/{season.round['id']}",
    )
    assert exported == 1
    # whoever bends an input behind the application is found out
    await world.sql.execute("UPDATE appraisal_figure SET value = 9 WHERE field = 'teachers'")
    bent = (await season.get(season.officer, f"{season.path}/verify")).json()
    assert (bent["equal"], len(bent["differing"])) == (False, 7)
    with pytest.raises(asyncpg.PostgresError, match="append-only"):
        await world.sql.execute("UPDATE appraisal_result SET document = '', sha256 = ''")


async def test_strangers_and_other_schools(http, world):
    season = await begin(http, world)
    await panel(season, 1)
    other = season.principals[1]
    assert (await season.get(other, season.case(0))).status_code == 404
    assert (await season.post(other, f"{season.case(0)}/self", judged())).status_code == 404
    assert (await season.get(other, season.path)).status_code == 200
    assert (await season.post(other, f"{season.path}/move", {"verb": "open"})).status_code == 403
    mine = (await season.get(other, f"{season.path}/cases")).json()["items"]
    assert [case["school_id"] for case in mine] == [str(season.schools[1].id)]
    group_admin = await world.person(None, "group_admin")
    assert (await season.get(group_admin, season.case(0))).status_code == 200
    assert (await season.post(group_admin, f"{season.path}/move", {"verb": "open"})
            ).status_code == 403  # fmt: skip
    await world.group("other")
    stranger = await world.person(None, "evaluation_officer")
    for path in (season.path, season.case(0), f"/v1/appraisal-schemes/{season.scheme['id']}"):
        assert (await season.get(stranger, path)).status_code == 404


async def test_weights_are_the_schemas_own_rule(http, world):
    """Whoever writes, and however: 9,999 and 10,001 do not commit, and the published stays."""
    wish = {**SCHEME, "code": "other"}
    season = await begin(http, world, 1)
    made = await season.done(season.officer, "/v1/appraisal-schemes", wish)
    move = "UPDATE appraisal_indicator SET weight_bp = $2 WHERE scheme_id = $1 AND code = '1.1'"
    for weight in (7_499, 7_501):
        with pytest.raises(asyncpg.CheckViolationError) as refused:
            await world.sql.execute(move, made["id"], weight)
        assert refused.value.constraint_name == "weights_make_10000"
    sources = "UPDATE appraisal_indicator SET source_weights_bp = '{6000,3999}' WHERE code = '1.2'"
    with pytest.raises(asyncpg.CheckViolationError):
        await world.sql.execute(sources + " AND scheme_id = $1", made["id"])
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await world.sql.execute(move, season.scheme["id"], 7_500)
    assert refused.value.constraint_name == "published_schemes_stay"
    off = {**wish, "code": "off", "indicators": [{**wish["indicators"][0], "weight_bp": 5_999},
           *wish["indicators"][1:]]}  # fmt: skip
    answer = await season.post(season.officer, "/v1/appraisal-schemes", off)
    assert (answer.status_code, answer.json()["code"]) == (422, "weights_wrong")


async def test_schemes_are_imported_exported_and_revised(http, world):
    season = await begin(http, world, 1)
    path = f"/v1/appraisal-schemes/{season.scheme['id']}"
    for form in ("yaml", "json", "xlsx"):
        file = await season.get(season.officer, f"{path}/export?format={form}")
        taken = await http.post(
            "/v1/appraisal-schemes/import?dry_run=true", content=file.content,
            headers=season.officer.headers,
        )  # fmt: skip
        assert (taken.status_code, taken.json()["leaves"]) == (200, 4), taken.text
    revised = await season.done(season.officer, f"{path}/revise")
    assert (revised["edition"], revised["status"]) == (2, "draft")
    assert revised["scheme"] == season.scheme["scheme"]
    fixed = await http.put(path, json=SCHEME, headers={**season.officer.headers, "If-Match": '"2"'})
    assert fixed.json()["code"] == "wrong_state"
    # a draft is its author's: schools know what is published
    drafts = await season.get(season.principals[0], f"/v1/appraisal-schemes/{revised['id']}")
    assert drafts.status_code == 404
    ready = {"name": "national_balance_2017"}
    adopted = await season.done(season.officer, "/v1/appraisal-schemes/adopt", ready)
    assert len(adopted["scheme"]["indicators"]) == 7


async def test_assessors_are_shared_evenly_and_never_of_the_own_school(http, world):
    season = await begin(http, world, 4)
    made = await panel(season)
    assert (made["assigned"], sorted(made["load"].values())) == (8, [2, 2, 2, 2])
    for n, school in enumerate(season.schools):
        own = {str(one.id) for one in season.experts if one.school_id == school.id}
        assert not own & await season.seats(n)
    wish = {"person_ids": [str(one.id) for one in season.experts], "per_case": 4}
    few = await season.post(season.officer, f"{season.path}/assessors", wish)
    assert few.json()["code"] == "panel_too_small"
    # a declared conflict frees the seat, and somebody else fills it
    await season.move("open")
    first = season.expert(min(await season.seats(0)))
    await season.done(first, f"{season.case(0)}/recuse", {"because": "亲属在该校任职"})
    assert (await season.get(first, season.case(0))).status_code == 404
    assert (await panel(season))["assigned"] == 1
    assert str(first.id) not in await season.seats(0)
    with pytest.raises(asyncpg.CheckViolationError):
        await world.sql.execute(
            """UPDATE appraisal_assessor SET assessor_school_id = school_id
                WHERE appraisal_id = $1 AND status = 'assigned'""",
            season.round["id"],
        )


async def test_what_is_handed_in_fits_the_step_the_hour_and_the_scheme(http, world, clock):
    season = await begin(http, world, 3)
    await panel(season)
    own, case = season.principals[0], season.case(0)
    yes = {"marks": [{"indicator": "S", "value": "yes"}]}
    assert (await season.post(own, f"{case}/self", yes)).json()["code"] == "not_now"
    await season.move("open")
    for marks in ([{"indicator": "S", "value": "maybe"}], [{"indicator": "1.1", "value": "8"}]):
        wrong = await season.post(own, f"{case}/self", {"marks": marks})
        assert (wrong.status_code, wrong.json()["code"]) == (422, "marks_invalid")
    foreign = await a_resource(world, season.schools[1], season.principals[1])
    stolen = await season.post(own, f"{case}/evidence", {"indicator": "S", "resource_id": foreign})
    assert stolen.json()["code"] == "evidence_invalid"
    deposit = await a_deposit(world, season.schools[0], own)
    handed_in = {"indicator": "S", "deposit_id": deposit}
    [piece] = (await season.done(own, f"{case}/evidence", handed_in))["evidence"]
    twice = await season.post(own, f"{case}/evidence", handed_in)
    assert twice.json()["code"] == "evidence_stands"
    bad = await http.post(
        f"{season.path}/figures", content=f"school_code,teachers\n{season.schools[0].code},-1",
        headers=season.officer.headers,
    )  # fmt: skip
    assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (422, "/2/teachers")
    tally = {"source": "survey", "indicator": "1.2", "n": 20, "counts": [12, 8]}
    short = await season.post(season.officer, f"{case}/tallies", {"tallies": [tally]})
    assert short.json()["errors"][0]["code"] == "tally"
    await season.move("review", "assess")
    expert = season.expert(min(await season.seats(0)))
    # an assessor opens what was handed in, another school does not
    file = f"/v1/appraisal-evidence/{piece['id']}/files/1"
    opened = await season.get(expert, file)
    assert (opened.status_code, "X-Amz" in opened.headers["location"]) == (307, True)
    assert (await season.get(season.principals[1], file)).status_code == 404
    half = {"marks": judged()["marks"][:1]}
    missing = await season.post(expert, f"{case}/assessment", half)
    assert missing.json()["errors"][0]["code"] == "missing"
    waits = await season.post(season.officer, f"{season.path}/move", {"verb": "moderate"})
    assert waits.json()["code"] == "assessments_outstanding"
    # nobody sees another's judgement
    await season.assess(0)
    second = season.expert(max(await season.seats(0)))
    seen = (await season.get(second, case)).json()
    assert ([mark["value"] for mark in seen["my_assessment"]], seen["assessors"]) == (
        ["7", "B"], [],
    )  # fmt: skip
    assert (await season.get(second, f"{case}/result")).status_code == 403
    expert = await later(season, clock, 3, expert)
    late = await season.post(expert, f"{case}/assessment", judged())
    assert (late.status_code, late.json()["code"]) == (409, "deadline_passed")
    season.officer = await later(season, clock, 0, season.officer)
    await season.move("moderate")
    told = (await season.get(season.officer, f"{case}/result")).json()["result"]
    # without accepted evidence and figures it stays open, and says what is missing
    assert (told["complete"], sorted(told["missing"])) == (False, ["1.2", "R", "S"])
    done = {"verb": "cancel", "because": "方案有误"}
    assert (await season.done(season.officer, f"{season.path}/move", done))["actions"] == []


async def test_no_judgement_slips_in_while_moderation_closes_the_step(http, world, sql):
    """A submission that has looked at the step waits for who is closing it, and is refused."""
    season = await begin(http, world, 3)
    await panel(season)
    await season.move("open", "review", "assess")
    people = [season.expert(one) for one in sorted(await season.seats(0))]
    # two assessors at once do not wait for each other, nor lose a mark
    both = await asyncio.gather(
        *(season.post(one, f"{season.case(0)}/assessment", judged()) for one in people)
    )
    assert [answer.status_code for answer in both] == [200, 200]
    held = sql.transaction()
    await held.start()
    await sql.execute(
        "UPDATE appraisal SET status = 'moderation' WHERE id = $1", season.round["id"]
    )
    late = asyncio.create_task(
        season.post(people[0], f"{season.case(0)}/assessment", judged("1", "D"))
    )
    for _ in range(200):
        waiting = await sql.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        )
        if waiting or late.done():
            break
        await asyncio.sleep(0.01)
    await held.commit()
    answer = await late
    assert (answer.status_code, answer.json().get("code")) == (409, "not_now")
    values = await sql.fetch(
        "SELECT DISTINCT value FROM appraisal_mark WHERE indicator_code = '1.1'"
    )
    assert [row["value"] for row in values] == ["8"]
