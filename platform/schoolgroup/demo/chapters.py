"""The chapters of the demo: each drives the API as its people would, and keeps its figures."""

import asyncio
import csv
import hashlib
import io
from datetime import UTC, datetime, timedelta
from typing import Any

from schoolgroup.demo import files, roster
from schoolgroup.demo.looking import look_at_the_lesson
from schoolgroup.demo.roster import Part
from schoolgroup.demo.stage import Stage, expect

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
SEATS = 5


async def found_the_group(stage: Stage) -> None:
    """The administrator imports schools, staff and the circle, and hands out first passwords."""
    founder = stage.founders[stage.group]
    for kind, content, media_type in (
        ("schools", roster.schools_xlsx(), XLSX),
        ("staff", roster.staff_csv(), CSV),
        ("circles", roster.circles_csv(), CSV),
    ):
        path = f"/v1/directory/import?kind={kind}"
        checked = await founder.send_file(f"{path}&dry_run=true", content, media_type)
        taken = await founder.send_file(path, content, media_type)
        expect(checked["rows"] == taken["rows"], f"the dry run of {kind} saw the same rows")
        stage.tell(f"{kind}: {taken['rows']} rows read, {taken['created']} made")

    await give_passwords(stage)
    admin = stage[Part.GROUP_ADMIN]
    stage.schools = {school["code"]: school for school in await admin.all("/v1/schools")}
    await sign_an_agreement(stage)

    group = await admin.get("/v1/group")
    stage.figure("integrated schools (一体化成员校)", group["schools_integrated"])
    stage.figure("partner schools (紧密校)", group["schools_partner"])
    stage.figure("people, the founder included", len(await admin.all("/v1/people")))
    stage.figure("circles", len(await admin.all("/v1/circles")))
    agreements = await admin.all("/v1/agreements")
    stage.figure("agreements in force", sum(a["status"] == "in_force" for a in agreements))
    expect(group["schools_integrated"] == 19, "19 integrated schools")
    expect(group["schools_partner"] == 16, "16 partner schools")


async def give_passwords(stage: Stage) -> None:
    """One-time passwords for whoever plays today; each person then chooses an own one."""
    cast = {roster.DEMO_PEOPLE[part] for part in Part}
    cast |= {row.username for row in roster.principals()}  # they answer, accept, report, sign
    neighbours = {row.username for row in roster.neighbour_staff()}
    other_founder = stage.founders[stage.other_group]
    for kind, content in (
        ("schools", roster.neighbour_schools_csv()),
        ("staff", roster.neighbour_staff_csv()),
    ):
        await other_founder.send_file(f"/v1/directory/import?kind={kind}", content, CSV)
    for group, names in (
        (stage.group, cast - neighbours),
        (stage.other_group, cast & neighbours),
    ):
        given = await stage.founders[group].post(
            "/v1/people/initial-passwords", {"usernames": sorted(names)}
        )
        await asyncio.gather(
            *(stage.sign_in(item["username"], group, item["password"]) for item in given["items"])
        )
    stage.tell(f"{len(stage.people)} people signed in and chose a password of their own")


async def sign_an_agreement(stage: Stage) -> None:
    """One school's principal proposes, the other's signs: only then it is in force."""
    row = next(csv.DictReader(io.StringIO(roster.agreement_csv().decode())))
    owner, grantee = stage[Part.OWNER_PRINCIPAL], stage[Part.GRANTEE_PRINCIPAL]
    proposed = await owner.post(
        "/v1/agreements",
        {
            "owner_school_id": stage.schools[row["owner_school_code"]]["id"],
            "grantee_school_id": stage.schools[row["grantee_school_code"]]["id"],
            "kinds": row["kinds"].split(";"),
            "from_on": row["from_on"],
            "until_on": row["until_on"],
        },
    )
    for signer in (owner, grantee):
        shown = await signer.get(f"/v1/agreements/{proposed['id']}")
        if "sign" in shown["actions"]:
            await signer.post(f"/v1/agreements/{proposed['id']}/sign")
    shown = await owner.get(f"/v1/agreements/{proposed['id']}")
    expect(shown["status"] == "in_force", "both principals signed")
    stage.tell("agreement signed by both principals")


