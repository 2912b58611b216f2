"""SQL of releases: what was released, to whom, and its figures."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import with_rights
from schoolgroup.evaluation.statistics.models import (
    GROUP,
    Computed,
    Figures,
    GlanceRow,
    GroupFigures,
    PeerFigures,
    Pupils,
    ReleaseRow,
    ReleaseStatus,
    TierRow,
)
from schoolgroup.kernel.db import Tx, execute, execute_many, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.paging import PageRequest

INSERT_RELEASE = """
INSERT INTO exam_release (group_id, id, exam_id, snapshot_id, status, contents, cell_pupils_min,
                          code_version, embargo_until_at, released_at, appeals_until_at)
VALUES ($1, $2, $3, $4, 'released', $5, $6, $7, $8, $9, $10)
"""
INSERT_RECIPIENTS = """
INSERT INTO release_recipient (group_id, release_id, school_id)
SELECT $1, $2, unnest($3::uuid[])
"""
INSERT_FIGURE = """
INSERT INTO release_figure (group_id, release_id, exam_subject_id, school_id, figures)
VALUES ($1, $2, $3, $4, $5)
"""
INSERT_SHARED_FIGURE = """
INSERT INTO release_shared_figure (group_id, release_id, exam_subject_id, letter, figures,
                                   carried_from_id)
VALUES ($1, $2, $3, $4, $5, $6)
"""
INSERT_PUPILS = """
INSERT INTO release_pupils (group_id, release_id, exam_subject_id, school_id, exam_numbers,
                            class_labels, results, grades, total_half_marks, joint_ranks,
                            assigned_marks)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""
