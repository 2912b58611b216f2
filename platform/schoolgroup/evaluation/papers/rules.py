"""Whether a paper is sound, and whether it asks what its blueprint planned: pure decisions."""

from collections.abc import Sequence
from fractions import Fraction

from schoolgroup.evaluation.exams.models import Choice, ItemKind
from schoolgroup.evaluation.exams.rules import SHEET_COLUMNS, plain
from schoolgroup.evaluation.papers.keys import KeyRule, fault_of
from schoolgroup.evaluation.papers.models import (
    BlueprintView,
    Cell,
    CellCheck,
    ItemKey,
    PaperItem,
    half,
)
from schoolgroup.kernel.errors import Conflict, Invalid, Problem
from schoolgroup.kernel.texts import Text


class PaperInvalid(Invalid):
    """The paper contradicts itself."""

    code = "paper_invalid"
    title = Text("The paper contradicts itself", "试卷自相矛盾")


class PaperFixed(Conflict):
    """Results have come in for this paper: only its keys can still change."""

    code = "paper_fixed"
    title = Text("The paper was sat", "试卷已开考")
    remedy = Text(
        "Change its keys, with a reason: answers are scored anew.", "可说明理由更正答案。"
    )


class NotToBeSealed(Conflict):
    """Only an own draft of kind paper, offered to nobody, can be sealed as an exam's paper."""

    code = "not_to_be_sealed"
    title = Text("This resource cannot be sealed", "该资源不能密封")
    remedy = Text(
        "Make a draft resource of kind paper yourself, and offer it once it is sealed.",
        "请由命题人新建类型为试卷的草稿，密封后再设定共享。",
    )


def check_paper(items: Sequence[PaperItem], choices: Sequence[Choice]) -> None:
    """Raise PaperInvalid, naming every item and group that cannot be so."""
    problems: list[Problem] = []
    labels = [plain(item.label) for item in items]
    groups = {choice.name for choice in choices}
    for n, item in enumerate(items):
        at, label = f"/items/{n}", labels[n]
        for where, code, why in _faults(item, label, labels, groups):
            problems.append(Problem(f"{at}/{where}", code, why))
        if label in labels[:n]:
            problems.append(Problem(f"{at}/label", "label_twice", f"{label} stands twice"))
    names = [choice.name for choice in choices]
    for n, choice in enumerate(choices):
        of_group = [item for item in items if item.choice == choice.name]
        if choice.name in names[:n]:
            problems.append(Problem(f"/choices/{n}/name", "twice", choice.name))
        if len(of_group) <= choice.choose:
            why = f"{len(of_group)} items to choose {choice.choose} from"
            problems.append(Problem(f"/choices/{n}/choose", "nothing_to_choose", why))
        if len({half(item.max_marks) for item in of_group}) > 1:
            why = "items one chooses between carry the same marks"
            problems.append(Problem(f"/choices/{n}", "unequal", why))
    if problems:
        raise PaperInvalid(problems=problems[:200])


def _faults(
    item: PaperItem, label: str, labels: Sequence[str], groups: set[str]
) -> list[tuple[str, str, str]]:
    most, faults = half(item.max_marks), []
    if not label or label in SHEET_COLUMNS or label == "answers":
        faults.append(("label", "label_taken", "empty, or a column of the sheet"))
    if most % half(item.step):
        faults.append(("step", "wrong_step", "the maximum is no multiple of the step"))
    if item.parent and item.parent == item.label:
        faults.append(("parent", "own_parent", "an item is no part of itself"))
    if item.choice and item.choice not in groups:
        faults.append(("choice", "unknown_choice", item.choice))
    if item.choice and item.kind is ItemKind.OBJECTIVE:
        faults.append(("choice", "objective_choice", "optional items are marked by people"))
    if item.kind is ItemKind.SUBJECTIVE and item.key is not None:
        faults.append(("key", "key_of_subjective", "a key makes an item objective"))
    if item.kind is ItemKind.OBJECTIVE and item.key is None:
        faults.append(("key", "key_missing", "an objective item has a key"))
    if item.key is not None and (fault := fault_of(item.key, most)):
        faults.append(("key", "key_invalid", fault))
    return faults


