"""What the law lets an exam be: stage × grade × purpose, as a table with its articles quoted.

A gate is looked up before an exam is set up and again before a release; what it forbids is
refused whatever the caller's role. The group can only be stricter. English quotes are ours.

Sources, as published by the Ministry of Education (教育部):
- 关于加强义务教育学校考试管理的通知, general office, published 30 August 2021;
- 关于进一步加强中小学日常考试管理的通知, general office, published December 2025: extends the ban
  of cross-school exams to the non-graduating senior grades;
- 未成年人学校保护规定, decree no. 50, in force since 1 September 2021, article 10;
- 义务教育法 (National People's Congress, amended 2018), article 12.
"""

from enum import StrEnum

import msgspec

from schoolgroup.kernel.texts import Text


class Stage(StrEnum):
    """学段."""

    PRIMARY = "primary"
    JUNIOR = "junior"
    SENIOR = "senior"


class Purpose(StrEnum):
    """What an exam is for 考试目的; those no law allows are words too, so that they are refused."""

    MOCK = "mock"  # 毕业年级模拟考试
    FINAL = "final"  # 期末
    MIDTERM = "midterm"  # 期中
    ROUTINE = "routine"  # 周考、月考、单元考试
    DIAGNOSIS = "diagnosis"  # 学情调研
    SAMPLING = "sampling"  # 质量监测抽样
    PLACEMENT = "placement"  # 分班
    SELECTION = "selection"  # 入学选拔
    RANKING = "ranking"  # 排名
    PUBLICATION = "publication"  # 公布成绩


class Content(StrEnum):
    """What a release may hold."""

    FIGURES = "figures"  # aggregates of a school and of the group
    PUPIL_GRADES = "pupil_grades"  # 等级, a school's own pupils
    PUPIL_SCORES = "pupil_scores"  # 分数, a school's own pupils
    RANKS = "ranks"  # 名次, a school's own pupils


class Collects(StrEnum):
    """What an exam may take in of each pupil."""

    SCORES = "scores"
    NONE = "none"


