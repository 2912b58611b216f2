"""All schools of a subject in one pass over the marks: the figures of `rules.figures`, much faster.

Each school is brought down to whole sums (of items, of their squares, of their products with the
total) and to a histogram of totals; the group is the sum of those. From there on every figure is
the one division or root of `rules`, so that both ways give the same bits: a test holds them to it.
"""

import math
from collections.abc import Sequence
from uuid import UUID

import msgspec
import numpy as np

from schoolgroup.evaluation.exams.models import Subject
from schoolgroup.evaluation.results.models import Part, Result
from schoolgroup.evaluation.statistics import rules
from schoolgroup.evaluation.statistics.methods.exact import Marks
from schoolgroup.evaluation.statistics.methods.threads import one_thread
from schoolgroup.evaluation.statistics.models import (
    Basis,
    Figures,
    GradeShare,
    ItemFigure,
    Rate,
)

NOT_PRESENT = (Result.ABSENT, Result.VOID, Result.EXEMPT)
WHOLE_IN_FLOATS = 2**53


class _Sums(msgspec.Struct, frozen=True):
    """Whole sums over the rows of marks: one row per school, then all of them together.

    n, total, squares: of the totals that come from rows; items, item_squares, crossed: of each
    item, its square, its product with the total.
    """

    n: Marks
    total: Marks
    squares: Marks
    items: Marks
    item_squares: Marks
    crossed: Marks


@one_thread
def figures_of_schools(
    subject: Subject, parts: Sequence[Part], snapshot_sha256: str
) -> tuple[dict[UUID, Figures], Figures]:
    """The figures of each school, and of all of them together."""
    if subject.choices:  # who was offered what differs by pupil: one school at a time
        own = {part.school_id: rules.figures(subject, [part], snapshot_sha256) for part in parts}
        return own, rules.figures(subject, parts, snapshot_sha256)
    sums, totals = _sums_of(parts, len(subject.items))
    counted = _Counted(totals)
    others = [_not_present(part, n) for part, n in zip(parts, sums.n.tolist(), strict=False)]
    others.append([sum(column) for column in zip(*others, strict=True)] if others else [0, 0, 0])
    by_sums = [part.sums is not None for part in parts]
    by_sums.append(any(by_sums))
    full = subject.full_half_marks
    quartiles = counted.quartiles()
    above = counted.above(subject)
    items = _item_figures(subject, sums)
    alphas = _alphas(sums)
    found = []
    for place, (absent, void, exempt) in enumerate(others):
        n = counted.n[place]
        found.append(
            Figures(
                n_present=n,
                n_absent=absent,
                n_void=void,
                n_exempt=exempt,
                participation=n / (n + absent + void) if n + absent + void else None,
                full_marks=full / 2,
                mean=counted.total[place] / (2 * n) if n else None,
                sd=math.sqrt(counted.scatter[place]) / (2 * n) if n else None,
                lower_quartile=quartiles[0][place] if n else None,
                median=quartiles[1][place] if n else None,
                upper_quartile=quartiles[2][place] if n else None,
                rates=_rates(subject, n, above, place),
                grades=_grades(subject, n, above, place),
                items=items[place],
                alpha=alphas[place],
                basis=Basis(n, snapshot_sha256, subject.paper_version, rules.CODE_VERSION),
                n_by_item=int(sums.n[place]) if by_sums[place] else None,
            )
        )
    return {part.school_id: one for part, one in zip(parts, found, strict=False)}, found[-1]


