"""SQL of the descriptions other systems are given."""

from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.integration.metadata.models import DescribedRow
from schoolgroup.kernel.db import Tx, fetch_one

# The columns of a Described: the published revision `v` of the resource `r` of the school `s`.
DESCRIBED = """
       r.id, s.code AS school_code, s.name AS school_name, v.no AS revision_no, v.title, v.kind,
       v.summary, v.stage, v.subject, v.edition, v.grade, v.volume, v.chapter, v.licence,
       v.language, v.keywords, v.duration_minutes, r.published_at, v.published_at AS revised_at,
       r.version, r.derived_from_resource_id,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('no', f.no, 'file_name', f.file_name,
                   'size_bytes', b.size_bytes, 'media_type', b.media_type) ORDER BY f.no), '[]')
          FROM revision_file f JOIN blob b ON b.group_id = f.group_id AND b.id = f.blob_id
         WHERE f.group_id = v.group_id AND f.resource_id = v.resource_id
           AND f.revision_no = v.no) AS files"""
GET_DESCRIBED = f"""
SELECT {DESCRIBED}, /*relations:resource:r*/ AS relations
  FROM resource r
  JOIN school s ON s.group_id = r.group_id AND s.id = r.school_id
  JOIN revision v ON v.group_id = r.group_id AND v.resource_id = r.id
                 AND v.no = r.published_revision_no
 WHERE r.group_id = $1 AND r.id = $2 AND r.status = 'published'
"""


async def get_described(tx: Tx, resource_id: UUID) -> DescribedRow | None:
    """The published revision of a resource, with its relations to the actor."""
    sql = with_rights(tx, GET_DESCRIBED)
    return await fetch_one(tx, DescribedRow, sql, tx.group_id, resource_id)
