"""One of each thing in a group, made through the API, for the tests that walk every route."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec

from schoolgroup.kernel.ids import new_id
from schoolgroup.services import Services
from tests.evaluation.appraisals import season as appraisals
from tests.evaluation.marking import room as marking
from tests.evaluation.sittings import Sitting, released, set_up
from tests.management.returns.desk import Desk
from tests.people import THERE, Person, School, World
from tests.resources.lending.shelf import Shelf, agree, borrow, shelve

IDS_OF_A_GROUP = """
SELECT table_name FROM information_schema.columns c
 WHERE table_schema = 'public' AND column_name IN ('id', 'group_id') AND data_type = 'uuid'
   AND table_name <> 'education_group'
 GROUP BY table_name HAVING count(*) = 2
"""
NAMES_OF_A_GROUP = """
SELECT name FROM school WHERE group_id = $1 UNION SELECT username FROM person WHERE group_id = $1
UNION SELECT title FROM resource WHERE group_id = $1
UNION SELECT title FROM exam WHERE group_id = $1
UNION SELECT title FROM return_call WHERE group_id = $1
UNION SELECT title FROM activity WHERE group_id = $1
UNION SELECT title FROM bulletin WHERE group_id = $1
UNION SELECT title FROM bulletin_article WHERE group_id = $1
UNION SELECT title FROM resource_list WHERE group_id = $1
UNION SELECT title FROM ledger_item WHERE group_id = $1
UNION SELECT title FROM initiative WHERE group_id = $1
UNION SELECT title FROM inspection_round WHERE group_id = $1
UNION SELECT title FROM list_entry WHERE group_id = $1
UNION SELECT barcode FROM item WHERE group_id = $1 UNION SELECT name FROM place WHERE group_id = $1
UNION SELECT name FROM circle WHERE group_id = $1 UNION SELECT name FROM client WHERE group_id = $1
"""


class Group(msgspec.Struct):
    """A populated group: an existing id for every path parameter, and people of each role."""

    group_id: UUID
    ids: dict[str, Any]
    bodies: dict[str, Any]
    people: dict[str, Person]
    all_ids: set[str]
    names: set[str]


async def make(http: httpx.AsyncClient, who: Person, path: str, body: Any) -> dict[str, Any]:
    answer = await http.post(path, json=body, headers=who.headers)
    assert answer.status_code in (200, 201, 202), f"{path}: {answer.text}"
    made: dict[str, Any] = answer.json()
    return made


async def populate(http: httpx.AsyncClient, world: World, services: Services) -> Group:
    """A group with schools, people, a lent resource, a released exam, a call that was answered."""
    ids: dict[str, Any] = {
        "no": 1,
        "other_no": 1,
        "field_code": "lessons",
        "number": 1,
        "version": 1,
    }
    bodies: dict[str, Any] = {}
    office = await world.person(None, "group_admin")

    shelf = await shelve(world, services)
    offer = await shelf.offer(http)
    readers = [await world.person(await world.school(f"借阅{n}校"), "teacher") for n in (1, 2)]
    lent = (await borrow(http, offer, readers[0])).json()
    queued = (await borrow(http, offer, readers[1])).json()
    ids |= {"resource_id": str(shelf.resource_id), "offer_id": offer["id"]}
    ids |= {"loan_id": lent["loan"]["id"], "hold_id": queued["hold"]["id"]}
    asking = await shelf.offer(http, asks_owner=True)
    ids["ask_id"] = (await borrow(http, asking, readers[1])).json()["ask"]["id"]
    rule = await make(http, office, "/v1/lending-rules", {"loan_days_max": 9, "because": "x"})
    ids["rule_id"] = rule["id"]
    bodies |= {"recallLoan": {"because": "x"}, "pauseHold": {}, "agreeToAsk": {}}
    bodies |= {
        "declineAsk": {"because": "x"},
        "reorderQueue": {"hold_ids": [ids["hold_id"]], "because": "x"},
        "changeLendingRule": {"loan_days_max": 8},
    }
    rule = {"because": "课标要求", "tier": "partner", "loan_days_max": 7}
    ids["rule_id"] = (await make(http, office, "/v1/lending-rules", rule))["id"]
    asking = await shelf.offer(http, asks_owner=True, ask_hours=24)
    asker = await world.person(await world.school("申请校"), "teacher")
    ids["ask_id"] = (await borrow(http, asking, asker)).json()["ask"]["id"]
    wish = {"file_name": "课件.pptx", "size_bytes": 3, "media_type": "text/plain"}
    wish["sha256"] = "ab" * 32
    ids["upload_id"] = (await make(http, shelf.author, "/v1/uploads", wish))["id"]
    bodies |= {"open_upload": wish, "borrow": {}, "revokeLoan": {"because": "x"}}
    bodies |= {"adapt_resource": {}}

    sitting = await set_up(http, world)
    results = await released(
        http,
        sitting,
        {name: 30 for name in sitting.schools},
        appeals_until_at=(datetime.now(UTC) + timedelta(days=30)).isoformat(),
    )
    name, school = next(iter(sitting.schools.items()))
    doubt = {
        "subject": "数学",
        "exam_number": f"{school.code}0001",
        "kind": "re_mark",
        "reason": "步骤分",
    }
    appeal = await http.post(
        f"/v1/releases/{results['id']}/appeals",
        json=doubt,
        headers=sitting.principals[name].headers,
    )
    assert appeal.status_code == 201, appeal.text
    ids["appeal_id"] = appeal.json()["id"]
    bodies |= {
        "lodgeAppeal": doubt,
        "decideAppeal": {"uphold": False, "because": "复核无误"},
        "refreezeExam": {"because": "复核"},
        "sendSums": {"school_code": school.code, "subject": "数学", "totals": []},
    }
    ids |= {"exam_id": sitting.exam["id"], "release_id": results["id"]}
    bodies |= {"cancelExam": {"because": "x"}, "withdrawRelease": {"because": "x"}}
    bodies |= {"inviteToExam": {"all": True}, "releaseResults": {}}
    question = {"method": "items", "subject": "数学"}
    bodies |= {"analyseExam": question, "analyseRelease": question}

    ids |= await marking.things(http, world, ids["upload_id"])
    bodies |= marking.BODIES
    ids |= await appraisals.things(http, world)
    bodies |= appraisals.bodies(ids)

    ids |= await a_register(http, world, sitting)
    bodies |= exam_bodies(ids, sitting)
    desk = Desk(http, world, office)
    # the school of the upload answers, so that a file of a return is one school's
    desk.schools = [shelf.school]
    desk.principals = [await world.person(shelf.school, "principal")]
    call = await desk.call()
    answered = await desk.answer(desk.principals[0], call)
    ids |= {"form_id": call["form_id"], "call_id": call["id"], "return_id": answered["id"]}
    asked = ("form_id", "period", "title", "due_at", "closes_at")
    bodies |= {
        "reviseCall": {**{name: call[name] for name in asked}, "all": True},
        "saveReturn": {"values": {"lessons": 1}},
        "acceptReturn": {"version_no": 1},
        "sendReturnBack": {"fields": ["lessons"], "because": "x"},
    }

    activity = {
        "kind": "visit",
        "title": "走进实验室",
        "held_on": "2026-09-01",
        "place_name": "科技馆",
    }
    ids["activity_id"] = (await make(http, office, "/v1/activities", activity))["id"]
    bodies |= {"enterActivity": {**activity, "title": "另一次"}, "cancelActivity": {"because": "x"}}
    ids |= await a_bulletin(http, world, office, desk.principals[0])
    bodies["takeArticle"] = {"bulletin_id": ids["bulletin_id"]}
    bodies |= {"correctBulletin": {"changed": "x"}, "declineArticle": {"because": "x"}}
    bodies["changeBulletin"] = {"title": "改名"}
    ids |= await a_loop(http, world, office, desk.principals[0])
    bodies |= LOOP_BODIES
    bodies["reportLedgerItem"] = {"note": "x", "evidence": [{"text": "x"}]}
    bodies["planSpotDraw"] = bodies["assignTeams"] = {"planned_on": "2100-01-01"}
    bodies["setLedgerTarget"] = {"completion": 0.8, "by_on": "2100-01-01", "because": "x"}
    bodies["changeInitiative"] = {"title": "改名", "from_on": "2026-01-01"}
    bodies["addTeam"] = {"name": "x", "members": [{"person_id": ids["form_id"]}]}
    bodies["excuseSchool"] = {"school_id": ids["form_id"], "because": "x"}
    bodies["openLedgerItem"] = {"title": "x", "category": "safety", "due_on": "2100-01-01"}

    bodies["set_preview_rule"] = {"pages_max": 1}
    ids["job_id"] = await a_failed_job(world)

    circle = await make(http, office, "/v1/circles", {"name": "数学教研圈子"})
    scopes = {"name": "成绩系统", "scopes": ["directory:read"], "school_id": str(shelf.school.id)}
    client = await make(http, office, "/v1/clients", scopes)
    ids |= {"circle_id": circle["id"], "client_id": client["id"]}
    ids |= await a_webhook(http, world, office, client["id"])
    bodies |= {
        "addWebhookEndpoint": {"url": "https://8.8.8.8/hook", "client_id": client["id"]},
        "changeWebhookEndpoint": {"description": "x"},
        "rotateWebhookSecret": {},
        "replayWebhookEndpoint": {"after": "2026-01-01T00:00:00Z"},
    }
    known = await make(http, office, f"/v1/clients/{client['id']}/keys", {"jwk": PUBLIC_KEY})
    ids["key_id"] = known["keys"][0]["id"]
    bodies |= {"changeClient": {"name": "改名"}, "rotateClientSecret": {}}
    provider = {"issuer": "http://127.0.0.1:1", "client_id": "x", "redirect_uris": ["http://x.cn"]}
    bodies |= {"setIdentityProvider": provider}
    bodies |= {"addClientKey": {"jwk": PUBLIC_KEY}, "limitClient": {"requests_per_minute": 60}}
    bodies |= {"changeCircle": {"name": "改名"}}

    reader = readers[0]
    ids |= {"school_id": str(reader.school_id), "person_id": str(reader.id)}
    ids |= {"appointment_id": str(reader.appointment_id), "session_id": str(reader.session_id)}
    tiers = f"/v1/schools/{reader.school_id}/tiers"
    ids["tier_id"] = (await http.get(tiers, headers=office.headers)).json()["items"][0]["id"]
    later = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    bodies |= {
        "changeSchool": {"name": "改名"},
        "setSchoolTier": {"tier": "partner", "from_on": later},
        "changePerson": {"name": "改名"},
        "endAppointment": {"until_on": later},
        "appointPerson": {"role": "teacher", "from_on": later, "school_id": ids["school_id"]},
    }

    search = {"name": "分数课件", "wanted": {"q": "分数"}}
    bodies |= {
        "save_search": {"name": "圆", "wanted": {"q": "圆"}},
        "change_saved_search": {"name": "改名"},
        "look_at_saved_search": {"until": later + "T00:00:00Z"},
    }
    kept = await make(http, shelf.author, "/v1/saved-searches", search)
    ids["search_id"] = kept["id"]
    ids |= await a_list(http, shelf.librarian, readers[0])
    bodies |= {
        "changeList": {"title": "改名"},
        "beginEdition": {"school_year": 2030},
        "orderEntries": {"entry_ids": [ids["entry_id"]]},
        "addEntry": {"target": "book", "title": "西游记"},
        "changeEntry": {"note": "x"},
        "suggestEntry": {"entry": {"target": "book", "title": "西游记"}, "because": "x"},
        "acceptSuggestion": {"because": "x"},
        "declineSuggestion": {"because": "x"},
    }
    ids |= await a_thing_and_a_place(http, shelf, readers[0])
    code = await world.sql.fetchval("SELECT barcode FROM item ORDER BY id LIMIT 1")
    bodies |= {
        "enterItems": {"resource_id": ids["resource_id"], "count": 1, "home_location": "x"},
        "changeItem": {"pieces": 2},
        "markItem": {"step": "repair", "because": "x"},
        "scanItem": {"barcode": code},
        "beginHandover": {"barcode": code},
        **{name: {"barcode": code} for name in ("handOver", "sendItem", "deliverItem")},
        **{name: {"barcode": code} for name in ("sendItemBack", "takeItemBack")},
        **{name: {"because": "x"} for name in ("giveUpItem", "cancelHandover")},
        "acceptItem": {"barcode": code, "condition": "good", "pieces_back": 1},
        "changePlace": {"name": "改名"},
        "closePlaceDays": {"from_on": later, "until_on": "2100-01-01", "because": "x"},
        "bookPlace": a_booking(9),
        **{f"{verb}Booking": {"because": "x"} for verb in ("decline", "callOff", "cancel")},
        "noShow": {"because": "x"},
    }
    ids |= await dated_things(world, shelf.school, sitting.schools["甲校"])

    told = {"kind": "loan_due_soon", "hours": [-48]}
    ids["notice_rule_id"] = (await make(http, office, "/v1/notice-rules", told))["id"]
    bodies |= {
        "makeNoticeRule": {"kind": "hold_ready", "urgent": False},
        "changeNoticeRule": {"hours": [-24]},
        "changeNoticeSettings": {"email_on": False},
        "enterEmail": {"address": "someone@example.org"},
        "verifyEmail": {"code": "12345678"},
        "markInbox": {"ids": [f"ask_to_decide/{ids['ask_id']}/1"]},
    }

    people = {"teacher": shelf.author, "librarian": shelf.librarian, "group_admin": office}
    people |= {"principal": desk.principals[0], "evaluation_officer": sitting.officer}
    people["school_admin"] = await world.person(shelf.school, "school_admin")
    return Group(
        group_id=world.group_id,
        ids=ids,
        bodies=bodies,
        people=people,
        all_ids=await all_ids(world),
        names={row["name"] for row in await world.sql.fetch(NAMES_OF_A_GROUP, world.group_id)},
    )


# RFC 8037, appendix A.2
PUBLIC_KEY = {
    "kty": "OKP",
    "crv": "Ed25519",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}

LOOP_BODIES: dict[str, Any] = {
    "stepInitiative": {"verb": "start"},
    "addMeasure": {"title": "x", "offices": ["教科室"]},
    "changeMeasure": {"title": "改名"},
    "stepMeasure": {"verb": "start"},
    "reachNode": {},
    "remarkOnMeasure": {"text": "x"},
    "changeLedger": {"title": "改名"},
    "amendLedgerItem": {"title": "改名", "because": "x"},
    "closeLedgerItem": {"report_no": 1},
    "refuseLedgerItem": {"report_no": 1, "because": "x"},
    "dropLedgerItem": {"because": "x"},
    "reopenLedgerItem": {"because": "x"},
    "openRound": {},
    "commitSpotDraw": {
        "count": 1,
        "public_source": "某日收盘点位，见交易所网站",
        "public_from_at": "2100-01-01T00:00:00Z",
    },
    "revealSpotDraw": {"public_value": "1"},
    "confirmVisit": {},
    "carryOutVisit": {},
    "observeVisit": {"observations": [{"criterion": "safety", "points": 1}]},
    "findOnVisit": {"title": "x", "category": "safety", "due_on": "2100-01-01"},
    "reportVisit": {"summary": "x"},
    "replyToVisit": {"reply": "x"},
    "moveVisit": {"planned_on": "2100-01-02", "because": "x"},
    "cancelVisit": {"because": "x"},
}


async def a_webhook(
    http: httpx.AsyncClient, world: World, office: Person, client_id: str
) -> dict[str, str]:
    """An endpoint with a test that waits, and an event."""
    path = "/v1/webhook-endpoints"
    wish = {"url": "https://8.8.8.8/hook", "client_id": client_id}
    made = await make(http, office, path, wish)
    sent = await make(http, office, f"{path}/{made['id']}/test", None)
    event_id = await world.sql.fetchval("SELECT id FROM event ORDER BY seq DESC LIMIT 1")
    return {"webhook_id": made["id"], "delivery_id": sent["id"], "event_id": str(event_id)}


async def a_loop(
    http: httpx.AsyncClient, world: World, office: Person, principal: Person
) -> dict[str, str]:
    """An initiative, a ledger with a reported item, a round with a visit and a draw."""
    wish: dict[str, Any] = {"title": "校园安全专项行动", "from_on": "2026-01-01"}
    initiative = await make(http, office, "/v1/initiatives", wish)
    node = {"title": "完成排查", "due_on": "2100-01-01"}
    wish = {"title": "全面排查消防隐患", "offices": ["安全科"], "nodes": [node]}
    measure = await make(http, office, f"/v1/initiatives/{initiative['id']}/measures", wish)
    label = {"en": "Safety", "zh": "校园安全类"}
    await make(http, office, "/v1/ledger-categories", {"code": "safety", "label": label})
    ledger = await make(http, office, "/v1/ledgers", {"title": "校园安全台账"})
    wish = {"title": "消防通道堆放杂物", "category": "safety", "due_on": "2027-12-31"}
    wish["school_id"] = str(principal.school_id)
    item = await make(http, office, f"/v1/ledgers/{ledger['id']}/items", wish)
    done = {"note": "已清理", "evidence": [{"text": "整改报告"}]}
    await make(http, principal, f"/v1/ledger-items/{item['id']}/report", done)
    day = datetime.now(THERE).date()
    wish = {"title": "第一轮巡回指导", "ledger_id": ledger["id"], "from_on": str(day)}
    wish |= {"until_on": str(day + timedelta(days=60))}
    wish["rubric"] = [{"code": "safety", "en": "Safety", "zh": "安全"}]
    round_id = (await make(http, office, "/v1/rounds", wish))["id"]
    member = {"person_id": str(office.id)}
    await make(http, office, f"/v1/rounds/{round_id}/teams", {"name": "一组", "members": [member]})
    only = {"school_ids": [str(principal.school_id)]}
    await make(http, office, f"/v1/rounds/{round_id}/open", only)
    plan = {"planned_on": str(day + timedelta(days=3)), "keep": True}
    await make(http, office, f"/v1/rounds/{round_id}/assign", plan)
    visits = (await http.get("/v1/visits", headers=office.headers)).json()["items"]
    at = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    lot = {"count": 1, "public_source": "某日收盘点位，见交易所网站", "public_from_at": at}
    draw = await make(http, office, f"/v1/rounds/{round_id}/draws", lot)
    return {
        "initiative_id": initiative["id"],
        "measure_id": measure["id"],
        "ledger_id": ledger["id"],
        "ledger_item_id": item["id"],
        "round_id": round_id,
        "visit_id": visits[0]["id"],
        "draw_id": draw["id"],
    }


async def a_bulletin(
    http: httpx.AsyncClient, world: World, office: Person, principal: Person
) -> dict[str, str]:
    """A bulletin issued to every school, and an article that waits."""
    wish = {"title": "管理协同工作简报", "sections": [{"text": "开学工作平稳有序。"}]}
    path = f"/v1/bulletins/{(await make(http, office, '/v1/bulletins', wish))['id']}"
    await make(http, await world.person(None, "inspector"), f"{path}/check", None)
    await make(http, office, f"{path}/issue", None)
    article = {"title": "劳动教育周纪实", "body": "全校师生参加。"}
    made = await make(http, principal, "/v1/bulletin-articles", article)
    return {"bulletin_id": path.rpartition("/")[2], "article_id": made["id"]}


async def a_register(http: httpx.AsyncClient, world: World, sitting: Sitting) -> dict[str, Any]:
    """A pupil, a proposed transfer, a promotion, and the report of a changed key."""
    schools = list(sitting.schools.values())
    admin = await world.person(schools[0], "school_admin")
    sheet = b"register_number,grade,class\nR1,9,901\nR2,8,801\n"
    sent = await http.post("/v1/pupils/import", content=sheet, headers=admin.headers)
    assert sent.status_code == 200, sent.text
    listed = (await http.get("/v1/pupils", headers=admin.headers)).json()["items"]
    pupil_id = listed[1]["id"]
    await http.put(f"/v1/pupils/{pupil_id}/name", json={"name": "学生甲乙"}, headers=admin.headers)
    wish = {"to_school_id": str(schools[1].id)}
    transfer = await make(http, admin, f"/v1/pupils/{pupil_id}/transfer", wish)
    promotion = await make(http, admin, "/v1/pupil-promotions", {"to_year": 2030})
    rescore_id = await world.sql.fetchval(
        """INSERT INTO paper_rescore (group_id, id, exam_subject_id, from_version, to_version,
                                      because, rescored, moved, items, made_at)
           SELECT group_id, $2, id, 1, 2, 'x', 0, 0, '[]', now() FROM exam_subject
            WHERE group_id = $1 LIMIT 1 RETURNING id""",
        world.group_id,
        new_id(),
    )
    return {
        "pupil_id": pupil_id,
        "transfer_id": transfer["id"],
        "promotion_id": promotion["id"],
        "rescore_id": str(rescore_id),
        "gate_name": "senior_mock",
    }


def exam_bodies(ids: dict[str, Any], sitting: Sitting) -> dict[str, Any]:
    """A valid body for each route of exams, papers, rosters and pupils."""
    answers = {"answers": [{"subject": "数学", "accept": True}]}
    school_id = str(next(iter(sitting.schools.values())).id)
    key = {"rule": "single", "accept": ["A"]}
    late = {"school_id": school_id, "register_number": "9", "class_label": "1", "because": "x"}
    room = {"site_school_id": school_id, "label": "1", "seat_rows": 1, "seat_columns": 1}
    return {
        "tightenExamGate": {"because": "x", "allowed": False},
        "scheduleExam": {"answer_until_at": None},
        "reopenExam": {"because": "x"},
        "answerExamSubjects": answers,
        "answerInPlaceOfSchool": {**answers, "because": "x"},
        "setPaper": {"items": [{"label": "1", "max_marks": 5}]},
        "changeKeys": {"keys": [{"label": "1", "key": key}], "because": "x"},
        "setBlueprint": {"cells": []},
        "nameSetters": {"person_ids": []},
        "sealPaperFile": {"resource_id": ids["resource_id"]},
        "takeCandidatesFromRegister": {},
        "setExamRooms": {"rooms": [room]},
        "drawSeats": {},
        "addLateCandidate": late,
        "recordAttendance": {"records": [{"exam_number": "1", "attendance": "absent"}]},
        "promotePupils": {"to_year": 2031},
        "setPupilRetention": {"months": 12, "because": "x"},
        "convertMarks": {"subject": "数学", "scheme": "3+1+2", "boundary": "nearest"},
        "writePupilName": {"name": "改名"},
        "proposeTransfer": {"to_school_id": school_id},
        "acceptTransfer": {"register_number": "9", "class_label": "1"},
        "declineTransfer": {"because": "x"},
    }


async def a_list(http: httpx.AsyncClient, curator: Person, reader: Person) -> dict[str, str]:
    """A list with a published edition and a suggestion for it."""
    wish = {"kind": "reading", "title": "阅读书目清单"}
    made = await make(http, curator, "/v1/lists", wish)
    edition = await make(http, curator, f"/v1/lists/{made['id']}/editions", {"school_year": 2026})
    path = f"/v1/list-editions/{edition['id']}"
    book = {"target": "book", "title": "阅读红楼梦"}
    entry = (await make(http, curator, f"{path}/entries", book))["entries"][0]
    await make(http, curator, f"{path}/publish", None)
    wanted = {"entry": {"target": "book", "title": "阅读西游记"}, "because": "名著"}
    suggested = await make(http, reader, f"/v1/lists/{made['id']}/suggestions", wanted)
    return {
        "list_id": made["id"],
        "edition_id": edition["id"],
        "entry_id": entry["id"],
        "suggestion_id": suggested["id"],
    }


def a_booking(hour: int) -> dict[str, Any]:
    """A booking of an hour, a week from now, at the group's place."""
    day = datetime.now(THERE).replace(hour=hour, minute=0, second=0, microsecond=0)
    begin = day + timedelta(days=7)
    end = begin + timedelta(hours=1)
    times = {"starts_at": begin.isoformat(), "ends_at": end.isoformat()}
    return {**times, "people": 20, "purpose": "参观"}