async def deposit_the_lesson(stage: Stage) -> None:
    """Four real files go straight to the store; the server acknowledges what it verified."""
    teacher = stage[Part.DEPOSITOR]
    uploads: list[Any] = []
    lesson_files = files.lesson_files(stage.folder)
    for file in lesson_files:
        done = await teacher.deposit(file)
        expect(done["receipt"]["sha256"] == file.sha256, f"{file.filename} arrived unchanged")
        uploads.append(done)
        stage.tell(f"{file.filename}: {file.size_bytes:,} bytes in {done['part_count']} part(s)")
    lesson = files.LESSON
    draft = await teacher.post(
        "/v1/resources",
        {
            "title": lesson.title,
            "summary": lesson.summary,
            "kind": lesson.kind,
            "stage": lesson.stage,
            "subject": lesson.subject,
            "edition": lesson.edition,
            "grade": lesson.grade,
            "volume": lesson.volume,
            "chapter": list(lesson.chapter),
            "keywords": list(lesson.keywords),
            "licence": "cc_by_nc",
            "language": "zh-CN",
            "files": [
                {"upload_id": upload["id"], "file_name": file.filename}
                for upload, file in zip(uploads, lesson_files, strict=True)
            ],
        },
    )
    borrower = stage[Part.BORROWER_1]
    await borrower.refused("GET", f"/v1/resources/{draft['id']}", 404)
    published = await teacher.post(f"/v1/resources/{draft['id']}/publish")
    expect(published["status"] == "published", "the lesson is published")
    audience = {"discover": True, "borrow": True, "adapt": False}
    offer = await teacher.post(
        f"/v1/resources/{draft['id']}/offers",
        {
            "audiences": [{"kind": "group", **audience}],
            "seats": SEATS,
            "loan_days": 14,
            "renewals_max": 1,
            "pickup_hours": 48,
            "guaranteed_days": 3,
        },
    )
    found = await borrower.all("/v1/resources", q="分数")
    expect([r["id"] for r in found] == [draft["id"]], "another school finds it by 分数")
    stage.made |= {"resource": published, "offer": offer, "files": lesson_files}
    sizes = [upload["receipt"]["size_bytes"] for upload in uploads]
    stage.figure("files verified by their SHA-256", len(sizes))
    stage.figure("bytes kept", f"{sum(sizes):,}")
    stage.figure("parts of the largest file", max(u["part_count"] for u in uploads))
    stage.figure("seats offered", offer["seats"])


async def lend_the_lesson(stage: Stage) -> None:
    """Four loans, a refusal with its remedy, the last seat, a hold; a return moves the queue."""
    offer_id = stage.made["offer"]["id"]
    path = f"/v1/offers/{offer_id}/borrow"
    await look_at_the_lesson(stage)
    loans: dict[Part, Any] = {}
    for part in (Part.BORROWER_1, Part.BORROWER_2, Part.BORROWER_3, Part.BORROWER_4):
        answer = await stage[part].post(path, {}, expect=201)
        loans[part] = answer["loan"]
        stage.tell(f"{stage.school_of(part)['name']}: loan until {answer['loan']['ends_at']}")
    refusal = await stage[Part.REFUSED].refused("POST", path, 403, json={})
    stage.tell(f"{stage.school_of(Part.REFUSED)['name']}: {refusal['code']}: {refusal['detail']}")
    stage.tell(f"  what to do: {refusal['remedy']}")
    expect(refusal["remedy"], "the refusal says what to do")
    last = await stage[Part.LAST_SEAT].post(path, {}, expect=201)
    loans[Part.LAST_SEAT] = last["loan"]
    stage.tell(f"{stage.school_of(Part.LAST_SEAT)['name']}: the last seat, by its agreement")
    queued = await stage[Part.IN_QUEUE].post(path, {}, expect=202)
    hold = queued["hold"]
    expect(hold["place"] == 1, "the next one is first in the queue")
    stage.tell(f"{stage.school_of(Part.IN_QUEUE)['name']}: hold, place {hold['place']}")

    fetched = await fetch_all_files(stage, Part.BORROWER_1, loans[Part.BORROWER_1])
    returned = await stage[Part.BORROWER_1].post(f"/v1/loans/{loans[Part.BORROWER_1]['id']}/return")
    expect(returned["status"] == "returned", "the loan is returned")
    dead = await stage[Part.BORROWER_1].refused("GET", fetched["path"], 410)
    stage.tell(f"after the return the same link answers: {dead['code']}")
    ready = await stage[Part.IN_QUEUE].get(f"/v1/holds/{hold['id']}")
    expect(ready["status"] == "ready", "the seat went to the head of the queue")
    await stage[Part.IN_QUEUE].post(path, {}, expect=201)

    librarian = stage[Part.OWNER_LIBRARIAN]
    shown = await librarian.get(f"/v1/offers/{offer_id}")
    lent = await librarian.all("/v1/loans", offer_id=offer_id)
    stage.figure("loans now running", sum(loan["status"] == "active" for loan in lent))
    stage.figure("loans returned", sum(loan["status"] == "returned" for loan in lent))
    stage.figure(
        "seats lent, free, holds waiting", f"{shown['lent']}, {shown['free']}, {shown['waiting']}"
    )
    stage.figure("refused for want of an agreement", refusal["code"])
    stage.figure("files fetched byte-identical", fetched["count"])
    expect((shown["lent"], shown["free"]) == (SEATS, 0), "all five seats are lent again")


