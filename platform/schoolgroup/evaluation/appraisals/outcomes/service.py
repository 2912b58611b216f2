"""Results from the rows of a round, to whom they may be told."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import may
from schoolgroup.evaluation.appraisals.cases import rules as case_rules
from schoolgroup.evaluation.appraisals.cases import service as cases
from schoolgroup.evaluation.appraisals.cases.models import CaseRow
from schoolgroup.evaluation.appraisals.outcomes import queries, rules
from schoolgroup.evaluation.appraisals.outcomes.models import (
    Distribution,
    ExplanationView,
    ModerationRow,
    ResultView,
    RoundResults,
    Standing,
    StoredResult,
    Verification,
)
from schoolgroup.evaluation.appraisals.rounds import rules as steps
from schoolgroup.evaluation.appraisals.rounds import service as rounds
from schoolgroup.evaluation.appraisals.rounds.models import (
    AppraisalRow,
    AppraisalStatus,
    AppraisalView,
    PlainCase,
)
from schoolgroup.evaluation.appraisals.rounds.queries import list_cases, progress, set_final
from schoolgroup.evaluation.appraisals.schemes import service as schemes
from schoolgroup.evaluation.appraisals.schemes.models import SchemeInput
from schoolgroup.evaluation.appraisals.scoring import balance, raters
from schoolgroup.evaluation.appraisals.scoring.models import (
    CaseInputs,
    CaseScore,
    SpreadResult,
    Tally,
)
from schoolgroup.evaluation.appraisals.scoring.rules import CODE_VERSION, percent, score
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.sheet_files import SheetFile, TableFormat, table_file

S = AppraisalStatus
KNOWN_TO_RUNNER = (S.MODERATION, S.OBJECTION, S.FINAL)
KNOWN_TO_SCHOOL = (S.OBJECTION, S.FINAL)


class Reckoned(msgspec.Struct, frozen=True):
    """Everything of a round, reckoned from its rows."""

    scheme: SchemeInput
    cases: list[PlainCase]
    inputs: dict[UUID, CaseInputs]
    scores: dict[UUID, CaseScore]
    spreads: list[SpreadResult]
    moderations: list[ModerationRow]
    documents: dict[UUID, StoredResult]


async def reckon(tx: Tx, row: AppraisalRow) -> Reckoned:
    """All results of a round; the policy has said yes, and what a school may see is cut later."""
    async with _all_of_it(tx, row):
        return await _reckon(tx, row)


async def result(tx: Tx, case_id: UUID) -> ResultView:
    """The result of one case. Raises NotFound, NotAnnounced."""
    case, row = await _readable(tx, case_id)
    return _result(case, row, await reckon(tx, row))


async def explanation(tx: Tx, case_id: UUID, indicator: str) -> ExplanationView:
    """Why a number is what it is. Raises NotFound, NotAnnounced."""
    case, row = await _readable(tx, case_id)
    known = await reckon(tx, row)
    told = [one for one in known.moderations if one.case_id == case_id]
    inputs, of_case = known.inputs[case.id], known.scores[case.id]
    if indicator != "*" and indicator not in of_case.nodes:
        raise NotFound
    return ExplanationView(
        case_id=case_id,
        explanation=rules.explain(known.scheme, indicator, inputs, of_case, told),
        total_percent=percent(of_case.total),
        scheme_sha256=row.scheme_sha256 or "",
        code_version=CODE_VERSION,
        reference=known.scheme.settings.reference,
    )


async def results(tx: Tx, round_id: UUID) -> RoundResults:
    """All results for who runs the round; for a school its own, and the others without names."""
    row = await rounds.fetch(tx, round_id, steps.READ)
    everything = _sees_all(tx, row)
    own = None if everything else tx.actor.school_id
    if row.status not in (KNOWN_TO_RUNNER if everything else KNOWN_TO_SCHOOL):
        raise rules.NotAnnounced
    known = await reckon(tx, row)
    mine = [case for case in known.cases if everything or case.school_id == own]
    if not mine:
        raise NotFound  # an assessor sees cases, not results
    return RoundResults(
        appraisal_id=round_id,
        final=row.status is S.FINAL,
        cases=[_standing(case, known, compare=everything) for case in mine],
        others=[] if everything else _others(known, mine),
        # the coefficients are of all schools together: nobody's figure can be told from them
        spreads=[msgspec.structs.replace(one, square=None) for one in known.spreads],
        scheme_sha256=row.scheme_sha256 or "",
        results_sha256=row.results_sha256,
        code_version=CODE_VERSION,
    )


async def reliability(tx: Tx, round_id: UUID) -> raters.Reliability:
    """Agreement and severity of assessors, once they have all spoken. Raises NotAnnounced."""
    row = await rounds.fetch(tx, round_id, steps.MODERATE)
    if row.status not in KNOWN_TO_RUNNER:
        raise rules.NotAnnounced
    known = await reckon(tx, row)
    found = raters.reliability(known.scheme, list(known.inputs.values()))
    return msgspec.structs.replace(found, code_version=CODE_VERSION)


async def export(tx: Tx, round_id: UUID, file_format: TableFormat) -> SheetFile:
    """All results as a sheet: who took it is entered in the audit trail. Raises NotAnnounced."""
    row = await rounds.fetch(tx, round_id, steps.MODERATE)
    if row.status not in KNOWN_TO_RUNNER:
        raise rules.NotAnnounced
    known = await reckon(tx, row)
    codes = [one.code for one in known.scheme.indicators]
    header = ["学校代码/school_code", "学段/stage", "教师/teacher_ref", "总分/total_percent",
              "等次/band", "完整/complete", "否决/vetoes", "规则/rules", "评审人数/n_raters",
              "标准误/standard_error", "下限/low", "上限/high", *codes, "sha256"]  # fmt: skip
    table = []
    for case in known.cases:
        of_case = known.scores[case.id]
        sure = of_case.uncertainty
        passed = "; ".join(
            f"{rule.code}={'?' if rule.passed is None else 'yes' if rule.passed else 'no'}"
            for rule in of_case.rules
        )
        table.append(
            [case.school_code, case.stage, case.teacher_ref, percent(of_case.total) or "",
             of_case.band, "yes" if of_case.total is not None else "no",
             " ".join(of_case.vetoes), passed, sure.n_raters,
             *("" if one is None else one for one in (sure.standard_error, sure.low, sure.high)),
             *(percent(of_case.nodes[code].share) or "" for code in codes),
             known.documents[case.id].sha256]
        )  # fmt: skip
    await journal.enter(
        tx, steps.MODERATE, f"appraisal/{round_id}", "done",
        {"exported": file_format, "cases": len(table)},
    )  # fmt: skip
    return await table_file(f"appraisal-{round_id}", header, table, file_format, title="results")


async def finalise(tx: Tx, round_id: UUID) -> AppraisalView:
    """The results stand: byte for byte, with one hash over all.

    Raises WrongState, TooEarly (the hour for objections), ObjectionOpen.
    """
    row = await rounds.fetch_locked(tx, round_id, steps.MODERATE)
    steps.ROUND.step(row.status, "finalise")
    if row.objections_until_at is not None and tx.now < row.objections_until_at:
        raise rules.TooEarly(until_at=row.objections_until_at)
    if (await progress(tx, round_id)).objections_open:
        raise rules.ObjectionOpen
    known = await reckon(tx, row)
    await queries.insert_results(tx, list(known.documents.values()))
    sha256 = rules.round_sha256(_hashes(known), known.spreads)
    await set_final(tx, round_id, sha256, CODE_VERSION)
    return await rounds.changed(tx, round_id, "appraisal.final", steps.MODERATE)


async def verify(tx: Tx, round_id: UUID) -> Verification:
    """Reckon a final round anew from its rows and compare every byte. Raises NotAnnounced."""
    row = await rounds.fetch(tx, round_id, steps.MODERATE)
    if row.status is not S.FINAL:
        raise rules.NotAnnounced
    known = await reckon(tx, row)
    stored = {one.case_id: one.document for one in await queries.list_results(tx, round_id)}
    differing = [
        case.id for case in known.cases if known.documents[case.id].document != stored.get(case.id)
    ]
    sha256 = rules.round_sha256(_hashes(known), known.spreads)
    return Verification(
        equal=not differing and sha256 == row.results_sha256,
        cases=len(known.cases),
        differing=differing,
        results_sha256=row.results_sha256,
        recomputed_sha256=sha256,
        code_version=row.code_version,
        verified_with=CODE_VERSION,
    )


@asynccontextmanager
async def _all_of_it(tx: Tx, row: AppraisalRow) -> AsyncIterator[None]:
    """A school's own result stands beside others' and on marks it may not read: the system
    reckons. A school's own round lies within its wall already."""
    if row.school_id is not None:
        yield
        return
    async with tx.as_system():
        yield