class _Counted:
    """Histograms of totals in half marks, a row per school and one of all; whole sums of them."""

    def __init__(self, totals: Sequence[Marks]) -> None:
        everybody = np.concatenate([*totals, np.empty(0, dtype=np.int64)])
        self.lowest = int(everybody.min()) if len(everybody) else 0
        width = (int(everybody.max()) if len(everybody) else 0) - self.lowest + 1
        rows = np.repeat(np.arange(len(totals)), [len(own) for own in totals])
        counts = np.zeros((len(totals) + 1, width), dtype=np.int64)
        cells = np.bincount(rows * width + everybody - self.lowest, minlength=len(totals) * width)
        counts[:-1] = cells.reshape(len(totals), width)
        counts[-1] = counts[:-1].sum(axis=0)
        marks = np.arange(width, dtype=np.int64) + self.lowest
        self.upto = np.cumsum(counts, axis=1)
        self.n: list[int] = self.upto[:, -1].tolist()
        self.total: list[int] = (counts @ marks).tolist()
        squares: list[int] = (counts @ (marks * marks)).tolist()
        self.scatter = [
            n * square - total * total
            for n, square, total in zip(self.n, squares, self.total, strict=True)
        ]

    def quartiles(self) -> list[list[float]]:
        """The three quartiles (type 7) of each row, in marks; of nobody a number without sense."""
        n = self.upto[:, -1]
        found = []
        for quarter in (1, 2, 3):
            at, rest = np.divmod(np.maximum(n - 1, 0) * quarter, 4)
            low = (self.upto <= at[:, None]).sum(axis=1) + self.lowest
            next_at = np.minimum(at + 1, n - 1)
            high = (self.upto <= next_at[:, None]).sum(axis=1) + self.lowest
            found.append(((low * (4 - rest) + high * rest) / 8).tolist())
        return found

    def above(self, subject: Subject) -> dict[int, list[int]]:
        """How many of each row reach each line of the paper, by its percent."""
        percents = {
            subject.excellent_percent, subject.pass_percent, subject.low_percent,
            *(level.from_percent for level in subject.levels),
        }  # fmt: skip
        reached = {}
        for percent in percents:
            line = -(-percent * subject.full_half_marks // 100) - self.lowest
            n = self.upto[:, -1]
            below = self.upto[:, min(line, self.upto.shape[1]) - 1] if line > 0 else n - n
            reached[percent] = (n - below).tolist()
        return reached


def _sums_of(parts: Sequence[Part], items: int) -> tuple[_Sums, list[Marks]]:
    """The sums of every part and of all, and every part's totals."""
    rows = [len(part.half_marks) // (2 * items) for part in parts]
    # Whole numbers far below 2^53 stay whole in floats, which the linear algebra is made for.
    # One room for all schools: it stays in the processor's cache, where fresh memory would not.
    room = np.ones((max(rows, default=0), items + 2))
    of_item = np.ones(items)
    sums = np.zeros((len(parts) + 1, 2, items + 2))
    squares = np.zeros((len(parts) + 1, items))
    totals = np.empty(sum(rows), dtype=np.int64)
    end = 0
    for place, (part, n) in enumerate(zip(parts, rows, strict=True)):
        table, own = room[:n, :items], room[:n, items]
        table[...] = np.frombuffer(part.half_marks, dtype="<i2").reshape(n, items)
        own[...] = table @ of_item
        # the totals and a column of ones with every column: all products at once
        np.matmul(room[:n, items:].T, room[:n], out=sums[place])
        np.einsum("ij,ij->j", table, table, out=squares[place])
        totals[end : end + n] = own
        end += n
    whole, whole_squares = sums.astype(np.int64), squares.astype(np.int64)
    # all of them together may pass 2^53: added as whole numbers
    whole[-1], whole_squares[-1] = whole[:-1].sum(axis=0), whole_squares[:-1].sum(axis=0)
    by_part = np.split(totals, np.cumsum(rows[:-1])) if parts else []
    for place, part in enumerate(parts):
        if part.sums is not None:
            sent = np.array(list(part.sums.totals), dtype=np.int64)
            by_part[place] = np.append(by_part[place], sent)
    found = _Sums(
        n=whole[:, 1, items + 1],
        total=whole[:, 1, items],
        squares=whole[:, 0, items],
        items=whole[:, 1, :items],
        item_squares=whole_squares,
        crossed=whole[:, 0, :items],
    )
    return found, by_part


def _not_present(part: Part, present: int) -> list[int]:
    """How many are absent, void and exempt; counted no longer than some are left."""
    left, found = len(part.results) - present, []
    for result in NOT_PRESENT:
        count = part.results.count(result) if left else 0
        left -= count
        found.append(count + (0 if part.sums is None else getattr(part.sums, result.value)))
    return found


def _item_figures(subject: Subject, sums: _Sums) -> list[list[ItemFigure]]:
    """Each item of each row; one root and one division per figure, of exact numbers."""
    n, total = sums.n[:, None], sums.total[:, None]
    rest = total - sums.items
    crossed = sums.crossed - sums.item_squares
    rest_squares = sums.squares[:, None] - 2 * sums.crossed + sums.item_squares
    common = n * crossed - sums.items * rest
    of_item = n * sums.item_squares - sums.items**2
    of_rest = n * rest_squares - rest**2
    varies = (of_item > 0) & (of_rest > 0)
    if max(int(of_item.max()), int(of_rest.max())) < WHOLE_IN_FLOATS:
        roots = np.sqrt(np.where(varies, of_item.astype(np.float64) * of_rest, 1))
    else:  # beyond it only Python's whole numbers are exact
        products = of_item.astype(object) * of_rest.astype(object)
        roots = np.array([[math.sqrt(one) or 1.0 for one in row] for row in products.tolist()])
    correlations = common / roots
    most = np.array([item.max_half_marks for item in subject.items], dtype=np.int64)
    p = (sums.items / np.maximum(n * most, 1)).tolist()
    discriminates = (varies & (correlations > rules.DISCRIMINATES_FROM)).tolist()
    r: list[list[float | None]] = correlations.tolist()
    for place, item in np.argwhere(~varies).tolist():
        r[place][item] = None
    labels = [item.label for item in subject.items]
    marks = [item.max_half_marks / 2 for item in subject.items]
    nobody: list[None] = [None] * len(labels)
    return [
        list(map(ItemFigure, labels, marks, p[at] if size else nobody, r[at], discriminates[at]))
        for at, size in enumerate(sums.n.tolist())
    ]


def _alphas(sums: _Sums) -> list[float | None]:
    of_total = (sums.n * sums.squares - sums.total**2).tolist()
    of_items = (sums.n[:, None] * sums.item_squares - sums.items**2).sum(axis=1).tolist()
    k = sums.items.shape[1]
    return [
        k * (whole - own) / ((k - 1) * whole) if k > 1 and whole else None
        for whole, own in zip(of_total, of_items, strict=True)
    ]


def _rates(subject: Subject, n: int, above: dict[int, list[int]], place: int) -> list[Rate]:
    lines = (
        (rules.EXCELLENT, subject.excellent_percent),
        (rules.PASS, subject.pass_percent),
        (rules.LOW, subject.low_percent),
    )
    rates = []
    for line, percent in lines:
        count = above[percent][place]
        count = n - count if line == rules.LOW else count
        rates.append(Rate(line, percent, count / n if n else None))
    return rates


def _grades(subject: Subject, n: int, above: dict[int, list[int]], place: int) -> list[GradeShare]:
    shares, higher = [], 0
    for level in subject.levels:
        reached = above[level.from_percent][place]
        share = (reached - higher) / n if n else None
        shares.append(GradeShare(level.grade, level.from_percent, share))
        higher = reached
    return shares
