"""A paper's item table as a sheet: one row per item, read and written by the same columns."""

from collections.abc import Sequence

from schoolgroup.evaluation.exams.models import Choice, ChoiceRule, ItemKind
from schoolgroup.evaluation.papers.keys import (
    Everyone,
    Exact,
    KeyRule,
    Multiple,
    Numeric,
    Partial,
    Single,
    number,
)
from schoolgroup.evaluation.papers.models import PaperInput, PaperItem
from schoolgroup.kernel.sheets import Findings, Row, need_columns

COLUMNS = (
    "label", "max_marks", "step", "section", "parent", "kind", "key", "key_rule", "part_marks",
    "tolerance", "choice", "choose", "choice_rule", "knowledge_point", "ability", "target_percent",
)  # fmt: skip
CHINESE = dict(
    zip(
        ("题号", "满分", "步长", "大题", "所属题", "题型", "答案", "给分规则", "部分分", "误差",
         "选做组", "选做题数", "多做规则", "知识点", "能力", "预估难度"),
        COLUMNS,
        strict=True,
    )
)  # fmt: skip
KINDS = {"": ItemKind.SUBJECTIVE, "subjective": ItemKind.SUBJECTIVE, "主观": ItemKind.SUBJECTIVE,
         "主观题": ItemKind.SUBJECTIVE, "objective": ItemKind.OBJECTIVE,
         "客观": ItemKind.OBJECTIVE, "客观题": ItemKind.OBJECTIVE}  # fmt: skip
RULES = ("single", "multiple", "numeric", "text", "everyone")
LABEL_MAX, TEXT_MAX = 40, 200


def read_paper(rows: Sequence[Row], findings: Findings) -> PaperInput:
    """The paper a table holds; what is wrong with a cell goes into `findings`.

    Raises SheetRefused where a needed column is missing.
    """
    rows = [
        Row(row.number, {CHINESE.get(name, name): cell for name, cell in row.cells.items()})
        for row in rows
    ]
    need_columns(rows, ("label", "max_marks"))
    for name in rows[0].cells:
        if name and name not in COLUMNS:
            findings.add(rows[0], name, "column_unknown", "no column of an item table", "remove it")
    items = [item for row in rows if (item := _item(row, findings)) is not None]
    return PaperInput(items=items, choices=_choices(rows, findings))


def paper_rows(items: Sequence[PaperItem], choices: Sequence[Choice]) -> list[list[object]]:
    """The table of a paper, which `read_paper` reads back."""
    groups = {choice.name: choice for choice in choices}
    table: list[list[object]] = []
    for item in items:
        key, rule, part, tolerance = _key_cells(item.key)
        group = groups.get(item.choice)
        table.append(
            [item.label, item.max_marks, item.step, item.section, item.parent, item.kind, key,
             rule, part, tolerance, item.choice, group.choose if group else "",
             group.rule if group else "", item.knowledge_point, item.ability,
             "" if item.target_percent is None else item.target_percent]
        )  # fmt: skip
    return table


def _item(row: Row, findings: Findings) -> PaperItem | None:
    label, cells = row.cells["label"], row.cells
    before = len(findings.problems)
    if not 0 < len(label) <= LABEL_MAX:
        findings.add(row, "label", "label", "1 to 40 characters", "write the item's number")
    most = _marks(row, "max_marks", None, findings)
    step = _marks(row, "step", 0.5, findings)
    kind = KINDS.get(cells.get("kind", "").lower())
    if kind is None:
        findings.add(row, "kind", "kind_unknown", "objective 客观 or subjective 主观", "write one")
    target = cells.get("target_percent", "").removesuffix("%")
    if target and not (target.isdigit() and int(target) <= 100):
        findings.add(row, "target_percent", "percent", "a whole number 0 to 100", "mend it")
    for name in ("section", "parent", "choice", "knowledge_point", "ability", "key"):
        limit = {"parent": 40, "choice": 40, "section": 100, "ability": 100}.get(name, TEXT_MAX)
        if len(cells.get(name, "")) > limit:
            findings.add(row, name, "too_long", f"at most {limit} characters", "shorten it")
    key = _key(row, findings)
    if len(findings.problems) > before or most is None or step is None or kind is None:
        return None
    if key is not None and not cells.get("kind"):
        kind = ItemKind.OBJECTIVE
    return PaperItem(
        label=label,
        max_marks=most,
        step=step,
        section=cells.get("section", ""),
        parent=cells.get("parent", ""),
        kind=kind,
        choice=cells.get("choice", ""),
        knowledge_point=cells.get("knowledge_point", ""),
        ability=cells.get("ability", ""),
        target_percent=int(target) if target else None,
        key=key,
    )