async def _reckon(tx: Tx, row: AppraisalRow) -> Reckoned:
    scheme = await schemes.read(tx, row.scheme_id)
    plain = await list_cases(tx, row.id)
    figures: dict[UUID, dict[str, object]] = {case.id: {} for case in plain}
    for cell in await queries.list_figures(tx, row.id):
        figures[cell.case_id][cell.field] = cell.value
    own: dict[UUID, dict[str, str]] = {case.id: {} for case in plain}
    experts: dict[UUID, dict[UUID, dict[str, str]]] = {case.id: {} for case in plain}
    for mark in await queries.list_marks(tx, row.id):
        if mark.source == "self":
            own[mark.case_id][mark.indicator] = mark.value
        else:
            of_person = experts[mark.case_id].setdefault(mark.person_id, {})
            of_person[mark.indicator] = mark.value
    tallies: dict[UUID, dict[object, Tally]] = {case.id: {} for case in plain}
    for one in await queries.list_tallies(tx, row.id):
        tallies[one.case_id][one.source, one.indicator] = Tally(one.n, one.counts, one.sum)
    proved: dict[UUID, set[str]] = {case.id: set() for case in plain}
    for proof in await queries.list_proofs(tx, row.id):
        proved[proof.case_id].add(proof.indicator)
    moderations = await queries.list_moderations(tx, row.id)
    moderated: dict[UUID, dict[str, int]] = {case.id: {} for case in plain}
    for change in moderations:
        moderated[change.case_id][change.indicator] = change.after_bp
    inputs = {
        case.id: CaseInputs(
            case_id=case.id,
            stage=case.stage,
            figures=figures[case.id],  # type: ignore[arg-type]  # rows give decimals
            own=own[case.id],
            experts=experts[case.id],
            tallies=tallies[case.id],  # type: ignore[arg-type]  # keyed by source and leaf
            proved=frozenset(proved[case.id]),
            moderated=moderated[case.id],
        )
        for case in plain
    }
    scores = {case_id: score(scheme, given) for case_id, given in inputs.items()}
    documents = {}
    for case_id, given in inputs.items():
        told = rules.core(scheme, row.scheme_sha256 or "", given, scores[case_id])
        text = rules.document(told)
        documents[case_id] = StoredResult(case_id, text, rules.sha256_of(text.encode()))
    spreads = balance.spreads(scheme, list(inputs.values()))
    return Reckoned(scheme, plain, inputs, scores, spreads, moderations, documents)


