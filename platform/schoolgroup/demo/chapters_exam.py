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
    exam = await officer.post("/v1/exams", exam_of("junior", 9, "mock", items))
    path = f"/v1/exams/{exam['id']}"
    await officer.post(f"{path}/invite", {"all": True})
    accepted = 0
    for row in roster.principals():
        principal = stage.people.get(row.username)
        if principal and "accept" in (await principal.get(path))["actions"]:
            await principal.post(f"{path}/accept")
            accepted += 1
    stage.tell(f"invited: integrated schools take part, {accepted} partner schools accepted")
    scores = f"{path}/scores?subject={SUBJECT}"
    await officer.send_file(f"{scores}&dry_run=true", responses, CSV)
    taken = await officer.send_file(scores, responses, CSV)
    stage.tell(
        f"{taken['present']} present, {taken['absent']} absent, of {taken['schools']} schools"
    )
    frozen = await officer.post(f"{path}/freeze")
    stage.tell(f"frozen as snapshot {frozen['snapshot_sha256'][:16]}…")
    ranks = await officer.refused(
        "POST", f"{path}/releases", 403, json={"contents": ["figures", "ranks"]}
    )
    stage.tell(f"a release with ranks: {ranks['code']}: {quoted(ranks)}")
    release = await officer.post(f"{path}/releases", {})
    stage.figure("candidates present", taken["present"])
    stage.figure("candidates absent (not zero)", taken["absent"])
    stage.figure("schools", taken["schools"])
    await show_the_release(stage, release)


def item_labels(responses: bytes) -> list[str]:
    """The items of a file of responses: every column after the fixed ones."""
    header = next(csv.reader(io.StringIO(responses.decode("utf-8-sig"))))
    return [name for name in header if name not in FIXED_COLUMNS]


def exam_of(stage: str, grade: int, purpose: str, items: list[str]) -> dict[str, Any]:
    """An exam of one subject whose items count one mark each."""
    return {
        "title": roster.EXAM_NAME,
        "stage": stage,
        "grade": grade,
        "purpose": purpose,
        "term_last": True,
        "subjects": [
            {"subject": SUBJECT, "items": [{"label": label, "max_marks": 1} for label in items]}
        ],
    }


def quoted(refusal: Any) -> str:
    """The article a refusal by law quotes."""
    law = refusal["law"]
    return f"《{law['title']['zh']}》{law['place']['zh']}：{refusal['article']['zh']}"


async def refuse_the_forbidden(stage: Stage, items: list[str]) -> None:
    """What the law forbids cannot be created, whatever the role; the article is quoted."""
    codes = set()
    for what, exam in (
        ("a joint exam of grade 4", exam_of("primary", 4, "mock", items)),
        ("an exam to place pupils in classes", exam_of("junior", 9, "placement", items)),
    ):
        refusal = await stage[Part.EVALUATION_OFFICER].refused("POST", "/v1/exams", 403, json=exam)
        stage.tell(f"{what}: {refusal['code']}: {quoted(refusal)}")
        codes.add(refusal["code"])
    stage.figure("exams the law forbids: refused", ", ".join(codes))


async def show_the_release(stage: Stage, release: Any) -> None:
    """A school sees itself and anonymous others; a stranger sees nothing; anyone may recompute."""
    path = f"/v1/releases/{release['id']}"
    seen = await stage[Part.EXAM_SCHOOL].get(path)
    own = seen["own"][0]["figures"]
    mine = stage.school_of(Part.EXAM_SCHOOL)["id"]
    others = [s for s in stage.schools.values() if s["id"] != mine]
    shown = str(seen)
    expect(not any(s["name"] in shown or s["id"] in shown for s in others), "others are anonymous")
    hidden = sum(peer["figures"]["suppressed"] for peer in seen["others"])
    await stage[Part.STRANGER].refused("GET", path, 404)
    verified = await stage[Part.EVALUATION_OFFICER].get(f"{path}/verify")
    expect(verified["equal"], "the release recomputes to the same figures")
    group = seen["group"][0]["figures"]["figures"]
    stage.tell(f"a school sees itself and {len(seen['others'])} anonymous others, {hidden} hidden")
    stage.tell("a person of another group asks for the release: 404")
    stage.figure("mean of all (of 20)", f"{group['mean']:.3f}")
    stage.figure("Cronbach's alpha", f"{group['alpha']:.4f}")
    stage.figure("one school: present, mean", f"{own['n_present']}, {own['mean']:.2f}")
    stage.figure("anonymous others, of them hidden (small)", f"{len(seen['others'])}, {hidden}")
    stage.figure("figures recomputed from the snapshot", verified["figures_checked"])