class Article(msgspec.Struct, frozen=True):
    """One place of a law: which one, since when, and what it says."""

    law: Text
    place: Text
    published: str
    quote: Text


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the table. The first line that fits an exam decides.

    `joint` null: of one school or across schools; `graduating` and `term_last` null: either.
    `in_school_year_max` null: no number is set.
    """

    name: str
    stages: tuple[Stage, ...]
    article: str
    purposes: tuple[Purpose, ...] = tuple(Purpose)
    grades: tuple[int, ...] = tuple(range(1, 13))
    joint: bool | None = None
    term_last: bool | None = None
    allowed: bool = False
    collects: Collects = Collects.NONE
    contents: tuple[Content, ...] = ()
    in_school_year_max: int | None = None


class ExamKind(msgspec.Struct, frozen=True):
    """What of an exam the law looks at."""

    stage: Stage
    grade: int
    purpose: Purpose
    joint: bool
    term_last: bool


GRADES_OF: dict[Stage, tuple[int, ...]] = {
    Stage.PRIMARY: (1, 2, 3, 4, 5, 6),
    Stage.JUNIOR: (6, 7, 8, 9),  # 五四学制 begins the junior stage with grade 6
    Stage.SENIOR: (10, 11, 12),
}
JUNIOR_LAST, SENIOR_LAST = 9, 12
COMPULSORY = (Stage.PRIMARY, Stage.JUNIOR)

NOTICE_2021 = Text(
    "Notice on managing exams in compulsory education schools (MoE general office, 2021)",
    "教育部办公厅关于加强义务教育学校考试管理的通知（2021年）",
)
NOTICE_2025 = Text(
    "Notice on further managing everyday exams in schools (MoE general office, 2025)",
    "教育部办公厅关于进一步加强中小学日常考试管理的通知（2025年）",
)
PROTECTION = Text(
    "Provisions on the protection of minors by schools (MoE decree no. 50)",
    "未成年人学校保护规定（教育部令第50号）",
)
EXAMS_FEWER = Text("on fewer exams", "大幅压减考试次数")
RESULTS = Text("on the use of results", "合理运用考试结果")

ARTICLES: dict[str, Article] = {
    "no_joint_compulsory": Article(
        NOTICE_2021,
        EXAMS_FEWER,
        "2021-08-30",
        Text(
            "No regional or cross-school exams may be held for any primary grade or for the "
            "non-graduating junior grades.",
            "各地不得面向小学各年级和初中非毕业年级组织区域性或跨校际的考试。",
        ),
    ),
    "mock_exams": Article(
        NOTICE_2021,
        EXAMS_FEWER,
        "2021-08-30",
        Text(
            "The graduating junior grade may, in the second term and after the curriculum has been "
            "taught as planned, hold one or two mock exams in the stage of general revision.",
            "初中毕业年级为适应学生毕业和升学需要，可在下学期正常完成课程教学任务后，"
            "在总复习阶段组织1—2次模拟考试。",
        ),
    ),
    "no_other_exams": Article(
        NOTICE_2021,
        EXAMS_FEWER,
        "2021-08-30",
        Text(
            "Schools and classes may not hold weekly, monthly, unit or other exams, nor exams in "
            "disguise as tests, quizzes, timed exercises or surveys of learning.",
            "学校和班级不得组织周考、月考、单元考试等其他各类考试，也不得以测试、测验、限时练习、"
            "学情调研等各种名义变相组织考试。",
        ),
    ),
    "no_written_exams": Article(
        NOTICE_2021,
        EXAMS_FEWER,
        "2021-08-30",
        Text(
            "There are no written exams in primary grades one and two.",
            "小学一二年级不进行纸笔考试。",
        ),
    ),
    "term_exams": Article(
        NOTICE_2021,
        EXAMS_FEWER,
        "2021-08-30",
        Text(
            "The other grades of compulsory education have one final exam a term, held by the "
            "school; junior grades may have one mid-term exam, as the subject asks for it.",
            "义务教育其他年级由学校每学期组织一次期末考试，初中年级从不同学科的实际出发，"
            "可适当安排一次期中考试。",
        ),
    ),
    "no_ranking": Article(
        NOTICE_2021,
        RESULTS,
        "2021-08-30",
        Text(
            "Mid-term and final exams are graded, as a rule in four or five grades. Exam results "
            "are not ranked and not published; pupils and parents are told in a suitable way.",
            "学校期中期末考试实行等级评价，一般分4至5个等级。考试结果不排名、不公布，"
            "以适当方式告知学生和家长。",
        ),
    ),
    "no_placement": Article(
        NOTICE_2021,
        RESULTS,
        "2021-08-30",
        Text(
            "Exam results may not be used to move pupils between classes, to seat them or to "
            "label them.",
            "不得按考试结果给学生调整分班、排座位、“贴标签”。",
        ),
    ),
    "no_selection": Article(
        Text("Compulsory Education Law", "中华人民共和国义务教育法"),
        Text("article 12", "第十二条"),
        "2018-12-29",
        Text(
            "School-age children and adolescents enter school without an exam.",
            "适龄儿童、少年免试入学。",
        ),
    ),
    "no_joint_before_last": Article(
        NOTICE_2025,
        EXAMS_FEWER,
        "2025-12",
        Text(
            "Regional or cross-school exams for primary grades and for the non-graduating junior "
            "and senior grades are strictly forbidden.",
            "严禁面向小学各年级和初高中非毕业年级组织区域性或跨校际的考试。",
        ),
    ),
    "mock_exams_both": Article(
        NOTICE_2025,
        EXAMS_FEWER,
        "2025-12",
        Text(
            "The graduating junior and senior grades may hold one or two mock exams in the stage "
            "of general revision.",
            "初高中毕业年级为适应学生毕业和升学需要，可在总复习阶段组织1—2次模拟考试。",
        ),
    ),
    "no_publication": Article(
        PROTECTION,
        Text("article 10", "第十条"),
        "2021-06-01",
        Text(
            "Schools make it easy for pupils and their parents to learn the pupil's marks and "
            "place, but may not publish them nor advertise results of admission.",
            "学生的考试成绩、名次等学业信息，学校应当便利学生本人和家长知晓，但不得公开，"
            "不得宣传升学情况。",
        ),
    ),
}

GRADED = (Content.FIGURES, Content.PUPIL_GRADES)
SCORED = (Content.FIGURES, Content.PUPIL_GRADES, Content.PUPIL_SCORES, Content.RANKS)
ALL_STAGES = tuple(Stage)

GATES: tuple[Gate, ...] = (
    # ── forbidden to everybody 一律禁止 ──
    Gate(
        name="publication",
        stages=ALL_STAGES,
        purposes=(Purpose.PUBLICATION,),
        article="no_publication",
    ),
    Gate(
        name="compulsory_ranking",
        stages=COMPULSORY,
        purposes=(Purpose.RANKING,),
        article="no_ranking",
    ),
    Gate(
        name="compulsory_placement",
        stages=COMPULSORY,
        purposes=(Purpose.PLACEMENT,),
        article="no_placement",
    ),
    Gate(
        name="compulsory_selection",
        stages=COMPULSORY,
        purposes=(Purpose.SELECTION,),
        article="no_selection",
    ),
    # ── quality sampling: aggregates, no pupil's result 质量监测 ──
    Gate(
        name="sampling",
        stages=ALL_STAGES,
        purposes=(Purpose.SAMPLING,),
        article="no_ranking",
        allowed=True,
        collects=Collects.NONE,
        contents=(Content.FIGURES,),
    ),
    # ── across schools 跨校 ──
    Gate(name="joint_primary", stages=(Stage.PRIMARY,), joint=True, article="no_joint_compulsory"),
    Gate(
        name="joint_junior_not_graduating",
        stages=(Stage.JUNIOR,),
        grades=(6, 7, 8),
        joint=True,
        article="no_joint_compulsory",
    ),
    Gate(
        name="junior_mock",
        stages=(Stage.JUNIOR,),
        grades=(JUNIOR_LAST,),
        purposes=(Purpose.MOCK,),
        term_last=True,
        article="mock_exams",
        allowed=True,
        collects=Collects.SCORES,
        contents=GRADED,
        in_school_year_max=2,
    ),
    Gate(
        name="joint_junior_other",
        stages=(Stage.JUNIOR,),
        grades=(JUNIOR_LAST,),
        joint=True,
        article="mock_exams",
    ),
    Gate(
        name="joint_senior_not_graduating",
        stages=(Stage.SENIOR,),
        grades=(10, 11),
        joint=True,
        article="no_joint_before_last",
    ),
    Gate(
        name="senior_mock",
        stages=(Stage.SENIOR,),
        grades=(SENIOR_LAST,),
        purposes=(Purpose.MOCK,),
        article="mock_exams_both",
        allowed=True,
        collects=Collects.SCORES,
        contents=SCORED,
        in_school_year_max=2,
    ),
    Gate(
        name="joint_senior_other",
        stages=(Stage.SENIOR,),
        grades=(SENIOR_LAST,),
        joint=True,
        article="mock_exams_both",
    ),
    # ── inside one school 校内 ──
    Gate(
        name="first_grades",
        stages=(Stage.PRIMARY,),
        grades=(1, 2),
        article="no_written_exams",
    ),
    Gate(
        name="final",
        stages=COMPULSORY,
        purposes=(Purpose.FINAL,),
        article="term_exams",
        allowed=True,
        collects=Collects.SCORES,
        contents=GRADED,
    ),
    Gate(
        name="junior_midterm",
        stages=(Stage.JUNIOR,),
        purposes=(Purpose.MIDTERM,),
        article="term_exams",
        allowed=True,
        collects=Collects.SCORES,
        contents=GRADED,
    ),
    Gate(name="compulsory_other", stages=COMPULSORY, article="no_other_exams"),
    Gate(
        name="senior_school",
        stages=(Stage.SENIOR,),
        article="no_publication",
        allowed=True,
        collects=Collects.SCORES,
        contents=SCORED,
    ),
)
BY_NAME: dict[str, Gate] = {gate.name: gate for gate in GATES}


def gate_of(kind: ExamKind) -> Gate:
    """The gate an exam of this kind comes to; every kind comes to one.

    Raises LookupError where a grade is not one of its stage.
    """
    for gate in GATES:
        if (
            kind.stage in gate.stages
            and kind.grade in gate.grades
            and kind.grade in GRADES_OF[kind.stage]
            and kind.purpose in gate.purposes
            and gate.joint in (None, kind.joint)
            and gate.term_last in (None, kind.term_last)
        ):
            return gate
    raise LookupError(f"grade {kind.grade} is not one of the {kind.stage} stage")


def article_against(gate: Gate, content: Content) -> Article:
    """The article that keeps `content` out of a release behind this gate."""
    barred = {
        Content.RANKS: "no_ranking",
        Content.PUPIL_SCORES: "no_ranking",
        Content.PUPIL_GRADES: "no_ranking",
    }
    return ARTICLES[barred.get(content, gate.article)]