async def _readable(tx: Tx, case_id: UUID) -> tuple[CaseRow, AppraisalRow]:
    case = await cases.fetch(tx, case_id, case_rules.RESULT)
    row = await rounds.fetch(tx, case.appraisal_id, steps.READ)
    if row.status not in (KNOWN_TO_RUNNER if _sees_all(tx, row) else KNOWN_TO_SCHOOL):
        raise rules.NotAnnounced
    return case, row


def _sees_all(tx: Tx, row: AppraisalRow) -> bool:
    """Who runs the round, or reads along at the office; a school sees itself."""
    return may(tx, steps.MODERATE, row.relations) or tx.actor.school_id is None


def _hashes(known: Reckoned) -> dict[UUID, str]:
    return {case_id: one.sha256 for case_id, one in known.documents.items()}


def _result(case: CaseRow, row: AppraisalRow, known: Reckoned) -> ResultView:
    told = rules.core(
        known.scheme, row.scheme_sha256 or "", known.inputs[case.id], known.scores[case.id]
    )
    return ResultView(
        case_id=case.id,
        school_id=case.school_id,
        school_name=case.school_name,
        stage=case.stage,
        teacher_ref=case.teacher_ref,
        final=row.status is S.FINAL,
        result=told,
        sha256=known.documents[case.id].sha256,
        code_version=CODE_VERSION,
    )


def _standing(case: PlainCase, known: Reckoned, *, compare: bool) -> Standing:
    of_case = known.scores[case.id]
    peers = [
        known.scores[other.id]
        for other in known.cases
        if other.stage == case.stage and other.id != case.id
    ]
    above, below = rules.apart(of_case, peers) if compare else (0, 0)
    return Standing(
        case_id=case.id,
        school_id=case.school_id,
        school_code=case.school_code,
        stage=case.stage,
        teacher_ref=case.teacher_ref,
        total_percent=percent(of_case.total),
        band=of_case.band,
        complete=of_case.total is not None,
        vetoes=of_case.vetoes,
        rules=of_case.rules,
        uncertainty=of_case.uncertainty,
        surely_above=above,
        surely_below=below,
        sha256=known.documents[case.id].sha256,
    )


def _others(known: Reckoned, mine: list[PlainCase]) -> list[Distribution]:
    own = {case.id for case in mine}
    told = []
    for stage in sorted({case.stage for case in mine}):
        totals = []
        for case in known.cases:
            total = known.scores[case.id].total
            if case.stage == stage and case.id not in own and total is not None:
                totals.append(total)
        told.append(rules.distribution(stage, totals))
    return told