def check_keys(items: Sequence[PaperItem], changed: Sequence[ItemKey]) -> dict[str, KeyRule]:
    """The new keys by label; raises PaperInvalid for keys no objective item has."""
    by_label = {item.label: item for item in items}
    problems, keys = [], {}
    for n, change in enumerate(changed):
        label = plain(change.label)
        item = by_label.get(label)
        if item is None or item.kind is not ItemKind.OBJECTIVE or label in keys:
            why = "no objective item, or twice"
            problems.append(Problem(f"/keys/{n}/label", "unknown_item", f"{label}: {why}"))
        elif fault := fault_of(change.key, half(item.max_marks)):
            problems.append(Problem(f"/keys/{n}/key", "key_invalid", fault))
        else:
            keys[label] = change.key
    if problems:
        raise PaperInvalid(problems=problems)
    return keys


def check_blueprint(cells: Sequence[Cell]) -> None:
    """Raise PaperInvalid where a cell stands twice."""
    seen: set[tuple[str, str]] = set()
    problems = []
    for n, cell in enumerate(cells):
        place = (cell.knowledge_point, cell.ability)
        if place in seen:
            problems.append(Problem(f"/cells/{n}", "twice", " × ".join(place)))
        seen.add(place)
    if problems:
        raise PaperInvalid(problems=problems)


def blueprint(
    cells: Sequence[Cell], items: Sequence[PaperItem], choices: Sequence[Choice]
) -> BlueprintView:
    """The two-way table of a paper beside the plan.

    An optional item counts by its share: of two items to choose one from, half its marks each.
    """
    weights = _weights(items, choices)
    planned = {(c.knowledge_point, c.ability): c for c in cells}
    asked: dict[tuple[str, str], list[int]] = {}
    for n, item in enumerate(items):
        asked.setdefault((item.knowledge_point, item.ability), []).append(n)
    checks = []
    for place in [*planned, *(p for p in asked if p not in planned)]:
        plan, of_cell = planned.get(place), asked.get(place, [])
        marks = sum((weights[n] for n in of_cell), Fraction(0))
        fits = plan is not None and marks == Fraction(half(plan.marks))
        if not planned:
            fits = True
        checks.append(
            CellCheck(
                knowledge_point=place[0],
                ability=place[1],
                planned_marks=plan.marks if plan else None,
                marks=float(marks / 2),
                items=[items[n].label for n in of_cell],
                planned_percent=plan.target_percent if plan else None,
                expected_percent=_expected(items, weights, of_cell),
                fits=fits,
            )
        )
    everything = range(len(items))
    return BlueprintView(
        cells=checks,
        marks_by_knowledge_point=_sums(items, weights, "knowledge_point"),
        marks_by_ability=_sums(items, weights, "ability"),
        expected_percent=_expected(items, weights, everything),
        fits=all(check.fits for check in checks),
    )


def _weights(items: Sequence[PaperItem], choices: Sequence[Choice]) -> list[Fraction]:
    share = {
        c.name: Fraction(c.choose, sum(item.choice == c.name for item in items)) for c in choices
    }
    return [half(item.max_marks) * share.get(item.choice, Fraction(1)) for item in items]


def _sums(items: Sequence[PaperItem], weights: Sequence[Fraction], field: str) -> dict[str, float]:
    sums: dict[str, Fraction] = {}
    for item, weight in zip(items, weights, strict=True):
        name = getattr(item, field)
        sums[name] = sums.get(name, Fraction(0)) + weight
    return {name: float(total / 2) for name, total in sums.items()}


def _expected(
    items: Sequence[PaperItem], weights: Sequence[Fraction], places: Sequence[int]
) -> float | None:
    """The target difficulty of these items, weighted by marks, in percent to one place."""
    if not places:
        return None
    total = Fraction(0)
    for n in places:
        target = items[n].target_percent
        if target is None:
            return None
        total += weights[n] * target
    return float(round(total / sum(weights[n] for n in places), 1))