GET_RELEASE = """
SELECT r.id, r.exam_id, e.school_id AS owner_school_id, coalesce(o.name, g.name) AS owner_name,
       e.title, e.gate, r.snapshot_id, s.sha256 AS snapshot_sha256, s.frozen_at, r.status,
       r.contents, r.cell_pupils_min, r.code_version, r.embargo_until_at, r.appeals_until_at,
       EXISTS (SELECT FROM exam_snapshot n WHERE n.group_id = s.group_id AND n.exam_id = s.exam_id
                  AND n.number > s.number) AS stale, r.released_at,
       r.withdrawn_at, r.withdrawn_because, r.version, /*relations:release:r*/ AS relations,
       /*relations:exam:e*/ AS exam_relations
  FROM exam_release r
  JOIN exam e ON e.group_id = r.group_id AND e.id = r.exam_id
  JOIN exam_snapshot s ON s.group_id = r.group_id AND s.id = r.snapshot_id
  JOIN education_group g ON g.id = r.group_id
  LEFT JOIN school o ON o.group_id = e.group_id AND o.id = e.school_id
 WHERE r.group_id = $1 AND r.id = $2
"""
LIST_RELEASES = """
SELECT r.id, r.exam_id, e.school_id AS owner_school_id, '' AS owner_name,
       e.title, e.gate, r.snapshot_id, s.sha256 AS snapshot_sha256, s.frozen_at, r.status,
       r.contents, r.cell_pupils_min, r.code_version, r.embargo_until_at, r.appeals_until_at,
       EXISTS (SELECT FROM exam_snapshot n WHERE n.group_id = s.group_id AND n.exam_id = s.exam_id
                  AND n.number > s.number) AS stale, r.released_at,
       r.withdrawn_at, r.withdrawn_because, r.version, /*relations:release:r*/ AS relations,
       /*relations:exam:e*/ AS exam_relations
  FROM exam_release r
  JOIN exam e ON e.group_id = r.group_id AND e.id = r.exam_id
  JOIN exam_snapshot s ON s.group_id = r.group_id AND s.id = r.snapshot_id
 WHERE r.group_id = $1 AND ($2::uuid IS NULL OR r.exam_id = $2) AND ($3::uuid IS NULL OR r.id < $3)
   AND (NOT $4::boolean OR r.status = 'released') AND /*visible:release:read@release:r*/
 ORDER BY r.id DESC
 LIMIT $5
"""
LIST_RECIPIENTS = """
SELECT school_id FROM release_recipient WHERE group_id = $1 AND release_id = $2 ORDER BY school_id
"""
LIST_FIGURES = """
SELECT exam_subject_id, school_id, figures FROM release_figure
 WHERE group_id = $1 AND release_id = $2 AND ($3::uuid IS NULL OR school_id = $3)
   AND ($4::uuid[] IS NULL OR exam_subject_id = ANY ($4))
"""
LIST_SHARED_FIGURES = """
SELECT exam_subject_id, letter, figures, carried_from_id FROM release_shared_figure
 WHERE group_id = $1 AND release_id = $2
   AND ($3::uuid[] IS NULL OR exam_subject_id = ANY ($3))
"""
# Subject by subject: of all schools together, and of one ($3 null: of none).
LIST_GLANCES = """
SELECT r.id AS release_id, r.cell_pupils_min, x.subject, f.figures AS whole, o.figures AS own
  FROM exam_release r
  JOIN exam_subject x ON x.group_id = r.group_id AND x.exam_id = r.exam_id
  LEFT JOIN release_shared_figure f
    ON f.group_id = r.group_id AND f.release_id = r.id AND f.exam_subject_id = x.id
   AND f.letter = '*'
  LEFT JOIN release_figure o
    ON o.group_id = r.group_id AND o.release_id = r.id AND o.exam_subject_id = x.id
   AND o.school_id = $3
 WHERE r.group_id = $1 AND r.id = ANY ($2::uuid[]) AND coalesce(f.figures, o.figures) IS NOT NULL
 ORDER BY r.id DESC, x.position
"""
# Each school's part of these releases; what they tell of it to others says whether it is hidden.
LIST_TIERS = """
SELECT f.release_id, x.subject, coalesce(t.tier, '') AS tier,
       (f.figures ->> 'n_present')::int AS present, (f.figures ->> 'mean')::float8 AS mean,
       coalesce((p.figures ->> 'suppressed')::boolean, true) AS hidden
  FROM release_figure f
  JOIN exam_subject x ON x.group_id = f.group_id AND x.id = f.exam_subject_id
  LEFT JOIN school_tier t ON t.group_id = f.group_id AND t.school_id = f.school_id
                         AND t.from_on <= (SELECT app.today())
                         AND (t.until_on IS NULL OR (SELECT app.today()) < t.until_on)
  JOIN exam_school e
    ON e.group_id = f.group_id AND e.exam_id = x.exam_id AND e.school_id = f.school_id
  LEFT JOIN release_shared_figure p
    ON p.group_id = f.group_id AND p.release_id = f.release_id
   AND p.exam_subject_id = f.exam_subject_id AND p.letter = e.letter
 WHERE f.group_id = $1 AND f.release_id = ANY ($2::uuid[]) AND f.figures ->> 'mean' IS NOT NULL
 ORDER BY f.release_id, x.subject, tier, f.school_id
"""
LIST_PUPILS = """
SELECT exam_subject_id, school_id, exam_numbers, class_labels, results, grades, total_half_marks,
       joint_ranks, assigned_marks
  FROM release_pupils
 WHERE group_id = $1 AND release_id = $2 AND ($3::uuid IS NULL OR school_id = $3)
   AND ($4::uuid[] IS NULL OR exam_subject_id = ANY ($4))
"""
WITHDRAW = """
UPDATE exam_release SET status = 'withdrawn', withdrawn_at = $3, withdrawn_because = $4,
       version = version + 1
 WHERE group_id = $1 AND id = $2
"""
# What was told last of each subject and letter, whether it still stands or was withdrawn: it was
# seen. `origin_id`: the release that first told it, and the snapshot it was worked out from.
LIST_TOLD = """
SELECT DISTINCT ON (f.exam_subject_id, f.letter)
       f.exam_subject_id, f.letter, f.figures, o.id AS origin_id, o.snapshot_id
  FROM release_shared_figure f
  JOIN exam_release r ON r.group_id = f.group_id AND r.id = f.release_id
  JOIN exam_release o ON o.group_id = f.group_id
                     AND o.id = coalesce(f.carried_from_id, f.release_id)
 WHERE f.group_id = $1 AND r.exam_id = $2
 ORDER BY f.exam_subject_id, f.letter, r.released_at DESC, r.id DESC
"""
COUNT_STANDING = """
SELECT count(*) FROM exam_release WHERE group_id = $1 AND exam_id = $2 AND status = $3
"""


class _SchoolId(msgspec.Struct, frozen=True):
    school_id: UUID


class _Figure(msgspec.Struct, frozen=True):
    exam_subject_id: UUID
    school_id: UUID
    figures: Figures


class _Shared(msgspec.Struct, frozen=True):
    exam_subject_id: UUID
    letter: str
    figures: dict[str, object]
    carried_from_id: UUID | None = None


class ToldRow(_Shared, frozen=True, kw_only=True):
    """What was last told of a school or of all, and where it comes from."""

    origin_id: UUID
    snapshot_id: UUID

    @property
    def told(self) -> PeerFigures | GroupFigures:
        """The figures as they were told."""
        return _shared(self)


class _Pupils(Pupils, frozen=True, kw_only=True):
    exam_subject_id: UUID
    school_id: UUID


async def insert_release(tx: Tx, release: ReleaseRow, recipients: Sequence[UUID]) -> None:
    """A new release and whom it is for."""
    await execute(
        tx,
        INSERT_RELEASE,
        tx.group_id,
        release.id,
        release.exam_id,
        release.snapshot_id,
        release.contents,
        release.cell_pupils_min,
        release.code_version,
        release.embargo_until_at,
        release.released_at,
        release.appeals_until_at,
    )
    await execute(tx, INSERT_RECIPIENTS, tx.group_id, release.id, recipients)


