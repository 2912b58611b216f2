"""Which questions may be asked of frozen marks: what each method takes, needs and keeps back."""

from schoolgroup.evaluation.analyses.models import AnalysisInput, By, How, Method
from schoolgroup.evaluation.exams.gates import Content
from schoolgroup.evaluation.statistics.methods.assigned import SCHEMES
from schoolgroup.kernel.errors import Invalid, Problem
from schoolgroup.kernel.texts import Text

OTHER = frozenset({"subject", "other"})
TAKES: dict[Method, frozenset[str]] = {
    Method.SCORES: frozenset({"subject"}),
    Method.SCORE_TABLE: frozenset({"subject"}),
    Method.LINES: frozenset({"line_marks", "places", "near_marks"}),
    Method.ASSIGNED: frozenset({"subject", "scheme", "boundary", "tie", "one_score"}),
    Method.ITEMS: frozenset({"subject"}),
    Method.RELIABILITY: frozenset({"subject", "line_marks"}),
    Method.IRT: frozenset({"subject", "model"}),
    Method.DIF: frozenset({"subject", "focal_school_ids", "focal_tier", "purify"}),
    Method.MASTERY: frozenset({"subject", "by"}),
    Method.DIFFERENCES: frozenset({"subject"}),
    Method.EQUATING: OTHER | {"how", "smoothed_degree", "anchors"},
    Method.TREND: frozenset({"subject", "earlier", "how"}),
    Method.VALUE_ADDED: OTHER,
    Method.PROGRESS: OTHER,
}
NEEDS: dict[Method, frozenset[str]] = {
    Method.ASSIGNED: frozenset({"scheme", "boundary"}),
    Method.EQUATING: frozenset({"other", "how"}),
    Method.TREND: frozenset({"earlier", "how"}),
    Method.VALUE_ADDED: frozenset({"other"}),
    Method.PROGRESS: frozenset({"other"}),
}
# Lines, ranks and assigned marks set pupils apart by their place among others: where a gate keeps
# ranks back it keeps these back too. A school's own place among schools needs the figures only.
RANKING = frozenset({Method.SCORE_TABLE, Method.LINES, Method.ASSIGNED})
# What compares schools is for who runs the exam: a school's own part has only the one school.
WHOLE_ONLY = frozenset(
    {Method.DIFFERENCES, Method.VALUE_ADDED, Method.PROGRESS, Method.DIF, Method.TREND}
)
# Random groups are equal by assumption: they show no change.
LINKS = frozenset({How.TUCKER, How.LEVINE, How.CHAINED})


class AnalysisInvalid(Invalid):
    """The question does not fit the method."""

    code = "analysis_invalid"
    title = Text("The question does not fit the method", "参数与方法不符")
    remedy = Text("Mend what `errors` names.", "请按 errors 逐项修改。")


class OnlyTheOrganiser(Invalid):
    """The method compares schools, and a school has only its own pupils."""

    code = "organiser_only"
    title = Text("Only who runs the exam can compare schools", "校际比较仅限考试组织方")
    remedy = Text(
        "Ask who runs the exam; items, reliability and mastery of your own pupils are yours.",
        "请联系考试组织方；本校学生的题目分析、信度与掌握情况可自行计算。",
    )


class OnlyTheirSchool(Invalid):
    """Figures of single pupils are for their own school, out of what was released to it."""

    code = "own_school_only"
    title = Text("Only a school sees its pupils one by one", "学生个人结果仅限本校查看")
    remedy = Text(
        "Act for the school, and ask of a release that holds its pupils' marks.",
        "请以学校身份，对含学生成绩的发布进行查询。",
    )


def check_question(asked: AnalysisInput) -> None:
    """Raise AnalysisInvalid for what the method does not take, and for what it needs."""
    takes, needs = TAKES[asked.method], NEEDS.get(asked.method, frozenset())
    if asked.method is not Method.LINES:
        needs |= {"subject"}
    problems = []
    for name in asked.__struct_fields__[1:]:
        given = getattr(asked, name) is not None
        if given and name not in takes:
            problems.append(
                Problem(f"/{name}", "not_taken", f"{asked.method} does not take it", "leave it out")
            )
        if not given and name in needs:
            problems.append(Problem(f"/{name}", "missing", f"{asked.method} needs it", "give it"))
    if asked.method is Method.LINES and (asked.line_marks is None) is (asked.places is None):
        problems.append(
            Problem("/line_marks", "one_of", "a line is set by marks or by places", "give one")
        )
    if asked.method is Method.DIF and (asked.focal_school_ids is None) is (
        asked.focal_tier is None
    ):
        problems.append(
            Problem("/focal_tier", "one_of", "name the schools or their tier", "give one")
        )
    if asked.method is Method.TREND and asked.how is not None and asked.how not in LINKS:
        problems.append(
            Problem("/how", "no_link", f"{asked.how} links no years",
                    f"one of {', '.join(sorted(LINKS))}")
        )  # fmt: skip
    if asked.scheme is not None and asked.scheme not in SCHEMES:
        problems.append(
            Problem("/scheme", "unknown", "no such scheme", f"one of {', '.join(SCHEMES)}")
        )
    if problems:
        raise AnalysisInvalid(problems=problems)


def contents_needed(asked: AnalysisInput) -> list[Content]:
    """What the gate of the exam must let be released for this question to be answered."""
    needed = [Content.FIGURES]
    if asked.method in RANKING:
        needed.append(Content.RANKS)
    if asked.by is By.PUPIL:
        needed.append(Content.PUPIL_SCORES)
    return needed
