"""SQL of returns as workbooks."""

from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, fetch_all, fetch_one, fetch_value
from schoolgroup.management.returns.sheets.models import LineRow, SheetCall

GET_CALL = """
SELECT c.id, c.form_id, c.form_version, c.title, /*relations:call:c*/ AS relations
  FROM return_call c
 WHERE c.group_id = $1 AND c.id = $2
"""
LIST_LINES = """
SELECT d.code AS school_code, d.name AS school_name, s.tier,
       CASE WHEN s.expected THEN s.status ELSE 'exempt' END AS status,
       s.submitted_no, s.accepted_no, v.submitted_at, v.values AS answers,
       (SELECT jsonb_object_agg(f.upload_id, f.file_name) FROM return_file f
         WHERE f.group_id = s.group_id AND f.return_id = s.return_id
           AND f.no = s.submitted_no) AS file_names
  FROM return_standing s
  JOIN school d ON d.group_id = s.group_id AND d.id = s.school_id
  LEFT JOIN return_version v ON v.group_id = s.group_id AND v.return_id = s.return_id
                            AND v.no = s.submitted_no
 WHERE s.group_id = $1 AND s.call_id = $2
 ORDER BY d.code COLLATE "C"
"""
OWN_CODE = "SELECT code FROM school WHERE group_id = $1 AND id = $2"


async def get_call(tx: Tx, call_id: UUID) -> SheetCall | None:
    """What an office download needs of its call."""
    return await fetch_one(tx, SheetCall, with_rights(tx, GET_CALL), tx.group_id, call_id)


async def list_lines(tx: Tx, call_id: UUID) -> list[LineRow]:
    """Every school asked with what it submitted last, in the order of codes."""
    return await fetch_all(tx, LineRow, LIST_LINES, tx.group_id, call_id)


async def own_code(tx: Tx) -> str:
    """The code of the acting school."""
    return str(await fetch_value(tx, OWN_CODE, tx.group_id, tx.actor.school_id))
