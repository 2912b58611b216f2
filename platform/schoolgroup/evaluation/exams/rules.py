"""When an exam may be what, and what of it the law lets be: pure decisions."""

import unicodedata
from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from schoolgroup.evaluation.exams.gates import (
    ARTICLES,
    GATES,
    GRADES_OF,
    Article,
    Collects,
    Content,
    ExamKind,
    Gate,
    article_against,
    gate_of,
)
from schoolgroup.evaluation.exams.lifecycle import ANSWERING, BEFORE_FROZEN, BEFORE_RESULTS, EXAM
from schoolgroup.evaluation.exams.models import (
    ExamInput,
    ExamRow,
    GradeLevel,
    Participation,
    SubjectInput,
)
from schoolgroup.kernel.errors import Denial, Forbidden, Invalid, Problem
from schoolgroup.kernel.texts import Text
from schoolgroup.kernel.transitions import Machine, Transition

__all__ = ["BEFORE_FROZEN", "BEFORE_RESULTS", "EXAM"]
# columns of a score sheet that are no items
SHEET_COLUMNS = ("school_code", "exam_number", "class", "status")
LEVELS = [
    GradeLevel(grade=grade, from_percent=percent)
    for grade, percent in (("A", 85), ("B", 70), ("C", 60), ("D", 0))
]
SCHOOL_YEAR_BEGINS_MONTH = 8  # preparations in August belong to the year that begins in September

PARTICIPATION: Machine[Participation] = Machine(
    "participation",
    [
        Transition(
            "accept",
            "exam:join",
            (Participation.INVITED, Participation.DECLINED),
            Participation.ACCEPTED,
        ),
        Transition(
            "decline",
            "exam:join",
            (Participation.INVITED, Participation.ACCEPTED),
            Participation.DECLINED,
        ),
    ],
)


class ForbiddenByLaw(Forbidden):
    """The law forbids this, whoever asks."""

    code = "forbidden_by_law"
    title = Text("Forbidden by law", "法规禁止")
    remedy = Text(
        "The words of the law are in `article`, what stays allowed in `allowed`.",
        "法规原文见 article，仍允许的做法见 allowed。",
    )


class ExamInvalid(Invalid):
    """The exam contradicts itself."""

    code = "exam_invalid"


class Allowed(msgspec.Struct, frozen=True):
    """An exam that may be set up: its gate and its papers, names in their plain form."""

    gate: Gate
    subjects: list[SubjectInput]


def forbidden(
    gate: Gate, article: Article, act: str, thing: str, allowed: Sequence[object]
) -> ForbiddenByLaw:
    """The refusal that quotes `article` and says what stays `allowed`."""
    return ForbiddenByLaw(
        article.quote,
        denial=Denial(act=act, thing=thing, relations=(), policy_line=f"law: {gate.name}"),
        facts={
            "gate": gate.name,
            "law": {"title": article.law, "place": article.place, "published": article.published},
            "article": article.quote,
            "allowed": allowed,
        },
    )


def allowed_instead(kind: ExamKind) -> list[dict[str, object]]:
    """The gates that let an exam of this stage through, to the same owner."""
    return [
        {
            "gate": gate.name,
            "grades": [g for g in GRADES_OF[kind.stage] if g in gate.grades],
            "purposes": gate.purposes,
            "term_last": gate.term_last,
        }
        for gate in GATES
        if gate.allowed and kind.stage in gate.stages and _reachable(gate, kind)
    ]


def _reachable(gate: Gate, kind: ExamKind) -> bool:
    """Whether an exam through this gate can be across schools, or inside one, as `kind` is."""
    return any(
        gate_of(ExamKind(kind.stage, grade, purpose, kind.joint, bool(gate.term_last))) is gate
        for grade in GRADES_OF[kind.stage]
        if grade in gate.grades
        for purpose in gate.purposes
    )


