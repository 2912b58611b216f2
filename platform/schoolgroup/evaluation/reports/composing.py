"""Which sections a report has, for each recipient. Pure."""

from collections.abc import Callable, Sequence

from schoolgroup.evaluation.exams.models import Subject
from schoolgroup.evaluation.reports import between, classes, pupils, rules, sections, wright
from schoolgroup.evaluation.reports.models import Ground, Recipient, Report, Section
from schoolgroup.evaluation.results.models import Part
from schoolgroup.evaluation.statistics.models import Figures
from schoolgroup.kernel.texts import Text

_Sections = Callable[[Ground, Subject], Sequence[Section | None]]
OWN = Text("this school", "本校")
WHOLE = Text("all together", "全体")
STALE = Text(
    "Marks have changed since this release: a newer snapshot stands.",
    "本次发布后成绩有变动，已有更新的成绩快照。",
)
WITHDRAWN = Text("This release has been withdrawn.", "本次发布已撤回。")
KEEP = Text(
    "Not to be published or put up: no ranking of pupils, classes or schools follows from it.",
    "不得公开或张贴；不得据此对学生、班级或学校排名。",
)


def compose(ground: Ground) -> Report:
    """The report. Raises NothingOfYours where the release holds nothing for this recipient."""
    asked, release = ground.asked, ground.release
    match asked.recipient:
        case Recipient.PUPIL:
            found = pupils.of_pupil(ground, asked.exam_number or "")
            if not found[0].table.rows:
                raise rules.NothingOfYours
        case Recipient.CLASS:
            found = _each(ground, _of_class)
        case Recipient.TEACHER:
            found = _each(ground, _of_teacher)
        case Recipient.SCHOOL:
            found = _each(ground, _of_school)
        case Recipient.GROUP:
            found = _each(ground, _of_group)
    if not found:
        raise rules.NothingOfYours
    return Report(
        recipient=asked.recipient,
        of=_about(ground),
        release_id=release.id,
        exam_id=release.exam_id,
        exam=release.title,
        organiser=release.owner_name,
        contents=[str(content) for content in release.contents],
        released_at=release.released_at,
        frozen_at=release.frozen_at,
        snapshot_sha256=release.snapshot_sha256,
        released_with=release.code_version,
        report_version=rules.CODE_VERSION,
        cell_pupils_min=release.cell_pupils_min,
        stale=release.stale,
        withdrawn=release.withdrawn_at is not None,
        sections=found,
        notes=[
            *([STALE] if release.stale else []),
            *([WITHDRAWN] if release.withdrawn_at is not None else []),
            KEEP,
        ],
    )


def _about(ground: Ground) -> Text:
    asked, school = ground.asked, ground.school_name
    match asked.recipient:
        case Recipient.PUPIL:
            number = asked.exam_number or ""
            name = ground.names.get(number)
            who = f"{name} ({number})" if name else number
            return Text(f"{school}, {who}", f"{school} {who}")
        case Recipient.CLASS:
            name = classes.class_name(asked.class_label or "").zh
            return Text(f"{school}, class {name}", f"{school} {name}")
        case Recipient.GROUP:
            return Text("All schools", "全体学校")
        case _:
            return Text(school, school)


def _each(ground: Ground, one: _Sections) -> list[Section]:
    return [
        section
        for subject in ground.subjects
        for section in one(ground, subject)
        if section is not None
    ]


def _part(ground: Ground, subject: Subject) -> Part | None:
    """The own school's rows; null where it sent sums, or did not take the subject."""
    return next((p for p in ground.parts.get(subject.id, []) if p.sums is None), None)


def _of_school(ground: Ground, subject: Subject) -> Sequence[Section | None]:
    own, told = ground.own.get(subject.id), ground.pupils.get(subject.id)
    part = _part(ground, subject)
    found: list[Section | None] = []
    if own is not None:
        rows = [(OWN, own), *_whole_row(ground, subject)]
        found += [sections.overview(ground, subject, rows), sections.shares(ground, subject, rows)]
    if own is not None or told is not None:
        grades = (told.grades if told is not None else None) or []
        found.append(sections.distribution(ground, subject, own, grades, 1))
    if own is not None:
        found.append(between.schools(ground, subject))
        found.append(between.value_added(ground, subject))
        if own.items:
            found.append(sections.items(ground, subject, own, OWN))
        if part is not None:
            found.append(classes.table_of_classes(ground, subject, part))
            found.append(classes.knowledge(ground, subject, part))
        if ground.asked.wright:
            found.append(wright.wright(ground, subject, 1))
    return found


def _of_group(ground: Ground, subject: Subject) -> Sequence[Section | None]:
    whole = sections.whole_of(ground, subject)
    if whole is None:
        return []
    k = ground.release.cell_pupils_min
    rows = [(WHOLE, whole.figures)]
    found: list[Section | None] = [
        sections.overview(ground, subject, rows),
        sections.shares(ground, subject, rows),
    ]
    if whole.figures is not None:
        found.append(sections.distribution(ground, subject, whole.figures, [], k))
    found.append(between.schools(ground, subject))
    found.append(between.value_added(ground, subject))
    if whole.figures is not None:
        found.append(sections.items(ground, subject, whole.figures, WHOLE))
        if ground.asked.wright:
            found.append(wright.wright(ground, subject, k))
    return found


def _of_teacher(ground: Ground, subject: Subject) -> Sequence[Section | None]:
    own, part = ground.own.get(subject.id), _part(ground, subject)
    told = ground.pupils.get(subject.id)
    grades = (told.grades if told is not None else None) or []
    found: list[Section | None] = []
    if own is not None and part is not None:
        rows = [(OWN, own), *_whole_row(ground, subject)]
        found.append(sections.overview(ground, subject, rows))
        found.append(classes.table_of_classes(ground, subject, part))
    found.append(sections.distribution(ground, subject, own, grades, 1))
    if own is not None and part is not None:
        found.append(classes.items_by_class(ground, subject, part))
        found.append(sections.items(ground, subject, own, OWN))
        found.append(classes.knowledge(ground, subject, part))
    return found


def _of_class(ground: Ground, subject: Subject) -> Sequence[Section | None]:
    label = ground.asked.class_label or ""
    own, told = ground.own.get(subject.id), ground.pupils.get(subject.id)
    part = _part(ground, subject)
    if part is None or label not in part.class_labels:
        return []
    found: list[Section | None] = []
    figures = classes.by_class(ground, subject, part)
    name = classes.class_name(label)
    if own is not None and label in figures:
        rows = [(name, figures[label]), (OWN, own)]
        found += [sections.overview(ground, subject, rows), sections.shares(ground, subject, rows)]
    grades: list[str] = []
    if told is not None and told.grades is not None:
        grades = [
            grade
            for grade, of_class in zip(told.grades, told.class_labels, strict=True)
            if of_class == label
        ]
    only = sections.of_parts(ground, subject, [rules.of_class(part, len(subject.items), label)])
    found.append(sections.distribution(only, subject, figures.get(label), grades, 1))
    found.append(classes.items_by_class(ground, subject, part, label))
    found.append(classes.knowledge(ground, subject, part, label))
    if told is not None:
        found.append(classes.pupils(ground, subject, told, label))
    return found


def _whole_row(ground: Ground, subject: Subject) -> list[tuple[Text, Figures | None]]:
    whole = sections.whole_of(ground, subject)
    return [] if whole is None else [(WHOLE, whole.figures)]
