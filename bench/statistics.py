"""A joint exam of 100,000 candidates, 9 subjects of 30 items, 400 schools; models beside peers.

"Core" is everything a release tells of schools and of the group: n, participation, mean, sd,
quartiles, rates, grades, difficulty and discrimination of each item and alpha, 3,609 times, with
what is hidden; then everybody's joint rank and the score table of each subject: the best of five
runs, and the slowest, in which whatever the collector and the machine do shows. "Read" is the
snapshot out of PostgreSQL as the application reads it, through the walls between groups. Beside it
in the same run: the same means, deviations, quartiles and item figures by plain numpy, a school
after the other, and means, deviations, quartiles and item means by group-bys of polars, which
leaves out rates, grades, correlations and alpha. Then the exam is released, and its reports for the
group are asked for over HTTP short of the socket: all 400 schools, what a page may hold at most.
"""

import time
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import httpx
import msgspec
import numpy as np
import polars as pl

from bench import Row
from bench._ground import Ground, ground
from schoolgroup.evaluation.exams.gates import Content
from schoolgroup.evaluation.exams.models import Subject
from schoolgroup.evaluation.results import rules as results_rules
from schoolgroup.evaluation.results.models import Part, Result, SnapshotRow
from schoolgroup.evaluation.results.service import letter
from schoolgroup.evaluation.statistics import service as releases
from schoolgroup.evaluation.statistics.methods import irt, scores
from schoolgroup.evaluation.statistics.release import compute
from schoolgroup.evaluation.statistics.rules import competition_ranks, totals_of
from schoolgroup.evaluation.value_added.random_intercept import fit_intercept
from schoolgroup.evaluation.value_added.sums import from_rows
from schoolgroup.kernel.ids import new_id

SCHOOLS, CANDIDATES, SUBJECTS, ITEMS = 400, 100_000, 9, 30
FULL = 150
TIMES = 5


def best(work: Callable[[], object], times: int = TIMES) -> float:
    """The shortest of some runs, in seconds."""
    return min(runs(work, times))


def runs(work: Callable[[], object], times: int = TIMES) -> list[float]:
    """How long each run took, in seconds."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return found


async def measure() -> list[Row]:
    """The figures of the exam computed, and read and computed; then the models."""
    async with ground(pool_max=4) as here:
        rows = await _exam(here)
    return [*rows, *_models()]


def _paper(subject: str) -> dict[str, Any]:
    return {"subject": subject, "items": [{"label": str(n), "max_marks": FULL / ITEMS}
                                          for n in range(1, ITEMS + 1)]}  # fmt: skip


async def _exam(here: Ground) -> list[Row]:
    snapshot_id, papers = await _set_up(here)
    token = (await here.world.person(None, "group_admin")).headers["Authorization"]
    actor = await here.services.authenticator.actor_of(token.removeprefix("Bearer "))
    read_s, parts = [], cast("list[Part]", [])
    for _ in range(3):
        began = time.perf_counter()
        parts = await here.services.db.run(
            actor, lambda tx: releases.results.parts(tx, snapshot_id)
        )
        read_s.append(time.perf_counter() - began)
    assert len(parts) == SCHOOLS * SUBJECTS
    letters = {part.school_id: letter(n) for n, part in enumerate(parts[:SCHOOLS])}

    def core() -> None:
        found = compute(papers, parts, letters, "0" * 64, 10, [Content.FIGURES], {})
        assert len(found.own) == SCHOOLS * SUBJECTS
        for paper in papers:
            totals = totals_of([p for p in parts if p.exam_subject_id == paper.id], ITEMS)
            competition_ranks(totals, totals)
            scores.score_table(scores.histogram(totals))

    core_runs = runs(core)
    core_s = min(core_runs)
    reports = await _reports(here, papers)
    return [
        Row("core statistics of the exam, computed", core_s, "goal", 0.5, "s", 1),
        Row(f"the slowest of {TIMES} runs", max(core_runs), "goal", 0.5, "s"),
        Row("core statistics, read from PostgreSQL and computed", min(read_s) + core_s, "goal", 3,
            "s", 1),
        Row("core statistics, computed", core_s, "plain numpy, school by school",
            best(lambda: _numpy(parts), 2), "s"),
        Row("core statistics, computed", core_s, "polars group-bys, fewer figures",
            _polars(parts), "s"),
        *reports,
    ]  # fmt: skip


async def _reports(here: Ground, papers: list[Subject]) -> list[Row]:
    """The exam released, and what the group's reports of it take."""
    async with here.sql.transaction():
        # the schools accepted and the exam froze, as by its own steps; only the rows matter here
        await here.sql.execute("SET LOCAL session_replication_role = replica")
        await here.sql.execute(
            """INSERT INTO exam_school (group_id, exam_id, school_id, status, invited_at, letter)
               SELECT DISTINCT p.group_id, s.exam_id, p.school_id, 'accepted', now(), NULL
                 FROM exam_snapshot_part p JOIN exam_snapshot s ON s.id = p.snapshot_id"""
        )
        for n, row in enumerate(await here.sql.fetch("SELECT school_id FROM exam_school")):
            await here.sql.execute(
                "UPDATE exam_school SET letter = $2 WHERE school_id = $1", row[0], letter(n)
            )
        exam_id = await here.sql.fetchval("UPDATE exam SET status = 'frozen' RETURNING id")
    officer = await here.world.person(None, "evaluation_officer")
    transport = httpx.ASGITransport(app=cast("Any", here.app))
    rows = []
    async with httpx.AsyncClient(transport=transport, base_url="http://bench") as http:
        began = time.perf_counter()
        made = await http.post(
            f"/v1/exams/{exam_id}/releases", json={}, headers=officer.headers, timeout=120
        )
        assert made.status_code == 201, made.text[:2000]
        rows.append(Row("release the exam", time.perf_counter() - began, "patience", 30, "s"))
        path = f"/v1/releases/{made.json()['id']}/report?recipient=group"
        one = f"&subject={papers[0].subject}"
        for what, more in (
            ("one subject, page", f"&form=html{one}"),
            ("one subject, workbook", f"&form=xlsx{one}"),
            ("one subject, with Rasch map, page", f"&form=html&wright=true{one}"),
            ("nine subjects, workbook", "&form=xlsx"),
            ("nine subjects, JSON", "&form=json"),
        ):
            took = []
            for _ in range(2):
                began = time.perf_counter()
                told = await http.get(path + more, headers=officer.headers, timeout=120)
                took.append(time.perf_counter() - began)
                assert told.status_code in (200, 422), told.text[:2000]
            said = f"report of {SCHOOLS} schools, {what}"
            said += "" if told.status_code == 200 else f": refused, {told.json()['code']}"
            rows.append(Row(said, min(took), "wished", 2, "s"))
    return rows