async def a_thing_and_a_place(
    http: httpx.AsyncClient, shelf: Shelf, reader: Person
) -> dict[str, str]:
    """Two items, one of them on its way to the reader and one noted as damaged; a place, booked."""
    keeper = shelf.librarian
    wish = {"resource_id": str(shelf.resource_id), "count": 2, "home_location": "二楼A3"}
    items = (await make(http, keeper, "/v1/items", wish))["items"]
    offer = await shelf.offer(http, seats=None, by_items=True)
    loan = (await borrow(http, offer, reader)).json()["loan"]
    handover = await make(
        http, keeper, f"/v1/loans/{loan['id']}/handovers", {"barcode": items[0]["barcode"]}
    )
    damage = {"step": "damage", "because": "进水"}
    await make(http, keeper, f"/v1/items/{items[1]['id']}/mark", damage)
    notes = f"/v1/items/{items[1]['id']}/notes"
    note = (await http.get(notes, headers=keeper.headers)).json()["items"][0]
    hours = [{"weekday": n, "from_minute": 480, "until_minute": 1080} for n in range(1, 8)]
    named = {"name": "红色记忆陈列馆", "capacity_people": 40, "hours": hours}
    wanted = {"resource_id": str(shelf.resource_id), **named}
    place = await make(http, keeper, "/v1/places", wanted)
    closed = {"from_on": "2099-01-01", "until_on": "2099-01-03", "because": "检修"}
    closures = f"/v1/places/{place['id']}/closures"
    closure = (await make(http, keeper, closures, closed))["closures"][0]
    booked = await make(http, reader, f"/v1/places/{place['id']}/bookings", a_booking(8))
    return {
        "item_id": items[1]["id"],
        "handover_id": handover["id"],
        "note_id": note["id"],
        "place_id": place["id"],
        "closure_id": closure["id"],
        "booking_id": booked["booking"]["id"],
    }