async def insert_computed(tx: Tx, release_id: UUID, computed: Computed) -> None:
    """Everything a release holds."""
    await execute_many(
        tx,
        INSERT_FIGURE,
        [
            (tx.group_id, release_id, subject, school, msgspec.to_builtins(figures))
            for (subject, school), figures in computed.own.items()
        ],
    )
    await execute_many(
        tx,
        INSERT_SHARED_FIGURE,
        [
            (
                tx.group_id,
                release_id,
                subject,
                letter,
                msgspec.to_builtins(figures),
                computed.origin.get((subject, letter)),
            )
            for (subject, letter), figures in computed.shared.items()
        ],
    )
    await execute_many(
        tx,
        INSERT_PUPILS,
        [
            (tx.group_id, release_id, subject, school, *msgspec.structs.astuple(pupils))
            for (subject, school), pupils in computed.pupils.items()
        ],
    )


async def get_release(tx: Tx, release_id: UUID) -> ReleaseRow | None:
    """The release with the caller's relations to it and to its exam."""
    return await fetch_one(tx, ReleaseRow, with_rights(tx, GET_RELEASE), tx.group_id, release_id)


async def list_releases(
    tx: Tx, exam_id: UUID | None, page: PageRequest, *, standing: bool = False
) -> list[ReleaseRow]:
    """Releases the caller may read, the newest first; of one exam, or of all.

    `standing`: without those that were withdrawn.
    """
    after = UUID(page.after[0]) if page.after else None
    return await fetch_all(
        tx, ReleaseRow, with_rights(tx, LIST_RELEASES), tx.group_id, exam_id, after, standing,
        page.limit,
    )  # fmt: skip


async def list_recipients(tx: Tx, release_id: UUID) -> list[UUID]:
    """Whom a release is for, as far as the caller may see it."""
    rows = await fetch_all(tx, _SchoolId, LIST_RECIPIENTS, tx.group_id, release_id)
    return [row.school_id for row in rows]


async def get_computed(
    tx: Tx,
    release_id: UUID,
    school_id: UUID | None,
    *,
    subjects: Sequence[UUID] | None = None,
    with_pupils: bool = True,
) -> Computed:
    """What a release holds: of one school (with all that is shared), or of all.

    Of these subjects, or of every one; of a large exam the pupils are most of it.
    """
    of = (tx.group_id, release_id)
    wanted = None if subjects is None else list(subjects)
    own = await fetch_all(tx, _Figure, LIST_FIGURES, *of, school_id, wanted)
    shared = await fetch_all(tx, _Shared, LIST_SHARED_FIGURES, *of, wanted)
    pupils: list[_Pupils] = []
    if with_pupils:
        pupils = await fetch_all(tx, _Pupils, LIST_PUPILS, *of, school_id, wanted)
    return Computed(
        own={(row.exam_subject_id, row.school_id): row.figures for row in own},
        shared={(row.exam_subject_id, row.letter): _shared(row) for row in shared},
        pupils={
            (row.exam_subject_id, row.school_id): Pupils(
                row.exam_numbers,
                row.class_labels,
                row.results,
                row.grades,
                row.total_half_marks,
                row.joint_ranks,
                row.assigned_marks,
            )
            for row in pupils
        },
        origin={
            (row.exam_subject_id, row.letter): row.carried_from_id
            for row in shared
            if row.carried_from_id
        },
    )


async def list_glances(
    tx: Tx, release_ids: Sequence[UUID], school_id: UUID | None
) -> list[GlanceRow]:
    """What these releases tell of all schools together and of one, subject by subject."""
    return await fetch_all(tx, GlanceRow, LIST_GLANCES, tx.group_id, list(release_ids), school_id)


async def list_tiers(tx: Tx, release_ids: Sequence[UUID]) -> list[TierRow]:
    """Every school's part of these releases under its tier; as the system, for who tells means."""
    return await fetch_all(tx, TierRow, LIST_TIERS, tx.group_id, list(release_ids))


async def list_told(tx: Tx, exam_id: UUID) -> list[ToldRow]:
    """What was last told of every school, by letter, and of all, in any release of the exam."""
    return await fetch_all(tx, ToldRow, LIST_TOLD, tx.group_id, exam_id)


async def withdraw(tx: Tx, release_id: UUID, because: str) -> None:
    """Take a release back; it stays as a trace."""
    await execute(tx, WITHDRAW, tx.group_id, release_id, tx.now, because)


async def count_standing(tx: Tx, exam_id: UUID) -> int:
    """How many releases of the exam stand."""
    return int(await fetch_value(tx, COUNT_STANDING, tx.group_id, exam_id, ReleaseStatus.RELEASED))


def _shared(row: _Shared) -> PeerFigures | GroupFigures:
    if row.letter == GROUP:
        return msgspec.convert(row.figures, GroupFigures)
    return msgspec.convert(row.figures, PeerFigures)
