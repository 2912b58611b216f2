"""The steps of a round, who may be asked to assess, and what a table of figures holds: pure."""

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from schoolgroup.evaluation.appraisals.rounds.models import (
    AppraisalRow,
    AppraisalStatus,
    FigureCell,
    PersonRow,
    PlainCase,
)
from schoolgroup.evaluation.appraisals.schemes.models import RatioScale, SchemeInput
from schoolgroup.kernel.errors import Conflict, Invalid, Problem
from schoolgroup.kernel.sheets import Findings, Row, need_columns
from schoolgroup.kernel.texts import Text
from schoolgroup.kernel.transitions import Machine, Transition

READ, RUN, MODERATE = "appraisal:read", "appraisal:run", "appraisal:moderate"
S = AppraisalStatus
RUNNING = (S.DRAFT, S.SELF, S.EVIDENCE_REVIEW, S.EXPERTS, S.MODERATION, S.OBJECTION)
FILLING = (S.DRAFT, S.SELF, S.EVIDENCE_REVIEW, S.EXPERTS)

ROUND: Machine[AppraisalStatus] = Machine(
    "appraisal",
    [
        Transition("name_subjects", RUN, (S.DRAFT,), S.DRAFT),
        Transition("change", RUN, FILLING, S.DRAFT),
        Transition("take_figures", RUN, FILLING, S.DRAFT),
        Transition("assign", RUN, (S.DRAFT, S.SELF, S.EVIDENCE_REVIEW, S.EXPERTS), S.DRAFT),
        Transition("open", RUN, (S.DRAFT,), S.SELF),
        Transition("review", RUN, (S.SELF,), S.EVIDENCE_REVIEW),
        Transition("assess", RUN, (S.EVIDENCE_REVIEW,), S.EXPERTS),
        Transition("moderate", RUN, (S.EXPERTS,), S.MODERATION),
        Transition("announce", MODERATE, (S.MODERATION,), S.OBJECTION),
        Transition("finalise", MODERATE, (S.OBJECTION,), S.FINAL),
        Transition("cancel", RUN, RUNNING, S.CANCELLED),
    ],
)
SCHOOL_NAMES = {"学校代码": "school_code", "学段": "stage", "教师": "teacher_ref"}
STAGES = {"": "", "小学": "primary", "初中": "junior", "高中": "senior", "幼儿园": "kindergarten"}
FIGURE = re.compile(r"^[0-9]{1,12}(\.[0-9]{1,6})?\Z")


class AppraisalInvalid(Invalid):
    """The round, its subjects or its panel do not fit."""

    code = "appraisal_invalid"
    title = Text("The appraisal does not fit", "评价设置有误")
    remedy = Text("Mend what `errors` names.", "请按 errors 逐项修改。")


class SchemeNotPublished(Conflict):
    """Rounds are begun with published schemes."""

    code = "scheme_not_published"
    title = Text("The scheme is not published", "方案未发布")
    remedy = Text("Publish it, or take a newer edition.", "请先发布方案，或选用新版次。")


class PanelTooSmall(Conflict):
    """Not enough people without an interest in the case."""

    code = "panel_too_small"
    title = Text("Too few assessors from elsewhere", "可用评审人员不足")
    remedy = Text(
        "Name more people of other schools, or fewer per case.",
        "请增加外校评审人员或减少每案人数。",
    )


class DeadlinePassed(Conflict):
    """The hour for this has passed."""

    code = "deadline_passed"
    title = Text("The hour has passed", "已过截止时间")
    remedy = Text("Ask who runs the appraisal for more time.", "请联系评价组织方延长时间。")


class AssessmentsOutstanding(Conflict):
    """Before the hour, assessments close only when all are in."""

    code = "assessments_outstanding"
    title = Text("Assessments are still outstanding", "尚有评审未提交")
    remedy = Text(
        "Wait for them or for the hour; or let an assessor step aside.",
        "请等待提交或截止时间，或办理回避。",
    )


class NotNow(Conflict):
    """The appraisal is at another step."""

    code = "not_now"
    title = Text("The appraisal is at another step", "评价不在此环节")
    remedy = Text("See `status` of the appraisal.", "请查看评价所处环节。")


def check_status(row: AppraisalRow, *wanted: AppraisalStatus) -> None:
    """Raise NotNow unless the round is at one of these steps."""
    if row.status not in wanted:
        raise NotNow(facts={"state": row.status})


def check_hour(until_at: datetime, now: datetime) -> None:
    """Raise DeadlinePassed from the hour on."""
    if now >= until_at:
        raise DeadlinePassed(until_at=until_at)


def check_deadlines(self_at: datetime, evidence_at: datetime, experts_at: datetime) -> None:
    """Raise AppraisalInvalid unless the hours follow one another."""
    if not self_at < evidence_at < experts_at:
        why = "self_until_at < evidence_until_at < experts_until_at"
        raise AppraisalInvalid(problems=[Problem("/self_until_at", "order", why, "mend the hours")])