async def a_failed_job(world: World) -> str:
    """A job of the workers that could not be done."""
    job_id = await world.sql.fetchval(
        """INSERT INTO job (group_id, id, kind, data, status, attempts, due_at, failed_because,
                            request_id, created_at, ended_at)
           VALUES ($1, $2, 'make_preview', '{}', 'failed', 1, now(), 'broken', '-', now(), now())
           RETURNING id""",
        world.group_id,
        new_id(),
    )
    return str(job_id)


async def dated_things(world: World, owner: School, grantee: School) -> dict[str, str]:
    """An agreement in force, a term, a holiday and a day made up for."""
    await agree(world, owner, grantee)
    ids = {"agreement_id": await world.sql.fetchval("SELECT id FROM agreement")}
    for table in ("term", "holiday"):
        ids[f"{table}_id"] = await world.sql.fetchval(
            f"""INSERT INTO {table} (group_id, id, name, from_on, until_on)
                VALUES ($1, $2, '二〇二六年{table}', '2026-09-01', '2026-10-01') RETURNING id""",
            world.group_id,
            new_id(),
        )
    ids["makeup_day_id"] = await world.sql.fetchval(
        """INSERT INTO makeup_day (group_id, id, name, taught_on)
           VALUES ($1, $2, '国庆调休', '2026-10-10') RETURNING id""",
        world.group_id,
        new_id(),
    )
    return {name: str(value) for name, value in ids.items()}


async def all_ids(world: World) -> set[str]:
    """The id of every row of the newest group."""
    found = {str(world.group_id)}
    for table in await world.sql.fetch(IDS_OF_A_GROUP):
        rows = await world.sql.fetch(
            f"SELECT id FROM {table['table_name']} WHERE group_id = $1", world.group_id
        )
        found |= {str(row["id"]) for row in rows}
    return found