async def fetch_all_files(stage: Stage, part: Part, loan: Any) -> dict[str, Any]:
    """Fetch every file of a loan through its links; each must be the deposited bytes."""
    borrower = stage[part]
    known = {file.filename: file.sha256 for file in stage.made["files"]}
    listed = (await borrower.get(f"/v1/loans/{loan['id']}/files"))["items"]
    path = ""
    for item in listed:
        path = f"/v1/loans/{loan['id']}/files/{item['no']}"
        link = await borrower.ask("GET", path, expect=307, follow_redirects=False)
        bytes_back = await stage.http.get(link.headers["location"])
        digest = hashlib.sha256(bytes_back.content).hexdigest()
        expect(digest == known[item["file_name"]], f"{item['file_name']} came back unchanged")
    return {"count": len(listed), "path": path}


async def collect_the_return(stage: Stage) -> None:
    """The office asks all schools; some answer; the completion rate is what the rows say."""
    admin = stage[Part.GROUP_ADMIN]
    form = await admin.post(
        "/v1/forms",
        {
            "title": {"en": "Lesson sharing this month", "zh": "本月课程资源共享情况"},
            "fields": [
                {
                    "code": "lessons_shared",
                    "label": {"en": "Lessons shared", "zh": "共享课数"},
                    "type": "integer",
                    "min": 0,
                    "max": 1000,
                    "required": True,
                },
                {
                    "code": "teachers_taking_part",
                    "label": {"en": "Teachers taking part", "zh": "参与教师数"},
                    "type": "integer",
                    "min": 0,
                    "max": 5000,
                    "required": True,
                },
            ],
        },
    )
    now = datetime.now(UTC)
    call = await admin.post(
        "/v1/calls",
        {
            "form_id": form["id"],
            "period": f"{now:%Y-%m}",
            "title": "本月课程资源共享情况",
            "all": True,
            "due_at": (now + timedelta(days=7)).isoformat(),
            "closes_at": (now + timedelta(days=10)).isoformat(),
        },
    )
    path = f"/v1/calls/{call['id']}/return"
    answering = roster.answering_principals()
    for number, row in enumerate(answering):
        principal = stage.people[row.username]
        saved = await principal.ask(
            "PUT",
            path,
            json={
                "values": {"lessons_shared": 3 + number, "teachers_taking_part": 10 + 2 * number}
            },
            headers={"If-None-Match": "*"},
        )
        await principal.post(f"{path}/submit", headers={"If-Match": saved.headers["etag"]})
    complete = await admin.get(f"/v1/calls/{call['id']}/completeness")
    expect(complete["expected"] == len(stage.schools), "every school was asked")
    expect(complete["answered"] == len(answering), "what was answered is counted")
    stage.figure("schools asked", complete["expected"])
    stage.figure("returns submitted", complete["answered"])
    stage.figure("completion rate", f"{100 * complete['completion_rate']:.1f} %")
    stage.figure("schools still missing", len(complete["missing"]))
    stage.tell(f"{complete['answered']} of {complete['expected']} schools answered")


async def verify_the_trail(stage: Stage) -> None:
    """The audit trail's chains are recomputed; a refusal stands in it like a deed."""
    admin = stage[Part.GROUP_ADMIN]
    verified = await admin.get("/v1/audit/verify")
    expect(verified["intact"], "every chain of the audit trail is whole")
    stage.figure("audit chains", len(verified["chains"]))
    stage.figure("audit entries, every hash recomputed", verified["entries"])
