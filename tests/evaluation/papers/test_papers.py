"""Papers over HTTP: who sees them, versions, the blueprint, the item table as a file."""

import pytest

from schoolgroup.kernel.sheets import write_xlsx
from tests.evaluation.sittings import freeze, rows, send, set_up

ITEMS = [
    {"label": "1", "max_marks": 5, "kind": "objective", "section": "一、选择题",
     "key": {"rule": "single", "accept": ["B"]}, "knowledge_point": "方程", "ability": "识记",
     "target_percent": 90},
    {"label": "2", "max_marks": 6, "kind": "objective", "section": "一、选择题",
     "key": {"rule": "multiple", "answer": "ABD", "partial": "by_count", "part_marks": 2},
     "knowledge_point": "函数", "ability": "理解", "target_percent": 60},
    {"label": "3(1)", "parent": "3", "max_marks": 4, "step": 1, "section": "二、解答题",
     "knowledge_point": "方程", "ability": "应用", "target_percent": 50},
    {"label": "22", "max_marks": 10, "choice": "选考", "knowledge_point": "几何",
     "ability": "应用", "target_percent": 40},
    {"label": "23", "max_marks": 10, "choice": "选考", "knowledge_point": "概率",
     "ability": "应用", "target_percent": 60},
]  # fmt: skip
CHOICES = [{"name": "选考", "choose": 1, "rule": "first"}]
WHOLE = {"items": ITEMS, "choices": CHOICES}


async def put_paper(http, sitting, who, body=None, version=1, **query):
    return await http.put(
        f"{sitting.path}/paper",
        json=body or WHOLE,
        params=query,
        headers={**who.headers, "If-Match": f'"{version}"'},
    )


async def name_setter(http, world, sitting, school="甲校", role="teacher"):
    setter = await world.person(sitting.schools[school], role)
    named = await http.put(
        f"{sitting.path}/paper/setters",
        json={"person_ids": [str(setter.id)]},
        headers=sitting.officer.headers,
    )
    assert named.status_code == 200, named.text
    return setter


async def test_a_visitor_is_asked_to_sign_in_and_a_stranger_finds_nothing(http, world):
    sitting = await set_up(http, world, ("甲校",))
    p = f"{sitting.path}/paper"
    asked = [("GET", p), ("PUT", p), ("POST", f"{p}/import"), ("GET", f"{p}/export"),
             ("PUT", f"{p}/blueprint"), ("PUT", f"{p}/setters"), ("POST", f"{p}/file"),
             ("PUT", f"{p}/keys"), ("POST", f"{sitting.path}/responses"),
             ("GET", f"{sitting.path}/rescores")]  # fmt: skip
    for method, path in asked:
        assert (await http.request(method, path, json={})).status_code == 401, path
    await world.group("other")
    stranger = await world.person(None, "evaluation_officer")
    for method, path in asked:
        body: dict[str, object] = {"json": {}} if method != "GET" else {}
        answer = await http.request(method, path, headers=stranger.headers, **body)
        assert answer.status_code in (404, 422), (path, answer.text)


