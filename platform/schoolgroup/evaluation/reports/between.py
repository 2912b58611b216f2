"""Schools beside each other: means with intervals, and value-added. Never in an order of values.

A school sees itself and letters, who runs the exam sees names. What the release hides of a school
is hidden here as well, in the plot too.
"""

from uuid import UUID

from schoolgroup.evaluation.analyses.comparing import compare
from schoolgroup.evaluation.analyses.frames import frame_of
from schoolgroup.evaluation.analyses.models import AnalysisInput, Method
from schoolgroup.evaluation.analyses.rules import CODE_VERSION as ANALYSES
from schoolgroup.evaluation.exams.models import Subject
from schoolgroup.evaluation.reports import rules
from schoolgroup.evaluation.reports.models import (
    NO_VALUE,
    NOT_TOLD,
    SUPPRESSED,
    Cell,
    Column,
    Ground,
    Interval,
    Intervals,
    Section,
    Table,
)
from schoolgroup.evaluation.reports.rules import Span, cell
from schoolgroup.evaluation.reports.sections import (
    HIGH,
    INTERVAL,
    LOW,
    MEAN,
    SD,
    section,
    told_since,
    whole_of,
)
from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from schoolgroup.evaluation.statistics.models import Figures, PeerFigures
from schoolgroup.evaluation.statistics.privacy import hide_rows
from schoolgroup.evaluation.statistics.release import band
from schoolgroup.evaluation.value_added.report import Band
from schoolgroup.kernel.texts import Text

SCHOOL = Column("school", Text("school", "学校"))
COMPARED = Column("compared", Text("beside yours", "与本校相比"))
UNRANKED = Text(
    "In the order of their labels; schools whose intervals overlap cannot be told apart.",
    "按代号排列；区间重叠的学校无法区分高低。",
)
BY_BAND = Text(
    "Where only a band of pupils is told, the interval is that of its smallest number: never too "
    "narrow.",
    "仅公布人数区间的学校按区间下限计算置信区间，不会偏窄。",
)
VALUE_BANDS: dict[str, Text] = {
    Band.CLEARLY_ABOVE: Text("clearly above expectation", "明显高于预期"),
    Band.ABOVE: Text("above expectation", "高于预期"),
    Band.AS_EXPECTED: Text("as expected", "符合预期"),
    Band.BELOW: Text("below expectation", "低于预期"),
    Band.CLEARLY_BELOW: Text("clearly below expectation", "明显低于预期"),
    Band.TOO_FEW: Text("too few pupils", "人数过少"),
}
DECIMALS_TOLD = 1  # of another school's value-added: exact figures would tell its size


def schools(ground: Ground, subject: Subject) -> Section | None:
    """Means of the schools with intervals, in the order of their labels."""
    rows: list[list[Cell]] = []
    plot: list[Interval] = []
    mine = ground.own.get(subject.id)
    own_span = None if mine is None else _span_of(mine)
    told = _peers(ground, subject)
    if not told:
        return None
    for letter, found in told:
        label, own = ground.labels[letter], letter == ground.letter
        exact = ground.exact_n.get((subject.id, letter))
        if own and mine is not None:
            span = own_span
            rows.append([label, mine.n_present, *_figures(mine.mean, mine.sd, span), ""])
            plot.append(_interval(label, mine.mean, span, own=True))
            continue
        if found.suppressed:
            rows.append([label, *[SUPPRESSED] * 6])
            plot.append(_interval(label, None, None))
            continue
        n = exact if exact is not None else rules.low_end(found.n_band)
        span = None
        if found.mean is not None and found.sd is not None:
            span = rules.mean_interval(found.mean, found.sd, n)
        said = rules.compared(own_span, span) if mine is not None else NOT_TOLD
        rows.append(
            [label, exact if exact is not None else found.n_band or NO_VALUE,
             *_figures(found.mean, found.sd, span), said or NO_VALUE]
        )  # fmt: skip
        plot.append(_interval(label, found.mean, span))
    columns = [SCHOOL, Column("n", Text("present", "实考"), 0), MEAN, LOW, HIGH, SD, COMPARED]
    if mine is None:
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    whole = whole_of(ground, subject)
    reference = whole.figures.mean if whole and whole.figures else None
    older, notes = told_since(ground, [found.snapshot_sha256 for _, found in told])
    return section(
        ground,
        subject,
        "schools",
        Text("Schools", "各校情况"),
        Text("mean of totals per school", "各校总分平均分"),
        None if whole is None or whole.figures is None else whole.figures.n_present,
        Table(columns, rows),
        parameters={
            "confidence": rules.CONFIDENCE,
            "cell_pupils_min": ground.release.cell_pupils_min,
        },
        uncertainty=INTERVAL,
        plot=Intervals(
            Text("mean marks", "平均分"), plot, reference, Text("all together", "全体平均")
        ),
        notes=[UNRANKED, BY_BAND, *notes],
        also_from=older,
        code=ground.release.code_version,
    )


