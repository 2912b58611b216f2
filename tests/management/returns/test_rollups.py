"""Roll-ups equal the rows they sum by tier, stage, school and period, and give nothing away."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from schoolgroup.kernel.clock import Clock
from schoolgroup.management.returns.figures import rules
from schoolgroup.management.returns.figures.models import AtomRow, Dimension, RollUpKind
from tests.management.returns.desk import Desk
from tests.management.returns.test_invariants import at, set_clock
from tests.people import Person

LABEL = {"en": "x", "zh": "x"}
FIELDS: list[dict[str, Any]] = [
    {"code": "teachers", "label": LABEL, "type": "integer"},
    {"code": "score", "label": LABEL, "type": "decimal"},
    {"code": "pupils", "label": LABEL, "type": "integer", "counts_pupils": True},
    {"code": "staff", "label": LABEL, "type": "rows",
     "columns": [{"code": "hours", "label": LABEL, "type": "decimal"}]},
]  # fmt: skip
STAGES = [("primary",), ("primary", "junior"), ("junior",), ("primary",), ("junior",), ("primary",)]


async def group(desk: Desk) -> list[dict[str, Any]]:
    """Six schools more than the three; the answers of each, by its place."""
    for number, stages in enumerate(STAGES):
        school = await desk.world.school(f"校{number}", "partner" if number < 3 else "integrated",
                                         stages=stages)  # fmt: skip
        desk.schools.append(school)
        desk.principals.append(await desk.world.person(school, "principal"))
    return [
        {
            "teachers": 10 + number, "score": number / 4, "pupils": 100 * number + 1,
            "staff": [{"hours": 0.1}, {"hours": number}],
        }
        for number in range(len(desk.schools))
    ]  # fmt: skip


async def ask(
    desk: Desk, call: dict[str, Any], who: Person | None = None, expect: int = 200, **query: Any
) -> dict[str, Any]:
    path = f"/v1/calls/{call['id']}/roll-up/{query.pop('field')}"
    return await desk.send(who or desk.office, "GET", path, expect, params=query)


def told(found: dict[str, Any]) -> dict[str | None, float | None]:
    return {line["key"]: line["value"] for line in found["lines"]}


async def test_each_kind_equals_the_rows_reckoned_otherwise(desk: Desk, clock: Clock):
    answers = await group(desk)
    form = await desk.form(FIELDS)
    call = await desk.call(form_id=form["id"], period="2026-05")
    for who, values in zip(desk.principals, answers, strict=True):
        await desk.save(who, call, values)
        await desk.submit(who, call)
    rows = list(zip(desk.schools, answers, strict=True))
    for tier in ("integrated", "partner", None):
        mine = [values for school, values in rows if tier in (school.tier, None)]
        teachers = sum(row["teachers"] for row in mine)
        weighted = sum(row["score"] * row["teachers"] for row in mine) / teachers
        share = teachers / sum(row["pupils"] for row in mine)
        hours = sum(cell["hours"] for row in mine for cell in row["staff"])
        kinds: tuple[tuple[dict[str, Any], float], ...] = (
            ({"field": "teachers"}, teachers),
            ({"field": "teachers", "kind": "mean"}, teachers / len(mine)),
            ({"field": "score", "kind": "weighted_mean", "beside": "teachers"}, weighted),
            ({"field": "teachers", "kind": "share", "beside": "pupils"}, share),
            ({"field": "staff.hours"}, hours),
        )
        for query, expected in kinds:
            assert told(await ask(desk, call, **query))[tier] == round(expected, 6), query
    by_stage = told(await ask(desk, call, field="teachers", by="stage"))
    stages = await desk.world.sql.fetch("SELECT id, stages FROM school")
    juniors = {row["id"] for row in stages if "junior" in row["stages"]}
    assert by_stage["junior"] == sum(v["teachers"] for s, v in rows if s.id in juniors)
    by_school = await ask(desk, call, field="teachers", by="school")
    assert sum(line["value"] for line in by_school["lines"]) == by_stage[None]
    own = await ask(desk, call, desk.principals[4], field="teachers", by="school")
    assert [line["value"] for line in own["lines"]] == [answers[4]["teachers"]]
    # schools: nothing before the end; then tiers, but stages only where no set of them is small
    early = await ask(desk, call, desk.principals[0], field="teachers")
    assert (early["lines"], early["withheld_until_at"]) == ([], call["closes_at"])
    set_clock(clock, at(call["closes_at"]))
    shown = await ask(desk, call, desk.principals[0], field="teachers")
    assert told(shown) == told(await ask(desk, call, field="teachers"))
    staged = await ask(desk, call, desk.principals[0], field="teachers", by="stage")
    assert {line["key"] for line in staged["lines"] if not line["withheld"]} == {None}


async def test_a_series_follows_the_field_over_forms_and_periods(desk: Desk):
    await group(desk)
    first = await desk.call(form_id=(await desk.form(FIELDS))["id"], period="2026-05")
    second = await desk.call(form_id=(await desk.form([{"code": "teachers"}]))["id"])
    await desk.call(form_id=first["form_id"], period="2026-07", draft=True)
    for call, number in ((first, 5), (second, 7)):
        for who in desk.principals[:4]:
            await desk.save(who, call, {"teachers": number})
            await desk.submit(who, call)
    query = {"field": "teachers", "kind": "mean"}
    found = await desk.send(desk.office, "GET", "/v1/field-series", params=query)
    assert [(c["period"], told(c)[None]) for c in found["calls"]] == [
        ("2026-05", 5), ("2026-06", 7),
    ]  # fmt: skip
    later = {**query, "from_period": "2026-06"}
    found = await desk.send(desk.office, "GET", "/v1/field-series", params=later)
    assert [c["call_id"] for c in found["calls"]] == [second["id"]]
    own = await desk.send(desk.principals[0], "GET", "/v1/field-series", params=query)
    assert own["calls"] == []  # schools still answer
    wrong = await ask(desk, first, field="staff", expect=422)
    assert wrong["errors"][0]["code"] == "no_number"
    await ask(desk, first, field="teachers", kind="share", expect=422)
    await ask(desk, first, desk.principals[0], field="teachers", basis="accepted", expect=403)


def atom(tier: str, stages: tuple[str, ...], numbers: list[int], only_one: int = 0) -> AtomRow:
    return AtomRow(
        call_id=UUID(int=1), tier=tier, stages=list(stages), schools=len(numbers),
        only_one=only_one, sum=Decimal(sum(numbers)), sum_beside=Decimal(10 * len(numbers)),
        sum_product=Decimal(0),
    )  # fmt: skip


def inside(one: AtomRow, key: str | None, by: Dimension) -> bool:
    return key is None or (one.tier == key if by is Dimension.TIER else key in one.stages)


ATOMS = st.lists(
    st.tuples(
        st.sampled_from(["integrated", "partner"]),
        st.sampled_from([("primary",), ("junior",), ("junior", "primary"), ("senior",)]),
        st.lists(st.integers(50, 99), max_size=5),
    ),
    max_size=6,
    unique_by=lambda drawn: drawn[:2],
)


@given(ATOMS, st.sampled_from([Dimension.TIER, Dimension.STAGE, Dimension.ALL]))
def test_no_cell_and_no_difference_of_two_cells_is_of_one_or_two_schools(drawn, by: Dimension):
    atoms = [atom(*one) for one in drawn]
    found = rules.lines(atoms, RollUpKind.SUM, by, hide=True, pupils=(False, False))
    sets = []
    for line in found:
        if line.value is None:
            continue
        sets.append({n for n, one in enumerate(atoms) if inside(one, line.key, by)})
    for one in sets:
        for other in [set(), *sets]:
            if other <= one and other != one:
                left = sum(atoms[n].schools for n in one - other)
                assert left == 0 or left >= rules.SCHOOLS_MIN


def test_few_pupils_are_withheld_and_so_is_the_rest_that_would_tell_them():
    atoms = [atom("integrated", ("primary",), [3, 2, 1]), atom("partner", ("primary",), [40, 9, 9])]
    sums: dict[str, Any] = {"kind": RollUpKind.SUM, "by": Dimension.TIER, "hide": True}
    shown = rules.lines(atoms, **sums, pupils=(True, False))
    assert {line.key: line.withheld for line in shown} == {
        "integrated": True, "partner": True, None: False,
    }  # fmt: skip
    assert not any(line.withheld for line in rules.lines(atoms, **sums, pupils=(False, False)))
    # of 30 pupils 27 are boarders: the three others are told as well
    share = [atom("integrated", ("primary",), [9, 9, 9])]
    [*_, whole] = rules.lines(
        share, RollUpKind.SHARE, Dimension.ALL, hide=True, pupils=(True, True)
    )
    assert whole.withheld


def test_a_share_that_leaves_out_one_school_is_withheld():
    """Else the sum of all, less this one's, is that school's own number."""
    for left_out, hidden in ((0, False), (1, True), (2, True), (3, False)):
        atoms = [atom("integrated", ("primary",), [50, 60, 70], only_one=left_out)]
        [whole] = rules.lines(
            atoms, RollUpKind.SHARE, Dimension.ALL, hide=True, pupils=(False, False)
        )
        assert whole.withheld is hidden