def _marks(row: Row, column: str, default: float | None, findings: Findings) -> float | None:
    cell = row.cells.get(column, "")
    if not cell and default is not None:
        return default
    value = number(cell)
    if value is None or not 0 < value <= 300 or (value * 2).denominator != 1:
        findings.add(row, column, "marks", "0.5 to 300 in steps of 0.5", "write a number")
        return None
    return float(value)


def _key(row: Row, findings: Findings) -> KeyRule | None:
    cells = row.cells
    text, rule = cells.get("key", ""), cells.get("key_rule", "").lower()
    if not text and rule != "everyone":
        return None
    letters = text.upper()
    lettered = letters.isascii() and letters.isalpha()
    if not rule:
        rule = ("single" if len(letters) == 1 else "multiple") if lettered else ""
    partial, _, _ = rule.removeprefix("multiple:").partition(" ")
    rule = rule.partition(":")[0]
    if rule not in RULES or (rule in ("single", "multiple") and not _is_choice(rule, letters)):
        findings.add(
            row, "key_rule", "key_rule_unknown", "does not say how the key is read",
            "write single, multiple, multiple:fixed, multiple:by_count, numeric, text or everyone",
        )  # fmt: skip
        return None
    if rule == "everyone":
        return Everyone()
    if rule == "single":
        return Single(accept=sorted(set(letters.replace("|", ""))))
    if rule == "numeric":
        return Numeric(value=text, tolerance=cells.get("tolerance", "") or "0")
    if rule == "text":
        return Exact(accept=[part.strip() for part in text.split("|") if part.strip()])
    part = cells.get("part_marks", "")
    given = _marks(row, "part_marks", None, findings) if part else None
    kind = Partial(partial) if partial in set(Partial) else Partial.NONE
    if given is not None and kind is Partial.NONE:
        kind = Partial.FIXED
    return Multiple(answer="".join(sorted(letters)), partial=kind, part_marks=given)


def _is_choice(rule: str, letters: str) -> bool:
    plain = letters.replace("|", "") if rule == "single" else letters
    fits = plain.isascii() and plain.isalpha()
    return fits and (rule == "multiple" or "|" in letters or len(plain) == 1)


def _key_cells(key: KeyRule | None) -> tuple[object, object, object, object]:
    if key is None:
        return "", "", "", ""
    if isinstance(key, Everyone):
        return "", "everyone", "", ""
    if isinstance(key, Single):
        return "|".join(key.accept), "single", "", ""
    if isinstance(key, Numeric):
        return key.value, "numeric", "", key.tolerance
    if isinstance(key, Exact):
        return "|".join(key.accept), "text", "", ""
    rule = "multiple" if key.partial is Partial.NONE else f"multiple:{key.partial}"
    return key.answer, rule, "" if key.part_marks is None else key.part_marks, ""


def _choices(rows: Sequence[Row], findings: Findings) -> list[Choice]:
    choices: dict[str, Choice] = {}
    for row in rows:
        name, choose = row.cells.get("choice", ""), row.cells.get("choose", "")
        if not name or len(name) > LABEL_MAX:
            continue
        word = row.cells.get("choice_rule", "").lower() or ChoiceRule.FIRST
        if word not in set(ChoiceRule):
            findings.add(row, "choice_rule", "choice_rule", "first or best", "write one")
        elif not choose.isdigit() or not 1 <= int(choose) <= 20:
            findings.add(row, "choose", "choose", "how many of the group count", "write 1 to 20")
        else:
            choice = Choice(name=name, choose=int(choose), rule=ChoiceRule(word))
            if choices.setdefault(name, choice) != choice:
                findings.add(row, "choose", "choice_differs", "differs from above", "one rule each")
    return list(choices.values())