def assign(
    cases: Sequence[PlainCase],
    people: Sequence[PersonRow],
    seats: Collection[tuple[UUID, UUID]],
    barred: Collection[tuple[UUID, UUID]],
    per_case: int,
    internal_school_id: UUID | None,
) -> list[tuple[UUID, UUID]]:
    """New (case, person) seats, so that each case has `per_case` and loads are even.

    Nobody of the case's school in any appointment, unless the round is a school's own over its
    teachers: then only its own people. Ties are drawn by a hash, so that the same asks give the
    same seats. Raises PanelTooSmall naming the cases.
    """
    load = Counter(person for _, person in seats)
    held = Counter(case for case, _ in seats)
    fit: dict[UUID, list[UUID]] = {}
    for case in cases:
        fit[case.id] = [
            one.id
            for one in people
            if (case.id, one.id) not in barred
            and (case.id, one.id) not in seats
            and _may_assess(one, case, internal_school_id)
        ]
    short = [case for case in cases if len(fit[case.id]) + held[case.id] < per_case]
    if short:
        named = ", ".join(f"{case.school_code} {case.teacher_ref}".strip() for case in short[:20])
        raise PanelTooSmall(Text(f"too few for {named}", f"人员不足：{named}"))
    made = []
    for case in sorted(cases, key=lambda case: (len(fit[case.id]), case.id)):
        for _ in range(per_case - held[case.id]):
            left = [one for one in fit[case.id] if (case.id, one) not in made]
            chosen = min(left, key=lambda one: (load[one], _lot(case.id, one)))
            load[chosen] += 1
            made.append((case.id, chosen))
    return _evened(made, fit, load)


def _evened(
    made: list[tuple[UUID, UUID]], fit: Mapping[UUID, Sequence[UUID]], load: Counter[UUID]
) -> list[tuple[UUID, UUID]]:
    """New seats passed on, while somebody has two more than another who could take one.

    Each pass makes the sum of squared loads smaller, so it ends.
    """
    moving = True
    while moving:
        moving = False
        for at, (case_id, holder) in enumerate(made):
            free = [one for one in fit[case_id] if (case_id, one) not in made]
            other = min(free, key=lambda one: (load[one], _lot(case_id, one)), default=holder)
            if load[holder] - load[other] >= 2:
                made[at] = (case_id, other)
                load[holder] -= 1
                load[other] += 1
                moving = True
    return made


def _may_assess(one: PersonRow, case: PlainCase, internal_school_id: UUID | None) -> bool:
    if internal_school_id is not None:
        return internal_school_id in one.school_ids
    return case.school_id not in one.school_ids and bool(one.school_ids or one.of_office)


def _lot(case_id: UUID, person_id: UUID) -> bytes:
    return hashlib.sha256(case_id.bytes + person_id.bytes).digest()


def fields_of(scheme: SchemeInput) -> list[str]:
    """The figures a scheme's ratios are reckoned from."""
    fields = {
        field
        for one in scheme.indicators
        if isinstance(one.scale, RatioScale)
        for field in (one.scale.numerator, one.scale.denominator)
    }
    return sorted(fields)


def read_figures(
    rows: Sequence[Row], cases: Sequence[PlainCase], fields: Sequence[str]
) -> list[FigureCell]:
    """The figures of a table: school_code 学校代码, stage 学段, teacher_ref 教师, a column each.

    Raises SheetRefused naming each cell that does not fit; an empty cell says nothing.
    """
    rows = [
        Row(row.number, {SCHOOL_NAMES.get(name, name): cell for name, cell in row.cells.items()})
        for row in rows
    ]
    need_columns(rows, ("school_code",))
    findings = Findings()
    for name in rows[0].cells:
        if name and name not in (*fields, *SCHOOL_NAMES.values()):
            findings.add(rows[0], name, "column_unknown", "no figure of the scheme", "remove it")
    known = {(case.school_code, case.stage, case.teacher_ref): case for case in cases}
    seen: set[UUID] = set()
    cells = []
    for row in rows:
        stage = row.cells.get("stage", "")
        key = (row.cells["school_code"], STAGES.get(stage, stage), row.cells.get("teacher_ref", ""))
        case = known.get(key)
        if case is None:
            findings.add(row, "school_code", "unknown_subject", "not of this round", "mend it")
            continue
        if case.id in seen:
            findings.add(row, "school_code", "twice", "stands twice", "keep one row")
        seen.add(case.id)
        for field in fields:
            text = row.cells.get(field, "").replace(",", "")
            if text and not FIGURE.match(text):
                findings.add(row, field, "number", "a number of 0 or more", "write a plain number")
            elif text:
                cells.append(FigureCell(case.id, field, text, "upload"))
    findings.refuse_any()
    return cells


def lacking(
    cases: Sequence[PlainCase], fields: Sequence[str], held: Mapping[UUID, Collection[str]]
) -> list[str]:
    """`code stage field` of each figure that is still missing."""
    return [
        " ".join(filter(None, (case.school_code, case.stage, case.teacher_ref, field)))
        for case in cases
        for field in fields
        if field not in held.get(case.id, ())
    ]
