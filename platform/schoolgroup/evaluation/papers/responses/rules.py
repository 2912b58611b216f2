"""Reading sheets of answers, and scoring them by a key, once and again: pure."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from uuid import UUID

from schoolgroup.evaluation.exams.models import Item, ItemKind, Subject
from schoolgroup.evaluation.papers.keys import KeyRule, score, tidy
from schoolgroup.evaluation.papers.responses.models import ItemMove, Rescored, Scored
from schoolgroup.evaluation.results import rules as result_rules
from schoolgroup.evaluation.results.models import Result
from schoolgroup.evaluation.results.rules import CLASS, CODE, NUMBER, STATUS, Sender
from schoolgroup.kernel.errors import Conflict
from schoolgroup.kernel.sheet_files import NOTES
from schoolgroup.kernel.sheets import Findings, Row, need_columns
from schoolgroup.kernel.texts import Text

ANSWERS = "answers"
ANSWER_CHARACTERS_MAX = 100
CELL_MIN = 10  # fewer moved candidates than this are not counted out to schools


class NothingObjective(Conflict):
    """The paper has no items with keys."""

    code = "nothing_objective"
    title = Text("The paper has no objective items", "试卷没有客观题")
    remedy = Text("Set keys first, or import marks.", "请先设定答案，或直接导入分数。")


def objective(items: Sequence[Item]) -> list[int]:
    """The places (from 0) of the objective items."""
    return [n for n, item in enumerate(items) if item.kind is ItemKind.OBJECTIVE]


def read_answers(
    rows: Sequence[Row],
    paper: Subject,
    senders: Mapping[str, Sender],
    roster: result_rules.Roster | None,
    findings: Findings,
) -> list[tuple[UUID, str, str, Result, list[str]]]:
    """One entry per candidate; everything wrong goes into `findings`.

    A column per objective item, or one column `answers`: a letter per item (`.` for none), or
    parts set apart by commas or semicolons where an item has several letters.
    """
    labels = [paper.items[n].label for n in objective(paper.items)]
    need_columns(rows, (CODE, NUMBER))
    in_one = ANSWERS in rows[0].cells
    if not in_one:
        need_columns(rows, labels)
    known = {CODE, NUMBER, CLASS, STATUS, *([ANSWERS] if in_one else labels)}
    for name in rows[0].cells:
        if name and name not in known and name not in NOTES:
            findings.add(rows[0], name, "column_unknown", "no objective item", "remove it")
    seen: dict[str, int] = {}
    taken = []
    for row in rows:
        school = result_rules.school_of(row, senders, findings)
        number = result_rules.number_of(row, seen, findings)
        answers = (
            _split(row, len(labels), findings)
            if in_one
            else [tidy(row.cells.get(label, "")) for label in labels]
        )
        result = result_rules.status_of(row, findings)
        if school is None or number is None or answers is None or result is None:
            continue
        if roster is not None and not result_rules.on_roster(
            row, (school, number), result, roster, findings
        ):
            continue
        if any(len(answer) > ANSWER_CHARACTERS_MAX for answer in answers):
            findings.add(row, ANSWERS, "too_long", "an answer of over 100 characters", "mend it")
            continue
        if result is not Result.PRESENT:
            answers = []
        taken.append((school, number, row.cells.get(CLASS, "")[:40], result, answers))
    return taken


def _split(row: Row, wanted: int, findings: Findings) -> list[str] | None:
    text = row.cells.get(ANSWERS, "")
    if not text:
        return [""] * wanted
    mark = next((m for m in (",", ";", "|") if m in text), "")
    parts = [tidy(part) for part in text.split(mark)] if mark else list(text.replace(" ", ""))
    if len(parts) != wanted:
        findings.add(
            row, ANSWERS, "answers_count", f"{len(parts)} answers to {wanted} items",
            "one for each objective item, a dot for none; commas where there are several letters",
        )  # fmt: skip
        return None
    return parts


class Scorer:
    """Scores answers by one version of the keys; the same answer is worked out once."""

    def __init__(self, items: Sequence[Item], keys: Mapping[str, KeyRule]) -> None:
        """`keys` by label, one for each objective item."""
        self.places = objective(items)
        self.labels = [items[n].label for n in self.places]
        rules = [(keys[items[n].label], items[n].max_half_marks) for n in self.places]

        @lru_cache(maxsize=100_000)
        def one(n: int, answer: str) -> int:
            key, most = rules[n]
            return score(key, answer, most)

        self._one = one

    def half_marks(self, answers: Sequence[str]) -> list[int]:
        """What the answers earn, item by item."""
        return [self._one(n, answer) for n, answer in enumerate(answers)]


def rescore(scored: Sequence[Scored], scorer: Scorer) -> tuple[list[Rescored], list[ItemMove], int]:
    """Everyone under the new keys, what moved by item, and how many candidates moved."""
    n_items = len(scorer.labels)
    up, down, sums = [0] * n_items, [0] * n_items, [0] * n_items
    done = []
    for one in scored:
        after = scorer.half_marks(one.answers)
        differs = [n for n in range(n_items) if after[n] != one.half_marks[n]]
        for n in differs:
            delta = after[n] - one.half_marks[n]
            up[n] += delta > 0
            down[n] += delta < 0
            sums[n] += delta
        whole = one.item_half_marks
        if whole is not None:
            whole = list(whole)
            for place, mark in zip(scorer.places, after, strict=True):
                whole[place] = mark
        done.append(
            Rescored(
                candidate_id=one.candidate_id,
                school_id=one.school_id,
                before=sum(one.half_marks),
                after=sum(after),
                items=[scorer.labels[n] for n in differs],
                half_marks=after,
                item_half_marks=whole,
            )
        )
    moves = [
        ItemMove(scorer.labels[n], up[n], down[n], sums[n])
        for n in range(n_items)
        if up[n] or down[n]
    ]
    return done, moves, sum(bool(one.items) for one in done)


def thinned(moves: Sequence[ItemMove]) -> list[ItemMove]:
    """What schools see: an item that moved few candidates could name them."""
    return [
        move
        if (move.up or 0) + (move.down or 0) >= CELL_MIN
        else ItemMove(move.label, None, None, None)
        for move in moves
    ]
