"""The chapter of the joint exam: import, freeze, release; who sees what, what the law refuses."""

import csv
import io
from typing import Any

from schoolgroup.demo import roster
from schoolgroup.demo.chapters import CSV
from schoolgroup.demo.roster import Part
from schoolgroup.demo.stage import Stage, expect

SUBJECT = "science"
FIXED_COLUMNS = ("school_code", "exam_number", "class", "status")


async def run_the_exam(stage: Stage) -> None:
    """A mock exam of the graduating grade over all schools, on real item responses."""
    officer = stage[Part.EVALUATION_OFFICER]
    responses: bytes = stage.made["exam responses"] or roster.exam_csv()
    items = item_labels(responses)
    await refuse_the_forbidden(stage, items)
    exam = await officer.post("/v1/exams", exam_of("junior", "grade_9", "mock", items))
    path = f"/v1/exams/{exam['id']}"
    await officer.post(f"{path}/invite", {"all": True})
    for row in roster.principals():
        principal = stage.people.get(row.username)
        if principal is None:
            continue
        shown = await principal.get(path)
        if "accept" in shown["actions"]:
            await principal.post(f"{path}/accept")
    scores = f"{path}/scores?subject={SUBJECT}"
    await officer.send_file(f"{scores}&dry_run=true", responses, CSV)
    taken = await officer.send_file(scores, responses, CSV)
    stage.tell(f"{taken['rows']} candidates of {taken['schools']} schools imported")
    frozen = await officer.post(f"{path}/freeze")
    stage.tell(f"frozen as snapshot {frozen['snapshot_sha256'][:16]}…")
    release = await officer.post(f"{path}/releases", {})
    await show_the_release(stage, release, taken)


def item_labels(responses: bytes) -> list[str]:
    """The items of a file of responses: every column after the fixed ones."""
    header = next(csv.reader(io.StringIO(responses.decode("utf-8-sig"))))
    return [name for name in header if name not in FIXED_COLUMNS]


def exam_of(stage: str, grade: str, purpose: str, items: list[str]) -> dict[str, Any]:
    """An exam of one subject whose items count one mark each."""
    return {
        "title": roster.EXAM_NAME,
        "stage": stage,
        "grade": grade,
        "purpose": purpose,
        "last_term": True,
        "subjects": [
            {"subject": SUBJECT, "items": [{"label": label, "max_marks": 1} for label in items]}
        ],
    }


async def refuse_the_forbidden(stage: Stage, items: list[str]) -> None:
    """What the law forbids cannot be created, whatever the role; the article is quoted."""
    refusal = await stage[Part.EVALUATION_OFFICER].refused(
        "POST", "/v1/exams", 403, json=exam_of("primary", "grade_4", "mock", items)
    )
    stage.tell(f"a joint exam of grade 4: {refusal['code']}: {refusal['article']['zh']}")
    stage.made["forbidden"] = refusal["code"]


async def show_the_release(stage: Stage, release: Any, taken: Any) -> None:
    """A school sees itself and anonymous others; a stranger sees nothing."""
    path = f"/v1/releases/{release['id']}"
    seen = await stage[Part.EXAM_SCHOOL].get(path)
    own, others = seen["own"], seen["others"]
    names = [school["name"] for school in stage.schools.values()]
    text = str(others)
    expect(not any(name in text for name in names), "no other school is named")
    await stage[Part.STRANGER].refused("GET", path, 404)
    small = await stage[Part.SMALL_SCHOOL].get(path)
    verified = await stage[Part.EVALUATION_OFFICER].get(f"{path}/verify")
    expect(verified["equal"], "the release recomputes to the same figures")
    stage.made["release"] = {"own": own, "small": small}
    stage.figure("candidates imported", taken["rows"])
    stage.figure("schools", taken["schools"])
    stage.figure("forbidden exam refused", stage.made["forbidden"])