def check_exam(data: ExamInput, *, joint: bool) -> Allowed:
    """The gate an exam passes, and its papers with plain labels.

    Raises ForbiddenByLaw with the article, ExamInvalid with every contradiction.
    """
    kind = ExamKind(data.stage, data.grade, data.purpose, joint, data.term_last)
    try:
        gate = gate_of(kind)
    except LookupError as wrong:
        raise ExamInvalid(problems=[Problem("/grade", "not_of_stage", str(wrong))]) from wrong
    if not gate.allowed:
        instead = allowed_instead(kind)
        raise forbidden(gate, ARTICLES[gate.article], "exam:create", "exam/new", instead)
    problems: list[Problem] = []
    subjects = [_plain_subject(s, f"/subjects/{n}", problems) for n, s in enumerate(data.subjects)]
    names = [s.subject for s in subjects]
    problems += [
        Problem(f"/subjects/{n}/subject", "subject_twice", f"{name} stands twice")
        for n, name in enumerate(names)
        if name in names[:n]
    ]
    if problems:
        raise ExamInvalid(problems=problems[:100])
    return Allowed(gate, subjects)


def check_open(gate: Gate, act: str, thing: str) -> None:
    """Raise ForbiddenByLaw where the group has shut a gate the law leaves open.

    The article quoted is the one the gate rests on: the group's own rule stands on it.
    """
    if not gate.allowed:
        raise forbidden(gate, ARTICLES[gate.article], act, thing, [])


def answers_open(exam: ExamRow, now: datetime) -> bool:
    """Whether schools may still answer themselves: in time, and before the roster is locked."""
    in_time = exam.answer_until_at is None or now < exam.answer_until_at
    return in_time and exam.status in ANSWERING


def check_contents(gate: Gate, contents: list[Content], thing: str) -> None:
    """Raise ForbiddenByLaw where a release would hold what the gate keeps back."""
    for content in contents:
        if content not in gate.contents:
            kept_back = article_against(gate, content)
            raise forbidden(gate, kept_back, "release:make", thing, list(gate.contents))


def check_public(gate: Gate, thing: str) -> ForbiddenByLaw:
    """The refusal of a release to the public: no gate has ever let one through."""
    return forbidden(
        gate, ARTICLES["no_publication"], "release:make", thing, ["participants", "schools by id"]
    )


def check_collects(gate: Gate, thing: str) -> None:
    """Raise ForbiddenByLaw where the exam may take in nothing of a single pupil."""
    if gate.collects is Collects.NONE:
        raise forbidden(gate, ARTICLES[gate.article], "exam:import", thing, [])


def check_number(gate: Gate, already: int) -> None:
    """Raise ForbiddenByLaw where the school year has had as many such exams as the law lets be."""
    if gate.in_school_year_max is not None and already >= gate.in_school_year_max:
        raise forbidden(gate, ARTICLES[gate.article], "exam:create", "exam/new", [])


def school_year(on: date) -> int:
    """The calendar year in which the school year of that day began."""
    return on.year if on.month >= SCHOOL_YEAR_BEGINS_MONTH else on.year - 1


def plain(text: str) -> str:
    """A label as a spreadsheet gives it back: NFKC, trimmed."""
    return unicodedata.normalize("NFKC", text).strip()


def _plain_subject(given: SubjectInput, at: str, problems: list[Problem]) -> SubjectInput:
    items = [msgspec.structs.replace(item, label=plain(item.label)) for item in given.items]
    labels = [item.label for item in items]
    for n, label in enumerate(labels):
        where = f"{at}/items/{n}/label"
        if not label:
            problems.append(Problem(where, "label_empty", "a label has a visible character"))
        elif label in SHEET_COLUMNS:
            problems.append(Problem(where, "label_taken", f"{label} is a column of the sheet"))
        elif label in labels[:n]:
            problems.append(Problem(where, "label_twice", f"{label} stands twice"))
    lines = given.lines
    if not lines.low_percent <= lines.pass_percent <= lines.excellent_percent:
        problems.append(Problem(f"{at}/lines", "lines_order", "low ≤ pass ≤ excellent"))
    if given.levels is not None:
        percents = [level.from_percent for level in given.levels]
        grades = [level.grade for level in given.levels]
        if percents != sorted(set(percents), reverse=True) or percents[-1] != 0:
            problems.append(
                Problem(f"{at}/levels", "levels_order", "from the best down, the last from 0")
            )
        if len(set(grades)) != len(grades):
            problems.append(Problem(f"{at}/levels", "grade_twice", "each grade once"))
    name = plain(given.subject)
    if not name:
        problems.append(Problem(f"{at}/subject", "subject_empty", "a subject has a name"))
    levels = LEVELS if given.levels is None else given.levels
    return msgspec.structs.replace(given, subject=name, items=items, levels=levels)
