"""What waits in a round reaches who has to act, and goes when it is done."""

from datetime import timedelta

from schoolgroup.integration.notices.sending import send_due
from tests.evaluation.appraisals.season import begin, panel

# The three hours of the round: the one that comes next is a day and a minute away.
HOURS = """
UPDATE appraisal SET self_until_at = now() + $1, evidence_until_at = now() + $2,
                     experts_until_at = now() + $3
"""
DAY = timedelta(days=1)


async def test_the_round_waits_for_whoever_is_next(http, world, services, clock, sql):
    season = await begin(http, world, 2)
    await panel(season, 1)
    own, other = season.principals
    ran = season.officer

    async def waiting(who) -> list[str]:
        found = (await season.get(who, "/v1/inbox?sort=waiting")).json()["items"]
        for one in found:
            assert (await season.get(who, one["link"])).status_code in (200, 405)
        return sorted(one["kind"] for one in found)

    async def told() -> dict[str, list[str]]:
        await send_due(services.db, services.post_office, "demo")
        rows = await sql.fetch("SELECT person_id, kind FROM notice ORDER BY made_at, kind")
        return {str(row["person_id"]): [r["kind"] for r in rows
                                        if r["person_id"] == row["person_id"]]
                for row in rows}  # fmt: skip

    async def a_day_before(step: int) -> dict[str, list[str]]:
        """Told at the minute in which the hour of this step is a day away."""
        minute = timedelta(minutes=1 + 2 * step)
        wanted = [(n - step) * 3 * DAY + DAY + minute for n in range(3)]
        await sql.execute(HOURS, *wanted)
        clock.jump(timedelta(minutes=2))
        return await told()

    assert await told() == {}
    await season.move("open")
    assert await waiting(own) == await waiting(other) == ["appraisal_to_answer"]
    assert await waiting(ran) == await waiting(season.experts[0]) == []
    kinds = await told()
    assert kinds == {str(own.id): ["appraisal_opened"], str(other.id): ["appraisal_opened"]}

    await season.evidence(0)
    kinds = await a_day_before(0)
    assert kinds[str(own.id)] == ["appraisal_opened"]
    assert kinds[str(other.id)] == ["appraisal_opened", "appraisal_self_due"]
    assert (await waiting(own), await waiting(other)) == ([], ["appraisal_to_answer"])
    await season.move("review")
    assert (await waiting(ran), await waiting(other)) == (["evidence_to_review"], [])
    assert (await a_day_before(1))[str(ran.id)] == ["appraisal_evidence_to_review"]
    await season.accept(0)
    assert await waiting(ran) == []

    await season.move("assess")
    [seated] = await season.seats(0)
    expert = season.expert(seated)
    assert await waiting(expert) == ["appraisal_to_assess"]
    assert (await told())[seated] == ["appraisal_to_assess"]
    assert (await a_day_before(2))[seated] == ["appraisal_to_assess", "appraisal_assess_due"]
    for n in (0, 1):
        [seat] = await season.seats(n)
        marks = {"marks": [{"indicator": "1.1", "value": "8"}, {"indicator": "1.2", "value": "B"}]}
        await season.done(season.expert(seat), f"{season.case(n)}/assessment", marks)
    assert await waiting(expert) == []

    await season.move("moderate", "announce")
    assert await waiting(own) == await waiting(other) == ["appraisal_result"]
    lodged = await season.done(own, f"{season.case(0)}/objections", {"reason": "比例数据有误"})
    assert (await waiting(own), await waiting(ran)) == ([], ["objection_to_decide"])
    kinds = await told()
    assert "appraisal_objection_lodged" in kinds[str(ran.id)]
    assert "appraisal_announced" in kinds[str(other.id)]
    clock.jump(timedelta(days=4, hours=1))
    kinds = await told()
    assert "appraisal_objections_end" in kinds[str(other.id)]
    assert "appraisal_objections_end" not in kinds[str(own.id)], "it has objected"
    assert lodged["status"] == "lodged"