async def _set_up(here: Ground) -> tuple[UUID, list[Subject]]:
    """The exam by its own API, the snapshot as the application writes it."""
    world = here.world
    officer = await world.person(None, "evaluation_officer")
    schools = [await world.school(f"{n:03}", stages=("senior",)) for n in range(SCHOOLS)]
    wish = {
        "title": "高三联考",
        "stage": "senior",
        "grade": 12,
        "purpose": "mock",
        "term_last": True,
        "subjects": [_paper(f"科目{n}") for n in range(SUBJECTS)],
    }
    transport = httpx.ASGITransport(app=cast("Any", here.app))
    async with httpx.AsyncClient(transport=transport, base_url="http://bench") as http:
        made = await http.post("/v1/exams", json=wish, headers=officer.headers, timeout=60)
        assert made.status_code == 201, made.text
    exam_id, snapshot_id = UUID(made.json()["id"]), new_id()
    token = officer.headers["Authorization"].removeprefix("Bearer ")
    actor = await here.services.authenticator.actor_of(token)
    papers = await here.services.db.run(actor, lambda tx: releases.exams.papers(tx, exam_id))
    chance = np.random.default_rng(6)
    sizes = chance.multinomial(CANDIDATES, chance.dirichlet(np.full(SCHOOLS, 4.0)))
    parts: list[Part] = []
    for paper in papers:
        for place, (school, size) in enumerate(zip(schools, sizes.tolist(), strict=True)):
            marks = _marks(chance, int(size))
            absent = chance.random(int(size)) < 0.01
            results = [Result.ABSENT if away else Result.PRESENT for away in absent.tolist()]
            part = Part(paper.id, school.id, 1, [f"{place:03}{n:05}" for n in range(int(size))],
                        [f"{n // 50:02}" for n in range(int(size))], results,
                        marks[~absent].tobytes(), "")  # fmt: skip
            sealed = results_rules.part_sha256(part)
            parts.append(msgspec.structs.replace(part, sha256=sealed))
    row = SnapshotRow(snapshot_id, exam_id, 1, "0" * 64, datetime.now(UTC))
    keep = releases.results.queries.insert_snapshot
    await here.services.db.run(actor, lambda tx: keep(tx, row, papers, parts))
    await here.sql.execute("VACUUM ANALYZE exam_snapshot_part")
    return snapshot_id, papers


def _marks(chance: np.random.Generator, n: int) -> np.ndarray:
    ability = chance.normal(size=(n, 1))
    raw = chance.normal(size=(n, ITEMS)) + ability + np.linspace(1, -1, ITEMS)
    most = 2 * FULL // ITEMS
    return np.clip(np.rint(most * (raw / 5 + 0.5)), 0, most).astype("<i2")