async def test_only_the_organiser_and_the_named_setters_of_the_subject_see_a_paper(http, world):
    chinese = {"subject": "语文", "items": [{"label": "1", "max_marks": 10}]}
    maths = {"subject": "数学", "items": [{"label": "1", "max_marks": 10}]}
    sitting = await set_up(http, world, ("甲校", "乙校"), subjects=[maths, chinese])
    setter = await world.person(sitting.schools["甲校"], "teacher")
    await http.put(
        f"{sitting.path}/paper/setters?subject=数学",
        json={"person_ids": [str(setter.id)]},
        headers=sitting.officer.headers,
    )
    made = await put_paper(http, sitting, setter, subject="数学")
    assert made.status_code == 200, made.text
    assert made.json()["version"] == 2
    own = await http.get(f"{sitting.path}/paper?subject=数学", headers=setter.headers)
    assert own.json()["items"][0]["key"] == {"rule": "single", "accept": ["B"]}
    assert own.json()["full_marks"] == 25  # 5 + 6 + 4 + one of two tens
    other = await http.get(f"{sitting.path}/paper?subject=语文", headers=setter.headers)
    assert other.status_code == 404
    for name, role in (("甲校", "principal"), ("乙校", "lead"), ("甲校", "teacher")):
        who = await world.person(sitting.schools[name], role)
        answer = await http.get(f"{sitting.path}/paper?subject=数学", headers=who.headers)
        assert answer.status_code in (403, 404), role
        exam = await http.get(sitting.path, headers=who.headers)
        assert "ABD" not in exam.text
        assert "target_percent" not in exam.text
    named = await put_paper(http, sitting, setter, version=1, subject="数学")
    assert named.status_code == 412
    stranger = {"person_ids": [str(sitting.schools["甲校"].id)]}
    refused = await http.put(
        f"{sitting.path}/paper/setters?subject=数学", json=stranger, headers=sitting.officer.headers
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_person")


async def test_keys_are_walled_off_in_the_database_too(http, world, services):
    from schoolgroup.kernel.context import Actor, ActorKind

    sitting = await set_up(http, world, ("甲校",))
    assert (await put_paper(http, sitting, sitting.officer)).status_code == 200

    async def keys_seen(**who):
        actor = Actor(kind=ActorKind.PERSON, group_id=world.group_id, **who)
        policy = await services.policies.reload(world.group_id)
        async with services.db.pool.acquire() as connection, connection.transaction():
            context, mac = services.db._sign(actor, policy)
            await connection.execute(
                "SELECT set_config('app.context', $1, true), set_config('app.mac', $2, true)",
                context,
                mac,
            )
            return await connection.fetchval("SELECT count(*) FROM paper_key")

    school = sitting.schools["甲校"].id
    assert await keys_seen(role="principal", tier="integrated", school_id=school) == 0
    assert await keys_seen(role="evaluation_officer", tier="office") == 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"items": [*ITEMS, ITEMS[0]]}, "label_twice"),
        ({"items": ITEMS, "choices": []}, "unknown_choice"),
        ({"items": ITEMS[:4]}, "nothing_to_choose"),
        ({"items": [*ITEMS[:4], {**ITEMS[4], "max_marks": 12}]}, "unequal"),
        ({"items": [{**ITEMS[0], "key": None}], "choices": []}, "key_missing"),
        ({"items": [{**ITEMS[0], "kind": "subjective"}], "choices": []}, "key_of_subjective"),
        ({"items": [{**ITEMS[2], "step": 1.5}], "choices": []}, "wrong_step"),
        ({"items": [{**ITEMS[0], "label": "status"}], "choices": []}, "label_taken"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
async def test_a_paper_that_contradicts_itself_is_refused(http, world, change, code):
    sitting = await set_up(http, world, ("甲校",))
    refused = await put_paper(http, sitting, sitting.officer, {**WHOLE, **change})
    assert (refused.status_code, refused.json()["code"]) == (422, "paper_invalid")
    assert code in [e["code"] for e in refused.json()["errors"]]


async def test_the_blueprint_is_checked_cell_by_cell(http, world):
    sitting = await set_up(http, world, ("甲校",))
    await put_paper(http, sitting, sitting.officer)
    plan = [("方程", "识记", 5), ("函数", "理解", 6), ("方程", "应用", 4), ("几何", "应用", 5),
            ("概率", "应用", 5)]  # fmt: skip

    async def planned(cells):
        body = {"cells": [{"knowledge_point": k, "ability": a, "marks": m} for k, a, m in cells]}
        answer = await http.put(
            f"{sitting.path}/paper/blueprint", json=body, headers=sitting.officer.headers
        )
        assert answer.status_code == 200, answer.text
        return answer.json()["blueprint"]

    whole = await planned(plan)
    assert whole["fits"]
    # one of two tens: half of each counts; (5·90 + 6·60 + 4·50 + 5·40 + 5·60) / 25 = 60.4
    assert whole["expected_percent"] == 60.4
    assert whole["marks_by_ability"] == {"识记": 5, "理解": 6, "应用": 14}
    assert whole["marks_by_knowledge_point"]["方程"] == 9
    other = await planned([("方程", "识记", 6), *plan[1:4]])
    wrong = {(c["knowledge_point"], c["ability"]): c for c in other["cells"] if not c["fits"]}
    assert set(wrong) == {("方程", "识记"), ("概率", "应用")}
    assert wrong["概率", "应用"]["planned_marks"] is None
    twice = await http.put(
        f"{sitting.path}/paper/blueprint",
        json={"cells": [{"knowledge_point": "x", "ability": "y", "marks": 1}] * 2},
        headers=sitting.officer.headers,
    )
    assert twice.status_code == 422


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
async def test_the_item_table_comes_back_as_it_was(http, world, file_format):
    sitting = await set_up(http, world, ("甲校",))
    before = (await put_paper(http, sitting, sitting.officer)).json()
    path, headers = f"{sitting.path}/paper", sitting.officer.headers
    file = await http.get(f"{path}/export?format={file_format}", headers=headers)
    dry = await http.post(f"{path}/import?dry_run=true", content=file.content, headers=headers)
    assert (dry.status_code, dry.json()["version"], dry.json()["items"]) == (200, 2, 5), dry.text
    taken = await http.post(f"{path}/import", content=file.content, headers=headers)
    assert (taken.json()["version"], taken.json()["full_marks"]) == (3, 25)
    after = (await http.get(path, headers=headers)).json()
    assert after["items"] == before["items"]
    assert after["choices"] == before["choices"]
    assert [v["version"] for v in after["versions"]] == [1, 2, 3]


async def test_every_problem_of_an_item_table_is_named_at_once(http, world):
    sitting = await set_up(http, world, ("甲校",))
    table = write_xlsx(
        "试卷",
        ["题号", "满分", "题型", "答案", "给分规则", "预估难度"],
        [["1", "５", "客观", "ｂ", "", "80"], ["2", "很多", "", "", "", ""],
         ["3", "4", "主客观", "", "", "120"], ["4", "4", "客观", "12", "猜", ""]],
    )  # fmt: skip
    refused = await http.post(
        f"{sitting.path}/paper/import", content=table, headers=sitting.officer.headers
    )
    assert refused.status_code == 422
    found = [(e["pointer"], e["code"]) for e in refused.json()["errors"]]
    assert found == [
        ("/3/max_marks", "marks"),
        ("/4/kind", "kind_unknown"),
        ("/4/target_percent", "percent"),
        ("/5/key_rule", "key_rule_unknown"),
    ]
    assert all(e["remedy"] for e in refused.json()["errors"])


async def test_once_results_are_in_the_paper_is_fixed(http, world):
    sitting = await set_up(http, world, ("甲校",))
    await put_paper(http, sitting, sitting.officer)
    code = sitting.schools["甲校"].code
    header = "school_code,exam_number,class,status,1,2,3(1),22,23"
    marks = rows(code, [",5,6,4,8,", ",5,6,4,,9", ",5,6,4,7,9"])
    wrong = "\n".join([header, f"{code},9,1,,5,6,3.5,8,"]).encode()
    refused = await send(http, sitting, wrong)
    assert [e["code"] for e in refused.json()["errors"]] == ["wrong_step"]  # 3(1) goes in ones
    taken = await send(http, sitting, "\n".join([header, *marks]).encode())
    assert taken.status_code == 200, taken.text
    stored = await world.sql.fetch(
        """SELECT item_half_marks, left_out FROM exam_score s
             JOIN exam_candidate c ON c.id = s.candidate_id ORDER BY c.exam_number"""
    )
    assert [tuple(r["item_half_marks"])[3:] for r in stored] == [(16, 0), (0, 18), (14, 0)]
    assert [list(r["left_out"]) for r in stored] == [[5], [4], [5]]
    fixed = await put_paper(http, sitting, sitting.officer, version=2)
    assert (fixed.status_code, fixed.json()["code"]) == (409, "paper_fixed")
    await freeze(http, sitting)
