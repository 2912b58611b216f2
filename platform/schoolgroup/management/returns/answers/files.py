"""The files a return names: uploads of its own school, kept with every submission of them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Problem
from schoolgroup.management.returns.answers import files_queries as queries
from schoolgroup.management.returns.answers import rules
from schoolgroup.management.returns.answers.models import Attachment, OwnFile
from schoolgroup.management.returns.forms.models import FieldType, FormField

IN_HAND = 0  # the number of what is not submitted yet


async def find(
    tx: Tx, school_id: UUID, fields: Sequence[FormField], values: Mapping[str, Any]
) -> list[OwnFile]:
    """The files these answers name. Raises BadAnswers at each that is none of the school's.

    An upload of another school and one that does not exist are refused alike.
    """
    named = uploads_in(fields, values)
    found = await queries.find_own_files(tx, school_id, {one for _, _, one in named})
    problems = problems_of_files(named, found)
    if problems:
        raise rules.BadAnswers(problems=problems)
    return list(found.values())


async def shown(tx: Tx, return_id: UUID, numbers: Sequence[int]) -> dict[int, list[Attachment]]:
    """The files of these submissions as they are shown, for who was let in to the return."""
    found: dict[int, list[Attachment]] = {number: [] for number in numbers}
    for row in await queries.list_files(tx, return_id, numbers):
        of = f"/v1/returns/{return_id}"
        at = of if row.no == IN_HAND else f"{of}/versions/{row.no}"
        found[row.no].append(
            Attachment(
                upload_id=row.upload_id, file_name=row.file_name, media_type=row.media_type,
                size_bytes=row.size_bytes, sha256=row.sha256, link=f"{at}/files/{row.upload_id}",
            )
        )  # fmt: skip
    return found


def uploads_in(
    fields: Sequence[FormField], values: Mapping[str, Any]
) -> list[tuple[FormField, int, UUID]]:
    """Every upload the answers name, with its field and place; the answers fit their fields."""
    return [
        (field, place, UUID(one))
        for field in fields
        if field.type is FieldType.FILE
        for place, one in enumerate(values.get(field.code) or [])
    ]


def problems_of_files(
    named: Sequence[tuple[FormField, int, UUID]], found: Mapping[UUID, OwnFile]
) -> list[Problem]:
    """Uploads that are not complete and the school's own, or of a kind the field does not take."""
    problems: list[Problem] = []
    for field, place, upload_id in named:
        file, here = found.get(upload_id), f"{rules.at(field.code)}/{place}"
        if file is None:
            why = f"{_named(field)}: no completed upload of the school"
            problems.append(Problem(here, "no_such_upload", why, "Complete the upload first."))
        elif field.media_types and not any(
            file.media_type == kind or (kind[-1] == "*" and file.media_type.startswith(kind[:-1]))
            for kind in field.media_types
        ):
            why = f"{_named(field)}: {file.media_type}, not one of {', '.join(field.media_types)}"
            problems.append(Problem(here, "wrong_media_type", why))
    return problems[: rules.PROBLEMS_MAX]


def _named(field: FormField) -> str:
    return f"{field.label.en} / {field.label.zh}"