def _numpy(parts: list[Part]) -> None:
    """Means, deviations, quartiles, item means, corrected correlations and alpha, per school."""
    for part in parts:
        table = np.frombuffer(part.half_marks, "<i2").reshape(-1, ITEMS).astype(float)
        total = table.sum(axis=1)
        total.mean(), total.std(), np.percentile(total, [25, 50, 75])
        table.mean(axis=0), table.var(axis=0, ddof=1).sum() / total.var(ddof=1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an item without variance
            for column in table.T:
                np.corrcoef(column, total - column)


def _polars(parts: list[Part]) -> float:
    """Means, deviations and quartiles of totals, item means; the frame is made beforehand."""
    frames = []
    for subject in sorted({part.exam_subject_id for part in parts}, key=str):
        mine = [part for part in parts if part.exam_subject_id == subject]
        table = np.concatenate(
            [np.frombuffer(part.half_marks, "<i2").reshape(-1, ITEMS) for part in mine]
        )
        sizes = [len(part.half_marks) // (2 * ITEMS) for part in mine]
        columns = {f"i{n}": np.ascontiguousarray(table[:, n]) for n in range(ITEMS)}
        frame = pl.DataFrame(columns).with_columns(
            pl.Series("school", np.repeat(np.arange(len(mine)), sizes)),
            pl.sum_horizontal([pl.col(name).cast(pl.Int64) for name in columns]).alias("total"),
        )
        frames.append(frame)

    def group() -> None:
        total = pl.col("total")
        for frame in frames:
            frame.group_by("school").agg(
                total.len(), total.mean().alias("mean"), total.std(ddof=0).alias("sd"),
                *(total.quantile(q, "linear").alias(f"q{q}") for q in (0.25, 0.5, 0.75)),
                pl.col("^i[0-9]+$").mean(),
            )  # fmt: skip

    return best(group, 3)


def _models() -> list[Row]:
    names, x, y = _pupils()
    ours = best(lambda: fit_intercept(from_rows(names, x, y)), 20)
    fitted, theirs, params = fit_intercept(from_rows(names, x, y)), *_statsmodels(names, x, y)
    assert abs(fitted.fixed[1] - params) < 1e-4, (fitted.fixed, params)
    two = _answers(651, 20)
    graded = _graded(651, 20)
    labels = [str(n) for n in range(20)]
    return [
        Row("random intercept, 4,059 pupils of 65 schools", ours * 1000, "statsmodels MixedLM",
            theirs * 1000, "ms", 10),
        Row("2PL, 651 pupils × 20 items", best(lambda: irt.fit(two, irt.Model.TWO_PL, labels), 3),
            "goal", 1, "s", 1),
        Row("graded model, 651 × 20 items of 4 categories",
            best(lambda: irt.fit(graded, irt.Model.TWO_PL, labels), 2), "patience", 30, "s"),
    ]  # fmt: skip


def _pupils() -> tuple[list[str], np.ndarray, np.ndarray]:
    """4,059 pupils of 65 schools, one of two pupils, with a prior and an outcome."""
    chance = np.random.default_rng(65)
    sizes = 2 + chance.multinomial(4059 - 2 * 65, np.r_[0, chance.dirichlet(np.full(64, 5.0))])
    names = np.repeat([f"s{n:02}" for n in range(65)], sizes)
    effect = np.repeat(chance.normal(0, 0.3, 65), sizes)
    x = chance.normal(size=4059)
    return names.tolist(), x, 0.56 * x + effect + chance.normal(0, 0.75, 4059)


def _statsmodels(names: list[str], x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """(seconds, slope) of the same model by REML."""
    from statsmodels.regression.mixed_linear_model import MixedLM

    design = np.column_stack([np.ones(len(x)), x])
    groups = np.asarray(names)
    found: list[float] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")

        def work() -> None:
            found.append(float(MixedLM(y, design, groups=groups).fit(reml=True).fe_params[1]))

        return best(work, 3), found[-1]


def _answers(n: int, items: int) -> np.ndarray:
    chance = np.random.default_rng(20)
    slope, easy = chance.uniform(0.3, 2, items), chance.normal(0, 1, items)
    z = chance.normal(size=(n, 1)) * slope + easy
    return (chance.random((n, items)) < 1 / (1 + np.exp(-z))).astype(float)


def _graded(n: int, items: int) -> np.ndarray:
    chance = np.random.default_rng(21)
    z = chance.normal(size=(n, 1)) * chance.uniform(0.5, 2, items) + chance.logistic(
        size=(n, items)
    )
    return sum((z > cut).astype(float) for cut in (-1.5, 0.0, 1.5))
