"""What a release tells, as a file to take away: logged, and marked with who took it."""

import asyncio
from collections.abc import Iterator, Sequence
from enum import StrEnum
from uuid import UUID

from schoolgroup.access.audit.service import mark_export
from schoolgroup.evaluation.statistics import service
from schoolgroup.evaluation.statistics.models import (
    Figures,
    GradeShare,
    PeerFigures,
    PupilsView,
    Rate,
    ReleaseView,
)
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.sheet_files import SheetFile, SheetFormat, exported

PUPIL_COLUMNS = ("科目 subject", "准考证号 number", "班级 class", "状态 status", "等级 grade",
                 "总分 total", "联考名次 rank", "赋分 assigned")  # fmt: skip
FIGURE_COLUMNS = ("科目 subject", "学校 of", "实考 n", "人数段 n_band", "参考率 participation",
                  "平均分 mean", "标准差 sd", "下四分位 q1", "中位数 median",
                  "上四分位 q3", "优秀率 excellent", "及格率 pass", "低分率 low", "等级分布 grades",
                  "快照 snapshot_sha256")  # fmt: skip
HIDDEN = "（不显示 hidden）"


class Exported(StrEnum):
    """Which table of a release."""

    FIGURES = "figures"
    PUPILS = "pupils"


async def export(tx: Tx, release_id: UUID, content: Exported, form: SheetFormat) -> SheetFile:
    """A table of a release as the caller may see it. Raises NotFound, Embargoed, NoPupils."""
    if content is Exported.PUPILS:
        header: Sequence[str] = PUPIL_COLUMNS
        rows = list(_pupils(await service.pupils(tx, release_id)))
    else:
        header, rows = FIGURE_COLUMNS, list(_figures(await service.get(tx, release_id)))
    mark = await mark_export(tx, "release:read", f"release/{release_id}", content, len(rows))
    return await asyncio.to_thread(exported, content, header, rows, mark, form)


def _pupils(view: PupilsView) -> Iterator[list[object]]:
    for one in view.items:
        yield [one.subject, one.exam_number, one.class_label, one.result, one.grade,
               one.total_marks, one.joint_rank, one.assigned_marks]  # fmt: skip


def _figures(view: ReleaseView) -> Iterator[list[object]]:
    for own in view.own:
        yield _row(own.subject, f"本校 own ({own.letter})", own.figures)
    for peer in view.others:
        yield _row(peer.subject, peer.letter, peer.figures)
    for named in view.schools:
        yield _row(named.subject, named.school_name, named.figures)
    for group in view.group:
        yield _row(group.subject, "全体 all", group.figures.figures)


def _row(subject: str, of: str, found: Figures | PeerFigures | None) -> list[object]:
    if found is None or (isinstance(found, PeerFigures) and found.suppressed):
        return [subject, of, HIDDEN, *[None] * (len(FIGURE_COLUMNS) - 3)]
    if isinstance(found, Figures):
        n, band, sha256 = found.n_present, None, found.basis.snapshot_sha256
    else:
        n, band, sha256 = None, found.n_band, found.snapshot_sha256
    return [subject, of, n, band, found.participation, found.mean, found.sd, found.lower_quartile,
            found.median, found.upper_quartile, *_rates(found.rates), _grades(found.grades),
            sha256]  # fmt: skip


def _rates(rates: Sequence[Rate]) -> list[float | None]:
    by_line = {rate.line: rate.share for rate in rates}
    return [by_line.get(line) for line in ("excellent", "pass", "low")]


def _grades(grades: Sequence[GradeShare]) -> str:
    return "; ".join(
        f"{one.grade} {HIDDEN if one.share is None else f'{one.share:.4f}'}" for one in grades
    )