def _peers(ground: Ground, subject: Subject) -> list[tuple[str, PeerFigures]]:
    """The schools of a subject in the order of their labels: the own first, then A, B … Z, AA."""
    found = [
        (letter, figures)
        for (of_subject, letter), figures in ground.shared.items()
        if of_subject == subject.id and isinstance(figures, PeerFigures)
    ]
    return sorted(found, key=lambda one: (one[0] != ground.letter, *order_of(ground, one[0])))


def order_of(ground: Ground, letter: str) -> tuple[int, str]:
    """Letters by length and alphabet; names by their own order."""
    label = ground.labels[letter].en
    return (0, label) if ground.letter == "" else (len(letter), letter)


def _figures(mean: float | None, sd: float | None, span: Span | None) -> list[Cell]:
    low, high = span or (None, None)
    return [cell(mean), cell(low), cell(high), cell(sd)]


def _span_of(found: Figures) -> Span | None:
    if found.mean is None or found.sd is None:
        return None
    return rules.mean_interval(found.mean, found.sd, found.n_present)


def _interval(
    label: Text, value: float | None, span: Span | None, *, own: bool = False
) -> Interval:
    low, high = span or (None, None)
    return Interval(label, value, low, high, own)


def value_added(ground: Ground, subject: Subject) -> Section | None:
    """增值: what each school added to what its pupils' earlier marks let expect, in bands."""
    prior = ground.prior
    if prior is None or subject.subject not in prior.subjects:
        return None
    before = prior.subjects[subject.subject]
    # each school by its id: names and letters come afterwards
    frames = [frame_of(subject, ground.everyone, str), frame_of(before, prior.parts, str)]
    asked = AnalysisInput(method=Method.VALUE_ADDED, subject=subject.subject)
    title = Text("Value-added", "增值评价")
    columns = [
        SCHOOL,
        Column("n", Text("pupils matched", "匹配人数"), 0),
        Column("coverage", Text("coverage", "覆盖率"), 1, percent=True),
        Column("effect", Text("value-added (marks)", "增值（分）")),
        Column("low", Text("from", "区间下限")),
        Column("high", Text("to", "区间上限")),
        Column("band", Text("band", "等次")),
    ]
    method = Text(
        "outcome = a + b·prior + u_school + e, random intercepts by REML; û shrunken",
        "后测 = a + b·前测 + u(学校) + e，随机截距 REML 估计；û 已收缩",
    )
    try:
        found = compare(frames[0], frames[1], asked)
    except MethodRefused as refused:
        return section(
            ground, subject, "value_added", title, method, None, Table(columns, []),
            notes=[_said(refused)], code=ANALYSES, also_from=[prior.snapshot_sha256],
        )  # fmt: skip
    rows_by = {str(row["school"]): row for row in found.rows}
    hidden = _hidden(ground, subject, {name: int(row["n"]) for name, row in rows_by.items()})
    by_letter = {ground.letters[UUID(name)]: row for name, row in rows_by.items()}
    rows: list[list[Cell]] = []
    plot: list[Interval] = []
    for letter in sorted(by_letter, key=lambda one: (one != ground.letter, *order_of(ground, one))):
        row, label, own = by_letter[letter], ground.labels[letter], letter == ground.letter
        told = row["band"] != Band.TOO_FEW and (own or str(row["school"]) not in hidden)
        if not told:
            rows.append([label, *[SUPPRESSED] * 6])
            plot.append(_interval(label, None, None))
            continue
        named = own or ground.letter == ""
        effect, low, high = (
            row[key] if named else round(row[key], DECIMALS_TOLD)
            for key in ("effect", "low", "high")
        )
        rows.append(
            [label, row["n"] if named else band(row["n"]),
             row["coverage"] if named else NOT_TOLD, effect, low, high, VALUE_BANDS[row["band"]]]
        )  # fmt: skip
        plot.append(Interval(label, effect, low, high, own))
    figures: dict[str, object] = {
        key: value for key, value in found.figures.items() if not isinstance(value, dict)
    }
    return section(
        ground,
        subject,
        "value_added",
        title,
        method,
        found.n,
        Table(columns, rows),
        parameters={**found.parameters, **figures},
        uncertainty=Text("95 % interval of û (posterior)", "û 的 95% 区间（后验）"),
        plot=Intervals(
            Text("value-added (marks)", "增值（分）"), plot, 0.0, Text("as expected", "符合预期")
        ),
        notes=[UNRANKED, *found.notes],
        code=ANALYSES,
        also_from=[prior.snapshot_sha256],
    )


def _hidden(ground: Ground, subject: Subject, sizes: dict[str, int]) -> set[str]:
    """Schools too small among those matched with others that would give them away, and those that
    the release itself hides."""
    k = ground.release.cell_pupils_min
    hidden = hide_rows(sizes, k)
    names = set(sizes) if hidden.total else set(hidden.rows)
    for name in sizes:
        figures = ground.shared.get((subject.id, ground.letters[UUID(name)]))
        if not isinstance(figures, PeerFigures) or figures.suppressed:
            names.add(name)
    return names


def _said(refused: MethodRefused) -> Text:
    why = refused.detail
    return why if isinstance(why, Text) else Text(why, why)
